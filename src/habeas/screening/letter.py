"""A reasoned decision as a letter: everything that it says, as plain data in one language.

The template only lays out what stands here; no text of a docket or of the law is ever markup.
Every sentence that is not of the library is in WORDS, in both languages.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypedDict

from habeas.errors import Language
from habeas.law import cited
from habeas.law.program import Program, ProgramRule
from habeas.screening import reasons, words
from habeas.screening.decision import Decision, met

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Run:
    """What a letter was computed from, and by what."""

    instant: datetime  # UTC, of screening
    docket: str  # hash
    dated: bool  # whether the docket says when facts were established
    version: str  # of habeas
    instruments: Mapping[str, cited.Text]  # titles, by id
    demonstration: bool


class Needed(TypedDict):
    """A missing fact, as a row of a table."""

    fact: str
    why: str
    ask: str
    by: str
    evidence: str


class Ruled(TypedDict):
    """One rule in the letter."""

    id: str
    layer: str
    text: str
    cites: list[str]
    leaves: list[str]  # what the facts say of a rule not met; else empty, as the next three
    remedy: str
    missing: list[Needed]  # of a rule not established
    ways: str


class Letter(TypedDict):
    """All that a letter says, in its order."""

    lang: Language
    mark: str  # of a demonstration; empty in earnest
    words: Mapping[str, str]
    case: str
    particulars: list[Pair]
    asked: str
    outcome: str
    sentence: str
    law: list[str]
    not_met: list[Ruled]
    open: list[Ruled]
    met: list[Ruled]
    silent: str
    next: list[str]
    evidence: list[str]
    hashes: list[Pair]
    notes: list[str]


def day(value: datetime, lang: Language) -> str:
    """A day in words."""
    month = WORDS[lang]["months"].split()[value.month - 1]
    joined = f"{value.day} de {month} de {value.year}"
    return f"{value.day} {month} {value.year}" if lang == "en" else joined


def letter(decision: Decision, program: Program, run: Run, lang: Language) -> Letter:
    """The letter of one decision."""
    say, told = WORDS[lang], reasons.document(decision, program)
    kept, silent = met(decision, program)
    return {
        "lang": lang,
        "mark": say["demonstration"] if run.demonstration else "",
        "words": say,
        "case": decision.case,
        "particulars": _particulars(decision, program, run, lang),
        "asked": _asked(decision, program, run, lang),
        "outcome": words.OUTCOMES[lang][decision.outcome.value],
        "sentence": _sentence(decision, lang),
        "law": _law(program, lang),
        "not_met": [_told(one, run, lang) for one in told["reasons"] if "leaves" in one],
        "open": [_told(one, run, lang) for one in told["reasons"] if "missing" in one],
        "met": [_met(rule, run, lang) for rule in program.rules if rule.id in set(kept)],
        "silent": ", ".join(silent),
        "next": _next(told, decision, lang),
        "evidence": _evidence(decision, run, lang),
        "hashes": [
            (say["hash of the rules"], program.hash),
            (say["hash of the docket"], run.docket),
            (say["software"], f"habeas {run.version}"),
        ],
        "notes": _notes(program, lang),
    }


def _state(program: Program, code: object, lang: Language) -> str:
    names = {party.code: party.name for party in program.deal.parties}
    found = names.get(str(code))
    return f"{getattr(found, lang)} ({code})" if found else str(code)


def _title(program: Program, lang: Language) -> str:
    title = getattr(program.deal.title, lang)
    return f"{title} [{program.deal.id}]"


def _particulars(decision: Decision, program: Program, run: Run, lang: Language) -> list[Pair]:
    say, facts = WORDS[lang], decision.facts
    return [
        (say["case"], decision.case),
        (say["agreement"], _title(program, lang)),
        (say["sending"], _state(program, facts.get("sending"), lang)),
        (say["receiving"], _state(program, facts.get("receiving"), lang)),
        (say["pathway"], say[str(facts.get("pathway"))]),
        (say["instant"], run.instant.astimezone(UTC).isoformat()),
    ]


def _asked(decision: Decision, program: Program, run: Run, lang: Language) -> str:
    return WORDS[lang]["asked"].format(
        case=decision.case,
        rules=len(program.rules),
        agreement=program.deal.id,
        day=day(run.instant, lang),
    )


def _sentence(decision: Decision, lang: Language) -> str:
    unmet, waiting = len(decision.not_met), len(decision.not_established)
    return WORDS[lang][f"is {decision.outcome.value}"].format(unmet=unmet, waiting=waiting)


def _law(program: Program, lang: Language) -> list[str]:
    say, deal = WORDS[lang], program.deal
    standing = say[f"standing {deal.standing}"]
    found = [say["standing"].format(agreement=deal.id, standing=standing)]
    found.append(" ".join(getattr(deal.standing_note, lang).split()))
    if deal.standing != "in_force":
        found.append(say["not in force"])
    return found


def _cites(cites: Iterable[reasons.Cited], run: Run, lang: Language) -> list[str]:
    found = []
    for one in cites:
        title = run.instruments.get(one["instrument"])
        named = getattr(title, lang) if title else one["instrument"]
        checked = words.CHECKED[lang][one["checked"]]
        found.append(f"{named}, {one['at']} ({checked})")
    return found


def _told(one: reasons.Told, run: Run, lang: Language) -> Ruled:
    remedy = one.get("remedy")
    return {
        "id": one["rule"],
        "layer": words.LAYER[lang][one["layer"]],
        "text": one["text"][lang],
        "cites": _cites(one["cite"], run, lang),
        "leaves": [leaf[lang] for leaf in one.get("leaves", [])],
        "remedy": remedy[lang] if remedy else "",
        "missing": [_needed(fact, lang) for fact in one.get("missing", [])],
        "ways": words.ways(one.get("ways", []), lang),
    }


def _needed(fact: reasons.Missing, lang: Language) -> Needed:
    until = fact.get("valid_until")
    why = words.WHY[lang][fact["why"]]
    return {
        "fact": fact["fact"],
        "why": f"{why} {until}" if until else why,
        "ask": fact["ask"][lang],
        "by": fact["established_by"][lang],
        "evidence": fact["evidence"][lang],
    }


def _met(rule: ProgramRule, run: Run, lang: Language) -> Ruled:
    cites: list[reasons.Cited] = [
        {"instrument": one.instrument, "at": one.at, "checked": one.checked}
        for one in rule.source.cite
    ]
    return {
        "id": rule.id,
        "layer": words.LAYER[lang][rule.layer],
        "text": getattr(rule.source.text, lang),
        "cites": _cites(cites[:1], run, lang),
        "leaves": [],
        "remedy": "",
        "missing": [],
        "ways": "",
    }


def _next(told: reasons.Reasoned, decision: Decision, lang: Language) -> list[str]:
    say = WORDS[lang]
    found = list(dict.fromkeys(one["remedy"][lang] for one in told["reasons"] if "remedy" in one))
    if decision.not_met:
        found.append(say["next barred"])
    elif decision.not_established:
        found.append(say["next open"])
        if told["ways"]:
            found.append(say["next ways"].format(ways=words.ways(told["ways"], lang)))
    else:
        found.append(say["next eligible"])
    return found


def _evidence(decision: Decision, run: Run, lang: Language) -> list[str]:
    say = WORDS[lang]
    if not run.dated:
        return [say["undated"]]
    until = decision.valid_until
    if until is None:
        return [say["no end"]]
    return [say["holds until"].format(until=until.isoformat(), day=day(until, lang))]


def _notes(program: Program, lang: Language) -> list[str]:
    say = WORDS[lang]
    found = [say["unsigned"], say["no lawyer"], say["no score"]]
    memory = sum(any(one.checked == "memory" for one in rule.source.cite) for rule in program.rules)
    if memory:
        found.append(say["memory"].format(count=memory, rules=len(program.rules)))
    return [*found, *_translated(lang)]


def _translated(lang: Language) -> Sequence[str]:
    return [WORDS[lang]["translation"]] if lang != "en" else []


WORDS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "title": "Reasoned decision on a case put forward",
        "subtitle": "Screening of one case against the rules in force",
        "months": "January February March April May June July August September October November "
        "December",
        "demonstration": "DEMONSTRATION: not in earnest; assumes ratification where there is none",
        "case": "Case",
        "agreement": "Agreement",
        "sending": "Sending State",
        "receiving": "Receiving State",
        "pathway": "Pathway",
        "instant": "As of",
        "treaty_transfer": "transfer by treaty",
        "lease": "lease of prison places",
        "removal": "removal",
        "None": "not stated",
        "1": "What was asked",
        "2": "Outcome",
        "3": "Law in force and its standing",
        "4": "Rules not met",
        "5": "Rules not established",
        "6": "Rules met",
        "7": "Next step",
        "8": "How long this holds",
        "9": "What this was computed from",
        "10": "Notes",
        "asked": "Whether case {case} may go on, on the facts established at the instant above, "
        "under the {rules} rules that bind it as of {day}: those of baseline law and those of "
        "agreement {agreement}.",
        "is eligible": "Every rule is met. The case is eligible: it may go on to notice, to "
        "consent or objection, and to authorisation by both States. This is no order and no leave "
        "to transfer the person.",
        "is barred": "The case is barred and may not go on. Rules not met: {unmet}. Rules not "
        "established: {waiting}.",
        "is not_established": "The case is not established and may not go on: no rule is known to "
        "be broken, but not all are known to be kept. Rules not established: {waiting}.",
        "standing": "Agreement {agreement}: {standing}.",
        "standing reported": "known from reports only; no text was located",
        "standing draft": "a draft that nobody has signed",
        "standing signed": "signed, not ratified by all",
        "standing ratified": "ratified, not yet in force",
        "standing in_force": "in force",
        "standing suspended": "in force and suspended",
        "standing ended": "no longer in force",
        "not in force": "No transfer can follow from this decision while the agreement is not in "
        "force.",
        "fails": "What the facts say",
        "cited": "Where it is written",
        "remedy": "Lawful next step",
        "by": "Established by",
        "evidence": "Document",
        "ways": "Met, if favourable, by",
        "none": "None.",
        "silent": "Rules that do not apply to this case",
        "next barred": "What is not met cannot be mended by further evidence on other facts. A "
        "changed fact is put forward as a new case.",
        "next open": "Obtain the documents named above and put the case forward again.",
        "next ways": "The case may become eligible, if what is found is favourable, by: {ways}.",
        "next eligible": "Serve notice on the person and counsel, hear consent or objection, and "
        "put the case to the officers of both States. It is screened again at departure.",
        "undated": "The docket dates no evidence: every fact given was taken as established at "
        "the instant above. A decision that leads on to a transfer needs dated evidence.",
        "no end": "No fact that this rests on has a stated end.",
        "holds until": "Until {day} ({until}), when the first fact that it rests on lapses.",
        "hash of the rules": "Rules, SHA-256",
        "hash of the docket": "Docket, SHA-256",
        "software": "Software",
        "unsigned": "Drawn up by software from the docket and the rules. It has effect only when "
        "signed by the designated authority.",
        "no lawyer": "No lawyer has reviewed this library. Rules and texts are research, not legal "
        "advice.",
        "no score": "No score, rank or probability about the person was computed.",
        "memory": "{count} of the {rules} rules cite a place from memory that nobody has yet "
        "read; each is marked. Such citations bar use in earnest.",
        "translation": "",
        "signature": "For the designated authority: name, capacity, signature, date",
        "page": "Page",
        "of": "of",
    },
    "es": {
        "title": "Decisión motivada sobre un caso propuesto",
        "subtitle": "Examen de un caso conforme a las reglas en vigor",
        "months": "enero febrero marzo abril mayo junio julio agosto septiembre octubre "
        "noviembre diciembre",
        "demonstration": "DEMOSTRACIÓN: sin efecto real; supone la ratificación donde no la hay",
        "case": "Caso",
        "agreement": "Acuerdo",
        "sending": "Estado remitente",
        "receiving": "Estado receptor",
        "pathway": "Vía",
        "instant": "A fecha de",
        "treaty_transfer": "traslado por tratado",
        "lease": "arrendamiento de plazas penitenciarias",
        "removal": "expulsión",
        "None": "no consta",
        "1": "Lo que se preguntó",
        "2": "Resultado",
        "3": "Derecho en vigor y su situación jurídica",
        "4": "Reglas no cumplidas",
        "5": "Reglas no establecidas",
        "6": "Reglas cumplidas",
        "7": "Siguiente paso",
        "8": "Hasta cuándo vale",
        "9": "Con qué se calculó",
        "10": "Notas",
        "asked": "Si el caso {case} puede seguir adelante, con los hechos establecidos en el "
        "instante indicado, conforme a las {rules} reglas que lo vinculan a {day}: las del derecho "
        "base y las del acuerdo {agreement}.",
        "is eligible": "Se cumplen todas las reglas. El caso es admisible: puede pasar a la "
        "notificación, al consentimiento o la objeción, y a la autorización de ambos Estados. "
        "Esto no es orden ni permiso para trasladar a la persona.",
        "is barred": "El caso queda excluido y no puede seguir. Reglas no cumplidas: {unmet}. "
        "Reglas no establecidas: {waiting}.",
        "is not_established": "El caso no queda establecido y no puede seguir: no consta que se "
        "incumpla ninguna regla, pero no de todas consta que se cumplan. Reglas no establecidas: "
        "{waiting}.",
        "standing": "Acuerdo {agreement}: {standing}.",
        "standing reported": "conocido solo por informes; no se localizó ningún texto",
        "standing draft": "proyecto que nadie ha firmado",
        "standing signed": "firmado, no ratificado por todos",
        "standing ratified": "ratificado, aún no en vigor",
        "standing in_force": "en vigor",
        "standing suspended": "en vigor y suspendido",
        "standing ended": "ya no está en vigor",
        "not in force": "De esta decisión no puede seguirse traslado alguno mientras el acuerdo no "
        "esté en vigor.",
        "fails": "Lo que dicen los hechos",
        "cited": "Dónde está escrito",
        "remedy": "Siguiente paso lícito",
        "by": "Lo establece",
        "evidence": "Documento",
        "ways": "Se cumple, si es favorable, con",
        "none": "Ninguna.",
        "silent": "Reglas que no se aplican a este caso",
        "next barred": "Lo no cumplido no se remedia con más prueba sobre otros hechos. Un hecho "
        "que cambia se propone como caso nuevo.",
        "next open": "Obtener los documentos indicados y proponer de nuevo el caso.",
        "next ways": "El caso puede ser admisible, si lo hallado es favorable, con: {ways}.",
        "next eligible": "Notificar a la persona y a su defensa, oír el consentimiento o la "
        "objeción, y someter el caso a los funcionarios de ambos Estados. Se examina de nuevo a la "
        "salida.",
        "undated": "La lista de casos no fecha ninguna prueba: todo hecho indicado se tomó como "
        "establecido en el instante señalado. Una decisión que conduzca a un traslado exige prueba "
        "fechada.",
        "no end": "Ningún hecho en que se apoya tiene un término señalado.",
        "holds until": "Hasta el {day} ({until}), cuando caduca el primer hecho en que se apoya.",
        "hash of the rules": "Reglas, SHA-256",
        "hash of the docket": "Lista de casos, SHA-256",
        "software": "Programa",
        "unsigned": "Redactado por un programa a partir de la lista de casos y de las reglas. Solo "
        "tiene efecto firmado por la autoridad designada.",
        "no lawyer": "Ningún jurista ha revisado esta biblioteca. Reglas y textos son "
        "investigación, no asesoramiento jurídico.",
        "no score": "No se calculó puntuación, rango ni probabilidad alguna sobre la persona.",
        "memory": "{count} de las {rules} reglas citan de memoria un lugar que nadie ha leído "
        "aún; cada una va marcada. Tales citas impiden el uso real.",
        "translation": "Traducción no revisada (unreviewed translation). El derecho citado "
        "permanece en su lengua.",
        "signature": "Por la autoridad designada: nombre, cargo, firma, fecha",
        "page": "Página",
        "of": "de",
    },
}
