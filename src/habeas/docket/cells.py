"""Cells by column, fast: each distinct cell is read once by the row reader, and then scattered.

So a column and a row cannot disagree: `columns.value` and its neighbours say what a cell means in
both. Only what is nearly always distinct (case ids, document hashes, instants) has a form of its
own here, which takes what is surely good and leaves every other cell to the row reader. A doubtful
cell has no value here; its whole row is judged again by `check.judged`, which gives the reason.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from habeas.docket.columns import EARLIEST, LATEST, CellFault, Column, authority, instant, value
from habeas.docket.derive_bulk import add_months
from habeas.docket.digest import microseconds
from habeas.docket.snapshot import INSTANT, Mask, Plane, numbers, validity

KEPT = 1 << 17  # distinct cells of one column that are remembered
MANY = 4096  # distinct instants of one block from which reading them as columns pays
EMPTY, GOOD, DOUBTFUL = 0, 1, 2
_CASE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:/-")
_HEX = frozenset(b"0123456789abcdef")
CASE_IDS = (_CASE, 1, 64)
DOCUMENTS = (_HEX, 64, 64)
Shape = tuple[frozenset[int], int, int]  # allowed bytes, least and most length
Reads = Callable[[str], int | None]
TEN, MONTHS, HOURS = 10, 12, 24
SECOND, MINUTE, HOUR, DAY = 1_000_000, 60, 3600, 86_400
ZULU, OFFSET = 20, 25  # lengths of 2026-11-20T12:00:00Z and 2026-11-20T12:00:00+01:00
YEARS = (1901, 2198)  # surely within the bounds, whatever the offset


@dataclass(frozen=True, slots=True)
class Found:
    """One column of a block: its plane, and the rows that the row reader must judge."""

    plane: Plane
    doubt: Mask


def fact(column: Column, words: Mapping[str, int]) -> Reads:
    """What a cell says about a fact, as a number: a code by its place, yes as 1."""

    def read(text: str) -> int | None:
        found = value(text, column)
        if isinstance(found, str):
            if found not in words:
                raise CellFault("H415", "a code that the library does not know", "See the row.")
            return words[found]
        return None if found is None else int(found)

    return read


def mark(name: str) -> Reads:
    """What a cell says about an instant, as microseconds since 1970."""

    def read(text: str) -> int | None:
        found = instant(text, name)
        return None if found is None else microseconds(found)

    return read


def authorities(name: str) -> Reads:
    """Whether a cell is an authority's id; the text itself is kept elsewhere."""

    def read(text: str) -> int | None:
        return None if authority(text or None, name) is None else 1

    return read


class Distinct:
    """One column's cells by their distinct texts, remembered from block to block."""

    def __init__(self, read: Reads, kind: type[np.generic], *, instants: bool = False) -> None:
        self._read, self._kind, self._instants = read, kind, instants
        self._known: dict[str | None, tuple[int, int]] = {}

    def _judged(self, text: str | None) -> tuple[int, int]:
        try:
            found = self._read(text) if text else None
        except CellFault:
            return DOUBTFUL, 0
        return (EMPTY, 0) if found is None else (GOOD, found)

    def _table(self, texts: pa.Array) -> tuple[NDArray[np.int8], NDArray[np.int64]]:
        states, values = np.zeros(len(texts) + 1, np.int8), np.zeros(len(texts) + 1, np.int64)
        if self._instants and len(texts) > MANY:
            sure, values[:-1] = instants(texts)
            states[:-1] = sure
        else:
            sure = np.zeros(len(texts), np.bool_)
        if len(self._known) + len(texts) > KEPT:
            self._known.clear()
        left = np.flatnonzero(~sure)
        for place, text in zip(left.tolist(), texts.take(pa.array(left)).to_pylist(), strict=True):
            known = self._known.get(text)
            if known is None:
                known = self._known[text] = self._judged(text)
            states[place], values[place] = known
        return states, values

    def found(self, cells: pa.Array) -> Found:
        """The column of a block."""
        if pa.types.is_boolean(cells.type) and self._kind is np.bool_:
            plane = Plane(numbers(cells), validity(cells))
            return Found(plane, np.zeros(len(cells), np.bool_))
        if cells.type == INSTANT and self._instants:
            return _instants(cells)
        if not (pa.types.is_dictionary(cells.type) or pa.types.is_string(cells.type)):
            cells = pa.array(texts(cells), pa.utf8())
        if not pa.types.is_dictionary(cells.type):
            cells = cells.dictionary_encode()
        states, values = self._table(cells.dictionary)
        places = np.where(validity(cells), numbers(cells), len(states) - 1)
        state = states[places]
        return Found(Plane(values.astype(self._kind)[places], state == GOOD), state == DOUBTFUL)


def _instants(cells: pa.Array) -> Found:
    valid, values = validity(cells), numbers(cells).astype(np.int64)
    inside = (values >= microseconds(EARLIEST)) & (values < microseconds(LATEST))
    return Found(Plane(values, valid & inside), valid & ~inside)


def texts(cells: pa.Array) -> list[str]:
    """Cells of a block as the text that a CSV would hold."""
    if pa.types.is_dictionary(cells.type):
        cells = cells.cast(pa.utf8())
    return ["" if held is None else _told(held) for held in cells.to_pylist()]


def _told(held: str | bool | datetime) -> str:  # noqa: FBT001 - a cell, no switch
    if isinstance(held, bool):
        return "true" if held else "false"
    return held if isinstance(held, str) else held.isoformat()


def _lengths(texts: pa.Array) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
    # All bytes, where each text starts, and its length; null texts are empty.
    offsets = np.frombuffer(texts.buffers()[1], "<i4")[texts.offset :][: len(texts) + 1]
    held = texts.buffers()[2]
    data = np.frombuffer(held, np.uint8) if held is not None else np.empty(0, np.uint8)
    lengths = np.where(validity(texts), np.diff(offsets), 0).astype(np.int64)
    return data, offsets[:-1].astype(np.int64), lengths


def shaped(texts: pa.Array, shape: Shape) -> Mask:
    """Which texts are of allowed bytes only and of an allowed length; an empty one is not."""
    allowed, least, most = shape
    data, starts, lengths = _lengths(texts)
    good = (lengths >= least) & (lengths <= most)
    table = np.ones(256, np.bool_)
    table[list(allowed)] = False
    wrong = np.flatnonzero(table[data])
    if len(wrong) and len(texts):
        ends = starts + lengths
        good &= np.searchsorted(wrong, starts) == np.searchsorted(wrong, ends)
    return good


def _digits(text: NDArray[np.uint8], *places: int) -> tuple[NDArray[np.int64], Mask]:
    number, good = np.zeros(len(text), np.int64), np.ones(len(text), np.bool_)
    for place in places:
        digit = text[:, place].astype(np.int64) - ord("0")
        good &= (digit >= 0) & (digit < TEN)
        number = TEN * number + digit
    return number, good


def _clock(text: NDArray[np.uint8]) -> tuple[NDArray[np.int64], Mask]:
    # Of texts that all begin with YYYY-MM-DDThh:mm:ss: microseconds since 1970, and which are one.
    good = np.ones(len(text), np.bool_)
    for place, sign in ((4, "-"), (7, "-"), (13, ":"), (16, ":")):
        good &= text[:, place] == ord(sign)
    good &= (text[:, 10] == ord("T")) | (text[:, 10] == ord(" "))
    parts = []
    for places in ((0, 1, 2, 3), (5, 6), (8, 9), (11, 12), (14, 15), (17, 18)):
        number, sure = _digits(text, *places)
        good &= sure
        parts.append(number)
    year, month, day, hour, minute, second = parts
    good &= (year >= YEARS[0]) & (year <= YEARS[1]) & (month >= 1) & (month <= MONTHS)
    good &= (day >= 1) & (hour < HOURS) & (minute < MINUTE) & (second < MINUTE)
    months = np.where(good, (year - 1970) * MONTHS + month - 1, 0)
    first = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    ups = np.zeros(len(text), np.bool_)
    good &= first + day <= add_months(first, np.ones_like(first), ups)
    seconds = (first + day - 1) * DAY + hour * HOUR + minute * MINUTE + second
    return seconds * SECOND, good


def instants(texts: pa.Array) -> tuple[Mask, NDArray[np.int64]]:
    """Which texts are surely an instant to the second with its offset, and their microseconds."""
    data, starts, lengths = _lengths(texts)
    sure, values = np.zeros(len(texts), np.bool_), np.zeros(len(texts), np.int64)
    for length in (ZULU, OFFSET):
        rows = np.flatnonzero(lengths == length)
        text = data[starts[rows, None] + np.arange(length)]
        value, good = _clock(text)
        if length == ZULU:
            good &= text[:, 19] == ord("Z")
        else:
            hour, sure_hour = _digits(text, 20, 21)
            minute, sure_minute = _digits(text, 23, 24)
            plus, minus = text[:, 19] == ord("+"), text[:, 19] == ord("-")
            good &= sure_hour & sure_minute & (plus | minus) & (text[:, 22] == ord(":"))
            good &= (hour < HOURS) & (minute < MINUTE)
            ahead = (hour * HOUR + minute * MINUTE) * SECOND
            value = value - np.where(plus, ahead, -ahead)
        sure[rows], values[rows] = good, value
    return sure, values
