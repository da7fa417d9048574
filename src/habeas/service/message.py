r"""A message between the installations of two states: what it holds, how it is written and signed.

    habeas/message/v1
    {"after":0,"agreement":...}                     canonical JSON, one line
    SE-KVV cc2a3d1cbaaa55a0 <signature, base64>     over the first two lines, without the last "\n"

The bytes are verified as they came, and only then read. Source: docs/spec/message.md.
"""

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from habeas.errors import Fault, RegisterError
from habeas.register import events, signing
from habeas.register.events import Body, Json, Record
from habeas.register.log import Signed
from habeas.service.reads import Registrar

HEAD = "habeas/message/v1"
MOST = 1000  # events in a message
BYTES = 1024 * 1024  # of bodies in a message; what is more comes with the next
DRAFTS = 100  # in a message
_SIGNED = re.compile(r"(\S{1,200}) ([0-9a-f]{16}) ([A-Za-z0-9+/]{86}==)")
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Size = Annotated[int, Meta(ge=0, lt=2**53)]


class Item(Struct, frozen=True, forbid_unknown_fields=True):
    """A signed event as it travels: without its sections."""

    body: bytes
    sigblock: bytes
    salt: bytes
    path: bytes = b""
    manifest: bytes = b""

    def signed(self) -> Signed:
        """The event as it is submitted."""
        return Signed(self.body, self.sigblock, self.salt, self.path, self.manifest)


class Waits(Struct, frozen=True, forbid_unknown_fields=True):
    """A draft with the signatures that it has."""

    body: bytes
    sigblock: bytes
    salt: bytes
    since: Annotated[str, Meta(max_length=40)]


class Message(Struct, frozen=True, forbid_unknown_fields=True, rename={"origin": "from"}):
    """What one installation tells another."""

    v: Annotated[int, Meta(ge=1, le=1)]
    origin: Name  # of the sender's log
    to: Name  # a state
    agreement: Name
    sending: Name
    receiving: Name
    after: Size  # of the sender's log: what the receiver is known to have
    upto: Size  # what it will have then
    received: Size  # of the receiver's log: what the sender has
    events: Annotated[tuple[Item, ...], Meta(max_length=100 * MOST)]
    drafts: Annotated[tuple[Waits, ...], Meta(max_length=DRAFTS)]
    dropped: Annotated[tuple[str, ...], Meta(max_length=DRAFTS)]


@dataclass(frozen=True, slots=True)
class Letter:
    """A message before it is believed: what it says, and who is said to have signed it."""

    message: Message
    authority: str
    key: str
    _said: bytes
    _signature: bytes

    def check(self, public: bytes) -> None:
        """Check the signature.

        Raises:
            RegisterError: H923.
        """
        if not signing.good(public, self._signature, self._said):
            raise refused("H923", "the signature of the message does not verify")


def item(record: Record) -> Body:
    """An event as it travels."""
    parts = {"body": record.body, "sigblock": record.sigblock, "salt": record.salt}
    if record.path or record.manifest:
        parts |= {"path": record.path, "manifest": record.manifest}
    return {key: base64.b64encode(part).decode() for key, part in parts.items()}


def written(said: Mapping[str, Json], by: Registrar) -> str:
    """A message as it is sent."""
    data = f"{HEAD}\n".encode() + events.canonical(said)
    signature = base64.b64encode(by.signer.sign(data)).decode()
    return f"{data.decode()}\n{by.authority} {by.key} {signature}\n"


def read(text: str) -> Letter:
    """A message out of its text; its signature is not checked yet.

    Raises:
        RegisterError: H921.
    """
    lines = text.split("\n")
    named = _SIGNED.fullmatch(lines[2]) if len(lines) == LINES and lines[0] == HEAD else None
    if named is None or lines[3]:
        raise refused("H921", "the text is no message of another installation")
    try:
        signature = base64.b64decode(named[3], validate=True)
        said = lines[1].encode()
        if events.canonical(events.body(lines[1])) != said:
            raise refused("H921", "the message is not in its one spelling")
        found = msgspec.json.decode(said, type=Message)
    except (msgspec.MsgspecError, RecursionError, binascii.Error, UnicodeError) as error:
        raise refused("H921", "the message has no form that is known") from error
    except RegisterError as error:
        raise refused("H921", "the message is not in its one spelling") from error
    return Letter(found, named[1], named[2], f"{HEAD}\n".encode() + said, signature)


LINES = 4  # head, content, signature, and nothing


SPANISH: Mapping[str, str] = {  # of the sentences with which a message is refused
    "the signature of the message does not verify": "la firma del mensaje no se verifica",
    "the text is no message of another installation": (
        "el texto no es un mensaje de otra instalación"
    ),
    "the message is not in its one spelling": "el mensaje no está en su única escritura",
    "the message has no form that is known": "el mensaje no tiene ninguna forma conocida",
    "the message is signed by no good key of the other state": (
        "ninguna clave válida del otro Estado firma el mensaje"
    ),
    "the message is for another installation": "el mensaje es para otra instalación",
    "the message comes from another log than those before it": (
        "el mensaje viene de otro registro que los anteriores"
    ),
    "only events of persons travel": "solo viajan actos sobre personas",
}


def refused(code: str, what: str) -> RegisterError:
    """A message that is not taken in."""
    que = SPANISH.get(what, "")
    spanish = (que, "Pida al otro Estado que lo envíe de nuevo.") if que else ("", "")
    return RegisterError(
        Fault(code, what, "Ask the other state to send it again.", spanish=spanish)
    )


def texts(found: Sequence[str]) -> list[Json]:
    """Texts as JSON."""
    return list(found)
