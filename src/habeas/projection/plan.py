"""A scenario in numbers: what a draw is computed from, and nothing else.

Days are counted from the first of the scenario; months are its calendar months. It is written as
JSON, so that the same bytes go to every worker.
"""

from msgspec import Struct

REASONS = ("sentence_end", "returned", "died", "recalled", "closed")


class Uncertain(Struct, frozen=True):
    """A number that each draw takes anew, by its name; or one that stays."""

    name: str  # where it stands in the scenario, such as `streams.0.referrals_a_day`
    form: str  # `point`, `uniform`, `lognormal` or `share`
    a: float  # the point, the lowest, or the middle
    b: float = 0.0  # the highest, the spread, or how many persons looked at


class House(Struct, frozen=True):
    """A facility: places from a day on; cells of one size, or none known."""

    id: str
    places: list[tuple[int, int]]  # (day, places), rising; before the first: none
    cells: int = 0
    beds: int = 0  # the most in one cell; 0: as many as the places ask for


class Deal(Struct, frozen=True):
    """An agreement: the houses it fills in order, its flights, its limits."""

    id: str
    houses: list[int]
    most: int = -1  # of its people in all at once; -1: no limit
    every: int = 1
    first: int = 0  # day of the first flight
    until: int = 1 << 30  # day from which on nobody is received
    batch: int = -1  # at most on a flight; -1: no limit
    pauses: list[tuple[int, int, bool]] = []  # (day, day after, whether referrals stop)
    recalls: list[int] = []


class Stream(Struct, frozen=True):
    """People of one kind; every `Uncertain` is named in the plan's list by its place there."""

    id: str
    deal: int
    number: int  # in the counter of chance: a hash of its name
    referrals: Uncertain
    growth: Uncertain
    eligible: Uncertain
    lawful: Uncertain
    mean: Uncertain  # of the stay, in days; for a table: a factor
    returned: Uncertain  # a year
    died: Uncertain
    late: Uncertain  # days on average
    first: int = 0
    after: int = 1 << 30
    persons: int = 0  # on the day `first`, instead of a rate
    batch: float = 1.0  # mean size of a group
    law: str = "lognormal"  # `exponential`, `fixed`, `table`
    log_sd: float = 0.0
    table: list[float] = []
    at_most: int = 10_950
    from_arrival: bool = False
    of_lawful: bool = False  # `eligible` is a share of those who may lawfully be sent


class Held(Struct, frozen=True):
    """Who is there when it begins."""

    deal: int
    house: int
    days_left: list[int]
    stream: int = -1  # whose hazards of death and return hold for them; -1: none


class Plan(Struct, frozen=True):
    """All of it."""

    days: int
    months: list[int]  # the day on which each begins, and the day after the last
    houses: list[House]
    deals: list[Deal]
    streams: list[Stream]
    world: dict[str, Uncertain]  # factors: referrals, stays, eligible, returned, died
    stock: list[Held] = []
