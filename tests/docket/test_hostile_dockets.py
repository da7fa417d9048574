"""Docket files made to break their reader: set aside or refused at once, in bounded memory."""

import struct
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest

from habeas.cli.main import run
from habeas.docket.columns import MANY

HEADER = "case,agreement,sending,receiving,pathway,age_years"
ROW = "C-{},SE-EE,SE,EE,lease,{}"
KEYS = {"agreement": "SE-EE", "sending": "SE", "receiving": "EE", "pathway": "lease"}
LONGEST = 60.0  # CPU seconds: no measure of speed, but what takes longer hangs
COMMANDS = [["screen", "--as-of", "2026-11-21", "--json"], ["docket", "check", "--json"]]
both = pytest.mark.parametrize("command", COMMANDS, ids=["screen", "check"])


def table(rows: int, **more: pa.Array) -> pa.Table:
    columns = {"case": pa.array([f"C-{n}" for n in range(rows)])}
    columns |= {name: pa.array([value] * rows) for name, value in KEYS.items()}
    return pa.table(columns | more)


def arrow(path: Path, found: pa.Table) -> Path:
    with pa.ipc.new_file(path, found.schema) as file:
        file.write_table(found)
    return path


def parquet(path: Path, found: pa.Table) -> Path:
    pq.write_table(found, path)
    return path


def told(command: list[str], path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    began = time.process_time()
    status = run([*command, str(path)])
    assert time.process_time() - began < LONGEST
    said = capsys.readouterr().err
    assert all(char == "\n" or char.isprintable() for char in said)
    return status, said


CELLS = {
    "nan": "H406", "inf": "H402", "-inf": "H402", "1e400": "H402", "=1+1": "H411", "+1": "H411",
    "@x": "H411", "-5": "H405", "9" * 5_000: "H402", "18.5": "H402", "true": "H402",
    "0x12": "H402", " 18": "H402", "18 ": "H402", "\u200b18": "H409", "\x00": "H409",
    "\x1b[31m": "H409", "[red]x[/red]": "H402", "１８": "H402", "9" * 10_000_000: "H412",  # noqa: RUF001
}  # fmt: skip


@both
@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: repr(cell)[:20])
def test_a_hostile_cell_sets_its_own_row_aside(
    command: list[str], cell: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "d.csv"
    path.write_text(f"{HEADER}\n{ROW.format(1, cell)}\n{ROW.format(2, 30)}\n")
    status, said = told(command, path, capsys)
    assert status == 0
    assert said.startswith(f"{path}:2: {CELLS[cell]} ")
    assert "1 of 2 rows" in said


def coded(words: list[str | None], places: list[int]) -> pa.Array:
    indices = pa.array(places, pa.int8())
    return pa.DictionaryArray.from_arrays(indices, pa.array(words, pa.utf8()), safe=False)


def bomb(rows: int, case: str = "C-1", **more: str) -> Callable[[Path], Path]:
    """A small file of so many equal rows."""

    def made(folder: Path) -> Path:
        held = {"case": case} | KEYS | more
        places = pa.array(np.zeros(rows, np.int32))
        columns = [
            pa.DictionaryArray.from_arrays(places, pa.array([word])) for word in held.values()
        ]
        path = parquet(folder / "d.parquet", pa.table(columns, list(held)))
        assert path.stat().st_size < 1_000_000
        return path

    return made


def of_bytes(name: str, data: bytes) -> Callable[[Path], Path]:
    def made(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(data)
        return path

    return made


def in_arrow(**more: pa.Array) -> Callable[[Path], Path]:
    return lambda folder: arrow(folder / "d.arrow", table(2, **more))


def in_parquet(**more: pa.Array) -> Callable[[Path], Path]:
    return lambda folder: parquet(folder / "d.parquet", table(2, **more))


def cut(folder: Path) -> Path:
    path = arrow(folder / "d.arrow", table(1_000))
    path.write_bytes(path.read_bytes()[:-20])
    return path


def named_twice(folder: Path) -> Path:
    found = table(1, age_years=pa.array([20]), is_a=pa.array([30]))
    return arrow(folder / "d.arrow", found.rename_columns([*found.column_names[:-1], "age_years"]))


def changed(old: bytes, new: bytes) -> Callable[[Path], Path]:
    """An Arrow file in which some bytes were overwritten."""

    def made(folder: Path) -> Path:
        path = arrow(folder / "d.arrow", table(2, sex=pa.array(["male", "female"])))
        data = path.read_bytes()
        assert old in data
        path.write_bytes(data.replace(old, new))
        return path

    return made


OFFSETS = struct.pack("<3i", 0, 4, 10)
DAYS = pa.array([2**31 - 1, 0], pa.int32()).cast(pa.date32())
FILES: dict[str, tuple[Callable[[Path], Path], str]] = {
    "nothing": (of_bytes("d.csv", b""), "H407"),
    "a header": (of_bytes("d.csv", HEADER.encode()), "H410"),
    "utf-16": (of_bytes("d.csv", HEADER.encode("utf-16")), "H418"),
    "a lone surrogate": (of_bytes("d.csv", f"{HEADER}\n".encode() + b"\xed\xa0\x80"), "H418"),
    "a column twice": (of_bytes("d.csv", f"{HEADER},age_years\n".encode()), "H404"),
    "a column that drives a terminal": (of_bytes("d.csv", f"{HEADER},\x1b[31m\n".encode()), "H401"),
    "a sheet": (of_bytes("d.xlsx", b"PK\x03\x04"), "H902"),
    "a sheet as CSV": (of_bytes("d.csv", b"PK\x03\x04"), "H408"),
    "CSV as Parquet": (of_bytes("d.parquet", HEADER.encode()), "H408"),
    "nothing as Arrow": (of_bytes("d.arrow", b""), "H408"),
    "a cut file": (cut, "H408"),
    "a typed column twice": (named_twice, "H404"),
    "no typed rows": (lambda folder: parquet(folder / "d.parquet", table(0)), "H410"),
    "a list": (in_parquet(age_years=pa.array([[1], [2]])), "H402"),
    "a struct": (in_arrow(age_years=pa.array([{"a": 1}, {"a": 2}])), "H402"),
    "bytes": (in_parquet(sex=pa.array([b"\xff", b"x"])), "H402"),
    "an infinite number": (in_parquet(age_years=pa.array([float("inf"), 1])), "H402"),
    "a day beyond the calendar": (in_arrow(birth_date=DAYS), "H402"),
    "text that is none": (in_arrow(sex=pa.array([b"\xff", b"x"]).view(pa.utf8())), "H402"),
    "a word that is none": (
        in_arrow(
            sex=pa.DictionaryArray.from_arrays(
                pa.array([0, 0]), pa.array([b"\xff"]).view(pa.utf8())
            )
        ),
        "H402",
    ),
    "a place beyond the words": (in_arrow(sex=coded(["male"], [0, 100])), "H402"),
    "a place before the words": (in_arrow(sex=coded(["male", "female"], [0, -2])), "H402"),
    "an offset beyond the text": (
        changed(OFFSETS, struct.pack("<3i", 0, 2**30, 2**31 - 1)),
        "H402",
    ),
    "an offset before the text": (changed(OFFSETS, struct.pack("<3i", 0, -9, 10)), "H402"),
    "a name that is none": (changed(b"sex", b"\xffex"), "H408"),
    "words of 5 MB": (bomb(100_000, sex="x" * 5_000_000), "H419"),
    "long words in every row": (bomb(100_000, sex="x" * 100_000), "H419"),
    "long ids in every row": (bomb(100_000, case="x" * 100_000), "H419"),
}


@both
@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_refused_in_a_sentence_and_soon(
    command: list[str], name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make, code = FILES[name]
    path = make(tmp_path)
    status, said = told(command, path, capsys)
    assert status == 2
    assert f"{code} " in said
    assert len(said) < 2_000


@both
def test_a_header_of_100_000_columns_is_refused_soon(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "d.csv"
    path.write_text(f"{HEADER},{','.join(f'c{n}' for n in range(100_000))}\n")
    status, said = told(command, path, capsys)
    assert status == 2
    assert said.count("H401") == MANY + 1


def test_a_file_of_many_equal_rows_is_not_held_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = bomb(21_000_000)(tmp_path)
    status, said = told(COMMANDS[0], path, capsys)
    assert (status, "H419 the file holds more than 100,000,000 cells" in said) == (2, True)


@both
def test_a_word_of_a_dictionary_that_is_none_is_not_established(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = in_arrow(sex=coded([None, "male"], [0, 1]))(tmp_path)
    assert told(command, path, capsys) == (0, "")
