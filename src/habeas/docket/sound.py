"""Whether a snapshot's batch holds what a docket may hold: the file is not trusted.

A batch that `ingest` has written always is sound. One that another hand has written may hold values
outside the bounds, for which no proof speaks, or rows that no agreement binds.
"""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from habeas.docket.check import Bounds
from habeas.docket.columns import KEYS, Column
from habeas.docket.snapshot import Mask, numbers, validity


def fault(
    batch: pa.RecordBatch, columns: Mapping[str, Column], bounds: Mapping[str, Bounds]
) -> str | None:
    """The first column that is not sound; None where all are.

    Args:
        batch: as the file has it.
        columns: the fact contract.
        bounds: the hard terms of every agreement, by id.
    """
    names = set(batch.schema.names)
    if not names.issuperset({"case", *KEYS}):
        return "case, agreement, sending, receiving or pathway"
    for name in batch.schema.names:
        if name in columns and not _sound(batch.column(name), columns[name]):
            return str(name)
    return None if _bound(batch, bounds) else "agreement, sending, receiving or pathway"


def _sound(array: pa.Array, column: Column) -> bool:
    kind = array.type
    match column.type:
        case "bool":
            return bool(pa.types.is_boolean(kind))
        case "code":
            if not pa.types.is_dictionary(kind):
                return False
            words: list[str] = array.dictionary.to_pylist()
            declared = column.codes is None or words == list(column.codes)
            return declared and _within(array, 0, len(words) - 1)
        case _:
            right = pa.types.is_date32(kind) if column.type == "date" else pa.types.is_integer(kind)
            scale = column.scale if column.type == "int" else 1
            least = -(2**63) if column.least is None else column.least * scale
            most = 2**63 - 1 if column.most is None else column.most * scale
            return bool(right) and _within(array, least, most)


def _within(array: pa.Array, least: int, most: int) -> bool:
    values = numbers(array)
    if not len(values):
        return True
    if least <= int(values.min()) and int(values.max()) <= most:
        return True
    held = values[validity(array)]  # a null slot may hold anything
    return not len(held) or (least <= int(held.min()) and int(held.max()) <= most)


def _bound(batch: pa.RecordBatch, bounds: Mapping[str, Bounds]) -> bool:
    """Whether each row names an agreement that binds its states and its pathway."""
    told = {key: batch.column(batch.schema.get_field_index(key)) for key in KEYS}
    if any(array.null_count for array in told.values()):
        return False
    places = {key: numbers(array) for key, array in told.items()}
    words = {key: array.dictionary.to_pylist() for key, array in told.items()}
    if np.any(_same_word(places, words)):
        return False
    for place in np.unique(places["agreement"]).tolist():
        terms = bounds.get(words["agreement"][place])
        if terms is None:
            return False
        rows = places["agreement"] == place
        for key, allowed in (
            ("sending", terms.sending),
            ("receiving", terms.receiving),
            ("pathway", terms.pathways),
        ):
            good = [n for n, word in enumerate(words[key]) if word in allowed]
            if not np.isin(places[key][rows], good).all():
                return False
    return True


def _same_word(places: Mapping[str, np.ndarray], words: Mapping[str, list[str]]) -> np.ndarray:
    """Rows whose sending and receiving state are one."""
    other = {word: n for n, word in enumerate(words["receiving"])}
    table = np.array([other.get(word, -1) for word in words["sending"]] or [-1])
    same: Mask = table[places["sending"]] == places["receiving"]
    return same
