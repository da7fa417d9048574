"""Every answer of a run, number by number of every draw, in the order in which they are shown."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from habeas.law.library import Library
from habeas.projection import breach, even, lawful, money
from habeas.projection.bands import Course, Ints, Outcome, month_ends
from habeas.projection.room import room
from habeas.projection.run import Run


@dataclass(frozen=True, slots=True)
class Answers:
    """What is asked of a run: one number a draw, and courses over time."""

    outcomes: tuple[Outcome, ...]
    courses: tuple[Course, ...]  # by month
    daily: Mapping[str, NDArray[np.integer]]  # persons held on every day, (draws, days)

    def of(self, key: str, of: str) -> Outcome | None:
        """One outcome; None: there is none of that name."""
        return next((one for one in self.outcomes if (one.key, one.of) == (key, of)), None)


def answers(run: Run, library: Library) -> Answers:
    """Everything that a projection answers.

    Raises:
        LawError: H218, when a facility is not in the library.
        FeeError: H733 to H738, when certificates of a facility do not hold.
        SetupError: H827, when the draws hold not what the plan says.
    """
    found, without = money.every(run)
    days = month_ends(run.plan.months)
    daily = {
        **{
            f"capacity.held {one.id}": run.of("held", one.id)
            for one in run.scenario.given.facilities
        },
        **{f"people.held {one.id}": run.of("by", one.id) for one in run.scenario.given.deals},
        **{
            f"people.of_the_stock {one.id}": run.of("stock", one.id)
            for one in run.scenario.given.deals
            if f"stock.{one.id}" in run.arrays
        },
    }
    outcomes = tuple(_outcomes(run, library, found, without))
    return Answers(outcomes, tuple(_courses(run, found, days)), daily)


def _outcomes(
    run: Run, library: Library, found: list[money.Money], without: list[Outcome]
) -> Iterator[Outcome]:
    for deal in run.scenario.given.deals:
        yield from lawful.people(run, deal.id)
    yield from _places(run, library)
    for one in found:
        yield from money.outcomes(one)
        yield from even.occupancy(one)
    yield from without
    yield from money.sums(run, found)
    yield from money.told_prices(run)
    yield from lawful.work(run, library)


def _places(run: Run, library: Library) -> Iterator[Outcome]:
    measures = breach.chosen(run.scenario.given, library)
    cost = (run.scenario.currency, run.numbers.get("costs.place"))
    for house in run.scenario.given.facilities:
        where = breach.premises(house, library, run.scenario.first)
        held = run.of("held", house.id)
        if f"cell.{house.id}" in run.arrays:
            yield from breach.space(where, run.of("cell", house.id), measures)
        places = _of_days(run, house.id)
        yield from breach.capacity(where, held, places, run.scenario.first)
        yield from room(where, held, measures, cost)


def _of_days(run: Run, house: str) -> Ints:
    """(days,): places of a facility by the plan."""
    found = np.zeros(run.plan.days, np.int64)
    for one in run.plan.houses:
        if one.id == house:
            for day, places in one.places:
                found[max(day, 0) :] = places
    return found


def _courses(run: Run, found: list[money.Money], days: tuple[int, ...]) -> Iterator[Course]:
    for house in run.scenario.given.facilities:
        yield _shown(run, "capacity.held", ("held", house.id), days)
        if f"cell.{house.id}" in run.arrays:
            yield _shown(run, "space.in_a_cell", ("cell", house.id), days)
    for deal in run.scenario.given.deals:
        yield _shown(run, "people.held", ("by", deal.id), days)
        if f"stock.{deal.id}" in run.arrays:
            there = _shown(run, "people.of_the_stock", ("stock", deal.id), days)
            held = run.of("by", deal.id)[:, list(days)].astype(np.int64)
            yield there
            yield Course("people.received_since", deal.id, "persons", days, held - there.values)
        yield from lawful.courses(run, deal.id)
    for one in found:
        yield from money.courses(one)
    yield from money.roads(run)


def _shown(run: Run, key: str, array: tuple[str, str], days: tuple[int, ...]) -> Course:
    values = run.of(*array)[:, list(days)].astype(np.int64)
    return Course(key, array[1], "persons", days, values)
