"""Persons in each cell, by instant and by civil day, against a walk through every hour."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from facility_files import certificate, facility
from habeas.custody.days import midnight_before
from habeas.custody.intervals import Interval
from habeas.law.library import Library
from habeas.service import measure, premises
from habeas.space.days import course, persons_below
from habeas.space.method import measured
from habeas.space.occupancy import CellStay, by_day, doubled, occupants, of_interval
from habeas.terms import Side, Status

ZONE = "America/New_York"
FIRST, AFTER = date(2027, 3, 10), date(2027, 3, 20)  # the clock changes on the 14th
BASE = datetime(2027, 3, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
LIBRARY = Library()
MEASURES = {one.id: one for one in measured(measure.standards(LIBRARY))}
HELD = facility(certificate("C1"))
PLACE = measure.Place(HELD, "x.toml", "0")


def stay(subject: str, cell: str, start: int, end: int | None, place: str = "X-1") -> CellStay:
    last = None if end is None else BASE + end * HOUR
    return CellStay(subject, place or "X-1", place, cell, BASE + start * HOUR, last)


SPANS = st.tuples(st.integers(0, 300), st.integers(1, 200)).map(lambda one: (one[0], sum(one)))
STAYS = st.lists(
    st.builds(
        lambda subject, cell, span, lasts: stay(subject, cell, span[0], None if lasts else span[1]),
        st.sampled_from("pqrs"),
        st.sampled_from(["A-01", "A-02", "B-1", ""]),
        SPANS,
        st.booleans(),
    ),
    max_size=12,
)


def walked(stays: Sequence[CellStay], day: date) -> tuple[Counter[str], Counter[str]]:
    """The most in each cell at any hour of a day, and those there in its last hour."""
    begin, end = midnight_before(day, ZONE), midnight_before(day + timedelta(days=1), ZONE)
    worst: Counter[str] = Counter()
    now: Counter[str] = Counter()
    while begin < end:
        now = Counter({cell: n for (_, cell), n in occupants(stays, begin).items()})
        worst |= now
        begin += HOUR
    return worst, now


@given(stays=STAYS)
def test_every_day_of_every_cell_is_as_a_walk_through_its_hours_finds_it(
    stays: list[CellStay],
) -> None:
    found = by_day(stays, FIRST, AFTER, ZONE)
    for place in range((AFTER - FIRST).days):
        worst, census = walked(stays, FIRST + timedelta(days=place))
        told = {cell: counts for (_, cell), counts in found.cells.items()}
        assert +worst == Counter(
            {c: int(n.worst[place]) for c, n in told.items() if n.worst[place]}
        )
        assert +census == Counter(
            {c: int(n.census[place]) for c, n in told.items() if n.census[place]}
        )


@given(stays=STAYS, at=st.integers(0, 500))
def test_splitting_a_stay_changes_nothing(stays: list[CellStay], at: int) -> None:
    cut = BASE + at * HOUR
    parts: list[CellStay] = []
    for one in stays:
        if one.start < cut and (one.end is None or cut < one.end):
            parts += [replace(one, end=cut), replace(one, start=cut)]
        else:
            parts.append(one)
    whole, split = (by_day(every, FIRST, AFTER, ZONE) for every in (stays, parts))
    assert whole.cells.keys() == split.cells.keys()
    for key, counts in whole.cells.items():
        assert np.array_equal(counts.worst, split.cells[key].worst)
        assert np.array_equal(counts.census, split.cells[key].census)


@given(stays=STAYS, hour=st.integers(0, 500))
def test_cells_add_up_to_modules_and_modules_to_the_facility(
    stays: list[CellStay], hour: int
) -> None:
    found = premises.premises(LIBRARY, stays, ZONE, PLACE)
    instant = BASE + hour * HOUR
    held = occupants(stays, instant)
    sums = []
    for by in premises.LEVELS:
        rows = premises.at_instant(found, instant, by)["rows"]
        sums.append(Counter[str]())
        for row in rows:
            sums[-1]["persons"] += row["persons"]
            for name, told in row["standards"].items():
                words = told if isinstance(told, dict) else {told: row["persons"]}
                for word, persons in words.items():
                    sums[-1][f"{name} {word}"] += persons
    assert sums[0] == sums[1] == sums[2]
    assert sums[0]["persons"] == sum(held.values())


@given(stays=STAYS)
def test_every_person_of_every_day_is_met_below_open_or_apart(stays: list[CellStay]) -> None:
    found = by_day(stays, FIRST, AFTER, ZONE)
    total = sum((counts.worst for counts in found.cells.values()), np.zeros(10, np.int64))
    for one in MEASURES.values():
        told = course({"X-1": HELD}, found, one, "worst")
        assert np.array_equal(told.met + told.below + told.open + told.apart, total)


def test_a_person_in_two_cells_at_once_counts_in_both_and_is_told() -> None:
    stays = [stay("p", "A-01", 0, 48), stay("p", "A-02", 24, 72), stay("q", "A-02", 0, 24)]
    assert sorted(occupants(stays, BASE + 30 * HOUR).items()) == [
        (("X-1", "A-01"), 1),
        (("X-1", "A-02"), 1),
    ]
    (told,) = doubled(stays)
    assert (told.subject, told.one[1], told.other[1]) == ("p", "A-01", "A-02")
    assert (told.start, told.end) == (BASE + 24 * HOUR, BASE + 48 * HOUR)


def test_stays_that_touch_are_in_one_place_at_a_time() -> None:
    assert doubled([stay("p", "A-01", 0, 24), stay("p", "A-02", 24, None)]) == []


def test_whoever_is_in_hospital_is_counted_and_takes_no_floor() -> None:
    one = Interval(
        "p", "X", Side.RECEIVING, "X-1", "A-01", Status.HOSPITAL, BASE, None, 0, "", 1, -1
    )
    told = of_interval(one)
    assert (told.counted_at, told.physically_at) == ("X-1", "")
    assert occupants([told], BASE) == Counter()
    here = of_interval(replace(one, status=Status.HELD))
    assert occupants([here], BASE) == Counter({("X-1", "A-01"): 1})


def test_a_person_counted_in_one_facility_takes_floor_in_the_other() -> None:
    away = CellStay("p", "Y-1", "X-1", "A-01", BASE, None)
    found = premises.premises(LIBRARY, [away], ZONE, PLACE)
    told = premises.at_instant(found, BASE)
    assert [(row["facility"], row["persons"]) for row in told["rows"]] == [("X-1", 1)]
    assert told["counts"]["counted_and_elsewhere"] == {"Y-1": 1}


def full(
    *subjects: str, cell: str = "A-01", start: int = 48, end: int | None = 96
) -> list[CellStay]:
    return [stay(one, cell, start, end) for one in subjects]


def test_the_persons_below_a_measure_are_counted_day_by_day() -> None:
    # 8.5 m2 without the annexe: enough for two at 4 m2, too little for three.
    found = by_day([*full("p", "q"), *full("r", start=60, end=72)], FIRST, AFTER, ZONE)
    told = {
        at: {
            day.day: n
            for day, n in persons_below({"X-1": HELD}, found, MEASURES["CPT-2"], at).items()
        }
        for at in ("census", "worst")
    }  # the 10th, from 12:00 UTC to the 11th, 00:00 UTC: gone before the census in New York
    assert told["census"] == dict.fromkeys(range(10, 20), 0)
    assert told["worst"] == dict.fromkeys(range(10, 20), 0) | {10: 3}


def test_a_new_certificate_changes_the_finding_from_its_day_on() -> None:
    smaller = certificate(
        "C2", {"cells": '["A-01"]', "floor_cm2": "90000"},
        requested_on="2027-01-01", approved_on="2027-02-01", effective_from="2027-03-13",
    )  # fmt: skip
    held = {"X-1": facility(certificate("C1"), smaller)}
    found = by_day(full("p", "q", end=None), FIRST, AFTER, ZONE)
    told = course(held, found, MEASURES["CPT-2"], "census")
    assert told.below.tolist() == [0, 0, 0, 2, 2, 2, 2, 2, 2, 2]
    assert (told.days_below, told.first_day) == (7, date(2027, 3, 13))
    assert told.longest is not None
    assert (told.longest.cell, told.longest.days) == (("X-1", "A-01"), 7)


def test_a_breach_goes_on_while_the_number_of_persons_changes() -> None:
    stays = [*full("p", "q", "r", start=48, end=168), *full("s", start=104, end=None)]
    told = course({"X-1": HELD}, by_day(stays, FIRST, AFTER, ZONE), MEASURES["CPT-2"], "census")
    assert told.below.tolist() == [3, 3, 4, 4, 0, 0, 0, 0, 0, 0]
    assert told.longest is not None
    assert (told.longest.first, told.longest.days) == (FIRST, 4)


def test_nobody_is_below_in_a_cell_that_no_file_holds() -> None:
    found = by_day(full(*"pqrstuvw", cell="Z-9"), FIRST, AFTER, ZONE)
    assert set(persons_below({"X-1": HELD}, found, MEASURES["ECHR-1"]).values()) == {0}
    assert course({}, found, MEASURES["ECHR-1"], "census").open.sum() > 0
