"""Money of hand-computed cases: the closed cohort, and what either state is left with."""

from projection_cases import FLAT, GUARANTEED, arrays, cohort, drawn, fees, scenario, values


def test_the_closed_cohort_at_a_flat_price() -> None:
    found = drawn(scenario(fees(FLAT)), arrays(cohort(3)))
    assert values(found, "money.person_days_billed") == [201_250] * 3
    assert values(found, "money.total") == [1_102_648_750] * 3
    assert values(found, "guarantee.empty_days") == [0] * 3


def test_the_closed_cohort_with_four_fifths_of_the_places_guaranteed() -> None:
    found = drawn(scenario(fees(GUARANTEED)), arrays(cohort()))
    assert values(found, "guarantee.empty_days") == [108_750]
    assert values(found, "money.total") == [1_698_490_000]
    assert values(found, "money.paid_for_empty") == [1_698_490_000 - 1_102_648_750]
