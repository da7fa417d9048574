"""Who is put forward, in the order of the queue: columns of whole days, from words of chance.

This is the definition; `kernel_fast` makes the same columns, compiled. A person's four words say
whether they may be sent, how long the sentence runs, when they would die, and when they would be
returned early; more words are asked only where something else is uncertain.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from habeas.projection import chance, exact
from habeas.projection.chance import BATCH, COUNT, PERSON, share, words

Days = NDArray[np.int32]
Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
FAR = 1 << 28  # a day that does not come
LONG = 1e7  # days; nobody asks further


class Streams(NamedTuple):
    """What holds in one draw for the streams of one agreement; a row each, in order."""

    number: NDArray[np.uint32]
    row: Days  # (days, streams): the row of `steps` that holds on a day; -1: nobody comes
    steps: NDArray[np.uint64]  # (rows, width): n or more where the word is not below the n-th
    cohort: Days  # (days, streams): people put forward for certain
    group: Floats  # 1 / log(1 - 1/mean) of groups; 0: each by themselves
    eligible: NDArray[np.uint64]  # the word is below: may be sent
    lawful: NDArray[np.uint64]  # the same by screening alone
    stays: Floats  # (streams, points): quantiles of the sentence in days
    returned: Floats  # hazards a day
    died: Floats
    late: Floats  # mean days
    from_arrival: NDArray[np.bool_]
    plain: NDArray[np.bool_]  # neither late nor from arrival


# Rows of the table of people: those who may be sent, a column each, in the order of the queue. Most
# serve a sentence to its end; the last five are written, and read, only of those marked `OTHER`.
(
    READY,  # joins the queue
    END,  # the sentence ends; or the mark `OTHER`
    OWN_END,  # below zero: so many days after arrival
    PATIENCE,  # the last day on which they may still be received; else the day before `END`
    LATE,  # days for which they are held longer; else 0
    DIED_ON,  # else, and FAR: not while it matters
    HOLD,  # days after arrival on which they are returned early; else, and FAR: never
) = range(7)
PEOPLE_ROWS = 7
OTHER = -1


class Asked(NamedTuple):
    """Everybody who was put forward, by month."""

    referred: Counts
    eligible: Counts
    lawful: Counts


def counts(streams: Streams, key: tuple[int, int]) -> Days:
    """How many are put forward on each day of each stream."""
    days, many = streams.row.shape
    day = np.repeat(np.arange(days, dtype=np.uint32), many)
    number = np.tile(streams.number, days)
    zero = np.zeros_like(day)
    word = words((zero, day, number, np.full_like(day, COUNT)), key)[0].reshape(days, many)
    found = np.zeros((days, many), np.int32)
    for row in range(len(streams.steps)):
        at = streams.row == row
        found[at] = np.searchsorted(streams.steps[row], word[at].astype(np.uint64), side="right")
    for stream in np.flatnonzero(streams.group):
        found[:, stream] = _grouped(found[:, stream], streams, int(stream), key)
    return found + streams.cohort


def _grouped(groups: Days, streams: Streams, stream: int, key: tuple[int, int]) -> Days:
    day = np.repeat(np.arange(groups.size, dtype=np.uint32), groups)
    which = _within(groups)
    number = np.full_like(day, streams.number[stream])
    word = words((which, day, number, np.full_like(day, BATCH)), key)[0]
    size = 1 + np.floor(exact.log(share(word)) * streams.group[stream]).astype(np.int64)
    return np.bincount(day, size, groups.size).astype(np.int32)


def _within(counted: Days) -> NDArray[np.uint32]:
    """0, 1, 2 ... within each count."""
    ends = np.cumsum(counted)
    inside = np.arange(int(ends[-1]) if ends.size else 0) - np.repeat(ends - counted, counted)
    return inside.astype(np.uint32)


def people(streams: Streams, key: tuple[int, int], months: Days) -> tuple[Days, Asked]:
    """The table of everybody of one draw, and how many were asked.

    Args:
        streams: of one agreement.
        key: (seed, draw).
        months: the day on which each begins, and the day after the last.
    """
    counted = counts(streams, key)
    days, many = counted.shape
    each = counted.ravel()
    ready = np.repeat(np.repeat(np.arange(days, dtype=np.int32), many), each)
    stream = np.repeat(np.tile(np.arange(many, dtype=np.uint8), days), each)
    place = (_within(each), ready.astype(np.uint32), streams.number[stream])
    first, *rest = words((*place, np.full(ready.size, PERSON, np.uint32)), key)
    may = first < streams.eligible[stream]
    asked = Asked(
        referred(counted, months),
        by_month(ready[may], months),
        by_month(ready[first < streams.lawful[stream]], months),
    )
    chance_of = Chance(*(one[may] for one in (*rest, *place)))
    return _lives(streams, key, ready[may], stream[may], chance_of), asked


def by_month(ready: Days, months: Days) -> Counts:
    """How many in each month; the days never fall."""
    return np.diff(np.searchsorted(ready, months))


def referred(counted: Days, months: Days) -> Counts:
    """How many were put forward in each month, of all streams."""
    found: Counts = np.add.reduceat(counted, months[:-1], axis=0).sum(axis=1, dtype=np.int64)
    return found


class Chance(NamedTuple):
    """The words of each person, and the place that they were drawn for."""

    sentence: NDArray[np.uint32]
    death: NDArray[np.uint32]
    early: NDArray[np.uint32]
    k: NDArray[np.uint32]
    day: NDArray[np.uint32]
    number: NDArray[np.uint32]


def _lives(
    streams: Streams, key: tuple[int, int], ready: Days, stream: NDArray[np.uint8], drawn: Chance
) -> Days:
    place = share(drawn.sentence) * exact.STEPS
    below = np.minimum(np.floor(place), exact.STEPS - 1.0)
    index = below.astype(np.int64)
    low, high = streams.stays[stream, index], streams.stays[stream, index + 1]
    stay = low + (place - below) * (high - low)
    term = 1 + np.floor(stay).astype(np.int32)
    late = np.zeros_like(ready)
    some = streams.late[stream] > 0
    if some.any():
        purpose = np.full(int(some.sum()), chance.LATE, np.uint32)
        word = words((drawn.k[some], drawn.day[some], drawn.number[some], purpose), key)[0]
        wait = np.minimum(-exact.log(share(word)) * streams.late[stream[some]], LONG)
        late[some] = np.floor(wait).astype(np.int32)
    arrival = streams.from_arrival[stream]
    span = np.where(arrival, float(LONG), (term + late + 2).astype(np.float64))
    died = within_time(share(drawn.death), streams.died[stream], span)
    hold = within_time(
        share(drawn.early), streams.returned[stream], (term + late + 2).astype(np.float64)
    )
    died = np.where(died < FAR, ready + died, FAR).astype(np.int32)
    end = np.where(arrival, -term, ready + term).astype(np.int32)
    patience = np.minimum(np.where(arrival, FAR, end), died) - 1
    other = arrival | (late > 0) | (died < FAR) | (hold < FAR) | ~streams.plain[stream]
    marked = np.where(other, OTHER, end)
    return np.stack((ready, marked, end, patience, late, died, hold)).astype(np.int32)


def within_time(u: Floats, hazard: Floats, span: Floats) -> Days:
    """Days until something happens, 1 or more; FAR where that is surely after the span.

    -log(u) is never below 1 - u, so most need no logarithm at all.
    """
    found = np.full(u.size, FAR, np.int32)
    may = (1.0 - u <= hazard * span) & (hazard > 0)
    wait = np.minimum(-exact.log(u[may]) / hazard[may], LONG)
    found[may] = 1 + np.floor(wait).astype(np.int32)
    return found
