"""Which document settles most cases: counts over decisions, by fact and by document."""

from datetime import UTC, date, datetime

import pytest

from habeas.docket.check import Case
from habeas.docket.columns import Value
from habeas.law.library import Library
from habeas.screening import unblock
from habeas.screening.decision import Decision, decide
from habeas.service.intake import columns
from habeas.terms import Outcome

DAY, INSTANT = date(2026, 11, 21), datetime(2026, 11, 21, 23, 59, 59, tzinfo=UTC)
LIBRARY = Library()
FACTS = LIBRARY.vocabulary.facts
CLEAN: dict[str, Value] = {
    "agreement": "SE-EE", "sending": "SE", "receiving": "EE", "pathway": "lease",
    "identity_confirmed": True, "is_sending_national": True, "is_receiving_national": False,
    "citizenship_claim_unresolved": False, "sex": "male", "age_years": 30, "convicted": True,
    "judgment_final": True, "appeal_pending": False, "collateral_attack_pending": False,
    "other_charges_pending": False, "stay_in_force": False, "sentence_type": "determinate",
    "months_remaining": 4000, "offence_category": "ordinary", "organised_crime_link": False,
    "security_mismatch": False, "treaty_in_force": True, "enabling_statute": True,
    "sending_agrees": True, "receiving_agrees": True, "commitment_order_valid": True,
    "protection_from_receiving": False, "torture_risk_assessed": True,
    "torture_risk_substantial": False, "written_notice_in_language": True,
    "consular_info_given": True, "fit_to_travel": True, "severe_mental_illness": False,
    "needs_care_outside_prison": False, "planned_m2": 50_000,
}  # fmt: skip


def decided(*without: str, **other: Value) -> Decision:
    facts = {name: value for name, value in (CLEAN | other).items() if name not in without}
    case = Case("C-1", 2, "SE-EE", facts, {})
    return decide(case, LIBRARY.program("SE-EE", DAY), columns(LIBRARY.vocabulary), INSTANT,
                  dated=False)  # fmt: skip


def counts(*decisions: Decision) -> dict[str, tuple[int, int, int]]:
    found = unblock.facts(decisions)
    return {one.fact: (one.waiting, one.decides, one.eligible) for one in found}


def test_a_case_that_waits_for_nothing_counts_nowhere() -> None:
    assert decided().outcome is Outcome.ELIGIBLE
    assert counts(decided()) == {}


def test_a_case_one_fact_short_is_decided_by_it_and_may_become_eligible() -> None:
    assert counts(decided("convicted")) == {"convicted": (1, 1, 1)}


def test_a_case_two_facts_short_waits_for_both_and_neither_is_enough() -> None:
    assert counts(decided("convicted", "fit_to_travel")) == {
        "convicted": (1, 0, 0), "fit_to_travel": (1, 0, 0)}  # fmt: skip


def test_either_of_two_facts_may_be_enough_without_deciding_the_case() -> None:
    found = counts(decided("months_remaining", "sentence_type"))
    assert found["months_remaining"][:2] == (1, 0)
    one = counts(decided("severe_mental_illness", "needs_care_outside_prison"))
    assert set(one.values()) == {(1, 0, 0)}


def test_a_barred_case_waits_for_nothing_however_much_is_missing() -> None:
    assert counts(decided("convicted", sex="female")) == {}


@pytest.fixture
def document() -> unblock.Document:
    cases = [decided("convicted"), decided("fit_to_travel"), decided("convicted", "fit_to_travel")]
    return unblock.documents(cases, FACTS)[0]


def test_the_most_useful_document_stands_first_with_who_establishes_it(
    document: unblock.Document,
) -> None:
    assert (document.evidence, document.established_by) == (
        FACTS["convicted"].evidence, FACTS["convicted"].established_by)  # fmt: skip
    assert (document.facts, document.waiting, document.decides, document.eligible) == (
        ("convicted",), 2, 1, 1)  # fmt: skip


def test_facts_of_one_body_and_one_kind_of_evidence_are_one_document() -> None:
    same = FACTS["convicted"]
    known = {**FACTS, "fit_to_travel": same}
    (found,) = unblock.documents([decided("convicted", "fit_to_travel")], known)
    assert found.facts == ("convicted", "fit_to_travel")
    assert (found.waiting, found.decides, found.eligible) == (1, 1, 1)
