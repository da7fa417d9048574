"""The file of placements as others get it: whole cells, nothing that runs, nothing of its maker."""

import csv
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from placement_cases import ROW, SHORT, Import

ODD = {
    "detention_facility": 'A HALL, "north"',
    "code": "=1+1",
    "detention_release_reason": "@SUM(1)",
    "stay_release_reason": "\0=1+1",
}


def test_a_csv_holds_any_text_of_a_source_in_one_cell(tmp_path: Path, import_file: Import) -> None:
    row = ROW | {SHORT.get(name, name): text for name, text in ODD.items()}
    with (tmp_path / "in.csv").open("w", newline="") as file:
        out = csv.writer(file)
        out.writerows([list(ROW), list(row.values()), list(ROW.values())])
    found = import_file(tmp_path / "in.csv", "--out", str(tmp_path / "out.csv"))
    assert (found.status, found.told["rows"]) == (0, 2)
    first, second = found.table("out.csv")
    assert first["facility_name"] == 'A HALL, "north"'
    assert (second["facility_name"], second["facility_code"]) == ("A HALL", "AAA")


def test_no_cell_of_a_csv_starts_like_a_formula(tmp_path: Path, import_rows: Import) -> None:
    found = import_rows([ODD | {"detention_facility": "+1"}], "--out", str(tmp_path / "out.csv"))
    (row,) = found.table("out.csv")
    assert row["facility_code"] == row["facility"] == "'=1+1"
    assert (row["facility_name"], row["reason_out"]) == ("'+1", "'@SUM(1)")
    assert row["stay_reason_out"] == "'\0=1+1"


def test_the_file_names_its_source_and_not_where_that_lies(
    tmp_path: Path, import_rows: Import
) -> None:
    import_rows([{}])
    told = pq.read_schema(tmp_path / "out.parquet").metadata
    assert told[b"file"] == b"in.txt"
    assert b"as_of" not in told  # the call names no day: "None" is none
    assert str(tmp_path).encode() not in (tmp_path / "out.parquet").read_bytes()


def test_a_publishers_number_beyond_any_row_is_not_carried_on(
    tmp_path: Path, import_file: Import
) -> None:
    numbers = pa.array([7, 2**64 - 1], pa.uint64())
    table = pa.Table.from_pylist([ROW, ROW | {"detention_facility_code": "BBB"}])
    place = table.schema.get_field_index("recid")
    pq.write_table(table.set_column(place, "recid", numbers), tmp_path / "in.parquet")
    found = import_file(tmp_path / "in.parquet")
    assert [row["source_row"] for row in found.rows] == [7, None]
