"""A year of synthetic people with injected silence and lateness, and the truth about each duty.

The generator knows what it left undone because it decides so before it writes an event; it shares
no line with what derives duties.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random  # noqa: TID251 - seeded, for a synthetic year

from conftest import DECIDED, READY, START, K, Telling
from habeas.register.events import Event, Json
from habeas.terms import EventKind

# Duty, step, hours until it is late, and who owes it, by the event from which it arises; hours are
# those of duties.toml written out by hand, days as the hours that are safely inside them.
H, D = 1, 24
OFTEN, SELDOM, APART = 0.1, 0.05, 0.03
FATES = ("met", "met late", "overdue")
B = "B"
BOTH = ("A", "B")
ARISES: dict[tuple[EventKind, str], list[tuple[str, str, int, tuple[str, ...]]]] = {
    (K.HANDED_OVER, ""): [("D-3", "", 24 * H, (B,)), ("D-4", "", 24 * H, (B,))],
    (K.MOVED, ""): [("D-3", "", 24 * H, (B,))],
    (K.INCIDENT_REPORTED, "serious_injury"): [
        ("D-1", "report", 24 * H, BOTH), ("D-1", "preservation", 24 * H, BOTH),
        ("D-2", "", 24 * H, (B,)),
    ],
    (K.INCIDENT_REPORTED, "damage"): [],
    (K.COMPLAINT_MADE, "food"): [("D-5", "", 14 * D, ())],
    (K.INQUIRY_MADE, ""): [("D-16", "", 72 * H, ())],
    (K.SEGREGATION_STARTED, ""): [("D-6", "", 15 * D, ())],
    (K.RELEASED, ""): [("D-21", "", 7 * D, (B,))],
    (K.DIED, ""): [
        ("D-1", "report", 24 * H, BOTH), ("D-1", "preservation", 24 * H, BOTH),
        ("D-2", "", 24 * H, (B,)), ("D-22", "", 24 * H, (B,)), ("D-23", "", 30 * D, (B,)),
        ("D-11", "inquiry", 72 * H, BOTH), ("D-11", "autopsy", 7 * D, BOTH),
        ("D-11", "family", 7 * D, BOTH), ("D-11", "report", 90 * D, BOTH),
    ],
}  # fmt: skip
ANSWERS = {
    "D-5": (K.COMPLAINT_ANSWERED, "complaint"),
    "D-16": (K.INQUIRY_ANSWERED, "inquiry"),
    "D-6": (K.SEGREGATION_ENDED, "segregation"),
}
Truth = dict[tuple[str, str, str, str], str]  # event, duty, step, who owes it: how it stands
SIDE = {"A": "sending", "B": "receiving"}


@dataclass
class Year:
    """The events of all people in the order of their instants, and the truth."""

    events: list[Event] = field(default_factory=list[Event])
    truth: Truth = field(default_factory=Truth)
    blocked: int = 0


class Person:
    """One person's year."""

    def __init__(self, year: Year, number: int, chance: Random) -> None:
        self.year, self.chance = year, chance
        self.subject = f"p_{number:026d}"
        self.told = Telling()
        self.told.at = START + timedelta(hours=chance.randrange(24 * 90))
        self.told.tell(*READY, days=0.1)
        self.told.at += timedelta(days=4)
        self.told.tell(*DECIDED, K.DEPARTED, K.HANDED_OVER, K.PLACED, days=0.01)
        self.own = [self._mine(event) for event in self.told.events]
        self.answers = list[Event]()
        for event in self.own:
            self._owed(event, "")

    def _mine(self, event: Event) -> Event:
        number = f"{self.subject[-8:]}{event.index:018d}"
        return replace(event, subject=self.subject, id=number)

    def happens(self, kind: EventKind, by: str, about: str = "", **body: Json) -> Event:
        """Something happens some days later."""
        self.told.at += timedelta(days=self.chance.uniform(20, 24))
        plain = self.told.event(kind, by)
        said: dict[str, Json] = {"kind": about} if about else {}
        self.told.add(replace(plain, body={**plain.body, **body, **said}), days=0.01)
        event = self._mine(self.told.events[-1])
        self.own.append(event)
        self._owed(event, about)
        return event

    def _owed(self, event: Event, about: str) -> None:
        for duty, step, hours, owing in ARISES.get((EventKind(event.kind), about), []):
            for side in owing or (B,):
                self._fate(event, duty, step, hours, side)

    def _fate(self, event: Event, duty: str, step: str, hours: int, side: str) -> None:
        fate = self.chance.choices(FATES, (90, 6, 4))[0]
        self.year.truth[event.id, duty, step, SIDE[side]] = fate
        if fate == "overdue":
            return
        # Days end at midnight: an answer within their hours is in time, one a day later is late.
        late = hours + 25 + self.chance.uniform(0, 100)
        after = self.chance.uniform(0.01, hours) if fate == "met" else late
        kind, names = ANSWERS.get(duty, (K.DUTY_MET, "event"))
        body: dict[str, Json] = {names: event.id}
        if kind is K.DUTY_MET:
            body |= {"duty": duty} | ({"step": step} if step else {})
        plain = self.told.event(
            kind, f"{side}:custodian", at=event.occurred_at + timedelta(hours=after)
        )
        number = f"{self.subject[-8:]}{'9'}{len(self.answers):017d}"
        self.answers.append(replace(plain, subject=self.subject, id=number, body=body))


def year(people: int, seed: int, deaths: int = 3) -> Year:
    """A year of so many people; so many of them die, and one visit is blocked."""
    chance, made = Random(seed), Year()  # noqa: S311 - no secret
    dead = set(chance.sample(range(people), deaths))
    barred = chance.randrange(people)
    for number in range(people):
        one = Person(made, number, chance)
        _happenings(one, chance)
        # Whoever is held apart stays in custody: an end of custody would end the placement too.
        apart = number not in dead and chance.random() < APART
        if number == barred:
            one.happens(K.VISIT_BLOCKED, "A-COUNSEL:counsel", reason="no entry")
            made.blocked += 1
        if number in dead:
            one.happens(K.DIED, "")
        elif apart:
            one.happens(K.SEGREGATION_STARTED, "B:custodian", reason="r")
        elif chance.random() < OFTEN:
            one.happens(K.RELEASED, "")
        made.events += one.own + one.answers
    in_order = sorted(made.events, key=lambda event: (event.occurred_at, event.id))
    made.events = [replace(event, index=index) for index, event in enumerate(in_order)]
    return made


def _happenings(one: Person, chance: Random) -> None:
    if chance.random() < OFTEN:
        one.happens(K.MOVED, "")
    if chance.random() < SELDOM:
        about = chance.choice(("serious_injury", "damage"))
        one.happens(K.INCIDENT_REPORTED, "B:custodian", about, document="d")
    if chance.random() < OFTEN:
        one.happens(K.COMPLAINT_MADE, "A-COUNSEL:counsel", "food")
    if chance.random() < OFTEN:
        one.happens(K.INQUIRY_MADE, "A-COUNSEL:counsel")


def subjects(events: Sequence[Event]) -> dict[str, list[Event]]:
    """Each person's events in order."""
    found: dict[str, list[Event]] = {}
    for event in events:
        found.setdefault(str(event.subject), []).append(event)
    return found
