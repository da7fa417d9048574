"""Generated custody of two states, month by month, and issues of it."""

import os
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from habeas.custody.intervals import Interval
from habeas.statistics.publication import Issue, Policy, around, withheld
from habeas.statistics.tables import Key, Month, counts, month, places
from habeas.terms import Side, Status

ZONE = "Europe/Tallinn"
POLICY = Policy()
# Examples, each of which asks the solver for seconds; all of them in the drill `properties`.
MOST = 4 if os.environ.get("HABEAS_EXAMPLES") == "all" else 2
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
ACTS = ("handed_over", "moved", "absence_started", "escaped", "released", "died")


def months(number: int) -> list[Month]:
    return [month(date(2026 + n // 12, n % 12 + 1, 1), ZONE) for n in range(number)]


def stay(
    subject: str, place: str, start: str, end: str = "", why: str = "", number: int = 0
) -> Interval:
    """One interval; in places that begin with S the sending state holds, else the receiving."""
    side = Side.SENDING if place.startswith("S") else Side.RECEIVING
    first = datetime.fromisoformat(start).replace(tzinfo=UTC)
    last = datetime.fromisoformat(end).replace(tzinfo=UTC) if end else None
    reason = f"custody.{why}" if why else ""
    return Interval(subject, "X", side, place, "", Status.HELD, first, last, number, reason, 0, 0)


@st.composite
def persons(draw: st.DrawFn, span: int, places_: Sequence[str] = ("S", "A", "B")) -> list[Interval]:
    """One person's custody: receptions, moves, handovers, and at times an end."""
    at = BEGIN + timedelta(hours=draw(st.integers(-400 * 24, span * 24)))
    place, number, found = draw(st.sampled_from(places_)), 0, list[Interval]()
    subject = f"p{draw(st.integers(0, 10**9))}"
    for act in draw(st.lists(st.sampled_from(ACTS), max_size=5)):
        end = at + timedelta(hours=draw(st.integers(1, 90 * 24)))
        others = [one for one in places_ if one.startswith("S") != place.startswith("S")]
        same = [one for one in places_ if one.startswith("S") == place.startswith("S")]
        why = "moved" if act == "handed_over" and not others else act
        found.append(_piece(subject, place, at, end, number, why))
        if why in {"released", "died"}:
            return found
        if why == "handed_over":
            place, number = draw(st.sampled_from(others)), number + 1
        elif why == "moved":
            place = draw(st.sampled_from(same))
        elif why == "escaped":
            end, number = end + timedelta(hours=draw(st.integers(1, 500))), number + 1
        at = end
    return [*found, _piece(subject, place, at, None, number, "")]


def _piece(
    subject: str, place: str, start: datetime, end: datetime | None, number: int, why: str
) -> Interval:
    side = Side.SENDING if place.startswith("S") else Side.RECEIVING
    reason = f"custody.{why}" if why else ""
    return Interval(subject, "X", side, place, "", Status.HELD, start, end, number, reason, 0, 0)


def registers(span: int, most: int = 40) -> st.SearchStrategy[list[Interval]]:
    """The custody of some persons around the days [2026-01-01, 2026-01-01 + span)."""
    several = st.lists(
        persons(span), min_size=1, max_size=most, unique_by=lambda one: one[0].subject
    )
    return several.map(lambda listed: [one for person in listed for one in person])


def issue(
    intervals: Sequence[Interval], when: Month, earlier: Sequence[Issue], past: Sequence[str] = ()
) -> Issue:
    """The next issue of a month, withheld with all issues before it."""
    near = around(when, [one.month.name for one in earlier])
    others = [one for one in earlier if one.month.name in near.months]
    number = 1 + sum(one.month == when for one in earlier)
    among = tuple(places(intervals, when.edges()[1]))
    new = Issue(when, number, counts(intervals, set(past), when), among)
    hidden = withheld(new, others, near, POLICY)
    return Issue(when, number, new.counts, among, hidden)


def name(key: Key) -> tuple[str, ...]:
    return key.period, *key.row, key.measure


def shown(one: Issue) -> dict[tuple[str, ...], int | None]:
    """What an issue publishes of its counts; person-days apart."""
    return {
        name(key): None if key in one.withheld else one.counts[key].value for key in one.checked()
    }
