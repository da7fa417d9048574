"""The allowed ways, returns, corrections and manifests."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from habeas.errors import ImpossibleEvent
from habeas.register.events import Event, Json
from habeas.terms import Consent, Custody, EventClass, EventKind, Side, Stage
from habeas.transfer.machine import TABLE
from habeas.transfer.manifest import Difference, differences

K = EventKind
Told = Any  # the fixture's class lives in conftest, which tests do not import


def test_a_case_goes_the_whole_way(held: Told) -> None:
    state = held.state
    assert (state.custody, state.custodian, state.stage) == (
        Custody.HELD,
        Side.RECEIVING,
        Stage.ENDED,
    )


def test_a_lease_needs_no_consent(telling: Told) -> None:
    telling.terms = replace(telling.terms, consent_required=False)
    telling.tell(K.OPENED, K.PROPOSED, K.SCREENED, K.NOTIFIED)
    telling.at += timedelta(days=3)
    assert telling.tell(K.AUTHORISED).state.stage is Stage.AUTHORISED


def test_consent_may_be_withdrawn_until_departure_where_it_does_not_bind(scheduled: Told) -> None:
    scheduled.terms = replace(scheduled.terms, consent_binds_at_verification=False)
    scheduled.tell(K.CONSENT_WITHDRAWN)
    with pytest.raises(ImpossibleEvent, match="H604"):
        scheduled.tell(K.DEPARTED)


def test_a_lifted_stay_lets_the_case_go_on(scheduled: Told) -> None:
    scheduled.tell(K.STAY_ORDERED, K.STAY_LIFTED, K.DEPARTED)
    assert scheduled.state.custody is Custody.IN_TRANSIT


def test_a_new_screening_makes_a_changed_fact_good(scheduled: Told) -> None:
    scheduled.add(scheduled.event(K.EVIDENCE_RECORDED, "A-COURT:court"))
    assert scheduled.tell(K.SCREENED, K.DEPARTED).state.custody is Custody.IN_TRANSIT


def test_a_refused_reception_leaves_the_releaser_custodian(scheduled: Told) -> None:
    scheduled.tell(K.DEPARTED, K.RECEPTION_REFUSED)
    assert (scheduled.state.custody, scheduled.state.custodian) == (Custody.HELD, Side.SENDING)


def test_a_return_needs_no_eligibility_and_no_notice(held: Told) -> None:
    held.tell(K.DEPARTED, K.HANDED_OVER, days=0.25)
    assert (held.state.custody, held.state.custodian) == (Custody.HELD, Side.SENDING)


def test_a_return_too_stops_for_a_stay(held: Told) -> None:
    held.tell(K.STAY_ORDERED)
    with pytest.raises(ImpossibleEvent, match="H603"):
        held.tell(K.DEPARTED)


def test_a_returned_person_may_be_proposed_again_from_nothing(held: Told) -> None:
    held.tell(K.DEPARTED, K.HANDED_OVER, K.PROPOSED)
    assert (held.state.stage, held.state.consent) == (Stage.PROPOSED, Consent.NOT_TAKEN)


def test_an_absence_ends_where_it_began(held: Told) -> None:
    held.tell(K.ABSENCE_STARTED)
    assert held.state.custody is Custody.ABSENT
    assert held.tell(K.ABSENCE_ENDED).state.custody is Custody.HELD


def test_whoever_is_recaptured_in_transit_can_be_proposed_again(scheduled: Told) -> None:
    scheduled.tell(K.DEPARTED, K.ESCAPED, K.RECAPTURED, K.PROPOSED)
    assert scheduled.state.stage is Stage.PROPOSED


def test_a_death_can_be_recorded_wherever_the_person_is(scheduled: Told) -> None:
    assert scheduled.tell(K.DEPARTED, K.DIED).state.final is True


def test_a_complaint_is_taken_after_a_death_and_changes_nothing(held: Told) -> None:
    held.tell(K.DIED)
    before = held.state
    held.add(held.event(K.COMPLAINT_MADE, "A-COUNSEL:counsel"))
    assert held.state == before


def correction(held: Told, target: Event, by: str, **body: Json) -> Event:
    event: Event = held.event(K.CORRECTION, by)
    inner: dict[str, Json] = {"body": dict(body), "reason": "wrong cell"}
    return replace(
        event,
        corrects=target.id,
        body=inner,
        seq=len(held.events),
        occurred_at=target.occurred_at,
        facility=None,
    )


def test_a_correction_takes_the_place_of_what_it_corrects(held: Told) -> None:
    held.tell(K.MOVED)
    event = correction(held, held.events[-1], "B:custodian", cell="c9")
    state = held.refold([*held.events, event])
    assert state.custody is Custody.HELD


@pytest.mark.parametrize("by", ["A:custodian", "A-COUNSEL:counsel", "B:court", "A-COUNSEL:court"])
def test_nobody_corrects_for_another(held: Told, by: str) -> None:
    event = correction(held, held.events[-1], by, cell="c9")
    with pytest.raises(ImpossibleEvent, match="H615"):
        held.refold([*held.events, event])


def test_a_handover_is_not_corrected_by_one_of_its_two_hands(held: Told) -> None:
    handover = next(event for event in held.events if event.kind == K.HANDED_OVER)
    event = correction(held, handover, "B:receiving", **dict(handover.body))
    with pytest.raises(ImpossibleEvent, match="H615"):
        held.refold([*held.events, event])


def test_a_court_may_correct(held: Told) -> None:
    event = correction(held, held.events[-1], "B-COURT:court", cell="c9")
    assert held.refold([*held.events, event]).custody is Custody.HELD


def test_a_correction_that_makes_the_past_impossible_is_refused(held: Told) -> None:
    departed = next(event for event in held.events if event.kind == K.DEPARTED)
    event = correction(held, departed, "A:custodian", **{**departed.body, "manifest": "m2"})
    with pytest.raises(ImpossibleEvent, match="H612"):
        held.refold([*held.events, event])


def test_a_correction_of_nothing_is_refused(held: Told) -> None:
    event = replace(correction(held, held.events[0], "A:custodian"), corrects="none")
    with pytest.raises(ImpossibleEvent, match="H615"):
        held.refold([*held.events, event])


def test_custody_events_carry_a_number_and_case_events_none(held: Told) -> None:
    for kind, row in TABLE.items():
        event = replace(held.event(kind), seq=None if row.kind is EventClass.CUSTODY else 1)
        with pytest.raises(ImpossibleEvent):
            held.add(event)


def test_a_manifest_names_who_is_missing_unexpected_or_on_another_line() -> None:
    found = differences({"A": 1, "B": 2, "C": 3}, {"A": 1, "C": 4, "D": 5}, frozenset())
    assert found == [
        Difference("C", "mismatched line"),
        Difference("B", "missing"),
        Difference("D", "unexpected"),
    ]


def test_a_person_refused_at_reception_is_accounted_for() -> None:
    assert differences({"A": 1, "B": 2}, {"A": 1}, frozenset({"B"})) == []
