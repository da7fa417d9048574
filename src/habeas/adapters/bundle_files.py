"""A register as a plain folder: tiles that any web server can serve; for an auditor, content.

    checkpoint             the latest note, with its cosignatures
    checkpoints/<size>     every note
    tile/<L>/<N>[.p/<W>]   hash tiles;  tile/entries/<N>[.p/<W>]  entry bundles (C2SP tlog-tiles)
    content/<N>            what 256 leaves commit to, where it is disclosed: for each leaf a byte
                           (0 closed, 1 event, 2 pad), its length (4 bytes, big-endian), its bytes

Is not trusted: whoever changes a byte of it is found by verification, as for any register. The
content folder is trusted with secrecy: it is in the clear. Source: docs/spec/bundle.md.
"""

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from habeas.errors import Fault, RegisterError
from habeas.register import merkle, tiles
from habeas.register.content import CAP, content, is_pad, read_parts
from habeas.register.events import PAD, Record, Row
from habeas.register.merkle import HASH, leaf_hash
from habeas.register.store import Store
from habeas.register.tiles import (
    WIDTH,
    Grower,
    Tile,
    tile_index,
    tile_path,
)
from habeas.register.verify import Bundle

CLOSED, EVENT, PADDING = 0, 1, 2
_KINDS = ("closed", "event", PAD)
_TAGGED = struct.Struct(">BI")  # a content's tag and length
HEAD = _TAGGED.size
ENTRY = HASH + 2  # bytes of an entry with its length
CHECKPOINT_CAP = 256 * 1024


@dataclass(frozen=True, slots=True)
class Disclosed:
    """What an export shows of one leaf."""

    row: Row
    record: Record | None  # None: a pad, or closed


def write(folder: Path, store: Store, disclosed: Iterable[Disclosed] | None = None) -> int:
    """Export everything under the latest checkpoint; returns the number of leaves.

    Args:
        folder: a folder that does not exist, or is empty.
        store: the register.
        disclosed: all leaves under the checkpoint in order, for an export with content.

    Raises:
        RegisterError: H543 before the first checkpoint, H562 for a folder that holds something.
    """
    latest = store.latest()
    if latest is None:
        raise RegisterError(Fault("H543", "the register has no checkpoint yet", "Publish one."))
    if folder.exists() and any(folder.iterdir()):
        what = "the folder is not empty"
        raise RegisterError(Fault("H562", what, "Name a new folder.", str(folder)))
    size, note = latest
    _put(folder / "checkpoint", note.encode())
    for at, text in store.checkpoints():
        _put(folder / "checkpoints" / str(at), text.encode())
    for path, data in tiles.files(store, size):
        _put(folder / path, data)
    if disclosed is not None:
        for n, data in enumerate(_contents(disclosed)):
            _put(folder / "content" / tile_index(n), data)
    return size


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _contents(disclosed: Iterable[Disclosed]) -> Iterator[bytes]:
    part: list[bytes] = []
    for one in disclosed:
        part.append(_content(one))
        if len(part) == WIDTH:
            yield b"".join(part)
            part = []
    if part:
        yield b"".join(part)


def _content(one: Disclosed) -> bytes:
    if is_pad(one.row):
        tag, data = PADDING, one.row.content
    elif one.record is None:
        tag, data = CLOSED, b""
    else:
        tag, data = EVENT, content(one.record)
    return bytes([tag]) + len(data).to_bytes(4, "big") + data


def bundle(folder: Path) -> Bundle:
    """An exported folder as its verifier checks it; leaves are read as they are asked for.

    Raises:
        RegisterError: H562 where there is none, H567 for a file of it that cannot be read.
    """
    if not (folder / "checkpoint").is_file():
        what = "the folder holds no exported register: it has no 'checkpoint'"
        raise RegisterError(Fault("H562", what, "Name the folder of an export.", str(folder)))
    notes = [
        (int(path.name), _text(path))
        for path in (folder / "checkpoints").glob("*")
        if path.name.isascii() and path.name.isdigit()
    ]
    latest = _text(folder / "checkpoint")
    if latest not in {note for _, note in notes}:
        raise _damaged(folder / "checkpoint", "it is none of those in 'checkpoints'")
    stored = list(_stored(folder))
    return Bundle(_rows(folder, stored), sorted(notes), stored, columns=False)


def opened(row: Row) -> Record | None:
    """An event of an exported folder; None where it is closed.

    Raises:
        RegisterError: H545 or H591 for content that is none.
    """
    if not row.content:
        return None
    return Record(row.index, row.entry, "", row.kind, None, None, *read_parts(row.content))


def opened_leaf(row: Row) -> Record | None:
    """The same for any leaf: None for a pad too."""
    return None if is_pad(row) else opened(row)


def _text(path: Path) -> str:
    try:
        return _bytes(path, CHECKPOINT_CAP).decode()
    except UnicodeDecodeError as error:
        raise _damaged(path, "it cannot be read as text") from error


def _bytes(path: Path, cap: int) -> bytes:
    try:
        if path.stat().st_size > cap:
            raise _damaged(path, "it is too long")
        return path.read_bytes()
    except OSError as error:  # a folder in its place, or a name that leads to no file
        raise _damaged(path, "it cannot be read") from error


def _damaged(path: Path, what: str) -> RegisterError:
    fix = "Do not rely on this copy; fetch the file again and verify."
    return RegisterError(Fault("H567", f"the exported file is damaged: {what}", fix, str(path)))


def _files(folder: Path, level: str) -> Iterator[tuple[Path, int]]:
    """Every tile of a level in order, full ones first, with its width."""
    n = 0
    while (path := folder / tile_path(level, n)).is_file():
        yield path, WIDTH
        n += 1
    rest = {path.name for path in (folder / f"tile/{level}/{tile_index(n)}.p").glob("*")}
    widths = [width for width in range(1, WIDTH) if str(width) in rest]
    if widths:
        widest = max(widths)
        yield folder / tile_path(level, n, widest), widest


def _read(path: Path, size: int) -> bytes:
    found = _bytes(path, size)
    if len(found) != size:
        raise _damaged(path, f"it has {len(found):,} bytes, not {size:,}")
    return found


def _stored(folder: Path) -> Iterator[Tile]:
    for level in range(8):
        for n, (path, width) in enumerate(_files(folder, str(level))):
            if width == WIDTH:
                yield level, n, _read(path, WIDTH * HASH)


def _rows(folder: Path, stored: Sequence[Tile]) -> Iterator[Row]:
    index, entries = 0, list[bytes]()
    for n, (path, width) in enumerate(_files(folder, "entries")):
        data = _read(path, width * ENTRY)
        entries = [data[at + 2 : at + ENTRY] for at in range(0, len(data), ENTRY)]
        if data[::ENTRY] != bytes(width) or data[1::ENTRY] != bytes([HASH]) * width:
            raise _damaged(path, "an entry has another length than 32 bytes")
        shown = _disclosed(folder / "content" / tile_index(n), width)
        for entry, (tag, plain) in zip(entries, shown, strict=True):
            yield Row(index, entry, "", _KINDS[tag], None, None, plain)
            index += 1
    _check_edge(folder, stored, index, entries)


def _check_edge(folder: Path, stored: Sequence[Tile], size: int, last: Sequence[bytes]) -> None:
    """The last tile of each level, where it is not full, against what it follows from.

    Args:
        folder: an export.
        stored: its full tiles, which the verifier compares with the leaves.
        size: its leaves.
        last: the entries of its last bundle.
    """
    full = {(level, n): data for level, n, data in stored}
    level, width, nodes = 0, size, [leaf_hash(entry) for entry in last]
    while width:
        rest = width % WIDTH
        path = folder / tile_path(level, width // WIDTH, rest)
        if rest and path.is_file():
            held = _hashes(_read(path, rest * HASH))
            if held != nodes and held != _grown(folder, level, range(width - rest, width)):
                raise _damaged(path, "its hashes are not those of the leaves")
        level, width = level + 1, width // WIDTH
        below = [full.get((level - 1, n), b"") for n in range(width - width % WIDTH, width)]
        nodes = [merkle.root(_hashes(data)) for data in below]


def _grown(folder: Path, level: int, wanted: range) -> list[bytes]:
    """Hashes out of the leaves themselves: a full tile may be the one that is damaged."""
    edge = Grower()
    for path, width in _files(folder, "entries"):
        data = _read(path, width * ENTRY)
        for at in range(0, len(data), ENTRY):
            edge.append(data[at + 2 : at + ENTRY])
        edge.filled()  # not kept
    return [edge.node(level, n) or b"" for n in wanted]


def _hashes(data: bytes) -> list[bytes]:
    return [data[n : n + HASH] for n in range(0, len(data), HASH)]


def _disclosed(path: Path, width: int) -> Sequence[tuple[int, bytes]]:
    if not path.is_file():
        return [(CLOSED, b"")] * width
    data, place, found = _bytes(path, width * (HEAD + CAP)), 0, list[tuple[int, bytes]]()
    end = len(data)
    while place < end:
        if place + HEAD > end:
            raise _damaged(path, "it ends within a content")
        tag, length = _TAGGED.unpack_from(data, place)
        place += HEAD + length
        if tag > PADDING or place > end or (tag == CLOSED) != (length == 0):
            raise _damaged(path, "a content has no known tag, or another length than it says")
        found.append((tag, data[place - length : place]))
    if len(found) != width:
        raise _damaged(path, f"it tells of {len(found)} leaves, not {width}")
    return found
