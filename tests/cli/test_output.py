"""What was read from a file is shown to a person and never drives a terminal."""

from pathlib import Path

import pytest

from habeas.cli import output
from habeas.cli.main import run
from habeas.errors import UNPRINTABLE

DRIVES = "\x1b[2J\x9b31m\x07"
Printed = pytest.CaptureFixture[str]


def test_a_note_and_a_table_show_what_drives_a_terminal(capsys: Printed) -> None:
    output.note(f"row 1: {DRIVES}\nrow 2: é")
    output.console().print(output.table("[/b] of [red]x", ["what"], [[f"{DRIVES}é\nsecond"]]))
    printed = capsys.readouterr()
    for text in (printed.out, printed.err):
        assert not set(text) & set(DRIVES) - set("[2J31m")
        assert UNPRINTABLE in text
        assert "é" in text
    assert "row 2: é" in printed.err.splitlines()
    assert all(word in printed.out for word in ("[/b] of", "[red]x"))


@pytest.mark.parametrize(
    ("head", "row", "words"),
    [
        ("facility,price", f"A,{DRIVES}", ["fees", "read", "in.csv"]),
        (
            "person,in,out,days",
            f"p1,2026-02-01,2026-02-09,{DRIVES}\np2,2026-02-01,2026-02-09,8",
            ["fees", "reconcile", "--stays", "s.csv", "--claim", "in.csv", "--month", "2026-02"],
        ),
        (
            "person,facility,in,out",
            "p1,A\x9b2J,2026-02-01,2026-02-09",
            ["fees", "reconcile", "--stays", "s.csv", "--claim", "in.csv", "--month", "2026-02"],
        ),
    ],
)
def test_no_cell_of_a_file_drives_a_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed, head: str, row: str,
    words: list[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    Path("s.csv").write_text("person,facility,in,out\np1,A,2026-02-01,2026-02-09\n")
    Path("in.csv").write_text(f"{head}\n{row}\n")
    run(words)
    printed = capsys.readouterr()
    assert printed.out + printed.err
    assert not set(printed.out + printed.err) & {"\x1b", "\x9b", "\x07"}


def test_a_name_that_is_no_text_is_no_traceback() -> None:
    assert output.text({"file": "b\udcff.csv"}).encode()
