"""Statements of this installation's agreement out of the table, each kept by what it came from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Min

from habeas.errors import Fault, SetupError
from habeas.service import bill, export, hold, statements
from habeas.terms import Deed
from habeas.web import doing, wiring
from habeas.web.asked import AskedRequest
from habeas.web.desk import figures

MOST = 60  # months in a list


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month of the agreement."""

    first: date
    after: date

    @property
    def name(self) -> str:
        """As an address has it."""
        return f"{self.first:%Y-%m}"


def month(text: str) -> Month:
    """A month out of YYYY-MM.

    Raises:
        SetupError: H842.
    """
    try:
        first = date.fromisoformat(f"{text}-01")
        after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    except ValueError as error:
        fix = "Write it as 2026-10."
        spanish = (f"'{text[:20]}' no es un mes", "Escríbalo como 2026-10.")
        fault = Fault("H842", f"'{text[:20]}' is no month", fix, spanish=spanish)
        raise SetupError(fault) from error
    return Month(first, after)


def owed() -> bool:
    """Whether any fee is owed under the agreement."""
    return wiring.ground().deal.fees is not None


def months(request: AskedRequest) -> list[Month]:
    """The months since the first reception, latest first; none where nobody was received.

    Raises:
        Http404: when the asker may not see statements.
    """
    who = doing.demand(request, Deed.SEE_STATEMENT)
    begun = figures.received(who, Deed.SEE_STATEMENT).aggregate(at=Min("start"))["at"]
    found, now = list[Month](), figures.now(request)
    if begun is None:
        return found
    one = month(f"{begun:%Y-%m}")
    while one.first <= now.date() and len(found) < MOST:
        found.append(one)
        one = month(f"{one.after:%Y-%m}")
    return found[::-1]


class Books:
    """The statements of one request; the table is read once, and only where something is new."""

    def __init__(self, request: AskedRequest) -> None:
        self._request = request
        doing.demand(request, Deed.SEE_STATEMENT)
        self.basis = figures.basis(request)
        self._register: hold.Register | None = None

    def register(self) -> hold.Register:
        """The register out of the table."""
        if self._register is None:
            self._register = figures.register(self._request, Deed.SEE_STATEMENT)
        return self._register

    def statement(
        self, one: Month, until: datetime | None = None
    ) -> Mapping[str, Any]:  # Any: JSON
        """The statement of a month: `document` as the command has it, `es` its texts in Spanish.

        Args:
            one: the month.
            until: nothing after it is counted; None: all that is recorded.

        Raises:
            FeeError: H724, when no fee is owed under the agreement; H726, H727.
        """
        instant = until or figures.now(self._request)
        if until is not None:
            return self._made(one, instant, until)
        deal = wiring.ground().deal
        # Whether the month is over is all that the instant decides.
        over = instant >= export.edges(deal, one.first, one.after)[1]
        key = (
            "statement", deal.id, wiring.library().agreements[deal.id][0].hash, one.name, over,
            repr(self.basis),
        )  # fmt: skip
        return figures.remembered(key, lambda: self._made(one, instant, None))

    def _made(
        self, one: Month, instant: datetime, until: datetime | None
    ) -> dict[str, Any]:  # Any: JSON
        days = bill.period(one.first, one.after)
        asked = bill.Asked(days, as_of=instant, until=until)
        found = bill.of_register(self.register(), asked, wiring.library())
        document = statements.document(
            found.made, found.deal, found.basis, _rates(found), found.because
        )
        spanish = {
            "lines": [line.text.es for line in found.made.lines],
            "by_status": [row.counting.reason.es for row in found.made.treated],
            "open": [text.es for text in bill.schedule(found.deal).open],
        }
        return {"document": document, "es": spanish}


def _rates(found: bill.Computed) -> statements.Rates | None:
    paid = bill.schedule(found.deal).settlement
    if paid is None:
        return None
    from habeas.adapters import ecb  # noqa: PLC0415 - not in every installation

    return ecb.rates((found.made.currency, paid.currency))
