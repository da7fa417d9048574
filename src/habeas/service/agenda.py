"""Acts in order of their instants: the flights, arrivals and refusals of a rehearsed agreement."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from habeas.custody.days import zone
from habeas.errors import Fault
from habeas.service.casework import Casework, Person
from habeas.service.transfer import Act, refusal
from habeas.terms import Outcome
from habeas.transfer.manifest import Difference, differences
from habeas.transfer.state import Route


@dataclass(frozen=True, slots=True)
class Refusal:
    """One forbidden act that was attempted, and the reason why it was refused."""

    attempt: str
    fault: Fault


@dataclass(slots=True)
class Course:
    """What happened: who was transferred, what was refused, which manifests disagreed."""

    transferred: list[Person] = field(default_factory=list)
    stopped: dict[str, str] = field(default_factory=dict)  # case: what stopped it on the way
    refusals: list[Refusal] = field(default_factory=list)
    differences: list[tuple[str, Difference]] = field(default_factory=list)
    notable: dict[str, str] = field(default_factory=dict)  # case: what happened in custody


def months_later(day: date, months: int) -> date:
    """The same day some months on; the last day of the month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (following - timedelta(days=1)).day))


def local(day: date, hour: int, zone_name: str) -> datetime:
    """An hour of a civil day in a zone."""
    return datetime.combine(day, time(hour), zone(zone_name))


class Agenda:
    """Acts in order of their instants; equal instants keep the order in which they were entered."""

    def __init__(self, casework: Casework) -> None:
        self.casework, self.course = casework, Course()
        self._acts: list[tuple[datetime, int, Callable[[], object]]] = []

    def at(self, instant: datetime, act: Callable[[], object]) -> None:
        """Enter an act."""
        self._acts.append((instant, len(self._acts), act))

    def run(self, publish_at: Iterable[datetime]) -> None:
        """Do everything, and publish a checkpoint at each of the given instants and at the end."""
        for instant in publish_at:
            self.at(instant, lambda: self.casework.desk.commit(publish=True))
        for _, _, act in sorted(self._acts, key=lambda one: one[:2]):
            act()
        self.casework.desk.commit(publish=True)

    def refused(self, attempt: str, act: Act, route: Route | None = None) -> None:
        """Attempt an act that must be refused, and keep the reason."""
        self.course.refusals.append(Refusal(attempt, refusal(self.casework.desk, act, route)))


def prepare(
    agenda: Agenda, person: Person, depart: datetime, manifest: str, line: int, language: str
) -> None:
    """Enter everything from opening to the eve of departure; `depart` is the morning of the flight."""
    work, day = agenda.casework, timedelta(days=1)
    agenda.at(depart - 14 * day, lambda: work.open_case(person, depart - 14 * day))
    agenda.at(depart - 12 * day, lambda: work.screen(person, depart - 12 * day))
    agenda.at(depart - 11 * day, lambda: work.notify(person, depart - 11 * day, language))
    if work.desk.terms.consent_required and person.case.id not in agenda.course.stopped:
        agenda.at(depart - 8 * day, lambda: work.hear(person, depart - 8 * day, consents=True))
    decide, hour = depart - 2 * day, timedelta(hours=1)

    def authorise() -> None:
        if person.case.id in agenda.course.stopped:
            return
        if work.screen(person, decide).outcome is Outcome.ELIGIBLE:
            work.authorise(person, decide + 2 * hour)

    agenda.at(decide, authorise)
    agenda.at(depart - day, lambda: _settle(agenda, person, depart - day, manifest, line))


def _settle(agenda: Agenda, person: Person, at: datetime, manifest: str, line: int) -> None:
    if person.case.id not in agenda.course.stopped:
        agenda.casework.accept(person, at)
        agenda.casework.schedule(person, at + timedelta(hours=1), manifest, line)


def fly(
    agenda: Agenda,
    people: Sequence[Person],
    depart: datetime,
    manifest: str,
    cell: str,
    late: frozenset[str] = frozenset(),
) -> None:
    """Enter the departure and arrival of everyone on a manifest whom nothing stopped.

    Args:
        agenda: where to enter it.
        people: in the order of the manifest's lines, from 1.
        depart: the instant of departure; arrival is eight hours later.
        manifest: its number.
        cell: prefix of the cells.
        late: cases whose handover is recorded only two days later: an open difference until then.
    """
    work, course = agenda.casework, agenda.course
    arrive = depart + timedelta(hours=8)

    def leave() -> None:
        for line, person in enumerate(people, 1):
            if person.case.id not in course.stopped:
                work.desk.act(work.departure(person, depart, manifest, line))

    def come(chosen: bool, at: datetime) -> None:  # noqa: FBT001 - which half of the manifest
        for line, person in enumerate(people, 1):
            if person.case.id not in course.stopped and (person.case.id in late) is chosen:
                work.receive(person, at, manifest, line, f"{cell}-{line:02d}")
                course.transferred.append(person)

    agenda.at(depart, leave)
    agenda.at(arrive, lambda: come(False, arrive))
    if late:
        agenda.at(arrive, lambda: _compare(agenda, people, manifest, late))
        agenda.at(arrive + timedelta(days=2), lambda: come(True, arrive + timedelta(days=2)))


def _compare(agenda: Agenda, people: Sequence[Person], manifest: str, late: frozenset[str]) -> None:
    listed = {
        person.subject: line
        for line, person in enumerate(people, 1)
        if person.case.id not in agenda.course.stopped
    }
    arrived = {
        person.subject: listed[person.subject]
        for person in people
        if person.subject in listed and person.case.id not in late
    }
    agenda.course.differences += [(manifest, one) for one in differences(listed, arrived)]
