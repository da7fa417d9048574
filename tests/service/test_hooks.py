"""What goes to whoever asked to be told: indexes alone, signed, and later each time."""

import base64
import hmac
import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from habeas.service import hooks
from habeas.service.hooks import Grown

AT = datetime(2026, 11, 21, 8, tzinfo=UTC)
KEY = bytes(range(32))
MESSAGE = Grown("9f86d081884c7d659a2feaa0c55ad015", "https://se.example", 4700, 4711, AT)
BODY = (
    b'{"specversion":"1.0","id":"9f86d081884c7d659a2feaa0c55ad015","source":"https://se.example",'
    b'"type":"habeas.register.grew.v1","time":"2026-11-21T08:00:00Z",'
    b'"datacontenttype":"application/json","data":{"index":4711,"first":4700}}'
)


def test_a_message_says_indexes_and_nothing_else() -> None:
    assert hooks.body(MESSAGE) == BODY
    said = json.loads(BODY)
    assert {"id", "source", "specversion", "type"} <= set(said), "what CloudEvents asks for"
    assert "subject" not in said
    assert said["data"] == {"index": 4711, "first": 4700}


def test_the_signature_is_the_one_that_receivers_compute() -> None:
    found = hooks.headers(MESSAGE, KEY, AT)
    stamp = str(int(AT.timestamp()))
    mac = hmac.new(KEY, f"{MESSAGE.id}.{stamp}.".encode() + BODY, sha256).digest()
    assert found["Webhook-Signature"] == f"v1,{base64.b64encode(mac).decode()}"
    assert (found["Webhook-Id"], found["Webhook-Timestamp"]) == (MESSAGE.id, stamp)
    assert found["Webhook-Signature"] == "v1,C5pTuD4Chq8UxfIYJVvXNyf6Bf1xpcDptJq50duby5o="


@pytest.mark.parametrize("changed", ["body", "id", "stamp", "signature", "key", "late", "early"])
def test_what_was_changed_or_sent_again_later_does_not_hold(changed: str) -> None:
    said, data, key, now = hooks.headers(MESSAGE, KEY, AT), BODY, KEY, AT
    assert hooks.holds(key, said, data, now + hooks.TOLERANCE)
    match changed:
        case "body":
            data += b" "
        case "id":
            said["Webhook-Id"] = "other"
        case "stamp":
            said["Webhook-Timestamp"] = str(int(AT.timestamp()) + 1)
        case "signature":
            said["Webhook-Signature"] = "v1,AAAA v2,BBBB"
        case "key":
            key = bytes(32)
        case "late":
            now += hooks.TOLERANCE + timedelta(seconds=1)
        case _:
            now -= hooks.TOLERANCE + timedelta(seconds=1)
    assert not hooks.holds(key, said, data, now)


@pytest.mark.parametrize("stamp", ["", "-1", "1e9", "٣", "9" * 40])
def test_an_instant_that_is_none_does_not_hold(stamp: str) -> None:
    said = hooks.headers(MESSAGE, KEY, AT) | {"Webhook-Timestamp": stamp}
    assert not hooks.holds(KEY, said, BODY, AT)


def test_each_try_waits_longer_and_the_eighth_is_the_last() -> None:
    found = [hooks.wait(tries) for tries in range(1, 9)]
    waits = [one for one in found if one is not None]
    assert len(waits) == hooks.RETRIES == 7
    assert found[-1] is None
    assert waits == sorted(set(waits))
    assert waits[0] == timedelta(seconds=10)


def test_secrets_of_two_subscriptions_differ_and_hang_on_the_installations_own() -> None:
    found = {hooks.secret(master, salt) for master in (b"a", b"b") for salt in (b"1", b"2")}
    assert len(found) == 4
    assert hooks.in_words(KEY) == "whsec_" + base64.b64encode(KEY).decode()


@pytest.mark.parametrize("size", [0, 1, 999, 1000, 1001, 2500])
def test_every_entry_is_named_by_one_message(size: int) -> None:
    found = hooks.ranges(0, size, 10)
    assert [n for first, last in found for n in range(first, last + 1)] == list(range(size))
    assert len(hooks.ranges(0, 10**6, 3)) == 3
