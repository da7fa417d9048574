"""The register's Store on PostgreSQL, and the reading of it for the verifier.

The database is not trusted for history: whoever changes a row is found by `habeas register verify`
under a checkpoint that somebody keeps. It is trusted for availability. A store makes its tables as
the owner of their schema and never works as that owner again: it takes the role `habeas_writer`
wherever it may, which can add rows and change none. The triggers stop accidents of the owner.

No call is tried twice. After an exception the connection is idle, or closed and opened anew by the
next call. Where the connection is lost during COMMIT nobody knows whether the batch was written:
the log reads the store again, and whoever submitted it submits it again.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from habeas.adapters import postgres_steps
from habeas.errors import Fault, RegisterError, SetupError
from habeas.register.events import PAD, Row
from habeas.register.sealed import SealedSection
from habeas.register.store import Batch
from habeas.register.verify import Bundle

try:
    import psycopg
    from psycopg.conninfo import conninfo_to_dict, make_conninfo
    from psycopg.pq import TransactionStatus
    from psycopg.sql import SQL, Identifier
except ImportError as error:
    raise SetupError(
        Fault(
            "H906",
            "a register on PostgreSQL needs the driver psycopg",
            "Type: pip install 'habeas[postgres]'.",
        )
    ) from error

PAGE = 1024
PATIENCE = 10  # seconds until a server that does not answer is given up
EVIDENCE_CAP = 10_000  # rows: whoever sends refused events cannot fill the disk with them
FAILED = (psycopg.Error, UnicodeError)
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_SECRET = re.compile(r"password|://[^@]*:.*@", re.DOTALL | re.IGNORECASE)
_COLUMNS = {
    "head": "one boolean, size bigint",
    "leaf": "idx bigint, entry bytea",
    "event": "idx bigint, event_id text, kind text, subject text, seq bigint, "
    "recorded_at timestamp with time zone",
    "content": "idx bigint, sealed bytea",
    "section": "idx bigint, name text, digest bytea, sealed bytea",
    "tile": "level bigint, n bigint, hashes bytea",
    "checkpoint": "size bigint, note text",
    "cosignature": "place bigint, size bigint, line text",
    "evidence": "digest bytea, at timestamp with time zone, what text, data bytea",
    "version": "one boolean, number integer",
}
# A view in a table's place could run without end: only tables are read.
_FOUND = """SELECT relname::text,
string_agg(attname || ' ' || atttypid::regtype, ', ' ORDER BY attnum)
FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
WHERE relnamespace = to_regnamespace(%s) AND relkind = 'r' GROUP BY relname"""
_SET = """SELECT set_config('search_path', %s, false),
set_config('synchronous_commit', 'on', false),
set_config('lock_timeout', '5s', false),
set_config('default_transaction_isolation', 'read committed', false)"""
_ROLE = """SELECT set_config('role', rolname::text, false) FROM pg_roles
WHERE rolname = 'habeas_writer' AND pg_has_role(oid, %s)
AND has_schema_privilege(oid, to_regnamespace(%s), 'USAGE')"""
_SET_ROLE = 160_000  # the version since which membership and the right to SET ROLE are two things
_ROWS = """SELECT leaf.idx, entry, event_id, kind, subject, seq, sealed
FROM leaf LEFT JOIN event USING (idx) LEFT JOIN content USING (idx)"""
_ORPHANS = """SELECT idx, NULL::bytea, NULL::text, NULL::text, NULL::text, NULL::bigint, NULL::bytea
FROM (SELECT idx FROM event UNION SELECT idx FROM content) AS kept
WHERE NOT EXISTS (SELECT FROM leaf WHERE leaf.idx = kept.idx)"""
# Said of both tables that are joined: else they may be read from their beginning for every page.
_WITHIN = "BETWEEN (SELECT min(idx) FROM page) AND (SELECT max(idx) FROM page)"
_PAGE = f"""WITH page AS MATERIALIZED
(SELECT idx, entry FROM leaf WHERE idx >= %s AND idx < %s ORDER BY idx LIMIT {PAGE})
SELECT leaf.idx, entry, event_id, kind, subject, seq, sealed FROM page AS leaf
LEFT JOIN event ON event.idx = leaf.idx AND event.idx {_WITHIN}
LEFT JOIN content ON content.idx = leaf.idx AND content.idx {_WITHIN} ORDER BY leaf.idx"""  # noqa: S608 - fixed
_HEADS = """SELECT name, seq, entry FROM unnest(%s::text[]) AS asked (name) CROSS JOIN LATERAL
(SELECT seq, idx FROM event WHERE subject = name AND seq IS NOT NULL ORDER BY seq DESC LIMIT 1)
AS latest JOIN leaf USING (idx)"""
_PERSONS = """SELECT name FROM unnest(%s::text[]) AS asked (name)
WHERE EXISTS (SELECT FROM event WHERE subject = name)"""
_COSIGN = """INSERT INTO cosignature (size, line)
SELECT %s, line FROM unnest(%s::text[]) WITH ORDINALITY AS given (line, place) ORDER BY place
ON CONFLICT DO NOTHING"""
_EVIDENCE = """INSERT INTO evidence SELECT %s, %s, %s, %s
WHERE (SELECT count(*) FROM evidence) < %s ON CONFLICT DO NOTHING"""
_LATEST = """SELECT size, note || coalesce((SELECT string_agg(line, '' ORDER BY place)
FROM cosignature WHERE cosignature.size = checkpoint.size), '')
FROM checkpoint ORDER BY size DESC LIMIT 1"""
_LEAF = ("COPY leaf FROM STDIN (FORMAT BINARY)", "int8 bytea")
_EVENT = ("COPY event FROM STDIN (FORMAT BINARY)", "int8 text text text int8 timestamptz")
_CONTENT = ("COPY content FROM STDIN (FORMAT BINARY)", "int8 bytea")
_SECTION = ("COPY section FROM STDIN (FORMAT BINARY)", "int8 text bytea bytea")
_TILE = ("COPY tile FROM STDIN (FORMAT BINARY)", "int8 int8 bytea")

Db = psycopg.Connection[tuple[Any, ...]]  # Any: what a column holds, by the types checked above


def _reason(error: Exception) -> str:
    # What PostgreSQL adds in its details may be a row: only its first sentence is passed on.
    told = error.diag.message_primary if isinstance(error, psycopg.Error) else None
    return (told or str(error)).partition("\n")[0]


def _named(schema: str) -> str:
    return f"PostgreSQL schema {schema}"


def _damaged(schema: str, error: Exception) -> RegisterError:
    fix = "See whether the server runs and its tables are whole; restore a copy, then verify."
    what = f"the register cannot be read: {_reason(error)}"
    return RegisterError(Fault("H561", what, fix, _named(schema)))


def _address(address: str, schema: str) -> str:
    try:
        given = conninfo_to_dict(address)
        patience = given.get("connect_timeout") or PATIENCE
        found = make_conninfo(address, connect_timeout=patience, client_encoding="utf8")
    except psycopg.Error:  # its text may quote a password
        found = ""
    if not found or not _NAME.fullmatch(schema):
        fix = "Write postgresql://HOST/DATABASE and a plain name for the schema."
        raise RegisterError(Fault("H566", "that is no address of a register", fix))
    return found


def _connected(address: str, schema: str) -> Db:
    try:
        return psycopg.connect(_address(address, schema), autocommit=True)
    except FAILED as error:
        secret = _SECRET.search(address)  # the driver's words may quote any part of the address
        what = "its address holds a password" if secret else _reason(error)
        what = f"the server cannot be reached: {what}"
        fix = "Start it, or correct its address; keep a password in a password file."
        raise RegisterError(Fault("H561", what, fix, _named(schema))) from None


def _opened(address: str, schema: str, *, create: bool = False) -> Db:
    db = _connected(address, schema)
    try:
        _prepare(db, schema, create=create)
    except FAILED as error:
        db.close()
        raise _damaged(schema, error) from error
    except RegisterError:
        db.close()
        raise
    return db


def _found(db: Db, schema: str, *, create: bool) -> None:
    """Look where the schema is, and look for every name in it alone from now on."""
    there = db.execute("SELECT to_regnamespace(%s) IS NOT NULL", [schema]).fetchone() == (True,)
    if create == there:
        what = f"the register's schema {'already exists' if create else 'does not exist'}"
        fix = "Name another schema, or make it with 'habeas register init'."
        raise RegisterError(Fault("H562", what, fix, _named(schema)))
    path = f"{Identifier(schema).as_string(None)}, pg_temp"
    db.execute(_SET, [path])


def _prepare(db: Db, schema: str, *, create: bool) -> None:
    _found(db, schema, create=create)
    if create:
        with db.transaction():
            db.execute(SQL("CREATE SCHEMA {}").format(Identifier(schema)))
            postgres_steps.go(db, 0)
    way = "SET" if db.info.server_version >= _SET_ROLE else "MEMBER"
    db.execute(_ROLE, [way, schema])
    postgres_steps.of_this_version(postgres_steps.version(db), _named(schema))
    found: dict[str, str] = dict(db.execute(_FOUND, [schema]).fetchall())
    if {name: found.get(name) for name in _COLUMNS} != _COLUMNS:
        raise psycopg.DatabaseError("it holds no register of this version")


def migrate(address: str, schema: str = "register") -> tuple[int, int]:
    """Bring a register's schema up to date, as its owner, in one transaction.

    Returns:
        The version that it had, and the one that it has.

    Raises:
        RegisterError: H561, when it cannot be read; H562, when it is not there; H980, when it is
            newer than this habeas; H981, when the login does not own it.
    """
    with closing(_connected(address, schema)) as db:
        try:
            _found(db, schema, create=False)
            with db.transaction():
                db.execute("LOCK TABLE head IN EXCLUSIVE MODE")
                before = postgres_steps.version(db)
                if before > postgres_steps.VERSION:
                    postgres_steps.of_this_version(before, _named(schema))
                postgres_steps.go(db, before)
        except psycopg.errors.InsufficientPrivilege as error:
            what = "the login does not own the register's schema"
            fix = "Migrate as the owner, the login that made it."
            raise RegisterError(Fault("H981", what, fix, _named(schema))) from error
        except FAILED as error:
            raise _damaged(schema, error) from error
    return before, postgres_steps.VERSION


class PostgresStore:
    """A register in one schema. Is not trusted for history, is trusted for availability."""

    def __init__(self, address: str, schema: str = "register", *, create: bool = False) -> None:
        self._address, self._schema = address, schema
        self._db = _opened(address, schema, create=create)

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    def _idle(self) -> Db:
        if self._db.closed:
            self._db = _opened(self._address, self._schema)
        return self._db

    def _settle(self) -> None:
        if self._db.info.transaction_status != TransactionStatus.IDLE:
            self._db.close()  # the server then undoes what was begun

    def _read(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        db = self._idle()
        try:
            return db.execute(query.encode(), values, binary=True).fetchall()
        except FAILED as error:
            raise _damaged(self._schema, error) from error
        finally:
            self._settle()

    def size(self) -> int:
        """Number of leaves committed."""
        return int(self._read("SELECT coalesce(max(idx) + 1, 0) FROM leaf")[0][0])

    def rows(self, start: int = 0, end: int | None = None) -> Iterator[Row]:
        """The rows [start, end) in order, read in pages."""
        while True:
            found = self._read(_PAGE, start, 2**62 if end is None else end)
            yield from map(_row, found)
            if len(found) < PAGE:
                return
            start = found[-1][0] + 1

    def administrative(self, kinds: Sequence[str]) -> Iterator[Row]:
        """The rows of some kinds of event that are about no person, in order."""
        where = "WHERE event.subject IS NULL AND kind = ANY(%s) ORDER BY leaf.idx"
        return map(_row, self._read(f"{_ROWS} {where}", list(kinds)))

    def of_person(self, subject: str) -> Iterator[Row]:
        """A person's rows in order."""
        return map(_row, self._read(f"{_ROWS} WHERE subject = %s ORDER BY leaf.idx", subject))

    def by_ids(self, event_ids: Iterable[str]) -> dict[str, Row]:
        """The rows of those event ids that are there."""
        found = self._read(f"{_ROWS} WHERE event_id = ANY(%s) ORDER BY leaf.idx", list(event_ids))
        return {row.event_id: row for row in map(_row, found)}

    def heads(self, subjects: Iterable[str]) -> dict[str, tuple[int, bytes]]:
        """Latest custody number and its entry, of those persons who have one."""
        return {name: (seq, entry) for name, seq, entry in self._read(_HEADS, list(subjects))}

    def recorded(self, indexes: Iterable[int]) -> dict[int, datetime]:
        """When some events were recorded, UTC, as the sequencer stamped it."""
        query = "SELECT idx, recorded_at FROM event WHERE idx = ANY(%s::bigint[])"
        return {idx: at.astimezone(UTC) for idx, at in self._read(query, list(indexes))}

    def persons(self, subjects: Iterable[str]) -> set[str]:
        """Those persons of whom there is any event."""
        return {name for (name,) in self._read(_PERSONS, list(subjects))}

    def entries(self, start: int, end: int) -> list[bytes]:
        """The entries [start, end), as far as they are there."""
        query = "SELECT entry FROM leaf WHERE idx >= %s AND idx < %s ORDER BY idx"
        return [entry for (entry,) in self._read(query, start, end)]

    def tile(self, level: int, n: int) -> bytes | None:
        """A full tile of 256 hashes; None where there is none."""
        found = self._read("SELECT hashes FROM tile WHERE level = %s AND n = %s", level, n)
        return found[0][0] if found else None

    def sections(self, index: int) -> list[SealedSection]:
        """The sections of one event."""
        query = "SELECT idx, name, digest, sealed FROM section WHERE idx = %s ORDER BY name"
        return [SealedSection(*row) for row in self._read(query, index)]

    def checkpoints(self) -> list[tuple[int, str]]:
        """Size and note of every checkpoint with the cosignatures so far, smallest first."""
        return _notes(
            self._read("SELECT size, note FROM checkpoint ORDER BY size"),
            self._read("SELECT size, line FROM cosignature ORDER BY place"),
        )

    def latest(self) -> tuple[int, str] | None:
        """The largest checkpoint, with its cosignatures; None before the first."""
        found = self._read(_LATEST)
        return found[0] if found else None

    def write(self, batch: Batch) -> None:
        """Commit a batch in one transaction, or nothing of it; waits 5 seconds for another."""
        db = self._idle()
        try:
            with db.transaction(), db.cursor() as cursor:
                if cursor.execute("SELECT size FROM head FOR UPDATE").fetchone() != (batch.start,):
                    raise self._elsewhere(batch.start)
                _insert(cursor, batch)
        except FAILED as error:
            what = f"the register refused the batch: {_reason(error)}"
            fix = "Read the log again and submit what is missing."
            raise RegisterError(Fault("H563", what, fix, _named(self._schema))) from error
        finally:
            self._settle()

    def _elsewhere(self, start: int) -> RegisterError:
        what = f"the log does not have {start} leaves: it was written by somebody else meanwhile"
        fix = "Let one process write a register; read it again and submit what is missing."
        return RegisterError(Fault("H565", what, fix, _named(self._schema)))

    def cosign(self, size: int, lines: Sequence[str]) -> None:
        """Keep cosignature lines of a checkpoint; those that are there already stay."""
        self._keep(_COSIGN, size, list(lines))

    def keep_evidence(self, at: datetime, what: str, data: bytes) -> None:
        """Keep something that was refused and may be needed to show why; once, and up to a cap."""
        self._keep(_EVIDENCE, hashlib.sha256(data).digest(), at, what, data, EVIDENCE_CAP)

    def _keep(self, query: str, *values: object) -> None:
        db = self._idle()
        try:
            db.execute(query.encode(), values)
        except FAILED as error:
            what = f"the register refused to keep it: {_reason(error)}"
            fix = "Free the disk or the table, and try again."
            raise RegisterError(Fault("H563", what, fix, _named(self._schema))) from error
        finally:
            self._settle()


def _insert(cursor: psycopg.Cursor[tuple[Any, ...]], batch: Batch) -> None:
    at, rows = batch.recorded_at, batch.rows
    _copy(cursor, _LEAF, [(r.index, r.entry) for r in rows])
    told = [(r.index, r.event_id, r.kind, r.subject, r.seq, at) for r in rows if r.event_id]
    _copy(cursor, _EVENT, told)
    _copy(cursor, _CONTENT, [(r.index, r.content) for r in rows])
    _copy(cursor, _SECTION, [(s.index, s.name, s.digest, s.content) for s in batch.sections])
    _copy(cursor, _TILE, batch.tiles)
    if batch.checkpoint is not None:
        cursor.execute("INSERT INTO checkpoint VALUES (%s, %s)", batch.checkpoint)


def _copy(
    cursor: psycopg.Cursor[tuple[Any, ...]],
    table: tuple[str, str],
    rows: Sequence[tuple[object, ...]],
) -> None:
    if rows:
        with cursor.copy(table[0].encode()) as copy:
            copy.set_types(table[1].split())
            for row in rows:
                copy.write_row(row)


def bundle(address: str, schema: str = "register") -> Bundle:
    """Everything of a register that its verifier checks; rows are read as they are asked for.

    What is appended meanwhile is left out.

    Raises:
        RegisterError: H561 for one that cannot be read, H562 for none, H566 for no address.
    """
    with closing(_opened(address, schema)) as db:
        try:
            with db.transaction():
                db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                size = db.execute("SELECT coalesce(max(idx) + 1, 0) FROM leaf").fetchall()[0][0]
                notes = db.execute("SELECT size, note FROM checkpoint ORDER BY size").fetchall()
                lines = db.execute("SELECT size, line FROM cosignature ORDER BY place").fetchall()
                tiles = db.execute("SELECT level, n, hashes FROM tile", binary=True).fetchall()
        except FAILED as error:
            raise _damaged(schema, error) from error
    return Bundle(_stream(address, schema, size), _notes(notes, lines), [_tile(*t) for t in tiles])


def _stream(address: str, schema: str, size: int) -> Iterator[Row]:
    with closing(_opened(address, schema)) as db:
        try:
            with db.transaction(), db.cursor("rows", binary=True) as cursor:
                cursor.itersize = PAGE
                query = f"{_ROWS} WHERE leaf.idx < %s ORDER BY leaf.idx"
                yield from map(_row, cursor.execute(query.encode(), [size]))
            yield from map(_row, db.execute(_ORPHANS, binary=True))
        except FAILED as error:
            raise _damaged(schema, error) from error


def _tile(level: int, n: int, hashes: bytes) -> tuple[int, int, bytes]:
    return level, n, hashes


def _notes(
    notes: Sequence[tuple[int, str]], lines: Sequence[tuple[int, str]]
) -> list[tuple[int, str]]:
    found: dict[int, str] = {}
    for size, line in lines:
        found[size] = found.get(size, "") + line
    return [(size, note + found.get(size, "")) for size, note in notes]


def _row(found: tuple[Any, ...]) -> Row:
    # A leaf without its event or content is read as what no event has, which then fails.
    idx, entry, event_id, kind, subject, seq, content = found
    return Row(idx, entry or b"", event_id or "", kind or PAD, subject, seq, content or b"")
