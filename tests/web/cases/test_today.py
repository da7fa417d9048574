"""What a page finds in the tables is what the definitions say of a person's events."""

from collections import Counter
from datetime import timedelta

import pytest

from desks import Desk
from habeas.access import Asker
from habeas.service import deeds, persons, procedure, survey, today
from habeas.service.procedure import Standing
from habeas.service.today import Next
from habeas.terms import Deed, EventKind, Office, Side, Stage
from habeas.transfer.machine import step
from habeas.transfer.state import State
from habeas.web import wiring
from habeas.web.clock import now
from habeas.web.readmodels import visible
from habeas.web.readmodels.models import Person

ASKERS = (
    Asker("US-BOP", Side.SENDING, Office.SENDING_OFFICER),
    Asker("US-COURT", Side.SENDING, Office.COURT),
    Asker("SV-DGCP", Side.RECEIVING, Office.FACILITY_OFFICER),
    Asker("QM-STRANGER", None, Office.SENDING_OFFICER),
)
DAYS = (0, 1, 3, 40, 400)


@pytest.mark.parametrize("asker", ASKERS, ids=lambda one: f"{one.authority}")
@pytest.mark.parametrize("days", DAYS)
def test_the_tables_ask_of_somebody_what_the_definition_asks(
    desk: Desk, asker: Asker, days: int
) -> None:
    del desk
    instant, expected = now() + timedelta(days=days), Counter[Deed]()
    for one in Person.objects.all():
        found = Next(Deed(one.next_deed) if one.next_deed else None, one.next_from, one.due)
        asked = today.as_of(found, Stage(one.stage), one.fresh_until, instant)
        if asked and asked.deed and visible.may(asker, asked.deed, one.subject):
            expected[asked.deed] += 1
    assert visible.asked(asker, instant) == expected
    for deed, count in expected.items():
        rows = visible.todo(asker, instant, deed, 0, count + 1)
        assert len(rows) == count
        dated = [row.due for row in rows if row.due is not None]
        assert dated == sorted(dated)


def _everybody() -> list[survey.Events]:
    register = wiring.register()
    subjects = Person.objects.order_by("subject").values_list("subject", flat=True)[:40]
    return [persons.of_person(register, one) for one in subjects]


def test_nothing_that_was_recorded_had_been_hindered(desk: Desk) -> None:
    del desk
    terms = wiring.ground().terms
    for events in _everybody():
        state = State()
        for event in events:
            deed = deeds.OF_KIND.get(EventKind(event.kind))
            if deed is not None:
                assert deeds.hindrance(deed, state, terms, event.occurred_at) is None
            state = step(state, event, terms)


def test_a_departure_under_a_stay_is_told_to_be_hindered(desk: Desk) -> None:
    del desk
    one = Person.objects.filter(stays__gt=0).first()
    assert one is not None
    events = persons.of_person(wiring.register(), one.subject)
    found = survey.survey(events, wiring.ground())
    fault = deeds.hindrance(Deed.DEPART, found.state, wiring.ground().terms, now())
    assert fault is not None
    assert fault.code == "H603"
    assert deeds.has_matter(Deed.LIFT_STAY, found.state)
    assert not deeds.has_matter(Deed.ANSWER_OBJECTION, found.state)


def test_a_step_that_is_done_names_its_own_entry_of_the_register(desk: Desk) -> None:
    del desk
    for events in _everybody():
        found = survey.survey(events, wiring.ground())
        course = procedure.course(events, found.state, found.next, wiring.ground(), now())
        kinds = {event.index: event.kind for event in events}
        done = [one for one in course.steps if one.standing is Standing.DONE]
        assert done
        assert all(kinds[one.index or -1] == one.kind for one in done)
        assert len(course.stays) == len(found.state.stays)
        assert len(course.objections) == len(found.state.objections)


@pytest.mark.parametrize("asker", ASKERS, ids=lambda one: f"{one.authority}")
def test_whom_somebody_sees_is_the_same_by_numbers_and_by_relations(
    desk: Desk, asker: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    del desk
    by_number = set(visible.persons(asker).values_list("subject", flat=True))
    monkeypatch.setattr(visible, "FEW", -1)
    assert set(visible.persons(asker).values_list("subject", flat=True)) == by_number
    assert bool(by_number) is (asker.side is not None)
