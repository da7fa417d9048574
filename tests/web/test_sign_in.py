"""Who is signed in, and by what; a password alone opens nothing."""

import logging
import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import SESSION_KEY
from django.urls import NoReverseMatch, reverse

from habeas.web.accounts.models import Change, User
from habeas.web.clock import now
from habeas.web.security import CONTENT_SECURITY_POLICY as POLICY
from signing_in import (
    INDEX,
    LOGIN,
    PASSWORD,
    SECOND,
    NewClient,
    code,
    officer,
    person,
    send,
    sign_in,
)


def test_a_password_alone_signs_nobody_in(new_client: NewClient) -> None:
    officer()
    client = new_client()
    answer = send(client, LOGIN, {"login": "ana", "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, SECOND)
    assert SESSION_KEY not in client.session
    assert client.get(INDEX)["Location"].startswith(LOGIN)


def test_a_code_signs_in_once_and_is_written_down(new_client: NewClient) -> None:
    officer()
    used, client, other = code(), new_client(), new_client()
    for one in (client, other):
        send(one, LOGIN, {"login": "ana", "password": PASSWORD})
    send(client, SECOND, {"code": used})
    assert client.get(INDEX).status_code == 200
    assert send(other, SECOND, {"code": used}).status_code == 200
    assert SESSION_KEY not in other.session
    written = [(one.kind, one.by_id, one.detail) for one in Change.objects.all()]
    assert written == [("signed_in", User.objects.get().pk, {"by": ["password", "mfa"]})]


def test_without_a_second_factor_only_its_pages_open(new_client: NewClient) -> None:
    person()
    client = new_client()
    send(client, LOGIN, {"login": "ana", "password": PASSWORD})
    assert client.get("/en/anything/")["Location"] == INDEX
    assert client.get("/en/accounts/factors/keys/")["Location"] == INDEX
    assert client.get(INDEX).status_code == 200


def test_an_app_is_set_up_with_its_own_code_and_gives_recovery_codes(new_client: NewClient) -> None:
    person()
    client = new_client()
    send(client, LOGIN, {"login": "ana", "password": PASSWORD})
    page = client.get("/en/accounts/factors/app/add/").content.decode()
    secret = re.findall(r'id="totp-secret">([A-Z2-7]+)<', page)[0]
    token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[0]
    given = {"csrfmiddlewaretoken": token}
    wrong = client.post("/en/accounts/factors/app/add/", given | {"code": code(secret, 0)})
    assert wrong.status_code == 200
    right = client.post("/en/accounts/factors/app/add/", given | {"code": code(secret)})
    codes = client.get(right["Location"]).content.decode()
    listed = re.findall(r"<li><code>(\d{8})</code>", codes)
    assert len(listed) == 10
    assert listed[0] not in client.get(right["Location"]).content.decode()
    again = new_client()
    send(again, LOGIN, {"login": "ana", "password": PASSWORD})
    send(again, SECOND, {"code": listed[0]})
    assert SESSION_KEY in again.session


def test_the_session_key_before_sign_in_is_worth_nothing_after(new_client: NewClient) -> None:
    officer()
    client, thief = new_client(), new_client()
    send(client, LOGIN, {"login": "ana", "password": PASSWORD})
    fixed = client.cookies["habeas-us"].value
    send(client, SECOND, {"code": code()})
    assert client.cookies["habeas-us"].value != fixed
    thief.cookies["habeas-us"] = fixed
    assert thief.get(INDEX)["Location"].startswith(LOGIN)


def test_a_session_says_who_and_not_what_they_may_do(new_client: NewClient) -> None:
    user = officer()
    client = sign_in(new_client())
    held = str(dict(client.session))
    assert client.session[SESSION_KEY] == str(user.pk)
    assert [word for word in (user.authority, user.office, PASSWORD) if word in held] == []


@pytest.mark.parametrize(
    "away",
    [
        "https://evil.example/",
        "//evil.example/",
        "http://127.0.0.1/",
        "http://localhost/",
        "http:///evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "http://localhost@evil.example/",
    ],
)
def test_sign_in_leads_to_no_other_host(away: str, new_client: NewClient) -> None:
    officer()
    client = new_client()
    send(
        client, LOGIN, {"login": "ana", "password": PASSWORD, "next": away}, f"{LOGIN}?next={away}"
    )
    assert send(client, SECOND, {"code": code()})["Location"] == "/en/"


def test_sign_in_leads_back_to_the_page_that_was_asked(new_client: NewClient) -> None:
    officer()
    client = new_client()
    send(client, LOGIN, {"login": "ana", "password": PASSWORD, "next": "/en/persons/?page=2"})
    assert send(client, SECOND, {"code": code()})["Location"] == "/en/persons/?page=2"


def test_a_form_without_its_token_is_refused(new_client: NewClient) -> None:
    officer()
    client = new_client()
    assert client.post(LOGIN, {"login": "ana", "password": PASSWORD}).status_code == 403
    assert sign_in(client).post("/en/accounts/logout/").status_code == 403
    assert SESSION_KEY in client.session


def test_the_sixth_wrong_password_is_not_even_tried(new_client: NewClient) -> None:
    officer()
    for _ in range(5):
        send(new_client(), LOGIN, {"login": "ana", "password": "wrong"})
    right = send(new_client(), LOGIN, {"login": "ana", "password": PASSWORD})
    assert right.status_code == 200
    assert "Too many failed login attempts" in right.content.decode()


def test_codes_cannot_be_guessed_without_end(new_client: NewClient) -> None:
    officer()
    client = new_client()
    send(client, LOGIN, {"login": "ana", "password": PASSWORD})
    wrong = f"{(int(code()) + 1) % 10**6:06d}"
    for _ in range(5):
        send(client, SECOND, {"code": wrong})
    assert "Too many" in send(client, SECOND, {"code": code()}).content.decode()
    assert SESSION_KEY not in client.session


def test_nobody_signs_up_or_recovers_by_mail(new_client: NewClient) -> None:
    client = new_client()
    for path in ("signup", "password/reset", "email", "password/set", "login/code", "3rdparty"):
        assert client.get(f"/en/accounts/{path}/").status_code == 404
    for name in ("account_signup", "socialaccount_signup", "account_reset_password"):
        with pytest.raises(NoReverseMatch):
            reverse(name)


def test_whoever_is_deactivated_is_out_at_once(new_client: NewClient) -> None:
    officer()
    client = sign_in(new_client())
    User.objects.update(is_active=False)
    assert client.get(INDEX)["Location"].startswith(LOGIN)
    answer = send(new_client(), LOGIN, {"login": "ana", "password": PASSWORD})
    assert answer["Location"] == "/en/accounts/inactive/"


def test_a_first_password_must_be_changed_and_does_not_last(new_client: NewClient) -> None:
    user = officer()
    user.first_password_until = now() + timedelta(hours=1)
    user.save()
    client, page = sign_in(new_client()), "/en/accounts/password/"
    assert client.get(INDEX)["Location"] == page
    new = {"oldpassword": PASSWORD, "password1": "other plain words", "password2": ""}
    send(client, page, new | {"password2": new["password1"]})
    assert client.get(INDEX).status_code == 200
    assert User.objects.get().first_password_until is None
    User.objects.update(first_password_until=now() - timedelta(seconds=1))
    late = send(new_client(), LOGIN, {"login": "ana", "password": new["password1"]})
    assert late.status_code == 403


def test_the_last_second_factor_stays(new_client: NewClient) -> None:
    user = officer()
    client = sign_in(new_client())
    page = "/en/accounts/factors/app/remove/"
    assert "Add another second factor" in send(client, page, {}).content.decode()
    assert Authenticator.objects.filter(user=user, type="totp").exists()


def test_logs_hold_no_password_and_no_code(
    new_client: NewClient, caplog: pytest.LogCaptureFixture
) -> None:
    officer()
    with caplog.at_level(logging.DEBUG):
        client = sign_in(new_client())
        send(new_client(), LOGIN, {"login": "ana", "password": "a wrong password"})
        client.get("/en/nowhere/")
    said = caplog.text
    secrets = (PASSWORD, "a wrong password", code(), client.cookies["habeas-us"].value)
    assert caplog.records
    assert [word for word in secrets if word in said] == []


def test_every_answer_carries_the_policy(new_client: NewClient) -> None:
    officer()
    client = new_client()
    assert client.get(LOGIN)["Content-Security-Policy"] == POLICY
    assert client.get("/en/nowhere/")["Content-Security-Policy"] == POLICY
    assert client.post(LOGIN)["Content-Security-Policy"] == POLICY
    assert sign_in(client).get(INDEX)["Cache-Control"] == "no-store"
