"""As whom a request asks; and who must show their second factor again."""

from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from habeas.access import Asker
from habeas.terms import Office, Side
from habeas.web import urls, wiring
from habeas.web.accounts.models import User
from habeas.web.accounts.step_up import stepped_up
from habeas.web.asked import AskedRequest
from signing_in import INDEX, NewClient, officer, send, sign_in

ASKED: list[tuple[Asker | None, str]] = []
SIGNED: list[str] = []


def ask(request: AskedRequest) -> HttpResponse:
    assert request.installation == wiring.installation()
    ASKED.append((request.asker, request.now.isoformat()))
    return HttpResponse("asked")


@stepped_up
def sign(request: HttpRequest) -> HttpResponse:
    SIGNED.append(str(request.method))
    return HttpResponse("signed")


urlpatterns = [path("ask/", ask), path("sign/", sign), *urls.urlpatterns]


@pytest.fixture(autouse=True)
def _routed() -> Iterator[None]:
    ASKED.clear()
    SIGNED.clear()
    with override_settings(ROOT_URLCONF=__name__):
        yield


def asked(client: Client) -> Asker | None:
    assert client.get("/ask/").status_code == 200
    return ASKED[-1][0]


def test_nobody_is_none_and_the_clock_is_in_whole_seconds_of_utc(new_client: NewClient) -> None:
    assert asked(new_client()) is None
    assert ASKED[0][1].endswith("+00:00")
    assert len(ASKED[0][1]) == len("2027-01-04T09:00:00+00:00")


@pytest.mark.parametrize(
    ("authority", "side"),
    [("US-BOP", Side.SENDING), ("SV-DGCP", Side.RECEIVING), ("CL-OTHER", None)],
)
def test_the_side_is_that_of_the_authority(
    authority: str, side: Side | None, new_client: NewClient
) -> None:
    officer("ana", Office.AUDITOR, authority)
    assert asked(sign_in(new_client())) == Asker(authority, side, Office.AUDITOR)


def test_without_authority_or_office_somebody_is_nobody(new_client: NewClient) -> None:
    officer("ana", Office.AUDITOR, "")
    officer("eva", None, "US-BOP")
    assert asked(sign_in(new_client(), "ana")) is None
    assert asked(sign_in(new_client(), "eva")) is None


def test_a_change_of_office_works_with_the_next_request(new_client: NewClient) -> None:
    officer()
    client = sign_in(new_client())
    for office in (Office.COURT, Office.FINANCE):
        User.objects.update(office=office.value)
        found = asked(client)
        assert found is not None
        assert found.office is office
    User.objects.update(office="")
    assert asked(client) is None


def grown_old(client: Client, seconds: int, ways: tuple[str, ...] = ("password", "mfa")) -> None:
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= seconds * (record["method"] in ways)
    session.save()


def test_step_up_asks_again_after_a_quarter_of_an_hour(new_client: NewClient) -> None:
    officer()
    client = sign_in(new_client())
    grown_old(client, 14 * 60)
    assert client.get("/sign/").status_code == 200
    grown_old(client, 61)
    assert client.get("/sign/?case=1")["Location"] == (
        "/en/accounts/factors/reauthenticate/?next=%2Fsign%2F%3Fcase%3D1"
    )
    assert SIGNED == ["GET"]


def test_a_right_code_steps_up_and_leads_back(new_client: NewClient) -> None:
    officer()
    client = sign_in(new_client())
    grown_old(client, 15 * 60 + 1)
    page = client.get("/sign/")["Location"]
    spare = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    send(client, page, {"code": "00000000", "next": "/sign/"})
    assert client.get("/sign/").status_code == 302
    assert send(client, page, {"code": spare[0], "next": "/sign/"})["Location"] == "/sign/"
    assert client.get("/sign/").status_code == 200
    grown_old(client, 15 * 60 + 1)
    again = send(client, page, {"code": spare[0], "next": "https://evil.example/"})
    assert again.status_code == 200
    away = send(client, page, {"code": spare[1], "next": "https://evil.example/"})
    assert away["Location"] == "/en/"


def test_a_password_is_no_step_up(new_client: NewClient) -> None:
    officer()
    client = sign_in(new_client())
    grown_old(client, 15 * 60 + 1, ("mfa",))
    assert client.get("/sign/").status_code == 302
    answer = client.get("/en/accounts/reauthenticate/?next=/sign/")
    assert answer["Location"].startswith("/en/accounts/factors/reauthenticate/")
    assert client.get("/sign/").status_code == 302


def test_what_a_form_said_is_not_kept_while_somebody_steps_up(new_client: NewClient) -> None:
    officer()
    client = sign_in(new_client())
    grown_old(client, 15 * 60 + 1)
    page = client.get(INDEX).wsgi_request.build_absolute_uri("/ask/?case=1")
    client.handler.enforce_csrf_checks = False
    answer = client.post("/sign/", {"reason": "a canary of the form"}, headers={"referer": page})
    assert answer["Location"].endswith("?next=%2Fask%2F%3Fcase%3D1")
    assert "canary" not in str(dict(client.session))
    away = {"referer": "https://evil.example/trap/"}
    assert client.post("/sign/", {}, headers=away)["Location"].endswith("?next=%2Fsign%2F")
    assert SIGNED == []


def test_whoever_is_not_signed_in_is_sent_to_sign_in(new_client: NewClient) -> None:
    assert new_client().get("/sign/")["Location"] == "/en/accounts/login/?next=%2Fsign%2F"
