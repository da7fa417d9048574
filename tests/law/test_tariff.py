"""A schedule that would bill twice, or not at all, is refused before anyone is charged by it."""

from datetime import date
from typing import Any

import pytest
from msgspec import structs

from habeas.law.cited import Cite, Text
from habeas.law.library import Library
from habeas.law.schedule import (
    Band,
    BandedPerDiem,
    CategoryRate,
    Counting,
    Credit,
    FeeItem,
    Fees,
    Indexation,
    Lump,
    PerDiem,
    PerDiemByCategory,
    Step,
    Tier,
    TieredAvailability,
)
from habeas.law.tariff import faults

DEAL, CITE, T = Library().agreement("SE-EE"), (Cite("i", "1", "text"),), Text("t", "t")
TEXT = """\
[fees]
[[fees.items]]
id = "one"
[[fees.items]]
id = "two"
[[fees.items.bands]]
"""
PRICE = PerDiem("one", T, 100, CITE)


def banded(*bands: Band, base: int | None = None) -> BandedPerDiem:
    return BandedPerDiem("two", T, bands, "day", CITE, base)


def band(first: int, last: int | None, price: int | None = 5, share: int | None = None) -> Band:
    return Band(first, CITE, last, price, share)


def told(*items: FeeItem, indexation: Indexation | None = None) -> list[tuple[str, int]]:
    fees = Fees(currency="EUR", exponent=2, rounding="half_up", items=items, indexation=indexation)
    deal = structs.replace(DEAL, fees=fees)
    return [(one.code, one.line) for one in faults(TEXT, deal, "x.toml")]


@pytest.mark.parametrize(
    ("bands", "codes"),
    [
        ([band(1, 5), band(6, None)], []),
        ([band(1, 5), band(5, 9)], ["H701"]),
        ([band(1, None), band(6, 9)], ["H701"]),
        ([band(1, 5), band(7, 9)], ["H702"]),
        ([band(2, 5)], ["H702"]),
        ([band(1, 5), band(6, 4)], ["H703"]),
        ([band(1, 5, price=None)], ["H704"]),
        ([band(1, 5, share=900)], ["H704"]),
        ([band(1, 5), band(3, 2), band(9, 9)], ["H701", "H703", "H702"]),
    ],
)
def test_every_fault_of_the_bands_is_told_with_its_line(
    bands: list[Band], codes: list[str]
) -> None:
    assert told(PRICE, banded(*bands, base=7)) == [(code, 6) for code in codes]


def test_a_share_needs_a_price_that_it_is_a_share_of() -> None:
    assert told(PRICE, banded(band(1, None, price=None, share=900))) == [("H704", 6)]


def credit(of: str) -> Credit:
    return Credit("space", T, "CPT-2", of, 100, CITE)


def test_a_credit_names_an_item_above_it() -> None:
    assert told(PRICE, credit("one")) == []
    assert [code for code, _ in told(PRICE, credit("two"))] == ["H706"]
    assert [code for code, _ in told(credit("one"), PRICE)] == ["H706"]


def index(*days: int, items: tuple[str, ...] = ()) -> Indexation:
    steps = tuple(Step(date(2027, 1, day), "1.1", CITE) for day in days)
    return Indexation(2026, T, CITE, items, None, steps)


@pytest.mark.parametrize(
    ("indexation", "codes"),
    [
        (index(1, 2), []),
        (index(2, 1), ["H707"]),
        (index(1, 1), ["H707"]),
        (index(1, items=("one",)), []),
        (index(1, items=("none",)), ["H706"]),
    ],
)
def test_steps_follow_one_another_and_apply_to_what_is_there(
    indexation: Indexation, codes: list[str]
) -> None:
    assert told(PRICE, indexation=indexation) == [(code, 1) for code in codes]


LUMP = Lump("lump", T, 5, "month", CITE)
RATES = (CategoryRate("adult", 5), CategoryRate("adult", 6))


@pytest.mark.parametrize(
    ("items", "codes"),
    [
        ((PRICE, structs.replace(LUMP, id="one")), ["H706"]),
        ((PRICE, credit("one"), credit("one")), ["H706"]),
        ((banded(),), ["H704"]),
        ((TieredAvailability("one", T, (), "full", CITE),), ["H704"]),
        ((TieredAvailability("one", T, (Tier(1, 9, CITE, None, 50),), "full", CITE),), ["H704"]),
        ((PerDiemByCategory("one", T, RATES, CITE),), ["H701"]),
        ((PerDiemByCategory("one", T, RATES[:1], CITE), LUMP), []),
    ],
)
def test_what_would_be_billed_twice_or_not_at_all_is_refused(
    items: tuple[FeeItem, ...], codes: list[str]
) -> None:
    assert [code for code, _ in told(*items)] == codes


ZERO = Step(date(2027, 1, 1), "0.00", CITE)
HELD = Counting("held", "billed", T)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"counting": (HELD, structs.replace(HELD, treat="not_billed"))}, "H701"),
        ({"counting": (Counting("past_release_date", "billed", T),)}, "H764"),
        ({"indexation": structs.replace(index(), steps=(ZERO,))}, "H707"),
    ],
)
def test_terms_that_would_move_every_amount_are_refused(change: dict[str, Any], code: str) -> None:
    fees = structs.replace(Fees("EUR", 2, "half_up", (PRICE,)), **change)
    assert [one.code for one in faults(TEXT, structs.replace(DEAL, fees=fees), "x")] == [code]
