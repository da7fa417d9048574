"""The words of chance are those of Random123, and no place depends on another."""

import numpy as np
import pytest

from habeas.projection import chance

ONES = 0xFFFFFFFF


@pytest.mark.parametrize(
    ("word", "known"),
    [
        (0, ("6627e8d5", "e169c58d", "bc57ac4c", "9b00dbd8")),
        (ONES, ("408f276d", "41c83b0e", "a20bc7c6", "6d5451fd")),
    ],
)
def test_the_known_answers_of_random123(word: int, known: tuple[str, ...]) -> None:
    part = np.array([word], np.uint32)
    found = chance.words((part, part, part, part), (word, word))
    assert tuple(f"{one[0]:08x}" for one in found) == known


def test_a_place_is_the_same_among_others_and_alone() -> None:
    k = np.arange(1000, dtype=np.uint32)
    zero = np.zeros_like(k)
    many = chance.words((k, zero + 5, zero + 2, zero), (7, 3))
    one = chance.words((k[9:10], zero[:1] + 5, zero[:1] + 2, zero[:1]), (7, 3))
    assert [part[9] for part in many] == [part[0] for part in one]


@pytest.mark.parametrize("part", [0.0, 0.25, 0.5, 0.999, 1.0])
def test_a_threshold_takes_the_words_whose_share_is_below(part: float) -> None:
    limit = chance.threshold(part)
    near = [one for one in (limit - 2, limit - 1, limit, limit + 1) if 0 <= one <= ONES]
    shares = chance.share(np.array(near, np.uint32))
    assert [one < limit for one in near] == [bool(one < part) for one in shares]
