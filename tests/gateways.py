"""An installation with a register of two officers' keys, its gateway, and events for it."""

import base64
import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from secrets import token_bytes

from habeas.adapters import (
    gateway_files,
    gateway_socket,
    key_files,
    letterbox_files,
    register_files,
    sqlite_store,
)
from habeas.adapters.draft_store import DRAFTS, SqliteDrafts
from habeas.adapters.letterbox_files import BOX, SqliteLetterbox
from habeas.register import events, signing, verify
from habeas.register.events import Body, Json
from habeas.register.keys import Trust, read_trust
from habeas.register.log import Log, Signed
from habeas.register.sealed import Section
from habeas.register.signing import SeedSigner
from habeas.service import agree, keep, record
from habeas.service.asking import Asker, Caller, Under
from habeas.service.gateway import Books, Gateway, Means
from habeas.service.letterbox import Door
from habeas.service.watching import Unwatched, Watch
from habeas.terms import Role

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
AUTHORITIES = ("SE-KVV", "EE-VANGLA")
OFFICER = "SE-KVV officer"
UNDER = Under("SE-EE")
ASKER = Asker("SE-KVV", Role.CUSTODIAN)
PURPOSE = "weekly count"
SECTION = Section("medical-fitness", bytes(32), b"fit to travel")


def seed(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


@cache
def key(name: str) -> SeedSigner:
    """A key by its name: 'SE-KVV root', 'SE-KVV officer', 'log'."""
    return SeedSigner(seed(name))


def person(number: int) -> str:
    return f"p_{number:026d}"


def signed(kind: str, number: int, role: str, **fields: Json) -> Signed:
    """An event of the person of that number, signed by the officer of SE-KVV."""
    signer = key(OFFICER)
    actor: Body = {
        "authority": "SE-KVV",
        "role": role,
        "key": signing.keyid8(signer.public()).hex(),
    }
    name = hashlib.sha256(f"{kind} {number}".encode()).hexdigest()
    body: Body = {
        "v": 1,
        "id": "0" + name[:25].upper(),
        "type": kind,
        "agreement": "SE-EE",
        "subject": person(number),
        "occurred_at": "2026-03-02T11:00:00Z",
        "time_basis": "observed",
        "actors": [actor],
        **fields,
    }
    data = events.canonical(body)
    return Signed(data, signing.sigblock(data, [signer]), hashlib.sha256(data).digest())


def opened(number: int) -> Signed:
    """The first custody event of a person."""
    inner: Body = {"order": f"order-{number}", "ordered_by": "SE-COURT"}
    return signed("custody.opened", number, "custodian", seq=0, body=inner)


def proposed(number: int) -> Signed:
    return signed("case.proposed", number, "proposing", body={"pathway": "lease"})


def reported(number: int) -> Signed:
    """An event with a section of detail."""
    named: Json = [
        {"name": SECTION.name, "digest": base64.b64encode(SECTION.digest).decode()},
    ]
    found = signed("duty.met", number, "custodian", body={"duty": "d"}, sections=named)
    return Signed(found.body, found.sigblock, found.salt, sections=(SECTION,))


def enrolment(authority: str, name: str = "officer") -> Signed:
    root = keep.Root(authority, "SE-EE", key(f"{authority} root"))
    chance = seed(f"{authority} {name} chance")
    return keep.enrolment(root, key(f"{authority} {name}").public(), AT, lambda n: chance[:n])


def made(
    path: Path, log_key: bytes, roots: dict[str, bytes], origin: str = "log.example/se-ee"
) -> Trust:
    """An empty register and its trust file."""
    text = record.trust_text(origin, (log_key, None), roots, demonstration=True)
    path.with_name(register_files.TRUST).write_text(text)
    with register_files.made(path):
        return read_trust(text)


def installed(folder: Path) -> Path:
    """A register in a folder of its own, with the keys of two officers enrolled."""
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / "register.sqlite3"
    key_files.write(folder / "log.key", "LOG", seed("log"))
    key_files.write(folder / "officer.key", "SE-KVV", seed(OFFICER))
    roots = {name: key(f"{name} root").public() for name in AUTHORITIES}
    trust = made(path, key("log").public(), roots)
    with register_files.opened(path) as files:
        log = record.open_log(files.store, files.vault, trust, key("log"))
        record.append(log, None, [enrolment(name) for name in AUTHORITIES], AT)
    return path


@dataclass(frozen=True)
class Hands:
    """With which keys a gateway signs: its registrar's, its log's, its officers'; who watches."""

    registrar: str = OFFICER
    log: str = "log"
    officers: Mapping[str, Sequence[SeedSigner]] = field(
        default_factory=dict[str, Sequence[SeedSigner]]
    )
    watch: Watch = field(default_factory=Unwatched)
    begun: datetime = AT  # from then on its clock may not go back


class Office:
    """A gateway without a socket, over real files, with a clock that is set by hand."""

    def __init__(
        self,
        log: Log,
        reads: Log,
        trust: Trust,
        waiting: SqliteDrafts,
        hands: Hands = Hands(),
        door: Door | None = None,
    ) -> None:
        self.now = hands.begun
        registrar, officers = key(hands.registrar), hands.officers
        laws = agree.library()
        means = Means(registrar, bytes(32), lambda: self.now, token_bytes, laws, officers)
        means = replace(means, watch=hands.watch)
        self.log, self.reads, self.trust, self.waiting = log, reads, trust, waiting
        self.gateway = Gateway(Books(log, reads, trust, waiting, door=door), means)
        self.caller = Caller(self.gateway.answer)

    def read_events(self) -> list[events.Event]:
        """What the log of reads says of reads."""
        found = [events.event(events.parse(one.body)) for one in self.reads.records()]
        return [one for one in found if one.kind == "read.recorded"]


@contextmanager
def office(path: Path, hands: Hands = Hands()) -> Iterator[Office]:
    """The gateway of an installation."""
    with register_files.opened(path) as files:
        trust = files.trust()
        text = record.trust_of_reads(trust)
        own, writing = key(hands.log), hands.watch.writing
        log = record.open_log(files.store, files.vault, trust, own, writing=writing)
        with gateway_files.reads(path, lambda: text, token_bytes) as kept:
            reads = record.open_log(kept.store, kept.vault, kept.trust(), key(hands.log))
            box = SqliteLetterbox(path.with_name(BOX), token_bytes)
            with closing(SqliteDrafts(path.with_name(DRAFTS))) as waiting, closing(box):
                write = partial(letterbox_files.write_answers, path)
                door = Door(box, letterbox_files.private(path, token_bytes), files.keys, write)
                yield Office(log, reads, trust, waiting, hands, door)


def report(path: Path) -> verify.Report:
    """What the verifier says of a register, with the keys beside it."""
    trust = read_trust(path.with_name(register_files.TRUST).read_text())
    keys = path.with_name(register_files.KEYS)
    with register_files.readable(sqlite_store.bundle(path), keys) as (found, opened):
        return verify.register(found, trust, opened=opened)


class Running:
    """A gateway in a process of its own."""

    def __init__(self, path: Path, *more: str) -> None:
        self.path, self.more = path, more
        self.process = self.started()
        line = self.process.stderr.readline() if self.process.stderr else ""
        assert "Gateway of" in line, line

    def started(self) -> "subprocess.Popen[str]":
        folder = self.path.parent
        words = [sys.executable, "-m", "habeas", "gateway", str(self.path)]
        words += ["--log-key", str(folder / "log.key")]
        words += ["--registrar-key", str(folder / "officer.key")]
        if (folder / "officers").is_dir():
            words += ["--officers", str(folder / "officers")]
        words += self.more
        return subprocess.Popen(words, stderr=subprocess.PIPE, text=True)  # noqa: S603 - our own words

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End the process; returns its exit status."""
        os.kill(self.process.pid, how)
        status = self.process.wait(timeout=60)
        if self.process.stderr:
            self.process.stderr.close()
        return status


@contextmanager
def running(path: Path, *more: str) -> Iterator[Running]:
    """A gateway's process, ended at the end; `more` words stand in its call."""
    found = Running(path, *more)
    try:
        yield found
    finally:
        if found.process.poll() is None:
            found.end(signal.SIGKILL)


@contextmanager
def asking(path: Path) -> Iterator[Caller]:
    """A caller on a line of its own."""
    line = gateway_socket.connected(path)
    assert line is not None
    with closing(line):
        yield Caller(line.ask)
