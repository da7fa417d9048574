"""RULE('id'): the result of another rule, and what may not be named."""

from datetime import date
from pathlib import Path

import pytest

from habeas.law.resolve import MAX_DEPTH, MAX_NODES
from habeas.terms import Finding
from own_law import LOCAL, own, rule


def named(*names: str) -> str:
    return " AND ".join(f"RULE('{name}')" for name in names)


@pytest.mark.no_cover  # the same lines again and again
@pytest.mark.parametrize(
    ("rules", "cycle"),
    [
        ({"P-1": ["P-1"]}, "P-1 -> P-1"),
        ({"P-1": ["P-2"], "P-2": ["P-1"]}, "P-1 -> P-2 -> P-1"),
        ({"P-3": ["P-1"], "P-1": ["P-2"], "P-2": ["P-3"]}, "P-1 -> P-2 -> P-3 -> P-1"),
        ({"P-0": ["P-2"], "P-1": ["P-2"], "P-2": ["P-1"]}, "P-1 -> P-2 -> P-1"),
    ],
)
def test_rules_that_name_each_other_in_a_circle_are_told_once(
    tmp_path: Path, rules: dict[str, list[str]], cycle: str
) -> None:
    made = own(tmp_path, "".join(rule(name, named(*found)) for name, found in rules.items()))
    (fault,) = made.faults()
    line = made.line("RULE", after="[rules.P-1]")
    assert (fault.code, Path(fault.file).name, fault.line, fault.column) == (
        "H124", "own.toml", line, 12)  # fmt: skip
    assert fault.what == f"rule references form a cycle: {cycle}"
    assert fault.told().splitlines()[2] == "             ^^^^"
    assert f"forman un ciclo: {cycle} en la regla P-1" in fault.told("es")


def test_two_circles_are_told_in_one_run(tmp_path: Path) -> None:
    rules = {"P-1": ["P-2"], "P-2": ["P-1", "P-3"], "P-3": ["P-2"]}
    made = own(tmp_path, "".join(rule(name, named(*found)) for name, found in rules.items()))
    assert sorted(one.what.partition(": ")[2] for one in made.faults()) == [
        "P-1 -> P-2 -> P-1", "P-2 -> P-3 -> P-2"]  # fmt: skip


def test_every_unknown_rule_is_told_with_its_column_and_the_nearest(tmp_path: Path) -> None:
    made = own(tmp_path, rule("P-1", named("P-22", "QQQQ")) + rule("P-2", "convicted"))
    first, second = made.faults()
    assert (first.what, first.fix) == ("unknown rule 'P-22'", "Did you mean 'P-2'?")
    assert (second.what, second.fix) == ("unknown rule 'QQQQ'", "Use a name that is declared.")
    assert [(one.line, one.column) for one in (first, second)] == [
        (made.line("RULE"), 12), (made.line("RULE"), 29)]  # fmt: skip
    assert "regla desconocida 'QQQQ' en la regla P-1" in second.told("es")


def test_baseline_law_may_not_name_a_rule_that_only_one_agreement_has(tmp_path: Path) -> None:
    made = own(tmp_path, rule("P-1", "RULE('OWN-2')"))
    assert {code for code, *_ in made.codes()} == {"H124"}
    assert {one.code for one in made.refused()} == {"H124"}  # under that agreement too


def test_an_unknown_rule_is_told_beside_the_other_faults_of_its_file(tmp_path: Path) -> None:
    made = own(tmp_path, rule("P-1", "RULE('P-9') AND convcted") + rule("P-2", "RULE('P-8')"))
    assert [(one.code, one.rule) for one in made.faults()] == [
        ("H124", "P-1"), ("H101", "P-1"), ("H124", "P-2")]  # fmt: skip


def test_a_rule_may_not_name_one_that_is_not_in_force_on_the_day(tmp_path: Path) -> None:
    later = rule("P-2", "convicted", from_="2027-01-01")
    made = own(tmp_path, rule("P-1", "RULE('P-2')") + later)
    told = made.faults()[0]
    assert told.what.startswith("rule 'P-2' is not in force on ")
    assert told.line == made.line("RULE")
    assert "no está en vigor" in told.told("es")
    assert [one.code for one in made.refused(date(2026, 12, 31))] == ["H124"]
    assert made.refused(date(2027, 1, 1)) == ()


def test_rules_that_double_are_refused_before_they_grow(tmp_path: Path) -> None:
    rules = [rule(f"P-{n}", named(f"P-{n - 1}", f"P-{n - 1}")) for n in range(1, 60)]
    made = own(tmp_path, rule("P-0", "convicted OR age_years > 5") + "".join(rules))
    faults = made.faults()
    assert faults[0].what.endswith(f"has more than {MAX_NODES:,} nodes")
    assert {one.code for one in faults} == {"H123"}
    assert {Path(one.file).name for one in faults} == {"own.toml"}
    assert "tiene más de 10,000 nodos" in faults[0].told("es")


def test_a_long_chain_is_refused_before_it_nests_too_deep(tmp_path: Path) -> None:
    rules = [rule(f"P-{n}", f"RULE('P-{n - 1}')") for n in range(1, 150)]
    made = own(tmp_path, rule("P-0", "convicted") + "".join(reversed(rules)))
    told = made.refused()
    assert told[0].code == "H123"
    assert f"nests more than {MAX_DEPTH} deep" in told[0].what


def test_a_chain_of_rules_gives_the_result_of_the_first(tmp_path: Path) -> None:
    rules = [rule(f"P-{n}", f"RULE('P-{n - 1}')") for n in range(1, 30)]
    made = own(tmp_path, rule("P-0", "convicted") + "".join(reversed(rules)))
    assert made.faults() == []
    assert made.finding("P-29", convicted=True) is Finding.MET
    assert made.finding("P-29", convicted=False) is Finding.NOT_MET
    assert made.finding("P-29") is Finding.NOT_ESTABLISHED


T, F, U = Finding.MET, Finding.NOT_MET, Finding.NOT_ESTABLISHED
VALUES = {T: {"x": True}, F: {"x": False}, U: {}}
RESULTS = {  # what the rule applies to, what it requires: its result
    (T, T): T, (T, F): F, (T, U): U,
    (F, T): T, (F, F): T, (F, U): T,
    (U, T): T, (U, F): U, (U, U): U,
}  # fmt: skip


@pytest.mark.no_cover  # the same lines again and again
@pytest.mark.parametrize(("applies", "require"), RESULTS)
def test_a_reference_is_the_whole_result_with_what_the_rule_applies_to(
    tmp_path: Path, applies: Finding, require: Finding
) -> None:
    asked = rule("P-1", "convicted", applies='"judgment_final"')
    made = own(tmp_path, asked + rule("P-2", "RULE('P-1')") + rule("P-3", "NOT RULE('P-1')"))
    given = {"judgment_final": VALUES[applies], "convicted": VALUES[require]}
    facts = {name: value["x"] for name, value in given.items() if value}
    found = RESULTS[applies, require]
    assert made.finding("P-2", **facts) is found
    assert made.finding("P-3", **facts) is {T: F, F: T, U: U}[found]


def test_a_reference_asks_the_wording_of_the_day(tmp_path: Path) -> None:
    newer = '\n[[rules.P-1.version]]\nfrom = 2026-11-21\nrequire = "age_years >= 21"\n'
    made = own(
        tmp_path,
        rule("P-1", "age_years >= 18", until="2026-11-21") + newer + rule("P-2", "RULE('P-1')"),
    )
    assert made.finding("P-2", date(2026, 11, 20), age_years=19) is Finding.MET
    assert made.finding("P-2", date(2026, 11, 21), age_years=19) is Finding.NOT_MET


def test_an_agreement_may_name_a_rule_of_the_law_with_its_parameter(tmp_path: Path) -> None:
    param = '\n[params.least]\nunit = "months"\nvalues = [{value = 6, cite = [CITE]}]\n'
    lease = rule("OWN-9", "RULE('P-1')").replace("CITE", LOCAL)
    made = own(tmp_path, param + rule("P-1", "months_remaining >= :least"), lease)
    assert made.faults() == []
    assert made.finding("OWN-9", months_remaining=600) is Finding.MET
    (own9,) = (one for one in made.program().rules if one.id == "OWN-9")
    assert own9.rests == {"rules.P-1", "params.least"}
    assert [cite.instrument for cite in own9.source.cite] == ["se-gov", "act"]
    assert "rules.P-1" not in next(one.rests for one in made.program().rules if one.id == "P-1")
    assert own9.facts == {"months_remaining"}
