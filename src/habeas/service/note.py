"""A closed period stays closed: what is known later makes a note of credit or debit beside it."""

from collections.abc import Mapping
from typing import Any

from habeas.errors import Fault, FeeError
from habeas.fees.invoice import differences, invoice_hash
from habeas.service import NOT_REVIEWED
from habeas.units import money

SAME = ("agreement", "from", "to", "currency", "exponent")
HEAD = (
    "agreement", "agreement_version", "standing", "from", "to", "currency", "exponent", "rounding",
    "convention", "zone", "tzdata", "state", "provisional_because", "price_level", "basis",
    "person_days",
)  # fmt: skip
Document = Mapping[str, Any]  # Any: a statement as `habeas fees statement --json` prints it


def whole(found: Document, name: str) -> None:
    """Refuse a statement whose lines are not those of its hash, or do not add up to its total.

    Raises:
        FeeError: H730.
    """
    try:
        lines = [{k: v for k, v in line.items() if k != "hash"} for line in found["lines"]]
        head = {key: found[key] for key in HEAD}
        same = invoice_hash(head, lines) == found["hash"]
        amounts = [line["amount_minor"] for line in lines]
        adds_up = found["total_minor"] == (None if None in amounts else sum(amounts))
    except (KeyError, TypeError, AttributeError) as error:
        what = f"'{name}' is no statement of this version: {error} is not as it should be"
        raise FeeError(Fault("H730", what, "Give what --json printed, unchanged.")) from error
    if not same or not adds_up:
        what = f"'{name}' was changed: its hash or its total is not that of its lines"
        raise FeeError(Fault("H730", what, "Give what --json printed, unchanged."))


def note(closed: Document, now: Document) -> dict[str, Any]:
    """What a later statement of the same period changes, as one JSON document.

    Raises:
        FeeError: H730, when either is no whole statement, or they are not of one period.
    """
    whole(closed, "the closed statement")
    whole(now, "the statement of now")
    apart = [key for key in SAME if closed[key] != now[key]]
    if apart:
        what = f"the two statements differ in {', '.join(apart)}"
        raise FeeError(Fault("H730", what, "Compare two statements of one period and agreement."))
    lines = differences(closed["lines"], now["lines"])
    amounts = [line["amount_minor"] for line in lines]
    known = [amount for amount in amounts if isinstance(amount, int)]
    total = sum(known) if len(known) == len(amounts) else None
    kind = "none" if not lines else "not_priced" if total is None else KINDS[total > 0]
    return {
        **{key: closed[key] for key in SAME},
        "refers_to": closed["hash"],
        "statement": now["hash"],
        "kind": kind,
        "lines": lines,
        "amount_minor": total,
        "amount": "UNKNOWN: the agreement gives no price"
        if total is None
        else money(total, closed["currency"], closed["exponent"]),
        "basis_was": closed["basis"],
        "basis": now["basis"],
        "review": NOT_REVIEWED,
    }


KINDS = {True: "debit_note", False: "credit_note"}
