"""A state's own identity provider signs in whoever has an account here, and nobody else."""

import re
from typing import cast

import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import SESSION_KEY
from django.http import HttpResponse
from django.test import Client

from habeas.web.accounts.models import Change, User
from identity_provider import IdentityProvider
from signing_in import INDEX, LOGIN, PASSWORD, SECOND, NewClient, code, officer, send, sign_in

START = "/accounts/providers/state-id/login/"
ANA = {"sub": "s-1", "email": "ana@us.example", "email_verified": True, "name": "Ana"}


def known(name: str = "ana") -> User:
    """Somebody whose address an administrator vouched for."""
    user = officer(name)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def through(client: Client, start: str = START, page: str = LOGIN) -> HttpResponse:
    """Go to the provider and come back, as a browser does."""
    page = send(client, start, {}, page).content.decode()
    onward = re.findall(r'id="onward" href="([^"]+)"', page)[0].replace("&amp;", "&")
    back = requests.get(onward, allow_redirects=False, timeout=5).headers["Location"]
    return cast("HttpResponse", client.get("/" + back.split("/", 3)[3]))


def test_a_verified_address_stands_for_the_password_and_the_factor_is_still_asked(
    new_client: NewClient, provider: IdentityProvider
) -> None:
    provider.claims = ANA
    user, client = known(), new_client()
    assert through(client)["Location"] == SECOND
    assert SESSION_KEY not in client.session
    send(client, SECOND, {"code": code()})
    assert client.session[SESSION_KEY] == str(user.pk)
    assert Change.objects.get().detail == {"by": ["socialaccount", "mfa"]}
    assert User.objects.get().check_password(PASSWORD)


def test_without_a_second_factor_a_provider_opens_only_its_pages(
    new_client: NewClient, provider: IdentityProvider
) -> None:
    provider.claims = ANA
    user, client = known(), new_client()
    Authenticator.objects.filter(user=user).delete()
    through(client)
    assert client.get("/en/anything/")["Location"] == INDEX


@pytest.mark.parametrize(
    "claims",
    [
        ANA | {"email": "nobody@us.example"},
        ANA | {"email_verified": False},
        ANA | {"email_verified": "false"},
        ANA | {"email_verified": "true"},
        {"sub": "s-1", "email": "ana@us.example"},
        {"sub": "s-1"},
        ANA | {"email": "", "preferred_username": "ana"},
    ],
)
def test_nobody_else_is_signed_in_or_made(
    claims: dict[str, object], new_client: NewClient, provider: IdentityProvider
) -> None:
    known()
    provider.claims = claims
    client = new_client()
    assert b"No account here" in through(client).content
    assert SESSION_KEY not in client.session
    assert (User.objects.count(), SocialAccount.objects.count()) == (1, 0)


def test_an_address_that_two_people_have_is_nobodys(
    new_client: NewClient, provider: IdentityProvider
) -> None:
    known()
    User.objects.create_user("other", "ANA@us.example", PASSWORD)
    provider.claims = ANA
    assert b"No account here" in through(new_client()).content


def test_whoever_gets_the_address_later_does_not_get_the_account(
    new_client: NewClient, provider: IdentityProvider
) -> None:
    known()
    provider.claims = ANA
    through(new_client())
    assert SocialAccount.objects.get().uid == "s-1"
    provider.claims = ANA | {"sub": "s-2"}
    refused = through(new_client())
    assert refused.status_code == 403
    assert SocialAccount.objects.get().uid == "s-1"


def test_who_is_known_by_their_id_may_have_another_address_there(
    new_client: NewClient, provider: IdentityProvider
) -> None:
    known()
    provider.claims = ANA
    through(new_client())
    provider.claims = ANA | {"email": "ana.maria@us.example"}
    assert through(new_client())["Location"] == SECOND


def test_a_deactivated_account_is_not_signed_in(
    new_client: NewClient, provider: IdentityProvider
) -> None:
    known()
    User.objects.update(is_active=False)
    provider.claims = ANA
    client = new_client()
    assert through(client)["Location"] == "/en/accounts/inactive/"
    assert SESSION_KEY not in client.session


def test_nobody_ties_another_identity_to_their_account(
    new_client: NewClient, provider: IdentityProvider
) -> None:
    known()
    client = sign_in(new_client())
    provider.claims = {"sub": "of somebody else"}
    for process in ("connect", "redirect"):
        asked = f"{START}?process={process}"
        assert through(client, asked, "/en/accounts/logout/").status_code == 403
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize(
    "says",
    [{"aud": "another client"}, {"iss": "http://localhost:1"}, {"exp": 1_000_000_000}],
)
def test_a_token_for_others_or_too_old_signs_nobody_in(
    says: dict[str, object], new_client: NewClient, provider: IdentityProvider
) -> None:
    known()
    provider.claims, provider.says = ANA, says
    client = new_client()
    assert b"Sign-in failed" in through(client).content
    assert SESSION_KEY not in client.session


def test_a_state_of_another_browser_is_refused(
    new_client: NewClient, provider: IdentityProvider
) -> None:
    known()
    provider.claims = ANA
    page = send(new_client(), START, {}, LOGIN).content.decode()
    onward = re.findall(r'id="onward" href="([^"]+)"', page)[0].replace("&amp;", "&")
    back = requests.get(onward, allow_redirects=False, timeout=5).headers["Location"]
    victim = new_client()
    assert b"Sign-in failed" in victim.get("/" + back.split("/", 3)[3]).content


def test_signing_in_there_leads_to_no_other_host(
    new_client: NewClient, provider: IdentityProvider
) -> None:
    known()
    provider.claims = ANA
    client = new_client()
    through(client, f"{START}?next=https://evil.example/")
    assert send(client, SECOND, {"code": code()})["Location"] == "/en/"


def test_going_there_needs_the_form_of_the_page(new_client: NewClient) -> None:
    assert new_client().post(START).status_code == 403
    assert new_client().get("/accounts/providers/unknown/login/").status_code == 404
