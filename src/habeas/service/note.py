"""A closed period stays closed: what is known later makes a note of credit or debit beside it."""

from collections.abc import Mapping
from typing import Any

from habeas.errors import Fault, FeeError
from habeas.fees import stated
from habeas.fees.invoice import differences
from habeas.service import NOT_REVIEWED
from habeas.units import money

SAME = ("agreement", "from", "to", "currency", "exponent")
Document = Mapping[str, Any]  # Any: a statement as `habeas fees statement --json` prints it


def note(closed: Document, now: Document) -> dict[str, Any]:
    """What a later statement of the same period changes, as one JSON document.

    Raises:
        FeeError: H730, when they are not of one period or were changed; H761 to H764, when either
            is no statement.
    """
    for one, name in ((closed, "the closed statement"), (now, "the statement of now")):
        stated.read(one, name)
        if "hash" not in one:
            what = f"{name} has no hash: it is of a version before 0.2"
            raise FeeError(Fault("H730", what, "Make it again by this version."))
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
