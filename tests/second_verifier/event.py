"""An event's body: its bytes and its fields (event.md "Body fields", "Form")."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from second_verifier import kinds
from second_verifier.spelling import canonical, check_values, depth, unbase64, unjson
from second_verifier.verdict import BrokenError, need

BAD = "H503"
LONGEST = 16_384
DEEPEST = 8
MOST = {"actors": 16, "basis": 64, "sections": 32}
NEEDED = {"v", "id", "type", "agreement", "occurred_at", "time_basis", "actors", "body"}
KNOWN = NEEDED | {"subject", "seq", "prev", "head", "facility", "basis", "sections", "corrects"}
TIME_BASES = {"observed", "reported", "court_record", "corrected"}
ULID = "[0-7][0-9A-HJKMNP-TV-Z]{25}"
PERSON = "p_[0-9a-hjkmnp-tv-z]{26}"
INSTANT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:[0-5]\d)"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who must sign, as what, with which key."""

    authority: str
    role: str
    key: bytes


@dataclass(frozen=True, slots=True)
class Event:
    """A body that was read; None where the field does not stand."""

    id: str
    kind: str
    subject: str | None
    seq: int | None
    prev: bytes | None
    actors: tuple[Actor, ...]
    body: Mapping[str, object]


def read_body(data: bytes) -> Event:
    """The event of these bytes, which are the canonical ones."""
    need(len(data) <= LONGEST, "H501", "a body is too long")
    need(deepest(data) <= DEEPEST, "H501", "a body nests too deep")
    found = unjson(data, "H502")
    need(isinstance(found, dict), "H502", "a body is an object")
    fields: dict[str, object] = found if isinstance(found, dict) else {}
    need(depth(fields) <= DEEPEST, "H501", "a body nests too deep")
    for name, most in MOST.items():
        rows = fields.get(name, [])
        need(isinstance(rows, list) and len(rows) <= most, "H501", f"{name}: too many, or no list")
    check_values(fields)
    need(canonical(fields) == data, "H502", "the bytes are not the canonical ones")
    return read_fields(fields)


def deepest(data: bytes) -> int:
    """How deep brackets nest outside texts: asked first, so that no parser is led astray."""
    level = most = 0
    for part in re.findall(rb'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', data, re.DOTALL):
        level += (part in b"[{") - (part in b"]}")
        most = max(most, level)
    return most


def read_fields(fields: Mapping[str, object]) -> Event:
    unknown, lacking = fields.keys() - KNOWN, NEEDED - fields.keys()
    need(not unknown, BAD, f"unknown: {sorted(unknown)}")
    need(not lacking, BAD, f"lacking: {sorted(lacking)}")
    need(fields["v"] == 1 and fields["v"] is not True, BAD, "v is 1")
    event_id, kind = matched(fields, "id", ULID), text(fields, "type")
    need(kind in kinds.ALL, BAD, f"{kind} is no kind of event")
    text(fields, "agreement")
    check_time(matched(fields, "occurred_at", INSTANT))
    need(fields["time_basis"] in TIME_BASES, BAD, "time_basis")
    need("facility" not in fields or text(fields, "facility"), BAD, "facility")
    subject, seq, prev = read_person(fields, kind)
    check_sections(fields.get("sections", []))
    if "corrects" in fields:
        matched(fields, "corrects", ULID)
    body = fields["body"]
    need(isinstance(body, dict), BAD, "body is an object")
    inner: Mapping[str, object] = body if isinstance(body, dict) else {}
    return Event(event_id, kind, subject, seq, prev, read_actors(fields["actors"]), inner)


def text(fields: Mapping[str, object], name: str) -> str:
    value = fields[name]
    need(isinstance(value, str) and value, BAD, f"{name} is a text")
    return str(value)


def matched(fields: Mapping[str, object], name: str, pattern: str) -> str:
    value = text(fields, name)
    need(re.fullmatch(pattern, value, re.ASCII), BAD, f"{name} is malformed")
    return value


def check_time(value: str) -> None:
    try:
        datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BrokenError(BAD, "occurred_at is no instant") from error


def read_person(
    fields: Mapping[str, object], kind: str
) -> tuple[str | None, int | None, bytes | None]:
    admin = kind in kinds.ADMIN
    need(admin != ("subject" in fields), BAD, f"{kind} and a subject")
    subject = matched(fields, "subject", PERSON) if "subject" in fields else None
    need("seq" not in fields or subject, BAD, "seq stands beside subject alone")
    seq = fields.get("seq")
    whole = seq is None or (isinstance(seq, int) and not isinstance(seq, bool) and seq >= 0)
    need(whole, BAD, "seq is a whole number from 0")
    number = seq if isinstance(seq, int) else None
    need(("prev" in fields) == bool(number), BAD, "prev stands exactly where seq is above 0")
    prev = unbase64(fields["prev"], BAD, 32) if "prev" in fields else None
    if "head" in fields:
        unbase64(fields["head"], BAD, 32)
    return subject, number, prev


def read_actors(rows: object) -> tuple[Actor, ...]:
    need(isinstance(rows, list) and rows, BAD, "actors names at least one")
    actors = tuple(read_actor(row) for row in (rows if isinstance(rows, list) else []))
    need(len({actor.key for actor in actors}) == len(actors), BAD, "one key acts twice")
    return actors


def read_actor(row: object) -> Actor:
    fields: dict[str, object] = row if isinstance(row, dict) else {}
    need(fields.keys() == {"authority", "role", "key"}, BAD, "an actor's fields")
    key = matched(fields, "key", "[0-9a-f]{16}")
    return Actor(text(fields, "authority"), text(fields, "role"), bytes.fromhex(key))


def check_sections(rows: object) -> None:
    need(isinstance(rows, list), BAD, "sections is a list")
    names: set[str] = set()
    for row in rows if isinstance(rows, list) else []:
        fields: dict[str, object] = row if isinstance(row, dict) else {}
        need(fields.keys() == {"name", "digest"}, BAD, "a section's fields")
        name = text(fields, "name")
        need(name not in names, BAD, "a section's name stands twice")
        names.add(name)
        unbase64(fields["digest"], BAD, 32)
