"""Words for what the register holds of a person: kinds of event, roles, sides, fields."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from habeas.errors import Language
from habeas.service import inquiry, receipts
from habeas.terms import (
    ComplaintKind,
    Custody,
    Ending,
    Light,
    Role,
    SentenceAct,
    Side,
    Stage,
    Status,
)
from habeas.web.components import OUTCOMES, Tag, Words

Kind = TypeVar("Kind", bound=StrEnum)
EVENTS = receipts.words()["events"]  # English, Spanish: the same words as on printed receipts

ROLES: Mapping[str, Words] = {
    Role.CUSTODIAN: _("as custodian"),
    Role.RELEASING: _("as the releasing side"),
    Role.RECEIVING: _("as the receiving side"),
    Role.PROPOSING: _("as proposing officer"),
    Role.SCREENING: _("as screening officer"),
    Role.TRANSFERRING: _("as transfer officer"),
    Role.COURT: _("as court"),
    Role.COUNSEL: _("as counsel"),
    Role.MONITOR: _("as monitor"),
    Role.HEALTH: _("as health service"),
    Role.REGISTRAR: _("as registrar"),
    Role.DATA_PROTECTION: _("as data protection authority"),
}
SIDES: Mapping[str, Words] = {
    Side.SENDING: _("the sending state"),
    Side.RECEIVING: _("the receiving state"),
}
CUSTODY: Mapping[str, Tag] = {
    Custody.NOT_OPENED: Tag(_("Not opened"), "grey"),
    Custody.HELD: Tag(_("Held"), "teal"),
    Custody.IN_TRANSIT: Tag(_("In transit"), "purple"),
    Custody.ABSENT: Tag(_("Absent"), "orange"),
    Custody.ESCAPED: Tag(_("Escaped"), "red"),
    Custody.RELEASED: Tag(_("Released"), "grey"),
    Custody.DIED: Tag(_("Died"), "grey"),
}
STATUSES: Mapping[str, Words] = {
    Status.HELD: _("held"),
    Status.IN_TRANSIT: _("in transit"),
    Status.HOSPITAL: _("in hospital"),
    Status.COURT: _("at court"),
    Status.ABSENT: _("absent"),
}
STAGES: Mapping[str, Words] = {
    Stage.NONE: _("none"),
    Stage.PROPOSED: _("proposed"),
    Stage.ELIGIBLE: _("eligible"),
    Stage.NOT_ELIGIBLE: _("not eligible"),
    Stage.NOTIFIED: _("notice served"),
    Stage.AUTHORISED: _("authorised"),
    Stage.ACCEPTED: _("accepted"),
    Stage.SCHEDULED: _("scheduled"),
    Stage.DEPARTED: _("departed"),
    Stage.ENDED: _("ended"),
}
ENDINGS: Mapping[str, Words] = {
    Ending.DATE: _("on a day"),
    Ending.LIFE: _("life"),
    Ending.INDETERMINATE: _("indeterminate"),
    Ending.UNKNOWN: _("unknown"),
    Ending.NOT_RECORDED: _("not recorded"),
    Ending.NOT_COMPUTED: _("not computed"),
}
SENTENCE_ACTS: Mapping[str, Words] = {
    SentenceAct.IMPOSED: _("Sentence imposed"),
    SentenceAct.CREDIT: _("Credit for time held"),
    SentenceAct.REMISSION: _("Remission"),
    SentenceAct.DAYS_LOST: _("Days lost"),
    SentenceAct.DAYS_ADDED: _("Days added"),
    SentenceAct.COMMUTED: _("Commuted"),
    SentenceAct.PARDONED: _("Pardoned"),
    SentenceAct.VACATED: _("Vacated"),
    SentenceAct.CONVERSION: _("Converted to the receiving state's law"),
    SentenceAct.COMPUTED_DATE: _("Date computed by the state"),
}
DATES: Mapping[str, Words] = {
    "expiry": _("Expiry"),
    "release": _("Release"),
    "preliminary": _("Preliminary date, which ends nothing"),
    "minimum": _("Minimum served"),
}
MARGINS: Mapping[str, Words] = {
    "waived": _("waived"),
    "kept": _("kept"),
    "late": _("late"),
    "due": _("due"),
    "ended": _("ended"),
    "no date": _("no date established"),
}
SECTIONS: Mapping[str, Words] = {
    "medical": _("Medical file"),
    "medical-fitness": _("Fitness to travel"),
    "security": _("Security"),
    "family": _("Family, and whom to tell"),
    "legal": _("What passed with counsel"),
}
FIELDS: Mapping[str, Words] = {
    "accepted": _("Accepted"),
    "addressed_to": _("Who shall reply"),
    "adds_to": _("Adds to the report (event)"),
    "agreement": _("Agreement"),
    "as_of": _("As of"),
    "asked": _("What is asked"),
    "at": _("When"),
    "authorised": _("Authorised"),
    "basis": _("Basis"),
    "basis_until": _("Basis to hold the person until"),
    "body": _("What should have stood"),
    "body_at": _("Where the body is"),
    "by": _("By"),
    "case": _("Case"),
    "cell": _("Cell"),
    "circumstances": _("Circumstances"),
    "complaint": _("Complaint (event)"),
    "condition": _("Condition"),
    "confidential": _("Confidential"),
    "consents": _("Consents"),
    "counsel": _("Counsel"),
    "custodian": _("Custodian"),
    "decision": _("Decision (digest)"),
    "decisions": _("Decisions (digests)"),
    "docket": _("Docket (digest)"),
    "docket_hash": _("Docket (digest)"),
    "document": _("Document (digest)"),
    "drawn": _("Drawn"),
    "drawn_from": _("Drawn from the roll of"),
    "duty": _("Duty"),
    "earliest_departure": _("Earliest lawful departure"),
    "end": _("Custody ended"),
    "entry": _("Register entry"),
    "escort": _("Escort"),
    "established_at": _("Established at"),
    "event": _("Event"),
    "facility": _("Facility"),
    "fact": _("Fact"),
    "finding": _("What was found"),
    "fit_to_travel": _("Fit to travel (digest)"),
    "from": _("From"),
    "ground": _("Ground (digest)"),
    "hearing_record": _("Record of the hearing (digest)"),
    "how": _("How"),
    "hours_in_cell": _("Hours of a day in the cell"),
    "hours_of_contact": _("Hours of a day of meaningful human contact"),
    "hours_out_of_cell": _("Hours of a day out of the cell"),
    "inquiry": _("Inquiry (event)"),
    "kind": _("Kind"),
    "language": _("Language"),
    "last_seen": _("Last seen"),
    "light": _("The light of the cell, day and night"),
    "line": _("Line"),
    "manifest": _("Manifest"),
    "not_established": _("Not established"),
    "not_met": _("Not met"),
    "objection": _("Objection"),
    "order": _("Order (digest)"),
    "ordered_by": _("Ordered by"),
    "origin": _("Register"),
    "outcome": _("Outcome"),
    "pathway": _("Pathway"),
    "permission": _("Permission (digest)"),
    "place": _("Place"),
    "planned_end": _("Planned end"),
    "proof": _("Proof"),
    "proof_of_service": _("Proof of service (digest)"),
    "reason": _("Reason"),
    "recommendation": _("Recommendation"),
    "register_size": _("Size of the register"),
    "reply": _("Reply"),
    "reply_by": _("Reply asked by"),
    "reasons": _("Reasons"),
    "release_date": _("Release date"),
    "replaces": _("In its place"),
    "review": _("Review"),
    "root": _("Root of the register"),
    "route": _("Route"),
    "rules_hash": _("Rules (digest)"),
    "scope": _("Scope"),
    "segregation": _("Placement (event)"),
    "seed": _("Seed of the sample"),
    "seen": _("Seen"),
    "served_on": _("Served on"),
    "since": _("Since"),
    "size": _("Size of the register"),
    "space_check": _("Space check (digest)"),
    "status": _("Status"),
    "text": _("Complaint"),
    "to": _("To"),
    "transfer": _("Transfer"),
    "valid_until": _("Valid until"),
    "value": _("Value"),
    "visit": _("Visit (event)"),
}
PATHWAYS: Mapping[str, Words] = {
    "treaty_transfer": _("Treaty transfer"),
    "lease": _("Lease of places"),
    "removal": _("Removal"),
}
ABSENCES: Mapping[str, Words] = {
    "hospital": _("Hospital"),
    "court": _("Court"),
    "other": _("Another"),
}
COMPLAINTS: Mapping[ComplaintKind, Words] = {
    ComplaintKind.TREATMENT: _("How the person is treated"),
    ComplaintKind.ILL_TREATMENT: _("Torture or other ill-treatment"),
    ComplaintKind.CONDITIONS: _("The cell, light, heat, or time out of it"),
    ComplaintKind.FOOD: _("Food or drinking water"),
    ComplaintKind.HEALTH: _("Health care"),
    ComplaintKind.CONTACT: _("Visits, letters, calls, counsel or consulate"),
    ComplaintKind.PROPERTY: _("Property"),
    ComplaintKind.DISCIPLINE: _("A sanction"),
    ComplaintKind.OTHER: _("Something else"),
}
INCIDENTS: Mapping[str, Words] = {
    "serious_injury": _("Serious injury"),
    "serious_illness": _("Serious illness"),
    "ill_treatment": _("Torture or other ill-treatment"),
    "disappearance": _("Disappearance"),
    "damage": _("Damage to things"),
    "other": _("Something else"),
}
ASKED: Mapping[Side, Words] = {
    Side.SENDING: _("The sending state"),
    Side.RECEIVING: _("The receiving state"),
}
NOT_KNOWN = _("not established")
HELD_AS: Mapping[str, Words] = {  # what an answer says of a person
    **STATUSES,
    "released": _("released"),
    "died": _("died"),
    "escaped": _("escaped"),
    inquiry.UNKNOWN: NOT_KNOWN,
}
HELD_BY: Mapping[str, Words] = {**SIDES, inquiry.UNKNOWN: NOT_KNOWN}
LIGHTS: Mapping[Light, Words] = {
    Light.DARK: _("Dark"),
    Light.CONSTANT: _("Lit day and night"),
    Light.DIMMED: _("Dimmed at night"),
    Light.OFF_AT_NIGHT: _("Off at night"),
}


def _plain(told: Mapping[Kind, Words]) -> dict[str, Words]:
    return {one.value: words for one, words in told.items()}


# What a field of an event says, where its values are a closed list.
VALUES: Mapping[str, Mapping[str, Words]] = {
    "outcome": {one.value: tag.text for one, tag in OUTCOMES.items()},
    "pathway": PATHWAYS,
    "kind": {**_plain(COMPLAINTS), **INCIDENTS, **SENTENCE_ACTS, **ABSENCES},
    "addressed_to": _plain(ASKED),
    "ends": ENDINGS,
    "status": HELD_AS,
    "custodian": HELD_BY,
    "how": HELD_AS,
    "light": _plain(LIGHTS),
}


def language() -> Language:
    """The page's language; English for any but Spanish."""
    return "es" if (get_language() or "").startswith("es") else "en"


def event(kind: str) -> str:
    """A kind of event in the page's language, with a capital."""
    english, spanish = EVENTS.get(kind, (kind, kind))
    found = spanish if language() == "es" else english
    return found[:1].upper() + found[1:]


def signers(signed: tuple[tuple[str, str], ...]) -> str:
    """Who signed in which role, in words."""
    told = [
        gettext("%(authority)s %(role)s") % {"authority": name, "role": ROLES.get(role, role)}
        for name, role in signed
    ]
    return "; ".join(told)


def field(name: str) -> Words:
    """The name of a field of an event; one without a word is told as it is written."""
    return FIELDS.get(name, name.replace("_", " "))


def value(name: str, said: str) -> str:
    """What a field of an event says; what is of no closed list stands as it was written."""
    return str(VALUES.get(name, {}).get(said, said))
