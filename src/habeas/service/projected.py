"""What a projection says, as plain values: all that its report, its charts and its files show.

Every number is a range of draws under the stated assumptions. Money is in minor units, days are
days of the scenario's zone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from habeas.law.cited import Text
from habeas.projection.scenario import Scenario

Kind = Literal["occupied", "empty", "transport", "other", "avoided", "own", "whole"]
NINETY, FIFTY = ("p5", "p95"), ("p25", "p75")


@dataclass(frozen=True, slots=True)
class Band:
    """Where 5, 25, 50, 75 and 95 of 100 draws lie at most, and their mean."""

    p5: float
    p25: float
    p50: float
    p75: float
    p95: float
    mean: float


@dataclass(frozen=True, slots=True)
class Limit:
    """A number of persons at which something is passed, such as a standard of floor."""

    words: Text
    persons: int


@dataclass(frozen=True, slots=True)
class Daily:
    """Persons at the end of each day."""

    id: str
    title: Text
    first: date
    bands: tuple[Band, ...]  # one a day
    places: tuple[int, ...] = ()  # of each day; empty: no capacity is stated
    limits: tuple[Limit, ...] = ()
    actual: tuple[int | None, ...] = ()  # of the register, from the first day on; None: not told


@dataclass(frozen=True, slots=True)
class Crossing:
    """The first day past a limit; None: so many draws never pass it."""

    words: Text
    of: str  # a facility
    draws: int  # that pass it at all
    p5: date | None
    p50: date | None
    p95: date | None
    cite: str = ""
    standard: Text | None = None  # who set the minimum; None: it is the number of places


@dataclass(frozen=True, slots=True)
class Flow:
    """What became of those put forward under one agreement, from first to last."""

    deal: str
    title: Text
    counts: Mapping[str, Band]  # by the names of `projection.simulate.FLOWS`, and `waiting`


@dataclass(frozen=True, slots=True)
class Paid:
    """What is paid or saved in a year, for one thing or in all."""

    year: int
    kind: Kind
    band: Band


@dataclass(frozen=True, slots=True)
class Worth:
    """One more number to tell, such as a break-even fee."""

    words: Text
    band: Band
    unit: Literal["minor", "persons", "share", "days", "hours"]
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that keeps people from being sent lawfully, or that nothing settles."""

    rule: str
    words: Text
    cite: str
    band: Band  # persons
    settled: bool  # no: what would settle it is not known of them


@dataclass(frozen=True, slots=True)
class Lawful:
    """How many of those put forward could lawfully be sent, under one agreement."""

    deal: str
    title: Text
    asked: Band
    may: Band
    barred: Band
    unknown: Band  # not established: never counted as a yes
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Never:
    """What no number of places makes lawful."""

    words: Text
    cite: str


@dataclass(frozen=True, slots=True)
class Work:
    """What must be done in a year."""

    words: Text
    a_year: Band
    hours: Band | None = None


@dataclass(frozen=True, slots=True)
class Driver:
    """One number moved alone from its lowest to its highest, and what that makes of the result."""

    words: Text
    of: Literal["world", "deal"]
    low: float
    base: float
    high: float
    low_said: str = ""
    high_said: str = ""


@dataclass(frozen=True, slots=True)
class Moved:
    """A result, and what moves it: the longest first."""

    id: str
    words: Text
    unit: Literal["persons", "minor"]
    bars: tuple[Driver, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """What part of the spread a number makes: alone, and with the others."""

    words: Text
    alone: float
    together: float


@dataclass(frozen=True, slots=True)
class Seen:
    """All of it."""

    scenario: Scenario
    draws: int
    seed: int
    people: tuple[Daily, ...]  # the whole first
    there: tuple[Band, ...] = ()  # of the whole, those held when it begins; empty: nobody
    crossings: tuple[Crossing, ...] = ()
    flows: tuple[Flow, ...] = ()
    paid: tuple[Paid, ...] = ()
    totals: Mapping[Kind, Band] = field(default_factory=dict)  # from first to last
    worths: tuple[Worth, ...] = ()
    lawful: tuple[Lawful, ...] = ()
    never: tuple[Never, ...] = ()
    open: tuple[Never, ...] = ()  # what of the agreements themselves is not established
    work: tuple[Work, ...] = ()
    moved: tuple[Moved, ...] = ()
    shares: tuple[Share, ...] = ()
    aside: tuple[Text, ...] = ()  # for what the file would be refused if rules were not set aside
    notes: tuple[Text, ...] = ()  # what it does not say, of this scenario
    stamp: tuple[tuple[str, str], ...] = ()  # hashes, versions
    sources: Mapping[str, str] = field(default_factory=dict)  # key: where it is read
