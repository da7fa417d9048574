"""Conditions as a person at a terminal has them, whatever the file holds."""

import csv
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from habeas.cli.main import run
from office import AUTHORITIES, ONE, Office

Printed = pytest.CaptureFixture[str]
HEAD = "place,day,from,to,measure,value,unit,persons,observed_by,reference\n"
GOOD = "F/c1,2027-01-04,,,hours_outdoors,2,h,,custodian,log\n"
LESS = "F/c1,2027-01-04,,,hours_outdoors,0.5,hours,,monitor,visit 3\n"


def asked(capsys: Printed, status: int, *call: str) -> dict[str, Any]:
    capsys.readouterr()
    assert run(["custody", *call, "--json"]) == status
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    "bad",
    [
        "F,2027-01-04,,,hours_outdoors,two,,,custodian,",
        "F,2027-01-04,,,hours_outdoors,2,min,,custodian,",
        "F,2027-01-04,,,exercise,2,,,custodian,",
        "F,2027-01-04,,,light,on,,,custodian,",
        "F,2027-01-04,,,toilets,2,,many,custodian,",
        "F,2027-01-04,,,toilets,2,,,warden,",
        ",2027-01-04,,,toilets,2,,,monitor,",
        "F,,,,toilets,2,,,monitor,",
        "F,2027-01-04,2027-01-04,2027-01-05,toilets,2,,,monitor,",
        "F,,2027-01-05,2027-01-05,toilets,2,,,monitor,",
        "F,,2027-01-05,,toilets,2,,,monitor,",
        "F,20270104,,,toilets,2,,,monitor,",
        "F,2027-02-30,,,toilets,2,,,monitor,",
        "F,9999-12-31,,,toilets,2,,,monitor,",
        "F,2027-01-04,,,toilets,2,,monitor,",
        "F,2027-01-04,,,toilets,2,,,monitor,\x1b[2J",
        f"{'F' * 200},2027-01-04,,,toilets,2,,,monitor,",
        'F,2027-01-04,,,toilets,2,,,monitor,"open',
    ],
)
def test_a_bad_row_is_one_sentence_and_the_good_ones_go_on(bad: str, capsys: Printed) -> None:
    Path("o.csv").write_text(f"{HEAD}{bad}\n{GOOD}")
    found = asked(capsys, 1, "conditions", "o.csv")
    assert (found["rows_in"], found["rows_taken"], found["rows_set_aside"]) == (2, 1, 1)
    assert [one["place"] for one in found["observations"]] == ["F/c1"]
    assert run(["custody", "conditions", "o.csv"]) == 1
    printed = capsys.readouterr()
    assert "\x1b" not in printed.out + printed.err
    assert sum("H876" in line for line in printed.err.splitlines()) == 1
    (kept,) = csv.DictReader(Path("o.quarantine.csv").read_text().splitlines())
    assert (kept["line"], kept["code"]) == ("2", "H876")


@pytest.mark.usefixtures("here")
def test_a_cell_that_a_spreadsheet_would_run_is_written_as_text(capsys: Printed) -> None:
    Path("o.csv").write_text(HEAD + GOOD.replace("F/c1", "=1+1").replace("log", "=2+2"))
    assert run(["custody", "conditions", "o.csv", "--out", "r.csv"]) == 0
    capsys.readouterr()
    assert {row["place"] for row in csv.DictReader(Path("r.csv").read_text().splitlines())} == {
        "'=1+1"
    }


@pytest.mark.usefixtures("here")
def test_the_page_shows_standard_number_worst_finding_and_both_sides(capsys: Printed) -> None:
    Path("o.csv").write_text(HEAD + GOOD + LESS)
    assert run(["custody", "conditions", "o.csv", "--standards", "UN-5"]) == 1
    shown = capsys.readouterr()
    assert next(one for one in shown.out.splitlines() if "UN-5" in one).split() == [
        "F/c1", "UN-5", "hours_outdoors", "\u2265", "1", "0.5", "not", "met", "1", "0", "1",
    ]  # fmt: skip
    said = "contradiction: F/c1, 2027-01-04: custodian hours_outdoors 2 (log); monitor "
    assert f"{said}hours_outdoors 0.5 (visit 3)" in shown.err
    assert "No lawyer has reviewed" in shown.err


@pytest.mark.usefixtures("here")
def test_the_document_says_what_each_standard_says_and_how_far_it_was_read(
    capsys: Printed,
) -> None:
    Path("o.csv").write_text(HEAD + GOOD + LESS)
    found = asked(capsys, 1, "conditions", "o.csv", "--month", "2027-01")
    assert (found["from"], found["to"]) == ("2027-01-01", "2027-02-01")
    row = next(one for one in found["rows"] if one["measure"] == "UN-5")
    assert (row["finding"], row["days"], row["not_met"], row["not_observed"]) == (
        "not met", "31", "1", "30",
    )  # fmt: skip
    assert (row["not_met_on"], row["contradicted"]) == ("2027-01-04", "1")
    assert found["measures"]["UN-5"]["cite"] == ["mandela Rule 23 (memory)"]
    assert found["measures"]["UN-7"]["asks"] == "no number fixed"
    by_itself = [one["findings"]["UN-5"] for one in found["observations"]]
    assert by_itself == ["met", "not met"]
    assert found["review"].startswith("No lawyer")


@pytest.mark.usefixtures("here")
def test_what_is_met_on_every_day_alone_holds(capsys: Printed) -> None:
    Path("o.csv").write_text(HEAD + GOOD)
    assert asked(capsys, 0, "conditions", "o.csv")["counts"] == {"met": 2, "not established": 8}
    found = asked(capsys, 0, "conditions", "o.csv", "--from", "2027-01-04", "--to", "2027-01-06")
    assert found["counts"] == {"not established": 10}


@pytest.mark.usefixtures("here")
def test_parquet_is_read_as_csv_is(capsys: Printed) -> None:
    names = HEAD.strip().split(",")
    rows = [GOOD.strip().split(","), LESS.strip().split(",")]
    columns = [pa.array(column) for column in zip(*rows, strict=True)]
    pq.write_table(pa.table(dict(zip(names, columns, strict=True))), "o.parquet")
    Path("o.csv").write_text(HEAD + GOOD + LESS)
    one, other = (asked(capsys, 1, "conditions", file) for file in ("o.csv", "o.parquet"))
    assert {**one, "file": ""} == {**other, "file": ""}


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("call", "code"),
    [
        ([], "H901"),
        (["none.csv"], "H902"),
        (["bad.csv"], "H421"),
        (["o.csv", "--standards", "XX"], "H878"),
        (["o.csv", "--standards", "UN-1"], "H878"),
        (["o.csv", "--from", "2027-01-04"], "H901"),
        (["o.csv", "--from", "2027-01-04", "--to", "2027-01-04"], "H901"),
        (["o.csv", "--month", "2027-13"], "H903"),
        (["--register", "r.sqlite3"], "H901"),
    ],
)
def test_bad_calls_are_one_sentence(call: list[str], code: str, capsys: Printed) -> None:
    Path("o.csv").write_text(HEAD + GOOD)
    Path("bad.csv").write_text("place,value\nF,1\n")
    assert run(["custody", "conditions", *call]) == 2
    said = capsys.readouterr().err
    assert code in said
    assert "Traceback" not in said


@pytest.mark.usefixtures("here")
def test_an_empty_file_establishes_nothing(capsys: Printed) -> None:
    Path("o.csv").write_text(HEAD)
    found = asked(capsys, 0, "conditions", "o.csv")
    assert (found["rows"], found["from"]) == ([], "")
    assert run(["custody", "conditions", "o.csv"]) == 0


# a register


@pytest.fixture
def apart(tmp_path: Path, capsys: Printed) -> Office:
    """Somebody held apart, with hours that the custodian states and a visit contradicts."""
    office = Office(tmp_path)
    assert office.init() == 0
    assert office.append(office.sign(*map(office.enrolment, AUTHORITIES), keys="roots")) == 0
    hours = {"reason": "r", "hours_out_of_cell": "3", "light": "constant", "toilets": "x"}
    seen = {"observed": [{"measure": "hours_out_of_cell", "value": "0.5"}]}
    drafts = [
        office.opened() | {"occurred_at": "2026-02-01T11:00:00Z"},
        office.draft("segregation.started", "SE-KVV", "custodian", body=hours)
        | {"occurred_at": "2026-02-01T12:00:00Z"},
        office.draft("visit.made", "SE-COURT", "court", body=seen),
    ]
    assert office.append(office.sign(*drafts)) == 0
    capsys.readouterr()
    return office


EE = ["--agreement", "SE-EE", "--as-of", "2026-03-02T12:00:00Z"]


def test_segregation_of_a_register_says_whether_it_is_solitary(
    apart: Office, capsys: Printed
) -> None:
    found = asked(capsys, 1, "segregation", str(apart.register), *EE)
    (row,) = found["rows"]
    assert (row["solitary"], row["contradicted"], row["prolonged"]) == (
        "not established", "yes", "yes",
    )  # fmt: skip
    assert (row["prolonged_since"], row["days"]) == ("2026-02-16T12:00:00+00:00", "29.0")
    assert found["counts"]["solitary"] == {"not established": 1}
    assert len(found["unread"]) == 1
    assert run(["custody", "segregation", str(apart.register), *EE]) == 1
    shown = capsys.readouterr()
    assert "contradicted" in shown.out
    assert "H877 'x' is no value of toilets" in shown.err


def test_conditions_of_a_register_stand_under_the_person_held_apart(
    apart: Office, capsys: Printed
) -> None:
    found = asked(capsys, 1, "conditions", "--register", str(apart.register), *EE)
    rows = {row["measure"]: row for row in found["rows"]}
    assert {row["place"] for row in found["rows"]} == {ONE}
    assert (rows["UN-6"]["finding"], rows["UN-6"]["not_met"]) == ("not met", "30")
    assert (rows["UN-5"]["finding"], rows["UN-5"]["not_met"]) == ("not met", "1")
    assert [one["condition"] for one in found["contradictions"]] == ["hours_out_of_cell"]
    assert (found["unreadable_entries"], found["agreement"]) == (1, "SE-EE")


def test_a_file_and_the_roll_of_a_register_are_held_together(demo: Path, capsys: Printed) -> None:
    lease = str(demo / "se-ee/register.sqlite3")
    where = [lease, "--agreement", "SE-EE", "--as-of", "2027-06-01"]
    roll = asked(capsys, 0, "roll", *where)["rows"]
    facility = next(row["facility"] for row in roll if row["custodian"] == "receiving")
    file = demo / "toilets.csv"
    row = f"{facility},2027-05-31,,,toilets,1,,,monitor,visit"
    file.write_text(f"{HEAD}{row}\n")
    call = ["conditions", str(file), "--register", *where, "--standards", "ICRC"]
    found = asked(capsys, 1, *call)
    (persons,) = [one for one in found["observations"] if one["condition"] == "persons"]
    assert persons["value"].startswith("at least ")
    assert int(persons["value"].removeprefix("at least ")) > 50
    told = {one["measure"]: one["finding"] for one in found["rows"]}
    assert told == {"ICRC-5": "not met", "ICRC-6": "not met", "ICRC-7": "not established"}
