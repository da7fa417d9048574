"""What is due in every draw and month: through the functions that charge, and nothing else."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from msgspec.structs import replace

from habeas.fees.charge import charges
from habeas.fees.line import Line
from habeas.fees.quantity import Period, Quantities, days_in_month, months
from habeas.law.schedule import AdvanceGrant, AtCost, Deduction, FeeItem, Fees, Indexation, PerUnit
from habeas.projection.bands import Bools, Ints

EMPTY = "paid_for_empty"
RECEIVED = "person received"  # the one unit of things done that draws say


@dataclass(frozen=True, slots=True)
class Many:
    """What the charges of one period are computed from, in each draw."""

    days: Ints  # (draws, months): person-days billed
    daily: Ints  # (draws, days): persons billed on each day
    received: Ints  # (draws, months)
    facility: str = ""  # in which all of them are; empty: nobody says
    places: int | None = None  # kept for the agreement; None: not stated


@dataclass(frozen=True, slots=True)
class Dues:
    """Sums in minor units and their person-days, (draws, months)."""

    occupied: Ints
    paid_for_empty: Ints
    other: Ints  # lumps, grants, things done; credits are negative
    empty_days: Ints  # person-days paid for though nobody is there
    not_priced: Ints  # number of lines without a price
    not_stated: tuple[str, ...] = field(default=())  # items priced by what no draw says

    @property
    def complete(self) -> Bools:
        """(draws,): whether every line has a price, and every item its lines."""
        found: Bools = ~np.asarray(self.not_priced.any(axis=1)) & (not self.not_stated)
        return found

    @property
    def priced(self) -> Ints:
        """(draws, months): the lines that have a price, whatever the others may come to."""
        return self.occupied + self.paid_for_empty + self.other


def due(fees: Fees, period: Period, many: Many, indices: Sequence[Indexation | None] = ()) -> Dues:
    """What is due in each draw and calendar month of a period.

    Args:
        fees: the agreement's schedule.
        period: civil days.
        many: what was held in each draw.
        indices: how prices move in each draw; none: as the schedule says, in every one.

    Raises:
        FeeError: as `charges`, when the schedule cannot answer.
    """
    cells = months(period)
    shape = (len(many.days), len(cells))
    found = {name: np.zeros(shape, np.int64) for name in ("occupied", EMPTY, "other")}
    empty, unpriced = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    for draw in range(shape[0]):
        own = replace(fees, indexation=indices[draw]) if indices else fees
        for month, lines in enumerate(_lines(own, period, cells, many, draw)):
            for line in lines:
                if line.amount_minor is None:
                    unpriced[draw, month] += 1
                    continue
                kind = line.kind if line.kind in found else "other"
                found[kind][draw, month] += line.amount_minor
                if line.kind == EMPTY:
                    empty[draw, month] += _in_days(line)
    asked = tuple(one.id for one in fees.items if _silent(one))
    return Dues(found["occupied"], found[EMPTY], found["other"], empty, unpriced, asked)


def _lines(
    fees: Fees, period: Period, cells: list[Period], many: Many, draw: int
) -> Iterator[list[Line]]:
    before = 0
    for number, month in enumerate(cells):
        start = (month.first - period.first).days
        daily = many.daily[draw, start : start + month.days].astype(np.int64)
        received = int(many.received[draw, number])
        given = Quantities(
            month,
            {many.facility: daily},
            places=many.places,
            units={RECEIVED: received},
            received_before=before,
            received=received,
        )
        before += received
        yield charges(fees if number == 0 else _later(fees), given)


def _silent(item: FeeItem) -> bool:
    """Whether an item is priced by what was done or spent, of which no draw says anything."""
    if isinstance(item, PerUnit | Deduction):
        return item.unit != RECEIVED
    return isinstance(item, AtCost)


def _later(fees: Fees) -> Fees:
    """Without what is paid once ahead, on no stated day: it stands in the first month."""
    once = [one for one in fees.items if isinstance(one, AdvanceGrant) and one.due is None]
    if not once:
        return fees
    return replace(fees, items=tuple(one for one in fees.items if one not in once))


def _in_days(line: Line) -> int:
    exact = line.quantity * (days_in_month(line.period.first) if "months" in line.unit else 1)
    return int(exact) if exact.denominator == 1 else round(Fraction(exact))
