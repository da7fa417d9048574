"""Acts in order of their instants: the flights, arrivals and refusals of a rehearsed agreement."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from habeas.errors import Fault
from habeas.law.calendar import zone
from habeas.service.casework import Casework, Person
from habeas.service.transfer import Act, refusal
from habeas.terms import EventKind, Outcome
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
        self._acts: list[tuple[datetime, int, Callable[[], object], datetime]] = []
        self._manifest, self._listed = "", dict[str, int]()  # of the route's last departure

    def at(
        self, instant: datetime, act: Callable[[], object], over: datetime | None = None
    ) -> None:
        """Enter an act that begins at an instant, and is over then or, a journey, later."""
        self._acts.append((instant, len(self._acts), act, over or instant))

    def run(self, publish_at: Iterable[datetime], until: datetime | None = None) -> None:
        """Do everything, and publish a checkpoint at each of the given instants and at the end.

        What would not be over by `until` is left undone; None: nothing is.
        """
        together([self], publish_at, until)

    def acts(self) -> list[tuple[datetime, int, Callable[[], object], datetime]]:
        """What was entered: when, in which order, what, and when it is over."""
        return self._acts

    def refused(self, attempt: str, act: Act) -> None:
        """Attempt an act that must be refused, and keep the reason."""
        fault = refusal(self.casework.desk, act, self.route())
        self.course.refusals.append(Refusal(attempt, fault))

    def depart(self, manifest: str, acts: Sequence[Act]) -> None:
        """Everyone on a manifest departs, unless the last one of the route is still open."""
        route = self.route()
        for act in acts:
            self.casework.desk.act(act, route)
        self._manifest = manifest
        self._listed = {
            act.subject: line for act in acts if isinstance(line := act.body["line"], int)
        }

    def open_differences(self) -> list[Difference]:
        """Where the last manifest's list and the handovers recorded under it disagree now."""
        arrived: dict[str, int] = {}
        for subject in self._listed:
            for event in self.casework.desk.events()[subject]:
                line = event.body.get("line")
                here = event.body.get("manifest") == self._manifest
                if event.kind == EventKind.HANDED_OVER and here and isinstance(line, int):
                    arrived[subject] = line
        return differences(self._listed, arrived)

    def route(self) -> Route:
        """What the next departure must know of the last."""
        return Route(bool(self.open_differences()))


def together(
    agendas: Sequence[Agenda], publish_at: Iterable[datetime], until: datetime | None = None
) -> None:
    """Do everything of several agendas of one desk in the order of its instants.

    Args:
        agendas: each with a route of its own; of equal instants the first one's come first.
        publish_at: instants at which a checkpoint is published; one more is at the end.
        until: what would not be over by then is left undone; None: nothing is.
    """
    desk = agendas[0].casework.desk
    for instant in publish_at:
        agendas[0].at(instant, lambda: desk.commit(publish=True))
    found = [
        (at, place, number, act)
        for place, one in enumerate(agendas)
        for at, number, act, over in one.acts()
        if until is None or over <= until
    ]
    for _, _, _, act in sorted(found, key=lambda one: one[:3]):
        act()
    desk.commit(publish=True)


def prepare(
    agenda: Agenda, person: Person, depart: datetime, manifest: str, line: int, language: str
) -> None:
    """Enter everything from the opening of the case to the eve of the flight at `depart`."""
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
        acts = [
            work.departure(person, depart, manifest, line)
            for line, person in enumerate(people, 1)
            if person.case.id not in course.stopped
        ]
        agenda.depart(manifest, acts)

    def come(*, chosen: bool, at: datetime) -> None:
        for line, person in enumerate(people, 1):
            if person.case.id not in course.stopped and (person.case.id in late) is chosen:
                work.receive(person, at, manifest, line, f"{cell}-{line:02d}")
                course.transferred.append(person)

    agenda.at(depart, leave)
    agenda.at(arrive, lambda: come(chosen=False, at=arrive))
    if late:
        agenda.at(arrive, lambda: _keep(agenda, manifest))
        agenda.at(
            arrive + timedelta(days=2),
            lambda: come(chosen=True, at=arrive + timedelta(days=2)),
        )


def _keep(agenda: Agenda, manifest: str) -> None:
    agenda.course.differences += [(manifest, one) for one in agenda.open_differences()]
