"""Conditions against the standards that name them: unknown is never met, nothing is averaged."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.custody.conditions import (
    HOURS,
    SOLITARY,
    TIMES,
    UNITS,
    WORDS,
    Asked,
    Judged,
    Observation,
    Reading,
    asked,
    contradictions,
    judge,
    number,
    on_a_day,
    readings,
    solitary,
    value,
)
from habeas.custody.segregation import PROLONGED
from habeas.law.records import Regime
from habeas.service import agree
from habeas.terms import Condition, Finding, Observer

C = Condition
OWN, MONITOR = Observer.CUSTODIAN, Observer.MONITOR
LIBRARY = agree.library()
ASKED = {one.measure.id: one for one in asked(each for _, each in LIBRARY.standards.values())}
MET, NOT_MET, OPEN = Finding.MET, Finding.NOT_MET, Finding.NOT_ESTABLISHED
FIRST, DAY = date(2027, 1, 4), timedelta(days=1)
WEEK = (FIRST, FIRST + 7 * DAY)


def seen(
    condition: Condition, said: str, start: int = 0, days: int = 7, by: Observer = OWN
) -> Observation:
    first = FIRST + start * DAY
    return Observation("F", first, first + days * DAY, condition, value(condition, said), by)


def judged(measure: str, *every: Observation) -> Judged:
    return judge("F", ASKED[measure], every, WEEK)


def counts(found: Judged) -> tuple[int, int, int, int]:
    """Days met, not met, not established, not observed."""
    days = [found.days.get(one, 0) for one in (MET, NOT_MET, OPEN, None)]
    return days[0], days[1], days[2], days[3]


# what must never be


def test_a_day_without_an_observation_is_never_met() -> None:
    found = judged("UN-5", seen(C.HOURS_OUTDOORS, "2", days=6))
    assert (found.finding, counts(found)) == (OPEN, (6, 0, 0, 1))
    assert judged("UN-5").finding is OPEN


def test_a_standard_without_a_number_is_never_met_and_never_broken() -> None:
    assert {judged("UN-7", seen(C.VISITS, many)).finding for many in ("0", "1", "31")} == {OPEN}


def test_a_contradiction_makes_nothing_met() -> None:
    own, other = seen(C.LIGHT, "off_at_night"), seen(C.LIGHT, "dimmed", 2, 1, MONITOR)
    assert judged("UN-6", own).finding is MET
    found = judged("UN-6", own, other)
    assert (found.finding, counts(found)) == (OPEN, (6, 0, 1, 0))


def test_the_custodians_record_takes_away_no_breach_that_a_monitor_saw() -> None:
    own, other = seen(C.HOURS_OUTDOORS, "2"), seen(C.HOURS_OUTDOORS, "0.5", 2, 1, MONITOR)
    found = judged("UN-5", own, other)
    assert (found.finding, counts(found)) == (NOT_MET, (6, 1, 0, 0))
    assert found.not_met == ((FIRST + 2 * DAY, FIRST + 3 * DAY),)
    assert found.worst is not None
    assert found.worst.told() == "0.5"


def test_both_sides_of_a_contradiction_are_told_and_no_third_number() -> None:
    own, other = seen(C.HOURS_OUTDOORS, "2"), seen(C.HOURS_OUTDOORS, "0.5", 2, 1, MONITOR)
    (found,) = contradictions("F", [own, other], WEEK)
    assert (found.days, set(found.seen)) == ((FIRST + 2 * DAY, FIRST + 3 * DAY), {own, other})


def test_hours_that_do_not_fit_into_a_day_contradict_each_other() -> None:
    every = [seen(C.HOURS_IN_CELL, "23"), seen(C.HOURS_OUTDOORS, "2", by=MONITOR)]
    (found,) = contradictions("F", every, WEEK)
    assert (found.condition, set(found.seen)) == (C.HOURS_IN_CELL, set(every))
    assert judged("UN-5", *every).finding is OPEN


def test_persons_of_the_roll_are_the_least_that_there_are() -> None:
    toilets = seen(C.TOILETS, "2")
    for many, wanted in ((50, OPEN), (51, NOT_MET)):
        roll = Observation("F", *WEEK, C.PERSONS, Fraction(many), OWN, or_more=True)
        assert judged("ICRC-5", toilets, roll).finding is wanted


def test_a_count_below_the_roll_makes_no_place_large_enough() -> None:
    roll = Observation("F", *WEEK, C.PERSONS, Fraction(60), OWN, or_more=True)
    assert judged("ICRC-5", seen(C.TOILETS, "4"), seen(C.PERSONS, "50"), roll).finding is OPEN


def test_a_contradiction_is_told_once() -> None:
    every = [seen(C.HOURS_IN_CELL, "20"), seen(C.HOURS_IN_CELL, "23", by=MONITOR)]
    assert len(list(contradictions("F", every, WEEK))) == 1


def test_the_worst_word_is_told_and_days_on_end_are_one_span() -> None:
    dark = [seen(C.LIGHT, "dark", 1, 2), seen(C.LIGHT, "constant", 3, 1)]
    found = judged("UN-6", *dark, seen(C.LIGHT, "off_at_night"))
    assert found.worst in (Reading(word="dark"), Reading(word="constant"))
    assert found.not_met == ((FIRST + DAY, FIRST + 4 * DAY),)


# the numbers of the library


@pytest.mark.parametrize(
    ("measure", "condition", "said", "wanted"),
    [
        ("UN-5", C.HOURS_OUTDOORS, "1", MET),
        ("UN-5", C.HOURS_OUTDOORS, "0.9999", NOT_MET),
        ("ACA-5", C.HOURS_OUTDOORS, "0", NOT_MET),
        ("UN-5", C.HOURS_OUT_OF_CELL, "0.5", NOT_MET),
        ("UN-5", C.HOURS_OUT_OF_CELL, "1", OPEN),
        ("UN-5", C.HOURS_IN_CELL, "23.5", NOT_MET),
        ("UN-3", C.HOURS_ALONE, "22", OPEN),
        ("UN-3", C.HOURS_ALONE, "21.9999", MET),
        ("UN-3", C.HOURS_IN_CELL, "21.9999", MET),
        ("UN-6", C.LIGHT, "dark", NOT_MET),
        ("UN-6", C.LIGHT, "constant", NOT_MET),
        ("UN-6", C.LIGHT, "dimmed", OPEN),
        ("UN-8", C.FAMILY_CONTACT, "prohibited", NOT_MET),
        ("UN-8", C.FAMILY_CONTACT, "restricted", OPEN),
        ("UN-8", C.FAMILY_CONTACT, "allowed", MET),
        ("ICRC-7", C.WATER, "2.9", NOT_MET),
        ("ICRC-7", C.WATER, "3", OPEN),
        ("ICRC-7", C.WATER, "5", MET),
    ],
)
def test_at_the_boundary(measure: str, condition: Condition, said: str, wanted: Finding) -> None:
    assert judged(measure, seen(condition, said)).finding is wanted


@pytest.mark.parametrize(
    ("persons", "toilets", "five", "six"),
    [("50", "2", MET, MET), ("51", "2", NOT_MET, MET), ("101", "2", NOT_MET, NOT_MET),
     ("1", "0", NOT_MET, NOT_MET), ("0", "0", OPEN, OPEN)],
)  # fmt: skip
def test_persons_a_toilet(persons: str, toilets: str, five: Finding, six: Finding) -> None:
    every = seen(C.PERSONS, persons), seen(C.TOILETS, toilets)
    assert [judged(one, *every).finding for one in ("ICRC-5", "ICRC-6")] == [five, six]


def test_a_bed_for_each_is_one_part_of_the_measure_only() -> None:
    found = [
        judged("IACHR-1", seen(C.PERSONS, many), seen(C.BEDS, "4")).finding for many in ("4", "5")
    ]
    assert found == [OPEN, NOT_MET]


def test_several_counts_of_a_day_are_taken_at_their_worst() -> None:
    every = [seen(C.PERSONS, "40"), seen(C.PERSONS, "60", by=MONITOR), seen(C.TOILETS, "2")]
    found = judged("ICRC-5", *every, seen(C.TOILETS, "3", by=MONITOR))
    assert (found.finding, found.worst) == (NOT_MET, Reading(Fraction(30), Fraction(30)))


def test_at_most_is_held_as_at_least_is() -> None:
    measure = ASKED["UN-5"].measure
    most = Regime(C.HOURS_IN_CELL, measure.value, most=16)
    asks = Asked("X", type(measure)("X-1", measure.value, measure.method, (), regime=most))
    found = [on_a_day(asks, [seen(C.HOURS_IN_CELL, said)]) for said in ("16", "16.5")]
    assert found == [MET, NOT_MET]
    assert on_a_day(asks, [seen(C.HOURS_OUTDOORS, "7")]) is OPEN
    assert on_a_day(asks, [seen(C.HOURS_OUTDOORS, "8")]) is MET


def test_solitary_is_twenty_two_hours_and_prolonged_is_over_fifteen_days_as_the_library_says() -> (
    None
):
    measure = ASKED["UN-3"].measure
    assert measure.regime is not None
    assert measure.regime.under == SOLITARY
    assert measure.value.en.startswith(f"{PROLONGED.days} consecutive days: beyond it")


def test_every_condition_has_a_unit_and_every_word_of_a_standard_is_one_of_its_condition() -> None:
    assert set(UNITS) == set(Condition)
    for one in ASKED.values():
        if one.measure.regime is not None:
            said = {*one.measure.regime.barred, *one.measure.regime.meets}
            assert said <= set(WORDS.get(one.condition, ()))


@pytest.mark.parametrize(
    ("condition", "text"),
    [(C.WATER, one) for one in ("", ".", ".5", "-1", "1e1", "\u0661", "NaN", "1,5", "0.12345")]
    + [(C.HOURS_OUTDOORS, "24.1"), (C.HOURS_ALONE, "25")]
    + [(C.PERSONS, one) for one in ("1.5", "1.", "", "9999999", " 1")]
    + [(C.LIGHT, "Dark"), (C.DAYLIGHT, "true"), (C.FAMILY_CONTACT, "")],
)  # fmt: skip
def test_what_is_no_value_is_refused(condition: Condition, text: str) -> None:
    with pytest.raises(ValueError, match=r"number|24|one of"):
        value(condition, text)


def test_a_number_has_six_digits_before_the_point_and_four_behind_it_at_most() -> None:
    assert value(Condition.WATER, "999999.9999") == Fraction(9_999_999_999, 10_000)
    for text in ("1000000", "1.00001"):
        with pytest.raises(ValueError, match="a number such as"):
            value(Condition.WATER, text)


def test_a_number_is_told_as_it_was_written() -> None:
    told = {one: number(Fraction(one)) for one in ("0.9999", "1", "0.5", "100", "1200")}
    assert told == {one: one for one in told}
    assert number(Fraction(80, 3)) == "26.67"


# solitary confinement


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ({}, None),
        ({C.HOURS_IN_CELL: "24"}, None),  # nobody says how much contact there was
        ({C.HOURS_IN_CELL: "22", C.HOURS_OF_CONTACT: "0"}, True),
        ({C.HOURS_IN_CELL: "21.9999"}, False),
        ({C.HOURS_OUT_OF_CELL: "2", C.HOURS_OF_CONTACT: "0"}, True),
        ({C.HOURS_OUT_OF_CELL: "2.5"}, False),
        ({C.HOURS_IN_CELL: "24", C.HOURS_OF_CONTACT: "2"}, True),
        ({C.HOURS_IN_CELL: "24", C.HOURS_OF_CONTACT: "2.5"}, False),
        ({C.HOURS_IN_CELL: "23", C.HOURS_OF_CONTACT: "1.5"}, None),  # out of the cell, or in it
        ({C.HOURS_OF_CONTACT: "3"}, False),
        ({C.HOURS_ALONE: "22"}, True),
        ({C.LIGHT: "dark"}, None),
    ],
)
def test_solitary_is_yes_or_no_only_where_it_is_established(
    said: dict[Condition, str], *, wanted: bool | None
) -> None:
    found = solitary([seen(one, text) for one, text in said.items()], WEEK)
    assert (found.every_day, found.days) == (wanted, 7 if wanted else 0)
    assert not found.contradicted


@pytest.mark.parametrize("others", ["20", "23.5"])
def test_a_contradiction_about_solitary_settles_it_neither_way(others: str) -> None:
    own = seen(C.HOURS_IN_CELL, "23"), seen(C.HOURS_OF_CONTACT, "0")
    found = solitary([*own, seen(C.HOURS_IN_CELL, others, 3, 1, MONITOR)], WEEK)
    assert (found.every_day, found.days, found.contradicted) == (
        (None, 6, True) if others == "20" else (True, 7, True)
    )
    only_cells = [own[0], seen(C.HOURS_IN_CELL, others, by=MONITOR)]
    assert solitary(only_cells, WEEK).every_day is None


def test_one_day_that_a_monitor_saw_is_not_the_whole_stretch() -> None:
    found = solitary([seen(C.HOURS_ALONE, "23", 2, 1, MONITOR)], WEEK)
    assert (found.every_day, found.days) == (None, 1)


# an independent oracle: whole hours of all the days that there can be


@lru_cache
def worlds() -> list[dict[Condition, int]]:
    return [
        {C.HOURS_IN_CELL: inside, C.HOURS_OUT_OF_CELL: 24 - inside, C.HOURS_OUTDOORS: outdoors,
         C.HOURS_OF_CONTACT: met_inside + met_outside, C.HOURS_ALONE: inside - met_inside}
        for inside in range(25) for outdoors in range(25 - inside)
        for met_inside in range(inside + 1) for met_outside in range(25 - inside)
    ]  # fmt: skip


def possible(said: dict[Condition, int], asked_: Condition) -> Iterator[int]:
    return (
        one[asked_] for one in worlds() if all(one[each] == hours for each, hours in said.items())
    )


@pytest.mark.parametrize("asked_", sorted(HOURS))
@pytest.mark.parametrize("told", sorted(TIMES))
@pytest.mark.parametrize("hours", [0, 1, 23, 24])
def test_one_number_of_hours_leaves_possible_what_some_day_shows(
    asked_: Condition, told: Condition, hours: int
) -> None:
    every = list(possible({told: hours}, asked_))
    found = readings([seen(told, str(hours))], asked_)
    if not found:
        assert (min(every), max(every)) == (0, 24)
    for one in found:
        assert [one.low, one.high] == [min(every), max(every)]


@pytest.mark.parametrize("contact", [0, 2, 23])
@pytest.mark.parametrize("inside", [0, 22, 23, 24])
def test_the_cell_and_contact_leave_possible_what_some_day_shows(inside: int, contact: int) -> None:
    every = list(possible({C.HOURS_IN_CELL: inside, C.HOURS_OF_CONTACT: contact}, C.HOURS_ALONE))
    pair = [seen(C.HOURS_IN_CELL, str(inside)), seen(C.HOURS_OF_CONTACT, str(contact))]
    (found,) = readings(pair, C.HOURS_ALONE)
    assert [found.low, found.high] == [min(every), max(every)]


# properties

SAID = {
    C.HOURS_IN_CELL: ("20", "22", "23.5"), C.HOURS_OUT_OF_CELL: ("0.5", "2"),
    C.HOURS_OUTDOORS: ("0.5", "1", "2"), C.HOURS_OF_CONTACT: ("0", "3"),
    C.HOURS_ALONE: ("21", "22"),
    C.LIGHT: ("dark", "dimmed", "off_at_night"), C.FAMILY_CONTACT: ("allowed", "prohibited"),
    C.PERSONS: ("0", "10", "60"), C.TOILETS: ("0", "1", "2"), C.BEDS: ("10",),
    C.WATER: ("2", "4", "6"), C.VISITS: ("0", "4"),
}  # fmt: skip
ONE = st.sampled_from(sorted(SAID)).flatmap(
    lambda one: st.builds(
        seen, st.just(one), st.sampled_from(SAID[one]), st.integers(-2, 7), st.integers(1, 9),
        st.sampled_from(list(Observer)),
    )
)  # fmt: skip
EVERY = st.lists(ONE, max_size=7)
MEASURES = st.sampled_from(sorted(ASKED))


@given(MEASURES, EVERY, ONE)
def test_one_more_observation_never_turns_not_met_into_anything_else(
    measure: str, every: list[Observation], more: Observation
) -> None:
    before, after = judged(measure, *every), judged(measure, *every, more)
    assert after.days.get(NOT_MET, 0) >= before.days.get(NOT_MET, 0)
    if before.finding is NOT_MET:
        assert after.finding is NOT_MET


@given(MEASURES, EVERY.flatmap(lambda every: st.tuples(st.just(every), st.permutations(every))))
def test_the_order_of_observations_does_not_matter(
    measure: str, both: tuple[list[Observation], list[Observation]]
) -> None:
    one, other = (judged(measure, *each) for each in both)
    assert one == other


@given(MEASURES, EVERY)
def test_each_day_by_itself_gives_the_same_days(measure: str, every: list[Observation]) -> None:
    naive = Counter[Finding | None]()
    for n in range(7):
        there = [one for one in every if one.first <= FIRST + n * DAY < one.after]
        known = ASKED[measure].readings(there)
        naive[on_a_day(ASKED[measure], there) if known else None] += 1
    found = judged(measure, *every)
    assert found.days == naive
    assert sum((after - first).days for first, after in found.not_met) == naive[NOT_MET]
    assert (found.finding is MET) == (naive[MET] == 7)


@given(MEASURES, EVERY)
def test_met_on_a_day_needs_somebody_who_says_so(measure: str, every: list[Observation]) -> None:
    asks = ASKED[measure]
    if on_a_day(asks, every) is MET:
        assert any(asks.finding(one) is MET for one in asks.readings(every))
        by_itself = [on_a_day(asks, [one]) for one in every]
        assert NOT_MET not in by_itself


@given(EVERY)
def test_solitary_is_never_yes_where_an_observation_by_itself_says_no(
    every: list[Observation],
) -> None:
    if solitary(every, WEEK).every_day is True:
        assert all(solitary([one], WEEK).every_day is not False for one in every)
