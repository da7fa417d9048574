"""Real prisons against the projection: twelve states, three origins, twelve months on.

    HABEAS_REAL_DATA=FOLDER python -m drills backtest_states [--count DRAWS]

It validates arithmetic on published counts of another system and says nothing of any agreement,
state or person of this project. Counts are of the first day of a month, flows of the whole month,
where nothing else is said. Nothing here becomes a default of the projection.
"""

import csv
import math
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from statistics import fmean, median, stdev
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from drills.rig import Result
from habeas.projection import simulate
from habeas.projection.bands import bands
from habeas.projection.chance import number_of
from habeas.projection.plan import Deal, Held, House, Plan, Stream, Uncertain
from habeas.projection.score import Score, error_of, score

FOLDER = "us-prisons-monthly"
RUNS, SEED = 200, 8  # draws of each state
YEAR = 12
ORIGINS = tuple(2017 * YEAR + 11 + YEAR * n for n in range(3))  # December 2017, 2018, 2019
LEAST = 6  # months of flows, below which nothing is fitted
ENDLESS = 10_000_000
DAYS = 365
OVERLAP = math.sqrt(2.0 / YEAR)  # a mean of twelve months against the mean of twelve others
STAY = 10_950  # days; who leaves, leaves by the hazard


class Month(NamedTuple):
    """One month of one state."""

    held: float | None  # at its beginning
    inferred: bool  # the source marks a part of the row as inferred
    received: float | None = None
    left: float | None = None


Series = Mapping[int, Month]  # by months since the year 0
Kept = Callable[[Series, int], bool]


def month(text: str) -> int:
    """YYYY-MM-DD as a number of months."""
    return int(text[:4]) * YEAR + int(text[5:7]) - 1


def told(at: int) -> str:
    """A number of months as YYYY-MM."""
    return f"{at // YEAR}-{at % YEAR + 1:02d}"


def read(folder: Path) -> dict[str, dict[int, Month]]:
    """The states whose flows are known, in the order of their names."""
    flows = _rows(folder / FOLDER / "admissions_releases_states.csv")
    found: dict[str, dict[int, Month]] = {one["state"]: {} for one in flows}
    for one in _rows(folder / FOLDER / "populations_states.csv"):
        if one["state"] in found and one["population"]:
            there = Month(float(one["population"]), "inferred" in one["data_or_inferred"])
            found[one["state"]][month(one["date"])] = there
    for one in flows:
        at, state = month(one["date"]), found[one["state"]]
        before = state.get(at, Month(None, inferred=False))
        came, left = float(one["admissions"]), float(one["releases"])
        state[at] = before._replace(received=came, left=left)
    return {name: found[name] for name in sorted(found)}


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


# Stock and flow


class Identity(NamedTuple):
    """What of the change of a stock the flows do not explain."""

    months: int
    share: float  # median of the absolute residual, in percent of the mean stock
    mean: float  # persons a month


def whole(series: Series, at: int) -> bool:
    """Whether stock and flows of a month are both stated."""
    one = series.get(at)
    return one is not None and one.held is not None and one.received is not None


def identity(series: Series, *, month_end: bool = False) -> Identity:
    """Stock against flow.

    Args:
        series: of one state.
        month_end: the stock is read as that of the month's end, and held against the one before.
    """
    joined = [at for at in sorted(series) if whole(series, at)]
    found = list[float]()
    for at in joined:
        first, last = (at - 1, at) if month_end else (at, at + 1)
        flows, begin = series[at], series.get(first)
        if not (whole(series, last) and begin is not None and begin.held is not None):
            continue
        found.append(_held(series, last) - begin.held - (_flow(flows[2]) - _flow(flows[3])))
    mean = fmean(_held(series, at) for at in joined)
    return Identity(len(found), median(map(abs, found)) / mean * 100.0, fmean(found))


def _flow(value: float | None) -> float:
    assert value is not None
    return value


def _held(series: Series, at: int) -> float:
    return _flow(series[at].held)


# What is fitted


def every(series: Series, at: int) -> bool:
    """A month whose stock and flows are stated."""
    return whole(series, at)


def sound(series: Series, at: int) -> bool:
    """The same, of a row that neither repeats the stock before nor is marked as inferred."""
    one, before = series.get(at), series.get(at - 1)
    repeats = one is not None and before is not None and before.held == one.held
    return whole(series, at) and one is not None and not one.inferred and not repeats


@dataclass(frozen=True, slots=True)
class Fit:
    """Twelve months in two numbers, each with how far its months lie apart."""

    held: float
    received: float  # a month
    hazard: float  # of leaving, a month
    received_spread: float  # of the logarithm
    hazard_spread: float

    def on(self, months: int) -> float:
        """The recurrence: stock + received - hazard x stock, month after month."""
        held = self.held
        for _ in range(months):
            held += self.received - self.hazard * held
        return held


def fit(series: Series, origin: int, kept: Kept = every, *, lag: int = 0) -> Fit | None:
    """What is known at an origin; None where too little is.

    Args:
        series: of one state.
        origin: the month from which is projected.
        kept: which months may be fitted.
        lag: 0: the origin's own flows are taken, which its end tells; 1: those before it alone.
    """
    months = [at for at in range(origin - YEAR + 1 - lag, origin + 1 - lag) if kept(series, at)]
    least = YEAR if kept is every else LEAST
    if len(months) < least or not whole(series, origin):
        return None
    received = [_flow(series[at].received) for at in months]
    hazard = [_flow(series[at].left) / _held(series, at) for at in months]
    spreads = [stdev(map(math.log, one)) * OVERLAP for one in (received, hazard)]
    return Fit(_held(series, origin), fmean(received), fmean(hazard), *spreads)


# The same through the engine


def plan(found: Fit, name: str, *, certain: bool = False) -> bytes:
    """A state as a plan: whoever is there, and whoever comes, leaves by one hazard a day.

    Args:
        found: what was fitted.
        name: of the state, which keys its chance.
        certain: both numbers stay as they are fitted.
    """

    def number(key: str, middle: float, spread: float) -> Uncertain:
        if certain:
            return Uncertain(key, "point", middle)
        return Uncertain(key, "lognormal", middle * math.exp(-spread * spread / 2.0), spread)

    one = Uncertain("one", "point", 1.0)
    none = Uncertain("none", "point", 0.0)
    stream = Stream(
        "all", 0, number_of(name),
        referrals=number("received", found.received * YEAR / DAYS, found.received_spread),
        growth=none, eligible=one, lawful=one, mean=Uncertain("stay", "point", float(STAY)),
        returned=number("hazard", found.hazard * YEAR, found.hazard_spread),
        died=none, late=none, law="fixed", from_arrival=True,
    )  # fmt: skip
    there = [Held(0, 0, [STAY] * round(found.held), 0)]
    months = [round(n * DAYS / YEAR) for n in range(YEAR + 1)]
    houses, deals = [House("all", [(0, ENDLESS)])], [Deal("all", [0])]
    return msgspec.json.encode(Plan(DAYS, months, houses, deals, [stream], {}, there))


def drawn(found: Fit, name: str, draws: int, *, certain: bool = False) -> NDArray[np.int32]:
    """How many are held at the end of each of twelve months, (draws, 12)."""
    counts = simulate.run(plan(found, name, certain=certain), SEED, 0, draws)["held.all"]
    ends = [round(n * DAYS / YEAR) - 1 for n in range(1, YEAR + 1)]
    held: NDArray[np.int32] = counts[:, ends].astype(np.int32)
    return held


def expected(found: Fit) -> float:
    """What the engine's daily steps give on average after a year, exactly."""
    # Whoever came on day t has been there for DAYS - 1 - t census days after the first.
    stays = math.exp(-found.hazard * YEAR / DAYS)
    came = sum(stays ** (DAYS - 1 - t) for t in range(DAYS)) * found.received * YEAR / DAYS
    return round(found.held) * stays ** (DAYS - 1) + came


# The table


@dataclass(frozen=True, slots=True)
class Origin:
    """One origin over all states that can be projected from it."""

    at: int
    states: tuple[str, ...]
    recurrence: float  # median absolute error of the point model after twelve months, percent
    unchanged: float
    last: Score  # of the draws, after twelve months
    all: Score  # at each of the twelve
    farthest: float  # mean of the draws against the recurrence, percent, of the worst state


def point(
    states: Mapping[str, Series], origin: int, kept: Kept = every, *, lag: int = 0
) -> tuple[dict[str, Fit], float, float]:
    """The fits from an origin, and the median errors of the point model and of no change."""
    fits = dict[str, Fit]()
    for name, series in states.items():
        after = series.get(origin + YEAR)
        found = fit(series, origin, kept, lag=lag)
        if found is not None and after is not None and after.held is not None:
            fits[name] = found
    seen = np.array([_held(states[name], origin + YEAR) for name in fits])
    ours = error_of(np.array([one.on(YEAR) for one in fits.values()]), seen)
    still = error_of(np.array([one.held for one in fits.values()]), seen)
    return fits, _flow(ours), _flow(still)


def back_test(
    states: Mapping[str, Series], origin: int, draws: int, kept: Kept = every, *, lag: int = 0
) -> Origin:
    """Every state from one origin, through the engine."""
    fits, ours, still = point(states, origin, kept, lag=lag)
    rows, seen, before, ends, farthest = [], [], [], [], 0.0
    for name, one in fits.items():
        held = drawn(one, name, draws)
        rows.append(bands(held).shares)
        farthest = max(farthest, abs(float(held[:, -1].mean()) / one.on(YEAR) - 1.0) * 100.0)
        after = [states[name].get(origin + n) for n in range(1, YEAR + 1)]
        seen += [-1 if at is None or at.held is None else round(at.held) for at in after]
        before += [round(one.held)] * YEAR
        ends += [False] * (YEAR - 1) + [True]
    found, truth, start = np.concatenate(rows), np.array(seen), np.array(before)
    known, last = truth >= 0, np.array(ends)
    return Origin(
        origin, tuple(fits), ours, still,
        score(found[last], truth[last], start[last]),
        score(found[known], truth[known], start[known]), farthest,
    )  # fmt: skip


VARIANTS: tuple[tuple[str, Kept, int], ...] = (
    ("every row", every, 0),
    ("rows that repeat or are inferred left out", sound, 0),
    ("flows of the months before the origin alone", every, 1),
)


def identities(states: Mapping[str, Series]) -> Iterator[str]:
    """The table of stock against flow."""
    yield "| state | months | residual, stock at month's beginning | at its end | mean a month |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for name, series in states.items():
        begin, end = identity(series), identity(series, month_end=True)
        yield (
            f"| {name} | {begin.months} | {begin.share:.3f} % | {end.share:.3f} %"
            f" | {begin.mean:+.1f} |"
        )


def back_tests(states: Mapping[str, Series], draws: int) -> Iterator[str]:
    """The table of the back-tests, and what must be said of each."""
    yield (
        "| fitted on | origin | states | recurrence | no change | middle draw | in half | in nine"
        " in ten | pinball | of no change |"
    )
    yield "| --- | --- " + "| ---: " * 8 + "|"
    words = list[str]()
    for label, kept, lag in VARIANTS:
        for origin in ORIGINS:
            one = back_test(states, origin, draws, kept, lag=lag)
            yield f"| {label} | {told(origin)} | {len(one.states)} {_figures(one)}"
            if kept is every and not lag:
                words += [f"{told(origin)}: {sentence}" for sentence in one.last.said()]
                words += [f"{told(origin)}, all months: {said}" for said in one.all.said()]
    yield from ("", *words)


def _figures(one: Origin) -> str:
    last = one.last
    return (
        f"| {one.recurrence:.2f} % | {one.unchanged:.2f} % | {_flow(last.error):.2f} %"
        f" | {last.in_half} of {last.points} | {last.in_nine} of {last.points}"
        f" | {last.pinball:.1f} | {last.unchanged_pinball:.1f} |"
    )


def run(count: int, _store: str) -> Result:
    """Print both tables; the promises are those of the figures that docs/backtests.md states."""
    named = os.environ.get("HABEAS_REAL_DATA")
    if named is None:
        print("real data not present: set HABEAS_REAL_DATA", flush=True)
        return Result("backtest_states", 0, (), {})
    states = read(Path(named))
    for line in chain(identities(states), [""], back_tests(states, count)):
        print(line, flush=True)
    return Result("backtest_states", len(ORIGINS), (), {"states": len(states), "draws": count})
