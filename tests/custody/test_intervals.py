"""THE definition of held: events to half-open intervals."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.custody.intervals import Interval, by_person, intervals
from habeas.custody.roll import roll
from habeas.errors import ImpossibleEvent
from habeas.terms import EventKind, Side, Status
from habeas.transfer.machine import TABLE

K = EventKind
Told = Any  # the fixture's class lives in conftest, which tests do not import


def shape(found: list[Interval]) -> list[tuple[str, str, str, str]]:
    return [(one.custodian.value, one.facility, one.cell, one.status.value) for one in found]


def test_a_transfer_is_four_intervals(held: Told) -> None:
    assert shape(intervals(held.events, held.terms)) == [
        ("sending", "A-1", "", "held"),
        ("sending", "A-1", "", "in_transit"),
        ("receiving", "B-1", "", "held"),
        ("receiving", "B-1", "c1", "held"),
    ]


def test_a_person_received_and_not_released_is_still_held(held: Told) -> None:
    last = intervals(held.events, held.terms)[-1]
    assert (last.end, last.event_out, last.reason_out) == (None, -1, "")


def test_intervals_touch_and_never_overlap(held: Told) -> None:
    held.tell(K.MOVED, K.ABSENCE_STARTED, K.ABSENCE_ENDED, K.DEPARTED, K.HANDED_OVER, K.RELEASED)
    found = intervals(held.events, held.terms)
    assert [one.end for one in found[:-1]] == [one.start for one in found[1:]]


def test_nobody_is_held_after_a_death(held: Told) -> None:
    held.tell(K.DIED)
    found = intervals(held.events, held.terms)
    assert (found[-1].end, found[-1].reason_out) == (held.events[-1].occurred_at, "custody.died")


def test_an_escape_is_no_custody_until_recapture(held: Told) -> None:
    held.tell(K.ESCAPED, K.RECAPTURED)
    found = intervals(held.events, held.terms)
    assert (found[-1].start - (found[-2].end or found[-1].start), found[-1].stay) == (
        timedelta(days=1),
        2,
    )


def test_hospital_is_a_status_in_the_same_stay(held: Told) -> None:
    held.tell(K.ABSENCE_STARTED, K.ABSENCE_ENDED)
    found = intervals(held.events, held.terms)[-3:]
    assert [(one.status, one.stay) for one in found] == [
        (Status.HELD, 1),
        (Status.HOSPITAL, 1),
        (Status.HELD, 1),
    ]


def test_events_at_one_instant_leave_no_empty_interval(held: Told) -> None:
    held.add(held.event(K.MOVED, at=held.events[-1].occurred_at, cell="c7"))
    assert "c1" not in {one.cell for one in intervals(held.events, held.terms)}


def test_a_correction_moves_the_border(held: Told) -> None:
    held.tell(K.MOVED)
    target, earlier = held.events[-1], held.events[-1].occurred_at - timedelta(hours=1)
    event = held.event(K.CORRECTION, "B:custodian", at=earlier, body={"cell": "c2"}, reason="clock")
    object.__setattr__(event, "corrects", target.id)
    assert intervals([*held.events, event], held.terms)[-1].start == earlier


def test_events_are_grouped_by_person_and_agreement(held: Told) -> None:
    assert list(by_person(held.events)) == [(held.events[0].subject, "X")]


def test_the_roll_holds_a_person_once_at_every_instant(held: Told) -> None:
    held.tell(K.MOVED, K.DIED)
    found = intervals(held.events, held.terms)
    begin, end = held.events[0].occurred_at, held.events[-1].occurred_at
    counts = [len(roll(found, begin + (end - begin) * n / 50)) for n in range(51)]
    assert counts == [1] * 50 + [0]


def test_the_roll_of_one_state_leaves_out_the_other(held: Told) -> None:
    found = intervals(held.events, held.terms)
    now = held.events[-1].occurred_at
    assert (len(roll(found, now, Side.RECEIVING)), len(roll(found, now, Side.SENDING))) == (1, 0)


ORDERS = st.lists(st.tuples(st.sampled_from(list(TABLE)), st.integers(0, 40)), max_size=30)


@pytest.mark.counted
@given(data=ORDERS)
def test_whatever_happens_custody_is_one_unbroken_line(
    new_telling: Callable[[], Told], data: list[tuple[EventKind, int]]
) -> None:
    told = new_telling()
    for kind, hours in data:
        told.at += timedelta(hours=hours)
        try:
            told.tell(kind, days=0)
        except ImpossibleEvent:
            continue
    found = intervals(told.events, told.terms)
    ends = [one.end for one in found if one.end is not None]
    assert all(one.start < one.end for one in found if one.end is not None)
    assert all(end <= following.start for end, following in zip(ends, found[1:], strict=False))
