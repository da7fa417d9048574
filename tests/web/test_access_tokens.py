"""Programs act with tokens: within the office of whose they are, for a while, until revoked."""

import re
from datetime import timedelta

import pytest
from django.http import HttpRequest
from django.test import RequestFactory

from habeas.terms import Deed, Office
from habeas.web.accounts import tokens
from habeas.web.accounts.models import AccessToken, Change, User
from habeas.web.clock import now
from signing_in import NewClient, officer, send, sign_in

OWN, ALL = "/en/accounts/tokens/", "/en/users/tokens/"
HOUR = timedelta(hours=1)


def asks(words: str, scheme: str = "Bearer") -> HttpRequest:
    return RequestFactory().get("/", headers={"authorization": f"{scheme} {words}"})


@pytest.mark.usefixtures("tables")
def test_a_token_stands_for_its_owner_until_it_ends() -> None:
    user, at = officer(), now()
    _, words = tokens.make(user, "nightly", None, at + HOUR, at)
    assert tokens.bearer(asks(words), at) == user
    assert tokens.bearer(asks(words, "bearer"), at + HOUR - timedelta(seconds=1)) == user
    assert tokens.bearer(asks(words), at + HOUR) is None


@pytest.mark.usefixtures("tables")
def test_none_lasts_longer_than_ninety_days() -> None:
    at = now()
    made, _ = tokens.make(officer(), "nightly", None, at + timedelta(days=4000), at)
    assert made.expires_at == at + timedelta(days=90)


@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize("sent", ["", "habeas_", "habeas_" + "a" * 43, "habeas_" + "a" * 10_000])
def test_what_is_no_token_is_nobody(sent: str) -> None:
    user, at = officer(), now()
    made, words = tokens.make(user, "nightly", None, at + HOUR, at)
    held = (made.digest, made.prefix, words[:-1], words + "a", words.lower(), sent)
    assert [one for one in held if tokens.bearer(asks(one), at)] == []
    assert tokens.bearer(asks(words, "Basic"), at) is None
    assert tokens.bearer(RequestFactory().get("/"), at) is None


@pytest.mark.usefixtures("tables")
def test_a_revoked_one_and_one_of_somebody_deactivated_are_nothing() -> None:
    user, at = officer(), now()
    made, words = tokens.make(user, "nightly", None, at + HOUR, at)
    User.objects.update(is_active=False)
    assert tokens.bearer(asks(words), at) is None
    User.objects.update(is_active=True)
    tokens.revoke(made, user, at)
    tokens.revoke(made, user, at + HOUR)
    assert tokens.bearer(asks(words), at) is None
    assert AccessToken.objects.get().revoked_at == at
    kinds = [one.kind for one in Change.objects.order_by("id")]
    assert kinds == ["token_made", "token_revoked"]


@pytest.mark.usefixtures("tables")
def test_in_another_office_an_old_token_is_nothing() -> None:
    user, at = officer(), now()
    _, words = tokens.make(user, "nightly", None, at + HOUR, at)
    User.objects.update(office=Office.ADMINISTRATOR.value)
    assert tokens.bearer(asks(words), at) is None
    User.objects.update(office=user.office, authority="SV-DGCP")
    assert tokens.bearer(asks(words), at) is None
    User.objects.update(authority=user.authority)
    assert tokens.bearer(asks(words), at) == user


@pytest.mark.usefixtures("tables")
def test_a_narrowed_one_covers_no_more_than_it_names() -> None:
    user, at = officer(), now()
    narrow, words = tokens.make(user, "reads", [Deed.SEE_DOCKET], at + HOUR, at)
    wide, _ = tokens.make(user, "all", None, at + HOUR, at)
    found = tokens.token_of(asks(words), at)
    assert found == narrow
    assert [one for one in Deed if tokens.covers(narrow, one)] == [Deed.SEE_DOCKET]
    assert [one for one in Deed if not tokens.covers(wide, one)] == []
    assert AccessToken.objects.get(pk=narrow.pk).last_used_at == at


def test_the_words_are_shown_once_and_kept_nowhere(new_client: NewClient) -> None:
    officer()
    client = sign_in(new_client())
    sent = {"name": "nightly", "days": "30", "deeds": "see_docket"}
    made = send(client, OWN, sent).content.decode()
    words = re.findall(r'id="token-words">([\w-]+)<', made)[0]
    assert tokens.bearer(asks(words), now()) == User.objects.get()
    assert words not in client.get(OWN).content.decode()
    kept = str(AccessToken.objects.values_list()[0]) + str(list(Change.objects.values_list()))
    assert words not in kept
    assert words[7:15] in kept


@pytest.mark.parametrize(
    "sent",
    [
        {"name": "", "days": "30"},
        {"name": "a", "days": "91"},
        {"name": "a", "days": "30", "deeds": "manage_users"},
    ],
)
def test_a_token_without_a_name_too_long_or_too_wide_is_not_made(
    sent: dict[str, str], new_client: NewClient
) -> None:
    officer()
    assert send(sign_in(new_client()), OWN, sent).status_code == 200
    assert not AccessToken.objects.exists()


def test_nobody_revokes_or_sees_the_token_of_another(new_client: NewClient) -> None:
    at, owner = now(), officer("owner")
    made, _ = tokens.make(owner, "of the owner", None, at + HOUR, at)
    officer("ana")
    client = sign_in(new_client(), "ana")
    assert client.get(f"{OWN}{made.pk}/revoke/").status_code == 404
    assert send(client, f"{OWN}{made.pk}/revoke/", {}, OWN).status_code == 404
    assert "of the owner" not in client.get(OWN).content.decode()
    assert client.get(ALL).status_code == 404
    assert AccessToken.objects.get().revoked_at is None
    officer("adm", Office.ADMINISTRATOR)
    manager = sign_in(new_client(), "adm")
    assert "of the owner" in manager.get(ALL).content.decode()
    assert send(manager, f"{OWN}{made.pk}/revoke/", {}).status_code == 302
    assert AccessToken.objects.get().revoked_at is not None


def test_a_user_without_an_office_has_no_tokens(new_client: NewClient) -> None:
    officer("ana", None, "")
    assert sign_in(new_client(), "ana").get(OWN).status_code == 404
