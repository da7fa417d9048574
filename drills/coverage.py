"""Worlds whose truth is known: how often the 90 % band of a projection holds what comes.

Each world is a scenario of its own. Its truth is drawn from the scenario's ranges and lived through
person by person, by the rules of the specification and with chance and a queue of this file's own:
the engine takes no part in it. Then the engine projects from the ranges alone. A band that is right
holds the truth in nine worlds of ten; one from ranges half as wide must be seen to fail.
"""

import heapq
import math
from collections import Counter, deque
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from bench.p1 import DAYS, MONTHS, Rates
from msgspec import structs
from numpy.typing import NDArray

from bench import p1
from drills.rig import Result, ended
from habeas.projection import simulate
from habeas.projection.plan import Deal, House, Plan, Stream, Uncertain
from habeas.projection.queue import FLOWS

RUNS, DRAWS, SEED = 450, 200, 90  # of 200 worlds alone the count scatters by two in a hundred
FIFTH = 5
HORIZONS = (1, 3, 5, 10)  # years
LEAST, MOST = 0.85, 0.95
BAND = (0.05, 0.95)
# Shares, and of how many persons each would be as sure: few, since each is a table of its own.
SHARES = ((0.3, 25.0), (0.45, 300.0), (0.6, 60.0), (0.75, 120.0))
LAWS = ("lognormal", "exponential")
Chance = np.random.Generator  # noqa: TID251 - the truth's own, seeded
Counts = NDArray[np.int64]


class Seen(NamedTuple):
    """At each horizon: how many are held, and how many were received until then."""

    held: Counts
    received: Counts


# A scenario


def scenario(chance: Chance) -> Plan:
    """Two to five streams, ranges of every form, and places for a part of them or for all."""
    many = int(chance.integers(2, 6))
    streams = [_stream(n, chance) for n in range(many)]
    there = sum(_steady(one) for one in streams)
    places = max(round(there * chance.uniform(0.7, 2.5)), 20)
    every = int(chance.choice([1, 7, 14]))
    seats = max(math.ceil(there / 300 * every * chance.uniform(0.6, 2.0)), 3)
    world = {
        "referrals": Uncertain("world.referrals", "lognormal", 1.0, chance.uniform(0.05, 0.25)),
        "stays": Uncertain("world.stays", "uniform", 1.0 - chance.uniform(0, 0.2), 1.15),
        "died": Uncertain("world.died", "lognormal", 1.0, 0.2),
    }
    house, deal = House("house", [(0, places)]), Deal("deal", [0], every=every, batch=seats)
    return p1.plan(streams, DAYS, house, deal, world, MONTHS)


def _stream(number: int, chance: Chance) -> Stream:
    def name(what: str) -> str:
        return f"streams.{number}.{what}"

    rates = Rates(
        mean=chance.uniform(200, 2500),
        log_sd=chance.uniform(0.3, 0.9),
        died=chance.uniform(0, 0.01),
    )
    rate, (share, like) = chance.uniform(0.3, 1.5), SHARES[int(chance.integers(len(SHARES)))]
    eligible = Uncertain(name("eligible"), "share", share, like)
    width = 0.06 * int(chance.integers(4) == 0)  # a year's growth is uncertain in some worlds
    return p1.stream(
        number,
        rates,
        LAWS[int(chance.integers(2))],
        referrals=Uncertain(name("referrals"), "lognormal", rate, chance.uniform(0.05, 0.25)),
        growth=Uncertain(name("growth"), "uniform", -width, width),
        eligible=eligible,
        lawful=eligible,
        returned=Uncertain(name("returned"), "uniform", 0.0, chance.uniform(0.01, 0.2)),
    )


def _steady(one: Stream) -> float:
    return one.referrals.a * one.eligible.a * min(one.mean.a, 1200.0)


def narrowed(plan: Plan, by: float = 0.5) -> Plan:
    """The same with ranges of a part of their width."""

    def less(one: Uncertain) -> Uncertain:
        middle = (one.a + one.b) / 2
        match one.form:
            case "lognormal":
                return Uncertain(one.name, one.form, one.a, one.b * by)
            case "share":
                return Uncertain(one.name, one.form, one.a, one.b / by**2)
            case "uniform":
                ends = (middle + (end - middle) * by for end in (one.a, one.b))
                return Uncertain(one.name, one.form, *ends)
            case _:
                return one

    streams = [
        structs.replace(
            one, referrals=less(one.referrals), growth=less(one.growth),
            eligible=less(one.eligible), lawful=less(one.lawful), returned=less(one.returned),
        )
        for one in plan.streams
    ]  # fmt: skip
    world = {name: less(one) for name, one in plan.world.items()}
    return structs.replace(plan, streams=streams, world=world)


# The truth


class Person(NamedTuple):
    """One who may be sent; days."""

    ready: int
    end: int  # the sentence ends, or they die
    hold: int  # after arrival they are returned early


def truth(plan: Plan, chance: Chance) -> Seen:
    """What comes to pass in one world."""
    told = {name: _drawn(one, chance) for name, one in plan.world.items()}
    people = list[Person]()
    for one in plan.streams:
        people += _people(one, told, chance)
    people.sort(key=lambda person: person.ready)  # of one day, stream after stream
    return _lived(people, plan.houses[0].places[0][1], plan.deals[0])


def _drawn(one: Uncertain, chance: Chance) -> float:
    match one.form:
        case "lognormal":
            return one.a * math.exp(one.b * chance.normal())
        case "share":
            return float(chance.beta(one.b * one.a, one.b * (1.0 - one.a)))
        case "uniform":
            return float(chance.uniform(one.a, one.b))
        case _:
            return one.a


def _people(one: Stream, world: dict[str, float], chance: Chance) -> Iterator[Person]:
    growth = _drawn(one.growth, chance)
    rate = _drawn(one.referrals, chance) * world["referrals"]
    share = _drawn(one.eligible, chance)
    returned, died = (
        _drawn(hazard, chance) * world[name] / 365
        for hazard, name in ((one.returned, "returned"), (one.died, "died"))
    )
    mean = one.mean.a * world["stays"]
    for day in range(DAYS):
        referred = chance.poisson(rate * (1.0 + growth) ** (day // 365))
        for _ in range(chance.binomial(referred, share)):
            if one.law == "exponential":
                stay = chance.exponential(mean)
            else:
                stay = chance.lognormal(math.log(mean) - one.log_sd**2 / 2, one.log_sd)
            life = chance.exponential(1.0 / died) if died else math.inf
            end = day + 1 + math.floor(min(stay, life, one.at_most))
            yield Person(day, end, 1 + math.floor(chance.exponential(1.0 / returned)))


def _lived(people: list[Person], places: int, deal: Deal) -> Seen:
    there, queue, come, received = list[int](), deque[Person](), 0, 0
    last, found = {MONTHS[12 * years] - 1 for years in HORIZONS}, list[tuple[int, int]]()
    for day in range(DAYS):
        while there and there[0] <= day:
            heapq.heappop(there)
        while come < len(people) and people[come].ready <= day:
            queue.append(people[come])
            come += 1
        flown = 0
        while queue and day % deal.every == 0 and flown < deal.batch and len(there) < places:
            one = queue.popleft()
            if one.end > day:
                heapq.heappush(there, min(one.end, day + one.hold))
                flown += 1
        received += flown
        if day in last:
            found.append((len(there), received))
    held, until = zip(*found, strict=True)
    return Seen(np.array(held), np.array(until))


# The projection


def projected(plan: Plan, seed: int) -> Seen:
    """The same of each draw: (draws, horizons)."""
    arrays = simulate.run(p1.payload(plan), seed, 0, DRAWS)
    at = np.array([12 * years for years in HORIZONS])
    received = arrays["flow.deal"][:, :, FLOWS.index("received")].astype(np.int64).cumsum(axis=1)
    held = arrays["held.house"][:, np.array(MONTHS)[at] - 1].astype(np.int64)
    return Seen(held, received[:, at - 1])


def covered(actual: Seen, draws: Seen) -> dict[str, int]:
    """For each horizon, whether the band from 5 to 95 % of the draws holds what came."""
    found = dict[str, int]()
    for what, came, told in zip(Seen._fields, actual, draws, strict=True):
        low, high = np.quantile(told, BAND, axis=0)
        for years, inside in zip(HORIZONS, (low <= came) & (came <= high), strict=True):
            found[f"{what} at {years}"] = int(inside)
    return found


def world(number: int) -> tuple[Plan, Seen]:
    """A scenario, and what comes to pass."""
    chance = np.random.default_rng((SEED, number))  # noqa: TID251 - the truth's own
    plan = scenario(chance)
    return plan, truth(plan, chance)


def worlds(count: int) -> Iterator[tuple[dict[str, int], dict[str, int]]]:
    """What is covered in each; of each fifth also by ranges half as wide, else nothing."""
    for number in range(count):
        plan, actual = world(number)
        told = covered(actual, projected(plan, SEED + number))
        half = narrowed(plan) if number % FIFTH == 0 else None
        yield told, covered(actual, projected(half, SEED + number)) if half else {}


def run(count: int, store: str) -> Result:
    """Live through so many worlds."""
    del store
    told, narrow, done, halves = Counter[str](), Counter[str](), 0, 0
    for one, half in worlds(count):
        told.update(one)
        narrow.update({f"{name}, half as wide": inside for name, inside in half.items()})
        done, halves = done + 1, halves + bool(half)
        if ended():
            break
    broken = [
        f"{name} years: {held} of {done} bands hold what came"
        for name, held in told.items()
        if not LEAST <= held / done <= MOST
    ]
    if sum(narrow.values()) >= LEAST * halves * len(told):
        broken.append("ranges that are too narrow are not seen")
    return Result("coverage of 90 % bands", done, tuple(broken), told + narrow)
