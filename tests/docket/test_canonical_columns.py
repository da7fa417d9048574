"""The canonical columns: one hash in every form, whatever the offsets and the null slots hold."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.docket import derive, derive_bulk, digest
from habeas.docket.check import Docket
from habeas.docket.columns import Value
from habeas.docket.derive import Rounding
from habeas.docket.evidence import NEVER, Evidence, lapse
from habeas.docket.evidence_bulk import mask
from habeas.docket.snapshot import Chunks, of_batch, packed
from habeas.law.library import Library
from habeas.service import intake

LIBRARY = Library()
COLUMNS = intake.columns(LIBRARY.vocabulary)
Both = Callable[..., tuple[Docket, list[pa.RecordBatch]]]
SIZES = [1, 7, 8, 9, 130]
HEAD = (
    "case,agreement,sending,receiving,pathway,convicted,sex,age_years,months_remaining,release_date,"
    "release_date__at,release_date__by,release_date__doc"
)


def line(number: int) -> str:
    """A row whose every column is empty in some rows."""
    cells = [
        f"C-{number},SE-EE,SE,EE,lease",
        ["true", "false", ""][number % 3],
        ["male", "", "female", "other"][number % 4],
        ["", "34", "17"][number % 3],
        ["6.25", "", "0", "12"][number % 4],
        ["2027-01-31", ""][number % 2],
        ["2026-11-20T12:00:00Z", "", "2026-11-01"][number % 3],
        ["SE-KVV", ""][number % 2],
        ["ab" * 32, "", ""][number % 3],
    ]
    return ",".join(cells)


def docket(folder: Path, rows: int) -> Path:
    path = folder / "docket.csv"
    path.write_text("\n".join([HEAD, *map(line, range(rows))]))
    return path


def batch(folder: Path, both: Both, rows: int) -> pa.RecordBatch:
    (found,) = both(docket(folder, rows))[1]
    return found


@pytest.mark.parametrize("rows", SIZES)
def test_every_number_of_rows_has_one_hash_in_each_form(
    tmp_path: Path, both: Both, rows: int
) -> None:
    path = docket(tmp_path, rows)
    names, *lines = (text.split(",") for text in path.read_text().splitlines())
    columns = [pa.array([cells[place] or None for cells in lines]) for place in range(len(names))]
    turned = pa.table(columns[::-1], names[::-1])
    pq.write_table(turned, tmp_path / "docket.parquet")
    with pa.ipc.new_file(tmp_path / "docket.arrow", turned.schema) as file:
        file.write_table(turned, max_chunksize=5)
    found = {both(tmp_path / f"docket.{form}")[0].hash for form in ("csv", "parquet", "arrow")}
    assert len(found) == 1


@pytest.mark.parametrize("rows", SIZES)
@pytest.mark.parametrize("offset", [0, 1, 7, 8, 9, 13])
def test_a_slice_at_any_offset_has_the_hash_of_its_cases(
    tmp_path: Path, both: Both, rows: int, offset: int
) -> None:
    whole = batch(tmp_path, both, 160)
    cases = both(docket(tmp_path, 160))[0].cases[offset : offset + rows]
    assert of_batch(whole.slice(offset, rows)) == digest.of_chunk(cases, COLUMNS)


def test_what_stands_in_a_null_slot_changes_nothing(tmp_path: Path, both: Both) -> None:
    clean = batch(tmp_path, both, 131)
    spoiled = []
    for column in clean.columns:
        plain = column.indices if pa.types.is_dictionary(column.type) else column
        buffers = plain.buffers()
        if not column.null_count or len(buffers) == 3:
            spoiled.append(column)
            continue
        data = np.frombuffer(buffers[1], np.uint8).copy()
        holes = np.asarray(plain.is_null())
        if pa.types.is_boolean(column.type):
            data[: len(packed(holes))] |= packed(holes)
        else:
            width = plain.type.bit_width // 8
            data[: width * len(plain)].reshape(-1, width)[holes] = 0xA5
        found = pa.Array.from_buffers(plain.type, len(plain), [buffers[0], pa.py_buffer(data)])
        if pa.types.is_dictionary(column.type):
            found = pa.DictionaryArray.from_arrays(found, column.dictionary, safe=False)
        spoiled.append(found)
    again = pa.RecordBatch.from_arrays(spoiled, schema=clean.schema)
    assert of_batch(again) == of_batch(clean)
    at = datetime(2026, 11, 21, tzinfo=UTC)
    one, other = mask(again, COLUMNS, at), mask(clean, COLUMNS, at)
    assert all((one[name] == other[name]).all() for name in other)


def test_a_null_slot_holds_the_least_value_of_its_fact(tmp_path: Path, both: Both) -> None:
    found = batch(tmp_path, both, 12)
    held = {
        name: np.frombuffer(found.column(name).buffers()[1], kind)[1]
        for name, kind in (("months_remaining", "<i4"), ("release_date", "<i4"))
    }
    least = COLUMNS["release_date"].least
    assert held == {"months_remaining": 0, "release_date": least}


TYPES = {
    "case": pa.utf8(),
    "agreement": pa.dictionary(pa.int16(), pa.utf8()),
    "pathway": pa.dictionary(pa.int8(), pa.utf8()),
    "convicted": pa.bool_(),
    "age_years": pa.int32(),
    "months_remaining": pa.int32(),
    "release_date": pa.date32(),
    "release_date__at": pa.timestamp("us", "UTC"),
    "release_date__by": pa.utf8(),
}


def test_each_column_has_its_canonical_type_and_codes_their_declared_order(
    tmp_path: Path, both: Both
) -> None:
    found = batch(tmp_path, both, 12)
    assert {name: found.schema.field(name).type for name in TYPES} == TYPES
    assert found.column("sex").dictionary.to_pylist() == ["male", "female", "other"]
    assert found.column("agreement").dictionary.to_pylist() == sorted(LIBRARY.agreements)
    assert found.schema.names == ["case", *sorted(set(found.schema.names[1:]), key=_order)]


def _order(name: str) -> tuple[bool, str]:
    return "__" in name, name


def test_an_empty_column_and_no_column_are_one_docket(tmp_path: Path, both: Both) -> None:
    path = docket(tmp_path, 9)
    first = both(path)[0].hash
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0] + ",fit_to_travel", *(text + "," for text in lines[1:])]))
    assert both(path)[0].hash == first


@pytest.mark.parametrize("rows", [0, 1, digest.CHUNK - 1, digest.CHUNK, digest.CHUNK + 1])
def test_chunks_are_cut_at_two_to_the_seventeenth(tmp_path: Path, both: Both, rows: int) -> None:
    whole = batch(tmp_path, both, 1)
    many = pa.Table.from_batches([whole] * 1).take(np.zeros(rows, np.int64)).combine_chunks()
    batches = many.to_batches(max_chunksize=50_000)
    chunks = Chunks()
    found = [chunk for one in batches for chunk in chunks.add(one)] + chunks.rest()
    assert [chunk.num_rows for chunk in found] == [
        min(digest.CHUNK, rows - start) for start in range(0, rows, digest.CHUNK)
    ]
    assert all(column.offset == 0 for chunk in found for column in chunk.columns)
    assert (chunks.cases, len(chunks.hashes)) == (rows, len(found))


def test_the_bits_of_a_row_and_of_a_column_are_the_same() -> None:
    for count in (0, 1, 7, 8, 9, 17):
        flags = [place % 3 == 0 for place in range(count)]
        assert digest.bits(flags) == packed(np.array(flags, np.bool_)).tobytes()


DAYS = st.integers(-25_567, 84_005)
PAIRS = st.lists(st.tuples(DAYS, DAYS, st.booleans()), min_size=1, max_size=50)


@given(pairs=PAIRS)
def test_what_follows_is_the_same_by_value_and_by_column(
    pairs: list[tuple[int, int, bool]],
) -> None:
    first = np.array([pair[0] for pair in pairs], np.int64)
    second = np.array([pair[1] for pair in pairs], np.int64)
    up = np.array([pair[2] for pair in pairs], np.bool_)
    for one in derive.TABLE:
        if one.fact == "planned_m2":
            first, second = np.abs(first), np.abs(second) % 9 + 1
        told = [
            one.value(int(a), int(b), "up" if rounding else "down")
            for a, b, rounding in zip(first, second, up, strict=True)
        ]
        assert derive_bulk.TABLE[one.fact](first, second, up).tolist() == told


@given(days=st.lists(DAYS, min_size=1), months=st.integers(-13, 400), up=st.booleans())
def test_months_are_added_alike_by_value_and_by_column(
    days: list[int],
    months: int,
    up: bool,  # noqa: FBT001
) -> None:
    rounding: Rounding = "up" if up else "down"
    found = derive_bulk.add_months(
        np.array(days), np.full(len(days), months), np.full(len(days), up)
    )
    assert found.tolist() == [derive.add_months(day, months, rounding) for day in days]


NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
AROUND = [None, *(NOW + timedelta(hours=hours, minutes=minutes)
                  for hours in (-721, -720, -72, -71, -1, 0, 1) for minutes in (0, 1))]  # fmt: skip
HELD = st.tuples(
    st.sampled_from([True, False, None]),
    st.sampled_from(AROUND),
    st.sampled_from([*AROUND, NEVER]),
)


@given(rows=st.lists(st.tuples(HELD, HELD), min_size=1, max_size=40))
def test_freshness_is_the_same_by_row_and_by_column(
    rows: list[tuple[tuple[bool | None, datetime | None, datetime | None], ...]],
) -> None:
    names = ["stay_in_force", "convicted"]  # of limited validity, and not
    cases, columns = list[tuple[Mapping[str, Value], dict[str, Evidence]]](), {}
    for row in rows:
        facts = {name: one[0] for name, one in zip(names, row, strict=True) if one[0] is not None}
        marks = {name: Evidence(one[1], one[2]) for name, one in zip(names, row, strict=True)}
        cases.append((facts, marks))
    for place, name in enumerate(names):
        columns[name] = pa.array([row[place][0] for row in rows], pa.bool_())
        for mark, which in (("at", 1), ("until", 2)):
            cells = [row[place][which] for row in rows]
            columns[f"{name}__{mark}"] = pa.array(cells, pa.timestamp("us", "UTC"))
    found = mask(pa.RecordBatch.from_pydict(columns), COLUMNS, NOW)
    for name in names:
        told = [name in facts and lapse(marks[name], COLUMNS[name], NOW) is None
                for facts, marks in cases]  # fmt: skip
        assert found[name].tolist() == told


@pytest.mark.parametrize(
    ("at", "counts"),
    [("2026-11-18T12:01:00Z", True), ("2026-11-18T12:00:00Z", False),
     ("2026-11-21T12:00:01Z", False), ("", False)],
)  # fmt: skip
def test_a_check_of_71_hours_59_counts_and_of_72_does_not(
    tmp_path: Path, both: Both, at: str, *, counts: bool
) -> None:
    path = tmp_path / "docket.csv"
    head = "case,agreement,sending,receiving,pathway,stay_in_force,stay_in_force__at"
    path.write_text(f"{head}\nC-1,SE-EE,SE,EE,lease,false,{at}\n")
    (found,) = both(path)[1]
    assert mask(found, COLUMNS, NOW)["stay_in_force"].tolist() == [counts]


def test_an_undated_docket_counts_as_it_stands(tmp_path: Path, both: Both) -> None:
    path = tmp_path / "docket.csv"
    path.write_text("case,agreement,sending,receiving,pathway,stay_in_force\n"
                    "C-1,SE-EE,SE,EE,lease,false\nC-2,SE-EE,SE,EE,lease,\n")  # fmt: skip
    (found,) = both(path)[1]
    assert mask(found, COLUMNS, NOW)["stay_in_force"].tolist() == [True, False]
