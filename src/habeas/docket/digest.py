"""The one hash of a docket, over its cases as they were judged and the rows that were set aside.

Cases stand in chunks of 2^17, in the order of the file. In each chunk every column with at least
one value is hashed by itself: its name, its kind, a validity bit a case, and the values with
nought in the place of what is not established. An empty column, the order of columns and the form
of the file therefore change nothing. Codes are numbered among those that the chunk uses, so that a
library which grows changes nothing either. `docs/spec/docket.md` says each byte.

This is the definition, in plain Python; `snapshot.py` computes the same over Arrow columns.
"""

import hashlib
import json
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol, assert_never

from habeas.docket.columns import MARKS, Column, Value
from habeas.docket.evidence import Evidence

CHUNK = 1 << 17
FORMAT = b"habeas-docket/1\n"
MICROSECOND = timedelta(microseconds=1)
_ZERO = datetime(1970, 1, 1, tzinfo=UTC)
Encoded = tuple[str, bytes]  # kind, values


class Judged(Protocol):
    """What the hash reads of one case."""

    @property
    def id(self) -> str:
        """The case id."""
        ...

    @property
    def facts(self) -> Mapping[str, Value]:
        """Its facts, in the facts' integer units."""
        ...

    @property
    def evidence(self) -> Mapping[str, Evidence]:
        """Its marks."""
        ...


def microseconds(instant: datetime) -> int:
    """An instant as whole microseconds since 1970."""
    return (instant - _ZERO) // MICROSECOND


def bits(flags: Sequence[bool]) -> bytes:
    """One bit a flag, the least significant first; the tail is nought."""
    text = "".join("1" if flag else "0" for flag in reversed(flags))
    return int(text or "0", 2).to_bytes((len(flags) + 7) // 8, "little")


def of_column(name: str, kind: str, validity: bytes, values: bytes) -> bytes:
    """The hash of one column of a chunk."""
    return hashlib.sha256(f"{name}\0{kind}\n".encode() + validity + values).digest()


def chunk(rows: int, columns: Iterable[bytes]) -> bytes:
    """The hash of a chunk: its number of cases, then the hashes of its columns."""
    return hashlib.sha256(struct.pack("<I", rows) + b"".join(columns)).digest()


def whole(chunks: Iterable[bytes], refused: bytes) -> str:
    """The docket's hash; `refused` is empty where no row was set aside."""
    return hashlib.sha256(FORMAT + b"".join(chunks) + refused).hexdigest()


class SetAside:
    """The running hash of the rows that were set aside, each with its place in the file.

    Args:
        earlier: the hash that a snapshot states, where the docket is read from one.
    """

    def __init__(self, earlier: bytes = b"") -> None:
        self._earlier, self._any = earlier, False
        self._hash = hashlib.sha256(earlier)

    def add(self, place: int, cells: Mapping[str, str] | Sequence[str]) -> None:
        """One row: its place from 0, its cells by column name, or as they stand if none fit."""
        text = json.dumps(cells, sort_keys=True).encode()
        self._hash.update(struct.pack("<QI", place, len(text)) + text)
        self._any = True

    def digest(self) -> bytes:
        """32 bytes; empty where nothing was ever set aside."""
        return self._hash.digest() if self._any else self._earlier


def code(words: Sequence[str | None]) -> Encoded:
    """Codes as their places among the sorted codes in use."""
    used = sorted({word for word in words if word is not None})
    places = {word: place for place, word in enumerate(used)}
    numbers = [0 if word is None else places[word] for word in words]
    listed = "".join(f"{word}\n" for word in used).encode()
    return "code", listed + struct.pack(f"<{len(numbers)}H", *numbers)


def text(words: Sequence[str | None]) -> Encoded:
    """Texts as all lengths, then all bytes."""
    parts = [(word or "").encode() for word in words]
    return "text", struct.pack(f"<{len(parts)}I", *map(len, parts)) + b"".join(parts)


def _fact(found: Sequence[Value | None], column: Column) -> Encoded:
    match column.type:
        case "bool":
            return "bool", bits([value is True for value in found])
        case "code":
            return code([None if value is None else str(value) for value in found])
        case "date":
            return "date", struct.pack(f"<{len(found)}i", *(int(value or 0) for value in found))
        case "int":
            values = struct.pack(f"<{len(found)}q", *(int(value or 0) for value in found))
            return f"int/{column.scale}", values
        case _:
            assert_never(column.type)


def _instants(found: Sequence[datetime | None]) -> Encoded:
    numbers = (0 if value is None else microseconds(value) for value in found)
    return "instant", struct.pack(f"<{len(found)}q", *numbers)


_MARK: Mapping[str, Callable[[Evidence], datetime | str | None]] = {
    "at": lambda one: one.at,
    "until": lambda one: one.until,
    "by": lambda one: one.by,
    "doc": lambda one: one.doc,
}


def _marks(cases: Sequence[Judged]) -> Iterable[tuple[str, list[datetime | str | None]]]:
    names = {name for case in cases for name in case.evidence}
    for name, mark in sorted((f"{name}__{mark}", mark) for name in names for mark in MARKS):
        fact, read = name.removesuffix(f"__{mark}"), _MARK[mark]
        held = [case.evidence.get(fact) for case in cases]
        yield name, [None if one is None else read(one) for one in held]


def _mark(found: Sequence[datetime | str | None]) -> Encoded:
    if any(isinstance(value, datetime) for value in found):
        return _instants([value if isinstance(value, datetime) else None for value in found])
    return text([value if isinstance(value, str) else None for value in found])


def of_chunk(cases: Sequence[Judged], columns: Mapping[str, Column]) -> bytes:
    """The hash of up to 2^17 cases: `case`, then the facts by name, then the marks by name."""
    found: list[tuple[str, Sequence[object], Encoded]] = []
    ids = [case.id for case in cases]
    found.append(("case", ids, text(ids)))
    for name in sorted({name for case in cases for name in case.facts}):
        values = [case.facts.get(name) for case in cases]
        found.append((name, values, _fact(values, columns[name])))
    found += [(name, marks, _mark(marks)) for name, marks in _marks(cases)]
    hashes = [
        of_column(name, kind, bits([value is not None for value in values]), encoded)
        for name, values, (kind, encoded) in found
        if any(value is not None for value in values)
    ]
    return chunk(len(cases), hashes)


def of_docket(cases: Sequence[Judged], columns: Mapping[str, Column], refused: bytes) -> str:
    """The hash of all cases in order, and of the rows set aside."""
    chunks = [
        of_chunk(cases[start : start + CHUNK], columns) for start in range(0, len(cases), CHUNK)
    ]
    return whole(chunks, refused)
