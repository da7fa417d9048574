"""The audit: the printed text, run by plain SQLite on a raw CSV docket, against `habeas screen`."""

import csv
import json
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest

import random_rules as random
from habeas.cli.main import run
from habeas.law.library import Library
from habeas.screening.sql import DIALECTS

NOW = "2026-11-21T12:00:00Z"
LIBRARY = Library()
MISSING = ("fit_to_travel", "sex")  # columns that the docket does not have
Told = dict[str, tuple[str, list[str], list[str]]]  # by case: outcome, not met, not established


def cells(name: str, number: int, *, dated: bool) -> dict[str, str]:
    """One row of a docket; every ninth is one that screening sets aside."""
    chance = random.seeded(f"{name} {number}")
    program = LIBRARY.program(name, random.DAY)
    row = {"case": f"C-{number:03d}", **random.row(random.of(program, chance))}
    row = {fact: cell for fact, cell in row.items() if fact not in MISSING and cell != "none"}
    if number % 4 == 0:  # little is known: so nothing bars
        row = {name: cell for name, cell in row.items() if name in {"case", *random.KEYS}}
    if dated:
        asked = [fact for fact in sorted(program.facts) if fact in row and fact not in random.KEYS]
        marks = (
            "2026-11-21T11:59:59Z",
            "2026-11-22",
            "2026-11-18T12:00:00+01:00",
            "",
            "2026-10-01",
        )
        row |= {f"{fact}__at": chance.choice(marks) for fact in asked}
        row |= {
            f"{fact}__until": chance.choice(("", "", "2026-11-21T12:00Z")) for fact in asked[:9]
        }
    if number % 9 == 0:
        row |= chance.choice(({"pathway": "none"}, {"convicted": "yes"}, {"case": "C-001"}))
    return row


def docket(folder: Path, name: str, *, dated: bool) -> Path:
    """A raw docket file, and what is the same on every machine."""
    rows = [cells(name, number, dated=dated) for number in range(200)]
    names = sorted({column for row in rows for column in row})
    with (folder / "docket.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, names, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return folder / "docket.csv"


def screened(path: Path, capsys: pytest.CaptureFixture[str]) -> Told:
    assert run(["screen", str(path), "--as-of", NOW, "--json", "--cases"]) == 0
    found = json.loads(capsys.readouterr().out)
    return {
        one["case"]: (one["outcome"], one["not_met"], one["not_established"])
        for one in found["cases"]
    }


def printed(name: str, path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    words = ["law", "sql", name, "--dialect", "sqlite", "--as-of", NOW, "--docket", str(path)]
    assert run(words) == 0
    return capsys.readouterr().out


def by_library(path: Path, text: str) -> Told:
    names, *rows = csv.reader(path.read_text().splitlines())
    base = sqlite3.connect(":memory:")
    base.execute("CREATE TABLE docket ({})".format(", ".join(f'"{name}"' for name in names)))
    base.executemany(f"INSERT INTO docket VALUES ({', '.join('?' * len(names))})", rows)  # noqa: S608 - question marks
    cursor = base.execute(text)
    rules = [column[0] for column in cursor.description][1:-1]
    found = {str(row[0]): told(rules, row[1:-1], str(row[-1])) for row in cursor}
    base.close()
    return found


def by_program(path: Path, text: str) -> Told:
    """The same by the database's own program, where it is installed."""
    if (program := shutil.which("sqlite3")) is None:
        return by_library(path, text)
    script = f".import --csv '{path}' docket\n.mode json\n{text}"
    ran = subprocess.run([program], input=script, capture_output=True, text=True, check=True)  # noqa: S603 - our own words
    return {
        row["case"]: told(list(row)[1:-1], list(row.values())[1:-1], row["outcome"])
        for row in json.loads(ran.stdout)
    }


def told(rules: list[str], values: object, outcome: str) -> tuple[str, list[str], list[str]]:
    assert isinstance(values, list | tuple)
    pairs = list(zip(rules, values, strict=True))
    return (
        outcome,
        [rule for rule, value in pairs if value == 0],
        [rule for rule, value in pairs if value is None],
    )


@pytest.mark.no_cover  # the same lines again and again
@pytest.mark.parametrize("dated", [False, True])
@pytest.mark.parametrize("name", ["OAS-A57", "SE-EE", "US-SV-2025"])
def test_plain_sqlite_on_the_raw_docket_finds_what_screening_finds(
    name: str, dated: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]  # noqa: FBT001 - a parameter
) -> None:  # fmt: skip
    path = docket(tmp_path, name, dated=dated)
    own, text = screened(path, capsys), printed(name, path, capsys)
    assert ("Every fact given is taken as established" in text) is not dated
    assert by_library(path, text) == by_program(path, text) == own
    assert 0 < len(own) < 200
    assert {one[0] for one in own.values()} == {"barred", "not_established"}


def test_the_text_says_whether_dated_evidence_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    for dialect in DIALECTS:
        words = ["law", "sql", "OAS-A57", "--dialect", dialect, "--as-of", NOW]
        assert run(words) == 0
        assert "-- Every fact given is taken as established" in capsys.readouterr().out
        assert run([*words, "--dated"]) == 0
        text = capsys.readouterr().out
        assert "-- A fact counts as its evidence stands at 2026-11-21T12:00:00+00:00" in text
        assert "convicted__until" in text


def test_a_missing_column_is_an_error_and_never_its_own_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # SQLite takes "convicted" in double quotes for the text 'convicted' where no such column is.
    path = tmp_path / "docket.csv"
    path.write_text("case\nC-1\n")
    assert run(["law", "sql", "OAS-A57", "--dialect", "sqlite", "--as-of", NOW]) == 0
    with pytest.raises(sqlite3.OperationalError, match="no such column"):
        by_library(path, capsys.readouterr().out)


def test_an_unknown_dialect_is_refused_with_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["law", "sql", "OAS-A57", "--dialect", "mysql"]) == 2
    assert "H903 no dialect 'mysql'. Use one of duckdb, postgres" in capsys.readouterr().err
