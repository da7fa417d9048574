"""The letter of a decision as data: whole, in one language, every rule once."""

import re
from datetime import UTC, date, datetime
from importlib import resources

import pytest

from habeas.docket.check import Case
from habeas.docket.columns import Value
from habeas.docket.evidence import Evidence
from habeas.errors import Language
from habeas.law.library import Library
from habeas.screening import cases, letter
from habeas.screening.decision import Decision, decide
from habeas.service.intake import columns

DAY, INSTANT = date(2026, 11, 21), datetime(2026, 11, 21, 23, 59, 59, tzinfo=UTC)
LIBRARY = Library()
KEYS: dict[str, Value] = {
    "agreement": "SE-EE", "sending": "SE", "receiving": "EE", "pathway": "lease"}  # fmt: skip
LANGUAGES: tuple[Language, Language] = ("en", "es")


def decided(facts: dict[str, Value], evidence: dict[str, Evidence] | None = None) -> Decision:
    case = Case("C-1", 2, "SE-EE", KEYS | facts, evidence or {})
    program, dated = LIBRARY.program("SE-EE", DAY), evidence is not None
    return decide(case, program, columns(LIBRARY.vocabulary), INSTANT, dated=dated)


def written(
    decision: Decision,
    lang: Language = "en",
    *,
    dated: bool = False,
    mark: bool = False,
) -> letter.Letter:
    titles = {one.id: one.title for _, holder in LIBRARY.holders() for one in holder.instruments}
    run = letter.Run(INSTANT, "d" * 64, dated, "0.1.0", titles, mark)
    return letter.letter(decision, LIBRARY.program("SE-EE", DAY), run, lang)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_rule_stands_in_the_letter_once(lang: Language) -> None:
    found = written(decided({"sex": "female", "convicted": True}), lang)
    listed = [one["id"] for part in (found["not_met"], found["open"], found["met"]) for one in part]
    listed += found["silent"].split(", ")
    assert sorted(listed) == sorted(rule.id for rule in LIBRARY.program("SE-EE", DAY).rules)


def test_a_rule_not_met_is_told_with_its_values_its_places_and_the_lawful_next_step() -> None:
    (one,) = [
        one for one in written(decided({"age_years": 17}))["not_met"] if one["id"] == "B-AGE-1"
    ]
    assert one["leaves"] == [
        "age_years 17 years is less than 18 years",
        "pathway lease is not treaty_transfer",
    ]
    assert one["cites"][0] == (
        "Title 18 of the United States Code (Crimes and Criminal Procedure), "
        "4100(b), 4102(8) (read in the text)"
    )
    assert "from memory, not read" in one["cites"][1]
    assert one["remedy"].startswith("Keep a person under 18 in the sentencing State")


def test_a_rule_not_established_says_what_is_missing_who_gives_it_and_what_would_do() -> None:
    found = written(decided({}), "es")
    (one,) = [one for one in found["open"] if one["id"] == "B-APP-1"]
    assert [fact["fact"] for fact in one["missing"]] == [
        "appeal_pending", "collateral_attack_pending"]  # fmt: skip
    assert one["missing"][0]["why"] == "no consta"
    assert one["missing"][0]["by"] == "secretaría del tribunal + defensa"
    assert one["ways"] == "appeal_pending y collateral_attack_pending"


def test_the_outcome_is_one_sentence_and_eligible_never_means_transfer() -> None:
    assert "may not go on. Rules not met: 1." in written(decided({"sex": "female"}))["sentence"]
    assert written(decided({}))["outcome"] == "not established"
    assert "no order and no leave to transfer" in letter.WORDS["en"]["is eligible"]
    assert "no es orden ni permiso" in letter.WORDS["es"]["is eligible"]


def test_an_eligible_case_goes_on_to_notice_and_consent_and_is_screened_again() -> None:
    clean = next(one for one in LIBRARY.case_files if one.name.endswith("vignettes.toml"))
    placed = cases.placed([clean], LIBRARY, columns(LIBRARY.vocabulary))
    known = next(one.facts for one in placed if one.case.base == "clean_dk" and not one.case.given)
    program = LIBRARY.program("DK-XK", DAY)
    case = Case("C-1", 2, "DK-XK", known, {})
    told = decide(case, program, columns(LIBRARY.vocabulary), INSTANT, dated=False)
    run = letter.Run(INSTANT, "d" * 64, False, "0.1.0", {}, False)
    found = letter.letter(told, program, run, "en")
    assert (found["outcome"], found["not_met"], found["open"]) == ("eligible", [], [])
    assert "no order and no leave to transfer" in found["sentence"]
    assert "screened again at departure" in found["next"][0]


def test_the_standing_is_said_and_that_nothing_follows_from_what_is_not_in_force() -> None:
    law = written(decided({}))["law"]
    assert law[0] == "Agreement SE-EE: signed, not ratified by all."
    assert law[-1].startswith("No transfer can follow from this decision")


def test_the_notes_say_that_no_lawyer_has_reviewed_it_and_which_places_nobody_has_read() -> None:
    english, spanish = (written(decided({}), lang)["notes"] for lang in LANGUAGES)
    assert any(note.startswith("No lawyer has reviewed this library.") for note in english)
    assert any("cite a place from memory" in note for note in english)
    assert not any("translation" in note for note in english)
    assert "unreviewed translation" in spanish[-1]


def test_a_docket_without_dates_is_said_to_be_one_and_dated_evidence_says_its_end() -> None:
    assert written(decided({}))["evidence"][0].startswith("The docket dates no evidence")
    at = {"stay_in_force": Evidence(datetime(2026, 11, 21, 8, tzinfo=UTC))}
    told = written(decided({"stay_in_force": False}, at), dated=True)["evidence"]
    assert told == [
        (
            "Until 24 November 2026 (2026-11-24T08:00:00+00:00), when the first fact that it rests "
            "on lapses."
        )
    ]
    assert written(decided({}, {}), dated=True)["evidence"] == [
        "No fact that this rests on has a stated end."
    ]


def test_an_expired_fact_says_since_when_it_does_not_hold() -> None:
    at = {"stay_in_force": Evidence(datetime(2026, 11, 1, tzinfo=UTC))}
    found = written(decided({"stay_in_force": False}, at), dated=True)
    (one,) = [one for one in found["open"] if one["id"] == "B-STAY-1"]
    assert one["missing"][0]["why"] == "has expired 2026-11-04T00:00:00+00:00"


def test_a_demonstration_is_marked_and_a_run_in_earnest_is_not() -> None:
    assert written(decided({}), mark=True)["mark"].startswith("DEMONSTRATION")
    assert written(decided({}))["mark"] == ""


def test_a_day_is_written_in_words() -> None:
    assert letter.day(INSTANT, "en") == "21 November 2026"
    assert letter.day(INSTANT, "es") == "21 de noviembre de 2026"


def test_both_languages_have_every_word_that_the_template_asks_for() -> None:
    template = (resources.files("habeas") / "documents" / "decision.typ").read_text()
    asked = set(re.findall(r'say\.(\w+)|say\.at\("(\d+)"\)', template))
    names = {one or other for one, other in asked} - {"at"}
    assert letter.WORDS["en"].keys() == letter.WORDS["es"].keys()
    assert names <= letter.WORDS["en"].keys()
