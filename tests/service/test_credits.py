"""Days below an agreed standard, from cells with certified areas to a credit on the statement."""

from datetime import UTC, date, datetime

import pytest
from msgspec import structs

from facility_files import certificate, facility
from habeas.custody.intervals import Interval
from habeas.fees.quantity import Period
from habeas.law.agreement import Agreement
from habeas.law.cited import Cite, Text
from habeas.law.library import File, Library
from habeas.law.schedule import Credit, PerDiem
from habeas.service import bill
from habeas.service.credits import below
from habeas.terms import Side, Status

T, CITE = Text("t", "t"), (Cite("i", "1", "text"),)
JANUARY = Period(date(2027, 1, 1), date(2027, 2, 1))
SE_EE = Library().agreement("SE-EE")


def deal(measure: str) -> Agreement:
    assert SE_EE.fees is not None
    items = (
        PerDiem("held", T, 10_000, CITE),
        Credit("space", T, measure, "held", 500, CITE),
    )
    return structs.replace(SE_EE, fees=structs.replace(SE_EE.fees, items=items))


def held(count: int, cell: str) -> list[Interval]:
    """So many persons in one cell from noon of 11 to noon of 21 January: ten nights."""
    start, end = (datetime(2027, 1, day, 12, tzinfo=UTC) for day in (11, 21))
    return [
        Interval(
            f"p{n}", "SE-EE", Side.RECEIVING, "X-1", cell, Status.HELD, start, end, 0, "", 0, 0
        )
        for n in range(count)
    ]


@pytest.fixture
def library() -> Library:
    """The shipped one, and a facility whose cells are 10 m2 with 1.5 m2 of partitioned sanitary."""
    found = Library()
    place = facility(certificate("C-1"))
    found.facilities = {**found.facilities, "X-1": (File("x.toml", "", ""), place)}
    return found


@pytest.mark.parametrize(("persons", "short"), [(2, 0), (3, 3)])
def test_persons_in_a_cell_below_the_measure_are_credited_by_night(
    library: Library, persons: int, short: int
) -> None:
    under = deal("CPT-2")  # 4 m2 a person in a shared cell, the sanitary annexe left out
    asked = bill.Asked(JANUARY)
    made = bill.from_intervals(under, asked, held(persons, "A-01"), {}, library)
    amounts = {line.kind: line.amount_minor for line in made.lines}
    assert amounts["occupied"] == persons * 10 * 10_000
    assert amounts.get("credit", 0) == -short * 10 * 5_000


def test_a_cell_of_no_established_area_leaves_the_credit_without_a_price(library: Library) -> None:
    for cell in ("B-1", "Z-9", ""):  # gross, not in the file, not known
        found = below(library, deal("CPT-2"), JANUARY, held(2, cell))
        made = bill.from_intervals(deal("CPT-2"), bill.Asked(JANUARY), held(2, cell), {}, library)
        assert (found, made.total_minor) == ({}, None)


def test_an_agreement_without_credits_measures_nothing(library: Library) -> None:
    assert below(library, SE_EE, JANUARY, held(9, "A-01")) == {}


def test_nothing_after_a_stated_instant_is_counted() -> None:
    until = datetime(2027, 1, 15, 12, tzinfo=UTC)
    for asked, nights in (
        (bill.Asked(JANUARY), 10),
        (bill.Asked(JANUARY, until=until), 4),
        (bill.Asked(JANUARY, until=datetime(2027, 1, 10, tzinfo=UTC)), 0),
    ):
        made = bill.from_intervals(deal("CPT-2"), asked, held(1, "A-01"), {})
        assert made.days("billed") == nights
