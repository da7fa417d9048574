"""What a receipt's printed page and its verifier page say, in English and Spanish.

The page is for whoever is handed it: it never carries a token by which a family asks for a person.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import resources

from habeas.register import events, printed, receipt
from habeas.register.events import Event
from habeas.register.keys import Trust
from habeas.register.receipt import Proof, Receipt
from habeas.register.verify import receipt_verdict
from habeas.service import NOT_REVIEWED, SYNTHETIC

Pair = tuple[str, str]  # English, Spanish
TIME = 8  # bytes before a cosignature's own
DAY = "%Y-%m-%d %H:%M:%S UTC"
SYNTHETIC_ES = "DEMOSTRACIÓN con personas sintéticas: números de una semilla, ninguna persona real."
UNREVIEWED: Pair = (
    f"{NOT_REVIEWED} The Spanish text is a translation that nobody has reviewed.",
    "Ningún abogado ha revisado esta biblioteca. Reglas y textos son investigación, no asesoría "
    "jurídica. El texto español es una traducción no revisada.",
)
TITLE: Pair = ("Receipt of one event in a custody register", "Recibo de un hecho de un registro")
LABELS: Mapping[str, Pair] = {
    "event": ("Event", "Hecho"),
    "person": ("Register number", "Número de registro"),
    "facility": ("Facility", "Centro"),
    "at": ("Happened at", "Ocurrió el"),
    "signed": ("Signed by", "Firmado por"),
    "register": ("Register", "Registro"),
    "index": ("Place in the register", "Lugar en el registro"),
    "cosigned": ("Cosigned by", "Cofirmado por"),
}
NONE: Pair = ("not stated", "no consta")
WITNESSED: Mapping[bool, Pair] = {
    True: (
        "WITNESSED: the independent witnesses that the policy asks for have cosigned the register "
        "as it stood.",
        "CON TESTIGOS: los testigos independientes que la política exige han cofirmado el registro "
        "tal como estaba.",
    ),
    False: (
        "NOT WITNESSED: too few independent witnesses have cosigned the register. It is not shown "
        "that everybody sees the same register.",
        "SIN TESTIGOS: no han cofirmado el registro bastantes testigos independientes. No consta "
        "que todos vean el mismo registro.",
    ),
}
CHECK: tuple[Pair, ...] = (
    (
        "Get the trust file from the authorities, another way than this page.",
        "Obtenga el archivo de confianza de las autoridades, por otra vía que esta hoja.",
    ),
    (
        "Scan code 1, then the other codes, with a reader that keeps every byte; write them as "
        "base64 or hexadecimal, a code a line.",
        "Lea el código 1 y después los demás con un lector que conserve cada byte; escríbalos en "
        "base64 o hexadecimal, un código por línea.",
    ),
    (
        "Paste them into the verifier page, which works without a network and asks nobody; or "
        "type: habeas register receipt --check codes.txt --trust trust.json",
        "Péguelos en la página de verificación, que funciona sin red y no pregunta a nadie; o "
        "escriba: habeas register receipt --check codes.txt --trust trust.json",
    ),
    (
        "Keep this page. If the register ever says otherwise, it proves that it was rewritten.",
        "Guarde esta hoja. Si el registro dice alguna vez otra cosa, prueba que fue reescrito.",
    ),
)
LIMITS: tuple[Pair, ...] = (
    (
        "That what was signed is true, or that the act was lawful.",
        "Que lo firmado sea cierto, ni que el acto fuera lícito.",
    ),
    (
        "What was recorded later: a correction, a newer event, a revoked key.",
        "Lo registrado después: una corrección, un hecho más reciente, una clave revocada.",
    ),
    (
        "Where the person is today. Ask the authority, a consulate or a court.",
        "Dónde está hoy la persona. Pregunte a la autoridad, a un consulado o a un tribunal.",
    ),
)
HEADS: Mapping[str, Pair] = {
    "check": ("How to check it", "Cómo comprobarlo"),
    "limits": ("What it cannot show", "Lo que no puede mostrar"),
    "codes": ("Enrolments of the keys that signed", "Inscripción de las claves que firmaron"),
    "first": ("Code 1: the receipt", "Código 1: el recibo"),
}
PRIVATE: Pair = (
    "Whoever holds this page can read the event. Show it only to those who may know.",
    "Quien tenga esta hoja puede leer el hecho. Muéstrela solo a quien deba saberlo.",
)


def words() -> dict[str, Pair]:
    """Each kind of event in English and Spanish, as a page names it."""
    text = (resources.files("habeas") / "documents" / "event_words.json").read_text("utf-8")
    return {kind: (english, spanish) for kind, (english, spanish) in json.loads(text).items()}


def codes(found: Receipt, trust: Trust) -> list[bytes]:
    """What the printed codes hold: the receipt, then each enrolment that it carries.

    Raises:
        RegisterError: H547, when one has no printed form.
    """
    return [printed.packed(one, trust.policy) for one in (found, *found.keys)]


def _cosigned(proof: Proof, trust: Trust) -> list[tuple[str, datetime]]:
    """Name and time of each known witness under the checkpoint, earliest first."""
    known = {(key.name, key.id) for key in trust.policy.witnesses.values()}
    found = [
        (line.name, datetime.fromtimestamp(int.from_bytes(line.signature[:TIME], "big"), UTC))
        for line in proof.note.lines
        if (line.name, line.id) in known
    ]
    return sorted(found, key=lambda one: one[1])


def instant(found: Receipt, trust: Trust) -> datetime:
    """The date of the page: the last cosignature's, else the event's own. The clock is not read."""
    times = [at for _, at in _cosigned(receipt.read_proof(found.proof), trust)]
    return times[-1] if times else events.event(events.parse(found.body)).occurred_at


def page(found: Receipt, trust: Trust) -> dict[str, object]:
    """What the printed page says of a receipt that verifies; the codes are set beside it."""
    event = events.event(events.parse(found.body))
    proof = receipt.read_proof(found.proof)
    witnessed = receipt_verdict(receipt.write(found), trust).text == "VALID"
    keys = [events.event(events.parse(one.body)) for one in found.keys]
    return {
        "mark": [SYNTHETIC, SYNTHETIC_ES] if trust.demonstration else [],
        "title": TITLE,
        "heads": HEADS,
        "rows": _rows(event, proof, trust),
        "witnessed": WITNESSED[witnessed],
        "check": CHECK,
        "limits": LIMITS,
        "notes": [PRIVATE, UNREVIEWED],
        "captions": [f"{n}: {one.body['authority']}" for n, one in enumerate(keys, 2)],
        "foot": f"{proof.note.checkpoint.origin} · {proof.index} · {event.id}",
    }


def _rows(event: Event, proof: Proof, trust: Trust) -> list[tuple[Pair, Pair]]:
    point, name = proof.note.checkpoint, words().get(event.kind, (event.kind, event.kind))
    signed = "; ".join(f"{one.authority} ({one.role}, {one.key})" for one in event.actors)
    cosigned = "; ".join(f"{witness} {at:{DAY}}" for witness, at in _cosigned(proof, trust))
    said: dict[str, Pair | str | None] = {
        "event": (f"{name[0]} ({event.kind})", f"{name[1]} ({event.kind})"),
        "person": event.subject,
        "facility": event.facility,
        "at": f"{event.occurred_at:{DAY}}",
        "signed": signed,
        "register": point.origin,
        "index": (
            f"{proof.index:,} of {point.size:,} leaves",
            f"{proof.index:,} de {point.size:,} hojas",
        ),
        "cosigned": cosigned,
    }
    return [(LABELS[key], _both(value)) for key, value in said.items()]


def _both(value: Pair | str | None) -> Pair:
    if isinstance(value, tuple):
        return value
    return (value, value) if value else NONE


def verifier(trust: Trust, found: Receipt | None) -> str:
    """The verifier page: one HTML file with the trust file in it and, where given, the receipt."""
    source = (resources.files("habeas") / "documents" / "verifier.html").read_text("utf-8")
    held = {
        "trust": trust.text,
        "receipt": "" if found is None else receipt.write(found),
        "words": words(),
    }
    for name, value in held.items():
        slot = f'<script type="application/json" id="{name}">'
        source = source.replace(f"{slot}</script>", f"{slot}{_safe(value)}</script>")
    return source


def _safe(value: object) -> str:
    """JSON that no HTML parser reads as the end of its element."""
    return json.dumps(value, ensure_ascii=True, sort_keys=True).replace("<", "\\u003c")
