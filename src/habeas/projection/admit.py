"""Who of those that wait is received when: one queue, one facility, days in order.

Order within a day is the specification: who leaves leaves, who is referred joins the queue and
whose patience is over leaves it, flights, census. Work is done for each event, never for each
person and day.
"""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

COMPILED = find_spec("numba") is not None  # an extra; without it the same lines run slowly
Days = NDArray[np.int32]
NEVER = -1
_Kernel = TypeVar("_Kernel", bound=Callable[..., Any])  # Any: numba types a kernel by its call


class People(NamedTuple):
    """Who was referred, in the order of the queue; days from the first one of the grid."""

    ready: Days  # the day on which somebody joins the queue, never falling
    patience: Days  # the last day on which they may still be received
    end: Days  # the day on which they leave whatever happens: the end of the sentence, or death
    hold: Days  # days after arrival on which they leave if they are still there; 1 or more


class House(NamedTuple):
    """What the facility can do on each day of the grid."""

    capacity: Days
    flights: NDArray[np.bool_]  # whether anybody is received that day
    most: Days  # how many at most that day


class Stays(NamedTuple):
    """When each person was received and left; NEVER for who was not."""

    t_in: Days
    t_out: Days


def admitted(people: People, house: House) -> Stays:
    """Receive people in the order of the queue as far as places and flights allow."""
    t_in = np.full(people.ready.size, NEVER, np.int32)
    t_out = np.full(people.ready.size, NEVER, np.int32)
    _run(*people, *house, t_in, t_out)
    return Stays(t_in, t_out)


def headcount(stays: Stays, days: int) -> Days:
    """How many are held at the end of each day."""
    there = stays.t_in != NEVER
    steps = np.zeros(days + 1, np.int64)
    np.add.at(steps, stays.t_in[there], 1)
    np.add.at(steps, np.minimum(stays.t_out[there], days), -1)
    return np.cumsum(steps[:days]).astype(np.int32)


def _kernel(ready, patience, end, hold, capacity, flights, most, t_in, t_out):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, PLR0913, PLR0917 - compiled
    days, people = capacity.size, ready.size
    leaving = np.zeros(days + 1, np.int64)
    held, head, tail = 0, 0, 0
    for day in range(days):
        held -= leaving[day]
        while tail < people and ready[tail] <= day:
            tail += 1
        if not flights[day]:
            continue
        room = min(capacity[day] - held, most[day])
        while head < tail and room > 0:
            if patience[head] >= day:
                out = max(min(end[head], day + hold[head]), day + 1)
                t_in[head], t_out[head] = day, out
                leaving[min(out, days)] += 1
                held += 1
                room -= 1
            head += 1


def _compiled(kernel: _Kernel) -> _Kernel:
    if not COMPILED:
        return kernel
    import numba  # noqa: PLC0415 - an extra

    return cast("_Kernel", numba.njit(cache=True, nogil=True)(kernel))


_run = _compiled(_kernel)
