"""Fees of a year on published schedules and headcounts of another system, in exact cents.

It applies the schedule of December 2015 to the fiscal year before it: a test vector, not history.
"""

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from msgspec import structs

from habeas.fees.charge import charges
from habeas.fees.line import Line
from habeas.fees.quantity import Ints, Period, Quantities
from habeas.fees.rate_text import Reader, disjoint, shared
from habeas.law.schedule import BandedPerDiem, FeeItem, Fees, Lump, PerDiemByCategory, Withheld
from habeas.law.tariff import band_faults, edges

FY15 = Period(date(2014, 10, 1), date(2015, 10, 1))


@dataclass(frozen=True)
class Year:
    """The list of 2015 and the headcounts of the fiscal year before it."""

    texts: dict[str, str]
    items: dict[str, tuple[FeeItem, ...]]
    daily: dict[str, Ints]
    opened: dict[str, date]  # first day in the whole series

    def priced(self) -> dict[str, BandedPerDiem]:
        """Facilities with flat or banded prices alone."""
        return {
            name: items[0]
            for name, items in self.items.items()
            if len(items) == 1 and isinstance(items[0], BandedPerDiem)
        }


@pytest.fixture(scope="module")
def year(real_data: Path) -> Year:
    folder = real_data / "ice-custody"
    with (folder / "facilities_2015.csv").open(encoding="utf-8", newline="") as file:
        texts = {row["facility"]: row["per_diem_text"] for row in csv.DictReader(file)}
    items = {name: Reader(name, ()).items(text) for name, text in texts.items()}
    series = pq.read_table(folder / "midnight_uwchr_2005_2024.parquet")
    wanted = {
        one for item in items.values() for part in item for one in getattr(part, "facilities", ())
    }
    names = series.column("facility").to_pylist()
    days = np.asarray(series.column("date").cast("int32"))
    counts = np.asarray(series.column("midnight"))
    start = (FY15.first - date(1970, 1, 1)).days
    daily = {name: np.zeros(FY15.days, dtype=np.int64) for name in wanted}
    first: dict[str, int] = {}
    for name, day, count in zip(names, days.tolist(), counts.tolist(), strict=True):
        if name in wanted:
            first[name] = min(day, first.get(name, day))
            if 0 <= day - start < FY15.days:
                daily[name][day - start] = count
    opened = {name: date.fromordinal(day + 719_163) for name, day in first.items()}
    return Year(texts, items, daily, opened)


def charged(year: Year, items: Iterable[BandedPerDiem]) -> list[Line]:
    fees = Fees(currency="USD", exponent=2, rounding="half_up", items=tuple(items))
    return charges(fees, Quantities(FY15, year.daily))


def days(lines: Iterable[Line], kind: str) -> int:
    return int(sum(line.quantity for line in lines if line.kind == kind))


def dollars(lines: Iterable[Line]) -> str:
    cents = sum(line.amount_minor or 0 for line in lines)
    return f"{cents // 100:,}.{cents % 100:02}"


@pytest.mark.real
def test_t5_every_price_text_of_the_list_is_read_as_a_typed_value(year: Year) -> None:
    kinds = Counter(tuple(type(one).__name__ for one in items) for items in year.items.values())
    assert kinds == {
        ("BandedPerDiem",): 202,
        ("Withheld",): 4,
        ("PerDiemByCategory",): 2,
        ("Lump", "BandedPerDiem"): 1,
    }
    odd = [text for text in year.texts.values() if not text.replace(".", "").isdigit()]
    assert (len(odd), len(set(odd))) == (24, 20)
    lump, unit = year.items["WCCPBFL"]
    assert isinstance(lump, Lump)
    assert isinstance(unit, BandedPerDiem)
    assert (lump.minor, lump.per, unit.bands[0].minor_per_person_day) == (
        190_062_000,
        "not_stated",
        721,
    )
    by_category = year.items["CARJAMN"][0]
    assert isinstance(by_category, PerDiemByCategory)
    assert [(one.category, one.minor_per_person_day) for one in by_category.rates] == [
        ("Adult", 7_000),
        ("Juvenile", 14_500),
    ]
    withheld = year.items["STCDFTX"][0]
    assert isinstance(withheld, Withheld)
    assert withheld.under == "B4"


@pytest.mark.real
def test_t5_r12_bands_that_overlap_are_refused_and_named(year: Year) -> None:
    refused = {
        name: [fault.code for fault in band_faults(name, edges(item))]
        for name, item in year.priced().items()
    }
    assert {name: codes for name, codes in refused.items() if codes} == {
        "HOUICDF": ["H701"],
        "PIC": ["H701"],
    }


@pytest.mark.real
def test_t5_the_right_reading_of_a_year_of_fees(year: Year) -> None:
    scopes = shared(list(year.priced().values()))
    items = [
        structs.replace(
            disjoint(item),
            id="+".join(item.facilities),
            guaranteed_from=min(
                year.opened[name] for name in item.facilities if name in year.opened
            )
            if item.guaranteed_persons
            else None,
        )
        for item in scopes
    ]
    lines = charged(year, items)
    beyond = {
        name: int(
            sum(one.quantity for one in lines if one.item == name and one.kind == "not_priced")
        )
        for name in ("PIC", "MONROFL")
    }
    assert len(scopes) == 201
    assert days(lines, "occupied") + days(lines, "not_priced") == 7_776_158
    assert days(lines, "paid_for_empty") == 216_203
    assert days(lines, "not_priced") == 155
    assert days(lines, "occupied") + days(lines, "paid_for_empty") == 7_992_206
    assert beyond == {"PIC": 148, "MONROFL": 7}
    assert dollars(lines) == "738,627,090.60"


@pytest.mark.real
def test_t5_what_a_naive_reading_makes_of_it(year: Year) -> None:
    alone = [
        structs.replace(item, id=name, facilities=(name,)) for name, item in year.priced().items()
    ]
    lines = charged(year, alone)
    held = sum(int(year.daily[item.id].sum()) for item in alone)
    # A bed in two bands counts in both, one beyond the last band in none.
    billed = days(lines, "occupied") + days(lines, "paid_for_empty")
    assert (held, billed) == (7_673_015, 8_012_408)
    assert dollars(lines) == "746,440,243.43"


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "naive", "right"),
    [
        ("CACFMES", 65_058, 10_338),  # a minimum before the facility was open
        ("JENADLA", 58_885, 24_916),  # a shared minimum put on one facility
        ("DEAPDMI", 26_694, 367),
        ("FLO", 7_177, 92),
    ],
)
def test_t5_what_each_naive_reading_costs_in_empty_beds(
    year: Year, name: str, naive: int, right: int
) -> None:
    item = year.priced()[name]
    alone = structs.replace(item, facilities=(name,))
    open_from = structs.replace(item, guaranteed_from=year.opened[name])
    assert days(charged(year, [alone]), "paid_for_empty") == naive
    assert days(charged(year, [open_from]), "paid_for_empty") == right


@pytest.mark.real
def test_t5_a_bed_in_two_bands_is_billed_twice(year: Year) -> None:
    item = structs.replace(year.priced()["HOUICDF"], facilities=("HOUICDF",))
    twice, once = (
        sum(line.amount_minor or 0 for line in charged(year, [one]))
        for one in (item, disjoint(item))
    )
    assert twice - once == 3_987_260
    assert f"{(twice - once) / 100:,.2f}" == "39,872.60"
