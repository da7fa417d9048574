"""Snapshots on disk: canonical batches in one Arrow IPC file, uncompressed, memory-mapped.

The metadata of its schema states what the file is and what it came from: `habeas.form`,
`habeas.schema_hash`, `habeas.docket_hash`, `habeas.rows`, `habeas.quarantined`, `habeas.dated` and
`habeas.refused`, the hash of the rows set aside. An Arrow file states its schema first and again
last, and the hash is known only when the last batch is written: words of the same length stand for
it until then, and are overwritten in both places. The file gets its name when it is whole.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.ipc

from habeas.adapters.importers.docket_file import FORM, REFUSED, readable, set_aside
from habeas.docket import digest
from habeas.docket.ingest import Stamp
from habeas.docket.snapshot import Form, of_batch
from habeas.errors import DocketError, Fault

KIND = b"habeas-snapshot/1"
SCHEMA_HASH, HASH, DATED = b"habeas.schema_hash", b"habeas.docket_hash", b"habeas.dated"
ROWS, QUARANTINED = b"habeas.rows", b"habeas.quarantined"
LENGTHS = {HASH: 64, REFUSED: 64, ROWS: 12, QUARANTINED: 12, DATED: 5}
NOTHING = "0" * 64  # stands for the hash of no row set aside
PREFIX, TAIL = 16, 10  # magic and length before the schema; length and magic after the footer


def _blank(key: bytes) -> bytes:
    # No code, name or type holds the sign; the digit tells the words apart.
    return f"#{[*LENGTHS].index(key)}".ljust(LENGTHS[key], "#").encode()


class SnapshotWriter:
    """One snapshot that is being written; nothing bears its name before `finish`."""

    def __init__(self, path: Path) -> None:
        self._path, self._part = path, path.with_name(f"{path.name}.part")
        self._file: pa.ipc.RecordBatchFileWriter | None = None
        self._schema_hash = ""

    def begin(self, form: Form) -> None:
        """Start, or start again from nothing."""
        self.discard()
        metadata = {key: _blank(key) for key in LENGTHS}
        metadata |= {FORM: KIND, SCHEMA_HASH: form.hash.encode()}
        self._file = pa.ipc.new_file(self._part, form.schema.with_metadata(metadata))

    def chunk(self, cases: pa.RecordBatch) -> None:
        """The next batch."""
        if self._file is not None:
            self._file.write_batch(cases)

    def discard(self) -> None:
        """Leave nothing behind."""
        if self._file is not None:
            self._file.close()
        self._file = None
        self._part.unlink(missing_ok=True)

    def finish(self, stamp: Stamp) -> None:
        """State what the file came to, and give it its name."""
        if self._file is not None:
            self._file.close()
            self._file = None
        told = {
            HASH: stamp.hash,
            REFUSED: stamp.refused.hex() or NOTHING,
            ROWS: f"{stamp.rows:012d}",
            QUARANTINED: f"{stamp.quarantined:012d}",
            DATED: "true " if stamp.dated else "false",
        }
        _state(self._part, {_blank(key): value.encode() for key, value in told.items()})
        self._part.replace(self._path)


def _state(path: Path, words: Mapping[bytes, bytes]) -> None:
    with path.open("r+b") as file:
        file.seek(PREFIX - 4)
        first = (0, PREFIX + int.from_bytes(file.read(4), "little"))
        size = file.seek(-TAIL, os.SEEK_END) + TAIL
        footer = int.from_bytes(file.read(4), "little")
        for start, length in (first, (size - TAIL - footer, footer)):
            file.seek(start)
            data = file.read(length)
            for blank, word in words.items():
                if data.count(blank) != 1 or len(blank) != len(word):
                    msg = f"{blank!r} does not stand once in the schema"
                    raise AssertionError(msg)
                data = data.replace(blank, word)
            file.seek(start)
            file.write(data)


@dataclass(frozen=True)
class Snapshot:
    """A snapshot on disk, as its metadata states it."""

    path: Path
    schema: pa.Schema
    stamp: Stamp

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Every canonical batch, mapped and not copied."""
        with readable(self.path, str(self.path)), pa.memory_map(str(self.path)) as held:
            source = pa.ipc.open_file(held)
            for number in range(source.num_record_batches):
                yield source.get_batch(number)

    def hash(self) -> str:
        """The docket's hash, computed anew from every batch."""
        chunks = [of_batch(batch) for batch in self.batches()]
        return digest.whole(chunks, self.stamp.refused)


def opened(path: Path) -> Snapshot | None:
    """A snapshot by what its metadata states; None for a file that is none.

    Raises:
        DocketError: H408 for metadata that states no hash or no count.
    """
    if not path.is_file() or path.suffix.lower() not in {".arrow", ".ipc", ".feather"}:
        return None
    with readable(path, str(path)), pa.memory_map(str(path)) as held:
        schema = pa.ipc.open_file(held).schema
    told = schema.metadata or {}
    if told.get(FORM) != KIND:
        return None
    try:
        stamp = Stamp(
            told[HASH].decode(),
            told[SCHEMA_HASH].decode(),
            int(told[ROWS]),
            int(told[QUARANTINED]),
            set_aside(schema),
            told[DATED].strip() == b"true",
        )
    except (KeyError, ValueError) as error:
        what = "the snapshot does not state what it came from"
        fix = "Make it again from the docket."
        raise DocketError(Fault("H408", what, fix, str(path))) from error
    return Snapshot(path, schema, stamp)
