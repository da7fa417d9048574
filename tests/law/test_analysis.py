"""What `law check` finds over all cases: each planted fault, with a case that the closures run."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from baseline import known
from habeas.cli.main import run
from habeas.law import analyse, world
from habeas.law.agreement import Rule
from habeas.law.cited import Cite, Text
from habeas.law.library import Library
from habeas.law.program import ProgramRule
from habeas.law.prove import Eligible
from habeas.law.scrutiny import days_for_months
from habeas.law.tree import AsOf, Compare, DaysBetween, Fact, Node, Number, Truth
from habeas.service import replay
from habeas.terms import Outcome

DAY = date(2026, 11, 21)
LIBRARY = Library()
OWN = (
    LIBRARY.agreements["SE-EE"][0]
    .text.replace('id = "SE-EE"', 'id = "X-Y"')
    .replace("agreement = 'SE-EE'", "agreement = 'X-Y'")
    .replace("SEEE-", "OWN-")
)
RULE = """
[rules.OWN-9]
text = {en = "Planted.", es = "Puesta."}
applies = "agreement = 'X-Y'"
require = "REQUIRED"
cite = [{instrument = "se-ee", at = "art. 1", checked = "text", source = []}]

[meta]
"""


def checked_whole(folder: Path, capsys: pytest.CaptureFixture[str], text: str) -> tuple[int, str]:
    (folder / "agreements").mkdir()
    (folder / "agreements" / "x.toml").write_text(text)
    status = run(["law", "check", "--library", str(folder)])
    return status, capsys.readouterr().err


def checked(folder: Path, capsys: pytest.CaptureFixture[str], text: str) -> tuple[int, str]:
    with known():
        return checked_whole(folder, capsys, text)


def planted(require: str) -> str:
    return OWN.replace("[meta]\n", RULE.replace("REQUIRED", require))


@pytest.mark.parametrize(
    ("require", "told"),
    [
        ("age_years < 18 AND age_years > 20", "H301 rule 'OWN-9' can never be met"),
        ("age_years >= 0", "H306 rule 'OWN-9' can never be failed"),
        ("sex = 'male' OR sex <> 'male'", "H306 rule 'OWN-9' can never be failed"),
    ],
)
def test_a_rule_that_no_case_meets_or_none_fails_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], require: str, told: str
) -> None:
    status, found = checked(tmp_path, capsys, planted(require))
    line = next(n for n, text in enumerate(planted(require).splitlines(), 1) if "OWN-9" in text)
    assert status == 2
    assert f"x.toml:{line}: {told}" in found


def test_a_rule_that_another_implies_is_advice_and_refuses_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, found = checked(tmp_path, capsys, planted("age_years >= 16"))
    assert status == 0
    assert "H302 rule 'OWN-1' implies 'OWN-9': 'OWN-9' adds nothing" in found


def test_a_rule_that_asks_more_than_every_other_is_no_advice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, found = checked(tmp_path, capsys, planted("age_years >= 21"))
    assert (status, "H302" in found) == (0, False)


def test_rules_that_leave_no_case_are_told_without_a_word_on_missing_facts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, found = checked(tmp_path, capsys, planted("stay_in_force"))
    assert status == 2
    assert "H307 no case can ever be eligible under X-Y" in found
    assert "H303" not in found


def test_a_guarantee_that_does_not_hold_refuses_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = '[guarantees.none-old]\ntext = {en = "x", es = "x"}\nthen = "age_years < 60"\n\n[meta]\n'
    status, found = checked(tmp_path, capsys, OWN.replace("[meta]\n", more))
    assert status == 2
    assert "H308 guarantee 'none-old' of X-Y is false. Case: " in found


def test_a_fact_that_may_be_missing_and_is_not_accepted_is_told_with_a_case(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = OWN.replace('"is_sending_national", "consular_info_given"', '"is_sending_national"')
    status, found = checked(tmp_path, capsys, text)
    assert status == 2
    assert "H303 by lease a case can be eligible with consular_info_given missing" in found
    assert "Example: age_years = 18, agreement = X-Y, " in found
    assert "is_sending_national = true" in found


def test_a_fact_that_is_accepted_as_missing_and_never_is_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = OWN.replace('facts = ["months_remaining"]', 'facts = ["months_remaining", "convicted"]')
    status, found = checked(tmp_path, capsys, text)
    assert status == 2
    assert "H310 convicted may be missing by lease, says the file" in found


def test_an_acceptance_for_a_pathway_that_is_not_open_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = OWN.replace(
        'facts = ["months_remaining"]\npathways = ["lease"]',
        'facts = ["months_remaining"]\npathways = ["lease", "removal"]',
    )
    status, found = checked(tmp_path, capsys, text)
    assert status == 2
    assert "H310 [[may_be_missing]] names the pathway removal" in found


def test_what_the_solver_leaves_undecided_is_never_taken_for_never(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world, "LIMIT_MS", 0)
    status, found = checked_whole(tmp_path, capsys, OWN)
    assert status == 2
    assert {line.split()[1] for line in found.splitlines()} == {"H309"}
    assert "guarantee 'no-stay' of X-Y is not decided" in found


def test_every_case_shown_for_a_missing_fact_is_one_that_screening_finds_eligible() -> None:
    for name, (_, deal) in LIBRARY.agreements.items():
        program = LIBRARY.program(name, DAY)
        for pathway in deal.pathways:
            found = analyse.missing(Eligible(program, replay), pathway)
            assert found.decided
            for fact, case in found.cases.items():
                assert (fact in case.facts, case.facts["pathway"]) == (False, pathway)
                assert replay.outcome(program, case) is Outcome.ELIGIBLE


def test_the_lists_of_the_library_are_complete_and_each_fact_stands_once_a_pathway() -> None:
    for name, (_, deal) in LIBRARY.agreements.items():
        for pathway in deal.pathways:
            listed = [
                fact for one in deal.may_be_missing if pathway in one.pathways for fact in one.facts
            ]
            found = analyse.missing(Eligible(LIBRARY.program(name, DAY), replay), pathway)
            assert sorted(listed) == sorted(found.cases)


def test_a_rule_that_waits_although_every_answer_agrees_is_advice(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["law", "check"]) == 0
    told = capsys.readouterr().err
    assert "H304 rule 'T-4' is not established for " in told
    assert "competent_to_consent missing" in told
    assert told.count("H304") == 1


def rule(require: Node, text: str, at: str) -> ProgramRule:
    cite = (Cite("x", at, "text"),)
    return ProgramRule("R", "policy", Rule(Text(text, text), "x", cite), Truth(value=True), require)


def waited(days: int) -> Node:
    return Compare(">=", DaysBetween(Fact("x"), AsOf()), Number(days))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("days", "text", "at", "told"),
    [
        (180, "Six months have passed.", "art. 3", [180]),
        (365, "x", "art. 3 (one year)", [365]),
        (30, "Ha pasado un mes.", "art. 3", [30]),
        (180, "180 days have passed.", "art. 3", []),
        (45, "A month and a half.", "art. 3", []),
    ],
)
def test_days_that_stand_for_months_are_advice(
    days: int, text: str, at: str, told: list[int]
) -> None:
    assert list(days_for_months(rule(waited(days), text, at))) == told


def test_the_document_lists_what_may_be_missing_and_what_is_advised(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["law", "check", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["analysis"]
    assert found["guarantees_proved"] == 26
    assert {*found["may_be_missing"]} == {*LIBRARY.agreements}
    assert "judgment_final" in found["may_be_missing"]["US-SV-2025"]["removal"]
    assert [one["code"] for one in found["advice"]] == ["H304"]


def test_without_the_solver_the_rest_is_checked_and_what_is_left_out_is_said() -> None:
    code = "import sys; sys.modules['z3'] = None; from habeas.cli.main import run; "
    code += "sys.exit(run(['law', 'check']))"
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", code], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0
    assert "Left out, over all cases: H906 proofs need the solver z3" in done.stderr
    assert "US-SV-2025" in done.stdout


def test_a_rule_left_out_of_the_program_is_no_dead_or_trivial_rule() -> None:
    program = LIBRARY.program("OAS-A57", DAY)
    some = replace(program, rules=program.rules[:10])
    eligible = Eligible(some, replay)
    kinds = analyse.kinds(analyse.Ground(eligible.reading, replay), some.rules)
    assert {kind for kind in kinds.values() if kind != "trivial"} == set()
