"""The demonstration under SE-EE: two years of a lease, as if it were ratified.

Arrivals in tens, at most 100 persons a quarter; moves, hospital, returns before the end of the
sentence, a death, a release ordered by a court, and one return that comes too late.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from habeas.docket.synth import Draw
from habeas.register.events import Json
from habeas.service import watch_story
from habeas.service.agenda import Agenda, Course, fly, local, months_later, prepare
from habeas.service.casework import Casework, Person, digest
from habeas.service.transfer import Act, By
from habeas.terms import EventKind, Role, Side

K, R = EventKind, Role
MONTHS = 24
MOVED_IN_256, ILL_IN_256 = 64, 26  # shares of those received
FLIGHT = 10
FLIGHT_DAYS = (6, 20)  # of each month: 60 persons a quarter, where at most 100 are foreseen
MOST = MONTHS * len(FLIGHT_DAYS) * FLIGHT
LATE_BY = timedelta(days=9)
RETURN = timedelta(hours=10)  # from setting out to the first hour in the sending state
DEATH, COURT_ORDER, LATE_RETURN = 2, 4, 6  # places on the first flight to which it happens


def lease(
    casework: Casework, people: Sequence[Person], start: date, zone_name: str, draw: Draw
) -> Course:
    """A lease of two years: arrivals in tens, moves, hospital, returns, a death, a release."""
    agenda, month_ends = Agenda(casework), list[datetime]()
    flights = [
        local(months_later(start, month).replace(day=day), 6, zone_name)
        for month in range(MONTHS)
        for day in FLIGHT_DAYS
    ]
    groups = [people[n : n + FLIGHT] for n in range(0, len(people), FLIGHT)]
    for number, (group, depart) in enumerate(zip(groups, flights, strict=False), 1):
        manifest = f"mf-{depart:%Y-%m-%d}"
        for line, person in enumerate(group, 1):
            prepare(agenda, person, depart, manifest, line, "sv")
        fly(agenda, group, depart, manifest, f"E{number:02d}")
        for place, person in enumerate(group):
            _stay_in_custody(
                agenda, person, depart, start, draw, special=place if number == 1 else -1
            )
            arrived = depart + timedelta(hours=8)
            watch_story.received(agenda, person, arrived, (number - 1) * FLIGHT + place + 1)
    for month in range(1, MONTHS + 1):
        month_ends.append(local(months_later(start, month), 0, zone_name))
    agenda.run(month_ends)
    return agenda.course


def _stay_in_custody(
    agenda: Agenda,
    person: Person,
    depart: datetime,
    start: date,
    draw: Draw,
    *,
    special: int,
) -> None:
    work, chance = agenda.casework, draw.bytes(8, f"custody {person.case.id}")
    arrived, day, hour = depart + timedelta(hours=10), timedelta(days=1), timedelta(hours=1)
    end = _last_day(start, arrived)
    release = _release(person, arrived, start)
    agenda.at(depart - 13 * day, lambda: _sentence(agenda, person, depart - 13 * day, release))
    back = release - 31 * day - chance[0] % 5 * day
    if special == DEATH:
        _death(agenda, person, arrived + 120 * day + 4 * hour)
        return
    if special == COURT_ORDER:
        _ordered_release(agenda, person, arrived + 90 * day)
        return
    if special == LATE_RETURN:
        release = arrived + 300 * day
        agenda.at(arrived + day, lambda: _sentence(agenda, person, arrived + day, release))
        agenda.course.notable[person.case.id] = (
            f"set out for home {LATE_BY.days} days past the date"
        )
        back = release + LATE_BY
    latest = min(back, end)
    if chance[1] < MOVED_IN_256:
        moved = arrived + (20 + chance[2] % 150) * day
        if moved < latest - 40 * day:
            agenda.at(
                moved,
                lambda: work.holder(
                    person, K.MOVED, moved, {"cell": f"S{chance[3] % 60:02d}-{chance[4] % 4}"}
                ),
            )
            watch_story.told(agenda, person, moved, "D-3", chance[3])
    if chance[5] < ILL_IN_256 and arrived + 215 * day < latest:
        _hospital(agenda, person, arrived + 195 * day, 3 + chance[6] % 9)
    if back < end:
        manifest = f"back-{back:%Y-%m-%d}-{person.case.id}"
        agenda.at(back, lambda: work.bring_back(person, back, manifest, 1))
        watch_story.returned(agenda, person, back + timedelta(hours=9), chance[7])
        _released_at_home(agenda, person, max(release, back + RETURN), end, chance[7])


def _released_at_home(
    agenda: Agenda, person: Person, at: datetime, end: datetime, place: int
) -> None:
    """The sending state releases on the day whom it got back, unless the story ends before."""
    work = agenda.casework
    ground: dict[str, Json] = {
        "ground": digest("sentence served", person.case.id),
        "place": work.bodies.facility_from,
    }
    if at < end:
        by, there = work.sending(R.CUSTODIAN), work.bodies.facility_from
        agenda.at(at, lambda: work.act(person, K.RELEASED, at, by, ground, there))
        watch_story.released(agenda, person, at, place)


def _last_day(start: date, arrived: datetime) -> datetime:
    return datetime.combine(months_later(start, MONTHS), time(), arrived.tzinfo) - timedelta(days=1)


def _release(person: Person, arrived: datetime, start: date) -> datetime:
    hundredths = person.case.facts.get("months_remaining")
    months = hundredths // 100 if isinstance(hundredths, int) else MONTHS * 10
    day = months_later(start, months)
    return max(datetime.combine(day, time(9), arrived.tzinfo), arrived + timedelta(days=60))


def _sentence(agenda: Agenda, person: Person, at: datetime, release: datetime) -> None:
    work = agenda.casework
    body: dict[str, Json] = {
        "kind": "imposed",
        "release_date": release.isoformat(),
        "document": digest("sentence", person.case.id),
    }
    kind = (
        K.SENTENCE_CHANGED
        if work.desk.state(person.subject).custodian is Side.RECEIVING
        else K.SENTENCE_RECORDED
    )
    work.act(person, kind, at, [By(work.bodies.court, R.COURT)], body)


def _hospital(agenda: Agenda, person: Person, at: datetime, days: int) -> None:
    work, back = agenda.casework, at + timedelta(days=days)
    body: dict[str, Json] = {
        "kind": "hospital",
        "permission": digest("permission", person.case.id),
        "planned_end": back.isoformat(),
    }
    agenda.at(at, lambda: work.holder(person, K.ABSENCE_STARTED, at, body))
    agenda.at(back, lambda: work.holder(person, K.ABSENCE_ENDED, back, {}))
    watch_story.told(agenda, person, at, "D-2", days)


def _death(agenda: Agenda, person: Person, at: datetime) -> None:
    work = agenda.casework

    def die() -> None:
        work.holder(
            person,
            K.DIED,
            at,
            {"place": work.bodies.facility_to, "body_at": "kept for the independent inquiry"},
        )
        act = Act(
            K.MOVED,
            person.subject,
            at + timedelta(days=1),
            (By(work.bodies.receiving, R.CUSTODIAN),),
            {"cell": "E01-01"},
            work.bodies.facility_to,
        )
        agenda.refused("a move recorded after a death", act)

    agenda.course.notable[person.case.id] = "died; the duties of both states opened"
    agenda.at(at, die)
    watch_story.died(agenda, person, at)


def _ordered_release(agenda: Agenda, person: Person, at: datetime) -> None:
    work, day = agenda.casework, timedelta(days=1)
    ground: dict[str, Json] = {
        "ground": digest("court order", person.case.id),
        "place": "on order of a court",
    }

    def order() -> None:
        by = (By(work.bodies.receiving, R.CUSTODIAN),)
        agenda.refused(
            "release on the receiving state's soil, which the agreement forbids",
            Act(K.RELEASED, person.subject, at, by, ground, work.bodies.facility_to),
        )
        work.bring_back(
            person, at + 4 * timedelta(hours=1), f"back-{at:%Y-%m-%d}-{person.case.id}", 1
        )

    agenda.course.notable[person.case.id] = "released in the sending state by court order"
    agenda.at(at, order)
    agenda.at(
        at + day,
        lambda: work.act(
            person,
            K.RELEASED,
            at + day,
            work.sending(R.CUSTODIAN),
            ground,
            work.bodies.facility_from,
        ),
    )
