"""When custody is over, so that a retention can begin: release, death, return; nothing else."""

from datetime import datetime
from typing import Any

import pytest

from habeas.service.erase import custody_end
from habeas.terms import EventKind

K = EventKind
Told = Any  # the fixture's class lives in conftest, which tests do not import


def end(told: Told) -> datetime | None:
    return custody_end(told.events, told.terms)


@pytest.mark.parametrize(
    "kinds",
    [
        (),
        (K.ABSENCE_STARTED,),
        (K.ESCAPED,),
        (K.DEPARTED,),
        (K.DEPARTED, K.RECEPTION_REFUSED),
        (K.STAY_ORDERED,),
        (K.DEPARTED, K.HANDED_OVER, K.PROPOSED),
        (K.DEPARTED, K.HANDED_OVER, K.ESCAPED),
    ],
)
def test_custody_lasts_in_the_receiving_state_and_on_a_new_way_there(
    held: Told, kinds: tuple[EventKind, ...]
) -> None:
    assert end(held.tell(*kinds[:2], days=0.25).tell(*kinds[2:])) is None


def test_custody_lasts_before_the_first_transfer(telling: Told) -> None:
    assert end(telling.tell(K.OPENED)) is None


def test_custody_lasts_while_a_transfer_is_prepared(scheduled: Told) -> None:
    assert end(scheduled) is None


@pytest.mark.parametrize("last", [K.RELEASED, K.DIED])
def test_custody_ends_with_release_and_death(held: Told, last: EventKind) -> None:
    held.tell(last)
    assert end(held) == held.events[-1].occurred_at


def test_custody_ends_with_the_return_to_the_sending_state(held: Told) -> None:
    held.tell(K.DEPARTED, K.HANDED_OVER, days=0.25)
    assert end(held) == held.events[-1].occurred_at


def test_whoever_is_still_counted_after_the_return_moves_the_end(held: Told) -> None:
    held.tell(K.DEPARTED, K.HANDED_OVER, days=0.25).tell(K.PLACED)
    assert end(held) == held.events[-1].occurred_at


def test_nobody_has_left_of_whom_nothing_is_recorded(telling: Told) -> None:
    assert end(telling) is None
