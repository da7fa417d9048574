"""Good documents of every form, made by the code itself and out of the worked example."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec

from drills.commands import AT, Chance, Drafter, MemoryKeys, key
from drills.rig import Site, heads_of, person
from habeas.adapters import bundle_files, register_files
from habeas.adapters.bundle_files import Disclosed
from habeas.register import (
    checkpoint,
    content,
    locator,
    printed,
    public_roll,
    receipt,
    sealed,
    witness,
)
from habeas.register.checkpoint import COSIGNATURE, LOG, ML_DSA, NoteKey
from habeas.register.events import Json
from habeas.register.keys import Trust
from habeas.register.log import Log, Signed
from habeas.register.policy import Policy
from habeas.register.public_roll import Header, Statement
from habeas.register.receipt import Receipt
from habeas.register.sealed import Vault
from habeas.register.signing import MlDsaSigner, keyid8, manifest
from habeas.service import asking, record
from habeas.service.asking import Append, Asker, Audit, Publish, Read, Status, Submit
from habeas.terms import Role, RollStatus

APART = b"\n--8<--\n"  # between two files of one input
VECTORS = Path(__file__).parents[1] / "tests" / "vectors" / "register-example.json"
WITNESS, TIME, DAY = "court.example/drill", 1_772_482_000, date(2026, 3, 2)
ONE, TWO = person(1), person(2)
Many = Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Seeds:
    """Documents by their form, and what their readers are told."""

    trust: Trust
    policy: Policy
    vault: Vault
    row: tuple[int, bytes, str, str, str | None, int | None]  # of an event about a person
    person_key: bytes
    notes: Many
    vkeys: Many
    policies: Many
    proofs: Many
    receipts: Many
    printed: Many
    pairs: Many
    bodies: Many
    contents: Many
    requests: Many
    headers: Many
    rolls: Many
    tokens: Many
    asked: Many
    signed: Many
    key_files: Many

    @staticmethod
    def made(folder: Path) -> "Seeds":
        """A small register in a new folder, and every form of what it gives out."""
        vkey = NoteKey(WITNESS, COSIGNATURE, key("witness").public()).vkey()
        site = Site(folder).make(f"witness w {vkey} http://127.0.0.1:9\nquorum w\n")
        example = json.loads(VECTORS.read_text("utf-8"))
        with site.opened() as log:
            trust = site.trust()
            batch = _filled(log)
            header, rows = _roll(log)
            note = _cosigned(log)
            records = list(log.records())
            given = [record.make_receipt(log.store, log.vault, one.index) for one in records]
        last = next(one for one in records if one.subject is not None)
        keys = MemoryKeys()
        keys.keep({last.subject or "": bytes(32)})
        texts = [receipt.write(one).encode() for one in (given[0], given[-1])]
        codes = [printed.packed(one, trust.policy) for one in given[-2:]]
        codes.append(bytes.fromhex(example["receipt_cbor"]["hex"]))
        scanned = b"\n".join(base64.b64encode(one) for one in codes)
        lines = record.write_signed(batch).encode().split(b"\n")
        alone = [given[-1].proof.encode() + APART + lines[-2]]
        notes = [note, example["checkpoint"]["note_utf8"]]
        return Seeds(
            trust,
            trust.policy,
            Vault(keys, Chance("sealed")),
            (last.index, last.entry, last.event_id, last.kind, last.subject, last.seq),
            bytes(32),
            [one.encode() for one in notes],
            [one.vkey().encode() for one in _note_keys()],
            [example["policy_utf8"].encode(), _groups()],
            [given[-1].proof.encode(), example["receipt_tlog_proof_utf8"].encode()],
            texts,
            codes,
            [scanned, codes[0].hex().encode(), *alone, texts[0] + APART + texts[1]],
            [*(one.body for one in batch), example["body"]["utf8"].encode()],
            [content.content(one) for one in records],
            [witness.write_request(0, (), one).encode() for one in notes]
            + [witness.write_request(3, [bytes(32)] * 2, note).encode()],
            [header],
            [header + APART + rows],
            [locator.printed(bytes(range(16))).encode(), b"olo1-" * 5],
            _asked(batch),
            [b"\n".join(lines)],
            [
                json.dumps(
                    {"authority": "A", "purpose": "demonstration", "seed": "ab" * 32}
                ).encode()
            ],
        )

    def row_content(self, data: bytes) -> bytes:
        """What a row holds: sealed bytes of any kind, or (after an odd byte) bytes as they are."""
        if data[:1] and data[0] % 2:
            return data[1:]
        found = sealed.content_key(self.person_key, self.row[2])
        return sealed.seal(found, bytes(12), data[1:], self.row[1])


def _note_keys() -> list[NoteKey]:
    post = MlDsaSigner(bytes(32)).public()
    public = key("witness").public()
    return [
        NoteKey("log.example/drill", LOG, key("log").public()),
        NoteKey(WITNESS, COSIGNATURE, public),
        NoteKey("w\u00e9.example", ML_DSA, post),
    ]


def _groups() -> bytes:
    log, first, second = (one.vkey() for one in _note_keys())
    lines = [f"log {log}", f"witness a {first} http://h/", f"witness b {second}"]
    return "\n".join([*lines, "group g 1 a b", "group h any g", "quorum h", ""]).encode()


def _filled(log: Log) -> list[Signed]:
    """Ordinary events, one with a section, one of two actors, two of a batch."""
    drafter = Drafter("seeds", 500, heads_of(log, [ONE, TWO]))
    found = [drafter.custody(ONE), drafter.custody(ONE), drafter.detailed(TWO)]
    counted = [drafter.visit(one) for one in (ONE, TWO)]
    shared = manifest([one.body for one in counted], key("A officer"))
    batch = [
        Signed(one.body, block, one.salt, path, shared.signature)
        for one, block, path in zip(counted, shared.blocks, shared.paths, strict=True)
    ]
    log.append(found, AT)
    return [*found, *batch, drafter.custody(ONE)]


def _roll(log: Log) -> tuple[bytes, bytes]:
    said = {bytes([n]) * 16: Statement(RollStatus.HELD, n, facility="B-1") for n in range(3)}
    roll = public_roll.build(DAY, 1, said, public_roll.stepped(len(said)), Chance("roll"))
    actor: list[Json] = [
        {"authority": "A", "role": "registrar", "key": keyid8(key("A officer").public()).hex()}
    ]
    drafter = Drafter("roll", 700)
    inner = public_roll.commitment(roll)
    event = drafter.signed("roll.published", {"A": key("A officer")}, actors=actor, body=inner)
    index = log.append([event], AT, publish=True)[0]
    found: Receipt = record.make_receipt(log.store, log.vault, index)
    header = Header(roll.day, roll.issue, roll.size, roll.root, found)
    return public_roll.write_header(header).encode(), roll.data


def _cosigned(log: Log) -> str:
    note = log.publish(AT)
    point = checkpoint.read_note(note).checkpoint
    line = checkpoint.cosigned(point, WITNESS, key("witness"), TIME)
    log.store.cosign(point.size, [line])
    return note + line


def _asked(batch: Sequence[Signed]) -> list[bytes]:
    lines, who = asking.lines(batch), Asker("A", Role.REGISTRAR)
    wanted: list[asking.What] = [
        asking.OneEvent(0),
        asking.OnePerson(ONE),
        asking.OneSection(4, "note"),
        asking.OneReceipt(),
        asking.Head(ONE),
        asking.Latest(),
    ]
    reads = [Read(one, who, "a drill") for one in wanted]
    writes = [Append(lines, "SE-EE"), Submit(lines[-1:]), Publish(), Audit(), Status()]
    return [msgspec.json.encode(one) for one in (*reads, *writes)]


def exported(site: Site, folder: Path) -> None:
    """The register of a site as a plain folder with content."""
    with register_files.opened(site.path) as files:
        latest = files.store.latest()
        rows = files.store.rows(0, latest[0] if latest else 0)
        bundle_files.write(
            folder, files.store, [Disclosed(row, files.vault.open(row)) for row in rows]
        )
