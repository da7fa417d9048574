"""The canonical columns of a docket: Arrow record batches that every engine reads alike.

One batch holds up to 2^17 cases at offset 0: `case`, then one column a fact by name, then the
marks by name. What is not established is null, and its slot holds the fact's least value, so that
no reader ever meets garbage. Facts are in whole units; freshness is not applied.

The hash of a batch is that of `digest.of_chunk`, computed here from the buffers. It takes any
offset and any content of null slots.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from habeas.docket import digest
from habeas.docket.check import Contract
from habeas.docket.columns import KEYS, Column
from habeas.docket.derive import TABLE

SMALL = 127  # the most codes that an int8 dictionary holds
INT32 = 2**31 - 1
INSTANT = pa.timestamp("us", "UTC")
SCALE = b"scale"  # of a field: units kept for one natural unit
Bits = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Numbers = NDArray[np.generic]


@dataclass(frozen=True, slots=True)
class Plane:
    """One column of some rows: a number a row, and whether it is established."""

    values: Numbers
    valid: Mask


@dataclass(frozen=True)
class Form:
    """Which columns the batches of one docket have, and how each is stored."""

    facts: Mapping[str, Column]  # by name
    marks: tuple[str, ...]  # <fact>__at and so on, by name
    words: Mapping[str, tuple[str, ...]]  # the dictionary of each column of codes

    @cached_property
    def schema(self) -> pa.Schema:
        """The Arrow schema, without the metadata that a file adds."""
        fields = [pa.field("case", pa.utf8(), nullable=False)]
        for name, column in self.facts.items():
            told = {SCALE: str(column.scale)} if column.type == "int" else None
            fields.append(pa.field(name, self.stored(column), metadata=told))
        fields += [pa.field(name, _mark(name)) for name in self.marks]
        return pa.schema(fields)

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the canonical JSON of every column's name, type, codes, scale and bounds."""
        told: list[object] = [["case", "text"]]
        for name, one in self.facts.items():
            words = self.words.get(name)
            told.append([name, one.type, words, one.scale, one.least, one.most])
        told += [[name, "instant" if _dates(name) else "text"] for name in self.marks]
        text = json.dumps(told, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def stored(self, column: Column) -> pa.DataType:
        """The Arrow type of a fact's column."""
        if column.type == "code":
            small = column.codes is not None and len(column.codes) <= SMALL
            return pa.dictionary(pa.int8() if small else pa.int16(), pa.utf8())
        if column.type == "int":
            ends = (column.least, column.most)
            fits = all(end is not None and abs(end * column.scale) <= INT32 for end in ends)
            return pa.int32() if fits else pa.int64()
        return pa.bool_() if column.type == "bool" else pa.date32()


def _dates(name: str) -> bool:
    return name.endswith(("__at", "__until"))


def _mark(name: str) -> pa.DataType:
    return INSTANT if _dates(name) else pa.utf8()


def form(contract: Contract) -> Form:
    """The columns of a docket: what its file has, what the call states, and what follows.

    Source: the codes of `agreement`, `sending` and `receiving` are all that the library knows.
    """
    header, columns = contract.header, contract.columns
    names = {column.name for column in header.facts.values()} | set(KEYS)
    marks = {name for place, name in contract.names.items() if place in header.marks}
    for one in TABLE:
        if names.issuperset(one.sources):
            names.add(one.fact)
            if header.dated:
                marks |= {f"{one.fact}__at", f"{one.fact}__until"}
    bounds = contract.bounds.values()
    known = {
        "agreement": {one.agreement for one in bounds},
        "sending": {code for one in bounds for code in one.sending},
        "receiving": {code for one in bounds for code in one.receiving},
    }
    facts = {name: columns[name] for name in sorted(names)}
    words = {
        name: column.codes if column.codes is not None else tuple(sorted(known[name]))
        for name, column in facts.items()
        if column.type == "code"
    }
    return Form(facts, tuple(sorted(marks)), words)


def packed(flags: Mask) -> Bits:
    """One bit a flag, the least significant first; the tail is nought."""
    return np.packbits(flags, bitorder="little")


def array(plane: Plane, kind: pa.DataType, words: Sequence[str] | None, fill: int) -> pa.Array:
    """A plane as an Arrow array whose null slots hold `fill`."""
    valid = plane.valid
    values = np.where(valid, plane.values, np.asarray(fill, plane.values.dtype))
    nulls = int(len(valid) - np.count_nonzero(valid))
    validity = pa.py_buffer(packed(valid)) if nulls else None
    if pa.types.is_boolean(kind):
        data = pa.py_buffer(packed(values.astype(np.bool_)))
        return pa.Array.from_buffers(kind, len(valid), [validity, data], nulls)
    plain = kind.index_type if pa.types.is_dictionary(kind) else kind
    width = np.dtype(f"<i{plain.bit_width // 8}")
    data = pa.py_buffer(np.ascontiguousarray(values, width))
    found = pa.Array.from_buffers(plain, len(valid), [validity, data], nulls)
    if pa.types.is_dictionary(kind):
        return pa.DictionaryArray.from_arrays(found, pa.array(words, pa.utf8()))
    return found


def batch(
    form: Form,
    case: pa.Array,
    planes: Mapping[str, Plane],
    texts: Mapping[str, pa.Array],
) -> pa.RecordBatch:
    """Planes and texts as one canonical batch.

    Args:
        form: its columns.
        case: the case ids.
        planes: facts and instants by column name; codes are places in the form's words.
        texts: authorities and document hashes by column name.
    """
    columns = [case]
    for name, column in form.facts.items():
        least = column.least if column.least is not None else 0
        fill = least * column.scale if column.type in {"int", "date"} else 0
        kind = form.stored(column)
        columns.append(array(planes[name], kind, form.words.get(name), fill))
    columns += [
        array(planes[name], INSTANT, None, 0) if _dates(name) else texts[name]
        for name in form.marks
    ]
    return pa.RecordBatch.from_arrays(columns, schema=form.schema)


def validity(column: pa.Array) -> Mask:
    """Which slots are established, at any offset."""
    if not column.null_count:
        return np.ones(len(column), np.bool_)
    return bit_flags(column.buffers()[0], column.offset, len(column))


def bit_flags(buffer: pa.Buffer, offset: int, count: int) -> Mask:
    """The flags of a packed buffer from an offset that need be no multiple of 8."""
    first = offset // 8
    held = np.frombuffer(buffer, np.uint8)[first : (offset + count + 7) // 8]
    flags = np.unpackbits(held, bitorder="little")[offset - 8 * first :][:count]
    return flags.view(np.bool_)


def numbers(column: pa.Array) -> Numbers:
    """The fixed-width values of a column (of codes: their places), null slots as they stand."""
    if pa.types.is_dictionary(column.type):
        column = column.indices
    if pa.types.is_boolean(column.type):
        return bit_flags(column.buffers()[1], column.offset, len(column))
    width = np.dtype(f"<i{column.type.bit_width // 8}")
    return np.frombuffer(column.buffers()[1], width)[column.offset :][: len(column)]


def _code(column: pa.Array, valid: Mask) -> bytes:
    places = np.where(valid, numbers(column), 0).astype(np.int64)
    words: list[str] = column.dictionary.to_pylist()
    held = np.bincount(places[valid], minlength=len(words)) > 0
    used = sorted(word for word, one in zip(words, held, strict=True) if one)
    rank = {word: place for place, word in enumerate(used)}
    ranks = np.array([rank.get(word, 0) for word in words], "<u2")
    listed = "".join(f"{word}\n" for word in used).encode()
    return listed + np.where(valid, ranks[places], 0).astype("<u2").tobytes()


def _text(column: pa.Array) -> bytes:
    offsets = np.frombuffer(column.buffers()[1], "<i4")[column.offset :][: len(column) + 1]
    valid = validity(column)
    lengths = np.where(valid, np.diff(offsets), 0).astype("<u4")
    if column.null_count:
        column = column.drop_null()
        offsets = np.frombuffer(column.buffers()[1], "<i4")[column.offset :][: len(column) + 1]
    held = column.buffers()[2]
    data = b"" if held is None else held.slice(int(offsets[0]), int(offsets[-1] - offsets[0]))
    return lengths.tobytes() + bytes(data)


def _encoded(field: pa.Field, column: pa.Array, valid: Mask) -> digest.Encoded:
    kind = field.type
    if pa.types.is_string(kind):
        return "text", _text(column)
    if pa.types.is_dictionary(kind):
        return "code", _code(column, valid)
    values = np.where(valid, numbers(column), 0)
    if pa.types.is_boolean(kind):
        return "bool", packed(values.astype(np.bool_)).tobytes()
    if pa.types.is_date32(kind):
        return "date", values.astype("<i4").tobytes()
    if pa.types.is_timestamp(kind):
        return "instant", values.astype("<i8").tobytes()
    scale = (field.metadata or {}).get(SCALE, b"1").decode()
    return f"int/{scale}", values.astype("<i8").tobytes()


def of_batch(found: pa.RecordBatch) -> bytes:
    """The hash of one chunk, equal to `digest.of_chunk` of its cases."""
    hashes = []
    for field, column in zip(found.schema, found.columns, strict=True):
        if column.null_count == len(column) and len(column):
            continue
        valid = validity(column)
        kind, encoded = _encoded(field, column, valid)
        bits = packed(valid).tobytes()
        hashes.append(digest.of_column(field.name, kind, bits, encoded))
    return digest.chunk(found.num_rows, hashes)


class Chunks:
    """Cuts batches of any length into chunks of 2^17 cases at offset 0, and hashes each."""

    def __init__(self) -> None:
        self.hashes: list[bytes] = []
        self.cases = 0
        self._held: list[pa.RecordBatch] = []
        self._rows = 0

    def add(self, more: pa.RecordBatch) -> list[pa.RecordBatch]:
        """The chunks that are full with these rows."""
        self._held.append(more)
        self._rows += more.num_rows
        return self._cut() if self._rows >= digest.CHUNK else []

    def rest(self) -> list[pa.RecordBatch]:
        """The last chunk, where there is one."""
        return [self._told(pa.concat_batches(self._held))] if self._rows else []

    def _cut(self) -> list[pa.RecordBatch]:
        whole, found, start = pa.concat_batches(self._held), [], 0
        while whole.num_rows - start >= digest.CHUNK:
            found.append(self._told(pa.concat_batches([whole.slice(start, digest.CHUNK)])))
            start += digest.CHUNK
        left = pa.concat_batches([whole.slice(start)])
        self._held, self._rows = ([left], left.num_rows) if left.num_rows else ([], 0)
        return found

    def _told(self, chunk: pa.RecordBatch) -> pa.RecordBatch:
        self.hashes.append(of_batch(chunk))
        self.cases += chunk.num_rows
        return chunk
