"""A statement down to the person-interval: the days of each, by status, and how they count."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from habeas.custody.days import midnight_before
from habeas.custody.intervals import Interval
from habeas.fees.held import OVER, held
from habeas.fees.invoice import counting
from habeas.fees.quantity import Period
from habeas.law.agreement import Agreement
from habeas.service.bill import schedule
from habeas.terms import Convention

COLUMNS = (
    "register_number", "facility", "cell", "status", "start", "end", "person_days", "treated",
    "event_in", "event_out",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """A person's stay in one place, as far as a period has it; `days` are seconds for `hours`."""

    interval: Interval
    status: str  # its own, or `past_release_date`
    days: int
    treated: str  # billed, not_billed, undecided

    def row(self) -> dict[str, str]:
        """The item as a row of text."""
        one = self.interval
        return {
            "register_number": one.subject,
            "facility": one.facility,
            "cell": one.cell,
            "status": self.status,
            "start": one.start.isoformat(),
            "end": one.end.isoformat() if one.end else "",
            "person_days": str(self.days),
            "treated": self.treated,
            "event_in": str(one.event_in),
            "event_out": str(one.event_out),
        }


def concerned(received: Iterable[Interval], period: Period, zone: str) -> list[Interval]:
    """The intervals that a period touches, by person and instant."""
    first, last = midnight_before(period.first, zone), midnight_before(period.after, zone)
    found = [one for one in received if one.start < last and (one.end is None or one.end > first)]
    return sorted(found, key=lambda one: (one.subject, one.start, one.event_in))


def items(
    deal: Agreement,
    period: Period,
    received: Sequence[Interval],
    past_release: Mapping[str, datetime],
) -> list[Item]:
    """The days of each person-interval in a period; a day counts once for a person.

    Their sum by status is what the statement of the same period tells, as long as every interval
    of each person named is given.

    Raises:
        FeeError: H724, when no fee is owed under the agreement.
    """
    fees, calendar = schedule(deal), deal.calendar
    convention = Convention(calendar.convention)
    found = list[Item]()
    # Each interval is told apart from the others by a facility of its own, so that one pass counts
    # all of them and a day that two of them touch is still counted once.
    marked = [replace(one, facility=str(place)) for place, one in enumerate(received)]
    table = held(marked, past_release).daily(period, convention, calendar.zone)
    for (place, status), row in sorted(table.items(), key=lambda one: (int(one[0][0]), one[0][1])):
        treat = counting(fees, status).treat
        found.append(Item(received[int(place)], status, int(row.sum()), treat))
    return found


def told(found: Iterable[Item]) -> dict[str, int]:
    """Days by status."""
    sums: dict[str, int] = {}
    for one in found:
        sums[one.status] = sums.get(one.status, 0) + one.days
    return sums


PAST_RELEASE = OVER
