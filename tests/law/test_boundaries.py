"""Cases at the boundary of a rule, and proofs about days: each run on the closures."""

import json
import tomllib
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from habeas.cli.main import run
from habeas.law import agreement, calendar
from habeas.law.agreement import Guarantee, Rule
from habeas.law.boundaries import edges
from habeas.law.check import checked
from habeas.law.cited import Text
from habeas.law.library import Library
from habeas.law.program import Program, ProgramRule, Promise
from habeas.law.prove import Eligible
from habeas.law.resolve import settled
from habeas.law.tree import Truth
from habeas.service import replay
from habeas.terms import Outcome, Verdict

DAY = date(2026, 11, 21)
LIBRARY = Library()
SAY = Text("x", "x")
BORN = agreement.Fact("date", SAY, SAY, SAY, earliest=date(1930, 1, 1), latest=date(2026, 11, 21))


def dated(require: str, rounding: calendar.Rounding, period: tuple[date, date]) -> Program:
    """An agreement with one rule more, about a day of birth."""
    base = LIBRARY.program("SE-EE", DAY)
    facts = {**base.vocabulary.facts, "born": BORN}
    vocabulary = msgspec.structs.replace(base.vocabulary, facts=facts)
    tree = settled(checked(require, vocabulary), DAY, rounding)
    rule = ProgramRule("BORN", "policy", Rule(SAY, require), Truth(value=True), tree)
    return replace(base, vocabulary=vocabulary, rules=(*base.rules, rule), period=period)


def promise(program: Program, then: str, rounding: calendar.Rounding) -> Promise:
    tree = settled(checked(then, program.vocabulary), DAY, rounding)
    return Promise("p", Guarantee(SAY, then), Truth(value=True), tree)


EVER = (date(2020, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize("rounding", ["down", "up"])
@pytest.mark.parametrize(
    ("days", "verdict"),
    [(6575, Verdict.PROVED), (6574, Verdict.REFUTED), (6573, Verdict.REFUTED)],
)
def test_eighteen_years_are_at_most_6575_days_and_that_is_proved_not_sampled(
    days: int, verdict: Verdict, rounding: calendar.Rounding
) -> None:
    program = dated(f"DAYS_BETWEEN(born, as_of) >= {days}", rounding, EVER)
    eligible = Eligible(program, replay)
    adult = promise(program, "YEARS_OLD(born, as_of) >= 18", rounding)
    found = eligible.proof(adult)
    assert found.verdict is verdict
    if found.case is not None:
        assert EVER[0] <= calendar.civil(found.case.as_of) <= EVER[1]
        assert eligible.breaks(adult, found.case)


def test_the_rounding_decides_about_the_leap_day_and_the_case_found_is_it() -> None:
    day = date(2026, 2, 28)
    program = dated("born = DATE '2008-02-29'", "down", (day, day))
    down = promise(program, "YEARS_OLD(born, as_of) >= 18", "down")
    up = promise(program, "YEARS_OLD(born, as_of) >= 18", "up")
    assert Eligible(program, replay).proof(down).verdict is Verdict.PROVED
    found = Eligible(program, replay).proof(up)
    assert found.case is not None
    assert found.case.facts["born"] == calendar.day(date(2008, 2, 29))


def test_a_guarantee_may_hold_on_one_day_and_be_refuted_on_a_later_day_of_the_period() -> None:
    text = "born >= DATE '2008-11-01'"
    young = "YEARS_OLD(born, as_of) < 18"
    first = dated(text, "down", (date(2026, 10, 1), date(2026, 10, 31)))
    assert Eligible(first, replay).proof(promise(first, young, "down")).verdict is Verdict.PROVED
    second = replace(first, period=(date(2026, 10, 1), date(2026, 11, 1)))
    found = Eligible(second, replay).proof(promise(second, young, "down"))
    assert found.case is not None
    assert found.case.as_of == calendar.day(date(2026, 11, 1))


@pytest.mark.parametrize("name", sorted(LIBRARY.agreements))
def test_every_case_at_a_boundary_is_on_its_side_and_all_others_are_met(name: str) -> None:
    eligible = Eligible(LIBRARY.program(name, DAY), replay)
    for one in edges(eligible):
        assert one.decided
        if one.case is not None:
            assert replay.value(one.leaf, one.case) is one.met
            open_ = {rule for rule, finding in replay.findings(eligible.program, one.case).items()
                     if finding.value != "met"}  # fmt: skip
            assert open_ <= {one.rule}


def test_two_cases_at_a_boundary_of_days_are_a_day_apart() -> None:
    program = dated("YEARS_OLD(born, as_of) >= 21", "up", EVER)
    found = [one for one in edges(Eligible(program, replay)) if one.rule == "BORN"]
    assert [one.met for one in found] == [True, False]
    cases = [one.case for one in found if one.case is not None]
    assert [replay.outcome(program, case) for case in cases] == [Outcome.ELIGIBLE, Outcome.BARRED]
    moved = [calendar.shifted(int(case.facts["born"]), 252, "up") - case.as_of for case in cases]
    assert moved == [0, 1]


def test_the_cases_of_an_agreement_are_printed_as_a_file_of_law_cases_that_holds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["law", "boundaries", "BE-NL", "--json", "--as-of", "2026-11-21"]) == 0
    text = json.loads(capsys.readouterr().out)["cases"]
    (tmp_path / "x.toml").write_text(text)
    assert run(["law", "cases", str(tmp_path / "x.toml")]) == 0
    told = tomllib.loads(text, parse_float=str)["cases"]
    imposed = [case["given"].get("sentence_months_imposed") for case in told]
    assert [12, "11.99"] in [list(pair) for pair in pairwise(imposed)]
    assert [case["expect"] for case in told if "BENL-2" in case["name"]] == ["eligible", "barred"]
    assert run(["law", "boundaries", "BE-NL"]) == 0
    assert capsys.readouterr().out.count("[[cases]]") == len(told)
