"""What somebody states to record a deed: each field with its form, an example and a sentence.

One description for every face: a form and a request ask for the same. Whether the deed may be is
not said here: the workflow's table judges the event. A screening is computed by whoever records it,
so it has no field of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique

from habeas.errors import Fault, SetupError
from habeas.register.events import Json
from habeas.service import inquiry
from habeas.service.deeds import DOINGS
from habeas.terms import ComplaintKind, Condition, Deed, Light, SentenceAct, Side, Status


@unique
class Form(StrEnum):
    """In which form a field is stated."""

    TEXT = "text"  # of one line
    DIGEST = "digest"  # SHA-256 of a document, in hexadecimal
    NUMBER = "number"  # a whole one, from 1
    HOURS = "hours"  # of a day, as a text such as 1.5
    INSTANT = "instant"  # RFC 3339 with its offset
    WHEN = "when"  # a civil day, or an instant
    YES_OR_NO = "yes or no"
    TEXTS = "texts"
    VALUE = "value"  # of a fact, as the vocabulary declares it


@dataclass(frozen=True, slots=True)
class Field:
    """One field; `choices` is empty where any text may stand."""

    name: str
    form: Form
    example: Json
    about: str
    needed: bool = True
    choices: tuple[str, ...] = ()


F = Form
SOME_DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
SOME_EVENT = "01JDG0000000000000000000AA"
SOME_INSTANT = "2026-11-21T09:00:00+01:00"


def _text(name: str, example: str, about: str, *, needed: bool = True) -> Field:
    return Field(name, F.TEXT, example, about, needed)


def _choice(name: str, about: str, *choices: str, needed: bool = True) -> Field:
    return Field(name, F.TEXT, choices[0], about, needed, choices)


def _digest(name: str, about: str, *, needed: bool = True) -> Field:
    return Field(name, F.DIGEST, SOME_DIGEST, about, needed)


def _instant(name: str, about: str, *, needed: bool = True) -> Field:
    return Field(name, F.INSTANT, SOME_INSTANT, about, needed)


def _reason(example: str) -> Field:
    return _text("reason", example, "Why.")


def _hours(name: str, about: str) -> Field:
    return Field(name, F.HOURS, "1.5", about, needed=False)


_MANIFEST = _text("manifest", "flight-2026-11-21", "The list of the departure.")
_LINE = Field("line", F.NUMBER, 1, "The person's line on it.")
_CELL = _text("cell", "A-01", "The cell.")
_COMPUTED = "What the register says, where absent."
STATUSES = (*(one.value for one in Status), *inquiry.ENDS.values(), inquiry.UNKNOWN)
CUSTODIANS = (*(one.value for one in Side), inquiry.UNKNOWN)
HOURS: Mapping[str, str] = {  # of a day
    Condition.HOURS_IN_CELL.value: "Hours of a day in the cell.",
    Condition.HOURS_OUT_OF_CELL.value: "Hours of a day out of the cell.",
    Condition.HOURS_OF_CONTACT.value: "Hours of a day of meaningful human contact.",
}
COMPLAINTS = tuple(one.value for one in ComplaintKind)
_REASON = _reason("The place is no longer free.")
_CIRCUMSTANCES = _text("circumstances", "During an escorted visit.", "What is known of it.")
_DOCUMENT = _digest("document", "The document on which it rests.")
_SENTENCE = (
    _choice("kind", "What was imposed or changed.", *(one.value for one in SentenceAct)),
    Field("release_date", F.WHEN, "2027-05-01", "The release that follows from it.", needed=False),
    Field("days", F.NUMBER, 30, "Of a remission, of days lost or added.", needed=False),
    _digest("document", "The judgment or decision.", needed=False),
)
FIELDS: Mapping[Deed, tuple[Field, ...]] = {
    Deed.OPEN: (
        _digest("order", "The commitment order."),
        _text("ordered_by", "SE-COURT", "The authority that ordered custody."),
    ),
    Deed.PROPOSE: (
        _choice("pathway", "By which way.", "lease", "treaty_transfer", "removal"),
        _text("case", "SEEE-T-000001", "The case of the docket.", needed=False),
        _digest("docket", "The docket that holds it.", needed=False),
    ),
    Deed.RECORD_EVIDENCE: (
        _text("fact", "fit_to_travel", "The fact, by its name in the vocabulary."),
        Field("value", F.VALUE, "true", "Its value, as a docket would hold it."),
        _DOCUMENT,
        _instant("established_at", "When it was established, if earlier.", needed=False),
        _instant("valid_until", "When it lapses.", needed=False),
    ),
    Deed.SCREEN: (),
    Deed.NOTIFY: (
        _text("language", "sv", "The language in which it was served."),
        _text("served_on", "person and counsel", "On whom."),
        _digest("proof_of_service", "The proof of service."),
        _text("counsel", "SE-COUNSEL", "The person's counsel.", needed=False),
        _instant("earliest_departure", "If later than the agreement has it.", needed=False),
    ),
    Deed.VERIFY_CONSENT: (
        _digest("hearing_record", "The record of the hearing."),
        Field("consents", F.YES_OR_NO, example=True, about="Whether the person consents."),
        _text("counsel", "US-COUNSEL", "The counsel who was there."),
    ),
    Deed.WITHDRAW_CONSENT: (_text("through", "counsel", "Through whom."),),
    Deed.OBJECT: (_DOCUMENT,),
    Deed.ANSWER_OBJECTION: (
        _text("objection", SOME_EVENT, "The event of the objection, by its id."),
        _digest("reasons", "The reasoned answer."),
    ),
    Deed.GIVE_OPINION: (_DOCUMENT,),
    Deed.ORDER_STAY: (
        _digest("order", "The order."),
        _choice("scope", "What it stays.", "case", "agreement"),
    ),
    Deed.LIFT_STAY: (_digest("order", "The order that is lifted."),),
    Deed.AUTHORISE: (
        Field("decisions", F.TEXTS, ["decision-1"], "The decisions on which it rests."),
        _text("receiving", "EE", "The receiving state.", needed=False),
    ),
    Deed.ACCEPT: (
        _text("facility", "TARTU", "The facility that receives."),
        _text("place", "reserved", "The place there."),
        _digest("space_check", "The check of the space."),
    ),
    Deed.REFUSE: (_REASON,),
    Deed.SCHEDULE: (
        _MANIFEST,
        _LINE,
        _text("route", "SE-PRISON-1 to TARTU", "From where to where."),
    ),
    Deed.WITHDRAW: (_REASON,),
    Deed.DEPART: (
        _MANIFEST,
        _LINE,
        _text("escort", "escort of both states", "Who escorts."),
        _digest("fit_to_travel", "The certificate that the person is fit to travel."),
    ),
    Deed.HAND_OVER: (
        _MANIFEST,
        _LINE,
        _text("from", "SE-PRISON-1", "The facility that releases."),
        _text("to", "TARTU", "The facility that receives."),
        _text(
            "condition", "noted by both", "The condition in which the person came.", needed=False
        ),
    ),
    Deed.REFUSE_RECEPTION: (_REASON,),
    Deed.PLACE: (_CELL,),
    Deed.MOVE: (_CELL,),
    Deed.START_ABSENCE: (
        _choice("kind", "What for.", "hospital", "court", "other"),
        _digest("permission", "The permission."),
        _instant("planned_end", "Until when it is planned."),
    ),
    Deed.END_ABSENCE: (),
    Deed.COUNT: (_text("place", "A-01", "Where the person was counted."),),
    Deed.RECORD_ESCAPE: (_CIRCUMSTANCES,),
    Deed.RECORD_RECAPTURE: (_CIRCUMSTANCES,),
    Deed.RELEASE: (
        _digest("ground", "The order, or the computation of the date."),
        _text("place", "SE-PRISON-1", "Where."),
    ),
    Deed.RECORD_DEATH: (
        _text("place", "TARTU", "Where."),
        _text("body_at", "the hospital", "Where the body is."),
    ),
    Deed.RECORD_SENTENCE: _SENTENCE,
    Deed.CHANGE_SENTENCE: _SENTENCE,
    Deed.MAKE_COMPLAINT: (
        _choice("kind", "What it is about.", *COMPLAINTS, needed=False),
        Field(
            "confidential",
            F.YES_OR_NO,
            example=True,
            about="False only where whoever complains allows the custodian to know of it.",
            needed=False,
        ),
        _text("text", "The light is on all night.", "What is complained of.", needed=False),
        _digest("document", "The complaint as it was written.", needed=False),
    ),
    Deed.ANSWER_COMPLAINT: (
        _text("complaint", SOME_EVENT, "The event of the complaint, by its id."),
        _text(
            "reply",
            "The light is now off from 22:00.",
            "The answer, with its reasons.",
            needed=False,
        ),
        _digest("document", "The answer as it was written.", needed=False),
    ),
    Deed.REPORT_INCIDENT: (
        _text("kind", "serious_injury", "What happened.", needed=False),
        _DOCUMENT,
        _text("adds_to", SOME_EVENT, "The first report, where this adds to it.", needed=False),
    ),
    Deed.RECORD_VISIT: (
        Field("seen", F.YES_OR_NO, True, "Whether the person was seen.", needed=False),
        _text("seed", "draw 1,204", "The published seed of a drawn sample.", needed=False),
        Field("size", F.NUMBER, 8704, "The leaves that fixed the roll.", needed=False),
        Field("drawn", F.NUMBER, 20, "How many persons were drawn.", needed=False),
        _text("drawn_from", "TARTU", "Only of those held there; else everybody.", needed=False),
    ),
    Deed.RECORD_BLOCKED_VISIT: (_reason("The gate stayed closed."),),
    Deed.RECORD_FINDING: (
        _text("visit", SOME_EVENT, "The event of your visit, by its id."),
        _choice("addressed_to", "The state that shall reply.", *(one.value for one in Side)),
        _text("recommendation", "Open the cells by day.", "What is recommended."),
        _text("finding", "Locked in for 23 hours a day.", "What was found.", needed=False),
        _digest("document", "The report of the visit.", needed=False),
        Field("reply_by", F.WHEN, "2026-12-31", "Until when a reply is asked.", needed=False),
    ),
    Deed.ANSWER_FINDING: (
        _text("finding", SOME_EVENT, "The event of the finding, by its id."),
        _text("reply", "Cells are open from 8 to 20.", "The reply."),
        _digest("document", "The reply as it was written.", needed=False),
    ),
    Deed.MAKE_INQUIRY: (
        _text("asked", "Where, and by what right?", "What is asked.", needed=False),
        _digest("document", "The inquiry as it was written.", needed=False),
    ),
    Deed.ANSWER_INQUIRY: (
        _text("inquiry", SOME_EVENT, "The event of the inquiry, by its id."),
        _choice(
            "status",
            f"How the person is held, or how custody ended. {_COMPUTED}",
            *STATUSES,
            needed=False,
        ),
        _choice(
            "custodian", f"Which state holds the person. {_COMPUTED}", *CUSTODIANS, needed=False
        ),
        _text("facility", "TARTU", f"Where. {_COMPUTED}", needed=False),
        _text("reply", "Seen at the count of 08:00.", "What is said beside it.", needed=False),
    ),
    Deed.START_SEGREGATION: (
        _reason("At the person's own wish."),
        *(_hours(name, about) for name, about in HOURS.items()),
        _choice(
            "light",
            "The light of the cell, day and night.",
            *(one.value for one in Light),
            needed=False,
        ),
    ),
    Deed.END_SEGREGATION: (
        _text("segregation", SOME_EVENT, "The event that began it, by its id."),
    ),
    Deed.ANSWER_DUTY: (
        _text("duty", "D-2", "The duty, by its id."),
        _text("step", "autopsy", "The part that was done, where the duty has parts.", needed=False),
        _text(
            "event",
            "01JDG0000000000000000000AA",
            "The event from which it arose; the earliest open one where absent.",
            needed=False,
        ),
        _digest("document", "What shows it.", needed=False),
    ),
}


def of(deed: Deed) -> tuple[Field, ...]:
    """The fields of a deed that is recorded as one event.

    Raises:
        SetupError: H903, for one that is not.
    """
    if deed not in DOINGS:
        fix = "Name one that the table of deeds has."
        raise SetupError(Fault("H903", f"'{deed}' is not recorded as one event", fix))
    return FIELDS[deed]
