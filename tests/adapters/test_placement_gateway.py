"""A proposal out of a register, and what an officer decides on it, through a gateway."""

import csv
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import acting
import gateways
from acting import DEAL, Story
from habeas.cli import clock
from habeas.cli.main import run

UNDER = ["--agreement", DEAL, "--sending", "US", "--receiving", "SV"]
PERSONS = [gateways.person(n) for n in range(1, 6)]
BY = ["--by", f"US-BOP/custodian/{acting.key_id('US-BOP')}"]
HOUR = timedelta(hours=1)
CELLS = """cell,sex,age_band,security,accessible,label,beds,floor_m2,sanitary_m2,partitioned
A-1,female,adult,low,no,,2,9,1,yes
A-2,female,adult,low,no,,2,9,1,yes
B-1,male,adult,low,no,,2,9,1,yes
"""
Found = dict[str, Any]  # Any: a document
Capsys = pytest.CaptureFixture[str]


def write(path: Path, rows: list[list[str]]) -> str:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return str(path)


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Path]:
    """Five persons in one cell of two places; sex is recorded of four, a birth date of all."""
    path = acting.installed(tmp_path / "both", "US", "SV")
    start = clock.instant(None)[1] - 9 * HOUR
    with gateways.running(path), gateways.asking(path) as caller:
        for number, one in enumerate(PERSONS):
            story = Story(caller, subject=one, start=start)
            story.act("custody.opened")
            facts = [("birth_date", "1990-05-01")]
            facts += [("sex", "male" if number == 3 else "female")] if number < 4 else []
            for fact, value in facts:
                story.act("evidence.recorded", ["US-COURT:court"], 1, fact=fact, value=value,
                          document="d")  # fmt: skip
            placed = ["act", str(path), "custody.placed", one, *BY, *UNDER, "--facility", "US-1"]
            at = (start + 2 * HOUR).isoformat()
            assert run([*placed, "--at", at, "--body", "cell=A-1"]) == 0
        yield path


def proposed(register: Path, folder: Path, capsys: Capsys, status: int, *more: str) -> Found:
    (folder / "cells.csv").write_text(CELLS)
    rows = [["register_number", "sex", "age_band", "security", "accessible"]]
    rows += [[one, "", "", "low", "no"] for one in PERSONS]
    people = write(folder / "people.csv", rows)
    apart = write(folder / "apart.csv", [["one", "other"], [PERSONS[0], PERSONS[1]]])
    capsys.readouterr()
    call = ["space", "place", "--people", people, "--cells", str(folder / "cells.csv")]
    call += ["--apart", apart, "--standard", "ECHR-2", "--facility", "US-1", "--json"]
    assert run([*call, "--register", str(register), *UNDER, *more]) == status
    printed = capsys.readouterr().out
    (folder / "proposal.json").write_text(printed)
    found: Found = json.loads(printed)
    return found


def decided(register: Path, folder: Path, status: int, *more: str) -> None:
    call = ["space", "decide", str(folder / "proposal.json"), str(register)]
    assert run([*call, *BY, *UNDER, *more]) == status


def cells(register: Path, capsys: Capsys) -> dict[str, str]:
    capsys.readouterr()
    assert run(["custody", "roll", str(register), *UNDER, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    return {one["register_number"]: one["cell"] for one in rows}


def test_a_proposal_is_decided_and_says_on_the_register_what_it_rests_on(
    register: Path, tmp_path: Path, capsys: Capsys
) -> None:
    found = proposed(register, tmp_path, capsys, 0, "--exact")
    assert (found["counts"]["persons"], found["counts"]["set_aside"]) == (5, 1)
    assert found["set_aside"][0] == {
        "register_number": PERSONS[4], "cell": "A-1", "why": "not established: sex",
    }  # fmt: skip
    assert (found["moves"], found["bound"], found["proof"]) == (3, 3, "count")
    whys = {one["register_number"]: (one["to"], one["why"]) for one in found["rows"]}
    assert whys[PERSONS[3]] == ("B-1", "the cell is kept for the other sex")
    assert PERSONS[4] not in whys
    assert found["basis"]["register_size"] > 0
    assert "No lawyer" in found["review"]
    decided(register, tmp_path, 0)
    now = cells(register, capsys)
    assert {one: now[one] for one in whys} == {one: cell for one, (cell, _) in whys.items()}
    assert now[PERSONS[4]] == "A-1"
    again = proposed(register, tmp_path, capsys, 0)
    assert (again["moves"], again["rows"]) == (0, [])


def test_a_decision_otherwise_needs_a_reason_and_stands_with_it(
    register: Path, tmp_path: Path, capsys: Capsys
) -> None:
    found = proposed(register, tmp_path, capsys, 0)
    placement = {"proposal": "0" * 64, "proposed": "A-2"}
    for body in (placement, {**placement, "reason": " "}, {"proposed": "B-1"}, "none"):
        told = ["--body", "cell=B-1", "--body", f"placement={json.dumps(body)}"]
        assert run(["act", str(register), "custody.moved", PERSONS[0], *BY, *UNDER, *told]) == 3
        assert "H893" in capsys.readouterr().err
    path = tmp_path / "proposal.json"
    for text in ("{}", "no JSON", json.dumps({**found, "bound": 0})):
        path.write_text(text)
        decided(register, tmp_path, 2)
        assert "H894" in capsys.readouterr().err
    path.write_text(json.dumps(found))
    for more, code in (
        (["--only", PERSONS[4]], "H903"),
        (["--instead", "nobody"], "H903"),
        (["--instead", f"{PERSONS[3]}=A-1"], "H893"),
    ):
        decided(register, tmp_path, 2, *more)
        assert code in capsys.readouterr().err
    wrong = ["--by", f"SV-DGCP/custodian/{acting.key_id('SV-DGCP')}"]
    assert run(["space", "decide", str(path), str(register), *wrong, *UNDER]) == 3
    assert "0 recorded, 3 refused" in capsys.readouterr().out
    at = clock.instant(None)[1].isoformat()
    stays = ["--instead", f"{PERSONS[3]}=A-1", "--only", PERSONS[3], "--reason", "ill", "--at", at]
    indexes = []
    for _ in range(2):  # the same decision again is the same act
        decided(register, tmp_path, 0, *stays, "--json")
        (row,) = json.loads(capsys.readouterr().out)["rows"]
        indexes.append(row["index"])
    assert indexes[0] == indexes[1]
    assert cells(register, capsys)[PERSONS[3]] == "A-1"
