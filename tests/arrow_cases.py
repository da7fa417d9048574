"""Random cases as a record batch, with rubbish in every null slot."""

from collections.abc import Mapping, Sequence
from random import Random  # noqa: TID251 - seeded, for synthetic rows

import numpy as np
import pyarrow as pa

from habeas.docket.columns import Value
from habeas.law import limits
from habeas.law.agreement import Vocabulary

INT32 = 2**31


def column(
    name: str, values: Sequence[Value | None], vocabulary: Vocabulary, chance: Random
) -> pa.Array:
    """One fact's values as a canonical column; what stands in a null slot is rubbish."""
    fact = vocabulary.facts[name]
    if fact.type == "bool":
        return _bools(values, chance)
    if fact.type == "code":
        words = (
            vocabulary.codes[fact.codes]
            if fact.codes
            else sorted({one for one in values if isinstance(one, str)})
        )
        places = [words.index(one) if isinstance(one, str) else None for one in values]
        return pa.DictionaryArray.from_arrays(
            _numbers(places, np.dtype(np.int8), pa.int8(), chance), pa.array(words, pa.utf8())
        )
    low, high = limits.of_fact(fact)
    small = low >= -INT32 and high < INT32
    width = np.dtype(np.int32 if small else np.int64)
    kind = pa.date32() if fact.type == "date" else pa.int32() if small else pa.int64()
    return _numbers(values, width, kind, chance)


def _numbers(
    values: Sequence[Value | None], width: np.dtype, kind: pa.DataType, chance: Random
) -> pa.Array:
    bounds = np.iinfo(width)
    held = [chance.randint(bounds.min, bounds.max) if one is None else one for one in values]
    data = np.array(held, width)
    return pa.Array.from_buffers(kind, len(values), [_valid(values), pa.py_buffer(data)])


def _bools(values: Sequence[Value | None], chance: Random) -> pa.Array:
    held = [chance.random() < 0.5 if one is None else one is True for one in values]
    bits = pa.py_buffer(np.packbits(held, bitorder="little"))
    return pa.Array.from_buffers(pa.bool_(), len(values), [_valid(values), bits])


def _valid(values: Sequence[Value | None]) -> pa.Buffer:
    return pa.py_buffer(np.packbits([one is not None for one in values], bitorder="little"))


def batch(
    cases: Sequence[Mapping[str, Value]],
    names: Sequence[str],
    vocabulary: Vocabulary,
    chance: Random,
) -> pa.RecordBatch:
    """Cases as a batch of the named facts."""
    columns = [column(name, [one.get(name) for one in cases], vocabulary, chance) for name in names]
    return pa.RecordBatch.from_arrays(columns, list(names))
