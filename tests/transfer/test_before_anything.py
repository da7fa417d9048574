"""What no step has said yet: nothing is served, no kind is known, a correction carries nothing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from habeas.errors import ImpossibleEvent
from habeas.terms import EventKind
from habeas.transfer import guards
from habeas.transfer.machine import hindrance, step
from habeas.transfer.refusals import refused
from habeas.transfer.state import Route, State

K = EventKind
Told = Any  # the fixture's class lives in conftest, which tests do not import


def test_a_notice_that_was_never_served_is_not_over(telling: Told) -> None:
    event = telling.event(K.CONSENT_VERIFIED)
    asked = (event, telling.terms, Route())
    assert guards.notice_over(State(), *asked) == refused("H606.none")
    later = event.occurred_at + timedelta(seconds=1)
    assert guards.notice_over(State(earliest=later), *asked) == refused("H606.runs", at=later)
    assert guards.notice_over(State(earliest=event.occurred_at), *asked) is None


@pytest.mark.parametrize("kind", ["key.enrolled", "no.kind", "event.corrected", ""])
def test_an_event_that_is_no_step_of_a_person_is_refused_as_such(telling: Told, kind: str) -> None:
    event = replace(telling.event(K.OPENED), kind=kind)
    with pytest.raises(ImpossibleEvent) as caught:
        step(State(), event, telling.terms)
    assert (caught.value.code, kind in str(caught.value)) == ("H601", True)


def test_whoever_offers_acts_is_told_that_a_kind_is_none(telling: Told) -> None:
    found = hindrance(State(), K.CORRECTION, telling.at, telling.terms)
    assert found == refused("H601.kind", kind=K.CORRECTION)
    assert hindrance(State(), K.OPENED, telling.at, telling.terms) is None


@pytest.mark.parametrize("body", [{}, {"reason": "r"}, {"body": {}}, {"reason": "r", "body": "x"}])
def test_a_correction_without_a_reason_or_what_is_right_is_refused(
    held: Told, body: dict[str, Any]
) -> None:
    target = held.events[-1]
    event = replace(
        held.event(K.CORRECTION, "B:custodian"), corrects=target.id, body=body, facility=None
    )
    with pytest.raises(ImpossibleEvent) as caught:
        held.refold([*held.events, event])
    assert (caught.value.code, refused("H615.carries").what in str(caught.value)) == ("H615", True)
