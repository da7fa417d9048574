"""How many persons the certified floor could hold at so many square centimetres each."""

from collections.abc import Sequence

from habeas.errors import Fault, FeeError
from habeas.law.records import Space
from habeas.space.certified import Cell
from habeas.space.method import areas


def floors(cells: Sequence[Cell], facility: str) -> list[int]:
    """The floor of each cell.

    Raises:
        FeeError: H731, when there is no cell, or the floor of one is not established.
    """
    found = [cell.floor_cm2 for cell in cells if cell.floor_cm2 is not None]
    if not found or len(found) < len(cells):
        what = f"no cell areas of '{facility}' are known"
        if found:
            what = f"the areas of {len(cells) - len(found)} cells of '{facility}' are not known"
        raise FeeError(Fault("H731", what, "Add them to its file with their source."))
    return found


def places_at(
    cells: Sequence[Cell], facility: str, cm2_per_person: int, space: Space | None = None
) -> int:
    """Places in whole persons, cell by cell: the sum of what fits into each.

    Args:
        cells: of the facility.
        facility: its id.
        cm2_per_person: the floor of each.
        space: whose method says which floor counts, at most; None: the whole of it.

    Raises:
        FeeError: H731; H732 for no area a person.
    """
    return sum(floor // _least(cm2_per_person) for floor in _counted(cells, facility, space))


def most_persons(
    cells: Sequence[Cell], facility: str, cm2_per_person: int, space: Space | None = None
) -> int:
    """The most persons before the mean of the whole floor falls below the area.

    It is never fewer than `places_at`, which counts whole persons in each cell.

    Raises:
        FeeError: H731; H732 for no area a person.
    """
    return sum(_counted(cells, facility, space)) // _least(cm2_per_person)


def _counted(cells: Sequence[Cell], facility: str, space: Space | None) -> list[int]:
    found = floors(cells, facility)
    return found if space is None else [areas(cell, space).most or 0 for cell in cells]


def _least(cm2: int) -> int:
    if cm2 < 1:
        raise FeeError(Fault("H732", f"{cm2} cm2 a person is no area", "Give at least one."))
    return cm2
