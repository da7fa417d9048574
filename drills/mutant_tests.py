"""The tests that judge mutants: collected once, timed and traced once, then run by a fork each.

A fork takes the place of a new process, in which reading the tests alone takes seconds. Where a
fault lies in a function, the code of the function that was collected is exchanged. Where it lies in
what runs at import, the fork reads the whole package and its tests anew.
"""

import ast
import contextlib
import functools
import gc
import importlib.abc
import importlib.machinery
import os
import resource
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import NamedTuple

import coverage
import msgspec
import pytest
from _pytest.runner import runtestprotocol
from hypothesis import HealthCheck, Phase, settings

Item = pytest.Item
Then = Callable[[Sequence[pytest.Item]], None]
Say = Callable[[str], None]
Work = Callable[[Say], str]  # which test failed, if any
EXAMPLES = 20  # of each property; more come where few do not find a fault
MEMORY = 6 << 30  # bytes that one fork may take
PATIENCE, GRACE = 8, 3.0  # how many times as long as unmutated, and seconds more
KILLED, BROKEN = 2, 3  # how a fork ends; broken is the drill itself
ASLEEP = 60.0  # seconds after which a fork that uses no processor is ended
OPTIONS = (
    "-q", "--no-header", "-p", "no:cacheprovider", "-p", "no:xdist",
    "-W", "ignore::pytest.PytestAssertRewriteWarning",  # hypothesis is imported here
    # Not compiled, these run for minutes.
    "--ignore-glob=*project*", "--ignore-glob=*backtest*", "--ignore-glob=*_fast.py",
    "-W", "ignore::RuntimeWarning",  # compiled numbers overflow without a word
)  # fmt: skip


class Traced(msgspec.Struct, frozen=True):
    """What the unmutated run showed."""

    seconds: dict[str, float]  # processor time of each test that passed, with its set-up
    lines: dict[str, dict[int, list[str]]]  # by file and line: the tests that reach it
    failed: list[str]  # tests that judge nothing, since they fail unmutated under this drill


def joined(one: Traced, other: Traced) -> Traced:
    """What two runs over different tests showed."""
    lines = {file: dict(some) for file, some in one.lines.items()}
    for file, some in other.lines.items():
        mine = lines.setdefault(file, {})
        for line, names in some.items():
            mine[line] = sorted({*mine.get(line, ()), *names})
    return Traced(one.seconds | other.seconds, lines, sorted({*one.failed, *other.failed}))


class Verdict(NamedTuple):
    """What became of one mutant."""

    outcome: str  # killed, timeout, survived
    by: str  # the test that failed, or that did not end
    cpu: float  # seconds


# Hooks into pytest


class _Hook:
    """Collects as ever; then does something else than to run the tests in their order."""

    def __init__(self, then: Then, examples: int) -> None:
        self._then, self._examples = then, examples

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            raise session.Interrupted("tests that cannot be read judge nothing")
        for item in session.items:
            _fewer(item, self._examples)
        self._then(session.items)
        return True


def collected(paths: Sequence[str], then: Then, examples: int) -> int:
    """Collect the tests under those paths and hand them over; pytest's exit code."""
    return int(pytest.main([*OPTIONS, *paths], plugins=[_Hook(then, examples)]))


def _fewer(item: pytest.Item, examples: int) -> None:
    """Let a property try so few examples at most, always the same, without making them smaller."""
    test = getattr(item, "function", None)
    stated = getattr(test, "_hypothesis_internal_use_settings", None)
    if isinstance(stated, settings):
        test._hypothesis_internal_use_settings = settings(  # type: ignore[union-attr]  # noqa: SLF001 - it has no other door
            stated, max_examples=min(stated.max_examples, examples), derandomize=True,
            database=None, deadline=None, phases=[Phase.explicit, Phase.generate],
            suppress_health_check=[*HealthCheck],
        )  # fmt: skip


def _passed(item: pytest.Item, after: pytest.Item | None) -> bool:
    reports = runtestprotocol(item, nextitem=after, log=False)
    return not any(one.failed for one in reports)


def traced(paths: Sequence[str], packages: Sequence[str], say: Say) -> Traced:
    """Run all tests under those paths once, and see which lines each reaches."""
    seen = coverage.Coverage(data_file=None, config_file=False, source_pkgs=[*packages])
    seconds, failed = dict[str, float](), list[str]()

    def then(items: Sequence[pytest.Item]) -> None:
        for number, item in enumerate(items):
            seen.switch_context(item.nodeid)
            began = _used()
            passed = _passed(item, items[number + 1] if number + 1 < len(items) else None)
            seconds[item.nodeid] = _used() - began
            if not passed:
                failed.append(item.nodeid)
            if number % 100 == 0:
                say(f"{number} of {len(items)} tests traced")

    seen.start()
    code = collected(paths, then, EXAMPLES)
    seen.stop()
    if code:
        raise SystemExit(code)
    data, lines, wrong = seen.get_data(), dict[str, dict[int, list[str]]](), {"", *failed}
    for file in data.measured_files():
        told = data.contexts_by_lineno(file)
        lines[os.path.relpath(file)] = {
            line: sorted({*names} - wrong) for line, names in told.items()
        }
    kept = {name: spent for name, spent in seconds.items() if name not in failed}
    return Traced(kept, lines, failed)


def _used() -> float:
    return sum(os.times()[:4])


# Functions that are there already


def live(file: str) -> dict[tuple[str, int], list[FunctionType]]:
    """The functions of a file in this process, by qualified name and first line."""
    found, path = defaultdict[tuple[str, int], list[FunctionType]](list), str(Path(file).resolve())
    for one in gc.get_objects():
        if isinstance(one, FunctionType) and one.__code__.co_filename == path:
            found[one.__code__.co_qualname, one.__code__.co_firstlineno].append(one)
    return found


def code_of(tree: ast.Module, file: str, name: str, first: int) -> CodeType | None:
    """The compiled code of one function of a tree."""
    waiting = [compile(tree, str(Path(file).resolve()), "exec", dont_inherit=True)]
    while waiting:
        for one in waiting.pop().co_consts:
            if isinstance(one, CodeType):
                if (one.co_qualname, one.co_firstlineno) == (name, first):
                    return one
                waiting.append(one)
    return None


def exchanged(code: CodeType, there: Mapping[tuple[str, int], Sequence[FunctionType]]) -> None:
    """Give the functions of a file other code, and forget what any function remembers.

    With a function go those within it that exist already, as where it decorated another.

    Raises:
        ValueError: where the code closes over other names.
    """
    waiting = [code]
    while waiting:
        code = waiting.pop()
        for one in there.get((code.co_qualname, code.co_firstlineno), ()):
            if one.__code__.co_freevars == code.co_freevars:
                one.__code__ = code
        waiting += (one for one in code.co_consts if isinstance(one, CodeType))
    for found in gc.get_objects():
        if isinstance(found, functools._lru_cache_wrapper):  # noqa: SLF001 - named so in the library
            found.cache_clear()


# A module that is read anew


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives one module another tree."""

    def __init__(self, name: str, file: str, tree: ast.Module) -> None:
        self._name, self._file, self._tree = name, str(Path(file).resolve()), tree

    def find_spec(
        self, fullname: str, path: object, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        del path, target
        if fullname != self._name:
            return None
        spec = importlib.machinery.ModuleSpec(fullname, self, origin=self._file)
        spec.has_location = True
        return spec

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self._tree, self._file, "exec", dont_inherit=True), module.__dict__)  # noqa: S102 - its own code with one fault


def replaced(name: str, file: str, tree: ast.Module) -> None:
    """Let whoever imports that module from now on have the tree's."""
    sys.meta_path.insert(0, _Finder(name, file, tree))


# Forks


def ordered(items: Sequence[pytest.Item], traced: Traced) -> list[pytest.Item]:
    """File by file, since a file's tests share what is set up; the quickest files first."""
    files = defaultdict[Path, list[pytest.Item]](list)
    for item in items:
        files[item.path].append(item)
    by_time = sorted(
        files.values(), key=lambda some: sum(traced.seconds[one.nodeid] for one in some)
    )
    return [item for some in by_time for item in some]


def judged(items: Sequence[pytest.Item], traced: Traced, say: Say) -> str:
    """Run them until one fails; what killed the mutant, or nothing.

    A test that takes many times the processor time of its file's slowest, which may have set up
    what all share, ends the process by SIGPROF.
    """
    slowest = defaultdict[str, float](float)
    for name, seconds in traced.seconds.items():
        file = name.partition("::")[0]
        slowest[file] = max(slowest[file], seconds)
    for number, item in enumerate(items):
        say(item.nodeid)
        limit = PATIENCE * slowest[item.nodeid.partition("::")[0]] + GRACE
        signal.setitimer(signal.ITIMER_PROF, limit)
        after = items[number + 1] if number + 1 < len(items) else None
        if not _passed(item, after):
            return item.nodeid
    return ""


def forked(work: Work, expected: float) -> Verdict:
    """Let a fork do the work; it says which test it is at, and last which one failed, if any.

    Expected is the processor time in seconds that the unmutated code takes.
    """
    reader, writer = os.pipe()
    began = os.times()
    with tempfile.TemporaryDirectory(dir=_memory(), ignore_cleanup_errors=True) as folder:
        child = os.fork()
        if child == 0:
            os.close(reader)
            _in_fork(work, writer, folder)
        os.close(writer)
        told, status = _watched(child, reader, PATIENCE * expected + ASLEEP)
    spent = os.times()
    cpu = spent.children_user + spent.children_system - began.children_user - began.children_system
    at = told[-1] if told else ""
    match os.waitstatus_to_exitcode(status):
        case 0:
            return Verdict("survived", "", cpu)
        case code if -code in (signal.SIGPROF, signal.SIGKILL):
            return Verdict("timeout", at, cpu)
        case code:
            return Verdict("error" if code == BROKEN else "killed", at, cpu)


def _memory() -> str | None:
    return "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108, PTH112 - a folder of its own


def _in_fork(work: Work, writer: int, folder: str) -> None:
    """The fork's whole life; never returns."""
    code = BROKEN
    try:
        os.setpgid(0, 0)
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        quiet = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(quiet, stream)
        os.environ["TMPDIR"] = tempfile.tempdir = folder

        def say(text: str) -> None:
            os.write(writer, f"{text}\n".encode())

        failed = work(say)
        code = KILLED if failed else 0
    finally:
        os._exit(code)


def _watched(child: int, reader: int, patience: float) -> tuple[list[str], int]:
    """What the fork said, and how it ended; all that it started ends with it."""
    end = time.monotonic() + patience
    text = b""
    os.set_blocking(reader, False)
    while True:
        gone, status = os.waitpid(child, os.WNOHANG)
        try:
            while piece := os.read(reader, 1 << 16):
                text += piece
        except BlockingIOError:
            pass
        if gone:
            break
        if time.monotonic() > end:
            os.kill(child, signal.SIGKILL)
        time.sleep(0.005)
    os.close(reader)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    return text.decode().splitlines(), status


def anew(paths: Sequence[str], chosen: frozenset[str], traced: Traced, say: Say) -> str:
    """In a fork that has read no test: collect those files, run the chosen tests."""
    found = list[str]()

    def then(items: Sequence[pytest.Item]) -> None:
        wanted = [one for one in items if one.nodeid in chosen]
        if len(wanted) < len(chosen):
            found.append("collection")
            return
        found.append(judged(ordered(wanted, traced), traced, say))

    code = collected(paths, then, EXAMPLES)
    return found[0] if found else f"collection ended with {code}"
