"""The printed receipt: an array of CBOR that a printed code can hold.

    [1, body, sigblock, salt, index, size, hashes, origin, log signature, [[witness, cosignature]]]
    [2, body, batch block, path, manifest signature, salt, ... and on as above]

As text, which any telephone reads, a code begins with `HABEAS*` and goes on in base45.

Rules: `hashes` are the inclusion proof in one string; the log signature is key id and signature; a
witness is its place among the `witness` lines of the policy, from 0, ascending, and its cosignature
is key id, time and signature. The root is not in it: it follows from the leaf and the hashes, and
with it the checkpoint's text, so that what was signed for the file verifies for the print. A
witness that the reader's policy does not know is left out, as an unknown key of a note is.
A printed receipt carries no enrolments: each is a printed receipt of its own. It carries no ML-DSA
signatures: one of 2,420 bytes would fill the code.
"""

import base64
from collections.abc import Iterator, Sequence
from dataclasses import replace

from habeas.errors import Fault, RegisterError
from habeas.register import base45, cbor, checkpoint, merkle, receipt, signing
from habeas.register.checkpoint import KEY_ID, LOG, ML_DSA, Checkpoint
from habeas.register.merkle import HASH
from habeas.register.policy import Policy
from habeas.register.receipt import Receipt

CAP = 8 * 1024
OWN, BATCHED = 1, 2  # versions: an event with its own signatures, and one of a batch
MARK = "HABEAS*"  # a code as text; with its star no browser takes it for an address
LOG_SIGNATURE, COSIGNATURE = KEY_ID + 64, KEY_ID + 8 + 64


def _fault(what: str) -> RegisterError:
    return RegisterError(Fault("H546", what, "Scan it again, or ask for the receipt's file."))


def packed(found: Receipt, policy: Policy) -> bytes:
    """The printed form of a receipt, without the enrolments that it carries.

    Raises:
        RegisterError: H541 and H521 for a receipt that is none, H547 for one that has no printed
            form: the log's own Ed25519 signature is not there, or it is over the cap.
    """
    proof = receipt.read_proof(found.proof)
    point, lines = proof.note.checkpoint, {(one.name, one.id): one for one in proof.note.lines}
    logs = (lines.get((key.name, key.id)) for key in (policy.log, *policy.also) if key.type == LOG)
    own = next((line for line in logs if line is not None), None)
    if own is None or point.origin != policy.log.name:
        raise _unprintable("its checkpoint is not signed by the log of the trust file")
    cosigned: list[cbor.Value] = [
        [number, lines[key.name, key.id].id + lines[key.name, key.id].signature]
        for number, key in enumerate(policy.witnesses.values())
        if key.type != ML_DSA and (key.name, key.id) in lines
    ]
    batch: list[cbor.Value] = [found.path, found.manifest]
    batched = signing.batched(found.sigblock)
    data = cbor.encode(
        [
            BATCHED if batched else OWN,
            found.body,
            found.sigblock,
            *(batch if batched else ()),
            proof.salt,
            proof.index,
            point.size,
            b"".join(proof.hashes),
            point.origin,
            own.id + own.signature,
            cosigned,
        ]
    )
    if len(data) > CAP:
        raise _unprintable(f"it has {len(data):,} bytes; the cap is {CAP:,}")
    return data


def policy(found: Policy) -> Policy:
    """The same policy for printed receipts: no ML-DSA signature of the log is asked."""
    return replace(found, also=tuple(key for key in found.also if key.type == LOG))


def _unprintable(why: str) -> RegisterError:
    what, fix = f"the receipt has no printed form: {why}", "Hand out its file."
    return RegisterError(Fault("H547", what, fix))


def unpacked(data: bytes, policy: Policy) -> Receipt:
    """The receipt that a printed form stands for; nothing of it is verified yet.

    Args:
        data: the array.
        policy: the reader's, which names the witnesses.

    Raises:
        RegisterError: H545 not CBOR, H546 not this array, H521 an origin that is none.
    """
    match cbor.decode(data, CAP):
        case (1, bytes(body), bytes(block), *rest) if not signing.batched(block):
            return Receipt(body, block, _proof(body, block, rest, policy))
        case (2, bytes(body), bytes(block), bytes(path), bytes(manifest), *rest) if signing.batched(
            block
        ) and (len(path) % HASH, len(manifest)) == (0, signing.SIGNATURE):
            proof = _proof(body, block, rest, policy)
            return Receipt(body, block, proof, path=path, manifest=manifest)
        case _:
            raise _fault("the code holds no printed receipt of a known version")


def text(data: bytes) -> str:
    """A printed receipt as the text of its code."""
    return MARK + base45.encode(data)


def _proof(body: bytes, block: bytes, rest: list[cbor.Item], policy: Policy) -> str:
    match rest:
        case [
            bytes(salt),
            int(index),
            int(size),
            bytes(hashes),
            str(origin),
            bytes(own),
            tuple(rows),
        ] if (len(salt), len(hashes) % HASH, len(own)) == (signing.SALT, 0, LOG_SIGNATURE):
            path = [hashes[start : start + HASH] for start in range(0, len(hashes), HASH)]
        case _:
            raise _fault("the printed receipt's proof is not one")
    leaf = merkle.leaf_hash(signing.entry(salt, body, block))
    # A proof of the wrong length leads to no root: the verifier then finds the event in no tree.
    root = merkle.included_root(leaf, index, size, path) or bytes(HASH)
    text = Checkpoint(checkpoint.origin(origin), size, root).text()
    lines = [(origin, own), *_cosignatures(rows, policy)]
    note = f"{text}\n" + "".join(
        f"\N{EM DASH} {name} {base64.b64encode(data).decode()}\n" for name, data in lines
    )
    return receipt.proof_text(salt, index, path, note)


def _cosignatures(rows: Sequence[cbor.Item], policy: Policy) -> Iterator[tuple[str, bytes]]:
    witnesses, last = list(policy.witnesses.values()), -1
    for row in rows:
        match row:
            case (int(number), bytes(data)) if len(data) == COSIGNATURE and number > last:
                last = number
            case _:
                raise _fault("a cosignature of the printed receipt is not one, or out of order")
        if number < len(witnesses):
            yield witnesses[number].name, data
