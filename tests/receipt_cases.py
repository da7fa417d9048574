"""The event of the worked example in a log that holds its signers' enrolments, and alterations."""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from habeas.register import cbor, checkpoint, events, merkle, printed, receipt, signing, verify
from habeas.register.checkpoint import COSIGNATURE, LOG, Checkpoint, NoteKey
from habeas.register.events import Body, Json
from habeas.register.keys import Trust, read_trust, write_trust
from habeas.register.receipt import Receipt
from habeas.register.signing import SeedSigner

EXAMPLE = json.loads(
    (Path(__file__).parent / "vectors" / "register-example.json").read_text("utf-8")
)
INDEX, SIZE = 2, 6
OFFICERS = {"US-BOP": "us-bop-1", "SV-DGCP": "sv-dgcp-1"}
TIMES = (1772482000, 1772482003)


def signer(name: str) -> SeedSigner:
    """The test key of a name."""
    return SeedSigner(hashlib.sha256(name.encode()).digest())


@dataclass(frozen=True, slots=True)
class Held:
    """An event in the log of a case."""

    body: bytes
    block: bytes
    salt: bytes
    path: bytes = b""
    manifest: bytes = b""


def _enrolment(authority: str, number: int, **change: Json) -> Held:
    root = signer(f"{authority} root")
    body: Body = {
        "v": 1,
        "id": f"01JNQ7Z8M3K4V0T2R5X6Y7B80{number}",
        "type": "key.enrolled",
        "agreement": "us-sv-2025",
        "occurred_at": "2026-03-01T00:00:00Z",
        "time_basis": "observed",
        "actors": [
            {"authority": authority, "role": "root", "key": signing.keyid8(root.public()).hex()}
        ],
        "body": {"authority": authority, "public": signer(OFFICERS[authority]).public().hex()},
    }
    return _by_root(body | change, root, number)


def _by_root(body: Body, root: SeedSigner, number: int) -> Held:
    data = events.canonical(body)
    salt = hashlib.sha256(b"enrolment %d" % number).digest()
    return Held(data, signing.sigblock(data, [root]), salt)


def _example() -> Held:
    return Held(
        EXAMPLE["body"]["utf8"].encode(),
        bytes.fromhex(EXAMPLE["sigblock"]["hex"]),
        bytes.fromhex(EXAMPLE["commitment"]["salt_hex"]),
    )


def _batched() -> Held:
    batch, one = EXAMPLE["batch_manifest"], EXAMPLE["batch_manifest"]["event_1"]
    return Held(
        batch["bodies_utf8"][1].encode(),
        bytes.fromhex(one["batchblock_hex"]),
        bytes.fromhex(one["salt_hex"]),
        b"".join(map(bytes.fromhex, batch["paths_hex"][1])),
        bytes.fromhex(batch["signature_hex"]),
    )


@dataclass(frozen=True, slots=True)
class Case:
    """A receipt that verifies as VALID, and the trust file that says so."""

    receipt: Receipt
    trust: Trust

    def codes(self) -> list[bytes]:
        """The printed receipt and those of its enrolments."""
        return [
            printed.packed(one, self.trust.policy) for one in (self.receipt, *self.receipt.keys)
        ]

    def text(self) -> str:
        """The receipt file."""
        return receipt.write(self.receipt)

    def scanned(self, code: bytes | None = None) -> str:
        """The codes as text, one a line; another in place of the first where given."""
        first, *rest = self.codes()
        return "".join(f"{base64.b64encode(one).decode()}\n" for one in (code or first, *rest))

    def texts(self) -> str:
        """The codes as a telephone reads them, one a line."""
        return "".join(f"{printed.text(one)}\n" for one in self.codes())


def trust(quorum: str = "all") -> Trust:
    """The trust file: the log and both witnesses of the example, and two root keys."""
    policy = EXAMPLE["policy_utf8"].replace("courts all", f"courts {quorum}")
    roots = {name: signer(f"{name} root").public() for name in OFFICERS}
    return read_trust(write_trust(policy, roots, demonstration=True))


def witnesses() -> list[NoteKey]:
    """The example's two."""
    names = [row["name"] for row in EXAMPLE["keys"] if row["use"] == "witness"]
    return [NoteKey(name, COSIGNATURE, signer(name).public()) for name in names]


@cache
def case(size: int = SIZE) -> Case:
    """The example's event at index 2 of a log, signed by the example's log and witnesses."""
    return placed(leaves(), size)


def leaves() -> list[Held]:
    """The first leaves of the case's log: both enrolments and the example's event."""
    return [*(_enrolment(name, n) for n, name in enumerate(OFFICERS)), _example()]


@cache
def batched_case(size: int = SIZE) -> Case:
    """The example's batched event at index 2; the enrolment of its one signer is carried."""
    found = placed([*(_enrolment(name, n) for n, name in enumerate(OFFICERS)), _batched()], size)
    return replace(found, receipt=replace(found.receipt, keys=found.receipt.keys[1:]))


def rotation(overlap: int = 0, **change: Json) -> Held:
    """The rotation that brings the example's key in place of one of another name."""
    public = signer("us-bop-1").public().hex()
    old = signer("us-bop-0").public().hex()
    body: Body = {"authority": "US-BOP", "public": public, "replaces": old, "overlap": overlap}
    return _enrolment("US-BOP", 2, type="key.rotated", body=body | change)


@cache
def rotated_case(size: int = SIZE) -> Case:
    """The example's event at index 3: one of its keys was brought by a rotation at index 2.

    The enrolment of the key that was replaced, at index 0, is not carried.
    """
    found = rotated_with(rotation(), size)
    return replace(found, receipt=replace(found.receipt, keys=found.receipt.keys[1:]))


def rotated_with(turned: Held, size: int = SIZE) -> Case:
    """The same with another rotation, and with all three key events carried."""
    old: Body = {"authority": "US-BOP", "public": signer("us-bop-0").public().hex()}
    held = [_enrolment("US-BOP", 0, body=old), _enrolment("SV-DGCP", 1), turned, _example()]
    return placed(held, size)


def rotated_out(overlap: int) -> Case:
    """An event at index 3 by the key that the rotation at index 2 replaced, and by another's."""
    old, other = signer("us-bop-0"), signer("sv-dgcp-1")
    new = signing.keyid8(signer("us-bop-1").public()).hex()
    text = EXAMPLE["body"]["utf8"].replace(new, signing.keyid8(old.public()).hex())
    body: Body = {"authority": "US-BOP", "public": old.public().hex()}
    held = [_enrolment("US-BOP", 0, body=body), _enrolment("SV-DGCP", 1), rotation(overlap)]
    data = text.encode()
    return placed([*held, Held(data, signing.sigblock(data, [old, other]), bytes(32))])


def placed(held: list[Held], size: int = SIZE) -> Case:
    """The receipt of the last of some events in a log of a size, with all before it carried."""
    entries = [signing.entry(one.salt, one.body, one.block) for one in held]
    entries += [hashlib.sha256(b"other leaf %d" % n).digest() for n in range(size - len(held))]
    tree = merkle.Tree([merkle.leaf_hash(entry) for entry in entries])
    log = next(row["name"] for row in EXAMPLE["keys"] if row["use"] == "log")
    assert NoteKey(log, LOG, signer(log).public()) == trust().policy.log
    point = Checkpoint(log, size, tree.root())
    note = checkpoint.signed(point, signer(log)) + "".join(
        checkpoint.cosigned(point, one.name, signer(one.name), at)
        for one, at in zip(witnesses(), TIMES, strict=True)
    )
    found = [
        Receipt(
            one.body,
            one.block,
            receipt.proof_text(one.salt, n, tree.inclusion(n), note),
            path=one.path,
            manifest=one.manifest,
        )
        for n, one in enumerate(held)
    ]
    return Case(replace(found[-1], keys=tuple(found[:-1])), trust())


def _later(row: bytes) -> bytes:
    return row[:4] + (int.from_bytes(row[4:12], "big") + 1).to_bytes(8, "big") + row[12:]


def altered(change: dict[int, Callable[[cbor.Item], cbor.Value]]) -> bytes:
    """The case's printed receipt with some parts of the array changed."""
    parts = cbor.decode(case().codes()[0], printed.CAP)
    assert isinstance(parts, tuple)
    made = [change[n](part) if n in change else part for n, part in enumerate(parts)]
    return cbor.encode(made)


def _bytes(change: Callable[[bytes], bytes]) -> Callable[[cbor.Item], cbor.Value]:
    def changed(part: cbor.Item) -> cbor.Value:
        assert isinstance(part, bytes)
        return change(part)

    return changed


def _cosigned(part: cbor.Item) -> cbor.Value:
    match part:
        case ((int(number), bytes(first)), *rest):
            return [[number, _later(first)], *rest]
        case _:
            raise AssertionError(part)


def must_reject() -> dict[str, tuple[str, bytes]]:
    """Each alteration of the specification with the step that must refuse it."""
    changes: dict[str, tuple[str, int, Callable[[cbor.Item], cbor.Value]]] = {
        "seq": ("signatures", 1, _bytes(lambda one: one.replace(b'"seq":4', b'"seq":5'))),
        "space": ("body", 1, _bytes(lambda one: one.replace(b":", b": ", 1))),
        "salt": ("checkpoint", 3, _bytes(lambda one: one[:-1] + bytes([one[-1] ^ 1]))),
        "order": ("signatures", 2, _bytes(lambda one: one[72:] + one[:72])),
        "missing": ("signatures", 2, _bytes(lambda one: one[:72])),
        "index 0": ("signatures", 4, lambda _: 0),
        "index 3": ("checkpoint", 4, lambda _: 3),
        "proof": ("checkpoint", 6, _bytes(lambda one: one[32:64] + one[:32] + one[64:])),
        "size": ("checkpoint", 5, lambda _: SIZE + 1),
        "time": ("checkpoint", 9, _cosigned),
    }
    return {name: (step, altered({n: change})) for name, (step, n, change) in changes.items()}


def _draw(seed: str, below: int) -> int:
    """A number below a bound, the same for the same seed."""
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big") % below


def mutated(seed: str, data: bytes) -> bytes:
    """The data with one place changed, cut or repeated: the same for the same seed."""
    place, other = _draw(f"{seed} place", len(data)), _draw(f"{seed} other", 255)
    head, tail = data[:place], data[place + 1 :]
    flipped = bytes([data[place] ^ (other + 1)])
    cut = (head + tail, head + flipped + data[place:], head + data[other:])
    made = (*[head + flipped + tail] * 6, *cut)
    return made[_draw(f"{seed} way", len(made))]


def python(text: str, told: str = "") -> str:
    """The Python verdict, down to the code: the words after it are each verifier's own."""
    found = told or verify.receipt_verdict(text, case().trust).text
    return re.sub(r"^(INVALID \([a-z ]+: H\d{3}) .*", r"\1", found, flags=re.DOTALL)
