"""What a register says for a projection: laws of stays, hazards, arrivals, and what is unknown."""

import math
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from custody_cases import piece, utc
from habeas.law.calendar import civil, day
from habeas.projection import measure, simulate
from habeas.projection.measure import Basis, Law, Spell
from habeas.projection.plan import Deal, House, Plan, Stream, Uncertain
from habeas.terms import EventKind

pytestmark = pytest.mark.usefixtures("compiled")

TODAY = 20_000
DAYS = 6000  # of a made world
BASIS = Basis(civil(TODAY), 7, "log.example/x")
RELEASED, DIED = EventKind.RELEASED.value, EventKind.DIED.value
Lengths = Sequence[tuple[int, bool]]  # days, and whether it was seen to end


def spells(lengths: Lengths, why: str = RELEASED) -> list[Spell]:
    """Stays of these lengths; one that is there still has lasted through the day before."""
    return [
        Spell(
            f"p{n}", "F", TODAY - 1 - days, None if not ended else TODAY - 1, why if ended else ""
        )
        for n, (days, ended) in enumerate(lengths)
    ]


def law(lengths: Lengths) -> Law:
    found = measure.law_of_stays(spells(lengths), BASIS)
    assert found is not None
    return found


# The law of stays


def to_the_right(lengths: Lengths) -> dict[int, Fraction]:
    """Efron's way (1967), with nothing of Kaplan's: who is cut off hands their weight on."""
    order = sorted(lengths, key=lambda one: (one[0], not one[1]))
    weight = [Fraction(1, len(order))] * len(order)
    still, found = Fraction(1), dict[int, Fraction]()
    for n, (days, ended) in enumerate(order):
        if ended:
            still -= weight[n]
            found[days] = still
        elif after := len(order) - n - 1:
            for m in range(n + 1, len(order)):
                weight[m] += weight[n] / after
    return found


SEEN = st.lists(st.tuples(st.integers(1, 12), st.booleans()), min_size=1, max_size=25)


@given(SEEN)
def test_it_is_what_handing_weight_to_the_right_gives(lengths: Lengths) -> None:
    found, wanted = measure.law_of_stays(spells(lengths), BASIS), to_the_right(lengths)
    if not wanted:
        assert found is None
        return
    assert found is not None
    assert [at for at, _ in found.steps] == sorted(wanted)
    for days, share in found.steps:
        assert share == pytest.approx(float(wanted[days]), abs=1e-12)


def test_the_published_example() -> None:
    """Remission under 6-MP (Freireich and others, 1963), in every book on the estimator."""
    ends = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    cut = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    found = law([(days, True) for days in ends] + [(days, False) for days in cut])
    wanted = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    assert {at: round(share, 3) for at, share in found.steps} == wanted
    assert (found.reach, found.quantile(0.5), found.quantile(0.6)) == (35, 23, None)
    assert found.staying(35) == pytest.approx(0.448, abs=1e-3)
    assert found.staying(36) is None


@given(st.lists(st.integers(0, 4000), max_size=30))
def test_where_everybody_is_there_still_nothing_is_known(days: list[int]) -> None:
    lengths = [(one, False) for one in days]
    assert measure.law_of_stays(spells(lengths), BASIS) is None


def test_an_end_that_is_not_asked_about_cuts_off() -> None:
    found = [*spells([(5, True)]), *spells([(3, True), (9, True)], DIED)]
    known = measure.law_of_stays(found, BASIS, frozenset({RELEASED}))
    assert known is not None
    assert (known.steps, known.ended, known.received) == (((5, 0.5),), 1, 3)
    assert measure.law_of_stays(found[1:], BASIS, frozenset({RELEASED})) is None


def test_what_nobody_has_seen_is_kept_to_the_end_and_not_invented() -> None:
    found = law([(10, True), (20, False), (20, False)])
    table = np.array(found.table())
    assert found.beyond() == pytest.approx(2 / 3)
    assert (table > 1000).mean() == pytest.approx(2 / 3, abs=1e-3)
    assert set(table.tolist()) == {9.5, measure.LONGEST - 0.5}
    assert found.left_after(5, 0.2) == 5
    assert found.left_after(5, 0.9) == measure.LONGEST


# Length bias


def world(law_: str, log_sd: float, table: list[float], batch: float = 1.0) -> bytes:
    def point(value: float) -> Uncertain:
        return Uncertain("", "point", value)

    one, none = point(1.0), point(0.0)
    stream = Stream(
        "s", 0, 5, point(4.0), none, one, one, point(900.0 if law_ == "lognormal" else 1.0), none,
        none, none, batch=batch, law=law_, log_sd=log_sd, table=table, from_arrival=True,
    )  # fmt: skip
    plan = Plan(
        DAYS, [0, DAYS], [House("h", [(0, 1 << 20)])], [Deal("d", [0])], [stream], {}, []
    )  # fmt: skip
    return msgspec.json.encode(plan)


def drawn(payload: bytes) -> list[Spell]:
    found, first = simulate.stays(payload, 3, 0), TODAY - DAYS
    return [
        Spell(str(n), "h", first + begin, None if out >= DAYS else first + out, RELEASED)
        for n, (begin, out) in enumerate(
            zip(found.t_in.tolist(), found.t_out.tolist(), strict=True)
        )
    ]


def test_admission_cohorts_recover_the_law_and_the_stock_does_not() -> None:
    """Ceil(lognormal, mean 900, log sd 0.6): E[L] = 900.5, mean full stay of those there 1,290."""
    found = drawn(world("lognormal", 0.6, []))
    known = measure.law_of_stays(found, BASIS)
    assert known is not None
    for share in (0.1, 0.25, 0.5, 0.75, 0.9):
        wanted = 900 * math.exp(0.6 * stats.norm.ppf(share) - 0.18)
        assert known.quantile(share) == pytest.approx(wanted, rel=0.03)
    steps = [(0, 1.0), *known.steps]
    mean = sum((b[0] - a[0]) * a[1] for a, b in pairwise(steps))
    assert mean == pytest.approx(900.5, rel=0.02)
    middle = TODAY - 3000
    there = [one for one in found if one.begin <= middle and (one.end or TODAY * 2) > middle]
    full = np.mean([(one.end or TODAY) - one.begin for one in there])
    assert full == pytest.approx(1290.28, rel=0.04)
    # Of those who left in the first years alone, the long stays are missing.
    early = [one.end - one.begin for one in found if one.end and one.end < TODAY - 5000]
    assert np.mean(early) < 600


def test_a_law_put_into_the_engine_comes_out_again() -> None:
    known = measure.law_of_stays(drawn(world("lognormal", 0.6, [])), BASIS)
    assert known is not None
    again = measure.law_of_stays(drawn(world("table", 0.0, list(known.table()))), BASIS)
    assert again is not None
    for share in (0.1, 0.25, 0.5, 0.75, 0.9):
        assert again.quantile(share) == pytest.approx(known.quantile(share), rel=0.03)


# Hazards and shares


@pytest.mark.parametrize("events", [0, 1, 2, 10, 200])
def test_the_range_of_a_count_is_that_of_another_library(events: int) -> None:
    low, high = measure.counted(events)
    assert low == pytest.approx(stats.chi2.ppf(0.05, 2 * events) / 2 if events else 0.0)
    assert high == pytest.approx(stats.chi2.ppf(0.95, 2 * events + 2) / 2)


def test_deaths_a_year_for_each_person_held() -> None:
    found = [*spells([(364, True)], DIED), *spells([(364, False)] * 3)]
    told = measure.hazard(found, measure.DIED, "died", BASIS)
    assert told is not None
    years = (364 + 3 * 365) / 365
    assert told.seen == 1
    assert told.value == pytest.approx(1 / years)
    nobody = measure.hazard(spells([(364, False)]), measure.DIED, "died", BASIS)
    assert nobody is not None
    assert nobody.value == nobody.low == 0.0
    assert nobody.high == pytest.approx(2.9957, abs=1e-3)
    assert measure.hazard([], measure.DIED, "died", BASIS) is None


def test_the_share_of_those_put_forward() -> None:
    told = measure.eligible(5, 10, BASIS)
    assert told is not None
    assert (told.value, round(told.low, 4), round(told.high, 4)) == (0.5, 0.2693, 0.7307)
    assert measure.eligible(0, 0, BASIS) is None
    sure = measure.eligible(20, 20, BASIS)
    assert sure is not None
    assert (sure.low < 0.9, sure.high) == (True, 1.0)


# Arrivals


def came(sizes: Sequence[int]) -> list[Spell]:
    """So many on each of the last days."""
    first = TODAY - len(sizes)
    return [
        Spell(f"{n}.{k}", "F", first + n, None, "")
        for n, size in enumerate(sizes)
        for k in range(size)
    ]


def arrivals(sizes: Sequence[int]) -> measure.Arrivals:
    found = measure.arrivals(came(sizes), civil(TODAY - len(sizes)), BASIS)
    assert found is not None
    return found


def test_flights_gather_people_and_make_no_month_more_uncertain() -> None:
    found = arrivals([10, 0, 0, 0, 0, 0, 0] * 52)
    assert found.a_day.value == pytest.approx(10 / 7)
    assert found.batch == pytest.approx(1.0)
    assert (found.group.value, found.group.seen) == (10.0, 52)
    assert found.spread == pytest.approx(520**-0.5)


def test_groups_that_come_by_chance_do() -> None:
    payload = world("fixed", 0.0, [], batch=7.0)
    days = Counter(simulate.stays(payload, 4, 0).t_in.tolist())
    sizes = [days[n] for n in range(DAYS)]
    found = arrivals(sizes)
    assert found.batch == pytest.approx(7, rel=0.2)
    assert found.a_day.low < 4.0 < found.a_day.high
    assert found.spread > 3 * found.a_day.seen**-0.5


def test_nobody_came() -> None:
    assert measure.arrivals(came([3]), civil(TODAY), BASIS) is None
    assert measure.arrivals([], civil(TODAY - 9), BASIS) is None


# Who is there


def test_what_happened_on_the_day_or_later_is_not_seen() -> None:
    zone = "Europe/Tallinn"  # in June the day begins at 21:00 in UTC
    held = [
        piece(utc("2027-01-01T12:00"), utc("2027-03-01T12:00"), "F", "a"),
        piece(utc("2027-03-01T12:00"), utc("2027-05-31T21:30"), "G", "a"),
        piece(utc("2027-05-31T20:30"), None, "F", "b"),
        piece(utc("2027-05-31T21:30"), None, "F", "c"),
        piece(utc("2027-01-01T12:00"), utc("2027-05-31T20:30"), "F", "d"),
    ]
    found = measure.spells(held, date(2027, 6, 1), zone)
    first, last = day(date(2027, 1, 1)), day(date(2027, 5, 31))
    assert [one[:4] for one in found] == [
        ("a", "G", first, None), ("b", "F", last, None), ("d", "F", first, last),
    ]  # fmt: skip
    ends = {"a": datetime(2027, 6, 10, 21, tzinfo=UTC), "c": datetime(2027, 7, 1, tzinfo=UTC)}
    stocks, unknown = measure.stocks(found, ends, zone, "x", Basis(date(2027, 6, 1), 9, "log"))
    assert [(one.facility, one.days_left, one.tree_size, one.log) for one in stocks] == [
        ("G", (10,), 9, "log")
    ]
    assert unknown == {"F": 1}


def test_how_long_before_the_end_people_leave() -> None:
    found = [*spells([(9, True)]), *spells([(9, True)], DIED), *spells([(9, False)])]
    ends = {
        "p0": datetime.combine(civil(TODAY + 29), datetime.min.time(), UTC) + timedelta(hours=9)
    }
    assert measure.leads(found[:1], ends, "UTC") == [30]
    assert measure.leads(found[1:], ends, "UTC") == []


def test_each_value_says_what_it_was_measured_from() -> None:
    told = arrivals([1] * 60).a_day.row()
    assert {"as_of": "2024-10-04", "tree_size": 7, "log": "log.example/x"}.items() <= told.items()
    assert Counter(law([(3, True)]).row()) == Counter(
        {"received": 1, "ended": 1, "reach_days": 3, "beyond_reach": 0.0, "p25": 3, "p50": 3,
         "p75": 3, "as_of": "2024-10-04", "tree_size": 7, "log": "log.example/x"}
    )  # fmt: skip
