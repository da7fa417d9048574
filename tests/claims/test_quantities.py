"""Quantities by facility and bucket: sums are exact, one-sided facilities listed, shifts found."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims import PRICE, RULE, TERMS, WINDOW, piece
from habeas.claims import quantities
from habeas.claims.claim import UNSTATED, Cells
from habeas.claims.custody_days import of_pieces
from habeas.claims.reconcile import Reconciliation
from habeas.claims.rules import Cause
from habeas.custody.bulk import Window
from habeas.law.calendar import day

Row = tuple[str, int, int]  # facility, day after the first of the window, count
DAYS = list(range(WINDOW.first, WINDOW.after + 1))


def cells(rows: list[Row], rate: int = UNSTATED, amount: int = UNSTATED) -> Cells:
    names = tuple(sorted({one[0] for one in rows}))
    place = np.array([names.index(one[0]) for one in rows], np.int64)
    bucket = np.array([WINDOW.first + one[1] for one in rows], np.int64)
    count = np.array([one[2] for one in rows], np.int64)
    none = np.full(count.size, UNSTATED, np.int64)
    numbers = np.arange(2, count.size + 2, dtype=np.int64)
    return Cells(
        names, place, bucket, count, none + rate + 1, none + amount + 1, none, none, numbers
    )


def compared(claim: list[Row], ours: list[Row], edges: list[int] | None = None) -> Reconciliation:
    side = quantities.of_series(cells(ours), TERMS)
    return quantities.compare(cells(claim), side, edges or DAYS, TERMS)


series = st.dictionaries(
    st.tuples(st.sampled_from("ABC"), st.integers(0, 27)), st.integers(1, 40), max_size=25
).map(lambda found: [(name, place, count) for (name, place), count in found.items()])


@given(series, series)
def test_lines_add_up_to_both_sides_whatever_they_are(claim: list[Row], ours: list[Row]) -> None:
    done = compared(claim, ours)
    claimed, held = sum(one[2] for one in claim), sum(one[2] for one in ours)
    lines = done.differing()
    assert sum(one.days for one in lines) == claimed - held
    assert done.total("claimed")[0] - done.total("register")[0] == claimed - held
    assert sum(one.minor or 0 for one in lines) == (claimed - held) * PRICE


@given(series)
def test_a_series_that_is_the_register_gives_no_difference(rows: list[Row]) -> None:
    done = compared(rows, rows)
    assert (done.differing(), done.diagnosis.gross) == ([], 0)


@given(series, st.sampled_from([1, -1]))
def test_moved_dates_are_found_and_explain_all(rows: list[Row], step: int) -> None:
    kept = [one for one in rows if 1 <= one[1] < 27]
    done = compared([(name, place + step, count) for name, place, count in kept], kept)
    if not done.differing():
        return
    best = done.diagnosis.best
    assert best is not None
    assert (best.change.rule.shift, best.over, best.under) == (step, 0, 0)
    assert set(done.by_cause()) == {Cause.DAY_BOUNDARY}


def test_facilities_on_one_side_are_listed_and_repeated_rows_are_duplicates() -> None:
    done = compared([("A", 3, 5), ("A", 3, 5), ("X", 3, 2)], [("A", 3, 5), ("Y", 4, 3)])
    assert (done.facilities_only_claim, done.facilities_only_register) == (("X",), ("Y",))
    assert {cause: one.net for cause, one in done.by_cause().items()} == {
        Cause.DUPLICATE: 5,
        Cause.MISSING: -1,
    }


def test_months_and_the_whole_period_are_sums_of_days() -> None:
    whole = [WINDOW.first, WINDOW.after]
    done = compared([("A", 0, 30)], [("A", n, 1) for n in range(28)], whole)
    assert [(one.days, one.cause, one.detail) for one in done.differing()] == [
        (2, Cause.NOT_EXPLAINED, "cause not established")
    ]


def test_custody_is_counted_as_the_agreement_counts_and_recounted_under_each_change() -> None:
    custody = of_pieces([piece("p", 2, 9), piece("q", 2, 9), piece("r", 20, 25, facility="B")])
    window = Window(WINDOW.first, WINDOW.after)
    side = quantities.of_custody(custody, replace(TERMS, window=window, rule=RULE))
    exact = quantities.compare(
        cells([("A", 0, 14), ("B", 0, 5)]), side, [window.first, window.after], TERMS
    )
    more = quantities.compare(
        cells([("A", 0, 16), ("B", 0, 6)]), side, [window.first, window.after], TERMS
    )
    assert exact.differing() == []
    best = more.diagnosis.best
    assert best is not None
    assert (best.change.term, best.explains, set(more.by_cause())) == (
        "convention",
        3,
        {Cause.COUNTING_RULE},
    )


@pytest.mark.parametrize(
    ("rate", "amount", "causes"),
    [
        (PRICE, 14 * PRICE, set()),
        (PRICE + 1, 14 * (PRICE + 1), {Cause.TIER}),
        (PRICE, 64_800, {Cause.ROUNDING}),
        (PRICE, 50, {Cause.PLAUSIBILITY}),
    ],
)
def test_rates_and_products_are_held_against_the_price(
    rate: int, amount: int, causes: set[Cause]
) -> None:
    ours = quantities.of_series(cells([("A", 0, 14)]), TERMS)
    edges = [day(date(2026, 2, 1)), WINDOW.after]
    done = quantities.compare(cells([("A", 0, 14)], rate, amount), ours, edges, TERMS)
    assert set(done.by_cause()) == causes
    assert done.total("claimed") == (14, amount)


@pytest.mark.parametrize("step", [1, -1])
def test_a_census_at_the_start_of_the_day_is_a_rule_like_another(step: int) -> None:
    rows = [("A", n, 3 + n % 5) for n in range(5, 20)]
    moved = [(name, place + step, count) for name, place, count in rows]
    start = replace(TERMS, rule=replace(RULE, shift=1))
    side = quantities.of_series(cells(rows), start)
    done = quantities.compare(cells(moved), side, DAYS, start)
    best = done.diagnosis.best
    if step == 1:
        assert (done.differing(), best) == ([], None)
        return
    assert done.diagnosis.tried[0].change.rule.shift == 0
    assert done.diagnosis.tried[0].change.words.startswith("taking the census at the end")


def test_a_census_at_the_start_of_the_day_counts_custody_a_day_later() -> None:
    custody = of_pieces([piece("p", 2, 9)])
    start = replace(TERMS, rule=replace(RULE, shift=1))
    side = quantities.of_custody(custody, start)
    done = quantities.compare(cells([("A", n, 1) for n in range(3, 10)]), side, DAYS, start)
    assert done.differing() == []
