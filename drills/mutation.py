"""Changes to a document, blind or by its form: JSON values, numbers, lines, base64 within it."""

import base64
import binascii
import json
import re
from collections.abc import Callable, Sequence
from random import Random  # noqa: TID251 - a drill draws; its seed is printed
from typing import Any

LONGEST = 512 * 1024
DIGITS = re.compile(rb"[0-9]+")
PACKED = re.compile(rb"[A-Za-z0-9+/]{16,}={0,2}")
HOLE = b'"@hole@"'
BYTES = (
    b"", b"\0", b"\n", b"\n\n", b"\r", b" ", b"+", b'"', b"\\", b"\xff", b"\xed\xa0\x80",
    b"\xc2\x85", b"\xe2\x80\xa8", b"\xe2\x80\x94 ", b"\xef\xbb\xbf", b"\xd0\xb0", b"\xef\xbc\x91",
    b"A" * 70_000,
)  # fmt: skip
NUMBERS = (
    b"0", b"00", b"1", b"-1", b"+1", b"255", b"256", b"65536", b"9007199254740991", b"1e9",
    b"9007199254740992", b"18446744073709551615", b"18446744073709551616", b"9" * 18, b"9" * 19,
    b"9" * 5000, b"1.0", b"-0", b"\xd9\xa1\xd9\xa2", b"\xef\xbc\x91", b"\xc2\xb2", b"1_0", b" 1",
)  # fmt: skip
VALUES = (
    b"null", b"true", b"{}", b"[]", b'""', b"0", b"-1", b"1.5", b"1e400", b"NaN", b"-Infinity",
    b"[" * 2_000 + b"]" * 2_000, b'{"a":' * 2_000 + b"1" + b"}" * 2_000, b"[" * 100_000,
    b'"\\ud800"', b'"\\u0000"', b'"\\u2028"', b'"e\\u0301"', b'"' + b"x" * 100_000 + b'"',
    b"[" + b"0," * 100_000 + b"0]", b"9" * 5000, b"99999999999999999999", b'"AAAA"', b'"=="',
    b'"00"', b'{"a":1,"a":2}', b'"\\u0430uthority"', b"[[]]", b"[{}]", b'["a","a"]', b"false",
)  # fmt: skip

Change = Callable[[Random, bytes], bytes]


def _slice(draw: Random, data: bytes, longest: int = 64) -> tuple[int, int]:
    start = draw.randrange(len(data) + 1)
    return start, min(len(data), start + draw.randrange(1, longest))


def _flipped(draw: Random, data: bytes) -> bytes:
    if not data:
        return b"\0"
    found = bytearray(data)
    for _ in range(draw.randrange(1, 4)):
        found[draw.randrange(len(found))] ^= 1 << draw.randrange(8)
    return bytes(found)


def _cut(draw: Random, data: bytes) -> bytes:
    start, end = _slice(draw, data, draw.choice((4, 64, len(data) + 2)))
    return data[:start] + data[end:]


def _doubled(draw: Random, data: bytes) -> bytes:
    start, end = _slice(draw, data)
    return data[:end] + data[start:end] * draw.choice((1, 1, 2, 300)) + data[end:]


def _inserted(draw: Random, data: bytes) -> bytes:
    start, end = _slice(draw, data, 8)
    return data[:start] + draw.choice(BYTES) + data[draw.choice((start, end)) :]


def _numbered(draw: Random, data: bytes) -> bytes:
    found = [*DIGITS.finditer(data)]
    if not found:
        return _flipped(draw, data)
    one = draw.choice(found)
    return data[: one.start()] + draw.choice(NUMBERS) + data[one.end() :]


def _lines(draw: Random, data: bytes) -> bytes:
    lines = data.split(b"\n")
    at, other = draw.randrange(len(lines)), draw.randrange(len(lines))
    match draw.randrange(4):
        case 0:
            lines[at], lines[other] = lines[other], lines[at]
        case 1:
            lines.insert(other, lines[at])
        case 2:
            del lines[at]
        case _:
            many = LONGEST // (len(lines[at]) + 1)
            lines[at:at] = [lines[at]] * min(many, draw.choice((2, 70, 2_000)))
    return b"\n".join(lines)


Place = tuple[Any, Any]  # Any: a list or object of JSON, and an index or a key of it


def _places(value: object, found: list[Place]) -> list[Place]:
    inner: Sequence[Place] = ()
    if isinstance(value, dict):
        inner = [*value.items()]
    elif isinstance(value, list):
        inner = [*enumerate(value)]
    for key, one in inner:
        found.append((value, key))
        _places(one, found)
    return found


def _json(draw: Random, data: bytes) -> bytes:
    """One value of a JSON text becomes another, goes, or its key changes."""
    lines = data.split(b"\n") if not data.startswith((b"{\n", b"[\n")) else [data]
    at = draw.randrange(len(lines))
    try:
        whole = json.loads(lines[at])
        places = _places(whole, [])
    except (ValueError, RecursionError):
        return _inserted(draw, data)
    if not places:
        return draw.choice(VALUES)
    holder, key = draw.choice(places)
    if isinstance(holder, dict) and draw.randrange(4) == 0:
        del holder[key]
        if draw.randrange(2):
            holder[str(key) + draw.choice(("", "s", "\u0430", "\0"))] = "@hole@"
    else:
        holder[key] = "@hole@"
    form = (",", ":") if draw.randrange(4) else None
    indent = 1 if lines[at] is data else None
    text = json.dumps(whole, sort_keys=True, separators=form, indent=indent).encode()
    lines[at] = text.replace(HOLE, draw.choice(VALUES))
    return b"\n".join(lines)


def _within(draw: Random, data: bytes) -> bytes:
    """What stands in base64 is changed by the same ways, and packed again."""
    found = [*PACKED.finditer(data)]
    if not found:
        return _flipped(draw, data)
    one = draw.choice(found)
    try:
        inner = base64.b64decode(one.group(), validate=True)
    except binascii.Error:
        return _flipped(draw, data)
    way = draw.choice((_flipped, _cut, _doubled, _inserted, _numbered, _json, _lines))
    return data[: one.start()] + base64.b64encode(way(draw, inner)) + data[one.end() :]


WAYS: Sequence[Change] = (
    _flipped, _cut, _doubled, _inserted, _numbered, _lines, _json, _json, _within, _within,
)  # fmt: skip


def mutated(draw: Random, data: bytes) -> bytes:
    """A document with one change, or with a few; never longer than LONGEST."""
    for _ in range(draw.choice((1, 1, 1, 2, 3, 6))):
        data = draw.choice(WAYS)(draw, data)[:LONGEST]
    return data
