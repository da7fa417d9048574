"""The schedule for many draws at once gives each line of the plain form, draw by draw."""

import pytest
from hypothesis import given, settings

from fee_cases import Case, assert_equal, cases, schedules
from habeas.errors import FeeError
from habeas.fees.bulk import due
from habeas.fees.charge import charges
from habeas.law.schedule import Fees


def refused(fees: Fees, case: Case) -> set[str]:
    """Codes of what the plain form refuses in some draw and month."""
    codes = set[str]()
    for month in (month for draw in case.plain for month in draw):
        try:
            charges(fees, month)
        except FeeError as error:
            codes.add(error.code)
    return codes


@settings(max_examples=200)
@given(schedules(), cases())
def test_each_line_is_that_of_the_plain_form(fees: Fees, case: Case) -> None:
    if refused(fees, case):
        with pytest.raises(FeeError, match=r"H72[38]"):
            due(fees, case.period, case.many)
    else:
        assert_equal(fees, case, due(fees, case.period, case.many))
