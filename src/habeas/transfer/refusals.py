"""Every sentence with which the workflow's table refuses an act, in English and Spanish.

Words of the register (kinds of event, ids, numbers) stand in both languages as they are; the words
of a state are told in the language of the sentence. Spanish is an unreviewed translation.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from habeas.errors import Fault
from habeas.terms import Consent, Custody, Role, Side, Stage

Pair = tuple[str, str]  # what, fix
SIGN = ("Have the authority sign whose act it is.", "Que firme la autoridad a la que corresponde.")

# name of the sentence, beginning with its code: (English what, fix), (Spanish what, fix)
SENTENCES: Mapping[str, tuple[Pair, Pair]] = {
    "H601.custody": (
        ("'{kind}' cannot stand where the person is {state}",
         "Record first what has really happened before it."),
        ("'{kind}' no puede registrarse cuando la persona está {state}",
         "Registre antes lo que ocurrió realmente."),
    ),
    "H601.nobody": (
        ("nobody is on this register under this number",
         "Check the number; a person is opened by 'custody.opened'."),
        ("nadie consta en este registro con este número",
         "Compruebe el número; una persona se inscribe con 'custody.opened'."),
    ),
    "H601.stage": (
        ("'{kind}' cannot stand where the case is {state}", "Take the step before it first."),
        ("'{kind}' no puede registrarse cuando el caso está {state}", "Dé antes el paso previo."),
    ),
    "H601.kind": (
        ("'{kind}' is no event of a person", "Use a kind of docs/spec/event.md."),
        ("'{kind}' no es un acto sobre una persona", "Use un tipo de docs/spec/event.md."),
    ),
    "H602.roles": (
        ("'{kind}' is signed as {roles}, but needs {needed}", SIGN[0]),
        ("'{kind}' está firmado como {roles}, pero requiere {needed}", SIGN[1]),
    ),
    "H602.one_of": (
        ("'{kind}' is signed as {roles}, but needs one of {needed}", SIGN[0]),
        ("'{kind}' está firmado como {roles}, pero requiere uno de {needed}", SIGN[1]),
    ),
    "H602.role": (
        ("'{authority}' may not sign as {role}", SIGN[0]),
        ("'{authority}' no puede firmar como {role}", SIGN[1]),
    ),
    "H602.side": (
        ("'{authority}' is of the {side} state; '{kind}' is the act of the {wanted} state",
         SIGN[0]),
        ("'{authority}' es del Estado {side}; '{kind}' es acto del Estado {wanted}", SIGN[1]),
    ),
    "H603": (
        ("{count} stay by a court is in force", "Wait until the court lifts it."),
        ("{count} suspensión judicial está en vigor", "Espere a que el tribunal la levante."),
    ),
    "H603.unknown": (
        ("no stay under this order is in force", "Name the order that is lifted."),
        ("no hay suspensión en vigor por esta orden", "Indique la orden que se levanta."),
    ),
    "H604": (
        ("the agreement asks for the person's consent, which is {consent}",
         "Have a court verify it; without it the person stays."),
        ("el acuerdo exige el consentimiento de la persona, que está {consent}",
         "Que un tribunal lo verifique; sin él la persona se queda."),
    ),
    "H604.binding": (
        ("consent became irrevocable when the court verified it",
         "Lodge an objection or ask a court for a stay."),
        ("el consentimiento se volvió irrevocable cuando el tribunal lo verificó",
         "Presente una oposición o pida una suspensión a un tribunal."),
    ),
    "H605.changed": (
        ("a fact was recorded after the last screening",
         "Screen the case again with facts that hold today."),
        ("se registró un hecho después del último examen",
         "Examine de nuevo el caso con hechos vigentes hoy."),
    ),
    "H605.expired": (
        ("a fact of the last screening expired at {at}",
         "Screen the case again with facts that hold today."),
        ("un hecho del último examen caducó el {at}",
         "Examine de nuevo el caso con hechos vigentes hoy."),
    ),
    "H605.validity": (
        ("the screening does not say until when it holds",
         "State valid_until as an RFC 3339 instant."),
        ("el examen no dice hasta cuándo vale", "Indique valid_until como instante RFC 3339."),
    ),
    "H606.runs": (
        ("the notice period runs until {at}", "Wait, so that a court can be asked."),
        ("el plazo de notificación corre hasta {at}",
         "Espere, para que pueda acudirse a un tribunal."),
    ),
    "H606.none": (
        ("the notice period runs because no notice was served",
         "Wait, so that a court can be asked."),
        ("el plazo de notificación corre porque no se ha notificado",
         "Espere, para que pueda acudirse a un tribunal."),
    ),
    "H607": (
        ("{count} objection is not answered", "Answer it with reasons first."),
        ("{count} oposición no está contestada", "Contéstela antes con motivos."),
    ),
    "H608": (
        ("the last manifest of this route has an open difference",
         "Reconcile who was listed and who arrived first."),
        ("el último manifiesto de esta ruta tiene una diferencia abierta",
         "Concilie antes quién figuraba y quién llegó."),
    ),
    "H609": (
        ("both states must have authorised, accepted and scheduled; the case is {state}",
         "Have two officers of each state decide first."),
        ("ambos Estados deben haber autorizado, aceptado y programado; el caso está {state}",
         "Que decidan antes dos funcionarios de cada Estado."),
    ),
    "H610": (
        ("'{kind}' cannot follow: the person has {state}",
         "Only corrections, duties, complaints and reports may."),
        ("'{kind}' no puede seguir: la persona está {state}",
         "Solo pueden seguir correcciones, deberes, quejas e informes."),
    ),
    "H611.lacks": (
        ("'{kind}' lacks {keys}", "Attach it."),
        ("a '{kind}' le falta {keys}", "Adjúntelo."),
    ),
    "H611.number": (
        ("'{kind}' must carry a custody number", "Draft it from the person's head."),
        ("'{kind}' debe llevar un número de custodia", "Redáctelo a partir del último acto."),
    ),
    "H611.no_number": (
        ("'{kind}' must not carry a custody number", "Draft it from the person's head."),
        ("'{kind}' no debe llevar un número de custodia", "Redáctelo a partir del último acto."),
    ),
    "H612": (
        ("the manifest and line are not those of the departure",
         "Record it as a difference of the manifest."),
        ("el manifiesto y la línea no son los de la salida",
         "Regístrelo como diferencia del manifiesto."),
    ),
    "H613": (
        ("it happens before the custody event that it follows", "Correct the instant."),
        ("ocurre antes del acto de custodia al que sigue", "Corrija el instante."),
    ),
    "H614": (
        ("the agreement forbids release in the receiving state", "Return the person first."),
        ("el acuerdo prohíbe la puesta en libertad en el Estado receptor",
         "Devuelva antes a la persona."),
    ),
    "H615.signed": (
        ("a correction is signed as what it corrects was ({names}), or by a court",
         "Have them sign it."),
        ("una corrección se firma como lo corregido ({names}), o por un tribunal",
         "Que la firmen ellos."),
    ),
    "H615.carries": (
        ("a correction carries its reason and the body that should have stood", "Attach both."),
        ("una corrección lleva su motivo y el contenido que debió constar", "Adjunte ambos."),
    ),
    "H615.target": (
        ("the correction names no event before it", "Name the event's id."),
        ("la corrección no nombra ningún acto anterior", "Indique el id del acto."),
    ),
    "H623": (
        ("'{key}' of '{kind}' names no such event of this person",
         "Name it by the id that the register has of it."),
        ("'{key}' de '{kind}' no nombra ningún acto así de esta persona",
         "Indique el id con que consta en el registro."),
    ),
    "H624": (
        ("the finding is addressed to the {side} state, which alone answers it", SIGN[0]),
        ("la constatación se dirige al Estado {side}, único que la contesta", SIGN[1]),
    ),
    "H625": (
        ("the mandate of '{authority}' is not in force at this instant",
         "Correct the instant, or have a body with a mandate sign."),
        ("el mandato de '{authority}' no está en vigor en este instante",
         "Corrija el instante, o que firme un órgano con mandato."),
    ),
    "H626.says": (
        ("a finding says what was found, or names a document that does",
         "State 'finding' or 'document'."),
        ("una constatación dice lo hallado, o nombra un documento que lo dice",
         "Indique 'finding' o 'document'."),
    ),
    "H626.addressed": (
        ("a finding is addressed to one state", "Write 'addressed_to' as sending or receiving."),
        ("una constatación se dirige a un Estado",
         "Escriba 'addressed_to' como sending o receiving."),
    ),
    "H627.form": (
        ("'reply_by' is no day or instant", "Write 2026-11-14, or an RFC 3339 instant."),
        ("'reply_by' no es un día ni un instante",
         "Escriba 2026-11-14, o un instante RFC 3339."),
    ),
    "H627.early": (
        ("'reply_by' lies before the finding", "Leave time to reply."),
        ("'reply_by' es anterior a la constatación", "Deje tiempo para responder."),
    ),
    "H628": (
        ("a finding is signed by whoever made the visit that it names",
         "Name a visit of your own."),
        ("una constatación la firma quien hizo la visita que nombra",
         "Indique una visita propia."),
    ),
    "H893": (
        ("the cell is not the one that the proposal names, and no reason is given",
         "Say why in 'reason'."),
        ("la celda no es la que nombra la propuesta, y no se da motivo",
         "Diga por qué en 'reason'."),
    ),
    "H893.form": (
        ("'placement' names no proposal by its SHA-256", "Give the proposal's hash."),
        ("'placement' no nombra ninguna propuesta por su SHA-256", "Dé el hash de la propuesta."),
    ),
    "H629.incident": (
        ("'{kind}' is never corrected: both reports stand",
         "Report an addendum that names it in 'adds_to'."),
        ("'{kind}' no se corrige nunca: ambos informes quedan",
         "Comunique un añadido que lo nombre en 'adds_to'."),
    ),
    "H629.complaint": (
        ("'{kind}' is never corrected: a complaint stands as it was made",
         "Answer it, or record another complaint."),
        ("'{kind}' no se corrige nunca: una queja queda como se presentó",
         "Contéstela, o registre otra queja."),
    ),
}  # fmt: skip
SPANISH: Mapping[StrEnum, str] = {
    Custody.NOT_OPENED: "sin registrar", Custody.HELD: "en custodia",
    Custody.IN_TRANSIT: "en tránsito", Custody.ABSENT: "ausente", Custody.ESCAPED: "evadida",
    Custody.RELEASED: "en libertad", Custody.DIED: "fallecida",
    Stage.NONE: "sin propuesta", Stage.PROPOSED: "propuesto", Stage.ELIGIBLE: "admisible",
    Stage.NOT_ELIGIBLE: "no admisible", Stage.NOTIFIED: "notificado",
    Stage.AUTHORISED: "autorizado", Stage.ACCEPTED: "aceptado", Stage.SCHEDULED: "programado",
    Stage.DEPARTED: "en salida", Stage.ENDED: "terminado",
    Consent.NOT_TAKEN: "sin tomar", Consent.GIVEN: "dado", Consent.REFUSED: "denegado",
    Consent.WITHDRAWN: "retirado",
    Side.SENDING: "remitente", Side.RECEIVING: "receptor",
    Role.CUSTODIAN: "custodio", Role.RELEASING: "quien entrega", Role.RECEIVING: "quien recibe",
    Role.PROPOSING: "proponente", Role.SCREENING: "examinador", Role.TRANSFERRING: "de traslado",
    Role.COURT: "tribunal", Role.COUNSEL: "defensa", Role.MONITOR: "supervisor",
    Role.HEALTH: "sanitario", Role.REGISTRAR: "registrador",
    Role.DATA_PROTECTION: "protección de datos",
}  # fmt: skip


def refused(name: str, /, **said: object) -> Fault:
    """A refusal in both languages; its code is the name's first part."""
    (what, fix), spanish = SENTENCES[name]
    return Fault(
        name.partition(".")[0],
        what.format(**{key: _told(one, spanish=False) for key, one in said.items()}),
        fix,
        spanish=(
            spanish[0].format(**{key: _told(one, spanish=True) for key, one in said.items()}),
            spanish[1],
        ),
    )


def _told(one: object, *, spanish: bool) -> str:
    if isinstance(one, datetime):
        return f"{one:%Y-%m-%d %H:%M}Z"
    if isinstance(one, StrEnum):
        return SPANISH[one] if spanish and one in SPANISH else one.value
    if isinstance(one, list | tuple):
        return ", ".join(_told(each, spanish=spanish) for each in one)
    return str(one)
