"""The production queue on tables of one's own, and the laws of stays and waits."""

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bench import p1
from habeas.projection import draw, simulate
from habeas.projection.people import (
    DIED_ON,
    END,
    FAR,
    HOLD,
    OTHER,
    OWN_END,
    PATIENCE,
    PEOPLE_ROWS,
    READY,
)  # fmt: skip
from habeas.projection.plan import Deal, House, Plan
from habeas.projection.queue import EXPIRED, IN, OUT, PERSON, RECEIVED, STAY_ROWS, Rules, receive

Ticks = NDArray[np.int64]
Floats = NDArray[np.float64]
Chance = np.random.Generator  # noqa: TID251 - the tests' own, seeded
Law = Callable[[Chance, int], Floats]
NEVER = -1


class Line(NamedTuple):
    """People in the order in which they are put forward; whole ticks."""

    ready: Ticks
    patience: Ticks  # the last tick on which they may be received
    end: Ticks  # below zero: so many ticks after arrival
    hold: Ticks


class Seen(NamedTuple):
    """Of each: when received, or NEVER; when gone. Of each tick: how many are inside.

    Of each of about fifty spans, whose last ticks are `ends`: how many were received or gave up,
    and how many wait at its end.
    """

    t_in: Ticks
    t_out: Ticks
    held: Ticks
    ends: Ticks
    received: Ticks
    expired: Ticks
    waiting: Ticks


@lru_cache(maxsize=1)
def _ruled(days: int) -> tuple[Plan, Rules]:
    months = [*range(0, days, max(days // 50, 1)), days]
    plan = p1.plan([], days, House("house", [(0, 0)]), Deal("deal", [0]), months=months)
    return plan, draw.rules(plan)


def served(line: Line, days: int, places: Sequence[int], allowed: Sequence[int] = ()) -> Seen:
    """What becomes of them in one house without cells.

    Args:
        line: the people.
        days: ticks of the run.
        places: of each tick, or one number for all.
        allowed: how many may be received on each tick; none given: everybody.
    """
    many = line.ready.size
    plan, rules = _ruled(days)
    rules.places[0] = places
    rules.allowed[0] = allowed or draw.ENDLESS
    people = np.zeros((PEOPLE_ROWS, many), np.int32)
    people[READY], people[PATIENCE], people[OWN_END], people[HOLD] = line
    people[DIED_ON], people[END] = FAR, OTHER
    first = np.array([0, many])
    stays, links = np.empty((STAY_ROWS, many), np.int32), np.empty((many, 2), np.int32)
    daily, cells, state = simulate.blank(plan, first, rules, links)
    nobody = simulate.stock_of([])
    made = receive(people, first, nobody, rules, stays, daily, cells, state)
    t_in, t_out = np.full(many, NEVER, np.int64), np.full(many, NEVER, np.int64)
    t_in[stays[PERSON, :made]], t_out[stays[PERSON, :made]] = stays[IN, :made], stays[OUT, :made]
    ends = np.array(plan.months[1:]) - 1
    received, expired = daily.flow[0, :, RECEIVED], daily.flow[0, :, EXPIRED]
    joined = np.searchsorted(line.ready, ends, side="right")
    waiting = joined - (received + expired).cumsum()
    return Seen(t_in, t_out, daily.held[0].astype(np.int64), ends, received, expired, waiting)


# Chance of the tests' own, which the engine knows nothing of


def chance(seed: int) -> Chance:
    return np.random.default_rng(seed)  # noqa: TID251 - a seed of the test's own


def whole(rng: Chance, ticks: Floats, least: int = 1) -> Ticks:
    """Rounded up or down by chance, so that the mean is kept: half a tick would move Erlang B."""
    return np.maximum(np.floor(ticks + rng.random(ticks.size)), least).astype(np.int64)


def arrivals(rng: Chance, rate: float, until: float) -> Floats:
    """Instants of a Poisson process."""
    return np.sort(rng.random(rng.poisson(rate * until)) * until)


def exponential(rng: Chance, many: int) -> Floats:
    return rng.exponential(1.0, many)


def fixed(rng: Chance, many: int) -> Floats:  # noqa: ARG001 - a law as others
    return np.ones(many)


def lognormal(rng: Chance, many: int) -> Floats:
    return rng.lognormal(-0.5 * 1.2**2, 1.2, many)


def pareto(rng: Chance, many: int) -> Floats:
    """Of shape 2.5 and mean 1."""
    return (1.0 + rng.pareto(2.5, many)) * 1.5 / 2.5


# What replications of their own say


def within(
    found: Sequence[float] | Floats,
    exact: float,
    controls: Sequence[Sequence[float]] = (),
    errors: float = 4.5,
) -> None:
    """The mean lies within so many standard errors of what is exact.

    Controls are numbers of each replication whose mean is zero for certain, such as how many more
    came than were to be looked for: what they explain is taken off.
    """
    told = np.asarray(found, np.float64)
    known = np.column_stack([np.ones_like(told), *controls])
    fitted = np.linalg.lstsq(known, told)[0]
    error = float((told - known @ fitted).std(ddof=known.shape[1])) / math.sqrt(told.size)
    away = (float(fitted[0]) - exact) / error
    assert abs(away) < errors, f"{fitted[0]} is {away:.1f} errors of {error:.2g} from {exact}"


def variance_within(found: Sequence[float] | Floats, exact: float, errors: float = 4.5) -> None:
    """The same of the variance, whose error comes from the fourth moment."""
    told = np.asarray(found, np.float64)
    squares = (told - told.mean()) ** 2 * told.size / (told.size - 1)
    within(squares, exact, errors=errors)
