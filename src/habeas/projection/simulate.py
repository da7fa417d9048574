"""Draws of a plan: whole numbers for every day and month, and the stays behind them.

The result is a function of the plan's bytes, the seed and the draw's number alone: how draws are
shared out, in what order they are made and by how many machines is never seen.
"""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from habeas.custody.civil import OPEN, clock
from habeas.custody.pieces import Pieces
from habeas.law.calendar import day
from habeas.projection import draw as one_draw
from habeas.projection.draw import Frame
from habeas.projection.parts import Arrays
from habeas.projection.people import FAR, OTHER, PEOPLE_ROWS, Asked, Days, Floats
from habeas.projection.people_fast import Room, people
from habeas.projection.plan import Deal, Held, House, Plan, Stream, Uncertain
from habeas.projection.queue import (
    BEGIN,
    CELLS,
    COUNTERS,
    ELIGIBLE,
    EXPIRED,
    FIRST,
    FLOWS,
    IN,
    NEXT,
    NOBODY,
    OUT,
    PERSON,
    RECEIVED,
    RIGHT_ENDS,
    STAY_ROWS,
    WHAT,
    Cells,
    Daily,
    Rules,
    State,
    receive,
)  # fmt: skip
from habeas.projection.queue import told as told_of

NOON = 43_200  # seconds


class Ready(NamedTuple):
    """A plan made ready for any number of draws."""

    plan: Plan
    frames: tuple[Frame, ...]
    rules: Rules
    stock: Days  # (persons, 2): the agreement and the house of each who is there already
    uncertain: one_draw.Uncertainty
    months: Days
    closings: int


@lru_cache(maxsize=4)
def ready(payload: bytes) -> Ready:
    """A plan as its workers see it."""
    plan = msgspec.json.decode(payload, type=Plan)
    frames = tuple(one_draw.frame(plan, deal) for deal in range(len(plan.deals)))
    rules = one_draw.rules(plan)
    closings = int(rules.closing.sum())
    months = np.array(plan.months, np.int32)
    told = one_draw.uncertainty(plan)
    return Ready(plan, frames, rules, stock_of(plan.stock), told, months, closings)


def stock_of(held: Sequence[Held]) -> NDArray[np.int32]:
    """The agreement and the house of each who is there at the beginning."""
    rows = [(one.deal, one.house) for one in held for _ in one.days_left]
    return np.array(rows, np.int32).reshape(len(rows), 2)


def run(payload: bytes, seed: int, lo: int, hi: int) -> Arrays:
    """The draws from `lo` to `hi`, not with it.

    Args:
        payload: the plan, as JSON.
        seed: below 2**32.
        lo: number of the first draw.
        hi: number behind the last.

    Returns:
        `held.<house>`, `cell.<house>`, `by.<deal>`, `stock.<deal>`: persons, (draws, days).
        `flow.<deal>` (draws, months, `FLOWS`); `waiting.<deal>`, `days.<deal>`, `over.<deal>`,
        `late.<deal>` (draws, months). `values` (draws, uncertain numbers).
    """
    told = ready(payload).uncertain
    return run_at(payload, seed, lo, np.array([told.units((seed, n)) for n in range(lo, hi)]))


def run_at(payload: bytes, seed: int, lo: int, units: Floats) -> Arrays:
    """The same with the uncertain numbers at given quantiles, a row a draw; persons as ever."""
    at, work = ready(payload), Work(ready(payload))
    found = _empty(at, len(units))
    for n, unit in enumerate(units):
        told = at.uncertain.values(unit)
        seen = work.draw((seed, lo + n), told)
        found["values"][n] = list(told.values())
        _write(found, n, at, seen)
    return found


def warm() -> None:
    """Load or compile the loops: a worker does it once, before its first draw."""
    one = Uncertain("", "point", 1.0)
    stream = Stream("", 0, 0, one, one, one, one, one, one, one, one)
    plan = Plan(2, [0, 2], [House("", [(0, 1)], 1)], [Deal("", [0])], [stream], {})
    run(msgspec.json.encode(plan), 0, 0, 1)


class Seen(NamedTuple):
    """One draw."""

    daily: Daily
    stays: Days  # the table of stays
    what: Days  # of each; see `queue.told`
    asked: list[Asked]
    first: NDArray[np.int64]  # where the people of each agreement begin
    late: bool


class Work:
    """What is kept from one draw to the next: room for people and for their stays."""

    def __init__(self, at: Ready, *, wanted: bool = False) -> None:
        self.at = at
        self.wanted = wanted  # the stays themselves, not their counts alone
        self.rooms = [Room(PEOPLE_ROWS) for _ in at.frames]
        self.together = Room(PEOPLE_ROWS)
        self.stays = Room(STAY_ROWS)
        self.links = np.empty((0, 2), np.int32)

    def draw(self, key: tuple[int, int], told: dict[str, float]) -> Seen:
        """One draw; its tables are written over by the next."""
        at, drawn = self.at, one_draw.Drawn(self.at.plan, told)
        many = [one_draw.streams(one, drawn) for one in at.frames]
        everybody = [
            people(one, key, at.months, room) for one, room in zip(many, self.rooms, strict=True)
        ]
        tables, asked = [one for one, _ in everybody], [one for _, one in everybody]
        first = np.cumsum([0, *(one.shape[1] for one in tables)])
        if len(at.stock):
            tables.append(_stock(at.plan, drawn, key))
        table = tables[0]
        if len(tables) > 1:
            width = sum(one.shape[1] for one in tables)
            table = self.together.of(width)[:, :width]
            np.concatenate(tables, axis=1, out=table)
        most = table.shape[1] * (1 + at.closings)
        if len(self.links) < most:
            self.links = np.empty((most + most // 8, 2), np.int32)
        late = any(bool((one.late > 0).any()) for one in many)
        rows = most if self.wanted or late or at.closings or at.plan.stock else 0
        kept = self.stays.of(rows)[:, :rows]
        daily, cells, state = blank(at.plan, first, at.rules, self.links)
        made = receive(table, first, at.stock, at.rules, kept, daily, cells, state)
        what = self.links[:made, WHAT]
        return Seen(daily, kept[:, :made], what, asked, first, late)


def _stock(plan: Plan, drawn: one_draw.Drawn, key: tuple[int, int]) -> Days:
    """Who is there at the beginning; their sentences are known, what else may happen is not."""
    parts = []
    for held in plan.stock:
        end = np.maximum(np.array(held.days_left, np.int32), 1)
        died, hold = np.full_like(end, FAR), np.full_like(end, FAR)
        if held.stream >= 0:
            died, hold = one_draw.risks(plan.streams[held.stream], drawn, end, key)
        zero = np.zeros_like(end)
        parts.append(np.stack((zero, zero + OTHER, end, end - 1, zero, died, hold)))
    return np.concatenate(parts, axis=1)


def blank(
    plan: Plan, first: NDArray[np.int64], rules: Rules, links: Days
) -> tuple[Daily, Cells, State]:
    """Nothing seen yet, every cell empty, nobody received."""
    houses, deals, days, months = len(plan.houses), len(plan.deals), plan.days, len(plan.months) - 1
    daily = Daily(
        held=np.empty((houses, days), np.int32),
        by=np.empty((deals, days), np.int32),
        fullest=np.empty((houses, days), np.int32),
        flow=np.zeros((deals, months, len(FLOWS)), np.int64),
    )
    state = State(
        links=links,
        leaving=np.full(days, NOBODY, np.int32),
        deals=np.zeros((COUNTERS, deals), np.int32),
        houses=np.zeros((COUNTERS, houses), np.int32),
    )
    state.deals[FIRST] = state.deals[NEXT] = first[:-1]
    state.houses[CELLS] = [one.cells for one in plan.houses]
    return daily, _cells(plan, rules), state


def _cells(plan: Plan, rules: Rules) -> Cells:
    """Every cell empty, in the order of their numbers."""
    houses, most = len(plan.houses), max((one.cells for one in plan.houses), default=0)
    stock = [sum(len(one.days_left) for one in plan.stock if one.house == n) for n in range(houses)]
    full = [
        max(int(rules.places[n].max()), stock[n]) // one.cells + 1 if one.cells else 0
        for n, one in enumerate(plan.houses)
    ]
    begin = np.zeros((houses, max(full, default=0) + 3), np.int32)
    begin[:, 1:] = np.array([[one.cells] for one in plan.houses])
    row = np.tile(np.arange(max(most, 1), dtype=np.int32), (houses, 1))
    return Cells(row, row.copy(), np.zeros_like(row), begin)


def _empty(at: Ready, draws: int) -> Arrays:
    """Room for the results of so many draws."""
    plan = at.plan
    days, months = (draws, plan.days), (draws, len(plan.months) - 1)
    found: Arrays = {"values": np.empty((draws, len(at.uncertain.names)))}
    for house in plan.houses:
        found[f"held.{house.id}"] = np.empty(days, np.int32)
        if house.cells:
            found[f"cell.{house.id}"] = np.empty(days, np.int32)
    for n, deal in enumerate(plan.deals):
        found[f"by.{deal.id}"] = np.empty(days, np.int32)
        if any(one.deal == n for one in plan.stock):
            found[f"stock.{deal.id}"] = np.empty(days, np.int32)
        found[f"flow.{deal.id}"] = np.empty((*months, len(FLOWS)), np.int64)
        found[f"waiting.{deal.id}"] = np.empty(months, np.int32)
        for what in ("days", "over", "late"):
            found[f"{what}.{deal.id}"] = np.empty(months, np.int64)
    return found


def _write(found: Arrays, n: int, at: Ready, seen: Seen) -> None:
    """One draw into its row of the results."""
    plan, daily, begins = at.plan, seen.daily, at.plan.months[:-1]
    for place, house in enumerate(plan.houses):
        found[f"held.{house.id}"][n] = daily.held[place]
        if house.cells:
            found[f"cell.{house.id}"][n] = daily.fullest[place]
    for place, deal in enumerate(plan.deals):
        found[f"by.{deal.id}"][n] = daily.by[place]
        if f"stock.{deal.id}" in found:
            found[f"stock.{deal.id}"][n] = _of_stock(at, seen, place)
        flow = daily.flow[place]
        for column, asked in enumerate(seen.asked[place]):
            flow[:, column] = asked
        found[f"flow.{deal.id}"][n] = flow
        joined, received, expired = (flow[:, at] for at in (ELIGIBLE, RECEIVED, EXPIRED))
        found[f"waiting.{deal.id}"][n] = np.cumsum(joined - received - expired)
        over, late = _without_right(at, seen, place) if seen.late else (0, 0)
        days = np.add.reduceat(daily.by[place], begins, dtype=np.int64)
        found[f"days.{deal.id}"][n] = days - over
        found[f"over.{deal.id}"][n] = over
        found[f"late.{deal.id}"][n] = late


def _steps(begin: Days, after: Days, days: int) -> NDArray[np.int64]:
    """How many are inside at the end of each day."""
    steps = np.bincount(begin, minlength=days + 1) - np.bincount(after, minlength=days + 1)
    return np.cumsum(steps[:days])


def _of_stock(at: Ready, seen: Seen, deal: int) -> Days:
    rows = (seen.stays[PERSON] >= seen.first[-1]) & (told_of(seen.what)[2] == deal)
    out = np.minimum(seen.stays[OUT, rows], at.plan.days)
    return _steps(seen.stays[IN, rows], out, at.plan.days).astype(np.int32)


def _without_right(at: Ready, seen: Seen, deal: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """By month: person-days past the end of the sentence, and persons who begin to be so held."""
    days, months, stays = at.plan.days, len(at.plan.months) - 1, seen.stays
    out, right = np.minimum(stays[OUT], days), stays[RIGHT_ENDS]
    rows = (told_of(seen.what)[2] == deal) & (right < out)
    begin = np.maximum(right[rows], stays[IN, rows])
    over = np.add.reduceat(_steps(begin, out[rows], days), at.plan.months[:-1])
    first = right[rows & (right >= stays[IN])]
    return over, np.bincount(at.rules.month[first], minlength=months)


class Stays(NamedTuple):
    """Every stay of one draw, in the order in which they began; days of the scenario."""

    person: Days
    deal: Days
    house: Days
    cell: Days  # `NOBODY` where cells are not known
    reason: Days  # place in `FLOWS`; that of a person who is moved is that of the new stay
    begin: Days  # arrival under the agreement
    t_in: Days
    t_out: Days  # at most the day after the last
    right_ends: Days


def stays(payload: bytes, seed: int, number: int) -> Stays:
    """Who is held where from when to when in one draw, as the counts of `run` come from."""
    at = ready(payload)
    told = at.uncertain.values(at.uncertain.units((seed, number)))
    seen = Work(at, wanted=True).draw((seed, number), told)
    cell, house, deal, reason = told_of(seen.what)
    out = np.minimum(seen.stays[OUT], at.plan.days)
    person, begin, t_in, right = (seen.stays[row] for row in (PERSON, BEGIN, IN, RIGHT_ENDS))
    return Stays(person, deal, house, cell, reason, begin, t_in, out, right)


def pieces(found: Stays, first: date, zone: str, days: int) -> Pieces:
    """The same as custody columns, whose key is the house.

    A person is received at noon and leaves at noon; who has not left by the end is there still.
    """
    begin = day(first)
    starts = clock(zone, begin, begin + days + 1).starts + NOON
    end = np.where(found.t_out < days, starts[np.minimum(found.t_out, days)], OPEN)
    rows = found.t_in < found.t_out
    whole = Pieces(
        found.person, found.person, found.house, starts[found.t_in], end,
        np.ones(found.person.size, np.int8),
    )  # fmt: skip
    return whole.taken(rows)
