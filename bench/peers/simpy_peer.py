"""The queue in SimPy: a callback for each departure, or (`processes`) a process for each person.

People leave at whole days, flights go half a day later, so that departures come first.
"""

import sys
from collections import deque
from collections.abc import Iterator

import simpy

from bench.peers.line import People, serve


def callbacks(people: People) -> list[int]:
    """As few events as there can be: one a day, and one a departure."""
    env, found, queue, inside = simpy.Environment(), list[int](), deque[int](), 0
    ready, gone, hold = people.ready, people.gone, people.hold

    def leave(_: simpy.Event) -> None:
        nonlocal inside
        inside -= 1

    def days() -> Iterator[simpy.Event]:
        nonlocal inside
        come = 0
        yield env.timeout(0.5)
        for day in range(people.days):
            while come < len(ready) and ready[come] <= day:
                queue.append(come)
                come += 1
            seats = people.seats if day % people.every == 0 else 0
            while queue and seats and inside < people.places:
                one = queue.popleft()
                if gone[one] > day:
                    out = env.timeout(min(gone[one], day + hold[one]) - env.now)
                    out.callbacks.append(leave)
                    inside += 1
                    seats -= 1
            found.append(inside)
            yield env.timeout(1)

    env.process(days())
    env.run(until=people.days)
    return found


def processes(people: People) -> list[int]:
    """As SimPy's own examples are written: a person waits for a seat or for the sentence to end."""
    env, found, inside = simpy.Environment(), list[int](), 0
    queue = deque[tuple[int, simpy.Event]]()

    def person(one: int, seat: simpy.Event) -> Iterator[simpy.Event]:
        nonlocal inside
        gone, hold = people.gone[one], people.hold[one]
        yield seat | env.timeout(gone - env.now)
        if seat.triggered:
            yield env.timeout(min(gone, int(env.now) + hold) - env.now)
            inside -= 1

    def days() -> Iterator[simpy.Event]:
        nonlocal inside
        come = 0
        yield env.timeout(0.5)
        for day in range(people.days):
            while come < len(people.ready) and people.ready[come] <= day:
                queue.append((come, env.event()))
                env.process(person(*queue[-1]))
                come += 1
            seats = people.seats if day % people.every == 0 else 0
            while queue and seats and inside < people.places:
                one, seat = queue.popleft()
                if people.gone[one] > day:
                    seat.succeed()
                    inside += 1
                    seats -= 1
            found.append(inside)
            yield env.timeout(1)

    env.process(days())
    env.run(until=people.days)
    return found


if __name__ == "__main__":
    serve(f"simpy {simpy.__version__}", processes if "processes" in sys.argv[1:] else callbacks)
