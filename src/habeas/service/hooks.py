"""What is told to whoever asked to be told: that the register has grown, and nothing of a person.

Rules
- A message names a range of indexes. What stands there is asked for afterwards, by somebody who
  may, and that is recorded like every read.
- It is signed over its id, its instant and its bytes: what is sent again later, or changed, is told
  apart from what was sent.
- What could not be delivered is tried again, later each time, seven times at most.

Source: CloudEvents 1.0 (JSON format); Standard Webhooks (names and form of the signature).
"""

import base64
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec

CONTENT = "application/cloudevents+json"
TYPE = "habeas.register.grew.v1"
MOST = 1000  # indexes that one message names
RETRIES = 7
FIRST_WAIT, TIMES = timedelta(seconds=10), 4  # 10 s, 40 s, 160 s, ... under a day and a half in all
GIVEN_UP = 3  # messages in a row that were given up: then the address is told nothing more
TOLERANCE = timedelta(minutes=5)
PREFIX, VERSION = "whsec_", "v1"
_LABEL = b"habeas/hook/v1\n"


@dataclass(frozen=True, slots=True)
class Grown:
    """One message: the register got entries, from one index up to another."""

    id: str
    source: str  # the address of the installation
    first: int
    last: int
    at: datetime  # UTC


def secret(master: bytes, salt: bytes) -> bytes:
    """The secret of one subscription: derived when it is needed, kept nowhere."""
    return hmac.digest(master, _LABEL + salt, "sha256")


def in_words(found: bytes) -> str:
    """A secret as its owner is shown it, once."""
    return PREFIX + base64.b64encode(found).decode()


def body(message: Grown) -> bytes:
    """The bytes of a message: an envelope, and in it indexes alone."""
    return msgspec.json.encode(
        {
            "specversion": "1.0",
            "id": message.id,
            "source": message.source,
            "type": TYPE,
            "time": message.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "datacontenttype": "application/json",
            "data": {"index": message.last, "first": message.first},
        }
    )


def headers(message: Grown, key: bytes, at: datetime) -> dict[str, str]:
    """The headers that go with a message that is sent at an instant."""
    stamp = int(at.timestamp())
    return {
        "Content-Type": CONTENT,
        "Webhook-Id": message.id,
        "Webhook-Timestamp": str(stamp),
        "Webhook-Signature": signature(key, message.id, stamp, body(message)),
    }


def signature(key: bytes, name: str, stamp: int, data: bytes) -> str:
    """What the header says of a message: HMAC-SHA256 over its id, its instant and its bytes."""
    mac = hmac.digest(key, f"{name}.{stamp}.".encode() + data, "sha256")
    return f"{VERSION},{base64.b64encode(mac).decode()}"


def holds(key: bytes, said: dict[str, str], data: bytes, now: datetime) -> bool:
    """Whether a message is the one that was signed, and was sent lately; for receivers.

    Args:
        key: of the subscription.
        said: the headers that came, by their names in any case.
        data: the bytes that came.
        now: UTC.
    """
    found = {name.lower(): value for name, value in said.items()}
    stamp = found.get("webhook-timestamp", "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= len("9999999999")):
        return False
    late = abs(now - datetime.fromtimestamp(int(stamp), UTC)) > TOLERANCE
    wanted = signature(key, found.get("webhook-id", ""), int(stamp), data)
    given = found.get("webhook-signature", "").split()
    return not late and any(hmac.compare_digest(wanted, one) for one in given)


def wait(tries: int) -> timedelta | None:
    """How long to wait after so many tries; None: it is given up."""
    return FIRST_WAIT * TIMES ** (tries - 1) if tries <= RETRIES else None


def ranges(start: int, size: int, most: int) -> list[tuple[int, int]]:
    """The first and last index of each message about the entries from one index up to a size."""
    found = [(first, min(first + MOST, size) - 1) for first in range(start, size, MOST)]
    return found[:most]
