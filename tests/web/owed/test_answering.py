"""A duty is answered on its form, by the state that owes it; what nobody bears out stays told."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from act_pages import OFFICER, SECOND, checked, hidden, text
from desks import Desk, proved
from habeas.terms import Office, Role
from habeas.web.clock import now
from habeas.web.readmodels.models import Obligation, Person
from web.owed.acts import held, told
from web.owed.test_seeing import COUNSEL, COURT, MONITOR, rows

RECEIVING = ("SV-DGCP", Office.RECEIVING_OFFICER)
WAY = re.compile(r'href="([^"]+/answer_duty/\?of=[^"]+)"')


def ways(browser: Client, subject: str) -> list[str]:
    page = browser.get(reverse("person_duties", args=[subject]))
    assert page.status_code == 200
    return [unescape(one) for one in WAY.findall(page.content.decode())]


def owed(subject: str, duty: str) -> list[Obligation]:
    return list(Obligation.objects.filter(subject=subject, duty=duty).order_by("step", "side"))


def test_whoever_owes_nothing_is_offered_no_form(desk: Desk, injured: str) -> None:
    mine = ways(desk.client(*OFFICER), injured)
    assert len(mine) == 3, "the report, what was preserved, next of kin; nothing of the other's"
    assert ways(desk.client(*SECOND), injured) == mine
    for watcher in (MONITOR, (OFFICER[0], Office.FACILITY_OFFICER), COURT):
        found = ways(desk.client(*watcher), injured)
        assert bool(found) is (watcher != MONITOR), watcher


def test_an_answer_is_what_changes_how_a_duty_stands(desk: Desk, injured: str) -> None:
    officer = proved(desk.client(*OFFICER))
    before = owed(injured, "D-2")
    assert [(one.side, one.answered_at) for one in before] == [("sending", None)]
    page = officer.get(next(one for one in ways(officer, injured) if "D-2" in one))
    assert len(re.findall(r'type="radio"[^>]* checked', page.content.decode())) == 1
    path = reverse("deed", args=[injured, "answer_duty"])
    name = f"{before[0].event} D-2"
    ready = checked(officer, path, duty=name)
    assert officer.post(path, {**ready, "step": "confirm"}).status_code == 302
    after = owed(injured, "D-2")[0]
    assert after.answered_at is not None
    assert before[0].due is not None
    assert after.answered_at > before[0].due
    [row] = [one for one in rows(officer, "&duty=D-2") if one["register_number"] == injured]
    assert (row["state"], row["answer_index"]) == ("met late", str(after.answered_index))
    again = officer.post(path, {**hidden(officer.get(path).content), "duty": name, "step": "check"})
    assert again.status_code == 422, "it waits no longer"
    assert len(ways(officer, injured)) == 2


def test_what_was_done_before_a_duty_arose_answers_nothing(desk: Desk, injured: str) -> None:
    officer = proved(desk.client(*OFFICER))
    one = next(one for one in owed(injured, "D-1") if one.side == "sending")
    day = now() - timedelta(days=5)
    answer = officer.post(
        path := reverse("deed", args=[injured, "answer_duty"]),
        {**hidden(officer.get(path).content), "step": "check",
         "duty": f"{one.event} {one.duty} {one.step}", "at": "12:00",
         "on_day": day.day, "on_month": day.month, "on_year": day.year},
    )  # fmt: skip
    assert answer.status_code == 422
    assert "The duty arose later than this." in text(answer.content)


def test_a_duty_of_the_other_state_is_no_choice(desk: Desk, injured: str) -> None:
    officer = proved(desk.client(*OFFICER))
    theirs = next(one for one in owed(injured, "D-1") if one.side == "receiving")
    mine = next(one for one in owed(injured, "D-1") if one.side == "sending")
    alone = Obligation.objects.filter(duty="D-3", side="receiving", answered_at=None)[0]
    path = reverse("deed", args=[alone.subject, "answer_duty"])
    given = {**hidden(officer.get(path).content), "duty": f"{alone.event} D-3", "step": "check"}
    assert officer.post(path, given).status_code == 422
    assert not any("D-3" in one for one in ways(officer, alone.subject))
    path = reverse("deed", args=[injured, "answer_duty"])
    assert theirs.event == mine.event, "both arose from one report"
    ready = checked(officer, path, duty=f"{mine.event} D-1 preservation")
    assert officer.post(path, {**ready, "step": "confirm"}).status_code == 302
    found = {one.side: one.answered_at for one in owed(injured, "D-1") if one.step == mine.step}
    assert found["receiving"] is None
    assert found["sending"] is not None


def test_a_false_answer_and_a_blocked_visit_are_told_to_those_who_may_see_them(desk: Desk) -> None:
    subject = held("eligible", 1)
    asked = told(desk, "inquiry.made", subject, "US-COURT", Role.COURT, 90)
    inquiries = "/en/duties/?duty=D-16"
    assert "Overdue" in text(desk.client(*COURT).get(f"{inquiries}&state=overdue").content)
    told(desk, "inquiry.answered", subject, "US-BOP", Role.CUSTODIAN, 1,
         inquiry=asked, status="released", facility="NOWHERE")  # fmt: skip
    told(desk, "visit.blocked", subject, "US-MONITOR", Role.MONITOR, reason="no entry <b>today</b>")
    found = text(desk.client(*OFFICER).get("/en/duties/contradictions/").content)
    assert subject in found
    assert "released" in found
    assert "NOWHERE" in found
    page = desk.client(*MONITOR).get("/en/duties/blocked/").content.decode()
    assert "no entry &lt;b&gt;today&lt;/b&gt;" in page
    mine = [one for one in rows(desk.client(*COURT), "&duty=D-16")
            if one["register_number"] == subject]  # fmt: skip
    assert [row["state"] for row in mine] == ["met late"]
    for who in (COUNSEL, RECEIVING):
        for path in ("contradictions", "blocked"):
            assert subject not in desk.client(*who).get(f"/en/duties/{path}/").content.decode()
            listed = desk.client(*who).get(f"/en/duties/{path}/?format=csv").content.decode()
            assert subject not in listed


@pytest.mark.parametrize("form", ["csv", "json"])
def test_lists_are_downloaded_with_what_they_name(desk: Desk, form: str) -> None:
    for path in ("", "contradictions/", "blocked/"):
        answer = desk.client(*OFFICER).get(f"/en/duties/{path}?format={form}")
        assert answer.status_code == 200
        assert "attachment" in answer["content-disposition"]
        assert Person.objects.exists()
