"""What the register answers about a person, and answers that it does not bear out."""

from dataclasses import replace
from datetime import timedelta

import pytest

from conftest import K, Telling
from habeas.custody.intervals import intervals
from habeas.errors import SetupError
from habeas.register.events import Event, Json
from habeas.service import agree, inquiry
from habeas.service.hold import Held, Register
from habeas.terms import EventKind

DEAL = agree.library().agreement("NO-NL")


def register(told: Telling) -> Register:
    return Register(
        DEAL, Held(tuple(intervals(told.events, told.terms)), len(told.events), {}), "o\n7\nr\n"
    )


def add(told: Telling, kind: EventKind, by: str, hours: float, /, **body: Json) -> Event:
    plain = told.event(kind, by, at=told.at + timedelta(hours=hours))
    event = replace(plain, body={**plain.body, **body})
    told.add(event, days=0)
    return event


def answered(told: Telling, **changed: Json) -> list[tuple[str, str, str]]:
    """An answer as computed, but for what is changed in it; what the register does not bear out."""
    asked = add(told, K.INQUIRY_MADE, "A-COUNSEL:counsel", 1)
    truth = inquiry.answer(register(told), told.events, asked.subject or "", told.at)
    add(told, K.INQUIRY_ANSWERED, "B:custodian", 1, **({"inquiry": asked.id} | truth | changed))
    found = inquiry.contradictions(register(told), told.events)
    return [(one.what, one.says, one.register_says) for one in found]


def test_the_answer_names_place_authority_basis_and_who_saw_the_person_last(held: Telling) -> None:
    found = inquiry.answer(register(held), held.events, held.events[0].subject or "", held.at)
    assert (found["status"], found["facility"], found["custodian"]) == ("held", "B-1", "receiving")
    assert found["basis"]["order"] == "o1"
    assert found["basis"]["ordered_by"] == "A-COURT"
    assert found["basis"]["transfer"]["by"] == ["A/transferring", "A/transferring"]
    assert found["last_seen"]["kind"] == "custody.placed"
    assert found["last_seen"]["by"] == ["B/custodian"]
    assert (found.get("end"), found["basis_until"]) == (None, inquiry.UNKNOWN)
    assert found["proof"] == {
        "register_size": len(held.events), "origin": "o", "size": 7, "root": "r", "entry": 10,
        "event": held.events[10].id,
    }  # fmt: skip


def test_a_desk_act_is_not_a_sight_of_the_person(held: Telling) -> None:
    add(held, K.DUTY_MET, "B:custodian", 24, duty="D-3")
    found = inquiry.answer(register(held), held.events, held.events[0].subject or "", held.at)
    assert found["last_seen"]["kind"] == "custody.placed"


@pytest.mark.parametrize(
    ("kind", "status", "told"),
    [
        (K.DIED, "died", {"how": "died", "place": "p", "body_at": "b"}),
        (K.RELEASED, "released", {"how": "released", "place": "p", "ground": "g"}),
        (K.ESCAPED, "escaped", {"how": "escaped"}),
    ],
)
def test_after_custody_the_answer_says_how_it_ended(
    held: Telling, kind: EventKind, status: str, told: dict[str, str]
) -> None:
    at = add(held, kind, "", 1).occurred_at
    found = inquiry.answer(register(held), held.events, held.events[0].subject or "", held.at)
    assert found["status"] == status
    assert found.get("end") == told | {"at": at.isoformat()}
    assert found["facility"] == inquiry.UNKNOWN


def test_whoever_was_recaptured_is_held_again(held: Telling) -> None:
    add(held, K.ESCAPED, "", 1)
    add(held, K.RECAPTURED, "", 1)
    found = inquiry.answer(register(held), held.events, held.events[0].subject or "", held.at)
    assert (found["status"], found.get("end")) == ("held", None)


def test_as_of_an_instant_nothing_later_is_told(held: Telling) -> None:
    before = held.at
    add(held, K.DIED, "", 48)
    found = inquiry.answer(register(held), held.events, held.events[0].subject or "", before)
    assert (found["status"], found.get("end")) == ("held", None)


def test_nobody_is_a_sentence_and_not_an_empty_answer(held: Telling) -> None:
    with pytest.raises(SetupError) as caught:
        inquiry.answer(register(held), held.events, "p_" + "1" * 26, held.at)
    assert [one.code for one in caught.value.faults] == ["H749"]


def test_a_true_answer_contradicts_nothing(held: Telling) -> None:
    assert answered(held) == []


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"facility": "B-2"}, ("facility", "B-2", "B-1")),
        ({"status": "released"}, ("status", "released", "held")),
        ({"custodian": "sending"}, ("custodian", "sending", "receiving")),
    ],
)
def test_a_false_answer_stays_signed_and_is_named(
    held: Telling, changed: dict[str, Json], told: tuple[str, str, str]
) -> None:
    assert answered(held, **changed) == [told]
    (one,) = inquiry.contradictions(register(held), held.events)
    assert (one.signed_by, one.index) == ("B/custodian", len(held.events) - 1)


def test_an_answer_that_was_true_when_it_was_given_stays_true(held: Telling) -> None:
    assert answered(held) == []
    add(held, K.RELEASED, "", 24)
    assert inquiry.contradictions(register(held), held.events) == []


def test_an_answer_with_a_broken_instant_is_judged_by_when_it_was_signed(held: Telling) -> None:
    assert answered(held, as_of="yesterday", status="died") == [("status", "died", "held")]


@pytest.mark.parametrize(
    ("facility", "seen", "wrong"),
    [("B-1", False, True), ("B-1", True, False), ("B-2", False, False)],
)
def test_a_visitor_who_does_not_find_whom_the_register_has_there_contradicts_it(
    held: Telling, facility: str, *, seen: bool, wrong: bool
) -> None:
    event = held.event(K.VISIT_MADE, "A-COUNSEL:counsel", facility=facility, seen=seen)
    held.add(event)
    found = inquiry.contradictions(register(held), held.events)
    assert [(one.what, one.register_says) for one in found] == (
        [("seen", "held in B-1")] if wrong else []
    )
