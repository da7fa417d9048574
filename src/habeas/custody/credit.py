"""Custody before a sentence began, counted towards it: from intervals, and each day once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from habeas.custody.sentence import Act, refuse
from habeas.terms import Convention

Served = Callable[[date, date], int]  # days in custody of a half-open span, by the convention


@dataclass(frozen=True, slots=True)
class Kept:
    """What the register knows of a person's custody before a sentence began."""

    opened: date | None  # civil day from which it knows the person; None: no interval at all
    days: Served


def of_days(name: str) -> Convention:
    """The convention by which days of custody are days: hours count each 24 of them begun."""
    found = Convention(name)
    return Convention.BLOCK24 if found is Convention.HOURS else found


def credited(act: Act, kept: Kept, limit: date, taken: Sequence[tuple[date, date]]) -> int:
    """The days that a credit is worth, each counted once.

    What the register knows is counted from custody intervals. What lies before it is what the
    court says, at most every day of the span.

    Args:
        act: the credit.
        kept: the person's custody.
        limit: the day from which custody counts by itself, or is not served yet.
        taken: spans of earlier credits.

    Raises:
        RegisterError: H746, where time would count twice.
    """
    assert act.span is not None  # noqa: S101 - FORMS asks for both ends
    (first, after), fix = act.span, "Leave out what is counted already."
    if after > limit:
        what = f"a credit reaches beyond {limit}, where custody counts by itself or is to come"
        raise refuse("H746", what, fix)
    if any(first < end and start < after for start, end in taken):
        raise refuse("H746", "a credit names days that an earlier one has counted", fix)
    known = min(max(first, kept.opened), after) if kept.opened else after
    if act.days is not None and known < after:
        what = "the days of a credit are typed in, and the register has that custody"
        raise refuse("H746", what, "Give from and to alone: they are counted from intervals.")
    outside = (known - first).days
    if act.days is not None and act.days > outside:
        raise refuse("H746", f"{act.days} days of credit in a span of {outside}", fix)
    return (outside if act.days is None else act.days) + kept.days(known, after)
