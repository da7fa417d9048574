"""The frozen shapes of a scenario file: what is given, what was measured, what is assumed.

Three layers, never mixed: `given` holds points of a text, each with where it is written; `measured`
what the register says, with its size; `assumed` everything else, as a range with its source or the
word "assumption". A point is no assumption and is refused. Field names are the keys of the file.
"""

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta as Bound
from msgspec import field

from habeas.law.agreement import Id, Pathway
from habeas.law.cited import Count, Strict, Text
from habeas.law.schedule import Fees

Source = str  # a key of the library's sources, or "assumption"; empty: a fault of the file
ASSUMPTION = "assumption"
Reason = Literal["sentence_end", "returned", "died", "recalled", "closed"]


class Range(Strict, frozen=True):
    """What nobody knows: from where to where it may be, and who says so.

    One of three forms: `low` and `high` (any number between them alike), `about` and `spread`
    (lognormal: the middle, and the standard deviation of its logarithm), or `about` and `like` (a
    share: Beta, as sure as so many persons looked at would make it).
    """

    source: Source = ""
    low: float | None = None
    high: float | None = None
    about: float | None = None
    spread: float | None = None
    like: float | None = None
    note: Text | None = None


class PlacesFrom(Strict, frozen=True):
    """From a day on, so many places; none: it is closed, and who is there must leave."""

    from_: date = field(name="from")
    places: Count = 0
    source: Source | None = None  # None: the facility's
    note: Text | None = None


class Facility(Strict, frozen=True):
    """A place of custody: its places over time, and its cells where they are known.

    `library` names a facility file whose cells are taken; else `cells` and `cell_cm2` say them;
    with neither nothing is said of the floor a person has.
    """

    id: Id
    places: tuple[PlacesFrom, ...]
    source: Source = ""
    title: Text | None = None
    note: Text | None = None
    library: str | None = None
    cells: Count | None = None
    cell_cm2: Count | None = None  # of each
    beds_per_cell: Count | None = None
    measured: Literal["gross", "net"] = "gross"  # whether toilets and furniture are in that area
    confined_hours: Count | None = None


class Flights(Strict, frozen=True):
    """On which days people are received, and how many at most on each."""

    every_days: Annotated[int, Bound(ge=1)] = 1
    first: date | None = None  # None: the first day of the scenario
    most: Annotated[int, Bound(ge=1)] | None = None  # None: no limit is stated


class Pause(Strict, frozen=True):
    """From a day until another nobody is received: a court's order, or a suspension."""

    from_: date = field(name="from")
    until: date | None = None  # None: to the end
    referrals: Literal["wait", "stop"] = "wait"  # whether people are put forward meanwhile
    source: Source = ""
    note: Text | None = None


class Deal(Strict, frozen=True):
    """One agreement as the scenario has it: who sends to whom, where, how many, at what price."""

    id: Id  # a short name within the scenario
    sending: str
    receiving: str
    facilities: tuple[str, ...]  # filled in this order
    pathway: Pathway
    source: Source = ""
    title: Text | None = None
    note: Text | None = None
    established: dict[str, bool] = field(default_factory=dict)  # facts about the agreement itself
    agreement: str | None = None  # of the library, whose rules screen; None: none is known
    places: Count | None = None  # of the facilities, kept for it at most; None: as they come
    flights: Flights = Flights()
    from_: date | None = field(name="from", default=None)
    until: date | None = None  # from then on nobody is received
    pauses: tuple[Pause, ...] = ()
    recalls: tuple[date, ...] = ()  # days on which everybody held under it leaves
    fees: Fees | None = None  # None: those of the library's agreement
    prices_rise: bool = False  # whether its prices follow the assumed index


class Sum(Strict, frozen=True):
    """A sum a year to hold others against, such as a prison budget or a debt service."""

    id: Id
    title: Text
    minor_per_year: Count
    of: Literal["receiving", "sending"]
    source: Source = ""
    note: Text | None = None


class Price(Strict, frozen=True):
    """What a text says that one person costs, to hold a fee against."""

    id: Id
    title: Text
    minor: Count
    per: Literal["person_day", "person_year"]
    of: Literal["receiving", "sending"]
    source: Source = ""
    note: Text | None = None


class Given(Strict, frozen=True):
    """Points of a text."""

    facilities: tuple[Facility, ...]
    deals: tuple[Deal, ...]
    sums: tuple[Sum, ...] = ()
    prices: tuple[Price, ...] = ()
    standards: tuple[str, ...] = ()  # standards or measures; empty: every one that measures floor


class Stock(Strict, frozen=True):
    """Who is held when the scenario begins, as the register says."""

    deal: str
    facility: str
    as_of: date
    tree_size: Count
    log: str  # origin of the register
    days_left: tuple[Count, ...]  # a person: until the end of the sentence
    grouped: Count = 0  # the days are means of so many persons or more; 0: of each person
    end_unknown: Count = 0  # others, of whom the register knew no end: in none of the numbers above


class Measured(Strict, frozen=True):
    """What the register says."""

    stock: tuple[Stock, ...] = ()


class Stay(Strict, frozen=True):
    """How long a sentence runs from the day on which somebody is put forward, in days."""

    law: Literal["lognormal", "exponential", "fixed", "table"]
    source: Source = ""
    note: Text | None = None
    mean: Range | float | None = None
    log_sd: float | None = None
    table: tuple[float, ...] = ()  # quantiles at equal steps from 0 to 1
    at_most: Count = 10_950
    from_arrival: bool = False  # whether it runs from arrival instead


class Batches(Strict, frozen=True):
    """People are put forward in groups of this size on average (geometric)."""

    mean: float
    source: Source = ""
    note: Text | None = None


class Stream(Strict, frozen=True):
    """People of one kind who are put forward under one agreement.

    Either so many a day on average (`referrals_a_day`), or so many on one day (`persons`, `on`).
    Who of them may be sent: screening says it from `docket` and `yes`; where none is stated,
    `eligible` does. Numbers that a range of the world multiplies may be plain; every other one is
    a range.
    """

    id: Id
    deal: str
    stay: Stay
    source: Source = ""
    title: Text | None = None
    note: Text | None = None
    referrals_a_day: Range | float | None = None
    growth_a_year: Range | None = None  # 0.03: three in a hundred more each year
    from_: date | None = field(name="from", default=None)
    until: date | None = None
    persons: Count | None = None
    on: date | None = None
    batches: Batches | None = None
    eligible: Range | float | None = None
    docket: dict[str, tuple[tuple[Count, str], ...]] | None = None  # fact: weights and cell texts
    yes: dict[str, Range] = field(default_factory=dict)  # fact: of how many it is so, as a share
    returned_a_year: Range | float = 0.0  # hazard of an early return
    died_a_year: Range | float = 0.0
    leaves_late_days: Range | None = None  # on average past the end of the sentence (exponential)


class World(Strict, frozen=True):
    """Factors that hold for all streams alike."""

    referrals: Range | None = None
    stays: Range | None = None
    eligible: Range | None = None
    returned: Range | None = None
    died: Range | None = None


class Costs(Strict, frozen=True):
    """What a person-day costs each state itself, in the currency's whole units; and how prices go.

    `index_a_year` and `exchange_a_year` are growth: 0.025 is two and a half in a hundred.
    """

    receiving_a_day: Range | None = None
    sending_marginal_a_day: Range | None = None  # saved at home for one person fewer
    sending_average_a_day: Range | None = None  # the published average, which is not saved
    transport_a_person: Range | None = None
    place: Range | None = None  # building one more
    index_a_year: Range | None = None
    exchange_a_year: Range | None = None


class Work(Strict, frozen=True):
    """What arises in a year for each person held, and the hours that each takes."""

    complaints_a_year: Range | None = None
    incidents_a_year: Range | None = None
    visits_a_month: Range | None = None  # of monitors, to each facility
    hours_a_complaint: Range | None = None
    hours_an_incident: Range | None = None
    hours_a_visit: Range | None = None
    hours_a_death: Range | None = None
    hours_a_transfer: Range | None = None


class Assumed(Strict, frozen=True):
    """Everything else."""

    streams: tuple[Stream, ...]
    world: World = World()
    costs: Costs = Costs()
    work: Work = Work()


class Change(Strict, frozen=True):
    """One term of the deal otherwise, as a bar of its own beside those of the world."""

    id: Id
    title: Text
    deal: str
    set: dict[str, int | str]  # dotted keys below the deal, such as `fees.items.0.guaranteed_...`


class Scenario(Strict, frozen=True, kw_only=True):
    """What one asks about, in one file."""

    format: Literal["habeas-scenario/1"]
    id: Id
    version: str
    title: Text
    about: Text
    first: date
    after: date  # the day after the last
    zone: str
    currency: str
    exponent: Count
    rules: Literal["applied", "set_aside"]  # set aside: what is offered, whether lawful or not
    given: Given
    measured: Measured = Measured()
    assumed: Assumed
    changes: tuple[Change, ...] = ()
