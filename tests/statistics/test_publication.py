"""Issues month after month: what any of them withholds stays unknown to whoever has them all."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from attackers import Attacker, Name, Sum, sums
from habeas.custody.intervals import Interval
from habeas.errors import StatisticsError
from habeas.statistics.publication import Issue, Policy, around, number, over, preceding
from statistics_cases import (
    BEGIN,
    MOST,
    POLICY,
    issue,
    months,
    name,
    persons,
    registers,
    shown,
    stay,
)

FAST = [Phase.explicit, Phase.reuse, Phase.generate]  # shrinking would ask the solver for hours
HEALTH = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
# Seven span more than what one issue is checked with; `HABEAS_MONTHS=12` is the full form.
MONTHS = int(os.environ.get("HABEAS_MONTHS", "7"))
SLOW = settings(deadline=None, max_examples=MOST, phases=FAST, suppress_health_check=HEALTH)


def gathered(issues: Sequence[Issue]) -> tuple[Attacker, dict[Name, int], set[Name]]:
    """Somebody who has all issues, and knows which counts no later issue changed."""
    equations, known, truth, small = list[Sum](), dict[Name, int | None](), {}, set[Name]()
    for one in issues:
        start, end = one.month.stocks()
        told = shown(one)
        versions = {name(key): (*name(key), str(one.counts[key].value)) for key in one.checked()}
        for equation in sums(told, one.month.name, start, end):
            mine = {versions.get(key, (*key, str(one.number))): n for key, n in equation.items()}
            equations.append(mine)
        for key in one.checked():
            version = versions[name(key)]
            truth[version] = one.counts[key].value
            if told[name(key)] is not None or version not in known:
                known[version] = told[name(key)]
            if 0 < one.counts[key].persons < POLICY.threshold:
                small.add(version)
    return Attacker(equations, known), truth, small


def unknown_still(issues: Sequence[Issue]) -> None:
    attacker, truth, small = gathered(issues)
    hidden = [version for version in attacker.unknown if version in truth]
    assert not attacker.determined() & set(hidden)
    for version in hidden:
        low, high = attacker.least_and_most(version, truth[version], POLICY.threshold)
        if version in small:
            assert (version, low) == (version, 0)
            assert high >= POLICY.threshold
        else:
            assert high - low >= POLICY.threshold


def published(intervals: Sequence[Interval], many: int) -> list[Issue]:
    found = list[Issue]()
    for when in months(many):
        found.append(issue(intervals, when, found))
    return found


def small_are_withheld(one: Issue) -> bool:
    small = {key for key in one.checked() if 0 < one.counts[key].persons < POLICY.threshold}
    return small <= one.withheld


@SLOW
@given(registers(31))
def test_one_month_tells_no_withheld_count(intervals: list[Interval]) -> None:
    found = published(intervals, 1)
    assert all(small_are_withheld(one) for one in found)
    unknown_still(found)


@SLOW
@given(registers(59))
def test_two_months_and_their_difference_tell_no_withheld_count(intervals: list[Interval]) -> None:
    found = published(intervals, 2)
    assert all(small_are_withheld(one) for one in found)
    unknown_still(found)


@settings(deadline=None, max_examples=1, phases=FAST, suppress_health_check=HEALTH)
@given(registers(MONTHS * 30, most=12))
def test_months_on_end_tell_no_withheld_count(intervals: list[Interval]) -> None:
    unknown_still(published(intervals, MONTHS))


@SLOW
@given(registers(59, most=25), persons(31))
def test_a_late_record_and_a_second_issue_tell_no_withheld_count(
    intervals: list[Interval], late: list[Interval]
) -> None:
    first = published(intervals, 2)
    when = months(1)[0]
    known = [one for one in intervals if one.subject != late[0].subject]
    try:
        second = issue([*known, *late], when, first)
    except StatisticsError:  # H881: it may be refused, never told
        return
    kept = {key for key in first[0].withheld if key in second.counts}
    assert kept <= second.withheld
    unknown_still([*first, second])


def test_person_days_are_withheld_where_anything_of_the_row_is() -> None:
    found = published([stay(f"p{n}", "A", "2026-01-05") for n in range(3)], 1)[0]
    rows = {key.row for key in found.withheld}
    assert {key.row for key in found.of_rows()} == rows


def test_a_month_is_published_when_it_is_over_in_the_agreement_s_zone() -> None:
    when = months(1)[0]
    assert over(when, datetime(2026, 1, 31, 22, tzinfo=UTC)) is when  # midnight in Tallinn
    with pytest.raises(StatisticsError, match="H882 2026-01 is not over in Europe/Tallinn"):
        over(when, datetime(2026, 1, 31, 21, 59, 59, tzinfo=UTC))


def test_months_are_published_in_order_and_once() -> None:
    january, february, march = months(3)
    assert number(january, [], "") == 1
    assert number(february, [("2026-01", 1)], "") == 1
    assert number(january, [("2026-01", 1), ("2026-02", 1)], "a late record") == 2
    for when, issued, reason, code in (
        (january, [("2026-01", 1)], "", "H884"),
        (january, [], "a late record", "H884"),
        (march, [("2026-01", 1)], "", "H883"),
        (january, [("2026-02", 1)], "", "H883"),
    ):
        with pytest.raises(StatisticsError, match=code):
            number(when, issued, reason)


def test_a_threshold_that_withholds_nothing_is_refused() -> None:
    with pytest.raises(StatisticsError, match="H888"):
        Policy(1).checked()


def test_a_revision_asks_for_the_proofs_that_may_rest_on_its_month() -> None:
    names = [when.name for when in months(12)]
    found = around(months(12)[5], names)
    assert found.months == tuple(names[2:9])
    assert found.proved == {*names[4:8]}
    assert preceding("2026-01") == "2025-12"


def test_custody_is_generated_around_the_months() -> None:
    assert timedelta() < months(1)[0].edges()[1] - BEGIN < timedelta(days=31)
