"""The forms in which a receipt is brought, told apart by their content.

    {...}                     a receipt file, with the enrolments that it carries
    c2sp.org/tlog-proof@v1    a proof alone, for whoever holds the event: {body, sigblock}
    a CBOR array              one printed receipt
    HABEAS* and base45        a printed receipt as a telephone reads it, a code a line
    base64 or hexadecimal     the same from a reader that keeps bytes

Of several codes the receipt's own comes first. What is brought beside it may be the event of a
proof, or enrolments in any of these forms.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from habeas.errors import Fault, RegisterError
from habeas.register import base45, printed, receipt
from habeas.register.checkpoint import base64_strict
from habeas.register.policy import Policy
from habeas.register.receipt import Receipt

ARRAY = range(0x80, 0xA0)  # the first byte of a CBOR array; no text in UTF-8 begins with one
BREAK, BLANK = re.compile(r"[\r\n]+"), " \t"  # base45 has spaces of its own within a line
SPACE = re.compile(r"[ \t]+")
SIGNED_EVENT = {"body", "sigblock", "salt"}  # a line of `habeas sign`
MORE = {*receipt.BATCH, "sections"}  # what such a line may have as well


def _fault(what: str, fix: str = "Ask for the receipt again.") -> RegisterError:
    return RegisterError(Fault("H541", what, fix))


def read(data: bytes, policy: Policy, beside: Sequence[bytes] = ()) -> Receipt:
    """The receipt in whatever form it came, with every enrolment that came with it.

    Args:
        data: the receipt's file.
        policy: the reader's, which names the witnesses of a printed receipt.
        beside: the event of a proof; enrolments that the receipt does not carry.

    Raises:
        RegisterError: H541, H545, H546, H521 for what is malformed; H549 for a proof alone.
    """
    events, keys = list[Receipt](), list[Receipt]()
    for one in beside:
        event = _event(one)
        if event is None:
            keys += _receipts(one, policy, ())
        else:
            events.append(event)
    first, *own = _receipts(data, policy, events)
    return replace(first, keys=(*own, *keys))


def in_print(data: bytes) -> bool:
    """Whether a receipt came as a printed code, not as a file or a proof."""
    return not data.lstrip(b" \t\r\n").startswith((b"{", receipt.HEAD.encode()))


def _event(data: bytes) -> Receipt | None:
    """The signed event in a line of `habeas sign`, without a proof; None for anything else."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or not SIGNED_EVENT <= set(found) <= SIGNED_EVENT | MORE:
        return None
    body, block = (base64_strict(str(found[key])) for key in ("body", "sigblock"))
    path, manifest = receipt.batch_proof(found, block)
    return Receipt(body, block, "", path=path, manifest=manifest)


def _receipts(data: bytes, policy: Policy, events: Sequence[Receipt]) -> list[Receipt]:
    if data and data[0] in ARRAY:
        return [printed.unpacked(data, policy)]
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise _fault("the receipt is no text in UTF-8") from error
    if text.startswith(receipt.HEAD):
        return [_proof(text, events)]
    if text.lstrip(" \t\r\n").startswith("{"):
        found = receipt.read(text)
        return [replace(found, keys=()), *found.keys]
    codes = [printed.unpacked(code, policy) for code in _codes(text)]
    if not codes:
        raise _fault("the receipt is empty")
    return codes


def _proof(text: str, events: Sequence[Receipt]) -> Receipt:
    if not events:
        fix = "Give the signed event beside it, as 'habeas sign' writes it."
        raise RegisterError(Fault("H549", "a proof alone does not say of which event it is", fix))
    return replace(events[0], proof=text)


def _codes(text: str) -> Iterator[bytes]:
    for line in BREAK.split(text):
        code = line.strip(BLANK)
        if code.startswith(printed.MARK):
            yield base45.decode(code.removeprefix(printed.MARK))
        else:
            yield from (_scanned(word) for word in SPACE.split(code) if word)


def _scanned(line: str) -> bytes:
    try:
        return bytes.fromhex(line)
    except ValueError:
        pass
    try:
        return base64_strict(line)
    except RegisterError as error:
        raise _fault("the text is no receipt in any of its forms") from error
