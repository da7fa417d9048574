"""Stock, person-days by every convention, and the auditor's text run on what the command wrote."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from habeas.cli.main import run

EE = ["--agreement", "SE-EE"]
SPAN = ["--from", "2027-10-01", "--to", "2028-04-01"]


def asked(capsys: pytest.CaptureFixture[str], *call: str) -> dict[str, object]:
    capsys.readouterr()
    assert run([*call, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return found


def rows(found: dict[str, object]) -> list[dict[str, str]]:
    listed = found["rows"]
    assert isinstance(listed, list)
    return listed


@pytest.fixture(scope="module")
def exported(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("export") / "intervals.parquet"
    register = str(demo / "se-ee/register.sqlite3")
    assert run(["custody", "intervals", register, *EE, "--out", str(out)]) == 0
    return out


def said(capsys: pytest.CaptureFixture[str], dialect: str, *more: str) -> str:
    capsys.readouterr()
    call = ["custody", "sql", *EE, "--dialect", dialect, *SPAN, "--as-of", "2028-03-20"]
    assert run([*call, *more]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("convention", ["midnight", "calendar", "min1", "block24", "hours"])
def test_the_printed_query_counts_what_the_command_counts(
    demo: Path, exported: Path, capsys: pytest.CaptureFixture[str], convention: str
) -> None:
    register = str(demo / "se-ee/register.sqlite3")
    span = [*SPAN, "--as-of", "2028-03-20"]
    ours = asked(capsys, "custody", "person-days", register, *EE, "--monthly", *span)
    wanted = [(row["facility"], row["month"], int(row[convention])) for row in rows(ours)]
    text = said(capsys, "duckdb", "--convention", convention)
    with duckdb.connect() as base:
        base.execute(f"CREATE VIEW intervals AS FROM read_parquet('{exported}')")
        found = base.execute(text).fetchall()
    lite = said(capsys, "sqlite", "--convention", convention)
    table = pq.read_table(exported)
    with closing(sqlite3.connect(":memory:")) as base:
        base.execute(f"CREATE TABLE intervals ({', '.join(table.column_names)})")
        places = ", ".join("?" * table.num_columns)
        lines = [tuple(row.values()) for row in table.to_pylist()]
        base.executemany(f"INSERT INTO intervals VALUES ({places})", lines)  # noqa: S608 - question marks
        also = base.execute(lite).fetchall()
    assert (found, also) == (wanted, wanted)
    assert sum(row[2] for row in wanted) > 0


def test_the_daily_query_is_the_stock(
    demo: Path, exported: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    register = str(demo / "se-ee/register.sqlite3")
    span = [*SPAN, "--as-of", "2028-03-20"]
    found = asked(capsys, "custody", "stock", register, *EE, *span)
    with duckdb.connect() as base:
        base.execute(f"CREATE VIEW intervals AS FROM read_parquet('{exported}')")
        told = base.execute(said(capsys, "duckdb", "--daily")).fetchall()
    assert told == [(row["facility"], row["day"], int(row["persons"])) for row in rows(found)]


def test_the_stock_of_a_month_is_its_person_days(
    demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    register, month = str(demo / "se-ee/register.sqlite3"), ["--month", "2028-02"]
    stock = asked(capsys, "custody", "stock", register, *EE, *month, "--as-of", "2028-12-01")
    days = rows(asked(capsys, "custody", "person-days", register, *EE, *month))
    assert stock["units"] == sum(int(row["person_days"]) for row in days)


def test_what_was_known_at_a_size_stays_the_same_for_ever(
    demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    register, at = str(demo / "se-ee/register.sqlite3"), ["--as-of", "2028-02-01"]
    whole = asked(capsys, "custody", "roll", register, *EE, *at)
    size = whole["register_size"]
    assert isinstance(size, int)
    known = [
        asked(capsys, "custody", "roll", register, *EE, *at, "--size", str(n))
        for n in (size // 8, size // 8, size)
    ]
    assert (known[0], known[2]) == (known[1], whole)
    assert known[0]["register_size"] == size // 8
    assert len(rows(known[0])) < len(rows(whole))


def test_a_size_that_the_log_never_had_is_refused(
    demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    register = str(demo / "se-ee/register.sqlite3")
    call = ["custody", "roll", register, *EE, "--as-of", "2028-02-01", "--size", "99999999"]
    assert run(call) == 2
    assert "H717" in capsys.readouterr().err


STAYS = """facility,in,out,person,stay
A,2026-01-10T15:00:00+00:00,2026-01-13T15:00:00+00:00,p,1
B,2026-01-13T15:00:00+00:00,,p,1
A,2026-01-11T03:00:00Z,2026-01-12T03:00:00Z,q,1
B,2026-01-11T12:00:00Z,2026-01-12T12:00:00Z,q,2
A,2026-01-20T00:00:00Z,2026-01-19T00:00:00Z,r,1
A,2026-01-20T00:00:00Z,2026-01-20T00:00:00Z,r,2
A,2026-01-20T00:00:00,2026-01-21T00:00:00,s,1
,2026-01-20T00:00:00Z,2026-01-21T00:00:00Z,s,1
"""
MAPPED = ["--columns", "facility=facility,in=in,out=out,person=person,stay=stay"]


@pytest.fixture
def stays(tmp_path: Path) -> Path:
    path = tmp_path / "stays.csv"
    path.write_text(STAYS)
    return path


def test_a_file_of_instants_is_counted_and_what_is_wrong_is_told(
    stays: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = ["custody", "stock", "--stays", str(stays), *MAPPED, "--zone", "America/El_Salvador"]
    window = ["--month", "2026-01", "--as-of", "2026-01-20T12:00:00+00:00"]
    found = asked(capsys, *call, *window)
    told = {
        "rows_read": 8, "incomplete": 2, "refused": 1, "of_no_length": 1, "open": 1,
        "provisional": True, "overlaps": 1, "persons_in_two_places": 1,
        "convention": "midnight", "zone": "America/El_Salvador",
    }  # fmt: skip
    assert {name: found[name] for name in told} == told
    # p: the nights of 10 to 12 in A, of 13 to 19 in B; q: of the 10th in A, of the 11th in B.
    assert found["units"] == 10 + 2


def test_without_a_zone_instants_are_no_days(
    stays: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["custody", "stock", "--stays", str(stays), *MAPPED]) == 2
    assert "H718" in capsys.readouterr().err
    assert run(["custody", "person-days", "--stays", str(stays), *MAPPED]) == 2
    assert "H901" in capsys.readouterr().err


def test_civil_days_give_three_conventions_and_refuse_two(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "days.csv"
    path.write_text("facility,in,out\nA,2026-01-30,2026-02-02\nA,2026-01-05,2026-01-05\n")
    columns = ["--columns", "facility=facility,in=in,out=out"]
    call = ["--stays", str(path), *columns, "--as-of", "2026-03-01"]
    found = asked(capsys, "custody", "person-days", *call, "--monthly")
    assert found["totals"] == {"midnight": 3, "calendar": 4, "min1": 3}
    assert run(["custody", "stock", *call, "--convention", "hours"]) == 2
    assert "H712" in capsys.readouterr().err


def test_many_equal_last_ends_are_the_end_of_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "days.csv"
    ends = [f"A,2026-01-01,2026-01-{n:02d}\n" for n in range(2, 31)]
    path.write_text("facility,in,out\n" + "".join(ends) + "A,2026-01-02,2026-02-01\n" * 50)
    columns = ["--columns", "facility=facility,in=in,out=out"]
    assert run(["custody", "person-days", "--stays", str(path), *columns, "--json"]) == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert (found["censored"], found["censored_at"]) == (50, "2026-02-01")
    assert "not releases" in err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["sql", *EE], "H901"),
        (["sql", *EE, "--month", "2026-01", "--dialect", "oracle"], "H903"),
        (["sql", *EE, "--month", "2026-01", "--by", "facility,1"], "H716"),
        (["sql", *EE, "--month", "2026-01", "--convention", "nights"], "H903"),
        (["sql", *EE, "--month", "2026-01", "--census", "noon"], "H903"),
        (["sql", *EE, "--from", "2026-02-01", "--to", "2026-01-01"], "H714"),
        (["stock"], "H901"),
    ],
)
def test_a_count_that_cannot_be_made_is_one_sentence(
    capsys: pytest.CaptureFixture[str], words: list[str], code: str
) -> None:
    assert run(["custody", *words]) == 2
    told = capsys.readouterr().err
    assert (code in told, len(told.splitlines())) == (True, 1)


def test_a_month_is_counted_as_far_as_the_instant(
    demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    register = str(demo / "se-ee/register.sqlite3")
    call = ["custody", "person-days", register, *EE, "--month", "2027-11"]
    as_of = ["--as-of", "2027-11-10"]
    found = asked(capsys, *call, *as_of)
    monthly = asked(capsys, *call, *as_of, "--monthly")
    totals = monthly["totals"]
    assert isinstance(totals, dict)
    assert sum(int(row["person_days"]) for row in rows(found)) == totals["midnight"]
    whole = sum(int(row["person_days"]) for row in rows(asked(capsys, *call)))
    assert 0 < totals["midnight"] < whole
