"""Numbers of a rule become whole units of the fact that they meet: exactly, or not at all."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.errors import LawError
from habeas.law.check import checked
from habeas.law.library import Library
from habeas.law.tree import AllOf, Compare, In, Node, Number

VOCABULARY = Library().vocabulary
SCALES = {"age_years": 1, "months_remaining": 100, "planned_m2": 10_000}


def units(node: Node) -> list[int]:
    """The numbers of a checked comparison or list, in units."""
    match node:
        case Compare():
            found = [side for side in (node.left, node.right) if isinstance(side, Number)]
        case In():
            found = [value for value in node.values if isinstance(value, Number)]
        case AllOf():
            return [number for arg in node.args for number in units(arg)]
        case _:
            return []
    assert all(number.value == int(number.value) for number in found)
    return [int(number.value) for number in found]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("planned_m2 >= 4.0", [40_000]),
        ("planned_m2 >= 4", [40_000]),
        ("planned_m2 >= 1.77", [17_700]),
        ("planned_m2 > 0.0001", [1]),
        ("planned_m2 > 4.00000", [40_000]),
        ("months_remaining >= 6", [600]),
        ("months_remaining > 4.5", [450]),
        ("months_remaining > -0.01", [-1]),
        ("0.29 < months_remaining", [29]),
        ("months_remaining IN (1,2.5,0.07)", [100, 250, 7]),
        ("months_remaining BETWEEN 0.5 AND 12", [50, 1_200]),
        ("age_years >= 18", [18]),
        ("age_years >= 007", [7]),
        ("age_years >= 18.0", [18]),
    ],
)
def test_a_number_becomes_the_units_of_its_fact(text: str, told: list[int]) -> None:
    assert units(checked(text, VOCABULARY)) == told


@given(fact=st.sampled_from(sorted(SCALES)), number=st.integers(-(10**12), 10**12))
def test_every_whole_number_of_units_can_be_written_and_is_read_back(
    fact: str, number: int
) -> None:
    text = f"{Decimal(number) / SCALES[fact]:f}"
    assert units(checked(f"{fact} = {text}", VOCABULARY)) == [number]


@given(fact=st.sampled_from(sorted(SCALES)), whole=st.integers(0, 10**6), part=st.integers(1, 9))
def test_a_number_finer_than_its_fact_is_kept_is_refused(fact: str, whole: int, part: int) -> None:
    decimals = len(str(SCALES[fact])) - 1
    with pytest.raises(LawError) as caught:
        checked(f"{fact} = {whole}.{'0' * decimals}{part}", VOCABULARY)
    assert [fault.code for fault in caught.value.faults] == ["H107"]


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("age_years >= 17.5", 14),
        ("planned_m2 >= 4.00005", 15),
        ("12.345 > months_remaining", 1),
        ("months_remaining IN (1,2.555)", 24),
        ("convicted AND months_remaining BETWEEN 1.001 AND 2", 40),
    ],
)
def test_the_finer_number_is_shown_where_it_stands(text: str, column: int) -> None:
    with pytest.raises(LawError) as caught:
        checked(text, VOCABULARY)
    assert [(fault.code, fault.column) for fault in caught.value.faults] == [("H107", column)]
