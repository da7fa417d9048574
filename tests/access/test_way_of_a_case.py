"""Access and the workflow agree: whoever must sign the next event of a case may do its deed."""

from typing import Any

import pytest

from habeas.access import Asker, may, table
from habeas.custody.standing import everyone
from habeas.law.library import Library
from habeas.register.events import Event
from habeas.service.deeds import OF_KIND
from habeas.terms import Deed, EventKind, Finding, Office, Relation, Side

K = EventKind
Told = Any  # the fixture's class lives in conftest, which tests do not import
TABLE = table(Library().access.rows)
READY = (K.OPENED, K.PROPOSED, K.SCREENED, K.NOTIFIED, K.CONSENT_VERIFIED)
OUT = (*READY, K.AUTHORISED, K.ACCEPTED, K.SCHEDULED, K.DEPARTED, K.HANDED_OVER)
HELD = (
    K.PLACED, K.MOVED, K.COUNTED, K.ABSENCE_STARTED, K.ABSENCE_ENDED, K.ESCAPED, K.RECAPTURED,
    K.PLACED,
)  # fmt: skip
STORIES = {
    "out, a life in custody, and back": (*OUT, *HELD, K.DEPARTED, K.HANDED_OVER, K.RELEASED),
    "a death abroad": (*OUT, K.DIED),
    "refused at the door": (*OUT[:-1], K.RECEPTION_REFUSED, K.PROPOSED),
    "withdrawn": (*READY, K.WITHDRAWN),
    "refused by the receiving state": (*READY, K.AUTHORISED, K.REFUSED),
    "stayed and lifted": (*READY, K.STAY_ORDERED, K.STAY_LIFTED, K.AUTHORISED),
    "consent taken back": (*READY, K.CONSENT_WITHDRAWN),
    "counsel objects": (*READY, K.OBJECTION_LODGED),
}


def related(told: Told, authority: str) -> frozenset[Relation]:
    return everyone(told.events, told.state, told.terms, told.at).get(authority, frozenset())


def offices(told: Told, authority: str, deed: Deed) -> set[Office]:
    """In which offices somebody of an authority may do a deed now."""
    side = told.terms.sides.get(authority)
    return {
        office
        for office in Office
        if may(Asker(authority, side, office), deed, related(told, authority), TABLE).finding
        is Finding.MET
    }


def next_event(told: Told, kind: EventKind) -> Event:
    if kind is K.CONSENT_VERIFIED:
        told.at = told.at.replace(day=28)  # the notice period is over
    event: Event = told.event(kind, place="c1") if kind is K.COUNTED else told.event(kind)
    return event


@pytest.mark.parametrize("name", STORIES)
def test_whoever_must_sign_the_next_event_may_do_it_and_no_third_state_may(
    new_telling: Told, name: str
) -> None:
    told = new_telling(binds=False)
    for kind in STORIES[name]:
        event = next_event(told, kind)
        for actor in event.actors:
            assert offices(told, actor.authority, OF_KIND[kind]), (kind, actor.authority)
        assert offices(told, "C", OF_KIND[kind]) == set()
        told.add(event)


def test_the_receiving_state_may_do_nothing_about_the_person_before_it_is_authorised(
    telling: Told,
) -> None:
    done = set[Deed]()
    for kind in READY:
        telling.tell(kind)
        done |= {deed for deed in OF_KIND.values() if offices(telling, "B", deed)}
        assert offices(telling, "B", Deed.SEE_PERSON) == set()
    assert done == set()


def test_a_court_of_either_state_may_order_a_stay_at_every_step(telling: Told) -> None:
    for kind in OUT:
        telling.add(next_event(telling, kind))
        for court in ("A-COURT", "B-COURT"):
            assert offices(telling, court, Deed.ORDER_STAY) == {Office.COURT}


def test_once_back_the_receiving_states_facility_sees_the_person_no_more(telling: Told) -> None:
    for kind in (*OUT, K.PLACED):
        telling.add(next_event(telling, kind))
    assert Office.FACILITY_OFFICER in offices(telling, "B", Deed.SEE_PERSON)
    for kind in (K.DEPARTED, K.HANDED_OVER):
        telling.add(next_event(telling, kind))
    assert offices(telling, "B", Deed.SEE_PERSON) == {Office.RECEIVING_OFFICER}
    assert telling.state.custodian is Side.SENDING
