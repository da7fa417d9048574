"""Whoever may see somebody's events sees what is owed about them, and nobody else does."""

import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from act_pages import OFFICER, STRANGER, read_of
from desks import PEOPLE, Desk
from habeas.access import Asker
from habeas.adapters import public_holidays
from habeas.cli import registers
from habeas.service import agree, arising, duties
from habeas.terms import Deed, DutyState, Office
from habeas.web.asker import asker_of
from habeas.web.clock import now
from habeas.web.readmodels import owing, visible
from habeas.web.readmodels.models import Obligation

PAGES = ("duties", "duty_calendar", "duty_contradictions", "duty_blocked", "duty_texts")
WITHOUT = frozenset({Office.FINANCE, Office.AUDITOR, Office.ADMINISTRATOR, Office.CONSULATE})
COURT, MONITOR = ("US-COURT", Office.COURT), ("US-MONITOR", Office.MONITOR)
COUNSEL = ("US-COUNSEL", Office.COUNSEL)
RECEIVING, CONSULATE = ("SV-MJSP", Office.RECEIVING_OFFICER), ("SV-CONSULATE", Office.CONSULATE)
BOP = "US-BOP"
SEEING = {OFFICER, (BOP, Office.FACILITY_OFFICER), ("US-DOJ-OIA", OFFICER[1]), COURT, MONITOR}
NUMBER = re.compile(r"p_[0-9a-hjkmnp-tv-z]{26}")


def asker(desk: Desk, who: tuple[str, Office]) -> Asker:
    found = asker_of(desk.people[who], desk.found)
    assert found is not None
    return found


def rows(browser: Client, query: str = "") -> list[dict[str, str]]:
    """The list as a program reads it."""
    found: dict[str, Any] = json.loads(browser.get(f"/en/duties/?format=json{query}").content)
    return list(found["rows"])


@pytest.mark.parametrize("who", [one for one in PEOPLE if one[1] in WITHOUT or one == STRANGER])
def test_whose_office_reads_no_event_finds_no_duty_anywhere(
    desk: Desk, who: tuple[str, Office]
) -> None:
    browser = desk.client(*who)
    for name in PAGES:
        assert browser.get(reverse(name)).status_code == 404, name
        assert browser.get(f"{reverse(name)}?format=json").status_code == 404, name
    home = browser.get("/en/").content.decode()
    assert reverse("duties") not in home
    assert 'id="owed"' not in home


def test_nobody_reads_a_duty_of_a_person_whose_events_they_may_not_see(
    desk: Desk, injured: str
) -> None:
    whole = set(Obligation.objects.values_list("subject", flat=True))
    counts = dict[tuple[str, Office], int]()
    for who, user in desk.people.items():
        found = asker_of(user, desk.found)
        if found is None or not visible.ever(found, Deed.SEE_EVENT):
            continue
        told = {one["register_number"] for one in rows(desk.client(*who))}
        assert told == visible.allowed(found, Deed.SEE_EVENT, whole), who
        assert (injured in told) is (who in SEEING), who
        counts[who] = len(told)
    assert counts[OFFICER] == len(whole)
    assert 0 < counts[RECEIVING] < len(whole)
    assert 0 < counts[COUNSEL] < len(whole), "counsel of others"


@pytest.mark.parametrize("who", [CONSULATE, COUNSEL, RECEIVING, STRANGER])
def test_a_persons_duties_are_not_there_for_whoever_may_not_see_their_events(
    desk: Desk, injured: str, who: tuple[str, Office]
) -> None:
    browser = desk.client(*who)
    seen = browser.get(reverse("person", args=[injured])).status_code == 200
    assert seen is (who == CONSULATE), "a consulate sees the person, and no event"
    assert not visible.obligations(asker(desk, who)).filter(subject=injured).exists()
    act = reverse("deed", args=[injured, "answer_duty"])
    assert browser.get(reverse("person_duties", args=[injured])).status_code == 404
    assert browser.get(act).status_code == 404
    assert browser.post(act, {"step": "confirm"}).status_code == 404


def test_whoever_is_shown_a_duty_is_recorded_as_having_read_of_the_person(desk: Desk) -> None:
    browser = desk.client(*OFFICER)
    shown = NUMBER.findall(browser.get("/en/duties/?state=overdue").content.decode())
    assert shown
    assert "list of duties" in read_of(shown[0])
    browser.get("/en/duties/calendar.ics")
    assert "calendar of duties" in read_of(shown[0])


def test_the_calendar_names_nobody(desk: Desk) -> None:
    browser = desk.client(*OFFICER)
    answer = browser.get("/en/duties/calendar.ics")
    assert answer["content-type"].startswith("text/calendar")
    waiting = [one for one in rows(browser) if one["state"] in {"overdue", "running"}]
    assert answer.content.count(b"BEGIN:VEVENT") == len(waiting) > 10
    assert not NUMBER.search(answer.content.decode())


def test_the_list_is_that_of_the_command(desk: Desk) -> None:
    """Row by row, at the same instant, out of the register alone."""
    there = desk.folder / desk.found.register
    read = registers.read(there, desk.found.agreement, (desk.found.sending, desk.found.receiving))
    browser = desk.client(*OFFICER)
    told = json.loads(browser.get("/en/duties/?format=json").content)
    instant = datetime.fromisoformat(told["as_of"])
    stands = duties.standing(read, agree.library(), public_holidays.calendar, instant)
    document = duties.document(stands, read, agree.library(), every=True)
    assert told["rows"] == document["rows"]
    assert told["calendars"] == document["calendars"]
    found = owing.counts(Obligation.objects.all(), instant)
    counted = {duty: {state.value: n for state, n in one.items()} for duty, one in found.items()}
    assert counted == document["counts"]
    assert len(told["rows"]) > 300


def test_the_home_page_tells_what_ones_own_state_owes_and_watchers_what_is_late_in_both(
    desk: Desk,
) -> None:
    late = rows(desk.client(*OFFICER), "&state=due&side=sending")
    home = desk.client(*OFFICER).get("/en/").content.decode()
    assert "What your state owes" in home
    overdue = [one for one in late if one["state"] == "overdue"]
    assert f"{len(overdue)} dut" in home
    assert "The receiving state owes" not in home
    for who in (COURT, MONITOR):
        page = desk.client(*who).get("/en/").content.decode()
        for side in ("sending", "receiving"):
            count = len(rows(desk.client(*who), f"&state=overdue&side={side}"))
            assert f"The {side} state owes {count} overdue dut" in page, who


@pytest.mark.parametrize("due", [None, -2, 0, 2])
@pytest.mark.parametrize("answered", [None, -3, -1, 0, 1])
def test_how_a_duty_stands_is_the_same_in_a_query(
    desk: Desk, due: int | None, answered: int | None
) -> None:
    del desk
    at = now()

    def instant(hours: int | None) -> datetime | None:
        return None if hours is None else at + timedelta(hours=hours)

    one = Obligation.objects.create(
        subject="p_test", duty="D-2", limit="policy", kind="custody.died", event="E",
        opened_at=at - timedelta(hours=9), opened_index=1, due=instant(due),
        answered_at=instant(answered), place=0, by=at,
    )  # fmt: skip
    mine = Obligation.objects.filter(pk=one.pk)
    found = [state for state in DutyState if mine.filter(owing.stands(state, at)).exists()]
    assert found == [arising.recalled(one).state(at)]
    mine.delete()


def test_no_filter_of_an_address_is_an_error(desk: Desk) -> None:
    browser = desk.client(*OFFICER)
    for query in ("state=late", "duty=D-999", "side=mars", "page=0", "page=x", "state=&duty=%00"):
        assert browser.get(f"/en/duties/?{query}").status_code == 200, query
    assert rows(browser, "&duty=D-3&side=receiving")
