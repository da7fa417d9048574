"""Blocks of a docket file to canonical batches, in memory bounded by the block.

What is surely good goes through by column. Every row with a doubtful cell, an agreement's bound it
is not within, a contradiction or a case id that may repeat goes through `check.judged`, which is
the definition: it makes the row a case, or gives code and reason. So the two ways cannot disagree
about a row that is good, and only one of them refuses.
"""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from habeas.docket import cells, derive_bulk, digest
from habeas.docket.cells import Distinct, Found
from habeas.docket.check import Case, Contract, Refused, Row, bound, judged, named_cells, told_id
from habeas.docket.columns import KEYS, CellFault
from habeas.docket.derive_bulk import Planes
from habeas.docket.digest import microseconds
from habeas.docket.evidence import Evidence
from habeas.docket.repeats import Hashes, Repeated, Suspects, hashes
from habeas.docket.snapshot import Chunks, Form, Mask, Plane, batch, form, validity

KINDS: dict[str, type[np.generic]] = {
    "bool": np.bool_,
    "code": np.int16,
    "int": np.int64,
    "date": np.int64,
}


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive rows of a file.

    Attributes:
        columns: utf8, dictionary of utf8, bool or timestamp(us, UTC), a column a header's name.
        lines: the line or row number of each row in `columns`, rising.
        odd: the rows among them that do not fit into columns.
        size: bytes or rows of the file that the block stands for, for the progress.
    """

    columns: Sequence[pa.Array]
    lines: NDArray[np.int64]
    odd: Sequence[Row]
    size: int

    def rows(self, places: NDArray[np.int64]) -> list[Row]:
        """Some rows as the text that a CSV would hold."""
        held = pa.array(places)
        told = zip(*(cells.texts(column.take(held)) for column in self.columns), strict=True)
        lines = self.lines[places].tolist()
        return [Row(line, row) for line, row in zip(lines, told, strict=True)]


class Source(Protocol):
    """A docket file, read in blocks as often as needed."""

    @property
    def names(self) -> Sequence[str]:
        """Its column names."""
        ...

    @property
    def earlier(self) -> bytes:
        """Hash of rows set aside when it was made, where it is a snapshot."""
        ...

    def blocks(self) -> Iterator[Block]:
        """All rows, from the beginning."""
        ...


@dataclass(frozen=True, slots=True)
class Part:
    """What became of one block."""

    batch: pa.RecordBatch  # its cases, of any number
    refused: Sequence[Refused]
    size: int


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a whole file came to."""

    hash: str  # of the docket, by `digest.py`
    schema_hash: str
    rows: int  # of the file, those set aside included
    quarantined: int
    refused: bytes  # hash of the rows set aside
    dated: bool

    @property
    def cases(self) -> int:
        """Rows that may be judged."""
        return self.rows - self.quarantined


class Sink(Protocol):
    """Where the rows of a file go."""

    def begin(self, form: Form) -> None:
        """Start; where case ids repeat, once more from nothing."""
        ...

    def chunk(self, cases: pa.RecordBatch) -> None:
        """A canonical batch of 2^17 cases, or the last of fewer."""
        ...

    def aside(self, row: Refused) -> None:
        """A row that was set aside."""
        ...

    def done(self, size: int) -> None:
        """Bytes or rows of the file that were read since the last call."""
        ...


@dataclass(frozen=True, slots=True)
class _Held:
    # The rows of a block as planes and texts, before they are put in order.
    case: pa.Array
    planes: Planes
    texts: dict[str, pa.Array]

    def taken(self, places: NDArray[np.int64]) -> "_Held":
        arrow = pa.array(places)
        return _Held(
            self.case.take(arrow),
            {
                name: Plane(one.values[places], one.valid[places])
                for name, one in self.planes.items()
            },
            {name: one.take(arrow) for name, one in self.texts.items()},
        )

    def joined(self, other: "_Held") -> "_Held":
        return _Held(
            pa.concat_arrays([self.case, other.case]),
            {
                name: Plane(
                    np.concatenate([one.values, other.planes[name].values]),
                    np.concatenate([one.valid, other.planes[name].valid]),
                )
                for name, one in self.planes.items()
            },
            {name: pa.concat_arrays([one, other.texts[name]]) for name, one in self.texts.items()},
        )


class Ingest:
    """Reads the blocks of one file, once.

    Args:
        contract: what its rows are held against.
        earlier: hash of rows set aside when the file was made, where it is a snapshot.
        suspects: hashes of case ids that may repeat, from an earlier reading.
        repeated: the case ids that surely do.
    """

    def __init__(
        self,
        contract: Contract,
        earlier: bytes = b"",
        suspects: Suspects | None = None,
        repeated: Repeated | None = None,
    ) -> None:
        self.form: Form = form(contract)
        self.seen = array("q")  # 8 bytes a case id
        self.rows = 0
        self._contract = contract
        self._aside = digest.SetAside(earlier)
        self._suspects = suspects or Suspects(array("q"))
        self._repeated = repeated or Repeated()
        self._places = {
            name: {word: place for place, word in enumerate(words)}
            for name, words in self.form.words.items()
        }
        self._readers = {place: self._reader(place) for place in self._read_as_numbers()}
        self._bound: dict[tuple[int, ...], int] = {}

    @property
    def dated(self) -> bool:
        """Whether the docket says when its facts were established."""
        return self._contract.header.dated

    @property
    def aside(self) -> bytes:
        """Hash of the rows set aside so far."""
        return self._aside.digest()

    def _read_as_numbers(self) -> list[int]:
        header = self._contract.header
        return [*header.facts, *(place for place, (_, mark) in header.marks.items()
                                 if mark != "doc")]  # fmt: skip

    def _reader(self, place: int) -> Distinct:
        header, name = self._contract.header, self._contract.names[place]
        if place in header.facts:
            column = header.facts[place]
            read = cells.fact(column, self._places.get(name, {}))
            return Distinct(read, KINDS[column.type])
        if header.marks[place][1] == "by":
            return Distinct(cells.authorities(name), np.bool_)
        return Distinct(cells.mark(name), np.int64, instants=True)

    def read(self, block: Block) -> Part:
        """The cases of a block in the order of the file, and the rows set aside."""
        held, doubt = self._columns(block)
        well = cells.shaped(held.case, cells.CASE_IDS)
        doubt |= ~well | self._suspects.among(self._ids(block, held.case, well))
        slow = block.rows(np.flatnonzero(doubt))
        found, refused = list[Case](), list[Refused]()
        for row in sorted([*slow, *block.odd], key=lambda row: row.line):
            one = judged(row, self._contract, self._repeated)
            if isinstance(one, Case):
                found.append(one)
            else:
                refused.append(one)
        self._set_aside(block, refused)
        sure = np.flatnonzero(~doubt)
        held = held.taken(sure) if len(sure) < len(doubt) else held
        if found:
            lines = np.concatenate([block.lines[sure], [case.line for case in found]])
            held = held.joined(self._of_cases(found)).taken(np.argsort(lines, kind="stable"))
        return Part(batch(self.form, held.case, held.planes, held.texts), refused, block.size)

    def _set_aside(self, block: Block, refused: Sequence[Refused]) -> None:
        lines = block.lines
        if block.odd:
            lines = np.sort(np.concatenate([lines, [row.line for row in block.odd]]))
        for one in refused:
            place = self.rows + int(np.searchsorted(lines, one.line))
            self._aside.add(place, named_cells(one.cells, self._contract))
        self.rows += len(lines)

    def _ids(self, block: Block, case: pa.Array, well: Mask) -> Hashes:
        told = (told_id(row.cells, self._contract.header) for row in block.odd)
        found = hashes(case.to_pylist())
        self.seen.frombytes(found[well].tobytes())
        self.seen.extend(map(hash, filter(None, told)))
        return found

    def _columns(self, block: Block) -> tuple[_Held, Mask]:
        contract, rows = self._contract, len(block.lines)
        case, doubt = _plain(block.columns[contract.header.case]), np.zeros(rows, np.bool_)
        planes: Planes = {}
        texts: dict[str, pa.Array] = {}
        for place, reader in self._readers.items():
            name, found = contract.names[place], reader.found(block.columns[place])
            doubt |= found.doubt
            if name.endswith("__by"):
                texts[name] = _present(block.columns[place], found)
            else:
                planes[name] = found.plane
        for place, (_, mark) in contract.header.marks.items():
            if mark == "doc":
                name = contract.names[place]
                texts[name], wrong = _documents(block.columns[place])
                doubt |= wrong
        for name in [*self.form.facts, *self.form.marks]:
            if name not in planes and name not in texts:
                planes[name] = self._absent(name, rows)
        self._state(planes, rows)
        doubt |= self._out_of_bound(planes)
        dated = contract.header.dated
        marked = {name: validity(text) for name, text in texts.items()}
        doubt |= derive_bulk.derive(planes, self.form.facts, self._ups(planes), marked, dated=dated)
        return _Held(case, planes, texts), doubt

    def _absent(self, name: str, rows: int) -> Plane:
        column = self.form.facts.get(name)
        kind = KINDS[column.type] if column else np.int64
        return Plane(np.zeros(rows, kind), np.zeros(rows, np.bool_))

    def _state(self, planes: Planes, rows: int) -> None:
        # A cell takes the place of what the call states.
        for name, word in self._contract.given.items():
            place, plane = self._places[name][word], planes[name]
            values = np.where(plane.valid, plane.values, np.int16(place))
            planes[name] = Plane(values, np.ones(rows, np.bool_))

    def _out_of_bound(self, planes: Planes) -> Mask:
        joined = np.zeros(len(planes[KEYS[0]].values), np.int64)
        for name in KEYS:
            plane = planes[name]
            joined = (joined << 16) + np.where(plane.valid, plane.values.astype(np.int64) + 1, 0)
        distinct, places = np.unique(joined, return_inverse=True)
        wrong = [not self._binds(int(one)) for one in distinct]
        return np.array(wrong, np.bool_)[places]

    def _binds(self, joined: int) -> bool:
        facts = {}
        for shift, name in zip((48, 32, 16, 0), KEYS, strict=True):
            place = (joined >> shift) & 0xFFFF
            if place:
                facts[name] = self.form.words[name][place - 1]
        try:
            return bool(bound(facts, self._contract.bounds))
        except CellFault:
            return False

    def _ups(self, planes: Planes) -> Mask:
        bounds, words = self._contract.bounds, self.form.words["agreement"]
        ups = np.array([bounds[name].rounding == "up" for name in words], np.bool_)
        found: Mask = ups[planes["agreement"].values.astype(np.int64)]
        return found

    def _of_cases(self, found: Sequence[Case]) -> _Held:
        planes = {name: self._plane(name, found) for name in self.form.facts}
        texts: dict[str, pa.Array] = {}
        for name in self.form.marks:
            fact, _, mark = name.partition("__")
            held = [case.evidence.get(fact, Evidence()) for case in found]
            if mark in {"by", "doc"}:
                told = [one.by if mark == "by" else one.doc for one in held]
                texts[name] = pa.array(told, pa.utf8())
            else:
                ends = [one.at if mark == "at" else one.until for one in held]
                values = [0 if end is None else microseconds(end) for end in ends]
                valid = np.array([end is not None for end in ends])
                planes[name] = Plane(np.array(values, np.int64), valid)
        return _Held(pa.array([case.id for case in found], pa.utf8()), planes, texts)

    def _plane(self, name: str, found: Sequence[Case]) -> Plane:
        column, places = self.form.facts[name], self._places.get(name, {})
        held = [case.facts.get(name) for case in found]
        values = [
            places[value] if isinstance(value, str) else 0 if value is None else int(value)
            for value in held
        ]
        valid = np.array([value is not None for value in held])
        return Plane(np.array(values, KINDS[column.type]), valid)


def _plain(column: pa.Array) -> pa.Array:
    # Case ids and the like as utf8 at offset 0, empty where the cell is.
    if not (pa.types.is_string(column.type) or pa.types.is_dictionary(column.type)):
        return pa.array(cells.texts(column), pa.utf8())
    return column.cast(pa.utf8())


def _documents(column: pa.Array) -> tuple[pa.Array, Mask]:
    texts = _plain(column)
    good = cells.shaped(texts, cells.DOCUMENTS)
    empty = ~validity(texts) | (
        pc.call_function("binary_length", [texts]).to_numpy(zero_copy_only=False) == 0
    )
    return _where(good, texts), ~good & ~empty


def _present(column: pa.Array, found: Found) -> pa.Array:
    return _where(found.plane.valid, _plain(column))


def _where(held: Mask, texts: pa.Array) -> pa.Array:
    return pc.call_function("if_else", [pa.array(held), texts, pa.scalar(None, pa.utf8())])


def _once(source: Source, reader: Ingest, sink: Sink) -> Stamp:
    chunks, aside = Chunks(), 0
    sink.begin(reader.form)
    for block in source.blocks():
        part = reader.read(block)
        for row in part.refused:
            sink.aside(row)
        aside += len(part.refused)
        for chunk in chunks.add(part.batch):
            sink.chunk(chunk)
        sink.done(part.size)
    for chunk in chunks.rest():
        sink.chunk(chunk)
    hashed = digest.whole(chunks.hashes, reader.aside)
    return Stamp(hashed, reader.form.hash, reader.rows, aside, reader.aside, reader.dated)


def ingest(source: Source, contract: Contract, sink: Sink) -> Stamp:
    """Every row of a file to the sink, as a case or set aside; memory is bounded by a block.

    A file in which a case id may stand twice is read two times more: once to be sure, and once
    without those rows.
    """
    reader = Ingest(contract, source.earlier)
    stamp = _once(source, reader, sink)
    suspects = Suspects(reader.seen)
    if not suspects:
        return stamp
    repeated = Repeated(_suspected(source, contract, suspects))
    return _once(source, Ingest(contract, source.earlier, suspects, repeated), sink)


def _suspected(source: Source, contract: Contract, suspects: Suspects) -> Iterator[str]:
    case = contract.header.case
    for block in source.blocks():
        ids = _plain(block.columns[case])
        yield from ids.filter(pa.array(suspects.among(hashes(ids.to_pylist())))).to_pylist()
        told = [told_id(row.cells, contract.header) for row in block.odd]
        yield from (name for name in told if name)
