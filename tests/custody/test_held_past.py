"""Held past the date, and returned in time: derived from clocks and custody, never typed in."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.custody.overstay import HeldPast, Margin, held_past, margin, no_date
from habeas.law.agreement import Calendar
from habeas.terms import EventKind, Side
from sentence_cases import RECEIVING, Told, at, person, say

K = EventKind
WORDS = ["life", "indeterminate"]


def finding(told: Told, when: str) -> HeldPast | None:
    return held_past(person(told, when))


def stands(told: Told, *instants: str) -> list[bool]:
    return [finding(told, when) is not None for when in instants]


# Forbidden first


@pytest.mark.parametrize("word", WORDS)
def test_a_life_or_indeterminate_sentence_never_overstays_by_date(held: Told, word: str) -> None:
    say(held, "2027-02-01", begins="2027-01-02", ends=word, minimum={"years": 2})
    assert (finding(held, "2190-01-01"), no_date(person(held, "2190-01-01"))) == (None, "")


@pytest.mark.parametrize(
    ("word", "why"),
    [("unknown", "unknown: so the source says"), ("", "not recorded: no end is stated")],
)
def test_unknown_is_not_no_end_it_is_a_finding_of_its_own(held: Told, word: str, why: str) -> None:
    if word:
        say(held, "2027-02-01", release_date=word)
    else:
        say(held, "2027-02-01", begins="2027-01-02")
    assert (finding(held, "2190-01-01"), no_date(person(held, "2190-01-01"))) == (None, why)


def test_nothing_recorded_is_no_date_established(held: Told) -> None:
    assert no_date(person(held)) == "not recorded: no sentence"


def test_no_date_is_asked_only_of_those_who_are_held(held: Told) -> None:
    held.tell(K.RELEASED)
    assert no_date(person(held)) == ""


def test_what_is_not_computed_is_no_date_and_no_overstay(held: Told) -> None:
    say(held, "2027-02-01", begins="2027-01-02", length={"days": 60})
    say(held, "2027-02-01", sentence="2", begins="2027-01-02", length={"days": 50})
    found = no_date(person(held))
    assert (finding(held, "2190-01-01"), found[:13]) == (None, "not computed:")


def test_a_later_date_of_the_receiving_state_does_not_make_it_lawful(held: Told) -> None:
    say(held, "2027-02-01", release_date="2027-05-01")
    say(held, "2027-02-02", RECEIVING, "computed_date", release_date="2029-05-01")
    found = finding(held, "2027-05-10")
    assert found is not None
    assert (found.clocks, found.disagree, found.until) == ((Side.SENDING,), True, date(2027, 5, 1))


def test_an_earlier_date_of_the_receiving_state_is_enough(held: Told) -> None:
    say(held, "2027-02-01", release_date="2029-05-01")
    say(held, "2027-02-02", RECEIVING, "computed_date", release_date="2027-05-01")
    found = finding(held, "2027-05-10")
    assert found is not None
    assert (found.clocks, found.disagree) == ((Side.RECEIVING,), True)


def test_a_preliminary_date_makes_no_finding(held: Told) -> None:
    say(held, "2027-02-01", "", "computed_date", release_date="2027-05-01", status="preliminary")
    assert finding(held, "2027-06-01") is None


# The day


def test_the_day_itself_is_lawful_and_the_next_civil_day_is_a_finding(held: Told) -> None:
    # Tallinn is UTC+3 in May: 2 May begins there at 21:00 UTC on 1 May.
    say(held, "2027-02-01", release_date="2027-05-01")
    assert stands(held, "2027-05-01T20:59:59", "2027-05-01T21:00:00") == [False, True]


def test_a_stated_instant_is_a_finding_from_the_next_civil_day(held: Told) -> None:
    say(held, "2027-02-01", release_date="2027-05-01T09:00:00+03:00")
    found = finding(held, "2027-05-02")
    assert stands(held, "2027-05-01T20:59:59", "2027-05-01T21:00:00") == [False, True]
    assert found is not None
    assert (found.since, found.finding_on, found.days) == (
        at("2027-05-01T06:00"),
        date(2027, 5, 2),
        1,
    )


def test_who_is_released_on_the_day_was_not_held_past_it(held: Told) -> None:
    say(held, "2027-02-01", release_date="2027-05-01T09:00:00+03:00")
    held.at = at("2027-05-01T18:00")
    held.tell(K.RELEASED)
    assert stands(held, "2027-05-02", "2028-01-01") == [False, False]


def test_days_are_counted_by_the_agreement_s_convention(held: Told) -> None:
    say(held, "2027-02-01", release_date="2027-05-01")
    held.at = at("2027-05-08T07:00")
    held.tell(K.RELEASED)
    found = {
        name: held_past(person(held, "2028-01-01", Calendar("down", "Europe/Tallinn", name)))
        for name in ("midnight", "calendar")
    }
    assert {name: one.days for name, one in found.items() if one} == {"midnight": 6, "calendar": 7}


def test_hours_are_days_of_24_hours_begun_and_never_seconds(held: Told) -> None:
    say(held, "2027-02-01", release_date="2027-05-01")
    hours = Calendar("down", "Europe/Tallinn", "hours")
    found = held_past(person(held, "2027-05-02T21:30:00", hours))
    assert found is not None
    assert (found.days, found.days_receiving) == (2, 2)


def test_a_credit_under_hours_is_of_days(held: Told) -> None:
    say(held, "2027-02-01", begins="2027-01-10", length={"years": 1})
    say(held, "2027-02-02", "", "credit", from_="2027-01-05", to="2027-01-08")
    hours = Calendar("down", "Europe/Tallinn", "hours")
    found = person(held, "2027-02-10", hours).clocks().sending
    assert (str(found.until), found.dates[0].days) == ("2028-01-06", -3)


def test_custody_in_either_state_counts_and_each_is_told_apart(held: Told) -> None:
    say(held, "2027-02-01", release_date="2027-05-01")
    held.at = at("2027-05-04T07:00")
    held.tell(K.DEPARTED, K.HANDED_OVER, days=1)
    held.at = at("2027-05-11T07:00")
    held.tell(K.RELEASED)
    found = finding(held, "2028-01-01")
    assert found is not None
    assert (found.days, found.days_receiving, found.to) == (9, 3, at("2027-05-11T07:00"))


def test_who_is_at_large_on_the_date_is_not_held_past_it_until_recapture(held: Told) -> None:
    say(held, "2027-02-01", release_date="2027-05-01")
    held.at = at("2027-04-01")
    held.tell(K.ESCAPED)
    held.at = at("2027-06-01")
    held.tell(K.RECAPTURED)
    found = finding(held, "2027-06-10")
    assert stands(held, "2027-05-20", "2027-06-01T20:59:59") == [False, False]
    assert found is not None
    assert (found.since, found.finding_on) == (at("2027-06-01"), date(2027, 6, 2))


# Knowledge


def test_r20_the_alarm_knows_later_events_from_their_instant_on_and_not_before(held: Told) -> None:
    say(held, "2027-02-01", release_date="2027-05-01")
    say(held, "2027-05-20", release_date="2027-08-01")
    assert stands(held, "2027-05-19", "2027-05-20T12:00:00", "2027-08-01", "2027-08-02") == [
        True, False, False, True,
    ]  # fmt: skip


def test_a_pardon_is_a_finding_from_the_next_day(held: Told) -> None:
    say(held, "2027-02-01", release_date="2030-05-01")
    say(held, "2027-05-20", "", "pardoned")
    found = finding(held, "2027-05-25")
    assert found is not None
    assert (found.since, found.finding_on) == (at("2027-05-20"), date(2027, 5, 21))


def test_a_date_made_earlier_is_a_finding_from_the_day_after_it_is_known(held: Told) -> None:
    say(held, "2027-02-01", begins="2027-01-02", length={"months": 6})  # to 1 July
    say(held, "2027-06-20", "", "remission", days=40)  # to 22 May
    found = finding(held, "2027-06-25")
    assert stands(held, "2027-06-19", "2027-06-20T20:00:00") == [False, False]
    assert found is not None
    assert (found.until, found.finding_on) == (date(2027, 5, 22), date(2027, 6, 21))


def test_a_finding_stands_since_its_first_day_when_a_later_act_leaves_it(
    held: Told,
) -> None:
    say(held, "2027-02-01", release_date="2027-05-01")
    say(held, "2027-05-10", "", "days_added", days=2)
    found = finding(held, "2027-06-01")
    assert found is not None
    assert (found.until, found.finding_on) == (date(2027, 5, 3), date(2027, 5, 2))


def test_a_finding_that_a_later_act_took_away_for_a_while_begins_anew(held: Told) -> None:
    say(held, "2027-02-01", release_date="2027-05-01")
    say(held, "2027-05-20", "", "days_added", days=30)
    found = finding(held, "2027-06-10")
    assert stands(held, "2027-05-19", "2027-05-25", "2027-06-10") == [True, False, True]
    assert found is not None
    assert (found.until, found.finding_on) == (date(2027, 5, 31), date(2027, 6, 1))


@given(st.lists(st.integers(0, 400), min_size=1, max_size=5), st.integers(0, 500))
def test_what_is_shown_of_an_instant_never_changes_with_later_acts(
    new_telling: type, dates: list[int], day: int
) -> None:
    first = datetime.fromisoformat("2027-02-01T12:00:00+00:00")
    told, earlier = new_telling().tell(K.OPENED), new_telling().tell(K.OPENED)
    when = first + timedelta(days=day)
    for n, days in enumerate(dates):
        recorded = first + timedelta(days=40 * n)
        for one in (told, earlier):
            if one is told or recorded <= when:
                date_ = str((first + timedelta(days=days)).date())
                say(one, recorded.isoformat()[:19], release_date=date_)
    shown = [held_past(person(one, when.isoformat()[:19])) for one in (told, earlier)]
    assert shown[0] == shown[1]


@given(st.integers(0, 60), st.integers(1, 60))
def test_days_held_past_never_fall_while_nothing_is_recorded(
    new_telling: type, one: int, more: int
) -> None:
    told = new_telling().tell(K.OPENED)
    say(told, "2027-02-01", release_date="2027-05-01")
    here = [at("2027-04-10") + timedelta(days=days) for days in (one, one + more)]
    found = [finding(told, when.isoformat()[:19]) for when in here]
    counts = [one.days if one else 0 for one in found]
    assert counts == [max(0, (when.date() - date(2027, 5, 2)).days) for when in here]


# Returned in time


def returned(told: Told, when: str) -> None:
    told.at = at(when)
    told.tell(K.DEPARTED, K.HANDED_OVER, days=0.1)


@pytest.mark.parametrize(
    ("back", "wanted"),
    [
        ("2027-09-29", Margin("kept", date(2027, 9, 30), date(2027, 9, 29), 0)),
        ("2027-09-30", Margin("kept", date(2027, 9, 30), date(2027, 9, 30), 0)),
        ("2027-10-01", Margin("late", date(2027, 9, 30), date(2027, 10, 1), 1)),
    ],
)
def test_a_return_is_late_from_the_first_day_after_the_margin(
    held: Told, back: str, wanted: Margin
) -> None:
    say(held, "2027-02-01", release_date="2027-11-30")
    returned(held, back)
    assert margin(person(held, "2028-01-01"), 2) == wanted


def test_a_return_that_has_not_come_is_due_then_late(held: Told) -> None:
    say(held, "2027-02-01", release_date="2027-11-30")
    found = [margin(person(held, when), 2) for when in ("2027-09-30", "2027-10-03")]
    assert [(one.state, one.days_late) for one in found if one] == [("due", 0), ("late", 3)]


def test_the_margin_moves_with_the_date(held: Told) -> None:
    say(held, "2027-02-01", begins="2027-01-02", length={"years": 2})  # to 2029-01-01
    say(held, "2027-03-01", "", "remission", days=31)
    found = margin(person(held, "2027-04-01"), 1)
    assert found is not None
    assert found.by == date(2028, 11, 1)


def test_a_return_is_judged_by_the_date_known_when_it_took_place(held: Told) -> None:
    say(held, "2027-02-01", release_date="2028-11-30")
    returned(held, "2027-09-30")
    say(held, "2027-10-20", release_date="2027-10-25")
    found = margin(person(held, "2028-01-01"), 2)
    assert found is not None
    assert (found.state, found.by) == ("kept", date(2028, 9, 30))


@pytest.mark.parametrize(
    ("signed", "state"),
    [
        (["A:transferring B:transferring"], "waived"),
        (["A:transferring", "B:transferring"], "waived"),
        (["A:transferring"], "late"),
        (["A:transferring", "A:transferring"], "late"),
        (["A-COURT:court", "B-COURT:court"], "late"),
        (["A:custodian", "B:custodian"], "late"),
    ],
)
def test_only_both_designated_authorities_waive_a_margin(
    held: Told, signed: list[str], state: str
) -> None:
    say(held, "2027-02-01", release_date="2027-11-30")
    for by in signed:
        body = {"fact": "return_margin_waived", "value": True}
        held.add(held.event(K.EVIDENCE_RECORDED, by, at=at("2027-03-01"), **body))
    found = margin(person(held, "2027-10-20"), 2)
    assert found is not None
    assert found.state == state


@pytest.mark.parametrize(("signed_on", "state"), [("2027-09-15", "waived"), ("2027-10-20", "late")])
def test_a_waiver_signed_after_a_late_return_makes_it_no_less_late(
    held: Told, signed_on: str, state: str
) -> None:
    say(held, "2027-02-01", release_date="2027-11-30")
    both, body = "A:transferring B:transferring", {"fact": "return_margin_waived", "value": True}
    if state == "waived":
        held.add(held.event(K.EVIDENCE_RECORDED, both, at=at(signed_on), **body))
    returned(held, "2027-10-10")
    if state == "late":
        held.add(held.event(K.EVIDENCE_RECORDED, both, at=at(signed_on), **body))
    found = margin(person(held, "2028-01-01"), 2)
    assert found is not None
    assert found.state == state


def test_a_waiver_that_one_state_takes_back_is_none(held: Told) -> None:
    say(held, "2027-02-01", release_date="2027-11-30")
    for value, by in ((True, "A:transferring B:transferring"), (False, "B:transferring")):
        body = {"fact": "return_margin_waived", "value": value}
        held.add(held.event(K.EVIDENCE_RECORDED, by, at=at("2027-03-01"), **body))
    found = margin(person(held, "2027-10-20"), 2)
    assert found is not None
    assert found.state == "late"


def test_a_death_before_the_margin_ends_the_duty_and_is_no_return(held: Told) -> None:
    say(held, "2027-02-01", release_date="2027-11-30")
    held.at = at("2027-05-01")
    held.tell(K.DIED)
    found = margin(person(held, "2028-01-01"), 2)
    assert found is not None
    assert (found.state, found.returned_on) == ("ended", date(2027, 5, 1))


def test_no_margin_is_asked_without_a_term(held: Told) -> None:
    assert margin(person(held), None) is None


def test_no_margin_is_asked_before_a_reception(ready: Told) -> None:
    assert margin(person(ready), 1) is None


def test_a_margin_without_a_date_says_so(held: Told) -> None:
    assert margin(person(held, "2027-12-01"), 1) == Margin("no date", None, None, 0)


def test_the_zone_decides_which_day_it_is(held: Told) -> None:
    say(held, "2027-02-01", release_date="2027-05-01")
    west = Calendar("down", "America/El_Salvador")
    assert held_past(person(held, "2027-05-02T05:59:59", west)) is None
    assert held_past(person(held, "2027-05-02T06:00:00", west)) is not None
