"""Duplicate, shuffled and late delivery: every event stands once, each person's in their order.

Each event comes 1 to 5 times, anywhere within a window of the order in which it was made; one in
fifty comes only after all others. What is refused is submitted again until everything is in, as a
writer does that holds no answer.
"""

import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from drills.commands import AT, Chance, Drafter
from drills.rig import FIRST, Result, Site, Told, acks, id_of, judged, person
from habeas.register.intake import Signed
from habeas.register.log import Log

RUNS = 100_000
EACH = 10  # events of a person
COPIES, WINDOW, LATE = 5, 30_000, 50
BATCH = 256
EXPECTED = frozenset({"H531"})  # a custody number that does not come next


def drafted(count: int) -> list[Signed]:
    """Events of persons in the order in which they happened, half of them custody events."""
    drafter, people = Drafter("delivery", FIRST), max(1, count // EACH)
    return [
        drafter.custody(person(drafter.chance.below(people)))
        if number % 2
        else drafter.visit(person(drafter.chance.below(people)))
        for number in range(count)
    ]


def delivered(count: int) -> list[int]:
    """The numbers of the events in the order in which they come, each 1 to 5 times."""
    chance, places = Chance("delivery"), list[tuple[int, int]]()
    for number in range(count):
        late = count * (chance.below(LATE) == 0)
        places += [
            (number + late + chance.below(WINDOW), number) for _ in range(1 + chance.below(COPIES))
        ]
    return [number for _, number in sorted(places)]


def run(count: int, store: str) -> Result:
    """Deliver as many events as asked."""
    del store
    figures, answers = Counter[str](), dict[int, int]()
    made, broken = drafted(count), list[str]()
    waiting = delivered(count)
    figures["deliveries"] = len(waiting)
    with tempfile.TemporaryDirectory() as name:
        site = Site(Path(name) / "register").make()
        with site.opened() as log:
            while waiting and figures["passes"] < count:
                waiting = _pass(log, made, waiting, answers, figures, broken.append)
                figures["passes"] += 1
            log.publish(AT)
            broken += _ordered(log, made)
        told = Told()
        told.hear(acks([made[number] for number in answers], answers.values()))
        broken += judged(site, told)
    if len(answers) != count:
        broken.append(f"{count - len(answers)} events never got in")
    return Result("duplicate, shuffled, late delivery", count, tuple(broken), dict(figures))


def _pass(
    log: Log,
    made: list[Signed],
    waiting: list[int],
    answers: dict[int, int],
    figures: Counter[str],
    broken: Callable[[str], None],
) -> list[int]:
    left = list[int]()
    for start in range(0, len(waiting), BATCH):
        numbers = waiting[start : start + BATCH]
        outcomes = log.append_each([made[number] for number in numbers], AT)
        for number, outcome in zip(numbers, outcomes, strict=True):
            if isinstance(outcome, int):
                if answers.setdefault(number, outcome) != outcome:
                    broken(f"event {number} has two indexes")
            else:
                figures[f"refused {outcome.code}"] += 1
                left.append(number)
                if outcome.code not in EXPECTED:
                    broken(f"event {number} was refused: {outcome}")
    return left


def _ordered(log: Log, made: list[Signed]) -> list[str]:
    """What is wrong with the order: a person's custody numbers ascend with the index."""
    latest, wrong, seen = dict[str, int](), list[str](), Counter[str]()
    for row in log.store.rows():
        seen[row.event_id] += 1
        if row.subject is None or row.seq is None:
            continue
        if row.seq != latest.get(row.subject, -1) + 1:
            wrong.append(f"custody number {row.seq} at {row.index} does not come next")
        latest[row.subject] = row.seq
    wrong += [f"event {name} stands {count} times" for name, count in seen.items() if count > 1]
    if not {id_of(one) for one in made} <= set(seen):
        wrong.append("an event is missing")
    return wrong
