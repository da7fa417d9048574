"""What a register gives away, made once, for `drills.mutations` to alter.

Each artefact knows how it is checked, and what it says when the check is passed. `refused` is the
only other answer that is allowed.
"""

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from secrets import token_bytes

from drills.commands import AT, Drafter, key
from drills.rig import FIRST, Site, person
from drills.witnesses import COURT, TIME, vkey
from habeas.adapters import bundle_files, register_files, sqlite_store
from habeas.adapters.bundle_files import Disclosed
from habeas.errors import Fault, RegisterError
from habeas.register import checkpoint, printed, public_roll, receipt, signing, verify
from habeas.register.checkpoint import read_note
from habeas.register.events import Json, Record, Row
from habeas.register.keys import Trust
from habeas.register.log import Log
from habeas.register.public_roll import Header, Statement
from habeas.register.receipt import Receipt
from habeas.register.sealed import SealedSection, Vault
from habeas.register.verify import Report, Verdict
from habeas.service import record
from habeas.terms import RollStatus

STATEMENTS = f"witness court {vkey(COURT)}\nquorum court\n"
EVENTS, SUBJECTS = 24, 4
DAY = date(2026, 3, 2)
TABLES = ("leaf", "event", "content", "section", "tile", "checkpoint", "cosignature", "evidence")
UNPROVEN = "a column that nothing proves"  # when it was recorded; evidence of what was refused
CLOSED = "a section that is refused when it is opened"


@dataclass(frozen=True, slots=True)
class Artefact:
    """Some bytes, and how they are judged: what they say, or an exception that refuses them."""

    name: str
    data: bytes
    said: Callable[[bytes], object]
    unrecorded: Callable[[bytes], str] = lambda _: ""  # why these bytes may be altered; "" if not


@dataclass(frozen=True, slots=True)
class Made:
    """A register with everything that was made from it."""

    site: Site
    folder: Path
    receipt: Receipt
    roll: tuple[bytes, str]  # rows; header


def made(folder: Path) -> Made:
    """A witnessed register of four persons, its export, a receipt, and the roll of a night."""
    site = Site(folder / "register").make(STATEMENTS)
    with register_files.opened(site.path) as files:
        log = record.open_log(files.store, files.vault, files.trust(), key("log"))
        drafter = Drafter("artefacts", FIRST)
        batch = [drafter.custody(person(n % SUBJECTS)) for n in range(EVENTS)]
        log.append([*batch, drafter.detailed(person(0))], AT)
        roll = _roll(log, drafter)
        _cosign(log, log.publish(AT))
        found = record.receipt_of(log.store, log.vault, EVENTS // 2, site.trust())
        event = record.receipt_of(log.store, log.vault, log.size - 1, site.trust())
        header = public_roll.write_header(Header(DAY, 1, roll.size, roll.root, event))
        rows = log.store.rows()
        shown = [Disclosed(row, log.vault.open(row)) for row in rows]
        bundle_files.write(folder / "export", log.store, shown)
    return Made(site, folder / "export", found, (roll.data, header))


def _cosign(log: Log, note: str) -> None:
    point = read_note(note).checkpoint
    log.store.cosign(point.size, [checkpoint.cosigned(point, COURT, key(COURT), TIME)])


def _roll(log: Log, drafter: Drafter) -> public_roll.PublicRoll:
    said = Statement(RollStatus.HELD, 0, facility="F-1")
    stated = {bytes([n]) * 16: said for n in range(1, 30)}
    found = public_roll.build(DAY, 1, stated, public_roll.stepped(len(stated)), token_bytes)
    officer = key("A officer")
    actor: dict[str, Json] = {
        "authority": "A",
        "role": "registrar",
        "key": signing.keyid8(officer.public()).hex(),
    }
    body = public_roll.commitment(found)
    event = drafter.signed("roll.published", {"A": officer}, actors=[actor], body=body)
    log.append([event], AT)
    return found


def of_store(site: Site, scratch: Path, stack: ExitStack) -> Artefact:
    """The register file, checked by somebody who has the keys of its content."""
    trust, path = site.trust(), scratch / "altered.sqlite3"
    vault = stack.enter_context(register_files.opened(site.path)).vault
    before = _tables(site.path)

    def said(data: bytes) -> object:
        path.write_bytes(data)
        bundle = sqlite_store.bundle(path)
        rows = list(bundle.rows)
        whole = verify.Bundle(rows, bundle.checkpoints, bundle.tiles)
        with register_files.readable(whole, site.keys) as (ready, opened):
            report = verify.register(ready, trust, None, opened, register_files.READER)
        return _good(report), rows, bundle.checkpoints, bundle.tiles

    def unrecorded(data: bytes) -> str:
        path.write_bytes(data)
        return _unrecorded(before, path, vault)

    return Artefact("register file", site.path.read_bytes(), said, unrecorded)


def _good(report: Report) -> Report:
    if report.faults:
        raise RegisterError(*report.faults)
    if not report.witnessed:
        raise RegisterError(Fault("H524", "not witnessed", "It says so."))
    return report


def _tables(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
        db.text_factory = bytes
        return {
            name: db.execute(f"SELECT * FROM {name} NOT INDEXED ORDER BY rowid").fetchall()  # noqa: S608 - fixed
            for name in TABLES
        }


def _unrecorded(before: dict[str, list[tuple[object, ...]]], path: Path, vault: Vault) -> str:
    try:
        after = _tables(path)
    except (sqlite3.Error, UnicodeDecodeError):  # the reader of the verifier decides
        return ""
    changed = [name for name in TABLES if before[name] != after[name]]
    stamps = [row[:-1] for row in after["event"]] == [row[:-1] for row in before["event"]]
    if not changed:
        return "no record"
    if set(changed) <= {"evidence", "event"} and stamps:
        return UNPROVEN
    if changed == ["section"] and _none_opens(after["section"], vault, before["event"]):
        return CLOSED
    return ""


def _none_opens(
    sections: list[tuple[object, ...]], vault: Vault, rows: list[tuple[object, ...]]
) -> bool:
    """Whether no section of an altered table opens as one that its event names."""
    ids = {row[0]: row[1] for row in rows}
    for index, *parts in sections:
        match (ids.get(index), *parts):
            case (bytes(event), bytes(name), bytes(digest), bytes(sealed)):
                told = SealedSection(0, name.decode(errors="replace"), digest, sealed)
                if _opens(vault, event.decode(), told):
                    return False
            case _:  # it is not read as a section at all
                continue
    return True


def _opens(vault: Vault, event_id: str, section: SealedSection) -> bool:
    try:
        return vault.section(event_id, section) is not None
    except RegisterError:
        return False


def of_checkpoint(site: Site) -> Artefact:
    """The latest note, as its readers keep it."""
    policy = site.trust().policy
    note = sqlite_store.bundle(site.path).checkpoints[-1][1]

    def said(data: bytes) -> object:
        read = read_note(_text(data))
        signers = policy.cosigners(read)
        if not policy.met(signers):
            raise RegisterError(Fault("H524", "not witnessed", "It says so."))
        return read.checkpoint, signers

    return Artefact("checkpoint", note.encode(), said)


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise RegisterError(Fault("H521", "it is no text", "Fetch it again.")) from error


def of_receipts(found: Made) -> Iterator[Artefact]:
    """The receipt as a file, and printed, as a scanner reads it."""
    trust = found.site.trust()
    beside = [printed.packed(one, trust.policy) for one in found.receipt.keys]
    code = printed.packed(found.receipt, trust.policy)
    text = receipt.write(found.receipt).encode()
    yield Artefact("receipt file", text, lambda data: _verdict(data, trust, []))
    yield Artefact("printed receipt", code, lambda data: _verdict(data, trust, beside))


def _verdict(data: bytes, trust: Trust, beside: Sequence[bytes]) -> Verdict:
    verdict = verify.receipt_verdict(data, trust, beside)
    if verdict.fault is not None:
        raise RegisterError(verdict.fault)
    if verdict.text != "VALID":
        raise RegisterError(Fault("H524", "not witnessed", "It says so."))
    return verdict


def of_roll(found: Made) -> Iterator[Artefact]:
    """The roll's rows and its header, each with the other one whole."""
    trust, (rows, header) = found.site.trust(), found.roll
    yield Artefact("roll, rows", rows, lambda data: _night(data, header, trust))
    yield Artefact("roll, header", header.encode(), lambda data: _night(rows, _text(data), trust))


def _night(rows: bytes, header: str, trust: Trust) -> object:
    night = public_roll.verified(rows, header, trust)
    if not night.witnessed:
        raise RegisterError(Fault("H584", "not witnessed", "It says so."))
    return night.roll.data, night.verdict


def of_export(found: Made, scratch: Path) -> Iterator[Artefact]:
    """Every file of an exported folder with content, each with the others whole."""
    trust, folder = found.site.trust(), scratch / "export"
    shutil.copytree(found.folder, folder)
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        yield Artefact(
            f"export, {path.relative_to(folder)}", path.read_bytes(), _checked(path, trust)
        )


def _checked(path: Path, trust: Trust) -> Callable[[bytes], object]:
    folder, whole = next(one for one in path.parents if one.name == "export"), path.read_bytes()

    def said(data: bytes) -> object:
        path.write_bytes(data)
        try:
            bundle = bundle_files.bundle(folder)
            rows = list(bundle.rows)
            read = verify.Bundle(rows, bundle.checkpoints, bundle.tiles, columns=False)
            report = verify.register(read, trust, None, _opened, register_files.READER)
            return _good(report), rows, bundle.checkpoints, bundle.tiles, data
        finally:
            path.write_bytes(whole)

    return said


def _opened(row: Row) -> Record | None:
    return bundle_files.opened(row)
