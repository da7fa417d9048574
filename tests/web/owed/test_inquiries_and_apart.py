"""Inquiries and segregation on their forms: who may, what is filled in, what is owed no more."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from act_pages import OFFICER, SECOND, checked, hidden, text
from desks import PEOPLE, Desk, proved
from habeas.service.inquiry import COMPARED
from habeas.service.persons import of_person
from habeas.terms import Office, Role
from habeas.web import wiring
from habeas.web.readmodels.models import Contradiction, Obligation, Person
from web.owed.acts import held, told
from web.owed.test_seeing import COUNSEL, COURT, MONITOR

FACILITY = ("US-BOP", Office.FACILITY_OFFICER)
# What each office may record of somebody whom US-BOP holds; counsel, of whom it defends.
MAY = {
    FACILITY: {"answer_inquiry", "start_segregation", "end_segregation"},
    OFFICER: {"answer_inquiry"},
    COURT: {"make_inquiry"},
    MONITOR: {"make_inquiry"},
}
DEEDS = ("make_inquiry", "answer_inquiry", "start_segregation", "end_segregation")
Body = dict[str, object]


def path(subject: str, deed: str) -> str:
    return reverse("deed", args=[subject, deed])


def recorded(browser: Client, subject: str, deed: str, **given: object) -> int:
    """Answer a form, check and confirm it; returns the entry under which it was recorded."""
    ready = checked(browser, path(subject, deed), **given)
    done = browser.post(path(subject, deed), {**ready, "step": "confirm"})
    assert done.status_code == 302, text(done.content)
    again = browser.post(path(subject, deed), {**ready, "step": "confirm"})
    assert again.status_code == 302, "whoever confirms twice confirms the same act"
    index = Person.objects.get(pk=subject).latest_index
    assert f"{index:,}" in text(browser.get(done.headers["Location"]).content)
    return index


def body(subject: str, index: int) -> Body:
    register = wiring.register()
    register.vault.forget()
    return {
        name: one
        for event in of_person(register, subject)
        if event.index == index
        for name, one in event.body.items()
    }


def ways(browser: Client, subject: str, address: str = "") -> dict[str, str]:
    """The acts to which a person's duties lead, each with its last address."""
    page = browser.get(address or reverse("person_duties", args=[subject]))
    assert page.status_code == 200
    found = re.findall(
        rf'href="([^"]+/acts/{subject}/([a-z_]+)/\?of=[^"]+)"', page.content.decode()
    )
    return {deed: unescape(href) for href, deed in found}


def offered(browser: Client, subject: str) -> set[str]:
    page = browser.get(reverse("deeds", args=[subject])).content.decode()
    return {deed for deed in DEEDS if f"/acts/{subject}/{deed}/" in page}


@pytest.mark.parametrize("who", PEOPLE)
def test_whoever_neither_holds_nor_may_see_the_person_finds_no_form(
    desk: Desk, who: tuple[str, Office]
) -> None:
    subject = held("eligible", 2)
    browser = proved(desk.client(*who))
    found = {deed for deed in DEEDS if browser.get(path(subject, deed)).status_code != 404}
    assert found == MAY.get(who, set[str]())


def test_counsel_asks_of_whom_it_defends_and_of_nobody_else(desk: Desk) -> None:
    mine = Person.objects.filter(stage="notified", custody="held")[0].subject
    counsel = proved(desk.client(*COUNSEL))
    assert counsel.get(path(held("eligible", 2), "make_inquiry")).status_code == 404
    assert counsel.get(path(mine, "make_inquiry")).status_code == 200
    assert offered(counsel, mine) == {"make_inquiry"}


def test_without_an_open_inquiry_or_a_placement_that_lasts_nothing_is_to_be_answered(
    desk: Desk,
) -> None:
    subject = held("eligible", 3)
    assert offered(proved(desk.client(*FACILITY)), subject) == {"start_segregation"}
    for deed, field in (("answer_inquiry", "inquiry"), ("end_segregation", "segregation")):
        officer = proved(desk.client(*FACILITY))
        page = officer.get(path(subject, deed))
        sent = {**hidden(page.content), "step": "check", field: "01JDG0000000000000000000AA"}
        assert "There is none now" in text(page.content)
        assert officer.post(path(subject, deed), sent).status_code == 422


def test_an_answer_is_what_the_register_says_and_the_duty_is_met_by_it(desk: Desk) -> None:
    subject = held("eligible", 3)
    court, officer = proved(desk.client(*COURT)), proved(desk.client(*FACILITY))
    asked = recorded(court, subject, "make_inquiry", asked="Where, and by what right?")
    assert body(subject, asked) == {"asked": "Where, and by what right?"}
    [owed] = Obligation.objects.filter(subject=subject, duty="D-16", answered_at=None)
    assert owed.opened_index == asked
    href = ways(officer, subject)["answer_inquiry"]
    assert ways(officer, subject, f"{reverse('duties')}?duty=D-16")["answer_inquiry"] == href
    assert "answer_inquiry" not in ways(court, subject) | ways(desk.client(*SECOND), subject)
    page = officer.get(href).content.decode()
    chosen = re.findall(r'name="(\w+)" value="([^"]*)"[^>]* checked', page)
    assert chosen == [("inquiry", owed.event), ("status", "held"), ("custodian", "sending")]
    there = Person.objects.get(pk=subject).facility
    assert f'name="where" value="{there}"' in page
    said = {**dict(chosen), "where": there, "reply": "Seen this morning."}
    check = officer.post(href, {**hidden(page.encode()), **said, "step": "check"})
    assert "does not bear out" not in text(check.content)
    index = recorded(officer, subject, "answer_inquiry", **said)
    signed = body(subject, index)
    assert {name: signed[name] for name in COMPARED} == {
        "status": "held", "facility": there, "custodian": "sending",
    }  # fmt: skip
    assert (signed["inquiry"], signed["reply"]) == (owed.event, "Seen this morning.")
    assert {"as_of", "basis", "basis_until", "last_seen", "proof", "review"} <= signed.keys()
    assert not Contradiction.objects.filter(subject=subject).exists()
    [now] = Obligation.objects.filter(subject=subject, duty="D-16")
    assert now.answered_index == index
    assert "answer_inquiry" not in ways(officer, subject)
    assert offered(officer, subject) == {"start_segregation"}
    timeline = text(officer.get(reverse("person_timeline", args=[subject])).content)
    assert "Inquiry answered" in timeline


def test_who_states_otherwise_is_warned_signs_it_and_is_told_of(desk: Desk) -> None:
    subject = held("notified", 4)
    asked = told(desk, "inquiry.made", subject, "US-COURT", Role.COURT, 1)
    officer = proved(desk.client(*OFFICER))
    said = {"inquiry": asked, "status": "released", "custodian": "sending", "where": "NOWHERE"}
    href = path(subject, "answer_inquiry")
    check = officer.post(href, {**hidden(officer.get(href).content), **said, "step": "check"})
    warned = text(check.content)
    assert "The register does not bear out this answer" in warned
    assert ": released. The register says: held." in warned
    assert f": NOWHERE. The register says: {Person.objects.get(pk=subject).facility}." in warned
    index = recorded(officer, subject, "answer_inquiry", **said)
    found = Contradiction.objects.filter(subject=subject).order_by("what")
    assert [(one.index, one.what, one.says) for one in found] == [
        (index, "facility", "NOWHERE"), (index, "status", "released"),
    ]  # fmt: skip
    assert "NOWHERE" in text(officer.get(reverse("duty_contradictions")).content)


def test_segregation_says_how_it_is_and_its_end_is_offered_while_it_lasts(desk: Desk) -> None:
    subject = held("notified", 5)
    officer = proved(desk.client(*FACILITY))
    given = {"reason": "At own wish.", "hours_in_cell": "22.50", "hours_of_contact": "0"}
    page = officer.get(path(subject, "start_segregation"))
    over = {**hidden(page.content), **given, "hours_out_of_cell": "2", "step": "check"}
    refused = officer.post(path(subject, "start_segregation"), over)
    assert refused.status_code == 422
    assert "over 24 hours" in text(refused.content)
    begun = recorded(officer, subject, "start_segregation", **given, light="constant")
    assert body(subject, begun) == {
        "reason": "At own wish.", "light": "constant", "hours_in_cell": "22.5",
        "hours_of_contact": "0",
    }  # fmt: skip
    [owed] = Obligation.objects.filter(subject=subject, duty="D-6")
    href = ways(officer, subject)["end_segregation"]
    assert href.endswith(owed.event)
    assert f'value="{owed.event}"' in officer.get(href).content.decode()
    ended = recorded(officer, subject, "end_segregation", segregation=owed.event)
    [owed] = Obligation.objects.filter(subject=subject, duty="D-6")
    assert owed.answered_index == ended
    assert "end_segregation" not in {*ways(officer, subject), *offered(officer, subject)}


def test_a_duty_leads_to_the_form_that_answers_it_for_those_alone_who_may_see_it(
    desk: Desk,
) -> None:
    subject = held("notified", 6)
    told(desk, "complaint.made", subject, "US-MONITOR", Role.MONITOR, 2, kind="food")
    visit = told(desk, "visit.made", subject, "US-MONITOR", Role.MONITOR, 2)
    for side in ("sending", "receiving"):
        told(desk, "visit.finding", subject, "US-MONITOR", Role.MONITOR, 1, visit=visit,
             addressed_to=side, finding="f", recommendation="r")  # fmt: skip
    mine = ways(proved(desk.client(*OFFICER)), subject)
    assert {"answer_complaint", "answer_finding"} <= mine.keys()
    page = proved(desk.client(*OFFICER)).get(mine["answer_finding"]).content.decode()
    assert len(re.findall(r'name="finding" value="[^"]+"[^>]* checked', page)) == 1
    facility = ways(proved(desk.client(*FACILITY)), subject)
    assert ("answer_complaint" in facility, "answer_finding" in facility) == (False, True)
    assert ways(proved(desk.client(*MONITOR)), subject) == {}
