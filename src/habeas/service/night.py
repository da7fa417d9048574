"""The nightly run: the public roll of a day out of a log, committed in the log and checked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from habeas.errors import Fault, RegisterError
from habeas.register import events, signing
from habeas.register.events import Body, Event
from habeas.register.keys import Trust
from habeas.register.log import Log, Signed
from habeas.register.public_roll import MOST_ISSUES, Verified, verified
from habeas.register.receipt import Receipt
from habeas.register.signing import Signer
from habeas.service import hold, nightly, record, tokens
from habeas.service.nightly import Account, Holding, Night, Press, RollTerms, Source
from habeas.service.tokens import SecretStore
from habeas.service.transfer import Ground
from habeas.terms import EventKind, Role
from habeas.transfer.state import Terms


@dataclass(frozen=True, slots=True)
class Signatory:
    """An authority's officer at a desk of one agreement, in one role."""

    authority: str
    role: Role
    signer: Signer
    agreement: str
    new_id: Callable[[datetime], str]  # an event id for an instant
    chance: Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Works:
    """Everything with which a night is made."""

    log: Log
    trust: Trust
    publish: Callable[[datetime], object]  # a checkpoint, under its witnesses
    secrets: SecretStore
    registrar: Signatory
    terms: Mapping[str, Terms]  # by agreement
    rules: RollTerms
    read: Callable[[str], bytes | None]  # of the folder of rolls
    create: Callable[[str, bytes], None]


def draft(
    who: Signatory, kind: EventKind, at: datetime, inner: Body, about: Body | None = None
) -> Signed:
    """An event signed by one officer; `about` holds `subject` and `head` where it is a person's."""
    key = signing.keyid8(who.signer.public()).hex()
    body: Body = {
        "v": 1,
        "id": who.new_id(at),
        "type": kind.value,
        "agreement": who.agreement,
        "occurred_at": at.isoformat(),
        "time_basis": "observed",
        "actors": [{"authority": who.authority, "role": who.role.value, "key": key}],
        "body": inner,
        **(about or {}),
    }
    data = events.canonical(body)
    return Signed(data, signing.sigblock(data, [who.signer]), who.chance(signing.SALT))


def report(
    log: Log,
    ground: Ground,
    who: Signatory,
    kind: EventKind,
    inner: Body,
    about: tuple[str, datetime],
) -> int:
    """Record something about a person that moves nobody; returns its index.

    Args:
        log: the register.
        ground: under which agreement.
        who: signs it.
        kind: a report of the workflow's table.
        inner: what it must carry.
        about: the person's register number, and when it happened.

    Raises:
        ImpossibleEvent: when the table does not allow it.
    """
    subject, at = about
    head = log.head(subject)
    person: Body = {"subject": subject}
    if head is not None:
        person["head"] = head[1]
    return record.append(log, ground, [draft(who, kind, at, inner, person)], at)[0]


def source(log: Log, terms: Mapping[str, Terms]) -> Source:
    """A log as its roll sees it.

    Raises:
        RegisterError: H581, when a person cannot be read whom no erasure names.
    """
    lost = hold.unreadable(log.store, log.vault)
    if lost:
        what = f"{len(lost)} persons of the register cannot be read, and no erasure names them"
        fix = "Restore the key store: nobody may be left out of a roll."
        raise RegisterError(Fault("H581", what, fix))
    found = [
        events.event(events.parse(one.body), one.index)
        for one in log.records()
        if one.subject is not None
    ]
    ends = [event.index for event in _last_of_each(found)]
    return Source(found, terms, log.store.recorded(ends))


def _last_of_each(found: Sequence[Event]) -> list[Event]:
    """The last custody event of each person: the only one whose stamp a roll asks for."""
    custody = [event for event in found if event.seq is not None]
    by_person = sorted(custody, key=lambda event: (event.subject or "", event.index))
    return [[*group][-1] for _, group in groupby(by_person, key=lambda event: event.subject)]


def run(works: Works, seen: Source, night: tuple[date, int], at: datetime) -> Verified:
    """Build the roll of a day, commit its root in the log, publish, and check what was published.

    Args:
        works: with which it is made.
        seen: the log's `source`.
        night: the day, and the issue: 1, or the next number for a correction.
        at: the instant of the roll, UTC.

    Raises:
        RegisterError: H580 to H584 and H589 as `nightly.publish`; H539, H540 as `publish.start`.
    """
    log, (day, issue) = works.log, night
    holdings = tokens.holdings(works.secrets, seen.events, works.registrar.chance)
    stated = nightly.statements(seen, holdings, works.rules, Night(day, at, log.size))
    press = Press(
        works.read,
        works.create,
        lambda inner: _sign(works, at, inner),
        works.registrar.chance,
        works.trust,
    )
    return nightly.publish(day, issue, stated, press)


def _sign(works: Works, at: datetime, inner: Body) -> Receipt:
    log = works.log
    for one in log.vault.records(log.store.administrative([EventKind.ROLL_PUBLISHED])):
        if events.body(one.body.decode())["body"] == inner:
            return record.make_receipt(log.store, log.vault, one.index)
    signed = draft(works.registrar, EventKind.ROLL_PUBLISHED, at, inner)
    [index] = log.append([signed], at)
    works.publish(at)
    return record.make_receipt(log.store, log.vault, index)


def add_up(works: Works, seen: Source, before: Verified, now: Verified) -> Account:
    """Whether two published rolls add up with the log: for whoever holds the secrets of all."""
    holdings: Mapping[str, Holding] = tokens.holdings(
        works.secrets, seen.events, works.registrar.chance
    )
    nights = (_night(before), _night(now))
    return nightly.account((before.roll, now.roll), nights, seen, holdings, works.rules)


def _night(found: Verified) -> Night:
    """What a roll knew: its event was the next one in the log."""
    event = found.verdict.event
    if event is None:  # a roll that verified has one
        raise ValueError(found.roll.day)
    return Night(found.roll.day, event.occurred_at, found.verdict.index)


def before(works: Works, day: date) -> Verified | None:
    """The last issue of the roll of the day before; None where there is none.

    Raises:
        RegisterError: H582 to H584, for one that does not verify.
    """
    found, yesterday = None, (day - timedelta(days=1)).isoformat()
    for issue in range(1, MOST_ISSUES + 1):
        data, header = (works.read(f"{yesterday}.{issue}.{end}") for end in ("bin", "json"))
        if data is None or header is None:
            return found
        found = verified(data, header.decode(), works.trust)
    return found
