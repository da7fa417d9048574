"""A place is free where a certificate in force says so, and unknown is never a place."""

from datetime import date

from habeas.service import measure, synthetic_cells, vacancy

DAY = date(2026, 11, 26)
PLACE = measure.of_text(synthetic_cells.facility("TARTU", "EE", (2023, 2024)), "tartu.toml")


def test_an_empty_facility_has_every_certified_place_free() -> None:
    found = vacancy.vacancy(PLACE, {}, 0, DAY)
    assert found.places
    assert found.free == found.places
    assert sum(one.free for one in found.cells) >= found.places


def test_who_is_held_and_who_was_promised_a_place_take_one_each() -> None:
    whole = vacancy.vacancy(PLACE, {}, 0, DAY)
    cell = whole.cells[0]
    found = vacancy.vacancy(PLACE, {cell.cell: cell.places, "": 2}, 3, DAY)
    assert whole.free - found.free == cell.places + 2 + 3
    assert cell.cell not in {one.cell for one in found.cells}


def test_more_persons_than_places_is_no_place_and_never_less_than_none() -> None:
    assert vacancy.vacancy(PLACE, {"": 10_000}, 0, DAY).free == 0


def test_before_any_certificate_no_place_is_established() -> None:
    found = vacancy.vacancy(PLACE, {}, 0, date(1990, 1, 1))
    assert found.places is None
    assert found.free == 0


def test_another_count_is_another_check() -> None:
    first, second = (vacancy.vacancy(PLACE, {"": count}, 0, DAY).digest for count in (1, 2))
    assert first != second
