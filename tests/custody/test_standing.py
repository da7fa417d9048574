"""Who stands in which relation to a person; told from the register alone."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from habeas.custody.standing import CONSULAR_CONSENT, everyone, relations
from habeas.register.events import Json
from habeas.terms import EventKind, Relation, Side
from habeas.transfer.machine import effective
from habeas.transfer.state import State

K, R = EventKind, Relation
Told = Any  # the fixture's class lives in conftest, which tests do not import
LATE = datetime(2040, 1, 1, tzinfo=UTC)
READY = (K.OPENED, K.PROPOSED, K.SCREENED, K.NOTIFIED, K.CONSENT_VERIFIED)
STORY = (
    *READY, K.AUTHORISED, K.ACCEPTED, K.SCHEDULED, K.DEPARTED, K.HANDED_OVER, K.PLACED,
    K.DEPARTED, K.HANDED_OVER,
)  # fmt: skip
MORE = {
    "A-CONSULATE": frozenset[str](),
    "C-CONSULATE": frozenset[str](),
    "B-MONITOR": frozenset({"monitor"}),
    "C-COURT": frozenset({"court"}),  # of a third state
    "C": frozenset({"custodian", "transferring"}),
}


def standing(told: Told) -> dict[str, frozenset[Relation]]:
    sides = {**told.terms.sides, "B-MONITOR": Side.RECEIVING, "A-CONSULATE": Side.SENDING}
    terms = replace(told.terms, sides=sides, roles={**told.terms.roles, **MORE})
    return everyone(told.events, told.state, terms, LATE)


def of(told: Told, name: str) -> frozenset[Relation]:
    return standing(told).get(name, frozenset())


def consent(told: Told, consulate: Json, *, value: Json = True) -> None:
    body: dict[str, Json] = {"fact": CONSULAR_CONSENT, "value": value, "document": "d"}
    told.add(told.event(K.EVIDENCE_RECORDED, "A-COUNSEL:counsel", **body, consulate=consulate))


def stages(told: Told) -> Iterator[Told]:
    """A whole story, out and back, event by event."""
    yield told
    for kind in STORY:
        yield told.tell(kind, days=4 if kind is K.CONSENT_VERIFIED else 0.25)


def test_nobody_stands_in_a_relation_to_somebody_who_is_not_on_the_register(
    telling: Told,
) -> None:
    before = telling.at - timedelta(days=1)
    assert standing(telling) == {}
    telling.tell(K.OPENED)
    assert everyone(telling.events, State(), telling.terms, LATE) == {}
    assert everyone(telling.events, telling.state, telling.terms, before) == {}


def test_the_receiving_states_officers_stand_in_none_until_a_transfer_is_authorised(
    ready: Told,
) -> None:
    assert of(ready, "B") == frozenset()
    assert of(ready.tell(K.AUTHORISED), "B") == {R.RECEIVER}
    assert of(ready.tell(K.WITHDRAWN), "B") == {R.RECEIVER}


def test_an_authorisation_after_the_instant_is_not_known_at_it(ready: Told) -> None:
    before = ready.at - timedelta(hours=1)
    state = ready.state
    ready.tell(K.AUTHORISED)
    assert relations(ready.events, state, "B", ready.terms, before) == frozenset()
    assert relations(ready.events, ready.state, "B", ready.terms, ready.at) == {R.RECEIVER}


def test_there_is_one_custodian_at_most_and_it_is_of_the_state_that_holds(
    telling: Told,
) -> None:
    for told in stages(telling):
        names = [name for name, found in standing(told).items() if R.CUSTODIAN in found]
        holder = {None: [], Side.SENDING: ["A"], Side.RECEIVING: ["B"]}
        assert names == holder[told.state.custodian]


def test_whoever_has_been_sender_or_receiver_stays_so_and_neither_becomes_the_other(
    telling: Told,
) -> None:
    had: dict[str, frozenset[Relation]] = {}
    for told in stages(telling):
        found = standing(told)
        for name, related in had.items():
            assert related - {R.CUSTODIAN} <= found[name]
        assert R.RECEIVER not in found.get("A", frozenset())
        assert R.SENDER not in found.get("B", frozenset())
        had = found
    assert had["A"] == {R.SENDER, R.CUSTODIAN}
    assert had["B"] == {R.RECEIVER}


@pytest.mark.parametrize("end", [K.RELEASED, K.DIED])
def test_nobody_is_custodian_after_the_end(held: Told, end: EventKind) -> None:
    held.tell(end)
    assert [name for name, found in standing(held).items() if R.CUSTODIAN in found] == []
    assert of(held, "A") == {R.SENDER}


def test_whoever_held_last_records_the_recapture(held: Told) -> None:
    held.tell(K.ESCAPED)
    assert R.CUSTODIAN in of(held, "B")


def test_a_court_is_seised_by_its_order_or_its_act_and_has_jurisdiction_before(
    telling: Told,
) -> None:
    telling.tell(K.OPENED)
    assert of(telling, "A-COURT") == {R.COURT_SEISED, R.JURISDICTION}
    assert of(telling, "B-COURT") == {R.JURISDICTION}
    telling.add(telling.event(K.STAY_ORDERED, "B-COURT:court"))
    assert of(telling, "B-COURT") == {R.COURT_SEISED, R.JURISDICTION}


def test_a_court_and_counsel_that_the_notice_names_have_the_case(telling: Told) -> None:
    telling.tell(K.OPENED, K.PROPOSED, K.SCREENED)
    assert of(telling, "A-COUNSEL") == frozenset()
    telling.add(telling.event(K.NOTIFIED, court="B-COURT", counsel="A-COUNSEL"))
    assert R.COURT_SEISED in of(telling, "B-COURT")
    assert of(telling, "A-COUNSEL") == {R.COUNSEL}


def test_counsel_is_whom_the_hearing_names_or_who_has_acted(
    telling: Told, new_telling: Told
) -> None:
    telling.tell(*READY)
    assert of(telling, "A-COUNSEL") == {R.COUNSEL}
    other = new_telling().tell(K.OPENED, K.PROPOSED)
    other.add(other.event(K.OBJECTION_LODGED, "A-COUNSEL:counsel"))
    assert of(other, "A-COUNSEL") == {R.COUNSEL}


@pytest.mark.parametrize("named", ["B", "A-COURT", "A-CONSULATE", "NOBODY", "C-COURT", 7, True])
def test_an_event_that_names_somebody_as_counsel_makes_no_other_body_counsel(
    telling: Told, named: Json
) -> None:
    telling.tell(K.OPENED, K.PROPOSED, K.SCREENED)
    before = standing(telling)
    telling.add(telling.event(K.NOTIFIED, counsel=named))
    assert standing(telling) == before


def test_a_third_state_stands_in_no_relation_though_the_agreement_names_it(
    telling: Told,
) -> None:
    telling.add(telling.event(K.OPENED, ordered_by="C-COURT"))
    assert of(telling, "C-COURT") == frozenset()
    assert of(telling, "C") == frozenset()


def test_a_correction_takes_back_who_was_named(telling: Told) -> None:
    telling.tell(K.OPENED, K.PROPOSED, K.SCREENED)
    notice = telling.event(K.NOTIFIED, counsel="A-COUNSEL")
    telling.add(notice)
    body: dict[str, Json] = {key: one for key, one in notice.body.items() if key != "counsel"}
    mended = replace(
        notice, id="9" * 26, kind=K.CORRECTION, corrects=notice.id,
        body={"reason": "r", "body": body}, index=9,
    )  # fmt: skip
    events = list(effective([*telling.events, mended], telling.terms))
    assert relations(events, telling.state, "A-COUNSEL", telling.terms, LATE) == frozenset()


def test_a_consulate_needs_the_persons_recorded_consent_and_loses_it_with_that(
    telling: Told,
) -> None:
    telling.tell(K.OPENED)
    assert of(telling, "C-CONSULATE") == frozenset()
    consent(telling, "C-CONSULATE")
    assert of(telling, "C-CONSULATE") == {R.CONSULATE}
    assert of(telling, "A-CONSULATE") == frozenset()
    consent(telling, "C-CONSULATE", value=False)
    assert of(telling, "C-CONSULATE") == frozenset()


@pytest.mark.parametrize("value", [False, "true", 1, "yes"])
def test_what_is_not_a_recorded_yes_is_no_consent(telling: Told, value: Json) -> None:
    telling.tell(K.OPENED)
    consent(telling, "A-CONSULATE", value=value)
    assert of(telling, "A-CONSULATE") == frozenset()


def test_no_other_fact_and_no_body_that_signs_makes_a_consulate(telling: Told) -> None:
    telling.tell(K.OPENED)
    told: dict[str, Json] = {"fact": "consular_info_given", "consulate": "A-CONSULATE"}
    telling.add(telling.event(K.EVIDENCE_RECORDED, "A:custodian", **told))
    consent(telling, "B")
    assert (of(telling, "A-CONSULATE"), of(telling, "B")) == (frozenset(), frozenset())


def test_a_visiting_body_of_the_agreement_has_a_mandate(telling: Told) -> None:
    assert of(telling.tell(K.OPENED), "B-MONITOR") == {R.MANDATE}


def test_one_authoritys_relations_are_those_that_everyone_has(telling: Told) -> None:
    for told in stages(telling):
        found = everyone(told.events, told.state, told.terms, LATE)
        assert all(found.values())
        for name in told.terms.sides:
            asked = relations(told.events, told.state, name, told.terms, LATE)
            assert asked == found.get(name, frozenset())


def test_an_event_counts_from_its_own_instant_on(telling: Told) -> None:
    telling.tell(K.OPENED)
    at = telling.events[0].occurred_at
    asked = telling.events, telling.state, telling.terms
    assert "A" in everyone(*asked, at)
    assert everyone(*asked, at - timedelta(microseconds=1)) == {}
