"""The second fence of the web on a real PostgreSQL, and the same answers on SQLite."""

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from habeas.service import fence
from habeas.web.clock import now
from laid import laid
from web_databases import database, over, run

pytestmark = pytest.mark.postgres
ASKS = Path(__file__).with_name("fenced_asks.py")
OWNER, PLAIN = "test_web_owner", "test_web_plain"
SHOWN = ("persons", "intervals", "lines", "owed", "cases")


@dataclass(frozen=True)
class Both:
    """What everybody is shown on SQLite and on PostgreSQL."""

    lite: Mapping[str, Any]
    post: Mapping[str, Any]
    folder: Path
    address: str


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration's installation of the sending state, without tables."""
    return laid(tmp_path_factory, tmp_path_factory.mktemp("made"), "SE-EE", now())[0]


@pytest.fixture(scope="module")
def both(postgres: str, made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    base = tmp_path_factory.mktemp("both")
    address = database(postgres, OWNER, "CREATEROLE NOSUPERUSER")
    folders = [shutil.copytree(made, base / name) for name in ("lite", "post")]
    over(folders[1], address)
    found = []
    for folder in folders:
        prepared = run(folder, "-m", "habeas.web.prepare")
        assert prepared.returncode == 0, prepared.stderr
        asked = run(folder, str(ASKS))
        assert asked.returncode == 0, asked.stderr
        found.append(json.loads(asked.stdout))
    yield Both(found[0], found[1], folders[1], address)
    with psycopg.connect(postgres, autocommit=True) as db:
        name = psycopg.conninfo.conninfo_to_dict(address)["dbname"]
        db.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def test_everybody_is_shown_the_same_on_both_databases(both: Both) -> None:
    assert both.post["seen"] == both.lite["seen"]
    several = {len(one["persons"]) for one in both.lite["seen"].values()}
    assert len(several) > 2, "an officer, a guest and a stranger see different numbers of persons"


def test_pages_and_api_answer_the_same_on_both_databases(both: Both) -> None:
    assert both.post["requests"] == both.lite["requests"]
    told, pages = both.post["requests"]["sending-officer.se-kvv"]
    assert [(status, count > 0) for status, count in told] == [(200, True)] * 2
    assert len(pages) == 5, "home, docket, by number, search, by the fact that a case waits for"
    assert all(pages)


def test_a_query_that_forgot_to_ask_shows_what_the_asker_may_see(both: Both) -> None:
    for name, shown in both.post["all"].items():
        for what in SHOWN:
            if what != "cases":
                assert shown[what] == both.post["seen"][name][what], (name, what)
        assert set(both.post["seen"][name]["cases"]) <= set(shown["cases"]), name


def test_on_sqlite_it_shows_everything_so_that_the_fence_is_what_hides(both: Both) -> None:
    for shown in both.lite["all"].values():
        assert shown == both.lite["outside"]
    assert len(both.lite["outside"]["persons"]) > 100


def test_figures_of_everybody_are_the_same_and_open_nothing_afterwards(both: Both) -> None:
    officers = {"sending-officer.se-kvv", "facility-officer.se-kvv", "finance.ee-finance"}
    for name in officers:
        assert both.post["counted"][name][0] == both.lite["counted"][name][0], name
    assert all(one[1] for one in both.post["counted"].values())


def test_an_office_that_may_see_no_figures_counts_nobody(both: Both) -> None:
    figures = both.post["counted"]["administrator.se-kvv"][0]
    assert figures == [0, 0, False, {"event_in__max": None}, [], 0, 0]
    assert both.lite["counted"]["administrator.se-kvv"][0][0] > 0


def test_the_stranger_finds_nothing_anywhere(both: Both) -> None:
    shown = both.post["all"]["sending-officer.qm-stranger"]
    assert {name: shown[name] for name in (*SHOWN, "standings")} == {
        name: [] for name in (*SHOWN, "standings")
    }


@pytest.mark.parametrize("when", ["nobody", "after", "outside"])
def test_where_nobody_asks_nothing_is_visible_also_on_a_used_connection(
    both: Both, when: str
) -> None:
    shown = both.post[when]
    assert shown == {name: [] for name in (*SHOWN, "standings")} | {"positions": 0}


def test_a_connection_that_is_used_again_knows_nobody(both: Both) -> None:
    before, after = both.post["left"]
    assert after[4] == before[4], "the same connection"
    assert after[0] == "none"
    assert set(after[1:4]) <= {"", None}


def test_a_question_of_a_page_takes_one_process_and_is_not_compiled(both: Both) -> None:
    assert both.post["alone"] == ["0", "off"]


def test_after_a_count_that_failed_a_request_is_shown_nothing_more(both: Both) -> None:
    assert both.post["broken"] == ["DataError", "TransactionManagementError"]


def test_a_page_that_records_something_sees_no_more_afterwards(both: Both) -> None:
    before, after = both.post["acting"]
    assert before == after != []
    assert after == both.post["all"]["receiving-officer.ee-vangla"]["persons"]
    assert len(after) < len(both.lite["outside"]["persons"])


def test_a_login_that_may_not_fence_its_tables_is_refused(
    postgres: str, made: Path, tmp_path: Path
) -> None:
    folder = over(shutil.copytree(made, tmp_path / "a"), database(postgres, PLAIN, "NOCREATEROLE"))
    with psycopg.connect(postgres, autocommit=True) as db:
        for role in (fence.WEB, fence.KEEPER):
            db.execute(f"REVOKE {role} FROM {PLAIN}".encode()) if _there(db, role) else None
    refused = run(folder, "-m", "habeas.web.prepare")
    assert refused.returncode == 2
    assert "H861" in refused.stderr
    with psycopg.connect(postgres, autocommit=True) as db:
        for role in (fence.WEB, fence.KEEPER):
            if not _there(db, role):
                db.execute(f"CREATE ROLE {role}".encode())
            db.execute(f"GRANT {role} TO {PLAIN}".encode())
    assert run(folder, "-m", "habeas.web.prepare").returncode == 0, "an administrator has helped"


def _there(db: "psycopg.Connection[tuple[object, ...]]", role: str) -> bool:
    return bool(db.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone())


def test_a_role_that_passes_by_the_fence_is_refused(both: Both, postgres: str) -> None:
    with psycopg.connect(postgres, autocommit=True) as db:
        db.execute(f"ALTER ROLE {fence.WEB} BYPASSRLS".encode())
        try:
            refused = run(both.folder, "-m", "habeas.web.prepare")
        finally:
            db.execute(f"ALTER ROLE {fence.WEB} NOBYPASSRLS".encode())
    assert refused.returncode == 2
    assert "H862" in refused.stderr
    assert fence.WEB in refused.stderr
