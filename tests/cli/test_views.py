"""Roll, intervals, person-days and bills out of one register agree with one another."""

import json
import shutil
import sys
from contextlib import closing
from pathlib import Path

import pytest

from habeas.adapters.key_store import SqliteKeys
from habeas.cli import doctor
from habeas.cli.main import COMMANDS, GROUPS, run

EE = ["--agreement", "SE-EE"]
OAS = ["--agreement", "OAS-A57", "--sending", "US", "--receiving", "SV"]


def asked(capsys: pytest.CaptureFixture[str], *call: str) -> dict[str, object]:
    capsys.readouterr()
    assert run([*call, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return found


def test_the_roll_is_who_the_intervals_hold(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    register = str(demo / "se-ee/register.sqlite3")
    roll = asked(capsys, "custody", "roll", register, *EE, "--as-of", "2028-02-01T12:00:00+00:00")
    rows = asked(capsys, "custody", "intervals", register, *EE)["rows"]
    assert isinstance(rows, list)
    now = "2028-02-01T12:00:00+00:00"
    held = [row for row in rows if row["start"] <= now and (not row["end"] or now < row["end"])]
    assert (roll["roll_count"], len({row["register_number"] for row in held})) == (
        len(held),
        len(held),
    )


def test_the_roll_has_two_sides(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    register = str(demo / "oas-a57/register.sqlite3")
    counts = [
        asked(capsys, "custody", "roll", register, *OAS, "--as-of", "2027-12-01", *side)[
            "roll_count"
        ]
        for side in ([], ["--side", "sending"], ["--side", "receiving"])
    ]
    assert counts[0] == sum(map(int, map(str, counts[1:])))


def test_person_days_and_the_bill_count_the_same_days(
    demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    register = str(demo / "se-ee/register.sqlite3")
    rows = asked(capsys, "custody", "person-days", register, *EE, "--month", "2028-02")["rows"]
    bill = asked(capsys, "fees", "statement", register, *EE, "--month", "2028-02")
    assert isinstance(rows, list)
    assert isinstance(days := bill["person_days"], dict)
    assert sum(int(row["person_days"]) for row in rows) == days["all"]


def test_the_command_gives_the_bill_that_the_demonstration_kept(
    demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bill = asked(
        capsys, "fees", "statement", str(demo / "se-ee/register.sqlite3"), *EE, "--month", "2028-02"
    )
    kept = json.loads((demo / "se-ee/statements/2028-02.json").read_text())
    assert {key: bill[key] for key in ("lines", "total_minor", "basis")} == {
        key: kept[key] for key in ("lines", "total_minor", "basis")
    }


def test_rows_go_to_a_file_and_pages_to_people(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    register, out = str(demo / "se-ee/register.sqlite3"), tmp_path / "roll.parquet"
    assert run(["custody", "roll", register, *EE, "--as-of", "2028-02-01", "--out", str(out)]) == 0
    assert run(["fees", "statement", register, *EE, "--month", "2028-02"]) == 0
    assert out.stat().st_size > 0
    assert "TOTAL" in capsys.readouterr().out


def test_an_agreement_of_many_states_asks_which(
    demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    register = str(demo / "oas-a57/register.sqlite3")
    assert run(["custody", "roll", register, "--agreement", "OAS-A57"]) == 2
    assert (
        run(
            [
                "custody",
                "roll",
                register,
                "--agreement",
                "OAS-A57",
                "--sending",
                "SE",
                "--receiving",
                "SV",
            ]
        )
        == 2
    )
    assert capsys.readouterr().err.count("H217") == 2


STAYS = """facility,in_date,out_date
A,2026-01-01,2026-01-03
A,2026-01-02,2026-01-04
B,2026-01-01,2026-01-01
"""


def test_a_file_of_stays_is_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "stays.csv"
    path.write_text(STAYS + "A,2026-01-05,2026-01-04\n,2026-01-01,2026-01-02\nA,,2026-01-02\n")
    found = asked(capsys, "custody", "person-days", "--stays", str(path))
    wanted = {
        "stays": 6,
        "incomplete": 2,
        "refused": 1,
        "of_no_day": 1,
        "facility_days": 3,
        "person_days": 4,
    }
    assert {key: found[key] for key in wanted} == wanted


def test_columns_of_stays_may_have_any_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "stays.csv"
    path.write_text(
        STAYS.replace("facility", "place").replace("in_date", "von").replace("out_date", "bis")
    )
    columns = "facility=place,in=von,out=bis"
    assert (
        asked(capsys, "custody", "person-days", "--stays", str(path), "--columns", columns)[
            "person_days"
        ]
        == 4
    )


@pytest.mark.parametrize(
    ("text", "columns", "code"),
    [
        (STAYS, "facility=x,in=in_date,out=out_date", "H421"),
        (STAYS, "facility=facility", "H901"),
        ("facility,in_date,out_date\n", "", "H410"),
        ("facility,in_date,out_date\nA,soon,later\n", "", "H410"),
    ],
)
def test_stays_that_cannot_be_counted_are_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, columns: str, code: str
) -> None:
    path = tmp_path / "stays.csv"
    path.write_text(text)
    assert (
        run(
            [
                "custody",
                "person-days",
                "--stays",
                str(path),
                *(["--columns", columns] if columns else []),
            ]
        )
        == 2
    )
    said = capsys.readouterr().err
    assert (code in said, len(said.splitlines())) == (True, 1)


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (["custody", "person-days"], "H901"),
        (["custody", "roll", "nowhere", *EE], "H562"),
        (["nonsense"], "H901"),
        (["custody", "person-days", "--stays", "nowhere.csv"], "H902"),
        (["screen"], "H901"),
        (["law", "check", "--library", "nowhere"], "H902"),
        (["screen", "nowhere.csv"], "H902"),
    ],
)
def test_a_call_that_is_wrong_is_one_sentence(
    capsys: pytest.CaptureFixture[str], call: list[str], code: str
) -> None:
    assert run(call) == 2
    said = capsys.readouterr()
    assert (said.out, code in said.err, len(said.err.splitlines())) == ("", True, 1)


def test_the_doctor_says_what_is_missing_and_what_to_type(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(["doctor", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["missing"], found["installed"]["python"]) == ([], sys.version.split()[0])
    monkeypatch.setattr(doctor, "EXTRAS", (("no-such-part", "fast", "nothing"),))
    assert run(["doctor"]) == 0
    told = capsys.readouterr()
    assert "missing" in told.out
    assert "pip install 'habeas[fast]'" in told.err


def test_a_place_that_cannot_be_written_is_one_sentence(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "nowhere" / "roll.csv")
    register = str(demo / "se-ee/register.sqlite3")
    assert run(["custody", "roll", register, *EE, "--as-of", "2028-02-01", "--out", out]) == 2
    assert capsys.readouterr().err.splitlines()[-1].startswith("H902")


def test_every_command_is_listed_with_what_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    for group, (_, commands) in GROUPS.items():
        assert run([group, "--help"]) == 0
        told = capsys.readouterr().out
        assert [name for name, (_, about) in commands.items() if about not in told] == []
    assert run(["--help"]) == 0
    assert all(about in capsys.readouterr().out for _, about in list(COMMANDS.values())[:1])


def test_a_roll_that_lacks_somebody_whom_nobody_erased_does_not_hold(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(shutil.copytree(demo / "se-ee", tmp_path / "se-ee"))
    register, at = folder / "register.sqlite3", ["--as-of", "2028-02-01"]
    rows = asked(capsys, "custody", "roll", str(register), *EE, *at)["rows"]
    assert isinstance(rows, list)
    with closing(SqliteKeys(folder / "person-keys.sqlite3", bytes)) as keys:
        keys.destroy([rows[0]["register_number"]])
    capsys.readouterr()
    assert run(["custody", "roll", str(register), *EE, *at, "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    counts = [found[name] for name in ("roll_count", "erased_persons", "unreadable_persons")]
    assert counts == [len(rows) - 1, 0, 1]
    assert run(["fees", "statement", str(register), *EE, "--month", "2028-02"]) == 1
