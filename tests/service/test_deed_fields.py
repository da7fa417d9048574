"""What each deed is stated with: no less than the workflow asks, and each field of a known form."""

import pytest

from habeas.errors import SetupError
from habeas.service import deed_fields
from habeas.service.deed_fields import FIELDS
from habeas.service.deeds import DOINGS
from habeas.terms import Deed
from habeas.transfer.machine import TABLE


@pytest.mark.parametrize("deed", DOINGS)
def test_everything_that_the_workflow_asks_of_an_event_is_asked_of_whoever_states_it(
    deed: Deed,
) -> None:
    needed = {one.name for one in deed_fields.of(deed) if one.needed}
    carried = set(TABLE[DOINGS[deed].kind].carries)
    assert needed == (set() if deed is Deed.SCREEN else carried), "a screening is computed"


def test_every_deed_that_is_one_event_is_described_and_no_other() -> None:
    assert FIELDS.keys() == DOINGS.keys()
    with pytest.raises(SetupError, match="H903"):
        deed_fields.of(Deed.SEE_PERSON)


@pytest.mark.parametrize("deed", FIELDS)
def test_no_field_stands_twice_and_a_choice_has_its_example(deed: Deed) -> None:
    fields = FIELDS[deed]
    assert len({one.name for one in fields}) == len(fields)
    assert all(one.example in one.choices for one in fields if one.choices)
    assert all(one.about.endswith(".") for one in fields)
