"""Which event each deed records, and in which roles it is signed, by whom.

The workflow's table judges the event; this says only what a page, a command or a request means.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from habeas.custody.intervals import Interval
from habeas.custody.segregation import placements
from habeas.errors import Fault
from habeas.register.events import Event
from habeas.terms import Deed, EventKind, Office, Role, Side
from habeas.transfer import machine, reports
from habeas.transfer.state import State, Terms

K, R = EventKind, Role
Second = Literal["own", "other"]  # of which state the second signer is


@dataclass(frozen=True, slots=True)
class Doing:
    """One deed as an event."""

    kind: EventKind
    role: Role | None = None  # of whoever asks; None: the role of their office
    second: Second | None = None  # None: one signature is enough
    second_role: Role | None = None


_TWO: tuple[Role, Second, Role] = (R.TRANSFERRING, "own", R.TRANSFERRING)
DOINGS: Mapping[Deed, Doing] = {
    Deed.OPEN: Doing(K.OPENED, R.CUSTODIAN),
    Deed.PROPOSE: Doing(K.PROPOSED, R.PROPOSING),
    Deed.RECORD_EVIDENCE: Doing(K.EVIDENCE_RECORDED),
    Deed.SCREEN: Doing(K.SCREENED, R.SCREENING),
    Deed.NOTIFY: Doing(K.NOTIFIED, R.TRANSFERRING),
    Deed.VERIFY_CONSENT: Doing(K.CONSENT_VERIFIED, R.COURT),
    Deed.WITHDRAW_CONSENT: Doing(K.CONSENT_WITHDRAWN),
    Deed.OBJECT: Doing(K.OBJECTION_LODGED, R.COUNSEL),
    Deed.ANSWER_OBJECTION: Doing(K.OBJECTION_ANSWERED, R.TRANSFERRING),
    Deed.GIVE_OPINION: Doing(K.OPINION_TAKEN),
    Deed.ORDER_STAY: Doing(K.STAY_ORDERED, R.COURT),
    Deed.LIFT_STAY: Doing(K.STAY_LIFTED, R.COURT),
    Deed.AUTHORISE: Doing(K.AUTHORISED, *_TWO),
    Deed.ACCEPT: Doing(K.ACCEPTED, *_TWO),
    Deed.REFUSE: Doing(K.REFUSED, *_TWO),
    Deed.SCHEDULE: Doing(K.SCHEDULED, R.TRANSFERRING),
    Deed.WITHDRAW: Doing(K.WITHDRAWN, R.TRANSFERRING),
    Deed.DEPART: Doing(K.DEPARTED, R.CUSTODIAN),
    Deed.HAND_OVER: Doing(K.HANDED_OVER, R.RELEASING, "other", R.RECEIVING),
    Deed.REFUSE_RECEPTION: Doing(K.RECEPTION_REFUSED, R.CUSTODIAN),
    Deed.PLACE: Doing(K.PLACED, R.CUSTODIAN),
    Deed.MOVE: Doing(K.MOVED, R.CUSTODIAN),
    Deed.START_ABSENCE: Doing(K.ABSENCE_STARTED, R.CUSTODIAN),
    Deed.END_ABSENCE: Doing(K.ABSENCE_ENDED, R.CUSTODIAN),
    Deed.COUNT: Doing(K.COUNTED, R.CUSTODIAN),
    Deed.RECORD_ESCAPE: Doing(K.ESCAPED, R.CUSTODIAN),
    Deed.RECORD_RECAPTURE: Doing(K.RECAPTURED, R.CUSTODIAN),
    Deed.RELEASE: Doing(K.RELEASED, R.CUSTODIAN),
    Deed.RECORD_DEATH: Doing(K.DIED, R.CUSTODIAN),
    Deed.RECORD_SENTENCE: Doing(K.SENTENCE_RECORDED, R.COURT),
    Deed.CHANGE_SENTENCE: Doing(K.SENTENCE_CHANGED, R.COURT),
    Deed.MAKE_COMPLAINT: Doing(K.COMPLAINT_MADE),
    Deed.ANSWER_COMPLAINT: Doing(K.COMPLAINT_ANSWERED),
    Deed.REPORT_INCIDENT: Doing(K.INCIDENT_REPORTED),
    Deed.RECORD_VISIT: Doing(K.VISIT_MADE),
    Deed.RECORD_BLOCKED_VISIT: Doing(K.VISIT_BLOCKED),
    Deed.RECORD_FINDING: Doing(K.FINDING_MADE, R.MONITOR),
    Deed.ANSWER_FINDING: Doing(K.FINDING_ANSWERED),
    Deed.MAKE_INQUIRY: Doing(K.INQUIRY_MADE),
    Deed.ANSWER_INQUIRY: Doing(K.INQUIRY_ANSWERED),
    Deed.START_SEGREGATION: Doing(K.SEGREGATION_STARTED, R.CUSTODIAN),
    Deed.END_SEGREGATION: Doing(K.SEGREGATION_ENDED, R.CUSTODIAN),
    Deed.ANSWER_DUTY: Doing(K.DUTY_MET),
}
OF_KIND: Mapping[EventKind, Deed] = {one.kind: deed for deed, one in DOINGS.items()}
BY_OFFICE: Mapping[Office, Role] = {
    Office.SENDING_OFFICER: R.TRANSFERRING,
    Office.RECEIVING_OFFICER: R.TRANSFERRING,
    Office.FACILITY_OFFICER: R.CUSTODIAN,
    Office.COURT: R.COURT,
    Office.COUNSEL: R.COUNSEL,
    Office.MONITOR: R.MONITOR,
}


def role(deed: Deed, office: Office) -> Role | None:
    """The role in which somebody of an office signs a deed; None for one that signs nothing."""
    found = DOINGS.get(deed)
    return None if found is None else found.role or BY_OFFICE.get(office)


def hands(deed: Deed, office: Office, *, receives: bool = False) -> tuple[Role | None, Role | None]:
    """The roles of whoever asks, and of the second who must sign; None for nobody.

    Args:
        deed: what is done.
        office: of whoever asks.
        receives: whether whoever asks is the side that takes the person over.
    """
    found = DOINGS.get(deed)
    first, second = role(deed, office), None if found is None else found.second_role
    return (second, first) if receives and deed is Deed.HAND_OVER else (first, second)


def hindrance(deed: Deed, state: State, terms: Terms, at: datetime) -> Fault | None:
    """Why a deed may not be done now, as far as the case alone tells; None where it may.

    For whoever offers deeds: the gateway judges what is then stated.
    """
    return machine.hindrance(state, DOINGS[deed].kind, at, terms)


def has_matter(deed: Deed, state: State) -> bool:
    """Whether there is what a deed is about: a stay to lift, an objection to answer."""
    if deed is Deed.LIFT_STAY:
        return bool(state.stays)
    return deed is not Deed.ANSWER_OBJECTION or bool(state.objections)


NEEDS_MATTER = frozenset(
    {
        Deed.ANSWER_COMPLAINT, Deed.ANSWER_FINDING, Deed.RECORD_FINDING, Deed.ANSWER_INQUIRY,
        Deed.END_SEGREGATION,
    }
)  # fmt: skip


def matters(
    deed: Deed, events: Sequence[Event], stays: Iterable[Interval], hand: tuple[str, Side | None]
) -> list[Event]:
    """The events that a report may name: a complaint, a visit of one's own, a finding to answer.

    Of inquiries those that nobody has answered, of placements apart those that last.

    Args:
        deed: that records the report.
        events: one person's that may be shown to whoever reports, in register order.
        stays: the person's custody.
        hand: whose report it is, and for which state.
    """
    _key, kinds = reports.NAMES.get(DOINGS[deed].kind, ("", frozenset[EventKind]()))
    found = [one for one in events if one.kind in kinds]
    if deed is Deed.RECORD_FINDING:
        return [one for one in found if hand[0] in {by.authority for by in one.actors}]
    if deed is Deed.ANSWER_FINDING:
        return [one for one in found if reports.addressed(one.body) is hand[1]]
    if deed is Deed.ANSWER_INQUIRY:
        answers = (one for one in events if one.kind == K.INQUIRY_ANSWERED)
        answered = {str(one.body.get("inquiry")) for one in answers}
        return [one for one in found if one.id not in answered]
    if deed is Deed.END_SEGREGATION:
        lasting = {one.event for one in placements(events, stays) if one.end is None}
        return [one for one in found if one.id in lasting]
    return found
