"""What a receipt's printed sheet and its verifier page say, in English and Spanish.

Both are for whoever is handed them: neither ever carries a token by which a family asks for a
person. The words lie in documents/receipt_words.json, and nobody has reviewed the Spanish ones.
"""

import json
from datetime import UTC, datetime
from importlib import resources

from habeas.errors import Language
from habeas.register import events, printed, receipt
from habeas.register.events import Event
from habeas.register.keys import Trust
from habeas.register.receipt import Proof, Receipt
from habeas.register.verify import receipt_verdict

Pair = tuple[str, str]  # English, Spanish
Words = dict[str, dict[str, Pair]]
LANGUAGES: tuple[Language, ...] = ("en", "es")
TIME = 8  # bytes before a cosignature's own
LATEST = 253_402_300_799  # the last second of the year 9999
SECOND = "%Y-%m-%d %H:%M:%S UTC"


def _document(name: str) -> str:
    return (resources.files("habeas") / "documents" / name).read_text("utf-8")


def words() -> Words:
    """Every word of a sheet by its group and name: heads, labels, events and more."""
    found = json.loads(_document("receipt_words.json"))
    return {
        group: {name: (english, spanish) for name, (english, spanish) in rows.items()}
        for group, rows in found.items()
    }


def read(text: str) -> Receipt:
    """A receipt out of its file's text.

    Raises:
        RegisterError: H541, H521.
    """
    return receipt.read(text)


def codes(found: Receipt, trust: Trust) -> list[str]:
    """The texts of the printed codes: the receipt, then each enrolment that it carries.

    Raises:
        RegisterError: H547, when one has no printed form.
    """
    return [printed.text(printed.packed(one, trust.policy)) for one in (found, *found.keys)]


def _cosigned(proof: Proof, trust: Trust) -> list[tuple[datetime, str]]:
    """Time and name of each known witness under the checkpoint, earliest first."""
    known = {(key.name, key.id) for key in trust.policy.witnesses.values()}
    times = [
        (int.from_bytes(line.signature[:TIME], "big"), line.name)
        for line in proof.note.lines
        if (line.name, line.id) in known
    ]
    return [(datetime.fromtimestamp(min(at, LATEST), UTC), name) for at, name in sorted(times)]


def instant(found: Receipt, trust: Trust) -> datetime:
    """The date of the sheet: the last cosignature's, else the event's own; never the clock's."""
    times = [at for at, _ in _cosigned(receipt.read_proof(found.proof), trust)]
    return times[-1] if times else events.event(events.parse(found.body)).occurred_at


def page(found: Receipt, trust: Trust) -> dict[str, object]:
    """What the printed sheet says of a receipt that verifies; the codes are set beside it."""
    event = events.event(events.parse(found.body))
    proof, said = receipt.read_proof(found.proof), words()
    witnessed = receipt_verdict(receipt.write(found), trust).text == "VALID"
    keys = [events.event(events.parse(one.body)) for one in found.keys]
    return {
        "mark": said["notes"]["mark"] if trust.demonstration else [],
        "heads": said["heads"],
        "rows": _rows(event, proof, trust, said),
        "witnessed": said["witnessed"]["yes" if witnessed else "no"],
        "check": list(said["check"].values()),
        "limits": list(said["limits"].values()),
        "notes": [said["notes"]["private"], said["notes"]["review"]],
        "captions": [f"{n}: {one.body['authority']}" for n, one in enumerate(keys, 2)],
        "foot": f"{proof.note.checkpoint.origin} · {proof.index} · {event.id}",
    }


def rows(found: Receipt, trust: Trust, lang: Language) -> list[tuple[str, str]]:
    """Label and value of what a receipt says, in one language."""
    event, proof = events.event(events.parse(found.body)), receipt.read_proof(found.proof)
    place = LANGUAGES.index(lang)
    return [(label[place], value[place]) for label, value in _rows(event, proof, trust, words())]


def sheet(found: Receipt, trust: Trust, lang: Language) -> dict[str, object]:
    """Everything else that stands on the sheet, in one language."""
    said = page(found, trust)
    del said["rows"], said["captions"]
    return {name: _in_one(value, LANGUAGES.index(lang)) for name, value in said.items()}


def _in_one(value: object, place: int) -> object:
    match value:
        case (str(), str()):
            return value[place]
        case list():
            return [_in_one(one, place) for one in value]
        case dict():
            return {name: _in_one(one, place) for name, one in value.items()}
        case _:
            return value


def _rows(event: Event, proof: Proof, trust: Trust, said: Words) -> list[tuple[Pair, Pair]]:
    point = proof.note.checkpoint
    english, spanish = said["events"].get(event.kind, (event.kind, event.kind))
    place = [text.format(proof.index, point.size) for text in said["notes"]["index"]]
    told: dict[str, Pair | str | None] = {
        "event": (f"{english} ({event.kind})", f"{spanish} ({event.kind})"),
        "person": event.subject,
        "facility": event.facility,
        "at": f"{event.occurred_at:{SECOND}}",
        "signed": "; ".join(f"{one.authority} ({one.role}, {one.key})" for one in event.actors),
        "register": point.origin,
        "index": (place[0], place[1]),
        "cosigned": "; ".join(f"{name} {at:{SECOND}}" for at, name in _cosigned(proof, trust)),
    }
    none = said["notes"]["none"]
    return [(said["labels"][name], _both(value, none)) for name, value in told.items()]


def _both(value: Pair | str | None, none: Pair) -> Pair:
    if isinstance(value, tuple):
        return value
    return (value, value) if value else none


def verifier(trust: Trust, found: Receipt | None) -> str:
    """The verifier page: one HTML file with the trust file in it and, where given, the receipt."""
    source = _document("verifier.html")
    held = {
        "trust": trust.text,
        "receipt": "" if found is None else receipt.write(found),
        "words": words()["events"],
    }
    for name, value in held.items():
        slot = f'<script type="application/json" id="{name}">'
        source = source.replace(f"{slot}</script>", f"{slot}{_safe(value)}</script>")
    return source


def _safe(value: object) -> str:
    """JSON in which no HTML parser finds the end of its element."""
    return json.dumps(value, sort_keys=True).replace("<", "\\u003c")
