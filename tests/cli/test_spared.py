"""No call writes over a file that it reads, and nothing handed on says where a file lies."""

import json
from pathlib import Path

import pytest

from habeas.cli.main import run
from placement_cases import ROW
from statements import stated

Printed = pytest.CaptureFixture[str]
CLAIM = ["fees", "reconcile", "--month", "2026-02", "--claim", "c.csv", "--stays", "s.csv"]
IMPORT = ["custody", "import", "p.csv", "--schema", "uwchr", "--zone", "UTC"]
ALIASES = "facility,code\nnorth,AAA\n"
STAYS = "person,facility,in,out\np1,A,2026-02-01,2026-02-09\n"
NAMES = "facility=facility,in=in,out=out"
FILES = {
    "c.csv": "person,in,out\np1,2026-02-01,2026-02-09\n",
    "s.csv": STAYS,
    "a.csv": "what,claim,register\nperson,x,p1\n",
    "o.quarantine.csv": STAYS,
    "p.csv": f"{','.join(ROW)}\n{','.join(ROW.values())}\n",
    "f.csv": ALIASES,
    "t.csv": "facility,name\nA,B\n",
    "m.csv": "month,person_days\n2027-03,5\n",
}
CALLS = [
    [*CLAIM, "--out", "c.csv"],
    [*CLAIM, "--out", "./s.csv"],
    [*CLAIM, "--out", "link.csv"],
    [*CLAIM, "--aliases", "a.csv", "--out", "a.csv"],
    [*CLAIM[:-1], "o.quarantine.csv", "--out", "o.csv"],
    [*IMPORT, "--out", "p.csv"],
    [*IMPORT, "--aliases", "f.csv", "--out", "f.csv"],
    ["custody", "table", "t.csv", "--schema", "facility-names", "--out", "t.csv"],
    ["custody", "stock", "--stays", "s.csv", "--columns", NAMES, "--out", "s.csv"],
    ["custody", "person-days", "--monthly", "--stays", "s.csv", "--zone", "UTC", "--columns", NAMES,
     "--out", "s.csv"],
    ["fees", "export", "s.json", "--form", "chart-claim", "--claim", "m.csv", "--out", "m.csv"],
    ["fees", "export", "s.json", "--out", "s.json"],
]  # fmt: skip


@pytest.mark.parametrize("call", CALLS)
def test_what_is_read_is_not_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed, call: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in (FILES | {"s.json": json.dumps(stated())}).items():
        Path(name).write_text(text)
    Path("link.csv").hardlink_to("s.csv")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert run(call) == 2
    assert "H902" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert run([*call[:-1], "other.json" if call[-1] == "s.json" else "other.csv"]) in {0, 1}


@pytest.mark.parametrize(
    "call",
    [
        [*CLAIM[:2], "--month", "2026-02", "--claim", "HOME/c.csv", "--stays", "HOME/s.csv",
         "--aliases", "HOME/a.csv"],
        [*CLAIM[:2], "--month", "2026-02", "--claim", "HOME/q.csv", "--series", "HOME/d.csv"],
        ["fees", "statement", "--agreement", "SE-EE", "--month", "2026-02", "--stays", "HOME/s.csv",
         "--columns", NAMES],
        ["custody", "stock", "--stays", "HOME/s.csv", "--columns", NAMES],
    ],
)  # fmt: skip
def test_no_output_says_where_a_file_lies(tmp_path: Path, capsys: Printed, call: list[str]) -> None:
    more = {"q.csv": "facility,days\nA,3\n", "d.csv": "facility,date,count\nA,2026-02-01,3\n"}
    for name, text in (FILES | more).items():
        (tmp_path / name).write_text(text)
    words = [word.replace("HOME", str(tmp_path)) for word in call]
    assert run([*words, "--json"]) in {0, 1}
    assert run(words) in {0, 1}
    assert str(tmp_path) not in capsys.readouterr().out
