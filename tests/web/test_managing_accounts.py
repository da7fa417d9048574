"""Administrators make and change the accounts of others, never their own; all of it is kept."""

import re

import pytest
from django.contrib.auth import SESSION_KEY
from django.db import DatabaseError
from django.test import Client

from habeas.terms import Office
from habeas.web.accounts.models import Change, User
from signing_in import INDEX, LOGIN, NewClient, officer, send, sign_in

USERS, ADD = "/en/users/", "/en/users/add/"
NEW = {
    "username": "eva",
    "first_name": "Eva",
    "last_name": "Ruiz",
    "email": "eva@us.example",
    "authority": "US-BOP",
    "office": "sending_officer",
    "key": "",
}


@pytest.fixture
def administrator(new_client: NewClient) -> Client:
    officer("adm", Office.ADMINISTRATOR)
    return sign_in(new_client(), "adm")


def page(user: User, *, act: str = "") -> str:
    return f"{USERS}{user.pk}/{act}"


def test_an_administrator_adds_somebody_who_then_sets_everything_up(
    administrator: Client, new_client: NewClient
) -> None:
    answer = send(administrator, ADD, NEW).content.decode()
    password = re.findall(r'id="first-password">([0-9a-f-]+)<', answer)[0]
    assert [one.kind for one in Change.objects.filter(user__username="eva")] == ["added"]
    client = new_client()
    send(client, LOGIN, {"login": "eva", "password": password})
    assert client.get(INDEX)["Location"] == "/en/accounts/password/"


def test_what_no_field_asks_is_not_taken(administrator: Client) -> None:
    sent = NEW | {"is_superuser": "on", "is_staff": "on", "demonstration": "on", "id": "1"}
    send(administrator, ADD, sent | {"first_password_until": "", "password": "chosen for them"})
    user = User.objects.get(username="eva")
    assert [user.is_superuser, user.is_staff, user.demonstration] == [False, False, False]
    assert user.first_password_until is not None
    assert not user.check_password("chosen for them")
    send(administrator, page(user), NEW | {"username": "root", "is_superuser": "on"})
    user = User.objects.get(pk=user.pk)
    assert (user.username, user.is_superuser) == ("eva", False)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("authority", "XX-NOBODY"),
        ("office", "king"),
        ("key", "not a key"),
        ("username", ""),
        ("username", "adm"),
        ("email", "ADM@us.example"),
        ("email", "no address"),
    ],
)
def test_what_cannot_be_is_told_and_what_was_typed_stays(
    field: str, typed: str, administrator: Client
) -> None:
    answer = send(administrator, ADD, NEW | {field: typed})
    assert answer.status_code == 200
    assert re.findall(r'name="(\w+)"[^>]*aria-invalid="true"', answer.content.decode()) == [field]
    assert 'value="Eva"' in answer.content.decode()
    assert User.objects.count() == 1


def test_a_change_of_office_works_at_once(administrator: Client, new_client: NewClient) -> None:
    user = officer("ana", Office.ADMINISTRATOR)
    client = sign_in(new_client(), "ana")
    assert client.get(USERS).status_code == 200
    send(administrator, page(user), NEW | {"office": "auditor"})
    assert client.get(USERS).status_code == 404
    written = Change.objects.get(kind="office").detail
    assert (written["before_office"], written["office"]) == ("administrator", "auditor")


def test_deactivated_is_out_with_the_next_request(
    administrator: Client, new_client: NewClient
) -> None:
    user, client = officer("ana"), new_client()
    sign_in(client, "ana")
    send(administrator, page(user, act="deactivate/"), {}, page(user))
    assert client.get(INDEX)["Location"].startswith(LOGIN)
    send(administrator, page(user, act="reactivate/"), {}, page(user))
    assert client.get(INDEX)["Location"].startswith(LOGIN)  # the old session is over for good


def test_reset_takes_factors_password_and_sessions(
    administrator: Client, new_client: NewClient
) -> None:
    user, client = officer("ana"), new_client()
    sign_in(client, "ana")
    answer = send(administrator, page(user, act="reset/"), {}, page(user)).content.decode()
    password = re.findall(r'id="first-password">([0-9a-f-]+)<', answer)[0]
    assert client.get(INDEX)["Location"].startswith(LOGIN)
    again = new_client()
    send(again, LOGIN, {"login": "ana", "password": password})
    assert again.get(INDEX)["Location"] == "/en/accounts/password/"


@pytest.mark.parametrize("act", ["", "deactivate/", "reset/"])
def test_nobody_changes_their_own_account(act: str, administrator: Client) -> None:
    own = User.objects.get(username="adm")
    answer = send(administrator, page(own, act=act), NEW, "/en/accounts/logout/")
    assert (answer.status_code, b"CSRF" in answer.content) == (403, False)
    own = User.objects.get(username="adm")
    assert (own.office, own.is_active) == ("administrator", True)
    assert [one.kind for one in Change.objects.all()] == ["signed_in"]


@pytest.mark.parametrize("office", [one for one in Office if one is not Office.ADMINISTRATOR])
def test_for_every_other_office_there_is_no_such_page(
    office: Office, new_client: NewClient
) -> None:
    other = officer("other")
    user = officer("ana", office)
    client = sign_in(new_client(), "ana")
    for path in (USERS, ADD, f"{USERS}changes/", f"{USERS}tokens/", page(other)):
        assert client.get(path).status_code == 404
    for act in ("", "deactivate/", "reactivate/", "reset/"):
        for one in (other, user):
            assert send(client, page(one, act=act), NEW, "/en/accounts/logout/").status_code == 404
    assert User.objects.filter(is_active=True, office=office).count() >= 1


@pytest.mark.parametrize("authority", ["SV-DGCP", "XX-STRANGER", ""])
def test_an_administrator_of_elsewhere_manages_nothing_here(
    authority: str, new_client: NewClient
) -> None:
    officer("ana", Office.ADMINISTRATOR, authority)
    client = sign_in(new_client(), "ana")
    assert client.get(USERS).status_code == 404
    assert client.get(f"{USERS}tokens/").status_code == 404


def test_each_act_needs_its_form_and_a_second_factor_of_late(administrator: Client) -> None:
    user = officer("ana")
    assert administrator.post(page(user, act="deactivate/")).status_code == 403
    assert administrator.get(page(user, act="deactivate/")).status_code == 405
    session = administrator.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 15 * 60 + 1
    session.save()
    answer = send(administrator, page(user, act="deactivate/"), {}, "/en/accounts/logout/")
    assert answer["Location"].startswith("/en/accounts/factors/reauthenticate/?next=")
    assert User.objects.get(pk=user.pk).is_active


def test_what_was_done_cannot_be_undone_or_changed(administrator: Client) -> None:
    assert administrator.session[SESSION_KEY]
    written = Change.objects.get()
    for act in (written.delete, written.save, Change.objects.all().delete):
        with pytest.raises(DatabaseError, match="stays as it was written"):
            act()
    assert Change.objects.count() == 1


def test_who_signed_in_when_is_listed(administrator: Client) -> None:
    shown = administrator.get(f"{USERS}changes/?kind=signed_in").content.decode()
    assert "Signed in" in shown
    assert "adm" in shown
    assert administrator.get(f"{USERS}changes/?kind=nonsense&page=x").status_code == 200
