"""A small register that publishes rolls, for the tests of the public roll."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from fakes import VAULT
from habeas.adapters import roll_files
from habeas.adapters.sqlite_store import SqliteStore
from habeas.register import checkpoint, events, public_roll, receipt, signing
from habeas.register.checkpoint import COSIGNATURE, LOG, NoteKey
from habeas.register.events import Body
from habeas.register.keys import Trust, read_trust, write_trust
from habeas.register.log import Log, Pen, Signed
from habeas.register.public_roll import Header, PublicRoll, Statement
from habeas.register.receipt import Receipt
from habeas.register.signing import SeedSigner
from habeas.service import record
from habeas.service.nightly import Press
from habeas.terms import RollStatus

ORIGIN, WITNESS = "log.example/rolls", "witness.example/w1"
DAY = date(2026, 3, 2)
AT = datetime(2026, 3, 2, 23, tzinfo=UTC)
HELD, ASK = RollStatus.HELD, RollStatus.ASK


def chance(count: int, seed: bytes = b"chance") -> bytes:
    """Bytes that look random and are the same in every run."""
    return hashlib.shake_256(seed).digest(count)


def secret(name: str) -> bytes:
    """A token of 16 bytes by its name."""
    return chance(16, name.encode())


def key(name: str) -> SeedSigner:
    """A signer by its name."""
    return SeedSigner(chance(32, name.encode()))


def held(count: int, name: str = "token") -> dict[bytes, Statement]:
    """So many persons held in one place."""
    return {secret(f"{name} {n}"): Statement(HELD, n, facility="B-1") for n in range(count)}


def trust_text(*statements: str) -> str:
    """The trust file; statements about witnesses come after the log's line."""
    vkey = NoteKey(ORIGIN, LOG, key("log").public()).vkey()
    policy = "\n".join([f"log {vkey}", *(statements or ("quorum none",))]) + "\n"
    return write_trust(policy, {"A": key("root").public()}, demonstration=True)


def trusted() -> Trust:
    """Keys of a log that has no witness."""
    return read_trust(trust_text())


def witnessed() -> Trust:
    """Keys of a log whose one witness makes the quorum."""
    vkey = NoteKey(WITNESS, COSIGNATURE, key("witness").public()).vkey()
    return read_trust(trust_text(f"witness w {vkey}", "quorum w"))


class Office:
    """A registrar's log and folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.number = folder, 0
        self.store = SqliteStore(folder / "register.sqlite3", create=True)
        pen = Pen(ORIGIN, key("log"), VAULT)
        self.log = Log(self.store, pen, {"A": key("root").public()})
        public = key("officer").public().hex()
        self.append("key.enrolled", {"authority": "A", "public": public}, "root")

    def append(self, kind: str, inner: Body, signer: str = "officer") -> int:
        """Let the registrar record something; returns its index."""
        self.number += 1
        actor = signing.keyid8(key(signer).public()).hex()
        body: Body = {
            "v": 1,
            "id": f"01JNQ7Z8M3K4V0T2R5X6{self.number:06d}",
            "type": kind,
            "agreement": "T",
            "occurred_at": "2026-03-02T22:00:00Z",
            "time_basis": "observed",
            "actors": [{"authority": "A", "role": "registrar", "key": actor}],
            "body": inner,
        }
        if kind not in events.ADMIN:
            body["subject"] = "p_" + "0" * 26
        data = events.canonical(body)
        signed = Signed(data, signing.sigblock(data, [key(signer)]), chance(32, data))
        return self.log.append([signed], AT, publish=True)[0]

    def sign(self, inner: Body) -> Receipt:
        """The receipt of the roll's event, which is recorded once."""
        for kept in self.log.records():
            if json.loads(kept.body)["body"] == inner:
                return record.make_receipt(self.store, VAULT, kept.index)
        return record.make_receipt(self.store, VAULT, self.append("roll.published", inner))

    def press(self, seed: bytes = b"chance") -> Press:
        """What this office publishes a roll with."""
        read, create = (
            partial(roll_files.read, self.folder),
            partial(roll_files.create, self.folder),
        )
        return Press(read, create, self.sign, partial(chance, seed=seed), trusted())

    def pair(self, roll: PublicRoll, *, cosigned: bool = False) -> tuple[bytes, str]:
        """The two files of a roll."""
        event = self.sign(public_roll.commitment(roll))
        if cosigned:
            point = receipt.read_proof(event.proof).note.checkpoint
            line = checkpoint.cosigned(point, WITNESS, key("witness"), 1_772_482_000)
            event = Receipt(event.body, event.sigblock, event.proof + line, event.keys)
        header = Header(roll.day, roll.issue, roll.size, roll.root, event)
        return roll.data, public_roll.write_header(header)


def built(stated: Mapping[bytes, Statement], size: int = 0, issue: int = 1) -> PublicRoll:
    """The roll of the day."""
    return public_roll.build(DAY, issue, stated, size or public_roll.stepped(len(stated)), chance)
