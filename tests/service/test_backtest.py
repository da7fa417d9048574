"""A back-test knows what was recorded by its first day and nothing else."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from custody_cases import piece
from habeas.custody.intervals import Interval
from habeas.errors import SetupError
from habeas.law.calendar import civil, day
from habeas.service import agree, backtest, hold
from habeas.service.backtest import Asked, BackTest
from habeas.terms import EventKind
from habeas.transfer.state import Terms

DEAL = agree.library().agreement("SE-EE")
FIRST, UNTIL = date(2027, 9, 15), date(2028, 3, 1)
ASKED = Asked(FIRST, UNTIL, 60, 3, 365)
TERMS = Terms(
    {}, {}, consent_required=True, consent_binds_at_verification=True, notice=timedelta(0),
    release_in_receiving_state=True,
)  # fmt: skip


def noon(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, 12, tzinfo=UTC)


def stay(subject: str, begin: date, end: date | None, why: str = "custody.released") -> Interval:
    told = piece(noon(begin), None if end is None else noon(end), "F", subject)
    return told if end is None else replace(told, reason_out=why)


def world(until: date) -> list[Interval]:
    """Two a week from January on, gone after 90 and 200 days in turn; as known on a day."""
    found = list[Interval]()
    for n in range(120):
        begin = date(2027, 1, 4) + timedelta(days=n // 2 * 7)
        end = begin + timedelta(days=(90, 200)[n % 2])
        if begin < until:
            found.append(stay(f"p{n:03d}", begin, end if end < until else None))
    return found


def register(
    intervals: Iterable[Interval], size: int, ends: dict[str, datetime] | None = None
) -> hold.Register:
    return hold.Register(DEAL, hold.Held(tuple(intervals), size, ends or {}), "log.example/x\n")


def outcome(
    known: Iterable[Interval], whole: Iterable[Interval], asked: Asked = ASKED,
    ends: dict[str, datetime] | None = None,
) -> BackTest:  # fmt: skip
    read = hold.Read(register(known, 40, ends), (), TERMS, ("SE", "EE"))
    return backtest.back_test(read, register(whole, 90), asked)


class Leaves:
    """A store that knows when its leaves came; every other one is a pad."""

    def __init__(self, *came: datetime) -> None:
        self.came = came

    def size(self) -> int:
        return 2 * len(self.came)

    def recorded(self, indexes: Iterable[int]) -> dict[int, datetime]:
        return {one: self.came[one // 2] for one in indexes if one % 2 == 0}


def test_leaves_count_that_had_come_by_then() -> None:
    days = [datetime(2027, 1, n, tzinfo=UTC) for n in (1, 2, 3)]
    store = Leaves(*days)
    sizes = [backtest.size_at(store, at) for at in (days[0] - timedelta(seconds=1), *days)]
    assert sizes == [0, 1, 3, 5]
    back = Leaves(days[0], days[2], days[1])  # a clock went back: nothing behind it is believed
    assert backtest.size_at(back, days[1]) == 1
    with pytest.raises(SetupError) as lost:
        backtest.size_at(Leaves(datetime(1970, 1, 1, tzinfo=UTC), *days), days[1])
    assert lost.value.code == "H840"


def test_what_was_recorded_later_about_earlier_days_is_not_used() -> None:
    known = world(FIRST)
    late = [
        replace(one, end=noon(date(2027, 9, 1)), reason_out="custody.released")
        if one.subject in {"p060", "p061"} else one
        for one in world(UNTIL)
    ]  # fmt: skip
    more = stay("late", date(2027, 5, 1), None)
    plain, corrected = outcome(known, world(UNTIL)), outcome(known, [*late, more])
    assert plain.measured == corrected.measured
    assert (plain.draws == corrected.draws).all()
    assert (plain.before, plain.before_now) == (corrected.before, plain.before)
    assert corrected.before_now == plain.before - 1
    assert [one for one in backtest.notes(corrected) if "only the first was used" in one]
    assert not [one for one in backtest.notes(plain) if "only the first was used" in one]
    # Had it been known then, something else would have been measured.
    cheating = [one for one in [*late, more] if one.start < noon(FIRST)]
    assert outcome(cheating, [*late, more]).measured != plain.measured


def test_what_had_been_recorded_but_not_happened_is_not_used() -> None:
    """A register may be told of a departure ahead; as of the day it has not happened."""
    plain = outcome(world(FIRST), world(UNTIL))
    ahead = outcome(world(UNTIL), world(UNTIL))
    assert plain.measured == ahead.measured
    assert (plain.draws == ahead.draws).all()


def test_months_end_and_what_followed_is_counted_day_by_day() -> None:
    found = outcome(world(FIRST), world(UNTIL))
    ends = [civil(on).isoformat() for on in found.days]
    assert ends == ["2027-09-30", "2027-10-31", "2027-11-30", "2027-12-31", "2028-01-31",
                    "2028-02-29"]  # fmt: skip
    for on, seen in zip(found.days, found.seen, strict=True):
        at = noon(civil(on)) + timedelta(hours=1)
        assert seen == sum(
            one.start < at and (one.end is None or one.end > at) for one in world(UNTIL)
        )
    begins = noon(FIRST) - timedelta(hours=15)
    there = [one for one in world(UNTIL) if one.start < begins and (one.end or begins) >= begins]
    assert found.before == found.before_now == len(there)
    rows = backtest.points(found)
    assert {row["no_change"] for row in rows} == {str(found.before)}
    assert found.score.in_nine == sum(row["within_90"] == "yes" for row in rows)


def test_ends_that_are_known_are_taken_and_the_others_by_the_law_of_stays() -> None:
    known = world(FIRST)
    there = [one for one in known if one.end is None]
    ends = {one.subject: noon(FIRST + timedelta(days=50)) for one in there[:5]}
    found = outcome(known, world(UNTIL), ends=ends)
    assert (found.measured.left, found.measured.without_end) == ((50,) * 5, len(there) - 5)
    assert any("no end of the sentence was known" in one for one in backtest.notes(found))
    gone = [one for one in known if one.end is not None][:9]
    early = ends | {one.subject: (one.end or noon(FIRST)) + timedelta(days=20) for one in gone}
    lead = outcome(known, world(UNTIL), ends=early)
    assert (lead.measured.lead, lead.measured.left) == (20, (30,) * 5)


def test_where_nobody_has_left_no_number_is_given() -> None:
    early = replace(ASKED, first=date(2027, 3, 1), until=date(2027, 6, 1))
    with pytest.raises(SetupError) as unknown:
        outcome(world(early.first), world(early.until), early)
    assert unknown.value.code == "H846"
    # Where nobody comes any more and every end is known, nothing else is asked.
    some = [stay("a", date(2026, 1, 1), None)]
    ends = {"a": noon(date(2027, 5, 1))}
    found = outcome(some, some, early, ends)
    assert found.measured.law is None
    assert found.draws.max(axis=0).tolist() == [1, 1, 0]


def test_of_those_put_forward_only_who_was_decided_on_counts(held: Any) -> None:  # noqa: ANN401
    """The fixture tells of one person from the proposal to a cell."""
    (proposed,) = [one for one in held.events if one.kind == EventKind.PROPOSED]
    subjects = [f"p{n:03d}" for n in range(4)]  # of whom three are received
    put = [replace(proposed, subject=one) for one in (*subjects[:3], "waits", "refused")]
    refused = replace(proposed, subject="refused", kind=EventKind.REFUSED)
    later = replace(refused, subject="waits", occurred_at=noon(UNTIL))
    read = hold.Read(register(world(FIRST), 40), (*put, refused, later), TERMS, ("SE", "EE"))
    told = backtest.measured(read, ASKED, "UTC", "x").eligible
    assert told is not None
    assert (told.value, told.seen) == (0.75, 4)


def test_days_of_which_nothing_can_be_said() -> None:
    for asked, known in (
        (replace(ASKED, until=FIRST), world(FIRST)),
        (ASKED, []),
        (replace(ASKED, first=date(2027, 1, 4)), world(FIRST)),
    ):
        with pytest.raises(SetupError) as refused:
            outcome(known, world(UNTIL), asked)
        assert refused.value.code == "H839"
    with pytest.raises(SetupError) as silent:
        backtest.within(ASKED, date(2028, 2, 1))
    assert silent.value.code == "H839"
    with pytest.raises(SetupError) as empty:
        backtest.last_day(Leaves(), "UTC")
    assert empty.value.code == "H839"


def test_the_document_says_where_each_number_comes_from() -> None:
    found = outcome(world(FIRST), world(UNTIL))
    told = backtest.document(found, register(world(UNTIL), 90).basis())
    assert (told["known"], told["register_size"]) == (
        {"as_of": "2027-09-15", "tree_size": 40, "log": "log.example/x"}, 90,
    )  # fmt: skip
    assert {one["what"] for one in told["measured"]} >= {"received", "died"}
    assert all(one["tree_size"] == 40 for one in told["measured"])
    assert told["bands"] == "range of draws under the stated assumptions"
    assert told["score"]["points"] == len(told["points"]) == 6
    assert told["review"]
    assert day(FIRST) <= found.days[0]
    assert EventKind.RELEASED in backtest.GONE
