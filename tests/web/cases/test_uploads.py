"""Documents: what is refused, where they lie, and to whom they are given."""

import hashlib
import stat

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from act_pages import OFFICER, PDF, STRANGER, checked, hidden, paper, read_of, text
from desks import Desk, proved
from habeas.adapters import evidence_files
from habeas.terms import Office
from habeas.web.readmodels.models import Person

DATED = {
    "value": "true", "established_on_day": "2", "established_on_month": "1",
    "established_on_year": "2026", "established_at": "09:00",
}  # fmt: skip
EXE = b"MZ\x90\x00\x03\x00\x00\x00"
HTML = b"<!DOCTYPE html><script>alert(1)</script>"
ZIP = b"PK\x03\x04\x14\x00"
BAD = {
    "a program": (EXE, "H822"),
    "a page of markup": (HTML, "H822"),
    "an archive": (ZIP, "H822"),
    "a drawing that may run": (b"<svg onload='x()'/>", "H822"),
    "a program that is called a PDF": (EXE + PDF, "H822"),
    "too much": (PDF + b"0" * evidence_files.CAP, "larger than 10 MB"),
    "nothing": (b"", "empty"),
}


@pytest.fixture
def officer(desk: Desk) -> Client:
    return proved(desk.client(*OFFICER))


def path() -> str:
    found = Person.objects.filter(stage="notified").first()
    assert found is not None
    return f"/en/acts/{found.subject}/record_evidence/?fact=fit_to_travel"


@pytest.mark.parametrize("what", BAD)
def test_a_bad_upload_is_refused_and_nothing_of_it_is_kept(
    desk: Desk, officer: Client, what: str
) -> None:
    data, wrong = BAD[what]
    first = hidden(officer.get(path()).content)
    sent = {**first, **DATED, "step": "check", "document": paper(data, "../../etc/passwd.pdf")}
    answer = officer.post(path(), sent)
    assert answer.status_code == 422
    assert wrong in text(answer.content)
    assert 'href="#id_document"' in answer.content.decode()
    assert not (desk.folder / "evidence" / hashlib.sha256(data).hexdigest()).exists()


def test_more_files_than_a_form_has_are_refused(officer: Client) -> None:
    many = {f"extra{number}": SimpleUploadedFile("a.pdf", PDF) for number in range(6)}
    assert officer.post(path(), {**DATED, "step": "check", **many}).status_code == 400


def test_a_document_lies_under_its_own_hash_and_is_its_owners_alone(
    desk: Desk, officer: Client
) -> None:
    data = b"certificate of a physician, synthetic\n"
    checked(officer, path(), **DATED, document=paper(data, "=cmd.txt"))
    found = desk.folder / "evidence" / hashlib.sha256(data).hexdigest()
    assert stat.S_IMODE(found.stat().st_mode) == 0o600
    assert stat.S_IMODE(found.parent.stat().st_mode) == 0o700


def test_a_document_is_given_out_as_a_file_that_runs_nothing_and_the_read_is_recorded(
    desk: Desk, officer: Client
) -> None:
    where = path()
    subject = where.split("/")[3]
    data = PDF + b"of this test\n"
    digest = hashlib.sha256(data).hexdigest()
    given = f"/en/person/{subject}/documents/{digest}/"
    sent = checked(officer, where, **DATED, document=paper(data))
    assert officer.get(given).status_code == 404  # no event names it yet
    assert officer.post(where, {**sent, "step": "confirm"}).status_code == 302
    answer = officer.get(given)
    assert answer.content == data
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{digest[:16]}.pdf"'
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert desk.client(*STRANGER).get(given).status_code == 404
    assert desk.client("US-MONITOR", Office.MONITOR).get(given).status_code == 404
    assert "evidence document" in read_of(subject)


def test_no_path_leads_out_of_the_folder(officer: Client) -> None:
    subject = path().split("/")[3]
    for name in ("..%2F..%2Fweb.key", "web.key", "A" * 64):
        assert officer.get(f"/en/person/{subject}/documents/{name}/").status_code == 404
