"""The shipped library: every file loads, every rule cites, every hash is its own."""

import re
from datetime import date
from pathlib import Path

import pytest

from habeas.docket.derive import TABLE
from habeas.law.agreement import Rule
from habeas.law.library import Library
from habeas.law.program import Program, combined_hash

# The whole library again and again: others count its lines.
pytestmark = pytest.mark.no_cover

DAY = date(2026, 11, 21)

LIBRARY = Library()
AGREEMENTS = {
    "BE-NL": (46, "ended"),
    "DK-XK": (43, "ratified"),
    "NO-NL": (46, "ended"),
    "OAS-A57": (38, "in_force"),
    "SE-EE": (41, "signed"),
    "US-SV-2025": (38, "reported"),
}
HEX = re.compile(r"[0-9a-f]{64}")


def rules() -> dict[str, Rule]:
    found: dict[str, Rule] = {}
    for _, law in LIBRARY.laws.values():
        found |= law.rules
    for _, deal in LIBRARY.agreements.values():
        found |= deal.rules
    return found


def own(folder: Path, *changes: tuple[str, str]) -> Program:
    """The program of a copy of SE-EE with some texts exchanged."""
    shipped, _ = LIBRARY.agreements["SE-EE"]
    text = shipped.text.replace('id = "SE-EE"', 'id = "X-Y"').replace("SEEE-", "OWN-")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    (folder / "agreements").mkdir(parents=True)
    (folder / "agreements" / "x.toml").write_text(text)
    return Library(folder).program("X-Y", DAY)


def test_the_library_holds_its_agreements_laws_standards_and_facilities() -> None:
    assert set(LIBRARY.agreements) == set(AGREEMENTS)
    assert set(LIBRARY.laws) == {"ets-112", "human-rights", "lease", "usc18-ch306", "usc8-1231"}
    assert len(LIBRARY.standards) == 6
    assert set(LIBRARY.facilities) == {
        "CECOT", "FREMONT_CO", "GJILAN", "NORGERHAVEN", "TARTU", "TILBURG"}  # fmt: skip


def test_the_vocabulary_holds_71_facts_and_the_laws_62_rules() -> None:
    placed = [
        name
        for group in (LIBRARY.laws, LIBRARY.agreements)
        for _, one in group.values()
        for name in one.rules
    ]
    assert (len(LIBRARY.vocabulary.facts), len(placed), len(set(placed))) == (71, 62, 62)


@pytest.mark.parametrize("name", AGREEMENTS)
def test_an_agreement_keeps_its_standing_and_joins_all_baseline_law(name: str) -> None:
    program = LIBRARY.program(name, DAY)
    baseline = {rule for _, law in LIBRARY.laws.values() for rule in law.rules}
    ids = {rule.id for rule in program.rules}
    assert (len(program.rules), program.deal.standing) == AGREEMENTS[name]
    assert ids == baseline | set(program.deal.rules)


@pytest.mark.parametrize("name", rules())
def test_each_rule_says_in_two_languages_what_it_asks_and_where_it_is_written(name: str) -> None:
    rule = rules()[name]
    texts = [rule.text.en, rule.text.es, rule.require, rule.applies]
    places = [(cite.instrument, cite.at) for cite in rule.cite]
    assert all(text.strip() for text in texts)
    assert places
    assert all(instrument and at for instrument, at in places)


def test_each_rule_is_placed_in_a_layer_and_each_layer_names_a_rule() -> None:
    assert set(LIBRARY.layers.rules) == {*rules(), *LIBRARY.agreement_rules.rules}


def test_a_clause_read_in_its_source_names_the_source() -> None:
    read = [
        (name, cite.at)
        for name, rule in rules().items()
        for cite in rule.cite
        if cite.checked != "memory" and not cite.source
    ]
    assert read == []


def test_each_fact_is_asked_by_a_rule_or_is_what_such_a_fact_follows_from() -> None:
    asked = {fact for name in AGREEMENTS for fact in LIBRARY.program(name, DAY).facts}
    behind = {source for one in TABLE if one.fact in asked for source in one.sources}
    assert set(LIBRARY.vocabulary.facts) == asked | behind
    assert len(behind - asked) == 6


def test_no_file_claims_a_review_that_nobody_made() -> None:
    metas = [one.meta for group in (LIBRARY.laws, LIBRARY.agreements, LIBRARY.standards)
             for _, one in group.values()]  # fmt: skip
    assert {(meta.reviewed_by, meta.reviewed_on) for meta in metas} == {("", None)}


@pytest.mark.parametrize("name", AGREEMENTS)
def test_a_program_has_the_same_hash_each_time_it_is_loaded(name: str) -> None:
    first, again = LIBRARY.program(name, DAY).hash, Library().program(name, DAY).hash
    assert first == again
    assert HEX.fullmatch(first)


def test_each_agreement_has_a_hash_of_its_own() -> None:
    hashes = {LIBRARY.program(name, DAY).hash for name in AGREEMENTS}
    assert len(hashes) == len(AGREEMENTS)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("age_years >= 18", "age_years >= 21"),
        ("NOT organised_crime_link", "organised_crime_link"),
        ("applies = \"agreement = 'SE-EE'\"", 'applies = "TRUE"'),
        ('zone = "Europe/Tallinn"', 'zone = "Europe/Oslo"'),
        ('code = "EE"', 'code = "FI"'),
        ('at = "men, 18 or over"', 'at = "men, over 18"'),
        ('version = "0.1.0"', 'version = "0.1.1"'),
    ],
)
def test_a_program_has_another_hash_where_the_law_says_something_else(
    tmp_path: Path, old: str, new: str
) -> None:
    assert own(tmp_path / "a").hash != own(tmp_path / "b", (old, new)).hash


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('en = "No extensive need for care."', 'en = "No great need for care."'),
        ("age_years >= 18", "age_years  >= 18.0"),
        ('standing = "signed"', 'standing = "ratified"'),
    ],
)
def test_a_program_keeps_its_hash_where_only_the_words_change(
    tmp_path: Path, old: str, new: str
) -> None:
    assert own(tmp_path / "a").hash == own(tmp_path / "b", (old, new)).hash


def test_the_hash_of_several_programs_depends_on_their_names_and_not_on_their_order() -> None:
    one = combined_hash({"A": "1", "B": "2"})
    assert one == combined_hash({"B": "2", "A": "1"})
    assert one != combined_hash({"A": "2", "B": "1"})
