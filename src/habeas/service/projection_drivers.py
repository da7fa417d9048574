"""What moves a projection's results: each number alone, each term of the deal, each one's share.

Every run meets the chance of the same persons, so that what is told apart is the number and never
luck. Two results are moved: how many are held on an average day, and the fees of the whole period.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from habeas.law.cited import Text
from habeas.law.library import Library
from habeas.projection import changes, costs, draw, money
from habeas.projection import compile as plans
from habeas.projection.bands import Ints
from habeas.projection.plan import Plan
from habeas.projection.run import Arrays, Run
from habeas.projection.scenario import Scenario
from habeas.projection.uncertainty import HIGH, LOW, MIDDLE, Bar, Model, tornado, under_one_chance
from habeas.service.project import prices
from habeas.service.projected import Driver, Moved, Share
from habeas.service.projection_seen import Words
from habeas.service.scenario import Ready

PERSONS = 4  # draws of persons for each row of quantiles
BARS = 12  # told, the longest
PER_MILLE = 1000
Units = NDArray[np.float64]
Indices = Callable[[Model, Sequence[str], Sequence[int], int, int], Sequence["Index"]]


class Index(Protocol):
    """A number's share of the spread, in parts of a thousand."""

    @property
    def name(self) -> str:
        """Of the number."""
        ...

    @property
    def alone(self) -> int:
        """What it makes alone."""
        ...

    @property
    def total(self) -> int:
        """What it has a hand in."""
        ...


class At(Protocol):
    """Runs a plan with given quantiles for each uncertain number."""

    def __call__(self, payload: bytes, seed: int, lo: int, units: Units) -> Arrays:
        """A row a draw, the persons of draws `lo` on."""
        ...


@dataclass(frozen=True, slots=True)
class Ways:
    """A scenario, its plan, and how it is run."""

    scenario: Scenario
    plan: Plan
    at: At
    seed: int
    library: Library

    def arrays(self, units: Units) -> Arrays:
        """Draws from 0 on, a row of quantiles each."""
        return self.at(msgspec.json.encode(self.plan), self.seed, 0, units)

    def held(self, draws: int, units: Units) -> Ints:
        """Persons held on an average day, in hundredths, (draws,)."""
        del draws
        found, total = self.arrays(units), np.zeros(len(units), np.int64)
        for house in self.plan.houses:
            total += found[f"held.{house.id}"].sum(axis=1, dtype=np.int64)
        return total * 100 // self.plan.days

    def fees(self, draws: int, units: Units) -> Ints:
        """Fees of the whole period in minor units, (draws,)."""
        found = self.arrays(units)
        numbers = costs.drawn(self.scenario, self.seed, range(draws))
        run = Run(self.scenario, self.plan, found, numbers, prices(self.scenario, self.library), {})
        total = np.zeros(draws, np.int64)
        for one in money.every(run)[0]:
            total += one.dues.priced.sum(axis=1)
        return total


def draws_of(ways: Ways, rows: int) -> int:
    """How many draws it takes to tell what moves the results, with so many rows of a sample."""
    names = len(draw.names(ways.plan))
    results = 2 if prices(ways.scenario, ways.library) else 1
    moved = results * PERSONS * (1 + 2 * names + len(ways.scenario.changes))
    return moved + rows * (names + 2)


def drivers(ready: Ready, ways: Ways, words: Words) -> tuple[Moved, ...]:
    """What moves each result, with the terms of the deal that the scenario names.

    Args:
        ready: the scenario.
        ways: of it.
        words: both languages.
    """
    names = list(draw.names(ways.plan))
    said = _ends(ways, names)
    others = _others(ready, ways)
    moved = [_moved("held", names, said, ways, others, words)]
    if prices(ways.scenario, ways.library):
        moved.append(_moved("fees", names, said, ways, others, words))
    return tuple(one for one in moved if one.bars)


def shares(ways: Ways, words: Words, indices: Indices, rows: int) -> tuple[Share, ...]:
    """What part of the spread of persons held each number makes, by so many rows of a sample."""
    names = list(draw.names(ways.plan))
    model = under_one_chance(ways.held, 1)
    found = indices(model, names, range(len(names)), ways.seed, rows)
    told = [
        Share(_words(one.name, ways.scenario, words), one.alone / PER_MILLE, one.total / PER_MILLE)
        for one in found
    ]
    return tuple(sorted(told, key=lambda one: -one.together)[:BARS])


def _ends(ways: Ways, names: Sequence[str]) -> Mapping[str, tuple[str, str]]:
    """What each number is at either end of its bar."""
    if not names:
        return {}
    rows = np.full((2, len(names)), MIDDLE)
    rows[0], rows[1] = LOW, HIGH
    values = ways.arrays(rows)["values"]
    return {
        name: (_said(float(values[0, place])), _said(float(values[1, place])))
        for place, name in enumerate(names)
    }


def _said(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004 - three figures


def _others(ready: Ready, ways: Ways) -> dict[str, Ways]:
    """The scenario with each change made, by the change's id."""
    shares_ = {(one.deal, one.stream): one.share for one in ready.screened}
    found = dict[str, Ways]()
    for change in ready.scenario.changes:
        other = changes.applied(ready.scenario, change, ways.library)
        plan = plans.compiled(other, ready.floors, shares_)
        found[change.id] = Ways(other, plan, ways.at, ways.seed, ways.library)
    return found


def _moved(
    result: str,
    names: Sequence[str],
    said: Mapping[str, tuple[str, str]],
    ways: Ways,
    others: Mapping[str, Ways],
    words: Words,
) -> Moved:
    def number(way: Ways) -> Model:
        return under_one_chance(way.held if result == "held" else way.fees, PERSONS)

    changed = {name: number(way) for name, way in others.items()}
    found = tornado(number(ways), names, range(len(names)), changed)
    part = PERSONS * (100 if result == "held" else 1)
    titles = {one.id: one.title for one in ways.scenario.changes}
    world = [_driver(bar, found.middle, part, _words(bar.name, ways.scenario, words), said)
             for bar in found.world if bar.low != bar.high]  # fmt: skip
    deal = [_driver(bar, found.middle, part, titles[bar.name], {})
            for bar in found.deal if bar.low != bar.high]  # fmt: skip
    text = words.text(f"drives.{result}")
    bars = (*world[:BARS], *deal[:BARS])
    return Moved(result, text, "persons" if result == "held" else "minor", bars)


def _driver(
    bar: Bar, middle: int, part: int, words: Text, said: Mapping[str, tuple[str, str]]
) -> Driver:
    low, high = said.get(bar.name, ("", ""))
    ends = (bar.low / part, middle / part, bar.high / part)
    return Driver(words, "world" if bar.kind == "world" else "deal", *ends, low, high)


def _words(name: str, scenario: Scenario, words: Words) -> Text:
    """An uncertain number by its place in the file, in words."""
    first, *path = name.split(".")
    if first != "streams":
        return words.text(f"numbers.{name.replace('.', '_')}")
    kind = path[2]
    title = next((one.title for one in scenario.assumed.streams
                  if (one.deal, one.id) == (path[0], path[1])), None)  # fmt: skip
    english = words.english(f"numbers.{kind}").format(stream=title.en if title else path[1])
    return Text(
        english, words.spanish(f"numbers.{kind}").format(stream=title.es if title else path[1])
    )
