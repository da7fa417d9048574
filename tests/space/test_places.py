"""Places out of the cells, never typed in; each figure of the library is recomputed."""

from dataclasses import replace
from datetime import date

import pytest

from facility_files import certificate, text
from habeas.errors import FeeError
from habeas.law.library import Library
from habeas.service import measure
from habeas.space.certified import Cell, cells
from habeas.space.places import most_persons, places_at

CECOT = Library().facilities["CECOT"][1]
CELLS = cells(CECOT, date(2026, 11, 21))


def derived(key: str) -> int:
    (found,) = [one.value for one in CECOT.figures if one.key == key and one.claim == "derived"]
    return found


@pytest.mark.parametrize(
    ("cm2", "by_cell", "by_area"),
    [(40_000, 6400, 6400), (34_000, 7424, 7529), (30_000, 8448, 8533)],
)
def test_the_places_that_the_library_states_come_out_of_its_256_cells(
    cm2: int, by_cell: int, by_area: int
) -> None:
    found = places_at(CELLS, "CECOT", cm2), most_persons(CELLS, "CECOT", cm2)
    assert (found, derived(f"places_at_{cm2}_cm2")) == ((by_cell, by_area), by_area)


@pytest.mark.parametrize("persons", [14_500, 20_480, 40_000])
def test_the_areas_a_person_that_the_library_states_come_out_of_its_cells(persons: int) -> None:
    total = sum(cell.floor_cm2 or 0 for cell in CELLS)
    assert total // persons == derived(f"cm2_per_person_at_{persons}")


def test_the_other_derived_figures_come_out_of_its_cells() -> None:
    total = sum(cell.floor_cm2 or 0 for cell in CELLS)
    beds = [cell.beds or 0 for cell in CELLS]
    toilets = [cell.toilets or 0 for cell in CELLS]
    assert (len(CELLS), total // 10_000) == (derived("cells"), derived("cell_area_total_m2"))
    assert beds[0] // toilets[0] == derived("persons_per_toilet_at_80")
    assert 156 // toilets[0] == derived("persons_per_toilet_at_156")
    assert sum(beds) == next(f.value for f in CECOT.figures if f.key == "design_capacity_bunks")


def test_a_cell_of_another_area_makes_other_places() -> None:
    smaller = [replace(CELLS[0], floor_cm2=900_000), *CELLS[1:]]
    found = places_at(smaller, "CECOT", 30_000), most_persons(smaller, "CECOT", 30_000)
    assert found == (8448 - 3, (256 * 1_000_000 - 100_000) // 30_000)


def test_one_cell_of_unknown_area_leaves_the_places_unknown() -> None:
    with pytest.raises(FeeError) as error:
        places_at([*CELLS, Cell("M9", "M9-001", None, net=False)], "CECOT", 30_000)
    assert error.value.code == "H731"


def test_no_area_a_person_is_refused() -> None:
    with pytest.raises(FeeError) as error:
        most_persons(CELLS, "CECOT", 0)
    assert error.value.code == "H732"


def test_each_standard_counts_its_own_floor() -> None:
    own = certificate("C1", {"sanitary_cm2": "25000", "furniture_cm2": "20000"})
    held = text(own).replace("cells = 2\n", "cells = 0\n").replace('["B-1", "B-2"]', "[]")
    found = measure.places(Library(), measure.of_text(held, "x.toml"), date(2027, 6, 1))
    told = [(row["measure"], row["places"], row["most_persons"]) for row in found]
    # 10 m2 in each of three cells; 2.5 m2 of it sanitary, 2 m2 furniture
    assert told == [
        ("ICRC-4", "15", "15"), ("ACA-1", "9", "10"), ("ECHR-1", "6", "7"), ("ICRC-2", "6", "6"),
        ("CPT-2", "3", "5"), ("UN-4", "6", "7"),
    ]  # fmt: skip
