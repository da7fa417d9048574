"""Two small logs of two states, and a fork between them: the releasing state signed both."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from habeas.register import checkpoint, events, merkle, receipt, signing
from habeas.register.checkpoint import LOG, Checkpoint, NoteKey, cosignature_key
from habeas.register.events import Body, Json
from habeas.register.forks import Claim
from habeas.register.keys import Trust, read_trust, write_trust
from habeas.register.log import Signed
from habeas.register.receipt import Receipt
from habeas.register.signing import SeedSigner

PERSON = "p_" + "1" * 26
PREV = "ohyKrCUFY2JlTt5qIffxBgo7QsmVjqTx6H3KMpkTUgs="
US, SV = "log.example/us", "log.example/sv"
AUTHORITIES = ("US-BOP", "SV-DGCP")
WITNESS = "court.example/w1"


@cache
def key(name: str) -> SeedSigner:
    """A key by its name: 'US-BOP root', 'US-BOP officer', a log's origin, the witness's name."""
    return SeedSigner(hashlib.sha256(name.encode()).digest())


def event(kind: str, by: Sequence[str], number: int, **fields: Json) -> Signed:
    """A signed event: authorities with their role, the number of its id, other fields."""
    named = [one.split(":") for one in by]
    hand = "root" if kind.startswith("key.") else "officer"
    signers = [key(f"{authority} {hand}") for authority, _ in named]
    body: Body = {
        "v": 1,
        "id": f"01JNQ7Z8M3K4V0T2R5X6{number:06d}",
        "type": kind,
        "agreement": "T",
        "occurred_at": "2026-03-02T11:00:00Z",
        "time_basis": "observed",
        "actors": [
            {"authority": authority, "role": role, "key": signing.keyid8(one.public()).hex()}
            for (authority, role), one in zip(named, signers, strict=True)
        ],
        "body": {},
        **fields,
    }
    data = events.canonical(body)
    drawn = hashlib.sha256(f"salt {number} {kind}".encode()).digest()
    return Signed(data, signing.sigblock(data, list(signers)), drawn)


def enrolment(authority: str, number: int) -> Signed:
    public = key(f"{authority} officer").public().hex()
    inner: Json = {"authority": authority, "public": public}
    return event("key.enrolled", [f"{authority}:custodian"], number, body=inner)


def handed_over(number: int = 10, **fields: Json) -> Signed:
    by = ["US-BOP:releasing", "SV-DGCP:receiving"]
    stated: Body = {"subject": PERSON, "seq": 2, "prev": PREV, "body": {"to": "SV-1"}, **fields}
    return event("custody.handed_over", by, number, **stated)


def refused(number: int = 11, **fields: Json) -> Signed:
    stated: Body = {"subject": PERSON, "seq": 2, "prev": PREV, "body": {"reason": "r"}, **fields}
    return event("custody.reception_refused", ["US-BOP:custodian"], number, **stated)


@dataclass
class Small:
    """A log that lies in memory."""

    origin: str
    batch: list[Signed] = field(default_factory=list[Signed])
    witnessed: bool = True

    def point(self) -> Checkpoint:
        return Checkpoint(self.origin, len(self.batch), self.tree().root())

    def tree(self) -> merkle.Tree:
        return merkle.Tree([merkle.leaf_hash(one.entry) for one in self.batch])

    def note(self) -> str:
        text = checkpoint.signed(self.point(), key(self.origin))
        line = checkpoint.cosigned(self.point(), WITNESS, key(WITNESS), 1772482000)
        return text + (line if self.witnessed else "")

    def receipt(self, signed: Signed, keys: Sequence[Receipt] = ()) -> Receipt:
        index = self.batch.index(signed)
        hashes = self.tree().inclusion(index)
        text = receipt.proof_text(signed.salt, index, hashes, self.note())
        return Receipt(signed.body, signed.sigblock, text, tuple(keys))

    def claim(self, signed: Signed, *keys: Signed, of: "Small | None" = None) -> Claim:
        """An event with its proof here, and enrolments with their proofs here or in another log."""
        carried = [(of or self).receipt(one) for one in keys]
        return Claim(self.receipt(signed, carried), signed.salt)

    def trust(self, quorum: str = "w") -> Trust:
        log = NoteKey(self.origin, LOG, key(self.origin).public()).vkey()
        witness = cosignature_key(WITNESS, key(WITNESS).public()).vkey()
        policy = f"log {log}\nwitness w {witness}\nquorum {quorum}\n"
        roots = {name: key(f"{name} root").public() for name in AUTHORITIES}
        return read_trust(write_trust(policy, roots, demonstration=True))


def alone(signed: Signed, *keys: Receipt) -> Claim:
    """An event that is shown in no log."""
    return Claim(Receipt(signed.body, signed.sigblock, "", keys), signed.salt)


ENROLLED = (enrolment("US-BOP", 0), enrolment("SV-DGCP", 1))


def logs(ours: Signed, theirs: Signed) -> tuple[Small, Small]:
    """Both states' logs, in which the same keys are enrolled and one event of two stands each."""
    more = [event("evidence.recorded", ["US-BOP:custodian"], n, subject=PERSON) for n in (20, 21)]
    return Small(US, [*ENROLLED, more[0], ours, more[1]]), Small(SV, [*ENROLLED, theirs])


def fork() -> tuple[Claim, Claim]:
    """The handover in one log, and its refusal by one who signed it in the other."""
    us, sv = logs(refused(), handed_over())
    return us.claim(refused(), ENROLLED[0]), sv.claim(handed_over(), *ENROLLED)


def trusts() -> tuple[Trust, Trust]:
    us, sv = logs(refused(), handed_over())
    return us.trust(), sv.trust()
