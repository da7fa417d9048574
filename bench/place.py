"""S1 and S2: people placed in cells with proof, and why people do not fit."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from statistics import median

import numpy as np

from bench.shortfalls import FAULTS, NAMES, base, planted
from habeas.space import place_exact
from habeas.space.place import place
from habeas.space.place_check import checked
from habeas.space.placing import YES, Cells, Ints, People, Problem, problem
from habeas.space.shortfall import shortfalls
from habeas.space.shortfall_words import sentences

SEXES, AGES, SECURITIES = (0.12, 0.88), (0.97, 0.03), (0.45, 0.4, 0.15)  # shares of persons
NEED, ACCESSIBLE = 0.03, 0.12  # shares of persons and, of a class, of cells

LARGE = 10_000  # persons: the solvers are not asked beside


@dataclass(frozen=True, slots=True)
class Made:
    """How a facility is made: persons, cells, how full, who stands wrong, who is kept apart."""

    persons: int
    cells: int
    pairs: int
    full: float = 0.9
    displaced: float = 0.025  # of persons: in any cell whatever
    seed: int = 7


ROWS = {
    "500 (42)": Made(500, 40, 42),
    "5,000 (420)": Made(5_000, 60, 420),
    "40,000 (3,221)": Made(40_000, 288, 3_221),
    "40,000 (6,969), 97 % full, 10 % displaced": Made(40_000, 288, 6_969, 0.97, 0.1),
    "40,000 (18,027), the same": Made(40_000, 288, 18_027, 0.97, 0.1),
}


def shared(total: int, shares: Ints, least: int) -> Ints:
    """A total in whole parts, none of them below a least."""
    found = np.maximum(np.floor(total * shares).astype(np.int64), least)
    while found.sum() > total:
        found[found.argmax()] -= 1
    found[found.argmax()] += total - found.sum()
    return found


def made(row: Made) -> tuple[People, Cells]:
    """Synthetic people in synthetic cells; every class has at least two cells."""
    rng = np.random.default_rng(row.seed)
    share = np.array([a * b * c for a in SEXES for b in AGES for c in SECURITIES])
    classes = len(share)
    persons = rng.multinomial(row.persons, share)
    of = np.repeat(np.arange(classes), shared(row.cells, share, 3))
    sex, age, security = of // 6 + 1, of // 3 % 2 + 1, of % 3 + 1
    accessible = np.ones(row.cells, np.int64)
    beds = np.zeros(row.cells, np.int64)
    for number in range(classes):
        mine = np.flatnonzero(of == number)
        accessible[mine[: max(2, round(ACCESSIBLE * mine.size))]] = 2
        beds[mine] = np.ceil(max(persons[number], 1) / row.full / mine.size)
    cells = Cells(sex, age, security, accessible, np.zeros_like(of), beds, beds)
    who = np.repeat(np.arange(classes), persons)
    need = np.where(rng.random(row.persons) < NEED, 2, 1)
    at = _settled(who, need, cells, of)
    wrong = rng.random(row.persons) < row.displaced
    at[wrong] = rng.integers(0, row.cells, int(wrong.sum()))
    pairs = _pairs(who, at, row.pairs, rng)
    group = np.zeros_like(who)
    return People(who // 6 + 1, who // 3 % 2 + 1, who % 3 + 1, need, group, at, pairs), cells


def _settled(who: Ints, need: Ints, cells: Cells, of: Ints) -> Ints:
    """Everybody in a lawful cell, by turns over those of the class; need first."""
    at = np.full(who.size, -1, np.int64)
    for number in range(of.max() + 1):
        mine = np.flatnonzero(of == number)
        free = cells.beds[mine].copy()
        rows = np.flatnonzero(who == number)
        for person in rows[np.argsort(need[rows] == 1, kind="stable")].tolist():
            room = np.where((need[person] == 1) | (cells.accessible[mine] == YES), free, 0)
            best = int(room.argmax())
            at[person] = mine[best] if room[best] else -1
            free[best] -= room[best] > 0
    return at


def _pairs(who: Ints, at: Ints, number: int, rng: np.random.Generator) -> Ints:
    """Two who are kept apart: a tenth of them of one cell, half of one class, the rest of any."""
    found = rng.integers(0, who.size, (number, 2))
    for share, alike in ((0.1, at), (0.6, who)):
        rows = np.flatnonzero(rng.random(number) < share)
        order = np.argsort(alike, kind="stable")
        first = np.searchsorted(alike[order], alike[found[rows, 0]])
        after = np.searchsorted(alike[order], alike[found[rows, 0]], "right")
        found[rows, 1] = order[rng.integers(first, after)]
    kept: Ints = found[found[:, 0] != found[:, 1]]
    return kept


def cpu(work: Callable[[], object], repeats: int) -> float:
    """Median CPU seconds, after one call that is not counted."""
    work()
    times = []
    for _ in range(repeats):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return median(times)


def whole(asked: Problem) -> tuple[int, int, float]:
    """The model as a textbook has it: one variable a person and cell; moves, variables, CPU s."""
    solver = place_exact.SOLVER()
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.setOptionValue("mip_abs_gap", 0.5)
    began = time.process_time()
    model = place_exact.model(asked, set(np.flatnonzero(asked.kind >= 0).tolist()))
    solver.passModel(model)
    solver.run()
    held = int(np.count_nonzero((asked.kind >= 0) & (asked.people.cell >= 0)))
    moved = held + round(solver.getInfo().objective_function_value)
    return moved, model.num_col_, time.process_time() - began


def table(repeats: int = 7) -> None:
    """S1: every row without the solver, and the two small ones beside the solvers."""
    print(
        "| persons (pairs) | moves | bound | gap | CPU s | lazy exact, CPU s | HiGHS whole, CPU s |"
    )
    print("|---|---|---|---|---|---|---|")
    for name, row in ROWS.items():
        who, where = made(row)
        found = place(who, where)
        told = checked(who, where, found.cell, found.witness)
        assert told.holds
        assert (told.moves, told.bound) == (found.moves, found.counted)
        seconds = cpu(partial(place, who, where), repeats)
        exact = textbook = ""
        if row.persons < LARGE:
            asked = problem(who, where)
            solved = place_exact.solve(asked)
            moved, variables, took = whole(asked)
            assert moved == solved.bound == found.moves
            lazy = cpu(partial(place_exact.solve, asked), 3)
            exact = f"{lazy:.2f}, {solved.variables:,} variables"
            textbook = f"{took:.1f}, {variables:,} variables, {took / seconds:,.0f} times ours"
        gap = f"{found.gap} ({100 * found.gap / max(found.moves, 1):.2f} %)"
        cells = (name, f"{found.moves:,}", f"{found.bound:,}", gap, f"{seconds:.3f}")
        print(f"| {' | '.join((*cells, exact, textbook))} |")


def explained(persons: int = 40_000, cells: int = 288, repeats: int = 7) -> None:
    """S2: every planted fault, with the sentence that is due."""
    sound = base(persons, cells)
    print(f"\n| planted in {persons:,} persons | the sentence | CPU ms |\n|---|---|---|")
    for fault in FAULTS:
        who, where = planted(*sound, fault)

        def work(who: People = who, where: Cells = where) -> list[str]:
            asked = problem(who, where)
            return sentences(shortfalls(asked), asked, NAMES)

        assert sorted(work()) == sorted(fault.due)
        print(f"| {fault.name} | {'; '.join(fault.due)} | {1000 * cpu(work, repeats):.0f} |")


def main() -> None:
    """Print both tables."""
    table()
    explained()


if __name__ == "__main__":
    main()
