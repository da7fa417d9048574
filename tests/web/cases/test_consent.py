"""The way by consent under OAS-A57: heard by a court, with counsel, and then binding."""

import pytest

from act_pages import checked, paper, text
from desks import Desk, proved
from habeas.terms import Office
from habeas.web.readmodels.models import Person

COURT, COUNSEL = ("US-COURT", Office.COURT), ("US-COUNSEL", Office.COUNSEL)
OFFICER = ("US-DOJ-OIA", Office.SENDING_OFFICER)


def _untaken() -> str:
    found = Person.objects.filter(stage="notified", consent="not taken", stays=0).first()
    assert found is not None
    return found.subject


def _heard(desk: Desk, subject: str, said: str) -> int:
    court, path = proved(desk.client(*COURT)), f"/en/acts/{subject}/verify_consent/"
    sent = checked(court, path, consents=said, counsel="US-COUNSEL", hearing=paper())
    return court.post(path, {**sent, "step": "confirm"}).status_code


def test_consent_that_a_court_heard_stands_and_is_not_taken_back(desk: Desk) -> None:
    subject = _untaken()
    assert _heard(desk, subject, "yes") == 302
    assert Person.objects.get(pk=subject).consent == "given"
    counsel, path = proved(desk.client(*COUNSEL)), f"/en/acts/{subject}/withdraw_consent/"
    answer = counsel.post(path, {**checked(counsel, path, through="counsel"), "step": "confirm"})
    assert answer.status_code == 409
    assert "H604" in text(answer.content)


def test_who_refuses_is_not_authorised(desk: Desk) -> None:
    subject = _untaken()
    assert _heard(desk, subject, "no") == 302
    one = Person.objects.get(pk=subject)
    assert (one.consent, one.stage) == ("refused", "not eligible")
    officer = proved(desk.client(*OFFICER))
    page = text(officer.get(f"/en/acts/{subject}/").content)
    assert "H601" in page.split("Authorise the transfer")[1][:120]


@pytest.mark.parametrize("who", [COUNSEL, OFFICER, ("SV-COURT", Office.COURT)])
def test_nobody_but_the_court_that_has_the_case_hears_consent(
    desk: Desk, who: tuple[str, Office]
) -> None:
    path = f"/en/acts/{_untaken()}/verify_consent/"
    assert proved(desk.client(*who)).get(path).status_code == 404
