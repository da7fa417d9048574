"""One person's way through the acts of a transfer, step by step, each decided on fresh facts.

Used by the demonstration and by rehearsals: the same table, program and register as in earnest.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from habeas.docket.check import Case
from habeas.docket.columns import Column, Value
from habeas.docket.evidence import Evidence
from habeas.law.program import Program, canonical
from habeas.register.events import Event, Json
from habeas.screening.decision import Decision, decide
from habeas.service.transfer import Act, By, Desk
from habeas.terms import EventKind, Role

K, R = EventKind, Role
HOMEWARD = timedelta(hours=9)  # from the departure to the handover to the sending state
AT_MOST = timedelta(days=30)  # a decision of which no fact lapses is looked at again all the same


@dataclass(frozen=True, slots=True)
class Bodies:
    """The authorities that act in one pair of states."""

    sending: str  # prison service of the sending state
    sending_second: str  # its second deciding authority
    receiving: str
    receiving_second: str
    court: str  # of the sending state
    counsel: str
    facility_from: str
    facility_to: str
    monitor: str = ""  # the sending state's visiting body; empty: nobody visits
    receiving_state: str = ""  # that an authorisation names; empty: the agreement binds but two


@dataclass(slots=True)
class Person:
    """One case with its pseudonym; facts may change on the way."""

    case: Case
    subject: str

    def learn(self, fact: str, value: Value) -> None:
        """A fact is established anew."""
        self.case = replace(self.case, facts={**self.case.facts, fact: value})


def digest(*parts: object) -> str:
    """A document's hash stands for the document: SHA-256 in hexadecimal."""
    return hashlib.sha256(canonical([str(part) for part in parts])).hexdigest()


class Casework:
    """Conducts cases of one agreement through the desk."""

    def __init__(
        self,
        desk: Desk,
        program: Program,
        columns: Mapping[str, Column],
        bodies: Bodies,
        docket_hash: str,
    ) -> None:
        self.desk, self.program, self.columns, self.bodies = desk, program, columns, bodies
        self._docket_hash = docket_hash

    def act(
        self,
        person: Person,
        kind: EventKind,
        at: datetime,
        by: Sequence[By],
        body: Mapping[str, Json],
        facility: str | None = None,
    ) -> Event:
        """Record one act."""
        return self.desk.act(Act(kind, person.subject, at, tuple(by), body, facility))

    def sending(self, role: Role) -> list[By]:
        """The sending prison service in one role."""
        return [By(self.bodies.sending, role)]

    def open_case(self, person: Person, at: datetime) -> None:
        """Write the person on the register and propose the transfer."""
        case, bodies = person.case, self.bodies
        order = {"order": digest("order", case.id), "ordered_by": bodies.court}
        self.act(
            person, K.OPENED, at, self.sending(R.CUSTODIAN), order, facility=bodies.facility_from
        )
        proposal: dict[str, Json] = {
            "pathway": str(case.facts["pathway"]),
            "case": case.id,
            "docket": self._docket_hash,
        }
        proposed = at + timedelta(days=1)
        self.act(person, K.PROPOSED, proposed, self.sending(R.PROPOSING), proposal)

    def screen(self, person: Person, at: datetime) -> Decision:
        """Decide the case on evidence of this hour and record the decision."""
        dated = {
            name: Evidence(at - timedelta(hours=1))
            for name, column in self.columns.items()
            if column.valid_for_hours is not None and name in person.case.facts
        }
        person.case = replace(person.case, evidence={**person.case.evidence, **dated})
        decision = decide(person.case, self.program, self.columns, at, dated=True)
        body: dict[str, Json] = {
            "decision": digest("decision", person.case.id, at.isoformat()),
            "rules_hash": decision.program,
            "docket_hash": self._docket_hash,
            "outcome": decision.outcome.value,
            "not_met": list(decision.not_met),
            "not_established": list(decision.not_established),
            "valid_until": (decision.valid_until or at + AT_MOST).isoformat(),
        }
        self.act(person, K.SCREENED, at, self.sending(R.SCREENING), body)
        return decision

    def notify(self, person: Person, at: datetime, language: str) -> None:
        """Serve written notice on the person and counsel; the clock runs from here."""
        body = {
            "language": language,
            "served_on": "person and counsel",
            "counsel": self.bodies.counsel,
            "proof_of_service": digest("service", person.case.id),
        }
        self.act(person, K.NOTIFIED, at, self.sending(R.TRANSFERRING), body)

    def hear(self, person: Person, at: datetime, *, consents: bool) -> None:
        """The court's verification of consent, with counsel, on the record."""
        body: dict[str, Json] = {
            "hearing_record": digest("hearing", person.case.id),
            "consents": consents,
            "counsel": self.bodies.counsel,
        }
        self.act(person, K.CONSENT_VERIFIED, at, [By(self.bodies.court, R.COURT)], body)

    def authorise(self, person: Person, at: datetime) -> None:
        """Two officers of the sending state."""
        by = [
            By(self.bodies.sending, R.TRANSFERRING, 1),
            By(self.bodies.sending_second, R.TRANSFERRING),
        ]
        body: dict[str, Json] = {"decisions": [digest("authorised", person.case.id)]}
        if self.bodies.receiving_state:
            body["receiving"] = self.bodies.receiving_state
        self.act(person, K.AUTHORISED, at, by, body)

    def accept(self, person: Person, at: datetime) -> None:
        """Two officers of the receiving state name the place that was checked."""
        by = [
            By(self.bodies.receiving, R.TRANSFERRING, 1),
            By(self.bodies.receiving_second, R.TRANSFERRING),
        ]
        body = {
            "facility": self.bodies.facility_to,
            "place": "reserved",
            "space_check": digest("space", person.case.id),
        }
        self.act(person, K.ACCEPTED, at, by, body)

    def schedule(self, person: Person, at: datetime, manifest: str, line: int) -> None:
        """Put the person on a manifest."""
        body: dict[str, Json] = {
            "manifest": manifest,
            "line": line,
            "route": f"{self.bodies.facility_from} to {self.bodies.facility_to}",
        }
        self.act(person, K.SCHEDULED, at, self.sending(R.TRANSFERRING), body)

    def departure(self, person: Person, at: datetime, manifest: str, line: int) -> Act:
        """The act of departure, not yet recorded: it may be refused to the last minute."""
        body: dict[str, Json] = {
            "manifest": manifest,
            "line": line,
            "escort": "escort of both states",
            "fit_to_travel": digest("fit", person.case.id, at.isoformat()),
        }
        return Act(
            K.DEPARTED,
            person.subject,
            at,
            tuple(self.sending(R.CUSTODIAN)),
            body,
            self.bodies.facility_from,
        )

    def receive(self, person: Person, at: datetime, manifest: str, line: int, cell: str) -> None:
        """Both states sign the handover; then the person is given a cell."""
        bodies = self.bodies
        by = [By(bodies.sending, R.RELEASING), By(bodies.receiving, R.RECEIVING)]
        body: dict[str, Json] = {
            "manifest": manifest,
            "line": line,
            "from": bodies.facility_from,
            "to": bodies.facility_to,
            "condition": "noted by both",
        }
        self.act(person, K.HANDED_OVER, at, by, body, bodies.facility_to)
        self.act(
            person,
            K.PLACED,
            at + timedelta(hours=2),
            [By(bodies.receiving, R.CUSTODIAN)],
            {"cell": cell},
            bodies.facility_to,
        )

    def holder(
        self, person: Person, kind: EventKind, at: datetime, body: Mapping[str, Json]
    ) -> None:
        """An act of the receiving prison service as custodian."""
        self.act(
            person,
            kind,
            at,
            [By(self.bodies.receiving, R.CUSTODIAN)],
            body,
            self.bodies.facility_to,
        )

    def bring_back(self, person: Person, at: datetime, manifest: str, line: int) -> None:
        """Return the person to the sending state: a duty, so it needs no eligibility."""
        bodies = self.bodies
        body: dict[str, Json] = {
            "manifest": manifest,
            "line": line,
            "escort": "escort of both states",
            "fit_to_travel": digest("fit", person.case.id, at.isoformat()),
        }
        self.act(
            person, K.DEPARTED, at, [By(bodies.receiving, R.CUSTODIAN)], body, bodies.facility_to
        )
        by = [By(bodies.receiving, R.RELEASING), By(bodies.sending, R.RECEIVING)]
        over: dict[str, Json] = {
            "manifest": manifest,
            "line": line,
            "from": bodies.facility_to,
            "to": bodies.facility_from,
            "condition": "noted by both",
        }
        self.act(person, K.HANDED_OVER, at + HOMEWARD, by, over, bodies.facility_from)
