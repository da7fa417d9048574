"""The entries and full tiles of a log in memory."""

from dataclasses import dataclass, field

from habeas.register.tiles import WIDTH, Grower


@dataclass
class Shelf:
    """The entries and full tiles of a log of some size, and what was asked of them."""

    held: list[bytes]
    full: dict[tuple[int, int], bytes]
    size: int
    asked: list[int] = field(default_factory=list[int])  # where entries were read from
    tiles: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])

    def entries(self, start: int, end: int) -> list[bytes]:
        """The entries [start, end) of those that are there."""
        self.asked.append(start)
        return self.held[start : min(end, self.size)]

    def tile(self, level: int, n: int) -> bytes | None:
        """A tile that is full at this size."""
        self.tiles.append((level, n))
        return self.full.get((level, n)) if (n + 1) * WIDTH ** (level + 1) <= self.size else None


def shelved(entries: list[bytes]) -> tuple[Shelf, int]:
    """A log of these entries, grown leaf by leaf, and its size."""
    grower = Grower()
    for entry in entries:
        grower.append(entry)
    full = {(level, n): hashes for level, n, hashes in grower.filled()}
    return Shelf(entries, full, len(entries)), len(entries)
