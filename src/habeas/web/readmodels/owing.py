"""Duties in tables: written person by person, and how they stand at the instant of a request.

`Owed.state` of the duties is the definition; what a query says of a state is its twin, and a test
holds both together.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Q, QuerySet

from habeas.service.survey import Survey
from habeas.terms import DutyState
from habeas.web.readmodels.models import BlockedVisit, Contradiction, Obligation

TABLES = (Obligation, Contradiction, BlockedVisit)
SOON = timedelta(days=7)  # what falls due within it stands on the home page
# As a list has them: late ones first, since what is due sooner stands before what is due later.
LISTED = ("place", "by", "opened_index", "duty", "step", "-side", "pk")
DUE, NOBODY = "due", "nobody"  # of a filter: overdue or due soon; no state held the person
UNANSWERED, NO_NUMBER, LATE, IN_TIME = range(4)


def write(found: Sequence[Survey], around: Mapping[str, int]) -> None:
    """Write what some persons' events come to; their rows were taken away before."""
    Obligation.objects.bulk_create(_obligations(found, around), batch_size=2000)
    Contradiction.objects.bulk_create(_contradictions(found, around))
    BlockedVisit.objects.bulk_create(_blocked(found, around))


def _obligations(found: Iterable[Survey], around: Mapping[str, int]) -> list[Obligation]:
    return [
        Obligation(
            subject=one.subject,
            circle=around[one.subject],
            duty=owed.asked.duty,
            step=owed.asked.step,
            side=owed.side.value if owed.side else "",
            limit=owed.asked.limit,
            kind=owed.opened.kind,
            event=owed.opened.event,
            opened_at=owed.opened.at,
            opened_index=owed.opened.index,
            due=owed.due,
            answered_at=owed.answer.at if owed.answer else None,
            answered_index=owed.answer.index if owed.answer else None,
            place=_place(owed.due, owed.answer.at if owed.answer else None),
            by=owed.due or owed.opened.at,
            confidential=owed.opened.event in one.arisen.hidden,
        )
        for one in found
        for owed in one.arisen.owed
    ]


def _place(due: datetime | None, answered: datetime | None) -> int:
    if answered is None:
        return UNANSWERED if due is not None else NO_NUMBER
    return LATE if due is not None and answered > due else IN_TIME


def _contradictions(found: Iterable[Survey], around: Mapping[str, int]) -> list[Contradiction]:
    return [
        Contradiction(
            subject=one.subject,
            circle=around[one.subject],
            index=said.index,
            event=said.event,
            signed_by=said.signed_by,
            what=said.what,
            says=said.says,
            register_says=said.register_says,
            at=said.at,
        )
        for one in found
        for said in one.arisen.contradictions
    ]


def _blocked(found: Iterable[Survey], around: Mapping[str, int]) -> list[BlockedVisit]:
    return [
        BlockedVisit(
            subject=one.subject,
            circle=around[one.subject],
            index=visit.index,
            at=visit.at,
            facility=visit.facility,
            signed_by=visit.signed_by,
            reason=visit.reason,
        )
        for one in found
        for visit in one.arisen.blocked
    ]


def arisen(found: QuerySet[Obligation], now: datetime) -> QuerySet[Obligation]:
    """Those that had arisen by an instant."""
    return found.filter(opened_at__lte=now)


def stands(state: DutyState, now: datetime) -> Q:
    """That a duty stands so at an instant; the twin of `Owed.state`."""
    answered = Q(answered_at__lte=now)
    waits = Q(answered_at=None) | Q(answered_at__gt=now)
    late = Q(due__isnull=False, answered_at__gt=F("due"))
    match state:
        case DutyState.MET_LATE:
            return answered & late
        case DutyState.MET:
            return answered & ~late
        case DutyState.OPEN:
            return waits & Q(due=None)
        case DutyState.OVERDUE:
            return waits & Q(due__lt=now)
        case DutyState.RUNNING:
            return waits & Q(due__gte=now)


def falls_due(now: datetime) -> Q:
    """That a duty is overdue, or falls due soon."""
    waits = Q(answered_at=None) | Q(answered_at__gt=now)
    return waits & Q(due__lte=now + SOON)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a list of duties is narrowed to; empty: to nothing."""

    state: str = ""  # of a duty, or DUE
    duty: str = ""
    side: str = ""  # of a state, or NOBODY


def filtered(found: QuerySet[Obligation], chosen: Chosen, now: datetime) -> QuerySet[Obligation]:
    """Duties that had arisen, late ones first."""
    found = arisen(found, now)
    if chosen.state:
        due = chosen.state == DUE
        found = found.filter(falls_due(now) if due else stands(DutyState(chosen.state), now))
    if chosen.duty:
        found = found.filter(duty=chosen.duty)
    if chosen.side:
        found = found.filter(side="" if chosen.side == NOBODY else chosen.side)
    return found.order_by(*LISTED)


def counts(found: QuerySet[Obligation], now: datetime) -> dict[str, dict[DutyState, int]]:
    """By duty: how many stand in each state; states in which none stands are left out."""
    columns = {one.name: Count("pk", filter=stands(one, now)) for one in DutyState}
    told = arisen(found, now).order_by().values_list("duty")
    rows = told.annotate(**columns).values_list("duty", *columns)
    return {
        str(duty): {state: int(n) for state, n in zip(DutyState, numbers, strict=True) if n}
        for duty, *numbers in rows
    }
