"""The queue in the plainest Python: a heap of departures and a double-ended queue."""

import heapq
import platform
from collections import deque

from bench.peers.line import People, serve


def held(people: People) -> list[int]:
    there, queue, come, found = list[int](), deque[int](), 0, list[int]()
    ready, gone, hold = people.ready, people.gone, people.hold
    for day in range(people.days):
        while there and there[0] <= day:
            heapq.heappop(there)
        while come < len(ready) and ready[come] <= day:
            queue.append(come)
            come += 1
        seats = people.seats if day % people.every == 0 else 0
        while queue and seats and len(there) < people.places:
            one = queue.popleft()
            if gone[one] > day:
                heapq.heappush(there, min(gone[one], day + hold[one]))
                seats -= 1
        found.append(len(there))
    return found


if __name__ == "__main__":
    serve(f"heapq of Python {platform.python_version()}", held)
