"""The demonstration under OAS-A57: a flight a month, with every way in which one is stopped.

A stay, consent withdrawn or refused, an appeal lodged on the way, an expired certificate, one
officer alone, the wrong state's hand, an open manifest: each forbidden act is attempted once, and
its refusal kept.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from habeas.register.events import Json
from habeas.service import watch_story
from habeas.service.agenda import Agenda, Course, fly, local, prepare
from habeas.service.casework import Casework, Person, digest
from habeas.service.transfer import Act, By
from habeas.terms import EventKind, Role

K, R = EventKind, Role
FLIGHT = 40


def treaty(casework: Casework, people: Sequence[Person], start: date, zone_name: str) -> Course:
    """Transfers under a treaty, a flight a month, with every way in which one is stopped."""
    agenda, day = Agenda(casework), timedelta(days=1)
    groups = [people[n : n + FLIGHT] for n in range(0, len(people), FLIGHT)]
    flights = [
        local(start + (30 * number + 30) * day, 6, zone_name) for number in range(len(groups))
    ]
    for number, (group, depart) in enumerate(zip(groups, flights, strict=True), 1):
        manifest = f"mf-{depart:%Y-%m}-{number:02d}"
        if number == 1:
            _mishaps(agenda, group, depart, manifest)
        for line, person in enumerate(group, 1):
            prepare(agenda, person, depart, manifest, line, "es")
        late = frozenset({group[-1].case.id}) if number == len(groups) else frozenset[str]()
        fly(agenda, group, depart, manifest, f"B{number:02d}", late)
        for line, person in enumerate(group, 1):
            arrived = depart + timedelta(hours=8)
            watch_story.received(agenda, person, arrived, (number - 1) * FLIGHT + line)
    if groups:
        eve = flights[-1] + timedelta(hours=20)
        agenda.at(eve, lambda: _open_manifest(agenda, groups[0][0], eve))
    agenda.run([])
    return agenda.course


def _open_manifest(agenda: Agenda, stayed: Person, at: datetime) -> None:
    # The person whom a court's stay kept back: lifted now, screened again, ready to depart.
    work = agenda.casework
    work.act(
        stayed,
        K.STAY_LIFTED,
        at,
        [By(work.bodies.court, R.COURT)],
        {"order": digest("stay", stayed.case.id)},
    )
    stayed.learn("stay_in_force", False)
    work.screen(stayed, at)
    act = work.departure(stayed, at + timedelta(hours=1), "mf-late", 1)
    agenda.refused(
        "departure while the route's last manifest has an open difference",
        act,
    )


def _mishaps(agenda: Agenda, group: Sequence[Person], depart: datetime, manifest: str) -> None:
    """One of each on the first flight; short groups get as many as there are persons."""
    happenings = (
        _stay,
        _withdrawal,
        _too_late_withdrawal,
        _appeal,
        _refusal_at_the_hearing,
        _one_officer,
        _wrong_state,
        _before_notice_is_over,
        _expired,
    )
    for line, (person, happening) in enumerate(zip(group, happenings, strict=False), 1):
        happening(agenda, person, depart, manifest, line)


def _stop(agenda: Agenda, person: Person, why: str) -> None:
    agenda.course.stopped[person.case.id] = why


def _stay(agenda: Agenda, person: Person, depart: datetime, manifest: str, line: int) -> None:
    work, at = agenda.casework, depart - timedelta(hours=12)

    def order() -> None:
        work.act(
            person,
            K.STAY_ORDERED,
            at,
            [By(work.bodies.court, R.COURT)],
            {"order": digest("stay", person.case.id), "scope": "case"},
        )
        _stop(agenda, person, "a court's stay")

    agenda.at(at, order)
    agenda.at(
        depart,
        lambda: agenda.refused(
            "departure under a court's stay, all else signed",
            work.departure(person, depart, manifest, line),
        ),
    )


def _withdrawal(
    agenda: Agenda, person: Person, depart: datetime, _manifest: str, _line: int
) -> None:
    work, at = agenda.casework, depart - timedelta(days=9)
    _stop(agenda, person, "consent withdrawn before the hearing")
    agenda.at(
        at,
        lambda: work.act(
            person,
            K.CONSENT_WITHDRAWN,
            at,
            [By(work.bodies.counsel, R.COUNSEL)],
            {"through": "counsel"},
        ),
    )
    agenda.at(
        depart - timedelta(days=2), lambda: _authorise_without_consent(agenda, person, depart)
    )


def _authorise_without_consent(agenda: Agenda, person: Person, depart: datetime) -> None:
    work, at = agenda.casework, depart - timedelta(days=2)
    work.screen(person, at)
    by = (
        By(work.bodies.sending, R.TRANSFERRING, 1),
        By(work.bodies.sending_second, R.TRANSFERRING),
    )
    agenda.refused(
        "authorisation after consent was withdrawn",
        Act(K.AUTHORISED, person.subject, at, by, {"decisions": [digest("x")]}),
    )


def _too_late_withdrawal(
    agenda: Agenda, person: Person, depart: datetime, _manifest: str, _line: int
) -> None:
    work, at = agenda.casework, depart - timedelta(days=5)
    agenda.at(
        at,
        lambda: agenda.refused(
            "withdrawal of consent after a judge verified it (18 USC 4100(b))",
            Act(
                K.CONSENT_WITHDRAWN,
                person.subject,
                at,
                (By(work.bodies.counsel, R.COUNSEL),),
                {"through": "counsel"},
            ),
        ),
    )


def _appeal(agenda: Agenda, person: Person, depart: datetime, manifest: str, line: int) -> None:
    work, at = agenda.casework, depart - timedelta(hours=10)

    def lodge() -> None:
        body: dict[str, Json] = {
            "fact": "appeal_pending",
            "value": True,
            "document": digest("appeal", person.case.id),
        }
        work.act(person, K.EVIDENCE_RECORDED, at, [By(work.bodies.court, R.COURT)], body)
        person.learn("appeal_pending", True)
        _stop(agenda, person, "an appeal lodged before departure")

    def leave() -> None:
        agenda.refused(
            "departure with a fact recorded since the screening",
            work.departure(person, depart, manifest, line),
        )
        work.screen(person, depart + timedelta(hours=1))
        agenda.refused(
            "departure of a case that the new screening bars",
            work.departure(person, depart + timedelta(hours=2), manifest, line),
        )

    agenda.at(at, lodge)
    agenda.at(depart, leave)


def _refusal_at_the_hearing(
    agenda: Agenda, person: Person, depart: datetime, _manifest: str, _line: int
) -> None:
    work, at = agenda.casework, depart - timedelta(days=8)
    _stop(agenda, person, "consent refused at the hearing")
    agenda.at(at, lambda: work.hear(person, at, consents=False))
    by = (
        By(work.bodies.sending, R.TRANSFERRING, 1),
        By(work.bodies.sending_second, R.TRANSFERRING),
    )
    later = depart - timedelta(days=2)
    agenda.at(
        later,
        lambda: agenda.refused(
            "authorisation of a case in which consent was refused",
            Act(K.AUTHORISED, person.subject, later, by, {"decisions": [digest("x")]}),
        ),
    )


def _one_officer(
    agenda: Agenda, person: Person, depart: datetime, _manifest: str, _line: int
) -> None:
    at, work = depart - timedelta(days=7), agenda.casework
    agenda.at(
        at,
        lambda: agenda.refused(
            "authorisation by one officer alone",
            Act(
                K.AUTHORISED,
                person.subject,
                at,
                (By(work.bodies.sending, R.TRANSFERRING, 1),),
                {"decisions": [digest("x")]},
            ),
        ),
    )


def _wrong_state(
    agenda: Agenda, person: Person, depart: datetime, _manifest: str, _line: int
) -> None:
    at, work = depart - timedelta(days=6), agenda.casework
    agenda.at(
        at,
        lambda: agenda.refused(
            "a custody entry by the state that does not hold the person",
            Act(
                K.MOVED,
                person.subject,
                at,
                (By(work.bodies.receiving, R.CUSTODIAN),),
                {"cell": "B01-99"},
            ),
        ),
    )


def _before_notice_is_over(
    agenda: Agenda, person: Person, depart: datetime, _manifest: str, _line: int
) -> None:
    at, work = depart - timedelta(days=10), agenda.casework
    by = (
        By(work.bodies.sending, R.TRANSFERRING, 1),
        By(work.bodies.sending_second, R.TRANSFERRING),
    )
    agenda.at(
        at,
        lambda: agenda.refused(
            "authorisation one day after the notice was served",
            Act(K.AUTHORISED, person.subject, at, by, {"decisions": [digest("x")]}),
        ),
    )


def _expired(agenda: Agenda, person: Person, depart: datetime, manifest: str, line: int) -> None:
    work, at = agenda.casework, depart + timedelta(days=3)
    agenda.at(
        depart - timedelta(hours=1),
        lambda: _stop(agenda, person, "missed the flight; court certificate expired"),
    )
    agenda.at(
        at,
        lambda: agenda.refused(
            "departure on a court certificate older than 72 hours",
            work.departure(person, at, manifest, line),
        ),
    )
