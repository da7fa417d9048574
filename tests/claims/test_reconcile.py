"""Every kind of fault put into a true claim is found and named, and every sum is exact."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims import PRICE, RULE, TERMS, WINDOW, Row, at, claim, counted, found, piece, true_rows
from habeas.claims.claim import UNSTATED
from habeas.claims.custody_days import Piece, of_pieces
from habeas.claims.reconcile import Reconciliation
from habeas.claims.rules import Cause
from habeas.custody import days
from habeas.law.calendar import day
from habeas.terms import Convention


def names(done: Reconciliation) -> set[Cause]:
    return set(done.by_cause())


def exact(done: Reconciliation) -> bool:
    """The amounts and days of all causes add up to the claim less the recomputed sum."""
    claimed, held = done.total("claimed"), done.total("register")
    sums = done.by_cause().values()
    days = sum(one.net for one in sums)
    if claimed[1] is None or held[1] is None:
        return False
    money = sum(one.minor or 0 for one in sums)
    return (days, money) == (claimed[0] - held[0], claimed[1] - held[1])


@st.composite
def registers(draw: st.DrawFn) -> list[Piece]:
    """Persons with one to three stays, none touching another, some of them out of the window."""
    pieces = []
    for number in range(draw(st.integers(1, 8))):
        start = draw(st.integers(-4, 10))
        for _ in range(draw(st.integers(1, 3))):
            length = draw(st.integers(3, 8))
            facility = draw(st.sampled_from("AB"))
            pieces.append(piece(f"p{number}", start, start + length, facility=facility))
            start += length + draw(st.integers(4, 6))
    return pieces


def oracle(pieces: list[Piece], rows: list[Row]) -> tuple[int, int]:
    """Days over and under, from sets of person-days and facilities written out one by one."""
    held: Counter[tuple[str, str, int]] = Counter()
    for one in pieces:
        first, after = counted(one.start, one.end, RULE.convention, RULE.zone)
        for date_ in range(day(first), day(after)):
            if WINDOW.first <= date_ < WINDOW.after and one.status in RULE.billed:
                held[one.person, one.facility, date_] = 1
    asked: Counter[tuple[str, str, int]] = Counter()
    for row in rows:
        for date_ in range(WINDOW.first + row.first, WINDOW.first + row.after):
            if WINDOW.first <= date_ < WINDOW.after:
                asked[row.person, row.facility, date_] += 1
    return (asked - held).total(), (held - asked).total()


@given(registers())
def test_a_claim_that_is_the_register_gives_no_difference(pieces: list[Piece]) -> None:
    done = found(pieces, true_rows(pieces))
    assert (done.differing(), done.diagnosis.gross, done.only_claim, done.only_register) == (
        [],
        0,
        (),
        (),
    )


rows = st.builds(
    lambda who, first, length, where, amount, rate: Row(
        who, first, min(first + length, 28), UNSTATED, where, rate=rate, amount=amount
    ),
    st.sampled_from(["p0", "p1", "p2", "x"]),
    st.integers(0, 26),
    st.integers(1, 9),
    st.sampled_from("ABX"),
    st.sampled_from([UNSTATED, 0, 4625, 46_250, 46_200]),
    st.sampled_from([UNSTATED, PRICE, 5000]),
)


@given(registers(), st.lists(rows, max_size=8))
def test_over_and_under_are_those_of_sets_of_person_days(
    pieces: list[Piece], asked: list[Row]
) -> None:
    done = found(pieces, asked)
    sums = done.of_days()
    assert (sums.over, sums.under) == oracle(pieces, asked)


@given(registers(), st.lists(rows, max_size=8))
def test_the_amounts_of_all_causes_sum_to_claim_less_recomputed(
    pieces: list[Piece], asked: list[Row]
) -> None:
    done = found(pieces, asked)
    assert exact(done)
    stated = claim(asked)
    rate = [PRICE if one == UNSTATED else one for one in stated.rate.tolist()]
    days = [row.after - row.first for row in asked]
    amount = [
        product if one == UNSTATED else one
        for one, product in zip(
            stated.amount.tolist(), (d * r for d, r in zip(days, rate, strict=True)), strict=True
        )
    ]
    assert done.total("claimed") == (sum(days), sum(amount))


def lengthened(row: Row, days: int) -> Row:
    return replace(row, after=row.after + days, days=row.days + days)


def first_long(rows_: list[Row]) -> int:
    """A row in the middle of the window, with room on both sides."""
    places = [n for n, row in enumerate(rows_) if row.first > 1 and 5 <= row.after < 24]
    return places[0] if places else -1


FAULTS: dict[Cause, Callable[[Row], list[Row]]] = {
    Cause.DUPLICATE: lambda row: [row, row],
    Cause.OVERLAP: lambda row: [row, replace(row, first=row.first + 1, days=row.days - 1)],
    Cause.MISSING: lambda _: [],
    Cause.COUNTING_RULE: lambda row: [lengthened(row, 1)],
    Cause.DAY_BOUNDARY: lambda row: [
        replace(row, first=row.first + 1, after=row.after + 1, touched=row.after + 2)
    ],
    Cause.PLAUSIBILITY: lambda row: [replace(row, days=row.days + 40)],
    Cause.TIER: lambda row: [replace(row, rate=5000)],
    Cause.ROUNDING: lambda row: [replace(row, amount=-(-row.days * PRICE // 100) * 100)],
    Cause.ALIAS: lambda row: [replace(row, facility="Z")],
    Cause.NOT_EXPLAINED: lambda row: [lengthened(row, 3)],
}


@pytest.mark.parametrize("fault", FAULTS)
@given(pieces=registers())
def test_each_fault_in_a_true_claim_is_named(fault: Cause, pieces: list[Piece]) -> None:
    asked = true_rows(pieces)
    place = first_long(asked)
    if place < 0 or (fault is Cause.ROUNDING and not asked[place].days % 4):
        return
    wrong = FAULTS[fault](asked[place])
    done = found(pieces, [*asked[:place], *wrong, *asked[place + 1 :]])
    assert exact(done)
    assert {one.person for one in done.differing()} == {asked[place].person}
    assert names(done) == {fault}


def test_days_of_hospital_are_an_exclusion_and_bring_their_own_diagnosis() -> None:
    pieces = [
        one
        for number in range(5)
        for one in (
            piece(f"p{number}", 1, 6),
            piece(f"p{number}", 6, 9, status="hospital"),
            piece(f"p{number}", 9, 15),
        )
    ]
    done = found(pieces, [Row(f"p{number}", 1, 15, 14) for number in range(5)])
    best = done.diagnosis.best
    assert (names(done), done.of_days().over) == ({Cause.EXCLUSION}, 15)
    assert best is not None
    assert (best.change.words, best.explained_over) == ("billing days 'hospital'", 15)


def test_a_row_over_a_whole_stay_may_claim_its_billed_days_alone() -> None:
    pieces = [piece("p", 1, 6), piece("p", 6, 9, status="hospital"), piece("p", 9, 15)]
    done = found(pieces, [Row("p", 1, 15, 11)])
    assert done.differing() == []


def test_an_end_that_is_not_stated_is_named_on_either_side() -> None:
    left = [piece("p", 2, 9), piece("q", 2, 9)]
    done = found(left, [Row("p", 2, 28, 26, open=True), Row("q", 2, 9, 7)])
    assert [(one.person, one.cause, one.days) for one in done.differing()] == [
        ("p", Cause.OPEN, 19)
    ]
    still = replace(piece("p", 2, 40), open=True)
    done = found([still], [Row("p", 2, 9, 7)])
    assert [(one.cause, one.days, done.provisional) for one in done.differing()] == [
        (Cause.OPEN, -19, True)
    ]


def test_an_open_end_explains_nothing_that_lies_before_it() -> None:
    still = replace(piece("p", 2, 40), open=True)
    done = found([still], [Row("p", 6, 28, 22)])
    assert [(one.cause, one.days, one.detail) for one in done.differing()] == [
        (Cause.NOT_EXPLAINED, -4, "before the first day of the claim")
    ]


def test_a_number_that_nobody_mapped_is_proposed_as_an_alias_and_not_applied() -> None:
    done = found([piece("p", 2, 9)], [Row("other", 2, 9, 7)])
    assert (names(done), done.of_days().gross, done.of_days().net) == ({Cause.ALIAS}, 14, 0)
    assert (done.only_claim, done.only_register) == (("other",), ("p",))
    done = found([piece("p", 2, 9)], [Row("other", 2, 10, 8)])
    assert names(done) == {Cause.MISSING}


@given(registers(), st.sampled_from([Convention.CALENDAR]))
def test_a_claim_by_another_convention_is_diagnosed(
    pieces: list[Piece], convention: Convention
) -> None:
    asked = true_rows(pieces, replace(RULE, convention=convention))
    done = found(pieces, asked)
    best = done.diagnosis.best
    if done.of_days().gross == 0:
        return
    assert best is not None
    assert (best.over, best.under, names(done)) == (0, 0, {Cause.COUNTING_RULE})
    assert best.change.rule.convention is convention or best.moved == done.of_days().gross


@given(registers(), st.sampled_from([1, -1]))
def test_a_claim_with_shifted_dates_is_diagnosed(pieces: list[Piece], step: int) -> None:
    inside = piece("", 1, 2).start, piece("", 1, 26).end
    moved = [one for one in pieces if inside[0] <= one.start and one.end <= inside[1]]
    asked = [
        replace(row, first=row.first + step, after=row.after + step) for row in true_rows(moved)
    ]
    done = found(moved, asked)
    best = done.diagnosis.best
    if not asked:
        return
    assert best is not None
    assert (best.change.rule.shift, best.over, best.under) == (step, 0, 0)
    assert names(done) == {Cause.DAY_BOUNDARY}


def test_a_tie_is_told() -> None:
    # One night, claimed with the day of departure: min1 would not, calendar would; of a stay within
    # one day both would.
    done = found([piece("p", 2, 2.3)], [Row("p", 2, 2, 1, touched=3)])
    words = [one.change.term for one in done.diagnosis.tried if one.explains == 1]
    assert "convention" in words


def test_a_register_that_holds_a_person_twice_bills_the_day_once_and_says_so() -> None:
    twice = [piece("p", 2, 9), piece("p", 5, 12, facility="B")]
    done = found(twice, [Row("p", 2, 9, 7), Row("p", 9, 12, 3, "B")])
    assert (done.of_days().gross, done.overlapping) == (0, 4)


def test_rows_beyond_the_window_are_unknown_and_counted_apart() -> None:
    done = found([piece("p", 2, 9)], [Row("p", 2, 9, 7), Row("p", 40, 45, 5)])
    assert (done.differing(), done.outside, done.outside_days) == ([], 1, 5)


def test_without_a_price_days_are_compared_and_money_is_unknown() -> None:
    done = found([piece("p", 2, 9)], [Row("p", 2, 12, 10)], replace(TERMS, price=None))
    assert (done.of_days().over, done.of_days().over_minor, done.total("claimed")) == (
        3,
        None,
        (10, None),
    )


ZONES = ["America/El_Salvador", "Europe/Tallinn", "America/New_York", "Pacific/Apia", "UTC"]
COUNTED = [one for one in Convention if one is not Convention.HOURS]


@given(
    st.integers(0, 900 * 86_400),
    st.lists(st.integers(1, 6 * 86_400), min_size=1, max_size=4),
    st.sampled_from(COUNTED),
    st.sampled_from(ZONES),
)
def test_the_recount_is_that_of_the_plain_definition(
    start: int, lengths: list[int], convention: Convention, zone: str
) -> None:
    ends = [at(0) + timedelta(seconds=start + sum(lengths[:n])) for n in range(len(lengths) + 1)]
    pieces = [Piece("p", f"F{n}", "held", a, b) for n, (a, b) in enumerate(pairwise(ends))]
    first, after = of_pieces(pieces).days(replace(RULE, convention=convention, zone=zone))
    whole = days.quantity(ends[0], ends[-1], convention, zone)
    assert int((after - first).sum()) == whole
    assert first[1:].tolist() == after[:-1].tolist()
    for one, begins in zip(pieces, first.tolist(), strict=True):
        assert begins == day(days.civil_day(one.start, zone))


@pytest.mark.parametrize("convention", [Convention.MIN1, Convention.BLOCK24])
def test_a_claim_by_blocks_or_with_a_day_at_least_is_diagnosed(convention: Convention) -> None:
    starts = [at(n % 9, 2 + 9 * (n % 3)) for n in range(24)]
    pieces = [
        Piece(f"p{n}", "A", "held", start, start + timedelta(hours=5 + 20 * (n // 3 % 4)))
        for n, start in enumerate(starts)
    ]
    rule = replace(RULE, convention=convention)
    first, after = of_pieces(pieces).days(rule)
    order = sorted(pieces, key=lambda one: one.person)
    asked = [
        Row(one.person, a - WINDOW.first, b - WINDOW.first, b - a, touched=b - WINDOW.first)
        for one, a, b in zip(order, first.tolist(), after.tolist(), strict=True)
    ]
    done = found(pieces, asked)
    best = done.diagnosis.best
    assert best is not None
    assert (best.change.rule.convention, best.over, best.under) == (convention, 0, 0)
    assert names(done) == {Cause.COUNTING_RULE}


@pytest.mark.parametrize(
    ("first", "after", "held"),
    [(-4, 0, 0), (-4, 1, 1), (-1, 0, 0), (0, 0, 1), (27, 29, 1), (27, 27, 1), (26, 27, 1)],
)
def test_a_stay_that_ends_where_the_window_begins_is_no_stay_within_one_day(
    first: int, after: int, held: int
) -> None:
    terms = replace(TERMS, rule=replace(RULE, convention=Convention.MIN1))
    pieces = [Piece("p1", "A", "held", at(first, 10), at(after, 12))]
    done = found(pieces, [Row("p1", first, after)], terms)
    assert (done.total("claimed")[0], done.total("register")[0]) == (held, held)
    assert done.differing() == []
