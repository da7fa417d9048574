"""The register's use cases: open, append what others signed, prove, and hand out a receipt."""

import base64
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any

from habeas.errors import Fault, RegisterError
from habeas.register import checkpoint, events, receipt
from habeas.register.checkpoint import LOG, ML_DSA, NoteKey
from habeas.register.content import is_pad
from habeas.register.events import Record, Row
from habeas.register.keys import Trust, read_trust, write_trust
from habeas.register.log import Log, Pen, Signed, Store
from habeas.register.receipt import Receipt
from habeas.register.sealed import Section, Vault
from habeas.register.signing import MlDsaSigner, Signer, keyid8, sigblock
from habeas.register.tiles import TileTree
from habeas.register.verify import receipt_verdict
from habeas.service import NOT_REVIEWED, SYNTHETIC
from habeas.service.judging import Bench
from habeas.service.transfer import Ground
from habeas.terms import EventKind

PAGE = 1024  # rows read at a time, from the end

__all__ = [
    "Log",
    "MlDsaSigner",
    "Receipt",
    "Signed",
    "Signer",
    "Trust",
    "append",
    "append_under",
    "enrolled",
    "last_handover",
    "last_index",
    "latest",
    "lines",
    "lines_of",
    "make_receipt",
    "open_log",
    "opened",
    "place_of_content",
    "read_signed",
    "receipt_of",
    "receipt_page",
    "receipt_text",
    "shown",
    "shown_row",
    "sign_draft",
    "trust_of_reads",
    "trust_text",
    "write_signed",
]

WITNESSED = {
    True: "WITNESSED: the witnesses that the policy asks for have cosigned the register.",
    False: "NOT WITNESSED: too few independent witnesses have cosigned the register.",
}


def trust_text(
    origin: str,
    log_keys: tuple[bytes, bytes | None],
    roots: dict[str, bytes],
    statements: str = "quorum none\n",
    *,
    demonstration: bool,
) -> str:
    """The trust file of a new register: the log's keys, its witnesses, the authorities' root keys.

    Args:
        origin: the log's name for ever.
        log_keys: its Ed25519 public key, and its ML-DSA-44 public key where it has one.
        roots: public root key by authority.
        statements: the `witness`, `group` and `quorum` lines of the policy.
        demonstration: whether everything in it is synthetic.

    Raises:
        RegisterError: H521, when the origin is no name that a note can carry; H525, H526 for
            statements that make no policy.
    """
    keys = [NoteKey(checkpoint.origin(origin), LOG, log_keys[0])]
    if log_keys[1] is not None:
        keys.append(NoteKey(origin, ML_DSA, log_keys[1]))
    policy = "".join(f"log {key.vkey()}\n" for key in keys) + statements
    text = write_trust(policy, roots, demonstration=demonstration)
    read_trust(text)
    return text


def trust_of_reads(trust: Trust) -> str:
    """The trust file of a register's log of reads: the same keys, under a name of its own."""
    log, roots = trust.policy.log, dict(trust.roots)
    return trust_text(
        f"{log.name}/reads", (log.public, None), roots, demonstration=trust.demonstration
    )


def open_log(
    store: Store,
    vault: Vault,
    trust: Trust,
    signer: Signer,
    second: MlDsaSigner | None = None,
    writing: Callable[[int], AbstractContextManager[object]] = nullcontext,
) -> Log:
    """A log over its store and the keys of its content; `second` signs every checkpoint too.

    Args:
        store: where it lies.
        vault: the keys of its content.
        trust: whose log it is.
        signer: the log's key.
        second: signs every checkpoint too, by ML-DSA-44.
        writing: what is put around each write of so many leaves, for whoever measures it.

    Raises:
        RegisterError: H537, when the signer is not the log key of the trust file.
    """
    if signer.public() != trust.policy.log.public:
        raise RegisterError(Fault("H537", "the key is not this log's", "Give the log's own key."))
    named = {key.public for key in trust.policy.also if key.type == ML_DSA}
    if named != (set() if second is None else {second.public()}):
        what = "the policy names an ML-DSA-44 key of this log that is not the one at hand"
        raise RegisterError(Fault("H537", what, "Give the key with --ml-dsa-key, or leave it out."))
    pen = Pen(trust.policy.log.name, signer, vault, second, writing)
    return Log(store, pen, dict(trust.roots))


def read_signed(text: str, file: str) -> list[Signed]:
    """Signed events out of a file of one JSON object a line: body, sigblock, salt in base64.

    Raises:
        RegisterError: H538, with the line.
    """
    found = []
    for number, line in lines_of(text):
        try:
            found.append(_signed(json.loads(line)))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            fix = "Make the file with 'habeas sign'."
            raise RegisterError(
                Fault("H538", "the line is no signed event", fix, file, number)
            ) from error
    return found


def _signed(row: dict[str, Any]) -> Signed:  # Any: whatever JSON holds; a wrong type raises
    parts = [base64.b64decode(row[key], validate=True) for key in ("body", "sigblock", "salt")]
    proof = [base64.b64decode(row.get(key, ""), validate=True) for key in ("path", "manifest")]
    sections = tuple(
        Section(
            str(one["name"]),
            *(base64.b64decode(one[key], validate=True) for key in ("salt", "data")),
        )
        for one in row.get("sections", [])
    )
    return Signed(parts[0], parts[1], parts[2], proof[0], proof[1], sections)


def lines_of(text: str) -> list[tuple[int, str]]:
    """The lines of a file that say something, with their numbers; only a newline ends one."""
    return [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]


def write_signed(signed: Iterable[Signed]) -> str:
    """Signed events as a file of one JSON object a line."""
    return "".join(json.dumps(_line(one), sort_keys=True) + "\n" for one in signed)


def _line(one: Signed) -> dict[str, object]:
    parts = {"body": one.body, "salt": one.salt, "sigblock": one.sigblock}
    parts |= {"path": one.path, "manifest": one.manifest} if one.path or one.manifest else {}
    found: dict[str, object] = {key: base64.b64encode(part).decode() for key, part in parts.items()}
    if one.sections:
        found["sections"] = [
            {
                "name": section.name,
                "salt": base64.b64encode(section.salt).decode(),
                "data": base64.b64encode(section.data).decode(),
            }
            for section in one.sections
        ]
    return found


def sign_draft(
    draft: str, keys: dict[str, list[Signer]], salt: bytes, file: str, line: int
) -> Signed:
    """A drafted body, signed by every actor whose key is at hand.

    Raises:
        RegisterError: H538 for a draft that is none, H501 to H503 for one that cannot be an event,
            H517 for an actor without a key.
    """
    try:
        stated = json.loads(draft)
    except (ValueError, RecursionError):
        stated = None
    rows = stated.get("actors") if isinstance(stated, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        fix = "Write a JSON body as docs/spec/event.md asks."
        raise RegisterError(Fault("H538", "the line is no drafted event", fix, file, line))
    try:
        body = events.body(draft)
        actors = events.event(body).actors
    except RegisterError as error:
        raise RegisterError(
            *(replace(one, file=file, line=line) for one in error.faults)
        ) from error
    by_key = {keyid8(one.public()).hex(): one for group in keys.values() for one in group}
    absent = [actor.key for actor in actors if actor.key not in by_key]
    if absent:
        what = f"no key {', '.join(absent)} is at hand for an actor of the draft"
        fix = "Name the folder that holds it with --keys."
        raise RegisterError(Fault("H517", what, fix, file, line))
    data = events.canonical(body)
    events.parse(data)
    return Signed(data, sigblock(data, [by_key[actor.key] for actor in actors]), salt)


def append(
    log: Log,
    ground: Ground | None,
    batch: Sequence[Signed],
    recorded_at: datetime,
    *,
    publish: bool = True,
) -> list[int]:
    """Append what others signed, after the workflow's table has allowed every event.

    Args:
        log: where they go.
        ground: the agreement that they stand under; None, where all are administrative.
        batch: signed events in the order in which they shall stand.
        recorded_at: UTC.
        publish: sign a checkpoint over them in the same transaction.

    Raises:
        ImpossibleEvent: H601 to H617, when an event may not follow; nothing was written.
        RegisterError: when the register refuses bytes, signatures or places.
    """
    return append_under(Bench(log, ground), batch, recorded_at, publish=publish)


def append_under(
    bench: Bench, batch: Sequence[Signed], recorded_at: datetime, *, publish: bool = True
) -> list[int]:
    """Append as `append` does, under an agreement whose routes are followed already."""
    log = bench.log
    parsed = [events.event(events.parse(signed.body), log.size) for signed in batch]
    kept = log.store.by_ids([event.id for event in parsed])
    numbered = enumerate(parsed, log.size)
    bench.judge_in_turn([replace(one, index=n) for n, one in numbered if one.id not in kept])
    return log.append(batch, recorded_at, publish=publish)


def shown(
    store: Store, vault: Vault, *, kind: str | None, subject: str | None, last: int
) -> list[dict[str, object]]:
    """The latest events as plain documents, oldest first; one that cannot be read says why."""
    rows = latest(store, kind=kind, subject=subject, last=last)
    return [shown_row(row, vault) for row in rows]


def latest(store: Store, *, kind: str | None, subject: str | None, last: int) -> list[Row]:
    """The rows of the latest events, oldest first."""
    if subject is None:
        rows = _backwards(store, store.size())
    else:
        rows = reversed(list(store.of_person(subject) if subject.isascii() else ()))
    fitting = (row for row in rows if not is_pad(row) and kind in {None, row.kind})
    return [*islice(fitting, max(0, last))][::-1]


def _backwards(store: Store, end: int) -> Iterator[Row]:
    while end > 0:
        start = max(0, end - PAGE)
        yield from reversed(list(store.rows(start, end)))
        end = start


def shown_row(row: Row, vault: Vault) -> dict[str, object]:
    """One event as a plain document; one that cannot be read says why."""
    found: dict[str, object] = {"index": row.index, "entry": base64.b64encode(row.entry).decode()}
    try:
        record = vault.open(row)
        if record is None:
            return found | {"unreadable": "the key of its content is not there: erased, or lost"}
        events.event(events.parse(record.body))
    except RegisterError as error:
        return found | {"damaged": error.faults[0].sentence()}
    return found | {"event": json.loads(record.body)}


def receipt_of(
    store: Store, vault: Vault, index: int, trust: Trust, tree: TileTree | None = None
) -> Receipt:
    """The receipt of one event as `make_receipt` has it, checked as its bearer will check it.

    Raises:
        RegisterError: H543 as `make_receipt`; H544, when it would not verify.
    """
    found = make_receipt(store, vault, index, tree=tree)
    verdict = receipt_verdict(receipt.write(found), trust)
    if verdict.fault is not None:
        what = f"the receipt of index {index} would not verify: {verdict.text}"
        raise RegisterError(Fault("H544", what, "Verify the register, and restore it."))
    return found


def salt_of(found: Receipt) -> bytes:
    """The salt of a receipt's event."""
    return receipt.read_proof(found.proof).salt


def make_receipt(
    store: Store,
    vault: Vault,
    index: int,
    under: tuple[int, str] | None = None,
    tree: TileTree | None = None,
) -> Receipt:
    """The receipt of one event, with its signers' enrolments.

    Args:
        store: the register's.
        vault: the keys of its content.
        index: the event's.
        under: size and note of the checkpoint under which it stands; None: the latest.
        tree: the log's nodes where they are at hand; None: read anew.

    Raises:
        RegisterError: H543, when no checkpoint covers the index yet, or it is no event that can be
            read.
    """
    latest = under or store.latest()
    covered = latest is not None and 0 <= index < latest[0]
    row = next(store.rows(index, index + 1), None) if covered else None
    if latest is None or row is None:
        what = f"no checkpoint covers index {index}"
        fix = "Publish one, or name an index that the register has."
        raise RegisterError(Fault("H543", what, fix))
    record, nodes, (size, note) = opened(vault, row), tree or TileTree(store), latest
    wanted = {actor.key for actor in events.event(events.parse(record.body)).actors}
    enrolments = tuple(
        _receipt(one, nodes.inclusion(one.index, size), note)
        for one in enrolled(store, vault, wanted)
        if one.index < index
    )
    return _receipt(record, nodes.inclusion(index, size), note, enrolments)


def opened(vault: Vault, row: Row) -> Record:
    """An event in the clear.

    Raises:
        RegisterError: H543 for a pad, or where its key is gone.
    """
    found = vault.open(row)
    if found is None:
        what = f"index {row.index} is a pad, or was erased: there is no event to show"
        raise RegisterError(Fault("H543", what, "Name the index of another event."))
    return found


def enrolled(store: Store, vault: Vault, wanted: Collection[str]) -> Iterator[Record]:
    """The enrolments and rotations that brought some keys, by key id in hexadecimal."""
    brought = store.administrative([EventKind.KEY_ENROLLED, EventKind.KEY_ROTATED])
    return (one for one in vault.records(brought) if _enrolled_key(one) in wanted)


def _enrolled_key(record: Record) -> str:
    try:
        event = events.event(events.parse(record.body))
        return keyid8(bytes.fromhex(str(event.body.get("public")))).hex()
    except (RegisterError, ValueError):  # damaged: it enrols nothing
        return ""


def _receipt(
    record: Record, proof: Sequence[bytes], note: str, keys: tuple[Receipt, ...] = ()
) -> Receipt:
    text = receipt.proof_text(record.salt, record.index, proof, note)
    return Receipt(record.body, record.sigblock, text, keys, record.path, record.manifest)


def consistency(store: Store, old: int) -> list[str]:
    """The proof that the latest checkpoint's tree begins with an older one, base64 hashes.

    Raises:
        RegisterError: H543, when there is no checkpoint of at least that size.
    """
    latest = store.latest()
    if latest is None or not 0 <= old <= latest[0]:
        what = f"no checkpoint has {old} leaves or more"
        raise RegisterError(Fault("H543", what, "Name a size that was published."))
    found = TileTree(store).consistency(old, latest[0])
    return [base64.b64encode(part).decode() for part in found]


def last_index(store: Store) -> int:
    """The index of the newest event under a checkpoint; -1 where there is none."""
    latest = store.latest()
    found = _backwards(store, latest[0] if latest else 0)
    return next((row.index for row in found if not is_pad(row)), -1)


def lines(rows: list[dict[str, object]]) -> list[list[str]]:
    """Records as rows for people: index, kind, person, instant, authorities."""
    found = []
    for row in rows:
        event = row.get("event")
        if not isinstance(event, dict):
            why = str(row.get("damaged") or row.get("unreadable") or "")
            found.append([str(row["index"]), "not readable", "", "", why])
        else:
            signers = ", ".join(sorted({actor["authority"] for actor in event["actors"]}))
            found.append(
                [
                    str(row["index"]),
                    event["type"],
                    event.get("subject", ""),
                    event["occurred_at"],
                    signers,
                ]
            )
    return found


def receipt_text(found: Receipt) -> str:
    """The text of a receipt file."""
    return receipt.write(found)


def receipt_page(found: Receipt, trust: Trust) -> str:
    """A page to print: what is recorded, and how to check it."""
    event, proof = events.event(events.parse(found.body)), receipt.read_proof(found.proof)
    head = f"{SYNTHETIC}\n\n" if trust.demonstration else ""
    witnessed = WITNESSED[receipt_verdict(receipt.write(found), trust).text == "VALID"]
    signers = "\n".join(
        f"  {actor.authority} as {actor.role}, key {actor.key}" for actor in event.actors
    )
    return f"""{head}RECEIPT of one event in a custody register

  Register        {proof.note.checkpoint.origin}
  Event           {event.kind}
  Register number {event.subject or "none"}
  Facility        {event.facility or "not stated"}
  Happened at     {event.occurred_at.isoformat()}
  Index           {proof.index} of {proof.note.checkpoint.size} leaves

Signed by
{signers}

{witnessed}

Check it without asking anyone, with the authorities' published trust file:
  habeas register receipt --check receipt.json --trust trust.json
Keep this receipt. If the register ever says otherwise, it proves that it was rewritten.
{NOT_REVIEWED}
"""


def last_handover(store: Store) -> int:
    """The index of the newest handover.

    Raises:
        RegisterError: H543, when the register has none.
    """
    found = [row.index for row in store.rows() if row.kind == EventKind.HANDED_OVER]
    if not found:
        raise RegisterError(
            Fault("H543", "the register has no handover", "Name the index of another event.")
        )
    return found[-1]


def place_of_content(data: bytes, rows: Iterable[Row], near: int) -> tuple[int, int]:
    """Offset of a byte of an event's content that lies unbroken in a file, and its index.

    The event is the nearest at or below the index `near`.

    Raises:
        RegisterError: H543, when none does.
    """
    kept = [row for row in rows if row.index <= near and not is_pad(row)]
    for row in reversed(kept):
        place = data.find(row.content)
        if place >= 0:
            return place + len(row.content) // 2, row.index
    raise RegisterError(Fault("H543", "no event lies unbroken in the file", "Name another index."))
