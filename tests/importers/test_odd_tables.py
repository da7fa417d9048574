"""Cells and tables as administrations write them: four states, and no line is lost."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.adapters.importers import odd_file
from habeas.adapters.importers.public_tables import SIGNS, TABLES
from habeas.cli.main import run
from habeas.docket.columns import CellFault
from habeas.docket.odd_cells import Cell, Column, Kind, Missing, State, cell
from habeas.docket.odd_tables import Reading, TableSchema, read
from habeas.errors import DocketError, SetupError

REPORT = """A ministry,,,
"Table 3. Places, by prison",,,
,,,
,Places,,Share
Prison,Total,Women,%,
"""


def column(kind: Kind = "text", **more: object) -> Column:
    return Column(name="c", source="c", kind=kind, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("115,954", "whole", 115_954), ("790.0", "whole", 790), ("-3", "whole", -3),
        ("1713.463", "decimal", Decimal("1713.463")),
        ("1,234,567.5", "decimal", Decimal("1234567.5")),
        ("2015-10-09", "day", date(2015, 10, 9)), ("Alabama", "label", "Alabama"),
    ],
)  # fmt: skip
def test_a_value_keeps_its_text(text: str, kind: Kind, value: object) -> None:
    found = cell(text, column(kind))
    assert (found.state, found.value, found.text) == (State.VALUE, value, text)


@pytest.mark.parametrize(
    ("text", "state", "reason"),
    [
        ("", State.UNKNOWN, "not stated"), ("/", State.UNKNOWN, "not reported"),
        (":", State.UNKNOWN, "not calculated"), ("~", State.NOT_APPLICABLE, "not applicable"),
        ("\u2026", State.UNKNOWN, "not available"), ("B4", State.WITHHELD, "B4"),
        ("(b)(6), (b)(7)(C)", State.WITHHELD, "(b)(6), (b)(7)(C)"),
        ("Redacted", State.WITHHELD, "no provision named"),
    ],
)  # fmt: skip
def test_what_is_no_value_is_one_of_three_things(text: str, state: State, reason: str) -> None:
    found = cell(text, column("whole", missing=SIGNS))
    assert found == Cell(state, None, text, reason)


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("1,23", "whole", "H475"), ("12,3456", "whole", "H475"), ("1 234", "whole", "H475"),
        ("3.84", "whole", "H475"), ("AS NEEDED", "whole", "H475"), ("1e3", "decimal", "H475"),
        ("4/6/2015", "day", "H462"), ("4/6/15", "day", "H463"), ("15-04-06", "day", "H463"),
        ("2015-02-29", "day", "H462"), ("2015-01-02", "month", "H462"),
        ("2015-01-02 99:00", "instant", "H462"), ("x" * 5000, "text", "H475"),
    ],
)  # fmt: skip
def test_r20_what_may_mean_two_things_is_refused(text: str, kind: Kind, code: str) -> None:
    with pytest.raises(CellFault) as caught:
        cell(text, column(kind))
    assert caught.value.code == code


def test_r20_a_length_without_a_unit_is_refused_and_life_is_no_number() -> None:
    words = {"LIFE": Missing("not_applicable", "life"), "NONE": Missing("unknown", "none stated")}
    sentence = column("length", missing=words)
    with pytest.raises(CellFault) as caught:
        cell("3.84", sentence)
    assert caught.value.code == "H476"
    found = cell("18 months", sentence)
    assert (found.value, found.unit) == (Decimal(18), "month")
    assert cell("3.84", column("length", unit="year")).unit == "year"
    assert cell("LIFE", sentence).state is State.NOT_APPLICABLE
    assert cell("NONE", sentence).state is State.UNKNOWN


def table(text: str) -> Reading:
    columns = [
        Column(name="prison", source=[0], kind="label"),
        Column(name="total", source=1, kind="whole", missing=SIGNS),
        Column(name="women", source=2, kind="whole", unit="%", unit_at=3),
    ]
    form = TableSchema(
        name="own", publisher="a ministry", columns=columns, rows_are="facilities",
        header=(4, 5), report=True,
    )  # fmt: skip
    return read(odd_file._lines(text), form)  # noqa: SLF001 - the reader of lines alone


def test_a_report_table_of_any_ministry_is_read() -> None:
    text = REPORT + (
        '"North/a,b","1,200",3,%,\nEast,,,,\nSouth/c,/,4,,\nWest,5,6,persons,\nBad,x,1,,\n'
        ',,,,\nShort,1\n"Open,1,2,,\nNote: As of May.,,,,\n'
        "a/Since 2019.,,,,\na/Twice.,,,,\n/Not reported.,,,,\n"
    )
    found = table(text)
    assert [row.cells["prison"].value for row in found.rows] == ["North", "South"]
    assert found.rows[0].cells["prison"].notes == ("a", "b")
    assert [row.code for row in found.quarantined] == ["H475", "H475", "H469", "H469"]
    assert found.headings == ["East"]
    assert found.notes == {"Note": "As of May.", "a": "Since 2019.", "a+": "Twice."}
    assert found.legend == {"/": "Not reported."}
    kept = len(found.rows) + len(found.headings) + found.noted + len(found.quarantined)
    assert (found.lines, kept) == (11, 11)
    assert found.above == ["A ministry", "Table 3. Places, by prison", ""]


@given(st.text(max_size=300) | st.text(alphabet='a,"/:%1\n', max_size=300))
def test_no_line_of_any_table_is_lost(text: str) -> None:
    found = table(REPORT + text)
    kept = len(found.rows) + len(found.headings) + found.noted + len(found.quarantined)
    assert found.lines == kept


@given(
    st.text(max_size=40) | st.from_regex(r"[-0-9,./: apm]{1,16}", fullmatch=True),
    st.sampled_from(["text", "label", "whole", "decimal", "day", "instant", "month", "length"]),
    st.sampled_from(["iso", "mdy", "dmy"]),
)
def test_any_cell_is_one_of_four_things_or_a_fault(text: str, kind: Kind, form: str) -> None:
    try:
        found = cell(text, column(kind, form=form, missing=SIGNS))
    except CellFault as fault:
        told = fault.code in {"H462", "H463", "H475", "H476"}
    else:
        told = found.text == text and (found.value is None) == (found.state is not State.VALUE)
    assert told


def test_a_header_that_is_not_the_declared_one_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("date,state\n2020-01-01,A\n")
    with pytest.raises(DocketError) as caught:
        odd_file.read(path, TABLES["prison-flows"])
    assert [fault.code for fault in caught.value.faults] == ["H474", "H474"]
    path.write_text("")
    with pytest.raises(DocketError, match="H474"):
        odd_file.read(path, TABLES["bjs-p19t18"])


def test_an_encoding_that_is_not_the_declared_one_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"date,state,admissions,releases\n2020-01-01,Nari\xf1o,1,2\n")
    with pytest.raises(DocketError, match="H470"):
        odd_file.read(path, TABLES["prison-flows"])


OWN = """
name = "roll"
publisher = "a ministry"
encoding = "cp1252"
rows_are = "facilities"

[[columns]]
name = "prison"
source = "Centro"

[[columns]]
name = "held"
source = "Internos"
kind = "whole"
unit = "persons"
missing = { "s/d" = { state = "unknown", reason = "sin dato" } }
"""


def test_a_schema_is_a_file_of_ones_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "own.toml").write_text(OWN)
    (tmp_path / "in.csv").write_bytes(
        "Centro,Internos\nOca\u00f1a,1.5\nNari\u00f1o,s/d\nSur,12\n".encode("cp1252")
    )
    words = ["--schema", str(tmp_path / "own.toml"), "--out", str(tmp_path / "out.csv"), "--json"]
    status = run(["custody", "table", str(tmp_path / "in.csv"), *words])
    told = json.loads(capsys.readouterr().out)
    assert (status, told["lines"], told["rows"], told["quarantined"]) == (0, 3, 2, 1)
    assert told["missing"] == {"held": {"unknown: sin dato": 1}}
    assert (tmp_path / "out.csv").read_text().splitlines() == [
        "line,prison,prison__is,prison__text,held,held__is,held__text",
        "3,Nari\u00f1o,value,Nari\u00f1o,,unknown: sin dato,s/d",
        "4,Sur,value,Sur,12,value,12",
    ]
    assert "H475" in (tmp_path / "out.quarantine.csv").read_text()


@pytest.mark.parametrize(
    "text",
    [
        "=", "name = 1", OWN + 'colour = "red"\n', OWN.replace("cp1252", "klingon"),
        OWN.replace("facilities", "persons").replace('"Internos"', '"Birth Country"'),
        OWN.replace('"held"', '"prison"'), OWN.replace("encoding", "header = [0, 0]\nencoding"),
    ],
)  # fmt: skip
def test_a_schema_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "own.toml"
    path.write_text(text)
    with pytest.raises(SetupError, match="H460"):
        odd_file.schema(str(path))


def test_every_public_table_can_be_used() -> None:
    assert [odd_file.schema(name).name for name in TABLES] == list(TABLES)
