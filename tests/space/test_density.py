"""Floor area a person, held against each standard by its own figure."""

import json

import pytest

from habeas.cli.main import run
from habeas.law.library import Library
from habeas.space.density import densities, floor_area_cm2
from habeas.terms import Finding
from habeas.units import square_metres

LIBRARY = Library()
CECOT = LIBRARY.facilities["CECOT"][1]
STANDARDS = [standard for _, standard in LIBRARY.standards.values()]


@pytest.mark.parametrize(
    ("persons", "area"), [(14_500, "1.77"), (20_480, "1.25"), (40_000, "0.64")]
)
def test_cecot_is_below_every_standard_at_every_reported_number(persons: int, area: str) -> None:
    rows = densities(CECOT, persons, STANDARDS)
    assert {row.finding for row in rows} == {Finding.NOT_MET}
    assert square_metres(rows[0].cm2_per_person) == area


@pytest.mark.parametrize(("measure", "most"), [("ECHR-1", 8533), ("ICRC-2", 7529), ("CPT-2", 6400)])
def test_one_person_more_than_the_most_is_below(measure: str, most: int) -> None:
    found = [
        next(
            row.finding for row in densities(CECOT, persons, STANDARDS) if row.measure.id == measure
        )
        for persons in (most, most + 1)
    ]
    assert found == [Finding.NOT_ESTABLISHED, Finding.NOT_MET]


def test_a_gross_area_never_shows_that_a_standard_is_met() -> None:
    assert {row.finding for row in densities(CECOT, 1, STANDARDS)} == {Finding.NOT_ESTABLISHED}


def test_the_cells_add_up() -> None:
    assert floor_area_cm2(CECOT) == 25_600 * 10_000


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
        (["CECOT"], "H901"),
        (["CECOT", "--persons", "many"], "H901"),
    ],
)
def test_an_area_that_cannot_be_given_is_one_sentence(
    capsys: pytest.CaptureFixture[str], call: list[str], code: str
) -> None:
    assert run(["space", "density", *call]) == 2
    assert capsys.readouterr().err.split()[0] == code
