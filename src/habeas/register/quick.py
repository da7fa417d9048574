"""The fast way to read an event: the twin of `events.event` over `events.parse`.

One typed decode and one encode. A body that is plain ASCII without escapes, decodes into the types
below and encodes back into the very same bytes is canonical, has no key twice, no float and no
null. Anything else goes the slow way, which alone says what is wrong. A test holds that both give
the same event or the same refusal. Not for the verifier, which stands alone.
"""

from functools import lru_cache
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType, field

from habeas.errors import RegisterError
from habeas.register import events
from habeas.register.events import Actor, Event

NESTED = events.DEPTH_CAP - 2  # levels that a value of the body may still have
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


class _Body(Struct, forbid_unknown_fields=True):
    v: Literal[1]
    id: _Text
    kind: _Text = field(name="type")
    agreement: _Text
    occurred_at: str
    time_basis: _Text
    actors: Annotated[list[_Actor], Meta(min_length=1, max_length=events.CAPS["actors"])]
    body: dict[str, _Value]
    subject: str | UnsetType = UNSET
    seq: Annotated[int, Meta(ge=0, lt=events.LARGEST)] | UnsetType = UNSET
    prev: str | UnsetType = UNSET
    head: str | UnsetType = UNSET
    facility: str | UnsetType = UNSET
    corrects: str | UnsetType = UNSET
    basis: Annotated[list[dict[str, str]], Meta(max_length=events.CAPS["basis"])] | UnsetType = (
        UNSET
    )
    sections: Annotated[list[_Section], Meta(max_length=events.CAPS["sections"])] | UnsetType = (
        UNSET
    )


_DECODER = msgspec.json.Decoder(_Body)
_ENCODER = msgspec.json.Encoder(order="sorted")
_instant = lru_cache(maxsize=4096)(events.instant)


def event(data: bytes, index: int = -1) -> Event:
    """An event out of canonical bytes, at an index of the log.

    Raises:
        RegisterError: H501 to H503, exactly as `events.event` over `events.parse`.
    """
    found = _quick(data, index)
    return events.event(events.parse(data), index) if found is None else found


def _quick(data: bytes, index: int) -> Event | None:
    if len(data) > events.BODY_CAP or not data.isascii() or b"\\" in data:
        return None
    try:
        body = _DECODER.decode(data)
        if _ENCODER.encode(body) != data or not _sound(body):
            return None
        return _event(body, index)
    except (msgspec.MsgspecError, RegisterError, RecursionError):
        return None


def _sound(body: _Body) -> bool:
    numbered = body.seq is not UNSET
    if body.subject is UNSET:
        if numbered:
            return False
    elif not events.SUBJECT.fullmatch(body.subject) or body.kind in events.ADMIN:
        return False
    linked = body.seq is not UNSET and body.seq > 0
    if (body.prev is not UNSET) != linked or not events.ULID.fullmatch(body.id):
        return False
    if len(body.actors) > 1 and len({actor.key for actor in body.actors}) < len(body.actors):
        return False
    plain = all(type(one) in {str, int, bool} or _plain(one, NESTED) for one in body.body.values())
    return plain and body.time_basis in events.TIME_BASES


def _plain(value: object, depth: int) -> bool:
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return depth > 0 and all(_plain(one, depth - 1) for one in inner)
    if isinstance(value, int):
        return -events.LARGEST < value < events.LARGEST
    return isinstance(value, str)


def _event(body: _Body, index: int) -> Event:
    sections = () if body.sections is UNSET else tuple((s.name, s.digest) for s in body.sections)
    if len({name for name, _ in sections}) < len(sections):
        raise RegisterError  # the slow way says it in words
    return Event(
        body.id,
        body.kind,
        body.agreement,
        None if body.subject is UNSET else body.subject,
        None if body.seq is UNSET else body.seq,
        None if body.prev is UNSET else body.prev,
        None if body.head is UNSET else body.head,
        None if body.facility is UNSET else body.facility,
        _instant(body.occurred_at),
        body.time_basis,
        tuple(Actor(one.authority, one.role, one.key) for one in body.actors),
        body.body,
        None if body.corrects is UNSET else body.corrects,
        index,
        sections,
    )
