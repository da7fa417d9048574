"""A register in its database file (bundle.md "The database file")."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from second_verifier.content import Columns, Register, Row
from second_verifier.keystore import KeyStore, unseal_content
from second_verifier.verdict import BrokenError, need

TABLES = {"leaf", "event", "content", "section", "tile", "checkpoint", "cosignature", "evidence"}
UNIQUE = {"leaf": 1, "content": 1, "event": 1, "tile": 2, "checkpoint": 1}
READ = {
    "leaf": "SELECT idx, entry FROM leaf",
    "content": "SELECT idx, sealed FROM content",
    "event": "SELECT idx, event_id, kind, subject, seq FROM event",
    "tile": "SELECT level, n, hashes FROM tile",
    "checkpoint": "SELECT size, note FROM checkpoint ORDER BY size",
    "line": "SELECT size, line FROM cosignature ORDER BY rowid",
}


def read_database(path: Path, keys: KeyStore | None) -> Register:
    """Everything of the file that a verifier asks."""
    need(path.is_file(), "H562", f"{path.name} is not there")
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as file:
            found = {
                name
                for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            }
            need(found >= TABLES, "H561", f"tables lack: {sorted(TABLES - found)}")
            tables = {name: file.execute(query).fetchall() for name, query in READ.items()}
    except sqlite3.Error as error:
        raise BrokenError("H561", f"the file cannot be read: {error}") from error
    return assemble(tables, keys)


def assemble(tables: dict[str, list[tuple[object, ...]]], keys: KeyStore | None) -> Register:
    faults = [twice(tables, name, wide) for name, wide in UNIQUE.items()]
    entries, contents = (dict(map(pair, tables[name])) for name in ("leaf", "content"))
    events = {whole(row[0]): columns(row) for row in tables["event"]}
    rows = [
        read_row(index, (entries.get(index), contents.get(index), events.get(index)), keys)
        for index in sorted({*entries, *contents, *events})
    ]
    tiles = {(whole(level), whole(n)): raw(hashes) for level, n, hashes in tables["tile"]}
    notes = {whole(size): str(note) for size, note in tables["checkpoint"]}
    for size, line in tables["line"]:
        if size in notes:
            notes[whole(size)] += str(line)
    coded = [(size, note.encode(errors="surrogatepass")) for size, note in sorted(notes.items())]
    return Register(rows, tiles, coded, [fault for fault in faults if fault])


def twice(tables: dict[str, list[tuple[object, ...]]], name: str, wide: int) -> BrokenError | None:
    """A fault where a row's key stands twice, which the file's own rules forbid."""
    keys = [row[:wide] for row in tables[name]]
    if len(set(keys)) == len(keys):
        return None
    return BrokenError("H556" if name == "checkpoint" else "H551", f"a row of {name} stands twice")


def pair(row: tuple[object, ...]) -> tuple[int, bytes]:
    return whole(row[0]), raw(row[1])


def whole(value: object) -> int:
    if not isinstance(value, int):
        raise BrokenError("H561", "a number was expected in a column")
    return value


def raw(value: object) -> bytes:
    if not isinstance(value, bytes):
        raise BrokenError("H561", "bytes were expected in a column")
    return value


def columns(row: tuple[object, ...]) -> Columns:
    _, event_id, kind, subject, seq = row
    return Columns(event_id, kind, subject, seq)


def read_row(
    index: int, stored: tuple[bytes | None, bytes | None, Columns | None], keys: KeyStore | None
) -> Row:
    entry, found, event = stored
    sealed = found or b""  # content that is not there is content of no bytes
    if entry is None or event is None:
        return Row(index, entry, pad=sealed)
    if event.subject is None:
        return Row(index, entry, content=sealed, columns=event)
    if keys is None:
        return Row(index, entry, columns=event)
    return opened_row(Row(index, entry, columns=event), (event, sealed, entry), keys)


def opened_row(row: Row, stored: tuple[Columns, bytes, bytes], keys: KeyStore) -> Row:
    event, sealed, entry = stored
    try:
        key = keys.key(str(event.subject))
        if key is None:
            return replace(row, lost=True)
        return replace(row, content=unseal_content(key, str(event.event_id), sealed, entry))
    except BrokenError as error:
        return replace(row, fault=error)
