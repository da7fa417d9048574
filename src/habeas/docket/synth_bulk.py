"""Synthetic dockets of any length: the shares of `synth.py`, drawn by column and chunk."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from habeas.docket.columns import Column
from habeas.docket.digest import CHUNK
from habeas.docket.snapshot import INSTANT
from habeas.docket.synth import TWO_BYTES, Draw

WIDTH = 8  # digits of a register number
PRECISION = 12


@dataclass(frozen=True, slots=True)
class Options:
    """What one column may hold and how often; "" is not established."""

    kind: pa.DataType
    choices: Sequence[tuple[int, str]]  # weight, cell text


def kind(column: Column) -> pa.DataType:
    """How a fact in natural units is stored in Parquet and Arrow."""
    if column.type == "bool":
        return pa.bool_()
    if column.type == "date":
        return pa.date32()
    if column.type == "code":
        return pa.dictionary(pa.int32(), pa.utf8())
    places = len(str(column.scale)) - 1
    return pa.decimal128(PRECISION, places) if places else pa.int32()


def _value(text: str, kind: pa.DataType) -> bool | int | str | date | datetime | Decimal | None:
    if not text:
        return None
    if pa.types.is_boolean(kind):
        return text == "true"
    if pa.types.is_date(kind):
        return date.fromisoformat(text)
    if kind == INSTANT:
        return datetime.fromisoformat(text)
    if pa.types.is_decimal(kind):
        return Decimal(text)
    return int(text) if pa.types.is_integer(kind) else text


class _Drawn:
    # One column: the value of each of the 65,536 numbers that two bytes may hold.
    def __init__(self, options: Options) -> None:
        plain = options.kind.value_type if pa.types.is_dictionary(options.kind) else options.kind
        values = [_value(text, plain) for _, text in options.choices]
        self._values = pa.array(values, plain)
        if pa.types.is_dictionary(options.kind):
            self._values = self._values.dictionary_encode()
        ends = np.cumsum([weight for weight, _ in options.choices])
        places = np.arange(TWO_BYTES) * int(ends[-1]) // TWO_BYTES
        self._picked = np.searchsorted(ends, places, side="right")

    def column(self, chance: bytes) -> pa.Array:
        return self._values.take(pa.array(self._picked[np.frombuffer(chance, ">u2")]))


def batches(
    shares: Mapping[str, Options], count: int, draw: Draw, prefix: str
) -> Iterator[pa.RecordBatch]:
    """Rows of a docket in natural units: every fact drawn on its own, ids from a number.

    Args:
        shares: what each column may hold and how often.
        count: number of rows.
        draw: the source of chance.
        prefix: of the register numbers.
    """
    columns = {name: _Drawn(options) for name, options in shares.items()}
    for start in range(0, count, CHUNK):
        rows = min(CHUNK, count - start)
        numbers = pa.array(np.arange(start + 1, start + rows + 1)).cast(pa.utf8())
        padded = pc.call_function("utf8_lpad", [numbers], pc.PadOptions(WIDTH, "0"))
        found = {
            "case": pc.call_function("binary_join_element_wise", [pa.scalar(prefix), padded, "-"])
        }
        for name, column in columns.items():
            found[name] = column.column(draw.bytes(2 * rows, f"{prefix} {name} from {start}"))
        yield pa.RecordBatch.from_pydict(found)
