"""Passkeys in a real browser under the strict policy; Chromium plays the authenticator."""

import re

import pytest
from allauth.mfa.models import Authenticator

from browsing import KEYS, Desk
from chromium import needed
from habeas.web.accounts.models import Change
from signing_in import INDEX, LOGIN, code, officer, person

pytestmark = needed


def test_a_passkey_is_added_and_then_signs_in_by_itself(desk: Desk) -> None:
    person()
    desk.sign_in().wait_for_url(f"**{INDEX}")
    desk.add_key(passkey=True)
    assert len(re.findall(r"\b\d{8}\b", desk.page.locator("#recovery-codes").inner_text())) == 10
    assert "blue key" in desk.go(KEYS).locator("main").inner_text()
    desk.sign_out()
    assert not desk.signed_in()
    desk.go(f"{LOGIN}?next={INDEX}").get_by_role("button", name="Sign in with a passkey").click()
    desk.page.wait_for_url(f"{desk.address}{INDEX}")
    kinds = [one.detail for one in Change.objects.filter(kind="signed_in").order_by("id")]
    assert kinds == [{"by": ["password"]}, {"by": ["mfa"]}]


def test_a_key_answers_after_the_password_and_steps_up(desk: Desk) -> None:
    person()
    desk.sign_in().wait_for_url(f"**{INDEX}")
    desk.add_key(passkey=False)
    desk.sign_out()
    desk.sign_in()
    button = desk.page.get_by_role("button", name="Use a passkey or security key")
    button.click()
    desk.page.wait_for_url(f"{desk.address}{INDEX}")
    desk.go(f"/en/accounts/factors/keys/reauthenticate/?next={KEYS}")
    desk.page.get_by_role("button", name="Use a passkey or security key").click()
    desk.page.wait_for_url(f"{desk.address}{KEYS}")
    kinds = [one.detail for one in Change.objects.filter(kind="signed_in").order_by("id")]
    assert {"by": ["password", "mfa"]} in kinds
    assert desk.signed_in()


def test_an_authenticator_without_the_key_signs_nobody_in(desk: Desk) -> None:
    person()
    desk.sign_in().wait_for_url(f"**{INDEX}")
    desk.add_key(passkey=True)
    desk.sign_out()
    desk.line.send("WebAuthn.clearCredentials", {"authenticatorId": desk.authenticator})
    desk.go(LOGIN).get_by_role("button", name="Sign in with a passkey").click()
    desk.page.wait_for_timeout(500)
    assert not desk.signed_in()
    assert [fault for fault in desk.faults if "NotAllowedError" not in fault] == []
    desk.faults.clear()


def test_a_key_of_which_the_installation_knows_nothing_any_more_is_refused(desk: Desk) -> None:
    person()
    desk.sign_in().wait_for_url(f"**{INDEX}")
    desk.add_key(passkey=True)
    desk.sign_out()
    Authenticator.objects.all().delete()
    desk.go(LOGIN).get_by_role("button", name="Sign in with a passkey").click()
    desk.page.get_by_text("Incorrect code").wait_for()
    assert not desk.signed_in()


def test_the_last_key_stays_and_another_may_go(desk: Desk) -> None:
    person()
    desk.sign_in().wait_for_url(f"**{INDEX}")
    desk.add_key(passkey=True)
    page = desk.go(KEYS)
    page.get_by_role("link", name="Remove blue key").click()
    page.get_by_role("button", name="Remove the key").click()
    assert "Add another second factor" in page.locator("main").inner_text()
    assert "blue key" in desk.go(KEYS).locator("main").inner_text()


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_page_of_an_account_keeps_the_policy(language: str, desk: Desk) -> None:
    officer()
    desk.sign_in()
    desk.page.locator("input[name=code]").fill(code())
    desk.page.get_by_role("button", name="Sign in", exact=True).click()
    desk.page.wait_for_url(f"**{INDEX}")
    paths = ["", "keys/", "keys/add/", "app/remove/", "codes/", "codes/new/", "reauthenticate/"]
    pages = [f"/{language}/accounts/factors/{path}" for path in paths]
    pages += [f"/{language}/accounts/{path}/" for path in ("password", "tokens", "logout")]
    for path in pages:
        page = desk.go(path)
        assert page.url == desk.address + path
        assert page.locator("h1").count() == 1
        assert page.locator("html").get_attribute("lang") == language
