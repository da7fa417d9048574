"""A scenario that starts from a register: who is in it, who is not, and that it reads back."""

import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custody_cases import piece
from habeas.custody.intervals import Interval
from habeas.errors import SetupError
from habeas.projection import simulate
from habeas.projection.result import Actual
from habeas.projection.scenario import Deal, Scenario, Stock
from habeas.service import agree, hold, projecting, projection_actual, projection_stock
from habeas.service import scenario as service
from habeas.service.issues import Earlier
from habeas.statistics.tables import Key, Row
from habeas.terms import Side
from projected_cases import projection
from scenario_cases import SMALL, library, scenario

TEXT = SMALL[: SMALL.index("[[measured.stock]]")] + SMALL[SMALL.index("[[assumed.streams]]") :]
FIRST = date(2026, 1, 1)  # of the scenario, in El Salvador: six hours behind UTC
MIDNIGHT = datetime(2026, 1, 1, 6, tzinfo=UTC)
DEAL = agree.library().agreement("OAS-A57")
LOG = "log.example/x"


def asked(text: str = TEXT) -> tuple[Scenario, Deal]:
    found = scenario(text)
    return found, found.given.deals[0]


def stay(subject: str, facility: str = "house", since: int = 40) -> Interval:
    one = piece(MIDNIGHT - timedelta(days=since), None, facility, subject)
    return replace(one, agreement="OAS-A57")


def measured(
    *intervals: Interval, ends: Mapping[str, datetime] | None = None, text: str = TEXT
) -> tuple[Stock, ...]:
    found, deal = asked(text)
    held = hold.Held(intervals, 12, ends or {})
    return projection_stock.stocks(hold.Register(DEAL, held, ""), found, deal, LOG)


def test_who_has_left_who_comes_later_and_who_is_of_another_agreement_is_not_there() -> None:
    gone = replace(stay("gone"), end=MIDNIGHT - timedelta(seconds=1), reason_out="custody.died")
    there = stay("there")
    leaves = replace(stay("leaves"), end=MIDNIGHT + timedelta(days=3), reason_out="custody.died")
    later, other = stay("later", since=0), replace(stay("other"), agreement="SE-EE")
    home = replace(stay("home"), custodian=Side.SENDING)
    ends = {one: MIDNIGHT + timedelta(days=9) for one in ("gone", "there", "later", "other")}
    found = measured(gone, there, leaves, later, other, home, ends=ends)
    assert found == (Stock("deal", "house", FIRST, 12, LOG, (9,), end_unknown=1),)


def test_an_end_that_nobody_knows_is_counted_and_never_a_number() -> None:
    ends = {"a": MIDNIGHT + timedelta(days=5), "late": MIDNIGHT - timedelta(days=30)}
    found = measured(stay("a"), stay("b"), stay("c"), stay("late"), ends=ends)
    assert (found[0].days_left, found[0].end_unknown) == ((0, 5), 2)
    told = " / ".join(projection_stock.said(found))
    assert "4 held under deal at house" in told
    assert "of these, 1 have no day left" in told
    assert "of 2 the register knows no end" in told


def test_people_stand_in_the_facility_that_bears_the_register_s_name() -> None:
    found = measured(stay("a"), stay("b", "CECOT"), stay("c", "wing"), stay("d", ""))
    assert {one.facility: one.end_unknown for one in found} == {"house": 2, "wing": 2}
    assert measured() == (Stock("deal", "house", FIRST, 12, LOG, ()),)
    with pytest.raises(SetupError, match="'elsewhere', which is no facility of 'deal'") as told:
        measured(stay("a", "elsewhere"))
    assert told.value.code == "H847"


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 20_000), max_size=60), st.integers(0, 9), st.sampled_from("01"))
def test_what_is_written_reads_back_equal(days: list[int], unknown: int, grouped: str) -> None:
    found, _ = asked()
    one = Stock("deal", "wing", FIRST, 7, 'log "é"\\x', tuple(days), int(grouped), unknown)
    made = projection_stock.with_stock(TEXT, "x.toml", (one,), library())
    assert made.startswith(TEXT.rstrip("\n"))
    back = service.checked(made, "x.toml", library())
    assert back.measured.stock == (one,)
    assert msgspec.structs.replace(back, measured=found.measured) == found
    assert tomllib.loads(made)["measured"]["stock"][0]["days_left"] == days


@pytest.mark.parametrize("layer", ["measured = {}", "[measured]\nstock = []"])
def test_a_layer_to_which_nothing_can_be_added_is_said(layer: str) -> None:
    text = TEXT.replace("[given]\n", f"{layer}\n[given]\n", 1)
    one = Stock("deal", "house", FIRST, 7, LOG, (1,))
    with pytest.raises(SetupError) as told:
        projection_stock.with_stock(text, "x.toml", (one,), library())
    assert told.value.code == "H847"


def test_a_scenario_that_says_who_is_there_is_not_told_twice() -> None:
    with pytest.raises(SetupError, match="already says who is held under 'deal'"):
        projection_stock.deal_of(scenario(SMALL), "OAS-A57", "")
    with pytest.raises(SetupError, match=r"no deal under SE-EE; its deals are deal \(OAS-A57\)"):
        projection_stock.deal_of(scenario(TEXT), "SE-EE", "")
    with pytest.raises(SetupError, match="no deal 'deal' under SE-EE"):
        projection_stock.deal_of(scenario(TEXT), "SE-EE", "deal")


@settings(max_examples=5, deadline=None)
@given(st.lists(st.integers(0, 700), min_size=1, max_size=30), st.integers(0, 5))
def test_the_stock_leaves_at_its_ends_and_the_unknown_stay(days: list[int], unknown: int) -> None:
    """Without hazards the course is known, up to the recall of everybody: an own count of it."""
    one = Stock("deal", "house", FIRST, 7, LOG, tuple(days), end_unknown=unknown)
    died = 'died_a_year = {about = 0.002, spread = 0.2, source = "assumption"}\n'
    quiet = TEXT.replace("returned_a_year = 0.02\n", "").replace(died, "")
    made = projection_stock.with_stock(quiet, "x.toml", (one,), library())
    ready = service.ready(made, "x.toml", library())
    assert [held.stream for held in ready.plan.stock] == [0]
    assert sum(left > ready.plan.days for left in ready.plan.stock[0].days_left) == unknown
    drawn = simulate.run(projecting.payload(ready), 3, 0, 2)["stock.deal"]
    recall = (date(2027, 5, 1) - FIRST).days
    expected = [
        unknown + sum(left > day for left in days) if day < recall else 0
        for day in range(ready.plan.days)
    ]
    assert (drawn == expected).all()


def test_the_hazards_of_the_first_stream_hold_for_who_is_there() -> None:
    one = Stock("deal", "house", FIRST, 7, LOG, (), end_unknown=400)
    text = TEXT.replace("returned_a_year = 0.02", "returned_a_year = 1.0", 1)
    made = projection_stock.with_stock(text, "x.toml", (one,), library())
    payload = projecting.payload(service.ready(made, "x.toml", library()))
    left = simulate.run(payload, 3, 0, 8)["stock.deal"][:, 365].mean() / 400
    assert left == pytest.approx(np.exp(-1.0), abs=0.05)


@given(st.lists(st.integers(0, 9000), min_size=5, max_size=80))
def test_behind_every_number_that_is_published_stand_five_persons(days: list[int]) -> None:
    one = Stock("deal", "house", FIRST, 7, LOG, tuple(sorted(days)))
    (made,) = projection_stock.grouped([one])
    assert min(Counter(made.days_left).values()) >= 5
    assert len(made.days_left) == len(days)
    assert abs(sum(made.days_left) - sum(days)) <= len(days) / 2
    assert made.grouped == 5


@pytest.mark.parametrize(("days", "unknown"), [((1, 2, 3, 4), 0), ((), 1), ((1,) * 9, 4)])
def test_of_fewer_nothing_is_published(days: tuple[int, ...], unknown: int) -> None:
    with pytest.raises(SetupError) as told:
        projection_stock.grouped([Stock("deal", "house", FIRST, 7, LOG, days, 0, unknown)])
    assert told.value.code == "H848"


def issue(month: str, number: int, **counts: int | None) -> Earlier:
    """Persons of the receiving state's custody, by `dYYYYMMDD`, in all and at the house."""
    told = dict[Key, int | None]()
    for name, value in counts.items():
        day = f"{name[1:5]}-{name[5:7]}-{name[7:]}"
        told |= {Key(day, Row("receiving", place), "stock"): value for place in ("", "house")}
    return Earlier("OAS-A57", LOG, month, number, 50 + number, told, "", month)


ISSUED = [
    issue("2026-01", 2, d20260101=9, d20260201=12),
    issue("2026-01", 1, d20260101=8, d20260201=11),
    issue("2026-02", 1, d20260201=12, d20260301=None),
    replace(issue("2026-03", 1, d20260401=99), agreement="SE-EE"),
]


def test_a_public_line_tells_what_was_published_and_withholds_what_was_withheld() -> None:
    found = projection_actual.published(ISSUED, "OAS-A57", *asked())
    assert found is not None
    assert (found.until, found.untold, found.tree_size) == (date(2026, 3, 1), 1, 52)
    points = {n: value for n, value in enumerate(found.whole) if value is not None}
    assert points == {30: 12}  # the end of January, by its latest issue
    assert found.houses == {"house": found.whole}
    assert projection_actual.published([], "OAS-A57", *asked()) is None


@pytest.mark.parametrize(("persons", "issued"), [(8, ISSUED), (9, ISSUED[2:]), (9, [])])
def test_a_stock_that_was_not_told_is_not_published(persons: int, issued: list[Earlier]) -> None:
    one = Stock("deal", "house", FIRST, 7, LOG, (400,) * 9)
    named = projection_stock.places(*asked())
    projection_actual.told_before([one], ISSUED, "OAS-A57", named)
    bad = msgspec.structs.replace(one, days_left=(400,) * persons)
    with pytest.raises(SetupError) as told:
        projection_actual.told_before([bad], issued, "OAS-A57", named)
    assert told.value.code == "H848"


def test_an_officer_s_line_is_the_count_of_each_day() -> None:
    found, deal = asked()
    left = replace(stay("b"), end=MIDNIGHT + timedelta(days=2, hours=1), reason_out="custody.died")
    moved = replace(stay("c", "wing", since=-3), end=None)
    register = hold.Register(DEAL, hold.Held((stay("a"), left, moved), 90, {}), "")
    told = projection_actual.known(register, found, deal, date(2026, 1, 6))
    assert told is not None
    assert told.whole == (2, 2, 1, 2, 2)
    assert told.houses == {"house": (2, 2, 1, 1, 1), "wing": (0, 0, 0, 1, 1)}
    assert projection_actual.known(register, found, deal, FIRST) is None


def test_no_line_is_drawn_where_it_would_be_a_part_only() -> None:
    plain = projection()
    place, deals = plain.people[0].id, plain.scenario.given.deals
    actual = Actual(deals[0].id, FIRST, 9, (1,), {place: (1,)}, published=False)
    told = projection_actual.drawn_over(plain, actual, projecting.words())
    assert [one.actual for one in told.people if one.id == place] == [(1,)]
    assert "9" in told.notes[-1].en
    assert "9" in told.notes[-1].es
    more = msgspec.structs.replace(deals[0], id="more")
    both = msgspec.structs.replace(plain.scenario.given, deals=(*deals, more))
    shared = replace(plain, scenario=msgspec.structs.replace(plain.scenario, given=both))
    told = projection_actual.drawn_over(shared, actual, projecting.words())
    assert not any(one.actual for one in told.people)
