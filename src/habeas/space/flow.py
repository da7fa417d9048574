"""A largest flow from kinds of persons to kinds of cells, and who is short where it is full."""

from collections.abc import Sequence

from habeas.space.placing import Mask


def short(persons: Sequence[int], room: Sequence[int], may: Mask) -> list[int]:
    """The kinds that can still not be placed when as many as possible are, and whom they press on.

    They and the cells that they reach are a smallest cut: together they need more places than there
    are. Empty: everybody has a place, as far as numbers go.

    Args:
        persons: of each kind.
        room: of each kind of cell.
        may: which kind of person may be in which kind of cell.
    """
    left, free = list(persons), list(room)
    placed = [[0] * len(room) for _ in persons]
    to = [[cell for cell, lawful in enumerate(row) if lawful] for row in may.tolist()]
    while True:
        way, reached = _search(left, free, to, placed)
        if way is None:
            return sorted(reached)
        _push(way, left, free, placed)


def _search(
    left: list[int], free: list[int], to: list[list[int]], placed: list[list[int]]
) -> tuple[list[int] | None, set[int]]:
    """A way from a kind that waits to a cell with room: kind, cell, kind, ..., cell."""
    came: dict[int, tuple[int, int] | None] = {
        kind: None for kind, waits in enumerate(left) if waits
    }
    over: dict[int, int] = {}  # by cell: from which kind it was reached
    queue = list(came)
    for kind in queue:
        for cell in to[kind]:
            if cell in over:
                continue
            over[cell] = kind
            if free[cell]:
                return _back(cell, over, came), set()
            for other, row in enumerate(placed):
                if row[cell] and other not in came:
                    came[other] = (kind, cell)
                    queue.append(other)
    return None, set(came)


def _back(cell: int, over: dict[int, int], came: dict[int, tuple[int, int] | None]) -> list[int]:
    way = [cell, over[cell]]
    while (before := came[way[-1]]) is not None:
        way += [before[1], before[0]]
    return way[::-1]


def _push(way: list[int], left: list[int], free: list[int], placed: list[list[int]]) -> None:
    """Place as many along a way as it takes."""
    kinds, cells = way[::2], way[1::2]
    number = min(left[kinds[0]], free[cells[-1]])
    for kind, cell in zip(kinds[1:], cells, strict=False):
        number = min(number, placed[kind][cell])
    left[kinds[0]] -= number
    free[cells[-1]] -= number
    for kind, cell in zip(kinds, cells, strict=True):
        placed[kind][cell] += number
    for kind, cell in zip(kinds[1:], cells, strict=False):
        placed[kind][cell] -= number
