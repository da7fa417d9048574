"""Deterministic CBOR, as much of it as printed receipts and sealed content need.

Whole numbers from 0 to 2^64 - 1, byte strings, text strings and arrays; nothing else of RFC 8949.
Every value has one spelling: shortest heads, definite lengths, no tags, no maps, no floats, no
bytes after the end. The decoder is total: any input gives a value or H545, in time and memory
that its length bounds, because a length is compared with the bytes that are left before it is
believed. Source: RFC 8949 sections 3 and 4.2.1.
"""

from collections.abc import Sequence

from habeas.errors import Fault, RegisterError

Value = int | bytes | str | Sequence["Value"]
Item = int | bytes | str | tuple["Item", ...]
DEPTH = 3  # arrays within arrays
NUMBER, BYTES, TEXT, ARRAY = 0, 2, 3, 4  # major types
AT_ONCE = 24  # numbers below it stand in the head itself
WIDTHS = {24: 1, 25: 2, 26: 4, 27: 8}  # bytes that follow the head


def _fault(what: str) -> RegisterError:
    fix = "Scan or copy it again; it is written in one spelling only."
    return RegisterError(Fault("H545", what, fix))


def _head(major: int, number: int) -> bytes:
    if number < AT_ONCE:
        return bytes([major << 5 | number])
    for short, width in WIDTHS.items():
        if number < 1 << 8 * width:
            return bytes([major << 5 | short]) + number.to_bytes(width, "big")
    raise _fault("a number is 2^64 or more")


def encode(value: Value) -> bytes:
    """The one spelling of a value.

    Raises:
        RegisterError: H545 for a negative or larger number, and for arrays too deep.
    """
    return _encoded(value, 1)


def _encoded(value: Value, depth: int) -> bytes:
    if isinstance(value, int):
        if isinstance(value, bool) or value < 0:
            raise _fault("a number is no whole number from 0 up")
        return _head(NUMBER, value)
    if isinstance(value, bytes):
        return _head(BYTES, len(value)) + value
    if isinstance(value, str):
        data = value.encode(errors="surrogatepass")
        _text(data)
        return _head(TEXT, len(data)) + data
    if depth > DEPTH:
        raise _fault(f"arrays nest deeper than {DEPTH}")
    return _head(ARRAY, len(value)) + b"".join(_encoded(one, depth + 1) for one in value)


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise _fault("a text is not UTF-8") from error


def decode(data: bytes, cap: int) -> Item:
    """The value that bytes spell; arrays come as tuples.

    Args:
        data: the whole of it.
        cap: bytes above which nothing is read.

    Raises:
        RegisterError: H545, when the bytes are no value, not its one spelling, or over a cap.
    """
    if len(data) > cap:
        raise _fault(f"there are {len(data):,} bytes; the cap is {cap:,}")
    reader = _Reader(data)
    found = reader.item(1)
    if reader.place != len(data):
        raise _fault("bytes follow the end of the value")
    return found


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data, self.place = data, 0

    def _take(self, count: int) -> bytes:
        if count > len(self.data) - self.place:
            raise _fault("the bytes end within a value")
        self.place += count
        return self.data[self.place - count : self.place]

    def _number(self, short: int) -> int:
        if short < AT_ONCE:
            return short
        if short not in WIDTHS:
            raise _fault("a length is indefinite or reserved")
        width = WIDTHS[short]
        found = int.from_bytes(self._take(width), "big")
        if found < AT_ONCE or (width > 1 and found < 1 << 4 * width):
            raise _fault("a number is not in its shortest form")
        return found

    def item(self, depth: int) -> Item:
        head = self._take(1)[0]
        major, number = head >> 5, self._number(head & 31)
        if major == NUMBER:
            return number
        if major == BYTES:
            return self._take(number)
        if major == TEXT:
            return _text(self._take(number))
        if major != ARRAY:
            raise _fault("a value is no number, byte string, text or array")
        if depth > DEPTH or number > len(self.data) - self.place:
            raise _fault(f"an array is deeper than {DEPTH} or longer than its bytes")
        return tuple(self.item(depth + 1) for _ in range(number))
