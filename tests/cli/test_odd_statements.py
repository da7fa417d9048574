"""Statements whose parts are of another shape, and folders in which an earlier export lies."""

import json
from pathlib import Path
from typing import Any

import pytest

from habeas.cli.main import run
from statements import document, line, stated

Printed = pytest.CaptureFixture[str]
ODD = [
    {"state": 5},
    {"state": "final", "provisional_because": [1]},
    {"state": "final", "provisional_because": True},
    {"price_level": "x"},
    {"price_level": {"year": 2020}},
    {"price_level": {"year": 2020, "steps": [{"factor": 1}]}},
    {"settlement": [1]},
    {"settlement": {"total": "EUR 1"}},
    {"person_days": {"all": 10**30, "billed": 10**30, "not_billed": 0, "undecided": 0,
                     "by_status": []}},
]  # fmt: skip


def export(found: object, *words: str) -> int:
    Path("s.json").write_text(json.dumps(found))
    return run(["fees", "export", "s.json", *words])


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("words", [["--out", "s.pdf"], ["--out", "l.csv"], ["--all", "d"]])
def test_a_part_of_another_shape_is_no_statement(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed, odd: dict[str, Any],
    words: list[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert export(document(line(), **odd), *words) == 2
    said = capsys.readouterr().err
    assert "H761" in said
    assert len(said) < 1000
    assert [path.name for path in tmp_path.iterdir()] == ["s.json"]


def test_what_this_version_prints_of_itself_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["--index", "2016-01-01=1.020", "--settle-in", "EUR", "--json"]
    assert run(["fees", "statement", "--agreement", "NO-NL", "--from", "2017-01-01", "--to",
                "2018-01-01", *words]) == 0  # fmt: skip
    found = json.loads(capsys.readouterr().out)
    assert found["settlement"] is not None
    assert found["price_level"]["steps"]
    assert export(found, "--out", "s.pdf") == 0


def test_a_year_that_an_invoice_cannot_hold_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("p.toml").write_text("due = 2027-05-01\n")
    days: dict[str, Any] = {"from": "0900-01-01", "to": "0900-02-01"}
    words = ["--out", "i.xml", "--particulars", "p.toml"]
    assert export(document(line() | days, **days), *words) == 2
    assert "H766" in capsys.readouterr().err
    assert not Path("i.xml").exists()


def test_a_folder_keeps_no_file_of_another_statement_under_a_name_that_was_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("p.toml").write_text("due = 2027-05-01\n")
    Path("c.csv").write_text("month,person_days\n2027-03,5\n")
    assert export(stated(), "--all", "d", "--particulars", "p.toml", "--claim", "c.csv") == 0
    names = {path.name for path in Path("d").iterdir()}
    assert {"invoice.xml", "claim.svg", "claim.csv", "index.html", "statement.pdf"} <= names
    Path("d/notes.txt").write_text("the reader's own")
    assert export(document(line(amount=None)), "--all", "d") == 0
    left = {path.name for path in Path("d").iterdir()}
    assert not left & {"invoice.xml", "claim.svg", "claim.csv", "claim.png", "claim.html"}
    assert {"index.html", "statement.pdf", "notes.txt"} <= left


def test_a_folder_that_could_not_be_finished_has_no_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    monkeypatch.chdir(tmp_path)
    assert export(stated(), "--all", "d") == 0
    Path("d/statement.pdf").unlink()
    Path("d/statement.pdf").mkdir()
    assert export(stated(), "--all", "d") == 2
    assert "H902" in capsys.readouterr().err
    assert not Path("d/index.html").exists()
