"""A family on the command line: the downloaded files, the token, and nobody else."""

import io
import json
from pathlib import Path

import pytest

from habeas.cli.main import run
from habeas.register.locator import printed
from habeas.register.public_roll import Statement
from habeas.service import nightly
from habeas.terms import RollStatus
from public_rolls import ASK, DAY, HELD, Office, secret, trust_text

Captured = pytest.CaptureFixture[str]
MINE, DEAD, THEIRS = secret("canary mine"), secret("canary dead"), secret("canary theirs")
STATED = {
    MINE: Statement(HELD, 7, facility="CANARY-1"),
    DEAD: Statement(RollStatus.DIED, 9),
    THEIRS: Statement(ASK, 3, court="CANARY-COURT"),
}


@pytest.fixture
def roll(tmp_path: Path) -> Path:
    """A downloaded roll: its two files and the trust file, nothing of the register."""
    there, here = tmp_path / "register", tmp_path / "downloads"
    there.mkdir()
    here.mkdir()
    office = Office(there)
    nightly.publish(DAY, 1, STATED, office.press())
    for ending in ("bin", "json"):
        (there / f"{DAY}.1.{ending}").rename(here / f"{DAY}.1.{ending}")
    (here / "trust.json").write_text(trust_text())
    return here / f"{DAY}.1.bin"


def ask(roll: Path, token: bytes, *more: str) -> int:
    paper = roll.with_name("token.txt")
    paper.write_text(printed(token) + "\n")
    words = ["locate", "--roll", str(roll), "--token-file", str(paper)]
    return run([*words, "--as-of", DAY.isoformat(), *more])


def test_a_held_person_is_found_with_the_place(roll: Path, capsys: Captured) -> None:
    status = ask(roll, MINE)
    said = capsys.readouterr()
    assert status == 0
    assert said.out.startswith("held. Facility: CANARY-1. Latest custody number 7, row ")
    assert "DEMONSTRATION" in said.out
    assert "NOT WITNESSED" in said.out
    assert "cannot see into a cell" in said.err


def test_a_row_that_names_a_court_says_whom_to_ask(roll: Path, capsys: Captured) -> None:
    assert ask(roll, THEIRS) == 0
    assert capsys.readouterr().out.startswith("ask. Ask the court: CANARY-COURT.")


def test_a_person_who_is_not_in_the_roll_is_told_with_the_neighbours(
    roll: Path, capsys: Captured
) -> None:
    assert ask(roll, secret("stranger")) == 1
    said = capsys.readouterr()
    assert said.out.startswith("NOT IN THIS ROLL: its place is ")
    assert "the absence is a finding" in said.err


def test_the_answer_as_json_holds_the_proof_and_never_the_token(
    roll: Path, capsys: Captured
) -> None:
    assert ask(roll, MINE, "--json") == 0
    text = capsys.readouterr().out
    found = json.loads(text)
    assert (found["status"], found["facility"], found["custody_number"]) == ("held", "CANARY-1", 7)
    assert (found["date"], found["issue"], found["rows"], found["days_old"]) == (
        "2026-03-02",
        1,
        256,
        0,
    )
    assert len(found["row"]["proof"]) == 8
    assert [one for one in (printed(MINE), MINE.hex()) if one in text] == []


def test_an_old_roll_says_how_old_it_is(roll: Path, capsys: Captured) -> None:
    assert run_stdin(roll, "2026-03-09", printed(MINE)) == 0
    assert "7 days old" in capsys.readouterr().err


def run_stdin(roll: Path, day: str, typed: str) -> int:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin", io.StringIO(typed + "\n"))
        return run(["locate", "--roll", str(roll), "--token", "-", "--as-of", day])


def test_a_token_on_the_command_line_is_warned_of(roll: Path, capsys: Captured) -> None:
    assert run(["locate", "--roll", str(roll), "--token", printed(MINE)]) == 0
    assert "shell's history" in capsys.readouterr().err
    assert run_stdin(roll, DAY.isoformat(), printed(MINE)) == 0
    assert "shell's history" not in capsys.readouterr().err


def test_a_mistyped_token_is_told_and_not_absent(roll: Path, capsys: Captured) -> None:
    wrong = printed(MINE)[:-1] + ("0" if printed(MINE)[-1] != "0" else "2")
    assert run_stdin(roll, DAY.isoformat(), wrong) == 2
    said = capsys.readouterr()
    assert "H587" in said.err
    assert wrong not in said.err + said.out


@pytest.mark.parametrize("words", [[], ["--token", "-", "--token-file", "x"]])
def test_a_token_is_given_exactly_once(roll: Path, words: list[str], capsys: Captured) -> None:
    assert run(["locate", "--roll", str(roll), *words]) == 2
    assert "H903" in capsys.readouterr().err


def test_a_roll_that_was_altered_is_refused_and_nothing_is_answered(
    roll: Path, capsys: Captured
) -> None:
    data = bytearray(roll.read_bytes())
    data[50] ^= 1
    roll.write_bytes(data)
    assert ask(roll, MINE) == 2
    said = capsys.readouterr()
    assert (said.out, "H584" in said.err) == ("", True)
    assert run(["register", "public-roll", "check", str(roll)]) == 1
    assert "H584" in capsys.readouterr().err
    assert run(["register", "public-roll", "check", str(roll), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["verdict"], found["faults"][0]["code"]) == ("does not hold", "H584")


def test_a_whole_roll_is_checked_without_any_token(roll: Path, capsys: Captured) -> None:
    assert run(["register", "public-roll", "check", str(roll)]) == 0
    assert "256 rows" in capsys.readouterr().out
    trust = str(roll.with_name("trust.json"))
    assert run(["register", "public-roll", "check", str(roll), "--trust", trust, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["verdict"], found["event_index"], found["stepped"]) == ("holds", 1, True)


def test_a_file_under_another_days_name_is_told(roll: Path, capsys: Captured) -> None:
    for ending in (".bin", ".json"):
        roll.with_suffix(ending).rename(roll.with_name(f"2026-03-03.1{ending}"))
    assert ask(roll.with_name("2026-03-03.1.bin"), MINE) == 0
    assert "another day" in capsys.readouterr().err


@pytest.mark.parametrize("missing", [".bin", ".json"])
def test_a_missing_file_is_a_sentence(roll: Path, missing: str, capsys: Captured) -> None:
    roll.with_suffix(missing).unlink()
    assert ask(roll, MINE) == 2
    assert "H902" in capsys.readouterr().err


def test_neither_file_nor_any_error_holds_what_is_secret(roll: Path, capsys: Captured) -> None:
    files = roll.read_bytes() + roll.with_suffix(".json").read_bytes()
    ask(roll, secret("stranger"))
    roll.write_bytes(roll.read_bytes()[:-1])
    ask(roll, MINE)
    said = capsys.readouterr()
    forms = (b"CANARY", MINE, MINE.hex().encode(), printed(MINE).encode())
    everywhere = files + (said.out + said.err).encode()
    assert [one for one in forms if one in everywhere] == []
