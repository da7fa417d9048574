"""The second fence on a real PostgreSQL: what a forgotten filter shows is what the table allows."""

# ruff: noqa: S608 - table names come from the fence itself

import ast
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import Connection
from psycopg.errors import InsufficientPrivilege

from habeas import access
from habeas.access import Asker, Table, before_opening, may
from habeas.errors import LawError
from habeas.law.library import Library
from habeas.law.records import AccessRow
from habeas.service import fence
from habeas.terms import Deed, Finding, Office, Relation, Side

pytestmark = pytest.mark.postgres
NUMBERS = count(1)
ROWS = Library().access.rows
TABLE: Table = access.table(ROWS)
SIDES: dict[str, Side | None] = {"S": Side.SENDING, "R": Side.RECEIVING, "THIRD": None}
NOBODYS, UNOPENED = "p_nobodys", "case-unopened"
MODELS = Path(__file__).parents[2] / "src/habeas/web/readmodels/models.py"
ROWED = (*fence.PERSONS, *fence.EVENTS, fence.DOCKET, fence.CIRCLE)  # a row a person, or more
Db = Connection[tuple[object, ...]]


def of(side: Side | None) -> list[Relation]:
    """The relations in which an authority of a side can stand."""
    other = {Side.SENDING: {Relation.RECEIVER}, Side.RECEIVING: {Relation.SENDER}}
    return [
        one
        for one in Relation
        if (one is Relation.CONSULATE if side is None else one not in other[side])
    ]


STANDINGS = [(f"p_{name}_{one}", name, one) for name, side in SIDES.items() for one in of(side)]


@pytest.fixture
def db(postgres: str) -> Iterator[Db]:
    """The web's tables behind the fence, a person for each relation of each authority."""
    schema = f"test_fence_{next(NUMBERS)}"
    with psycopg.connect(postgres, autocommit=True) as found:
        found.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}".encode())
        found.execute(f"SET search_path = {schema}".encode())
        for name in ROWED:
            columns = "subject text NOT NULL, circle bigint NOT NULL, what text"
            found.execute(f"CREATE TABLE {name} ({columns})".encode())
        found.execute("CREATE TABLE readmodels_position (size bigint)")
        found.execute("CREATE TABLE readmodels_wanted (place bigint)")
        found.execute(
            "CREATE TABLE readmodels_standing (circle bigint, authority text, relation text)"
        )
        fill(found)
        found.execute(fence.policies(TABLE).encode())
        yield found
        found.execute("RESET ROLE")
        found.execute(f"DROP SCHEMA {schema} CASCADE".encode())


def fill(db: Db) -> None:
    with db.cursor() as told:
        stands = [(n, authority, one) for n, (_, authority, one) in enumerate(STANDINGS, 1)]
        told.executemany("INSERT INTO readmodels_standing VALUES (%s, %s, %s)", stands)
        for name in ROWED:
            rows = [(subject, n, "") for n, (subject, _, _) in enumerate(STANDINGS, 1)]
            rows.append((NOBODYS, 0, ""))
            told.executemany(f"INSERT INTO {name} VALUES (%s, %s, %s)".encode(), rows)
        told.execute(f"INSERT INTO {fence.DOCKET} VALUES ('', 0, '{UNOPENED}')".encode())
        told.execute("INSERT INTO readmodels_position VALUES (7)")


def seen(
    db: Db,
    asker: Asker | None,
    name: str = "readmodels_person",
    counts: str = "",
    column: str = "subject",
) -> set[object]:
    """What the web's role is shown of a table by a query that forgot to ask anything."""
    with db.transaction():
        db.execute(f"SET LOCAL ROLE {fence.WEB}".encode())
        if asker is not None:
            db.execute(fence.ASKS.encode(), fence.asks(asker))
        if counts:
            db.execute("SELECT set_config('habeas.counts', %s, true)", [counts])
        return {row[0] for row in db.execute(f"SELECT {column} FROM {name}".encode())}


def allowed(asker: Asker, deed: Deed) -> set[object]:
    """The persons about whom `access.may` lets the asker do a deed."""
    return {
        subject
        for subject, authority, relation in STANDINGS
        if authority == asker.authority
        and may(asker, deed, frozenset({relation}), TABLE).finding is Finding.MET
    }


@pytest.mark.parametrize("office", Office)
def test_the_same_persons_are_visible_by_the_fence_as_by_access_in_every_relation(
    db: Db, office: Office
) -> None:
    for authority, side in SIDES.items():
        asker = Asker(authority, side, office)
        for name in fence.PERSONS:
            assert seen(db, asker, name) == allowed(asker, Deed.SEE_PERSON), (authority, name)
        for name in fence.EVENTS:
            assert seen(db, asker, name) == allowed(asker, Deed.SEE_EVENT), (authority, name)


@pytest.mark.parametrize("office", Office)
def test_the_same_cases_are_visible_by_the_fence_as_by_access(db: Db, office: Office) -> None:
    for authority, side in SIDES.items():
        asker = Asker(authority, side, office)
        early = before_opening(asker, Deed.SEE_CASE, TABLE).finding is Finding.MET
        expected = allowed(asker, Deed.SEE_CASE) | ({""} if early else set())
        assert seen(db, asker, fence.DOCKET) == expected, authority


def test_no_office_sees_a_person_as_their_relative_nor_as_any_court_of_the_two_states(
    db: Db,
) -> None:
    shown = {
        subject
        for office in Office
        for name, side in SIDES.items()
        for subject in seen(db, Asker(name, side, office))
    }
    hidden = {one for subject, _, one in STANDINGS if subject not in shown}
    assert hidden == {Relation.PERSON, Relation.FAMILY, Relation.JURISDICTION}
    assert NOBODYS not in shown


@pytest.mark.parametrize("office", Office)
def test_figures_of_everybody_are_counted_by_those_alone_who_may_see_some(
    db: Db, office: Office
) -> None:
    for authority, side in SIDES.items():
        asker = Asker(authority, side, office)
        may_count = any(
            may(asker, deed, frozenset({one}), TABLE).finding is Finding.MET
            for deed in fence.COUNTING
            for one in Relation
        )
        with db.transaction():
            db.execute(f"SET LOCAL ROLE {fence.WEB}".encode())
            db.execute(fence.ASKS.encode(), fence.asks(asker))
            db.execute("SELECT set_config('habeas.counts', %s, true)", [fence.COUNT])
            for name in fence.COUNTED:
                found = {row[0] for row in db.execute(f"SELECT subject FROM {name}".encode())}
                assert (NOBODYS in found) is may_count, (authority, name)
            lines = {row[0] for row in db.execute("SELECT subject FROM readmodels_line")}
        assert lines == allowed(asker, Deed.SEE_PERSON)


@pytest.mark.parametrize("name", [*ROWED, fence.STANDING])
def test_nothing_is_visible_before_somebody_asks(db: Db, name: str) -> None:
    assert seen(db, None, name, column="circle") == set()


@pytest.mark.parametrize("office", ["", "officer", "COURT", "court ", "court' OR true --"])
def test_no_other_word_is_an_office(db: Db, office: str) -> None:
    with db.transaction():
        db.execute(f"SET LOCAL ROLE {fence.WEB}".encode())
        db.execute(fence.ASKS.encode(), ("S", office, "sending"))
        for name in (*ROWED, fence.STANDING):
            assert db.execute(f"SELECT * FROM {name}".encode()).fetchall() == []


def test_who_asks_is_forgotten_with_the_transaction(db: Db) -> None:
    officer = Asker("S", Side.SENDING, Office.SENDING_OFFICER)
    assert seen(db, officer) == {"p_S_sender"}
    assert seen(db, None) == set()


@pytest.mark.parametrize("office", [Office.ADMINISTRATOR, Office.FINANCE, Office.AUDITOR])
def test_an_office_without_persons_is_not_even_told_of_standings(db: Db, office: Office) -> None:
    for name, side in SIDES.items():
        asker = Asker(name, side, office)
        assert seen(db, asker, fence.STANDING, column="circle") == set()
        assert seen(db, asker, fence.CIRCLE) == set()


@pytest.mark.parametrize("office", Office)
def test_everybody_is_counted_by_whom_the_table_lets_count_and_only_by_their_word(
    db: Db, office: Office
) -> None:
    everybody = {subject for subject, _, _ in STANDINGS} | {NOBODYS}
    for name, side in SIDES.items():
        asker = Asker(name, side, office)
        may_count = any(
            side in line.sides for deed in fence.COUNTING for line in TABLE.get((office, deed), ())
        )
        for table in fence.PERSONS:
            own = allowed(asker, Deed.SEE_PERSON)
            counted = everybody if may_count and table in fence.COUNTED else own
            assert seen(db, asker, table, fence.COUNT) == counted, (name, table)
            assert seen(db, asker, table, "anybody") == own


def test_nobody_counts_whom_nobody_asked_to(db: Db) -> None:
    for table in fence.COUNTED:
        assert seen(db, None, table, fence.COUNT) == set()


def test_nobody_is_told_of_another_authoritys_standings(db: Db) -> None:
    court = Asker("R", Side.RECEIVING, Office.COURT)
    told = {"p_R_court_seised", "p_R_jurisdiction"}
    numbers = {n for n, (subject, _, _) in enumerate(STANDINGS, 1) if subject in told}
    assert seen(db, court, fence.STANDING, column="circle") == numbers
    assert seen(db, court, fence.CIRCLE) == told


def test_everybody_who_asks_knows_how_far_the_register_was_read(db: Db) -> None:
    with db.transaction():
        db.execute(f"SET LOCAL ROLE {fence.WEB}".encode())
        assert db.execute("SELECT size FROM readmodels_position").fetchall() == []
        db.execute(fence.ASKS.encode(), ("X", "finance", ""))
        assert db.execute("SELECT size FROM readmodels_position").fetchall() == [(7,)]


# Writing


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO readmodels_person VALUES ('p', 1, 'w')",
        "UPDATE readmodels_person SET what = 'w'",
        "DELETE FROM readmodels_standing",
        "INSERT INTO readmodels_standing VALUES (1, 'S', 'sender')",
        "TRUNCATE readmodels_person",
        "DROP POLICY habeas_seen ON readmodels_person",
        "ALTER TABLE readmodels_person DISABLE ROW LEVEL SECURITY",
        "CREATE TABLE mine (x int)",
        f"SET LOCAL ROLE {fence.KEEPER}; SELECT 1/0",
    ],
)
def test_the_webs_role_writes_and_owns_nothing(db: Db, statement: str) -> None:
    with pytest.raises(psycopg.Error) as caught, as_member(db, fence.WEB) as web:
        web.execute(statement.encode())
    assert isinstance(caught.value, InsufficientPrivilege)


def as_member(db: Db, role: str) -> Db:
    """Signed in as somebody who is a member of one role alone."""
    name = f"test_{role}"
    db.execute(
        f"DO $$ BEGIN CREATE ROLE {name} LOGIN IN ROLE {role}; "
        "EXCEPTION WHEN duplicate_object THEN NULL; END $$".encode()
    )
    path = db.execute("SHOW search_path").fetchone() or ("",)
    found = psycopg.connect(db.info.dsn, user=name)
    found.execute("SELECT set_config('search_path', %s, false)", path)
    return found


def test_the_keepers_setting_opens_nothing_to_the_web(db: Db) -> None:
    with as_member(db, fence.WEB) as web:
        web.execute("SELECT set_config('habeas.keeper', 'rebuild', true)")
        assert web.execute("SELECT * FROM readmodels_person").fetchall() == []


def test_the_keeper_rebuilds_only_where_it_says_so(db: Db) -> None:
    with as_member(db, fence.KEEPER) as keeper:
        officer = Asker("S", Side.SENDING, Office.SENDING_OFFICER)
        keeper.execute(fence.ASKS.encode(), fence.asks(officer))
        assert keeper.execute("SELECT * FROM readmodels_person").fetchall() == []
        assert keeper.execute("DELETE FROM readmodels_person").rowcount == 0
        keeper.execute("SELECT set_config('habeas.keeper', %s, true)", [fence.REBUILD])
        assert keeper.execute("DELETE FROM readmodels_person").rowcount == len(STANDINGS) + 1
        mine = STANDINGS.index(("p_S_sender", "S", Relation.SENDER)) + 1
        keeper.execute("INSERT INTO readmodels_person VALUES ('p_S_sender', %s, 'a')", [mine])
    assert seen(db, Asker("S", Side.SENDING, Office.SENDING_OFFICER)) == {"p_S_sender"}


def test_the_keeper_without_its_word_writes_nothing(db: Db) -> None:
    with pytest.raises(InsufficientPrivilege), as_member(db, fence.KEEPER) as keeper:
        keeper.execute("INSERT INTO readmodels_person VALUES ('p', 1, 'w')")


def test_the_owner_is_fenced_too(db: Db) -> None:
    db.execute(
        b"DO $$ BEGIN CREATE ROLE test_fence_owner; "
        b"EXCEPTION WHEN duplicate_object THEN NULL; END $$"
    )
    db.execute("ALTER TABLE readmodels_person OWNER TO test_fence_owner")
    with db.transaction():
        grant = "DO $$ BEGIN EXECUTE format('GRANT USAGE ON SCHEMA %I TO test_fence_owner', current_schema()); END $$"  # noqa: E501 - one statement
        db.execute(grant.encode())
        db.execute("SET LOCAL ROLE test_fence_owner")
        assert db.execute("SELECT * FROM readmodels_person").fetchall() == []


# What the fence is made of


def test_the_fence_may_be_raised_again_over_itself(db: Db) -> None:
    officer = Asker("S", Side.SENDING, Office.SENDING_OFFICER)
    db.execute(fence.policies(TABLE).encode())
    assert seen(db, officer) == {"p_S_sender"}
    db.execute(fence.policies(access.table({})).encode())
    assert seen(db, officer) == set()
    assert seen(db, officer, fence.STANDING, column="circle") == set()
    assert seen(db, officer, fence.DOCKET) == set()
    assert seen(db, officer, fence.CIRCLE) == set()


def test_a_row_that_asks_a_side_which_its_relation_does_not_tell_is_refused() -> None:
    row = ROWS["MAY-SEE-HOLDING"]
    narrow = AccessRow(
        deeds=row.deeds, offices=row.offices, side="sending", relations=row.relations,
        standing="policy", text=row.text,
    )  # fmt: skip
    with pytest.raises(LawError) as caught:
        fence.policies(access.table({"X": narrow}))
    assert caught.value.code == "H804"
    told = {fault.what for fault in caught.value.faults}
    assert [what for what in told if "'X'" in what and "'custodian'" in what]


def test_every_table_of_the_web_that_names_a_person_is_fenced() -> None:
    fenced = {
        *fence.PERSONS,
        *fence.EVENTS,
        fence.STANDING,
        fence.CIRCLE,
        fence.DOCKET,
        *fence.OPEN,
    }
    tables = {
        f"readmodels_{node.name.lower()}"
        for node in ast.parse(MODELS.read_text()).body
        if isinstance(node, ast.ClassDef)
    }
    assert tables == fenced


def test_no_word_of_a_statement_needs_a_quote() -> None:
    words = [one.value for kind in (Office, Relation, Side) for one in kind]
    assert [word for word in words if not word.replace("_", "").isalpha()] == []


def test_asks_names_no_side_where_there_is_none() -> None:
    asker = Asker("X", Side.SENDING, Office.COURT)
    assert fence.asks(asker) == ("X", "court", "sending")
    assert fence.asks(replace(asker, side=None)) == ("X", "court", "")
