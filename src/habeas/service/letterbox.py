"""A stranger asks, and nobody learns whether a person exists: what is put in, and who takes it out.

Rules
- What is put in is sealed to the gateway's key, of one size whatever is asked, and counted alike.
  Nothing that the holding state reads says who asked, or by which token.
- It is taken at a fixed cadence, so that no instant in the register is that of a question.
- A token that was issued and not revoked makes one `inquiry.made` of its person, at most one a day
  whichever token asked; its body says `through: token`, and no more. Any other token makes nothing.
- A request without a token waits for a court of either state, or for the sending state's officers
  who transfer; never for a custodian. What was asked is gone once it is decided.
- Each token gets an answer sealed to it: its row of the roll, and of an inquiry of its person, when
  it was made and what was answered. Where the row reads `ask`, nothing is told of an inquiry.

Source: docs/spec/letterbox.md.
"""

import base64
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from habeas.errors import Fault, RegisterError
from habeas.law.agreement import Agreement, Authority
from habeas.law.cited import Due
from habeas.law.library import Library
from habeas.register import locator, public_roll
from habeas.register.events import Body, Event
from habeas.register.locator import lookup_hash, lookup_key, read_token
from habeas.register.waiting import Answers, Letterbox, Standing
from habeas.service import asking, duties, forks, night, nightly, record, tokens, transfer
from habeas.service.act_desk import Room
from habeas.service.asking import Found
from habeas.service.judging import Bench
from habeas.service.night import Signatory
from habeas.service.nightly import Night, RollTerms, Source
from habeas.service.persons import of_person
from habeas.service.reads import Registrar
from habeas.service.tokens import GIVEN, SecretStore, hashed
from habeas.service.transfer import Ground
from habeas.terms import EventKind, Role, RollStatus, Side

DUTY, INFORMED = "D-16", "D-2"
THROUGH = "token"  # of an `inquiry.made`: how it was asked
WHO, HOW, TEXT = 200, 200, 1_000  # characters
TERMINAL_DAYS, INFORMED_HOURS = 30, 24  # as `habeas register public-roll build` has them
SIGNS = (Role.REGISTRAR, Role.CUSTODIAN, Role.TRANSFERRING)  # the first that the agreement gives
DECIDE = {Role.COURT: (Side.SENDING, Side.RECEIVING), Role.TRANSFERRING: (Side.SENDING,)}
GRANTED, REFUSED = "granted", "refused"
CLIPPED = 36  # bytes of one text in a sealed answer


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What was asked: a token alone, or everything but a token."""

    token: bytes = b""
    reference: str = ""
    day: str = ""
    who: str = ""
    how: str = ""
    text: str = ""


def reference(chance: Callable[[int], bytes]) -> str:
    """What whoever asks is given to name the request by; drawn alike for whatever is asked."""
    return locator.reference(chance(locator.REFERENCE))


def with_token(public: bytes, typed: str) -> bytes:
    """A question by token, sealed.

    Raises:
        RegisterError: H587, for what is no token; it is not repeated. H871 for the key.
    """
    return locator.seal_request(public, msgspec.json.encode(Request(token=read_token(typed))))


def without_token(public: bytes, asked: Request) -> bytes:
    """A question that a person decides, sealed.

    Raises:
        RegisterError: H871 for the key, H873 for more than a request can hold.
    """
    return locator.seal_request(public, msgspec.json.encode(asked))


def opened(private: bytes, sealed: bytes) -> Request | None:
    """What was asked; None for what nobody sealed here."""
    plain = locator.open_request(private, sealed)
    try:
        return None if plain is None else msgspec.json.decode(plain, type=Request)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


@dataclass(frozen=True, slots=True)
class Promise:
    """What whoever asks is told: by when an answer is due, who fixed it, and who hears appeals."""

    by: Due
    limit: str  # text, agreement, policy or nobody
    court: Authority | None


def promise(library: Library, deal: Agreement, state: str) -> Promise:
    """What is promised where a state's installation is asked."""
    asked = next(one for one in duties.asked(library, deal) if one.duty == DUTY)
    return Promise(asked.by, asked.limit, _court(deal, state))


def _court(deal: Agreement, state: str) -> Authority | None:
    courts = (one for one in deal.authorities if one.state == state and Role.COURT in one.roles)
    return next(courts, None)


@dataclass(frozen=True, slots=True)
class Door:
    """Where strangers ask, as a gateway holds it."""

    box: Letterbox
    key: bytes  # opens what is put in
    secrets: SecretStore  # holds the tokens
    write: Callable[[Answers], None]  # today's sealed answers, in the place of those before


class LetterDesk:
    """Takes what strangers put in, and seals what their tokens open."""

    def __init__(self, door: Door, room: Room, registrar: Registrar) -> None:
        self._door, self._registrar = door, registrar
        self._log, self._waiting, self._clock = room.log, room.waiting, room.clock

    def take(self, bench: Bench) -> Found:
        """Take everything that waits, and seal the answers anew.

        Returns:
            `taken` and `left` (no room for more requests that wait for a person).

        Raises:
            RegisterError: H875, where the registrar's authority may record no inquiry; H580 for a
                court's id that no answer holds.
        """
        ground = _grounded(bench)
        at, known, box = self._clock(), self._known(), self._door.box
        who = self._signatory(ground)
        taken, left = list[bytes](), 0
        for place, sealed in box.waiting():
            asked = opened(self._door.key, sealed)
            if asked is not None and not asked.token:
                left += not box.stand(place, Standing(asked.reference, sealed, asked.day))
                continue
            taken.append(place)
            if asked is not None:
                self._inquire(bench, who, known.get(hashed(asked.token)), asked.token, at)
        box.forget(taken)
        self._seal(ground, at)
        return {"taken": len(taken), "left": left}

    def _signatory(self, ground: Ground) -> Signatory:
        own = self._registrar
        may = ground.terms.roles.get(own.authority, frozenset())
        role = next((one for one in SIGNS if one in may), None)
        if role is None or own.agreement != ground.deal.id:
            what = f"{own.authority} keeps this register and may record no inquiry"
            fix = "Give the authority a role under the agreement, or name the register's agreement."
            raise RegisterError(Fault("H875", what, fix))

        def new_id(at: datetime) -> str:
            return transfer.ulid(at, own.chance(10))

        return Signatory(own.authority, role, own.signer, own.agreement, new_id, own.chance)

    def _known(self) -> dict[str, str]:
        """Whose each token is, by its hash."""
        names = (one.split("/") for one in self._door.secrets.named(GIVEN))
        return {parts[2]: parts[1] for parts in names}

    def _inquire(
        self, bench: Bench, who: Signatory, subject: str | None, token: bytes, at: datetime
    ) -> None:
        if subject is None:
            return
        try:
            events = of_person(self._log, subject)
            if not _live(events, hashed(token)) or _asked_on(events, at):
                return
            head = self._log.head(subject)
            about: Body = {"subject": subject}
            if head is not None:
                about["head"] = head[1]
            signed = night.draft(who, EventKind.INQUIRY_MADE, at, {"through": THROUGH}, about)
            record.append_under(bench, [signed], at, publish=False)
        except RegisterError:  # of one person: what others asked is taken all the same
            return

    # The answers

    def _seal(self, ground: Ground, at: datetime) -> None:
        day, chance = at.date(), self._registrar.chance
        stored: dict[bytes, bytes] = {}
        court = self._rules(ground).court
        for token, said, told in self._said(ground, at):
            key, public = lookup_hash(lookup_key(token)), locator.seal_key(token)
            try:
                stored[key] = locator.seal(public, key, day, said, told)
            except RegisterError:  # a facility's id that no row holds: whom to ask stands for it
                ask = public_roll.Statement(RollStatus.ASK, said.seq, court=court)
                stored[key] = locator.seal(public, key, day, ask)
        secret = chance(locator.KEY)
        for _ in range(public_roll.stepped(len(stored)) - len(stored)):
            key = chance(locator.KEY)  # nobody who holds the file learns how many tokens there are
            stored[key] = locator.dummy(secret, key, day)
        self._door.write(Answers(day, secret, stored))

    def _said(
        self, ground: Ground, at: datetime
    ) -> Iterator[tuple[bytes, public_roll.Statement, Mapping[str, str] | None]]:
        persons = {subject: self._events(subject) for subject in set(self._known().values())}
        own = (e for one in persons.values() for e in one if e.agreement == ground.deal.id)
        events = sorted(own, key=lambda one: one.index)
        recorded = self._log.store.recorded([one.index for one in events])
        source = Source(events, {ground.deal.id: ground.terms}, recorded)
        holdings = tokens.holdings(self._door.secrets, events, self._registrar.chance)
        found = nightly.statements(
            source, holdings, self._rules(ground), Night(at.date(), at, self._log.size)
        )
        for subject, holding in holdings.items():
            told = inquired(persons.get(subject, []))
            for token in holding.tokens:
                said = found.get(token.secret)
                if said is not None:
                    hidden = said.status is RollStatus.ASK
                    yield token.secret, said, None if hidden else told

    def _events(self, subject: str) -> list[Event]:
        try:
            return of_person(self._log, subject)
        except RegisterError:  # erased, or lost: a miss
            return []

    def _rules(self, ground: Ground) -> RollTerms:
        own = self._registrar.authority
        state = next(one.state for one in ground.deal.authorities if one.id == own)
        side, court = ground.terms.sides[own], _court(ground.deal, state)
        name = own if court is None else court.id
        disputed = forks.disputed(self._log, self._waiting.parked(None))
        return RollTerms(side, name, TERMINAL_DAYS, INFORMED_HOURS, INFORMED, disputed=disputed)

    # What a person decides

    def answer(
        self, asked: asking.Requests | asking.Decide, asker: asking.Asker, bench: Bench
    ) -> Found | None:
        """What somebody is shown of requests, or decides; None for whoever may not.

        Raises:
            RegisterError: H874, when no request of that reference waits.
        """
        if not may_decide(_grounded(bench), asker.authority, asker.role):
            return None
        match asked:
            case asking.Requests():
                return {"requests": self.requests()}
            case asking.Decide(reference, outcome, reason):
                return self.decide(reference, asker.authority, outcome, reason)

    def requests(self) -> list[dict[str, object]]:
        """Every request that waits, in the clear, and how those before it were decided."""
        return [self._told(one) for one in self._door.box.standing()]

    def _told(self, one: Standing) -> dict[str, object]:
        asked = opened(self._door.key, one.sealed) or Request()
        found: dict[str, object] = {"reference": one.reference, "day": one.day}
        if one.outcome:
            named = ("decided", "outcome", "reason", "authority")
            return found | {name: getattr(one, name) for name in named}
        return found | {"who": asked.who, "how": asked.how, "text": asked.text}

    def decide(self, reference: str, authority: str, outcome: str, reason: str) -> Found:
        """Keep a decision; gives back how whoever asked is to be told, for the last time.

        Raises:
            RegisterError: H874, when no request of that reference waits.
        """
        waiting = (o for o in self._door.box.standing() if o.reference == reference)
        one = next((o for o in waiting if not o.outcome), None)
        if one is None:
            raise _none_waits()
        asked = opened(self._door.key, one.sealed) or Request()
        day = self._clock().date().isoformat()
        kept = replace(one, decided=day, outcome=outcome, reason=reason, authority=authority)
        if not self._door.box.decide(kept):  # decided in between
            raise _none_waits()
        return {"reference": reference, "outcome": outcome, "who": asked.who, "how": asked.how}


def at_hand(desk: LetterDesk | None) -> LetterDesk:
    """The desk of a gateway at which strangers may ask.

    Raises:
        RegisterError: H871, where there is none.
    """
    if desk is None:
        fix = "Serve the register with 'habeas gateway'."
        raise RegisterError(Fault("H871", "nobody can ask this gateway without a log-in", fix))
    return desk


def _none_waits() -> RegisterError:
    what = "no request of that reference waits for a decision"
    return RegisterError(Fault("H874", what, "Look at 'habeas inquiry requests'."))


def may_decide(ground: Ground, authority: str, role: Role) -> bool:
    """Whether somebody reads and decides requests without a token."""
    may = ground.terms.roles.get(authority, frozenset())
    return role in may and ground.terms.sides.get(authority) in DECIDE.get(role, ())


def _grounded(bench: Bench) -> Ground:
    if bench.ground is None:
        what = "no agreement is named under which inquiries are recorded"
        raise RegisterError(Fault("H875", what, "Name the agreement of the register."))
    return bench.ground


def _live(events: list[Event], name: str) -> bool:
    """Whether a token of a person was issued, on the record, and not revoked."""
    kinds = [one.kind for one in events if one.body.get("token") == name]
    return EventKind.TOKEN_ISSUED in kinds and EventKind.TOKEN_REVOKED not in kinds


def _through(event: Event) -> bool:
    return event.kind == EventKind.INQUIRY_MADE and event.body.get("through") == THROUGH


def _asked_on(events: list[Event], at: datetime) -> bool:
    return any(_through(one) and one.occurred_at.date() == at.date() for one in events)


def inquired(events: list[Event]) -> Mapping[str, str] | None:
    """What a bearer is told of the latest inquiry of a person through a token; None without one.

    Until it is answered `asked` alone; then `as_of`, `by`, `place`, `order`, `ordered_by`, `until`
    and the checkpoint's `size` and `root`, as the answer states them, each cut to 36 bytes but the
    root.
    """
    made = [one for one in events if _through(one)]
    answers = {
        str(one.body.get("inquiry")): one
        for one in events
        if one.kind == EventKind.INQUIRY_ANSWERED
    }
    answered = [one for one in made if one.id in answers]
    if not made:
        return None
    told = {"asked": _clip(made[-1].occurred_at.isoformat())}
    return told | (_answered(answers[answered[-1].id]) if answered else {})


def _answered(event: Event) -> dict[str, str]:
    body, basis, proof = event.body, event.body.get("basis"), event.body.get("proof")
    basis, proof = (one if isinstance(one, Mapping) else {} for one in (basis, proof))
    said = {
        "as_of": body.get("as_of"),
        "by": event.actors[0].authority,
        "place": body.get("facility"),
        "order": basis.get("order"),
        "ordered_by": basis.get("ordered_by"),
        "until": body.get("basis_until"),
        "size": proof.get("size"),
    }
    found = {name: _clip(str(value)) for name, value in said.items() if value is not None}
    root = proof.get("root")
    fits = isinstance(root, str) and len(root) == len(base64.b64encode(bytes(locator.KEY)))
    return found | ({"root": _clip(str(root), len(str(root)))} if fits else {})


def _clip(text: str, most: int = CLIPPED) -> str:
    """So much of a text as an answer holds: ASCII, cut with a mark."""
    plain = text.encode("ascii", "replace").decode()
    plain = "".join(one if one.isprintable() and one not in '"\\' else "?" for one in plain)
    return plain if len(plain) <= most else plain[: most - 3] + "..."
