"""What occupancy is held against, by hand; and a chart counts a day as the statement does."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.custody.days import person_days
from habeas.custody.intervals import Interval
from habeas.errors import FeeError
from habeas.law.library import Library
from habeas.service import export, series
from habeas.service.hold import Held
from habeas.terms import Convention, Side, Status
from statements import document, line

LIBRARY = Library()
SE_EE = LIBRARY.agreement("SE-EE")
FIRST, AFTER = date(2027, 3, 1), date(2027, 4, 10)
START = datetime(2027, 2, 25, tzinfo=UTC)


def test_each_standard_gives_the_persons_that_the_cells_hold_by_it() -> None:
    found = dict(series.limits(LIBRARY, LIBRARY.agreement("US-SV-2025"), date(2027, 6, 1)))
    # 256 cells of 100 m2 are 256,000,000 cm2: by 4 m2 a person 6,400, by 3.4 m2 7,529 persons.
    by_area = {words.split(" ")[0]: number for words, number in found.items()}
    assert (by_area["4.00"], by_area["3.40"], by_area["3.00"]) == (6_400, 7_529, 8_533)
    assert all("gross area, so an upper bound" in words for words in found)
    assert any("CPT-2, " in words for words in found)


def test_a_facility_without_cell_areas_gives_no_standard() -> None:
    assert series.limits(LIBRARY, SE_EE, date(2027, 6, 1)) == [
        ("Capacity, reported", 933),
        ("Leased persons, contracted", 600),
        ("Paid for whether used or not", 300),
    ]


@st.composite
def held(draw: st.DrawFn) -> Held:
    """Persons who move, go to hospital, come back, and of whom some are there still."""
    pieces = []
    for person in range(draw(st.integers(0, 6))):
        at = START + timedelta(minutes=draw(st.integers(0, 60_000)))
        for stay in range(draw(st.integers(1, 4))):
            end = at + timedelta(minutes=draw(st.integers(1, 20_000)))
            last: datetime | None = None if draw(st.booleans()) else end
            status = draw(st.sampled_from([Status.HELD, Status.HOSPITAL, Status.COURT]))
            pieces.append(
                Interval(
                    f"p{person}", "SE-EE", Side.RECEIVING, "TARTU", "c", status, at, last, stay,
                    "", 0, 0,
                )
            )  # fmt: skip
            if last is None:
                break
            at = last
    return Held(tuple(pieces), len(pieces), {})


@given(held())
def test_the_days_of_a_chart_add_up_to_the_person_days_of_a_statement(found: Held) -> None:
    rows = series.occupancy(found, SE_EE, FIRST, AFTER)
    counts = person_days(found.received(), FIRST, AFTER, Convention.MIDNIGHT, SE_EE.calendar.zone)
    there = sum(days for (_, status), days in counts.items() if status is Status.HELD)
    assert sum(int(row["held"]) for row in rows) == there
    assert sum(int(row["absent"]) for row in rows) == counts.total() - there
    assert [row["day"] for row in rows] == [
        (FIRST + timedelta(days=n)).isoformat() for n in range((AFTER - FIRST).days)
    ]


def test_what_is_neither_held_nor_empty_is_told_apart_by_its_sign() -> None:
    lines = [line("occupied", 7), line("transport", 5), line("rounding", 1), line("credit", -2)]
    task = export.work([("", document(*lines, line("not_priced", None)))], LIBRARY)
    rows, kinds, about = series.paid(task)
    assert {row["kind"]: row["amount_minor"] for row in rows} == {
        "Persons held": "7",
        "Everything else": "6",
        "Credits and deductions": "-2",
    }
    assert kinds == ["Persons held", "Everything else", "Credits and deductions"]
    assert "1 lines are not priced and not drawn" in about


def test_parts_of_days_are_not_compared_with_a_claim_of_days() -> None:
    days = {"all": "3/2", "billed": "3/2", "not_billed": 0, "undecided": 0}
    status = {"status": "held", "person_days": "3/2", "treated": "billed", "reason": "r"}
    hours = document(line(), person_days={**days, "by_status": [status]})
    task = export.work([("h.json", hours)], LIBRARY)
    with pytest.raises(FeeError, match="H768"):
        series.claimed(task, {"2027-03": 2})
