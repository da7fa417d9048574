"""The synthetic facility file is one that the checker takes."""

from datetime import date

from habeas.service import measure, synthetic_cells

SMALL = [f"{module}-{number:02d}" for module in "ES" for number in (6, 12, 18, 24)]


def test_the_file_has_no_fault() -> None:
    text = synthetic_cells.facility("TARTU", "EE", (2023, 2024))
    assert measure.check(text, "tartu.toml") == []


def test_the_small_cells_are_certified_for_one_person() -> None:
    place = measure.of_text(synthetic_cells.facility("TARTU", "EE", (2023, 2024)), "tartu.toml")
    rows = measure.cell_rows(place, date(2024, 1, 1))
    assert len(rows) == 48
    assert [one["cell"] for one in rows if one["maximum"] == "1"] == SMALL
