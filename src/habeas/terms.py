"""The controlled words, each with whose word it is.

Every member stands in ``docs/glossary.md``; a test holds that. Three-valued words have no truth
value: an unknown can then never be taken for a yes by an ``if``.
"""

from collections.abc import Mapping
from enum import StrEnum, unique
from typing import NoReturn


class _NoTruthValue(StrEnum):
    def __bool__(self) -> NoReturn:
        msg = f"{self!r} has no truth value: compare with 'is'"
        raise TypeError(msg)


@unique
class Finding(_NoTruthValue):
    """What the evidence establishes about one rule for one case."""

    MET = "met"
    NOT_MET = "not met"
    NOT_ESTABLISHED = "not established"


@unique
class Verdict(_NoTruthValue):
    """What a proof says of one guarantee, for every case that could ever be put forward."""

    PROVED = "proved"
    REFUTED = "refuted"
    NOT_DECIDED = "not decided"


@unique
class Outcome(_NoTruthValue):
    """All findings of a case together; `eligible` is leave to go on, never "transfer"."""

    ELIGIBLE = "eligible"
    BARRED = "barred"
    NOT_ESTABLISHED = "not_established"


@unique
class Side(StrEnum):
    """The state whose court sentenced, or the state that holds."""

    SENDING = "sending"
    RECEIVING = "receiving"


@unique
class Role(StrEnum):
    """In what capacity an authority signs an event."""

    CUSTODIAN = "custodian"
    RELEASING = "releasing"
    RECEIVING = "receiving"
    PROPOSING = "proposing"
    SCREENING = "screening"
    TRANSFERRING = "transferring"
    COURT = "court"
    COUNSEL = "counsel"
    MONITOR = "monitor"
    HEALTH = "health"
    REGISTRAR = "registrar"
    DATA_PROTECTION = "data_protection"


@unique
class Relation(StrEnum):
    """In which relation an asker stands to a person; each is computed from the register."""

    PERSON = "person"
    FAMILY = "family"
    CONSULATE = "consulate"
    CUSTODIAN = "custodian"
    SENDER = "sender"
    RECEIVER = "receiver"
    COUNSEL = "counsel"
    COURT_SEISED = "court_seised"
    JURISDICTION = "jurisdiction"
    MANDATE = "mandate"


@unique
class Office(StrEnum):
    """The capacity in which somebody works in an authority, and signs in."""

    SENDING_OFFICER = "sending_officer"
    RECEIVING_OFFICER = "receiving_officer"
    FACILITY_OFFICER = "facility_officer"
    COURT = "court"
    COUNSEL = "counsel"
    CONSULATE = "consulate"
    MONITOR = "monitor"
    FINANCE = "finance"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


@unique
class Deed(StrEnum):
    """What somebody may ask of an installation: to see something, or to act."""

    SEE_AGREEMENT = "see_agreement"
    SEE_DOCKET = "see_docket"
    SEE_PERSON = "see_person"
    SEE_EVENT = "see_event"
    SEE_CASE = "see_case"
    SEE_CLOCKS = "see_clocks"
    SEE_RECEIPT = "see_receipt"
    SEE_PROOF = "see_proof"
    SEE_READS = "see_reads"
    SEE_FACILITY = "see_facility"
    SEE_ROLL = "see_roll"
    SEE_STATEMENT = "see_statement"
    SEE_EVIDENCE = "see_evidence"
    SEE_PROJECTION = "see_projection"
    OPEN = "open"
    PROPOSE = "propose"
    RECORD_EVIDENCE = "record_evidence"
    SCREEN = "screen"
    NOTIFY = "notify"
    VERIFY_CONSENT = "verify_consent"
    WITHDRAW_CONSENT = "withdraw_consent"
    OBJECT = "object"
    ANSWER_OBJECTION = "answer_objection"
    GIVE_OPINION = "give_opinion"
    ORDER_STAY = "order_stay"
    LIFT_STAY = "lift_stay"
    AUTHORISE = "authorise"
    ACCEPT = "accept"
    REFUSE = "refuse"
    SCHEDULE = "schedule"
    WITHDRAW = "withdraw"
    DEPART = "depart"
    HAND_OVER = "hand_over"
    REFUSE_RECEPTION = "refuse_reception"
    PLACE = "place"
    MOVE = "move"
    START_ABSENCE = "start_absence"
    END_ABSENCE = "end_absence"
    COUNT = "count"
    RECORD_ESCAPE = "record_escape"
    RECORD_RECAPTURE = "record_recapture"
    RELEASE = "release"
    RECORD_DEATH = "record_death"
    RECORD_SENTENCE = "record_sentence"
    CHANGE_SENTENCE = "change_sentence"
    CORRECT = "correct"
    REPORT = "report"
    MAKE_COMPLAINT = "make_complaint"
    ANSWER_COMPLAINT = "answer_complaint"
    REPORT_INCIDENT = "report_incident"
    RECORD_VISIT = "record_visit"
    RECORD_BLOCKED_VISIT = "record_blocked_visit"
    RECORD_FINDING = "record_finding"
    ANSWER_FINDING = "answer_finding"
    MAKE_INQUIRY = "make_inquiry"
    ANSWER_INQUIRY = "answer_inquiry"
    START_SEGREGATION = "start_segregation"
    END_SEGREGATION = "end_segregation"
    ANSWER_DUTY = "answer_duty"
    CERTIFY = "certify"
    CLAIM = "claim"
    DISPUTE = "dispute"
    EXCHANGE = "exchange"
    PROJECT = "project"
    MANAGE_USERS = "manage_users"
    MANAGE_ACCESS_TOKENS = "manage_access_tokens"
    MANAGE_WEBHOOKS = "manage_webhooks"


# Deeds about nobody in particular, or about somebody who is not on the register yet.
ABOUT_NO_PERSON = frozenset(
    {
        Deed.SEE_AGREEMENT,
        Deed.SEE_DOCKET,
        Deed.SEE_PROOF,
        Deed.SEE_READS,
        Deed.SEE_FACILITY,
        Deed.SEE_ROLL,
        Deed.SEE_STATEMENT,
        Deed.SEE_PROJECTION,
        Deed.OPEN,
        Deed.CERTIFY,
        Deed.CLAIM,
        Deed.DISPUTE,
        Deed.EXCHANGE,
        Deed.PROJECT,
        Deed.MANAGE_USERS,
        Deed.MANAGE_ACCESS_TOKENS,
        Deed.MANAGE_WEBHOOKS,
    }
)


@unique
class EventClass(StrEnum):
    """Custody events carry the person's gap-free number; case and admin events do not."""

    CUSTODY = "custody"
    CASE = "case"
    ADMIN = "admin"


@unique
class EventKind(StrEnum):
    """Everything that can be written in the register about a person or a key."""

    OPENED = "custody.opened"
    DEPARTED = "custody.departed"
    HANDED_OVER = "custody.handed_over"
    RECEPTION_REFUSED = "custody.reception_refused"
    PLACED = "custody.placed"
    MOVED = "custody.moved"
    ABSENCE_STARTED = "custody.absence_started"
    ABSENCE_ENDED = "custody.absence_ended"
    COUNTED = "custody.counted"
    ESCAPED = "custody.escaped"
    RECAPTURED = "custody.recaptured"
    RELEASED = "custody.released"
    DIED = "custody.died"
    PROPOSED = "case.proposed"
    EVIDENCE_RECORDED = "evidence.recorded"
    SCREENED = "case.screened"
    NOTIFIED = "case.notified"
    CONSENT_VERIFIED = "case.consent_verified"
    CONSENT_WITHDRAWN = "case.consent_withdrawn"
    OBJECTION_LODGED = "case.objection_lodged"
    OPINION_TAKEN = "case.opinion_taken"
    OBJECTION_ANSWERED = "case.objection_answered"
    STAY_ORDERED = "case.stay_ordered"
    STAY_LIFTED = "case.stay_lifted"
    AUTHORISED = "transfer.authorised"
    ACCEPTED = "transfer.accepted"
    REFUSED = "transfer.refused"
    SCHEDULED = "transfer.scheduled"
    WITHDRAWN = "transfer.withdrawn"
    SENTENCE_RECORDED = "sentence.recorded"
    SENTENCE_CHANGED = "sentence.changed"
    DUTY_MET = "duty.met"
    INQUIRY_MADE = "inquiry.made"
    INQUIRY_ANSWERED = "inquiry.answered"
    COMPLAINT_MADE = "complaint.made"
    COMPLAINT_ANSWERED = "complaint.answered"
    INCIDENT_REPORTED = "incident.reported"
    VISIT_MADE = "visit.made"
    VISIT_BLOCKED = "visit.blocked"
    FINDING_MADE = "visit.finding"
    FINDING_ANSWERED = "visit.finding_answered"
    SEGREGATION_STARTED = "segregation.started"
    SEGREGATION_ENDED = "segregation.ended"
    TOKEN_ISSUED = "token.issued"  # noqa: S105 - a kind of event
    TOKEN_REVOKED = "token.revoked"  # noqa: S105 - a kind of event
    CORRECTION = "correction"
    KEY_ENROLLED = "key.enrolled"
    KEY_ROTATED = "key.rotated"
    KEY_REVOKED = "key.revoked"
    PEER_ENROLLED = "peer.enrolled"
    POLICY_CHANGED = "policy.changed"
    ROLL_PUBLISHED = "roll.published"
    AUDIT_CHECKPOINT = "audit.checkpoint"
    READ_RECORDED = "read.recorded"
    ERASED = "erased"
    ERASURE_COMPLETED = "erasure.completed"
    LOG_CLOSED = "log.closed"
    LOG_SUCCEEDED = "log.succeeded"


@unique
class Custody(StrEnum):
    """Where a person stands between the two states."""

    NOT_OPENED = "not opened"
    HELD = "held"
    IN_TRANSIT = "in transit"
    ABSENT = "absent"
    ESCAPED = "escaped"
    RELEASED = "released"
    DIED = "died"


@unique
class Stage(StrEnum):
    """How far the proposed transfer of a case has come."""

    NONE = "none"
    PROPOSED = "proposed"
    ELIGIBLE = "eligible"
    NOT_ELIGIBLE = "not eligible"
    NOTIFIED = "notified"
    AUTHORISED = "authorised"
    ACCEPTED = "accepted"
    SCHEDULED = "scheduled"
    DEPARTED = "departed"
    ENDED = "ended"


@unique
class Consent(StrEnum):
    """What the person has said before the verifying court."""

    NOT_TAKEN = "not taken"
    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@unique
class Status(StrEnum):
    """What a custody interval is, for those who count it."""

    HELD = "held"
    IN_TRANSIT = "in_transit"
    HOSPITAL = "hospital"
    COURT = "court"
    ABSENT = "absent"


@unique
class Convention(StrEnum):
    """A named way of counting days; never call any of them just "days"."""

    MIDNIGHT = "midnight"
    CALENDAR = "calendar"
    MIN1 = "min1"
    BLOCK24 = "block24"
    HOURS = "hours"


@unique
class DutyState(StrEnum):
    """How a duty stands at an instant. Without a number nobody can say that it is late."""

    RUNNING = "running"
    OVERDUE = "overdue"
    MET = "met"
    MET_LATE = "met late"
    OPEN = "no number fixed"


@unique
class ComplaintKind(StrEnum):
    """What a complaint is about; another word, or none, opens every duty of a complaint."""

    TREATMENT = "treatment"
    ILL_TREATMENT = "ill_treatment"
    CONDITIONS = "conditions"
    FOOD = "food"
    HEALTH = "health"
    CONTACT = "contact"
    PROPERTY = "property"
    DISCIPLINE = "discipline"
    OTHER = "other"


@unique
class Condition(StrEnum):
    """What is observed of how people are held in a place; each has one unit."""

    HOURS_IN_CELL = "hours_in_cell"
    HOURS_OUT_OF_CELL = "hours_out_of_cell"
    HOURS_OUTDOORS = "hours_outdoors"
    HOURS_OF_CONTACT = "hours_of_contact"
    HOURS_ALONE = "hours_alone"
    LIGHT = "light"
    DAYLIGHT = "daylight"
    FAMILY_CONTACT = "family_contact"
    VISITS = "visits_a_month"
    PERSONS = "persons"
    BEDS = "beds"
    TOILETS = "toilets"
    SHOWERS = "showers"
    WATER = "drinking_water"


@unique
class Light(StrEnum):
    """The light of a cell, day and night."""

    DARK = "dark"
    CONSTANT = "constant"
    DIMMED = "dimmed"
    OFF_AT_NIGHT = "off_at_night"


@unique
class FamilyContact(StrEnum):
    """Whether the people of a place may be in contact with their families."""

    ALLOWED = "allowed"
    RESTRICTED = "restricted"
    PROHIBITED = "prohibited"


@unique
class Observer(StrEnum):
    """By whose word a condition is known."""

    CUSTODIAN = "custodian"
    MONITOR = "monitor"
    STATED = "stated"


@unique
class Census(StrEnum):
    """Which day a midnight is named by: the one that it ends, or the one that it opens."""

    DAY_END = "day_end"
    DAY_START = "day_start"


@unique
class SentenceAct(StrEnum):
    """What a court, or the authority that pardons, records about a sentence."""

    IMPOSED = "imposed"
    CREDIT = "credit"
    REMISSION = "remission"
    DAYS_LOST = "days_lost"
    DAYS_ADDED = "days_added"
    COMMUTED = "commuted"
    PARDONED = "pardoned"
    VACATED = "vacated"
    CONVERSION = "conversion"
    COMPUTED_DATE = "computed_date"


@unique
class Ending(StrEnum):
    """What is known of a sentence's end; only `date` has one, and none of the others is "never"."""

    DATE = "date"
    LIFE = "life"
    INDETERMINATE = "indeterminate"
    UNKNOWN = "unknown"
    NOT_RECORDED = "not recorded"
    NOT_COMPUTED = "not computed"


@unique
class RollStatus(StrEnum):
    """What one row of the public roll says; the closed list of format roll/v1."""

    HELD = "held"
    IN_TRANSFER = "in_transfer"
    HOSPITAL = "hospital"
    RETURNED = "returned"
    RELEASED = "released"
    DIED = "died"
    DISPUTED = "disputed"
    ASK = "ask"


# A person absent at court or with leave stays in the custody of the facility; hospital is told
# apart, a return by the side whose roll it is. Somebody who escaped is held by nobody: ask a court.
ROLL_STATUS: Mapping[Custody, RollStatus] = {
    Custody.HELD: RollStatus.HELD,
    Custody.IN_TRANSIT: RollStatus.IN_TRANSFER,
    Custody.ABSENT: RollStatus.HELD,
    Custody.ESCAPED: RollStatus.ASK,
    Custody.RELEASED: RollStatus.RELEASED,
    Custody.DIED: RollStatus.DIED,
}
TERMINAL = frozenset({RollStatus.RETURNED, RollStatus.RELEASED, RollStatus.DIED})


@unique
class Settlement(StrEnum):
    """How an event that two states share stands between their two logs."""

    DRAFT = "draft"  # waits for signatures; in no log
    LOGGED = "logged"  # committed in the own log
    PUBLISHED = "published"  # under a quorum checkpoint of the own log
    MIRRORED = "mirrored"  # covered by a cosignature of the peer's mirror
    SETTLED = "settled"  # the same entry proven in both logs, each under a quorum checkpoint
    OVERDUE = "overdue"  # not settled in the hours agreed
    DISPUTED = "disputed"  # another fully signed event stands at the same place of the person
    NOT_APPLICABLE = "not_applicable"  # not shared, or no peer is enrolled
