"""A plan in one draw: its uncertain numbers, the tables that follow from them, and what is allowed.

Every uncertain number has a name; its own word of chance is keyed by that name, so that a scenario
with one more changes none of the others.
"""

import hashlib
import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from habeas.projection import exact
from habeas.projection.chance import PARAMETER, STOCK, share, threshold, words
from habeas.projection.people import FAR, Days, Floats, Streams, within_time
from habeas.projection.plan import Plan, Stream, Uncertain
from habeas.projection.queue import NOBODY, Rules

YEAR = 365.0
WORLD = ("referrals", "stays", "eligible", "returned", "died")
ALL = 1 << 32  # as a number of words
MOST_A_DAY = 500.0
ENDLESS = 1 << 30


def number_of(name: str) -> int:
    """A name as 32 bits."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big")


def uncertain(plan: Plan) -> tuple[Uncertain, ...]:
    """What each draw takes anew, in the order of its columns."""
    found = [one for one in plan.world.values() if one.form != "point"]
    for stream in plan.streams:
        found += [one for one in _of(stream) if one.form != "point"]
    return tuple({one.name: one for one in found}.values())


def names(plan: Plan) -> tuple[str, ...]:
    """Of the uncertain numbers."""
    return tuple(one.name for one in uncertain(plan))


def _of(stream: Stream) -> tuple[Uncertain, ...]:
    return (
        stream.referrals, stream.growth, stream.eligible, stream.lawful,
        stream.mean, stream.returned, stream.died, stream.late,
    )  # fmt: skip


def units(plan: Plan, key: tuple[int, int]) -> Floats:
    """A number between 0 and 1 for each uncertain number of one draw."""
    found = names(plan)
    number = np.array([number_of(name) for name in found], np.uint32)
    zero = np.zeros_like(number)
    return share(words((zero, zero, number, np.full_like(number, PARAMETER)), key)[0])


def values(plan: Plan, unit: Floats) -> dict[str, float]:
    """What the uncertain numbers are where each stands at a quantile."""
    found = uncertain(plan)
    normal = exact.at(exact.normal_table(), unit) if found else unit
    factor = exact.exp(np.array([one.b for one in found]) * normal) if found else unit
    told = dict[str, float]()
    for place, one in enumerate(found):
        if one.form == "uniform":
            told[one.name] = one.a + (one.b - one.a) * float(unit[place])
        elif one.form == "lognormal":
            told[one.name] = one.a * float(factor[place])
        else:
            table = exact.beta_table(one.b * one.a, one.b * (1.0 - one.a))
            told[one.name] = float(exact.at(table, unit[place : place + 1])[0])
    return told


class Drawn:
    """The numbers of one draw, by what they are of."""

    def __init__(self, plan: Plan, told: dict[str, float]) -> None:
        self.told = told
        self.world = {name: self(one) for name, one in plan.world.items()}

    def __call__(self, one: Uncertain) -> float:
        """What it is in this draw."""
        return one.a if one.form == "point" else self.told[one.name]

    def factor(self, name: str) -> float:
        """Of the world; 1 where none is assumed."""
        return self.world.get(name, 1.0)


def poisson(rate: float) -> list[int]:
    """For n = 1, 2, ...: the word from which on the number is at least n."""
    if not rate <= MOST_A_DAY:
        msg = f"{rate} groups a day are more than {MOST_A_DAY}"
        raise ValueError(msg)
    part = float(exact.exp(np.array([-rate]))[0])
    total, found, n = part, list[int](), 0
    while (step := min(math.ceil(total * 2.0**32 - 0.5), ALL)) < ALL and part > 0.0:
        found.append(step)
        n += 1
        part *= rate / n
        total += part
    return found


class Frame(NamedTuple):
    """What of the streams of one agreement is alike in every draw."""

    streams: tuple[Stream, ...]
    years: Days  # (days,): since the beginning
    open: NDArray[np.bool_]  # (days, streams): whether a rate holds
    cohort: Days


@lru_cache(maxsize=8)
def _stays(law: str, log_sd: float, table: tuple[float, ...]) -> Floats:
    """Quantiles of a stay whose mean is one day."""
    if law == "lognormal":
        return exact.exp(log_sd * exact.normal_table() - 0.5 * log_sd * log_sd)
    if law == "exponential":
        return -exact.log(1.0 - exact.grid())
    if law == "fixed":
        return np.ones(exact.POINTS)
    return exact.at(np.array(table), np.arange(exact.POINTS) / exact.STEPS)


def frame(plan: Plan, deal: int) -> Frame:
    """The streams of one agreement over the days of the plan."""
    streams = tuple(one for one in plan.streams if one.deal == deal)
    days = np.arange(plan.days)
    held = np.zeros((plan.days, len(streams)), np.bool_)
    cohort = np.zeros((plan.days, len(streams)), np.int32)
    for place, one in enumerate(streams):
        if one.persons:
            cohort[one.first, place] = one.persons
        else:
            held[:, place] = (days >= one.first) & (days < one.after)
        for first, after, stops in plan.deals[deal].pauses:
            held[first:after, place] &= not stops
    years = (days // YEAR).astype(np.int32)
    return Frame(streams, years, held, cohort)


def streams(fixed: Frame, drawn: Drawn) -> Streams:
    """The streams of one agreement in one draw."""
    many, steps = fixed.streams, list[list[int]]()
    row = np.full(fixed.open.shape, NOBODY, np.int32)
    for place, one in enumerate(many):
        rate, growth = (
            drawn(one.referrals) * drawn.factor("referrals") / one.batch,
            drawn(one.growth),
        )
        for year in range(int(fixed.years[-1]) + 1 if growth else 1):
            at = fixed.open[:, place] & ((fixed.years == year) if growth else True)
            if rate > 0.0 and at.any():
                row[at, place] = len(steps)
                steps.append(poisson(rate * (1.0 + growth) ** year))
    width = max((len(one) for one in steps), default=0)
    table = np.full((len(steps), width), ALL, np.uint64)
    for place, found in enumerate(steps):
        table[place, : len(found)] = found
    stays = [_stays(one.law, one.log_sd, tuple(one.table)) for one in many]
    late = np.array([drawn(one.late) for one in many])
    arrival = np.array([one.from_arrival for one in many], np.bool_)
    chance = drawn.factor("eligible")
    return Streams(
        number=np.array([one.number for one in many], np.uint32),
        row=row,
        steps=table,
        cohort=fixed.cohort,
        group=_groups([one.batch for one in many]),
        eligible=_below([drawn(one.eligible) * chance for one in many]),
        lawful=_below([drawn(one.lawful) * chance for one in many]),
        stays=np.array(stays).reshape(len(many), exact.POINTS),
        factor=np.array([drawn(one.mean) * drawn.factor("stays") for one in many]),
        at_most=np.array([float(one.at_most) for one in many]),
        returned=np.array([drawn(one.returned) * drawn.factor("returned") / YEAR for one in many]),
        died=np.array([drawn(one.died) * drawn.factor("died") / YEAR for one in many]),
        late=late,
        from_arrival=arrival,
        plain=~arrival & (late <= 0.0),
    )


def _below(shares: list[float]) -> NDArray[np.uint64]:
    return np.array([threshold(one) for one in shares], np.uint64)


def _groups(means: list[float]) -> Floats:
    return np.array(
        [1.0 / float(exact.log(np.array([1.0 - 1.0 / m]))[0]) if m > 1.0 else 0.0 for m in means]
    )


def rules(plan: Plan) -> Rules:
    """What can be done on each day."""
    days, houses, deals = plan.days, len(plan.houses), len(plan.deals)
    places = np.zeros((houses, days), np.int32)
    closing = np.zeros((houses, days), np.bool_)
    for at, house in enumerate(plan.houses):
        for first, many in house.places:
            closing[at, first : first + 1] = many == 0 and first > 0 and places[at, first] > 0
            places[at, first:] = many
    order = np.full((deals, houses + 1), NOBODY, np.int32)
    allowed = np.zeros((deals, days), np.int32)
    recall = np.full((deals, days), FAR, np.int32)
    for at, deal in enumerate(plan.deals):
        order[at, : len(deal.houses)] = deal.houses
        allowed[at, deal.first : min(deal.until, days) : deal.every] = (
            ENDLESS if deal.batch < 0 else deal.batch
        )
        for first, after, _ in deal.pauses:
            allowed[at, first:after] = 0
        for day in sorted(deal.recalls, reverse=True):
            recall[at, :day] = day
    ends = np.array(plan.months[1:])
    return Rules(
        places=places,
        closing=closing,
        cells=np.array([one.cells for one in plan.houses], np.int32),
        allowed=allowed,
        most=np.array([ENDLESS if one.most < 0 else one.most for one in plan.deals], np.int32),
        order=order,
        recall=recall,
        month=np.searchsorted(ends, np.arange(days), side="right").astype(np.int32),
    )


def risks(stream: Stream, drawn: Drawn, end: Days, key: tuple[int, int]) -> tuple[Days, Days]:
    """When those who are there at the beginning would die, and be returned early; FAR: not."""
    which = np.arange(end.size, dtype=np.uint32)
    number, purpose = np.full_like(which, stream.number), np.full_like(which, STOCK)
    death, early, *_ = words((which, np.zeros_like(which), number, purpose), key)
    span, many = (end + 2).astype(np.float64), end.size
    died = drawn(stream.died) * drawn.factor("died") / YEAR
    returned = drawn(stream.returned) * drawn.factor("returned") / YEAR
    return (
        within_time(share(death), np.full(many, died), span),
        within_time(share(early), np.full(many, returned), span),
    )
