"""Mutation testing: `python -m drills.mutants trace|run|table|survivors`.

Puts one small fault after another into the packages (drills/mutators.py) and lets the tests that
reach its line judge it. `trace` runs those tests once and keeps which lines each reaches. `run`
tries a random sample of each package, `--sample` of them by `--seed`; a larger sample of the same
seed holds the smaller one. Each verdict is appended to a file and synced, so that a run that was
killed goes on where it was; a verdict counts only for the source that it was found in.
"""

import argparse
import hashlib
import math
import os
import random  # noqa: TID251 - a drill draws; its seed is stated
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import zip_longest
from pathlib import Path
from types import CodeType, FunctionType
from typing import NoReturn

import msgspec

from drills import mutant_tests, mutators
from drills.mutant_tests import Item, Traced, Verdict
from drills.mutators import Mutant

PACKAGES = ("register", "transfer", "custody", "fees")
TESTS = (
    "tests/register", "tests/transfer", "tests/custody", "tests/fees", "tests/claims",
    "tests/duties", "tests/space", "tests/service", "tests/adapters/test_e_invoice.py",
)  # fmt: skip
FOLDER = Path(".mutants")
LONGEST = 40.0  # seconds of tests, unmutated, that one mutant is shown at most
FOUND = frozenset({"killed", "timeout"})
HEAD = (
    "package", "mutants", "tried", "killed", "of these by time", "survived", "unreached",
    "killed %", "95 % interval",
)  # fmt: skip
Say = Callable[[str], None]
Live = dict[tuple[str, int], list[FunctionType]]
LINE = 1 << 16  # bytes that no line is longer than
SURE = 1.96  # of a normal distribution: 95 %
READ_ANEW = ("numpy", "pyarrow", "pyarrow.compute", "pyarrow.parquet", "cryptography", "msgspec",
             "hypothesis", "hypothesis.extra.numpy", "rich")  # fmt: skip


class Found(msgspec.Struct, frozen=True):
    """One mutant and what became of it, as a line of the results."""

    mutant: Mutant
    source: str  # SHA-256 of the file that it was put into
    outcome: str  # killed, timeout, survived, unreached, error
    by: str  # the test that found it
    tests: int  # how many were shown it at most
    all_tests: bool  # whether these are all that reach it
    cpu: float  # seconds


def source_of(file: str) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(Path(file).read_bytes()).hexdigest()


def _files(package: str) -> list[str]:
    """Its modules, without those whose loops take minutes where they are not compiled."""
    found = sorted(Path("src/habeas", package).glob("*.py"))
    return [str(one) for one in found if not one.name.endswith("_fast.py")]


def every(package: str) -> list[Mutant]:
    """All mutants of a package."""
    return [m for file in _files(package) for m in mutators.mutants(file, Path(file).read_text())]


def sample(package: str, count: int, seed: int) -> list[Mutant]:
    """So many of them, drawn at random."""
    found = every(package)
    random.Random(f"{seed} {package}").shuffle(found)  # noqa: S311 - no secret
    return found[:count]


def _in_turn(samples: Sequence[Sequence[Mutant]]) -> list[Mutant]:
    """One of each package after the other, so that a run that is ended knows as much of each."""
    return [one for some in zip_longest(*samples) for one in some if one is not None]


# What is kept


def results() -> dict[Mutant, Found]:
    """The verdicts so far that hold for the source as it is; a line cut off is no verdict."""
    path, kept, hashes = FOLDER / "results.jsonl", dict[Mutant, Found](), dict[str, str]()
    if not path.exists():
        return kept
    for line in path.read_bytes().split(b"\n")[:-1]:
        one = msgspec.json.decode(line, type=Found)
        file = one.mutant.file
        if hashes.setdefault(file, source_of(file)) == one.source:
            kept[one.mutant] = one
    return kept


def keep(found: Found) -> None:
    """Append a verdict, over a line that was cut off, and see it on the disk."""
    path = FOLDER / "results.jsonl"
    path.touch()
    with path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - LINE))
        file.seek(max(0, size - LINE) + file.read().rfind(b"\n") + 1)
        file.truncate()
        file.write(msgspec.json.encode(found) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _traced() -> Traced:
    return msgspec.json.decode((FOLDER / "traced.json").read_bytes(), type=Traced)


# What judges a mutant


class Choice(msgspec.Struct, frozen=True):
    """The tests that are shown a mutant."""

    names: list[str]
    whole: bool  # whether they are all that reach it
    anew: bool  # whether the package must be read anew, since the fault lies in what runs then
    seconds: float


def chosen(mutant: Mutant, traced: Traced) -> Choice | None:
    """Those that reach its line, the quickest first; None where none does."""
    lines = traced.lines.get(mutant.file, {})
    names = lines.get(mutant.line)
    anew, reach = not mutant.function or names == [], len(names or ())
    if anew:  # reading is most of the work: those of the package itself come first
        every = sorted({name for some in lines.values() for name in some})
        reach = len(every)
        home = f"tests/{Path(mutant.file).parent.name}/"
        names = [name for name in every if name.startswith(home)] or every
    if not names:
        return None
    kept, total = list[str](), 0.0
    for name in sorted(names, key=lambda one: traced.seconds[one]):
        total += traced.seconds[name]
        if kept and total > LONGEST:
            break
        kept.append(name)
    return Choice(kept, len(kept) == reach, anew, total)


def _module(file: str) -> str:
    return ".".join(Path(file).with_suffix("").parts[1:])


def _work(traced: Traced, waiting: Sequence[Mutant], say: Say) -> None:
    """Judge all that wait: first those in functions, by forks of one process that has the tests."""
    asked = [(one, chosen(one, traced)) for one in waiting]
    before = results()  # of what is tried once more there is a verdict already
    for one, choice in asked:
        if choice is None:
            keep(Found(one, source_of(one.file), "unreached", "", 0, True, 0.0))
    quick = [(one, choice) for one, choice in asked if choice is not None and not choice.anew]
    if quick:
        child = os.fork()
        if child == 0:
            _serve(traced, quick, say)
        os.waitpid(child, 0)
    done = results()
    for name in READ_ANEW:
        __import__(name)
    for one, choice in asked:
        if choice is not None and done.get(one) == before.get(one):
            _told(one, choice, _read_anew(one, choice, traced), say)


def _serve(traced: Traced, quick: Sequence[tuple[Mutant, Choice]], say: Say) -> NoReturn:
    """Collect the tests, then judge; what cannot be exchanged is left to be read anew."""

    def then(items: Sequence[Item]) -> None:
        by_name = {item.nodeid: item for item in items}
        live = {file: mutant_tests.live(file) for file in {one.file for one, _ in quick}}
        for one, choice in quick:
            tree = mutators.mutated(Path(one.file).read_text(), one.number)
            code = mutant_tests.code_of(tree, one.file, one.function, one.first)
            functions = live[one.file].get((one.function, one.first), [])
            free = {each.__code__.co_freevars for each in functions}
            if code is not None and free == {code.co_freevars}:
                tests = mutant_tests.ordered([by_name[name] for name in choice.names], traced)
                work = partial(_exchanged, code, live[one.file], tests, traced)
                _told(one, choice, mutant_tests.forked(work, choice.seconds), say)

    code = mutant_tests.collected(_paths(traced.seconds), then, mutant_tests.EXAMPLES)
    os._exit(code)


def _exchanged(
    code: CodeType, live: Live, tests: Sequence[Item], traced: Traced, tell: Say
) -> str:  # fmt: skip
    mutant_tests.exchanged(code, live)
    return mutant_tests.judged(tests, traced, tell)


def _paths(names: Iterable[str]) -> list[str]:
    return sorted({name.partition("::")[0] for name in names})


def _read_anew(one: Mutant, choice: Choice, traced: Traced) -> Verdict:
    tree = mutators.mutated(Path(one.file).read_text(), one.number)

    def work(tell: Say) -> str:
        mutant_tests.replaced(_module(one.file), one.file, tree)
        return mutant_tests.anew(_paths(choice.names), frozenset(choice.names), traced, tell)

    return mutant_tests.forked(work, choice.seconds)


def _told(one: Mutant, choice: Choice, verdict: Verdict, say: Say) -> None:
    keep(Found(
        one, source_of(one.file), verdict.outcome, verdict.by, len(choice.names), choice.whole,
        round(verdict.cpu, 3),
    ))  # fmt: skip
    say(f"{verdict.outcome} {one.file}:{one.line} {verdict.cpu:.1f} s")


# Tables


def interval(killed: int, tried: int, every: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share, narrowed since few are left of a finite number."""
    if tried in (0, every):
        share = killed / tried if tried else 0.0
        return share, share
    share, wide = killed / tried, SURE * math.sqrt((every - tried) / (every - 1))
    square = wide**2 / tried
    middle = (share + square / 2) / (1 + square)
    half = wide * math.sqrt(share * (1 - share) / tried + square / (4 * tried)) / (1 + square)
    return middle - half, middle + half


def table(count: int, seed: int) -> Iterator[str]:
    """A row for each package: how many there are, were tried, and were found."""
    done = results()
    yield "| " + " | ".join(HEAD) + " |"
    yield "|---" * len(HEAD) + "|"
    for package in PACKAGES:
        all_of = len(every(package))
        tried = [done.get(m) for m in sample(package, count, seed)]
        told = Counter(one.outcome for one in tried if one is not None)
        killed, number = told["killed"] + told["timeout"], told.total()
        low, high = interval(killed, number, all_of)
        cells = (
            package, f"{all_of:,}", f"{number:,}", f"{killed:,}", told["timeout"], told["survived"],
            told["unreached"], f"{100 * killed / max(number, 1):.1f}",
            f"{100 * low:.1f} to {100 * high:.1f}",
        )  # fmt: skip
        yield "| " + " | ".join(map(str, cells)) + " |"


def survivors(count: int, seed: int) -> Iterator[str]:
    """One line each, by place."""
    done = results()
    for package in PACKAGES:
        tried = [done.get(m) for m in sample(package, count, seed)]
        left = [one for one in tried if one and one.outcome not in FOUND]
        for one in sorted(left, key=lambda each: (each.mutant.file, each.mutant.number)):
            m = one.mutant
            more = "" if one.all_tests else ", not all"
            shown = f"{one.outcome}, {one.tests} tests{more}"
            place = f"{m.file}:{m.line} #{m.number} {m.operator} {m.function}"
            yield f"{place}: {m.was!r} -> {m.now!r} [{shown}]"


def main() -> int:
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m drills.mutants", description=__doc__)
    parser.add_argument("verb", choices=("trace", "run", "table", "survivors"))
    parser.add_argument("tests", nargs="*", help="to trace beside those that were")
    parser.add_argument("--sample", type=int, default=200)
    parser.add_argument("--seed", type=int, default=9)
    parser.add_argument("--again", action="store_true", help="try what survived so far once more")
    asked = parser.parse_args()
    FOLDER.mkdir(exist_ok=True)
    os.environ["NUMBA_DISABLE_JIT"] = "1"  # what is compiled cannot be exchanged
    began = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - began:8.0f} {text}", file=sys.stderr, flush=True)

    match asked.verb:
        case "trace":
            found = mutant_tests.traced(
                asked.tests or TESTS, [f"habeas.{one}" for one in PACKAGES], say
            )
            say(f"{len(found.seconds)} tests, {sum(found.seconds.values()):.0f} s; no judges:")
            say("\n".join(found.failed))
            if asked.tests:
                found = mutant_tests.joined(_traced(), found)
            (FOLDER / "traced.json").write_bytes(msgspec.json.encode(found))
        case "run":
            done = results()
            if asked.again:
                done = {key: one for key, one in done.items() if one.outcome in FOUND}
            drawn = _in_turn([sample(one, asked.sample, asked.seed) for one in PACKAGES])
            _work(_traced(), [m for m in drawn if m not in done], say)
        case told:
            lines = (table if told == "table" else survivors)(asked.sample, asked.seed)
            print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
