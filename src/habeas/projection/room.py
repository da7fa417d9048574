"""What it would take to hold everybody at each standard: places, who is left without one, cost."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from habeas.law.records import Measure
from habeas.projection.bands import Ints, Outcome
from habeas.projection.breach import Premises
from habeas.space.method import asked
from habeas.space.places import most_persons, places_at


def room(
    where: Premises,
    held: NDArray[np.integer],
    measures: Sequence[Measure],
    place: tuple[str, Ints | None],
) -> Iterator[Outcome]:
    """For each area that a standard asks a person: places, and the worst day of each draw.

    Args:
        where: the facility; without areas of every cell nothing is told.
        held: (draws, days).
        measures: against which.
        place: currency, and what one more place costs in minor units, (draws,); None: not assumed.
    """
    if not where.cells or any(cell.floor_cm2 is None for cell in where.cells):
        return
    worst, draws = held.max(axis=1, initial=0).astype(np.int64), len(held)
    told = set[tuple[int, int, int]]()
    for measure in measures:
        space = measure.space
        cm2 = asked(space, 1, where.hours).least if space is not None else 0
        if space is None or space.per != "person" or not cm2:
            continue
        each = places_at(where.cells, where.id, cm2, space)
        mean = most_persons(where.cells, where.id, cm2, space)
        if (cm2, each, mean) in told:  # of measures with equal numbers the first is told
            continue
        told.add((cm2, each, mean))
        of, without = f"{where.id}/{measure.id}", np.maximum(worst - each, 0)
        yield Outcome("room.places", of, "places", np.full(draws, each, np.int64))
        yield Outcome("room.most_persons", of, "persons", np.full(draws, mean, np.int64))
        yield Outcome("room.persons_without", of, "persons", without)
        unit, cost = f"minor {place[0]}", place[1]
        values = None if cost is None else without * cost
        yield Outcome("room.cost", of, unit, values, why="not_assumed" if cost is None else "")
