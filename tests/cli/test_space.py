"""habeas space: one register, one file of stays, and persons cell by cell."""

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from facility_files import certificate, text
from habeas.cli.main import run

ZONE = ["--zone", "America/El_Salvador"]
STAYS = """subject,facility,cell,in,out,counted_at
p1,X-1,A-01,2027-01-02T10:00:00Z,2027-01-20T10:00:00Z,
p2,X-1,A-01,2027-01-02T10:00:00Z,2027-01-12T10:00:00Z,
p3,X-1,A-01,2027-01-05T10:00:00Z,,
p4,X-1,A-02,2027-01-05T10:00:00Z,,
p5,X-1,B-1,2027-01-05T10:00:00Z,,
p6,X-1,,2027-01-05T10:00:00Z,,
p7,,,2027-01-05T10:00:00Z,,X-1
p8,X-1,A-09,2027-01-05,,
p9,X-1,A-09,2027-01-05T10:00:00Z,2027-01-05T10:00:00Z,
,X-1,A-09,2027-01-05T10:00:00Z,,
pA,X-1,"A-\x1b[31m",2027-01-05T10:00:00Z,,
pB,X-1,A-02
"""
Asked = dict[str, object]  # what --json prints


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("x.toml").write_text(text(certificate("C1")))
    Path("stays.csv").write_text(STAYS)
    return tmp_path


def listed(found: Asked, key: str) -> list[Any]:
    told = found[key]
    assert isinstance(told, list)
    return told


def asked(capsys: pytest.CaptureFixture[str], *call: str) -> Asked:
    capsys.readouterr()
    assert run([*call, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return found


DENSITY = ("space", "density", "x.toml", "--stays", "stays.csv", *ZONE)
AT = ("--as-of", "2027-01-08T12:00:00Z")


@pytest.mark.usefixtures("here")
def test_a_file_of_stays_is_measured_cell_by_cell(capsys: pytest.CaptureFixture[str]) -> None:
    found = asked(capsys, *DENSITY, *AT, "--measures", "ECHR-1", "--measures", "CPT-1")
    rows = listed(found, "rows")
    told = [(row["cell"], row["persons"], row["m2_per_person"], row["standards"]) for row in rows]
    here, apart, unknown = "below", "does not apply", "not established"
    assert told == [
        ("(no cell recorded)", 1, "", {"ECHR-1": unknown, "CPT-1": unknown}),
        ("A-01", 3, "3.33", {"ECHR-1": here, "CPT-1": apart}),
        ("A-02", 1, "10.00", {"ECHR-1": apart, "CPT-1": "met"}),
        ("B-1", 1, "12.00", {"ECHR-1": apart, "CPT-1": unknown}),
    ]
    assert found["counts"] == {
        "physically_here": 6,
        "cells_in_use": 4,
        "counted": 7,
        "counted_and_elsewhere": {"X-1": 1},
    }


@pytest.mark.usefixtures("here")
def test_rows_that_cannot_be_read_are_set_aside_and_the_counts_add_up(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = asked(capsys, *DENSITY, *AT)
    assert (found["rows_in"], found["rows_taken"], found["rows_set_aside"]) == (12, 7, 5)
    with Path("stays.quarantine.csv").open(newline="") as file:
        kept = [(row["line"], row["code"]) for row in csv.DictReader(file)]
    assert kept == [("9", "H740"), ("10", "H740"), ("11", "H740"), ("12", "H739"), ("13", "H739")]


@pytest.mark.usefixtures("here")
def test_what_stands_out_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    found = asked(capsys, *DENSITY, *AT)
    told = listed(found, "findings")
    assert [one["kind"] for one in told] == ["cell not known", "over the maximum"]


@pytest.mark.usefixtures("here")
def test_days_and_person_days_below_a_standard_are_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    call = ("space", "days", "x.toml", "--stays", "stays.csv", *ZONE, "--month", "2027-01")
    found = asked(capsys, *call, "--measures", "ECHR-1", "--as-of", "2027-03-01")
    measures = listed(found, "measures")
    # three persons in 8.5 m2 from the 5th to the night before p2 left on the 12th
    assert [
        {key: one[key] for key in ("days_below", "person_days_below", "first_day_below")}
        for one in measures
    ] == [{"days_below": 7, "person_days_below": 21, "first_day_below": "2027-01-05"}]
    assert measures[0]["longest_run"] == {"cell": "X-1/A-01", "first": "2027-01-05", "days": 7}
    worst = asked(capsys, *call, "--measures", "ECHR-1", "--as-of", "2027-03-01", "--worst")
    told = listed(worst, "measures")
    assert (told[0]["days_below"], told[0]["person_days_below"]) == (8, 24)


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    "call", [("density",), ("days", "--from", "2027-01-01", "--to", "2027-06-01")]
)
def test_what_came_after_the_instant_is_not_known(
    capsys: pytest.CaptureFixture[str], call: tuple[str, ...]
) -> None:
    later = certificate("C2", {"cells": '["A-01"]', "cna": "", "working": "1", "maximum": "1"},
                        effective_from="2027-02-01")  # fmt: skip
    Path("x.toml").write_text(text(certificate("C1"), later))
    whole = ("p1,X-1,A-01,2027-01-02T10:00:00Z,,\n", "p2,X-1,A-01,2027-01-02T10:00:00Z,,\n")
    told = [one.replace(",,\n", ",2027-03-20T10:00:00Z,\n") for one in whole]
    twice = (
        "p1,X-1,A-02,2027-01-05T10:00:00Z,,\n",
        "p1,X-1,A-02,2027-01-05T10:00:00Z,2027-02-20T10:00:00Z,\n",
    )
    after = "p9,X-1,A-02,2027-01-20T10:00:00Z,,\n"
    found = []
    for rows in ((*whole, twice[0]), (*told, twice[1], after)):
        Path("stays.csv").write_text(STAYS.splitlines()[0] + "\n" + "".join(rows))
        asked_ = ("space", call[0], "x.toml", "--stays", "stays.csv", *ZONE, *AT, *call[1:])
        document = asked(capsys, *asked_)
        found.append({key: told for key, told in document.items() if not key.startswith("rows_")})
    assert found[0] == found[1]
    assert [one["kind"] for one in listed(found[0], "findings")] == ["one person in two places"]


@pytest.mark.usefixtures("here")
def test_no_day_after_the_instant_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    call = ("space", "days", "x.toml", "--stays", "stays.csv", *ZONE, "--from", "2027-01-01")
    found = [
        asked(capsys, *call, "--to", to, *AT)["person_days"] for to in ("2027-01-08", "2027-06-01")
    ]
    # at noon of the 8th: two from the 2nd, four more from the 5th on, until the night before
    assert found == [6 * 2 + 3 * 4, 6 * 2 + 3 * 4]


@pytest.mark.usefixtures("here")
def test_one_facility_tells_nothing_of_the_cells_of_another(
    capsys: pytest.CaptureFixture[str],
) -> None:
    stay = "2027-01-02T10:00:00Z,"
    rows = [f"p1,Y-1,C-1,{stay},X-1", f"p2,Y-1,C-1,{stay},Y-1", f"p3,X-1,A-01,{stay},X-1"]
    Path("stays.csv").write_text("\n".join([STAYS.splitlines()[0], *rows]))
    found = asked(capsys, *DENSITY, *AT)
    told = [(row["facility"], row["cell"], row["persons"]) for row in listed(found, "rows")]
    assert told == [("X-1", "A-01", 1)]
    assert found["counts"] == {
        "physically_here": 1,
        "cells_in_use": 1,
        "counted": 2,
        "counted_and_elsewhere": {"X-1": 1},
    }


@pytest.mark.usefixtures("here")
def test_persons_stated_cell_by_cell_are_measured(capsys: pytest.CaptureFixture[str]) -> None:
    Path("cells.csv").write_text("cell,persons\nA-01,2\nA-02,AS NEEDED\nA-01,5\nA-03,0\n")
    call = ("space", "density", "x.toml", "--cells", "cells.csv", "--as-of", "2027-01-08")
    found = asked(capsys, *call, "--measures", "CPT-2")
    rows = listed(found, "rows")
    assert [(row["cell"], row["standards"]) for row in rows] == [("A-01", {"CPT-2": "met"})]
    assert (found["rows_in"], found["rows_taken"], found["rows_set_aside"]) == (4, 2, 2)


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("by", ["cell", "module", "facility"])
def test_a_page_reads_without_colour_and_rows_go_to_a_file(
    capsys: pytest.CaptureFixture[str], by: str
) -> None:
    assert run([*DENSITY, *AT, "--by", by, "--measures", "ECHR-1"]) == 0
    page = capsys.readouterr().out
    assert "below" in page
    assert "\x1b" not in page
    assert run([*DENSITY, *AT, "--by", by, "--out", "rows.csv"]) == 0
    with Path("rows.csv").open(newline="") as file:
        assert sum(int(row["persons"]) for row in csv.DictReader(file)) == 6


@pytest.mark.usefixtures("here")
def test_capacity_says_what_was_certified_and_known_on_a_day(
    capsys: pytest.CaptureFixture[str],
) -> None:
    call = ("space", "capacity", "x.toml", "--cells")
    found = {
        (at, known): len(rows)
        if isinstance(rows := asked(capsys, *call, *words)["rows"], list)
        else 0
        for at, known, words in (
            ("2027-02-01", "", ("--at", "2027-02-01")),
            ("2026-12-31", "", ("--at", "2026-12-31")),
            ("2027-02-01", "2026-12-19", ("--at", "2027-02-01", "--known", "2026-12-19")),
        )
    }
    assert found == {("2027-02-01", ""): 5, ("2026-12-31", ""): 2, ("2027-02-01", "2026-12-19"): 2}


@pytest.mark.usefixtures("here")
def test_a_page_of_cells_cuts_no_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["space", "capacity", "x.toml", "--at", "2027-06-01", "--cells"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert {"A-01", "A-02", "A-03", "B-1", "C1", "100000"} <= {
        word for line in lines for word in line.split()
    }
    assert max(map(len, lines)) <= 100


def test_a_register_is_measured_and_a_facility_without_areas_stays_open(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    register = str(demo / "se-ee/register.sqlite3")
    call = ("--register", register, "--agreement", "SE-EE", "--as-of", "2028-02-01T12:00:00Z")
    roll = asked(capsys, "custody", "roll", register, *call[2:], "--side", "receiving")
    found = asked(capsys, "space", "density", *call, "--measures", "ECHR-1")
    rows = listed(found, "rows")
    held = listed(roll, "rows")
    assert found["checkpoint"] == roll["checkpoint"]
    there = Counter(row["cell"] or "(no cell recorded)" for row in held if row["status"] == "held")
    assert there
    assert {row["cell"]: row["persons"] for row in rows} == there
    assert {row["standards"]["ECHR-1"] for row in rows} <= {"not established", "does not apply"}
    early = ("--size", "800")
    then = asked(capsys, "custody", "roll", register, *call[2:], "--side", "receiving", *early)
    small = asked(capsys, "space", "density", *call, "--measures", "ECHR-1", *early)
    few = [row for row in listed(then, "rows") if row["status"] == "held"]
    assert (small["register_size"], small["checkpoint"]) == (800, then["checkpoint"])
    assert sum(row["persons"] for row in listed(small, "rows")) == len(few) < len(held)
    every = asked(capsys, "custody", "intervals", register, *call[2:4], *early)
    assert every["register_size"] == 800
    own = tmp_path / "tartu.toml"
    names = sorted({row["cell"] for row in held if row["cell"]})
    told = ", ".join(f'"{name}"' for name in names)
    one = certificate("C1", {"cells": f"[{told}]", "maximum": ""})
    facility = next(row["facility"] for row in held)
    own.write_text(text(one).replace('id = "X-1"', f'id = "{facility}"'))
    sure = asked(capsys, "space", "density", str(own), *call, "--measures", "ICRC-5")
    rows = listed(sure, "rows")
    assert {row["standards"]["ICRC-5"] for row in rows if row["certificate"]} == {"met"}
    days = ("space", "days", str(own), *call[:4], "--month", "2028-01", "--as-of", "2028-03-01")
    measures = listed(asked(capsys, *days), "measures")
    assert {one["person_days_below"] + one["person_days_met"] > 0 for one in measures} >= {True}


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("call", "code"),
    [
        (["density", "x.toml", "--stays", "stays.csv"], "H901"),
        (["density", "x.toml", "--stays", "stays.csv", "--zone", "Mars/Olympus"], "H711"),
        (["density", "x.toml", "--register", "r"], "H901"),
        (["density", "x.toml", "--stays", "none.csv", *ZONE], "H902"),
        (["density", "x.toml", "--stays", "x.csv", *ZONE], "H421"),
        ([*DENSITY[1:], "--by", "wing"], "H903"),
        ([*DENSITY[1:], "--measures", "ECHR-3"], "H903"),
        ([*DENSITY[1:], "--persons", "3"], "H901"),
        ([*DENSITY[1:], "--register", "r"], "H901"),
        (["days", "x.toml"], "H901"),
        (["days", "x.toml", "--month", "2027-01"], "H901"),
        (["days", *DENSITY[2:], "--from", "2027-01-02", "--to", "2027-01-02"], "H903"),
        (["capacity", "NOWHERE"], "H218"),
        (["check", "none.toml"], "H902"),
    ],
)
def test_a_call_that_cannot_be_answered_is_one_sentence(
    capsys: pytest.CaptureFixture[str], call: list[str], code: str
) -> None:
    Path("x.csv").write_text("subject,cell\np,A-01\n")
    assert run(["space", *call]) == 2
    assert code in capsys.readouterr().err.splitlines()[-1]
