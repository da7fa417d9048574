"""What was held and done in many draws at once: by calendar month, and by day where it matters."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from habeas.errors import Fault, FeeError
from habeas.fees.quantity import DAYS_A_MONTH_AT_MOST, Ints, Period, Quantities, months
from habeas.fees.whole import most

Daily = NDArray[np.int32 | np.int64]
MOST_BY_MONTH = (1 << 31) // DAYS_A_MONTH_AT_MOST - 1  # persons a day whose sum 32 bits hold


@dataclass(frozen=True, slots=True)
class Heads:
    """Persons held in each draw."""

    days: Ints  # (draws, months): person-days in each calendar month of the period
    daily: Daily | None = None  # (draws, days): persons on each day; None: nobody says


@dataclass(frozen=True, slots=True)
class Many:
    """What the charges of one period are computed from, in each draw; months are `months()`."""

    days: Ints  # (draws, months): person-days billed, over all facilities
    daily: Daily | None = None  # (draws, days): persons billed on each day
    received: Ints | None = None  # (draws, months): persons received under the agreement
    received_before: int = 0  # and before the period
    units: Mapping[str, Ints] = field(default_factory=dict)  # (draws, months): things done
    spent: Mapping[str, Ints] = field(default_factory=dict)  # minor units, by item at cost
    places: Ints | None = None  # (months,): put at disposal in every draw; None: not stated
    by_facility: Mapping[str, Heads] = field(default_factory=dict)
    by_category: Mapping[str, Heads] = field(default_factory=dict)
    below: Mapping[str, Heads] = field(default_factory=dict)  # persons, by measure

    @property
    def heads(self) -> Heads:
        """Everybody, wherever held."""
        return Heads(self.days, self.daily)


@dataclass(frozen=True, slots=True)
class Given:
    """What is given, read by months."""

    many: Many
    period: Period
    cells: list[Period]  # its months
    edges: list[int]  # number of the first day of each, and the number of days

    @property
    def shape(self) -> tuple[int, int]:
        """Number of draws and of months."""
        return self.many.days.shape[0], len(self.cells)

    def of(self, facilities: tuple[str, ...]) -> Heads:
        """Persons over a set of facilities; over every one where the set is empty.

        Raises:
            FeeError: H723, when they are named and nobody says where some persons are held.
        """
        if not facilities:
            return self.many.heads
        known = self.many.by_facility
        if (self.many.days - _sum(known, self.shape)).any():
            what = f"persons are priced at {', '.join(facilities)}, and where they are is not said"
            raise FeeError(Fault("H723", what, "Give the headcounts by facility."))
        named = {name: one for name, one in known.items() if name in facilities}
        rows = [one.daily for one in named.values() if one.daily is not None]
        empty: Daily = np.zeros((self.shape[0], self.edges[-1]), np.int64)
        daily = sum(rows, empty) if len(rows) == len(named) else None
        return Heads(_sum(named, self.shape), daily)

    def by_day(self, heads: Heads, item: str) -> Daily:
        """Persons of each day.

        Raises:
            FeeError: H791, when an item needs them and nobody says.
        """
        if heads.daily is None:
            what = f"'{item}' is priced by the headcount of each day, and months alone are given"
            raise FeeError(Fault("H791", what, "Give the headcount of each day of each draw."))
        return heads.daily

    def by_month(self, daily: Daily) -> Ints:
        """Sum of each month."""
        narrow = daily.dtype == np.int32 and most(daily) <= MOST_BY_MONTH
        size = np.int32 if narrow else np.int64  # the narrow one takes less than half the time
        return np.add.reduceat(daily, self.edges[:-1], axis=1, dtype=size).astype(np.int64)

    def places(self, month: int) -> int | None:
        """Places put at disposal in a month; None: not stated."""
        return None if self.many.places is None else int(self.many.places[month])

    def alone(self, month: int) -> Quantities:
        """What is the same in every draw: the month and its places."""
        return Quantities(self.cells[month], {}, places=self.places(month))

    def received_until(self, month: int) -> Ints:
        """Persons received before a month, in each draw."""
        received = self.many.received
        before: Ints = np.full(self.shape[0], self.many.received_before, np.int64)
        return before if received is None else before + received[:, :month].sum(axis=1)

    def one(self, draw: int, month: int, item: str, *, by_day: bool) -> Quantities:
        """One month of one draw, as the plain form takes it, for one item.

        Args:
            draw: its number.
            month: its number.
            item: id of the item that is charged.
            by_day: whether its price depends on who was held on which day.

        Raises:
            FeeError: H791, when it does and nobody says.
        """
        many, days = self.many, slice(self.edges[month], self.edges[month + 1])

        def rows(table: Mapping[str, Heads]) -> dict[str, Ints]:
            return {
                name: self.by_day(heads, item)[draw, days].astype(np.int64)
                for name, heads in table.items()
                if by_day
            }

        where = rows(many.by_facility)
        rest = rows({"": many.heads}).get("", np.zeros(0, np.int64)) - sum(where.values())
        received = 0 if many.received is None else int(many.received[draw, month])
        return Quantities(
            self.cells[month],
            where | {"": rest} if by_day else {},
            places=self.places(month),
            units={name: int(done[draw, month]) for name, done in many.units.items()},
            by_category=rows(many.by_category),
            below=rows(many.below),
            spent={name: int(minor[draw, month]) for name, minor in many.spent.items()},
            received_before=int(self.received_until(month)[draw]),
            received=received,
        )


def given(period: Period, many: Many, indices: int = 0) -> Given:
    """What is given for a period, looked through.

    Args:
        period: civil days.
        many: what was held and done.
        indices: of how many draws it is said how prices move; 0: of all alike.

    Raises:
        FeeError: H790, when arrays do not fit the period or one another.
    """
    cells = months(period)
    found = Given(
        many, period, cells, [(one.first - period.first).days for one in cells] + [period.days]
    )
    wrong = [*_shapes(found)] or [*_sums(found)]
    if indices not in (0, found.shape[0]):
        wrong.append(f"prices move in {indices} draws, and there are {found.shape[0]}")
    if wrong:
        fix = "Give whole numbers of draws by months, or by days, of one period."
        raise FeeError(*(Fault("H790", what, fix) for what in wrong))
    return found


def _tables(many: Many) -> dict[str, Heads]:
    return {
        "everybody": many.heads,
        **{f"facility '{name}'": one for name, one in many.by_facility.items()},
        **{f"category '{name}'": one for name, one in many.by_category.items()},
        **{f"persons below '{name}'": one for name, one in many.below.items()},
    }


def _arrays(found: Given) -> Iterator[tuple[str, Daily, tuple[int, ...]]]:
    """Every array with its name and the shape that the period wants."""
    many, shape = found.many, found.shape
    for name, heads in _tables(many).items():
        yield f"person-days of {name}", heads.days, shape
        if heads.daily is not None:
            yield f"headcounts of {name}", heads.daily, (shape[0], found.edges[-1])
    for name, done in (*many.units.items(), *many.spent.items()):
        yield f"'{name}'", done, shape
    if many.received is not None:
        yield "persons received", many.received, shape
    if many.places is not None:
        yield "places", many.places, shape[1:]


def _shapes(found: Given) -> Iterator[str]:
    if not found.cells:
        yield "there is no day in the period"
    for name, one, wanted in _arrays(found):
        if one.shape != wanted or one.dtype.kind != "i":
            yield f"{name} are {one.dtype} {one.shape}, and the period has whole numbers {wanted}"


def _sums(found: Given) -> Iterator[str]:
    for name, heads in _tables(found.many).items():
        if heads.daily is not None and (found.by_month(heads.daily) != heads.days).any():
            yield f"headcounts by day of {name} do not add up to the person-days by month"
    if (found.many.days < _sum(found.many.by_facility, found.shape)).any():
        yield "more persons are held at the facilities than in all"


def _sum(table: Mapping[str, Heads], shape: tuple[int, int]) -> Ints:
    return sum((one.days for one in table.values()), np.zeros(shape, np.int64))
