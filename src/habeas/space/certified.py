"""What is certified of each cell on a day: a view of the requests that somebody else approved.

Nothing is stored for it. A cell has the figures of the latest approved request that names it and
is effective by the day; what is pending, rejected, withdrawn, or approved by whoever asked for it
never counts. A cell that no request names is as its module says, as an upper bound where that area
is gross.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from msgspec.structs import replace

from habeas.law.certificates import CellRun, Certificate
from habeas.law.records import Facility, Module

MOST = 10_000  # cells of one range
_RANGE = re.compile(r"(?P<head>.*?)(?P<first>[0-9]{1,6})\.\.(?P=head)(?P<last>[0-9]{1,6})")
ACCENTS = frozenset(map(chr, range(0x300, 0x370)))  # put over a letter: often left out
_NAME = re.compile(r"[^\s.](?:[^\s]{0,62}[^\s.])?")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell on one day; None: not established."""

    module: str
    name: str
    floor_cm2: int | None
    net: bool  # between the walls and certified; else an upper bound
    sanitary_cm2: int | None = None  # of the floor
    partitioned: bool | None = None
    furniture_cm2: int | None = None  # of the floor
    beds: int | None = None
    toilets: int | None = None
    cna: int | None = None
    working: int | None = None
    maximum: int | None = None
    certificate: str = ""  # empty: no certificate names it


def names(texts: Iterable[str]) -> list[str]:
    """Names of cells, with each range written out: "S-01..S-03" is S-01, S-02, S-03.

    Raises:
        ValueError: with the text that is neither a name nor a range of at most 10,000.
    """
    found: list[str] = []
    for text in texts:
        if ".." not in text:
            if not _NAME.fullmatch(text):
                raise ValueError(text)
            found.append(text)
            continue
        ends = _RANGE.fullmatch(text)
        if ends is None or len(ends["first"]) != len(ends["last"]):
            raise ValueError(text)
        first, last = int(ends["first"]), int(ends["last"])
        if not first <= last < first + MOST:
            raise ValueError(text)
        width = len(ends["first"])
        found += [f"{ends['head']}{number:0{width}}" for number in range(first, last + 1)]
    return found


def same(one: str, other: str) -> bool:
    """Whether two texts name one officer: case, spaces, accents and forms make no other person."""
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    # Format characters and hyphens of other forms are not seen; letters of other scripts stay.
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    return "".join(
        "-" if unicodedata.category(letter) == "Pd" else letter
        for letter in parts
        if not (letter.isspace() or unicodedata.category(letter) == "Cf" or letter in ACCENTS)
    )


def counts(one: Certificate) -> bool:
    """Whether a request was approved, on a day, by another than who asked for it."""
    return (
        one.status == "approved"
        and one.approved_on is not None
        and bool((one.approved_by or "").strip())
        and not same(one.approved_by or "", one.requested_by)
    )


def as_known(facility: Facility, day: date) -> Facility:
    """A facility with the certificates that had been approved by the end of a day."""
    kept = tuple(
        one
        for one in facility.certificates
        if one.approved_on is not None and one.approved_on <= day
    )
    return replace(facility, certificates=kept)


def in_order(facility: Facility) -> list[Certificate]:
    """The certificates that count, by the day from which they do."""
    found = [one for one in facility.certificates if counts(one)]
    return sorted(found, key=lambda one: (one.effective_from, one.approved_on, one.id))


def boundaries(facility: Facility) -> list[date]:
    """Every day on which the cells may change, in order."""
    ends = (one.effective_until for one in in_order(facility))
    begins = (one.effective_from for one in in_order(facility))
    return sorted({*begins, *(day for day in ends if day is not None)})


def of_module(module: Module) -> list[Cell]:
    """The cells of a module as its own table says, in order."""
    number = module.cells or 0
    called = names(module.names) or [f"{module.id}-{n:03}" for n in range(1, number + 1)]
    net = module.measured == "net"
    return [
        Cell(
            module.id,
            name,
            module.cell_area_cm2,
            net and module.cell_area_cm2 is not None,
            beds=module.beds_per_cell,
            toilets=module.toilets_per_cell,
        )
        for name in called
    ]


def of_run(run: CellRun, certificate: str) -> Iterator[Cell]:
    """The cells of one row of a certificate."""
    for name in names(run.cells):
        yield Cell(
            run.module,
            name,
            run.floor_cm2,
            run.floor_cm2 is not None,
            run.sanitary_cm2,
            run.partitioned,
            run.furniture_cm2,
            run.beds,
            run.toilets,
            run.cna,
            run.working,
            run.maximum,
            certificate,
        )


@lru_cache(maxsize=32)  # one page asks for them several times
def cells(facility: Facility, day: date) -> tuple[Cell, ...]:
    """Every cell of a facility on a civil day, by module and name; periods are half-open."""
    found = {cell.name: cell for module in facility.modules for cell in of_module(module)}
    for one in in_order(facility):
        if one.effective_from > day:
            break
        over = one.effective_until is not None and one.effective_until <= day
        for gone in names(one.withdraws):
            found.pop(gone, None)
        for run in one.cells:
            for cell in of_run(run, one.id):
                if over:
                    found.pop(cell.name, None)
                else:
                    found[cell.name] = cell
    order = {module.id: place for place, module in enumerate(facility.modules)}
    return tuple(
        sorted(
            found.values(),
            key=lambda one: (order.get(one.module, len(order)), one.module, one.name),
        )
    )


def signed_operational(facility: Facility, day: date) -> tuple[int, str] | None:
    """The signed operational capacity on a day and its certificate; None: no one states it."""
    found = None
    for one in in_order(facility):
        if one.effective_from <= day and one.signed_operational is not None:
            over = one.effective_until is not None and one.effective_until <= day
            found = None if over else (one.signed_operational, one.id)
    return found
