"""Floor area a person, held against each standard by its own figure."""

import json
from dataclasses import replace
from datetime import date

import pytest

from habeas.cli.main import run
from habeas.law.library import Library
from habeas.space import certified
from habeas.space.density import Density, densities, floor_area_cm2
from habeas.terms import Finding
from habeas.units import square_metres

LIBRARY = Library()
CECOT = LIBRARY.facilities["CECOT"][1]
CELLS = certified.cells(CECOT, date(2026, 11, 21))
STANDARDS = [standard for _, standard in LIBRARY.standards.values()]


def rows(persons: int) -> list[Density]:
    return densities(CELLS, "CECOT", persons, STANDARDS)


@pytest.mark.parametrize(
    ("persons", "area"), [(14_500, "1.77"), (20_480, "1.25"), (40_000, "0.64")]
)
def test_cecot_is_below_every_standard_at_these_numbers(persons: int, area: str) -> None:
    found = rows(persons)
    assert {row.finding for row in found} == {Finding.NOT_MET}
    assert square_metres(found[0].cm2_per_person) == area


@pytest.mark.parametrize(("measure", "most"), [("ECHR-1", 8533), ("ICRC-2", 7529), ("CPT-2", 6400)])
def test_one_person_more_than_the_most_is_below(measure: str, most: int) -> None:
    found = [
        next(row.finding for row in rows(persons) if row.measure.id == measure)
        for persons in (most, most + 1)
    ]
    assert found == [Finding.NOT_ESTABLISHED, Finding.NOT_MET]


def test_a_number_for_the_whole_never_shows_that_a_standard_is_met() -> None:
    assert {row.finding for row in rows(1)} == {Finding.NOT_ESTABLISHED}
    net = [replace(cell, net=True, sanitary_cm2=0, furniture_cm2=0) for cell in CELLS]
    found = densities(net, "CECOT", 1, STANDARDS)
    assert {row.finding for row in found} == {Finding.NOT_ESTABLISHED}


def test_persons_who_may_all_be_alone_are_in_no_shared_cell() -> None:
    small = [replace(CELLS[n], floor_cm2=35_000) for n in range(10)]
    found = {
        persons: {row.measure.id: row.finding for row in densities(small, "X", persons, STANDARDS)}
        for persons in (10, 11)
    }
    below, open_ = Finding.NOT_MET, Finding.NOT_ESTABLISHED
    told = [(found[n]["CPT-2"], found[n]["UN-4"]) for n in (10, 11)]
    assert told == [(open_, below), (below, below)]


def test_the_cells_add_up() -> None:
    assert floor_area_cm2(CELLS, "CECOT") == 25_600 * 10_000


def test_every_number_that_the_file_reports_is_measured_with_its_source(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["space", "density", "CECOT", "--as-of", "2026-11-21", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    told = {
        (one["persons"], one["m2_per_person"]): {
            row["measure"] for row in one["standards"] if row["finding"] == "not established"
        }
        for one in found["densities"]
    }
    every = {row.measure.id for row in rows(1)}
    below = {number: set[str]() for number in ((20_480, "1.25"), (40_000, "0.64"))}
    below |= {(14_532, "1.76"): set(), (15_000, "1.71"): set(), (12_114, "2.11"): {"ICRC-4"}}
    assert told == below | {(4000, "6.40"): every}
    assert all(one["source"] and one["caveat"] and one["upper_bound"] for one in found["densities"])
    assert {row["finding"] for one in found["densities"] for row in one["standards"]} == {
        "below",
        "not established",
    }


def test_the_command_gives_every_number_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        run(["space", "density", "CECOT", "--persons", "14500", "--persons", "40000", "--json"])
        == 0
    )
    found = json.loads(capsys.readouterr().out)["densities"]
    assert [(one["persons"], one["m2_per_person"]) for one in found] == [
        (14_500, "1.77"),
        (40_000, "0.64"),
    ]


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (["CECOT", "--persons", "0"], "H732"),
        (["CECOTT", "--persons", "5"], "H218"),
        (["GJILAN", "--persons", "5"], "H731"),
        (["TARTU"], "H731"),
        (["FREMONT_CO"], "H901"),
        ([], "H901"),
        (["CECOT", "--persons", "many"], "H901"),
    ],
)
def test_an_area_that_cannot_be_given_is_one_sentence(
    capsys: pytest.CaptureFixture[str], call: list[str], code: str
) -> None:
    assert run(["space", "density", *call]) == 2
    assert capsys.readouterr().err.split()[0] == code
