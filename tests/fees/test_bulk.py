"""The schedule for many draws at once gives each line of the plain form, draw by draw."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from fee_cases import INDICES, Case, assert_equal, banded, cases, deeds, schedules
from habeas.errors import FeeError
from habeas.fees.bulk import due
from habeas.fees.charge import charges
from habeas.law.schedule import Fees


def refused(each: list[Fees], case: Case) -> set[str]:
    """Codes of what the plain form refuses in some draw and month."""
    codes = set[str]()
    for fees, draw in zip(each, case.plain, strict=True):
        for month in draw:
            try:
                charges(fees, month)
            except FeeError as error:
                codes.add(error.code)
    return codes


def found_equal(fees: Fees, case: Case, data: st.DataObject) -> bool:
    """Both refuse with a code of the other's, or have the same lines; else an assertion fails."""
    draws = len(case.plain)
    drawn = data.draw(st.just([]) | st.lists(INDICES, min_size=draws, max_size=draws))
    each = [structs.replace(fees, indexation=index) for index in drawn] or [fees] * draws
    if refused(each, case):
        with pytest.raises(FeeError, match=r"H72[38]"):
            due(fees, case.period, case.many, drawn)
    else:
        assert_equal(each, case, due(fees, case.period, case.many, drawn))
    return True


@settings(max_examples=250)
@given(schedules(), cases(), st.data())
def test_each_line_is_that_of_the_plain_form(fees: Fees, case: Case, data: st.DataObject) -> None:
    assert found_equal(fees, case, data)


@settings(max_examples=150)
@given(schedules(banded()), cases(), st.data())
def test_bands_and_their_guarantee_are_those_of_the_plain_form(
    fees: Fees, case: Case, data: st.DataObject
) -> None:
    assert found_equal(fees, case, data)


@settings(max_examples=100)
@given(deeds(), cases(full=True), st.data())
def test_what_is_done_and_given_back_is_that_of_the_plain_form(
    fees: Fees, case: Case, data: st.DataObject
) -> None:
    assert found_equal(fees, case, data)
