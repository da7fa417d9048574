"""Only an agreement in force leads to a transfer; a demonstration says that it is one."""

import pytest

from habeas.errors import ImpossibleEvent
from habeas.law.library import Library
from habeas.service.transfer import LEADING_ON, Ground, may_lead_on, pair, terms
from habeas.terms import EventKind

LIBRARY = Library()
PAIRS = {"OAS-A57": ("US", "SV")}


def ground(name: str, *, demonstration: bool = False) -> Ground:
    deal = LIBRARY.agreement(name)
    states = PAIRS.get(name) or pair(deal, None, None)
    return Ground(deal, terms(deal, *states), demonstration)


@pytest.mark.parametrize("name", ["US-SV-2025", "DK-XK", "NO-NL", "BE-NL", "SE-EE"])
def test_no_transfer_is_decided_under_an_agreement_that_is_not_in_force(name: str) -> None:
    refused = []
    for kind in sorted(LEADING_ON):
        with pytest.raises(ImpossibleEvent) as caught:
            may_lead_on(ground(name), kind)
        refused.append(caught.value.code)
    assert refused == ["H616"] * 3


def allowed(name: str, kind: EventKind, *, demonstration: bool = False) -> bool:
    try:
        may_lead_on(ground(name, demonstration=demonstration), kind)
    except ImpossibleEvent:
        return False
    return True


FACTS = [EventKind.DEPARTED, EventKind.HANDED_OVER, EventKind.DIED, EventKind.STAY_ORDERED]


@pytest.mark.parametrize("kind", FACTS)
def test_facts_and_returns_are_recorded_whatever_becomes_of_the_agreement(kind: EventKind) -> None:
    assert allowed("SE-EE", kind)


def test_an_agreement_in_force_and_a_demonstration_may_lead_on() -> None:
    assert allowed("OAS-A57", EventKind.AUTHORISED)
    assert allowed("SE-EE", EventKind.AUTHORISED, demonstration=True)


def test_the_pair_of_a_lease_is_known_and_that_of_a_convention_is_named() -> None:
    assert pair(LIBRARY.agreement("SE-EE"), None, None) == ("SE", "EE")
    assert pair(LIBRARY.agreement("OAS-A57"), "CL", "SV") == ("CL", "SV")
