"""One truth: the bill, the roll and the clocks leave out the same days."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.errors import SetupError
from habeas.service import agree, bill, clocks, hold
from habeas.terms import EventKind, Status
from sentence_cases import RECEIVING, Told, at, say

K = EventKind
DEAL = agree.library().agreement("SE-EE")
FIRST, AFTER = date(2027, 1, 1), date(2029, 1, 1)


def register(told: Told) -> hold.Register:
    return hold.Register(DEAL, hold.of_events(told.events, told.terms, DEAL.calendar), "")


def not_billed(found: hold.Register) -> int:
    """Days of the bill past the release date, over two years."""
    asked = bill.Asked(bill.period(FIRST, AFTER))
    made = bill.from_intervals(DEAL, asked, found.held.received(), found.held.release_dates)
    return sum(int(one.days) for one in made.treated if one.status == "past_release_date")


def derived(found: hold.Register) -> int:
    """The same days by the clocks."""
    rows = clocks.known(found, at("2028-12-31T21:59:59"))
    return sum(one.held_past.days_receiving for one in rows if one.held_past)


def test_the_bill_and_the_clocks_leave_out_the_same_days(held: Told) -> None:
    say(held, "2027-02-01", release_date="2027-11-02T16:00:00+02:00")
    held.at = at("2027-11-11T14:00")
    held.tell(K.DEPARTED, K.HANDED_OVER, days=0.1)
    held.tell(K.RELEASED)
    found = register(held)
    assert (not_billed(found), derived(found)) == (9, 9)


def test_a_receiving_state_s_later_date_is_not_billed_either(held: Told) -> None:
    say(held, "2027-02-01", release_date="2027-05-01")
    say(held, "2027-02-02", RECEIVING, "computed_date", release_date="2027-09-01")
    held.at = at("2027-06-01")
    held.tell(K.DEPARTED, K.HANDED_OVER, days=0.1)
    found = register(held)
    assert (not_billed(found), derived(found)) == (30, 30)


def test_a_receiving_state_s_earlier_date_is_enough_for_the_bill(held: Told) -> None:
    say(held, "2027-02-01", release_date="2027-09-01")
    say(held, "2027-02-02", RECEIVING, "computed_date", release_date="2027-05-01")
    held.at = at("2027-06-01")
    held.tell(K.DEPARTED, K.HANDED_OVER, days=0.1)
    found = register(held)
    assert (not_billed(found), derived(found)) == (30, 30)


@pytest.mark.parametrize("word", ["life", "indeterminate", "unknown"])
def test_who_has_no_date_is_in_no_mapping(held: Told, word: str) -> None:
    say(held, "2027-02-01", begins="2027-01-02", ends=word)
    assert register(held).held.release_dates == {}


def test_a_release_date_means_what_it_meant(held: Told) -> None:
    say(held, "2027-02-01", release_date="2027-11-02T16:00:00+02:00")
    say(held, "2027-03-01", release_date="2027-12-02T16:00:00+02:00")
    assert list(register(held).held.release_dates.values()) == [at("2027-12-02T14:00")]


def test_a_record_that_cannot_be_read_stops_nobody_s_roll(held: Told) -> None:
    say(held, "2027-02-01", release_date="02/11/27")
    found = register(held)
    rows = clocks.known(found, at("2027-06-01"))
    assert (len(hold.roll_rows(found.held, at("2027-06-01"), None)), len(rows[0].refused())) == (
        1,
        1,
    )


MOMENTS = st.integers(0, 600 * 24).map(lambda hours: at("2027-01-20") + timedelta(hours=hours))


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.booleans(), MOMENTS), min_size=1, max_size=4),
    MOMENTS,
    st.integers(1, 2000),
)
def test_whatever_is_stated_the_bill_leaves_out_what_the_clocks_find(
    new_telling: type, stated: list[tuple[bool, datetime]], back: datetime, hours: int
) -> None:
    told = new_telling(consent=False).tell(K.OPENED, K.PROPOSED, K.SCREENED, K.NOTIFIED)
    told.at += timedelta(days=3)
    told.tell(K.AUTHORISED, K.ACCEPTED, K.SCHEDULED, K.DEPARTED, K.HANDED_OVER, days=0.1)
    for receiving, moment in stated:
        by, kind = (RECEIVING, "computed_date") if receiving else ("", "imposed")
        say(told, "2027-01-15", by, kind, release_date=moment.isoformat())
    told.at = back
    told.tell(K.DEPARTED, K.HANDED_OVER, days=hours / 24)
    told.tell(K.RELEASED)
    found = register(told)
    assert not_billed(found) == derived(found)


def test_the_roll_holds_exactly_those_whom_the_clocks_say_are_held(held: Told) -> None:
    say(held, "2027-02-01", release_date="2027-05-01")
    found = register(held)
    for when in ("2027-01-10", "2027-04-30", "2027-05-03"):
        rows = hold.roll_rows(found.held, at(when), None)
        shown = [one for one in clocks.known(found, at(when)) if one.held_by != clocks.NOBODY]
        assert [one.subject for one in shown] == [row["register_number"] for row in rows]
        assert {row["status"] for row in rows} <= set(Status)


def test_counts_add_up_and_a_row_says_what_its_document_says(held: Told) -> None:
    say(held, "2027-02-01", release_date="2027-05-01", overstay=True)
    say(held, "2027-02-01", "", "remission", days="3")
    rows = clocks.known(register(held), at("2027-05-10"))
    counts, row, told = clocks.counts(rows), clocks.clock_row(rows[0]), clocks.person(rows[0])
    assert counts == {
        "persons": 1, "held": 1, "held_past": 1, "were_held_past": 0, "no_date": 0,
        "clocks_disagree": 0, "late_returns": 1, "records_refused": 1,
    }  # fmt: skip
    assert (row["days_past"], row["finding_on"], list(row)) == ("8", "2027-05-02", clocks.CLOCKS)
    assert list(clocks.overstay(rows[0])) == clocks.OVERSTAYS
    assert [[one["code"] for one in told[key]] for key in ("refused", "not_read")] == [  # type: ignore[attr-defined]  # a document
        ["H742"],
        ["H745"],
    ]


def test_somebody_who_is_not_there_is_one_sentence(held: Told) -> None:
    rows = clocks.known(register(held), at("2027-05-10"))
    assert clocks.only(rows, rows[0].subject) == rows
    with pytest.raises(SetupError, match="H749"):
        clocks.only(rows, "p_9")
