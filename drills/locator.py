"""A stranger tries tokens, and holds a watch to the answers.

1. Random tokens are tried at the handler of `POST /locate` and in a public roll, both of which hold
   issued ones: none may find anything, and each answer has 560 bytes.
2. The time of a hit is held against that of a miss, and the page's own step for a known token
   against that for an unknown one: in a random order, by Welch's t over all but the slowest
   hundredth. Beyond 4.5 they are told apart. The watch is the processor's time of this thread: it
   hears what the server does and nothing of the line, so that it is sharper than any on the line.
3. The same watch is held to servers that leak on purpose: it must tell these apart.
"""

import gc
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt
from statistics import fmean, variance
from time import thread_time_ns
from typing import TypeVar

from drills.commands import Chance
from drills.rig import Result, ended
from habeas.register import locator, public_roll
from habeas.register.public_roll import Found, PublicRoll, Statement
from habeas.register.waiting import Answers
from habeas.service import letterbox, locate
from habeas.terms import RollStatus

RUNS = 1_000_000  # tokens that are tried; a tenth as many questions of each class are timed
ISSUED = 2_000
DAY = date(2026, 3, 2)
SAID = Statement(RollStatus.HELD, 4, facility="SV-PRISON-1")
# Gilbert Goodwill et al., "A testing methodology for side-channel resistance validation", 2011.
TOLD_APART = 4.5
KEPT = 0.99  # of the times: the slowest are made by others on the machine
T = TypeVar("T", bytes, str)
PRIVATE = hashlib.sha256(b"letterbox").digest()


def drawn(name: str, count: int) -> Iterator[bytes]:
    """Tokens as chance draws them, from a seed."""
    for number in range(count):
        yield hashlib.sha256(f"{name} {number}".encode()).digest()[: locator.TOKEN]


@dataclass(frozen=True, slots=True)
class Server:
    """What a server holds after a night: sealed answers, and the roll."""

    held: Answers
    roll: PublicRoll
    known: Sequence[bytes]
    public: bytes

    def look_up(self, token: bytes) -> bytes:
        """The step of `POST /locate`."""
        return locate.sealed(self.held, token, DAY, b"")[1]

    def looks_up_leaking(self, key: bytes) -> bytes:
        """The same, by a server that draws a dummy only where it needs one."""
        found = self.held.stored.get(locator.lookup_hash(key))
        return found or locator.answer({}, key, self.held.secret, DAY)

    def put_in(self, words: str) -> bytes:
        """The step of the page: what was typed is sealed."""
        return letterbox.with_token(self.public, words)

    def puts_in_leaking(self, words: str) -> bytes:
        """The same, by a server that looks first, and does at once what a known token asks."""
        hashed = locator.lookup_hash(locator.lookup_key(locator.read_token(words)))
        if hashed in self.held.stored:
            locator.seal_request(self.public, b"an inquiry")
        return self.put_in(words)


def served(issued: int) -> Server:
    """A server after a night on which so many tokens were issued."""
    known, stored = list(drawn("issued", issued)), dict[bytes, bytes]()
    for token in known:
        hashed = locator.lookup_hash(locator.lookup_key(token))
        stored[hashed] = locator.seal(locator.seal_key(token), hashed, DAY, SAID)
    size, chance = public_roll.stepped(issued), Chance("rows")
    roll = public_roll.build(DAY, 1, dict.fromkeys(known, SAID), size, chance)
    held = Answers(DAY, chance(locator.KEY), stored)
    return Server(held, roll, known, locator.request_key(PRIVATE))


def tried(server: Server, count: int) -> tuple[dict[str, int], list[str]]:
    """So many random tokens at the handler and in the roll; what they found."""
    figures = {
        "tokens tried": 0,
        "answers opened": 0,
        "rows found": 0,
        "answers of another size": 0,
    }
    for token in drawn("stranger", count):
        answer = server.look_up(locator.lookup_key(token))
        row = public_roll.find(server.roll, token)
        figures["tokens tried"] += 1
        figures["answers opened"] += locate.opened(locator.printed(token), DAY, answer) is not None
        figures["rows found"] += isinstance(row, Found)
        figures["answers of another size"] += len(answer) != locator.SEALED
        if ended():
            break
    found = [f"{what}: {n}" for what, n in figures.items() if n and what != "tokens tried"]
    return figures, found


def told_apart(step: Callable[[T], bytes], known: Sequence[T], unknown: Sequence[T]) -> float:
    """Welch's t of the times of two classes of questions, asked in a random order."""
    times = (list[int](), list[int]())
    order = [0] * len(known) + [1] * len(unknown)
    chance = Chance("order")
    for last in range(len(order) - 1, 0, -1):
        other = chance.below(last + 1)
        order[last], order[other] = order[other], order[last]
    turns = [iter(one) for one in (known, unknown)]
    questions = [(which, next(turns[which])) for which in order]
    gc.disable()
    try:
        for which, question in questions:
            begun = thread_time_ns()
            step(question)
            times[which].append(thread_time_ns() - begun)
    finally:
        gc.enable()
    return welch(*times)


def welch(one: Sequence[int], other: Sequence[int]) -> float:
    """Welch's t of two samples of times, without the slowest hundredth of both together."""
    most = sorted([*one, *other])[int(KEPT * (len(one) + len(other))) - 1]
    left = [[time for time in times if time <= most] for times in (one, other)]
    spread = sqrt(sum(variance(times) / len(times) for times in left))
    return (fmean(left[0]) - fmean(left[1])) / spread


def times(server: Server, count: int) -> dict[str, float]:
    """Welch's t of the handler, of the page's step, and of both where they leak on purpose."""
    hits = [server.known[n % len(server.known)] for n in range(count)]
    misses = list(drawn("timed", count))
    keys = [[locator.lookup_key(token) for token in group] for group in (hits, misses)]
    words = [[locator.printed(token) for token in group] for group in (hits, misses)]
    return {
        "handler": told_apart(server.look_up, *keys),
        "page": told_apart(server.put_in, *words),
        "handler that leaks": told_apart(server.looks_up_leaking, *keys),
        "page that leaks": told_apart(server.puts_in_leaking, *words),
    }


def run(count: int, store: str) -> Result:
    """Try so many tokens, and time a tenth as many questions of each class."""
    del store
    server = served(min(ISSUED, count))
    figures, broken = tried(server, count)
    for what, t in times(server, count // 10).items():
        leaks = what.endswith("leaks")
        figures[f"hundredths of t, {what}"] = round(abs(t) * 100)
        if leaks != (abs(t) >= TOLD_APART):
            broken.append(f"{what}: t = {t:.2f}")
    return Result("random tokens and a watch", figures["tokens tried"], tuple(broken), figures)
