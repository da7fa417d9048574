"""What officers of both states ask of their gateways in the demonstration of two states.

Each act is one request, signed by the first officer of an authority. Nothing here is used in
operation.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from habeas.register import events
from habeas.register.events import Body
from habeas.register.signing import Signer, keyid8
from habeas.register.store import Store
from habeas.service.asking import (
    Act,
    Asker,
    Found,
    Hand,
    Latest,
    Officer,
    OnePerson,
    Read,
    Request,
    Sign,
)
from habeas.service.casework import digest
from habeas.service.rehearsal import Story
from habeas.service.transfer import ulid
from habeas.terms import EventKind, Role

K, R = EventKind, Role
PURPOSE = "demonstration"
CHANCE = 10  # bytes of an id
MANIFESTS = 40  # of the latest entries on a manifest that are looked at
Ask = Callable[[Request], Found]
Signers = Sequence[tuple[str, Role]]  # authority and role of each


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody on a manifest who has not departed."""

    subject: str
    manifest: str
    line: int


@dataclass(frozen=True, slots=True)
class Bureau:
    """The officers of a story's authorities, and how their acts are written."""

    story: Story
    officers: Mapping[str, Sequence[Signer]]  # by authority
    chance: Callable[[int], bytes]

    def asker(self, authority: str) -> Asker:
        """The first officer of a prison service, as one who reads."""
        return Asker(authority, R.CUSTODIAN, self._key(authority))

    def _key(self, authority: str) -> str:
        return keyid8(self.officers[authority][0].public()).hex()

    def act(
        self,
        kind: EventKind,
        subject: str,
        at: datetime,
        body: Body,
        by: Signers,
    ) -> Act:
        """One act; whoever is named first signs at once.

        Args:
            kind: of the event.
            subject: the person.
            at: UTC.
            body: what the kind carries.
            by: authority and role of each who signs.
        """
        found, hands = self.story, tuple(Hand(name, role, self._key(name)) for name, role in by)
        bodies = found.bodies
        if bodies is None:
            raise ValueError(found.agreement)
        there = kind == K.HANDED_OVER or hands[0].authority == bodies.receiving
        facility = bodies.facility_to if there else bodies.facility_from
        return Act(
            ulid(at, self.chance(CHANCE)), kind.value, subject, at.isoformat(), dict(body), hands,
            found.agreement, found.sending, found.receiving, facility,
        )  # fmt: skip

    def departure(self, one: Listed, at: datetime) -> Act:
        """The sending state lets somebody set out."""
        fit = digest("fit", one.subject, at.isoformat())
        body: Body = {
            "manifest": one.manifest,
            "line": one.line,
            "escort": "escort of both states",
            "fit_to_travel": fit,
        }
        return self.act(K.DEPARTED, one.subject, at, body, [(self.sending, R.CUSTODIAN)])

    def handover(self, one: Listed, at: datetime) -> Act:
        """The sending state hands somebody over; it waits for the receiving state's signature."""
        bodies = self.story.bodies
        body: Body = {
            "manifest": one.manifest,
            "line": one.line,
            "from": "" if bodies is None else bodies.facility_from,
            "to": "" if bodies is None else bodies.facility_to,
            "condition": "noted by both",
        }
        by = [(self.sending, R.RELEASING), (self.receiving, R.RECEIVING)]
        return self.act(K.HANDED_OVER, one.subject, at, body, by)

    def placed(self, subject: str, at: datetime, cell: str) -> Act:
        """The receiving state gives somebody a cell."""
        by = [(self.receiving, R.CUSTODIAN)]
        return self.act(K.PLACED, subject, at, {"cell": cell}, by)

    def told(self, subject: str, at: datetime, authority: str) -> Act:
        """A prison service has done a duty by somebody."""
        body: Body = {"duty": "D-3", "document": digest("told", subject, at.isoformat())}
        return self.act(K.DUTY_MET, subject, at, body, [(authority, R.CUSTODIAN)])

    def signature(self, draft: str) -> Sign:
        """The receiving state's signature under a draft."""
        return Sign(draft, Officer(self.receiving, self._key(self.receiving)))

    @property
    def sending(self) -> str:
        """The sending state's prison service."""
        return "" if self.story.bodies is None else self.story.bodies.sending

    @property
    def receiving(self) -> str:
        """The receiving state's prison service."""
        return "" if self.story.bodies is None else self.story.bodies.receiving


def listed(ask: Ask, asker: Asker) -> list[Listed]:
    """Whoever stands on a manifest and has not departed, in the order of the register."""
    latest = ask(Read(Latest(MANIFESTS, K.SCHEDULED.value), asker, PURPOSE))["records"]
    found = list[Listed]()
    for row in latest:
        said = row["event"]
        if last_of(ask, asker, said["subject"])[0] == K.SCHEDULED:
            found.append(Listed(said["subject"], said["body"]["manifest"], said["body"]["line"]))
    return found


def last_of(ask: Ask, asker: Asker, subject: str) -> tuple[str, int]:
    """Kind and index of a person's latest event in the register that is asked."""
    rows = ask(Read(OnePerson(subject), asker, PURPOSE))["events"]
    return str(events.body(str(rows[-1]["body"]))["type"]), int(rows[-1]["index"])


def held(store: Store, asked: int) -> list[str]:
    """Some who were placed and have stayed, by their latest custody event."""
    last: dict[str, str] = {}
    for row in store.rows():
        if row.subject is not None and row.seq is not None:
            last[row.subject] = row.kind
    return [subject for subject, kind in last.items() if kind in {K.PLACED, K.MOVED}][:asked]


@dataclass(frozen=True, slots=True)
class Compared:
    """Both logs' events of those persons of whom both have any."""

    persons: int
    both: int  # events with one entry in both
    alone: tuple[int, int]  # events that stand in one log only: the first's, the second's


def compared(one: Store, other: Store) -> Compared:
    """Whether two logs have the same events of the persons whom both know."""
    here, there = (_entries(store) for store in (one, other))
    both = here.keys() & there.keys()
    first = {entry for subject in both for entry in here[subject]}
    second = {entry for subject in both for entry in there[subject]}
    return Compared(len(both), len(first & second), (len(first - second), len(second - first)))


def _entries(store: Store) -> dict[str, list[bytes]]:
    found: dict[str, list[bytes]] = {}
    for row in store.rows():
        if row.subject is not None:
            found.setdefault(row.subject, []).append(row.entry)
    return found
