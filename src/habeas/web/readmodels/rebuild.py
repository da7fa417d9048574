"""Register and dockets to tables: from nothing, or from where it was left; the only writer of them.

A person is always computed anew from all their events, so that following the register and
rebuilding from nothing give the same rows. Whoever was erased has no row.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice

from django.db import transaction
from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from habeas.adapters.importers import docket_file
from habeas.service import casefile, intake, screen, survey
from habeas.service.survey import Survey
from habeas.web import wiring
from habeas.web.readmodels.models import (
    DocketCase,
    Interval,
    Line,
    Person,
    Position,
    Standing,
)

TOGETHER = 500  # persons written in one statement
LATEST_YEAR = 9998  # that every database can hold


def follow() -> int:
    """Take in what the register has got since; returns how many leaves it has."""
    register = wiring.register()
    if Position.objects.filter(pk=1, size=register.store.size()).exists():
        return register.store.size()
    with transaction.atomic():
        place, _ = Position.objects.select_for_update().get_or_create(pk=1)
        size = register.store.size()
        register.vault.forget()
        _take(survey.touched(register.store, place.size))
        latest = register.store.latest()
        place.size, place.checkpoint = size, latest[1] if latest else ""
        place.save()
        _opened()
    return size


def rebuild() -> int:
    """Make every row anew; returns how many leaves the register has."""
    with transaction.atomic():
        for table in (Person, Standing, Interval, Line, Position):
            table.objects.all().delete()
    return follow()


def dockets(instant: datetime) -> int:
    """Screen every docket of the installation as of now; returns how many cases it has.

    A case that a later file holds again is that file's.
    """
    law, count = wiring.library(), 0
    for path in wiring.dockets():
        names, read = docket_file.read(path)
        held = list(read)
        screened = screen.screen(intake.read(names, held, law, path.name), law, instant)
        found = [_case(path.name, screened, *one) for one in casefile.rows(screened, held, names)]
        with transaction.atomic():
            DocketCase.objects.filter(case__in=[one.case for one in found]).delete()
            DocketCase.objects.bulk_create(found, batch_size=TOGETHER)
            _opened()
        count += len(found)
    return count


def _case(
    file: str, screened: screen.Screened, cells: casefile.Cells, decision: screen.Decision
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


def _opened() -> None:
    """Name the person of every case that is on the register."""
    known = Person.objects.filter(case=OuterRef("case")).values("subject")[:1]
    DocketCase.objects.update(subject=Coalesce(Subquery(known), Value("")))


def _take(subjects: Sequence[str]) -> None:
    waiting = survey.surveys(wiring.register(), wiring.ground(), subjects)
    while group := list(islice(waiting, TOGETHER)):
        names = [name for name, _ in group]
        for table in (Person, Standing, Interval, Line):
            table.objects.filter(subject__in=names).delete()
        _write([found for _, found in group if found is not None])


def _write(found: Sequence[Survey]) -> None:
    Person.objects.bulk_create([_person(one) for one in found])
    Standing.objects.bulk_create(_standings(found), batch_size=5000)
    Interval.objects.bulk_create(_intervals(found), batch_size=2000)
    Line.objects.bulk_create(_lines(found), batch_size=2000)


def _person(one: Survey) -> Person:
    state, last, said = one.state, one.last, one.screening
    here = last if last is not None and last.end is None else None
    manifest = one.lines[-1] if one.lines else None
    return Person(
        subject=one.subject,
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


def _standings(found: Iterable[Survey]) -> list[Standing]:
    return [
        Standing(subject=one.subject, authority=authority, relation=relation.value)
        for one in found
        for authority, relations in one.relations.items()
        for relation in sorted(relations)
    ]


def _intervals(found: Iterable[Survey]) -> list[Interval]:
    return [
        Interval(
            subject=piece.subject,
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


def _lines(found: Iterable[Survey]) -> list[Line]:
    return [
        Line(
            subject=one.subject,
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
