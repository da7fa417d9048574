"""Acts of states: lateness is told; how many duties fell due bounds nothing that is withheld."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings

from attackers import Attacker, Name, Sum, sums
from habeas.custody.intervals import Interval
from habeas.errors import StatisticsError
from habeas.statistics import acts
from habeas.statistics.acts import Happened, Owed, Place, Told
from habeas.statistics.publication import Issue
from habeas.statistics.tables import ALL, Key, Month, Row
from statistics_cases import MOST, POLICY, issue, months, registers, shown, stay

OF_A_DEATH, LATER, OF_A_RECEPTION = 6, 1, 2  # duties: in its month, in the next one, in its month
STATES = ("sending", "receiving")
FAST = [Phase.explicit, Phase.reuse, Phase.generate]
HEALTH = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
JANUARY, FEBRUARY = months(2)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 1, day, hour, tzinfo=UTC)


def count(found: acts.Acts, state: str, measure: str) -> int:
    return found[Place(state, measure)].value


def test_a_duty_stands_in_the_month_of_its_last_second_by_how_it_stood_at_its_end() -> None:
    end = JANUARY.edges()[1]
    owed = [
        Owed("sending", at(5), at(5), "p1"),  # in its last second: in time
        Owed("sending", at(5), at(5) + timedelta(seconds=1), "p1"),
        Owed("receiving", at(6), None, "p2"),
        Owed("receiving", at(7), end, "p2"),  # answered when the month was over
        Owed("receiving", end, None, "p2"),  # falls due in February
        Owed("receiving", JANUARY.edges()[0] - timedelta(seconds=1), None, "p2"),
    ]
    found = acts.counts(owed, [], JANUARY)
    assert [count(found, "sending", one) for one in acts.DUTIES] == [2, 1, 1, 0]
    assert [count(found, "receiving", one) for one in acts.DUTIES] == [2, 0, 0, 2]
    assert [count(found, "all", one) for one in acts.DUTIES] == [4, 1, 1, 2]


def test_every_inquiry_is_counted_alike_whoever_held_the_person() -> None:
    owed = [Owed(state, at(9), None, state, inquiry=True) for state in (*STATES, acts.NEITHER)]
    asked = [Happened(one.state, at(6), acts.RECEIVED, one.subject) for one in owed]
    found = acts.counts(owed, asked, JANUARY)
    for state in (*STATES, acts.NEITHER):
        assert count(found, state, acts.RECEIVED) == 1
        assert count(found, state, "inquiries_unanswered") == 1
    assert count(found, "all", "inquiries_unanswered") == 3
    assert count(found, "all", acts.DUE) == 0


def test_one_silence_is_told_and_how_many_fell_due_beside_it_is_not() -> None:
    found = acts.counts([Owed("sending", at(5), None, "p1")], [], JANUARY)
    told = acts.told(found, POLICY.threshold, near=False)
    assert {one.measure for one in told.withheld} == set(acts.GUARDED)
    assert {one.state for one in told.withheld} == set(acts.STATES)


def test_duties_of_nobody_are_shown_to_be_none() -> None:
    assert acts.told(acts.counts([], [], JANUARY), POLICY.threshold, near=False).withheld == set()


def test_what_is_withheld_of_a_state_withholds_them_while_duties_run_from_it() -> None:
    owed = [Owed("sending", at(5), at(4), f"p{n}") for n in range(9)]
    found = acts.counts(owed, [], JANUARY)
    assert acts.told(found, POLICY.threshold, near=False).withheld == set()
    assert len(acts.told(found, POLICY.threshold, near=True).withheld) == 8
    assert acts.back("2026-03", 4) == ["2026-03", "2026-02", "2026-01", "2025-12", "2025-11"]


def test_a_month_is_not_withheld_beneath_a_number_of_duties_that_is_published() -> None:
    acts.checked("2026-01", ["2025-12", "2026-06"], 4)
    for telling in ("2026-01", "2026-05"):
        with pytest.raises(StatisticsError, match=f"H880 .* {telling} tells of what 2026-01"):
            acts.checked("2026-01", [telling], 4)


# Whoever knows how many duties each act opens, and that all of them fall due as the law has it.


def acted(one: Issue, state: str, measure: str) -> int:
    return one.counts[Key(one.month.name, Row(state, ALL), measure)].value


def owed_of(issues: Sequence[Issue], others: int) -> list[Owed]:
    """Every duty of the deaths and receptions of two months, the odd ones never met; and others."""
    found = list[Owed]()
    for one in issues:
        start, end = one.month.edges()
        for state in STATES:
            who = f"{one.month.name} {state}"
            opened = [(start + DAY, OF_A_DEATH), (end + DAY, LATER)]
            due = [
                (at_, f"{who} died {n}")
                for n in range(acted(one, state, "died"))
                for at_, times in opened
                for _ in range(times)
            ]
            due += [
                (start + DAY, f"{who} received {n}")
                for n in range(acted(one, state, "from_other_state"))
                for _ in range(OF_A_RECEPTION)
            ]
            due += [(start + DAY, f"{who} complained {n}") for n in range(others)]
            found += [
                Owed(state, at_, None if n % 2 else at_ - HOUR, subject)
                for n, (at_, subject) in enumerate(due)
            ]
    return found


def links(month: Month, before: Month | None) -> list[Sum]:
    """How many fell due, out of the acts that open duties and of what no table counts."""
    told = list[Sum]()
    for state in STATES:
        due, *parts = [(month.name, state, "", one) for one in acts.DUTIES]
        whole: Sum = {due: -1, **dict.fromkeys(parts, 1)}
        opened: Sum = {
            due: -1,
            (month.name, state, "", "died"): OF_A_DEATH,
            (month.name, state, "", "from_other_state"): OF_A_RECEPTION,
            (month.name, state, "", "duties of others"): 1,
        }
        if before:
            opened[before.name, state, "", "died"] = LATER
        told += [whole, opened]
    for one in acts.DUTIES:
        both: Sum = {(month.name, "", "", one): -1}
        told.append({**both, **{(month.name, state, "", one): 1 for state in STATES}})
    return told


def published(issues: Sequence[Issue], others: int) -> list[Told]:
    owed, found, withheld = owed_of(issues, others), list[Told](), set[str]()
    for one in issues:
        if any(key.row.facility == ALL for key in one.withheld):
            withheld.add(one.month.name)
        near = not withheld.isdisjoint(acts.back(one.month.name, 1))
        counted = acts.counts(owed, [], one.month)
        found.append(acts.told(counted, POLICY.threshold, near=near))
    return found


def unknown_still(issues: Sequence[Issue], told: Sequence[Told]) -> None:
    equations, known, truth, small = list[Sum](), dict[Name, int | None](), {}, set[Name]()
    for n, (one, duties) in enumerate(zip(issues, told, strict=True)):
        equations += sums(shown(one), one.month.name, *one.month.stocks())
        equations += links(one.month, issues[n - 1].month if n else None)
        for key in one.checked():
            truth[(key.period, *key.row, key.measure)] = one.counts[key].value
            if 0 < one.counts[key].persons < POLICY.threshold:
                small.add((key.period, *key.row, key.measure))
        known |= shown(one)
        for place, found in duties.counts.items():
            if place.measure in acts.DUTIES and place.state != acts.NEITHER:
                state = "" if place.state == acts.EVERY else place.state
                name = (one.month.name, state, "", place.measure)
                truth[name] = found.value
                known[name] = None if place in duties.withheld else found.value
    attacker = Attacker(equations, known)
    hidden = [name for name in attacker.unknown if name in truth]
    assert not attacker.determined() & set(hidden)
    for name in hidden:
        low, high = attacker.least_and_most(name, truth[name], POLICY.threshold)
        if name in small:
            assert (name, low, high >= POLICY.threshold) == (name, 0, True)
        assert high - low >= POLICY.threshold


def held(many: int, *more: Interval) -> list[Interval]:
    return [*(stay(f"p{n}", "A", "2025-12-05") for n in range(many)), *more]


DIED = held(30, *(stay(f"d{n}", "A", "2025-12-01", "2026-01-10", "died") for n in range(2)))
LATE = held(30, *(stay(f"d{n}", "A", "2025-12-01", "2026-01-30", "died") for n in range(2)))


@settings(deadline=None, max_examples=MOST, phases=FAST, suppress_health_check=HEALTH)
@given(registers(59, most=20))
@example(DIED)
@example(LATE)
def test_two_months_of_duties_tell_no_withheld_count_of_persons(intervals: list[Interval]) -> None:
    issues = list[Issue]()
    for when in (JANUARY, FEBRUARY):
        issues.append(issue(intervals, when, issues))
    unknown_still(issues, published(issues, others=5))


def test_nothing_withheld_shows_how_many_duties_fell_due() -> None:
    issues = [issue(held(30), JANUARY, [])]
    [told] = published(issues, others=5)
    assert told.withheld == set()
    assert count(told.counts, "all", acts.DUE) == 10
