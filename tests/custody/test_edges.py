"""At the edge: windows that hold nothing, an export's common end, a record that is over in time."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import numpy as np
import pytest

from custody_cases import columns, piece, utc
from habeas.custody import civil, observed
from habeas.custody.censoring import cut_off
from habeas.custody.civil import OPEN
from habeas.custody.conditions import Reading
from habeas.custody.overstay import held_past
from habeas.custody.pieces import Names, net, pieces_of, together
from habeas.custody.sentence import WAIVER
from habeas.errors import FeeError
from habeas.register.events import Actor, Event, Json
from habeas.terms import Condition, EventKind, Observer
from sentence_cases import Told, both, person, read, rules, say
from sentence_cases import at as instant

K = EventKind
ZONE = "Europe/Tallinn"


@pytest.mark.parametrize(("first", "after"), [(5, 5), (5, 4), (0, 200_000), (-9_999_999, 0)])
def test_a_window_that_cannot_be_counted_has_its_code(first: int, after: int) -> None:
    with pytest.raises(FeeError) as caught:
        civil.clock(ZONE, first, after)
    assert caught.value.code == "H714"


def test_a_piece_that_nobody_put_there_cannot_be_taken_away() -> None:
    held = piece(utc("2027-01-01"), utc("2027-01-05"))
    rows, names = columns([held])
    gone = pieces_of([held], names, -1)
    assert len(net(together([rows, gone]))) == 0
    for wrong in ([rows, gone, gone], [gone]):
        with pytest.raises(FeeError) as caught:
            net(together(wrong))
        assert caught.value.code == "H715"
    assert len(net(pieces_of([], Names({}, {}, {})))) == 0


def test_the_end_that_an_export_gave_to_all_who_were_held_is_found() -> None:
    many, few = np.full(20, 90), np.arange(30)
    assert cut_off(np.concatenate([few, many])) == (90, 20)
    assert cut_off(np.concatenate([few, many[1:]])) is None, "fewer than twenty rows"
    pairs = np.repeat(few, 2)
    assert cut_off(np.concatenate([pairs, many])) == (90, 20), "ten times as many as two"
    assert cut_off(np.concatenate([pairs, [29], many])) is None, "less than ten times as many"
    assert cut_off(np.concatenate([many, [OPEN]])) == (90, 20), "who is still held has no end"
    assert cut_off(np.array([OPEN])) is None


@pytest.mark.parametrize(
    ("reading", "told"),
    [
        (Reading(Fraction(2)), "at least 2"),
        (Reading(Fraction(2), Fraction(2)), "2"),
        (Reading(Fraction(0), Fraction(3)), "at most 3"),
        (Reading(Fraction(2), Fraction(3)), "2 to 3"),
        (Reading(word="dark"), "dark"),
    ],
)
def test_what_a_reading_leaves_possible_is_told(reading: Reading, told: str) -> None:
    assert reading.told() == told


# What a visit saw


def visit(at: str, seen: Json, role: str = "monitor", facility: str | None = "F") -> Event:
    actors = (Actor("M", role, "0" * 16),) if role else ()
    body: dict[str, Json] = {"observed": seen}
    return Event(
        "e", K.VISIT_MADE, "X", "", None, None, None, facility, utc(at), "observed", actors, body,
        None, 7,
    )  # fmt: skip


def test_days_are_those_that_are_touched_and_known() -> None:
    begin, later = utc("2027-01-01T22:30"), utc("2027-02-01")  # in Tallinn it is the second
    second, third = date(2027, 1, 2), date(2027, 1, 3)
    assert observed.days(begin, utc("2027-01-02T22:00"), later, ZONE) == (second, third)
    over = utc("2027-01-02T22:00") + timedelta(seconds=1)
    assert observed.days(begin, over, later, ZONE) == (second, date(2027, 1, 4))
    assert observed.days(begin, None, utc("2027-01-02T12:00"), ZONE) == (second, third)
    assert observed.days(begin, begin, later, ZONE) == (second, third)


def test_what_a_visit_saw_is_an_observation_and_what_cannot_be_read_is_told() -> None:
    light: dict[str, Json] = {"measure": "light", "value": "dimmed", "place": "cell 1"}
    water: dict[str, Json] = {"measure": "drinking_water", "value": "10"}
    wrong: list[Json] = [
        {"measure": "heat", "value": "1"},
        {"measure": "drinking_water", "value": "x"},
        3,
    ]
    now = utc("2027-03-01T10:00")
    events = [visit("2027-03-01T10:00", [light, water, *wrong]), visit("2027-03-01T10:01", [light])]
    found, faults = observed.observed(events, [], ZONE, now)
    assert [(one.place, one.condition, one.by, one.reference) for one in found] == [
        ("cell 1", Condition.LIGHT, Observer.MONITOR, "entry 7"),
        ("F", Condition.WATER, Observer.MONITOR, "entry 7"),
    ]
    assert {(one.first, one.after) for one in found} == {(date(2027, 3, 1), date(2027, 3, 2))}
    assert [one.code for one in faults] == ["H877"] * 3
    assert "'x' is no value of drinking_water" in faults[1].what
    (nowhere,) = observed.observed([visit("2027-03-01", water, "", None)], [], ZONE, now)[1]
    assert "no place is named" in nowhere.what
    (only,) = observed.observed([visit("2027-03-01", water, "")], [], ZONE, now)[0]
    assert only.by is Observer.STATED


# What ends in time


def test_custody_that_ends_as_the_next_day_begins_is_not_past_the_date(held: Told) -> None:
    say(held, "2027-02-01", release_date="2027-05-01")
    held.at = datetime(2027, 5, 1, 21, tzinfo=UTC)  # midnight in Tallinn
    held.tell(K.RELEASED)
    assert person(held, "2028-01-01").intervals[-1].end == instant("2027-05-01T21:00")
    assert _past(held) is False


def test_custody_that_ends_a_second_later_is(held: Told) -> None:
    say(held, "2027-02-01", release_date="2027-05-01")
    held.at = datetime(2027, 5, 1, 21, 0, 1, tzinfo=UTC)
    held.tell(K.RELEASED)
    assert _past(held) is True


def _past(held: Told) -> bool:
    return held_past(person(held, "2028-01-01")) is not None


def test_a_new_sentence_in_the_place_of_the_only_one_forgets_the_date_that_was_stated(
    held: Told,
) -> None:
    say(held, "2027-02-01", release_date="2027-05-01")
    say(held, "2027-02-02", begins="2027-01-10", length={"days": 10})
    assert str(both(held).sending.until) == "2027-01-19"


def test_a_date_that_is_moved_just_to_the_day_before_the_sentence_is_not_moved_back(
    held: Told,
) -> None:
    say(held, "2027-02-01", begins="2027-01-10", length={"days": 4})
    say(held, "2027-02-02", "", "credit", from_="2026-12-01", to="2026-12-05")
    assert rules(both(held)) == [("", 0, "2027-01-13"), ("2027-01-13", -4, "2027-01-09")]


def test_what_is_said_of_a_sentence_is_known_from_its_own_instant_on(held: Told) -> None:
    when = say(held, "2027-02-01", release_date="2027-05-01").occurred_at
    assert len(read(held).known(when).acts) == 1
    assert read(held).known(when - timedelta(microseconds=1)).acts == ()


def test_no_other_evidence_waives_the_margin_of_a_return(held: Told) -> None:
    for fact, many in (("appeal_pending", 0), (WAIVER, 1)):
        body: dict[str, Json] = {"fact": fact, "value": True, "document": "d"}
        held.add(held.event(K.EVIDENCE_RECORDED, "A:transferring", **body))
        assert len(read(held).waivers) == many


def test_a_sentence_that_is_vacated_and_imposed_anew_is_the_only_one(held: Told) -> None:
    say(held, "2027-02-01", "", "imposed", sentence="1", begins="2027-01-10", length={"days": 60})
    say(held, "2027-02-02", "", "vacated", sentence="1")
    say(held, "2027-02-03", "", "imposed", sentence="2", begins="2027-02-03", length={"days": 9})
    assert str(both(held).sending.until) == "2027-02-11"
