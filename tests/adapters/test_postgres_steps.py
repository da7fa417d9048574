"""The versions of a register's schema on PostgreSQL: what the first release made is brought on."""

import hashlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from drills.commands import AT, ORIGIN, MemoryKeys, commands, log_over, run
from psycopg.conninfo import make_conninfo

from habeas.adapters import postgres_steps, postgres_store, register_files
from habeas.adapters.postgres_steps import FILES, VERSION
from habeas.cli.main import run as habeas
from habeas.errors import RegisterError
from habeas.register.keys import Trust
from habeas.register.store import Batch
from habeas.register.verify import register
from stores import PostPlace

RELEASED = {
    "postgres_schema.sql": "1a6e317340a1d6a978ba2de4ac32ff40d44a51fd991663ccf39f77edfb5a0c55",
    "postgres_step_2.sql": "2c7fe5dd3ccd8097f31838a25f5c588c06a8a6413f969c4e2ac2a59e3adbccdd",
}
# Everything that makes a schema what it is, but for names that the server draws.
SHAPE = """
SELECT 'column', c.relname, a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' '
|| a.attnotnull::text || ' ' || a.attstorage::text
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
WHERE c.relnamespace = %(schema)s::regnamespace
UNION ALL SELECT 'grants', relname, coalesce(relacl::text, '')
FROM pg_class WHERE relnamespace = %(schema)s::regnamespace
UNION ALL SELECT 'constraint', conrelid::regclass::text, pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = %(schema)s::regnamespace
UNION ALL SELECT 'trigger', c.relname, t.tgname || t.tgenabled::text || t.tgtype::text
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace = %(schema)s::regnamespace AND NOT tgisinternal
UNION ALL SELECT 'function', proname, prosrc FROM pg_proc
WHERE pronamespace = %(schema)s::regnamespace
"""


def test_what_was_released_is_never_edited() -> None:
    found = {
        name: hashlib.sha256(postgres_steps.text(place)).hexdigest()
        for place, name in enumerate(FILES)
    }
    assert found == RELEASED


def made_by(server: PostPlace, steps: int) -> None:
    """The schema as a release made it that knew so many versions."""
    with psycopg.connect(server.address) as db:
        db.execute(f"CREATE SCHEMA {server.schema}".encode())
        db.execute("SELECT set_config('search_path', %s, false)", [f"{server.schema}, pg_temp"])
        for place in range(steps):
            db.execute(postgres_steps.text(place))


def shape(server: PostPlace) -> list[tuple[Any, ...]]:
    with psycopg.connect(server.address) as db:
        db.execute("SELECT set_config('search_path', %s, false)", [server.schema])
        found = db.execute(SHAPE, {"schema": server.schema}).fetchall()
    return sorted(tuple(str(one).replace(server.schema, "S") for one in row) for row in found)


def code(call: Callable[[], object]) -> str:
    with pytest.raises(RegisterError) as caught:
        call()
    return caught.value.code


@pytest.fixture
def old(server: PostPlace) -> PostPlace:
    """A register as version 0.5.0 made it."""
    made_by(server, 1)
    return server


@pytest.mark.postgres
def test_an_old_register_is_refused_until_its_owner_migrates_it(
    old: PostPlace, trust: Trust, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert code(old.open) == "H979"
    assert code(old.bundle) == "H979"
    place = register_files.Place(old.address, old.schema)
    path = tmp_path / "register.json"
    path.write_text(f'{{"postgres": "{place.postgres}", "schema": "{place.schema}"}}')
    assert habeas(["register", "migrate", str(path)]) == 0
    assert f"from version 1 to {VERSION}" in capsys.readouterr().err
    assert habeas(["register", "migrate", str(path)]) == 0
    assert f"version {VERSION} already" in capsys.readouterr().err
    keys = MemoryKeys()
    log = log_over(old.open(), "migrated", keys)
    run(log, commands("after a migration", 300))
    assert register(old.bundle(), trust).faults == ()


@pytest.mark.postgres
def test_what_an_old_register_held_is_there_afterwards(
    old: PostPlace, trust: Trust, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_steps, "VERSION", 1)  # the code of then
    columns = {name: one for name, one in postgres_store._COLUMNS.items() if name != "version"}  # noqa: SLF001
    monkeypatch.setattr(postgres_store, "_COLUMNS", columns)
    run(log_over(old.open(), "old"), commands("before a migration", 200))
    before = list(old.bundle().rows)
    monkeypatch.undo()
    postgres_store.migrate(old.address, old.schema)
    found = old.bundle()
    assert list(found.rows) == before
    assert register(old.bundle(), trust).faults == ()


@pytest.mark.postgres
def test_a_migrated_register_is_the_same_as_a_new_one(old: PostPlace, postgres: str) -> None:
    postgres_store.migrate(old.address, old.schema)
    with closing(PostPlace(postgres)) as new:
        new.open(create=True)
        assert shape(old) == shape(new)


@pytest.mark.postgres
def test_a_step_that_fails_leaves_everything_as_it_was(
    old: PostPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = shape(old)
    monkeypatch.setattr(postgres_steps, "VERSION", 3)
    monkeypatch.setattr(postgres_steps, "FILES", (*FILES, "postgres_schema.sql"))
    assert code(lambda: postgres_store.migrate(old.address, old.schema)) == "H561"
    assert shape(old) == before


@pytest.mark.postgres
def test_a_newer_register_is_neither_opened_nor_migrated(server: PostPlace) -> None:
    server.open(create=True)
    server.raw(f"UPDATE version SET number = {VERSION + 1}")  # noqa: S608 - a number
    assert code(server.open) == "H980"
    assert code(lambda: postgres_store.migrate(server.address, server.schema)) == "H980"


@pytest.mark.postgres
def test_only_the_owner_migrates(old: PostPlace) -> None:
    name = f"{old.schema}_somebody"
    old.raw(f"DROP ROLE IF EXISTS {name}")
    old.raw(f"CREATE ROLE {name} LOGIN IN ROLE habeas_writer")
    try:
        address = make_conninfo(old.address, user=name)
        assert code(lambda: postgres_store.migrate(address, old.schema)) == "H981"
    finally:
        old.raw(f"DROP ROLE {name}")


@pytest.mark.postgres
@pytest.mark.parametrize(
    "statement",
    ["UPDATE version SET number = 1", "UPDATE version SET number = 9", "DELETE FROM version"],
)
def test_the_version_goes_up_by_one_and_in_no_other_way(server: PostPlace, statement: str) -> None:
    server.open(create=True)
    with pytest.raises(psycopg.Error):
        server.raw(statement)


def test_a_register_in_a_file_needs_no_step(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "register.sqlite3"
    with register_files.made(path) as found:
        found.store.write(Batch(0, [], AT, checkpoint=(0, f"{ORIGIN}\n")))
    assert habeas(["register", "migrate", str(path)]) == 0
    assert "is a file" in capsys.readouterr().err
