"""How long a session lasts, what ends it, and what a browser keeps of it."""

import logging
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.password_validation import validate_password
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.test import Client, override_settings

from habeas.adapters import installation_files
from habeas.terms import Office
from habeas.web import wiring
from habeas.web.accounts import sessions
from habeas.web.accounts.models import Change, User
from habeas.web.clock import now
from signing_in import INDEX, LOGIN, PASSWORD, SECOND, NewClient, code, officer, send, sign_in

APP = "/en/accounts/factors/app/add/"
CODES = "/en/accounts/factors/codes/new/"


def earlier(client: Client, **seconds: int) -> None:
    """Let what a session knows of its own age lie further back."""
    session = client.session
    for name, past in seconds.items():
        session[name] -= past
    session.save()


@pytest.mark.parametrize(
    ("name", "past", "out"),
    [("seen", 1790, ""), ("seen", 1810, "out"), ("begun", 28790, ""), ("begun", 28810, "out")],
)
def test_half_an_hour_away_or_eight_hours_in_all_end_a_session(
    name: str, past: int, out: str, new_client: NewClient
) -> None:
    client = new_client()
    client.force_login(officer())
    assert client.get(INDEX).status_code == 200
    earlier(client, **{name: past})
    answer = client.get(INDEX)
    assert (answer.status_code == 302) is bool(out)
    assert (SESSION_KEY not in client.session) is bool(out)


def test_to_go_on_working_lengthens_the_half_hour_and_not_the_eight(new_client: NewClient) -> None:
    client = new_client()
    client.force_login(officer())
    client.get(INDEX)
    begun = client.session[sessions.BEGUN]
    for _ in range(3):
        earlier(client, seen=1700)
        assert client.get(INDEX).status_code == 200
    assert client.session[sessions.BEGUN] == begun


def test_who_changes_a_factor_stays_and_every_other_session_ends(new_client: NewClient) -> None:
    officer()
    mine, other = sign_in(new_client()), sign_in(new_client(), secret="")
    other.force_login(User.objects.get())
    assert other.get(INDEX).status_code == 200
    assert send(mine, CODES, {}).status_code == 302
    assert mine.get(INDEX).status_code == 200
    assert other.get(INDEX)["Location"].startswith(LOGIN)


def test_anybody_can_end_their_other_sessions_after_showing_a_factor(new_client: NewClient) -> None:
    user = officer()
    mine, other = sign_in(new_client()), new_client()
    other.force_login(user)
    page = "/en/accounts/elsewhere/"
    assert mine.get(page).status_code == 405
    assert mine.post(page).status_code == 403
    assert send(mine, page, {}, INDEX)["Location"] == INDEX
    assert "signed out everywhere else" in mine.get(INDEX).content.decode()
    assert other.get(INDEX)["Location"].startswith(LOGIN)
    assert Change.objects.filter(kind="sessions_ended", by=user).count() == 1
    other.force_login(User.objects.get())
    assert "/factors/reauthenticate/" in send(other, page, {}, INDEX)["Location"]


def test_who_signs_out_leaves_nothing_in_the_browser(new_client: NewClient) -> None:
    officer()
    client = sign_in(new_client())
    key = client.cookies["habeas-us"].value
    answer = send(client, "/en/accounts/logout/", {})
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    thief = new_client()
    thief.cookies["habeas-us"] = key
    assert thief.get(INDEX)["Location"].startswith(LOGIN)


def test_cookies_are_http_only_same_site_and_hold_no_message(new_client: NewClient) -> None:
    officer()
    client = sign_in(new_client())
    client.get(INDEX)
    assert set(client.cookies) == {"habeas-us", "habeas-us-csrf"}
    for one in client.cookies.values():
        assert (one["httponly"], one["samesite"], one["domain"]) == (True, "Lax", "")


def test_over_tls_cookies_are_of_this_host_alone(tmp_path: Path) -> None:
    """The settings are read once a process: another one reads them for an address with https."""
    found = msgspec.structs.replace(
        wiring.installation(), address="https://us.example", providers=()
    )
    installation_files.write(tmp_path, found)
    names = ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "SECURE")
    said = f"from habeas.web import settings as s; print(*(getattr(s, n) for n in {names}))"
    env = {"HABEAS_INSTALLATION": str(tmp_path), "PYTHONPATH": ":".join(sys.path)}
    call = [sys.executable, "-c", said]
    told = subprocess.run(call, env=env, capture_output=True, text=True, check=True).stdout  # noqa: S603 - our own
    assert told.split() == ["__Host-habeas-us", "__Host-habeas-us-csrf", "True", "True"]


def test_an_address_with_tls_is_asked_by_tls_alone_for_a_year(new_client: NewClient) -> None:
    assert "Strict-Transport-Security" not in new_client().get(LOGIN)
    with override_settings(SECURE=True):
        for path in (LOGIN, "/en/nowhere/", "/-/live", "/open/nothing"):
            said = new_client().get(path)["Strict-Transport-Security"]
            assert said == "max-age=31536000; includeSubDomains"


def test_many_other_names_do_not_make_anybody_forget_who_guessed(new_client: NewClient) -> None:
    officer()
    for _ in range(5):
        send(new_client(), LOGIN, {"login": "ana", "password": "wrong"})
    for number in range(1200):
        caches["default"].set(f"of-somebody-else-{number}", 1, 600)
    right = send(new_client(), LOGIN, {"login": "ana", "password": PASSWORD})
    assert "Too many failed login attempts" in right.content.decode()


NEARLY_AT_HAND = (
    "Habeas-2026-habeas", "ana-us-bop-ana-11", "sending state 2026!", "password1234", "11 letters.",
)  # fmt: skip
OF_ONES_OWN = (
    "the custody of a blue umbrella",
    "plain words, any of them",
    "\N{SNOWMAN}" * 6 + " ljus och m\N{LATIN SMALL LETTER O WITH DIAERESIS}rker " * 4,
)


def told(password: str) -> list[str]:
    """Why a password is refused; empty for one that is taken."""
    user = User(username="ana", first_name="Ana", authority="US-BOP", email="ana@us.example")
    try:
        validate_password(password, user)
    except ValidationError as error:
        return error.messages
    return []


def test_a_password_is_long_uncommon_and_no_word_at_hand() -> None:
    assert [one for one in NEARLY_AT_HAND if not told(one)] == []
    assert [told(one) for one in OF_ONES_OWN] == [[], [], []]


def test_a_new_password_needs_the_old_one_and_no_word_at_hand(new_client: NewClient) -> None:
    officer()
    client, page, typed = sign_in(new_client()), "/en/accounts/password/", "other plain words"
    send(client, page, {"oldpassword": "wrong", "password1": typed, "password2": typed})
    own = {"oldpassword": PASSWORD, "password1": "ana-us-bop-ana-1", "password2": ""}
    answer = send(client, page, own | {"password2": own["password1"]}).content.decode()
    assert User.objects.get().check_password(PASSWORD)
    assert "Do not use your own name" in answer
    shown = client.get(page).content.decode()
    assert len(re.findall(r'<input[^>]*type="password"', shown)) == 3


def test_a_refused_sign_in_is_logged_without_what_was_typed(
    new_client: NewClient, caplog: pytest.LogCaptureFixture
) -> None:
    user, client = officer(), new_client()
    with caplog.at_level(logging.WARNING, logger="habeas"):
        send(client, LOGIN, {"login": "ana", "password": "wrong words"})
        send(client, LOGIN, {"login": "no such name", "password": "wrong words"})
        send(client, LOGIN, {"login": "ana", "password": PASSWORD})
        send(client, SECOND, {"code": f"{(int(code()) + 1) % 10**6:06d}"})
    assert [one.getMessage() for one in caplog.records if one.name == "habeas.sign_in"] == [
        f"a password was refused, for account {user.pk}",
        "a password was refused, for no account",
        f"a second factor was refused, for account {user.pk}",
    ]


def test_a_refused_page_is_logged_with_who_asked_and_not_of_whom(
    new_client: NewClient, caplog: pytest.LogCaptureFixture
) -> None:
    user = officer(office=Office.FINANCE)
    client = sign_in(new_client())
    with caplog.at_level(logging.WARNING, logger="habeas"):
        client.get("/en/users/")
        client.post("/en/accounts/elsewhere/")
    said = [one.getMessage() for one in caplog.records if one.name == "habeas.refused"]
    who = f"for account {user.pk}, finance of US-BOP"
    assert said == [f"404 at accounts_users {who}", f"403 at accounts_elsewhere {who}"]


def test_a_password_is_taken_as_it_was_typed() -> None:
    typed = "  Plain Words \N{LATIN SMALL LETTER E WITH ACUTE} " + "x" * 200
    user = User(username="ana")
    user.set_password(typed)
    assert user.password.startswith("scrypt$")
    assert user.check_password(typed)
    for other in (typed.lower(), typed.strip(), typed[:-1], typed[:72]):
        assert not user.check_password(other)


def test_a_code_of_the_last_half_minute_is_no_code(new_client: NewClient) -> None:
    officer()
    client = new_client()
    send(client, LOGIN, {"login": "ana", "password": PASSWORD})
    good = code()  # not about to end
    send(client, SECOND, {"code": code(at=now().timestamp() - 30)})
    assert SESSION_KEY not in client.session
    send(client, SECOND, {"code": good})
    assert SESSION_KEY in client.session


def test_a_session_key_is_drawn_anew_and_long(new_client: NewClient) -> None:
    user, keys = officer(), set[str]()
    for _ in range(5):
        client = new_client()
        client.force_login(user)
        keys.add(client.cookies["habeas-us"].value)
    assert len(keys) == 5
    assert all(re.fullmatch(r"[a-z0-9]{32}", one) for one in keys)  # 165 bits


def test_the_way_out_is_on_the_pages_of_whoever_is_signed_in(new_client: NewClient) -> None:
    client = new_client()
    assert "/en/accounts/logout/" not in client.get(LOGIN).content.decode()
    client.force_login(officer())
    for page in (INDEX, "/en/accounts/password/", "/en/accounts/logout/", "/en/nowhere/"):
        assert 'href="/en/accounts/logout/"' in client.get(page).content.decode(), page
