"""The fewest moves of all, by a solver: the one door to HiGHS.

Persons who are in no conflict so far are counted, not told apart: so many of a kind stay in each
cell, the others go through a pool of the kind into cells. Only persons in conflict stand alone.
What is solved is then told out into persons; where two who are kept apart meet, both stand alone in
the next round. Each round leaves rules out, so that its bound holds, and the first without a
conflict is optimal. Where not everybody fits, as few as possible are left without a place.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain

import numpy as np

from habeas.errors import Fault, SetupError
from habeas.space.board import Board
from habeas.space.bound import resolved
from habeas.space.place import Exact, Solved, moves
from habeas.space.placing import NOWHERE, Ints, Mask, Problem

try:
    import highspy
except ModuleNotFoundError as error:
    raise SetupError(
        Fault("H892", "an exact placement needs the solver HiGHS",
              "Type: pip install 'habeas[place]', or leave --exact out.")
    ) from error  # fmt: skip

SECONDS = 60.0  # of the solver, all rounds together
ROUNDS = 40
NEAR = 1e-6  # a solver's whole number
Entry = tuple[int, float]  # a row and what it holds of a column


class _Silent(highspy.Highs):
    """The solver without its banner: it prints one as soon as it is made, to standard output."""

    def enableCallbacks(self) -> None:  # noqa: N802 - the first thing that the solver calls
        """Say nothing from here on."""
        self.silent()
        untyped: Callable[[], None] = super().enableCallbacks
        untyped()


CLOSED = (  # every cost and every row bounds what is asked: it is never without end
    highspy.HighsModelStatus.kOptimal,
    highspy.HighsModelStatus.kInfeasible,
    highspy.HighsModelStatus.kUnboundedOrInfeasible,
)
SOLVER: Callable[[], highspy.Highs] = _Silent  # its own types say nothing


@dataclass(slots=True)
class _Model:
    """Columns of whole numbers and rows, as they are made."""

    cost: list[float] = field(default_factory=list)
    most: list[float] = field(default_factory=list)
    entries: list[list[Entry]] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)

    def row(self, low: float, high: float) -> int:
        """Add a row; its number."""
        self.low.append(low)
        self.high.append(high)
        return len(self.low) - 1

    def column(self, cost: float, most: float, *rows: int) -> int:
        """Add a column that stands once in each of some rows; its number."""
        self.cost.append(cost)
        self.most.append(most)
        self.entries.append([(row, 1.0) for row in rows])
        return len(self.cost) - 1

    def also(self, column: int, row: int) -> None:
        """Let a column stand in another row."""
        self.entries[column].append((row, 1.0))


@dataclass(frozen=True, slots=True)
class _Columns:
    """Which column is what."""

    stay: dict[tuple[int, int], int]  # kind and cell
    come: dict[tuple[int, int], int]
    alone: dict[tuple[int, int], int]  # person and cell


@dataclass(frozen=True, slots=True)
class _Answer:
    values: Ints | None  # None: none was found
    bound: float
    closed: bool
    seconds: float


def within(seconds: float) -> Exact:
    """The solver with a limit of its own time, all rounds together."""
    return lambda asked: _solve(asked, seconds)


def solve(asked: Problem) -> Solved:
    """The fewest moves, or the fewest persons without a place, within a minute of the solver."""
    return _solve(asked, SECONDS)


def _solve(asked: Problem, seconds: float) -> Solved:
    found = _rounds(asked, seconds, short=False)
    return found if found is not None else _short(asked, seconds)


def _short(asked: Problem, seconds: float) -> Solved:
    found = _rounds(asked, seconds, short=True)
    return found if found is not None else Solved(None, 0, 0, 0, closed=False, variables=0)


@dataclass(slots=True)
class _Course:
    """How far the rounds of one question have come."""

    asked: Problem
    short: bool  # whether somebody may be left without a place
    held: int  # who could move
    best: Ints | None = None
    least: float = 0.0  # what it costs, at least
    rounds: int = 0
    seconds: float = 0.0
    variables: int = 0

    @property
    def price(self) -> float:
        """Of a person without a place: more than all moves together; 0: none may be."""
        return float(self.held + 1) if self.short else 0.0

    def take(self, cell: Ints) -> None:
        """Keep a placement, if none was better."""
        known = [cell] if self.best is None else [self.best, cell]
        self.best = min(known, key=lambda one: (_without(self.asked, one), moves(self.asked, one)))

    def met(self) -> bool:
        """Whether the best placement costs no more than it must."""
        if self.best is None:
            return False
        without = _without(self.asked, self.best)
        if without and not self.short:
            return False
        cost = moves(self.asked, self.best) + self.price * without
        return cost <= self.least + NEAR

    def solved(self, *, closed: bool) -> Solved:
        """What is known at the end."""
        bound, unplaced = max(int(np.ceil(self.least - NEAR)), 0), 0
        if self.short:
            unplaced = max(-(-(bound - self.held) // (self.held + 1)), 0)
            bound = 0
            if closed and self.best is not None:
                unplaced, bound = _without(self.asked, self.best), moves(self.asked, self.best)
        return Solved(self.best, bound, unplaced, self.rounds, closed, self.variables)


def _rounds(asked: Problem, seconds: float, *, short: bool) -> Solved | None:
    """Rounds until one has no conflict; None: not everybody fits, and `short` was not asked."""
    alone = _met(asked, np.where(asked.stays, asked.people.cell, NOWHERE))
    held = int(np.count_nonzero((asked.kind >= 0) & (asked.people.cell >= 0)))
    course = _Course(asked, short, held)
    while course.rounds < ROUNDS and course.seconds < seconds:
        model, columns = _model(asked, alone, course.price)
        answer = _run(model, seconds - course.seconds)
        course.rounds, course.variables = course.rounds + 1, len(model.cost)
        course.seconds += answer.seconds
        if answer.values is None and answer.closed and not short:
            return None
        course.least = max(course.least, answer.bound + held)
        if answer.values is None:
            break
        cell = _told_out(asked, columns, answer.values)
        met = _met(asked, cell)
        course.take(_repaired(asked, cell))
        if course.met():
            return course.solved(closed=True)
        if not met - alone or not answer.closed:
            break
        alone |= met
    return course.solved(closed=False)


def _without(asked: Problem, cell: Ints) -> int:
    return int(np.count_nonzero((asked.kind >= 0) & (cell < 0)))


def _model(asked: Problem, alone: set[int], without: float) -> tuple[_Model, _Columns]:
    """The round's question; `without` is the price of a person without a place, 0: none may be."""
    model = _Model()
    room = [model.row(-highspy.kHighsInf, float(places)) for places in asked.room.tolist()]
    columns = _Columns({}, {}, {})
    counted = asked.kind >= 0
    counted[np.array(sorted(alone), np.int64)] = False
    _counted(asked, counted, (model, columns, room), without)
    for person in sorted(alone):
        row = model.row(1, 1)
        for cell in np.flatnonzero(asked.open_to(person)).tolist():
            home = cell == asked.people.cell[person]
            columns.alone[person, cell] = model.column(-1.0 * home, 1, row, room[cell])
        if without:
            model.column(without, 1, row)
    for person in sorted(alone):
        for other in asked.apart.get(person, ()):
            if person < other and other in alone:
                _never(model, columns, person, other, asked.room.size)
    return model, columns


def _never(model: _Model, columns: _Columns, one: int, other: int, cells: int) -> None:
    for cell in range(cells):
        both = [columns.alone.get((person, cell)) for person in (one, other)]
        if both[0] is not None and both[1] is not None:
            row = model.row(-highspy.kHighsInf, 1)
            model.also(both[0], row)
            model.also(both[1], row)


def _counted(
    asked: Problem, counted: Mask, made: tuple[_Model, _Columns, list[int]], without: float
) -> None:
    """Those who are not told apart: who stays in each cell, and who comes into it."""
    model, columns, room = made
    number = np.bincount(asked.kind[counted], minlength=len(asked.kinds))
    here = counted & asked.stays
    held = np.zeros(asked.legal.shape, np.int64)
    np.add.at(held, (asked.kind[here], asked.people.cell[here]), 1)
    for kind in np.flatnonzero(number).tolist():
        row = model.row(float(number[kind]), float(number[kind]))
        for cell in np.flatnonzero(held[kind]).tolist():
            most = float(held[kind, cell])
            columns.stay[kind, cell] = model.column(-1, most, row, room[cell])
        for cell in np.flatnonzero(asked.legal[kind]).tolist():
            columns.come[kind, cell] = model.column(0, highspy.kHighsInf, row, room[cell])
        if without:
            model.column(without, highspy.kHighsInf, row)


def _run(model: _Model, seconds: float) -> _Answer:
    if not model.cost:  # nobody may be anywhere, or nobody is to be placed
        values = None if any(low > 0 for low in model.low) else np.empty(0, np.int64)
        return _Answer(values, 0.0, closed=True, seconds=0.0)
    solver = SOLVER()
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("random_seed", 0)
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.setOptionValue("mip_abs_gap", 0.5)  # costs are whole numbers
    solver.setOptionValue("time_limit", seconds)
    solver.passModel(_lp(model))
    solver.run()
    status, info = solver.getModelStatus(), solver.getInfo()
    closed = status in CLOSED
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    values = np.rint(np.array(solver.getSolution().col_value)).astype(np.int64) if found else None
    bound = info.mip_dual_bound
    if closed and found:
        bound = float(np.rint(info.objective_function_value))
    return _Answer(values, bound, closed, solver.getRunTime())


def model(asked: Problem, alone: set[int]) -> highspy.HighsLp:
    """A round's question for whoever compares: with everybody alone it leaves no rule out."""
    return _lp(_model(asked, alone, 0.0)[0])


def _lp(model: _Model) -> highspy.HighsLp:
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(model.cost), len(model.low)
    lp.col_cost_ = np.array(model.cost, np.double)
    lp.col_lower_ = np.zeros(len(model.cost))
    lp.col_upper_ = np.array(model.most, np.double)
    lp.row_lower_, lp.row_upper_ = np.array(model.low), np.array(model.high)
    lp.integrality_ = [highspy.HighsVarType.kInteger] * len(model.cost)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    sizes = [len(column) for column in model.entries]
    lp.a_matrix_.start_ = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
    flat = list(chain.from_iterable(model.entries))
    lp.a_matrix_.index_ = np.array([row for row, _ in flat], np.int32)
    lp.a_matrix_.value_ = np.array([value for _, value in flat], np.double)
    return lp


def _told_out(asked: Problem, columns: _Columns, values: Ints) -> Ints:
    """A cell for each person; who of a kind stays, and who comes, is chosen to meet few."""
    cell = np.full(asked.kind.size, NOWHERE, np.int64)
    told = asked.kind >= 0  # who is not told apart
    for (person, at), column in columns.alone.items():
        told[person] = False
        if values[column]:
            cell[person] = at
    ties = _ties(asked)
    for (kind, at), column in columns.stay.items():
        here = told & asked.stays & (asked.people.cell == at)
        there = np.flatnonzero(here & (asked.kind == kind))
        cell[there[np.argsort(ties[there], kind="stable")][: values[column]]] = at
    room: dict[int, dict[int, int]] = {}
    for (kind, at), column in columns.come.items():
        if values[column]:
            room.setdefault(kind, {})[at] = int(values[column])
    for kind, free in room.items():
        waits = np.flatnonzero(told & (asked.kind == kind) & (cell < 0))
        for person in waits[np.argsort(-ties[waits], kind="stable")].tolist():
            _into(person, free, cell, asked)
    return cell


def _ties(asked: Problem) -> Ints:
    """From how many each is kept apart; those who are in the present cell count before all."""
    found = np.zeros(asked.kind.size, np.int64)
    home = asked.people.cell
    for person, others in asked.apart.items():
        beside = sum(bool(home[other] == home[person]) for other in others)
        found[person] = len(others) + asked.kind.size * beside
    return found


def _into(person: int, free: dict[int, int], cell: Ints, asked: Problem) -> None:
    """Put a person into one of the cells that take more of the kind, best beside nobody apart."""
    if not free:
        return
    beside = {int(cell[other]) for other in asked.apart.get(person, ())}
    home = int(asked.people.cell[person])
    best = min(free, key=lambda at: (at in beside, at != home, -free[at], at))
    cell[person] = best
    free[best] -= 1
    if not free[best]:
        del free[best]


def _met(asked: Problem, cell: Ints) -> set[int]:
    """Who is in one cell with somebody from whom they are kept apart."""
    one, other = asked.pairs.T
    rows = (cell[one] >= 0) & (cell[one] == cell[other]) & (one != other)
    return set(one[rows].tolist()) | set(other[rows].tolist())


def _repaired(asked: Problem, cell: Ints) -> Ints:
    """The same without a conflict: somebody of each is put elsewhere."""
    met = _met(asked, cell)
    edges = {one: {other for other in asked.apart[one] if cell[other] == cell[one]} for one in met}
    cover, _ = resolved(edges)
    kept = cell.copy()
    kept[np.array(cover, np.int64)] = NOWHERE
    board = Board(asked, kept)
    board.fill()
    return board.cell
