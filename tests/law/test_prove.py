"""Guarantees for all cases: what is proved, and that a broken deal is refuted by a real case."""

import tomllib
from dataclasses import replace
from datetime import date
from json import loads
from pathlib import Path

import pytest

from habeas.cli.main import run
from habeas.law.library import Library
from habeas.law.program import Program, Promise
from habeas.law.prove import Eligible
from habeas.law.world import Case
from habeas.service import prove, replay
from habeas.terms import Verdict

DAY = date(2026, 11, 21)

LIBRARY = Library()
EVERYWHERE = {"baseline", "no-stay", "no-protection-order", "only-convicted"}
DEAL = LIBRARY.agreements["US-SV-2025"][0].text.replace('id = "US-SV-2025"', 'id = "X-Y"')


def promise(agreement: str, name: str) -> Promise:
    return next(one for one in LIBRARY.guarantees(agreement, DAY) if one.id == name)


def breaks(program: Program, promise: Promise, case: Case) -> bool:
    return Eligible(program, replay).breaks(promise, case)


def without(program: Program, *rules: str) -> Program:
    return replace(program, rules=tuple(one for one in program.rules if one.id not in rules))


@pytest.fixture(scope="module")
def shipped() -> list[prove.Answer]:
    return list(prove.proved(LIBRARY).answers)


def test_every_guarantee_of_the_library_is_proved(shipped: list[prove.Answer]) -> None:
    assert {one.verdict for one in shipped} == {Verdict.PROVED}


def test_the_guarantees_of_law_hold_under_every_agreement(shipped: list[prove.Answer]) -> None:
    for name in LIBRARY.agreements:
        assert {one.guarantee.id for one in shipped if one.agreement == name} >= EVERYWHERE


def test_the_two_guarantees_of_single_agreements_are_among_them(
    shipped: list[prove.Answer],
) -> None:
    held = {(one.agreement, one.guarantee.id) for one in shipped}
    assert {("US-SV-2025", "no-citizen"), ("OAS-A57", "us-verified-consent")} <= held


def test_some_case_can_be_eligible_under_each_so_that_no_guarantee_is_empty() -> None:
    possible = prove.proved(LIBRARY).possible
    assert {name for name, one in possible.items() if one.case} == {*LIBRARY.agreements}


def test_without_the_rules_on_citizens_a_citizen_is_found_whom_screening_calls_eligible() -> None:
    program, never = LIBRARY.program("US-SV-2025", DAY), promise("US-SV-2025", "no-citizen")
    asking = [one.id for one in program.rules if "is_sending_national" in one.facts]
    broken = without(program, *asking)
    found = prove.answer(broken, never)
    assert found.verdict is Verdict.REFUTED
    assert found.case is not None
    assert breaks(broken, never, found.case)


def test_a_rule_of_baseline_law_left_out_is_refuted_and_never_left_undecided() -> None:
    program, stands = LIBRARY.program("US-SV-2025", DAY), promise("US-SV-2025", "baseline")
    verdicts = {
        rule: prove.answer(without(program, rule), stands).verdict
        for _, law in LIBRARY.laws.values()
        for rule in law.rules
    }
    assert Verdict.NOT_DECIDED not in verdicts.values()
    assert all(verdicts[name] is Verdict.REFUTED for name in ("B-CONV-1", "B-STAY-1", "B-NOT-1"))


def test_a_fact_that_is_not_given_breaks_a_guarantee_as_much_as_a_contrary_one() -> None:
    program, never = LIBRARY.program("US-SV-2025", DAY), promise("US-SV-2025", "no-stay")
    found = prove.answer(without(program, "B-STAY-1"), never)
    assert found.case is not None
    facts = {name: value for name, value in found.case.facts.items() if name != "stay_in_force"}
    assert breaks(without(program, "B-STAY-1"), never, Case(facts, found.case.as_of))


def own(folder: Path, old: str, new: str) -> Path:
    assert old in DEAL
    (folder / "agreements").mkdir()
    text = DEAL.replace(old, new).replace("agreement = 'US-SV-2025'", "agreement = 'X-Y'")
    (folder / "agreements" / "x.toml").write_text(text)
    return folder


def test_a_promise_that_the_rules_do_not_keep_is_told_with_its_case(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = own(tmp_path, 'then = "NOT is_sending_national"', 'then = "consent_given"')
    assert run(["law", "prove", "X-Y", "--library", str(folder)]) == 1
    told = capsys.readouterr().err
    assert "H308 guarantee 'no-citizen' of X-Y is false. Case: " in told
    assert "is_sending_national = False" in told


def test_the_document_holds_every_verdict_and_the_case(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = own(tmp_path, 'then = "NOT is_sending_national"', 'then = "consent_given"')
    assert run(["law", "prove", "X-Y", "--library", str(folder), "--json"]) == 1
    found = loads(capsys.readouterr().out)
    verdicts = {one["guarantee"]: one["verdict"] for one in found["guarantees"]}
    assert verdicts == dict.fromkeys(EVERYWHERE, "proved") | {"no-citizen": "refuted"}
    broken = next(one for one in found["guarantees"] if one["case"])
    case = broken["case"]
    assert (case["agreement"], found["some_case_eligible"]) == ("X-Y", {"X-Y": True})


def test_a_case_that_refutes_is_handed_out_as_a_law_case_that_screening_answers_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = own(tmp_path, 'then = "NOT is_sending_national"', 'then = "planned_m2 > 4.2"')
    assert run(["law", "prove", "X-Y", "--library", str(folder), "--json"]) == 1
    told = next(one["vignette"] for one in loads(capsys.readouterr().out)["guarantees"]
                if one["vignette"])  # fmt: skip
    case = tomllib.loads(told, parse_float=str)["cases"][0]
    assert (case["id"], case["expect"], case["not_met"]) == ("X-Y.no-citizen", "eligible", [])
    (tmp_path / "found.toml").write_text(told)
    assert run(["law", "cases", str(tmp_path / "found.toml"), "--library", str(folder)]) == 0


def test_rules_that_contradict_each_other_are_told_not_taken_for_a_proof(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clash = '[rules.OWN-1]\ntext = {en = "x", es = "x"}\nrequire = "stay_in_force"\n'
    clash += 'cite = [{instrument = "us-sv-notes", at = "1", checked = "memory"}]\n\n[guarantees.'
    folder = own(tmp_path, "[guarantees.", clash)
    assert run(["law", "prove", "X-Y", "--library", str(folder)]) == 1
    assert "H307 no case can ever be eligible under X-Y" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("then", "code"), [("NOT is_sending_nationel", "H101"), ("TRUE", "H109"), ("1 <", "H126")]
)
def test_a_fault_in_a_guarantee_is_told_with_file_and_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], then: str, code: str
) -> None:
    folder = own(tmp_path, 'then = "NOT is_sending_national"', f'then = "{then}"')
    assert run(["law", "check", "--library", str(folder)]) == 2
    path = folder / "agreements" / "x.toml"
    lines = path.read_text().splitlines()
    line = next(n for n, text in enumerate(lines, 1) if text.startswith("then = "))
    told = capsys.readouterr().err
    assert told.startswith(f"{path}:{line}:")
    assert f" {code} " in told


def test_an_unknown_agreement_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["law", "prove", "US-SV-2026"]) == 2
    assert "H215" in capsys.readouterr().err
