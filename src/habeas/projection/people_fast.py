"""The columns of `people`, compiled; the same bits.

Words of chance are made in blocks, so that a processor makes many at once.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from habeas.custody.compiled import COMPILED, compiled, inlined
from habeas.projection import chance, exact
from habeas.projection import people as defined
from habeas.projection.chance import BATCH, COUNT, PERSON, ROUNDS, WEYL
from habeas.projection.people import (
    DIED_ON,
    END,
    FAR,
    HOLD,
    LATE,
    LONG,
    OTHER,
    OWN_END,
    PATIENCE,
    READY,
    Asked,
    Counts,
    Days,
    Floats,
    Streams,
)  # fmt: skip

Number = Any  # in a compiled loop, what numba makes of it
Words32 = NDArray[np.uint32]
Words64 = NDArray[np.uint64]
Small = NDArray[np.uint8]
Flags = NDArray[np.bool_]
Block = tuple[Words32, Words32, Words32, Small, Words32, Days, Days, Days, Words32]
BLOCK = 2048
LOW = np.uint64(0xFFFFFFFF)
HIGH = np.uint64(32)
ONE, TWO = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
ALL_WORDS, OF_STEP = 2.0**32, 2.0**-20
WORDS = ALL_WORDS - 0.5  # less a word: all words times one less the number that it stands for
LN2, PIECES, NEAR_ONE, LOG_OF_PIECE = exact.LN2, exact.PIECES, exact.NEAR_ONE, exact.LOG_OF_PIECE
C7, C6, C5, C4, C3, C2, C1 = exact.TERMS
TOP = np.uint64(1 << 32)
LATE_WORD = chance.LATE


@inlined
def _words(
    k: Words32, day: Words32, number: Words32, purpose: Number, keys: Words64, out: Words32
) -> None:
    """Four words for each place into `out` (4, places); `keys` are (10, 2)."""
    k0, k1 = keys[0, 0], keys[0, 1]
    k2, k3 = keys[1, 0], keys[1, 1]
    k4, k5 = keys[2, 0], keys[2, 1]
    k6, k7 = keys[3, 0], keys[3, 1]
    k8, k9 = keys[4, 0], keys[4, 1]
    ka, kb = keys[5, 0], keys[5, 1]
    kc, kd = keys[6, 0], keys[6, 1]
    ke, kf = keys[7, 0], keys[7, 1]
    kg, kh = keys[8, 0], keys[8, 1]
    ki, kj = keys[9, 0], keys[9, 1]
    last = np.uint64(purpose)
    for n in range(k.size):
        a, b, c, d = np.uint64(k[n]), np.uint64(day[n]), np.uint64(number[n]), last
        low, high = a * ONE, c * TWO
        a, b, c, d = (high >> HIGH) ^ b ^ k0, high & LOW, (low >> HIGH) ^ d ^ k1, low & LOW
        low, high = a * ONE, c * TWO
        a, b, c, d = (high >> HIGH) ^ b ^ k2, high & LOW, (low >> HIGH) ^ d ^ k3, low & LOW
        low, high = a * ONE, c * TWO
        a, b, c, d = (high >> HIGH) ^ b ^ k4, high & LOW, (low >> HIGH) ^ d ^ k5, low & LOW
        low, high = a * ONE, c * TWO
        a, b, c, d = (high >> HIGH) ^ b ^ k6, high & LOW, (low >> HIGH) ^ d ^ k7, low & LOW
        low, high = a * ONE, c * TWO
        a, b, c, d = (high >> HIGH) ^ b ^ k8, high & LOW, (low >> HIGH) ^ d ^ k9, low & LOW
        low, high = a * ONE, c * TWO
        a, b, c, d = (high >> HIGH) ^ b ^ ka, high & LOW, (low >> HIGH) ^ d ^ kb, low & LOW
        low, high = a * ONE, c * TWO
        a, b, c, d = (high >> HIGH) ^ b ^ kc, high & LOW, (low >> HIGH) ^ d ^ kd, low & LOW
        low, high = a * ONE, c * TWO
        a, b, c, d = (high >> HIGH) ^ b ^ ke, high & LOW, (low >> HIGH) ^ d ^ kf, low & LOW
        low, high = a * ONE, c * TWO
        a, b, c, d = (high >> HIGH) ^ b ^ kg, high & LOW, (low >> HIGH) ^ d ^ kh, low & LOW
        low, high = a * ONE, c * TWO
        out[0, n] = np.uint32((high >> HIGH) ^ b ^ ki)
        out[1, n] = np.uint32(high & LOW)
        out[2, n] = np.uint32((low >> HIGH) ^ d ^ kj)
        out[3, n] = np.uint32(low & LOW)


@inlined
def _wait(word: Number) -> Number:
    """Minus the logarithm of a word as a number between 0 and 1; see `exact.log`."""
    whole, power = (np.uint64(word) << np.uint64(1)) | np.uint64(1), 0
    while whole < TOP:
        whole <<= np.uint64(1)
        power -= 1
    part = whole * (0.5 / TOP)
    piece = np.int64(part * (2 * PIECES)) - PIECES
    r = part * NEAR_ONE[piece] - 1.0
    total = (((((C7 * r + C6) * r + C5) * r + C4) * r + C3) * r + C2) * r + C1
    return -(power * LN2 + (LOG_OF_PIECE[piece] + total * r))


@compiled
def _guide(steps: Words64) -> Days:
    """For the first eight bits of a word, the least number that it can mean."""
    rows, width = steps.shape
    found = np.zeros((rows, 256), np.int32)
    for row in range(rows):
        n = 0
        for top in range(256):
            while n < width and steps[row, n] <= np.uint64(top << 24):
                n += 1
            found[row, top] = n
    return found


@compiled
def _counts(streams: Streams, keys: Words64) -> Days:
    days, many = streams.row.shape
    width = streams.steps.shape[1]
    guide = _guide(streams.steps)
    out = np.empty((4, days), np.uint32)
    day, zero = np.arange(days).astype(np.uint32), np.zeros(days, np.uint32)
    counted = np.empty((days, many), np.int32)
    for stream in range(many):
        number = np.full(days, streams.number[stream])
        _words(zero, day, number, COUNT, keys, out)
        for at in range(days):
            row, word, n = streams.row[at, stream], np.uint64(out[0, at]), 0
            if row >= 0:
                n = guide[row, word >> np.uint64(24)]
                while n < width and streams.steps[row, n] <= word:
                    n += 1
            if streams.group[stream] != 0.0:
                n = _grouped(n, at, streams.number[stream], streams.group[stream], keys)
            counted[at, stream] = n + streams.cohort[at, stream]
    return counted


@compiled
def _grouped(groups: Number, day: Number, number: Number, group: Number, keys: Words64) -> Number:
    out = np.empty((4, groups), np.uint32)
    which = np.arange(groups).astype(np.uint32)
    _words(which, np.full(groups, np.uint32(day)), np.full(groups, number), BATCH, keys, out)
    total = 0
    for n in range(groups):
        total += 1 + math.floor(-_wait(out[0, n]) * group)
    return total


@inlined
def _within(word: Number, hazard: Number) -> Number:
    return np.int32(1 + np.int64(min(_wait(word) / hazard, LONG)))


@inlined
def _kept(many: Number, word: Words32, stream: Small, below: Words64, may: Days) -> Number:
    """Where the word is below what the stream has; how many there are."""
    kept = 0
    for n in range(many):
        may[kept] = n
        kept += np.uint64(word[n]) < below[stream[n]]
    return kept


@inlined
def _lives(  # noqa: PLR0913, PLR0917
    kept: Number, may: Days, block: Block, stays: Floats,
    dying: Floats, returning: Floats, found: Days, made: Number,
) -> Number:  # fmt: skip
    """Everybody as if they served their sentence to its end; how many may not.

    Those are listed in `rare`, with the days of each sentence in `term`.
    """
    _, day, _, stream, out, _, term, rare, _ = block
    some = 0
    for one in range(kept):
        n, at = may[one], made + one
        which, word = stream[n], out[1, n]
        below = word >> np.uint32(20)  # of 2**32 words, those of one of 4,096 steps
        part = ((word & np.uint32(0xFFFFF)) + 0.5) * OF_STEP
        low, high = stays[which, below], stays[which, below + 1]
        days = 1 + np.int64(low + part * (high - low))
        found[READY, at], found[END, at] = day[n], day[n] + days
        span = days + 2.0
        usual = WORDS - out[2, n] > dying[which] * span
        usual &= WORDS - out[3, n] > returning[which] * span
        rare[some], term[some] = one, days
        some += not usual
    return some


@compiled
def _block(  # noqa: PLR0913, PLR0917
    many: Number,
    made: Number,
    block: Block,
    streams: Streams,
    keys: Words64,
    found: Days,
    lawful: Counts,
    watched: Floats,
) -> Number:
    """Those of a block who may be sent, written behind the `made` that there are."""
    k, day, number, stream, out, may, _, rare, waits = block
    _words(k[:many], day, number, PERSON, keys, out)
    if streams.late.max() > 0.0:
        _words(k[:many], day, number, LATE_WORD, keys, waits)
    if lawful.size:
        for one in range(_kept(many, out[0], stream, streams.lawful, may)):
            lawful[day[may[one]]] += 1
    kept = _kept(many, out[0], stream, streams.eligible, may)
    some = _lives(kept, may, block, streams.stays, watched[0], watched[1], found, made)
    _others(some, rare, block, streams, found, made)
    return made + kept


@inlined
def _others(
    some: Number, rare: Days, block: Block, streams: Streams, found: Days, made: Number
) -> None:
    """Those who may die or be returned before the end, stay longer, or count from arrival."""
    _, _, _, stream, out, may, term, _, waits = block
    wait, dying, returning, arriving = (
        streams.late,
        streams.died,
        streams.returned,
        streams.from_arrival,
    )
    for one in range(some):
        n, at = may[rare[one]], made + rare[one]
        which, days, begin = stream[n], term[one], found[READY, made + rare[one]]
        late, died, hold = np.int32(0), np.int32(FAR), np.int32(FAR)
        if wait[which] > 0:
            late = np.int32(np.int64(min(_wait(waits[0, n]) * wait[which], LONG)))
        span, arrival = float(days + late + 2), arriving[which]
        risk, early = dying[which], returning[which]
        longest = LONG if arrival else span
        if risk > 0 and WORDS - out[2, n] <= risk * ALL_WORDS * longest:
            died = begin + _within(out[2, n], risk)
        if early > 0 and WORDS - out[3, n] <= early * ALL_WORDS * span:
            hold = _within(out[3, n], early)
        last = FAR if arrival else begin + days
        found[END, at], found[OWN_END, at] = OTHER, -days if arrival else last
        found[PATIENCE, at], found[LATE, at] = min(last, died) - 1, late
        found[DIED_ON, at], found[HOLD, at] = died, hold


@compiled
def _people(
    counted: Days, streams: Streams, keys: Words64, found: Days, lawful: Counts, watched: Floats
) -> Number:
    days, many = counted.shape
    k, day = np.empty(BLOCK, np.uint32), np.empty(BLOCK, np.uint32)
    number, stream = np.empty(BLOCK, np.uint32), np.empty(BLOCK, np.uint8)
    out, may = np.empty((4, BLOCK), np.uint32), np.empty(BLOCK + 1, np.int32)
    term, rare = np.empty(BLOCK, np.int32), np.empty(BLOCK + 1, np.int32)
    waits = np.empty((4, BLOCK), np.uint32)
    block = (k, day, number, stream, out, may, term, rare, waits)
    full, made, number_of = 0, 0, streams.number
    for at in range(days):
        for which in range(many):
            one, last = 0, counted[at, which]
            while one < last:
                upto = min(last, one + BLOCK - full)
                for n in range(one, upto):
                    place = full + n - one
                    k[place], day[place], stream[place] = n, at, which
                    number[place] = number_of[which]
                full += upto - one
                one = upto
                if full == BLOCK:
                    made = _block(full, made, block, streams, keys, found, lawful, watched)
                    full = 0
    return _block(full, made, block, streams, keys, found, lawful, watched)


class Room:
    """A table that is written again for each draw, so that no memory is asked for anew."""

    def __init__(self, rows: int) -> None:
        self.table = np.empty((rows, 0), np.int32)

    def of(self, columns: int) -> Days:
        """At least so many columns; what they hold is old."""
        if self.table.shape[1] <= columns:
            # One more than asked for: a part of a table is of one kind for the compiler, a whole
            # one of another, and the loops would be compiled for both.
            self.table = np.empty((len(self.table), columns + columns // 8 + 1), np.int32)
        return self.table


def people(streams: Streams, key: tuple[int, int], months: Days, room: Room) -> tuple[Days, Asked]:
    """Everybody of one draw, in the table of `room`; see `people.people`."""
    if not COMPILED or not streams.number.size:
        return defined.people(streams, key, months)
    keys = schedule(key)
    counted = _counts(streams, keys)
    found = room.of(int(counted.sum()))
    same = bool((streams.eligible == streams.lawful).all())
    lawful = np.zeros(0 if same else len(counted), np.int64)
    # Those of a stream that is not plain are all looked at: their hazard here has no bound.
    risks = np.stack((streams.died, streams.returned)) * ALL_WORDS
    watched = np.where(streams.plain, risks, np.inf)
    many = _people(counted, streams, keys, found, lawful, watched)
    eligible = defined.by_month(found[READY, :many], months)
    asked = eligible if same else np.add.reduceat(lawful, months[:-1])
    return found[:, :many], Asked(defined.referred(counted, months), eligible, asked)


def schedule(key: tuple[int, int]) -> np.ndarray:
    """The key of each of ten rounds."""
    return np.array(
        [
            [(one + n * w) & 0xFFFFFFFF for one, w in zip(key, WEYL, strict=True)]
            for n in range(ROUNDS)
        ],
        np.uint64,
    )
