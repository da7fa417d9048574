"""The people of a demonstration: whole on this machine, nobody anywhere else."""

import msgspec
import pytest
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.test import Client, override_settings

from habeas.adapters.installation_files import Installation
from habeas.errors import SetupError
from habeas.terms import Office, Side
from habeas.web.accounts.demo import DemoUser, Officer, demo_faults, make_demo_users
from habeas.web.accounts.models import User
from habeas.web.asker import asker_of
from signing_in import INDEX, LOGIN, NewClient, officer, send, sign_in

OFFICERS = [
    Officer("US-BOP", Office.SENDING_OFFICER, "k1"),
    Officer("US-BOP", Office.SENDING_OFFICER, "k2"),
    Officer("SV-DGCP", Office.RECEIVING_OFFICER),
]
SWITCH = "/en/accounts/switch/"


def signed_in(client: Client, one: DemoUser) -> Client:
    send(client, LOGIN, {"login": one.username, "password": one.password})
    return client


def switched(client: Client, name: str, page: str = "/en/accounts/logout/") -> int:
    return send(client, SWITCH, {"username": name}, page).status_code


def test_every_officer_a_guest_and_a_stranger_have_a_log_in(demonstration: Installation) -> None:
    found = make_demo_users(demonstration, OFFICERS)
    assert [(one.username, one.authority, one.office) for one in found] == [
        ("sending-officer.us-bop", "US-BOP", Office.SENDING_OFFICER),
        ("sending-officer.us-bop.2", "US-BOP", Office.SENDING_OFFICER),
        ("receiving-officer.sv-dgcp", "SV-DGCP", Office.RECEIVING_OFFICER),
        ("sending-officer.qm-stranger", "QM-STRANGER", Office.SENDING_OFFICER),
    ]
    assert [User.objects.get(username=one.username).key for one in found] == ["k1", "k2", "", ""]
    again = make_demo_users(demonstration, OFFICERS)
    assert User.objects.count() == 4
    assert {one.password for one in again}.isdisjoint({one.password for one in found})


def test_each_is_asked_as_of_their_own_side(demonstration: Installation) -> None:
    officers = [Officer("US-BOP", Office.AUDITOR), Officer("SV-DGCP", Office.AUDITOR)]
    users = [
        User.objects.get(username=one.username) for one in make_demo_users(demonstration, officers)
    ]
    found = [asker_of(user, demonstration) for user in users]
    assert [one and one.side for one in found] == [Side.SENDING, Side.RECEIVING, None]


def test_they_sign_in_without_a_second_factor(
    demonstration: Installation, new_client: NewClient
) -> None:
    one = make_demo_users(demonstration, OFFICERS)[0]
    client = signed_in(new_client(), one)
    assert client.session[SESSION_KEY]
    assert client.get("/en/nowhere/").status_code == 404


def test_outside_a_demonstration_they_are_nobody(
    demonstration: Installation, new_client: NewClient
) -> None:
    one = make_demo_users(demonstration, OFFICERS)[0]
    client = signed_in(new_client(), one)
    real = msgspec.structs.replace(demonstration, demonstration=False)
    user = User.objects.get(username=one.username)
    with override_settings(INSTALLATION=real):
        assert asker_of(user, real) is None
        assert client.get("/en/nowhere/")["Location"] == INDEX
        refused = send(new_client(), LOGIN, {"login": one.username, "password": one.password})
        assert refused.status_code == 403
        switched(client, "sending-officer.us-bop.2")
        assert client.session[SESSION_KEY] == str(user.pk)
        assert [fault.code for fault in demo_faults(real)] == ["H814"]
    assert demo_faults(demonstration) == []


@pytest.mark.parametrize(
    "address",
    ["https://desk.example", "http://192.0.2.7:8000", "http://localhost.example", "http://0.0.0.0"],
)
def test_a_demonstration_elsewhere_has_no_log_ins(
    address: str, demonstration: Installation
) -> None:
    elsewhere = msgspec.structs.replace(demonstration, address=address)
    with pytest.raises(SetupError, match="H813"):
        make_demo_users(elsewhere, OFFICERS)
    assert [fault.code for fault in demo_faults(elsewhere)] == ["H813"]
    assert not User.objects.exists()


def test_a_real_installation_makes_none(demonstration: Installation) -> None:
    real = msgspec.structs.replace(demonstration, demonstration=False)
    with pytest.raises(SetupError, match="H813"):
        make_demo_users(real, OFFICERS)


def test_one_may_switch_to_another_of_them(
    demonstration: Installation, new_client: NewClient
) -> None:
    found = make_demo_users(demonstration, OFFICERS)
    client = signed_in(new_client(), found[0])
    before = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert switched(client, found[2].username) == 302
    user = User.objects.get(username=found[2].username)
    assert client.session[SESSION_KEY] == str(user.pk)
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != before
    assert client.get(SWITCH).status_code == 405
    assert client.post(SWITCH, {"username": found[0].username}).status_code == 403


def test_nobody_switches_to_or_from_a_real_account(
    demonstration: Installation, new_client: NewClient
) -> None:
    found = make_demo_users(demonstration, OFFICERS)
    officer("ana")
    of_demo, real = signed_in(new_client(), found[0]), sign_in(new_client())
    assert switched(of_demo, "ana") == 404
    assert switched(real, found[0].username) == 404
    assert switched(new_client(), found[0].username, LOGIN) == 404


def test_another_machine_may_not_switch(demonstration: Installation, new_client: NewClient) -> None:
    found = make_demo_users(demonstration, OFFICERS)
    client = signed_in(new_client(), found[0])
    client.defaults["REMOTE_ADDR"] = "192.0.2.7"
    assert switched(client, found[1].username) == 404
