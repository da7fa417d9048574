"""The register on a PostgreSQL server: who may do what, what a failure says, where it lies."""

# ruff: noqa: S608 - table and column names come from these tests

import json
import signal
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import psycopg
import pytest
from drills.commands import AT, Drafter, MemoryKeys, log_over
from psycopg.conninfo import make_conninfo

from habeas.adapters import postgres_store, register_files
from habeas.adapters.postgres_store import PostgresStore
from habeas.adapters.register_files import Place
from habeas.errors import HabeasError, RegisterError
from habeas.register.events import Row
from habeas.register.keys import Trust
from habeas.register.store import Batch
from habeas.register.verify import register
from stores import TABLES, PostPlace

pytestmark = pytest.mark.postgres
PERSON = "p_" + "1" * 26
PASSWORD = "s3cret-of-the-test"  # noqa: S105 - nobody's
ROW = Row(0, bytes(32), "id 0", "kind", PERSON, 0, b"content")


@pytest.fixture
def full(server: PostPlace) -> PostPlace:
    """A register with a row in every table."""
    store = server.open(create=True)
    store.write(Batch(0, [ROW], AT, tiles=[(0, 0, b"tile")], checkpoint=(1, "note")))
    store.cosign(1, ["line"])
    store.keep_evidence(AT, "what", b"data")
    server.raw("INSERT INTO section VALUES (0, 'name', 'digest', 'sealed')")
    return server


@pytest.fixture
def login(full: PostPlace) -> Iterator[Callable[[str], str]]:
    """The address of a person who is only a member of the role named."""
    made = list[str]()

    def address(role: str) -> str:
        name = f"{full.schema}_{role}"
        full.raw(f"DROP ROLE IF EXISTS {name}")
        full.raw(f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}' IN ROLE habeas_{role}")
        made.append(name)
        return make_conninfo(full.address, user=name, password=PASSWORD)

    yield address
    for name in made:
        full.raw(f"DROP ROLE {name}")


def code(call: Callable[[], object]) -> str:
    with pytest.raises(HabeasError) as caught:
        call()
    return caught.value.code


def denied(address: str, schema: str, statement: str) -> bool:
    """Whether the server refuses a statement for want of a right."""
    with psycopg.connect(address, autocommit=True) as db:
        db.execute(f"SET search_path TO {schema}".encode())
        try:
            db.execute(statement.encode())
        except psycopg.errors.InsufficientPrivilege:
            return True
    return False


def test_a_writer_adds_rows(full: PostPlace, login: Callable[[str], str]) -> None:
    address = login("writer")
    with closing(PostgresStore(address, full.schema)) as store:
        store.write(Batch(1, [replace(ROW, index=1, event_id="id 1", seq=1)], AT))
        store.write(Batch(2, [], AT, checkpoint=(2, "note 2")))
        store.cosign(2, ["line"])
        store.keep_evidence(AT, "more", b"more")
        assert (store.size(), store.latest()) == (2, (2, "note 2line"))
        assert store.heads([PERSON]) == {PERSON: (1, bytes(32))}


@pytest.mark.parametrize("table", TABLES)
def test_a_writer_changes_no_row_whatever_it_tries(
    full: PostPlace, login: Callable[[str], str], table: str
) -> None:
    address = login("writer")
    tried = [
        f"DELETE FROM {table}",
        f"TRUNCATE {table}",
        f"ALTER TABLE {table} DISABLE TRIGGER ALL",
        f"DROP TRIGGER append_only ON {table}",
        f"DROP TABLE {table}",
        f"ALTER TABLE {table} RENAME TO other",
        "SET session_replication_role = replica",
        "CREATE TABLE other (idx BIGINT)",
        "CREATE OR REPLACE FUNCTION refuse() RETURNS TRIGGER LANGUAGE sql AS ''",
        "DROP SCHEMA " + full.schema + " CASCADE",
        "INSERT INTO head VALUES (FALSE, 7)",
        "DELETE FROM head",
    ]
    assert [one for one in tried if not denied(address, full.schema, one)] == []


@pytest.mark.parametrize("table", TABLES)
def test_a_writer_updates_no_column(
    full: PostPlace, login: Callable[[str], str], table: str
) -> None:
    columns = "SELECT attname FROM pg_attribute WHERE attnum > 0 AND attrelid = ?::regclass"
    address, names = login("writer"), full.raw(columns, [table])
    asked = [f"UPDATE {table} SET {name} = DEFAULT" for (name,) in names]
    assert [denied(address, full.schema, one) for one in asked] == [True] * len(names)
    assert names


def test_a_writer_moves_the_head_only_with_the_leaves(
    full: PostPlace, login: Callable[[str], str]
) -> None:
    with psycopg.connect(login("writer"), autocommit=True) as db:
        db.execute(f"SET search_path TO {full.schema}".encode())
        db.execute("CREATE TEMP TABLE leaf (idx BIGINT)")  # in the place of the real one
        db.execute("INSERT INTO leaf VALUES (98)")
        with pytest.raises(psycopg.errors.RaiseException, match="number of leaves"):
            db.execute(f"UPDATE {full.schema}.head SET size = 99".encode())
        with pytest.raises(psycopg.errors.RaiseException, match="gap"):
            db.execute(f"INSERT INTO {full.schema}.leaf VALUES (99, 'x')".encode())
    assert full.open().size() == 1


@pytest.mark.parametrize("table", [*TABLES, "head"])
def test_a_reader_writes_nothing(full: PostPlace, login: Callable[[str], str], table: str) -> None:
    address = login("reader")
    tried = [f"INSERT INTO {table} DEFAULT VALUES", f"DELETE FROM {table}", f"TRUNCATE {table}"]
    assert all(denied(address, full.schema, one) for one in tried)
    with closing(PostgresStore(address, full.schema)) as store:
        assert (store.size(), list(store.rows())) == (1, [ROW])
        assert code(lambda: store.write(Batch(1, [], AT))) == "H563"
        assert code(lambda: store.cosign(1, ["more"])) == "H563"
    assert list(postgres_store.bundle(address, full.schema).rows) == [ROW]


@pytest.mark.parametrize("table", TABLES)
def test_the_owner_is_refused_even_as_a_replica(full: PostPlace, table: str) -> None:
    for statement in (f"DELETE FROM {table}", f"TRUNCATE {table}"):
        with psycopg.connect(full.address, autocommit=True) as db:
            db.execute(f"SET search_path TO {full.schema}".encode())
            db.execute("SET session_replication_role = replica")
            with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
                db.execute(statement.encode())


def test_a_store_opened_by_the_owner_works_as_a_writer(full: PostPlace) -> None:
    full.raw("REVOKE INSERT ON content FROM habeas_writer")
    store = full.open()
    refused = Batch(1, [replace(ROW, index=1, event_id="id 1", seq=1)], AT)
    assert code(lambda: store.write(refused)) == "H563"
    full.raw("GRANT INSERT ON content TO habeas_writer")
    store.write(refused)
    assert store.size() == 2


def test_a_writer_that_waits_too_long_for_another_is_refused(full: PostPlace) -> None:
    store = full.open()
    with psycopg.connect(full.address) as db:
        db.execute(f"SELECT size FROM {full.schema}.head FOR UPDATE".encode())
        with pytest.raises(RegisterError, match="lock timeout"):
            store.write(Batch(1, [], AT, checkpoint=(2, "note")))
    store.write(Batch(1, [], AT, checkpoint=(2, "note")))
    assert store.latest() == (2, "note")


@pytest.fixture
def alarm() -> Iterator[None]:
    """What a second's timer does to a call, as Ctrl-C does it."""
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.usefixtures("alarm")
def test_an_interrupt_while_waiting_leaves_the_store_usable(full: PostPlace) -> None:
    store, batch = full.open(), Batch(1, [], AT, checkpoint=(2, "note"))
    with psycopg.connect(full.address) as db:
        db.execute(f"SELECT size FROM {full.schema}.head FOR UPDATE".encode())
        signal.setitimer(signal.ITIMER_REAL, 0.5)
        with pytest.raises(KeyboardInterrupt):
            store.write(batch)
        assert (store.size(), store.latest()) == (1, (1, "noteline"))
    store.write(batch)
    assert store.latest() == (2, "note")


def test_text_that_a_server_cannot_hold_is_refused(full: PostPlace) -> None:
    store = full.open()
    for name in ("id \0", "id \ud800"):
        assert code(partial(store.by_ids, [name])) == "H561"
        row = replace(ROW, index=1, event_id=name, seq=1)
        assert code(partial(store.write, Batch(1, [row], AT))) == "H563"
    assert (store.size(), list(store.rows())) == (1, [ROW])


def test_a_refusal_tells_no_row(full: PostPlace) -> None:
    with pytest.raises(RegisterError) as caught:
        full.open().write(Batch(1, [replace(ROW, index=1, event_id="id 1")], AT))
    said = caught.value.faults[0].sentence()
    assert (PERSON in said, "event_subject_seq_key" in said) == (False, True)


@pytest.mark.parametrize(
    "change",
    [
        "DROP TABLE tile CASCADE",
        "ALTER TABLE leaf ALTER COLUMN entry TYPE TEXT USING ''",
        "ALTER TABLE content RENAME COLUMN sealed TO other",
        "ALTER TABLE event RENAME TO e; CREATE VIEW event AS SELECT * FROM e",
    ],
)
def test_a_schema_of_another_form_is_not_read(full: PostPlace, change: str) -> None:
    full.raw(change)
    assert code(full.open) == "H561"
    assert code(full.bundle) == "H561"


def test_the_verifier_leaves_out_what_is_appended_meanwhile(
    server: PostPlace, trust: Trust
) -> None:
    drafter, log = Drafter("meanwhile"), log_over(server.open(create=True))
    log.append([*drafter.enrolments(), drafter.visit(PERSON)], AT, publish=True)
    before = server.bundle()
    log.append([drafter.visit(PERSON) for _ in range(300)], AT, publish=True)
    assert register(before, trust, None, log.vault.open).faults == ()
    report = register(server.bundle(), trust, None, log.vault.open)
    assert (report.faults, report.size, report.opened) == ((), 303, 303)


@pytest.mark.parametrize(
    "address",
    [
        "", "nonsense", "postgresql://[", f"host= user='{PASSWORD}", f"password={PASSWORD} port=x",
        f"postgresql://me:{PASSWORD}@", f"postgresql://me:p@{PASSWORD}@nowhere.invalid/x",
        f"postgresql://me:p/{PASSWORD}@nowhere.invalid/x", f"host=/nowhere password={PASSWORD}",
        f"postgresql://me:{PASSWORD}@nowhere.invalid/x?port=1", "host=/nowhere", f"{PASSWORD}=x",
    ],
)  # fmt: skip
def test_an_address_that_leads_nowhere_is_said_without_its_password(address: str) -> None:
    for call in (PostgresStore, postgres_store.bundle):
        with pytest.raises(RegisterError) as caught:
            call(address, "register")
        assert caught.value.code in {"H561", "H566"}
        chain: BaseException | None = caught.value
        while chain is not None and not chain.__suppress_context__:
            assert PASSWORD not in str(chain)
            chain = chain.__cause__ or chain.__context__


@pytest.mark.parametrize("schema", ["", "a-b", "A", 'x"', "a" * 64, "1a", "a\0", "pg_own"])
def test_a_schema_has_a_plain_name(postgres: str, schema: str) -> None:
    refused = code(lambda: PostgresStore(postgres, schema, create=True))
    assert refused == ("H561" if schema == "pg_own" else "H566")


def test_a_register_on_a_server_is_a_file_with_its_keys_beside(
    server: PostPlace, tmp_path: Path, trust: Trust
) -> None:
    path, drafter = tmp_path / "register.json", Drafter("beside")
    with register_files.made(path, place=Place(server.address, server.schema)) as files:
        log = log_over(files.store, keys=MemoryKeys())
        log.append(drafter.enrolments(), AT, publish=True)
    assert {one.name for one in tmp_path.iterdir()} >= {"register.json", register_files.KEYS}
    assert (path.stat().st_mode & 0o777, json.loads(path.read_text())["schema"]) == (
        0o600,
        server.schema,
    )
    with register_files.opened(path) as files:
        assert (files.store.size(), len(files.store.checkpoints())) == (2, 1)
    assert register(register_files.bundle(path), trust).faults == ()
    with pytest.raises(RegisterError, match="H562"), register_files.made(path):
        pass


def test_no_file_is_left_where_the_server_refused(server: PostPlace, tmp_path: Path) -> None:
    server.open(create=True)
    path = tmp_path / "register.json"
    place = Place(server.address, server.schema)
    with pytest.raises(RegisterError, match="H562"), register_files.made(path, place=place):
        pass
    assert list(tmp_path.iterdir()) == []
    path.write_text("mine")
    with pytest.raises(RegisterError, match="H562"), register_files.made(path, place=place):
        pass
    assert path.read_text() == "mine"


@pytest.mark.parametrize(
    "text",
    [
        "{", "{}", '{"postgres": 1, "schema": "a"}', '{"postgres": "host=x"}', "{" * 9_000,
        '{"postgres": "host=x", "schema": "a", "more": 1}', '{"postgres": null, "schema": null}',
        '{"postgres": "host=x", "schema": "a' + "a" * 9_000 + '"}', "{\0", "{\x80",
    ],
)  # fmt: skip
def test_a_file_that_names_no_place_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "register.json"
    path.write_bytes(text.encode("latin-1"))
    assert code(partial(register_files.bundle, path)) == "H566"
    with pytest.raises(RegisterError, match="H566"), register_files.opened(path):
        pass
