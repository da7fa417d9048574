"""The queue in Mesa: every resident is asked on every day."""

from collections import deque

import mesa

from bench.peers.line import People, serve


class Resident(mesa.Agent):
    """Leaves when the day has come."""

    def __init__(self, model: "Home", out: int) -> None:
        super().__init__(model)
        self.out = out

    def step(self) -> None:
        if self.out <= self.model.day:
            self.remove()


class Home(mesa.Model):
    """One house."""

    def __init__(self, people: People) -> None:
        super().__init__()
        self.people, self.day, self.come, self.queue = people, 0, 0, deque[int]()

    def step(self) -> None:
        people, day = self.people, self.day
        self.agents.do("step")
        while self.come < len(people.ready) and people.ready[self.come] <= day:
            self.queue.append(self.come)
            self.come += 1
        seats = people.seats if day % people.every == 0 else 0
        while self.queue and seats and len(self.agents) < people.places:
            one = self.queue.popleft()
            if people.gone[one] > day:
                Resident(self, min(people.gone[one], day + people.hold[one]))
                seats -= 1
        self.day += 1


def held(people: People) -> list[int]:
    home, found = Home(people), list[int]()
    for _ in range(people.days):
        home.step()
        found.append(len(home.agents))
    return found


if __name__ == "__main__":
    serve(f"mesa {mesa.__version__}", held)
