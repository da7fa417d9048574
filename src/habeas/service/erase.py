"""Erasure: what may be destroyed of a person's content, by whom, and in which order.

Rules
- Whole content goes only when custody is over (final release, death, return) and the retention
  that the agreement states has passed since. An agreement that states none refuses: unknown is
  never yes. Named sections may go before; what tells who is held where never does.
- Three keys act: of the two that sign `erased` one asked and one reviewed, as the data protection
  authorities of both states or as a court's officers; a registrar's key, a third, executes.
- Order: `erased` is committed and published under the witnesses that the policy asks for; then the
  keys are destroyed; then `erasure.completed` is committed and published. Whatever stopped it, the
  same call goes on where it stopped; until then the erasure is listed as unfinished. Before any key
  goes, the law is asked again.
- The leaf, its index, the register number, the custody number and the kind of event stay for ever:
  nobody can be counted away.

Out of reach, and said so: receipts and copies in other hands, and the copy that the other state
holds under keys of its own. Source: docs/adr/0010; EDPB Guidelines 02/2025 (consultation draft).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from habeas.errors import Fault, ImpossibleEvent, RegisterError, SealedError
from habeas.register import events, signing
from habeas.register.events import Body, Event, Json, Row
from habeas.register.log import Log, Signed
from habeas.register.policy import Policy
from habeas.register.sealed import KeyStore, SealedSection, Vault, section_key_name
from habeas.register.signing import Signer
from habeas.register.store import Store
from habeas.service.erasures import (
    CONTENT,
    SECTIONS,
    Erasure,
    erasures,
    key_names,
    numbers,
    rows_of,
    texts,
)
from habeas.service.publish import Clients, publish
from habeas.service.tokens import of_person
from habeas.service.transfer import ulid
from habeas.terms import Custody, EventKind, Role, Side, Stage
from habeas.transfer.machine import fold
from habeas.transfer.state import Terms

__all__ = [
    "STAYS",
    "Hand",
    "Keys",
    "PersonFile",
    "Plan",
    "Rules",
    "Signed",
    "custody_end",
    "execute",
    "person_file",
    "plan",
    "unwitnessed",
    "witnessed",
]
PART = 1_500  # indexes in one `erased` event, whose body is at most 16 KiB
SETTLED = frozenset({Stage.NONE, Stage.ENDED, Stage.NOT_ELIGIBLE})
ASKED: Mapping[str, tuple[str, str]] = {  # what asks, what answers it, and by which key
    EventKind.INQUIRY_MADE: (EventKind.INQUIRY_ANSWERED, "inquiry"),
    EventKind.COMPLAINT_MADE: (EventKind.COMPLAINT_ANSWERED, "complaint"),
    EventKind.FINDING_MADE: (EventKind.FINDING_ANSWERED, "finding"),
}
STAYS = (
    "Leaf, index, register number, custody number and kind of an event stay: every count adds up.",
    "Receipts in other hands still verify, and show what was erased here; none can be called back.",
    "The other state holds a copy under keys of its own: it erases by itself.",
    "An older copy of the key store opens nothing, unless its epoch's key was copied with it.",
)


class Keys(KeyStore, Protocol):
    """A key store that can destroy."""

    def destroy(self, names: Iterable[str]) -> int:
        """Destroy keys for ever; returns how many of them were there."""
        ...

    def named(self, prefix: str) -> list[str]:
        """The names of all keys that begin so."""
        ...


@dataclass(frozen=True, slots=True)
class Rules:
    """What an agreement fixes for an erasure between one pair of states."""

    agreement: str
    terms: Terms
    retention: timedelta | None  # after the end of custody; None: not stated, so never


def unwitnessed(log: Log, at: datetime) -> bool:
    """Publish under a policy that asks for no witness."""
    log.publish(at)
    return True


def witnessed(policy: Policy, clients: Clients) -> Callable[[Log, datetime], bool]:
    """How to publish under a policy: with pads, and with its witnesses asked."""
    return lambda log, at: publish(log, policy, clients, at).met is not False


@dataclass(frozen=True, slots=True)
class Hand:
    """Who executes: a registrar's key, where ids and salts come from, and how is published."""

    authority: str
    signer: Signer
    chance: Callable[[int], bytes]
    publish: Callable[[Log, datetime], bool] = unwitnessed  # whether the policy's quorum is met


@dataclass(frozen=True, slots=True)
class PersonFile:
    """Everything that a register holds of one person, all of it readable."""

    subject: str
    rows: tuple[Row, ...]
    events: tuple[Event, ...]
    sections: tuple[SealedSection, ...]  # those whose keys are there

    def key_name(self, section: SealedSection) -> str:
        """The name of a section's key."""
        ids = {row.index: row.event_id for row in self.rows}
        return section_key_name(ids[section.index], section.name)


@dataclass(frozen=True, slots=True)
class Plan:
    """What an erasure would destroy; to be drafted, signed and handed back."""

    subject: str
    what: str  # `content` or `sections`
    indexes: tuple[int, ...]
    sections: tuple[str, ...]  # names; empty for the whole content
    keys: tuple[str, ...]  # names of the keys that go

    def bodies(self) -> list[Body]:
        """The body of each `erased` event, without ground and without who asked and reviewed."""
        return [
            self._body(self.indexes[start : start + PART])
            for start in range(0, len(self.indexes), PART)
        ]

    def _body(self, indexes: Sequence[int]) -> Body:
        found: Body = {"what": self.what, "indexes": list[Json](indexes)}
        if self.sections:
            found["sections"] = list[Json](self.sections)
        return found


@dataclass(frozen=True, slots=True)
class _Act:
    signed: Signed
    event: Event
    subject: str
    names: frozenset[str]

    @property
    def sections(self) -> tuple[str, ...]:
        return tuple(sorted(texts(self.event.body.get("sections"))))


def person_file(store: Store, vault: Vault, subject: str) -> PersonFile:
    """What a register holds of one person.

    Raises:
        RegisterError: H596, when it holds nothing of that number, or nothing that can be read.
    """
    rows = tuple(store.of_person(subject)) if subject.isascii() else ()
    records = list(vault.records(rows))
    if not rows or len(records) < len(rows):
        state = "that can be read: erased, or its key is lost" if rows else "of that number"
        what = f"the register holds nothing {state}"
        raise RegisterError(
            Fault("H596", what, "Name a person of this register.", where=subject[:40])
        )
    read = tuple(events.event(events.parse(one.body), one.index) for one in records)
    sealed = [(row, one) for row in rows for one in store.sections(row.index)]
    names = {section_key_name(row.event_id, one.name) for row, one in sealed}
    there = vault.keys.keys(names)
    kept = tuple(one for row, one in sealed if section_key_name(row.event_id, one.name) in there)
    return PersonFile(subject, rows, read, kept)


def plan(file: PersonFile, sections: Sequence[str], rules: Rules, at: datetime) -> Plan:
    """What would be destroyed: the named sections, or the whole content where none is named.

    Args:
        file: the person's.
        sections: names of sections.
        rules: of the agreement.
        at: UTC; by when the retention must have passed.

    Raises:
        RegisterError: H596, when the person has no such section, or its key is gone.
        ImpossibleEvent: H617 for another agreement, H618 where it is too early or unknown.
    """
    other = {event.agreement for event in file.events} - {rules.agreement}
    if other:
        what = f"the person is held under '{min(other)}', not {rules.agreement}"
        raise ImpossibleEvent(Fault("H617", what, "Name its own agreement.", where=file.subject))
    if sections:
        return _of_sections(file, sections)
    fault = _too_early(file, rules, at)
    if fault is not None:
        raise ImpossibleEvent(fault)
    keys = (file.subject, *sorted(map(file.key_name, file.sections)))
    return Plan(file.subject, CONTENT, tuple(row.index for row in file.rows), (), keys)


def _of_sections(file: PersonFile, names: Sequence[str]) -> Plan:
    absent = sorted(set(names) - {one.name for one in file.sections})
    if absent:
        what = f"the person has no section '{absent[0][:40]}' whose key is there"
        fix = "Name a section; what tells who is held where is none, and goes with the content."
        raise RegisterError(Fault("H596", what, fix, where=file.subject))
    found = [one for one in file.sections if one.name in names]
    indexes = sorted({one.index for one in found})
    keys = tuple(sorted(map(file.key_name, found)))
    return Plan(file.subject, SECTIONS, tuple(indexes), tuple(sorted(set(names))), keys)


def custody_end(found: Sequence[Event], terms: Terms) -> datetime | None:
    """When custody was over by release, death or return to the sending state; None while it lasts.

    Of a correction and what it corrects, the later instant counts: nobody shortens a retention by
    correcting a date.

    Raises:
        ImpossibleEvent: when the person's events cannot follow one another.
    """
    state = fold(found, terms)
    returned = (
        state.custody is Custody.HELD
        and state.custodian is Side.SENDING
        and state.stage in SETTLED
        and any(event.kind == EventKind.HANDED_OVER for event in found)
    )
    if not (state.final or returned):
        return None
    return max(event.occurred_at for event in found if event.seq is not None)


def _too_early(file: PersonFile, rules: Rules, at: datetime) -> Fault | None:
    end = custody_end(file.events, rules.terms)
    if end is None:
        what = "the person's custody is not over: no final release, death or return is recorded"
        fix = "Only sections may go before."
    elif open_matter := _open_matter(file.events, rules.terms):
        what, fix = open_matter, "Have it answered first."
    elif rules.retention is None:
        what = f"{rules.agreement} states no retention, so that it cannot have passed"
        fix = "Have both states agree on one, or erase sections only."
    elif at < end + rules.retention:
        what = f"the retention lasts until {(end + rules.retention).isoformat()}"
        fix = "Wait until then; only sections may go before."
    else:
        return None
    return Fault("H618", what, fix, where=file.subject)


def _open_matter(found: Sequence[Event], terms: Terms) -> str:
    if fold(found, terms).stays:
        return "a court's stay is in force"
    for event in found:
        answer, key = ASKED.get(event.kind, ("", ""))
        if answer and not any(
            one.kind == answer and one.body.get(key) == event.id for one in found
        ):
            return f"the {key} {event.id} is not answered"
    return ""


# who acts


def _parties(event: Event, rules: Rules, executor: str) -> None:
    """Three keys: who asked, who reviewed, who executes; of both states, or of a court."""
    terms = rules.terms
    for actor in event.actors:
        if actor.role not in terms.roles.get(actor.authority, frozenset()):
            raise _refused(f"'{actor.authority}' may not sign as {actor.role}", event)
    sides = {terms.sides.get(actor.authority) for actor in event.actors}
    if {actor.role for actor in event.actors} != {Role.COURT} and sides != set(Side):
        raise _refused("it is not signed by a data protection authority of each state", event)
    signers = [actor.key for actor in event.actors]
    asked, reviewed = event.body.get("requested_by"), event.body.get("reviewed_by")
    if asked not in signers or reviewed not in signers:
        raise _refused("'requested_by' and 'reviewed_by' are not keys that signed it", event)
    if asked == reviewed or executor in signers:
        raise _refused("asking, reviewing and executing are not three different keys", event)


def _refused(what: str, event: Event) -> ImpossibleEvent:
    fix = "Have three persons act: one asks, one reviews, one executes."
    return ImpossibleEvent(Fault("H619", what, fix, where=f"event {event.id}"))


def _form(event: Event, rules: Rules) -> None:
    indexes = event.body.get("indexes")
    whole = sorted(set(numbers(indexes)))
    if event.kind != EventKind.ERASED or not whole or whole != indexes or not _what(event.body):
        raise _other("it is no erasure that names content or sections of events", event)
    if event.agreement != rules.agreement:
        raise _other(f"it is drafted under '{event.agreement}', not {rules.agreement}", event)


def _what(body: Mapping[str, Json]) -> bool:
    sections = body.get("sections")
    if body.get("what") == SECTIONS:
        named = texts(sections)
        return bool(named) and named == sections and len(set(named)) == len(named)
    return body.get("what") == CONTENT and sections is None


def _other(what: str, event: Event) -> RegisterError:
    fix = "Draft it from 'habeas erase --plan', and have it signed again."
    return RegisterError(Fault("H597", what, fix, where=f"event {event.id}"))


# in which order


def execute(
    log: Log, keys: Keys, batch: Sequence[Signed], rules: Rules, hand: Hand, at: datetime
) -> list[Erasure]:
    """Erase: commit and publish what was signed, destroy the keys, record that it is done.

    The same call again goes on where it was stopped, and does nothing where all is done.

    Args:
        log: the log.
        keys: where the keys of its content lie.
        batch: signed `erased` events, of one person or several; all or none.
        rules: of the agreement.
        hand: the registrar who executes.
        at: UTC; recorded with the events.

    Raises:
        RegisterError: H596 and H597, when an event is not what a plan would say.
        ImpossibleEvent: H617 to H619, when the law refuses; nothing was written or destroyed.
        SealedError: H595 or H598, when it stopped before the keys were gone; again, it goes on.
    """
    acts = [_act(log.store, signed, rules, hand) for signed in batch]
    _lawful(log, keys, acts, rules, at)
    log.append([act.signed for act in acts], at)
    asked = {act.event.id for act in acts}
    if all(one.finished for one in _among(log, keys, asked)):
        return _among(log, keys, asked)
    if not hand.publish(log, at):
        what = "the erasure is committed, but too few witnesses have seen it; no key was destroyed"
        raise SealedError(Fault("H598", what, "Reach the witnesses, and run it again."))
    _destroy(log, keys, acts)
    open_ones = [one for one in _among(log, keys, asked) if not one.completed]
    log.append([_completion(one, rules, hand, at) for one in open_ones], at)
    hand.publish(log, at)
    return _among(log, keys, asked)


def _among(log: Log, keys: Keys, asked: set[str]) -> list[Erasure]:
    return [one for one in erasures(log.store, keys) if one.event_id in asked]


def _act(store: Store, signed: Signed, rules: Rules, hand: Hand) -> _Act:
    event = events.event(events.parse(signed.body))
    _form(event, rules)
    _parties(event, rules, signing.keyid8(hand.signer.public()).hex())
    rows = list(rows_of(store, event))
    subjects = {row.subject for row in rows}
    if len(rows) < len(numbers(event.body.get("indexes"))) or len(subjects) != 1:
        raise _other("it does not name events of one person", event)
    subject = subjects.pop()
    if subject is None:
        raise _other("it names an administrative event, which is never erased", event)
    return _Act(signed, event, subject, frozenset(key_names(store, event)))


def _lawful(log: Log, keys: Keys, acts: Sequence[_Act], rules: Rules, at: datetime) -> None:
    groups: dict[tuple[str, tuple[str, ...]], list[_Act]] = {}
    for act in acts:
        groups.setdefault((act.subject, act.sections), []).append(act)
    committed = log.store.by_ids([act.event.id for act in acts])
    for (subject, sections), group in groups.items():
        left = keys.keys({name for act in group for name in act.names})
        if not left and all(act.event.id in committed for act in group):
            continue  # the keys are gone: what is left is to record it
        # Neither the operator's clock nor the signers' alone says that a retention has passed.
        instant = min([at, *(act.event.occurred_at for act in group)])
        wanted = plan(person_file(log.store, log.vault, subject), sections, rules, instant)
        named = {one for act in group for one in numbers(act.event.body.get("indexes"))}
        if named != set(wanted.indexes):
            raise _other(
                "the events that it names are not those that it would erase", group[0].event
            )


def _destroy(log: Log, keys: Keys, acts: Sequence[_Act]) -> None:
    names = {name for act in acts for name in act.names}
    for act in acts:  # with the content go the person's rows of the public roll, past and to come
        if act.event.body.get("what") == CONTENT:
            names |= {name for prefix in of_person(act.subject) for name in keys.named(prefix)}
    keys.destroy(names)
    log.vault.forget()
    left = keys.keys(names)
    if left:
        what = f"{len(left)} keys are still there after they were destroyed"
        raise SealedError(Fault("H598", what, "Look at the key store; then run it again."))


def _completion(one: Erasure, rules: Rules, hand: Hand, at: datetime) -> Signed:
    instant = at.replace(microsecond=0)
    body: Body = {
        "v": 1,
        "id": ulid(instant, hand.chance(10)),
        "type": EventKind.ERASURE_COMPLETED.value,
        "agreement": rules.agreement,
        "occurred_at": instant.isoformat(),
        "time_basis": "observed",
        "actors": [
            {
                "authority": hand.authority,
                "role": Role.REGISTRAR.value,
                "key": signing.keyid8(hand.signer.public()).hex(),
            }
        ],
        "body": {"erased": one.event_id, "keys_destroyed": one.keys},
    }
    data = events.canonical(body)
    return Signed(data, signing.sigblock(data, [hand.signer]), hand.chance(signing.SALT))
