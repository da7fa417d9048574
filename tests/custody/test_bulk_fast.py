"""The compiled counts are those of the definition, to the byte."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody_cases import WINDOWS, ZONES, columns, piece, registers, utc, window
from habeas.custody import bulk, bulk_fast
from habeas.custody.bulk import Stays, Window
from habeas.custody.civil import SECONDS
from habeas.custody.intervals import Interval
from habeas.custody.pieces import Names, Pieces, pieces_of, together
from habeas.terms import Convention


def entries(data: st.DataObject, days: tuple[date, date]) -> tuple[Pieces, Names]:
    found: list[Interval] = data.draw(registers(*days))
    rows, names = columns(found)
    gone = [one for one in found if data.draw(st.integers(0, 4)) == 0]
    return together([rows, pieces_of(gone, names, -1)]), names


@given(data=st.data(), days=WINDOWS, zone=ZONES, person_once=st.booleans())
def test_five_conventions_in_one_pass_are_the_five_of_the_definition(
    data: st.DataObject, days: tuple[date, date], zone: str, *, person_once: bool
) -> None:
    rows, names = entries(data, days)
    given_ = (rows, len(names.keys), window(*days), zone)
    ours = bulk_fast.by_month(*given_, person_once=person_once)
    wanted = bulk.by_month(*given_, person_once=person_once)
    assert {name: cells.tolist() for name, cells in ours.items()} == {
        name: cells.tolist() for name, cells in wanted.items()
    }


@given(st.data(), WINDOWS, ZONES)
def test_a_headcount_from_instants_is_that_of_the_definition(
    data: st.DataObject, days: tuple[date, date], zone: str
) -> None:
    rows, names = columns(data.draw(registers(*days)))
    given_ = (rows, len(names.keys), window(*days))
    ours = bulk_fast.headcount_instants(*given_, zone)
    assert ours.tobytes() == bulk.by_day(*given_, Convention.MIDNIGHT, zone).tobytes()


STAYS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 60), st.integers(-3, 30)), max_size=60)


@pytest.mark.counted
@given(STAYS)
def test_a_headcount_of_whole_days_is_that_of_the_definition(
    rows: list[tuple[int, int, int]],
) -> None:
    table = np.array(rows, np.int64).reshape(-1, 3)
    first, after = table[:, 1], table[:, 1] + table[:, 2]
    wanted = bulk.headcount([Stays(table[:, 0], first, after)], 4, 10, 70)
    narrow = (table[:, 0].astype(np.uint8), first.astype(np.int32), after.astype(np.int32))
    ours = bulk_fast.headcount_days(bulk_fast.sound_days(*narrow, 4, Window(10, 70)))
    assert ours.counts().tobytes() == wanted.counts().tobytes()
    assert (ours.refused, ours.empty) == (wanted.refused, wanted.empty)


@pytest.mark.no_cover  # the same lines again and again
@pytest.mark.parametrize("zone", ["America/New_York", "America/El_Salvador", "America/St_Johns"])
def test_a_million_stays_over_ten_years_count_alike(zone: str) -> None:
    draw = np.random.default_rng(11)  # noqa: TID251 - a seed of the test's own
    start = draw.integers(13_500 * SECONDS, 17_500 * SECONDS, 1_200_000)
    end = start + draw.exponential(60 * SECONDS, start.size).astype(np.int64) + 600
    alone = np.arange(start.size, dtype=np.int32)
    key = draw.integers(0, 8, start.size).astype(np.uint8)
    rows = Pieces(alone, alone, key, start, end, np.ones(start.size, np.int8))
    given_ = (rows, 8, Window(13_600, 17_252), zone)
    ours = bulk_fast.by_month(*given_, person_once=False)
    wanted = bulk.by_month(*given_, person_once=False)
    assert [ours[name].tobytes() for name in Convention] == [
        wanted[name].tobytes() for name in Convention
    ]


WITHOUT = """
import sys
sys.modules["numba"] = None
from test_bulk_fast import small
from habeas.custody import bulk, bulk_fast
rows, window, zone = small()
assert not bulk_fast.COMPILED
ours = bulk_fast.by_month(rows, 8, window, zone)
wanted = bulk.by_month(rows, 8, window, zone)
assert all((ours[name] == wanted[name]).all() for name in wanted)
days = [(column // 86_400).astype("int32") for column in (rows.start, rows.end)]
sound = bulk_fast.sound_days(rows.key, *days, 8, window)
print(bulk_fast.headcount_days(sound).counts().sum())
"""


def small() -> tuple[Pieces, Window, str]:
    draw = np.random.default_rng(3)  # noqa: TID251 - a seed of the test's own
    start = draw.integers(13_500 * SECONDS, 13_900 * SECONDS, 500)
    alone = np.arange(500)
    times = np.ones(500, np.int8)
    rows = Pieces(alone, alone, alone % 8, start, start + 9 * SECONDS, times)
    return rows, Window(13_400, 14_000), "America/New_York"


def test_without_a_compiler_the_definition_answers() -> None:
    paths = os.pathsep.join([*sys.path, str(Path(__file__).parent)])
    call = [sys.executable, "-c", WITHOUT]
    environment = {**os.environ, "PYTHONPATH": paths}
    done = subprocess.run(call, capture_output=True, text=True, check=True, env=environment)  # noqa: S603 - our own
    assert int(done.stdout) == 500 * 9


def test_an_index_beyond_the_keys_is_refused_before_the_loop() -> None:
    one = np.array([5], np.int32)
    with pytest.raises(IndexError, match="5"):
        bulk_fast.sound_days(one, one, one, 5, Window(0, 9))


def test_a_cell_holds_more_ends_than_a_byte_does() -> None:
    many = 70_000
    first, after = np.full(many, 3, np.int32), np.full(many, 5, np.int32)
    sound = bulk_fast.sound_days(np.zeros(many, np.int32), first, after, 1, Window(0, 9))
    held = bulk_fast.headcount_days(sound).counts()[0]
    assert held.tolist() == [0, 0, 0, many, many, 0, 0, 0, 0]


def test_an_open_end_outlasts_a_window_before_1970() -> None:
    days = (date(1960, 1, 1), date(1960, 3, 1))
    rows, _ = columns([piece(utc("1960-01-10"), None)])
    wanted = bulk.by_month(rows, 1, window(*days), "UTC")
    ours = bulk_fast.by_month(rows, 1, window(*days), "UTC")
    assert {name: cells.tolist() for name, cells in ours.items()} == {
        name: cells.tolist() for name, cells in wanted.items()
    }
    assert bulk_fast.headcount_instants(rows, 1, window(*days), "UTC").sum() == 51
