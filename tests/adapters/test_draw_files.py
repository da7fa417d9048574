"""The draws of a run in a folder: readable however it was stopped, and taken up again."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from drills.draws import draws as toy
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as of_numpy

from habeas.adapters import draw_files, runners
from habeas.adapters.draw_files import DrawFiles, Stamp
from habeas.errors import SetupError
from habeas.projection.parts import Arrays, digest, found

TASK, PAYLOAD, SEED, DRAWS = "drills.draws:draws", b"a scenario", 11, 40
VERSIONS = {"habeas": "0.5.0", "numpy": "2"}


@pytest.fixture
def asked() -> Stamp:
    return draw_files.stamp(TASK, PAYLOAD, SEED, DRAWS, VERSIONS)


@pytest.fixture
def files(tmp_path: Path, asked: Stamp) -> DrawFiles:
    """A run that was stopped after draws 0 to 9 and 20 to 29."""
    files = draw_files.begun(tmp_path / "run", asked)
    for lo in (20, 0):
        files.add((lo, toy(PAYLOAD, SEED, lo, lo + 10)))
    return files


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (lambda one: replace(one, task="drills.draws:slow"), "of another task"),
        (lambda one: replace(one, payload="0" * 64), "of another scenario"),
        (lambda one: replace(one, seed=12), "of another seed"),
        (lambda one: replace(one, versions={"habeas": "0.6.0", "numpy": "2"}),
         "of another version of habeas"),
        (lambda one: replace(one, seed=1, versions={}),
         "of another seed and version of habeas and version of numpy"),
    ],
)  # fmt: skip
def test_draws_of_another_run_are_never_taken_for_this_one(
    files: DrawFiles, tmp_path: Path, asked: Stamp, other: Callable[[Stamp], Stamp], said: str
) -> None:
    with pytest.raises(SetupError, match=f"H860 the draws there are {said}\\."):
        draw_files.begun(tmp_path / "run", other(asked))
    assert files.progress() == draw_files.opened(tmp_path / "run").progress()


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path, asked: Stamp) -> None:
    (tmp_path / "letter.txt").touch()
    with pytest.raises(SetupError, match="H860 the folder holds something else"):
        draw_files.begun(tmp_path, asked)
    assert [one.name for one in tmp_path.iterdir()] == ["letter.txt"]


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"task": 3}'])
def test_a_folder_that_describes_no_run_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(SetupError, match="H902"):
        draw_files.opened(tmp_path)


def test_a_file_that_is_cut_short_is_named(files: DrawFiles, tmp_path: Path) -> None:
    path = tmp_path / "run/draws/000020-000029.parquet"
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(SetupError, match=r"H902 '.*000020-000029.parquet' is no file of draws"):
        list(files.parts())


def test_a_file_under_another_name_is_not_believed(files: DrawFiles, tmp_path: Path) -> None:
    path = tmp_path / "run/draws/000020-000029.parquet"
    path.rename(path.with_name("000030-000039.parquet"))
    with pytest.raises(SetupError, match="H902"):
        list(files.parts())


def test_a_stopped_run_says_how_far_it_came(files: DrawFiles, tmp_path: Path) -> None:
    (tmp_path / "run/draws/.0f0f.part").write_bytes(b"half")
    kept = draw_files.opened(tmp_path / "run")
    assert kept.progress() == "20 of 40 draws"
    assert kept.stamp == files.stamp
    numbers, whole = found(kept.parts(), DRAWS)
    assert numbers.tolist() == [*range(10), *range(20, 30)]
    assert whole["held"].shape == (20, 5)


def test_what_is_done_is_not_run_again(files: DrawFiles, asked: Stamp, tmp_path: Path) -> None:
    again = draw_files.begun(tmp_path / "run", asked)
    told = list[tuple[int, int]]()
    whole = draw_files.drawn(
        again, runners.Serial(7), PAYLOAD, lambda done, draws: told.append((done, draws))
    )
    assert told == [(20, 40), (27, 40), (30, 40), (37, 40), (40, 40)]
    assert digest(whole) == digest(toy(PAYLOAD, SEED, 0, DRAWS))
    assert files.progress() == "40 of 40 draws"


def test_more_draws_of_the_same_run_are_added(
    files: DrawFiles, asked: Stamp, tmp_path: Path
) -> None:
    more = draw_files.begun(tmp_path / "run", replace(asked, draws=45))
    whole = draw_files.drawn(more, runners.Serial(), PAYLOAD, lambda *_: None)
    assert digest(whole) == digest(toy(PAYLOAD, SEED, 0, 45))
    assert files.done()[-1] == (30, 45)


def test_anybody_can_read_the_draws_as_parquet(files: DrawFiles, tmp_path: Path) -> None:
    read = pq.read_table(tmp_path / "run/draws").to_pylist()
    assert files.done() == [(0, 10), (20, 30)]
    assert read[3]["draw"] == 3
    assert read[3]["held"] == toy(PAYLOAD, SEED, 3, 4)["held"][0].tolist()


KINDS = st.sampled_from(["?", "<i1", "<i4", "<i8", "<u8", "<f4", "<f8"])


@given(
    arrays=st.integers(1, 4).flatmap(
        lambda rows: st.dictionaries(
            st.sampled_from(["a", "b"]),
            st.lists(st.integers(1, 3), max_size=2).flatmap(
                lambda rest: KINDS.flatmap(lambda kind: of_numpy.arrays(kind, (rows, *rest)))
            ),
            min_size=1,
        )
    )
)
def test_arrays_come_back_bit_by_bit(
    tmp_path_factory: pytest.TempPathFactory, arrays: Arrays
) -> None:
    folder = tmp_path_factory.mktemp("run")
    kept = draw_files.begun(folder, draw_files.stamp(TASK, b"", 0, 9, {}))
    kept.add((3, arrays))
    ((lo, back),) = kept.parts()
    assert lo == 3
    assert digest(back) == digest(arrays)
    assert all(np.array_equal(back[name].shape, one.shape) for name, one in arrays.items())


def test_what_is_no_number_and_nought_below_nought_come_back_as_they_were(
    tmp_path: Path, asked: Stamp
) -> None:
    bits = np.array([0x7FF8000000000001, 0x7FF8000000000002, 1 << 63, 0], np.uint64)
    files = draw_files.begun(tmp_path / "run", asked)
    files.add((0, {"share": bits.view(np.float64)}))
    ((_, back),) = files.parts()
    assert back["share"].view(np.uint64).tolist() == bits.tolist()
