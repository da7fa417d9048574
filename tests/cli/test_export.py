"""A statement as files: out of saved statements and out of a register, refused in one sentence."""

import csv
import hashlib
import io
import json
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from pypdf import PdfReader

from habeas.cli.main import run
from habeas.service import SYNTHETIC
from statements import Document, document, line
from statements import stated as of_schedule

Printed = pytest.CaptureFixture[str]


@pytest.fixture
def saved(tmp_path: Path) -> Callable[..., str]:
    def save(found: object, name: str = "s.json") -> str:
        text = found if isinstance(found, str) else json.dumps(found)
        (tmp_path / name).write_text(text, encoding="utf-8")
        return str(tmp_path / name)

    return save


def exported(out: Path, *words: str) -> bytes:
    assert run(["fees", "export", *words, "--out", str(out)]) == 0
    return out.read_bytes()


def refused(capsys: Printed, *words: str) -> str:
    capsys.readouterr()
    assert run(["fees", "export", *words]) == 2
    return capsys.readouterr().err


def rows(text: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.decode())))


def pdf_text(pdf: bytes) -> str:
    pages = PdfReader(io.BytesIO(pdf)).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    return text.replace("\u00ad", "-")  # one glyph of the font stands for both hyphens


def test_lines_as_csv_and_parquet_are_the_same_rows(
    tmp_path: Path, saved: Callable[..., str]
) -> None:
    path = saved(document(line(amount=-5, quantity="380/31"), line(amount=None), line(hash="ab")))
    found = rows(exported(tmp_path / "l.csv", path))
    exported(tmp_path / "l.parquet", path)
    assert found == pq.read_table(tmp_path / "l.parquet").to_pylist()
    first, second, third = found
    assert (first["amount_minor"], first["amount"], first["priced"]) == ("-5", "-0.05", "priced")
    assert (first["quantity"], first["quantity_numerator"], first["quantity_denominator"]) == (
        "12.258065", "380", "31",
    )  # fmt: skip
    assert (second["amount_minor"], second["amount"], second["priced"]) == ("", "", "not priced")
    assert third["line_hash"] == "ab"
    assert len({row["statement_sha256"] for row in found}) == 1


def test_a_cell_that_a_spreadsheet_would_run_is_text(
    tmp_path: Path, saved: Callable[..., str]
) -> None:
    found = rows(exported(tmp_path / "l.csv", saved(document(line(text="=1+1", item="-1+2")))))
    assert (found[0]["text"], found[0]["item"]) == ("'=1+1", "'-1+2")


def test_the_json_is_the_statement_and_gives_the_same_files_again(
    tmp_path: Path, saved: Callable[..., str]
) -> None:
    path = saved(of_schedule())
    exported(tmp_path / "again.json", path)
    assert json.loads((tmp_path / "again.json").read_text()).items() >= of_schedule().items()
    again = exported(tmp_path / "a.csv", str(tmp_path / "again.json"))
    assert again == exported(tmp_path / "b.csv", path)


def test_books_of_both_sides(tmp_path: Path, saved: Callable[..., str]) -> None:
    path = saved(of_schedule())
    payer = exported(tmp_path / "a.beancount", path).decode()
    payee = exported(tmp_path / "b.beancount", path, "--view", "payee").decode()
    assert "Expenses:Custody:PaidForEmpty  1530000.00 EUR" in payer
    assert "Income:Custody:PaidForEmpty  -1530000.00 EUR" in payee
    assert "No lawyer has reviewed" in payer
    journal = rows(exported(tmp_path / "j.csv", path, "--form", "journal"))
    assert sum(int(row["amount_minor"]) for row in journal) == 0


def test_an_invoice_needs_its_particulars(
    tmp_path: Path, saved: Callable[..., str], capsys: Printed
) -> None:
    path, out = saved(of_schedule()), tmp_path / "i.xml"
    said = refused(capsys, path, "--out", str(out))
    assert said.startswith("H766 the invoice lacks 'due' or 'terms'")
    assert not out.exists()
    particulars = saved('terms = "30 days"\n[seller]\nname = "Treasury"\n', "p.toml")
    made = exported(out, path, "--particulars", particulars)
    assert b"<cbc:RegistrationName>Treasury</cbc:RegistrationName>" in made
    assert b"2550000.00" in made


def test_the_page_says_what_a_ministry_asks(tmp_path: Path, demo: Path) -> None:
    path = str(demo / "se-ee/statements/2027-01.json")
    pdf = exported(tmp_path / "s.pdf", path)
    said = pdf_text(pdf)
    wanted = (
        "Sweden; Swedish Prison and Probation Service", "Estonia; Estonian prison service",
        "signed, not ratified", "1 January 2027 to 31 January 2027", "'midnight'",
        "Europe/Tallinn", "EUR 2,550,000.00", "2,445,806.45 is paid for empty places",
        "Paid for empty places", "Persons held", "se-ee as reported; the fee article was not read",
        "380 person-days in all = 380 billed + 0 not billed + 0 undecided",
        "the treaty article decides", "demo.habeas.example/se-ee",
        "demo.habeas.example/se-court/witness", "No lawyer has reviewed", "not a claim for payment",
        "380 days / 31",
    )  # fmt: skip
    assert [words for words in wanted if words not in said] == []
    pages = PdfReader(io.BytesIO(pdf)).pages
    assert all(SYNTHETIC in " ".join(page.extract_text().split()) for page in pages)
    root = PdfReader(io.BytesIO(pdf)).root_object
    assert (str(root["/Lang"]), "'/Marked': True" in str(root["/MarkInfo"])) == ("en", True)
    assert exported(tmp_path / "t.pdf", path) == pdf


def test_a_line_that_is_not_priced_leaves_the_total_unknown_on_the_page(
    tmp_path: Path, saved: Callable[..., str]
) -> None:
    path = saved(document(line(amount=12_345_600), line("not_priced", None)))
    said = pdf_text(exported(tmp_path / "s.pdf", path))
    assert said.count("UNKNOWN") == 3
    assert (
        "Of 2 lines 1 is not priced by the agreement. What is priced comes to EUR 123,456.00"
        in (said)
    )
    assert "EUR 0.00" not in said


def test_markup_in_a_statement_is_only_text_on_the_page(
    tmp_path: Path, saved: Callable[..., str]
) -> None:
    odd = '#panic() *x* $a$ = head <b> #read("/etc/passwd")'
    said = pdf_text(exported(tmp_path / "s.pdf", saved(document(line(odd, text=odd, unit=odd)))))
    assert '#panic() *x* $a$ = head <b> #read("/etc/passwd")' in said


def test_a_register_gives_what_its_saved_statement_gives(tmp_path: Path, demo: Path) -> None:
    register = [str(demo / "se-ee/register.sqlite3"), "--agreement", "SE-EE"]
    one = rows(exported(tmp_path / "a.csv", *register, "--month", "2028-02"))
    two = rows(exported(tmp_path / "b.csv", str(demo / "se-ee/statements/2028-02.json")))
    drop = {"statement_sha256"}  # the kept one says in itself that it is a demonstration
    assert [{k: v for k, v in row.items() if k not in drop} for row in one] == [
        {k: v for k, v in row.items() if k not in drop} for row in two
    ]
    assert {row["mark"] for row in one} == {SYNTHETIC}


def test_occupancy_by_day_sums_to_the_person_days_of_the_statement(
    tmp_path: Path, demo: Path
) -> None:
    register = [str(demo / "se-ee/register.sqlite3"), "--agreement", "SE-EE"]
    span = ["--from", "2027-01-01", "--to", "2029-01-01"]
    out = tmp_path / "o.csv"
    found = rows(exported(out, *register, *span, "--form", "chart-occupancy"))
    days = [
        json.loads(path.read_text())["person_days"]
        for path in (demo / "se-ee/statements").glob("*.json")
    ]
    by_status = Counter[str]()
    for one in days:
        by_status.update({row["status"]: row["person_days"] for row in one["by_status"]})
    held, absent = (sum(int(row[key]) for row in found) for key in ("held", "absent"))
    assert (len(found), len(days)) == (731, 24)
    assert held + absent == sum(one["all"] for one in days)
    # Past the release date somebody is still in the cell, or on the way back.
    assert 0 <= held - by_status["held"] <= by_status["past_release_date"]
    assert absent > 0


def test_paid_by_month_sums_to_the_totals(tmp_path: Path, demo: Path) -> None:
    paths = [str(path) for path in sorted((demo / "se-ee/statements").glob("*.json"))]
    found = rows(exported(tmp_path / "p.csv", *paths, "--form", "chart-paid"))
    totals = [json.loads(Path(path).read_text())["total_minor"] for path in paths]
    assert sum(int(row["amount_minor"]) for row in found) == sum(totals)
    assert {row["month"] for row in found} == {f"{Path(path).stem}-01" for path in paths}


def test_a_claim_is_drawn_only_for_months_that_both_know(
    tmp_path: Path, demo: Path, saved: Callable[..., str], capsys: Printed
) -> None:
    path = str(demo / "se-ee/statements/2027-02.json")
    billed = json.loads(Path(path).read_text())["person_days"]["billed"]
    claim = saved(f"month,person_days\n2027-02,{billed + 7}\n2027-09,1\n", "claim.csv")
    out, form = tmp_path / "c.csv", ["--form", "chart-claim", "--claim", claim]
    assert rows(exported(out, path, *form)) == [
        {"month": "2027-02-01", "register": str(billed), "claimed": str(billed + 7),
         "difference": "7"},
    ]  # fmt: skip
    svg = exported(tmp_path / "c.svg", path, *form).decode()
    assert "Not drawn: 2027-09, claimed without a statement" in svg
    assert "7 person-days claimed too many and 0 too few" in svg
    bad = saved("month,person_days\n2027-13,1\n2027-02,-4\n2027-03,5\n2027-03,5\n", "bad.csv")
    said = refused(capsys, path, "--form", "chart-claim", "--claim", bad, "--out", str(out))
    assert [one.split(": ")[0].rpartition("bad.csv:")[2] for one in said.splitlines()] == [
        "2", "3", "5",
    ]  # fmt: skip


def test_a_folder_holds_everything_and_says_what_is_not_in_it(
    tmp_path: Path, demo: Path, capsys: Printed
) -> None:
    path, out = str(demo / "se-ee/statements/2028-02.json"), tmp_path / "all"
    capsys.readouterr()
    assert run(["fees", "export", path, "--all", str(out), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    for one in told["files"]:
        assert hashlib.sha256(Path(one["file"]).read_bytes()).hexdigest() == one["sha256"]
    assert {Path(one["file"]).name for one in told["files"]} == {one.name for one in out.iterdir()}
    assert [one["file"] for one in told["not_written"]] == [
        "invoice.xml", "chart-occupancy", "chart-claim",
    ]  # fmt: skip
    index = (out / "index.html").read_text()
    assert all(one["why"].replace("'", "&#x27;") in index for one in told["not_written"])
    assert SYNTHETIC in index
    assert "://" not in index
    before = {one.name: one.read_bytes() for one in out.iterdir()}
    assert run(["fees", "export", path, "--all", str(out)]) == 0
    assert {one.name: one.read_bytes() for one in out.iterdir()} == before


def test_one_number_never_stands_on_several_invoices(
    tmp_path: Path, demo: Path, saved: Callable[..., str], capsys: Printed
) -> None:
    paths = [str(demo / f"se-ee/statements/2028-0{n}.json") for n in (1, 2)]
    particulars = saved('terms = "30 days"\nnumber = "7"\n', "p.toml")
    out = tmp_path / "all"
    assert run(["fees", "export", *paths, "--all", str(out), "--particulars", particulars]) == 0
    assert capsys.readouterr().err.count("H766 the number '7' would stand on several") == 2
    assert not list(out.glob("invoice*"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["s.json"], "H901 an export needs a source, and either --out FILE or --all DIR"),
        (["s.json", "--out", "x.svg"], "H768 '.svg' leaves open what"),
        (["s.json", "--out", "x.csv", "--form", "pdf"], "H768 'pdf' is not written as '.csv'"),
        (["s.json", "--out", "x.csv", "--form", "what"], "H768 'what' is no form"),
        (["s.json", "s.json", "--out", "x.csv"], "H768 two statements hold 2027-03-01"),
        (["s.json", "t.json", "--out", "x.csv"], "H768 the statements are of several agreements"),
        (["s.json", "--out", "x.svg", "--form", "chart-occupancy"], "H768 occupancy by day"),
        (["s.json", "--out", "x.svg", "--form", "chart-claim"], "H768 the chart of a claim"),
        (["s.json", "t.json", "--agreement", "SE-EE", "--month", "2027-01", "--out", "x.csv"],
         "H768 --agreement asks for one register"),
        (["s.json", "--agreement", "SE-EE", "--out", "x.csv"], "H901 an export of a register"),
        (["s.json", "--agreement", "SE-EE", "--month", "2027-01", "--out", "x.csv"], "H56"),
        (["none.json", "--out", "x.csv"], "H902"),
        (["b.json", "--out", "x.csv"], "H761 this is no statement: "),
        (["u.json", "--out", "x.csv"], "no agreement"),
        (["n.json", "--form", "chart-paid", "--out", "x.svg"], "H768 no line is priced"),
    ],
)  # fmt: skip
def test_a_call_that_cannot_be_is_one_sentence(
    tmp_path: Path, saved: Callable[..., str], capsys: Printed, words: list[str], said: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    saved(of_schedule())
    saved(of_schedule("DK-XK"), "t.json")
    saved('{"a": 1, "a": 2}', "b.json")
    saved(document(line(), agreement="XX-YY"), "u.json")
    saved(document(line(amount=None)), "n.json")
    monkeypatch.chdir(tmp_path)
    told = refused(capsys, *words)
    assert said in told
    assert len(told.splitlines()) == 1
    assert not list(tmp_path.glob("x.*"))


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", "nul", '{"lines": NaN}', "[" * 100_000, '{"a":1,"a":2}', "\x00", "1" * 9_999],
)
def test_a_broken_file_is_one_sentence(
    tmp_path: Path, saved: Callable[..., str], capsys: Printed, text: str
) -> None:
    told = refused(capsys, saved(text), "--out", str(tmp_path / "x.csv"))
    assert "H761 this is no statement: " in told
    assert len(told.splitlines()) == 1


def test_an_amount_with_a_point_is_no_amount(
    tmp_path: Path, saved: Callable[..., str], capsys: Printed
) -> None:
    found: Document = of_schedule()
    text = json.dumps(found).replace('"total_minor": 255000000', '"total_minor": 255000000.0')
    told = refused(capsys, saved(text), "--out", str(tmp_path / "x.csv"))
    assert "H761 this is no statement: expected 'int | null', got 'str' - at 'total_minor'" in told


@pytest.mark.parametrize(
    ("module", "needs", "name", "form"),
    [
        ("facturx", "e_invoice", "x.xml", "ubl"),
        ("altair", "charts", "x.svg", "chart-paid"),
        ("typst", "documents", "x.pdf", "pdf"),
    ],
)
def test_without_its_library_an_export_says_what_to_type(  # noqa: PLR0913, PLR0917
    tmp_path: Path, saved: Callable[..., str], capsys: Printed, monkeypatch: pytest.MonkeyPatch,
    module: str, needs: str, name: str, form: str,
) -> None:  # fmt: skip
    import habeas.adapters  # noqa: PLC0415 - its attribute is taken away below

    for loaded in [one for one in sys.modules if one.split(".")[0] == module]:
        monkeypatch.delitem(sys.modules, loaded)
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.delitem(sys.modules, f"habeas.adapters.{needs}", raising=False)
    monkeypatch.delattr(habeas.adapters, needs, raising=False)
    told = refused(capsys, saved(of_schedule()), "--form", form, "--out", str(tmp_path / name))
    assert "Type: pip install 'habeas[" in told
    assert len(told.splitlines()) == 1
