"""A file of disputes takes no move that would close it for everybody who reads it afterwards."""

import csv
from pathlib import Path

import pytest

from habeas.cli.main import run
from habeas.service.disputes import NEEDED

Printed = pytest.CaptureFixture[str]
LINE = {
    "line": "L000001", "outcome": "unexplained", "cause": "not explained", "difference_days": "3",
    "claimed_minor": "300", "register_minor": "0", "detail": "x",
}  # fmt: skip
OPEN = ["fees", "dispute", "open", "d.jsonl", "--lines", "l.csv", "--by", "sending", "--as-of",
        "2026-03-01"]  # fmt: skip
SAID = ["--officer", "T-1", "--why", "claim"]


def lines(*rows: dict[str, str]) -> None:
    with Path("l.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.DictWriter(file, NEEDED)
        out.writeheader()
        out.writerows(rows)


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"line": ""}, "H751"), ({"line": "L" * 65}, "H751"), ({"detail": "d" * 2001}, "H751"),
        ({"cause": "c" * 2001}, "H751"), ({"claimed_minor": str(10**15 + 1)}, "H751"),
        ({"difference_days": "9" * 40}, "H751"), ({"outcome": "settled"}, "H758"),
        ({"claimed_minor": "9" * 5000}, "H751"),
    ],
)  # fmt: skip
def test_a_line_that_nobody_could_read_back_is_refused_and_makes_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed, told: dict[str, str],
    code: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    lines(LINE | {"line": "L000000"}, LINE | told)
    assert run([*OPEN, *SAID]) == (3 if code == "H758" else 2)
    assert code in capsys.readouterr().err
    assert not Path("d.jsonl").exists()


@pytest.mark.parametrize("word", ["", "  ", "w" * 2001, "half \ud800"])
@pytest.mark.parametrize("option", ["--why", "--officer"])
def test_who_and_why_are_said_and_can_be_read_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed, word: str, option: str
) -> None:
    monkeypatch.chdir(tmp_path)
    lines(LINE)
    said = ["--officer", "T-1", "--why", "claim"]
    said[said.index(option) + 1] = word
    refused = 2 if "\ud800" in word else 3
    assert run([*OPEN, *said]) == refused
    assert not Path("d.jsonl").exists()
    assert run([*OPEN, *SAID]) == 0
    before = Path("d.jsonl").read_bytes()
    answer = ["fees", "dispute", "answer", "d.jsonl", "L000001", "--to", "disputed"]
    answer += ["--by", "receiving", "--as-of", "2026-03-02"]
    assert run([*answer, *said]) == refused
    assert Path("d.jsonl").read_bytes() == before
    assert run([*answer, *SAID]) == 0
    assert run(["fees", "dispute", "list", "d.jsonl"]) == 0
    assert "H7" in capsys.readouterr().err
