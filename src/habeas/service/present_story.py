"""The demonstration's two installations as they stand today: a year behind them, work before them.

Past flights have arrived: some persons have moved, one is in hospital, some went home and were
released, one set out too late. Of those who wait, some are at every step: one under a stay, one
with an objection to answer, one whose court certificate lapsed overnight, two ready to depart now.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from habeas.docket.synth import Draw
from habeas.register.events import Json
from habeas.service import watch_story
from habeas.service.agenda import Agenda, Course, fly, prepare
from habeas.service.casework import HOMEWARD, Casework, Person, digest
from habeas.service.transfer import By
from habeas.terms import EventKind, Role

K, R = EventKind, Role
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FLIGHT = 6
FIRST, EVERY, LAST = 330 * DAY, 15 * DAY, 20 * DAY  # before today: flights of the past
# How long after today each waiting group departs, and how many are in it.
WAITING = ((2 * HOUR, 4), (26 * HOUR, 4), (4 * DAY, 4), (7 * DAY, 5), (10 * DAY, 5), (12 * DAY, 5))
OVERNIGHT = 30 * HOUR  # ago: a departure that did not take place, so that a certificate lapsed
ILL, EVERY_HOME = (17, 52, 118), 9  # places, in the order of arrival
MODULES = ("E", "S")
CELLS = 30  # of each module that are in use


def needed() -> tuple[int, int]:
    """How many eligible persons of the past, and of today, the story has places for."""
    return (FIRST - LAST) // EVERY * FLIGHT, sum(count for _, count in WAITING) + 1


def _flights(now: datetime) -> list[datetime]:
    count = (FIRST - LAST) // EVERY
    return [now - FIRST + number * EVERY for number in range(count)]


def past(
    work: Casework, people: Sequence[Person], now: datetime, draw: Draw, language: str
) -> Course:
    """A year of flights until today, each with what became of its people."""
    agenda, cells = Agenda(work), _cells()
    start = now.replace(hour=6, minute=0, second=0) - HOUR
    for number, depart in enumerate(_flights(start)):
        group = people[number * FLIGHT : (number + 1) * FLIGHT]
        manifest = f"mf-{depart:%Y-%m-%d}"
        for line, person in enumerate(group, 1):
            prepare(agenda, person, depart, manifest, line, language)
            sentence(agenda, person, depart, now, place=number * FLIGHT + line)
        fly(agenda, group, depart, manifest, f"{MODULES[number % 2]}")
        for line, person in enumerate(group, 1):
            _custody(agenda, person, depart, cells, draw, place=number * FLIGHT + line)
    agenda.run([now - weeks * 7 * DAY for weeks in range(44)], until=now)
    return agenda.course


def present(work: Casework, people: Sequence[Person], now: datetime, language: str) -> Course:
    """Those who wait today, at every step of their cases."""
    agenda, waiting = Agenda(work), iter(people)
    for after, count in WAITING:
        depart = (now + after).replace(minute=0, second=0)
        manifest = f"mf-{depart:%Y-%m-%d-%H}"
        for line in range(1, count + 1):
            person = next(waiting, None)
            if person is not None:
                prepare(agenda, person, depart, manifest, line, language)
                _special(agenda, person, now, after, line)
    late = next(waiting, None)
    if late is not None:
        depart = now - OVERNIGHT
        prepare(agenda, late, depart, f"mf-{depart:%Y-%m-%d-%H}", 1, language)
    agenda.run([], until=now)
    return agenda.course


def _special(agenda: Agenda, person: Person, now: datetime, after: timedelta, line: int) -> None:
    work = agenda.casework
    if after == 2 * HOUR and line == 1:
        body: dict[str, Json] = {"order": digest("stay", person.case.id), "scope": "case"}
        at = now - HOUR
        agenda.at(
            at, lambda: work.act(person, K.STAY_ORDERED, at, [By(work.bodies.court, R.COURT)], body)
        )
    if after == 4 * DAY and line == 1:
        lodged = now - 5 * HOUR
        agenda.at(
            lodged,
            lambda: work.act(
                person,
                K.OBJECTION_LODGED,
                lodged,
                [By(work.bodies.counsel, R.COUNSEL)],
                {"document": digest("objection", person.case.id)},
            ),
        )


def _cells() -> Iterator[str]:
    number = 0
    while True:
        module, cell = MODULES[number % 2], number // 2 % CELLS + 1
        yield f"{module}-{cell:02d}"
        number += 1


def sentence(
    agenda: Agenda, person: Person, depart: datetime, now: datetime, *, place: int
) -> None:
    """A sentence that ends some time after today; of every seventh person, before."""
    work, at = agenda.casework, depart - 13 * DAY
    release = now + (45 + 37 * place % 700) * DAY
    if place % 7 == 0:
        release = max(depart + 90 * DAY, now - (place % 5) * 20 * DAY)
    body: dict[str, Json] = {
        "kind": "imposed",
        "release_date": release.replace(hour=9, minute=0, second=0).isoformat(),
        "document": digest("sentence", person.case.id),
    }
    agenda.at(
        at,
        lambda: work.act(person, K.SENTENCE_RECORDED, at, [By(work.bodies.court, R.COURT)], body),
    )


def _custody(
    agenda: Agenda,
    person: Person,
    depart: datetime,
    cells: Iterator[str],
    draw: Draw,
    *,
    place: int,
) -> None:
    work, chance = agenda.casework, draw.bytes(4, f"present {person.case.id}")
    arrived, cell = depart + 11 * HOUR, next(cells)
    moved = arrived + DAY
    agenda.at(moved, lambda: work.holder(person, K.MOVED, moved, {"cell": cell}))
    watch_story.told(agenda, person, moved, "D-3", place)
    watch_story.received(agenda, person, depart + 8 * HOUR, place)
    if place in ILL:
        ill = arrived + (10 + chance[0] % 5) * DAY
        hospital(agenda, person, ill, ends=place != ILL[-1])
        watch_story.told(agenda, person, ill, "D-2", place)
    elif place % EVERY_HOME == 0:
        home(agenda, person, arrived + 80 * DAY + chance[2] % 40 * DAY, place)


def hospital(agenda: Agenda, person: Person, ill: datetime, *, ends: bool) -> None:
    """Six days in a hospital, or since then."""
    work, back = agenda.casework, ill + 6 * DAY
    out: dict[str, Json] = {
        "kind": "hospital",
        "permission": digest("permission", person.case.id),
        "planned_end": back.isoformat(),
    }
    agenda.at(ill, lambda: work.holder(person, K.ABSENCE_STARTED, ill, out))
    if ends:
        agenda.at(back, lambda: work.holder(person, K.ABSENCE_ENDED, back, {}))


def home(agenda: Agenda, person: Person, at: datetime, place: int) -> None:
    """Brought back, and released the day after by the sending state."""
    work, free, there = agenda.casework, at + DAY, at + HOMEWARD
    watch_story.returned(agenda, person, there, place)
    manifest = f"back-{at:%Y-%m-%d}-{place}"
    agenda.at(at, lambda: work.bring_back(person, at, manifest, 1), over=there)
    ground: dict[str, Json] = {
        "ground": digest("sentence served", person.case.id),
        "place": work.bodies.facility_from,
    }
    by, prison = work.sending(R.CUSTODIAN), work.bodies.facility_from
    agenda.at(free, lambda: work.act(person, K.RELEASED, free, by, ground, prison))
    watch_story.released(agenda, person, free, place)
