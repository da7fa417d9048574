"""Registers for the benchmarks, out of a fixed seed: events, signatures, files; nobody real."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from habeas.adapters import bundle_files, register_files
from habeas.adapters.bundle_files import Disclosed
from habeas.register import content, events, signing
from habeas.register.checkpoint import LOG, NoteKey
from habeas.register.events import PAD, Json, Record, Row
from habeas.register.keys import Trust, read_trust, write_trust
from habeas.register.log import Log, Pen, Signed
from habeas.register.sealed import Vault
from habeas.register.signing import SeedSigner
from habeas.register.store import Batch, Store
from habeas.register.tiles import Grower

ORIGIN, AUTHORITY, PERSONS = "log.example/bench", "EE-VANGLA", 40_000
AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
PAGE = 1024  # events to a transaction and a checkpoint where a register is made
KEYS = {
    name: SeedSigner(hashlib.sha256(name.encode()).digest()) for name in ("root", "officer", "log")
}
ROOTS = {AUTHORITY: KEYS["root"].public()}


class Chance:
    """A stream of bytes out of a seed."""

    def __init__(self, seed: str) -> None:
        self._seed, self._numbers = seed.encode(), count()

    def __call__(self, size: int) -> bytes:
        return hashlib.shake_128(self._seed + b"%d" % next(self._numbers)).digest(size)


def trust() -> Trust:
    """The trust file of every log here."""
    policy = f"log {NoteKey(ORIGIN, LOG, KEYS['log'].public()).vkey()}\nquorum none\n"
    return read_trust(write_trust(policy, ROOTS, demonstration=True))


def _body(kind: str, number: int, role: str, signer: SeedSigner, **fields: Json) -> bytes:
    actor: Json = {
        "authority": AUTHORITY,
        "role": role,
        "key": signing.keyid8(signer.public()).hex(),
    }
    body: dict[str, Json] = {
        "v": 1,
        "id": f"01JNQ7Z8M3K4V0T2{number:010d}",
        "type": kind,
        "agreement": "SE-EE",
        "occurred_at": "2026-03-02T11:00:00Z",
        "time_basis": "observed",
        "actors": [actor],
    }
    return events.canonical(body | fields)


def enrolment() -> Signed:
    """The key event under which every other event is signed."""
    public = KEYS["officer"].public().hex()
    told: Json = {"authority": AUTHORITY, "public": public}
    body = _body("key.enrolled", 0, "registrar", KEYS["root"], body=told)
    return Signed(body, signing.sigblock(body, [KEYS["root"]]), bytes(32))


def bodies(start: int, end: int, kind: str = "evidence.recorded") -> list[bytes]:
    """Events of 40,000 persons in turn, about 450 bytes each, numbered from 1."""
    told: Json = {"place": "M3/C00", "counted": True, "note": "x" * 100}
    return [
        _body(
            kind,
            number,
            "custodian",
            KEYS["officer"],
            subject=f"p_{number % PERSONS:026d}",
            facility="TARTU",
            body=told,
        )
        for number in range(start, end)
    ]


def signed(found: Sequence[bytes], batch: int, salts: Chance) -> list[Signed]:
    """The same with a signature each (batch 0), or in manifests of `batch`."""
    officer, salt = KEYS["officer"], signing.SALT
    if not batch:
        return [Signed(one, signing.sigblock(one, [officer]), salts(salt)) for one in found]
    made = list[Signed]()
    for start in range(0, len(found), batch):
        part = found[start : start + batch]
        manifest = signing.manifest(part, officer)
        made += [
            Signed(one, block, salts(salt), path, manifest.signature)
            for one, block, path in zip(part, manifest.blocks, manifest.paths, strict=True)
        ]
    return made


def opened(store: Store, vault: Vault) -> Log:
    """The log over a store; its key is known to everybody."""
    return Log(store, Pen(ORIGIN, KEYS["log"], vault), ROOTS)


def _record(index: int, one: Signed) -> Record:
    event = events.event(events.parse(one.body), index)
    parts = (one.salt, one.body, one.sigblock, one.path, one.manifest)
    return Record(index, one.entry, event.id, event.kind, event.subject, event.seq, *parts)


def make(path: Path, size: int, batch: int) -> None:
    """A register of `size` events besides the enrolment, under a checkpoint every 1,024.

    Rows are sealed and stored without the checks of an intake: the verifier makes them all.
    """
    path.parent.mkdir(parents=True)
    salts = Chance(f"salts {batch}")
    with register_files.made(path, Chance(f"keys {batch}")) as found:
        opened(found.store, found.vault).append([enrolment()], AT)
        for start in range(1, size + 1, PAGE):
            given = signed(bodies(start, min(start + PAGE, size + 1)), batch, salts)
            records = [_record(index, one) for index, one in enumerate(given, start)]
            found.vault.draw(found.vault.without_key(one.subject or "" for one in records))
            tree = Grower.resumed(found.store, start)
            rows = [found.vault.seal(one) for one in records]
            for row in rows:
                tree.append(row.entry)
            found.store.write(Batch(start, rows, AT, tiles=tree.filled()))
            opened(found.store, found.vault).publish(AT)


def export(path: Path, folder: Path) -> None:
    """The same register as a folder with its content in the clear."""
    with register_files.opened(path) as found:
        rows = found.vault.ready(found.store.rows())
        shown = (Disclosed(row, found.vault.open(row)) for row in rows)
        bundle_files.write(folder, found.store, shown)


def pads(size: int) -> Iterator[Row]:
    """Leaves that commit to no event."""
    for index in range(size):
        salt = hashlib.sha256(b"%d" % index).digest()
        yield Row(index, content.pad(salt), "", PAD, None, None, salt)


def make_pads(path: Path, size: int) -> bytes:
    """A register of nothing but pads, at once and under one checkpoint; answers its entries."""
    rows, tree = list(pads(size)), Grower()
    for row in rows:
        tree.append(row.entry)
    path.parent.mkdir(parents=True)
    with register_files.made(path) as found:
        found.store.write(Batch(0, rows, AT, tiles=tree.filled()))
    return b"".join(row.entry for row in rows)
