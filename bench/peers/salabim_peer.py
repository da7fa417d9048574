"""The queue in salabim: a component for each person."""

from collections import deque
from collections.abc import Iterator

import salabim

from bench.peers.line import People, serve


class Person(salabim.Component):
    """Waits until the sentence ends or a flight calls; then stays."""

    def setup(self, one: int, world: "World") -> None:
        self.one, self.world, self.called = one, world, False

    def process(self) -> Iterator[None]:
        gone, hold = self.world.people.gone[self.one], self.world.people.hold[self.one]
        if not self.called:  # a flight may call before the first step
            yield self.hold(till=gone)
        if self.called:
            yield self.hold(till=min(gone, int(self.env.now()) + hold))
            self.world.inside -= 1


class World(salabim.Component):
    """Flights and the census, half a day after those who leave."""

    def setup(self, people: People) -> None:
        self.people, self.inside, self.found = people, 0, list[int]()

    def process(self) -> Iterator[None]:
        people, queue, come = self.people, deque[Person](), 0
        yield self.hold(0.5)
        for day in range(people.days):
            while come < len(people.ready) and people.ready[come] <= day:
                queue.append(Person(one=come, world=self))
                come += 1
            seats = people.seats if day % people.every == 0 else 0
            while queue and seats and self.inside < people.places:
                first = queue.popleft()
                if people.gone[first.one] > day:
                    first.called = True
                    first.hold(0)
                    self.inside += 1
                    seats -= 1
            self.found.append(self.inside)
            yield self.hold(1)


def held(people: People) -> list[int]:
    env = salabim.Environment(trace=False, yieldless=False)
    world = World(people=people)
    env.run(till=people.days)
    return world.found


if __name__ == "__main__":
    serve(f"salabim {salabim.__version__}", held)
