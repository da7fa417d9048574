"""A projection as every face shows it: report, JSON, page and tables have the same numbers.

A band says what so many in a hundred draws stay below: the range of draws under the stated
assumptions. A row without one says why. Sums are whole minor units of the currency in its unit.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Literal

from msgspec import Struct

from habeas.law.cited import Due, Text
from habeas.projection.bands import Bands, Course, Outcome, bands

RANGE = "Range of draws under the stated assumptions."
SET_ASIDE = (
    "The rules of law are set aside in this scenario: it shows what was offered, not what may "
    "lawfully be done."
)


class Band(Struct, frozen=True):
    """What 5, 25, 50, 75 and 95 in a hundred draws stay below, and the mean."""

    p5: int
    p25: int
    p50: int
    p75: int
    p95: int
    mean: str  # an exact decimal of two places, rounded half up


class Row(Struct, frozen=True):
    """One number of the projection."""

    key: str  # its section and word, such as `money.occupied`
    of: str  # agreement, facility, or facility/measure; empty: all of them
    unit: str  # `persons`, `person-days`, `day` (from the first, 0), `minor USD` and so on
    band: Band | None  # None: not established
    draws: int  # in how many draws there is such a number: the band is over these
    why: str = ""  # it is not established, in one word


class Series(Struct, frozen=True):
    """One number over time: a band for each day that is shown."""

    key: str
    of: str
    unit: str
    days: tuple[date, ...]
    bands: tuple[Band, ...]


class Section(Struct, frozen=True):
    """What belongs together: `people`, `space`, `money` and so on."""

    id: str
    rows: tuple[Row, ...]
    series: tuple[Series, ...]


class Held(Struct, frozen=True):
    """Who is held when it begins, as the register says."""

    deal: str
    facility: str
    as_of: date
    tree_size: int
    log: str
    persons: int
    end_unknown: int  # of these, whose end of the sentence the register does not know


class Actual(Struct, frozen=True):
    """What followed under one agreement: persons at the end of each day; None: not told."""

    deal: str
    until: date  # the day after the last that is told of
    tree_size: int  # of published tables the most that one was computed from
    whole: tuple[int | None, ...]  # from the first day on
    houses: dict[str, tuple[int | None, ...]]  # by facility of the scenario
    published: bool  # yes: ends of months, as public statistics told them
    untold: int = 0  # of these, withheld or not published


class Clock(Struct, frozen=True):
    """One duty, or a step of it, that an event of a kind starts."""

    event: str
    duty: str
    step: str
    owed_by: tuple[str, ...]
    by: Due
    limit: str  # who fixes the number: `text`, `policy` or `nobody`
    always: bool  # False: only where the report is about certain things
    cite: tuple[str, ...]


class Stamp(Struct, frozen=True):
    """From what exactly the numbers came: with it anybody can make them again."""

    scenario: str  # SHA-256 of the scenario
    plan: str  # and of the plan that it became
    seed: int
    first_draw: int
    draws: int
    result: str  # SHA-256 of the arrays that were drawn
    tables: str  # SHA-256 of the tables of quantiles; empty: none was named
    versions: dict[str, str]  # of habeas, numpy and the time-zone data


class Projection(Struct, frozen=True, kw_only=True):
    """Everything that is answered of one scenario."""

    format: Literal["habeas-projection/1"] = "habeas-projection/1"
    id: str
    version: str
    title: Text
    about: Text
    first: date
    after: date
    zone: str
    currency: str
    exponent: int
    rules: Literal["applied", "set_aside"]
    notices: tuple[str, ...]  # the range; what is set aside
    review: str
    stamp: Stamp
    sections: tuple[Section, ...]
    clocks: tuple[Clock, ...]
    measured: tuple[Held, ...] = ()
    actual: Actual | None = None


class Difference(Struct, frozen=True):
    """One number of two scenarios, draw by draw: the first less the second."""

    key: str
    of: str
    unit: str
    band: Band | None  # of the difference; None: not established in both
    draws: int  # in which both have it
    more: int  # of these, in which the first has more
    less: int
    why: str = ""


class Comparison(Struct, frozen=True, kw_only=True):
    """Two scenarios under the same chance."""

    format: Literal["habeas-comparison/1"] = "habeas-comparison/1"
    first: Stamp
    second: Stamp
    titles: tuple[Text, Text]
    notices: tuple[str, ...]
    review: str
    rows: tuple[Difference, ...]
    partings: tuple[Row, ...]  # the first day on which a course of the two is not the same
    only_first: tuple[str, ...]  # what the other scenario does not have
    only_second: tuple[str, ...]


def band(found: Bands, column: int) -> Band:
    """The band of one column."""
    low, lower, middle, upper, high = found.shares[column].tolist()
    return Band(low, lower, middle, upper, high, found.mean(column))


def row(one: Outcome) -> Row:
    """An outcome as its band over the draws that have it."""
    numbers = one.numbers
    if not numbers.size:
        why = one.why or ("in_no_draw" if one.values is not None else "not_established")
        return Row(one.key, one.of, one.unit, None, 0, why)
    return Row(one.key, one.of, one.unit, band(bands(numbers), 0), numbers.size)


def series(one: Course, first: date) -> Series:
    """A course as a band for each day."""
    found = bands(one.values)
    days = tuple(first + timedelta(days=day) for day in one.days)
    told = tuple(band(found, column) for column in range(len(days)))
    return Series(one.key, one.of, one.unit, days, told)


def sections(
    outcomes: Iterable[Outcome], courses: Iterable[Course], first: date
) -> tuple[Section, ...]:
    """Rows and series by the section of their keys, in the order in which it is first met."""
    rows, lines = dict[str, list[Row]](), dict[str, list[Series]]()
    for one in outcomes:
        rows.setdefault(one.key.partition(".")[0], []).append(row(one))
    for each in courses:
        lines.setdefault(each.key.partition(".")[0], []).append(series(each, first))
    return tuple(
        Section(name, tuple(rows.get(name, ())), tuple(lines.get(name, ())))
        for name in {**rows, **lines}
    )
