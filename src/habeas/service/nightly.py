"""A night's public roll out of a register's events: who gets which row, and does it add up.

Each person has a row under the secret that the register holds, and one under each token. Rules:

1. The register's own row tells the end of a custody at once, and says `ask` of a protected person
   who is still on the roll. It is never handed out, so that the arithmetic can rest on it.
2. A family's row says `ask` for a protected person; for a death until the next of kin were
   informed after it or the stated hours have passed; and for a revoked token for at least 30 days.
3. Events that cannot follow one another make a row `disputed`, and so does a fork between two logs;
   neither stops the roll. A person whose facility is not stated reads `ask`: unknown is no place.
4. A terminal row stays the stated days after the end was recorded (a death: after it could be
   told). Where it is unknown when that was, the row stays.
5. A night knows the events below its size, of each person as far as its instant.
6. A roll that exists is never built again: a run that stopped goes on with the rows it had.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import takewhile

from habeas.custody.intervals import by_person, intervals
from habeas.errors import Fault, RegisterError
from habeas.register import public_roll
from habeas.register.events import Body, Event
from habeas.register.keys import Trust
from habeas.register.public_roll import Flows, Header, PublicRoll, Statement, Verified
from habeas.register.receipt import Receipt
from habeas.terms import ROLL_STATUS, TERMINAL, EventKind, Role, RollStatus, Side, Status
from habeas.transfer.machine import fold
from habeas.transfer.state import Terms

LEAST_REVOKED_DAYS = 30
PLACES = frozenset({RollStatus.HELD, RollStatus.HOSPITAL})
COURTS = frozenset({RollStatus.DISPUTED, RollStatus.ASK})
ENDS = {EventKind.RELEASED.value: "releases", EventKind.DIED.value: "deaths"}


@dataclass(frozen=True, slots=True)
class Token:
    """A secret that somebody was given."""

    secret: bytes  # 16 bytes
    revoked_at: datetime | None = None  # UTC; None while it counts


@dataclass(frozen=True, slots=True)
class Holding:
    """The secrets under which a person has rows."""

    own: bytes  # T0, 16 or 32 bytes: the register's, never handed out
    tokens: tuple[Token, ...] = ()


@dataclass(frozen=True, slots=True)
class RollTerms:
    """What is agreed about the roll of one installation."""

    side: Side  # whose roll it is
    court: str  # whom to ask
    terminal_days: int
    informed_hours: int  # after which a death is told though nobody recorded the duty
    informed_duty: str  # the duty's id by which the next of kin are informed
    revoked_days: int = LEAST_REVOKED_DAYS
    protected: frozenset[str] = frozenset()  # register numbers
    disputed: frozenset[str] = (
        frozenset()
    )  # the same: another signed event excludes one that is here


@dataclass(frozen=True, slots=True)
class Night:
    """What a roll knew: its day, its instant, and how large the register was."""

    day: date
    instant: datetime  # UTC
    size: int


@dataclass(frozen=True, slots=True)
class Source:
    """A register as the roll sees it."""

    events: Sequence[Event]  # of all persons, in register order
    terms: Mapping[str, Terms]  # by agreement
    recorded: Mapping[int, datetime]  # by index, UTC: the sequencer's stamp, where it is known


@dataclass(frozen=True, slots=True)
class _Person:
    subject: str
    true: Statement
    ended_at: datetime | None  # UTC; when a terminal end could first be told; None: not known
    told: bool  # False: a death that is not told yet


def _fault(code: str, what: str, fix: str) -> RegisterError:
    return RegisterError(Fault(code, what, fix))


def _known(person: Sequence[Event], night: Night) -> list[Event]:
    def there(event: Event) -> bool:
        return event.index < night.size and event.occurred_at <= night.instant

    return list(takewhile(there, person))


def _persons(source: Source, night: Night) -> Iterator[tuple[str, list[Event], Terms]]:
    for (subject, agreement), whole in by_person(source.events).items():
        terms, known = source.terms.get(agreement), _known(whole, night)
        if terms is None:
            what = f"the terms of agreement '{agreement}' are not at hand"
            raise _fault("H581", what, "Give the terms of every agreement of the register.")
        if known:
            yield subject, known, terms


def _changes(person: Sequence[Event], terms: Terms, side: Side) -> list[tuple[str, Event]]:
    """When a person came onto this side's roll and left it; of `Flows`, the name of each."""
    found: list[tuple[str, Event]] = []
    on = False
    for event in person:
        name = _change(event, terms, side)
        if name is not None and on is not (name == "receptions"):
            found.append((name, event))
            on = not on
    return found


def _change(event: Event, terms: Terms, side: Side) -> str | None:
    if event.kind == EventKind.HANDED_OVER and side is Side.RECEIVING:
        releasing = {terms.sides.get(a.authority) for a in event.actors if a.role == Role.RELEASING}
        return "returns" if releasing == {side} else "receptions"
    return "receptions" if event.kind == EventKind.OPENED else ENDS.get(event.kind)


def _word(person: Sequence[Event], terms: Terms, *, returned: bool) -> tuple[RollStatus, str]:
    try:
        state, pieces = fold(person, terms), intervals(person, terms)
        word = ROLL_STATUS.get(state.custody, RollStatus.DISPUTED)
    except RegisterError:  # events that cannot follow one another: the roll must go on
        return RollStatus.DISPUTED, ""
    if returned:
        return RollStatus.RETURNED, ""
    last = pieces[-1] if pieces and pieces[-1].end is None else None
    if last is not None and last.status is Status.HOSPITAL:
        word = RollStatus.HOSPITAL
    return word, last.facility if last else ""


def _statement(word: RollStatus, seq: int, facility: str, court: str) -> Statement:
    if word in PLACES and facility:
        return Statement(word, seq, facility=facility)
    if word in PLACES or word in COURTS:
        return Statement(RollStatus.ASK if word in PLACES else word, seq, court=court)
    return Statement(word, seq)


def _person(
    subject: str, known: Sequence[Event], terms: Terms, source: Source, rules: RollTerms
) -> _Person:
    changes = _changes(known, terms, rules.side)
    name, end = changes[-1] if changes else ("", None)
    word, facility = _word(known, terms, returned=name == "returns")
    if subject in rules.disputed:
        word = RollStatus.DISPUTED
    seq = max((event.seq for event in known if event.seq is not None), default=0)
    true = _statement(word, seq, facility, rules.court)
    if word not in TERMINAL or end is None:
        return _Person(subject, true, None, told=True)
    return _Person(subject, true, source.recorded.get(end.index), told=True)


def _death(
    person: _Person, known: Sequence[Event], source: Source, rules: RollTerms, night: Night
) -> _Person:
    """A death with the instant from which it is told."""
    place = next(n for n, event in enumerate(known) if event.kind == EventKind.DIED)
    stamps = [source.recorded.get(event.index, event.occurred_at) for event in known[place:]]
    told_at = stamps[0] + timedelta(hours=rules.informed_hours)
    for event, stamp in zip(known[place:], stamps, strict=True):
        if event.kind == EventKind.DUTY_MET and event.body.get("duty") == rules.informed_duty:
            told_at = min(told_at, stamp)
    ended_at = None if person.ended_at is None else told_at
    return _Person(person.subject, person.true, ended_at, told=told_at <= night.instant)


def _on_roll(source: Source, rules: RollTerms, night: Night) -> Iterator[tuple[_Person, bool]]:
    """Every person, and whether the terminal row has stood its days."""
    for subject, known, terms in _persons(source, night):
        person = _person(subject, known, terms, source, rules)
        if person.true.status is RollStatus.DIED:
            person = _death(person, known, source, rules, night)
        end, days = person.ended_at, timedelta(days=rules.terminal_days)
        yield person, end is not None and night.instant > end + days


def _own(person: _Person, rules: RollTerms) -> Statement:
    if person.subject in rules.protected and person.true.status not in TERMINAL:
        return Statement(RollStatus.ASK, person.true.seq, court=rules.court)
    return person.true


def _families(
    person: _Person, tokens: Sequence[Token], rules: RollTerms, night: Night, *, lapsed: bool
) -> Iterator[tuple[bytes, Statement]]:
    ask = Statement(RollStatus.ASK, person.true.seq, court=rules.court)
    hidden = person.subject in rules.protected or not person.told
    days = timedelta(days=max(LEAST_REVOKED_DAYS, rules.revoked_days))
    for token in tokens:
        if token.revoked_at is not None and token.revoked_at <= night.instant:
            if night.instant <= token.revoked_at + days:
                yield token.secret, ask
        elif not lapsed:
            yield token.secret, ask if hidden else person.true


def statements(
    source: Source, holdings: Mapping[str, Holding], rules: RollTerms, night: Night
) -> dict[bytes, Statement]:
    """What stands under each secret and token in the roll of a night.

    Raises:
        RegisterError: H581, where a person has no secret, two have the same, or the terms of an
            agreement are not at hand.
    """
    found: dict[bytes, Statement] = {}
    rows = 0
    for person, lapsed in _on_roll(source, rules, night):
        holding = holdings.get(person.subject)
        if holding is None:
            what = "a person of the register has no roll secret"
            raise _fault("H581", what, "Draw one for every person: nobody is left out.")
        stated = list(_families(person, holding.tokens, rules, night, lapsed=lapsed))
        stated += [] if lapsed else [(holding.own, _own(person, rules))]
        rows += len(stated)
        found |= dict(stated)
    if len(found) != rows:
        raise _fault("H581", "two rows have one secret", "Draw each token and secret by itself.")
    return found


def flows(source: Source, rules: RollTerms, before: Night, now: Night) -> Flows:
    """Who came onto the roll and who left it between two nights, by the register's events."""
    found: Counter[str] = Counter()
    for _, known, terms in _persons(source, now):
        earlier = len(_changes(_known(known, before), terms, rules.side))
        found.update(name for name, _ in _changes(known, terms, rules.side)[earlier:])
    return Flows(**found)


@dataclass(frozen=True, slots=True)
class Account:
    """A roll against the register, for whoever holds the secrets of all persons."""

    difference: int  # persons too many or too few against the roll before; 0 where it adds up
    missing: tuple[str, ...]  # register numbers without the row that is due
    altered: tuple[str, ...]  # whose row says something else than the register

    @property
    def holds(self) -> bool:
        """Whether there is nothing to explain."""
        return not (self.difference or self.missing or self.altered)


def account(
    rolls: tuple[PublicRoll, PublicRoll],
    nights: tuple[Night, Night],
    source: Source,
    holdings: Mapping[str, Holding],
    rules: RollTerms,
) -> Account:
    """Yesterday's and today's published rolls against the register's events.

    Raises:
        RegisterError: H585, for a row that does not open.
    """
    secrets = [(subject, holding.own) for subject, holding in holdings.items()]
    before, now = (public_roll.counts(roll, secrets) for roll in rolls)
    difference = public_roll.arithmetic(before, now, flows(source, rules, *nights))
    missing, altered = list[str](), list[str]()
    for person, lapsed in _on_roll(source, rules, nights[1]):
        holding = holdings.get(person.subject)
        found = public_roll.find(rolls[1], holding.own) if holding else None
        if isinstance(found, public_roll.Found):
            if found.said != _own(person, rules):
                altered.append(person.subject)
        elif not lapsed:
            missing.append(person.subject)
    return Account(difference, tuple(missing), tuple(altered))


@dataclass(frozen=True, slots=True)
class Press:
    """With what a roll is made public."""

    read: Callable[[str], bytes | None]  # a file of the rolls' folder; None where there is none
    create: Callable[[str, bytes], None]  # adds a file whole, or not at all: H589 where it is there
    sign: Callable[[Body], Receipt]  # see `publish`
    chance: Callable[[int], bytes]  # so many random bytes
    trust: Trust  # what whoever downloads the roll will check it with


def publish(day: date, issue: int, stated: Mapping[bytes, Statement], press: Press) -> Verified:
    """Build, commit and write the roll of a night, once; a run that stopped goes on.

    `press.sign` appends the `roll.published` event with the body that it is given, publishes a
    checkpoint and hands back the receipt. Called again with the same body, it appends nothing and
    gives the receipt of the event that is there.

    Args:
        day: of the night.
        issue: 1, or the next number for a correction.
        stated: of `statements`.
        press: the folder, the log, chance and the trust file.

    Raises:
        RegisterError: H589 for an issue that is published, H580 and H581 for one that cannot be
            built, H582 to H584 for one that would not verify.
    """
    name = f"{day.isoformat()}.{issue}"
    if press.read(f"{name}.json") is not None:
        raise _fault("H589", f"the roll {name} is published", "A correction is the next issue.")
    if issue > 1 and press.read(f"{day.isoformat()}.{issue - 1}.json") is None:
        raise _fault("H581", f"the issue before {name} is not published", "Publish it first.")
    data = press.read(f"{name}.bin")
    if data is None:
        size = public_roll.stepped(len(stated))
        roll = public_roll.build(day, issue, stated, size, press.chance)
        press.create(f"{name}.bin", roll.data)
    else:
        roll = public_roll.read(data, day, issue)
    event = press.sign(public_roll.commitment(roll))
    text = public_roll.write_header(Header(day, issue, roll.size, roll.root, event))
    found = public_roll.verified(roll.data, text, press.trust)
    press.create(f"{name}.json", text.encode())
    return found
