"""One call here and on processes: the same draws, whoever dies meanwhile."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from drills.draws import draws as toy

from habeas.adapters import runners
from habeas.errors import SetupError
from habeas.projection.parts import Arrays, Runner, digest, merged

SEED, DRAWS = 5, 60


def whole(runner: Runner, task: str, payload: bytes = b"", draws: int = DRAWS) -> Arrays:
    parts = runner.run(f"drills.draws:{task}", payload, SEED, draws, lambda *_: None)
    return merged(parts, draws)


@pytest.fixture(scope="module")
def expected() -> str:
    """The hash of the draws, made in one call."""
    return digest(toy(b"", SEED, 0, DRAWS))


@pytest.fixture(scope="module")
def two() -> Iterator[Runner]:
    with runners.opened("processes", 2) as found:
        yield found


@pytest.mark.parametrize(
    ("name", "address"), [("spark", ""), ("", ""), ("serial", "host:1"), ("processes", "host:1")]
)
def test_a_name_or_an_address_that_is_none_is_refused(name: str, address: str) -> None:
    with pytest.raises(SetupError, match="H901"), runners.opened(name, 1, address):
        pass


def test_a_part_that_ends_its_worker_each_time_is_named_and_the_rest_is_kept(two: Runner) -> None:
    parts = two.run("drills.draws:dies", b"", SEED, DRAWS, lambda *_: None)
    kept = list[int]()
    with pytest.raises(SetupError, match="H870 draws 32 to 39: the worker died 3 times"):
        kept.extend(lo for lo, _ in parts)
    assert kept
    assert set(kept) <= {0, 8, 16, 24, 40, 48, 56}


def test_what_a_task_refuses_is_refused_here(two: Runner) -> None:
    with pytest.raises(SetupError, match="H901 draw 7"):
        whole(two, "refuses")


@pytest.mark.parametrize("size", [1, 7, DRAWS])
def test_the_size_of_parts_is_not_seen(size: int, expected: str) -> None:
    assert digest(whole(runners.Serial(size), "draws")) == expected


@pytest.mark.parametrize("workers", [1, 3])
def test_the_number_of_processes_is_not_seen(workers: int, expected: str) -> None:
    with runners.opened("processes", workers) as runner:
        assert digest(whole(runner, "draws")) == expected


def test_a_worker_that_dies_is_made_up_for(two: Runner, tmp_path: Path, expected: str) -> None:
    assert digest(whole(two, "dies_once", str(tmp_path).encode())) == expected
    assert (tmp_path / "died").exists()


def test_every_worker_computes_on_one_thread_and_is_warmed_once(two: Runner) -> None:
    found = whole(two, "threads")["found"]
    assert found.tolist() == [[1, 1, 1, 1]] * DRAWS
    assert os.environ.get("NUMBA_NUM_THREADS") is None


def test_how_far_it_is_is_told_from_what_was_done_on(two: Runner) -> None:
    told = list[tuple[int, int]]()
    done = [(0, 10), (50, 60)]
    parts = list(
        two.run("drills.draws:draws", b"", SEED, DRAWS, lambda *one: told.append(one), done)
    )
    assert sum(len(arrays["first"]) for _, arrays in parts) == 40
    assert (told[0], told[-1]) == ((20, 60), (60, 60))
    assert told == sorted(told)


def test_a_run_is_timed_before_it_begins(two: Runner) -> None:
    ticks = iter([0.0, 6.0])
    asked = ("drills.draws:draws", b"", SEED, DRAWS, lambda: next(ticks))
    assert runners.estimate(two, *asked) == pytest.approx(6.0 * DRAWS / 2)


def test_what_computes_is_named_with_its_version() -> None:
    found = runners.versions()
    assert set(found) == {"python", "habeas", "numpy", "numba"}
    assert found["numpy"] != ""
