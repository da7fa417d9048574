"""A plan in one draw: its uncertain numbers, the tables that follow from them, and what is allowed.

Every uncertain number has a name; its own word of chance is keyed by that name, so that a scenario
with one more changes none of the others.
"""

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from habeas.custody.compiled import compiled
from habeas.projection import exact
from habeas.projection.chance import PARAMETER, STOCK, number_of, share, threshold, words
from habeas.projection.people import FAR, Days, Floats, Streams, within_time
from habeas.projection.plan import Plan, Stream, Uncertain
from habeas.projection.queue import NOBODY, Rules

YEAR = 365.0  # days, for rates a year
WORLD = ("referrals", "stays", "eligible", "returned", "died")
ALL = 1 << 32  # as a number of words
MOST_A_DAY = 500.0
ENDLESS = 1 << 30


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


class Uncertainty(NamedTuple):
    """The uncertain numbers of a plan, and what is alike of them in every draw."""

    each: tuple[Uncertain, ...]
    names: tuple[str, ...]
    number: NDArray[np.uint32]  # in the counter of chance
    spread: Floats  # of the lognormal ones; else 0
    tables: tuple[Floats, ...]  # quantiles of the shares; else nothing

    def units(self, key: tuple[int, int]) -> Floats:
        """A number between 0 and 1 for each of one draw, (seed, draw)."""
        zero = np.zeros_like(self.number)
        return share(words((zero, zero, self.number, np.full_like(zero, PARAMETER)), key)[0])

    def values(self, unit: Floats) -> dict[str, float]:
        """What each is where it stands at a quantile."""
        factor = exact.exp(self.spread * exact.at(exact.normal_table(), unit)).tolist()
        told = dict[str, float]()
        for one, at, times, table in zip(
            self.each, unit.tolist(), factor, self.tables, strict=True
        ):
            if one.form == "uniform":
                told[one.name] = one.a + (one.b - one.a) * at
            else:
                told[one.name] = _between(table, at) if one.form == "share" else one.a * times
        return told


def _between(table: Floats, u: float) -> float:
    place = u * (table.size - 1)
    below = min(int(place), table.size - 2)
    low, high = float(table[below]), float(table[below + 1])
    return low + (place - below) * (high - low)


def uncertainty(plan: Plan) -> Uncertainty:
    """The uncertain numbers of a plan."""
    each = uncertain(plan)
    none = np.empty(0)
    return Uncertainty(
        each,
        tuple(one.name for one in each),
        np.array([number_of(one.name) for one in each], np.uint32),
        np.array([one.b if one.form == "lognormal" else 0.0 for one in each]),
        tuple(
            exact.beta_table(one.b * one.a, one.b * (1.0 - one.a)) if one.form == "share" else none
            for one in each
        ),
    )


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


@compiled
def _steps(rates: Floats, nobody: Floats, table: NDArray[np.uint64]) -> None:
    """Poisson laws: a row a rate, and e to the power of minus it."""
    for row in range(rates.size):
        part = total = nobody[row]
        for n in range(table.shape[1]):
            step = math.ceil(total * 4294967296.0 - 0.5) if part > 0.0 else ALL
            table[row, n] = min(step, ALL)
            part *= rates[row] / (n + 1)
            total += part


def poisson(rates: Floats) -> NDArray[np.uint64]:
    """For n = 1, 2, ...: the word from which on the number is at least n; a row a rate.

    Raises:
        ValueError: for more than `MOST_A_DAY`, which is the caller's mistake.
    """
    most = float(rates.max(initial=0.0))
    if not most <= MOST_A_DAY:
        msg = f"{most} groups a day are more than {MOST_A_DAY}"
        raise ValueError(msg)
    table = np.empty((rates.size, int(most + 12.0 * math.sqrt(most) + 24.0)), np.uint64)
    _steps(rates, exact.exp(-rates), table)
    return table


class Frame(NamedTuple):
    """What of the streams of one agreement is alike in every draw."""

    streams: tuple[Stream, ...]
    years: int  # for each of which a stream that grows has a rate of its own
    base: Streams  # with the numbers of no draw; stays of a mean of one day
    at_most: Floats  # days, (streams, 1)


@lru_cache(maxsize=64)
def _stays(law: str, log_sd: float, table: tuple[float, ...]) -> Floats:
    """Quantiles of a stay whose mean is one day; of a table, as it is."""
    if law == "lognormal":
        return exact.exp(log_sd * exact.normal_table() - 0.5 * log_sd * log_sd)
    if law == "exponential":
        return -exact.log(1.0 - exact.grid())
    if law == "fixed":
        return np.ones(exact.POINTS)
    return exact.at(np.array(table), np.arange(exact.POINTS) / exact.STEPS)


def frame(plan: Plan, deal: int) -> Frame:
    """The streams of one agreement over the days of the plan."""
    many = tuple(one for one in plan.streams if one.deal == deal)
    grows = any(one.growth.form != "point" or one.growth.a for one in many)
    year = (
        (np.arange(plan.days) // YEAR).astype(np.int32) if grows else np.zeros(plan.days, np.int32)
    )
    years = int(year[-1]) + 1
    row = np.full((plan.days, len(many)), NOBODY, np.int32)
    cohort = np.zeros((plan.days, len(many)), np.int32)
    for place, one in enumerate(many):
        if one.persons:
            cohort[one.first, place] = one.persons
        else:
            row[one.first : one.after, place] = place * years + year[one.first : one.after]
        for first, after, stops in plan.deals[deal].pauses:
            if stops:
                row[first:after, place] = NOBODY
                cohort[first:after, place] = 0
    none, nothing = np.zeros(len(many)), np.zeros(len(many), np.uint64)
    arrival = np.array([one.from_arrival for one in many], np.bool_)
    stays = [_stays(one.law, one.log_sd, tuple(one.table)) for one in many]
    base = Streams(
        number=np.array([one.number for one in many], np.uint32),
        row=row,
        steps=np.empty((0, 0), np.uint64),
        cohort=cohort,
        group=_groups([one.batch for one in many]),
        eligible=nothing,
        lawful=nothing,
        stays=np.array(stays).reshape(len(many), exact.POINTS),
        returned=none,
        died=none,
        late=none,
        from_arrival=arrival,
        plain=~arrival,
    )
    return Frame(many, years, base, np.array([float(one.at_most) for one in many])[:, np.newaxis])


def streams(fixed: Frame, drawn: Drawn) -> Streams:
    """The streams of one agreement in one draw."""
    many, chance, inflow = fixed.streams, drawn.factor("eligible"), drawn.factor("referrals")
    rates = list[float]()
    for one in many:
        rate, times = drawn(one.referrals) * inflow / one.batch, 1.0 + drawn(one.growth)
        for _ in range(fixed.years):  # a power of the platform may differ in the last bit
            rates.append(rate)
            rate *= times
    late = np.array([drawn(one.late) for one in many])
    mean = np.array([drawn(one.mean) * drawn.factor("stays") for one in many])[:, np.newaxis]
    died, returned = drawn.factor("died") / YEAR, drawn.factor("returned") / YEAR
    return fixed.base._replace(
        steps=poisson(np.array(rates)),
        eligible=_below(
            [drawn(one.eligible) * (drawn(one.lawful) if one.of_lawful else chance) for one in many]
        ),
        lawful=_below([drawn(one.lawful) for one in many]),  # no practice widens the law
        stays=np.minimum(fixed.base.stays * mean, fixed.at_most),
        returned=np.array([drawn(one.returned) * returned for one in many]),
        died=np.array([drawn(one.died) * died for one in many]),
        late=late,
        plain=~fixed.base.from_arrival & (late <= 0.0),
    )


def _below(shares: list[float]) -> NDArray[np.uint64]:
    return np.array([threshold(one) for one in shares], np.uint64)


def _groups(means: list[float]) -> Floats:
    """For each mean size of a group, 1 / log(1 - 1/mean); 0 where people come by themselves."""
    mean = np.maximum(np.array(means), 1.0 + 1e-12)
    return np.where(np.array(means) > 1.0, 1.0 / exact.log(1.0 - 1.0 / mean), 0.0)


def rules(plan: Plan) -> Rules:
    """What can be done on each day."""
    days, houses, deals = plan.days, len(plan.houses), len(plan.deals)
    places = np.zeros((houses, days), np.int32)
    closing = np.zeros((houses, days), np.bool_)
    for at, house in enumerate(plan.houses):
        for begins, many in house.places:
            first = max(begins, 0)  # places from before it are there when it begins
            if first < days:
                closing[at, first] = many == 0 and first > 0 and places[at, first] > 0
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
