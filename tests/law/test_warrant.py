"""No agreement is screened against whose guarantees are not proved: from the record, or here."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from habeas.cli.main import run
from habeas.law.library import Library
from habeas.law.proofs import claim
from habeas.service import warrant

DAY = date(2026, 11, 21)
LIBRARY = Library()
OWN = (
    LIBRARY.agreements["SE-EE"][0]
    .text.replace('id = "SE-EE"', 'id = "X-Y"')
    .replace("agreement = 'SE-EE'", "agreement = 'X-Y'")
    .replace("SEEE-", "OWN-")
)
PROMISE = '[guarantees.grown-up]\ntext = {en = "x", es = "x"}\nthen = "age_years >= 18"\n\n[meta]\n'
HEAD = "case,agreement,sending,receiving,pathway\n"
ALONE = "import sys; sys.modules['z3'] = None; from habeas.cli.main import run; sys.exit(run({}))"


def written(folder: Path, text: str) -> list[str]:
    """The words of a call that screens one case under an agreement of a folder of one's own."""
    (folder / "agreements").mkdir(exist_ok=True)
    (folder / "agreements" / "x.toml").write_text(text)
    docket = folder / "docket.csv"
    docket.write_text(f"{HEAD}C-1,X-Y,SE,EE,lease\n")
    return ["screen", str(docket), "--library", str(folder), "--as-of", "2026-11-21"]


def without_solver(words: list[str]) -> tuple[int, str]:
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", ALONE.format(words)], check=False, capture_output=True, text=True
    )
    return done.returncode, done.stderr


def test_every_shipped_agreement_is_recorded_as_proved_in_each_of_its_periods() -> None:
    # Where this fails after a change of law: habeas law prove --write
    for name in LIBRARY.agreements:
        for day in LIBRARY.days(name):
            assert warrant.recorded(LIBRARY, LIBRARY.program(name, day)), name


def test_a_sound_agreement_of_ones_own_is_proved_on_the_spot(tmp_path: Path) -> None:
    assert run(written(tmp_path, OWN.replace("[meta]\n", PROMISE))) == 0


def test_an_agreement_that_breaks_its_word_is_not_screened_against(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = written(tmp_path, OWN.replace("[meta]\n", PROMISE.replace("18", "21")))
    assert run(words) == 2
    told = capsys.readouterr()
    assert "H308 guarantee 'grown-up' of X-Y is false. Case: age_years = 18" in told.err
    assert told.out == ""


def test_without_a_solver_only_what_is_recorded_is_screened_against(tmp_path: Path) -> None:
    words = written(tmp_path, OWN.replace("[meta]\n", PROMISE))
    status, told = without_solver(words)
    assert (status, "H311 the guarantees of X-Y are not recorded as proved" in told) == (2, True)
    assert run(["law", "prove", "X-Y", "--write", "--library", str(tmp_path)]) == 0
    assert without_solver(words)[0] == 0
    written(tmp_path, OWN.replace("[meta]\n", PROMISE.replace("18", "17")))
    assert without_solver(words)[0] == 2  # another claim than the one that was proved


def test_a_broken_agreement_is_never_recorded_and_others_stay_as_they_were(tmp_path: Path) -> None:
    written(tmp_path, OWN)
    assert run(["law", "prove", "--write", "--library", str(tmp_path)]) == 0
    before = Library(tmp_path).proofs["X-Y"]
    written(tmp_path, OWN.replace("[meta]\n", PROMISE.replace("18", "21")))
    assert run(["law", "prove", "SE-EE", "--write", "--library", str(tmp_path)]) == 0
    assert Library(tmp_path).proofs["X-Y"] == before
    assert run(["law", "prove", "X-Y", "--write", "--library", str(tmp_path)]) == 1
    assert "X-Y" not in Library(tmp_path).proofs


def test_a_claim_is_about_rules_and_promises_not_about_words() -> None:
    program, promises = LIBRARY.program("BE-NL", DAY), LIBRARY.guarantees("BE-NL", DAY)
    other = LIBRARY.program("BE-NL", date(2025, 1, 1))
    assert claim(program, promises) == claim(other, promises)  # no rule asks for the day
    assert claim(program, promises) != claim(program, promises[:-1])


def test_a_record_that_cannot_be_read_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(tmp_path, OWN)
    (tmp_path / "proofs.toml").write_text('format = "habeas-proofs/1"\nproved = 1\n')
    assert run(["law", "check", "--library", str(tmp_path)]) == 2
    assert f"{tmp_path}/proofs.toml:" in capsys.readouterr().err
