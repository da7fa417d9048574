"""Base64, hexadecimal and JSON, each in its one spelling (event.md "Form")."""

import base64
import binascii
import json
import re
import unicodedata

from second_verifier.verdict import BrokenError, need

Json = object
WHOLE = 2**53


def unbase64(text: object, code: str, length: int | None = None) -> bytes:
    """The bytes of strict base64 with padding, of `length` bytes where that is given."""
    need(isinstance(text, str), code, "base64 is a text")
    try:
        data = base64.b64decode(str(text), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BrokenError(code, "this is not base64") from error
    need(base64.b64encode(data).decode() == text, code, "base64 has another spelling")
    need(length is None or len(data) == length, code, f"not {length} bytes of base64")
    return data


def base64_text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def unhex(text: object, code: str, length: int) -> bytes:
    """The bytes of hexadecimal, in either case."""
    good = isinstance(text, str) and re.fullmatch("[0-9a-fA-F]*", text) and len(text) == 2 * length
    need(good, code, f"not {length} bytes in hexadecimal")
    return bytes.fromhex(str(text))


def object_of(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        message = "a key stands twice"
        raise ValueError(message)
    return found


def unjson(data: bytes | str, code: str, *, twice: bool = False) -> Json:
    """JSON in UTF-8; `twice` where further keys are ignored and the last of one name counts."""
    try:
        text = data if isinstance(data, str) else data.decode("utf-8")
        parsed: Json = json.loads(
            text,
            object_pairs_hook=dict if twice else object_of,
            parse_float=float if twice else refuse,
            parse_constant=refuse,
        )
    except (ValueError, RecursionError) as error:
        raise BrokenError(code, f"this is not JSON: {error}") from error
    return parsed


def refuse(number: str) -> Json:
    message = f"{number} is no whole number"
    raise ValueError(message)


def canonical(value: Json) -> bytes:
    """The RFC 8785 spelling of a value of objects, lists, texts, booleans and whole numbers."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8", errors="surrogatepass")


def depth(value: Json) -> int:
    """How deep a value nests; a text or number is 0 deep, `{}` is 1."""
    if isinstance(value, dict):
        return 1 + max((depth(inner) for inner in value.values()), default=0)
    if isinstance(value, list):
        return 1 + max((depth(inner) for inner in value), default=0)
    return 0


def check_values(value: Json) -> None:
    """Only whole numbers below 2^53, clean texts in NFC, ASCII keys."""
    if isinstance(value, dict):
        for key, inner in value.items():
            need(key.isascii(), "H502", f"the key {key!r} is not ASCII")
            check_text(key)
            check_values(inner)
    elif isinstance(value, list):
        for inner in value:
            check_values(inner)
    elif isinstance(value, str):
        check_text(value)
    elif not isinstance(value, bool):
        need(isinstance(value, int), "H502", "null stands in a body")
        need(abs(int(str(value))) < WHOLE, "H502", "a number of 2^53 or more")


def check_text(text: str) -> None:
    need(unicodedata.is_normalized("NFC", text), "H502", "a text is not NFC")
    bad = any(ord(sign) < ord(" ") or "\ud800" <= sign <= "\udfff" for sign in text)
    need(not bad, "H502", "a text holds a control character or half a surrogate pair")
