"""Places by each definition; a text that is no number of them is unknown."""

from datetime import UTC, date, datetime

import pytest

from facility_files import certificate, facility
from habeas.law.library import Library
from habeas.space.capacity import Places, capacities, occupied, over, short
from habeas.space.occupancy import CellStay
from habeas.space.stated import Known, day, number, word
from habeas.terms import Finding

DAY = date(2027, 6, 1)
BASE = datetime(2027, 1, 1, 6, tzinfo=UTC)  # midnight in El Salvador
WHOLE = certificate("C0", {"module": '"B"', "cells": '["B-1", "B-2"]', "cna": "1"})


def places(*certificates: str, more: str = "") -> dict[str, int | None]:
    found = capacities(facility(*certificates, more=more), DAY)
    return {one.definition: one.stated.value for one in found}


@pytest.mark.parametrize(
    ("text", "known", "value"),
    [
        ("300", Known.VALUE, 300),
        (" 1,940 ", Known.VALUE, 1940),
        ("0", Known.VALUE, 0),
        ("AS NEEDED", Known.UNKNOWN, None),
        ("", Known.UNKNOWN, None),
        ("19,40", Known.UNKNOWN, None),
        ("1,,940", Known.UNKNOWN, None),
        ("-5", Known.UNKNOWN, None),
        ("12.5", Known.UNKNOWN, None),
        ("300 (max)", Known.UNKNOWN, None),
        ("٣٠٠", Known.UNKNOWN, None),
        ("99999999999", Known.UNKNOWN, None),
        ("N/A", Known.NOT_APPLICABLE, None),
        ("~", Known.NOT_APPLICABLE, None),
    ],
)
def test_a_number_is_a_value_unknown_or_not_applicable_and_its_text_stays(
    text: str, known: Known, value: int | None
) -> None:
    found = number(text)
    assert (found.known, found.value, found.text) == (known, value, text)


def test_a_day_is_read_by_its_column_s_form_and_by_no_other() -> None:
    assert day("4/6/2015", "%m/%d/%Y").value == date(2015, 4, 6)
    assert day("4/6/2015", "%d/%m/%Y").value == date(2015, 6, 4)
    assert day("4/6/2015", "%Y-%m-%d").known is Known.UNKNOWN


def test_a_word_that_its_column_does_not_declare_is_unknown() -> None:
    found = [word(text, frozenset({"AUTHORIZED"})).known for text in ("AUTHORIZED", "PENDING")]
    assert found == [Known.VALUE, Known.UNKNOWN]


def test_each_definition_has_its_own_number() -> None:
    assert places(WHOLE, certificate("C1", signed_operational="9")) == {
        "certified_normal_accommodation": 8,
        "working": 10,
        "maximum": 10,
        "bunks": 10,
        "signed_operational": 9,
    }


def test_a_cell_without_a_number_leaves_the_sum_unknown() -> None:
    assert places(certificate("C1"))["maximum"] is None


def test_places_as_needed_are_neither_none_nor_without_end() -> None:
    more = '\n[[capacities]]\ndefinition = "contracted"\nstated = "AS NEEDED"\n'
    assert places(more=more) == {"contracted": None}
    (found,) = capacities(facility(more=more), DAY)
    assert occupied(found, 10**6) == (None, Finding.NOT_ESTABLISHED)
    assert over([10**6], found.stated) is None


@pytest.mark.parametrize(
    ("persons", "finding"), [(300, Finding.MET), (301, Finding.NOT_MET), (0, Finding.MET)]
)
def test_persons_are_within_their_places_or_over(persons: int, finding: Finding) -> None:
    assert occupied(Places("contracted", number("300")), persons)[1] is finding


def test_a_day_with_as_many_persons_as_places_is_not_over() -> None:
    assert over([299, 300, 301], number("300")) == 1


def test_planned_places_hold_nobody() -> None:
    assert occupied(Places("planned", number("300")), 5)[1] is Finding.NOT_ESTABLISHED


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("CECOT", {("bunks", 20_480), ("declared", 40_000), ("planned", 80_000)}),
        ("GJILAN", {("contracted", 300)}),
        ("NORGERHAVEN", {("contracted", 242)}),
        ("TILBURG", {("contracted", 500)}),
        ("TARTU", {("not_stated", 933), ("contracted", 600)}),
    ],
)
def test_the_library_says_by_which_definition_a_number_is_one_of_places(
    name: str, wanted: set[tuple[str, int]]
) -> None:
    found = capacities(Library().facilities[name][1], DAY)
    assert {(one.definition, one.stated.value) for one in found} == wanted


@pytest.mark.parametrize(("persons", "told"), [(2, 0), (3, 2)])
def test_a_certificate_for_fewer_than_the_cell_held_at_its_effective_instant_is_told(
    persons: int, told: int
) -> None:
    held = [CellStay(f"p{n}", "X-1", "X-1", "A-01", BASE, None) for n in range(persons)]
    late = [CellStay("q", "X-1", "X-1", "A-02", BASE.replace(hour=7), None)] * 3
    found = short(facility(certificate("C1")), [*held, *late], "America/El_Salvador")
    assert [(one.cell, one.persons, one.places) for one in found] == [("A-01", 3, 2)] * told
