"""Two clocks of one sentence: what moves which, and what a person must decide."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.law.agreement import Calendar
from habeas.register.events import Json
from habeas.terms import Ending, EventKind, Side
from sentence_cases import CALENDAR, RECEIVING, Told, both, codes, days_between, ends, rules, say

K = EventKind
THREE: dict[str, Json] = {"begins": "2027-01-02", "length": {"years": 3}}  # to 2030-01-01


def test_credit_remission_and_days_move_the_release_date_step_by_step(held: Told) -> None:
    say(held, "2027-02-01", **THREE)
    say(held, "2027-02-02", "", "credit", from_="2026-10-01", to="2026-12-01")
    say(held, "2027-06-01", "", "remission", days=30)
    say(held, "2027-07-01", "", "days_lost", days=10)
    say(held, "2027-08-01", "", "days_added", days=5)
    assert rules(both(held)) == [
        ("", 0, "2030-01-01"),
        ("2030-01-01", -61, "2029-11-01"),
        ("2029-11-01", -30, "2029-10-02"),
        ("2029-10-02", 10, "2029-10-12"),
        ("2029-10-12", 5, "2029-10-17"),
    ]


def test_a_clock_is_a_set_of_typed_dates(held: Told) -> None:
    say(held, "2027-02-01", **THREE, minimum={"months": 18})
    say(held, "2027-06-01", "", "remission", days=30)
    found = [(one.kind, str(one.until), one.days) for one in both(held).sending.dates]
    assert found == [
        ("expiry", "2030-01-01", 0),
        ("release", "2029-12-02", -30),
        ("minimum", "2028-07-01", 0),
    ]


def test_each_step_names_its_event(held: Told) -> None:
    first = say(held, "2027-02-01", **THREE)
    second = say(held, "2027-06-01", "", "remission", days=30)
    steps = both(held).sending.dates[1].steps
    assert [(step.event_id, step.index) for step in steps] == [
        (first.id, first.index),
        (second.id, second.index),
    ]


# Which clock


def test_a_receiving_state_that_recorded_nothing_follows(held: Told) -> None:
    say(held, "2027-02-01", **THREE)
    say(held, "2027-06-01", "", "remission", days=30)
    found = both(held)
    assert (found.receiving.follows, ends(held)[1]) == (True, "2029-12-02")


def test_remission_moves_the_clock_of_the_state_that_gave_it(held: Told) -> None:
    say(held, "2027-02-01", **THREE)
    say(held, "2027-06-01", "", "remission", days=30)
    say(held, "2027-07-01", RECEIVING, "remission", days=45)
    assert ends(held) == ("2029-12-02", "2029-11-17", "2029-11-17")


def test_a_later_date_of_the_receiving_state_extends_nothing(held: Told) -> None:
    say(held, "2027-02-01", **THREE)
    say(held, "2027-06-01", RECEIVING, "computed_date", release_date="2031-01-01")
    say(held, "2027-07-01", RECEIVING, "days_added", days=90)
    found = both(held)
    assert ends(held) == ("2030-01-01", "2030-04-01", "2030-01-01")
    assert (found.governing(CALENDAR.zone)[1], found.receiving.dates[1].kind) == (
        (Side.SENDING,),
        "release",
    )


def test_a_conversion_puts_the_receiving_state_s_sentence_in_place(held: Told) -> None:
    say(held, "2027-02-01", **THREE)
    say(held, "2027-06-01", RECEIVING, "conversion", begins="2027-06-01", length={"years": 1})
    assert ends(held) == ("2030-01-01", "2028-05-31", "2028-05-31")
    say(held, "2027-07-01", "", "imposed", begins="2027-01-02", length={"years": 2})
    assert ends(held)[:2] == ("2029-01-01", "not computed")


def test_a_new_sentence_of_the_receiving_state_is_for_a_person(held: Told) -> None:
    say(held, "2027-02-01", **THREE)
    say(held, "2027-06-01", RECEIVING, "imposed", begins="2027-06-01", length={"years": 9},
        release_date="2036-01-01")  # fmt: skip
    assert ends(held) == ("2030-01-01", "not computed", "2030-01-01")


def test_a_preliminary_date_is_shown_and_ends_nothing(held: Told) -> None:
    say(held, "2027-06-01", "", "computed_date", release_date="2028-01-01", status="preliminary")
    found = both(held).sending
    assert ([one.kind for one in found.dates], found.until.ending, found.until.why) == (
        ["preliminary"],
        Ending.NOT_RECORDED,
        "only a preliminary date",
    )


# A stated release date


def test_a_stated_date_holds_what_was_recorded_before_it(held: Told) -> None:
    say(held, "2027-02-01", **THREE)
    say(held, "2027-06-01", "", "remission", days=30)
    say(held, "2027-07-01", "", "computed_date", release_date="2029-06-30")
    say(held, "2027-08-01", "", "remission", days=7)
    assert ends(held)[0] == "2029-06-23"


def test_a_stated_instant_keeps_its_hour_when_days_move_it(held: Told) -> None:
    # Over the end of summer time in the agreement's zone: 09:00 stays 09:00.
    say(held, "2027-02-01", release_date="2029-11-05T09:00:00+02:00")
    say(held, "2027-06-01", "", "remission", days=30)
    until = both(held).sending.until
    assert until.instant is not None
    assert until.instant.isoformat() == "2029-10-06T06:00:00+00:00"


def test_the_latest_statement_of_a_court_holds(held: Told) -> None:
    say(held, "2027-02-01", release_date="2029-11-05T09:00:00+02:00")
    say(held, "2027-03-01", release_date="2028-01-05")
    assert ends(held) == ("2028-01-05", "2028-01-05", "2028-01-05")


def test_midnight_belongs_to_the_day_before(held: Told) -> None:
    say(held, "2027-02-01", release_date="2028-01-05T00:00:00+02:00")
    assert ends(held)[0] == "2028-01-04"


# Several sentences: simple, declared forms, and nothing else


def test_a_consecutive_sentence_begins_the_day_after(held: Told) -> None:
    say(held, "2027-02-01", **THREE)
    say(held, "2027-02-01", sentence="2", length={"years": 1}, consecutive_to="1")
    assert ends(held)[0] == "2031-01-01"


@pytest.mark.parametrize(
    ("length", "end"), [({"years": 1}, "2030-01-01"), ({"years": 5}, "2032-01-01")]
)
def test_of_concurrent_sentences_the_latest_end_holds(held: Told, length: Json, end: str) -> None:
    say(held, "2027-02-01", **THREE)
    say(held, "2027-02-01", sentence="2", begins="2027-01-02", length=length, concurrent_with="1")
    assert ends(held)[0] == end


def test_several_sentences_without_a_word_on_how_they_run_are_for_a_person(held: Told) -> None:
    say(held, "2027-02-01", **THREE)
    say(held, "2027-02-01", sentence="2", begins="2027-01-02", length={"years": 1})
    until = both(held).sending.until
    assert (until.ending, "no word on how they run" in until.why) == (Ending.NOT_COMPUTED, True)
    say(held, "2027-03-01", "", "computed_date", release_date="2030-12-31")
    assert ends(held)[0] == "2030-01-01"  # stated by a person; the first sentence's end is known


@pytest.mark.parametrize("link", ["consecutive_to", "concurrent_with"])
def test_a_sentence_that_runs_after_none_is_refused(held: Told, link: str) -> None:
    fields: dict[str, Json] = {"length": {"years": 1}, link: "9"}
    say(
        held,
        "2027-02-01",
        **fields | ({} if link[4:] == "ecutive_to" else {"begins": "2027-01-02"}),
    )
    assert codes(held) == ["H748"]


def test_sentences_in_a_circle_are_not_computed(held: Told) -> None:
    say(held, "2027-02-01", **THREE)
    say(held, "2027-02-01", sentence="2", length={"years": 1}, consecutive_to="1")
    say(held, "2027-02-01", sentence="1", length={"years": 1}, consecutive_to="2")
    assert ends(held)[0] == "not computed"


def test_a_sentence_added_after_a_stated_date_is_for_a_person(held: Told) -> None:
    say(held, "2027-02-01", release_date="2029-01-01")
    say(held, "2027-02-01", sentence="2", length={"years": 1}, consecutive_to="1")
    assert ends(held)[0] == "not computed"


# Changes


def test_a_commutation_is_never_longer(held: Told) -> None:
    say(held, "2027-02-01", **THREE)
    say(held, "2027-06-01", "", "commuted", length={"years": 4})
    assert (codes(held), ends(held)[0]) == (["H748"], "2030-01-01")
    say(held, "2027-07-01", "", "commuted", length={"years": 2})
    assert ends(held)[0] == "2029-01-01"


def test_a_life_sentence_that_is_commuted_has_a_date(held: Told) -> None:
    say(held, "2027-02-01", begins="2027-01-02", ends="life")
    say(held, "2027-06-01", "", "remission", days=30)
    assert ends(held)[0] == "life"
    say(held, "2027-07-01", "", "commuted", length={"years": 25})
    assert ends(held)[0] == "2051-12-02"


def test_a_pardon_ends_the_sentence_at_its_instant(held: Told) -> None:
    say(held, "2027-02-01", **THREE)
    event = say(held, "2027-06-01", "", "pardoned")
    assert both(held).sending.until.instant == event.occurred_at


def test_a_conversion_holds_what_was_credited_before_it(held: Told) -> None:
    say(held, "2027-02-01", **THREE)
    say(held, "2027-02-02", "", "credit", from_="2026-10-01", to="2026-12-01")
    say(held, "2027-06-01", RECEIVING, "conversion", begins="2027-06-01", length={"years": 1})
    assert ends(held)[:2] == ("2029-11-01", "2028-05-31")


@pytest.mark.parametrize(
    ("begins", "end"), [("2027-06-02", "2028-06-01"), ("2027-06-03", "not computed")]
)
def test_a_sentence_imposed_after_a_gap_without_one_is_for_a_person(
    held: Told, begins: str, end: str
) -> None:
    say(held, "2027-02-01", **THREE)
    say(held, "2027-06-01", "", "pardoned")
    say(held, "2027-06-10", begins=begins, length={"years": 1})
    assert ends(held)[0] == end


def test_one_of_two_concurrent_sentences_vacated_leaves_the_other(held: Told) -> None:
    say(held, "2027-02-01", **THREE)
    say(held, "2027-02-01", sentence="2", begins="2027-01-02", length={"years": 5},
        concurrent_with="1")  # fmt: skip
    say(held, "2027-06-01", "", "vacated", sentence="2")
    assert ends(held)[0] == "2030-01-01"


def test_a_sentence_that_rests_on_a_vacated_one_is_for_a_person(held: Told) -> None:
    say(held, "2027-02-01", **THREE)
    say(held, "2027-02-01", sentence="2", length={"years": 1}, consecutive_to="1")
    say(held, "2027-06-01", "", "vacated", sentence="1")
    assert ends(held)[0] == "not computed"


def test_only_days_that_were_earned_can_be_lost(held: Told) -> None:
    say(held, "2027-02-01", **THREE)
    say(held, "2027-06-01", "", "remission", days=30)
    say(held, "2027-06-02", "", "days_lost", days=31)
    say(held, "2027-06-03", RECEIVING, "days_lost", days=1)
    assert (codes(held), ends(held)[0]) == (["H748", "H748"], "2029-12-02")


def test_an_act_about_no_sentence_is_refused(held: Told) -> None:
    say(held, "2027-06-01", "", "commuted", length={"years": 2})
    say(held, "2027-06-01", "", "vacated", sentence="9")
    assert codes(held) == ["H748", "H748"]


# Credit: each day once


def test_credit_for_registered_custody_is_counted_from_intervals(held: Told) -> None:
    # On the register from 2027-01-04; the sentence begins on 2027-03-01. Midnights: 56.
    say(held, "2027-03-01", begins="2027-03-01", length={"years": 1})
    say(held, "2027-03-02", "", "credit", from_="2027-01-04", to="2027-03-01")
    assert rules(both(held))[1] == ("2028-02-29", -56, "2028-01-04")


def test_credit_counts_time_abroad_by_the_agreement_s_convention(held: Told) -> None:
    start = held.events[0].occurred_at.date()
    say(held, "2027-06-01", RECEIVING, "conversion", begins="2027-06-01", length={"years": 2})
    say(held, "2027-06-01", RECEIVING, "credit", from_="2027-01-01", to="2027-06-01")
    before = len(list(days_between(date(2027, 1, 1), start))) - 1  # civil days, off the register
    nights = len(list(days_between(start, date(2027, 5, 31))))  # held at each one's end
    for convention in ("midnight", "calendar"):
        calendar = Calendar(rounding="down", zone="Europe/Tallinn", convention=convention)
        release = next(
            d for d in both(held, calendar=calendar).receiving.dates if d.kind == "release"
        )
        assert release.days == -(before + nights)


def test_r19_credit_is_custody_between_and_not_first_in_to_last_out(held: Told) -> None:
    held.at += timedelta(days=10)
    held.tell(K.ESCAPED)
    held.at += timedelta(days=200)
    held.tell(K.RECAPTURED)
    escaped, back = (one.occurred_at for one in held.events[-2:])
    opened = held.events[0].occurred_at
    say(held, "2028-01-02", begins="2028-01-02", length={"years": 2})
    say(held, "2028-01-02", "", "credit", from_="2027-01-04", to="2028-01-02")
    first_in_last_out = (date(2028, 1, 2) - opened.date()).days
    at_large = (back.date() - escaped.date()).days
    assert rules(both(held))[1][1] == -(first_in_last_out - at_large)


@pytest.mark.parametrize(
    "span",
    [
        {"from": "2026-11-30", "to": "2026-12-31"},  # overlaps the first by a day
        {"from": "2026-12-20", "to": "2027-03-02"},  # reaches into the sentence
        {"from": "2027-02-20", "to": "2027-03-04"},  # to come
        {"from": "2027-01-10", "to": "2027-01-20", "days": 10},  # typed, though registered
        {"from": "2026-12-30", "to": "2027-01-20", "days": 10},
        {"from": "2026-12-10", "to": "2026-12-20", "days": 11},  # more than its span
    ],
)
def test_time_is_never_counted_twice(held: Told, span: dict[str, Json]) -> None:
    say(held, "2027-03-01", begins="2027-03-01", length={"years": 1})
    say(held, "2027-03-02", "", "credit", from_="2026-11-01", to="2026-12-01")
    before = ends(held)
    say(held, "2027-03-03", "", "credit", **span)
    assert (codes(held), ends(held)) == (["H746"], before)


def test_days_may_be_typed_for_custody_before_the_register(held: Told) -> None:
    say(held, "2027-03-01", begins="2027-03-01", length={"years": 1})
    say(held, "2027-03-02", "", "credit", from_="2026-11-01", to="2026-12-01", days=12)
    assert rules(both(held))[1][1] == -12


def test_credit_never_ends_a_sentence_before_it_begins(held: Told) -> None:
    say(held, "2027-03-01", begins="2027-03-01", length={"months": 1})
    say(held, "2027-03-02", "", "credit", from_="2026-01-01", to="2026-12-01")
    assert ends(held)[0] == "2027-02-28"


# Properties

SHIFTS = st.lists(
    st.tuples(st.sampled_from(["remission", "days_added"]), st.integers(1, 60)), max_size=6
)


@given(SHIFTS, st.randoms(use_true_random=False))
def test_the_order_of_days_does_not_matter(
    new_telling: type, shifts: list[tuple[str, int]], chance: Told
) -> None:
    mixed = list(shifts)
    chance.shuffle(mixed)
    found = []
    for order in (shifts, mixed):
        told = new_telling().tell(K.OPENED)
        say(told, "2027-02-01", **THREE)
        for kind, days in order:
            say(told, "2027-03-01", "", kind, days=days)
        found.append(ends(told))
    moved = sum(days if kind == "days_added" else -days for kind, days in shifts)
    assert found[0] == found[1]
    assert found[0][0] == str(date(2030, 1, 1) + timedelta(days=moved))


@given(st.integers(-2000, 2000), st.integers(-2000, 2000))
def test_the_earlier_clock_governs_whichever_it_is(new_telling: type, one: int, other: int) -> None:
    told, middle = new_telling().tell(K.OPENED), date(2035, 6, 15)
    dates = [str(middle + timedelta(days=days)) for days in (one, other)]
    say(told, "2027-02-01", release_date=dates[0])
    say(told, "2027-02-02", RECEIVING, "computed_date", release_date=dates[1])
    assert ends(told) == (dates[0], dates[1], min(dates))
    assert both(told).disagree(CALENDAR.zone) is (one != other)
