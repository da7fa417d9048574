"""Advance a transfer: fold, check, sign, append. Every act passes the one table first."""

import base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from habeas.custody.days import midnight_before
from habeas.docket.synth import Draw
from habeas.errors import Fault, ImpossibleEvent, LawError
from habeas.law import messages
from habeas.law.agreement import Agreement
from habeas.register import events, signing
from habeas.register.events import Actor, Body, Event, Json
from habeas.register.log import Log, Signed
from habeas.register.signing import Signer
from habeas.service import draft
from habeas.terms import EventKind, Role, Side
from habeas.transfer.machine import fold, step
from habeas.transfer.state import Route, State, Terms

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ULID_TIME, ULID_CHANCE = 10, 16
LEADING_ON = frozenset({EventKind.AUTHORISED, EventKind.ACCEPTED, EventKind.SCHEDULED})


def terms(deal: Agreement, sending: str, receiving: str) -> Terms:
    """What the agreement fixes between one pair of states.

    Raises:
        LawError: H217, when the agreement does not bind that pair in that direction.
    """
    roles = {party.code: party.role for party in deal.parties}
    fits = roles.get(sending) in {"sending", "either"} and roles.get(receiving) in {
        "receiving",
        "either",
    }
    if not fits or sending == receiving:
        said = {"name": deal.id, "sending": sending, "receiving": receiving}
        raise LawError(messages.fault("H217", **said, parties=", ".join(sorted(roles))))
    sides = {
        one.id: Side.SENDING if one.state == sending else Side.RECEIVING
        for one in deal.authorities
        if one.state in {sending, receiving}
    }
    may = {one.id: frozenset(one.roles) for one in deal.authorities}
    flow = deal.workflow
    return Terms(
        sides,
        may,
        flow.consent == "required",
        flow.consent_irrevocable_at == "verification",
        timedelta(hours=flow.notice_hours),
        flow.release_in_receiving_state,
        {
            one.id: (_begins(one.from_, deal), _begins(one.until, deal))
            for one in deal.authorities
            if one.from_ is not None or one.until is not None
        },
    )


def _begins(day: date | None, deal: Agreement) -> datetime | None:
    return None if day is None else midnight_before(day, deal.calendar.zone)


@dataclass(frozen=True, slots=True)
class Ground:
    """Under which agreement and between which states something is recorded, in earnest or not."""

    deal: Agreement
    terms: Terms
    demonstration: bool

    @property
    def states(self) -> tuple[str, str]:
        """The sending state and the receiving state."""
        found = {self.terms.sides.get(one.id): one.state for one in self.deal.authorities}
        return found[Side.SENDING], found[Side.RECEIVING]


def may_lead_on(ground: Ground, kind: str) -> None:
    """Refuse to decide a transfer under an agreement that is not in force.

    What is already recorded stands whatever becomes of the agreement, and a return is always
    possible: only the decisions that lead to a departure are refused.

    Raises:
        ImpossibleEvent: H616.
    """
    deal = ground.deal
    if kind in LEADING_ON and deal.standing != "in_force" and not ground.demonstration:
        what = f"'{kind}' under {deal.id}, whose standing is '{deal.standing}'"
        fix = "Only an agreement in force leads to a transfer; screen and project as you like."
        raise ImpossibleEvent(Fault("H616", what, fix))


def pair(deal: Agreement, sending: str | None, receiving: str | None) -> tuple[str, str]:
    """The pair of states of a call: those named, or the only ones that the agreement has.

    Raises:
        LawError: H217, when the agreement has several and the call names none.
    """
    found = []
    for side, named in (("sending", sending), ("receiving", receiving)):
        only = [party.code for party in deal.parties if party.role == side]
        if named is None and len(only) != 1:
            raise LawError(messages.fault("H217.several", name=deal.id, side=side))
        found.append(named or only[0])
    return found[0], found[1]


def crockford(number: int, length: int) -> str:
    """A number in Crockford's base 32, padded to a length."""
    return "".join(CROCKFORD[number >> 5 * place & 31] for place in reversed(range(length)))


def ulid(at: datetime, chance: bytes) -> str:
    """An event id: the instant in milliseconds and 10 chance bytes."""
    moment = int(at.timestamp()) * 1000
    return crockford(moment, ULID_TIME) + crockford(int.from_bytes(chance, "big"), ULID_CHANCE)


def pseudonym(chance: bytes) -> str:
    """A person's random number under one agreement, from 16 chance bytes; never from a name."""
    return "p_" + crockford(int.from_bytes(chance, "big") << 2, 26).lower()


@dataclass(frozen=True, slots=True)
class By:
    """One signature: an authority's officer in a role."""

    authority: str
    role: Role
    officer: int = 0


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody wants to record."""

    kind: EventKind
    subject: str
    at: datetime
    by: tuple[By, ...]
    body: Mapping[str, Json]
    facility: str | None = None
    corrects: str | None = None


class Desk:
    """Drafts, signs and appends acts under one agreement, in batches.

    Holds the state of every person as a fold over the log; an act that the table refuses is raised
    and leaves everything as it was.
    """

    def __init__(
        self,
        log: Log,
        rules: Terms,
        agreement: str,
        keys: Mapping[str, Sequence[Signer]],
        draw: Draw,
    ) -> None:
        self.log, self.terms, self.agreement = log, rules, agreement
        self._keys, self._draw = keys, draw
        self._states: dict[str, State] = {}
        self._events: dict[str, list[Event]] = {}
        self._heads: dict[str, tuple[int, str]] = {}
        self._waiting: list[Signed] = []
        self._latest = datetime.min.replace(tzinfo=UTC)
        self.publishes: Callable[[datetime], object] = log.publish

    def state(self, subject: str) -> State:
        """Where a person stands."""
        return self._states.get(subject, State())

    def events(self) -> dict[str, list[Event]]:
        """Every person's events, in register order."""
        return self._events

    def act(self, act: Act, route: Route | None = None) -> Event:
        """Check, draft and sign one act; it is written with the next `commit`.

        Raises:
            ImpossibleEvent: H601 to H615; nothing was drafted.
        """
        index = self.log.size + len(self._waiting)
        body = self._draft(act, index)
        data = events.canonical(body)
        event = events.event(body, index)
        known = self._events.get(act.subject, [])
        if act.kind is EventKind.CORRECTION:
            state = fold([*known, event], self.terms)
        else:
            state = step(self.state(act.subject), event, self.terms, route)
        signers = [self._keys[one.authority][one.officer] for one in act.by]
        signed = Signed(
            data, signing.sigblock(data, signers), self._draw.bytes(32, f"salt {index}")
        )
        self._waiting.append(signed)
        self._states[act.subject] = state
        self._events.setdefault(act.subject, []).append(event)
        if event.seq is not None:
            self._heads[act.subject] = (event.seq, base64.b64encode(signed.entry).decode())
        self._latest = max(self._latest, act.at)
        return event

    def _draft(self, act: Act, index: int) -> Body:
        stated = draft.Stated(
            ulid(act.at, self._draw.bytes(10, f"id {index}")),
            act.kind.value,
            self.agreement,
            act.subject,
            act.at.isoformat(),
            [Actor(one.authority, one.role.value, self._key(one)) for one in act.by],
            act.body,
            act.facility,
            act.corrects,
        )
        known = self._events.get(act.subject, ())
        moves = draft.moves_custody(act.kind, act.corrects, known)
        return draft.body(stated, self._heads.get(act.subject), moves_custody=moves)

    def _key(self, one: By) -> str:
        return signing.keyid8(self._keys[one.authority][one.officer].public()).hex()

    def commit(self, *, publish: bool = False) -> int:
        """Write what waits in one transaction; returns how many events that were."""
        count = len(self._waiting)
        if count:
            self.log.append(self._waiting, self._latest)
        self._waiting = []
        if publish:
            self.publishes(self._latest)
        return count


def refusal(desk: Desk, act: Act, route: Route | None = None) -> Fault:
    """Attempt an act that must not go through; returns the reason of its refusal.

    Raises:
        AssertionError: when the act went through after all.
    """
    try:
        desk.act(act, route)
    except ImpossibleEvent as error:
        return error.faults[0]
    raise AssertionError(f"{act.kind} was not refused")


def enrolments(
    authorities: Iterable[tuple[str, Signer, Sequence[Signer]]],
    agreement: str,
    at: datetime,
    draw: Draw,
) -> list[Signed]:
    """The log's first events: every officer's key, enrolled by the authority's root key."""
    found = []
    for authority, root, officers in authorities:
        for number, officer in enumerate(officers):
            label = f"enrol {authority} {number}"
            public = officer.public()
            body: Body = {
                "v": 1,
                "id": ulid(at, draw.bytes(10, f"id {label}")),
                "type": EventKind.KEY_ENROLLED.value,
                "agreement": agreement,
                "occurred_at": at.isoformat(),
                "time_basis": "observed",
                "actors": [
                    {
                        "authority": authority,
                        "role": Role.REGISTRAR.value,
                        "key": signing.keyid8(root.public()).hex(),
                    }
                ],
                "body": {"authority": authority, "public": public.hex()},
            }
            data = events.canonical(body)
            found.append(
                Signed(data, signing.sigblock(data, [root]), draw.bytes(32, f"salt {label}"))
            )
    return found
