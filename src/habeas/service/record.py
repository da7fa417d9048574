"""The register's use cases: open, append what others signed, prove, and hand out a receipt."""

import base64
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from habeas.errors import Fault, ImpossibleEvent, RegisterError
from habeas.register import checkpoint, events, merkle, receipt
from habeas.register.checkpoint import LOG, NoteKey
from habeas.register.events import Event, Record
from habeas.register.keys import ADMIN, Trust, write_trust
from habeas.register.log import Log, Signed, Store
from habeas.register.receipt import Receipt
from habeas.register.signing import Signer, keyid8, sigblock
from habeas.register.verify import receipt_verdict
from habeas.service import NOT_REVIEWED, SYNTHETIC
from habeas.service.transfer import Ground, may_lead_on
from habeas.terms import EventKind
from habeas.transfer.machine import fold

__all__ = [
    "Receipt",
    "Trust",
    "append",
    "last_handover",
    "last_index",
    "lines",
    "lines_of",
    "make_receipt",
    "open_log",
    "place_of_body",
    "read_signed",
    "receipt_of",
    "receipt_page",
    "receipt_text",
    "shown",
    "sign_draft",
    "trust_text",
    "write_signed",
]

WITNESSED = {
    True: "WITNESSED: the witnesses that the policy asks for have cosigned the register.",
    False: "NOT WITNESSED: too few independent witnesses have cosigned the register.",
}


def trust_text(origin: str, log_key: bytes, roots: dict[str, bytes], *, demonstration: bool) -> str:
    """The trust file of a new register: log key, no witnesses yet, the authorities' root keys.

    Raises:
        RegisterError: H521, when the origin is no name that a note can carry.
    """
    key = NoteKey(checkpoint.origin(origin), LOG, log_key)
    policy = f"log {key.vkey()}\nquorum none\n"
    return write_trust(policy, roots, demonstration=demonstration)


def open_log(store: Store, trust: Trust, signer: Signer) -> Log:
    """A log over its store.

    Raises:
        RegisterError: H537, when the signer is not the log key of the trust file.
    """
    if signer.public() != trust.policy.log.public:
        raise RegisterError(Fault("H537", "the key is not this log's", "Give the log's own key."))
    return Log(store, trust.policy.log.name, signer, dict(trust.roots))


def read_signed(text: str, file: str) -> list[Signed]:
    """Signed events out of a file of one JSON object a line: body, sigblock, salt in base64.

    Raises:
        RegisterError: H538, with the line.
    """
    found = []
    for number, line in lines_of(text):
        try:
            row = json.loads(line)
            parts = [
                base64.b64decode(row[key], validate=True) for key in ("body", "sigblock", "salt")
            ]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            fix = "Make the file with 'habeas sign'."
            raise RegisterError(
                Fault("H538", "the line is no signed event", fix, file, number)
            ) from error
        found.append(Signed(*parts))
    return found


def lines_of(text: str) -> list[tuple[int, str]]:
    """The lines of a file that say something, with their numbers; only a newline ends one."""
    return [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]


def write_signed(signed: Iterable[Signed]) -> str:
    """Signed events as a file of one JSON object a line."""
    rows = (
        {
            "body": base64.b64encode(one.body).decode(),
            "salt": base64.b64encode(one.salt).decode(),
            "sigblock": base64.b64encode(one.sigblock).decode(),
        }
        for one in signed
    )
    return "".join(json.dumps(row, sort_keys=True) + "\n" for row in rows)


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


def append(log: Log, ground: Ground, batch: Sequence[Signed], recorded_at: datetime) -> list[int]:
    """Append what others signed, after the workflow's table has allowed every event.

    Raises:
        ImpossibleEvent: H601 to H616, when an event may not follow; nothing was written.
        RegisterError: when the register refuses bytes, signatures or places.
    """
    known: dict[str, list[Event]] = {}
    kept = {record.event_id for record in _records(log, known)}
    for place, signed in enumerate(batch):
        event = events.event(events.parse(signed.body), log.size + place)
        if event.id in kept or event.kind in ADMIN:
            continue
        if event.agreement != ground.deal.id:
            what = f"'{event.kind}' is under '{event.agreement}', not {ground.deal.id}"
            raise ImpossibleEvent(Fault("H617", what, "Name its own agreement.", where=event.id))
        if event.subject is None:
            what = f"'{event.kind}' names no person"
            raise ImpossibleEvent(Fault("H601", what, "Name the subject.", where=event.id))
        may_lead_on(ground, event.kind)
        known.setdefault(event.subject, []).append(event)
        fold(known[event.subject], ground.terms)
    return log.append(batch, recorded_at, publish=True)


def _records(log: Log, known: dict[str, list[Event]]) -> list[Record]:
    records = list(log.store.records())
    for record in records:
        if record.subject is not None:
            known.setdefault(record.subject, []).append(
                events.event(events.parse(record.body), record.index)
            )
    return records


def shown(
    store: Store, *, kind: str | None, subject: str | None, last: int
) -> list[dict[str, object]]:
    """The latest records as plain documents, oldest first; a damaged one says so."""
    rows = [
        record
        for record in store.records()
        if (kind is None or record.kind == kind) and (subject is None or record.subject == subject)
    ]
    return [_shown(record) for record in rows[max(0, len(rows) - max(0, last)) :]]


def _shown(record: Record) -> dict[str, object]:
    found: dict[str, object] = {
        "index": record.index,
        "entry": base64.b64encode(record.entry).decode(),
    }
    try:
        events.event(events.parse(record.body))
    except RegisterError as error:
        return found | {"damaged": error.faults[0].sentence()}
    return found | {"event": json.loads(record.body)}


def receipt_of(store: Store, index: int, trust: Trust) -> Receipt:
    """The receipt of one event, checked as its bearer will check it.

    Raises:
        RegisterError: H543 as `make_receipt`; H544, when it would not verify.
    """
    found = make_receipt(store, index)
    verdict = receipt_verdict(receipt.write(found), trust)
    if verdict.fault is not None:
        what = f"the receipt of index {index} would not verify: {verdict.text}"
        raise RegisterError(Fault("H544", what, "Verify the register, and restore it."))
    return found


def make_receipt(store: Store, index: int) -> Receipt:
    """The receipt of one event under the latest checkpoint, with its signers' enrolments.

    Raises:
        RegisterError: H543, when no checkpoint covers the index yet.
    """
    records = list(store.records())
    covering = [(size, note) for size, note in store.checkpoints() if size > index]
    if not covering or not 0 <= index < len(records):
        raise RegisterError(
            Fault(
                "H543",
                f"no checkpoint covers index {index}",
                "Publish one, or name an index that the register has.",
            )
        )
    size, note = covering[-1]
    tree = merkle.Tree([merkle.leaf_hash(record.entry) for record in records[:size]])
    wanted = {actor.key for actor in events.event(events.parse(records[index].body)).actors}
    enrolments = tuple(
        _receipt(record, tree, note)
        for record in records[:index]
        if record.kind == EventKind.KEY_ENROLLED and _enrolled_key(record) in wanted
    )
    return _receipt(records[index], tree, note, enrolments)


def _enrolled_key(record: Record) -> str:
    try:
        event = events.event(events.parse(record.body))
        return keyid8(bytes.fromhex(str(event.body.get("public")))).hex()
    except (RegisterError, ValueError):  # damaged: it enrols nothing
        return ""


def _receipt(
    record: Record, tree: merkle.Tree, note: str, keys: tuple[Receipt, ...] = ()
) -> Receipt:
    proof = receipt.proof_text(record.salt, record.index, tree.inclusion(record.index), note)
    return Receipt(record.body, record.sigblock, proof, keys)


def last_index(store: Store) -> int:
    """The index of the newest event under a checkpoint."""
    kept = store.checkpoints()
    return kept[-1][0] - 1 if kept else -1


def lines(rows: list[dict[str, object]]) -> list[list[str]]:
    """Records as rows for people: index, kind, person, instant, authorities."""
    found = []
    for row in rows:
        event = row.get("event")
        if not isinstance(event, dict):
            found.append([str(row["index"]), "damaged", "", "", str(row.get("damaged", ""))])
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
    found = [record.index for record in store.records() if record.kind == EventKind.HANDED_OVER]
    if not found:
        raise RegisterError(
            Fault("H543", "the register has no handover", "Name the index of another event.")
        )
    return found[-1]


def place_of_body(data: bytes, records: Sequence[Record], near: int) -> tuple[int, int]:
    """Offset of a byte of an event near an index that lies unbroken in a file, and the index."""
    for record in records[near::-1]:
        mark = b'"id":"' + record.event_id.encode()
        place = data.find(mark)
        if place >= 0:
            return place + len(mark) - 1, record.index
    raise RegisterError(Fault("H543", "no event lies unbroken in the file", "Name another index."))
