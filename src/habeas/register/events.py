"""Event bodies: canonical bytes out and in.

A body is a JSON object with ASCII keys and no floats or nulls. It is written once as RFC 8785
(on this subset the standard library's sorted, compact JSON), and admitted once: duplicate keys,
any other spelling of the same value, and every cap of docs/spec/event.md are refused there. After
admission nobody re-canonicalises: a verifier checks the stored bytes and only then parses.
"""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from habeas.errors import Fault, RegisterError
from habeas.terms import EventKind

Json = None | bool | int | str | list["Json"] | dict[str, "Json"]
Body = dict[str, Json]
BODY_CAP = 16 * 1024
CAPS = {"actors": 16, "basis": 64, "sections": 32}
DEPTH_CAP = 8
LARGEST = 2**53
LONGEST_NUMBER = 17  # digits of 2^53 and a sign
_ESCAPED_CONTROL = re.compile(r"(?<!\\)(?:\\\\)*\\(?:[bfnrt]|u00[01])")
SUBJECT = re.compile(r"p_[0-9a-hjkmnp-tv-z]{26}")
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:[0-5]\d)", re.ASCII)
HASHED = re.compile(r"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=")  # base64 of 32 bytes
ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
_KNOWN = {
    "v",
    "id",
    "type",
    "agreement",
    "subject",
    "seq",
    "prev",
    "head",
    "facility",
    "occurred_at",
    "time_basis",
    "actors",
    "basis",
    "body",
    "sections",
    "corrects",
}
_NEEDED = ("v", "id", "type", "agreement", "occurred_at", "time_basis", "actors", "body")
_ENCODER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)
PAD = "pad"  # the kind in the column of a leaf that commits to no event
ADMIN = frozenset(
    {
        EventKind.KEY_ENROLLED,
        EventKind.KEY_ROTATED,
        EventKind.KEY_REVOKED,
        EventKind.PEER_ENROLLED,
        EventKind.POLICY_CHANGED,
        EventKind.ROLL_PUBLISHED,
        EventKind.AUDIT_CHECKPOINT,
        EventKind.READ_RECORDED,
        EventKind.ERASED,
        EventKind.ERASURE_COMPLETED,
        EventKind.LOG_CLOSED,
        EventKind.LOG_SUCCEEDED,
    }
)
KINDS = frozenset(EventKind)
TIME_BASES = frozenset({"observed", "reported", "court_record", "corrected"})


@dataclass(frozen=True, slots=True)
class Actor:
    """One authority that must sign, in which role, with which key."""

    authority: str
    role: str
    key: str  # keyid8, 16 hexadecimal characters


class Acting(Protocol):
    """An `Actor`, however it was read."""

    @property
    def authority(self) -> str:
        """The authority for which it acts."""
        ...

    @property
    def role(self) -> str:
        """Its role there."""
        ...

    @property
    def key(self) -> str:
        """keyid8, 16 hexadecimal characters."""
        ...


class Seen(Protocol):
    """What a verifier looks at of an `Event`, however it was read."""

    @property
    def id(self) -> str:
        """ULID."""
        ...

    @property
    def kind(self) -> str:
        """The kind of event."""
        ...

    @property
    def subject(self) -> str | None:
        """The person; None on administrative events."""
        ...

    @property
    def seq(self) -> int | None:
        """The person's custody number; None where nothing moves custody."""
        ...

    @property
    def prev(self) -> str | None:
        """Base64 entry of the custody event before; None where there is none."""
        ...

    @property
    def actors(self) -> Sequence[Acting]:
        """Everyone who must have signed."""
        ...

    @property
    def body(self) -> Mapping[str, Json]:
        """What the kind carries."""
        ...


@dataclass(frozen=True, slots=True)
class Event:
    """One admitted event, read from its canonical bytes."""

    id: str  # ULID, the idempotency key
    kind: str
    agreement: str
    subject: str | None  # random pseudonym; None on administrative events
    seq: int | None  # the person's custody number; None on case and admin events
    prev: str | None  # base64 entry of the same person's seq - 1
    head: str | None  # base64 of the latest custody entry that the author had seen
    facility: str | None
    occurred_at: datetime  # UTC
    time_basis: str
    actors: tuple[Actor, ...]
    body: Mapping[str, Json]
    corrects: str | None
    index: int = -1  # place in the log; -1 before it has one
    sections: tuple[tuple[str, str], ...] = ()  # name and base64 digest of detail kept apart


@dataclass(slots=True)  # not frozen, which would cost as much as three hashes an event
class Record:
    """One event of a log in the clear, with its columns; nothing of it is believed."""

    index: int
    entry: bytes  # the salted commitment, 32 bytes
    event_id: str
    kind: str
    subject: str | None
    seq: int | None
    salt: bytes
    body: bytes
    sigblock: bytes  # of a batched event: the batch block
    path: bytes = b""  # of a batched event: the hashes that lead to its manifest's root
    manifest: bytes = b""  # of a batched event: the signature over that root


@dataclass(slots=True)  # not frozen, as `Record`
class Row:
    """One leaf of a log as a store keeps it; nothing of it is believed."""

    index: int
    entry: bytes  # 32 bytes
    event_id: str  # empty on a pad
    kind: str  # PAD on a pad
    subject: str | None
    seq: int | None
    content: bytes  # sealed where there is a subject, else plain; a pad's salt


def _fault(
    code: str, what: str, fix: str = "Write it as docs/spec/event.md asks."
) -> RegisterError:
    return RegisterError(Fault(code, what, fix))


def canonical(body: Mapping[str, Json]) -> bytes:
    """The one spelling of a body."""
    return _ENCODER.encode(body).encode()


def _unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _fault("H502", "a key stands twice in the event body")
    return found


def _no_float(_: str) -> Json:
    raise _fault("H502", "a number is not a whole number")


def _small(text: str) -> int:
    if len(text) > LONGEST_NUMBER or abs(int(text)) >= LARGEST:
        raise _fault("H502", "a number is 2^53 or more")
    return int(text)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique, parse_int=_small, parse_float=_no_float, parse_constant=_no_float
)


def body(text: str) -> Body:
    """A JSON object without duplicate keys, floats or large numbers, in any spelling.

    Raises:
        RegisterError: H502.
    """
    try:
        found = _DECODER.decode(text)
        text.encode()
        if "\\u" in text:
            canonical(found)  # an escaped lone surrogate can be read but not written
    except (ValueError, RecursionError) as error:
        raise _fault("H502", "the event body is not JSON in UTF-8") from error
    if not isinstance(found, dict):
        raise _fault("H502", "the event body is not an object")
    return found


def parse(data: bytes) -> Body:
    """A body out of canonical bytes.

    Raises:
        RegisterError: H501 over a cap, H502 not the canonical spelling of an allowed value.
    """
    if len(data) > BODY_CAP:
        raise _fault("H501", f"the event body has {len(data):,} bytes; the cap is {BODY_CAP:,}")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise _fault("H502", "the event body is not JSON in UTF-8") from error
    found = body(text)
    if canonical(found) != data:
        raise _fault("H502", "the event body is not in its canonical spelling")
    # Raw control characters are no JSON, so that only an escape can bring one in.
    if ("\\" in text and _ESCAPED_CONTROL.search(text)) or not unicodedata.is_normalized(
        "NFC", text
    ):
        raise _fault("H502", "a text is not NFC or holds control characters")
    _check_shape(found, 1)
    return found


def _check_shape(value: dict[str, Json] | list[Json], depth: int) -> None:
    if depth > DEPTH_CAP:
        raise _fault("H501", f"the event body nests deeper than {DEPTH_CAP}")
    if isinstance(value, dict) and not "".join(value).isascii():
        raise _fault("H502", "a key is not ASCII")
    for inner in value.values() if isinstance(value, dict) else value:
        if inner is None:
            raise _fault("H502", "null is not a value: leave the key out")
        if isinstance(inner, dict | list):
            _check_shape(inner, depth + 1)


def _text(body: Body, key: str) -> str | None:
    found = body.get(key)
    if found is None or isinstance(found, str):
        return found
    raise _fault("H503", f"'{key}' is not a text")


def _needed(body: Body, key: str) -> str:
    found = _text(body, key)
    if not found:
        raise _fault("H503", f"'{key}' is missing")
    return found


def _actors(body: Body) -> tuple[Actor, ...]:
    rows = body["actors"]
    if not isinstance(rows, list) or not rows:
        raise _fault("H503", "'actors' names nobody")
    actors = []
    for row in rows:
        if not isinstance(row, dict) or set(row) != {"authority", "role", "key"}:
            raise _fault("H503", "an actor needs exactly authority, role and key")
        actors.append(Actor(*(_needed(row, key) for key in ("authority", "role", "key"))))
    if len({actor.key for actor in actors}) != len(actors):
        raise _fault("H503", "one key acts twice in an event")
    return tuple(actors)


def _check_links(body: Body) -> None:
    for key in ("prev", "head"):
        link = _text(body, key)
        if link is not None and not HASHED.fullmatch(link):
            raise _fault("H503", f"'{key}' is not base64 of 32 bytes")
    corrected = _text(body, "corrects")
    if (corrected is not None and not ULID.fullmatch(corrected)) or _text(body, "facility") == "":
        raise _fault("H503", "'corrects' is not a ULID, or 'facility' is empty")


def _sections(body: Body) -> tuple[tuple[str, str], ...]:
    found = []
    rows = body.get("sections", [])
    for row in rows if isinstance(rows, list) else []:
        if not isinstance(row, dict) or set(row) != {"name", "digest"}:
            raise _fault("H503", "a section needs exactly name and digest")
        found.append((_needed(row, "name"), _needed(row, "digest")))
        if not HASHED.fullmatch(found[-1][1]):
            raise _fault("H503", "a section's digest is not base64 of 32 bytes")
    if len({name for name, _ in found}) < len(found):
        raise _fault("H503", "a section's name stands twice")
    return tuple(found)


def instant(text: str) -> datetime:
    """An RFC 3339 instant with offset, in UTC, whole seconds.

    Raises:
        RegisterError: H503.
    """
    try:
        if _RFC3339.fullmatch(text):
            return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):  # no such day, or a year outside 1 to 9999 in UTC
        pass
    # What was drafted is never repeated: a refusal is shown to more people than a draft.
    raise _fault("H503", "an instant is not RFC 3339 with offset and whole seconds")


def _person(body: Body) -> tuple[str | None, int | None]:
    subject, seq = _text(body, "subject"), body.get("seq")
    if subject is not None and not SUBJECT.fullmatch(subject):
        raise _fault("H503", "'subject' is not a pseudonym")
    whole = isinstance(seq, int) and not isinstance(seq, bool) and seq >= 0
    if seq is not None and not (whole and subject is not None):
        raise _fault("H503", "'seq' is not a custody number of a person")
    number = seq if isinstance(seq, int) else None
    if ("prev" in body) != (number is not None and number > 0):
        raise _fault("H503", "'prev' stands exactly where 'seq' is above 0")
    return subject, number


def event(body: Body, index: int = -1) -> Event:
    """A body's fields, checked one by one.

    Raises:
        RegisterError: H501 over a cap, H503 for a field that is missing or malformed.
    """
    unknown = set(body) - _KNOWN
    absent = [key for key in _NEEDED if key not in body]
    if unknown or absent or isinstance(body["v"], bool) or body["v"] != 1:
        what = f"{len(unknown)} fields are unknown, {absent} missing, or the version is not 1"
        raise _fault("H503", what)
    for key, cap in CAPS.items():
        rows = body.get(key, [])
        if not isinstance(rows, list) or len(rows) > cap:
            raise _fault("H501", f"'{key}' is not a list of at most {cap}")
    subject, seq = _person(body)
    if _needed(body, "type") not in KINDS:
        raise _fault("H503", "'type' is no kind of event")
    if (subject is None) != (body["type"] in ADMIN):
        raise _fault("H503", "an administrative event names no person, and every other one does")
    _check_links(body)
    inner = body["body"]
    if not isinstance(inner, dict) or not ULID.fullmatch(_needed(body, "id")):
        raise _fault("H503", "'body' is not an object, or 'id' is not a ULID")
    if _needed(body, "time_basis") not in TIME_BASES:
        raise _fault("H503", f"'time_basis' is none of {', '.join(sorted(TIME_BASES))}")
    return Event(
        _needed(body, "id"),
        _needed(body, "type"),
        _needed(body, "agreement"),
        subject,
        seq,
        _text(body, "prev"),
        _text(body, "head"),
        _text(body, "facility"),
        instant(_needed(body, "occurred_at")),
        _needed(body, "time_basis"),
        _actors(body),
        inner,
        _text(body, "corrects"),
        index,
        _sections(body),
    )
