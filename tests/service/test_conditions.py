"""What a register's events say of conditions: solitary confinement, visits, and who is there."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest

from conftest import K, Telling
from habeas.custody.intervals import intervals
from habeas.register.events import Event, Json
from habeas.service import agree, apart, conditions
from habeas.service.apart import Apart
from habeas.service.hold import Held, Read, Register
from habeas.terms import Condition, EventKind, Finding, Observer

DEAL = agree.library().agreement("NO-NL")
C = Condition
CUSTODIAN = "B:custodian"


def read(told: Telling) -> Read:
    held = Held(tuple(intervals(told.events, told.terms)), len(told.events), {})
    return Read(Register(DEAL, held, ""), tuple(told.events), told.terms, ("NO", "NL"))


def add(told: Telling, kind: EventKind, days: float, by: str = "", /, **body: Json) -> Event:
    plain = told.event(kind, by, at=told.at + timedelta(days=days))
    event = replace(plain, body={**plain.body, **body})
    told.add(event, days=0)
    return event


def begin(told: Telling, days: float = 0, **body: Json) -> Event:
    return add(told, K.SEGREGATION_STARTED, days, CUSTODIAN, reason="r", **body)


def found(told: Telling, days: float = 0) -> Apart:
    return apart.found(read(told), told.at + timedelta(days=days))


def row(told: Telling, days: float = 0) -> tuple[str, str, str, str]:
    (only,) = apart.rows(found(told, days))
    return only["prolonged"], only["solitary"], only["solitary_days"], only["contradicted"]


def test_a_placement_without_a_word_on_hours_is_neither_solitary_nor_not(held: Telling) -> None:
    begin(held)
    assert row(held, 20) == ("yes", "not established", "0", "no")


def test_the_hours_of_a_placement_hold_for_all_of_its_days(held: Telling) -> None:
    begin(held, hours_in_cell="22", hours_of_contact=0)
    assert row(held, 9) == ("no", "yes", "10", "no")


def test_under_twenty_two_hours_is_not_solitary(held: Telling) -> None:
    begin(held, hours_out_of_cell="2.5")
    assert row(held, 9) == ("no", "no", "0", "no")


def test_a_monitor_who_saw_other_hours_unsettles_that_it_is_not(held: Telling) -> None:
    begin(held, hours_out_of_cell=4)
    seen: Json = [{"measure": "hours_out_of_cell", "value": "0.5"}]
    add(held, K.VISIT_MADE, 3, "A-COUNSEL:counsel", observed=seen)
    assert row(held, 6) == ("no", "not established", "0", "yes")


def test_a_stretch_is_solitary_only_where_each_of_its_placements_is(held: Telling) -> None:
    one = begin(held, hours_alone=23)
    add(held, K.SEGREGATION_ENDED, 3, CUSTODIAN, segregation=one.id)
    begin(held, 0.5)
    assert row(held, 2) == ("no", "not established", "4", "no")


def test_it_is_prolonged_since_fifteen_days_after_its_start(held: Telling) -> None:
    event = begin(held)
    late = event.occurred_at + timedelta(days=15)
    assert apart.rows(found(held, 15))[0]["prolonged_since"] == ""
    assert apart.rows(found(held, 15.1))[0]["prolonged_since"] == late.isoformat()


@pytest.mark.parametrize(
    "body",
    [
        {"hours_in_cell": "25"},
        {"light": "bright"},
        {"hours_of_contact": True},
        {"toilets": {"a": 1}},
        {"persons": ["80"]},
    ],
)
def test_what_an_event_says_and_nobody_can_read_is_told_and_counts_for_nothing(
    held: Telling, body: dict[str, Json]
) -> None:
    event = begin(held, 0, **body)
    told = found(held, 2)
    assert row(held, 2)[1] == "not established"
    assert [(one.code, one.where) for one in told.unread] == [("H877", f"entry {event.index}")]
    assert (dict(told.seen), "entry" in told.unread[0].sentence()) == ({}, True)


@pytest.mark.parametrize("observed", ["x", 7, [7], [{"measure": "hours"}], [{"value": "1"}], [[]]])
def test_a_visit_that_observes_nonsense_is_told(held: Telling, observed: Json) -> None:
    add(held, K.VISIT_MADE, 1, "A-COUNSEL:counsel", observed=observed)
    seen, faults = conditions.of_register(read(held), held.at)
    assert (seen, [one.code for one in faults]) == ([], ["H877"])


def test_a_visit_observes_the_place_that_it_names_or_the_person_it_is_about(held: Telling) -> None:
    said: Json = [
        {"measure": "toilets", "value": 2, "place": "B-1/c1"},
        {"measure": "light", "value": "constant"},
    ]
    event = add(held, K.VISIT_MADE, 1, "A-COUNSEL:counsel", observed=said)
    seen, faults = conditions.of_register(read(held), held.at)
    assert faults == []
    assert [(one.place, one.condition, one.by) for one in seen] == [
        ("B-1/c1", C.TOILETS, Observer.STATED), (event.subject, C.LIGHT, Observer.STATED),
    ]  # fmt: skip
    assert {one.reference for one in seen} == {f"entry {event.index}"}


def test_a_later_visit_is_not_known_yet(held: Telling) -> None:
    add(
        held, K.VISIT_MADE, 5, "A-COUNSEL:counsel", observed=[{"measure": "light", "value": "dark"}]
    )
    assert conditions.of_register(read(held), held.at - timedelta(days=1)) == ([], [])


@pytest.mark.parametrize("place", ["B-1", "B-1/c1"])
def test_the_roll_says_how_many_share_a_toilet_and_never_that_they_are_few_enough(
    held: Telling, place: str
) -> None:
    for toilets, wanted in (("0", Finding.NOT_MET), ("1", Finding.NOT_ESTABLISHED)):
        told = Telling()
        told.events, told.at = list(held.events), held.at
        told.state = held.state
        said: Json = [{"measure": "toilets", "value": toilets, "place": place}]
        add(told, K.VISIT_MADE, 1, "A-COUNSEL:counsel", observed=said)
        seen, _ = conditions.of_register(read(told), told.at)
        over = conditions.extent(seen)
        assert over is not None
        more = list(conditions.on_the_roll(read(told), seen, over, told.at))
        assert [(one.place, one.value, one.or_more) for one in more] == [(place, Fraction(1), True)]
        asks = conditions.chosen(agree.library(), ["ICRC-5"])
        (judged,) = conditions.found(asks, [*seen, *more], None).judged
        assert judged.finding is wanted


def test_nobody_is_on_the_roll_after_the_day_that_is_asked_about(held: Telling) -> None:
    said: Json = [{"measure": "toilets", "value": 1, "place": "B-1"}]
    add(held, K.VISIT_MADE, 1, "A-COUNSEL:counsel", observed=said)
    seen, _ = conditions.of_register(read(held), held.at)
    first, after = conditions.extent(seen) or (held.at.date(), held.at.date())
    wide = (first, after + timedelta(days=400))
    (more,) = conditions.on_the_roll(read(held), seen, wide, held.at)
    assert (more.first, more.after) == (first, after)
