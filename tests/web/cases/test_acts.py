"""Acts from the question to the register: who may, what is refused, and what is kept."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from act_pages import OFFICER, SECOND, STRANGER, checked, hidden, paper, text
from desks import Desk, proved
from habeas.web.desk import tickets
from habeas.web.readmodels.models import Person


def person(stage: str) -> Person:
    found = Person.objects.filter(stage=stage, stays=0, objections=0, custody="held").last()
    assert found is not None
    return found


@pytest.fixture
def officer(desk: Desk) -> Client:
    return proved(desk.client(*OFFICER))


@pytest.mark.no_cover  # the same lines again and again
def test_only_those_who_may_find_the_page_of_an_act(desk: Desk) -> None:
    path = f"/en/acts/{person('notified').subject}/authorise/"
    found = {who for who in desk.people if proved(desk.client(*who)).get(path).status_code == 200}
    assert found == {OFFICER, SECOND} & set(desk.people)
    assert all(
        proved(desk.client(*who)).get(path).status_code == 404 for who in set(desk.people) - found
    )


def test_a_stranger_posts_into_nothing(desk: Desk) -> None:
    subject = person("notified").subject
    before = Person.objects.get(pk=subject).events
    answer = desk.client(*STRANGER).post(f"/en/acts/{subject}/withdraw/", {"step": "confirm"})
    assert answer.status_code == 404
    assert Person.objects.get(pk=subject).events == before


def test_an_act_that_is_none_is_not_there(officer: Client) -> None:
    assert officer.get(f"/en/acts/{person('notified').subject}/promote/").status_code == 404
    assert officer.get("/en/acts/p_00000000000000000000000000/screen/").status_code == 404


def test_a_form_without_the_token_of_its_page_is_refused(desk: Desk) -> None:
    browser = proved(desk.client(*OFFICER))
    strict = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    strict.cookies = browser.cookies
    path = f"/en/acts/{person('notified').subject}/withdraw/"
    assert strict.post(path, {"step": "check", "reason": "no"}).status_code == 403


def test_a_question_left_empty_names_the_field_and_keeps_the_rest(officer: Client) -> None:
    path = f"/en/acts/{person('notified').subject}/notify/"
    answer = officer.post(
        path, {**hidden(officer.get(path).content), "step": "check", "language": "es"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "There is a problem" in page
    assert 'href="#id_served_on' in page
    assert "Choose a file: PDF" in page
    assert '<option value="es" selected>' in page
    assert page.startswith("<!DOCTYPE html>")
    assert "<title>Error:" in page


def test_a_document_is_kept_while_other_answers_are_mended(officer: Client) -> None:
    path = f"/en/acts/{person('notified').subject}/notify/"
    first = hidden(officer.get(path).content)
    answer = officer.post(path, {**first, "step": "check", "proof": paper()})
    assert answer.status_code == 422
    assert "Kept from the page before" in text(answer.content)
    more = {"language": "es", "served_on": "person", "counsel": "US-COUNSEL", "step": "check"}
    assert officer.post(path, {**hidden(answer.content), **more}).status_code == 200


def test_fields_that_the_form_does_not_have_reach_no_event(officer: Client) -> None:
    subject = person("notified").subject
    path = f"/en/acts/{subject}/record_evidence/?fact=fit_to_travel"
    given = {
        "value": "true", "established_on_day": "2", "established_on_month": "1",
        "established_on_year": "2026", "established_at": "09:00", "document": paper(),
        "subject": "p_00000000000000000000000000", "facility": "X", "by": "SV-DGCP", "kind": "x",
    }  # fmt: skip
    sent = checked(officer, path, **given)
    assert not {"subject", "facility", "by", "kind"} & set(sent)
    answer = officer.post(path, {**sent, "step": "confirm", "by": "SV-DGCP", "document": "f" * 64})
    assert answer.status_code == 302, text(answer.content)
    answer = officer.get(f"/en/person/{subject}/timeline/")
    assert answer.status_code == 200
    latest = text(answer.content).split("Evidence recorded")[1]
    assert "US-BOP" in latest
    assert "SV-DGCP" not in latest


def test_an_act_that_is_confirmed_twice_is_recorded_once(officer: Client) -> None:
    one = person("notified")
    path = f"/en/acts/{one.subject}/withdraw/"
    sent = checked(officer, path, reason="The place is gone.") | {"step": "confirm"}
    first, again = officer.post(path, sent), officer.post(path, sent)
    assert (first.status_code, again.status_code) == (302, 302)
    assert Person.objects.get(pk=one.subject).events == one.events + 1
    entry = re.search(r"entry ([\d,]+)", text(officer.get(first.headers["Location"]).content))
    assert entry is not None
    assert entry.group() in text(officer.get(again.headers["Location"]).content)


def test_a_ticket_of_somebody_else_or_of_another_act_is_refused(
    desk: Desk, officer: Client
) -> None:
    subject = person("notified").subject
    sent = checked(officer, f"/en/acts/{subject}/withdraw/", reason="No.") | {"step": "confirm"}
    other = proved(desk.client(*SECOND)).post(f"/en/acts/{subject}/withdraw/", sent)
    assert other.status_code == 422
    assert "H824" in text(other.content)
    changed = sent | {"ticket": sent["ticket"][:-2] + "AA"}
    assert "H824" in text(officer.post(f"/en/acts/{subject}/withdraw/", changed).content)


def test_what_was_checked_long_ago_is_checked_again(
    officer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/en/acts/{person('notified').subject}/withdraw/"
    sent = checked(officer, path, reason="No.") | {"step": "confirm"}
    monkeypatch.setattr(tickets, "CHECKED", timedelta(seconds=-1).total_seconds())
    answer = officer.post(path, sent)
    assert (answer.status_code, "H825" in text(answer.content)) == (422, True)
    assert "No." in answer.content.decode()  # what was typed is kept


def test_a_departure_without_authorisation_is_refused_with_the_registers_sentence(
    officer: Client,
) -> None:
    path = f"/en/acts/{person('notified').subject}/depart/"
    sent = checked(officer, path, manifest="mf-1", line="1", escort="both", fit=paper())
    answer = officer.post(path, {**sent, "step": "confirm"})
    said = text(answer.content)
    assert answer.status_code == 409
    assert "H609" in said
    assert 'value="both"' in answer.content.decode()


def test_a_draft_of_others_is_not_there(desk: Desk, officer: Client) -> None:
    waiting = Person.objects.filter(stage="scheduled", stays=0, custody="held").first()
    assert waiting is not None
    path = f"/en/acts/{waiting.subject}/withdraw/"
    assert officer.get(path).status_code == 200
    assert desk.client(*STRANGER).get("/en/drafts/01ARZ3NDEKTSV4RRFFQ69G5FAV/").status_code == 404
    assert officer.get("/en/drafts/01ARZ3NDEKTSV4RRFFQ69G5FAV/").status_code == 404


def test_what_became_of_an_act_is_told_to_whoever_did_it_alone(desk: Desk, officer: Client) -> None:
    path = f"/en/acts/{person('notified').subject}/record_evidence/?fact=fit_to_travel"
    given = {
        "value": "true", "established_on_day": "2", "established_on_month": "1",
        "established_on_year": "2026", "established_at": "09:00", "document": paper(),
    }  # fmt: skip
    sent = checked(officer, path, **given) | {"step": "confirm"}
    done = officer.post(path, sent).headers["Location"]
    assert "Recorded as entry" in text(officer.get(done).content)
    assert proved(desk.client(*SECOND)).get(done).status_code == 404
    assert officer.get(done.replace("of=", "of=x")).status_code == 404


@pytest.mark.parametrize(
    ("fact", "value", "wrong"),
    [
        ("fit_to_travel", "perhaps", "Select a valid choice"),
        ("months_remaining", "=1+1", "H411"),
        ("months_remaining", "many", "H4"),
        ("no_such_fact", "1", "Which fact"),
    ],
)
def test_a_value_that_no_docket_takes_is_refused(
    officer: Client, fact: str, value: str, wrong: str
) -> None:
    path = f"/en/acts/{person('notified').subject}/record_evidence/?fact={fact}"
    first = hidden(officer.get(path).content)
    given = {"value": value, "fact": fact, "document": paper(), "step": "check"}
    answer = officer.post(path, {**first, **given}) if "ticket" in first else officer.get(path)
    assert answer.status_code == 422
    assert wrong in text(answer.content)
