"""Stored content, and the shape in which rows of a register are asked (bundle.md)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from second_verifier import cbor
from second_verifier.sealing import Signed
from second_verifier.verdict import BrokenError, need

LONGEST = 65_536
BAD = "H591"


@dataclass(frozen=True, slots=True)
class Columns:
    """What stands in the table `event`; nothing proves it."""

    event_id: object
    kind: object
    subject: object
    seq: object


@dataclass(frozen=True, slots=True)
class Row:
    """One leaf as it is stored; exactly one of pad, content, fault or `closed` is meant.

    `entry` is None where there is no leaf. `fault` is why its content cannot be had.
    `lost` says that keys were given and this content's was not there.
    """

    index: int
    entry: bytes | None
    pad: bytes | None = None
    content: bytes | None = None
    columns: Columns | None = None
    fault: BrokenError | None = None
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Register:
    """A whole register, however it was stored; checkpoints are (size, note) in order."""

    rows: Sequence[Row]
    tiles: Mapping[tuple[int, int], bytes]
    checkpoints: Sequence[tuple[int, bytes]]
    faults: Sequence[BrokenError] = field(default=())


def read_content(data: bytes) -> Signed:
    found = cbor.decode(data, LONGEST)
    row = found if isinstance(found, list) else []
    version = row[0] if row and type(row[0]) is int else 0
    parts = [item for item in row[1:] if isinstance(item, bytes)]
    need((version, len(row)) in {(1, 4), (2, 6)}, BAD, "content of an unknown shape")
    need(len(parts) == len(row) - 1, BAD, "content holds byte strings")
    signed = Signed(*parts)
    need(signed.batched or version == 1, BAD, "content of a batched event without a batch block")
    return signed
