"""The fast way to read an event: the twin of `events.event` over `events.parse`.

One typed decode and one encode. A body that is plain ASCII without escapes, decodes into the types
below and encodes back into the very same bytes is canonical, has no key twice, no float and no
null. Anything else goes the slow way, which alone says what is wrong. A test holds that both give
the same event or the same refusal. Not for the verifier, which stands alone.
"""

from functools import lru_cache
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct, field

from habeas.errors import RegisterError
from habeas.register import events
from habeas.register.events import Actor, Event, Seen

NESTED = events.DEPTH_CAP - 2  # levels that a value of the body may still have
_FLAT = frozenset({str, int, bool})  # what the decoder has judged whole
_Text = Annotated[str, Meta(min_length=1)]
_Whole = Annotated[int, Meta(gt=-events.LARGEST, lt=events.LARGEST)]
_Value = bool | _Whole | str | list[Any] | dict[str, Any]  # Any: looked at by `_plain`


class _Actor(Struct, forbid_unknown_fields=True):
    authority: _Text
    key: _Text
    role: _Text


class _Section(Struct, forbid_unknown_fields=True):
    digest: _Text
    name: _Text


class _Body(Struct, forbid_unknown_fields=True, omit_defaults=True):
    # A null where a key may be absent is found when the body is written again, without the key.
    v: Literal[1]
    id: _Text
    kind: _Text = field(name="type")
    agreement: _Text
    occurred_at: str
    time_basis: _Text
    actors: Annotated[list[_Actor], Meta(min_length=1, max_length=events.CAPS["actors"])]
    body: dict[str, _Value]
    subject: str | None = None
    seq: Annotated[int, Meta(ge=0, lt=events.LARGEST)] | None = None
    prev: str | None = None
    head: str | None = None
    facility: str | None = None
    corrects: str | None = None
    basis: Annotated[list[dict[str, str]], Meta(max_length=events.CAPS["basis"])] | None = None
    sections: Annotated[list[_Section], Meta(max_length=events.CAPS["sections"])] | None = None


_DECODER = msgspec.json.Decoder(_Body)
_ENCODER = msgspec.json.Encoder(order="sorted")
_instant = lru_cache(maxsize=4096)(events.instant)


def event(data: bytes, index: int = -1) -> Event:
    """An event out of canonical bytes, at an index of the log.

    Raises:
        RegisterError: H501 to H503, exactly as `events.event` over `events.parse`.
    """
    found = _quick(data)
    return events.event(events.parse(data), index) if found is None else _event(found, index)


def seen(data: bytes, index: int = -1) -> Seen:
    """What a verifier must see of an event out of canonical bytes.

    Raises:
        RegisterError: as `event`.
    """
    found = _quick(data)
    return events.event(events.parse(data), index) if found is None else found


def _quick(data: bytes) -> _Body | None:
    if len(data) > events.BODY_CAP or not data.isascii() or b"\\" in data:
        return None
    try:
        body = _DECODER.decode(data)
        return body if _ENCODER.encode(body) == data and _sound(body) else None
    except (msgspec.MsgspecError, RegisterError, RecursionError):
        return None


def _sound(body: _Body) -> bool:
    _instant(body.occurred_at)
    seq, subject = body.seq, body.subject
    if subject is None:
        if seq is not None or body.kind not in events.ADMIN:
            return False
    elif not events.SUBJECT.fullmatch(subject) or body.kind in events.ADMIN:
        return False
    if body.kind not in events.KINDS or not _linked(body):
        return False
    linked = seq is not None and seq > 0
    if (body.prev is not None) != linked or not events.ULID.fullmatch(body.id):
        return False
    if len(body.actors) > 1 and len({actor.key for actor in body.actors}) < len(body.actors):
        return False
    return body.time_basis in events.TIME_BASES and _plain_parts(body)


def _linked(body: _Body) -> bool:
    whole = events.HASHED.fullmatch
    if (body.prev is not None and not whole(body.prev)) or (
        body.head is not None and not whole(body.head)
    ):
        return False
    if body.corrects is not None and not events.ULID.fullmatch(body.corrects):
        return False
    return body.facility != "" and all(whole(one.digest) for one in body.sections or ())


def _plain_parts(body: _Body) -> bool:
    for one in body.body.values():
        if type(one) not in _FLAT and not _plain(one, NESTED):
            return False
    rows = body.sections
    return rows is None or len({one.name for one in rows}) == len(rows)


def _plain(value: object, depth: int) -> bool:
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return depth > 0 and all(_plain(one, depth - 1) for one in inner)
    if isinstance(value, int):
        return -events.LARGEST < value < events.LARGEST
    return isinstance(value, str)


def _event(body: _Body, index: int) -> Event:
    return Event(
        body.id,
        body.kind,
        body.agreement,
        body.subject,
        body.seq,
        body.prev,
        body.head,
        body.facility,
        _instant(body.occurred_at),
        body.time_basis,
        tuple(Actor(one.authority, one.role, one.key) for one in body.actors),
        body.body,
        body.corrects,
        index,
        tuple((one.name, one.digest) for one in body.sections or ()),
    )
