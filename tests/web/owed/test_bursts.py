"""Kept figures are made anew after a few events or an act here, and not each second of a burst."""

import pytest

from desks import Desk
from habeas.terms import Role
from habeas.web import rounds
from habeas.web.readmodels import rebuild, visible
from habeas.web.readmodels.models import Position
from habeas.web.readmodels.remembered import remembered
from web.owed.acts import handed_in, held

BODY = {"kind": "conditions", "document": "0" * 64}


def figure(made: list[int]) -> int:
    """How many times it was made before."""

    def make() -> int:
        made.append(len(made))
        return made[-1]

    return remembered(None, "a figure", make)


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """One event is a burst."""
    monkeypatch.setattr(rebuild, "FEW", 0)


def complaint(desk: Desk) -> None:
    handed_in(desk, "complaint.made", held("eligible", 4), "US-COURT", Role.COURT, 1, **BODY)


def test_a_figure_is_made_anew_when_the_courier_has_taken_in_a_few_events(desk: Desk) -> None:
    made = list[int]()
    figure(made)
    complaint(desk)
    rounds.follow()
    assert (figure(made), figure(made)) == (1, 1)


@pytest.mark.usefixtures("many")
def test_in_a_burst_it_stays_until_somebody_acts_here(desk: Desk) -> None:
    made = list[int]()
    figure(made)
    complaint(desk)
    rounds.follow()
    place = visible.position()
    assert place is not None
    assert place.size > place.figures
    assert figure(made) == 0
    complaint(desk)
    rebuild.follow()  # as after each act of a page
    assert Position.objects.get(pk=1).figures == Position.objects.get(pk=1).size
    assert figure(made) == 1
