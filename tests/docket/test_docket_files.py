"""Files that are no docket: told with a code, exit status 2, and nothing of them is judged."""

from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from habeas.cli.main import run

HEAD = "case,agreement,sending,receiving,pathway"
ROW = "C-1,SE-EE,SE,EE,lease"
KEYS = {"case": ["C-1"], "agreement": ["SE-EE"], "sending": ["SE"], "receiving": ["EE"],
        "pathway": ["lease"]}  # fmt: skip


def refused(path: Path, capsys: pytest.CaptureFixture[str], *options: str) -> list[str]:
    """The sentences of a docket that is refused as a whole."""
    assert run(["screen", str(path), "--json", "--as-of", "2026-11-21", *options]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert list(path.parent.glob("*.quarantine.csv")) == []
    return told.err.replace(str(path), "FILE").splitlines()


def put(folder: Path, data: str | bytes, name: str = "docket.csv") -> Path:
    (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)
    return folder / name


def parquet(path: Path, **columns: object) -> Path:
    pq.write_table(pa.table({**KEYS, **columns}), path)
    return path


HEADERS = [
    (HEAD + ",surname", ["FILE:1: H401 docket column 'surname'"]),
    (HEAD + ",convictd", ["FILE:1: H401 docket column 'convictd'"]),
    (HEAD + ",convicted__when", ["FILE:1: H401 docket column 'convicted__when'"]),
    (HEAD + ",remarks__at", ["FILE:1: H401 docket column 'remarks__at'"]),
    (HEAD + ",Convicted", ["FILE:1: H401 docket column 'Convicted'"]),
    (HEAD + ", convicted", ["FILE:1: H401 docket column ' convicted'"]),
    (HEAD + ",", ["FILE:1: H401 docket column ''"]),
    (HEAD + ",sex,sex", ["FILE:1: H404 column 'sex' stands twice"]),
    (HEAD + ",sex__at,sex__at", ["FILE:1: H404 column 'sex__at' stands twice"]),
    ("agreement,sending,receiving,pathway", ["FILE:1: H407 column 'case' is missing"]),
    ("case,agreement,receiving,pathway", ["FILE:1: H407 column 'sending' is missing"]),
    ("case", [f"FILE:1: H407 column '{key}' is missing"
              for key in ("agreement", "sending", "receiving", "pathway")]),
    ("case,agreement,sending,receiving,convictd",
     ["FILE:1: H401 docket column 'convictd'", "FILE:1: H407 column 'pathway' is missing"]),
]  # fmt: skip


@pytest.mark.parametrize(("head", "told"), HEADERS, ids=[head for head, _ in HEADERS])
def test_a_header_that_is_not_of_declared_facts_stops_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], head: str, told: list[str]
) -> None:
    found = refused(put(tmp_path, f"{head}\n{ROW}\n"), capsys)
    assert len(found) == len(told)
    assert all(line.startswith(start) for line, start in zip(found, told, strict=True))


def test_an_unknown_column_is_told_with_the_nearest_fact(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (told,) = refused(put(tmp_path, f"{HEAD},convictd\n{ROW},true\n"), capsys)
    what = "FILE:1: H401 docket column 'convictd' is not a declared fact."
    assert told == f"{what} Did you mean 'convicted'?"


def test_a_column_of_names_has_no_place_in_a_docket(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (told,) = refused(put(tmp_path, f"{HEAD},family_name\n{ROW},X\n"), capsys)
    assert told.endswith("Remove it: names and free text never enter a docket.")


@pytest.mark.parametrize("data", ["", "\n", "\ufeff"])
def test_a_file_without_a_header_lacks_every_column(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], data: str
) -> None:
    told = refused(put(tmp_path, data), capsys)
    assert {"H407"} <= {line.split(" ")[1] for line in told} <= {"H401", "H407"}


@pytest.mark.parametrize("data", [HEAD, HEAD + "\n", HEAD + "\r\n\r\n\r\n", "\ufeff" + HEAD + "\n"])
def test_a_docket_without_rows_puts_nobody_forward(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], data: str
) -> None:
    told = refused(put(tmp_path, data), capsys)
    assert told == ["FILE: H410 the docket holds no rows. Put forward at least one case."]


def test_a_parquet_docket_without_rows_puts_nobody_forward(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "docket.parquet"
    pq.write_table(pa.table({name: pa.array([], pa.string()) for name in KEYS}), path)
    told = refused(path, capsys)
    assert told == ["FILE: H410 the docket holds no rows. Put forward at least one case."]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"PK\x03\x04 a workbook", "a zip archive or a spreadsheet"),
        (b"PAR1 data PAR1", "a Parquet file"),
        (b"ARROW1\x00\x00", "an Arrow file"),
        (b"\x1f\x8b\x08", "a gzip file"),
        (b"SQLite format 3\x00", "a database"),
    ],
)
def test_a_file_of_another_form_that_is_named_csv_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes, kind: str
) -> None:
    (told,) = refused(put(tmp_path, data), capsys)
    assert told.startswith(f"FILE: H408 the file is {kind}, not CSV. ")


@pytest.mark.parametrize("name", ["d.parquet", "d.arrow", "d.ipc", "d.feather"])
def test_a_csv_that_is_named_otherwise_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (told,) = refused(put(tmp_path, f"{HEAD}\n{ROW}\n", name), capsys)
    assert told.startswith(f"FILE: H408 the file cannot be read as .{name.split('.')[1]}")


def test_a_parquet_file_that_is_cut_off_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = parquet(tmp_path / "whole.parquet").read_bytes()
    (told,) = refused(put(tmp_path, whole[: len(whole) // 2], "docket.parquet"), capsys)
    assert told.startswith("FILE: H408 ")


@pytest.mark.parametrize(
    ("data", "line"),
    [
        ((HEAD + "\n" + ROW + "\n").encode("utf-16"), 1),
        (f"{HEAD},sex\n{ROW},m\u00e4nnlich\n".encode("latin-1"), 2),
        (f"{HEAD}\n{ROW}\nC-2,SE-EE,SE,EE,".encode() + b"\xc3\x28\n", 3),
    ],
)
def test_a_file_that_is_not_utf8_is_refused_with_the_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes, line: int
) -> None:
    told = refused(put(tmp_path, data), capsys)
    assert told == [f"FILE:{line}: H418 the file is not UTF-8. Save it as UTF-8."]


@pytest.mark.parametrize("head", [HEAD + ',"sex', HEAD + ',"s"ex'])
def test_a_header_with_an_open_quote_stops_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], head: str
) -> None:
    (told,) = refused(put(tmp_path, f"{head}\n{ROW},male\n"), capsys)
    assert told.startswith("FILE:1: H418 ")


@pytest.mark.parametrize(
    ("columns", "what"),
    [
        ({"planned_m2": [4.2]}, "column 'planned_m2' is double with fractions"),
        ({"age_years": [float("inf")]}, "column 'age_years' is double with fractions"),
        ({"convicted": [[True]]}, "column 'convicted' is list<element: bool>"),
        ({"convicted": [b"true"]}, "column 'convicted' is binary"),
        ({"convicted": [{"said": True}]}, "column 'convicted' is struct<said: bool>"),
    ],
)
def test_a_parquet_column_that_no_docket_holds_stops_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], columns: dict[str, object], what: str
) -> None:
    (told,) = refused(parquet(tmp_path / "docket.parquet", **columns), capsys)
    assert told.startswith(f"FILE: H402 {what}. Store it as ")


def test_a_parquet_column_that_is_no_fact_stops_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (told,) = refused(parquet(tmp_path / "docket.parquet", months=[Decimal(6)]), capsys)
    assert told.startswith("FILE:1: H401 docket column 'months' is not a declared fact. ")


@pytest.mark.parametrize("name", ["docket.xlsx", "docket.txt", "docket", "docket.csv.gz"])
def test_a_file_of_an_unknown_extension_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (told,) = refused(put(tmp_path, f"{HEAD}\n{ROW}\n", name), capsys)
    assert told.endswith("is no form of a docket. Give .csv, .parquet or .arrow.")


@pytest.mark.parametrize("name", ["none.csv", "none.parquet", "."])
def test_a_file_that_is_not_there_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (told,) = refused(tmp_path / name, capsys)
    assert told == "H902 no file 'FILE'. Name a file that exists."


def test_an_agreement_that_the_call_names_must_be_in_the_library(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = refused(put(tmp_path, f"{HEAD}\n{ROW}\n"), capsys, "--agreement", "SE-EF")
    assert told == ["H215 no agreement 'SE-EF' in the library. Did you mean 'SE-EE'?"]


@pytest.mark.parametrize("told", ["yesterday", "2026-13-01", "2026-11-21T10:00", "21.11.2026"])
def test_an_instant_of_screening_that_is_none_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], told: str
) -> None:
    path = put(tmp_path, f"{HEAD}\n{ROW}\n")
    assert run(["screen", str(path), "--as-of", told]) == 2
    assert capsys.readouterr().err.startswith(f"H903 --as-of '{told}' ")
