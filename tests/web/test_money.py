"""Statements, claims, notes and disputes: who may, the command's figures, bad files, each move."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from habeas.adapters.settlement_file import SETTLEMENTS, SettlementFile
from habeas.terms import Office, Settlement
from habeas.web.readmodels.models import Interval
from installed import browser, command, served

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MONTH = "2026-10"
SEE = {Office.FINANCE, Office.AUDITOR}
PAGES = (
    "money/", f"money/statements/{MONTH}/", f"money/statements/{MONTH}/json",
    f"money/statements/{MONTH}/persons.csv", f"money/statements/{MONTH}/note/", "money/claims/",
    "money/disputes/",
)  # fmt: skip
pytestmark = pytest.mark.usefixtures("folder")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, _made: Path) -> Iterator[Path]:
    with served(tmp_path_factory, "SE-EE", "EE", NOW) as own:
        yield own


@pytest.fixture
def finance() -> Client:
    return browser(Office.FINANCE, "EE-FINANCE")


@pytest.fixture
def payer() -> Client:
    return browser(Office.FINANCE, "SE-FINANCE")


def told(folder: Path, month: str = MONTH) -> dict[str, Any]:
    register = str(folder / "register.sqlite3")
    return command("fees", "statement", register, "--agreement", "SE-EE", "--month", month)


@pytest.mark.parametrize("office", list(Office))
def test_only_those_of_the_table_see_money(office: Office) -> None:
    client, expected = browser(office), 200 if office in SEE else 404
    assert [client.get(f"/en/{one}").status_code for one in PAGES] == [expected] * len(PAGES)


def test_a_stranger_sees_no_money() -> None:
    stranger = browser(Office.SENDING_OFFICER, "QM-STRANGER")
    assert {stranger.get(f"/en/{one}").status_code for one in PAGES} == {404}


def test_an_auditor_uploads_and_answers_nothing() -> None:
    auditor = browser(Office.AUDITOR)
    file = SimpleUploadedFile("a.csv", b"person,in,out\n")
    assert auditor.post("/en/money/claims/", {"file": file}).status_code == 404
    page = auditor.get("/en/money/claims/").content.decode()
    assert 'type="file"' not in page


def test_a_statement_is_that_of_the_command(folder: Path, finance: Client) -> None:
    found = told(folder)
    shown = finance.get(f"/en/money/statements/{MONTH}/json").json()
    assert shown == {key: value for key, value in found.items() if key in shown}
    assert set(found) - set(shown) <= {"habeas"}
    assert shown["hash"] == found["hash"]
    page = finance.get(f"/en/money/statements/{MONTH}/").content.decode()
    assert shown["hash"] in page
    assert found["total"].replace(" ", "\N{NO-BREAK SPACE}") in page


def test_a_statement_says_which_of_its_entries_are_not_settled(
    folder: Path, finance: Client
) -> None:
    page = f"/en/money/statements/{MONTH}/"
    assert "Settled in both logs" in finance.get(page).content.decode()
    entry = Interval.objects.filter(custodian="receiving", end=None).order_by("start")[0].event_in
    with closing(SettlementFile(folder / SETTLEMENTS)) as ledger:
        was = ledger.at([entry])[entry]
        ledger.keep([replace(was, state=Settlement.DISPUTED)])
        shown = finance.get(page).content.decode()
        left = finance.get(f"{page}json").json()["between_logs"]
        ledger.keep([was])
    assert [one["index"] for one in left["not_settled"]] == [entry]
    assert f"1 of {left['events']} register entries is not settled" in shown
    assert "Disputed between both logs" in shown


def test_the_months_that_are_over_are_final_and_this_one_is_provisional(
    folder: Path, finance: Client
) -> None:
    page = finance.get("/en/money/").content.decode()
    assert page.count("Provisional") == 1
    assert page.count(">Final<") + page.count("Final</strong>") >= 1
    assert told(folder, "2026-10")["state"] == "final"


def test_the_person_intervals_sum_to_the_statement(folder: Path, finance: Client) -> None:
    answer = finance.get(f"/en/money/statements/{MONTH}/persons.csv").content.decode()
    sums: Counter[str] = Counter()
    for row in csv.DictReader(io.StringIO(answer)):
        sums[row["status"]] += int(row["person_days"])
    days = told(folder)["person_days"]["by_status"]
    assert {one["status"]: one["person_days"] for one in days} == dict(sums)


@pytest.mark.parametrize("month", ["2026-13", "x", "2026-1", "0000-01", "9999-12"])
def test_a_month_that_is_none_is_not_there(finance: Client, month: str) -> None:
    assert finance.get(f"/en/money/statements/{month}/").status_code == 404


@pytest.mark.parametrize("form", ["lines", "journal", "beancount", "pdf"])
def test_each_file_is_made(finance: Client, form: str) -> None:
    answer = finance.get(f"/en/money/statements/{MONTH}/{form}")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.content


def test_an_invoice_that_lacks_particulars_says_which(finance: Client) -> None:
    answer = finance.get(f"/en/money/statements/{MONTH}/ubl")
    assert answer.status_code == 422
    assert "H76" in answer.content.decode()
    assert finance.get(f"/en/money/statements/{MONTH}/doc").status_code == 404


def test_a_note_tells_what_changed_since_a_statement_was_sent(finance: Client) -> None:
    sent = finance.get(f"/en/money/statements/{MONTH}/json").content
    same = SimpleUploadedFile("sent.json", sent)
    page = finance.post(f"/en/money/statements/{MONTH}/note/", {"file": same})
    assert "Nothing changes" in page.content.decode()
    other = finance.get("/en/money/statements/2026-09/json").content
    wrong = SimpleUploadedFile("sent.json", other)
    refused = finance.post(f"/en/money/statements/{MONTH}/note/", {"file": wrong})
    assert refused.status_code == 422
    assert "H730" in refused.content.decode()


BAD = {
    "empty": ("a.csv", b"   \n", "H843"),
    "binary": ("a.csv", b"person\0,in\n", "H843"),
    "latin": ("a.csv", "person,año\n".encode("latin-1"), "H843"),
    "large": ("a.csv", b"x" * (5 * 1024 * 1024 + 1), "H843"),
    "program": ("a.exe", b"person,in,out\n", "H844"),
    "page": ("a.html", b"<script>alert(1)</script>", "H844"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_upload_is_refused_beside_its_field(folder: Path, finance: Client, case: str) -> None:
    name, data, code = BAD[case]
    before = set((folder / "claims").glob("*"))
    answer = finance.post("/en/money/claims/", {"file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert code in page
    assert "govuk-error-summary" in page
    assert set((folder / "claims").glob("*")) == before


@pytest.mark.parametrize("name", ["../installation", "..", "a" * 64, "installation.json"])
def test_a_claim_has_no_name_of_its_sender(finance: Client, name: str) -> None:
    assert finance.get(f"/en/money/claims/{name}/").status_code == 404
    assert finance.get(f"/en/money/disputes/{name}/").status_code == 404


def _claim(folder: Path) -> bytes:
    """A claim by the register's own stays, each a day too long."""
    rows = io.StringIO()
    out = csv.writer(rows, lineterminator="\n")
    out.writerow(["number", "=book_in", "book_out"])
    found = command(
        "custody", "roll", str(folder / "register.sqlite3"), "--agreement", "SE-EE",
        "--side", "receiving", "--as-of", "2026-10-31",
    )  # fmt: skip
    for one in found["rows"]:
        start = max("2026-10-01", one["since"][:10])
        out.writerow([one["register_number"], start, "2026-10-31"])
    out.writerow(["=HYPERLINK(1)", "2026-10-01", "2026-10-03"])
    out.writerow(["p_nobody", "2026-10-01", "2026-10-03"])
    return rows.getvalue().encode()


QUERY = {
    "month": MONTH, "column_person": "number", "column_in": "=book_in", "column_out": "book_out",
}  # fmt: skip


@pytest.fixture
def claim(folder: Path, finance: Client) -> str:
    """The address of an uploaded claim."""
    file = SimpleUploadedFile("claim.csv", _claim(folder))
    answer = finance.post("/en/money/claims/", {"file": file})
    assert answer.status_code == 302
    return str(answer.headers["Location"])


def test_a_reconciliation_is_that_of_the_command(folder: Path, finance: Client, claim: str) -> None:
    path = folder / "claims" / f"{claim.rstrip('/').rsplit('/', 1)[1]}.csv"
    found = command(
        "fees", "reconcile", str(folder / "register.sqlite3"), "--agreement", "SE-EE",
        "--claim", str(path), "--month", MONTH,
        "--columns", "person=number,in==book_in,out=book_out",
    )  # fmt: skip
    shown = finance.get(claim, {**QUERY, "format": "json"}).json()
    for key in ("totals", "causes", "diagnosis", "largest", "unmatched", "claim"):
        assert shown[key] == found[key], key
    page = finance.get(claim, QUERY).content.decode()
    assert found["diagnosis"]["sentence"] in page.replace("&#x27;", "'")
    text = finance.get(claim, {**QUERY, "format": "txt"}).content.decode()
    assert text.startswith("CLAIM AGAINST REGISTER")


def test_a_formula_of_a_claim_is_set_aside_and_told(finance: Client, claim: str) -> None:
    shown = finance.get(claim, {**QUERY, "format": "json"}).json()
    assert [one["code"] for one in shown["claim"]["set_aside_rows"]] == ["H751"]
    answer = finance.get(claim, {**QUERY, "format": "csv"}).content.decode()
    assert "p_nobody" in answer
    assert "HYPERLINK" not in answer


def test_what_the_form_lacks_is_said_and_what_was_typed_is_kept(
    finance: Client, claim: str
) -> None:
    answer = finance.get(claim, {"month": "2026-1x", "column_person": "number"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "H842" in page
    assert 'value="2026-1x"' in page
    unread = finance.get(claim, {"month": MONTH, "column_person": "number"})
    assert unread.status_code == 422
    assert "H752" in unread.content.decode()


def test_lines_are_opened_disputed_conceded_and_settled_each_with_by_whom(
    folder: Path, finance: Client, payer: Client, claim: str
) -> None:
    name = claim.rstrip("/").rsplit("/", 1)[1]
    where = f"/en/money/claims/{name}/open/?" + "&".join(
        f"{key}={value.replace('=', '%3D')}" for key, value in QUERY.items()
    )
    assert payer.post(where, {"why": ""}).status_code == 422
    assert payer.post(where, {"why": "October"}).status_code == 302
    assert payer.post(where, {"why": "October"}).status_code == 409
    page = f"/en/money/disputes/{name}/"
    rows = csv.DictReader(io.StringIO(payer.get(page, {"format": "csv"}).content.decode()))
    line = next(one["line"] for one in rows if one["state"] in ("explained", "unexplained"))

    def answer(client: Client, to: str) -> int:
        said = {"lines": line, "to": to, "why": "=HYPERLINK(1)"}
        return client.post(page, said).status_code

    assert answer(finance, "settled") == 409  # nothing was conceded
    assert answer(payer, "disputed") == 302
    assert answer(payer, "conceded") == 409  # that is for the other side
    assert answer(finance, "conceded") == 302
    assert answer(finance, "settled") == 409  # the sending state pays
    assert answer(payer, "settled") == 302
    told = csv.DictReader(io.StringIO(payer.get(page, {"format": "csv"}).content.decode()))
    # A spreadsheet would run it without the mark.
    assert next(one["why"] for one in told if one["line"] == line) == "'=HYPERLINK(1)"
    file = folder / "disputes" / f"{name}.jsonl"
    moves = [json.loads(one) for one in file.read_text().splitlines()]
    ours = [
        (one["to"], one["by"], one["officer"].split()[0]) for one in moves if one["line"] == line
    ]
    assert ours[1:] == [
        ("disputed", "sending", "SE-FINANCE"),
        ("conceded", "receiving", "EE-FINANCE"),
        ("settled", "sending", "SE-FINANCE"),
    ]
    assert command("fees", "dispute", "list", str(file))["moves"] == len(moves)
    chain = payer.get(f"{page}chain.jsonl").content
    assert chain == file.read_bytes()


def test_an_answer_that_lacks_something_keeps_what_was_typed(
    folder: Path, finance: Client, payer: Client, claim: str
) -> None:
    name = claim.rstrip("/").rsplit("/", 1)[1]
    if not (folder / "disputes" / f"{name}.jsonl").exists():
        query = "&".join(f"{key}={value.replace('=', '%3D')}" for key, value in QUERY.items())
        payer.post(f"/en/money/claims/{name}/open/?{query}", {"why": "October"})
    page = f"/en/money/disputes/{name}/"
    answer = finance.post(page, {"lines": "L000001", "to": "", "why": "<b>because</b>"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "&lt;b&gt;because&lt;/b&gt;" in text
    assert 'value="L000001"' in text
