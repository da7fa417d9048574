"""Who stands in which relation to a person at an instant: what `access` is given.

Every relation is read from the person's own events and from what the agreement fixes, never from a
list that somebody keeps beside them. An authority that the agreement does not name stands in none,
whoever names it. Nobody stands in any to a person who is not on the register.

    custodian     signs as custodian for the state that holds now; after an escape, for the one
                  that held last, for it records the recapture; nobody after release or death
    sender        an officers' authority of the sending state, as long as there is a record
    receiver      the same of the receiving state, once a transfer was authorised or while it holds;
                  what it has seen it may see again, to answer for what it did
    counsel       has signed as counsel, or a notice or hearing names it as counsel
    court seised  has signed as court, ordered custody, or a notice names it as the court
    jurisdiction  a court of either state: its first act makes it seised
    consulate     named by the person's recorded consent to be in contact with it, while it stands
    mandate       the agreement names it as a visiting body

The family and the person ask by a token, not in an office: no authority is either of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from habeas.register.events import Event
from habeas.terms import Custody, EventKind, Relation, Role, Side
from habeas.transfer.state import State, Terms

CONSULAR_CONSENT = "consular_contact_accepted"  # no rule asks it: docs/spec/event.md
_OFFICERS = frozenset({Role.CUSTODIAN, Role.PROPOSING, Role.SCREENING, Role.TRANSFERRING})
_HOLDS = frozenset({Custody.HELD, Custody.IN_TRANSIT, Custody.ABSENT, Custody.ESCAPED})
_NONE = frozenset[Relation]()
_NAMES: Mapping[str, tuple[tuple[str, Role], ...]] = {  # keys of a body that name an authority
    EventKind.OPENED: (("ordered_by", Role.COURT),),
    EventKind.NOTIFIED: (("counsel", Role.COUNSEL), ("court", Role.COURT)),
    EventKind.CONSENT_VERIFIED: (("counsel", Role.COUNSEL),),
}


@dataclass(slots=True)
class _Told:
    """What one person's events say of authorities."""

    authorised: bool = False
    acted: dict[str, set[str]] = field(
        default_factory=lambda: {Role.COURT: set(), Role.COUNSEL: set()}
    )
    consulates: set[str] = field(default_factory=set)

    def hear(self, event: Event) -> None:
        """Take in one event, in register order."""
        for actor in event.actors:
            if actor.role in self.acted:
                self.acted[actor.role].add(actor.authority)
        if event.kind in _NAMES:
            for key, role in _NAMES[event.kind]:
                named = event.body.get(key)
                if isinstance(named, str):
                    self.acted[role].add(named)
        elif event.kind == EventKind.AUTHORISED:
            self.authorised = True
        elif event.kind == EventKind.EVIDENCE_RECORDED:
            self._consular(event)

    def _consular(self, event: Event) -> None:
        named = event.body.get("consulate")
        if event.body.get("fact") != CONSULAR_CONSENT or not isinstance(named, str):
            return
        if event.body.get("value") is True:
            self.consulates.add(named)
        else:
            self.consulates.discard(named)


def everyone(
    events: Sequence[Event], state: State, terms: Terms, instant: datetime
) -> dict[str, frozenset[Relation]]:
    """The relations of every authority that stands in any to a person.

    Args:
        events: one person's that have effect, in register order; later ones than the instant are
            not looked at.
        state: the person's at the instant.
        terms: what the agreement fixes for the pair of states.
        instant: UTC.
    """
    told, known = _Told(), False
    for event in events:
        if event.occurred_at <= instant:
            told.hear(event)
            known = True
    if not known or state.custody is Custody.NOT_OPENED:
        return {}
    holder = state.custodian if state.custody in _HOLDS else None
    found = {
        name: _relations(name, roles, terms.sides.get(name), holder, told)
        for name, roles in terms.roles.items()
    }
    return {name: related for name, related in found.items() if related}


def _relations(
    name: str, roles: frozenset[str], side: Side | None, holder: Side | None, told: _Told
) -> frozenset[Relation]:
    if not roles:  # a consulate signs nothing, so that no other body can be named as one
        return frozenset({Relation.CONSULATE}) if name in told.consulates else _NONE
    if side is None:
        return _NONE
    forward = told.authorised or holder is Side.RECEIVING
    officers = not roles.isdisjoint(_OFFICERS)
    court, counsel = Role.COURT in roles, Role.COUNSEL in roles
    stands = (
        (Relation.CUSTODIAN, Role.CUSTODIAN in roles and side is holder),
        (Relation.SENDER, officers and side is Side.SENDING),
        (Relation.RECEIVER, officers and side is Side.RECEIVING and forward),
        (Relation.COUNSEL, counsel and name in told.acted[Role.COUNSEL]),
        (Relation.COURT_SEISED, court and name in told.acted[Role.COURT]),
        (Relation.JURISDICTION, court),
        (Relation.MANDATE, Role.MONITOR in roles),
    )
    return frozenset(relation for relation, holds in stands if holds)


def relations(
    events: Sequence[Event], state: State, authority: str, terms: Terms, instant: datetime
) -> frozenset[Relation]:
    """The relations of one authority to a person, as `everyone` has them; else none."""
    return everyone(events, state, terms, instant).get(authority, _NONE)
