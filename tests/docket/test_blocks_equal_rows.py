"""Blocks of columns and the row reader agree in each case, each refusal and the hash."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from habeas.adapters.importers import docket_blocks
from habeas.docket import cells as cells_by_column
from habeas.docket.check import Docket
from habeas.errors import DocketError

Both = Callable[..., tuple[Docket, list[pa.RecordBatch]]]
HEAD = ["case", "agreement", "sending", "receiving", "pathway"]
HOSTILE = [
    "NaN", "inf", "1e400", "-", "none", "NULL", "true\x00", "\x00", "=1+1", "@x", "+1",
    "ma\u202ele",
    "x" * 5_000, "[" * 900, "{}", '"', '""', '"a"b', '"a,b"', '"x\ty"', " ", "true ", "é", "３４",  # noqa: RUF001
    "2026-1-4", "26-01-04", "2026-02-30", "2026-11-20T12:00:00", "9999-12-31T23:59:59-12:00",
    "-0", "007", "1.", ".5", "1.230", "99999999999999999999", "0.0000000001", "\ud800", "\r", "a,b",
]  # fmt: skip
DAYS = ["1990-05-17", "2004-02-29", "2026-11-01", "2027-01-15", "2028-02-29", "2036-11-30", ""]
INSTANTS = [
    "2026-11-20T12:00:00Z", "2026-11-20 12:00:00Z", "2026-11-20T12:00:00+01:00", "2026-11-20",
    "2026-11-20T12:00Z", "2026-11-20T12:00:00.25Z", "1900-01-01", "2199-12-31T23:59:59-12:00",
    "2026-11-31T12:00:00Z", "2026-11-00T12:00:00Z", "2026-11-20T24:00:00Z",
    "2026-11-20T12:00:00+24:00", "",
]  # fmt: skip
GOOD = {
    "case": [f"C-{number}" for number in range(40)] + ["", "Jane Doe", "C-1"],
    "agreement": ["SE-EE", "OAS-A57", "", "SE-XX"],
    "sending": ["SE", "US", "SV", "NO", ""],
    "receiving": ["EE", "SV", "US", ""],
    "pathway": ["lease", "treaty_transfer", "removal", ""],
    "convicted": ["true", "false", ""],
    "sex": ["male", "female", ""],
    "no_consent_basis": ["none", "ets167_3_1", ""],
    "age_years": ["36", "22", "121", "-1", ""],
    "months_remaining": ["6", "6.25", "16", "16.0", "6.255", "1200.01", ""],
    "planned_m2": ["4", "2.5", "3.3333", ""],
    "cell_area_m2": ["10", "10.0001", "8", "0", "400", ""],
    "cell_occupants": ["1", "2", "3", ""],
    "convicted__by": ["SE-COURT", "a b", ""],
    "months_remaining__by": ["X", "", ""],
    "convicted__doc": ["ab" * 32, "AB" * 32, "ab", ""],
}  # fmt: skip


def cells(name: str) -> st.SearchStrategy[str]:
    usual = GOOD.get(name) or (INSTANTS[:4] * 5 + INSTANTS if "__" in name else DAYS)
    return st.sampled_from(usual * (1000 // len(usual)) + HOSTILE)


BOUND = [["SE-EE", "SE", "EE", "lease"], ["OAS-A57", "US", "SV", "treaty_transfer"]]
GROUPS = [
    ["age_years", "age_years__at", "birth_date", "planned_transfer_on"],
    ["months_remaining", "months_remaining__by", "release_date", "release_date__at",
     "request_received_on", "request_received_on__at", "request_received_on__until"],
    ["release_date", "request_received_on", "request_received_on__at"],
    ["planned_m2", "planned_m2__until", "cell_area_m2", "cell_area_m2__at", "cell_occupants"],
    ["convicted", "convicted__at", "convicted__until", "convicted__by", "convicted__doc"],
    ["sex", "no_consent_basis", "convicted"],
    [],
]  # fmt: skip


@st.composite
def dockets(draw: st.DrawFn) -> tuple[list[str], list[list[str]]]:
    more = {*draw(st.sampled_from(GROUPS)), *draw(st.sampled_from(GROUPS))}
    names = draw(st.permutations([*HEAD, *sorted(more)]))
    rows = draw(st.lists(st.tuples(*map(cells, names)).map(list), max_size=30))
    for number, row in enumerate(rows):
        if draw(st.integers(0, 5)):  # most rows are bound by an agreement and have an id
            told = [f"R-{number}", *draw(st.sampled_from(BOUND))]
            for name, cell in zip(HEAD, told, strict=True):
                row[names.index(name)] = cell
    return names, rows


@pytest.fixture(autouse=True)
def _instants_by_column(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells_by_column, "MANY", 0)


def written(names: list[str], rows: list[list[str]], ends: list[str]) -> bytes:
    # Cells go in as they are: a stray quote or comma spoils its own line.
    lines = [",".join(names), *(",".join(row) for row in rows)]
    text = "".join(line + ends[place % len(ends)] for place, line in enumerate(lines))
    return text.encode("utf-8", "replace")


def rows_of(path: Path) -> int:
    return sum(bool(line) for line in path.read_bytes().splitlines()[1:])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(docket=dockets(), ends=st.sampled_from([["\n"], ["\r\n"], ["\r"], ["\n", "\r\n", "\n\n"]]))
def test_a_csv_of_any_cells_is_read_alike_both_ways(
    both: Both, docket: tuple[list[str], list[list[str]]], ends: list[str]
) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "docket.csv"
        path.write_bytes(written(*docket, ends))
        if rows_of(path):
            both(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(docket=dockets())
def test_a_quoted_csv_is_read_alike_both_ways(
    both: Both, docket: tuple[list[str], list[list[str]]]
) -> None:
    names, rows = docket
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([names, *rows])
    with TemporaryDirectory() as folder:
        path = Path(folder) / "docket.csv"
        path.write_bytes(text.getvalue().encode("utf-8", "replace"))
        if rows:
            both(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(docket=dockets(), chunk=st.integers(1, 7))
def test_tables_of_text_are_read_alike_both_ways(
    both: Both, docket: tuple[list[str], list[list[str]]], chunk: int
) -> None:
    names, rows = docket
    safe = [[cell.encode("utf-8", "replace").decode() for cell in row] for row in rows]
    columns = [pa.array([row[place] for row in safe], pa.utf8()) for place in range(len(names))]
    coded = [
        column.dictionary_encode() if place % 2 else column.cast(pa.large_utf8())
        for place, column in enumerate(columns)
    ]
    table = pa.table(coded, names)
    with TemporaryDirectory() as folder:
        parquet, arrow = Path(folder) / "docket.parquet", Path(folder) / "docket.arrow"
        pq.write_table(table, parquet)
        with pa.ipc.new_file(arrow, table.schema) as file:
            file.write_table(table.unify_dictionaries(), max_chunksize=chunk)
        if rows:
            assert both(parquet)[0] == both(arrow)[0]


KEYS = {"case": ["C-1", "C-2", "C-3"], "agreement": ["SE-EE"] * 3, "sending": ["SE"] * 3,
        "receiving": ["EE"] * 3, "pathway": ["lease"] * 3}  # fmt: skip
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
TYPED = [
    ("convicted", pa.array([True, None, False])),
    ("sex", pa.array([True, None, False])),
    ("age_years", pa.array([True, None, False])),
    ("age_years", pa.array([34, None, 121], pa.uint8())),
    ("age_years", pa.array([34.0, float("nan"), None])),
    ("planned_m2", pa.array([Decimal("4.2000"), None, Decimal("4.00001")])),
    ("months_remaining", pa.array([6, 12, 2**62], pa.int64())),
    ("birth_date", pa.array([date(1990, 5, 17), None, date(1899, 1, 1)])),
    ("birth_date", pa.array([NOON, None, NOON], pa.timestamp("us", "UTC"))),
    ("convicted__at", pa.array([NOON, None, NOON], pa.timestamp("us", "UTC"))),
    ("convicted__at", pa.array([NOON, None, NOON], pa.timestamp("ms", "Europe/Oslo"))),
    ("convicted__at", pa.array([NOON.replace(tzinfo=None)] * 3, pa.timestamp("us"))),
    ("convicted__at", pa.array([NOON.replace(year=1800), None, NOON], pa.timestamp("us", "UTC"))),
    ("convicted__until", pa.array([date(2026, 11, 1), None, date(2300, 1, 1)])),
    ("convicted__by", pa.array(["SE-COURT", None, "Jane Doe"])),
    ("convicted__by", pa.array([1, None, 2])),
    ("convicted__doc", pa.array([1, None, 2])),
    ("convicted__doc", pa.array([True, None, False])),
    ("case_id", pa.array([1, 2, 2])),
    ("convicted", pa.nulls(3)),
]


@pytest.mark.parametrize(("name", "column"), TYPED, ids=[f"{n} {c.type}" for n, c in TYPED])
@pytest.mark.parametrize("form", ["parquet", "arrow"])
def test_typed_columns_are_read_alike_both_ways(
    both: Both, tmp_path: Path, name: str, column: pa.Array, form: str
) -> None:
    keys = {key: cells for key, cells in KEYS.items() if (key, name) != ("case", "case_id")}
    table, path = pa.table({**keys, name: column}), tmp_path / f"docket.{form}"
    if form == "parquet":
        pq.write_table(table, path)
    else:
        with pa.ipc.new_file(path, table.schema) as file:
            file.write_table(table)
    assert both(path)[0].rows == 3


def test_lines_are_cut_alike_however_small_the_blocks(
    both: Both, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(docket_blocks, "BLOCK", 64)
    rows = [f"C-{number},SE-EE,SE,EE,lease," for number in range(60)]
    rows[7] = 'C-7,SE-EE,SE,EE,"lease",true'
    rows[20] += '"tr\n\nue'
    path = tmp_path / "docket.csv"
    for end in ("\n", "\r\n", "\r"):
        path.write_bytes(("\ufeff" + end.join([",".join([*HEAD, "convicted"]), *rows])).encode())
        assert len(both(path)[0].refused) == 2


def test_a_cell_of_ten_million_bytes_spoils_its_own_row(both: Both, tmp_path: Path) -> None:
    path = tmp_path / "docket.csv"
    lines = [
        "C-1,SE-EE,SE,EE,lease",
        "C-2,SE-EE,SE,EE," + "[" * 10_000_000,
        "C-3,SE-EE,SE,EE,lease",
    ]
    path.write_text("\n".join([",".join(HEAD), *lines]))
    docket, _ = both(path)
    assert ([row.code for row in docket.refused], len(docket.cases)) == (["H412"], 2)


def test_a_line_without_an_end_is_refused_before_it_fills_the_memory(
    blocks: Callable[..., object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(docket_blocks, "LINE", 1 << 20)
    monkeypatch.setattr(docket_blocks, "BLOCK", 1 << 16)
    path = tmp_path / "docket.csv"
    path.write_text(",".join(HEAD) + "\n" + "x" * (1 << 21))
    with pytest.raises(DocketError) as told:
        blocks(path)
    assert told.value.code == "H419"
