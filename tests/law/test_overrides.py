"""Overrides: refused without a treaty clause that the law admits; accepted, cited and proved."""

from datetime import date
from pathlib import Path

import pytest

from habeas.cli.main import run
from habeas.law.library import Library
from habeas.service import prove
from habeas.terms import Finding, Verdict
from own_law import DAY, LEASE, LOCAL, TREATY, Own, own, rule

PARAM = """
[params.least]
unit = "months"
values = [{value = 6, cite = [CITE]}]
overridable = "treaty"
floor = 2
ceiling = 12
"""
RULES = rule("P-1", "months_remaining >= :least") + rule(
    "P-2", "consent_given", overridable='"treaty"', applies='"age_years >= 18"'
)
LAW = PARAM + RULES
VALUE = "value = 3"
WORDS = 'require = "consent_given OR guardian_or_court_consent"'


def over(target: str, what: str, cite: str = "OVER") -> str:
    return f'\n[[overrides]]\ntarget = "{target}"\n{what}\ncite = {cite}\nwhy = SAY\n'


def departing(folder: Path, *overrides: str, law: str = LAW, treaty: str = TREATY) -> Own:
    return own(folder, law, "".join(overrides) + treaty)


def at(made: Own, target: str) -> tuple[str, int]:
    return "x.toml", made.line(f'target = "{target}"')


REFUSED = [
    ("params.lest", VALUE, "H204", "Did you mean 'params.least'?", "ninguna ley contiene"),
    ("least", VALUE, "H204", "Did you mean 'params.least'?", "ninguna ley contiene"),
    ("rules.P-22", WORDS, "H204", "Did you mean 'rules.P-2'?", "ninguna ley contiene"),
    ("P-2", WORDS, "H204", "Did you mean 'rules.P-2'?", "ninguna ley contiene"),
    ("rules.OWN-2", WORDS, "H204", "", "ninguna ley contiene"),
    ("rules.P-1", WORDS, "H204", "Leave it as the law has it", "no admite excepción"),
    ("rules.B-STAY-1", WORDS, "H204", "Leave it as the law has it", "no admite excepción"),
    ("params.least", WORDS, "H204", "A parameter takes", "no toma require"),
    ("params.least", 'value = 3\napplies = "convicted"', "H204", "A parameter", "no toma applies"),
    ("params.least", "", "H204", "A parameter takes", "debe dar value"),
    ("rules.P-2", "", "H204", "A parameter takes", "debe dar require"),
    ("rules.P-2", 'applies = "convicted"', "H204", "A parameter takes", "debe dar require"),
    ("rules.P-2", f"{WORDS}\n{VALUE}", "H204", "A parameter takes", "no toma value"),
    ("params.least", "value = 1", "H205", "Keep to the bound", "bajo el mínimo 2"),
    ("params.least", 'value = "1.99"', "H205", "Keep to the bound", "bajo el mínimo 2"),
    ("params.least", "value = 13", "H205", "Keep to the bound", "sobre el máximo 12"),
    ("params.least", 'value = "3.005"', "H107", "Keep to steps of 1/100", "más fino que"),
]  # fmt: skip


@pytest.mark.parametrize(("target", "what", "code", "fix", "dicho"), REFUSED)
def test_what_the_law_does_not_admit_is_refused_at_its_line(
    tmp_path: Path, target: str, what: str, code: str, fix: str, dicho: str
) -> None:
    made = departing(tmp_path, over(target, what))
    (fault,) = made.faults()
    assert made.codes() == [(code, *at(made, target))]
    assert fix in fault.fix
    assert dicho in fault.told("es")
    assert [one.code for one in made.refused()] == [code]  # and nothing is screened under it


TREATIES = [
    ("statute", TREATY.replace('"treaty"', '"statute"'), "OVER"),
    ("not in force", TREATY.partition("in_force")[0], "OVER"),
    ("not for every party", TREATY.replace(", EE = 2025-02-01", ""), "OVER"),
    ("another party", TREATY.replace("EE =", "DK ="), "OVER"),
    ("later", TREATY.replace("2025-02-01", "2030-01-01"), "OVER"),
    ("undeclared", "", "OVER"),
    ("no clause", TREATY, '{instrument = "pact", at = "", checked = "text"}'),
]


@pytest.mark.no_cover  # the same lines again and again
@pytest.mark.parametrize(
    ("treaty", "cite"), [x[1:] for x in TREATIES], ids=[x[0] for x in TREATIES]
)
@pytest.mark.parametrize(("target", "what"), [("params.least", VALUE), ("rules.P-2", WORDS)])
def test_only_a_clause_of_a_treaty_in_force_for_every_party_departs(
    tmp_path: Path, treaty: str, cite: str, target: str, what: str
) -> None:
    made = departing(tmp_path, over(target, what, cite), treaty=treaty)
    (fault,) = made.refused()
    assert (fault.code, Path(fault.file).name, fault.line) == ("H204", *at(made, target))
    assert fault.what.endswith("in force for each party on 2026-11-21")
    assert "para cada parte" in fault.told("es")
    assert [code for code, *_ in made.codes()] == ["H204"]  # once, however many periods


def test_it_departs_from_the_day_on_which_the_treaty_binds_the_last_party(tmp_path: Path) -> None:
    later = TREATY.replace("2025-02-01", "2026-02-01")
    made = departing(tmp_path, over("params.least", VALUE), treaty=later)
    assert [one.code for one in made.refused(date(2026, 1, 31))] == ["H204"]
    assert made.refused(date(2026, 2, 1)) == ()
    assert made.library.days("X-Y") == [date(2025, 6, 18), date(2026, 2, 1)]
    assert made.program().period[0] == date(2026, 2, 1)


def test_an_agreement_without_parties_departs_from_nothing(tmp_path: Path) -> None:
    made = departing(tmp_path, over("params.least", VALUE))
    text = made.deal.read_text()
    begins, ends = text.index("[[parties]]"), text.index("[[instruments]]")
    made.deal.write_text(f"parties = []\n{text[:begins]}{text[ends:]}")
    assert [one.code for one in made.refused()] == ["H204"]


def test_a_target_is_overridden_once(tmp_path: Path) -> None:
    made = departing(tmp_path, over("params.least", VALUE), over("params.least", "value = 4"))
    (fault,) = made.refused()
    second = made.line('target = "params.least"', after="value = 3")
    assert (fault.code, fault.line) == ("H204", second)
    assert "hay dos excepciones" in fault.told("es")


def test_a_fault_in_its_text_is_told_with_the_rule_and_the_column(tmp_path: Path) -> None:
    made = departing(tmp_path, over("rules.P-2", 'require = "consent_gven"'))
    fault = made.faults()[0]
    assert (fault.line, fault.column) == (made.line("consent_gven"), 12)
    assert fault.what == "unknown fact 'consent_gven'"
    assert "en la regla P-2" in fault.told("es")


def test_a_reference_in_its_text_to_no_rule_is_told_there(tmp_path: Path) -> None:
    made = departing(tmp_path, over("rules.P-2", "require = \"RULE('P-9')\""))
    fault = made.faults()[0]
    assert (fault.code, Path(fault.file).name) == ("H124", "x.toml")
    assert fault.line == made.line("RULE('P-9')")


def test_its_source_must_be_known(tmp_path: Path) -> None:
    cite = '{instrument = "pact", at = "art. 5", checked = "text", source = ["NOBODY"]}'
    made = departing(tmp_path, over("params.least", VALUE, cite))
    assert [code for code, *_ in made.codes()] == ["H223"]


def test_a_value_that_would_leave_the_calendar_is_refused(tmp_path: Path) -> None:
    param = PARAM.replace("ceiling = 12\n", "")
    law = param + rule("P-1", "ADD_MONTHS(birth_date, :least) <= as_of")
    made = departing(tmp_path, over("params.least", "value = 200000"), law=law)
    assert made.codes() == [("H117", *at(made, "params.least"))]


def cites(made: Own, name: str) -> list[tuple[str, str]]:
    found = next(one for one in made.program().rules if one.id == name)
    return [(cite.instrument, cite.at) for cite in found.source.cite]


def test_a_value_of_the_treaty_decides_and_is_cited(tmp_path: Path) -> None:
    made = departing(tmp_path, over("params.least", VALUE))
    assert made.finding("P-1", months_remaining=300) is Finding.MET
    assert made.finding("P-1", months_remaining=299) is Finding.NOT_MET
    assert made.program().params["least"] == 3
    assert cites(made, "P-1") == [("act", "s. 1"), ("pact", "art. 5")]
    text = next(one for one in made.program().rules if one.id == "P-1").source.text
    assert text.en == "One sentence. (Override by pact, art. 5: :least is 3.)"
    assert text.es == "Una frase. (Excepción por pact, art. 5: :least es 3.)"


def test_words_of_the_treaty_decide_and_are_cited(tmp_path: Path) -> None:
    made = departing(tmp_path, over("rules.P-2", WORDS))
    assert made.finding("P-2", guardian_or_court_consent=True, age_years=30) is Finding.MET
    assert made.finding("P-2", age_years=17, consent_given=False) is Finding.MET
    assert cites(made, "P-2") == [("act", "s. 1"), ("pact", "art. 5")]


def test_the_words_that_stay_are_those_of_the_version_of_the_day(tmp_path: Path) -> None:
    later = """
[[rules.P-2.version]]
from = 2026-11-21
until = 2027-06-01
require = "consent_given"
applies = "age_years >= 21"
"""
    older = rule("P-2", "consent_given", overridable='"treaty"', applies='"age_years >= 18"',
                 until="2026-11-21")  # fmt: skip
    made = departing(tmp_path, over("rules.P-2", WORDS), law=older + later)
    none = {"age_years": 20, "consent_given": False, "guardian_or_court_consent": False}
    assert made.finding("P-2", date(2026, 11, 20), **none) is Finding.NOT_MET
    assert made.finding("P-2", date(2026, 11, 21), **none) is Finding.MET
    assert made.program(date(2027, 6, 1)).not_in_force == ("P-2",)


def test_every_fault_of_an_override_comes_in_one_run(tmp_path: Path) -> None:
    words = over("rules.P-2", 'require = "consent_gven"')
    made = departing(tmp_path, words, over("params.lest", VALUE), treaty="")
    assert sorted(code for code, *_ in made.codes()) == ["H101", "H204", "H204"]


def test_a_sound_override_passes_the_check(tmp_path: Path) -> None:
    made = departing(tmp_path, over("params.least", VALUE), over("rules.P-2", WORDS))
    assert made.faults() == []


def test_it_does_not_reach_another_agreement(tmp_path: Path) -> None:
    made = departing(tmp_path, over("params.least", VALUE), over("rules.P-2", WORDS))
    for name in ("SE-EE", "OAS-A57"):
        other = made.program(name=name)
        assert other.params["least"] == 6
        p1, p2 = (next(one for one in other.rules if one.id == name) for name in ("P-1", "P-2"))
        assert p2.source.require == "consent_given"
        assert [cite.instrument for cite in p1.source.cite] == ["act"]


def promised(made: Own) -> dict[str, str]:
    found = prove.of_program(made.library, made.program())
    return {one.guarantee.id: one.verdict.value for one in found.answers}


def test_the_baseline_is_stated_without_what_the_treaty_departs_from(tmp_path: Path) -> None:
    made = departing(tmp_path, over("params.least", VALUE), over("rules.P-2", WORDS))
    baseline = made.library.guarantees("X-Y", DAY)[0]
    assert "baseline law, but for P-1, P-2 bars" in baseline.source.text.en
    assert "derecho base, salvo P-1, P-2 lo excluye" in baseline.source.text.es
    assert set(promised(made).values()) == {Verdict.PROVED.value}


def test_a_guarantee_of_the_law_must_still_be_proved_in_the_laws_own_terms(tmp_path: Path) -> None:
    word = '\n[guarantees.enough]\ntext = SAY\nthen = "months_remaining >= :least"\n'
    made = departing(tmp_path, over("params.least", VALUE), law=LAW + word)
    assert promised(made) == {"baseline": "proved", "no-stay": "proved", "only-convicted": "proved",
                              "no-protection-order": "proved", "enough": "refuted"}  # fmt: skip
    docket = tmp_path / "docket.csv"
    docket.write_text("case,agreement,sending,receiving,pathway\nC,X-Y,SE,EE,lease\n")
    words = ["screen", str(docket), "--library", str(tmp_path)]
    assert run([*words, "--as-of", "2026-11-21"]) == 2


def test_a_rule_that_names_an_overridden_one_must_still_hold_as_the_law_has_it(
    tmp_path: Path,
) -> None:
    made = departing(tmp_path, over("rules.P-2", WORDS), law=LAW + rule("P-3", "RULE('P-2')"))
    assert promised(made)["baseline"] == Verdict.REFUTED.value


def test_a_rule_that_rests_on_an_overridden_value_departs_with_it(tmp_path: Path) -> None:
    made = departing(tmp_path, over("params.least", VALUE), law=LAW + rule("P-3", "RULE('P-1')"))
    assert "but for P-1, P-3 bars" in made.library.guarantees("X-Y", DAY)[0].source.text.en
    assert promised(made)["baseline"] == Verdict.PROVED.value


def test_a_stricter_rule_of_its_own_needs_no_treaty(tmp_path: Path) -> None:
    strict = rule("OWN-9", "months_remaining >= 12").replace("CITE", LOCAL)
    made = departing(tmp_path, strict, treaty="")
    assert made.faults() == []
    assert made.finding("OWN-9", months_remaining=700) is Finding.NOT_MET


def test_a_finding_cites_the_treaty(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    departing(tmp_path, over("params.least", VALUE))
    docket = tmp_path / "docket.csv"
    docket.write_text(
        "case,agreement,sending,receiving,pathway,months_remaining\nC,X-Y,SE,EE,lease,2\n"
    )
    words = ["screen", str(docket), "--library", str(tmp_path), "--as-of", "2026-11-21"]
    assert run([*words, "--json", "--explain"]) == 0
    assert '"at": "art. 5"' in capsys.readouterr().out
    out = tmp_path / "found.csv"
    assert run([*words, "--out", str(out)]) == 0
    assert "pact art. 5" in out.read_text()


def test_the_shipped_agreements_override_nothing() -> None:
    assert [one.id for _, one in Library().agreements.values() if one.overrides] == []
    assert "[[overrides]]" not in LEASE
