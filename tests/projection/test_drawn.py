"""Answers of draws that the engine makes: one chance for both sides, whatever is asked of them."""

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from habeas.projection.bands import Outcome
from habeas.projection.draw import names
from habeas.projection.plan import Deal, House, Plan, Stream, Uncertain
from habeas.projection.run import Arrays
from habeas.projection.simulate import run, run_at
from habeas.projection.sobol import indices
from habeas.projection.uncertainty import Units, gain, paired, tornado, under_one_chance
from habeas.service import project
from projection_cases import GUARANTEED, MONTHS, drawn, fees, scenario, values

pytestmark = pytest.mark.usefixtures("compiled")

NONE = Uncertain("none", "point", 0.0)
DRAWS = 60


def world(more: float = 1.0, places: int = 100_000) -> Plan:
    """Ten persons a day more or less, half of whom may be sent, for 200 days more or less."""
    stream = Stream(
        "s", 0, 7,
        referrals=Uncertain("s.referrals", "lognormal", 10.0 * more, 0.3), growth=NONE,
        eligible=Uncertain("s.eligible", "share", 0.5, 40),
        lawful=Uncertain("s.lawful", "point", 0.1),
        mean=Uncertain("s.mean", "uniform", 180.0, 220.0), returned=NONE,
        died=Uncertain("s.died", "point", 0.01), late=NONE, log_sd=0.5,
    )  # fmt: skip
    return Plan(365, MONTHS, [House("h", [(0, places)])], [Deal("d", [0])], [stream], {})


def person_days(plan: Plan, seed: int, draws: int = DRAWS) -> NDArray[np.int64]:
    return days(run(msgspec.json.encode(plan), seed, 0, draws))


def days(found: Arrays) -> NDArray[np.int64]:
    return np.asarray(found["days.d"].astype(np.int64).sum(axis=1), np.int64)


def test_pairing_draws_is_worth_a_hundred_times_as_many() -> None:
    less = person_days(world(), 1)
    found = gain(person_days(world(1.05), 1), less)
    assert found is not None
    assert found >= 100
    one, other = (Outcome("a", "", "", each) for each in (person_days(world(1.05), 1), less))
    assert paired(one, other).more == DRAWS  # more inflow adds persons and takes none away


def test_what_the_engine_draws_is_answered_and_compared() -> None:
    given, plans = scenario(fees(GUARANTEED)), (world(places=800), world(1.2, places=800))
    one, other = (
        drawn(given, run(msgspec.json.encode(plan), 1, 0, 20), how=plan) for plan in plans
    )
    for found in (one, other):
        held, billed = found.found.daily["people.held d"], values(found, "money.person_days_billed")
        assert billed == held.sum(axis=1).tolist()
        total, empty = values(found, "money.total"), values(found, "guarantee.empty_days")
        assert total is not None
        assert empty is not None
        paid = [5_479 * (days + more) for days, more in zip(billed or [], empty, strict=True)]
        assert total == paid
    row = next(each for each in project.compare(one, other).rows if each.key == "people.referred")
    assert (row.draws, row.more, row.less) == (20, 0, 20)


def test_bars_and_indices_measure_the_numbers_and_not_luck() -> None:
    payload = msgspec.json.encode(world())

    def held(draws: int, units: Units) -> NDArray[np.int64]:
        found = run_at(payload, 1, 0, units)
        assert len(found["values"]) == draws
        return days(found)

    told = names(world())
    bars = tornado(under_one_chance(held, 4), told, range(len(told)), {}).world
    assert [bar.name for bar in bars[:3]] == ["s.referrals", "s.eligible", "s.mean"]
    assert all(bar.low < bar.high for bar in bars[:3])
    parts = {
        one.name: one for one in indices(under_one_chance(held, 1), told, range(len(told)), 1, 32)
    }
    assert parts["s.referrals"].total > parts["s.eligible"].total > parts["s.mean"].total
