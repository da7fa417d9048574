"""Files of law cases: what they may say, what is told of them, and `habeas law cases`."""

import json
from pathlib import Path

import pytest

from habeas.cli.main import run
from habeas.errors import LawError
from habeas.law.library import File, Library
from habeas.screening import cases
from habeas.service.intake import columns

LIBRARY = Library()
HEAD = 'format = "habeas-cases/1"\nday = 2026-11-21\n'
CASE = '\n[[cases]]\nname = "too young"\nbase = "clean_se"\ngiven = {age_years = 17}\n'
RIGHT = (
    'expect = "barred"\nnot_met = ["B-AGE-1", "SEEE-1"]\n'
    'citation = ["B-AGE-1: usc18 4100(b), 4102(8)", "SEEE-1: se-gov men, 18 or over"]\n'
)
WRONG = 'expect = "eligible"\nnot_met = []\nnot_established = ["T-1"]\ncitation = []\n'


def placed(text: str) -> tuple[cases.Placed, ...]:
    return cases.placed([File("own.toml", text, "")], LIBRARY, columns(LIBRARY.vocabulary))


def faults(text: str) -> list[tuple[int, str, str]]:
    with pytest.raises(LawError) as error:
        placed(text)
    return [(fault.line, fault.code, fault.what) for fault in error.value.faults]


def test_a_case_that_holds_differs_in_nothing() -> None:
    (found,) = cases.answers(placed(HEAD + CASE + RIGHT), LIBRARY)
    assert cases.difference(found) is None


def test_a_case_that_does_not_hold_is_told_with_what_it_expected_and_got() -> None:
    (found,) = cases.answers(placed(HEAD + CASE + WRONG), LIBRARY)
    told = cases.difference(found)
    assert told is not None
    assert told.sentence() == (
        "own.toml:4: H207 case 'too young': expected eligible, got barred; "
        "not met: expected [], got [B-AGE-1, SEEE-1]; not established: expected [T-1], got []. "
        "Correct the rules, or what the case expects."
    )
    assert told.sentence("es").startswith("own.toml:4: H207 caso 'too young': esperado eligible")


def test_a_base_of_ones_own_comes_before_a_shipped_one_of_the_same_name() -> None:
    own = HEAD + '\n[bases.clean_se]\npathway = "lease"\nagreement = "SE-EE"\n' + CASE + RIGHT
    (one,) = placed(own)
    assert set(one.facts) == {"pathway", "agreement", "age_years"}


def test_a_given_empty_text_takes_a_fact_of_the_base_away() -> None:
    (one,) = placed(HEAD + CASE.replace("17", '""') + RIGHT)
    assert "age_years" not in one.facts


def test_all_that_is_wrong_with_a_file_is_told_in_one_run_each_with_its_line() -> None:
    cited = '["B-AGE-1: usc18 4100(b), 4102(8)"]'
    text = (
        HEAD + '\n[bases.mine]\nagreement = "SE-EE"\nage_yeers = 3\n'
        '\n[[cases]]\nname = "one"\nbase = "mine"\ngiven = {sex = "man", planned_m2 = 4.00001}\n'
        'expect = "barred"\nnot_met = ["SEEE-9"]\ncitation = ["SEEE-1: nowhere"]\n'
        '\n[[cases]]\nname = "two"\nbase = "clean_xx"\nexpect = "eligible"\nnot_met = ["SEEE-1"]\n'
        f'citation = {cited}\n'
    )  # fmt: skip
    assert faults(text) == [
        (6, "H101", "unknown fact 'age_yeers'"),
        (11, "H403", "'sex' has no value 'man'"),
        (11, "H402", "4.00001 in 'planned_m2' is finer than it is kept"),
        (13, "H226", "the case names the unknown rule 'SEEE-9'"),
        (14, "H227", "the case cites 'nowhere' for rule 'SEEE-1', which does not cite it"),
        (14, "H227", "the case expects rule 'SEEE-9' not met, and cites nothing for it"),
        (18, "H225", "unknown base 'clean_xx'"),
        (21, "H227", "the case expects rule 'SEEE-1' not met, and cites nothing for it"),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (HEAD + CASE + RIGHT.replace("barred", "perhaps"), "H214"),
        (HEAD + CASE + RIGHT + "score = 3\n", "H214"),
        (HEAD.replace("/1", "/9"), "H214"),
        (HEAD + "[[cases", "H213"),
        (HEAD + CASE + RIGHT + 'program = "SE-EF"\n', "H225"),
    ],
)  # fmt: skip
def test_a_file_of_another_form_is_refused(text: str, code: str) -> None:
    assert [fault[1] for fault in faults(text)] == [code]


def test_what_no_case_has_shown_is_told_of_rules_and_of_their_leaves() -> None:
    found = cases.unseen(cases.answers(placed(HEAD + CASE + RIGHT), LIBRARY))
    told = {(one.rule, one.leaf): one.values for one in found}
    assert told["SEEE-1", ""] == ("met", "not established")
    assert told["SEEE-1", "age_years >= 18"] == ("true", "not established")
    assert cases.gap(cases.Unseen("SEEE-1", "sex = 'male'", ("false",))).sentence("es") == (
        "H208 'sex = 'male'' de la regla 'SEEE-1' nunca fue falsa en un caso. "
        "Añada un caso que lo muestre."
    )


def test_the_shipped_cases_hold_and_show_everything(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["law", "cases", "--coverage", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["do_not_hold"], found["never_seen"]) == ([], [])
    assert found["cases"] == 124


def test_the_command_names_each_case_that_does_not_hold_and_exits_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "own.toml").write_text(HEAD + CASE + WRONG)
    assert run(["law", "cases", str(tmp_path / "own.toml")]) == 1
    out, err = capsys.readouterr()
    assert "own.toml:4: H207 case 'too young': expected eligible, got barred" in out
    assert err.startswith("1 cases, 1 of them do not hold\n")


def test_with_coverage_a_file_that_shows_little_exits_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "own.toml").write_text(HEAD + CASE + RIGHT)
    assert run(["law", "cases", str(tmp_path / "own.toml")]) == 0
    assert run(["law", "cases", str(tmp_path / "own.toml"), "--coverage", "--lang", "es"]) == 1
    assert "H208 la regla 'B-AGE-1' nunca fue cumplida" in capsys.readouterr().out


def test_a_file_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["law", "cases", "none.toml"]) == 2
    assert capsys.readouterr().err.startswith("H902 ")


def test_cases_in_a_folder_of_ones_own_are_run_beside_the_shipped_ones(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "own.toml").write_text(HEAD + CASE + WRONG)
    assert run(["law", "cases", "--library", str(tmp_path), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["cases"], len(found["do_not_hold"])) == (125, 1)


def test_a_case_may_stand_on_no_base_and_claim_no_place_in_the_law() -> None:
    bare = (
        'name = "x"\nexpect = "barred"\nnot_met = ["SEEE-1"]\ngiven = {agreement = "SE-EE", sex = '
    )
    (one,) = placed(f'{HEAD}\n[[cases]]\n{bare}"female"}}\n')
    assert one.facts == {"agreement": "SE-EE", "sex": "female"}


def test_the_cases_that_a_proof_prints_at_the_boundaries_are_run_and_hold(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["law", "boundaries", "SE-EE", "--as-of", "2026-11-21", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["cases"]
    (tmp_path / "own.toml").write_text(told)
    assert run(["law", "cases", str(tmp_path / "own.toml"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["cases"] == told.count("[[cases]]")
