"""The frozen shapes of what is certified of cells: areas, fixtures and places, by request.

A certificate is never a copy of the building. It is a request that sets the figures of the cells it
names from a day on, and somebody else's approval; what holds on a day is computed from all of them
(`space.certified`). An absent key means *not established*.
"""

from datetime import date
from typing import Literal

from habeas.law.agreement import Id
from habeas.law.cited import Count, Strict, Text

DefinedAs = Literal[
    "design",
    "certified_normal_accommodation",
    "working",
    "maximum",
    "signed_operational",
    "declared",
    "contracted",
    "bunks",
    "planned",
    "not_stated",
]  # by which a number of places is one; planned: of what is not built


class CellRun(Strict, frozen=True):
    """Equal cells of one module, as one certificate sets each of them."""

    module: str
    cells: tuple[str, ...]  # names, each one's own in the facility; "S-01..S-40" is forty of them
    floor_cm2: Count | None = None  # net floor between the walls, the sanitary area in it
    sanitary_cm2: Count | None = None  # of that floor; 0: the cell has none
    partitioned: bool | None = None  # the sanitary area is fully partitioned
    furniture_cm2: Count | None = None  # of that floor, outside the sanitary area
    beds: Count | None = None
    toilets: Count | None = None
    cna: Count | None = None  # certified normal accommodation of each cell
    working: Count | None = None
    maximum: Count | None = None


class Certificate(Strict, frozen=True, kw_only=True):
    """One request to certify cells, and what became of it; only an approved one ever counts."""

    id: Id
    status: Literal["pending", "approved", "rejected", "withdrawn"]
    reason: str
    requested_by: str  # an office or a key, never a person's name
    requested_on: date
    effective_from: date  # civil day; apart from the day on which it was approved
    effective_until: date | None = None  # exclusive; None: until another takes its place
    approved_by: str | None = None  # None: nobody has
    approved_on: date | None = None
    cells: tuple[CellRun, ...] = ()
    withdraws: tuple[str, ...] = ()  # cells out of certified use from that day on
    signed_operational: Count | None = None  # of the whole facility, from that day on
    source: tuple[str, ...] = ()


class Capacity(Strict, frozen=True):
    """A number of places in the words of its source; what is no number stays unknown."""

    definition: DefinedAs
    stated: str  # "300", "AS NEEDED": the text as it stands there
    on: str | None = None  # ISO day, month or year as the source gives it
    note: Text | None = None
    source: tuple[str, ...] = ()
