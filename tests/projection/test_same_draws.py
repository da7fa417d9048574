"""A draw is a function of plan, seed and number: of no chunk, no compiler and no version."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from msgspec import structs
from numpy.typing import NDArray

from bench import p1
from habeas.projection import simulate
from habeas.projection.parts import digest
from habeas.projection.plan import Deal, Held, House, Plan

SEED = 2026
# Of `everything`, draws 0 to 2. Another hash means other persons: what was projected before can
# then not be computed again. That is a decision, and the change log says it.
GOLDEN = "0a82ec35cef5d721224a1b580d12698ec94ac31dd8807bc020979000f359941b"


def everything() -> Plan:
    """Two agreements in three houses: cells, stock, groups, cohorts, a table, pauses, a closing."""
    known = p1.p1(part=0.03, years=2)
    one, two, three, *others = known.streams
    table = [float(n * n) / 40_000 for n in range(4097)]
    streams = [
        structs.replace(one, batch=6.0, growth=p1.point("growth", 0.1)),
        structs.replace(two, law="exponential", from_arrival=True, deal=1),
        structs.replace(three, law="table", table=table, late=p1.point("late", 5.0)),
        *others,
        p1.stream(9, p1.Rates(mean=300.0), "fixed", persons=40, first=100, deal=1),
    ]
    houses = [
        House("a", [(0, 150), (400, 250)], 20),
        House("b", [(0, 60), (500, 0)], 7),
        House("c", [(300, 500)]),
    ]
    deals = [
        Deal("x", [0, 2], every=7, batch=20, pauses=[(200, 230, True)]),
        Deal("y", [1, 0], most=120, first=3, every=5, recalls=[650]),
    ]
    stock = [Held(0, 0, [*range(1, 90, 2)], 0), Held(1, 1, [5, 700, 800])]
    return structs.replace(known, streams=streams, houses=houses, deals=deals, stock=stock)


def test_the_draws_of_a_plan_with_everything_in_it_are_what_they_were() -> None:
    arrays = simulate.run(p1.payload(everything()), SEED, 0, 3)
    told = arrays["flow.x"].sum(axis=(0, 1)) + arrays["flow.y"].sum(axis=(0, 1))
    assert (told > 0).all()  # so that the hash is of everything that can happen
    assert digest(arrays) == GOLDEN


PLAIN = """
import sys
sys.modules["numba"] = None
from test_same_draws import SEED, digest, everything
from habeas.custody import compiled
from habeas.projection import simulate
from bench import p1
assert not compiled.COMPILED
print(digest(simulate.run(p1.payload(everything()), SEED, 0, 3)))
"""


@pytest.mark.no_cover  # the same lines again, slowly
def test_without_a_compiler_the_bits_are_the_same() -> None:
    here = Path(__file__).parent
    paths = os.pathsep.join([*sys.path, str(here), str(here.parents[1])])
    call = [sys.executable, "-c", PLAIN]
    environment = {**os.environ, "PYTHONPATH": paths}
    done = subprocess.run(call, capture_output=True, text=True, check=True, env=environment)  # noqa: S603 - our own
    assert done.stdout.strip() == GOLDEN


def test_how_draws_are_shared_out_is_never_seen() -> None:
    payload = p1.payload(everything())
    whole = simulate.run(payload, SEED, 0, 10)
    parts = [simulate.run(payload, SEED, lo, hi) for lo, hi in [(3, 10), (0, 3)]]
    for name, array in whole.items():
        assert (array == np.concatenate([parts[1][name], parts[0][name]])).all(), name
    again = simulate.run(payload, SEED, 7, 8)
    assert digest(again) == digest({name: array[7:8] for name, array in whole.items()})
    assert digest(simulate.run(payload, SEED + 1, 7, 8)) != digest(again)


def test_two_scenarios_meet_the_same_chance() -> None:
    """5 % more referrals in P1: pairs of draws differ a hundred times less than strangers do."""
    base, more = p1.payload(p1.p1(part=0.1)), p1.payload(p1.p1(part=0.1, more=1.05))

    def days(payload: bytes, lo: int) -> NDArray[np.int64]:
        found = simulate.run(payload, SEED, lo, lo + 60)["days.deal"]
        total: NDArray[np.int64] = found.astype(np.int64).sum(axis=1)
        return total

    first, paired, strangers = days(base, 0), days(more, 0), days(more, 60)
    assert (strangers - first).var(ddof=1) >= 100 * (paired - first).var(ddof=1)
