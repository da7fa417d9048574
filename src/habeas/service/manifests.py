"""Each route's last manifest: who boarded, and who of them is not accounted for.

Rules
- A route is one direction under one agreement: everybody who departs from the same state.
- Its last manifest is that of its latest departure in register order. It has an open difference
  while somebody who boarded was neither handed over under the same line, nor refused at reception,
  nor has died or escaped on the way.
- Those of one manifest board one after another: until the first of them arrives, and for a day, a
  departure under the same manifest is asked about the manifest before it.
- A correction takes the place of what it corrects.

Nothing is read before the first departure is asked; after that only what was added since.
Source: docs/spec/event.md.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from habeas.register import quick
from habeas.register.events import Event
from habeas.register.log import Log
from habeas.terms import EventKind, Role, Side
from habeas.transfer.machine import effective
from habeas.transfer.manifest import Difference, differences
from habeas.transfer.state import Route, Terms

K = EventKind
BOARDING = timedelta(hours=24)
ON_THE_WAY = frozenset({K.RECEPTION_REFUSED, K.DIED, K.ESCAPED})
KINDS = frozenset({K.DEPARTED, K.HANDED_OVER, K.CORRECTION}) | ON_THE_WAY
KEPT = 2  # manifests of a route: the last, and the one before it


@dataclass(slots=True)
class Manifest:
    """Who boarded under one number, and what became of them."""

    number: str
    began: datetime
    boarded: dict[str, int] = field(default_factory=dict[str, int])  # line by person
    arrived: dict[str, int] = field(default_factory=dict[str, int])
    accounted: set[str] = field(default_factory=set[str])  # who did not arrive, and why is recorded
    landed: bool = False  # somebody was handed over or refused

    def differences(self) -> list[Difference]:
        """Where the list and what became of those on it disagree."""
        return differences(self.boarded, self.arrived, frozenset(self.accounted))

    def boards(self, number: str, at: datetime) -> bool:
        """Whether a departure under a number is still part of this manifest's."""
        return number == self.number and not self.landed and abs(at - self.began) < BOARDING

    def copy(self) -> "Manifest":
        """The same, to be followed further on its own."""
        kept = (dict(self.boarded), dict(self.arrived), set(self.accounted))
        return Manifest(self.number, self.began, *kept, self.landed)


class Routes:
    """The last manifests of both directions, as a fold over events in register order."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._events: dict[str, Event] = {}  # as corrected
        self._last: dict[Side, list[Manifest]] = {}

    def copy(self) -> "Routes":
        """The same, to be followed further on its own."""
        found = Routes(self._terms)
        found._events = dict(self._events)
        found._last = {side: [one.copy() for one in kept] for side, kept in self._last.items()}
        return found

    def take(self, event: Event) -> None:
        """Follow one event; one that concerns no manifest changes nothing."""
        if event.kind not in KINDS or event.subject is None:
            return
        if event.kind != K.CORRECTION:
            self._events[event.id] = event
            self._follow(event)
            return
        target = self._events.get(event.corrects or "")
        if target is not None:
            self._events[target.id] = effective([target, event], self._terms)[0]
            self._last = {}
            for one in self._events.values():
                self._follow(one)

    def _follow(self, event: Event) -> None:
        side, subject = self._side(event), event.subject
        if side is None or subject is None:
            return
        kept = self._last.setdefault(side, [])
        if event.kind == K.DEPARTED:
            _board(kept, event, subject)
        for one in kept:
            if subject in one.boarded and subject not in one.arrived:
                _account(one, event, subject)

    def _side(self, event: Event) -> Side | None:
        """From which state the person departs, or has departed; None for another pair's."""
        leaving = [one for one in event.actors if one.role != Role.RECEIVING]
        return self._terms.sides.get(leaving[0].authority) if leaving else None

    def open_differences(self, event: Event) -> list[Difference]:
        """What keeps a departure from its route; empty where nothing does."""
        side = self._side(event)
        kept = self._last.get(side, []) if side is not None else []
        if kept and kept[-1].boards(_number(event), event.occurred_at):
            kept = kept[:-1]
        return kept[-1].differences() if kept else []

    def route(self, event: Event) -> Route:
        """What the table must know of others when it judges a departure."""
        return Route(bool(self.open_differences(event)))


def _number(event: Event) -> str:
    return str(event.body.get("manifest"))


def _line(event: Event) -> int:
    found = event.body.get("line")
    return found if isinstance(found, int) else -1


def _board(kept: list[Manifest], event: Event, subject: str) -> None:
    if not kept or kept[-1].number != _number(event):
        kept.append(Manifest(_number(event), event.occurred_at))
        del kept[:-KEPT]
    kept[-1].boarded[subject] = _line(event)
    kept[-1].arrived.pop(subject, None)
    kept[-1].accounted.discard(subject)


def _account(manifest: Manifest, event: Event, subject: str) -> None:
    if event.kind == K.HANDED_OVER and _number(event) == manifest.number:
        manifest.arrived[subject] = _line(event)
        manifest.landed = True
    elif event.kind in ON_THE_WAY:
        manifest.accounted.add(subject)
        manifest.landed = manifest.landed or event.kind == K.RECEPTION_REFUSED


class Manifests:
    """The routes of one agreement and pair of states, read from a register when first asked."""

    def __init__(self, log: Log, agreement: str, terms: Terms) -> None:
        self._log, self._agreement = log, agreement
        self._routes, self._upto = Routes(terms), 0

    def routes(self) -> Routes:
        """The routes as the register stands; whoever follows them further takes a copy."""
        size = self._log.size
        if self._upto < size:
            rows = self._log.store.rows(self._upto, size)
            concern = (row for row in rows if row.kind in KINDS)
            for record in self._log.vault.records(concern):
                event = quick.event(record.body, record.index)
                if event.agreement == self._agreement:
                    self._routes.take(event)
            self._upto = size
        return self._routes
