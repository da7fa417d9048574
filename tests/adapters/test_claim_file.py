"""Files of claims that are wrong in every way a file can be: a reason a row, or one sentence."""

import json
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.adapters.importers import claim_alias_file, claim_file
from habeas.adapters.importers.claim_file import How, mapped, persons, quantities, series, stays
from habeas.claims.claim import UNSTATED, Claim, Told
from habeas.cli.main import run
from habeas.errors import FeeError, HabeasError
from habeas.law.calendar import day

HEAD = "person,facility,in,out,days,rate,amount\n"
GOOD = "p1,A,2026-02-01,2026-02-09,8,46.25,370.00\n"
HOW = How("America/El_Salvador", 2, "USD", 20_513)


def read(path: Path, text: str) -> tuple[Claim, Told]:
    path.write_text(text)
    _, names = mapped(None, path, ("persons",))
    return persons(path, names, HOW)


WRONG = [
    ("p1,A,2026-02-01,2026-02-09,-8,46.25,370.00", "days '-8' is negative"),
    ("p1,A,2026-02-01,2026-02-09,8,46.25,NaN", "amount 'NaN' is not digits and a point"),
    ("p1,A,2026-02-01,2026-02-09,8,46.25,1e308", "amount '1e308' is not digits and a point"),
    ("p1,A,2026-02-01,2026-02-09,8,46.25," + "9" * 400, "is not digits and a point"),
    ("p1,A,2026-02-01,2026-02-09,8,46.25,999999999999999", "larger than anything"),
    ("p1,A,2026-02-01,2026-02-09,8,46.257,370.00", "not a whole number of minor units"),
    ('p1,A,2026-02-01,2026-02-09,8,46.25,"1,110"', "amount '1,110' is not digits and a point"),
    ("p1,A,2026-02-01,2026-02-09,8.5,46.25,370.00", "days '8.5' is not a whole number"),
    ("p1,A,01/02/26,2026-02-09,8,46.25,370.00", "in "),
    ("p1,A,2026-02-30,2026-02-09,8,46.25,370.00", "in day is out of range"),
    ("p1,A,0001-01-01,2026-02-09,8,46.25,370.00", "in '0001-01-01' is no day"),
    ("p1,A,2026-02-01T10:00:00,2026-02-09,8,46.25,1", "has no offset"),
    ("p1,A,,2026-02-09,8,46.25,370.00", "in is empty"),
    ("p1,A,2026-02-09,2026-02-01,8,46.25,370.00", "the row ends before it begins"),
    (",A,2026-02-01,2026-02-09,8,46.25,370.00", "person is empty"),
    ("=1+1,A,2026-02-01,2026-02-09,8,46.25,370.00", "person '=1+1' is no name or number"),
    ("p1,Redacted,2026-02-01,2026-02-09,8,46.25,370.00", "facility is withheld"),
    ("p1,A,2026-02-01,2026-02-09,8,46.25", "6 cells and the header 7"),
    ('p1,"A,2026-02-01,2026-02-09,8,46.25,370.00', "quotes are not closed"),
    ('p1,A "x","2026-02-01,2026-02-09,8,46.25,370.00', "quotes are not closed"),
    ("p1,A,1969-12-31,1969-12-30,8,46.25,370.00", "the row ends before it begins"),
]


@pytest.mark.parametrize(("row", "reason"), WRONG)
def test_a_bad_row_is_set_aside_with_its_reason_and_the_rest_goes_on(
    tmp_path: Path, row: str, reason: str
) -> None:
    claim, told = read(tmp_path / "c.csv", HEAD + GOOD + row + "\n" + GOOD)
    assert [(one.row, reason in one.reason) for one in told.aside] == [(3, True)]
    assert (told.rows, told.taken, claim.row.tolist()) == (3, 2, [2, 4])


def test_all_that_is_wrong_together_adds_up(tmp_path: Path) -> None:
    text = HEAD + GOOD + "\n".join(row for row, _ in WRONG) + "\nTOTAL,,,,16,,370.00\n"
    claim, told = read(tmp_path / "c.csv", text)
    assert (told.rows, told.taken, len(told.aside), len(told.printed)) == (23, 1, 21, 1)
    assert (claim.row.size, told.printed[0].days, told.printed[0].amount) == (1, 16, 37_000)


@given(st.lists(st.text(max_size=12), min_size=7, max_size=7), st.integers(0, 2))
def test_no_text_in_any_cell_is_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, cells: list[str], good: int
) -> None:
    path = tmp_path_factory.mktemp("hostile") / "c.csv"
    quoted = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)
    try:
        claim, told = read(path, HEAD + GOOD * good + quoted + "\n")
    except HabeasError:
        return  # one sentence with its code
    except UnicodeEncodeError:
        return  # half a surrogate is no text of a file
    assert claim.row.size == told.taken
    assert told.rows == told.taken + len(told.aside) + len(told.printed)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "H753"),
        (b"\n", "H753"),
        (HEAD.encode(), "H753"),
        (b"PK\x03\x04rubbish", "H752"),
        (b"\xff\xfe\x00person", "H753"),
        (b"a,a,person\n1,2,3\n", "H753"),
        (b"number,place\n1,2\n", "H752"),
    ],
)
def test_a_file_that_is_none_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, code: str
) -> None:
    path = tmp_path / "c.csv"
    path.write_bytes(content)
    (tmp_path / "s.csv").write_text("person,facility,in,out\np1,A,2026-02-01,2026-02-09\n")
    call = ["fees", "reconcile", "--claim", str(path), "--stays", str(tmp_path / "s.csv")]
    assert run([*call, "--month", "2026-02", "--currency", "USD"]) == 2
    said = capsys.readouterr().err
    assert (code in said, len(said.splitlines())) == (True, 1)


def test_a_file_of_another_form_than_its_name_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "c.parquet"
    path.write_text(HEAD + GOOD)
    with pytest.raises(FeeError, match="H753"):
        mapped(None, path, ("persons",))


def test_roles_that_are_none_and_columns_that_are_not_there_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text(HEAD + GOOD)
    for text in ("who=person", "person=nobody", "person=", "person=person"):
        with pytest.raises(FeeError, match="H752"):
            mapped(text, path, ("persons",))


def test_instants_have_their_civil_days_in_the_agreements_zone(tmp_path: Path) -> None:
    row = "p1,A,2026-02-02T05:30:00Z,2026-02-09T06:00:00+00:00,,,\n"
    claim, told = read(tmp_path / "c.csv", HEAD + row)
    first = day(date(2026, 2, 1))
    assert told.aside == ()
    assert (claim.first[0], claim.after[0], claim.touched[0]) == (first, first + 8, first + 8)


def test_a_row_without_departure_is_open_up_to_the_end(tmp_path: Path) -> None:
    claim, _ = read(tmp_path / "c.csv", HEAD + "p1,A,2026-02-01,,28,46.25,1295\n")
    assert (claim.open.tolist(), claim.after.tolist()) == ([True], [HOW.until])


def test_money_without_a_currency_is_refused_and_another_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text(HEAD + GOOD)
    _, names = mapped(None, path, ("persons",))
    with pytest.raises(FeeError, match="H754"):
        persons(path, names, How("UTC", 2, "", 20_513))
    path.write_text(
        HEAD.strip() + ",currency\n" + GOOD.strip() + ",EUR\n" + GOOD.strip() + ",USD\n"
    )
    _, names = mapped(None, path, ("persons",))
    claim, told = persons(path, names, HOW)
    assert (claim.row.tolist(), told.aside[0].reason) == ([3], "the currency is not USD")


def test_parquet_with_dates_and_numbers_reads_as_csv_does(tmp_path: Path) -> None:
    csv_claim, _ = read(tmp_path / "c.csv", HEAD + GOOD)
    table = pa.table(
        {
            "person": ["p1"],
            "facility": ["A"],
            "in": [date(2026, 2, 1)],
            "out": [date(2026, 2, 9)],
            "days": [8],
            "rate": [46.25],
            "amount": pa.array([370], pa.decimal128(12, 2)),
        }
    )
    path = tmp_path / "c.parquet"
    pq.write_table(table, path)
    _, names = mapped(None, path, ("persons",))
    claim, told = persons(path, names, HOW)
    assert told.aside == ()
    for column in ("first", "after", "touched", "days", "rate", "amount"):
        assert getattr(claim, column).tolist() == getattr(csv_claim, column).tolist()


def test_quantities_keep_an_unknown_capacity_unknown(tmp_path: Path) -> None:
    path = tmp_path / "q.csv"
    path.write_text("facility,month,days,places\nA,2026-02,100,AS NEEDED\nB,2026-13,1,5\n")
    form, names = mapped(None, path, ("persons", "quantities"))
    cells, told = quantities(path, names, HOW, 0)
    assert (form, cells.places.tolist(), [one.row for one in told.aside]) == (
        "quantities",
        [UNSTATED],
        [3],
    )


def test_a_series_drops_no_day_that_is_present_and_keeps_none_that_is_not(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_text(
        "facility,date,count,any\nA,2026-02-01,3,4\nA,2026-02-02,0,2\nA,2026-02-03,0,0\n"
    )
    _, names = mapped("facility=facility,date=date,count=count,present=any", path, ("series",))
    assert series(path, names)[0].quantity.tolist() == [3, 0]
    _, names = mapped(None, path, ("series",))
    assert series(path, names)[0].quantity.tolist() == [3]


def test_stays_without_facility_compare_with_no_place(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_text("person,in,out\np1,2026-02-01,2026-02-09\np2,2026-02-09,2026-02-01\n")
    _, names = mapped(None, path, ("stays",))
    side, told = stays(path, names, HOW)
    assert (side.facilities, side.person.size, told.aside[0].reason) == (
        ("",),
        1,
        "the stay ends before it begins",
    )


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("what,claim\nperson,x\n", 1),
        ("what,claim,register\nship,x,y\n", 2),
        ("what,claim,register\nperson,x,\n", 2),
        ("what,claim,register,from\nperson,x,y,soon\n", 2),
        ("what,claim,register\nperson,x,y\nperson,x,z\n", 3),
    ],
)
def test_an_alias_that_is_wrong_refuses_the_file_with_its_row(
    tmp_path: Path, text: str, where: int
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(FeeError, match="H756") as caught:
        claim_alias_file.aliases(path)
    assert caught.value.faults[0].line == where


def test_only_the_named_columns_are_read(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("person,in,out,nationality\np1,2026-02-01,2026-02-09,somewhere\n")
    form, names = mapped(None, path, ("persons",))
    assert (form, set(names)) == ("persons", {"person", "in", "out"})
    assert "somewhere" not in str(claim_file.persons(path, names, HOW))


def test_lines_are_those_that_an_editor_counts_and_bytes_that_are_no_text_spoil_one(
    tmp_path: Path,
) -> None:
    path = tmp_path / "c.csv"
    lines = [HEAD, "\r\n", GOOD, "\n", GOOD.replace("8,", "x,", 1), GOOD]
    path.write_bytes("".join(lines).encode() + b"p\xe9" + GOOD.encode() + GOOD.encode())
    claim, told = persons(path, mapped(None, path, ("persons",))[1], HOW)
    assert claim.row.tolist() == [3, 6, 8]
    assert [(one.row, one.reason[:22]) for one in told.aside] == [
        (5, "days 'x' is not digits"), (7, "the line is not UTF-8"),
    ]  # fmt: skip


def test_an_open_quote_swallows_no_row(tmp_path: Path) -> None:
    text = f'{HEAD}p0,"A,2026-02-01,2026-02-09,8,1,8\n{GOOD}p2,"A",2026-02-01,2026-02-09,8,1,8\n'
    claim, told = read(tmp_path / "c.csv", text)
    assert (told.rows, told.taken, [one.row for one in told.aside]) == (3, 2, [2])
    assert claim.persons == ("p1", "p2")
    assert told.aside[0].cells == ('p0,"A,2026-02-01,2026-02-09,8,1,8',)


@pytest.mark.parametrize("end", ["1969-12-30", "1969-12-31", "1970-01-01"])
def test_a_day_beside_1970_is_a_day_and_no_open_end(tmp_path: Path, end: str) -> None:
    claim, told = read(tmp_path / "c.csv", HEAD + f"p1,A,1969-12-29,{end},,,\np2,A,{end},,,,\n")
    assert (told.aside, claim.open.tolist()) == ((), [False, True])
    assert claim.after[0] == claim.touched[0] - 1 == claim.first[1] == day(date.fromisoformat(end))
    path = tmp_path / "s.csv"
    path.write_text(f"person,facility,in,out\np1,A,1969-12-29T00:00:00Z,{end}T23:59:59Z\n")
    held, told = stays(path, mapped(None, path, ("stays",))[1], HOW)
    assert (told.aside, held.open.tolist()) == ((), [False])


def test_a_claim_in_several_currencies_is_not_one_sum(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, rows = tmp_path / "c.csv", GOOD.strip()
    path.write_text(f"{HEAD.strip()},currency\n{rows},KWD\n{rows},\n{rows},USD\n")
    (tmp_path / "s.csv").write_text("person,facility,in,out\np1,A,2026-02-01,2026-02-09\n")
    call = ["fees", "reconcile", "--claim", str(path), "--stays", str(tmp_path / "s.csv"),
            "--month", "2026-02", "--json"]  # fmt: skip
    assert run(call) == 2
    assert "H754" in capsys.readouterr().err
    assert run([*call, "--currency", "USD"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["claim"]["set_aside"], found["totals"]["claimed_minor"]) == (2, 37_000)
    assert run([*call, "--currency", "XXL"]) == 2
    assert "H763" in capsys.readouterr().err
    path.write_text(path.read_text().replace("USD", "KWD").replace("46.25,370.00", "46.255,370.04"))
    assert run(call) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["currency"], found["exponent"], found["price_minor"]) == ("KWD", 3, 46_255)


def test_an_alias_that_holds_on_no_day_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("what,claim,register,from,until\nperson,x,p1,2026-03-01,2026-03-01\n")
    with pytest.raises(FeeError, match="H756"):
        claim_alias_file.aliases(path)
