"""Bands of a projection in worlds whose truth is known: the small form, and its own parts."""

import numpy as np
from drills.coverage import Seen
from msgspec import structs

from bench import p1
from drills import coverage as drill

WORLDS = 6
FEWEST, MOST = 0.75, 0.5  # of 48 bands, which in one world go together: nine of ten are right


def test_bands_hold_what_comes_and_those_of_narrow_ranges_do_not() -> None:
    held, narrow = list[int](), list[int]()
    for number in range(WORLDS):
        plan, actual = drill.world(number)
        held += drill.covered(actual, drill.projected(plan, number)).values()
        less = drill.projected(drill.narrowed(plan, 0.1), number)
        narrow += drill.covered(actual, less).values()
    assert len(held) == WORLDS * 8
    assert sum(held) >= FEWEST * len(held)
    assert sum(narrow) <= MOST * len(narrow)


def test_a_truth_that_is_counted_by_hand() -> None:
    """Nobody dies or is returned; a flight a fortnight of two, and three places."""
    people = [drill.Person(0, end, 10**9) for end in (20, 40, 15, 14, 5000)]
    deal = structs.replace(p1.p1().deals[0], every=14, batch=2)
    seen = drill._lived(people, 3, deal)  # noqa: SLF001 - the drill's own truth
    # Day 0: the first two. Day 14: the third, who stays until day 15; two are there.
    # Day 28: one is there; the fourth's sentence is over, so the fifth flies, and outlasts all.
    assert seen.received.tolist() == [4, 4, 4, 4]
    assert seen.held.tolist() == [1, 1, 1, 1]


def test_a_band_holds_its_ends_and_nothing_beyond() -> None:
    draws = np.tile(np.arange(101)[:, None], (1, 4))
    at = Seen(np.array([5, 95, 4, 96]), np.array([50, 0, 100, 6]))
    told = drill.covered(at, Seen(draws, draws))
    assert list(told.values()) == [1, 1, 0, 0, 1, 0, 0, 1]
