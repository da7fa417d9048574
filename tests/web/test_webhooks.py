"""Messages to whoever asked to be told: a ledger, a receiver that fails and recovers, no loss."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from secrets import token_bytes

import msgspec
import pytest
from django.test import override_settings

from habeas.errors import SetupError
from habeas.service import hooks
from habeas.web import rounds, wiring
from habeas.web.accounts.models import User
from habeas.web.clock import now
from habeas.web.hooks import enrolled, ledger
from habeas.web.hooks.models import Delivery, Subscription
from signing_in import person

State = Delivery.State
AT = datetime(2026, 11, 21, 8, tzinfo=UTC)


class Receiver:
    """A receiver over real HTTP; answers with the status that it is given."""

    def __init__(self) -> None:
        self.status, self.heard = 204, list[tuple[dict[str, str], bytes]]()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.heard.append((dict(self.headers.items()), body))
                self.send_response(outer.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: object) -> None:
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.place = f"localhost:{self.server.server_port}"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()
    thread = threading.Thread(target=found.server.serve_forever, daemon=True)
    thread.start()
    yield found
    found.server.shutdown()
    found.server.server_close()
    thread.join()


@pytest.fixture
def told(tables: Path, receiver: Receiver) -> Iterator[Subscription]:
    """A demonstration that tells the receiver."""
    del tables
    found = msgspec.structs.replace(
        wiring.installation(), demonstration=True, webhook_hosts=(receiver.place,)
    )
    with override_settings(INSTALLATION=found):
        yield subscribed(f"http://{receiver.place}/hooks")


def subscribed(address: str, by: User | None = None) -> Subscription:
    user = by or person("root", None)
    key = f"01JDG{len(address):021d}"
    return ledger.subscribe_once(key, ("tests", address), user, AT, 10, token_bytes)[0]


def one() -> Delivery:
    return Delivery.objects.get()


def hasten() -> None:
    """Let what waits be due now."""
    Delivery.objects.update(due=now() - timedelta(seconds=1))


def test_a_message_arrives_and_holds(told: Subscription, receiver: Receiver) -> None:
    assert ledger.spread(13, now(), token_bytes) == 1
    rounds.deliver()
    assert one().state == State.SUCCESSFUL
    headers, body = receiver.heard[0]
    assert hooks.holds(enrolled.secret(told), headers, body, now())
    assert not hooks.holds(bytes(32), headers, body, now())
    assert json.loads(body)["data"] == {"index": 12, "first": 10}
    assert headers["Content-Type"] == "application/cloudevents+json"
    assert ledger.spread(13, now(), token_bytes) == 0, "nothing is told twice by itself"


def test_a_receiver_that_fails_and_recovers_hears_the_same_message(
    told: Subscription, receiver: Receiver
) -> None:
    del told
    receiver.status = 500
    ledger.spread(11, now(), token_bytes)
    for tries in (1, 2, 3):
        rounds.deliver()
        found = one()
        assert (found.state, found.tries, found.status) == (State.RETRY, tries, 500)
        assert found.due > now(), "it is tried later"
        rounds.deliver()
        assert len(receiver.heard) == tries, "and not before"
        hasten()
    receiver.status = 200
    rounds.deliver()
    assert (one().state, one().tries) == (State.SUCCESSFUL, 4)
    assert len({json.loads(body)["id"] for _, body in receiver.heard}) == 1
    assert len({headers["Webhook-Id"] for headers, _ in receiver.heard}) == 1


def test_an_address_that_never_hears_is_told_nothing_more(
    told: Subscription, receiver: Receiver
) -> None:
    receiver.status = 503
    for size in (11, 12, 13):
        ledger.spread(size, now(), token_bytes)
        for _ in range(hooks.RETRIES + 1):
            hasten()
            rounds.deliver()
    told.refresh_from_db()
    assert {one.state for one in ledger.deliveries(told)} == {State.FAILED}
    assert (told.failures, told.disabled_why) == (3, "failures")
    heard = len(receiver.heard)
    assert heard == 3 * (hooks.RETRIES + 1)
    ledger.spread(20, now(), token_bytes)
    rounds.deliver()
    assert len(receiver.heard) == heard
    receiver.status = 200
    ledger.enable(told)
    ledger.spread(20, now(), token_bytes)
    rounds.deliver()
    assert json.loads(receiver.heard[-1][1])["data"] == {"index": 19, "first": 13}


def test_a_courier_that_is_killed_while_sending_loses_nothing(
    told: Subscription, receiver: Receiver
) -> None:
    del told
    ledger.spread(11, now(), token_bytes)
    lost = ledger.leased(now(), 10)
    assert [held.message for held in lost] == [one().message]
    assert ledger.leased(now(), 10) == [], "while it is held, nobody else takes it"
    after = now() + ledger.LEASE
    assert [held.message for held in ledger.leased(after, 10)] == [one().message]
    ledger.delivered(lost[0], 200, now())
    assert one().state == State.IN_PROGRESS, "whoever lost the lease tells nothing"
    Delivery.objects.update(leased_until=now())
    rounds.deliver()
    assert (one().state, len(receiver.heard)) == (State.SUCCESSFUL, 1)


def test_two_couriers_make_and_take_each_message_once(told: Subscription) -> None:
    """Both have read the address before either made a message."""
    stale = ledger.subscriptions().get()
    assert ledger.spread_to(told, 12, now(), token_bytes, 5) == 1
    assert ledger.spread_to(stale, 12, now(), token_bytes, 5) == 0
    first, second = ledger.leased(now(), 5), ledger.leased(now(), 5)
    assert (len(first), len(second)) == (1, 0)


def test_an_address_is_told_anew_from_an_index_on(told: Subscription, receiver: Receiver) -> None:
    assert ledger.replay(told, 3, 12, now(), token_bytes) == 1
    rounds.deliver()
    assert json.loads(receiver.heard[0][1])["data"] == {"index": 11, "first": 3}
    ledger.replay(told, 3, 12, now(), token_bytes)
    rounds.deliver()
    assert receiver.heard[0][0]["Webhook-Id"] != receiver.heard[1][0]["Webhook-Id"]
    assert ledger.replay(told, 0, 200_000, now(), token_bytes) == ledger.OPEN, "never all at once"


def test_a_host_that_is_taken_off_the_list_is_told_nothing(
    told: Subscription, receiver: Receiver
) -> None:
    del told
    ledger.spread(11, now(), token_bytes)
    here = wiring.installation()
    with override_settings(INSTALLATION=msgspec.structs.replace(here, webhook_hosts=())):
        rounds.deliver()
    assert (one().state, receiver.heard) == (State.RETRY, [])
    assert "is not enrolled" in one().reason


@pytest.mark.parametrize(
    "address",
    [
        "https://other.example/", "http://cases.example/", "http://127.0.0.1:1/",
        "https://cases.example:8443/", "https://cases.example@other.example/",
        "https://sub.cases.example/",
    ],
)  # fmt: skip
def test_only_hosts_that_the_installations_file_names_are_told(tables: Path, address: str) -> None:
    del tables
    here = msgspec.structs.replace(wiring.installation(), webhook_hosts=("cases.example",))
    with override_settings(INSTALLATION=here):
        assert enrolled.target("https://cases.example/hooks").place == "cases.example"
        with pytest.raises(SetupError) as refused:
            enrolled.target(address)
        assert refused.value.code == "H858"


def test_outside_of_a_demonstration_nothing_on_this_machine_is_told(
    told: Subscription, receiver: Receiver
) -> None:
    del told
    ledger.spread(11, now(), token_bytes)
    here = wiring.installation()
    with override_settings(INSTALLATION=msgspec.structs.replace(here, demonstration=False)):
        rounds.deliver()
    assert (one().state, receiver.heard) == (State.RETRY, [])


def test_the_secret_stands_in_no_table_and_another_one_takes_its_place(told: Subscription) -> None:
    before = enrolled.secret(told)
    path = wiring.folder() / "hooks.key"
    assert path.stat().st_mode & 0o077 == 0
    stored = (wiring.folder() / "web.sqlite3").read_bytes()
    assert before not in stored
    assert before.hex().encode() not in stored
    ledger.renew_secret(told, token_bytes)
    assert enrolled.secret(told) != before
