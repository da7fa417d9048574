"""habeas space place on files: what is set aside, what is told, and what a standard asks."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from habeas.cli.main import run
from habeas.service.place import digest

PEOPLE = "register_number,sex,age_band,security,accessible,group,cell\n"
CELLS = (
    "cell,sex,age_band,security,accessible,label,beds,floor_m2,sanitary_m2,furniture_m2,"
    "partitioned\n"
)
Found = dict[str, Any]  # Any: a document
Capsys = pytest.CaptureFixture[str]


class Files:
    """A folder with the three files of a call."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.people = [f"w{n},female,adult,low,no,,{'W-1' if n < 4 else ''}" for n in range(5)]
        self.cells = [f"W-{n},female,adult,low,no,,4,13,1,0,yes" for n in (1, 2)]
        self.apart = ["w0,w1"]

    def call(self, *more: str) -> list[str]:
        (self.folder / "people.csv").write_text(PEOPLE + "\n".join(self.people) + "\n")
        (self.folder / "cells.csv").write_text(CELLS + "\n".join(self.cells) + "\n")
        (self.folder / "apart.csv").write_text("one,other\n" + "\n".join(self.apart) + "\n")
        names = [
            part
            for name in ("people", "cells", "apart")
            for part in (f"--{name}", str(self.folder / f"{name}.csv"))
        ]
        usual = ["--as-of", "2026-11-01"]
        usual += [] if "--facility" in more else ["--facility", "HERE"]
        standard = [] if "--standard" in more else ["--standard", "CPT-2"]
        return ["space", "place", *names, *usual, *standard, *more]


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def told(files: Files, capsys: Capsys, status: int, *more: str) -> Found:
    capsys.readouterr()
    assert run(files.call("--json", *more)) == status
    found: Found = json.loads(capsys.readouterr().out)
    return found


def test_places_are_those_of_the_standard_and_not_the_beds(files: Files, capsys: Capsys) -> None:
    found = told(files, capsys, 0)
    assert (found["counts"]["places"], found["moves"], found["bound"]) == (6, 1, 1)
    assert found["proof"] == "count"
    assert {one["act"] for one in found["rows"]} == {"move", "receive"}
    assert digest(found) == found["proposal"]
    strict = told(files, capsys, 1, "--standard", "CPT-2", "--standard", "CPT-4")
    assert strict["standards"] == ["CPT-2", "CPT-4"]
    assert strict["counts"]["places"] == 4  # 10 m2 for two, 14 m2 for three
    assert strict["certificates"] == ["5 women, 4 places by CPT-2 and CPT-4 (8 beds)"]
    assert strict["do_not_receive"]["says"] == ["Do not receive 1 person."]
    assert strict["unplaced"] == [
        {"register_number": "w4", "cell": "", "why": strict["certificates"][0]}
    ]


def test_a_floor_that_is_not_known_holds_nobody_whom_a_standard_speaks_of(
    files: Files, capsys: Capsys
) -> None:
    files.cells = ["W-1,female,adult,low,no,,4,13,1,,yes", "W-2,female,adult,low,no,,4,,,,"]
    files.people = [one.replace("W-1", "W-2") for one in files.people]
    found = told(files, capsys, 1)
    # CPT-2 speaks of shared cells alone: one person alone is no matter of it.
    assert found["counts"]["places"] == 4
    assert found["certificates"] == ["5 women, 4 places by CPT-2 (8 beds)"]


def test_rows_that_name_nobody_are_set_aside_and_words_that_are_none_are_not_established(
    files: Files, capsys: Capsys
) -> None:
    files.people += [",female,adult,low,no,,", "w0,female,adult,low,no,,", "x,f,adult,low,no,,W-2"]
    files.cells += ["W-1,female,adult,low,no,,4,13,1,,yes", "X,female,adult,low,no,,four,NaN,,,"]
    files.apart += ["w0,w0", "w0,elsewhere"]
    found = told(files, capsys, 1)
    assert [one["why"] for one in found["set_aside"]] == ["not established: sex"]
    assert found["counts"]["pairs_of_others"] == 1
    assert found["cells_without_use"] == 1
    with (files.folder / "people.quarantine.csv").open() as file:
        assert [one["code"] for one in csv.DictReader(file)] == ["H890", "H890"]
    for name, rows in (("cells", 1), ("apart", 1)):
        with (files.folder / f"{name}.quarantine.csv").open() as file:
            assert len(list(csv.DictReader(file))) == rows


def test_the_table_and_the_file_of_moves_say_the_same(files: Files, capsys: Capsys) -> None:
    out = files.folder / "moves.csv"
    assert run(files.call("--exact", "--seconds", "5")) == 0
    printed = capsys.readouterr()
    assert "as few as can be: the moves equal the count" in printed.out
    assert "A named officer decides" in printed.err
    assert "No lawyer" in printed.err
    assert run(files.call("--out", str(out))) == 0
    with out.open() as file:
        assert list(csv.DictReader(file)) == told(files, capsys, 0)["rows"]


def test_a_facility_file_says_how_many_beds_and_how_much_floor(
    files: Files, capsys: Capsys
) -> None:
    files.people = [f"m{n},male,adult,high,no,,M1-001" for n in range(3)]
    files.cells = [f"M1-00{n},male,adult,high,no,,1,1,,,yes" for n in (1, 2)]
    files.apart = ["m0,m1"]
    found = told(files, capsys, 1, "--facility", "CECOT", "--standard", "UN-4")
    # Its floors are gross, upper bounds: no standard is shown to be met by anybody in them.
    assert (found["counts"]["places"], found["facility"]) == (0, "CECOT")
    (said,) = found["do_not_receive"]["says"]
    assert said == "3 persons who are held here cannot be held here lawfully."
    files.cells = ["Z-1,male,adult,high,no,,1,1,,,yes"]
    assert run(files.call("--facility", "CECOT")) == 2
    assert "H903" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (["--standard", "CPT-3"], "H903"),  # no floor area
        (["--standard", "CPT-99"], "H903"),
        (["--seconds", "0"], "H903"),
        (["--seconds", "nan"], "H903"),
    ],
)
def test_a_call_that_cannot_be_answered_is_refused(
    files: Files, capsys: Capsys, more: list[str], code: str
) -> None:
    assert run(files.call(*more)) == 2
    assert code in capsys.readouterr().err


def test_a_call_without_people_or_with_half_a_register_is_refused(
    files: Files, capsys: Capsys
) -> None:
    call = files.call()
    at = call.index("--people")
    assert run(call[:at] + call[at + 2 :]) == 2
    assert run([*call, "--register", str(files.folder / "none.db")]) == 2
    assert capsys.readouterr().err.count("H901") == 2
