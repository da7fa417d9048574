"""`law diff`: a case that two versions judge differently, run on both, or a proof of none."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from habeas.cli.main import run
from habeas.law import world
from habeas.law.differ import difference
from habeas.law.library import Library
from habeas.service import replay
from habeas.terms import Outcome

DAY = date(2026, 11, 21)
LIBRARY = Library()
OLD = LIBRARY.agreements["BE-NL"][0].text
PARAM = """
[params.least]
unit = "months"
values = [
  {from = 2000-01-01, until = 2027-01-01, value = 6, cite = [CITE]},
  {from = 2027-01-01, value = 9, cite = [CITE]},
]

[rules.BENL-9]
text = {en = "Enough remains.", es = "Queda bastante."}
require = "months_remaining >= :least"
cite = [CITE]

[meta]
""".replace("CITE", '{instrument = "be-nl", at = "art. 7", checked = "text"}')


def files(folder: Path, new: str, old: str = OLD) -> tuple[str, str]:
    (folder / "old.toml").write_text(old)
    (folder / "new.toml").write_text(new)
    return str(folder / "old.toml"), str(folder / "new.toml")


def compared(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    status = run(["law", "diff", *words, "--json"])
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return status, found


def reworded(old: str, new: str) -> str:
    assert old in OLD
    return OLD.replace(old, new)


def test_a_looser_rule_gives_a_case_that_both_versions_judge_as_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = reworded("sentence_months_imposed >= 12", "sentence_months_imposed >= 8")
    status, found = compared(capsys, *files(tmp_path, new), "--on", "2026-11-21")
    assert (status, found["verdict"]) == (1, "different")
    assert {*found["outcomes"]} == {"barred", "eligible"}
    assert found["rules"] == [{"rule": "BENL-2", "before": "not met", "after": "met"}]
    assert 8 <= float(found["case"]["sentence_months_imposed"]) < 12
    assert [one["name"] for one in found["changes"]] == ["BENL-2"]
    assert found["vignettes"].count("[[cases]]") == 2


def test_the_same_law_in_other_words_is_proved_to_change_no_case(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = reworded(
        "sentence_months_imposed >= 12 OR sentence_type = 'life'",
        "NOT (sentence_months_imposed < 12 AND sentence_type <> 'life')",
    )
    status, found = compared(capsys, *files(tmp_path, new))
    assert (status, found["verdict"], found["case"]) == (0, "same", None)
    assert [(one["kind"], one["name"]) for one in found["changes"]] == [("rule", "BENL-2")]


def test_folders_of_two_versions_are_compared_by_their_one_agreement(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text in (("a", OLD), ("b", OLD.replace("NOT host_resident", "host_resident"))):
        (tmp_path / name / "agreements").mkdir(parents=True)
        (tmp_path / name / "agreements" / "be-nl.toml").write_text(text)
    status, found = compared(capsys, str(tmp_path / "a"), str(tmp_path / "b"))
    assert (status, [one["rule"] for one in found["rules"]]) == (1, ["BENL-4"])


def test_a_parameter_that_changes_on_a_day_changes_a_case_between_two_days(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x.toml").write_text(OLD.replace("[meta]\n", PARAM))
    days = ("--on", "2026-12-31", "--and", "2027-01-01")
    status, found = compared(capsys, str(tmp_path / "x.toml"), *days)
    assert (status, found["as_of"]) == (1, ["2026-12-31", "2027-01-01"])
    assert found["rules"] == [{"rule": "BENL-9", "before": "met", "after": "not met"}]
    assert 6 <= float(found["case"]["months_remaining"]) < 9
    assert {"kind": "parameter", "name": "least", "before": "6", "after": "9"} in found["changes"]


def test_one_agreement_on_two_days_of_the_same_law_is_the_same(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status, found = compared(capsys, "BE-NL", "--on", "2026-01-01", "--and", "2026-06-01")
    assert (status, found["verdict"], found["changes"]) == (0, "same", [])


def test_agreements_that_bind_nobody_in_common_are_said_to_have_nothing_in_common(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status, found = compared(capsys, "OAS-A57", "US-SV-2025")
    assert (status, found["verdict"], found["case"]) == (1, "nothing in common", None)
    assert {"kind": "pathway", "name": "lease", "before": "", "after": "open"} in found["changes"]


def test_two_agreements_of_one_pair_are_compared_on_a_case_put_under_each(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = OLD.replace('id = "BE-NL"', 'id = "X-Y"', 1).replace("BENL-", "OWN-")
    (tmp_path / "agreements").mkdir()
    (tmp_path / "agreements" / "x.toml").write_text(other)
    status, found = compared(capsys, "BE-NL", "X-Y", "--library", str(tmp_path))
    assert (status, found["verdict"]) == (1, "different")  # its rules speak of BE-NL alone
    assert len({*found["outcomes"]}) == 2
    assert {one["rule"].partition("-")[0] for one in found["rules"]} <= {"BENL", "OWN"}


def test_people_read_both_outcomes_and_the_rules_that_differ(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = OLD.replace("NOT host_resident", "host_resident")
    assert run(["law", "diff", *files(tmp_path, new)]) == 1
    told = capsys.readouterr()
    assert "BENL-4" in told.out
    assert 'expect = "eligible"' in told.out
    assert "A case is judged differently; screening confirms it." in told.err


def test_facts_whose_bounds_differ_are_told_and_the_case_keeps_to_both() -> None:
    before = LIBRARY.program("BE-NL", DAY)
    facts = dict(before.vocabulary.facts)
    facts["age_years"] = msgspec.structs.replace(facts["age_years"], min=30, max=40)
    vocabulary = msgspec.structs.replace(before.vocabulary, facts=facts)
    rules = tuple(one for one in before.rules if one.id != "BENL-3")
    found = difference(before, replace(before, vocabulary=vocabulary, rules=rules), replay)
    assert ("fact", "age_years", "0 to 120", "30 to 40") in [
        (one.kind, one.name, one.before, one.after) for one in found.changes
    ]
    assert found.found.case is not None
    assert 30 <= int(found.found.case.facts["age_years"]) <= 40
    assert found.judged is not None
    assert found.judged[1].outcome is Outcome.ELIGIBLE


def test_bounds_without_a_common_value_leave_the_fact_unknown() -> None:
    before = LIBRARY.program("OAS-A57", DAY)
    facts = dict(before.vocabulary.facts)
    facts["age_years"] = msgspec.structs.replace(facts["age_years"], min=121, max=130)
    after = replace(before, vocabulary=msgspec.structs.replace(before.vocabulary, facts=facts),
                    rules=before.rules[:-1])  # fmt: skip
    found = difference(before, after, replay)
    assert found.found.case is not None
    assert "age_years" not in found.found.case.facts


def test_what_is_not_decided_is_no_sameness(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world, "LIMIT_MS", 0)
    status, found = compared(capsys, "BE-NL", "BE-NL")
    assert (status, found["verdict"]) == (1, "not decided")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["BE-NL"], "H901"),
        (["BE-NL", "BE-NL", "--and", "2026-01-01"], "H901"),
        (["BE-NL", "BE-NX"], "H215"),
        (["BE-NL", "--on", "soon", "--and", "2026-01-01"], "H903"),
        (["BE-NL", "nowhere.toml"], "H902"),
    ],
)
def test_a_call_that_cannot_be_understood_is_refused(
    capsys: pytest.CaptureFixture[str], words: list[str], code: str
) -> None:
    assert run(["law", "diff", *words]) == 2
    assert code in capsys.readouterr().err


def test_a_folder_of_several_agreements_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "agreements").mkdir()
    assert run(["law", "diff", str(tmp_path), "BE-NL"]) == 2
    assert "H902" in capsys.readouterr().err
