"""The forbidden ways, each by name; an illegal event leaves the state as it was."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from habeas.errors import ImpossibleEvent
from habeas.register.events import Event
from habeas.terms import Consent, Custody, EventKind, Stage
from habeas.transfer.machine import TABLE, step
from habeas.transfer.state import Route, State, Terms

K = EventKind
Told = Any  # the fixture's class lives in conftest, which tests do not import


def refused(telling: Told, event: Event, route: Route | None = None) -> str:
    before = telling.state
    with pytest.raises(ImpossibleEvent) as caught:
        telling.add(event, route=route)
    assert telling.state is before
    return caught.value.code


def test_nobody_departs_without_both_authorisations(ready: Told) -> None:
    codes = []
    for kind in (K.AUTHORISED, K.ACCEPTED, K.SCHEDULED):
        codes.append(refused(ready, ready.event(K.DEPARTED)))
        ready.tell(kind)
    assert codes == ["H609", "H609", "H609"]


def test_one_officer_cannot_act_for_two(ready: Told) -> None:
    assert refused(ready, ready.event(K.AUTHORISED, "A:transferring")) == "H602"
    ready.tell(K.AUTHORISED)
    assert refused(ready, ready.event(K.ACCEPTED, "B:transferring")) == "H602"


def test_nobody_departs_under_a_stay_whatever_else_is_signed(scheduled: Told) -> None:
    scheduled.tell(K.STAY_ORDERED)
    assert refused(scheduled, scheduled.event(K.DEPARTED)) == "H603"


def test_a_second_stay_outlives_the_lifting_of_the_first(scheduled: Told) -> None:
    scheduled.tell(K.STAY_ORDERED)
    scheduled.add(scheduled.event(K.STAY_ORDERED, order="s2"))
    scheduled.tell(K.STAY_LIFTED)
    assert refused(scheduled, scheduled.event(K.DEPARTED)) == "H603"


def test_a_stay_that_nobody_ordered_cannot_be_lifted(scheduled: Told) -> None:
    assert refused(scheduled, scheduled.event(K.STAY_LIFTED)) == "H603"


def test_nothing_is_decided_under_a_stay(ready: Told) -> None:
    ready.tell(K.STAY_ORDERED)
    assert refused(ready, ready.event(K.AUTHORISED)) == "H603"


def test_nobody_departs_on_a_fact_expired_since_screening(scheduled: Told) -> None:
    late = scheduled.state.eligible_until
    assert refused(scheduled, scheduled.event(K.DEPARTED, at=late)) == "H605"


def test_nobody_departs_on_a_fact_recorded_since_screening(scheduled: Told) -> None:
    scheduled.add(scheduled.event(K.EVIDENCE_RECORDED, "A-COURT:court"))
    assert refused(scheduled, scheduled.event(K.DEPARTED)) == "H605"


def test_a_screening_that_says_no_end_is_refused(telling: Told) -> None:
    telling.tell(K.OPENED, K.PROPOSED)
    codes = [
        refused(telling, telling.event(K.SCREENED, valid_until=until)) for until in ("", "soon", 7)
    ]
    assert codes == ["H611", "H605", "H605"]


def test_a_case_that_the_new_screening_bars_does_not_depart(scheduled: Told) -> None:
    scheduled.add(scheduled.event(K.SCREENED, outcome="barred"))
    assert refused(scheduled, scheduled.event(K.DEPARTED)) == "H609"


@pytest.mark.parametrize("outcome", ["barred", "not_established", "ELIGIBLE", "yes"])
def test_only_an_eligible_case_is_notified(telling: Told, outcome: str) -> None:
    telling.tell(K.OPENED, K.PROPOSED)
    telling.add(telling.event(K.SCREENED, outcome=outcome))
    assert refused(telling, telling.event(K.NOTIFIED)) == "H601"


def test_nobody_departs_with_consent_withdrawn_in_time(telling: Told) -> None:
    telling.tell(K.OPENED, K.PROPOSED, K.SCREENED, K.NOTIFIED, K.CONSENT_WITHDRAWN)
    telling.at += timedelta(days=3)
    assert refused(telling, telling.event(K.AUTHORISED)) == "H604"


def test_verified_consent_cannot_be_withdrawn_where_it_binds(ready: Told) -> None:
    assert refused(ready, ready.event(K.CONSENT_WITHDRAWN)) == "H604"


def test_a_refusal_at_the_hearing_ends_the_case(telling: Told) -> None:
    telling.tell(K.OPENED, K.PROPOSED, K.SCREENED, K.NOTIFIED)
    telling.add(telling.event(K.CONSENT_VERIFIED, consents=False))
    assert refused(telling, telling.event(K.AUTHORISED)) == "H601"


@pytest.mark.parametrize("said", [None, "yes", 1, "true"])
def test_consent_is_given_by_true_alone(telling: Told, said: object) -> None:
    telling.tell(K.OPENED, K.PROPOSED, K.SCREENED, K.NOTIFIED)
    event = telling.event(K.CONSENT_VERIFIED, consents=said)
    if said is None:
        assert refused(telling, event) == "H611"
    else:
        assert telling.add(event).state.consent is Consent.REFUSED


def test_consent_is_taken_by_a_court_alone(telling: Told) -> None:
    telling.tell(K.OPENED, K.PROPOSED, K.SCREENED, K.NOTIFIED)
    assert refused(telling, telling.event(K.CONSENT_VERIFIED, "A:transferring")) == "H602"


def test_consent_of_an_ended_case_does_not_serve_the_next(ready: Told) -> None:
    ready.tell(K.WITHDRAWN, K.PROPOSED, K.SCREENED, K.NOTIFIED)
    ready.at += timedelta(days=3)
    assert refused(ready, ready.event(K.AUTHORISED)) == "H604"


def test_nothing_is_authorised_before_the_notice_is_over(telling: Told) -> None:
    telling.tell(K.OPENED, K.PROPOSED, K.SCREENED, K.NOTIFIED, days=0)
    telling.add(telling.event(K.CONSENT_VERIFIED), days=0)
    telling.at += timedelta(hours=71, minutes=59)
    assert refused(telling, telling.event(K.AUTHORISED)) == "H606"


def test_the_notice_is_over_at_its_last_second(telling: Told) -> None:
    telling.tell(K.OPENED, K.PROPOSED, K.SCREENED, K.NOTIFIED, days=0)
    telling.add(telling.event(K.CONSENT_VERIFIED), days=0)
    telling.at += timedelta(hours=72)
    assert telling.tell(K.AUTHORISED).state.stage is Stage.AUTHORISED


@pytest.mark.parametrize(("stated", "hours"), [(24, 72), (96, 96)])
def test_a_notice_may_lengthen_its_period_but_never_shorten_it(
    telling: Told, stated: int, hours: int
) -> None:
    telling.tell(K.OPENED, K.PROPOSED, K.SCREENED, days=0)
    served = telling.at
    earliest = (served + timedelta(hours=stated)).isoformat()
    telling.add(telling.event(K.NOTIFIED, earliest_departure=earliest))
    assert telling.state.earliest == served + timedelta(hours=hours)


def test_an_objection_must_be_answered_before_authorisation(ready: Told) -> None:
    ready.tell(K.OBJECTION_LODGED)
    assert refused(ready, ready.event(K.AUTHORISED)) == "H607"
    answer = ready.event(K.OBJECTION_ANSWERED, objection=ready.events[-1].id, reasons="r")
    assert ready.add(answer).tell(K.AUTHORISED).state.stage is Stage.AUTHORISED


def test_nobody_departs_while_the_last_manifest_is_open(scheduled: Told) -> None:
    assert refused(scheduled, scheduled.event(K.DEPARTED), Route(open_difference=True)) == "H608"


def test_nobody_is_received_who_has_not_departed(scheduled: Told) -> None:
    assert refused(scheduled, scheduled.event(K.HANDED_OVER)) == "H601"


def test_a_handover_of_another_line_is_refused(scheduled: Told) -> None:
    scheduled.tell(K.DEPARTED)
    assert refused(scheduled, scheduled.event(K.HANDED_OVER, line=2)) == "H612"


def test_a_handover_needs_both_hands(scheduled: Told) -> None:
    scheduled.tell(K.DEPARTED)
    hands = [
        "A:releasing",
        "B:receiving",
        "A:releasing A:receiving",
        "B:releasing B:receiving",
        "B:releasing A:receiving",
    ]
    assert {refused(scheduled, scheduled.event(K.HANDED_OVER, by)) for by in hands} == {"H602"}


def test_there_are_never_two_custodians(held: Told) -> None:
    assert refused(held, held.event(K.MOVED, "A:custodian")) == "H602"


def test_a_state_cannot_write_for_the_other(scheduled: Told) -> None:
    assert refused(scheduled, scheduled.event(K.MOVED, "B:custodian")) == "H602"
    assert refused(scheduled, scheduled.event(K.DEPARTED, "B:custodian")) == "H602"


def test_a_stranger_signs_nothing(scheduled: Told) -> None:
    assert refused(scheduled, scheduled.event(K.DEPARTED, "C:custodian")) == "H602"


@pytest.mark.parametrize("end", [K.DIED, K.RELEASED])
def test_nothing_follows_a_final_state_but_reports(held: Told, end: EventKind) -> None:
    held.tell(end)
    after = {kind: held.event(kind) for kind in TABLE}
    codes = {kind for kind, event in after.items() if _allowed(held.state, event, held.terms)}
    reports = {
        K.EVIDENCE_RECORDED,
        K.DUTY_MET,
        K.INQUIRY_MADE,
        K.INQUIRY_ANSWERED,
        K.COMPLAINT_MADE,
        K.COMPLAINT_ANSWERED,
        K.INCIDENT_REPORTED,
        K.VISIT_MADE,
        K.VISIT_BLOCKED,
        K.FINDING_MADE,
        K.FINDING_ANSWERED,
        K.TOKEN_ISSUED,
        K.TOKEN_REVOKED,
    }
    assert codes <= reports


def _allowed(state: State, event: Event, terms: Terms) -> bool:
    try:
        step(state, event, terms)
    except ImpossibleEvent as error:
        return error.code != "H610"
    return True


def test_a_death_is_the_end(held: Told) -> None:
    held.tell(K.DIED)
    codes = [
        refused(held, held.event(kind))
        for kind in (K.PLACED, K.MOVED, K.DEPARTED, K.RELEASED, K.DIED)
    ]
    assert codes == ["H610"] * 5


def test_release_where_the_agreement_forbids_it_is_refused(held: Told) -> None:
    held.terms = replace(held.terms, release_in_receiving_state=False)
    assert refused(held, held.event(K.RELEASED)) == "H614"


def test_a_court_needs_no_pen(scheduled: Told) -> None:
    scheduled.tell(K.DEPARTED)
    assert scheduled.tell(K.STAY_ORDERED).state.custody is Custody.IN_TRANSIT


def test_a_court_of_either_state_may_stay(scheduled: Told) -> None:
    scheduled.add(scheduled.event(K.STAY_ORDERED, "B-COURT:court"))
    assert refused(scheduled, scheduled.event(K.DEPARTED)) == "H603"


def test_only_a_court_orders_a_stay(scheduled: Told) -> None:
    assert refused(scheduled, scheduled.event(K.STAY_ORDERED, "A:transferring")) == "H602"


def test_a_custody_event_never_happens_before_the_last(held: Told) -> None:
    early = held.events[-1].occurred_at - timedelta(seconds=1)
    assert refused(held, held.event(K.MOVED, at=early)) == "H613"


@pytest.mark.parametrize("kind", [kind for kind, row in TABLE.items() if row.carries])
def test_what_must_be_attached_is_attached(held: Told, kind: EventKind) -> None:
    empty: dict[str, None] = dict.fromkeys(TABLE[kind].carries)
    with pytest.raises(ImpossibleEvent):
        held.add(held.event(kind, **empty))


def test_another_cell_than_proposed_needs_a_reason(held: Told) -> None:
    named = {"proposal": "0" * 64, "proposed": "A-2"}
    for placement in (
        named, {**named, "reason": ""}, {**named, "reason": 1}, {"proposed": "A-1"},
        {**named, "proposal": "0"}, "A-2",
    ):  # fmt: skip
        for kind in (K.PLACED, K.MOVED):
            assert refused(held, held.event(kind, cell="A-1", placement=placement)) == "H893"
    held.add(held.event(K.MOVED, cell="A-1", placement={**named, "reason": "ill"}))
    held.add(held.event(K.MOVED, cell="A-2", placement=named))
