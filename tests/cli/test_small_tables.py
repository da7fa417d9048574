"""The small CSVs that fees read: price texts, and claims by month; wrong in every way there is."""

import io
import json
import sys
from pathlib import Path

import pytest

from habeas.cli.main import run
from statements import stated

Printed = pytest.CaptureFixture[str]
READ = ["fees", "read", "in.csv"]
CHART = ["fees", "export", "s.json", "--form", "chart-claim", "--claim", "in.csv", "--out", "c.csv"]
HEADS = {"read": "facility,price\nA,", "chart": "month,person_days\n2027-03,"}
WRONG = {
    "empty": b"",
    "binary": b"\x00\xab\xff\xfe" * 50,
    "utf-16": "facility,price\nA,1\n".encode("utf-16"),
    "a line too long": b"%s" + b"x" * 200_000 + b"\n",
    "gzip": b"\x1f\x8b\x08\x00\x00\x00\x00\x00",
    "a folder": None,
    "not there": None,
}


@pytest.mark.parametrize("call", ["read", "chart"])
@pytest.mark.parametrize("kind", list(WRONG))
def test_a_file_that_is_none_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed, call: str, kind: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("s.json").write_text(json.dumps(stated()))
    data = WRONG[kind]
    if data is not None:
        Path("in.csv").write_bytes(data.replace(b"%s", HEADS[call].encode()))
    elif kind == "a folder":
        Path("in.csv").mkdir()
    assert run(READ if call == "read" else CHART) == 2
    assert "H9" in (said := capsys.readouterr().err) or "H770" in said


def test_a_mark_at_the_beginning_and_ends_of_windows_are_no_part_of_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("s.json").write_text(json.dumps(stated()))
    Path("in.csv").write_bytes(b"\xef\xbb\xbfmonth,person_days\r\n2027-03,5\r\n")
    assert run(CHART) == 0
    Path("in.csv").write_bytes(b"\xef\xbb\xbffacility,price\r\nA,$46.25\r\n")
    assert run([*READ, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"] == 1


def test_price_texts_without_a_row_are_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("in.csv").write_text("facility,price\n")
    assert run(READ) == 2
    assert "H410" in capsys.readouterr().err


def test_a_statement_from_stdin_that_is_no_text_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xff\xfe"), encoding="utf-8"))
    assert run(["fees", "export", "--out", str(tmp_path / "l.csv"), "--", "-"]) == 2
    assert "H902" in capsys.readouterr().err
