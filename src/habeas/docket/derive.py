"""Facts that follow from dates and areas: one table, one value at a time.

A docket gives a fact, or the two facts it follows from, or both. What is given and does not follow
is a contradiction, and the row is set aside (H420). Every derivation rounds against the transfer:

- `age_years`: the greatest n for which `birth_date` plus n years is not after
  `planned_transfer_on`. A 29 February becomes 28 February (rounding `down`) or 1 March (`up`) in a
  year that has none; the agreement's calendar says which.
- `months_remaining`, in hundredths: the greatest n for which `request_received_on` plus n months
  is not after `release_date`, and of the days left the hundredths of that month, rounded down. So
  it reaches n months exactly on the day on which the calendar does. Nothing remains once the
  release is due: then it is 0.
- `planned_m2`: `cell_area_m2`, net of the sanitary annexe, over `cell_occupants`, rounded down to
  the unit in which both areas are kept.

`derive_bulk.py` is its twin on columns.
"""

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from habeas.docket.columns import EPOCH, CellFault, Column, Value, outside, told, within
from habeas.docket.evidence import NEVER, Evidence

Rounding = Literal["down", "up"]  # of a day that the target month does not have
HUNDREDTHS = 100


@dataclass(frozen=True, slots=True)
class Derivation:
    """How one fact follows from two others, all in the facts' integer units."""

    fact: str
    sources: tuple[str, str]
    value: Callable[[int, int, Rounding], int]


def add_months(day: int, months: int, rounding: Rounding) -> int:
    """A day some months later, both as days since 1970."""
    start = date.fromordinal(day + EPOCH)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    length = monthrange(year, month + 1)[1]
    first = date(year, month + 1, 1).toordinal() - EPOCH
    if start.day <= length:
        return first + start.day - 1
    return first + length - (rounding == "down")


def years_attained(birth: int, on: int, rounding: Rounding) -> int:
    """Whole years of age on a day; negative before the birth."""
    years = date.fromordinal(on + EPOCH).year - date.fromordinal(birth + EPOCH).year
    return years - (add_months(birth, 12 * years, rounding) > on)


def months_left(release: int, received: int, rounding: Rounding) -> int:
    """Hundredths of months from the receipt of the request to the release."""
    if release <= received:
        return 0
    end, start = date.fromordinal(release + EPOCH), date.fromordinal(received + EPOCH)
    months = 12 * (end.year - start.year) + end.month - start.month
    months -= add_months(received, months, rounding) > release
    begun = add_months(received, months, rounding)
    ended = add_months(received, months + 1, rounding)
    return HUNDREDTHS * months + HUNDREDTHS * (release - begun) // (ended - begun)


def share(area: int, occupants: int, _rounding: Rounding) -> int:
    """Floor area a person, in the unit of the area."""
    return area // occupants


TABLE = (
    Derivation("age_years", ("birth_date", "planned_transfer_on"), years_attained),
    Derivation("months_remaining", ("release_date", "request_received_on"), months_left),
    Derivation("planned_m2", ("cell_area_m2", "cell_occupants"), share),
)


def joint(sources: Mapping[str, Evidence | None], columns: Mapping[str, Column]) -> Evidence | None:
    """When a fact that follows from all these facts counts; None where nothing dates or ends it.

    It is established once all of them are, and ends with the first of them.
    """
    begins, ends = list[datetime](), list[datetime]()
    for name, evidence in sources.items():
        hours = columns[name].valid_for_hours
        at = evidence.at if evidence else None
        if evidence is not None and evidence.until is not None:
            ends.append(evidence.until)
        if at is not None:
            begins.append(at)
        if hours is not None:
            ends.append(NEVER if at is None else at + timedelta(hours=hours))
    if not begins and not ends:
        return None
    return Evidence(max(begins, default=None), min(ends, default=None))


def derive(
    facts: dict[str, Value],
    evidence: dict[str, Evidence],
    columns: Mapping[str, Column],
    rounding: Rounding,
    *,
    dated: bool,
) -> None:
    """Add to a row's facts, and where the docket is dated to its evidence, all that follows.

    Raises:
        CellFault: H405 for a derived value out of bounds, H420 for a given one that contradicts.
    """
    for one in TABLE:
        first, second = (facts.get(name) for name in one.sources)
        if not (isinstance(first, int) and isinstance(second, int)):
            continue
        found, column = one.value(first, second, rounding), columns[one.fact]
        given = facts.get(one.fact)
        names = " and ".join(one.sources)
        if given is not None and given != found:
            what = f"'{one.fact}' is not the {told(found, column)} that follows from {names}"
            raise CellFault("H420", what, "Correct one of them, or leave the number out.")
        if not within(found, column):
            raise CellFault("H405", f"{outside(found, column)}, by {names}", "Correct them.")
        if given is None:
            facts[one.fact] = found
            span = joint({name: evidence.get(name) for name in one.sources}, columns)
            if dated and span is not None and one.fact not in evidence:
                evidence[one.fact] = span
