"""The drill that puts faults into the code: which it puts, how one is judged, what a run keeps."""

import ast
import os
import signal
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from drills.mutant_tests import Say
from drills.mutants import Found

from drills import mutant_tests, mutants, mutators

SOURCE = '''"""Told."""

from typing import NewType

Name = NewType("Name", str)
LEAST = 2


def late(days: int | None, kind: str) -> bool:
    """Whether so many are too many."""
    if days is None:
        raise ValueError(f"{kind} lasts no days at all", "H1")
    return not kind and days >= LEAST + 1


class Thing:
    at: int = 0

    def __repr__(self) -> str:
        return "told"
'''


@cache
def kept(number: int) -> int:
    return number + 1


def asked(number: int) -> bool:
    return kept(number) > 1


def test_every_fault_that_a_source_may_have_is_listed_by_place() -> None:
    found = [(one.operator, one.was, one.now) for one in mutators.mutants("x.py", SOURCE)]
    told = "ValueError(f'{kind} lasts no days at all', 'H1')"
    assert found == [
        ("constant", "2", "3"),
        ("constant", "2", "1"),
        ("comparison", "days is None", "days is not None"),
        ("statement", f"raise {told}", "pass"),
        ("exception", told, told.replace("ValueError", "RuntimeError")),
        ("constant", "'H1'", "'H1~'"),
        ("return", "return not kind and days >= LEAST + 1", "return None"),
        ("boolean", "not kind and days >= LEAST + 1", "not kind or days >= LEAST + 1"),
        ("boolean", "not kind", "kind"),
        ("comparison", "days >= LEAST + 1", "days > LEAST + 1"),
        ("comparison", "days >= LEAST + 1", "days < LEAST + 1"),
        ("arithmetic", "LEAST + 1", "LEAST - 1"),
        ("constant", "1", "2"),
        ("constant", "0", "1"),
    ]


def test_a_tree_has_the_one_fault_and_no_other() -> None:
    whole = ast.unparse(ast.parse(SOURCE)).splitlines()
    for one in mutators.mutants("x.py", SOURCE):
        made = ast.unparse(mutators.mutated(SOURCE, one.number)).splitlines()
        assert sum(a != b for a, b in zip(whole, made, strict=True)) == 1


def test_the_code_of_a_function_is_exchanged_where_it_stands_and_memory_is_lost() -> None:
    file = os.path.relpath(__file__)
    one = next(m for m in mutators.mutants(file, Path(file).read_text()) if m.was == "number + 1")
    there = mutant_tests.live(file)
    tree = mutators.mutated(Path(file).read_text(), one.number)
    code, before = mutant_tests.code_of(tree, file, one.function, one.first), kept.__wrapped__
    assert asked(1)
    assert code is not None
    assert there[one.function, one.first] == [before]
    right = before.__code__
    try:
        mutant_tests.exchanged(code, there)
        assert not asked(1)
    finally:
        mutant_tests.exchanged(right, there)
    assert asked(1)


def adding(by: int) -> Callable[[int], int]:
    def added(number: int) -> int:
        return number + by * 1

    return added


ADDING = adding(5)  # made at import, as by a decorator


def test_a_function_that_another_made_at_import_is_exchanged_with_it() -> None:
    file = os.path.relpath(__file__)
    source = Path(file).read_text()
    one = next(m for m in mutators.mutants(file, source) if m.was == "number + by * 1")
    tree, right = mutators.mutated(source, one.number), adding.__code__
    code = mutant_tests.code_of(tree, file, one.function, one.first)
    assert code is not None
    try:
        mutant_tests.exchanged(code, mutant_tests.live(file))
        assert ADDING(7) == 7 - 5
    finally:
        mutant_tests.exchanged(right, mutant_tests.live(file))
    assert ADDING(7) == 7 + 5


def _finds(say: Say) -> str:
    say("a test")
    return "a test"


def _passes(say: Say) -> str:
    say("a test")
    return ""


def _runs_on(say: Say) -> str:
    say("a test")
    signal.setitimer(signal.ITIMER_PROF, 0.05)
    while True:
        pass


def _breaks(say: Say) -> str:
    say("a test")
    raise RuntimeError


@pytest.mark.parametrize(
    ("work", "outcome"),
    [(_finds, "killed"), (_passes, "survived"), (_runs_on, "timeout"), (_breaks, "error")],
)
def test_a_fork_tells_what_became_of_a_mutant(work: mutant_tests.Work, outcome: str) -> None:
    found = mutant_tests.forked(work, 1.0)
    assert (found.outcome, found.by) == (outcome, "" if outcome == "survived" else "a test")


def test_a_run_that_was_killed_goes_on_and_what_was_found_in_another_source_is_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mutants, "FOLDER", tmp_path)
    file = tmp_path / "x.py"
    file.write_text(SOURCE)
    first, second, third = mutators.mutants(str(file), SOURCE)[:3]

    def verdict(one: mutators.Mutant) -> Found:
        return Found(one, mutants.source_of(one.file), "killed", "a test", 1, True, 0.1)

    mutants.keep(verdict(first))
    with (tmp_path / "results.jsonl").open("ab") as cut:
        cut.write(b'{"mutant":["x.py",1,')
    assert [*mutants.results()] == [first]
    mutants.keep(verdict(second))
    mutants.keep(verdict(third))
    assert len(mutants.results()) == 3
    file.write_text(SOURCE + "\n")
    assert mutants.results() == {}


def test_a_larger_sample_of_a_seed_holds_the_smaller() -> None:
    assert mutants.sample("transfer", 40, 9)[:20] == mutants.sample("transfer", 20, 9)
    assert mutants.sample("transfer", 20, 9) != mutants.sample("transfer", 20, 8)


def test_the_interval_of_a_share_by_hand() -> None:
    # Wilson's of 81 of 263, as printed in Newcombe 1998: 0.2553 to 0.3662; of very many.
    low, high = mutants.interval(81, 263, 10**9)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    assert mutants.interval(90, 100, 100) == (0.9, 0.9), "of all of them nothing is uncertain"
    narrow, wide = mutants.interval(81, 263, 500), mutants.interval(81, 263, 10**9)
    assert narrow[1] - narrow[0] < wide[1] - wide[0]
