"""Whoever holds a person is not told what is owed of a complaint that is confidential."""

import json

import pytest
from django.urls import reverse

from act_pages import OFFICER
from desks import Desk
from habeas.terms import Office, Role
from web.owed.acts import held, told

HOLDER = ("US-BOP", Office.FACILITY_OFFICER)
CONFIDED = [OFFICER, ("US-MONITOR", Office.MONITOR)]
BODY = {"kind": "conditions", "document": "0" * 64}


def owed(desk: Desk, who: tuple[str, Office], subject: str) -> list[str]:
    """The duties of a complaint about somebody that are listed to somebody."""
    found = json.loads(desk.client(*who).get("/en/duties/?format=json&duty=D-5").content)
    return [one["state"] for one in found["rows"] if one["register_number"] == subject]


@pytest.mark.parametrize("who", CONFIDED)
def test_a_confidential_complaint_is_owed_an_answer_and_its_holder_is_shown_nothing(
    desk: Desk, who: tuple[str, Office]
) -> None:
    subject = held("eligible", 2 + CONFIDED.index(who))
    told(desk, "complaint.made", subject, "US-COURT", Role.COURT, 1, **BODY)
    assert owed(desk, who, subject) == ["running"]
    assert owed(desk, HOLDER, subject) == []
    address = reverse("person_duties", args=[subject])
    assert "D-5" in desk.client(*who).get(address).content.decode()
    page = desk.client(*HOLDER).get(address)
    assert page.status_code == 200
    assert "D-5" not in page.content.decode()


def test_what_the_complainant_lets_the_holder_know_is_listed_to_them(desk: Desk) -> None:
    subject = held("eligible", 4)
    told(desk, "complaint.made", subject, "US-COURT", Role.COURT, 1, confidential=False, **BODY)
    assert owed(desk, HOLDER, subject) == ["running"]
