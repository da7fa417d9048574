"""Random schedules of every kind of item, random headcounts, and the plain form as the oracle."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

import numpy as np
from hypothesis import strategies as st
from msgspec import structs

from habeas.fees.charge import charges
from habeas.fees.dues import Dues
from habeas.fees.line import Line
from habeas.fees.many import Daily, Heads, Many
from habeas.fees.quantity import Ints, Period, Quantities, months
from habeas.law.cited import Cite, Text
from habeas.law.schedule import (
    AdvanceGrant,
    AnnualLump,
    AtCost,
    Band,
    BandedPerDiem,
    CategoryRate,
    Credit,
    Deduction,
    FeeItem,
    Fees,
    Indexation,
    Lump,
    Milestone,
    MinimumGuarantee,
    PerDiem,
    PerDiemByCategory,
    PerUnit,
    Step,
    TakeOrPay,
    Tier,
    TieredAvailability,
    Withheld,
)
from habeas.units import Rounding

T, CITE = Text("t", "t"), (Cite("i", "1", "text"),)
Key = tuple[str, str, int, str]
Cells = dict[Key, tuple[Fraction, int | None]]

MINOR = st.one_of(st.integers(0, 20_000), st.integers(10**16, 10**18))
PERSONS = st.integers(0, 60)
FACILITIES: st.SearchStrategy[tuple[str, ...]]
FACILITIES = st.sampled_from([(), (), ("A",), ("B", "A"), ("nowhere",)])
DAYS = st.dates(date(2027, 11, 1), date(2028, 4, 30))
MAYBE = st.none() | PERSONS
ROUNDINGS: st.SearchStrategy[Rounding] = st.sampled_from(["half_up", "half_even"])
PLACES = [("",), ("A", "B"), ("A", "B", "")]


@st.composite
def band_rows(draw: st.DrawFn) -> tuple[tuple[Band, ...], int | None]:
    """Bands without gap or overlap, at prices or per mille of a base; and that base."""
    ends = sorted(draw(st.sets(st.integers(1, 60), min_size=1, max_size=3)))
    last = [*ends[:-1], draw(st.sampled_from([ends[-1], None]))]
    base = draw(st.none() | MINOR)
    return tuple(
        Band(
            first,
            CITE,
            end,
            draw(MINOR) if base is None else None,
            None if base is None else draw(st.integers(0, 1200)),
        )
        for first, end in zip([1, *(end + 1 for end in ends[:-1])], last, strict=True)
    ), base


@st.composite
def banded(draw: st.DrawFn) -> BandedPerDiem:
    """Bands of persons in all their forms."""
    bands, base = draw(band_rows())
    share = draw(st.none() | st.integers(0, 1000))
    return BandedPerDiem(
        "",
        T,
        bands,
        draw(st.sampled_from(["day", "period"])),
        CITE,
        base,
        draw(st.sampled_from(["marginal", "whole"])),
        draw(MAYBE) if share is None else None,
        share,
        draw(PERSONS) if share is not None else None,
        draw(st.sampled_from(["days", "money"])),
        draw(st.none() | DAYS),
        draw(FACILITIES),
    )


TIERS = (
    Tier(1, 20, CITE, minor_per_year=1_000_003),
    Tier(21, 40, CITE, minor_per_block_month=7_001, block_places=7),
    Tier(41, 50, CITE, minor_per_place_day=31),
)
RATES = (CategoryRate("adult", 101), CategoryRate("child", 203))
ITEMS: st.SearchStrategy[FeeItem] = st.one_of(
    banded(),
    st.builds(PerDiem, st.just(""), st.just(T), MINOR, st.just(CITE)),
    st.builds(MinimumGuarantee, st.just(""), st.just(T), MINOR, PERSONS, st.just(CITE), MAYBE),
    st.builds(
        PerDiemByCategory, st.just(""), st.just(T), st.just(RATES), st.just(CITE), FACILITIES
    ),
    st.builds(Withheld, st.just(""), st.just(T), *[st.just("x")] * 2, st.just(CITE), FACILITIES),
    st.builds(
        Credit, st.just(""), st.just(T), st.sampled_from(["CPT-2", "CPT-2", "other"]),
        st.sampled_from(["0", "0", "1", "2"]), st.integers(0, 1000), st.just(CITE),
        st.none() | st.integers(0, 300),
    ),
    st.builds(
        PerUnit, st.just(""), st.just(T), st.sampled_from(["trip", "?"]), MINOR, st.just(CITE)
    ),
    st.builds(
        Deduction, st.just(""), st.just(T), st.sampled_from(["post", "?"]), MINOR, st.just(CITE),
        st.none() | MINOR,
    ),
    st.builds(Milestone, st.just(""), st.just(T), MINOR, PERSONS, st.just(CITE)),
    st.builds(AtCost, st.just(""), st.just(T), st.just(CITE)),
    st.builds(TakeOrPay, st.just(""), st.just(T), MINOR, st.just(CITE), MAYBE),
    st.builds(
        AnnualLump, st.just(""), st.just(T), MINOR, st.just(CITE), MAYBE, st.none() | MINOR,
        st.sampled_from([(), (2028,)]),
    ),
    st.builds(
        Lump, st.just(""), st.just(T), MINOR, st.sampled_from(["once", "month", "not_stated"]),
        st.just(CITE), st.none() | DAYS,
    ),
    st.builds(
        AdvanceGrant, st.just(""), st.just(T), MINOR, PERSONS, st.just(12), st.just(CITE), DAYS
    ),
    st.builds(
        TieredAvailability, st.just(""), st.just(T), st.just(TIERS),
        st.sampled_from(["full", "pro_rata"]), st.just(CITE),
    ),
)  # fmt: skip


@st.composite
def deeds(draw: st.DrawFn) -> Fees:
    """What is given back, taken off, done, spent and reached, beside what is held."""
    few = st.integers(1, 50)
    items: tuple[FeeItem, ...] = (
        PerDiem("0", T, draw(few), CITE),
        Lump("1", T, draw(MINOR), "month", CITE),
        Credit(
            "2", T, "CPT-2", draw(st.sampled_from("01")), draw(st.integers(1, 1000)), CITE,
            draw(st.none() | st.integers(0, 300)),
        ),
        Deduction("3", T, "post", draw(few), CITE, draw(st.none() | st.integers(0, 100))),
        Milestone("4", T, draw(few), draw(PERSONS), CITE),
        PerUnit("5", T, "trip", draw(few), CITE),
        PerDiemByCategory("6", T, RATES, CITE),
    )  # fmt: skip
    return Fees("USD", 2, draw(ROUNDINGS), items)


@st.composite
def indices(draw: st.DrawFn) -> Indexation:
    """Steps on first days of months, or inside them; of all items or some."""
    inside = st.sampled_from([date(2027, 12, 16), date(2028, 2, 29)])
    firsts = st.sampled_from([date(2027, 12, 1), date(2028, 1, 1), date(2028, 3, 1)])
    days = draw(st.sets(draw(st.sampled_from([firsts, firsts, inside])), min_size=1, max_size=3))
    steps = tuple(
        Step(day, draw(st.sampled_from(["1.025", "0.5", "1.000000001"])), CITE)
        for day in sorted(days)
    )
    of = draw(st.sampled_from([(), (), ("0",), ("0", "2")]))
    return Indexation(2027, T, CITE, of, draw(st.sampled_from([None, 6])), steps)


INDICES: st.SearchStrategy[Indexation | None] = st.none() | indices() | indices()


@st.composite
def schedules(draw: st.DrawFn, of: st.SearchStrategy[FeeItem] = ITEMS) -> Fees:
    """One to four items, an index that moves some of them or all, and either rounding."""
    found = draw(st.lists(of, min_size=1, max_size=4))
    items = tuple(structs.replace(item, id=str(number)) for number, item in enumerate(found))
    return Fees("USD", 2, draw(ROUNDINGS), items, (), draw(INDICES))


@dataclass(frozen=True)
class Case:
    """The same quantities as the twin takes them, and as the plain form does."""

    period: Period
    many: Many
    plain: tuple[tuple[Quantities, ...], ...]  # by draw and month


@st.composite
def cases(draw: st.DrawFn, full: bool = False) -> Case:  # noqa: FBT001, FBT002 - as hypothesis asks
    """One or two draws of up to three months, by facility or not; full: all that can be said."""
    first = draw(st.dates(date(2027, 11, 20), date(2028, 2, 10)))
    period = Period(first, first + timedelta(days=draw(st.integers(1, 75))))
    draws, cells = draw(st.integers(1, 2)), months(period)

    def numbers(below: int, *shape: int) -> Ints:
        size = int(np.prod(shape))
        row = np.frombuffer(draw(st.binary(min_size=size, max_size=size)), np.uint8)
        return (row % below).astype(np.int64).reshape(shape)

    def of(below: int, names: Sequence[tuple[str, ...]], length: int) -> dict[str, Ints]:
        told = draw(st.sampled_from(names if full else [(), *names]))
        return {name: numbers(below, draws, length) for name in told}

    where = {name: numbers(40, draws, period.days) for name in draw(st.sampled_from(PLACES))}
    groups = of(30, [("adult",), ("adult", "child"), ("old",)], period.days)
    below = of(20, [("CPT-2",), ("CPT-2",)], period.days)
    units = of(5, [("trip", "post"), ("trip", "post")], len(cells))
    spent = of(200, [("0", "1", "2", "3")], len(cells))
    received = numbers(20, draws, len(cells)) if full or draw(st.booleans()) else None
    places = numbers(70, len(cells)) if draw(st.integers(0, 3)) else None
    before = draw(st.integers(0, 30))
    daily = sum(where.values(), np.zeros((draws, period.days), np.int64)).astype(np.int32)
    many = Many(
        by_month(daily, cells), daily, received, before, units, spent, places,
        heads({name: row for name, row in where.items() if name}, cells),
        heads(groups, cells), heads(below, cells),
    )  # fmt: skip

    def plain(number: int, month: int) -> Quantities:
        start = (cells[month].first - first).days
        days = slice(start, start + cells[month].days)
        earlier = 0 if received is None else int(received[number, :month].sum())
        return Quantities(
            cells[month],
            {name: row[number, days] for name, row in where.items()},
            places=None if places is None else int(places[month]),
            units={name: int(row[number, month]) for name, row in units.items()},
            by_category={name: row[number, days] for name, row in groups.items()},
            below={name: row[number, days] for name, row in below.items()},
            spent={name: int(row[number, month]) for name, row in spent.items()},
            received_before=before + earlier,
            received=0 if received is None else int(received[number, month]),
        )

    told = tuple(tuple(plain(n, m) for m in range(len(cells))) for n in range(draws))
    return Case(period, many, told)


def heads(table: dict[str, Ints], cells: list[Period]) -> dict[str, Heads]:
    return {name: Heads(by_month(row, cells), row) for name, row in table.items()}


def by_month(daily: Daily, cells: Sequence[Period]) -> Ints:
    starts = [(cell.first - cells[0].first).days for cell in cells]
    return np.stack(
        [
            daily[:, start : start + cell.days].sum(axis=1)
            for start, cell in zip(starts, cells, strict=True)
        ],
        axis=1,
    ).astype(np.int64)


def plain_lines(lines: Sequence[Line]) -> Cells:
    """Lines by what they are told apart by; those that are alike added up."""
    found: Cells = {}
    for line in lines:
        key = (line.item, line.kind, line.tier, line.unit)
        quantity, amount = found.get(
            key, (Fraction(0), 0 if line.amount_minor is not None else None)
        )
        added = None if amount is None or line.amount_minor is None else amount + line.amount_minor
        found[key] = (quantity + line.quantity, added)
    return found


def twin_lines(dues: Dues, draw: int, month: int) -> Cells:
    """The same of the twin."""
    return {
        row.key: (
            Fraction(int(row.quantity[draw, month]), int(row.parts[month])),
            None if row.amount is None else int(row.amount[draw, month]),
        )
        for row in dues.rows
        if row.there[draw, month]
    }


def assert_equal(each: Sequence[Fees], case: Case, dues: Dues) -> None:
    """Every line of every draw and month, the sums of each month, and what each draw comes to."""
    totals = dues.totals()
    for draw, (fees, plain) in enumerate(zip(each, case.plain, strict=True)):
        told = [line for one in plain for line in charges(fees, one)]
        amounts = [line.amount_minor for line in told]
        known = [amount for amount in amounts if amount is not None]
        for month, one in enumerate(plain):
            assert twin_lines(dues, draw, month) == plain_lines(charges(fees, one))
        assert int(dues.priced[draw]) == sum(known)
        assert totals[draw] == (sum(known) if len(known) == len(amounts) else None)
        parts = (dues.occupied, dues.paid_for_empty, dues.other)
        assert sum(int(one) for part in parts for one in part[draw]) == sum(known)
