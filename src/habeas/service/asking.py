"""What is asked of a gateway and what it answers, as JSON; and the side of whoever asks.

Rules
- A request has exactly the fields of its form; what was sent is never repeated in a refusal.
- A refusal is carried with its codes, so that the caller raises the same error.

Source: docs/spec/gateway.md.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from habeas import errors
from habeas.errors import Fault, HabeasError, RegisterError, SetupError
from habeas.register import receipt
from habeas.register.events import SUBJECT, ULID
from habeas.register.log import Signed
from habeas.register.receipt import Receipt
from habeas.register.sealed import Section
from habeas.service.feed_asks import Feeding
from habeas.terms import Role

CAP = 4 * 1024 * 1024  # bytes of a request or an answer
MOST = 1000  # events in a request
SHOWN = 100  # events in a list of the latest
AT_ONCE = 200  # persons of whom a read is recorded at once
CARRIED = ("code", "what", "fix", "file", "line", "column", "where", "rule", "spanish")
ERRORS: dict[str, type[HabeasError]] = {
    one.__name__: one
    for one in (
        errors.LawError,
        errors.RegisterError,
        errors.ImpossibleEvent,
        errors.SealedError,
        errors.SetupError,
    )
}
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Index = Annotated[int, Meta(ge=0, lt=2**53)]
Found = Mapping[str, Any]  # Any: an answer's JSON, read field by field by whoever asked


class Part(Struct, frozen=True, forbid_unknown_fields=True):
    """A section as it travels."""

    name: str
    salt: bytes
    data: bytes


class Line(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A signed event as it travels: the form of a line that `habeas sign` writes."""

    body: bytes
    sigblock: bytes
    salt: bytes
    path: bytes = b""
    manifest: bytes = b""
    sections: tuple[Part, ...] = ()


Lines = Annotated[tuple[Line, ...], Meta(min_length=1, max_length=MOST)]


class Asker(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Who asks to read."""

    authority: Name
    role: Role
    key: str = ""  # keyid8 in hexadecimal; empty where none is named


class Append(Struct, frozen=True, forbid_unknown_fields=True, tag="append", tag_field="op"):
    """Append events, all or nothing."""

    events: Lines
    agreement: str = ""  # empty: administrative events alone
    sending: str | None = None
    receiving: str | None = None
    publish: bool = False


class Submit(Struct, frozen=True, forbid_unknown_fields=True, tag="submit", tag_field="op"):
    """Append events, each judged alone."""

    events: Lines
    agreement: str = ""
    sending: str | None = None
    receiving: str | None = None


class Publish(Struct, frozen=True, forbid_unknown_fields=True, tag="publish", tag_field="op"):
    """Sign a checkpoint over all leaves."""

    pads: bool = False


class Audit(Struct, frozen=True, forbid_unknown_fields=True, tag="audit", tag_field="op"):
    """Put the head of the log of reads into the register."""


class Status(Struct, frozen=True, forbid_unknown_fields=True, tag="status", tag_field="op"):
    """How the gateway stands; of no person."""


class OneEvent(Struct, frozen=True, forbid_unknown_fields=True, tag="event", tag_field="what"):
    """One event by its index."""

    index: Index


class OnePerson(Struct, frozen=True, forbid_unknown_fields=True, tag="person", tag_field="what"):
    """A person's events from an index on."""

    subject: Name
    start: Index = 0


class OneSection(Struct, frozen=True, forbid_unknown_fields=True, tag="section", tag_field="what"):
    """One section of an event."""

    index: Index
    name: Name


class OneReceipt(Struct, frozen=True, forbid_unknown_fields=True, tag="receipt", tag_field="what"):
    """The receipt of one event; of the newest that has one where `index` is None."""

    index: Index | None = None


class Head(Struct, frozen=True, forbid_unknown_fields=True, tag="head", tag_field="what"):
    """A person's latest custody number and entry, for the next draft."""

    subject: Name


class Latest(Struct, frozen=True, forbid_unknown_fields=True, tag="latest", tag_field="what"):
    """The latest events."""

    last: Annotated[int, Meta(ge=1, le=SHOWN)] = 20
    kind: str | None = None
    subject: str | None = None


class OneSettlement(
    Struct, frozen=True, forbid_unknown_fields=True, tag="settlement", tag_field="what"
):
    """The proof of how one shared event stands: settled, overdue, or disputed."""

    index: Index


What = OneEvent | OnePerson | OneSection | OneReceipt | OneSettlement | Head | Latest


class Read(Struct, frozen=True, forbid_unknown_fields=True, tag="read", tag_field="op"):
    """Open something, and leave a record of it."""

    of: What
    asker: Asker | None = None
    purpose: str = ""


Key = Annotated[str, Meta(pattern="^[0-9a-f]{16}$")]  # keyid8
Person = Annotated[str, Meta(pattern=f"^{SUBJECT.pattern}$")]
Ulid = Annotated[str, Meta(pattern=f"^{ULID.pattern}$")]
Kind = Annotated[str, Meta(pattern=r"^[a-z][a-z_]{0,39}(\.[a-z][a-z_]{0,39})?$")]
Words = Annotated[str, Meta(pattern="^[a-z][a-z -]{0,59}$")]


class Hand(Struct, frozen=True, forbid_unknown_fields=True):
    """One officer who signs an act: in which role, with which key."""

    authority: Name
    role: Role
    key: Key


class Officer(Struct, frozen=True, forbid_unknown_fields=True):
    """One officer, by the key."""

    authority: Name
    key: Key


class Act(
    Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag="act", tag_field="op"
):
    """Draft an event and sign it for its first signer; append it when nobody else must sign."""

    id: Ulid  # drawn by the caller; the same act again is the same id
    kind: Kind
    subject: Person
    at: Annotated[str, Meta(max_length=40)]  # RFC 3339
    body: dict[str, Any]  # whatever the kind carries; the event's own form is asked later
    signers: Annotated[tuple[Hand, ...], Meta(min_length=1, max_length=16)]
    agreement: Name
    sending: str | None = None
    receiving: str | None = None
    facility: str | None = None
    corrects: Ulid | None = None
    sections: Annotated[tuple[Part, ...], Meta(max_length=32)] = ()


class Sign(Struct, frozen=True, forbid_unknown_fields=True, tag="sign", tag_field="op"):
    """Sign a draft that waits for this officer."""

    draft: Ulid
    officer: Officer


class Drop(Struct, frozen=True, forbid_unknown_fields=True, tag="drop", tag_field="op"):
    """Withdraw a draft of which this officer is one of those who sign."""

    draft: Ulid
    officer: Officer
    reason: Annotated[str, Meta(min_length=1, max_length=500)]


class Drafts(
    Struct,
    frozen=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag="drafts",
    tag_field="op",
):
    """The drafts that an authority, or one of its officers, has to do with."""

    asker: Asker | None = None
    purpose: str = ""


class Seen(Struct, frozen=True, forbid_unknown_fields=True, tag="seen", tag_field="op"):
    """Record that somebody was shown something of persons, without asking for it."""

    what: Words
    subjects: Annotated[tuple[Person, ...], Meta(min_length=1, max_length=AT_ONCE)]
    asker: Asker | None = None
    purpose: str = ""


class Reads(Struct, frozen=True, forbid_unknown_fields=True, tag="reads", tag_field="op"):
    """Who read of a person."""

    subject: Person
    asker: Asker | None = None
    purpose: str = ""


class Outgoing(
    Struct,
    frozen=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag="outgoing",
    tag_field="op",
):
    """The next message for the other state of an agreement."""

    agreement: str = ""  # empty: the one under which the registrar's key was enrolled
    sending: str | None = None
    receiving: str | None = None


class Receive(Struct, frozen=True, forbid_unknown_fields=True, tag="receive", tag_field="op"):
    """Take in a message of the other state."""

    message: str


class Take(Struct, frozen=True, forbid_unknown_fields=True, tag="take", tag_field="op"):
    """Take what strangers have put in, and seal the answers for tokens anew."""

    agreement: Name
    sending: str | None = None
    receiving: str | None = None


class Requests(Struct, frozen=True, forbid_unknown_fields=True, tag="requests", tag_field="op"):
    """The requests without a token, for those who decide them."""

    agreement: Name
    sending: str | None = None
    receiving: str | None = None
    asker: Asker | None = None
    purpose: str = ""


class Decide(Struct, frozen=True, forbid_unknown_fields=True, tag="decide", tag_field="op"):
    """Grant or refuse a request without a token."""

    reference: Annotated[str, Meta(pattern="^[0-9A-HJKMNP-TV-Z-]{19}$")]
    outcome: Literal["granted", "refused"]
    reason: Annotated[str, Meta(min_length=1, max_length=500)]
    agreement: Name
    sending: str | None = None
    receiving: str | None = None
    asker: Asker | None = None
    purpose: str = ""


Acting = Act | Sign | Drop | Drafts
Strange = Take | Requests | Decide  # of those who ask without a log-in
Told = Seen | Reads
Post = Outgoing | Receive
Alone = Append | Audit | Status | Read | Acting | Told | Post | Strange  # in turn
Request = Alone | Submit | Publish | Feeding
_REQUESTS: msgspec.json.Decoder[Request] = msgspec.json.Decoder(Request)


def request(data: bytes) -> Request:
    """A request out of its bytes.

    Raises:
        SetupError: H909, with the place of the first field that is not as it should be.
    """
    try:
        return _REQUESTS.decode(data)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        # The decoder's own sentence may repeat what was sent; the place in it does not.
        _, at, place = str(error).rpartition(" - at `")
        what = "the request has no form that the gateway knows" + (at and f" at {place[:-1]}")
        fix = "Write it as docs/spec/gateway.md asks."
        raise SetupError(Fault("H909", what, fix)) from error


def answered(found: Found) -> bytes:
    """The bytes of an answer."""
    return msgspec.json.encode({"ok": found})


def told(error: HabeasError) -> bytes:
    """The bytes of a refusal."""
    return msgspec.json.encode(refusal(error))


def refusal(error: HabeasError) -> dict[str, object]:
    """A refusal with its faults, as it travels."""
    faults = [{name: getattr(one, name) for name in CARRIED} for one in error.faults]
    return {"error": type(error).__name__, "faults": faults}


def raised(found: Found) -> HabeasError:
    """The error that a refusal carries.

    Raises:
        SetupError: H909, where it carries none.
    """
    kind = ERRORS.get(str(found.get("error")))
    try:
        faults = msgspec.convert(found.get("faults"), list[Fault])
    except msgspec.ValidationError as error:
        raise _no_answer() from error
    return (kind or RegisterError)(*faults)


def _no_answer() -> SetupError:
    fix = "Stop what serves there, and start 'habeas gateway' again."
    return SetupError(Fault("H909", "the answer is none that a gateway gives", fix))


@dataclass(frozen=True, slots=True)
class Under:
    """Under which agreement, between which states, something is appended."""

    agreement: str = ""  # empty: administrative events alone
    sending: str | None = None
    receiving: str | None = None


class Caller:
    """Asks a gateway; what the gateway refuses is raised here with the same codes."""

    def __init__(self, ask: Callable[[bytes], bytes]) -> None:
        self._send = ask

    def ask(self, what: Request) -> Found:
        """The answer to one request.

        Raises:
            HabeasError: what the gateway raised; H909 or H910, when there was no whole answer.
        """
        data = msgspec.json.encode(what)
        if len(data) > CAP:
            what_is = f"the request has {len(data):,} bytes; the cap is {CAP:,}"
            raise SetupError(Fault("H909", what_is, "Send it in parts."))
        try:
            found = msgspec.json.decode(self._send(data), type=dict[str, Any])
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
            raise _no_answer() from error
        if not isinstance(found.get("ok"), dict):
            raise raised(found)
        answer: Found = found["ok"]
        return answer

    def append(
        self, batch: Sequence[Signed], under: Under, *, publish: bool = False
    ) -> tuple[list[int], int]:
        """Append a batch, all or nothing; returns each event's index, and the log's size."""
        place = (under.agreement, under.sending, under.receiving)
        found = self.ask(Append(lines(batch), *place, publish))
        return list(found["indexes"]), int(found["size"])

    def submit(self, batch: Sequence[Signed], under: Under) -> list[int | HabeasError]:
        """Append each event that may be appended alone; returns its index, or why not."""
        place = (under.agreement, under.sending, under.receiving)
        outcomes = self.ask(Submit(lines(batch), *place))["outcomes"]
        return [one if isinstance(one, int) else raised(one) for one in outcomes]

    def receipt(self, index: int | None, asker: Asker, purpose: str) -> Receipt:
        """The receipt of one event; of the newest that has one where the index is None."""
        found = self.ask(Read(OneReceipt(index), asker, purpose))
        return receipt.read(str(found["receipt"]))


def lines(batch: Sequence[Signed]) -> tuple[Line, ...]:
    """Signed events as they travel."""
    return tuple(
        Line(
            one.body,
            one.sigblock,
            one.salt,
            one.path,
            one.manifest,
            tuple(Part(part.name, part.salt, part.data) for part in one.sections),
        )
        for one in batch
    )


def signed(found: Sequence[Line]) -> list[Signed]:
    """Signed events out of the form in which they travel."""
    return [
        Signed(
            one.body,
            one.sigblock,
            one.salt,
            one.path,
            one.manifest,
            tuple(Section(part.name, part.salt, part.data) for part in one.sections),
        )
        for one in found
    ]
