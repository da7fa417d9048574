"""The demonstration's lease has one return that comes too late: it shows, with its day."""

import json
from pathlib import Path

import pytest

from habeas.cli.main import run

EE = ["--agreement", "SE-EE"]
OAS = ["--agreement", "OAS-A57", "--sending", "US", "--receiving", "SV"]


def asked(capsys: pytest.CaptureFixture[str], status: int, *call: str) -> dict[str, object]:
    capsys.readouterr()
    assert run(["custody", *call, "--json"]) == status
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return found


def lease(demo: Path) -> str:
    return str(demo / "se-ee/register.sqlite3")


def test_the_one_late_return_is_held_past_the_date_from_the_next_day(
    demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Release 2027-11-02 16:00 in Tallinn; 3 November begins there at 22:00 UTC on the 2nd.
    at, status = ("2027-11-02T21:59:59Z", "2027-11-02T22:00:00Z"), (0, 1)
    found = [
        asked(capsys, code, "overstays", lease(demo), *EE, "--as-of", when)["rows"]
        for when, code in zip(at, status, strict=True)
    ]
    assert isinstance(rows := found[1], list)
    assert (found[0], [(row["last_day"], row["finding_on"], row["clocks"]) for row in rows]) == (
        [],
        [("2027-11-02", "2027-11-03", "both")],
    )


def test_when_it_is_over_it_is_still_shown_and_nobody_is_held(
    demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = asked(capsys, 0, "overstays", lease(demo), *EE, "--as-of", "2028-12-01")
    assert isinstance(rows := found["rows"], list)
    assert [(row["held_by"], row["days_past"], row["days_past_receiving"]) for row in rows] == [
        ("-", "10", "10")
    ]


def test_the_bills_leave_out_the_days_of_the_finding(
    demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    days = 0
    for month in ("2027-10", "2027-11", "2027-12"):
        assert run(["fees", "statement", lease(demo), *EE, "--month", month, "--json"]) == 0
        bill = json.loads(capsys.readouterr().out)
        days += sum(
            row["person_days"]
            for row in bill["person_days"]["by_status"]
            if row["status"] == "past_release_date"
        )
    assert days == 10


def test_the_late_return_is_late_by_its_margin_and_the_others_are_kept(
    demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = asked(capsys, 0, "clocks", lease(demo), *EE, "--as-of", "2028-12-01")
    persons = found["persons"]
    assert isinstance(persons, list)
    margins = [one["margin"] for one in persons if one["margin"]["state"] in {"late", "kept"}]
    late = [one for one in margins if one["state"] == "late"]
    assert (len(margins) > 1, late) == (
        True,
        [{"state": "late", "return_by": "2027-10-02", "left_on": "2027-11-12", "days_late": 41}],
    )


def test_one_person_s_computation_is_shown_in_a_hundred_columns(
    demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = [lease(demo), *EE, "--as-of", "2027-11-05"]
    rows = asked(capsys, 1, "overstays", *call)["rows"]
    assert isinstance(rows, list)
    assert run(["custody", "clocks", *call, "--person", rows[0]["register_number"]]) == 0
    said = capsys.readouterr().out
    assert ("stated by the authority" in said, max(map(len, said.splitlines())) <= 100) == (
        True,
        True,
    )
    assert rows[0]["register_number"] in said  # on one line


def test_an_earlier_size_of_the_register_knows_less(
    demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = ["overstays", lease(demo), *EE, "--as-of", "2027-11-05"]
    found = [asked(capsys, code, *call, "--size", size) for size, code in (("0", 0), ("406", 1))]
    counts = [one["counts"] for one in (*found, asked(capsys, 1, *call))]
    known = [one["persons"] for one in counts if isinstance(one, dict)]
    assert ([one["register_size"] for one in found], known[0]) == ([0, 406], 0)
    assert known == sorted(set(known))


@pytest.mark.parametrize("size", ["-1", "999999"])
def test_a_size_that_the_register_never_had_is_one_sentence(
    demo: Path, capsys: pytest.CaptureFixture[str], size: str
) -> None:
    capsys.readouterr()
    assert run(["custody", "overstays", lease(demo), *EE, "--size", size]) == 2
    said = capsys.readouterr()
    assert (said.out, len(said.err.splitlines())) == ("", 1)


def test_the_checkpoint_named_covers_no_more_than_the_size(
    demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = ["overstays", lease(demo), *EE, "--as-of", "2027-01-01"]
    notes = [asked(capsys, 0, *call, "--size", size)["checkpoint"] for size in ("0", "800")]
    assert (notes[0], 0 < int(str(notes[1]).splitlines()[1]) <= 800) == ("", True)


def test_a_story_without_sentences_has_no_date_established(
    demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = [str(demo / "oas-a57/register.sqlite3"), *OAS, "--as-of", "2027-06-01"]
    found = asked(capsys, 0, "overstays", *call)
    assert isinstance(silent := found["no_date"], list)
    assert isinstance(counts := found["counts"], dict)
    assert (len(silent) == counts["held"] > 0, {one["why"] for one in silent}) == (
        True,
        {"not recorded: no sentence"},
    )
    assert run(["custody", "overstays", *call]) == 0
    assert "unknown is not 'no end'" in capsys.readouterr().err


def test_every_output_names_what_it_was_computed_from(
    demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = asked(capsys, 0, "clocks", lease(demo), *EE, "--as-of", "2027-06-01")
    named = {
        "agreement", "register_size", "checkpoint", "tzdata", "as_of", "zone", "convention",
        "rounding", "return_margin_months", "review",
    }  # fmt: skip
    assert named <= set(found)


@pytest.mark.parametrize(("command", "rows"), [("clocks", 80), ("overstays", 1)])
def test_rows_go_to_a_file(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, rows: int
) -> None:
    out = tmp_path / "rows.csv"
    call = ["custody", command, lease(demo), *EE, "--as-of", "2028-12-01", "--out", str(out)]
    assert run(call) == 0
    assert (capsys.readouterr().out, len(out.read_text().splitlines())) == ("", rows + 1)


def test_a_person_who_is_not_there_is_one_sentence(
    demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert run(["custody", "clocks", lease(demo), *EE, "--person", "p_0"]) == 2
    said = capsys.readouterr()
    assert (said.out, "H749" in said.err, len(said.err.splitlines())) == ("", True, 1)
