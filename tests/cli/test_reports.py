"""Monthly reports and replies to questions: from published tables, and from nothing else."""

import base64
import csv
import hashlib
import json
import shlex
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from pypdf import PdfReader

from habeas.adapters.key_store import SqliteKeys
from habeas.cli.main import run
from report_cases import HOSTILE, PERSON, Page, inked, page, printed, rewritten

MONTHS = ("2027-01", "2027-02", "2027-03")
EE = ["--agreement", "SE-EE"]
NAME = "monthly-SE-EE-2027-03.1"
ASKED = ["--asked-by", "A member", "--reference", "27-118", "--asked-on", "2027-05-03"]
REPLY = "reply-27-118"
QUESTION = """\
question = "How many?"
asked_by = "A member"
reference = "27-118"
asked_on = 2027-05-03
from = "2027-01"
to = "2027-02"

[[figures]]
figure = "died"
"""
Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def lease(demo: Path) -> Path:
    return demo / "se-ee/register.sqlite3"


@pytest.fixture(scope="module")
def issues(lease: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three months as published, of which some counts are withheld."""
    out = tmp_path_factory.mktemp("statistics")
    for month in MONTHS:
        call = ["statistics", "publish", str(lease), *EE, "--as-of", "2027-07-01", "--out"]
        assert run([*call, str(out), "--month", month, "--threshold", "15"]) == 0
    return out


def monthly(lease: Path, issues: Path, out: Path, *more: str) -> int:
    call = ["report", "monthly", str(lease), *EE, "--month", "2027-03", "--out", str(out)]
    return run([*call, "--statistics", str(issues), *more])


def reply(issues: Path, out: Path, question: str, *more: str) -> int:
    call = ["report", "reply", "--question", question, *EE, "--out", str(out)]
    return run([*call, "--statistics", str(issues), *more])


def rows(issues: Path, issue: str, table: str) -> list[dict[str, str]]:
    with (issues / issue / f"{table}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


# What must never be


UNTOLD = ("withheld", "no number")


def test_what_an_issue_withholds_stands_in_no_report(
    lease: Path, issues: Path, tmp_path: Path
) -> None:
    """Each figure of the annex is the cell of the file that it names; an empty one is withheld."""
    assert monthly(lease, issues, tmp_path) == 0
    annex = [one for one in page(tmp_path, f"{NAME}.en").tables if one[0][-1:] == ["Column"]]
    files = ("stock-and-flow", "average-daily-population", "length-of-stay", "fees", "duties")
    assert len(annex) == len(files)
    kept = 0
    for name, table in zip(files, annex, strict=True):
        told = rows(issues, "2027-03.1", name)
        for figure, row, _, column in table[1:]:
            cell = told[int(row) - 1][column]
            assert figure.replace(",", "") == cell or (figure in UNTOLD and not cell)
            kept += figure == UNTOLD[0]
        values = {column for *_, column in table[1:]}
        assert len(table) - 1 == len(told) * len(values)
    assert kept > 0
    assert f"{kept} of the " in page(tmp_path, f"{NAME}.en").words


def test_a_report_is_the_same_where_the_register_can_be_read_no_more(
    lease: Path, issues: Path, tmp_path: Path, capsys: Captured
) -> None:
    """Nobody's events are asked: without the keys of all content the bytes are the same."""
    assert run(["custody", "intervals", str(lease), *EE, "--json"]) == 0
    held = json.loads(capsys.readouterr().out)["rows"]
    bare = Path(shutil.copytree(lease.parent, tmp_path / "bare"))
    with closing(SqliteKeys(bare / "person-keys.sqlite3", bytes)) as keys:
        keys.destroy({one["register_number"] for one in held})
    assert run(["custody", "roll", str(bare / lease.name), *EE]) == 1
    for register, out in ((lease, "one"), (bare / lease.name, "other")):
        assert monthly(register, issues, tmp_path / out) == 0
    for file in (tmp_path / "one").iterdir():
        assert file.read_bytes() == (tmp_path / "other" / file.name).read_bytes()


def test_no_register_number_stands_in_what_is_public(
    lease: Path, issues: Path, tmp_path: Path
) -> None:
    assert monthly(lease, issues, tmp_path) == 0
    span = ["--from", "2027-01", "--to", "2027-03", "--figure", "died"]
    assert reply(issues, tmp_path, "How many?", *ASKED, *span) == 0
    for name in (f"{NAME}.en", f"{REPLY}.en"):
        assert PERSON.search(page(tmp_path, name).words) is None
        assert PERSON.search(" ".join(printed(tmp_path, name))) is None


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (["--month", "2027-04"], "H866"),
        (["--month", "2027-03", "--size", "10"], "H866"),
        (["--month", "2027-03", "--agreement", "NO-NL"], "H867"),
        (["--month", "March"], "H903"),
    ],
)
def test_a_month_that_is_not_public_has_no_report(
    lease: Path, issues: Path, tmp_path: Path, call: list[str], code: str, capsys: Captured
) -> None:
    words = ["report", "monthly", str(lease), "--out", str(tmp_path / "r")]
    words += ["--statistics", str(issues), *(EE if "--agreement" not in call else []), *call]
    assert run(words) == 2
    said = capsys.readouterr().err
    assert said.startswith(code)
    assert len(said.splitlines()) == 1
    assert not (tmp_path / "r").exists()


def test_a_register_that_never_signed_the_checkpoint_is_refused(
    demo: Path, issues: Path, tmp_path: Path, capsys: Captured
) -> None:
    assert monthly(demo / "oas-a57/register.sqlite3", issues, tmp_path / "r") == 2
    assert "H867" in capsys.readouterr().err
    assert not (tmp_path / "r").exists()


def test_an_issue_that_somebody_changed_is_refused(
    lease: Path, issues: Path, tmp_path: Path, capsys: Captured
) -> None:
    changed = Path(shutil.copytree(issues, tmp_path / "s"))
    file = changed / "2027-03.1" / "stock-and-flow.json"
    file.write_text(file.read_text().replace(": 0,", ": 9,", 1))
    assert monthly(lease, changed, tmp_path / "r") == 2
    assert "H885" in capsys.readouterr().err


def _harmless(found: Page, shown: str, paper: str) -> None:
    assert "script" not in found.tags
    assert all(one.startswith("#") for one in found.value("href"))
    assert {name for name, _ in found.attributes if name.startswith(("on", "src"))} == set()
    assert shown in found.words
    assert "".join(shown.split()) in "".join(paper.split())


def test_a_hostile_name_of_a_facility_is_text(lease: Path, issues: Path, tmp_path: Path) -> None:
    changed = Path(shutil.copytree(issues, tmp_path / "s"))
    quoted = HOSTILE.replace('"', '""')
    rewritten(
        changed / "2027-03.1",
        lambda text: text.replace('"TARTU"', f'"{json.dumps(HOSTILE)[1:-1]}"').replace(
            ",TARTU,", f',"{quoted}",'
        ),
    )
    assert monthly(lease, changed, tmp_path) == 0
    _harmless(page(tmp_path, f"{NAME}.en"), HOSTILE, " ".join(printed(tmp_path, f"{NAME}.en")))


def test_a_hostile_question_is_text(issues: Path, tmp_path: Path) -> None:
    span = ["--from", "2027-01", "--to", "2027-01", "--figure", "died"]
    assert reply(issues, tmp_path, HOSTILE, *ASKED, *span) == 0
    _harmless(page(tmp_path, f"{REPLY}.en"), HOSTILE, " ".join(printed(tmp_path, f"{REPLY}.en")))


def test_long_words_stay_on_the_sheet_and_are_copied_whole(
    issues: Path, tmp_path: Path, program: Callable[[str], str]
) -> None:
    """Hashes and a word of 300 letters break, and no sign that nobody sees comes with them."""
    span = ["--from", "2027-01", "--to", "2027-03", "--figure", "died"]
    assert reply(issues, tmp_path, "ab" * 150, *ASKED, *span) == 0
    assert inked(tmp_path / f"{REPLY}.en.pdf", program("pdftoppm"), 0.09) == []
    text = "".join(printed(tmp_path, f"{REPLY}.en"))
    assert "\u200b" not in text
    assert "ab" * 150 in text.replace(" ", "")


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (["--from", "2027-01", "--to", "2027-03", "--figure", "beaten"], "H868"),
        (["--from", "2027-01", "--to", "2027-03", "--figure", "died,facility=NOWHERE"], "H868"),
        (["--from", "2027-01", "--to", "2027-03", "--figure", "died,cell=1"], "H868"),
        (["--from", "2027-01", "--to", "2027-04", "--figure", "died"], "H866"),
        (["--from", "2027-03", "--to", "2027-01", "--figure", "died"], "H869"),
        (["--from", "2027-01", "--to", "2099-01", "--figure", "died"], "H869"),
        (["--from", "2027-01", "--to", "2027-13", "--figure", "died"], "H869"),
        (["--from", "2027-01", "--to", "2027-03", "--figure", ",facility=TARTU"], "H869"),
        (["--from", "2027-01", "--to", "2027-03"], "H869"),
        (["--from", "2027-01", "--figure", "died"], "H869"),
    ],
)
def test_what_nobody_published_is_refused_in_one_sentence(
    issues: Path, tmp_path: Path, call: list[str], code: str, capsys: Captured
) -> None:
    assert reply(issues, tmp_path / "r", "How many?", *ASKED, *call) == 2
    said = capsys.readouterr().err
    assert said.startswith(code)
    assert len(said.splitlines()) == 1
    assert not (tmp_path / "r").exists()


def test_a_question_about_somebody_is_not_answered_in_public(
    issues: Path, tmp_path: Path, capsys: Captured
) -> None:
    span = ["--from", "2027-01", "--to", "2027-01", "--figure", "died"]
    who = "p_" + "7q3k9x2m4v8t1z5w0r6y3b8c9d"
    assert reply(issues, tmp_path / "r", f"Where is {who}?", *ASKED, *span) == 2
    assert "H869" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (QUESTION, "no toml"),
        (QUESTION, "question = 1"),
        ("2027-05-03", '"then"'),
        ("2027-05-03", "2027-05-03T10:00:00"),
        ('"2027-01"', "2027"),
        ('[[figures]]\nfigure = "died"', 'figures = ["died"]'),
        ('[[figures]]\nfigure = "died"', 'figures = "died"'),
        ('figure = "died"', 'facility = "TARTU"'),
        ('figure = "died"', 'figure = "died"\nfacility = 7'),
        ('question = "How many?"', 'question = ""'),
        ('question = "How many?"', 'question = "How many?"\nanswer = "none"'),
    ],
)
def test_a_file_that_is_no_question_is_one_sentence(
    issues: Path, tmp_path: Path, old: str, new: str, capsys: Captured
) -> None:
    file = tmp_path / "q.toml"
    file.write_text(QUESTION.replace(old, new, 1))
    assert reply(issues, tmp_path / "r", str(file)) == 2
    said = capsys.readouterr().err
    assert said.startswith("H869")
    assert len(said.splitlines()) == 1


# What they say


def test_the_call_in_a_report_makes_the_issue_again(
    lease: Path, issues: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    span = ["--from", "2027-01", "--to", "2027-03", "--figure", "died"]
    assert reply(issues, tmp_path, "How many?", *ASKED, *span) == 0
    assert monthly(lease, issues, tmp_path) == 0
    monkeypatch.chdir(lease.parent)
    out = str(tmp_path / "again")
    for line in page(tmp_path, f"{REPLY}.en").typed[1:]:
        words = shlex.split(line.replace("REGISTER", lease.name))
        assert words.pop(0) == "habeas"
        words[words.index("--out") + 1] = out
        assert run(words) == 0
    said = page(tmp_path, f"{NAME}.en").words
    digest = hashlib.sha256((tmp_path / "again/2027-03.1/datapackage.json").read_bytes())
    assert digest.hexdigest() in said


def test_a_reply_gives_every_month_as_published(issues: Path, tmp_path: Path) -> None:
    figures = ("stock_at_end", "stock_at_end,custodian=receiving,facility=TARTU",
               "average_daily_population")  # fmt: skip
    span = ["--from", "2027-01", "--to", "2027-03"]
    span += [word for one in figures for word in ("--figure", one)]
    assert reply(issues, tmp_path, "How many?", *ASKED, *span) == 0
    shown = page(tmp_path, f"{REPLY}.en").tables[1][1:]
    wanted = []
    for month in MONTHS:
        stock = {
            (row["custodian"], row["facility"], row["measure"]): row["count"]
            for row in rows(issues, f"{month}.1", "stock-and-flow")
        }
        (mean,) = (
            row["average_daily_population"]
            for row in rows(issues, f"{month}.1", "average-daily-population")
            if (row["custodian"], row["facility"]) == ("both", "all")
        )
        wanted.append(
            [
                stock["both", "all", "stock_at_end"] or "withheld",
                stock["receiving", "TARTU", "stock_at_end"] or "withheld",
                mean or "withheld",
            ]
        )
    assert [row[1:] for row in shown] == wanted
    assert [row[0] for row in shown] == ["January 2027", "February 2027", "March 2027"]


def test_a_file_of_a_question_says_what_options_say(issues: Path, tmp_path: Path) -> None:
    file = tmp_path / "q.toml"
    file.write_text(QUESTION + 'facility = "TARTU"\ncustodian = "receiving"\n')
    assert reply(issues, tmp_path / "a", str(file)) == 0
    span = ["--from", "2027-01", "--to", "2027-02", "--figure"]
    wanted = "died,facility=TARTU,custodian=receiving"
    assert reply(issues, tmp_path / "b", "How many?", *ASKED, *span, wanted) == 0
    one, other = page(tmp_path / "a", f"{REPLY}.en"), page(tmp_path / "b", f"{REPLY}.en")
    assert one.tables == other.tables
    assert reply(issues, tmp_path / "c", str(file), *span, wanted) == 2


def test_a_revised_month_is_told_with_its_reason(lease: Path, issues: Path, tmp_path: Path) -> None:
    changed = Path(shutil.copytree(issues, tmp_path / "s"))
    shutil.copytree(changed / "2027-03.1", changed / "2027-03.2")
    rewritten(
        changed / "2027-03.2", lambda text: text,
        issue=2, reason="a late record", supersedes="ab" * 32,
    )  # fmt: skip
    span = ["--from", "2027-03", "--to", "2027-03", "--figure", "died"]
    assert reply(changed, tmp_path, "How many?", *ASKED, *span) == 0
    assert (
        "was revised in issue 2. Reason given: a late record" in page(tmp_path, f"{REPLY}.en").words
    )
    assert monthly(lease, changed, tmp_path) == 0
    found = page(tmp_path, "monthly-SE-EE-2027-03.2.en")
    assert "ab" * 32 in found.words
    assert "--revise 'a late record'" in found.typed[0]


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_report_is_tagged_dated_in_its_language_and_the_same_each_time(
    lease: Path, issues: Path, tmp_path: Path, language: str
) -> None:
    for out in ("a", "b"):
        assert monthly(lease, issues, tmp_path / out, "--language", language) == 0
    name = f"{NAME}.{language}"
    for end in ("html", "pdf"):
        one, other = ((tmp_path / out / f"{name}.{end}").read_bytes() for out in ("a", "b"))
        assert one == other
    read = PdfReader(tmp_path / "a" / f"{name}.pdf")
    title = {"en": "SE-EE: March 2027", "es": "SE-EE: marzo de 2027"}[language]
    assert str(read.root_object["/Lang"]) == language
    assert read.metadata is not None
    assert read.metadata.title == title
    assert b"<pdfuaid:part>1</pdfuaid:part>" in (tmp_path / "a" / f"{name}.pdf").read_bytes()
    review = {"en": "No lawyer has reviewed", "es": "Ningún abogado ha revisado"}[language]
    spanish = {"en": "translation that nobody", "es": "traducción que nadie ha"}[language]
    found = page(tmp_path / "a", name)
    for words in (review, spanish, "12,032"[:2]):
        assert words in found.words
        assert words in " ".join(printed(tmp_path / "a", name))
    assert f'lang="{language}"' in (tmp_path / "a" / f"{name}.html").read_text()


def test_every_figure_of_a_page_leads_to_where_it_stands(
    lease: Path, issues: Path, tmp_path: Path
) -> None:
    assert monthly(lease, issues, tmp_path) == 0
    found = page(tmp_path, f"{NAME}.en")
    annex = [one for one in found.tables if one[0][-1:] == ["Column"]]
    assert len(found.value("href")) == sum(len(one) - 1 for one in annex) > 100
    assert {one[1:] for one in found.value("href")} <= set(found.value("id"))
    assert len(found.value("id")) == len(set(found.value("id")))


def test_the_page_lets_nothing_in_but_its_own_style(
    lease: Path, issues: Path, tmp_path: Path
) -> None:
    assert monthly(lease, issues, tmp_path) == 0
    found = page(tmp_path, f"{NAME}.en")
    digest = base64.b64encode(hashlib.sha256(found.style.encode()).digest()).decode()
    (policy,) = (one for one in found.value("content") if "default-src" in one)
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'")
    assert "url(" not in found.style
    assert found.tags.isdisjoint({"script", "img", "link", "iframe", "form", "object"})


def test_a_report_prints_one_document_of_its_files(
    lease: Path, issues: Path, tmp_path: Path, capsys: Captured
) -> None:
    capsys.readouterr()
    assert monthly(lease, issues, tmp_path, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["issue"] == "2027-03.1"
    for one in told["files"]:
        data = (tmp_path / one["file"]).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (one["bytes"], one["sha256"])
