"""The queue against lists that know nothing of it: every stay, every cell, every day."""

from typing import NamedTuple

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.projection import simulate
from habeas.projection.people import FAR, OTHER
from habeas.projection.plan import Deal, House, Plan
from habeas.projection.queue import FLOWS, IN, OUT, PERSON, Daily, receive
from habeas.projection.queue import told as told_of

pytestmark = pytest.mark.usefixtures("compiled")

DAYS = 40


class Person(NamedTuple):
    ready: int
    patience: int
    end: int
    late: int
    died: int
    hold: int


@st.composite
def persons(draw: st.DrawFn) -> list[Person]:
    found = []
    for ready in sorted(draw(st.lists(st.integers(0, DAYS - 1), max_size=30))):
        end = draw(st.integers(1, 30))
        fixed = draw(st.booleans())
        died = draw(st.sampled_from([FAR, *range(ready + 1, ready + 31)]))
        last = min(ready + end if fixed else FAR, died) - 1
        found.append(
            Person(
                ready, draw(st.sampled_from([last, min(last, ready)])),
                ready + end if fixed else -end,
                draw(st.sampled_from([0, 0, 3])), died, draw(st.sampled_from([FAR, *range(1, 20)])),
            )
        )  # fmt: skip
    return found


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Plan, list[list[Person]]]:
    houses = [
        House(
            f"h{n}",
            sorted(
                draw(
                    st.dictionaries(
                        st.integers(0, DAYS - 1), st.integers(0, 9), min_size=1, max_size=3
                    )
                ).items()
            ),
            draw(st.integers(0, 3)),
        )
        for n in range(draw(st.integers(1, 3)))
    ]
    deals, queues = [], []
    for n in range(draw(st.integers(1, 3))):
        order = draw(st.permutations(range(len(houses))))
        deals.append(
            Deal(
                f"d{n}", order[: draw(st.integers(1, len(houses)))], draw(st.sampled_from([-1, 4])),
                draw(st.integers(1, 8)), draw(st.integers(0, 5)),
                draw(st.sampled_from([1 << 30, 25])),
                draw(st.sampled_from([-1, 3])), [(10, 15, False)] * draw(st.booleans()),
                [20] * draw(st.booleans()),
            )
        )  # fmt: skip
        queues.append(draw(persons()))
    return Plan(DAYS, [0, 15, DAYS], houses, deals, [], {}), queues


class Stay:
    def __init__(  # noqa: PLR0913, PLR0917
        self, deal: int, person: int, one: Person, house: int, begin: int, day: int, recall: int
    ) -> None:
        self.deal, self.person, self.house, self.begin, self.day = deal, person, house, begin, day
        right = one.end if one.end >= 0 else begin - one.end
        ends = [
            (one.died, 0, "died"), (right + one.late, 1, "sentence_end"),
            (begin + one.hold, 2, "returned"), (recall, 3, "recalled"),
        ]  # fmt: skip
        self.out, _, self.reason = min(ends)
        self.cell = self.first_cell = -1
        self.closed = False


class Oracle:
    """Day by day over plain lists."""

    def __init__(self, plan: Plan, queues: list[list[Person]]) -> None:
        self.plan, self.queues = plan, queues
        self.stays: list[Stay] = []
        self.levels = [[list(range(one.cells))] + [[] for _ in range(60)] for one in plan.houses]
        self.flow: list[dict[str, int]] = [dict.fromkeys(FLOWS, 0) for _ in plan.deals]
        self.here: list[list[int]] = []
        self.full: list[list[int]] = []
        for day in range(DAYS):
            self.day(day)

    def places(self, house: int, day: int) -> int:
        return next((n for first, n in reversed(self.plan.houses[house].places) if first <= day), 0)

    def inside(self, house: int) -> list[Stay]:
        return [one for one in self.stays if one.house == house and one.cell != -2]

    def leave(self, one: Stay) -> None:
        """The cell changes places with the first of its number, and is the last of one fewer."""
        if one.cell >= 0:
            number = next(n for n, row in enumerate(self.levels[one.house]) if one.cell in row)
            row = self.levels[one.house][number]
            row[row.index(one.cell)], row[0] = row[0], one.cell
            self.levels[one.house][number - 1].append(row.pop(0))
        one.cell = -2

    def enter(self, one: Stay) -> None:
        """The last of the emptiest cells becomes the first of those with one more."""
        if self.plan.houses[one.house].cells:
            number = next(n for n, row in enumerate(self.levels[one.house]) if row)
            one.cell = one.first_cell = self.levels[one.house][number].pop()
            self.levels[one.house][number + 1].insert(0, one.cell)
        self.stays.append(one)

    def recall(self, deal: int, day: int) -> int:
        return min((one for one in self.plan.deals[deal].recalls if one > day), default=FAR)

    def day(self, day: int) -> None:
        for one in reversed(self.stays):
            if one.cell != -2 and one.out == day:
                self.flow[one.deal][one.reason] += 1
                self.leave(one)
        for house in range(len(self.plan.houses)):
            if day and self.places(house, day) == 0 and self.places(house, day - 1) > 0:
                self.close(house, day)
        full = [self.most(n) for n in range(len(self.plan.houses))]
        for n, deal in enumerate(self.plan.deals):
            self.fly(n, deal, day, full)
        self.here.append([len(self.inside(n)) for n in range(len(self.plan.houses))])
        self.full.append(full)

    def most(self, house: int) -> int:
        return max((n for n, cells in enumerate(self.levels[house]) if cells), default=0)

    def close(self, house: int, day: int) -> None:
        for one in list(self.inside(house)):
            self.leave(one)
            one.out, one.closed = day, True
            free = [
                n
                for n in self.plan.deals[one.deal].houses
                if len(self.inside(n)) < self.places(n, day)
            ]
            if not free:
                one.reason = "closed"
                self.flow[one.deal]["closed"] += 1
                continue
            person = self.queues[one.deal][one.person]
            again = Stay(
                one.deal, one.person, person, free[0], one.begin, day, self.recall(one.deal, day)
            )
            self.enter(again)

    def fly(self, n: int, deal: Deal, day: int, full: list[int]) -> None:
        known = {one.person for one in self.stays if one.deal == n}
        queue = [
            place for place, one in enumerate(self.queues[n])
            if one.ready <= day and place not in known
        ]  # fmt: skip
        self.flow[n]["expired"] += sum(self.queues[n][one].patience == day - 1 for one in queue)
        paused = any(first <= day < after for first, after, _ in deal.pauses)
        flies = (
            deal.first <= day < deal.until and (day - deal.first) % deal.every == 0 and not paused
        )
        held = sum(one.cell != -2 for one in self.stays if one.deal == n)
        room = min(99 if deal.batch < 0 else deal.batch, 99 if deal.most < 0 else deal.most - held)
        for place in [one for one in queue if self.queues[n][one].patience >= day] if flies else []:
            free = [h for h in deal.houses if len(self.inside(h)) < self.places(h, day)]
            if room <= 0 or not free:
                break
            one = Stay(n, place, self.queues[n][place], free[0], day, day, self.recall(n, day))
            self.enter(one)
            self.flow[n]["received"] += 1
            full[free[0]] = max(full[free[0]], self.most(free[0]))
            room -= 1


def kernel(plan: Plan, queues: list[list[Person]]) -> tuple[np.ndarray, np.ndarray, Daily]:
    at = simulate.ready(msgspec.json.encode(plan))
    rows = [
        [one.ready, OTHER, one.end, one.patience, one.late, one.died, one.hold]
        for queue in queues for one in queue
    ]  # fmt: skip
    people = np.ascontiguousarray(np.array(rows, np.int32).reshape(len(rows), 7).T)
    first = np.cumsum([0, *map(len, queues)])
    most = len(rows) * (1 + at.closings)
    stays, links = np.empty((5, most), np.int32), np.empty((most, 2), np.int32)
    daily, cells, state = simulate.blank(plan, first, at.rules, links)
    made = receive(people, first, at.stock, at.rules, stays, daily, cells, state)
    return stays[:, :made], links[:made, 1], daily


@settings(max_examples=300)
@given(worlds())
def test_every_stay_and_every_day_is_that_of_plain_lists(
    world: tuple[Plan, list[list[Person]]],
) -> None:
    plan, queues = world
    stays, what, daily = kernel(plan, queues)
    oracle = Oracle(plan, queues)
    begins = np.cumsum([0, *map(len, queues)])
    cell, house, deal, _ = told_of(what)
    person = stays[PERSON] - begins[deal]
    ours = list(zip(person, deal, house, cell, stays[IN], stays[OUT], strict=True))
    theirs = [
        (one.person, one.deal, one.house, one.first_cell, one.day, one.out) for one in oracle.stays
    ]
    assert ours == theirs
    assert daily.held.T.tolist() == oracle.here
    seen = np.array([one.cells > 0 for one in plan.houses])
    assert (daily.fullest.T[:, seen] == np.array(oracle.full)[:, seen]).all()
    assert (daily.held <= simulate.ready(msgspec.json.encode(plan)).rules.places).all() or any(
        len(one.places) > 1 for one in plan.houses
    )
    for n, told in enumerate(oracle.flow):
        ours_ = dict(zip(FLOWS, daily.flow[n].sum(axis=0).tolist(), strict=True))
        assert {k: ours_[k] for k in FLOWS[3:]} == {k: told[k] for k in FLOWS[3:]}
        # Who was put forward was received, gave up, or still waits; who came in is there or left.
        joined = sum(one.ready < DAYS for one in queues[n])
        known = {one.person for one in oracle.stays if one.deal == n}
        waits = sum(one.patience >= DAYS - 1 for m, one in enumerate(queues[n]) if m not in known)
        assert joined == ours_["received"] + ours_["expired"] + waits
        assert ours_["received"] - sum(ours_[k] for k in FLOWS[5:]) == daily.by[n, -1]
