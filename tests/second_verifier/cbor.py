"""Deterministic CBOR of whole numbers, byte strings, texts and arrays (receipt.md, bundle.md)."""

from second_verifier.verdict import BrokenError, need

CODE = "H545"
DEEPEST = 3


def decode(data: bytes, longest: int) -> object:
    """The one item that these bytes spell."""
    need(len(data) <= longest, CODE, f"CBOR of more than {longest} bytes")
    item, end = read(data, 0, 1)
    need(end == len(data), CODE, "bytes follow the CBOR item")
    return item


def read(data: bytes, at: int, level: int) -> tuple[object, int]:
    major, value, at = head(data, at)
    if major == 0:
        return value, at
    if major in {2, 3}:
        need(value <= len(data) - at, CODE, "a CBOR string is cut short")
        part = data[at : at + value]
        return (part if major == 2 else utf8(part)), at + value
    need(major == 4, CODE, f"CBOR of the major type {major}")
    need(level <= DEEPEST, CODE, "CBOR arrays nest too deep")
    need(value <= len(data) - at, CODE, "a CBOR array is cut short")
    items: list[object] = []
    for _ in range(value):
        item, at = read(data, at, level + 1)
        items.append(item)
    return items, at


def head(data: bytes, at: int) -> tuple[int, int, int]:
    need(at < len(data), CODE, "CBOR is cut short")
    major, low = data[at] >> 5, data[at] & 31
    at += 1
    if low < 24:
        return major, low, at
    need(low <= 27, CODE, "CBOR of indefinite length, or a reserved head")
    wide = 1 << (low - 24)
    need(at + wide <= len(data), CODE, "a CBOR head is cut short")
    value = int.from_bytes(data[at : at + wide])
    least = 24 if wide == 1 else 1 << (4 * wide)
    need(value >= least, CODE, "a CBOR head is not the shortest")
    return major, value, at + wide


def utf8(part: bytes) -> str:
    try:
        return part.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BrokenError(CODE, "a CBOR text is not UTF-8") from error


def encode(item: object) -> bytes:
    """The one spelling of an item."""
    if isinstance(item, int):
        return spelled_head(0, item)
    if isinstance(item, bytes):
        return spelled_head(2, len(item)) + item
    if isinstance(item, str):
        return spelled_head(3, len(item.encode())) + item.encode()
    if isinstance(item, list):
        return spelled_head(4, len(item)) + b"".join(encode(inner) for inner in item)
    raise TypeError(item)


def spelled_head(major: int, value: int) -> bytes:
    if value < 24:
        return bytes([major << 5 | value])
    for low, wide in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if value < 1 << (8 * wide):
            return bytes([major << 5 | low]) + value.to_bytes(wide)
    raise ValueError(value)
