"""What every face shows of a projection: one set of numbers, with its stamp and its notices."""

import msgspec
import numpy as np
import pytest

from habeas.errors import SetupError
from habeas.projection.bands import weekly
from habeas.projection.result import RANGE, SET_ASIDE, Comparison, Projection
from habeas.service import NOT_REVIEWED, project
from projection_cases import (
    FLAT,
    GUARANTEED,
    LIBRARY,
    arrays,
    cohort,
    drawn,
    fees,
    plan,
    scenario,
    values,
)  # fmt: skip

CELLS = {"cells": 10, "cell_cm2": 1_000_000, "measured": "net"}


def some(draws: int = 20) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    return cohort(draws) - np.arange(draws)[:, None]


def answered() -> Projection:
    found = arrays(some(), cell_h=some() // 10)
    return project.answer(drawn(scenario(fees(GUARANTEED), house=CELLS), found), LIBRARY)


def test_a_projection_reads_back_as_it_was_written() -> None:
    one = answered()
    assert msgspec.json.decode(msgspec.json.encode(one), type=Projection) == one


def test_every_section_has_its_rows_and_its_bands_never_fall() -> None:
    one = answered()
    assert [section.id for section in one.sections] == [
        "people", "overstay", "space", "capacity", "room", "money", "guarantee", "receiving",
        "sending", "break_even", "work",
    ]  # fmt: skip
    rows = [row for section in one.sections for row in section.rows]
    assert len({(row.key, row.of) for row in rows}) == len(rows)
    for row in rows:
        assert (row.band is None) == (row.draws == 0) == bool(row.why)
        if row.band is not None:
            assert row.band.p5 <= row.band.p25 <= row.band.p50 <= row.band.p75 <= row.band.p95


def test_a_series_has_a_band_for_each_month() -> None:
    series = [one for section in answered().sections for one in section.series]
    assert {"capacity.held", "people.held", "money.occupied", "space.in_a_cell"} <= {
        one.key for one in series
    }
    assert {len(one.days) for one in series} == {len(one.bands) for one in series} == {12}
    assert str(series[0].days[0]) == "2026-01-31"


def test_who_is_held_may_be_shown_by_the_week() -> None:
    found = drawn(scenario(None), arrays(some()))
    told = project.held(found, weekly(365))
    assert [(one.key, one.of, len(one.days)) for one in told] == [
        ("capacity.held", "h", 53), ("people.held", "d", 53),
    ]  # fmt: skip
    assert (str(told[0].days[0]), told[0].bands[0].p95) == ("2026-01-07", 999)
    assert str(told[0].days[-1]) == "2026-12-31"


def test_no_answer_is_called_a_probability_or_confidence() -> None:
    text = msgspec.json.encode(answered()).decode().lower()
    assert "probab" not in text
    assert "confidence" not in text
    assert RANGE.lower() in text


def test_it_says_that_nobody_reviewed_the_law_and_when_rules_are_set_aside() -> None:
    one = answered()
    aside = drawn(scenario(fees(FLAT), rules="set_aside"), arrays(cohort()))
    assert (one.review, one.notices) == (NOT_REVIEWED, (RANGE,))
    assert project.answer(aside, LIBRARY).notices == (RANGE, SET_ASIDE)


def test_the_stamp_names_what_the_numbers_come_from() -> None:
    one, other = answered().stamp, project.stamp(scenario(None), plan(), 9, range(2, 5), result="x")
    assert (other.seed, other.first_draw, other.draws, other.result) == (9, 2, 3, "x")
    assert one.plan == other.plan
    assert one.scenario != other.scenario
    assert set(one.versions) == {"habeas", "numpy", "tzdata"}


def test_draws_that_are_not_as_many_as_the_stamp_says_are_refused() -> None:
    given = scenario(fees(FLAT))
    stamp = project.stamp(given, plan(), 1, range(3), result="r")
    with pytest.raises(SetupError) as refused:
        project.drawn(given, plan(), arrays(cohort(2)), LIBRARY, stamp)
    assert refused.value.code == "H828"


@pytest.mark.parametrize("name", ["values", "held.h", "flow.d"])
def test_draws_that_do_not_hold_what_the_plan_says_are_refused(name: str) -> None:
    found = {key: one for key, one in arrays(cohort()).items() if key != name}
    given = scenario(fees(FLAT))
    stamp = project.stamp(given, plan(), 1, range(1), result="r")
    with pytest.raises(SetupError) as refused:
        project.drawn(given, plan(), found, LIBRARY, stamp)
    assert refused.value.code == "H827"


def test_a_share_of_draws_is_told_as_a_count_of_them() -> None:
    fullest = np.full((4, 365), 20)
    fullest[1:, 100:] = 26  # 100 square metres: less than four each
    found = drawn(scenario(None, house=CELLS), arrays(cohort(4), cell_h=fullest))
    rows = [row for section in project.answer(found, LIBRARY).sections for row in section.rows]
    below = [row for row in rows if row.key == "space.first_day_below" and row.draws]
    assert {row.draws for row in below} == {3}
    assert {(row.band.p5, row.band.p95) for row in below if row.band} == {(100, 100)}


def compared() -> Comparison:
    later = some()
    later[:, 200:] += 100
    one = drawn(scenario(fees(GUARANTEED)), arrays(later))
    return project.compare(one, drawn(scenario(fees(FLAT)), arrays(some())))


def test_two_scenarios_are_compared_draw_by_draw() -> None:
    found = compared()
    row = next(one for one in found.rows if one.key == "money.person_days_billed")
    assert row.band is not None
    assert (row.band.p5, row.band.p95) == (100 * 165, 100 * 165)
    assert (row.draws, row.more, row.less) == (20, 20, 0)
    assert msgspec.json.decode(msgspec.json.encode(found), type=Comparison) == found


def test_they_part_on_the_first_day_on_which_not_as_many_are_held() -> None:
    told = {(one.key, one.of): one for one in compared().partings}
    held = told["people.held", "d"].band
    assert held is not None
    assert (held.p5, held.p95, told["people.held", "d"].draws) == (200, 200, 20)


def test_what_only_one_of_them_has_is_named() -> None:
    one = drawn(scenario(fees(FLAT), house=CELLS), arrays(some(), cell_h=some() // 10))
    found = project.compare(one, drawn(scenario(fees(FLAT)), arrays(some())))
    assert "space.most_in_a_cell h" in found.only_first
    assert found.only_second == ()


@pytest.mark.parametrize(("seed", "draws"), [(2, 20), (1, 19)])
def test_scenarios_of_another_chance_are_not_compared(seed: int, draws: int) -> None:
    one = drawn(scenario(fees(FLAT)), arrays(some()))
    other = drawn(scenario(fees(FLAT)), arrays(some(draws)), seed)
    with pytest.raises(SetupError) as refused:
        project.compare(one, other)
    assert refused.value.code == "H828"


def test_prices_are_those_of_the_scenario_or_of_the_agreement_that_it_names() -> None:
    named = scenario(None, deal={"agreement": "SE-EE"})
    assert project.prices(named, LIBRARY) == {"d": LIBRARY.agreement("SE-EE").fees}
    assert project.prices(scenario(None), LIBRARY) == {}
    assert (
        values(drawn(named, arrays(cohort())), "receiving.revenue") is None
    )  # no rate of the euro


def test_sums_of_two_currencies_are_not_taken_from_one_another() -> None:
    one = drawn(scenario(fees(FLAT)), arrays(some()))
    other = drawn(scenario(fees(FLAT, currency="EUR")), arrays(some()))
    row = next(each for each in project.compare(one, other).rows if each.key == "money.total")
    assert (row.band, row.draws, row.why) == (None, 0, "other_unit")
