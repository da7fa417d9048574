"""habeas gateway: the one process that writes a register; and how other commands ask it."""

import logging
import os
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from secrets import token_bytes

from habeas.adapters import (
    feed_files,
    gateway_files,
    gateway_socket,
    installation_files,
    key_files,
    letterbox_files,
    logs,
    memory,
    mirror_files,
    one_writer,
    register_files,
    settings_files,
    signers,
    spans,
    stopping,
    witness_client,
)
from habeas.adapters.draft_store import DRAFTS, SqliteDrafts
from habeas.adapters.gateway_watch import GatewayWatch
from habeas.adapters.letterbox_files import BOX, SqliteLetterbox
from habeas.adapters.settlement_file import SETTLEMENTS, SettlementFile
from habeas.cli import clock, output
from habeas.errors import Fault, HabeasError, SetupError
from habeas.service import agree, asking, publish, record, transfer
from habeas.service.asking import Asker, Caller, Under
from habeas.service.feed_desk import Holdings
from habeas.service.gateway import Books, Gateway, Means
from habeas.service.letterbox import Door
from habeas.terms import Role

_log = logging.getLogger("habeas.gateway")
MB = 1_000_000
AGAIN_S = 60  # until a publication that failed for a while is tried again
# What a later try may find mended: server, disk, room, clock, key store. All else ends the gateway.
PASSES = frozenset({"H561", "H563", "H595", "H963", "H964"})


def gateway(
    path: Path,
    /,
    *,
    log_key: str | None = None,
    registrar_key: str | None = None,
    ml_dsa_key: Path | None = None,
    officers: str | None = None,
    mirror_key: str | None = None,
    witness_key: str | None = None,
    cadence: int | None = None,
    alone: bool = False,
    library: Path | None = None,
) -> int:
    """Own a register and answer whoever asks at gateway.sock beside it, until told to stop.

    Args:
        path: the folder of an installation, whose settings say what is not given here; or a
            register's file. Only its owner may enter the folder, or a group it is shared with.
        log_key: the key that signs checkpoints: a key file, or agent:KEYID of the ssh agent.
        registrar_key: the enrolled key that signs what the gateway itself records.
        ml_dsa_key: the key file of a second signature under checkpoints, by ML-DSA-44.
        officers: the keys with which it signs for the officers of its own authorities: a folder
            of key files, or 'agent' for the ssh agent's keys. Without it, officers sign with
            'habeas sign' where their keys are.
        mirror_key: the key that signs that the other state's log is held here: a key file, or
            agent:KEYID; mirror.key beside the register where it is not named. Without both this
            and the next nothing of the other state's log is taken.
        witness_key: the key that cosigns the other state's log as witness; else witness.key.
        cadence: minutes between publications, each under pads and the policy's witnesses; 0
            publishes only when asked.
        alone: sign though too few witnesses answer at the start, as where no line leads to any of
            them; only where you know that no newer copy of the register exists.
        library: a folder of your own agreements and laws.
    """
    given = Given(log_key, registrar_key, officers, cadence, alone)
    path, given = _from_settings(path, given) if path.is_dir() else (path, given)
    gateway_files.private(path)
    feeding = feed_files.keys(path, {"mirror": mirror_key, "witness": witness_key})
    pens = _pens(given, ml_dsa_key, feeding)
    cadence = 60 if given.cadence is None else given.cadence
    room = partial(_room, path.absolute().parent, given.reserve_mb * MB)
    watch = GatewayWatch(spans.begin("gateway"))
    with one_writer.held(path), _opened(path, pens, agree.library(library), room, watch) as found:
        _serve(path, found, cadence * 60)
    return output.DONE


def _serve(path: Path, found: Gateway, seconds: int) -> None:
    """Answer and publish until told to stop.

    Raises:
        HabeasError: why the log may no longer sign.
    """
    stop = stopping.on_signals()
    socket = path.with_name(gateway_socket.SOCKET)
    server = gateway_socket.GatewaySocket(socket, found.answer, asking.told)
    output.note(f"Gateway of {path} at {socket}; it stops on Ctrl-C.")
    if found.waits is not None:
        why = found.waits.faults[0]
        _log.warning("%s %s. Events are recorded; nothing is signed yet.", why.code, why.what)
    refused: list[HabeasError] = []
    clockwork = threading.Thread(target=_keep_time, args=(found, stop, seconds, refused))
    clockwork.start()
    memory.settled()
    try:
        server.serve(stop)
    finally:
        stop.set()
        clockwork.join()
    found.close()
    for error in refused:
        raise error


def _keep_time(
    found: Gateway, stop: threading.Event, seconds: int, refused: list[HabeasError]
) -> None:
    """Publish at the cadence until told to stop; a log that may not sign stops the gateway.

    What passes is told once, and tried again sooner.
    """
    told, wait = "", seconds
    try:
        while not stop.wait(wait or None):
            try:
                found.keep_time()
                told, wait = "", seconds
            except HabeasError as error:
                if error.code not in PASSES:
                    raise
                if error.code != told:
                    _log.warning("%s", error)
                told, wait = error.code, min(seconds, AGAIN_S)
    except HabeasError as error:
        refused.append(error)
    finally:  # also after a fault of ours: a gateway that no longer publishes ends
        stop.set()


@dataclass(frozen=True, slots=True)
class Pens:
    """The keys with which a gateway signs."""

    log: record.Signer
    second: record.MlDsaSigner | None
    registrar: record.Signer
    officers: dict[str, list[record.Signer]]  # by authority
    feed: dict[str, record.Signer]  # of the mirror and the witness, where they are at hand
    alone: bool = False  # it signs though too few witnesses answer at the start


@dataclass(frozen=True, slots=True)
class Given:
    """What a call of the gateway says of its keys and its pace; None where it says nothing."""

    log_key: str | None
    registrar_key: str | None
    officers: str | None  # a folder of key files, or 'agent'
    cadence: int | None  # minutes
    alone: bool
    reserve_mb: int = 0


def _from_settings(folder: Path, given: Given) -> tuple[Path, Given]:
    """The register of an installation, and what its settings say where the call says nothing."""
    found = settings_files.settled(folder, os.environ)
    logs.begin("gateway", found.log_level)
    for name in settings_files.strange(os.environ):
        _log.warning("nobody reads the variable %s: see docs/operation.md", name)
    officers = found.officers if found.officers == signers.AGENT else str(folder / found.officers)
    return folder / found.register, Given(
        given.log_key or _key(folder, found.log_key),
        given.registrar_key or _key(folder / found.officers, found.registrar),
        given.officers or officers,
        found.cadence if given.cadence is None else given.cadence,
        given.alone,
        found.reserve_mb,
    )


def _key(folder: Path, name: str) -> str:
    return name if name.startswith(f"{signers.AGENT}:") else str(folder / name)


def _pens(given: Given, ml_dsa_key: Path | None, feeding: dict[str, record.Signer]) -> "Pens":
    """The keys with which it signs, read from files that nobody else may read.

    Raises:
        SetupError: H901 without a key's name; H959 for one that is not there; H960 for one that
            others may read; H904 or H914 for one that is none.
    """
    if given.log_key is None or given.registrar_key is None:
        what = "it is not said which keys sign: --log-key and --registrar-key"
        fix = "Name both, or the folder of an installation."
        raise SetupError(Fault("H901", what, fix))
    files = [
        Path(name)
        for name in (given.log_key, given.registrar_key)
        if not name.startswith(f"{signers.AGENT}:")
    ]
    hands = given.officers
    faults = gateway_files.unusable([*files, *([] if ml_dsa_key is None else [ml_dsa_key])])
    if hands not in (None, signers.AGENT):
        faults += gateway_files.unusable_in(Path(hands or ""))
    if faults:
        raise SetupError(*faults)
    return Pens(
        signers.signer(given.log_key),
        None if ml_dsa_key is None else key_files.read_ml_dsa(ml_dsa_key),
        signers.signer(given.registrar_key),
        {} if hands is None else signers.group(hands),
        feeding,
        given.alone,
    )


def _room(folder: Path, reserve: int) -> bool:
    return shutil.disk_usage(folder).free >= reserve


@contextmanager
def _opened(
    path: Path, pens: Pens, laws: agree.Library, room: Callable[[], bool], watch: GatewayWatch
) -> Iterator[Gateway]:
    with register_files.opened(path) as files:
        trust = files.trust()
        log = record.open_log(files.store, files.vault, trust, pens.log, pens.second, watch.writing)

        def text() -> str:
            return record.trust_of_reads(trust)

        waiting = SqliteDrafts(path.with_name(DRAFTS))
        box = SqliteLetterbox(path.with_name(BOX), token_bytes)
        with (
            closing(waiting),
            closing(box),
            gateway_files.reads(path, text, token_bytes) as kept,
            feed(path, pens.feed) as feeding,
        ):
            reads = record.open_log(kept.store, kept.vault, kept.trust(), pens.log)
            secret = gateway_files.secret(path, token_bytes)
            means = Means(
                pens.registrar,
                secret,
                _now,
                token_bytes,
                laws,
                pens.officers,
                room,
                watch,
                pens.alone,
            )
            clients = witness_client.clients(trust.policy)
            write = partial(letterbox_files.write_answers, path)
            key = letterbox_files.private(path, token_bytes)
            door = Door(box, key, files.keys, write)
            yield Gateway(Books(log, reads, trust, waiting, clients, door, feeding), means)


@contextmanager
def feed(path: Path, keys: dict[str, record.Signer]) -> Iterator[Holdings | None]:
    """What lies beside the register for the feed; None where it has not both keys."""
    if set(keys) != set(feed_files.ROLES):
        yield None
        return
    with (
        mirror_files.opened(path) as shelf,
        feed_files.memory(path) as memory,
        closing(SettlementFile(path.with_name(SETTLEMENTS))) as ledger,
    ):
        yield Holdings(shelf, memory, ledger, keys, _pair(path.parent))


def _pair(folder: Path) -> Under:
    """Between which states the installation of a folder exchanges; empty where none says it."""
    if not folder.joinpath(installation_files.FILE).exists():
        return Under()
    found = installation_files.read(folder)
    return Under(found.agreement, found.sending, found.receiving)


def _now() -> datetime:
    return clock.instant(None)[1]


@contextmanager
def caller(path: Path) -> Iterator[Caller | None]:
    """Somebody to ask, where a gateway serves the register; None where none does."""
    line = gateway_socket.connected(path)
    if line is None:
        yield None
        return
    with closing(line):
        yield Caller(line.ask)


@dataclass(frozen=True, slots=True)
class Own:
    """What a call needs to write by itself, where no gateway serves the register."""

    log_key: str | None
    as_of: str | None = None
    library: Path | None = None
    ml_dsa_key: Path | None = None


def append(
    path: Path, batch: Sequence[record.Signed], under: Under, own: Own
) -> tuple[list[int], int]:
    """Append a batch, all or nothing: through the gateway where one serves, else by itself.

    Returns:
        The index of each event, and the size of the register.

    Raises:
        SetupError: H901, when the call gives too little or too much for the way that it goes;
            H908, when another process writes.
    """
    with caller(path) as asked:
        if asked is not None:
            if own.as_of is not None or own.library is not None:
                what = "--as-of and --library are the gateway's, which serves this register"
                raise SetupError(Fault("H901", what, "Leave them out, or stop the gateway."))
            return asked.append(batch, under, publish=True)
    if own.log_key is None:
        what = "no gateway serves this register, and no --log-key is given"
        raise SetupError(Fault("H901", what, "Start 'habeas gateway', or name the log's key."))
    with one_writer.held(path):
        return _append(path, batch, under, own, own.log_key)


def _append(
    path: Path, batch: Sequence[record.Signed], under: Under, own: Own, log_key: str
) -> tuple[list[int], int]:
    _, instant = clock.instant(own.as_of)
    signer, ground = signers.signer(log_key), None
    with register_files.opened(path) as files:
        trust = files.trust()
        if under.agreement:
            deal = agree.library(own.library).agreement(under.agreement)
            pair = transfer.pair(deal, under.sending, under.receiving)
            ground = transfer.Ground(deal, transfer.terms(deal, *pair), trust.demonstration)
        second = None if own.ml_dsa_key is None else key_files.read_ml_dsa(own.ml_dsa_key)
        log = record.open_log(files.store, files.vault, trust, signer, second)
        clients = witness_client.clients(trust.policy)
        publish.start(log, trust.policy, clients)
        indexes = record.append(log, ground, batch, instant)
        if clients:
            publish.cosign(log, trust.policy, clients, log.note())
        return indexes, log.size


def reader(text: str | None) -> Asker:
    """Who reads, out of AUTHORITY/ROLE.

    Raises:
        SetupError: H901, when it is not given, though a gateway serves the register; H903.
    """
    if text is None:
        what = "a gateway serves this register and records who reads: --reader and --purpose"
        raise SetupError(Fault("H901", what, "Name yourself as AUTHORITY/ROLE, and say what for."))
    authority, _, role = text.rpartition("/")
    if not authority or role not in set(Role):
        roles = ", ".join(sorted(Role))
        what = f"--reader '{text}' is no AUTHORITY/ROLE"
        raise SetupError(Fault("H903", what, f"Roles are {roles}."))
    return Asker(authority, Role(role))
