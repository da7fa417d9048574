"""Whether a facility has a certified place free: its certificates against who is there.

Counted are the places that are in working use by a certificate in force; a cell of which nobody
certified that has none. A place that was promised to somebody who has not come yet is taken.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from habeas.law.program import canonical
from habeas.register.events import Json
from habeas.service.measure import Place
from habeas.space.certified import Cell, cells, signed_operational


@dataclass(frozen=True, slots=True)
class Free:
    """One cell with places free."""

    cell: str
    places: int
    held: int

    @property
    def free(self) -> int:
        """How many more persons its certificate lets in."""
        return self.places - self.held


@dataclass(frozen=True, slots=True)
class Vacancy:
    """How many certified places of a facility are free; `places` None: nobody certified any."""

    facility: str
    file: str  # hash of the facility's file
    day: date
    places: int | None
    held: int
    promised: int
    cells: tuple[Free, ...]  # those with a place free, by name

    @property
    def free(self) -> int:
        """How many; 0 also where nothing is certified: unknown is never a place."""
        return 0 if self.places is None else max(0, self.places - self.held - self.promised)

    @property
    def digest(self) -> str:
        """The hash of this check, for the register."""
        parts: list[Json] = [
            "habeas/space-check/v1", self.facility, self.file, self.day.isoformat(), self.places,
            self.held, self.promised, self.free,
        ]  # fmt: skip
        return hashlib.sha256(canonical(parts)).hexdigest()


def vacancy(place: Place, held: Mapping[str, int] | None, promised: int, day: date) -> Vacancy:
    """The free places of a facility.

    Args:
        place: the facility and its file.
        held: persons there by cell; those without a cell under the empty name. None: not known,
            and then no place is.
        promised: persons who were accepted and have not come.
        day: the civil day whose certificates count.
    """
    if held is None:
        return Vacancy(place.facility.id, place.hash, day, None, 0, promised, ())
    view = [(one.name, count) for one in cells(place.facility, day) if (count := _places(one))]
    whole, signed = sum(count for _, count in view), signed_operational(place.facility, day)
    limit = min(whole, signed[0]) if signed else whole
    free = [Free(name, count, held.get(name, 0)) for name, count in view]
    return Vacancy(
        place.facility.id,
        place.hash,
        day,
        limit if view else None,
        sum(held.values()),
        promised,
        tuple(one for one in free if one.free > 0),
    )


def names(place: Place, day: date) -> list[str]:
    """Every cell of a facility on a day, by module and name."""
    return [one.name for one in cells(place.facility, day)]


def _places(cell: Cell) -> int:
    if not cell.certificate:
        return 0
    return next((one for one in (cell.working, cell.cna) if one is not None), 0)
