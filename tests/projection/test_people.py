"""The compiled people are those of the definition, bit for bit; more of them change nobody."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.projection import exact, people, people_fast
from habeas.projection.chance import threshold
from habeas.projection.draw import poisson

pytestmark = pytest.mark.usefixtures("compiled")

DAYS = 200
MONTHS = np.array([0, 31, 59, 90, 150, DAYS], np.int32)
PAIR = st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))


def streams(rates: list[float], shares: list[float], **other: Any) -> people.Streams:  # noqa: ANN401
    many = len(rates)
    table = poisson(np.array(rates))
    below = np.array([threshold(one) for one in shares], np.uint64)
    stays = exact.exp(0.7 * exact.normal_table() - 0.245)
    given_ = people.Streams(
        number=np.arange(many, dtype=np.uint32) * 97 + 5,
        row=np.tile(np.arange(many, dtype=np.int32), (DAYS, 1)),
        steps=table,
        cohort=np.zeros((DAYS, many), np.int32),
        group=np.zeros(many),
        eligible=below,
        lawful=below // 2,
        stays=np.minimum(np.tile(stays, (many, 1)) * 80.0, 300.0),
        returned=np.full(many, 0.002),
        died=np.full(many, 0.001),
        late=np.zeros(many),
        from_arrival=np.zeros(many, np.bool_),
        plain=np.ones(many, np.bool_),
    )
    return given_._replace(**other)


@settings(max_examples=40, deadline=None)
@given(st.data(), PAIR)
def test_the_twins_are_equal(data: st.DataObject, key: tuple[int, int]) -> None:
    many = data.draw(st.integers(1, 4))
    some = st.lists(st.floats(0.01, 40), min_size=many, max_size=many)
    shares = data.draw(st.lists(st.floats(0, 1), min_size=many, max_size=many))
    late = np.array(data.draw(st.lists(st.sampled_from([0.0, 4.0]), min_size=many, max_size=many)))
    arrival = np.array(data.draw(st.lists(st.booleans(), min_size=many, max_size=many)))
    group = data.draw(st.sampled_from([0.0, 1 / math.log(1 - 1 / 7)]))
    cohort = np.zeros((DAYS, many), np.int32)
    cohort[data.draw(st.integers(0, DAYS - 1))] = data.draw(st.integers(0, 3000))
    which = streams(
        data.draw(some), shares, late=late, from_arrival=arrival, plain=~arrival & (late == 0),
        group=np.full(many, group), cohort=cohort,
    )  # fmt: skip
    ours, asked = people_fast.people(which, key, MONTHS, people_fast.Room(people.PEOPLE_ROWS))
    theirs, counted = people.people(which, key, MONTHS)
    assert (ours[:2] == theirs[:2]).all()
    marked = theirs[people.END] == people.OTHER
    assert (ours[:, marked] == theirs[:, marked]).all()
    usual = theirs[:, ~marked]
    assert (usual[people.PATIENCE] == usual[people.END] - 1).all()
    assert (usual[people.OWN_END] == usual[people.END]).all()
    assert (usual[[people.LATE]] == 0).all()
    assert (usual[[people.DIED_ON, people.HOLD]] == people.FAR).all()
    assert all((a == b).all() for a, b in zip(asked, counted, strict=True))


def test_more_put_forward_changes_nobody() -> None:
    few, asked = people.people(streams([5.0, 2.0], [0.5, 0.3]), (7, 1), MONTHS)
    many, more = people.people(streams([6.0, 2.5], [0.6, 0.3]), (7, 1), MONTHS)
    assert (asked.referred <= more.referred).all()
    before = {tuple(column) for column in few.T.tolist()}
    assert before <= {tuple(column) for column in many.T.tolist()}
    assert few.shape[1] < many.shape[1]


def test_a_share_of_all_and_of_none() -> None:
    everybody, asked = people.people(streams([5.0], [1.0]), (1, 2), MONTHS)
    assert everybody.shape[1] == asked.referred.sum()
    nobody, asked = people.people(streams([5.0], [0.0]), (1, 2), MONTHS)
    assert not nobody.size
    assert not asked.eligible.any()


def test_the_number_of_a_day_is_that_of_poisson() -> None:
    """The mean and the variance of 20,000 days lie within five standard errors of the rate."""
    found = np.concatenate([people.counts(streams([20.0], [1.0]), (3, n)) for n in range(100)])
    many = found.size
    assert abs(found.mean() - 20) < 5 * math.sqrt(20 / many)
    assert abs(found.var() - 20) < 5 * math.sqrt((20 + 2 * 400) / many)
