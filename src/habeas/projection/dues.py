"""What is due in every draw and month: through the functions that charge, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from habeas.fees import bulk
from habeas.fees import many as held
from habeas.fees.dues import EMPTY, PERSON_MONTHS, Row
from habeas.fees.many import Daily
from habeas.fees.quantity import Period, days_in_month, months
from habeas.law.schedule import Fees, Indexation
from habeas.projection.ahead import ahead_of, without
from habeas.projection.bands import Bools, Ints

RECEIVED = "person received"  # the one unit of things done that draws say


@dataclass(frozen=True, slots=True)
class Many:
    """What the charges of one period are computed from, in each draw."""

    days: Ints  # (draws, months): person-days billed
    daily: Daily  # (draws, days): persons billed on each day
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

    def after(self, months: int) -> "Dues":
        """The same with so many months before, in which nothing is due."""
        before = ((0, 0), (months, 0))
        return Dues(
            np.pad(self.occupied, before),
            np.pad(self.paid_for_empty, before),
            np.pad(self.other, before),
            np.pad(self.empty_days, before),
            np.pad(self.not_priced, before),
            self.not_stated,
        )


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
    heads = held.Heads(many.days, many.daily)
    given = held.Many(
        many.days,
        many.daily,
        many.received,
        units={RECEIVED: many.received},
        places=None if many.places is None else np.full(len(cells), many.places, np.int64),
        by_facility={many.facility: heads} if many.facility else {},
    )
    ahead = ahead_of(fees, cells, many.days)
    found = bulk.due(without(fees), period, given, indices)
    return Dues(
        occupied=found.occupied,
        paid_for_empty=found.paid_for_empty,
        other=found.other + ahead.amounts,
        empty_days=sum(
            (_in_days(row, cells) for row in found.rows if row.kind == EMPTY), _none(many)
        ),
        not_priced=found.not_priced + ahead.not_priced,
        not_stated=found.not_stated,
    )


def _none(many: Many) -> Ints:
    return np.zeros_like(many.days)


def _in_days(row: Row, cells: list[Period]) -> Ints:
    """The quantity of a row in whole person-days, rounded half to even where months are cut."""
    if row.unit != PERSON_MONTHS:
        whole: Ints = row.quantity // row.parts
        return whole
    length = np.array([days_in_month(one.first) for one in cells])
    days: Ints = np.rint(row.quantity * length / row.parts).astype(np.int64)
    return days
