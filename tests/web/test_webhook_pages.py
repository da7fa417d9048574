"""The pages of webhooks: for administrators of the installation's own state, and nobody else."""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from django.test import Client, override_settings

import acting
from habeas.terms import Office
from habeas.web import wiring
from habeas.web.hooks import ledger
from habeas.web.hooks.models import Delivery
from signing_in import NewClient, officer, send, sign_in

LIST, ADD = "/en/webhooks/", "/en/webhooks/add/"
GOOD = {"name": "case system", "address": "https://cases.example/hooks"}


@pytest.fixture(autouse=True)
def size(tables: Path, tmp_path: Path) -> Iterator[int]:
    """How many entries the register has, of an installation that may tell one host."""
    del tables
    acting.installed(tmp_path / "us", "US")
    here = msgspec.structs.replace(wiring.installation(), webhook_hosts=("cases.example",))
    vars(wiring._here).clear()  # noqa: SLF001 - the register of this thread
    with override_settings(INSTALLATION=here, FOLDER=tmp_path / "us"):
        found = wiring.register()
        yield found.store.size()
        wiring._here.held.__exit__(None, None, None)  # noqa: SLF001 - as above
    vars(wiring._here).clear()  # noqa: SLF001 - as above


def drawn(client: Client, page: str = ADD) -> str:
    shown = client.get(page).content.decode()
    found = re.search(r'name="key" value="([0-9A-Z]{26})"', shown)
    assert found, shown
    return found.group(1)


@pytest.mark.parametrize(
    ("office", "authority"),
    [
        (Office.SENDING_OFFICER, "US-BOP"),
        (Office.AUDITOR, "US-AUDIT"),
        (Office.ADMINISTRATOR, "SV-DGCP"),
    ],
)
def test_for_others_there_are_no_such_pages(
    new_client: NewClient, office: Office, authority: str
) -> None:
    officer("eva", office, authority)
    client = sign_in(new_client(), "eva")
    for page in (LIST, ADD, "/en/webhooks/1/"):
        assert client.get(page).status_code == 404, page
    assert new_client().get(LIST).status_code == 404


def test_an_administrator_adds_an_address_and_sees_its_secret_once(new_client: NewClient) -> None:
    officer("root", Office.ADMINISTRATOR)
    client = sign_in(new_client(), "root")
    typed = GOOD | {"key": drawn(client)}
    first = send(client, ADD, typed).content.decode()
    assert re.search(r"whsec_[A-Za-z0-9+/]{43}=", first)
    again = send(client, ADD, typed).content.decode()
    assert "whsec_" not in again
    assert ledger.subscriptions().count() == 1
    assert (
        "whsec_"
        not in client.get(f"/en/webhooks/{ledger.subscriptions().get().pk}/").content.decode()
    )
    other = send(client, ADD, typed | {"name": "other"}).content.decode()
    assert "H533" in other


@pytest.mark.parametrize(
    "address", ["http://cases.example/", "https://other.example/", "https://169.254.169.254/", ""]
)
def test_an_address_that_may_not_be_told_is_refused_by_name_and_kept(
    new_client: NewClient, address: str
) -> None:
    officer("root", Office.ADMINISTRATOR)
    client = sign_in(new_client(), "root")
    page = send(client, ADD, GOOD | {"address": address, "key": drawn(client)}).content.decode()
    assert 'href="#id_address"' in page
    assert 'value="case system"' in page
    assert not ledger.subscriptions().exists()


def test_an_address_is_told_anew_disabled_and_told_again(new_client: NewClient, size: int) -> None:
    officer("root", Office.ADMINISTRATOR)
    client = sign_in(new_client(), "root")
    send(client, ADD, GOOD | {"key": drawn(client)})
    one = ledger.subscriptions().get()
    page = f"/en/webhooks/{one.pk}/"
    wrong = send(client, f"{page}replay/", {"index": "-1"}, page)
    assert wrong.status_code == 422
    assert 'href="#id_index"' in wrong.content.decode()
    send(client, f"{page}replay/", {"index": "4"}, page)
    assert [(sent.first, sent.last) for sent in Delivery.objects.all()] == [(4, size - 1)]
    assert f"4 to {size - 1}" in client.get(page).content.decode()
    send(client, f"{page}disable/", {}, page)
    one.refresh_from_db()
    assert one.disabled_why == "by_hand"
    send(client, f"{page}enable/", {}, page)
    one.refresh_from_db()
    assert one.disabled_at is None
    before = bytes(one.salt)
    assert "whsec_" in send(client, f"{page}secret/", {}, page).content.decode()
    one.refresh_from_db()
    assert bytes(one.salt) != before


def test_nothing_is_changed_by_a_form_of_another_site(new_client: NewClient) -> None:
    officer("root", Office.ADMINISTRATOR)
    client = sign_in(new_client(), "root")
    assert client.post(ADD, GOOD | {"key": "01JDG4Z7Q3V9X8W2Y1N5K6M7RS"}).status_code == 403
    assert not ledger.subscriptions().exists()
