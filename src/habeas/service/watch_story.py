"""What the demonstration's authorities did of what they owe, and what those who watch found.

Most of it is done in time, some of it late, some never. The places, in the order of arrival, at
which something else than the usual happens are fixed, so that each of it occurs in every story: a
complaint and an inquiry that nobody answers, an answer that names the wrong facility, a stretch
apart that grows too long, a visit that is barred, a finding with a recommendation.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from habeas.register.events import Event, Json
from habeas.service.agenda import Agenda
from habeas.service.casework import Person, digest
from habeas.service.transfer import By
from habeas.terms import EventKind, Role, Side

K, R = EventKind, Role
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NOT_TOLD, EXAMINED_LATE, NEVER_EXAMINED = {9, 37}, {5, 21, 48}, {14}
UNANSWERED = 8  # its complaint, or its inquiry, stays without an answer
FALSE_ANSWER = 12
APART = {3: 19, 16: 6, 119: 40}  # place: days
HURT = 19
VISITS = (2, 11, 23, 47)
FOUND = {11: True, 47: False}  # place of a visit that finds something: whether it is answered
BARRED = 29
# part: hours from the death to the answer by each state; None: not answered
OF_A_DEATH: tuple[tuple[str, str, int | None, int | None], ...] = (
    ("D-1", "report", 6, 20),
    ("D-1", "preservation", 8, 22),
    ("D-2", "", None, 12),
    ("D-22", "", None, 18),
    ("D-11", "inquiry", 60, 70),
    ("D-11", "autopsy", None, 9 * 24),
    ("D-11", "family", 5 * 24, None),
    ("D-23", "", None, 12 * 24),
)


class Watched:
    """What is owed about one person, and asked, from an arrival on."""

    def __init__(self, agenda: Agenda, person: Person, place: int) -> None:
        self.agenda, self.person, self.place = agenda, person, place
        self.bodies = agenda.casework.bodies
        self.holder = By(self.bodies.receiving, R.CUSTODIAN)
        self._said: dict[str, Event] = {}

    def say(self, at: datetime, kind: EventKind, by: By, body: dict[str, Json]) -> None:
        """Enter a report; the event that it becomes is kept by its kind."""
        self.agenda.at(at, lambda: self._act(at, kind, by, body))

    def _act(self, at: datetime, kind: EventKind, by: By, body: dict[str, Json]) -> None:
        if self.person.case.id in self.agenda.course.stopped:
            return  # who never left is owed nothing there
        there, work = self.bodies.facility_to, self.agenda.casework
        self._said[kind] = work.act(self.person, kind, at, [by], body, there)

    def reply(
        self, at: datetime, kind: EventKind, by: By, key: str, to: EventKind, body: dict[str, Json]
    ) -> None:
        """Enter a report that names an earlier one of this person."""

        def act() -> None:
            if to in self._said:
                self._act(at, kind, by, {key: self._said[to].id, **body})

        self.agenda.at(at, act)

    def met(self, at: datetime, duty: str, by: By, step: str = "") -> None:
        """Enter that a duty was done."""
        body: dict[str, Json] = {"duty": duty, "document": self.document(f"{duty} {step}")}
        self.say(at, K.DUTY_MET, by, body | ({"step": step} if step else {}))

    def document(self, what: str) -> str:
        """The hash that stands for a document about this person."""
        return digest(what, self.person.case.id)


def received(agenda: Agenda, person: Person, arrived: datetime, place: int) -> None:
    """Enter what is owed to somebody who arrived, and what happens to the one at that place.

    Args:
        agenda: where to enter it.
        person: who arrived.
        arrived: when the receiving state took them over.
        place: in the order of arrival, from 1.
    """
    one = Watched(agenda, person, place)
    if place not in NOT_TOLD:
        one.met(arrived + (2 + place % 5) * HOUR, "D-3", one.holder)
    if place not in NEVER_EXAMINED:
        late = 40 if place in EXAMINED_LATE else 0
        one.met(arrived + (4 + place % 9 + late) * HOUR, "D-4", one.holder)
    for wanted, happens in HAPPENINGS.items():
        if place in (wanted if isinstance(wanted, tuple) else (wanted,)):
            happens(one, arrived)


def told(agenda: Agenda, person: Person, at: datetime, duty: str, place: int) -> None:
    """Enter that the holder told whom it must after an event; of each eighth person, nobody."""
    if place % 8:
        one = Watched(agenda, person, place)
        one.met(at + (3 + place % 7) * HOUR, duty, one.holder)


def returned(agenda: Agenda, person: Person, at: datetime, place: int) -> None:
    """Enter what the sending state owes to somebody whom it got back."""
    one = Watched(agenda, person, place)
    sending = By(one.bodies.sending, R.CUSTODIAN)
    one.met(at + 2 * HOUR, "D-3", sending)
    one.met(at + (30 if place % 7 == 0 else 5) * HOUR, "D-4", sending)


def released(agenda: Agenda, person: Person, at: datetime, place: int) -> None:
    """Enter the receiving state's report on a sentence that was completed; each fourth is late."""
    one = Watched(agenda, person, place)
    one.met(at + (12 if place % 4 == 0 else 2) * DAY, "D-21", one.holder)


def died(agenda: Agenda, person: Person, at: datetime) -> None:
    """Enter what both states did after a death: the autopsy late, the reports never."""
    one = Watched(agenda, person, 0)
    sending = By(one.bodies.sending, R.CUSTODIAN)
    for duty, step, here, there in OF_A_DEATH:
        for by, hours in ((sending, here), (one.holder, there)):
            if hours is not None:
                one.met(at + hours * HOUR, duty, by, step)


def _apart(one: Watched, arrived: datetime) -> None:
    start = arrived + 20 * DAY
    end = start + APART[one.place] * DAY
    reason: dict[str, Json] = {"reason": "protection, on request"}
    one.say(start, K.SEGREGATION_STARTED, one.holder, reason)
    one.reply(end, K.SEGREGATION_ENDED, one.holder, "segregation", K.SEGREGATION_STARTED, {})


def _complaint(one: Watched, arrived: datetime) -> None:
    made, counsel = arrived + 15 * DAY, By(one.bodies.counsel, R.COUNSEL)
    kind = "conditions" if one.place % 2 else "health"
    body: dict[str, Json] = {"kind": kind, "document": one.document("complaint")}
    one.say(made, K.COMPLAINT_MADE, counsel, body)
    if one.place != UNANSWERED:
        answer: dict[str, Json] = {"document": one.document("answer")}
        answered = made + (9 if one.place % 3 else 20) * DAY
        one.reply(answered, K.COMPLAINT_ANSWERED, one.holder, "complaint", K.COMPLAINT_MADE, answer)


def _inquiry(one: Watched, arrived: datetime) -> None:
    made, counsel = arrived + 25 * DAY, By(one.bodies.counsel, R.COUNSEL)
    one.say(made, K.INQUIRY_MADE, counsel, {"asked": "where, and by what right"})
    if one.place != UNANSWERED:
        false = one.place == FALSE_ANSWER
        there = one.bodies.facility_from if false else one.bodies.facility_to
        body: dict[str, Json] = {"custodian": Side.RECEIVING.value, "facility": there}
        at = made + (90 if one.place % 2 else 30) * HOUR
        one.reply(at, K.INQUIRY_ANSWERED, one.holder, "inquiry", K.INQUIRY_MADE, body)


def _hurt(one: Watched, arrived: datetime) -> None:
    at, sending = arrived + 33 * DAY, By(one.bodies.sending, R.CUSTODIAN)
    body: dict[str, Json] = {"kind": "serious_injury", "document": one.document("incident")}
    one.say(at, K.INCIDENT_REPORTED, one.holder, body)
    for duty, step in (("D-1", "report"), ("D-1", "preservation"), ("D-2", "")):
        one.met(at + 5 * HOUR, duty, one.holder, step)
    one.met(at + 10 * HOUR, "D-1", sending, "report")


def _visit(one: Watched, arrived: datetime) -> None:
    at, monitor = arrived + 35 * DAY, By(one.bodies.monitor, R.MONITOR)
    one.say(at, K.VISIT_MADE, monitor, {"seen": True, "announced": False})
    if one.place not in FOUND:
        return
    found: dict[str, Json] = {
        "finding": "No hour in the open air on two days of the week before.",
        "recommendation": "An hour in the open air every day.",
        "addressed_to": Side.RECEIVING.value,
        "reply_by": (at + 40 * DAY).date().isoformat(),
    }
    one.reply(at + 6 * DAY, K.FINDING_MADE, monitor, "visit", K.VISIT_MADE, found)
    if FOUND[one.place]:
        reply: dict[str, Json] = {"reply": "The yard is open every day since the visit."}
        answered = at + 30 * DAY
        one.reply(answered, K.FINDING_ANSWERED, one.holder, "finding", K.FINDING_MADE, reply)


def _barred(one: Watched, arrived: datetime) -> None:
    monitor = By(one.bodies.monitor, R.MONITOR)
    body: dict[str, Json] = {"reason": "the gate was not opened; no reason was given"}
    one.say(arrived + 18 * DAY, K.VISIT_BLOCKED, monitor, body)


Happens = Callable[[Watched, datetime], None]
HAPPENINGS: dict[int | tuple[int, ...], Happens] = {
    tuple(APART): _apart,
    (UNANSWERED, 15, 27, 44): _complaint,
    (UNANSWERED + 10, UNANSWERED, FALSE_ANSWER, 33, 51): _inquiry,
    HURT: _hurt,
    VISITS: _visit,
    BARRED: _barred,
}
