"""The portable proof that two fully signed events claim one place, in one log or in two.

A custody number of a person is written once, and an event's id names one content. Two fully signed
events with one `(subject, seq)`, or one id, and different bodies are a fork. The proof carries both
whole; where an event stands in a log, with its receipt, else with its salt. It is checked offline
with the trust files of both logs, and names who signed both: they are at fault.

Rules
- The bodies differ: the same body under another salt is nobody's second word.
- A signer's key is shown by its enrolment, in the event's own log at a lower index. One that is
  enrolled in the other log counts too: indexes of two logs are in no order.
- One of the two at least stands in a log.

What it cannot show: that a key was not revoked before it signed, as of a receipt; which of the two
is true. Source: docs/spec/feed.md, "Forks".
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from habeas.errors import Fault, RegisterError
from habeas.register import admin, events, receipt, signing, verify
from habeas.register.checkpoint import Checkpoint, base64_strict
from habeas.register.events import Body, Event, Json
from habeas.register.keys import Enrolment, Keyring, Trust
from habeas.register.receipt import Proof, Receipt
from habeas.register.verify import Check

FORMAT = "habeas-fork/1"
_CARRIED = ("claims", "format")
CAP = 1 << 20  # characters
PAIR = 2
BEYOND = 1 << 62  # an index above every enrolment's, of an event that is shown in no log
BEFORE = -1  # one below every event's, of a key that the other log enrolled
NOT_ONE = "Ask for the proof again, as 'habeas feed proof' writes it."
FIX = "Do not rely on this proof."


@dataclass(frozen=True, slots=True)
class Claim:
    """One of the two events as it is carried; nothing of it is believed."""

    receipt: Receipt  # its proof is empty where the event is shown in no log
    salt: bytes  # 32 bytes; of an event with a proof, what stands there

    @property
    def entry(self) -> bytes:
        """The salted commitment."""
        return signing.entry(self.salt, self.receipt.body, self.receipt.sigblock)


@dataclass(frozen=True, slots=True)
class Shown:
    """One of the two events, after everything held."""

    event: Event
    entry: bytes
    origin: str  # of the log where it stands; empty where it is shown in none
    size: int  # of the checkpoint; -1 where there is none
    witnessed: bool  # whether that checkpoint met its policy's quorum


@dataclass(frozen=True, slots=True)
class Fork:
    """What a proof shows."""

    subject: str | None  # None: of an administrative event with two contents
    seq: int | None  # the custody number that is claimed twice; None: one id has two contents
    claims: tuple[Shown, Shown]  # ascending by entry
    both: tuple[str, ...]  # the authorities that signed both, by name; empty: nobody did
    demonstration: bool

    @property
    def witnessed(self) -> bool:
        """Whether both stand in logs under checkpoints that met their quorum."""
        return all(one.witnessed for one in self.claims)


def write(claims: tuple[Claim, Claim]) -> str:
    """The proof's text.

    Raises:
        RegisterError: H501 to H503, when one is no event; H951, when they claim no one place.
    """
    first, second = sorted(claims, key=lambda one: one.entry)
    read = [events.event(events.parse(one.receipt.body)) for one in (first, second)]
    found: Body = {"format": FORMAT, "claims": [_document(first), _document(second)]}
    return events.canonical(found | _place(read[0], read[1])).decode()


def _document(claim: Claim) -> Body:
    found = receipt.document(claim.receipt)
    if not claim.receipt.proof:
        del found["proof"]
        found["salt"] = base64.b64encode(claim.salt).decode()
    return found


def _place(first: Event, second: Event) -> Body:
    """What both claim, as the proof states it.

    Raises:
        RegisterError: H951.
    """
    if first.seq is not None and (first.subject, first.seq) == (second.subject, second.seq):
        return {"subject": first.subject, "seq": first.seq}
    if first.id == second.id:
        return {"id": first.id}
    raise _fault("H951", "the two events claim neither one custody number nor one id", FIX)


def read(text: str) -> tuple[Claim, Claim]:
    """The two claims out of a proof's text, whose form alone was checked, and what it states.

    Raises:
        RegisterError: H950 for a text that is none; H521 and H541 for what is carried in it.
    """
    if len(text) > CAP:
        raise _fault("H950", f"the proof is longer than {CAP:,} characters", NOT_ONE)
    try:
        found = events.body(text)
    except RegisterError as error:
        raise _fault("H950", "the proof is not JSON", NOT_ONE) from error
    rows, stated = found.get("claims"), set(found) - set(_CARRIED)
    if (
        found.get("format") != FORMAT
        or stated not in ({"subject", "seq"}, {"id"})
        or not isinstance(rows, list)
        or len(rows) != PAIR
        or events.canonical(found).decode() != text
    ):
        raise _fault("H950", f"the text is no {FORMAT} in its one spelling", NOT_ONE)
    first, second = (_claim(row) for row in rows)
    if first.entry >= second.entry:
        raise _fault("H950", "the two events do not ascend by their entries", NOT_ONE)
    if not (first.receipt.proof or second.receipt.proof):
        raise _fault("H950", "neither event is shown to stand in a log", NOT_ONE)
    return first, second


def _claim(row: Json) -> Claim:
    if not isinstance(row, dict) or ("salt" in row) == ("proof" in row):
        raise _fault("H950", "an event has a proof or a salt, and not both", NOT_ONE)
    if "proof" in row:
        carried = receipt.of(row, nested=False)
        return Claim(carried, receipt.read_proof(carried.proof).salt)
    salt = row["salt"]
    if not isinstance(salt, str) or len(base64_strict(salt)) != signing.SALT:
        raise _fault("H950", "a salt is not 32 bytes", NOT_ONE)
    rest = {key: value for key, value in row.items() if key != "salt"}
    return Claim(receipt.of(rest | {"proof": ""}, nested=False), base64_strict(salt))


def check(text: str, trusts: Sequence[Trust]) -> Fork:
    """Check a proof with nothing but the trust files of the logs that it names.

    Raises:
        RegisterError: as `read`; H951, when the two events are no fork or not the one that is
            stated; H952, when the trust file of a log is not given, or two of them disagree; what
            a receipt is refused for (H501 to H503, H511 to H519, H521 to H524, H534, H541, H542,
            H548), with the claim and the step.
    """
    carried, by_origin = read(text), _by_origin(trusts)
    first, second = (_shown(one, n, by_origin) for n, one in enumerate(carried, 1))
    _agree(carried)
    stated = {key: value for key, value in events.body(text).items() if key not in _CARRIED}
    if _place(first.event, second.event) != stated:
        raise _fault("H951", "the two events claim another place than the proof states", FIX)
    if carried[0].receipt.body == carried[1].receipt.body:
        raise _fault("H951", "the two events have one body: nobody signed two things", FIX)
    signers = [{actor.authority for actor in one.event.actors} for one in (first, second)]
    return Fork(
        first.event.subject,
        first.event.seq if "seq" in stated else None,
        (first, second),
        tuple(sorted(signers[0] & signers[1])),
        any(one.demonstration for one in trusts),
    )


def _by_origin(trusts: Sequence[Trust]) -> dict[str, Trust]:
    found, roots = dict[str, Trust](), dict[str, bytes]()
    for one in trusts:
        found[one.policy.log.name] = one
        for authority, root in one.roots.items():
            if roots.setdefault(authority, root) != root:
                what = f"the trust files pin different root keys of '{authority}'"
                raise _fault("H952", what, "Get the trust files that the authorities publish.")
    return found


def _trust(origin: str, by_origin: Mapping[str, Trust]) -> Trust:
    if origin not in by_origin:
        fix = "Give that log's trust file too."
        raise _fault("H952", f"the proof speaks of '{origin}', whose trust file is absent", fix)
    return by_origin[origin]


def _proofs(*receipts: Receipt) -> list[Proof]:
    return [receipt.read_proof(one.proof) for one in receipts if one.proof]


def _agree(carried: Sequence[Claim]) -> None:
    """Each log tells one history, as far as equal sizes can show it.

    Raises:
        RegisterError: H548.
    """
    points: dict[str, list[Checkpoint]] = {}
    for proof in _proofs(
        *(one for claim in carried for one in (claim.receipt, *claim.receipt.keys))
    ):
        points.setdefault(proof.note.checkpoint.origin, []).append(proof.note.checkpoint)
    for some in points.values():
        verify.agree(some)


def _shown(claim: Claim, number: int, by_origin: Mapping[str, Trust]) -> Shown:
    """One event of the two, checked whole; a refusal names the claim."""
    try:
        ring, entry = _ring(claim, by_origin), claim.entry
        if not claim.receipt.proof:
            return Shown(_signed(claim, ring), entry, "", -1, witnessed=False)
        proof = receipt.read_proof(claim.receipt.proof)
        point = proof.note.checkpoint
        checked = Check(_trust(point.origin, by_origin).policy, ring)
        event, met = checked.carried(claim.receipt, proof)
        return Shown(event, entry, point.origin, point.size, witnessed=met is True)
    except RegisterError as error:
        where = f"claim {number}"
        raise type(error)(*(replace(one, where=where) for one in error.faults)) from error


def _ring(claim: Claim, by_origin: Mapping[str, Trust]) -> Keyring:
    """The keys that an event brings: by index of its own log, and whatever another enrolled."""
    own = "".join(one.note.checkpoint.origin for one in _proofs(claim.receipt))
    roots = {name: key for one in by_origin.values() for name, key in one.roots.items()}
    carried = [(one, receipt.read_proof(one.proof)) for one in claim.receipt.keys]
    rings = {own: Keyring(roots)}
    for one, proof in sorted(carried, key=lambda pair: pair[1].index):
        log = proof.note.checkpoint.origin
        ring = rings.setdefault(log, Keyring(roots))
        Check(_trust(log, by_origin).policy, ring).enrol(one, proof)
    whole = rings.pop(own)
    for other in rings.values():
        for key, found in other.enrolled.items():
            whole.enrolled.setdefault(key, Enrolment(found.authority, found.public, BEFORE))
    return whole


def _signed(claim: Claim, ring: Keyring) -> Event:
    """An event that is shown in no log: its body and its signatures alone."""
    event = events.event(events.parse(claim.receipt.body))
    admin.check(event)
    verify.check_signatures(claim.receipt, event, ring.signers(event, BEYOND))
    return event


def _fault(code: str, what: str, fix: str) -> RegisterError:
    return RegisterError(Fault(code, what, fix))
