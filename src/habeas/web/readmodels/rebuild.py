"""Register and dockets to tables: from nothing, or from where it was left; the only writer of them.

A person is computed anew from all their events, so that following the register and rebuilding from
nothing give the same rows; an event of a kind that moves nobody only counts (`survey.silent`).
Whoever was erased has no row.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime
from itertools import islice

from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from habeas.adapters.importers import docket_file
from habeas.service import casefile, intake, screen, survey
from habeas.service.screen import Decision
from habeas.service.survey import Survey
from habeas.terms import Relation
from habeas.web import wiring
from habeas.web.readmodels import fenced, owing
from habeas.web.readmodels.models import (
    NOBODY,
    Circle,
    DocketCase,
    Interval,
    Line,
    Person,
    Position,
    Standing,
    Wanted,
)

TOGETHER = 500  # persons written in one statement
FEW = 20  # leaves after which figures are made anew, also where the courier takes them in
FAR = 20_000  # leaves that are too many to take in at once, while others wait
LATEST_YEAR = 9998  # that every database can hold


def follow(*, sparing: bool = False) -> int:
    """Take in what the register has got since; returns how many leaves it has.

    Several may do it at once: whoever writes a person reads the register while nobody else writes.

    Args:
        sparing: where many leaves came at once, figures that were kept may still be shown, for a
            minute at most: in a burst pages would else count everybody again each second.
    """
    register, start = wiring.register(), _position()
    if start == register.store.size():
        return start
    far = register.store.size() - start > FAR
    return _finished(start, _caught_up(start) if far else start, sparing=sparing)


def _finished(start: int, reached: int, *, sparing: bool = False) -> int:
    """Take in the rest at once; `reached` counts unless the tables were emptied since `start`."""
    register = wiring.register()
    with fenced.kept():
        place = _held()
        size = register.store.size()
        register.vault.forget()
        begin = max(place.size, reached) if place.size >= start else place.size
        found = survey.touched(register.store, begin, survey.silent(wiring.duties()))
        names = [name for name, rows in found.items() if not rows]
        names += _counted({name: rows for name, rows in found.items() if rows})
        _take(names)
        latest = register.store.latest()
        if not sparing or size - place.size <= FEW:
            place.figures = size
        place.size, place.checkpoint = size, latest[1] if latest else ""
        place.save()
        _opened(names)
    return size


def rebuild(told: Callable[[int, int], None] | None = None) -> int:
    """Make every row anew; returns how many leaves the register has.

    Args:
        told: how many persons of how many are made; None: nobody is told.
    """
    with fenced.kept():
        for table in (Person, Circle, Standing, Interval, Line, *owing.TABLES, Position):
            table.objects.all().delete()
    return _finished(0, _caught_up(0, told))


def weigh() -> None:
    """Let the database look how many rows there are of what, so that it finds the short ways."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _position() -> int:
    # Elsewhere a transaction would wait for whoever writes, to read one number.
    with fenced.kept() if fenced.possible() else nullcontext():
        found = Position.objects.filter(pk=1).values_list("size", flat=True).first()
    return found or 0


def _held() -> Position:
    """The position, so that nobody else writes until the transaction ends."""
    place, _ = Position.objects.get_or_create(pk=1)
    return Position.objects.select_for_update().get(pk=place.pk)


def _caught_up(start: int, told: Callable[[int, int], None] | None = None) -> int:
    """Take in what is too much for one transaction, in parts; returns how many leaves that were.

    The position stays: whoever is stopped here begins again.
    """
    register = wiring.register()
    size = register.store.size()
    register.vault.forget()
    names = list(survey.touched(register.store, start))
    for place in range(0, len(names), TOGETHER):
        with fenced.kept():
            _held()
            _take(names[place : place + TOGETHER])
            _opened(names[place : place + TOGETHER])
        if told is not None:
            told(min(place + TOGETHER, len(names)), len(names))
    return size


def everyone() -> QuerySet[Interval]:
    """The custody intervals of everybody, for what runs beside the web; no request may use it."""
    return Interval.objects.all()


def dockets(instant: datetime) -> int:
    """Screen every docket of the installation as of now; returns how many cases it has.

    A case that a later file holds again is that file's.
    """
    law, count, kept = wiring.library(), 0, dict[str, Decision]()
    for path in wiring.dockets():
        names, read = docket_file.read(path)
        held = list(read)
        screened = screen.screen(intake.read(names, held, law, path.name), law, instant)
        found = [_case(path.name, screened, *one) for one in casefile.rows(screened, held, names)]
        for place in range(0, len(found), TOGETHER):
            part = found[place : place + TOGETHER]
            with fenced.kept():
                DocketCase.objects.filter(case__in=[one.case for one in part]).delete()
                DocketCase.objects.bulk_create(part)
                _known(DocketCase.objects.filter(case__in=[one.case for one in part]))
        kept |= {one.case: one for one in screened.decisions}
        count += len(found)
    _wanted(kept, instant)
    return count


def _wanted(decisions: Mapping[str, Decision], instant: datetime) -> None:
    """What the cases that nobody has opened wait for: an opened case has its own page."""
    with fenced.kept():
        opened = set(DocketCase.objects.exclude(subject="").values_list("case", flat=True))
        waiting = [one for case, one in decisions.items() if case not in opened]
        found = screen.wanted(waiting, wiring.library())
        Wanted.objects.all().delete()
        Wanted.objects.bulk_create(
            Wanted(
                place=place,
                evidence={"en": one.evidence.en, "es": one.evidence.es},
                established_by={"en": one.established_by.en, "es": one.established_by.es},
                facts=list(one.facts),
                waiting=one.waiting,
                decides=one.decides,
                eligible=one.eligible,
                screened_at=instant,
            )
            for place, one in enumerate(found)
        )


def _case(
    file: str, screened: screen.Screened, cells: casefile.Cells, decision: Decision
) -> DocketCase:
    return DocketCase(
        case=decision.case,
        docket=screened.docket.hash,
        file=file,
        cells=dict(cells),
        outcome=decision.outcome.value,
        not_met=list(decision.not_met),
        not_established=list(decision.not_established),
        missing=casefile.missing(decision),
        fresh_until=decision.valid_until,
        screened_at=screened.instant,
    )


def _opened(subjects: Sequence[str]) -> None:
    """Name these persons in their rows of the docket, and nobody who has no row any more."""
    for place in range(0, len(subjects), TOGETHER):
        names = subjects[place : place + TOGETHER]
        cases = Person.objects.filter(subject__in=names).exclude(case="").values("case")
        _known(DocketCase.objects.filter(subject__in=names))
        _known(DocketCase.objects.filter(case__in=list(cases.values_list("case", flat=True))))


def _known(rows: QuerySet[DocketCase]) -> None:
    """Name the person of every one of these cases that is on the register."""
    known = Person.objects.filter(case=OuterRef("case")).order_by("subject")
    rows.update(
        subject=Coalesce(Subquery(known.values("subject")[:1]), Value("")),
        circle=Coalesce(Subquery(known.values("circle")[:1]), Value(NOBODY)),
    )


def _counted(found: survey.Recorded) -> list[str]:
    """Take in events of silent kinds; returns the persons who must be computed anew all the same.

    Args:
        found: those events; such as a row has already count once.
    """
    told = survey.last_told(wiring.register(), found)
    known = Person.objects.in_bulk(list(told))
    for name, person in known.items():
        person.events += sum(row.index > person.latest_index for row in found[name])
        person.latest_index, person.latest_at = found[name][-1].index, told[name]
    # Of a row that is there; an update of many rows at once, each with values of its own.
    Person.objects.bulk_create(
        known.values(),
        batch_size=TOGETHER,
        update_conflicts=True,
        unique_fields=["subject"],
        update_fields=["events", "latest_index", "latest_at"],
    )
    return [name for name in found if name not in known]


def _take(subjects: Sequence[str]) -> None:
    waiting = survey.surveys(wiring.register(), wiring.ground(), subjects, wiring.duties())
    while group := list(islice(waiting, TOGETHER)):
        names = [name for name, _ in group]
        before = set(Circle.objects.filter(subject__in=names).values_list("circle", flat=True))
        for table in (Person, Circle, Interval, Line, *owing.TABLES):
            table.objects.filter(subject__in=names).delete()
        _write([found for _, found in group if found is not None])
        empty = [one for one in before if not Circle.objects.filter(circle=one).exists()]
        Standing.objects.filter(circle__in=empty).delete()


def _write(found: Sequence[Survey]) -> None:
    around = {one.subject: Circle.of(one.relations) for one in found}
    stated = {around[one.subject]: one.relations for one in found}
    Standing.objects.bulk_create(_standings(stated), ignore_conflicts=True)
    Circle.objects.bulk_create(Circle(subject=name, circle=n) for name, n in around.items())
    Person.objects.bulk_create([_person(one, around[one.subject]) for one in found])
    Interval.objects.bulk_create(_intervals(found, around), batch_size=2000)
    Line.objects.bulk_create(_lines(found, around), batch_size=2000)
    owing.write(found, around)


def _person(one: Survey, circle: int) -> Person:
    state, last, said = one.state, one.last, one.screening
    here = last if last is not None and last.end is None else None
    manifest = one.lines[-1] if one.lines else None
    return Person(
        subject=one.subject,
        circle=circle,
        case=one.case,
        docket=one.docket,
        custody=state.custody.value,
        custodian=state.custodian.value if state.custodian else "",
        facility=last.facility if last else "",
        cell=here.cell if here else "",
        status=here.status.value if here else "",
        since=here.start if here else None,
        stage=state.stage.value,
        consent=state.consent.value,
        stays=len(state.stays),
        objections=len(state.objections),
        outcome=said.outcome if said else "",
        not_met=list(said.not_met) if said else [],
        not_established=list(said.not_established) if said else [],
        fresh_until=state.eligible_until,
        facts_changed=state.facts_changed,
        earliest=state.earliest,
        manifest=manifest.manifest if manifest else "",
        line=manifest.line if manifest else None,
        release_on=_storable(one.release_on),
        next_deed=one.next.deed.value if one.next.deed else "",
        next_from=one.next.since,
        due=_storable(one.next.due),
        events=one.events,
        latest_index=one.latest_index,
        latest_at=one.latest_at,
    )


def _storable(at: datetime | None) -> datetime | None:
    # A clock may run past the last year that every database can hold: then no date is shown.
    return at if at is None or at.year <= LATEST_YEAR else None


def _standings(stated: Mapping[int, Mapping[str, frozenset[Relation]]]) -> list[Standing]:
    return [
        Standing(circle=circle, authority=authority, relation=relation.value)
        for circle, relations in stated.items()
        for authority, found in relations.items()
        for relation in sorted(found)
    ]


def _intervals(found: Iterable[Survey], around: Mapping[str, int]) -> list[Interval]:
    return [
        Interval(
            subject=piece.subject,
            circle=around[one.subject],
            facility=piece.facility,
            cell=piece.cell,
            custodian=piece.custodian.value,
            status=piece.status.value,
            start=piece.start,
            end=piece.end,
            custody_period=piece.stay,
            reason_out=piece.reason_out,
            event_in=piece.event_in,
            event_out=piece.event_out,
        )
        for one in found
        for piece in one.intervals
    ]


def _lines(found: Iterable[Survey], around: Mapping[str, int]) -> list[Line]:
    return [
        Line(
            subject=one.subject,
            circle=around[one.subject],
            manifest=line.manifest,
            line=line.line,
            route=line.route,
            listed=line.listed,
            boarded=line.boarded,
            arrived=line.arrived,
            refused=line.refused,
            arrived_line=line.arrived_line,
        )
        for one in found
        for line in one.lines
    ]
