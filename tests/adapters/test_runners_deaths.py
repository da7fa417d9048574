"""Whoever hands out parts blames none but the one that ends its worker, in every case."""

from collections import Counter
from collections.abc import Collection

import pytest
from drills.draws import draws as toy
from hypothesis import given
from hypothesis import strategies as st

from habeas.adapters.runners import TRIES, Call, Crew, Died
from habeas.errors import SetupError
from habeas.projection.parts import Arrays, Range, digest, merged

SEED, DRAWS = 5, 40


class Fated:
    """Workers that die all together when one of them has a bad part, as those of a pool do."""

    def __init__(self, workers: int, deaths: dict[int, int]) -> None:
        self.workers = workers
        self._deaths = dict(deaths)  # draw: how often it ends its worker
        self._dead = set[int]()
        self._calls = dict[int, Call]()
        self.tried = Counter[Range]()

    def give(self, call: Call) -> int:
        self._calls[len(self._calls)] = call
        self.tried[call[3], call[4]] += 1
        return len(self._calls) - 1

    def first(self, held: Collection[int]) -> int:
        bad = [draw for one in held for draw in self._bad(one) if one not in self._dead]
        if bad:
            self._dead |= set(held)
            self._deaths[bad[0]] -= 1
        return min(held)

    def _bad(self, one: int) -> list[int]:
        lo, hi = self._calls[one][3:]
        return [draw for draw, left in self._deaths.items() if lo <= draw < hi and left]

    def taken(self, one: int) -> Arrays:
        if one in self._dead:
            raise Died
        _, payload, seed, lo, hi = self._calls[one]
        return toy(payload, seed, lo, hi)

    def close(self) -> None:
        """Nothing is held."""


def drawn(hands: Fated) -> Arrays:
    parts = Crew(hands).run("drills.draws:draws", b"", SEED, DRAWS, lambda *_: None)
    return merged(parts, DRAWS)


@given(bad=st.sets(st.integers(0, DRAWS - 1), min_size=1), workers=st.integers(1, 5))
def test_the_part_that_is_blamed_is_a_bad_one(bad: set[int], workers: int) -> None:
    hands = Fated(workers, dict.fromkeys(bad, 100))
    with pytest.raises(SetupError, match="H870") as raised:
        drawn(hands)
    blamed = [part for part in hands.tried if f" {part[0]} to {part[1] - 1}:" in str(raised.value)]
    assert [bool(bad & {*range(*part)}) for part in blamed] == [True]
    assert hands.tried[blamed[0]] == TRIES
    good = {part: count for part, count in hands.tried.items() if not bad & {*range(*part)}}
    assert all(count <= 2 for count in good.values())


@given(bad=st.sets(st.integers(0, DRAWS // 10 - 1)), workers=st.integers(1, 5))
def test_deaths_that_pass_are_made_up_for(bad: set[int], workers: int) -> None:
    draws = {10 * one for one in bad}  # no part is longer than 10
    hands = Fated(workers, dict.fromkeys(draws, 1))
    assert digest(drawn(hands)) == digest(toy(b"", SEED, 0, DRAWS))
    good = {part: count for part, count in hands.tried.items() if not draws & {*range(*part)}}
    assert all(count <= 2 for count in good.values())
