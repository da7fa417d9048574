"""A case as it stands now: the docket's row, and what was recorded since in the place of it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.docket.columns import told
from habeas.errors import DocketError
from habeas.register.events import Actor, Event, Json
from habeas.service import agree, casefile, intake, transfer
from habeas.service.casefile import Cells
from habeas.service.transfer import Ground
from habeas.terms import EventKind, Outcome

LAW = agree.library()
DEAL = LAW.agreement("SE-EE")
GROUND = Ground(DEAL, transfer.terms(DEAL, "SE", "EE"), demonstration=True)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
FRESH = (NOW - timedelta(hours=4)).isoformat()
ROW = {
    "case": "SEEE-1", "pathway": "lease", "agreement": "SE-EE", "sending": "SE", "receiving": "EE",
    "convicted": "true", "stay_in_force": "false", "stay_in_force__at": FRESH,
    "planned_m2": "5.0", "months_remaining": "24",
}  # fmt: skip


def recorded(fact: str, value: Json, at: datetime = NOW, **more: str) -> Event:
    return Event(
        id="01" + "0" * 24,
        kind=EventKind.EVIDENCE_RECORDED,
        agreement="SE-EE",
        subject="p_" + "0" * 26,
        seq=None,
        prev=None,
        head=None,
        facility=None,
        occurred_at=at,
        time_basis="observed",
        actors=(Actor("SE-COURT", "court", "0" * 16),),
        body={"fact": fact, "value": value, "document": "ab" * 32, **more},
        sections=(),
        corrects=None,
        index=9,
    )


def judged(row: Cells, *events: Event) -> casefile.Judged:
    now = casefile.with_evidence(row, events, GROUND, LAW)
    return casefile.judge(casefile.of_cells(LAW, now), LAW, NOW, "hash")


def test_what_was_recorded_takes_the_place_of_the_row() -> None:
    before = judged(ROW)
    after = judged(ROW, recorded("stay_in_force", True))
    assert before.decision.facts["stay_in_force"] is False
    assert after.decision.facts["stay_in_force"] is True
    assert after.decision.outcome is Outcome.BARRED
    assert after.case.evidence["stay_in_force"].doc == "ab" * 32


def test_a_recorded_fact_lapses_by_its_own_dates() -> None:
    old = recorded("stay_in_force", value=False, at=NOW - timedelta(hours=80))
    short = recorded("stay_in_force", value=False, valid_until=(NOW).isoformat())
    assert judged(ROW, old).decision.lapsed == {"stay_in_force": "expired"}
    assert judged(ROW, short).decision.lapsed == {"stay_in_force": "expired"}


def test_of_two_records_the_later_in_the_register_counts() -> None:
    first, second = recorded("convicted", value=False), recorded("convicted", value=True)
    assert judged(ROW, first, second).decision.facts["convicted"] is True
    assert judged(ROW, second, first).decision.facts["convicted"] is False


def test_a_fact_that_no_rule_knows_changes_nothing() -> None:
    found, before = judged(ROW, recorded("favourite_colour", "blue")), judged(ROW)
    assert found.case == before.case
    assert found.decision.not_established == before.decision.not_established


def test_an_empty_value_makes_a_fact_not_established() -> None:
    assert "convicted" not in judged(ROW, recorded("convicted", None)).decision.facts


@pytest.mark.parametrize(
    ("fact", "value", "code"),
    [
        ("shoe_size", "44", "H401"),
        ("convicted", "perhaps", "H402"),
        ("months_remaining", "=1", "H411"),
    ],
)
def test_what_cannot_be_evidence_is_refused(fact: str, value: str, code: str) -> None:
    with pytest.raises(DocketError) as refused:
        casefile.evidence(fact, value, intake.columns(LAW.vocabulary))
    assert refused.value.code == code


def test_a_row_that_cannot_be_read_is_refused_with_its_cell() -> None:
    with pytest.raises(DocketError, match="H416"):
        casefile.of_cells(LAW, ROW | {"receiving": "SV"})


def test_the_body_of_a_screening_states_until_when_it_holds() -> None:
    found = judged(ROW)
    body = casefile.screened(found, "decision-1")
    assert body["outcome"] == found.decision.outcome.value
    assert body["rules_hash"] == found.program.hash
    assert NOW < datetime.fromisoformat(str(body["valid_until"])) <= NOW + casefile.AT_MOST


def test_a_page_says_the_same_in_both_languages() -> None:
    told_in = {
        lang: casefile.told(judged(ROW), LAW, lang, demonstration=True) for lang in ("en", "es")
    }
    rules = {lang: [one["id"] for one in found["open"]] for lang, found in told_in.items()}
    assert rules["en"] == rules["es"] != []
    assert all(found["mark"] for found in told_in.values())


@given(st.integers(1, 400))
def test_a_value_comes_back_as_it_was_stated(hundredths: int) -> None:
    column = intake.columns(LAW.vocabulary)["months_remaining"]
    text = told(hundredths, column)
    found = judged(ROW, recorded("months_remaining", text))
    assert found.decision.facts["months_remaining"] == hundredths
