"""Files of signed events, one a line, and drafts that become them."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from habeas.errors import RegisterError
from habeas.register import events, signing
from habeas.register.events import Body, Json
from habeas.register.log import Log, Signed
from habeas.register.signing import SeedSigner, Signer
from habeas.service import record
from habeas.service.transfer import Ground

Code = Callable[..., str]
Make = Callable[..., Signed]
SALT = bytes(range(32))
AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
ONE = "p_" + "1" * 26


@pytest.fixture
def keys(key: Callable[[str], SeedSigner]) -> dict[str, list[Signer]]:
    return {name: [key(f"{name} root"), key(f"{name} officer")] for name in "AB"}


@pytest.fixture
def body(draft: Callable[..., Body]) -> Body:
    return draft("visit.made", "A", "B", number=1, facility="Prisión — 牢")


def _sign(text: str, keys: dict[str, list[Signer]]) -> Signed:
    return record.sign_draft(text, keys, SALT, "drafts", 3)


def test_signed_events_read_back(make: Make) -> None:
    batch = [make("visit.made", *by, number=number) for number, by in enumerate(("A", "B", "AB"))]
    assert record.read_signed(record.write_signed(batch), "file") == batch
    assert record.read_signed("\n\n" + record.write_signed(batch) + "\n \n", "file") == batch
    assert record.read_signed("", "file") == []


@pytest.mark.parametrize(
    "line",
    [
        "x",
        "[]",
        "{}",
        "null",
        '{"body":"","sigblock":""}',
        '{"body":"","sigblock":"","salt":1}',
        '{"body":"","sigblock":"","salt":null}',
        '{"body":"","sigblock":"","salt":"é"}',
        '{"body":"","sigblock":"","salt":"A"}',
        '{"body":"","sigblock":"","salt":"AA AA"}',
    ],
)
def test_a_line_that_is_no_signed_event_is_named(make: Make, line: str) -> None:
    text = record.write_signed([make("visit.made", "A", number=1)]) + "\n" + line
    with pytest.raises(RegisterError) as caught:
        record.read_signed(text, "file")
    fault = caught.value.faults[0]
    assert (fault.code, fault.file, fault.line) == ("H538", "file", 3)


def test_a_draft_is_signed_by_every_actor(body: Body, keys: dict[str, list[Signer]]) -> None:
    signed = _sign(json.dumps(body, indent=2, ensure_ascii=False), keys)
    assert (signed.body, signed.salt) == (events.canonical(body), SALT)
    publics = {
        signing.keyid8(one.public()).hex(): one.public() for one in (keys["A"][1], keys["B"][1])
    }
    signing.check_sigblock(signed.body, signed.sigblock, publics)


@pytest.mark.parametrize(
    "text", ["", "x", "[]", '"x"', "1", "null", '{"actors":1}', '{"actors":[1]}']
)
def test_a_text_that_is_no_draft_is_named(keys: dict[str, list[Signer]], text: str) -> None:
    with pytest.raises(RegisterError) as caught:
        _sign(text, keys)
    fault = caught.value.faults[0]
    assert (fault.code, fault.file, fault.line) == ("H538", "drafts", 3)


def test_a_draft_without_a_key_at_hand_is_not_signed(
    body: Body, keys: dict[str, list[Signer]], code: Code
) -> None:
    assert code(_sign, json.dumps(body), {"A": keys["A"]}) == "H517"
    assert code(_sign, json.dumps(body), {"A": keys["A"], "B": keys["B"][:1]}) == "H517"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"seq": 1.5}, "H502"),
        ({"body": {"a": None}}, "H502"),
        ({"facility": "a\nb"}, "H502"),
        ({"facility": "e\u0301"}, "H502"),
        ({"body": {"a": "x" * 17_000}}, "H501"),
        ({"v": 2}, "H503"),
        ({"note": "x"}, "H503"),
        ({"subject": "Jane"}, "H503"),
    ],
)
def test_a_draft_that_is_no_event_is_not_signed(
    body: Body, keys: dict[str, list[Signer]], code: Code, changed: dict[str, Any], expected: str
) -> None:
    assert code(_sign, json.dumps(body | changed), keys) == expected


def test_the_same_event_twice_in_a_file_stands_once(log: Log, make: Make, ground: Ground) -> None:
    body: Json = {"order": "o-1", "ordered_by": "C"}
    opened = make("custody.opened", "A", number=2, subject=ONE, seq=0, body=body, agreement="SE-EE")
    assert record.append(log, ground, [opened, opened], AT) == [2, 2]
