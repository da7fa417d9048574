"""Whatever the files of a call hold: a status of four, no traceback, a sentence, sums that add up.

Most cells are good, so that odd ones are met deep inside. More cases: HYPOTHESIS_PROFILE, or
`python -m pytest tests/cli/test_fuzz_calls.py --hypothesis-seed=N`.
"""

import contextlib
import csv
import gzip
import io
import json
import re
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from habeas.cli.main import run
from statements import stated

CODE = re.compile(r"\bH\d{3}\b")
GOOD = {
    "person": ["p1", "p2", "p3"], "facility": ["A", "B"], "status": ["held", "hospital"],
    "in": ["2026-02-01", "2026-02-03", "2026-01-20"], "out": ["2026-02-09", "2026-03-10", ""],
    "days": ["8", "17", ""], "rate": ["46.25"], "amount": ["370.00", ""], "currency": ["USD"],
    "month": ["2026-02", "2026-03"], "in_use": ["28", "31"], "places": ["100", "AS NEEDED"],
    "date": ["2026-02-01", "2026-02-02"], "count": ["3", "0"], "present": ["1"],
    "in_date": ["2026-02-01"], "out_date": ["2026-02-09", ""], "price": ["$46.25", "5 (GM); $10"],
    "anonymized_identifier": ["X1", "X2"], "book_in_date_time": ["2026-02-01 10:00:00"],
    "book_out_date_time": ["2026-02-09 10:00:00", ""], "detention_facility_code": ["AAA", "B4"],
    "detention_facility": ["Hall, north"], "row_original": ["5"], "birth_year": ["QX1980"],
    "name": ["N"], "person_days": ["5"], "placed": ["1/2/2026"], "days_reported": ["4"],
    "row": ["1"], "initial": ["x"], "disciplinary": ["y"],
    "place": ["A", "A/c1"], "day": ["2026-02-01", "2026-02-02"], "value": ["0", "1", "23.5"],
    "measure": ["hours_outdoors", "hours_in_cell", "toilets"], "persons": ["60", ""],
    "observed_by": ["custodian", "monitor"],
}  # fmt: skip
ODD = [
    "", "p1", "1969-12-31", "1970-01-01", "9999-12-31", "0001-01-01", "2026-02-30", "1/2/26",
    "2026-02-03T12:00:00Z", "2026-02-03 12:00:00", "-1", "NaN", "inf", "1e308", "9" * 40, "=1+1",
    "\t=1", "\0", "\x1b[2J", "\x9b2J", "Redacted", "b(6), b(7)c", "TOTAL", "EUR", "a\nb", "a\rb",
    '"', 'a"b', "a,b", "x" * 5000, "\u202e", "\ufeff", "115,954", "3 years", "/", "~",
]  # fmt: skip
TYPES = [
    pa.int64(), pa.uint64(), pa.float64(), pa.bool_(), pa.date32(), pa.timestamp("us"),
    pa.timestamp("ns", "America/New_York"), pa.decimal128(20, 2), pa.binary(), pa.null(),
    pa.list_(pa.string()), pa.struct([("birth_year", pa.int64())]), pa.string_view(),
    pa.dictionary(pa.int32(), pa.string()),
]  # fmt: skip
VALUES = [0, 1, 2**64 - 1, 1.5, float("inf"), True, date(2026, 2, 1), date(9999, 12, 31), b"\xff",
          "A", ["A"], {"birth_year": 1980}]  # fmt: skip


@st.composite
def tables(draw: st.DrawFn, *names: str) -> list[list[str]]:
    """A header and rows, nearly all of them good."""
    rare = st.integers(0, 19)
    head = [name for name in names if draw(rare)]
    head += [draw(st.sampled_from([*head, "birth_year", "x"]))] if not draw(rare) else []
    odd = st.sampled_from(ODD) | st.text(max_size=8)
    rows = [
        [draw(st.sampled_from(GOOD.get(name, [""]))) if draw(rare) else draw(odd) for name in head]
        for _ in range(draw(st.integers(0, 6)))
    ]
    return [head, *(row[: len(row) - (not draw(rare))] for row in rows)]


def _arrow(draw: st.DrawFn, table: list[list[str]], path: Path) -> None:
    head, rows = table[0], table[1:]
    columns: list[pa.Array] = []
    for place in range(len(head)):
        texts = [row[place].encode("utf-8", "replace").decode() if place < len(row) else None
                 for row in rows]  # fmt: skip
        columns.append(pa.array(texts, pa.string()))
        if not draw(st.integers(0, 5)):
            kind = draw(st.sampled_from(TYPES))
            with contextlib.suppress(pa.ArrowException, TypeError, ValueError, OverflowError):
                value = draw(st.sampled_from(VALUES))
                columns[-1] = pa.array([value] * len(rows), kind)
    found = pa.Table.from_arrays(columns, head)
    with contextlib.suppress(pa.ArrowException):
        if path.suffix == ".parquet":
            pq.write_table(found, path)
            return
        with pa.ipc.new_file(path, found.schema) as file:
            file.write_table(found)


def laid(draw: st.DrawFn, table: list[list[str]], *forms: str) -> str:
    """A table as a file of one of the forms, here and there with bytes that belong to no table."""
    path = Path(f"{len(list(Path().iterdir()))}.{draw(st.sampled_from(forms))}")
    if path.suffix in {".parquet", ".arrow"}:
        _arrow(draw, table, path)
        return str(path)
    text = io.StringIO()
    out = csv.writer(text, lineterminator=draw(st.sampled_from(["\n", "\n", "\r\n"])))
    with contextlib.suppress(csv.Error):
        out.writerows(table)
    data = text.getvalue().encode("utf-8", "replace")
    harm: list[Callable[[bytes], bytes]] = [
        lambda one: b"\xef\xbb\xbf" + one, lambda one: one.decode().encode("utf-16"),
        lambda one: one + b'"abc', lambda one: one + b"\xff\n", lambda one: one[: len(one) // 2],
        lambda _: b"", lambda one: one.replace(b"\n", b"\n\n"), lambda one: one + b"x" * 300_000,
        gzip.compress,
    ]  # fmt: skip
    if not draw(st.integers(0, 7)):
        data = draw(st.sampled_from(harm))(data)
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" and draw(st.booleans()) else data)
    return str(path)


def changed(draw: st.DrawFn, value: object) -> Any:  # noqa: ANN401 - JSON
    """A document with a part here and there of another shape."""
    if not draw(st.integers(0, 39)):
        other: list[object] = [
            None, -1, 10**30, "", "x", "=1", "</script>", "\x1b[2J", "\0", [], {}, [1], True,
            "0001-01-01", "9999-12-31", "#eval(1)", "JPY",
        ]  # fmt: skip
        return draw(st.sampled_from(other))
    if isinstance(value, dict):
        return {key: changed(draw, one) for key, one in value.items()}
    return [changed(draw, one) for one in value] if isinstance(value, list) else value


def _reconcile(draw: st.DrawFn) -> list[str]:
    forms = ("csv", "csv", "parquet", "arrow")
    of = draw(st.sampled_from([
        ("person", "facility", "in", "out", "days", "rate", "amount", "currency"),
        ("facility", "month", "days", "rate", "amount", "in_use", "places"),
        ("facility", "date", "count", "present"),
    ]))  # fmt: skip
    claim = laid(draw, draw(tables(*of)), *forms)
    stays = laid(draw, draw(tables("person", "facility", "in", "out", "status")), *forms)
    rule = draw(st.sampled_from(["midnight", "calendar", "min1"]))
    return ["fees", "reconcile", "--claim", claim, "--stays", stays, "--from", "2026-02-01", "--to",
            "2026-04-01", "--currency", "USD", "--convention", rule, "--out", "o.csv"]  # fmt: skip


def _import(draw: st.DrawFn) -> list[str]:
    names = ("anonymized_identifier", "book_in_date_time", "book_out_date_time",
             "detention_facility_code", "detention_facility", "row_original",
             "birth_year")  # fmt: skip
    file = laid(draw, draw(tables(*names)), "csv", "txt", "csv.gz", "parquet", "arrow")
    out = draw(st.sampled_from(["p.csv", "p.parquet", "p.arrow"]))
    return [
        "custody",
        "import",
        file,
        "--schema",
        "ddp",
        "--zone",
        "America/New_York",
        "--out",
        out,
    ]


def _table(draw: st.DrawFn) -> list[str]:
    schema, *names = draw(st.sampled_from([
        ("facility-names", "facility", "name"),
        ("nwdc-2015-2020", "row", "initial", "disciplinary", "in_date", "out_date",
         "days_reported"),
    ]))  # fmt: skip
    file = laid(draw, draw(tables(*names)), "csv")
    return ["custody", "table", file, "--schema", schema, "--out", "t.csv"]


def _stock(draw: st.DrawFn) -> list[str]:
    file = laid(draw, draw(tables("facility", "in_date", "out_date")), "csv", "parquet", "arrow")
    return ["custody", draw(st.sampled_from(["stock", "person-days"])), "--stays", file]


def _conditions(draw: st.DrawFn) -> list[str]:
    names = ("place", "day", "measure", "value", "persons", "observed_by")
    file = laid(draw, draw(tables(*names)), "csv", "parquet", "arrow")
    return ["custody", "conditions", file, "--out", draw(st.sampled_from(["c.csv", "c.parquet"]))]


def _read(draw: st.DrawFn) -> list[str]:
    return ["fees", "read", laid(draw, draw(tables("facility", "price")), "csv")]


def _export(draw: st.DrawFn) -> list[str]:
    found = changed(draw, {key: one for key, one in stated().items() if key != "hash"})
    Path("s.json").write_text(json.dumps(found))
    Path("p.toml").write_text("due = 2027-05-01\n")
    outs = [["l.csv"], ["j.parquet", "--form", "journal"], ["b.beancount"], ["s.json.json"],
            ["i.xml", "--particulars", "p.toml"]]  # fmt: skip
    claim = ["c.csv", "--form", "chart-claim", "--claim"]
    claim += [laid(draw, draw(tables("month", "person_days")), "csv")]
    return ["fees", "export", "s.json", "--out", *draw(st.sampled_from([*outs, claim]))]


CALLS = {
    "reconcile": _reconcile, "import": _import, "table": _table, "stock": _stock, "read": _read,
    "export": _export, "conditions": _conditions,
}  # fmt: skip


def adds_up(name: str, found: dict[str, Any]) -> bool:
    """Whether the counts of a document add up."""
    match name:
        case "reconcile":
            causes, of = found["causes"], found["totals"]
            days = sum(one["over_days"] - one["under_days"] for one in causes)
            minor = sum(one["minor"] or 0 for one in causes)
            return days == of["claimed_days"] - of["register_days"] and minor == (
                of["difference_minor"] or 0
            )
        case "import":
            parts = ("accepted", "flagged", "quarantined")
            return bool(found["rows"] == sum(found[part] for part in parts))
        case "table":
            told = sum(len(found[part]) for part in ("headings", "notes", "legend"))
            return bool(found["lines"] == found["rows"] + told + found["quarantined"])
        case "conditions":
            return bool(found["rows_in"] == found["rows_taken"] + found["rows_set_aside"])
        case "read":
            return bool(found["rows"] == found["read"] + len(found["refused"]))
        case _:
            return True


@pytest.mark.parametrize("name", list(CALLS))
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(data=st.data())
def test_no_file_is_a_traceback_and_every_count_adds_up(name: str, data: st.DataObject) -> None:
    out, err = io.StringIO(), io.StringIO()
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        call = data.draw(st.composite(CALLS[name])())
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = run([*call, "--json"])
        left = [path.name for path in Path().iterdir()]
        written = b"".join(path.read_bytes() for path in Path().glob("[a-z].*") if name == "import")
    assert status in {0, 1, 2, 3}
    assert status != 2 or CODE.search(err.getvalue())
    assert not [one for one in left if one.endswith(".part") or "spool" in one]
    assert b"QX1980" not in written
    assert not set(err.getvalue()) & {"\x1b", "\x9b", "\0"}
    if out.getvalue():
        assert adds_up(name, json.loads(out.getvalue()))
