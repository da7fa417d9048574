"""A register of persons whose content is planted with words to search for, and its officers."""

import base64
import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from habeas.adapters.key_store import SqliteKeys
from habeas.adapters.sqlite_store import SqliteStore
from habeas.law.agreement import Calendar
from habeas.register import events, signing
from habeas.register.checkpoint import LOG, NoteKey
from habeas.register.events import Body, Json
from habeas.register.keys import Trust, read_trust, write_trust
from habeas.register.log import Log, Pen, Signed
from habeas.register.sealed import Section, Vault, content_key, unwrapped
from habeas.register.signing import SeedSigner
from habeas.service.erase import Hand, PersonFile, Rules, person_file
from habeas.service.transfer import crockford
from habeas.terms import Side
from habeas.transfer.state import Terms

PARTS = ("body", "case", "release", "medical", "security")
ORIGIN = "log.example/erasure"
OPENED = datetime(2026, 3, 2, 12, tzinfo=UTC)
RELEASED = OPENED + timedelta(days=400)
RETENTION = timedelta(days=1000)
LATE = RELEASED + RETENTION
SENDING, RECEIVING = ("A", "A-DATA"), ("B", "B-DATA", "COURT", "CLINIC")
SIDES = dict.fromkeys(SENDING, Side.SENDING) | dict.fromkeys(RECEIVING, Side.RECEIVING)
OFFICERS = {
    "A": ("custodian", "registrar"), "B": ("custodian", "registrar"), "COURT": ("court",),
    "A-DATA": ("data_protection",), "B-DATA": ("data_protection",), "CLINIC": ("health",),
}  # fmt: skip
TERMS = Terms(
    SIDES,
    {name: frozenset(roles) for name, roles in OFFICERS.items()},
    consent_required=False,
    consent_binds_at_verification=False,
    notice=timedelta(0),
    release_in_receiving_state=True,
)
RULES = Rules("T", TERMS, RETENTION)
CALENDAR = Calendar(rounding="down", zone="UTC")
By = tuple[tuple[str, str], ...]  # authority, role; the number of an officer stands after a '/'
BOTH: By = (("A-DATA", "data_protection"), ("B-DATA", "data_protection"))


def key(name: str) -> SeedSigner:
    """The key of an officer, such as 'A/0', or a root key, 'A root'."""
    return SeedSigner(hashlib.sha256(name.encode()).digest())


def key_id(name: str) -> str:
    """How events name an officer's key."""
    return signing.keyid8(key(name).public()).hex()


def person(number: int) -> str:
    """A register number."""
    return "p_" + crockford(number, 26).lower()


def canary(number: int, part: str) -> str:
    """What is planted in one part of one person's content, and stands nowhere else."""
    return f"canary-{part}-{hashlib.sha256(f'{part} {number}'.encode()).hexdigest()}"


def chance(seed: str) -> "Chance":
    """Bytes that never repeat, for tests."""
    return Chance(seed)


@dataclass
class Chance:
    """A source of bytes for tests."""

    seed: str
    drawn: Iterator[int] = field(default_factory=count)

    def __call__(self, size: int) -> bytes:
        """The next bytes."""
        return hashlib.shake_256(f"{self.seed} {next(self.drawn)}".encode()).digest(size)


def trust() -> Trust:
    """The trust file of the register."""
    vkey = NoteKey(ORIGIN, LOG, key("log").public()).vkey()
    roots = {name: key(f"{name} root").public() for name in OFFICERS}
    return read_trust(write_trust(f"log {vkey}\nquorum none\n", roots, demonstration=True))


@dataclass
class Case:
    """An open register with its key store."""

    folder: Path
    store: SqliteStore
    keys: SqliteKeys
    log: Log
    number: Iterator[int]

    def sign(self, kind: str, by: By, at: datetime, *sections: Section, **more: Json) -> Signed:
        """An event of these officers; `subject`, `seq`, `body` and others as given."""
        names = [name if "/" in name or name.endswith("root") else f"{name}/0" for name, _ in by]
        number = next(self.number)
        body: Body = {
            "v": 1,
            "id": f"01JNQ7Z8M3{crockford(number, 16)}",
            "type": kind,
            "agreement": "T",
            "occurred_at": at.isoformat(),
            "time_basis": "observed",
            "actors": [
                {"authority": name.partition("/")[0].removesuffix(" root"), "role": role,
                 "key": key_id(name)}
                for name, (_, role) in zip(names, by, strict=True)
            ],
            "body": {},
        }  # fmt: skip
        if sections:
            body["sections"] = [{"name": one.name, "digest": _digest(one)} for one in sections]
        data = events.canonical(body | more)
        salt = hashlib.sha256(b"salt %d" % number).digest()
        block = signing.sigblock(data, [key(name) for name in names])
        return Signed(data, block, salt, sections=sections)

    def custody(self, kind: str, subject: str, by: By, at: datetime, **more: Json) -> int:
        """Append a custody event that follows the person's head."""
        head = self.log.head(subject)
        link: Body = {"seq": 0} if head is None else {"seq": head[0] + 1, "prev": head[1]}
        signed = self.sign(f"custody.{kind}", by, at, subject=subject, **link, **more)
        return self.log.append([signed], at)[0]

    def erased(
        self,
        indexes: Sequence[int],
        by: By = BOTH,
        at: datetime = LATE,
        who: tuple[str, str] = ("A-DATA/0", "B-DATA/0"),
        more: Mapping[str, Json] | None = None,
    ) -> Signed:
        """An `erased` event of the whole content, asked and reviewed by two keys."""
        body: Body = {
            "ground": "law on data protection, section 17",
            "indexes": list[Json](indexes),
            "what": "content",
            "requested_by": key_id(who[0]),
            "reviewed_by": key_id(who[1]),
        }
        return self.sign("erased", by, at, body=body | dict(more or {}))

    def file(self, number: int) -> PersonFile:
        """What the register holds of a person."""
        return person_file(self.store, self.log.vault, person(number))

    def indexes(self, number: int) -> list[int]:
        """The indexes of a person's events."""
        return [row.index for row in self.store.of_person(person(number))]


def _digest(section: Section) -> str:
    return base64.b64encode(section.digest).decode()


HAND = Hand("B", key("B/0"), chance("hand"))


def opened(folder: Path) -> Case:
    """The register of a folder, opened again."""
    store = SqliteStore(folder / "register.sqlite3")
    keys = SqliteKeys(folder / "person-keys.sqlite3", chance(f"keys {store.size()}"))
    return case_of(folder, store, keys)


def case_of(folder: Path, store: SqliteStore, keys: SqliteKeys) -> Case:
    """A register over a store and its keys."""
    vault = Vault(keys, chance(f"vault {store.size()}"))
    log = Log(store, Pen(ORIGIN, key("log"), vault), dict(trust().roots))
    return Case(folder, store, keys, log, count(1 + store.size() * 4))


def made(folder: Path, persons: int, *, release: bool = True) -> Case:
    """A new register in which each person was received, examined and released."""
    store = SqliteStore(folder / "register.sqlite3", create=True)
    keys = SqliteKeys(folder / "person-keys.sqlite3", chance("keys"), create=True)
    case = case_of(folder, store, keys)
    case.log.append(
        [
            case.sign(
                "key.enrolled",
                ((f"{name} root", "registrar"),),
                OPENED,
                body={"authority": name, "public": key(f"{name}/{n}").public().hex()},
            )
            for name in OFFICERS
            for n in (0, 1)
        ],
        OPENED,
    )
    custodian = (("A", "custodian"),)
    case.log.append([_received(case, n, custodian) for n in range(persons)], OPENED)
    case.log.append([_examined(case, n) for n in range(persons)], OPENED, publish=True)
    if release:
        for n in range(persons):
            body: Body = {"ground": "sentence served", "place": canary(n, "release")}
            case.custody("released", person(n), custodian, RELEASED, body=body)
        case.log.publish(RELEASED)
    return case


def _received(case: Case, number: int, by: By) -> Signed:
    body: Body = {"order": canary(number, "body"), "ordered_by": "COURT"}
    subject = person(number)
    return case.sign("custody.opened", by, OPENED, subject=subject, seq=0, body=body, facility="F")


def _examined(case: Case, number: int) -> Signed:
    sections = [
        Section(
            name,
            hashlib.sha256(f"{name} {number}".encode()).digest(),
            canary(number, name).encode(),
        )
        for name in ("medical", "security")
    ]
    body: Body = {"fact": "fit_to_travel", "value": "true", "document": canary(number, "case")}
    return case.sign(
        "evidence.recorded",
        (("CLINIC", "health"),),
        OPENED,
        *sections,
        subject=person(number),
        body=body,
    )


def closed(case: Case) -> None:
    """Close both files."""
    with closing(case.store), closing(case.keys):
        pass


# an oracle of its own: what can be read


def all_keys(*stores: Path) -> dict[str, bytes]:
    """Every key that any epoch key beside a store opens, by a reader of its own."""
    epochs = [
        bytes.fromhex(path.read_text().strip())
        for store in stores
        for path in store.parent.glob("*.epoch-*.key")
    ]
    found = dict[str, bytes]()
    for store in stores:
        with closing(sqlite3.connect(store)) as db:
            for name, packed in db.execute("SELECT name, wrapped FROM key"):
                keys = [unwrapped(epoch, packed) for epoch in epochs]
                found |= {f"{store} {name} {n}": one for n, one in enumerate(keys) if one}
    return found


def readable(register: Path, keys: Iterable[bytes]) -> bytes:
    """Everything that any key opens of any sealed bytes of a register, whatever they belong to."""
    tried, opened_parts = list(keys), list[bytes]()
    with closing(sqlite3.connect(register)) as db:
        contents = db.execute(
            "SELECT event_id, entry, sealed FROM content JOIN event USING (idx) "
            "JOIN leaf USING (idx) WHERE subject IS NOT NULL"
        ).fetchall()
        sections = db.execute("SELECT digest, sealed FROM section").fetchall()
    for event_id, entry, sealed in contents:
        bound = b"habeas/content/v1\n" + entry
        opened_parts += _tried([content_key(key, event_id) for key in tried], sealed, bound)
    for digest, sealed in sections:
        opened_parts += _tried(tried, sealed, b"habeas/section/v1\n" + digest)
    return b"\n".join(opened_parts)


def _tried(keys: Iterable[bytes], sealed: bytes, bound: bytes) -> Iterator[bytes]:
    for key in keys:
        try:
            yield AESGCM(key).decrypt(sealed[:12], sealed[12:], bound)
        except InvalidTag:
            continue


def planted(numbers: range, text: bytes) -> list[str]:
    """The planted words of some persons that stand in a text."""
    return [
        word
        for number in numbers
        for part in PARTS
        if (word := canary(number, part)).encode() in text
    ]
