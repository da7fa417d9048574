"""Reports over the pages: what is attached runs nowhere; what the facility is not told of."""

import hashlib
import io
import stat
import zipfile
from pathlib import Path

import pytest
from django.test import Client

from act_pages import OFFICER, PDF, checked, hidden, paper, read_of, text
from desks import Desk, proved
from habeas.adapters import evidence_files
from habeas.terms import Office
from habeas.web.readmodels.models import Person

MONITOR = ("US-MONITOR", Office.MONITOR)
FACILITY = ("US-BOP", Office.FACILITY_OFFICER)


def bomb() -> bytes:
    """An archive of a thousandth of what it would unpack to."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        file.writestr("../../etc/passwd", bytes(9_000_000))
    return held.getvalue()


ATTACHED = {
    "a program": b"MZ\x90\x00\x03\x00\x00\x00",
    "a page of markup": b"<!DOCTYPE html><script>alert(1)</script>",
    "a drawing that may run": b"<svg onload='x()' xmlns='http://www.w3.org/2000/svg'/>",
    "an archive that unpacks to a thousand times its size": bomb(),
    "a macro sheet": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1macro",
    "bytes that are nothing": bytes(range(256)),
    "markup behind the first bytes of a PDF": PDF + b"<script>alert(1)</script>",
}


def somebody() -> str:
    found = Person.objects.filter(stage="notified", custody="held").first()
    assert found is not None
    return found.subject


def visited(browser: Client, subject: str) -> None:
    path = f"/en/acts/{subject}/record_visit/"
    sent = checked(browser, path, seen="yes")
    assert browser.post(path, {**sent, "step": "confirm"}).status_code == 302


def answers(browser: Client, path: str, deed: str) -> dict[str, str]:
    """What each form is answered with, beside its document."""
    if deed == "report_incident":
        return {"kind": "other"}
    if deed == "make_complaint":
        return {"kind": "ill_treatment", "known": "no"}
    page = browser.get(path).content.decode()
    visit = page.partition('name="visit" value="')[2].partition('"')[0]
    said = {"addressed_to": "sending", "finding": "23 hours", "recommendation": "open the cells"}
    return {**said, "visit": visit}


@pytest.mark.parametrize("deed", ["report_incident", "make_complaint", "record_finding"])
@pytest.mark.parametrize("what", ATTACHED)
def test_an_attachment_of_any_kind_is_kept_as_it_is_and_given_out_as_a_file_that_runs_nothing(
    desk: Desk, what: str, deed: str
) -> None:
    data, subject = ATTACHED[what] + deed.encode(), somebody()
    if what.startswith("an archive"):
        data = ATTACHED[what]
    browser = proved(desk.client(*MONITOR))
    if deed == "record_finding":
        visited(browser, subject)
    path = f"/en/acts/{subject}/{deed}/"
    files = {one.name for one in (desk.folder / "evidence").glob("*")}
    given = answers(browser, path, deed)
    sent = checked(browser, path, **given, document=paper(data, "../../x.html"))
    answer = browser.post(path, {**sent, "step": "confirm"})
    assert answer.status_code == 302, text(answer.content)
    digest = hashlib.sha256(data).hexdigest()
    kept = desk.folder / "evidence" / digest
    assert kept.read_bytes() == data
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert {one.name for one in kept.parent.glob("*")} - files <= {digest}
    got = proved(desk.client(*OFFICER)).get(f"/en/person/{subject}/documents/{digest}/")
    assert got.content == data
    kind = "application/pdf" if data.startswith(b"%PDF-") else "application/octet-stream"
    ending = "pdf" if data.startswith(b"%PDF-") else "bin"
    assert got.headers["Content-Type"] == kind
    assert got.headers["Content-Disposition"] == f'attachment; filename="{digest[:16]}.{ending}"'
    assert got.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert got.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("deed", ["report_incident", "make_complaint", "record_finding"])
def test_an_attachment_over_the_cap_is_refused_and_nothing_of_it_is_kept(
    desk: Desk, deed: str
) -> None:
    subject, data = somebody(), b"0" * (evidence_files.CAP + 1)
    browser = proved(desk.client(*MONITOR))
    if deed == "record_finding":
        visited(browser, subject)
    path = f"/en/acts/{subject}/{deed}/"
    first = hidden(browser.get(path).content)
    sent = {**first, **answers(browser, path, deed), "step": "check", "document": paper(data)}
    answer = browser.post(path, sent)
    assert answer.status_code == 422
    assert "larger than 10 MB" in text(answer.content)
    assert not (desk.folder / "evidence" / hashlib.sha256(data).hexdigest()).exists()


def test_an_adapter_refuses_more_than_the_cap_of_any_kind_too(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="H821"):
        evidence_files.keep_any(tmp_path, b"0" * (evidence_files.CAP + 1))
    assert list(tmp_path.iterdir()) == []


def pages(browser: Client, subject: str) -> list[str]:
    """Every page on which the facility could learn of a complaint."""
    found = []
    for path in ("/en/", f"/en/acts/{subject}/", f"/en/person/{subject}/",
                 f"/en/person/{subject}/timeline/"):  # fmt: skip
        answer = browser.get(path)
        assert answer.status_code == 200, path
        found.append(text(answer.content).lower())
    return found


def test_a_complaint_past_the_facility_is_on_no_page_of_it_and_answered_by_the_state(
    desk: Desk,
) -> None:
    subject = somebody()
    facility, officer = (proved(desk.client(*who)) for who in (FACILITY, OFFICER))
    monitor = proved(desk.client(*MONITOR))
    before = [one.count("complaint made") for one in pages(facility, subject)]
    path = f"/en/acts/{subject}/make_complaint/"
    sent = checked(monitor, path, kind="conditions", text="The light stays on.", known="no")
    assert monitor.post(path, {**sent, "step": "confirm"}).status_code == 302
    seen = pages(facility, subject)
    assert [one.count("complaint made") for one in seen] == before == [0] * 4
    assert not any("answer a complaint" in one or "light stays on" in one for one in seen)
    for browser in (officer, monitor):
        assert (
            "complaint made" in text(browser.get(f"/en/person/{subject}/timeline/").content).lower()
        )
    assert "answer a complaint" in pages(officer, subject)[1]
    path = f"/en/acts/{subject}/answer_complaint/"
    page = officer.get(path).content.decode()
    name = page.partition('name="complaint" value="')[2].partition('"')[0]
    sent = checked(officer, path, complaint=name, reply="It is now off from 22:00.")
    assert officer.post(path, {**sent, "step": "confirm"}).status_code == 302
    seen = pages(facility, subject)
    assert not any("complaint" in one.replace("record a complaint", "") for one in seen)
    told = read_of(subject)
    assert "act report" in told
    assert not any("complaint" in one for one in told)


def test_what_the_person_allows_the_facility_sees_and_may_answer(desk: Desk) -> None:
    subject = somebody()
    monitor, facility = proved(desk.client(*MONITOR)), proved(desk.client(*FACILITY))
    path = f"/en/acts/{subject}/make_complaint/"
    sent = checked(monitor, path, kind="food", text="Cold.", known="yes")
    assert monitor.post(path, {**sent, "step": "confirm"}).status_code == 302
    seen = pages(facility, subject)
    assert "answer a complaint" in seen[1]
    assert "complaint made" in seen[3]


def test_a_finding_is_offered_to_the_state_that_it_asks_and_to_no_other(desk: Desk) -> None:
    subject = somebody()
    monitor, officer = proved(desk.client(*MONITOR)), proved(desk.client(*OFFICER))
    visited(monitor, subject)
    path = f"/en/acts/{subject}/record_finding/"
    given = {**answers(monitor, path, "record_finding"), "addressed_to": "receiving"}
    sent = checked(monitor, path, **given)
    assert monitor.post(path, {**sent, "step": "confirm"}).status_code == 302
    page = officer.get(f"/en/acts/{subject}/answer_finding/").content.decode()
    index = Person.objects.get(pk=subject).latest_index
    assert f"register entry {index}" not in page
    given["addressed_to"] = "sending"
    sent = checked(monitor, path, **given, document=paper(PDF))
    assert monitor.post(path, {**sent, "step": "confirm"}).status_code == 302
    page = officer.get(f"/en/acts/{subject}/answer_finding/").content.decode()
    assert f"register entry {Person.objects.get(pk=subject).latest_index}" in page
