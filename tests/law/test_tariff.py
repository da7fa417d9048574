"""A schedule that would bill twice, or not at all, is refused before anyone is charged by it."""

from datetime import date

import pytest
from msgspec import structs

from habeas.law.cited import Cite, Text
from habeas.law.library import Library
from habeas.law.schedule import (
    Band,
    BandedPerDiem,
    Credit,
    FeeItem,
    Fees,
    Indexation,
    PerDiem,
    Step,
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
