"""Synthetic dockets from shares and draws: register numbers only, no names, no real person."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

Shares = Mapping[str, Sequence[tuple[int, str]]]  # fact: (weight, cell text); "" = not established
TWO_BYTES = 1 << 16


class Draw(Protocol):
    """A source of chance bytes, handed in: the same label gives the same bytes."""

    def bytes(self, count: int, label: str) -> bytes:
        """That many bytes for a label."""
        ...


def picked(options: Sequence[tuple[int, str]], number: int) -> str:
    """The option that a number in [0, 65536) falls on, in proportion to the weights."""
    total = sum(weight for weight, _ in options)
    place = number * total // TWO_BYTES
    for weight, text in options:
        place -= weight
        if place < 0:
            return text
    return options[-1][1]


def spread(first: int, last: int, step: int = 1) -> list[tuple[int, str]]:
    """Whole numbers with equal weights, both ends included."""
    return [(1, str(number)) for number in range(first, last + 1, step)]


def rows(shares: Shares, count: int, draw: Draw, prefix: str) -> Iterator[dict[str, str]]:
    """Rows of a docket: every fact drawn on its own, case ids from the prefix and a number.

    Args:
        shares: what each column may hold and how often.
        count: number of rows.
        draw: the source of chance.
        prefix: of the register numbers.
    """
    for number in range(1, count + 1):
        chance = draw.bytes(2 * len(shares), f"{prefix} row {number}")
        row = {"case": f"{prefix}-{number:05d}"}
        for place, (fact, options) in enumerate(shares.items()):
            row[fact] = picked(options, int.from_bytes(chance[2 * place : 2 * place + 2], "big"))
        yield row
