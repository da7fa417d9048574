"""The twin of `evidence.lapse` on canonical columns: which slots count at an instant."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa

from habeas.docket.columns import MARKS, Column
from habeas.docket.digest import MICROSECOND, microseconds
from habeas.docket.evidence import NEVER
from habeas.docket.snapshot import Mask, numbers, validity


def dated(schema: pa.Schema) -> bool:
    """Whether a docket says when its facts were established; then freshness applies."""
    return any(name.partition("__")[2] in MARKS for name in schema.names)


def _lapsed(found: pa.RecordBatch, column: Column, instant: int) -> Mask:
    rows, name = found.num_rows, column.name
    lapsed = np.zeros(rows, np.bool_)
    has_at = np.zeros(rows, np.bool_)
    hours = column.valid_for_hours
    if f"{name}__at" in found.schema.names:
        at = found.column(f"{name}__at")
        has_at, begun = validity(at), numbers(at).astype(np.int64)
        lapsed |= has_at & (begun > instant)
        if hours is not None:
            lapsed |= has_at & (begun <= instant - timedelta(hours=hours) // MICROSECOND)
    if hours is not None:
        lapsed |= ~has_at
    if f"{name}__until" in found.schema.names:
        until = found.column(f"{name}__until")
        ends = numbers(until).astype(np.int64)
        lapsed |= validity(until) & ((ends <= instant) | (ends == microseconds(NEVER)))
    return lapsed


def mask(
    found: pa.RecordBatch, columns: Mapping[str, Column], instant: datetime
) -> dict[str, Mask]:
    """For every fact of a batch: whether each slot is established at the instant.

    Args:
        found: a canonical batch, at any offset.
        columns: the fact contract, for validity.
        instant: UTC.
    """
    applies, at = dated(found.schema), microseconds(instant)
    return {
        name: validity(found.column(name)) & ~_lapsed(found, columns[name], at)
        if applies
        else validity(found.column(name))
        for name in found.schema.names
        if name in columns
    }
