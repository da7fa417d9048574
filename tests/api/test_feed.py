"""Two installations over loopback, each the mirror and the witness of the other's log."""

import base64
import hashlib
import json
from contextlib import closing

import pytest

import served
from habeas.adapters.settlement_file import SETTLEMENTS, SettlementFile
from habeas.service.asking import Publish
from habeas.service.feed_asks import Feed, Settlements
from served import State, authorised, both, has, opinion

LOG = {"se": "demo.habeas.example/se-ee/se", "ee": "demo.habeas.example/se-ee/ee"}


def state_of(state: State, event: str) -> str:
    """How an event stands between both logs, as one of them knows it."""
    with closing(SettlementFile(state.folder / SETTLEMENTS)) as ledger:
        found = ledger.kept([event])
    return found[event].state if event in found else ""


def publish(state: State) -> bool:
    with served.gateway(state) as caller:
        return bool(caller.ask(Publish(pads=True))["witnessed"])


def test_what_one_state_records_is_settled_at_both_by_their_couriers(
    sending: State, receiving: State
) -> None:
    ours, _ = both(sending, receiving)
    event = opinion(sending, ours, authorised(sending, ours))
    served.until(lambda: has(receiving, event), "the event at the receiving state")
    served.until(lambda: publish(sending), "the receiving state's witness")
    served.until(lambda: publish(receiving), "the sending state's witness")
    for state in (sending, receiving):
        served.until(lambda at=state: state_of(at, event) == "settled", "its settlement", 60)
    with served.gateway(sending) as caller:
        stands, told = caller.ask(Feed()), caller.ask(Settlements())
    assert stands["mirror"]["size"] == stands["mirror"]["known"] == stands["mirror"]["published"]
    assert (stands["counts"].keys(), told["events"]) == ({"settled"}, [])


def digest(name: str) -> str:
    return hashlib.sha256(LOG[name].encode()).hexdigest()


def test_the_feed_is_public_and_what_was_cosigned_too(sending: State) -> None:
    found = sending.get("/peer/v1/publications?after=2300")
    told = json.loads(found.body)
    assert (found.status, told["from"], told["origin"]) == (200, 2300, LOG["se"])
    assert len(base64.b64decode(told["entries"][0])) == 32
    for role in ("witness", "mirror"):
        shown = sending.get(f"/peer/v1/{role}/{digest('ee')}/checkpoint")
        assert (shown.status, shown.body.decode().split("\n")[0]) == (200, LOG["ee"])
        assert f"{LOG['se']}/{role}".encode() in shown.body
        assert sending.get(f"/peer/v1/{role}/{digest('se')}/checkpoint").status == 404
        assert sending.get(f"/peer/v1/{role}/nonsense/checkpoint").status == 404


@pytest.mark.parametrize("after", ["", "-1", "x", "1" * 17, "1e3"])
def test_a_size_that_is_none_finds_nothing(sending: State, after: str) -> None:
    assert sending.get(f"/peer/v1/publications?after={after}").status == 404


def test_more_than_was_published_is_refused_by_its_code(sending: State) -> None:
    found = sending.get("/peer/v1/publications?after=999999999")
    assert (found.status, found.body.decode()[:4]) == (422, "H930")


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 404), (b"nonsense", 422), (b"{}", 422), (b"\xff", 404), (b"a" * 5_000_000, 404)],
)
def test_whatever_is_no_publication_is_refused(sending: State, body: bytes, status: int) -> None:
    before = (sending.folder / "mirror" / "register.sqlite3").stat().st_size
    asked = {"Content-Type": "application/json"}
    assert sending.ask("POST", "/peer/v1/publications", "", body, asked).status == status
    assert (sending.folder / "mirror" / "register.sqlite3").stat().st_size == before


def test_its_own_publication_is_none_of_the_peer(sending: State) -> None:
    text = sending.get("/peer/v1/publications?after=0").body
    asked = {"Content-Type": "application/json"}
    found = sending.ask("POST", "/peer/v1/publications", "", text, asked)
    assert (found.status, found.body.decode()[:4]) == (422, "H522")


@pytest.mark.parametrize("role", ["witness", "mirror"])
def test_what_may_not_be_cosigned_is_answered_as_a_witness_does(
    sending: State, receiving: State, role: str
) -> None:
    path = f"/peer/v1/{role}/add-checkpoint"
    assert sending.ask("POST", path, "", b"nonsense").status == 400
    note = json.loads(receiving.get("/peer/v1/publications?after=0").body)["checkpoint"]
    own = json.loads(sending.get("/peer/v1/publications?after=0").body)["checkpoint"]
    assert sending.ask("POST", path, "", f"old 0\n\n{own}".encode()).status == 404
    head, _, lines = note.partition("\n\n")
    forged = head.replace(head.split("\n")[2], "A" * 43 + "=")
    assert sending.ask("POST", path, "", f"old 0\n\n{forged}\n\n{lines}".encode()).status == 403
    assert sending.ask("GET", path).status == 404
