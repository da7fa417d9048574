"""The production queue against what queueing theory says of it, to a few standard errors.

A tick is a thousandth of the mean stay; errors come from replications of their own.
"""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from habeas.projection.people import FAR
from queue_cases import (
    Floats,
    Law,
    Line,
    Seen,
    arrivals,
    chance,
    exponential,
    fixed,
    lognormal,
    pareto,
    served,
    whole,
    within,
)

TICKS, PLACES, OFFERED = 1000, 10, 8.0
WARM, UNTIL = 40, 440  # mean stays: before counting, and in all


def erlang_b(places: int, offered: float) -> float:
    lost = 1.0
    for n in range(1, places + 1):
        lost = offered * lost / (n + offered * lost)
    return lost


def erlang_c(places: int, offered: float) -> float:
    lost = erlang_b(places, offered)
    return lost / (1.0 - offered / places * (1.0 - lost))


def abandoned(places: int, arrival: float, patience: float) -> float:
    """Of M/M/c+M with stays of mean 1: those who give up, from the chain of how many are there."""
    weights = [1.0]
    for n in range(1, 400):
        weights.append(weights[-1] * arrival / (min(n, places) + max(n - places, 0) * patience))
    waiting = sum(max(n - places, 0) * weight for n, weight in enumerate(weights))
    return patience * waiting / sum(weights) / arrival


def test_the_formulas_are_those_that_are_printed() -> None:
    assert math.isclose(erlang_b(10, 8.0), 0.1216610643, abs_tol=5e-11)
    assert math.isclose(erlang_c(10, 8.0), 0.4091801508, abs_tol=5e-11)
    assert math.isclose(abandoned(10, 11.0, 0.5), 0.1477458420, abs_tol=5e-11)


def replication(seed: int, rate: float, law: Law, patience: Floats | float) -> tuple[Line, Seen]:
    """People of one replication; patience is in mean stays."""
    rng = chance(seed)
    ready = arrivals(rng, rate, UNTIL)
    stay = whole(rng, law(rng, ready.size) * TICKS)
    tick = (ready * TICKS).astype(np.int64)
    if patience == math.inf:
        last = np.full(ready.size, FAR)
    else:
        last = tick + whole(rng, rng.exponential(patience, ready.size) * TICKS, 0)
    line = Line(tick, last, -stay, np.full(ready.size, FAR))
    return line, served(line, UNTIL * TICKS, [PLACES])


def counted(line: Line) -> NDArray[np.bool_]:
    """Those put forward after it has warmed up, and not so late that the end cuts them off."""
    return (line.ready >= WARM * TICKS) & (line.ready < (UNTIL - WARM) * TICKS)


def more(line: Line, rate: float) -> tuple[float, float]:
    """How many more came, and how much more they brought, than on average."""
    came = float(counted(line).sum()) / (UNTIL - 2 * WARM)
    return came - rate, -float(line.end.sum()) / TICKS / UNTIL - rate


@pytest.mark.parametrize("law", [exponential, fixed, lognormal, pareto])
def test_case_1_what_a_full_house_loses_is_erlangs_b_whatever_the_law_of_stays(law: Law) -> None:
    lost, inside, known = list[float](), list[float](), list[tuple[float, float]]()
    for seed in range(40):
        line, seen = replication(seed, OFFERED, law, 0.0)
        lost.append(float((seen.t_in[counted(line)] < 0).mean()))
        inside.append(float(seen.held[WARM * TICKS :].mean()))
        known.append(more(line, OFFERED))
    exact = erlang_b(PLACES, OFFERED)
    assert min(lost) > 0.0, "a house that is never full says nothing of Erlang"
    within(lost, exact, [*zip(*known, strict=True)])
    within(inside, OFFERED * (1.0 - exact), [*zip(*known, strict=True)])


def test_case_2_who_waits_and_how_long_is_erlangs_c() -> None:
    waits, long, known = list[float](), list[float](), list[tuple[float, float]]()
    for seed in range(64):
        line, seen = replication(100 + seed, OFFERED, exponential, math.inf)
        wait = (seen.t_in - line.ready)[counted(line)]
        assert (wait >= 0).all()
        waits.append(float((wait > 0).mean()))
        long.append(float(wait.mean()) / TICKS)
        known.append(more(line, OFFERED))
    exact = erlang_c(PLACES, OFFERED)
    within(waits, exact, [*zip(*known, strict=True)])
    within(long, exact / (PLACES - OFFERED), [*zip(*known, strict=True)])


def test_case_3_those_whose_sentence_ends_while_they_wait_are_as_many_as_the_chain_says() -> None:
    gave_up, inside, known = list[float](), list[float](), list[tuple[float, float]]()
    for seed in range(40):
        line, seen = replication(200 + seed, 11.0, exponential, 2.0)
        gave_up.append(float((seen.t_in[counted(line)] < 0).mean()))
        inside.append(float(seen.held[WARM * TICKS :].mean()))
        known.append(more(line, 11.0))
        gone = seen.received.sum() + seen.expired.sum()
        assert gone + seen.waiting[-1] == line.ready.size
    exact = abandoned(PLACES, 11.0, 0.5)
    within(gave_up, exact, [*zip(*known, strict=True)])
    within(inside, 11.0 * (1.0 - exact), [*zip(*known, strict=True)])
