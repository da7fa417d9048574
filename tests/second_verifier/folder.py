"""A register as an exported folder (bundle.md "The exported folder")."""

import re
from pathlib import Path

from second_verifier.content import Register, Row
from second_verifier.note import LONGEST_NOTE
from second_verifier.tree import WIDTH, leaf_hash, root_of, spelled
from second_verifier.verdict import BrokenError, need

BAD = "H567"
CLOSED, EVENT, PAD = 0, 1, 2
WIDE_ENTRY = 34


def read_folder(path: Path) -> Register:
    """Everything of the folder that a verifier asks."""
    latest = path / "checkpoint"
    need(latest.is_file(), "H562", f"{path.name} holds no export")
    notes = read_notes(path)
    need(read_note_file(latest) in notes.values(), BAD, "the latest note is none of checkpoints")
    rows: list[Row] = []
    number = 0
    while bundle := find_bundle(path, number):
        entries = read_entries(*bundle)
        rows += read_rows(path, number, entries)
        number += 1
        if len(entries) < WIDTH:
            break
    tiles = read_tiles(path)
    check_edge(path, [leaf_hash(row.entry or b"") for row in rows], tiles)
    return Register(rows, tiles, sorted(notes.items()))


def check_edge(path: Path, hashes: list[bytes], tiles: dict[tuple[int, int], bytes]) -> None:
    """Hash tiles that are not full, where they are there: of the entries, or of the full tiles."""
    level = 0
    while hashes:
        whole, rest = divmod(len(hashes), WIDTH)
        file = path / "tile" / str(level) / (spelled(whole) + f".p/{rest}")
        if rest and file.is_file():
            below = [tiles.get((level - 1, n), b"") for n in range(whole * WIDTH, len(hashes))]
            stored = [root_of(one[n : n + 32] for n in range(0, len(one), 32)) for one in below]
            said = file.read_bytes()
            good = said in {b"".join(hashes[whole * WIDTH :]), b"".join(stored)}
            need(good, BAD, "a tile that is not full")
        parts = [hashes[n * WIDTH : (n + 1) * WIDTH] for n in range(whole)]
        hashes, level = [root_of(part) for part in parts], level + 1


def read_notes(path: Path) -> dict[int, bytes]:
    folder = path / "checkpoints"
    found: dict[int, bytes] = {}
    for file in sorted(folder.iterdir()) if folder.is_dir() else []:
        if re.fullmatch("[0-9]{1,18}", file.name):
            need(int(file.name) not in found, "H556", "two notes of one size")
            found[int(file.name)] = read_note_file(file)
    return found


def read_note_file(file: Path) -> bytes:
    data = file.read_bytes()
    need(len(data) <= LONGEST_NOTE, BAD, "a note is too long")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BrokenError(BAD, "a note is not UTF-8") from error
    return data


def find_bundle(path: Path, number: int) -> tuple[bytes, int] | None:
    """A bundle of entries and its width: the full one, else the widest partial one."""
    full = path / "tile" / "entries" / spelled(number)
    if full.is_file():
        return full.read_bytes(), WIDTH
    partial = full.with_name(full.name + ".p")
    names = [file.name for file in partial.iterdir()] if partial.is_dir() else []
    widths = [int(name) for name in names if re.fullmatch("[1-9][0-9]{0,2}", name)]
    if not widths:
        return None
    return (partial / str(max(widths))).read_bytes(), max(widths)


def read_entries(data: bytes, width: int) -> list[bytes]:
    need(width <= WIDTH and len(data) == width * WIDE_ENTRY, BAD, "a bundle's length")
    parts = [data[at : at + WIDE_ENTRY] for at in range(0, len(data), WIDE_ENTRY)]
    need(all(part[:2] == b"\x00\x20" for part in parts), BAD, "an entry is not 32 bytes")
    return [part[2:] for part in parts]


def read_rows(path: Path, number: int, entries: list[bytes]) -> list[Row]:
    file = path / "content" / spelled(number)
    first = number * WIDTH
    if not file.is_file():
        return [Row(first + place, entry) for place, entry in enumerate(entries)]
    data, at, rows = file.read_bytes(), 0, list[Row]()
    for place, entry in enumerate(entries):
        need(at + 5 <= len(data), BAD, "a file of content is cut short")
        tag, length = data[at], int.from_bytes(data[at + 1 : at + 5])
        part, at = data[at + 5 : at + 5 + length], at + 5 + length
        need(len(part) == length and tag <= PAD, BAD, "a content's tag or length")
        need(bool(part) == (tag != CLOSED), BAD, "closed content is empty, other is not")
        rows.append(
            Row(first + place, entry, part if tag == PAD else None, part if tag == EVENT else None)
        )
    need(at == len(data), BAD, "a file of content tells of another number of leaves")
    return rows


def read_tiles(path: Path) -> dict[tuple[int, int], bytes]:
    """Full tiles of hashes as a reader who cannot list asks for them: up to the first gap."""
    found: dict[tuple[int, int], bytes] = {}
    level = 0
    while (path / "tile" / str(level) / spelled(0)).is_file():
        number = 0
        while (file := path / "tile" / str(level) / spelled(number)).is_file():
            data = file.read_bytes()
            need(len(data) == 32 * WIDTH, BAD, "a tile's length")
            found[level, number] = data
            number += 1
        level += 1
    return found
