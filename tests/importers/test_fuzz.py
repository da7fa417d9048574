"""Whatever a file holds: a typed error, or rows that add up. Never a traceback."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.adapters.importers import alias_file, placement_schemas, slabs
from habeas.adapters.importers.placement_file import Placements
from habeas.adapters.importers.placement_part import Call
from habeas.docket.placements import Mark
from habeas.docket.tally import Met, Tally
from habeas.errors import HabeasError
from placement_cases import ROW

HEADS = {
    "uwchr": list(ROW),
    "ddp": ["anonymized_identifier", "book_in_date_time", "book_out_date_time",
            "detention_facility_code", "duplicate_drop_row", "stay_ID"],
}  # fmt: skip
CELLS = st.sampled_from(
    ["", "2020-01-01", "2020-01-01 10:00:00", "2020-02-30", "1/2/20", "Redacted", "b(6), b(7)c",
     "1,234", "B4", "AAA", '"', '""', '"a"', "9999-12-31", "0001-01-01", "2020-01-01T00:00:00.5Z",
     "TRUE", "=1+1", "\u0130", "\x00", "\r", "2020-03-08 02:30:00"]
) | st.text(max_size=8)  # fmt: skip
ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=16), max_size=8)


def through(data: bytes, name: str, schema: str) -> tuple[int, int, int] | str:
    """Rows in, taken and set aside; or the code of the fault."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        try:
            call = Call("America/New_York", bytes(32))
            source = Placements(slabs.opened(path), placement_schemas.schema(schema), call)
            parts = list(source.judged())
        except HabeasError as error:
            return error.code
    for part in parts:
        part.taken.validate(full=True)
        marks = part.taken.column("marks").to_pylist()
        assert all(Mark(mark) for mark in marks if mark)
    taken = sum(part.taken.num_rows for part in parts)
    return sum(part.rows for part in parts), taken, sum(len(part.refused) for part in parts)


@settings(max_examples=60)
@given(st.binary(max_size=400), st.sampled_from(["a.csv", "a.parquet", "a.arrow", "a.csv.gz"]))
def test_any_bytes_are_a_typed_fault_or_rows(data: bytes, name: str) -> None:
    assert through(data, name, "ddp") in {"H461", "H470"}


@settings(max_examples=60)
@given(st.binary(max_size=300), st.sampled_from(sorted(HEADS)))
def test_any_bytes_under_a_good_header_add_up(data: bytes, schema: str) -> None:
    head = "|".join(HEADS[schema]).encode() + b"\n"
    found = through(head + data, "a.txt", schema)
    assert not isinstance(found, str)
    lines = [line for line in data.split(b"\n") if line.removesuffix(b"\r")]
    assert found[0] == found[1] + found[2] == len(lines)


@settings(max_examples=80)
@given(ROWS, st.sampled_from(sorted(HEADS)))
def test_odd_cells_add_up(rows: list[list[str]], schema: str) -> None:
    head = HEADS[schema]
    lines = [",".join((row * len(head))[: len(head)]) for row in rows]
    data = "\n".join([",".join(head), *lines]).encode("utf-8", "surrogatepass")
    found = through(data, "a.csv", schema)
    assert not isinstance(found, str)
    assert found[0] == found[1] + found[2]


@settings(max_examples=40)
@given(
    st.binary(max_size=200) | st.text(max_size=200).map(str.encode),
    st.sampled_from(["a.csv", "a.toml"]),
)
def test_any_table_of_aliases_is_read_or_refused(data: bytes, name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        try:
            alias_file.read(path)
        except HabeasError as error:
            found = error.code
        else:
            found = "H472"
    assert found == "H472"


@given(st.lists(st.lists(st.integers(-3, 3), max_size=9), max_size=9))
def test_a_tally_counts_as_one_would_by_hand(batches: list[list[int]]) -> None:
    tally, met, flat = Tally(), Met(), [one for batch in batches for one in batch]
    for batch in batches:
        tally.add(np.array(batch, np.int64))
        met.add(np.array(batch, np.int64))
    asked = np.arange(-5, 6)
    assert met.among(asked).tolist() == [int(one) in flat for one in asked]
    keys, counts = tally.counts()
    assert dict(zip(keys.tolist(), counts.tolist(), strict=True)) == {
        one: flat.count(one) for one in sorted(set(flat))
    }


def test_slabs_join_at_any_block(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    lines = [f'{n},"x, {n}"' if n % 7 == 0 else f"{n},x{n}" for n in range(200)]
    path.write_text("\n".join(["a,b", *lines]))

    def told(block: int) -> list[tuple[int, str]]:
        monkeypatch.setattr(slabs, "BLOCK", block)
        parts = slabs.opened(path).slabs(["b"])
        return [
            pair
            for part in parts
            for pair in zip(part.rows.tolist(), part.columns["b"].to_pylist(), strict=True)
        ]

    whole = told(1 << 20)
    assert [row for row, _ in whole] == list(range(2, 202))
    assert all(told(block) == whole for block in (1, 7, 64, 1000))
