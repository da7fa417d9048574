"""Duties and inquiries of the demonstration's registers, as a person at a terminal has them."""

import json
from collections import Counter
from pathlib import Path

import icalendar
import pytest

from habeas.cli.main import run

EE = ["--agreement", "SE-EE"]
AT = ["--as-of", "2027-11-20"]


@pytest.fixture
def lease(demo: Path) -> str:
    return str(demo / "se-ee/register.sqlite3")


def asked(capsys: pytest.CaptureFixture[str], status: int, *call: str) -> dict[str, object]:
    capsys.readouterr()
    assert run([*call, "--json"]) == status
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return found


def held(capsys: pytest.CaptureFixture[str], lease: str) -> dict[str, str]:
    found = asked(capsys, 0, "custody", "roll", lease, *EE, "--as-of", "2027-06-01")
    rows = found["rows"]
    assert isinstance(rows, list)
    row: dict[str, str] = next(one for one in rows if one["custodian"] == "receiving")
    return row


def test_every_handover_opens_an_examination_that_is_mostly_done(
    lease: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = asked(capsys, 1, "duties", "list", lease, *EE, *AT, "--all")
    rows = found["rows"]
    assert isinstance(rows, list)
    handed = {row["event"] for row in rows if row["from"] == "custody.handed_over"}
    opened = [row for row in rows if row["duty"] == "D-4"]
    assert {row["event"] for row in opened} == handed
    states = Counter(str(row["state"]) for row in opened)
    assert states["met"] > 9 * (states["met late"] + states["overdue"]) > 0
    assert {row["answered"] == "" for row in opened if row["state"] == "overdue"} == {True}
    assert {row["limit"] for row in opened} == {"policy"}
    assert str(found["review"]).startswith("No lawyer")


def test_late_ones_come_first_and_what_has_no_number_is_never_late(
    lease: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = asked(capsys, 1, "duties", "list", lease, *EE, *AT)["rows"]
    assert isinstance(rows, list)
    states = [row["state"] for row in rows]
    assert states == sorted(states, key=["overdue", "running", "no number fixed"].index)
    assert {row["duty"] for row in rows if row["limit"] == "nobody"} == {"D-20"}
    assert all(row["days_late"] == "" for row in rows if row["state"] == "no number fixed")


def test_a_smaller_register_knows_fewer_duties(
    lease: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = asked(capsys, 0, "duties", "list", lease, *EE, *AT, "--size", "5")
    assert (found["rows"], found["register_size"]) == ([], 5)


def test_the_calendar_holds_each_deadline_and_nobodys_number(
    lease: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "deadlines.ics"
    found = asked(capsys, 1, "duties", "list", lease, *EE, *AT, "--ics", str(file))
    rows = found["rows"]
    assert isinstance(rows, list)
    read = icalendar.Calendar.from_ical(file.read_bytes())
    entries = list(read.walk("VEVENT"))
    assert len(entries) == sum(row["state"] in ("running", "overdue") for row in rows)
    assert len({str(one["uid"]) for one in entries}) == len(entries)
    assert b"p_" not in file.read_bytes()


def test_the_page_says_how_many_more_there_are(
    lease: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert run(["duties", "list", lease, *EE, *AT]) == 1
    shown = capsys.readouterr()
    assert "overdue" in shown.out
    assert "--out FILE, or --json" in shown.err
    assert "no text or agreement fixes a number" in shown.err


def test_the_answer_is_computed_out_of_the_register(
    lease: str, capsys: pytest.CaptureFixture[str]
) -> None:
    row = held(capsys, lease)
    call = ["inquiry", "answer", lease, row["register_number"], *EE, "--as-of", "2027-06-01"]
    assert run(call) == 0
    found = json.loads(capsys.readouterr().out)
    assert {name: found[name] for name in ("facility", "custodian", "status", "since")} == {
        name: row[name] for name in ("facility", "custodian", "status", "since")
    }
    assert found["basis"]["ordered_by"] == "SE-COURT"
    assert found["proof"]["root"]


def test_one_inquiry_waits_and_one_answer_names_another_facility(
    lease: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = asked(capsys, 1, "inquiry", "list", lease, *EE, *AT)
    assert found["counts"] == {"met": 2, "met late": 2, "overdue": 1}
    assert isinstance(found["contradictions"], list)
    (wrong,) = found["contradictions"]
    assert (wrong["says"], wrong["register_says"]) == ("SE-PRISON-1", "TARTU")
    assert run(["inquiry", "list", lease, *EE, *AT]) == 1
    assert "Inquiries as of 2027-11-20: 5" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (["inquiry", "answer", "{}", "p_nobody", *EE], "H749"),
        (["duties", "list", "{}", *EE, "--size", "999999"], "H717"),
        (["duties", "check", "{file}", "--columns", "start=a,answer=b"], "H901"),
        (["duties", "check", "{file}", "--columns", "start=a,answer=x", "--days", "1"], "H901"),
        (["duties", "check", "{file}", "--columns", "start=a,answer=b", "--duty", "D-1"], "H901"),
        (
            ["duties", "check", "{file}", "--columns", "start=a,answer=b", "--working-days", "1"],
            "H771",
        ),
    ],
)
def test_bad_calls_are_one_sentence(
    lease: str, tmp_path: Path, call: list[str], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "f.csv"
    file.write_text("a,b\n2027-01-04,2027-01-05\n")
    assert run([one.format(lease, file=file) for one in call]) == 2
    said = capsys.readouterr().err
    assert code in said
    assert "Traceback" not in said


def test_a_row_that_cannot_be_read_is_set_aside_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "f.csv"
    file.write_text("a,b\n2027-01-04,2027-01-05\nsoon,2027-01-05\n2027-01-04,\n")
    call = ["duties", "check", str(file), "--columns", "start=a,answer=b", "--days", "3", *AT]
    capsys.readouterr()
    assert run([*call, "--json"]) == 1
    shown = capsys.readouterr()
    assert json.loads(shown.out)["counts"] == {
        "rows": 3, "met": 1, "overdue": 1, "running": 0, "no number fixed": 0, "met late": 0,
        "answered before it arose": 0, "refused": 1,
    }  # fmt: skip
    assert "H772 line 3: 'soon' is no day or instant" in shown.err


def test_working_days_count_by_the_state_that_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "f.csv"
    file.write_text("a,b\n2026-12-31,2027-01-07\n")
    call = ["duties", "check", str(file), "--columns", "start=a,answer=b", "--working-days", "3"]
    found = {}
    for state in ("SE", "US"):  # 6 January is a holiday in Sweden alone
        capsys.readouterr()
        run([*call, "--state", state, *AT, "--json"])
        told = json.loads(capsys.readouterr().out)
        found[state] = (told["counts"]["met late"], told["calendar"].rpartition(", ")[2])
    assert found == {"SE": (0, "SE"), "US": (1, "US")}


def test_a_sample_of_the_roll_names_its_seed_and_what_it_was_drawn_from(
    lease: str, capsys: pytest.CaptureFixture[str]
) -> None:
    size = asked(capsys, 0, "custody", "roll", lease, *EE, "--as-of", "2027-06-01")["register_size"]
    call = ["custody", "sample", lease, *EE, "--as-of", "2027-06-01", "--side", "receiving"]
    call += ["--size", str(size), "--seed", "lot 7", "--facility", "TARTU"]
    few, more = (asked(capsys, 0, *call, "--count", count) for count in ("3", "5"))
    assert isinstance(few["rows"], list)
    assert isinstance(more["rows"], list)
    assert few["rows"] == more["rows"][:3]
    assert {row["facility"] for row in more["rows"]} == {"TARTU"}
    assert (few["seed"], few["register_size"]) == ("lot 7", size)
    for bad in (["--seed", " ", "--count", "3"], ["--count", "0"]):
        assert run([*call, *bad]) == 2
        assert "H901" in capsys.readouterr().err
