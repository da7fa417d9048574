"""The only querysets that a page may use: what an asker may see, by the one table of access.

The same table makes PostgreSQL's row-level security (`service.fence`): two fences, one rule.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple, TypeVar, cast

from django.db.models import (
    Case,
    Count,
    F,
    Max,
    Model,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
    Window,
)
from django.db.models.functions import Cast, Coalesce, Greatest, RowNumber

from habeas import access
from habeas.access import Asker
from habeas.service import deeds, disclose, today
from habeas.terms import (
    ABOUT_NO_PERSON,
    Custody,
    Deed,
    Finding,
    Office,
    Relation,
    Side,
    Stage,
    Status,
)
from habeas.web import wiring
from habeas.web.readmodels import fenced
from habeas.web.readmodels.models import (
    BlockedVisit,
    Circle,
    Contradiction,
    DocketCase,
    Interval,
    Line,
    Obligation,
    Person,
    Position,
    Standing,
    Wanted,
)

ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
WAITING = (F("by").asc(nulls_last=True), "subject")  # what is most overdue first
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST_INDEX = 15  # digits
LAST_LINE = 2  # of a checkpoint's note: its root
FEW = 200  # relations of one authority that are named by number
_READ: ContextVar[dict[Hashable, object] | None] = ContextVar("read", default=None)
_Found = TypeVar("_Found")
_Row = TypeVar("_Row", bound=Model)


class Todo(NamedTuple):
    """What one person's case asks of somebody now."""

    subject: str
    case: str  # of the docket; empty where the register names none
    deed: Deed
    due: datetime | None  # UTC; None: nothing says until when
    stage: str


@cache
def table() -> access.Table:
    """The library's table of access."""
    return access.table(wiring.library().access.rows)


@contextmanager
def reading() -> Iterator[None]:
    """Within it nothing is read twice of what every part of a page asks: it changes nothing."""
    token = _READ.set({})
    try:
        yield
    finally:
        _READ.reset(token)


def _once(key: Hashable, read: Callable[[], _Found]) -> _Found:
    known = _READ.get()
    if known is None:
        return read()
    if key not in known:
        known[key] = read()
    return cast(_Found, known[key])


def relations(asker: Asker, subject: str) -> frozenset[Relation]:
    """In which relations the asker's authority stands to a person."""
    return _once((asker.authority, subject), lambda: _relations(asker, subject))


def _relations(asker: Asker, subject: str) -> frozenset[Relation]:
    circle = Circle.objects.filter(subject=subject).values("circle")
    found = Standing.objects.filter(circle__in=circle, authority=asker.authority)
    return frozenset(Relation(one) for one in found.values_list("relation", flat=True))


def may(asker: Asker | None, deed: Deed, subject: str = "") -> bool:
    """Whether an asker may do a deed, about a person where one is named."""
    if asker is None:
        return False
    related = relations(asker, subject) if subject else frozenset[Relation]()
    return access.may(asker, deed, related, table()).finding is Finding.MET


def _enough(asker: Asker, deed: Deed) -> frozenset[Relation]:
    """The relations any one of which lets an asker do a deed."""
    return frozenset(
        one
        for one in Relation
        if access.may(asker, deed, frozenset({one}), table()).finding is Finding.MET
    )


def _circles(asker: Asker, deed: Deed) -> QuerySet[Standing, Any] | list[int]:
    """The circles of persons about whom an asker may do a deed.

    By their numbers where they are few: the database then knows how many rows are of them, and
    nobody's rows are looked for where there is none.
    """
    enough = _enough(asker, deed)
    standings = _once(("standings", asker.authority), lambda: _standings(asker.authority))
    if len(standings) <= FEW:
        return sorted({circle for circle, relation in standings if relation in enough})
    found = Standing.objects.filter(authority=asker.authority, relation__in=sorted(enough))
    return found.values("circle")


def _standings(authority: str) -> list[tuple[int, str]]:
    found = Standing.objects.filter(authority=authority).values_list("circle", "relation")
    return list(found[: FEW + 1])


def subjects(asker: Asker, deed: Deed = Deed.SEE_PERSON) -> QuerySet[Circle, Any]:
    """The register numbers of the persons about whom an asker may do a deed."""
    return Circle.objects.filter(circle__in=_circles(asker, deed)).values("subject")


def _of(asker: Asker, deed: Deed) -> Q:
    """That a row is about somebody about whom an asker may do a deed."""
    return Q(circle__in=_circles(asker, deed))


def persons(asker: Asker, deed: Deed = Deed.SEE_PERSON) -> QuerySet[Person]:
    """The persons about whom an asker may do a deed."""
    return Person.objects.filter(_of(asker, deed))


def ever(asker: Asker, deed: Deed) -> bool:
    """Whether an asker may do a deed about anybody at all, given the right relation."""
    return any(
        access.may(asker, deed, frozenset({one}), table()).finding is Finding.MET
        for one in Relation
    )


def event(asker: Asker, reference: str) -> tuple[str, int] | None:
    """The person and index of an event by its id or index; None where the asker may see none.

    No event is opened: whose it is stands in its row.
    """
    store = wiring.register().store
    if reference.isascii() and reference.isdigit() and len(reference) <= LONGEST_INDEX:
        row = next(store.rows(int(reference), int(reference) + 1), None)
    else:
        row = store.by_ids([reference]).get(reference) if ULID.fullmatch(reference) else None
    if row is None or row.subject is None:
        return None
    found = persons(asker, Deed.SEE_EVENT).filter(subject=row.subject)
    return (row.subject, row.index) if found.exists() else None


def on_register(asker: Asker, subject: str) -> bool:
    """Whether an asker who may see who read of persons finds somebody of that number."""
    return may(asker, Deed.SEE_READS) and fenced.counted(Person).filter(subject=subject).exists()


def intervals(asker: Asker, deed: Deed = Deed.SEE_PERSON) -> QuerySet[Interval]:
    """The custody intervals of the persons whom an asker may see."""
    return Interval.objects.filter(_of(asker, deed))


def lines(asker: Asker, deed: Deed = Deed.SEE_PERSON) -> QuerySet[Line]:
    """The lines of manifests of the persons about whom an asker may do a deed."""
    return Line.objects.filter(_of(asker, deed))


def obligations(asker: Asker) -> QuerySet[Obligation]:
    """The duties that arose from the events of the persons whose events an asker may see."""
    found = Obligation.objects.filter(_of(asker, Deed.SEE_EVENT))
    return found if _confided(asker) else found.exclude(confidential=True)


def _confided(asker: Asker) -> bool:
    """Whether somebody's office reads what those who hold a person are not told."""
    role = deeds.BY_OFFICE.get(asker.office)
    return role is not None and disclose.may(wiring.library().disclosure, role).confidential


def contradictions(asker: Asker) -> QuerySet[Contradiction]:
    """What the register does not bear out, of the same persons; what came last first."""
    found = Contradiction.objects.filter(_of(asker, Deed.SEE_EVENT))
    return found.order_by("-index", "what")


def blocked_visits(asker: Asker) -> QuerySet[BlockedVisit]:
    """The visits that somebody prevented, of the same persons; the latest first."""
    return BlockedVisit.objects.filter(_of(asker, Deed.SEE_EVENT)).order_by("-index")


def manifests(asker: Asker, deed: Deed) -> list[tuple[str, bool]]:
    """The manifests of the persons about whom an asker may do a deed, the latest first.

    With each whether it may be open: somebody boarded and neither arrived nor was refused, or
    arrived under another line. Of those the lines must be looked at, of no other.
    """
    ends = [
        Coalesce(F(name), Value(LONG_AGO)) for name in ("listed", "boarded", "arrived", "refused")
    ]
    lost = Q(boarded__isnull=False, arrived=None, refused=None)
    moved = Q(arrived_line__isnull=False) & ~Q(arrived_line=F("line"))
    found = (
        lines(asker, deed)
        .order_by()
        .values_list("manifest")
        .alias(latest=Max(Greatest(*ends)))  # only put in order by it: thousands of instants
        .annotate(doubtful=Count("pk", filter=lost | moved))
    )
    return [(number, bool(doubtful)) for number, doubtful in found.order_by("-latest", "manifest")]


def departed_last(asker: Asker, deed: Deed) -> frozenset[str]:
    """The manifests under which somebody left either state last, of those whom an asker may see."""
    found = set[str]()
    for side in Side:
        ways = intervals(asker, deed).filter(status=Status.IN_TRANSIT, custodian=side.value)
        last = ways.order_by("-start").values_list("start", flat=True).first()
        if last is not None:
            among = list(ways.filter(start=last).values_list("subject", flat=True))
            boarded = lines(asker, deed).filter(subject__in=among, boarded=last)
            found.update(boarded.values_list("manifest", flat=True))
    return frozenset(found)


def allowed(asker: Asker, deed: Deed, among: Iterable[str]) -> frozenset[str]:
    """Those of some persons about whom an asker may do a deed."""
    found = subjects(asker, deed).filter(subject__in=list(among))
    return frozenset(found.values_list("subject", flat=True))


def cases(asker: Asker) -> QuerySet[DocketCase]:
    """The docket: what is on the register only where the asker may see the case of that person.

    A case that nobody has opened yet is shown to those alone who may see it before anybody has.
    """
    if not may(asker, Deed.SEE_DOCKET):
        return DocketCase.objects.none()
    shown = _of(asker, Deed.SEE_CASE)
    if access.before_opening(asker, Deed.SEE_CASE, table()).finding is Finding.MET:
        shown |= Q(subject="")
    return DocketCase.objects.filter(shown)


def some(found: QuerySet[_Row], start: int, count: int) -> list[_Row]:
    """Some rows of a long list: an index says which they are, and no other row is read."""
    numbers = list(found.values_list("pk", flat=True)[start : start + count])
    rows = {one.pk: one for one in found.order_by().filter(pk__in=numbers)}
    return [rows[one] for one in numbers if one in rows]


def row(asker: Asker, case: str) -> DocketCase | None:
    """One row of the docket; None where there is none that the asker may see."""
    return cases(asker).filter(case=case).first()


def office_may(office: Office | None, deed: Deed) -> bool:
    """Whether an office may do a deed at all, for whoever stands in the right relation."""
    return office is not None and bool(access.suffices(office, deed, table()))


def of_case(asker: Asker, case: str) -> str:
    """The person of a docket's case, where the asker may see the case; empty for nobody."""
    found = persons(asker, Deed.SEE_CASE).filter(case=case).values_list("subject", flat=True)
    return found.first() or "" if case else ""


def offered(asker: Asker, subject: str) -> list[Deed]:
    """The acts that an asker may record about a person, in the order of a case."""
    related = relations(asker, subject)
    return [
        deed
        for deed in deeds.DOINGS
        if access.may(asker, deed, related, table()).finding is Finding.MET
    ]


def usual_facility(asker: Asker, side: Side) -> str:
    """Where most of those whom an asker may see are held by a state; empty where nobody is."""
    held = persons(asker).filter(custodian=side.value).exclude(facility="").order_by()
    counted = held.values_list("facility").annotate(n=Count("subject")).order_by("-n", "facility")
    return next((facility for facility, _ in counted[:1]), "")


def held_in(asker: Asker, facility: str) -> dict[str, int] | None:
    """How many persons are in each cell of a facility now; None for whoever may not see a roll."""
    if not may(asker, Deed.SEE_ROLL):
        return None
    there = everybody(asker, Deed.SEE_ROLL).filter(facility=facility, end=None).order_by()
    return dict(there.values_list("cell").annotate(n=Count("subject")))


def promised(asker: Asker) -> int:
    """How many persons were accepted and have not come; of nobody in particular."""
    if not may(asker, Deed.SEE_ROLL):
        return 0
    coming = [Stage.ACCEPTED.value, Stage.SCHEDULED.value, Stage.DEPARTED.value]
    found = fenced.counted(Person).filter(stage__in=coming, custodian=Side.SENDING.value)
    return found.exclude(custody__in=[Custody.RELEASED.value, Custody.DIED.value]).count()


def missing(found: QuerySet[DocketCase], fact: str) -> QuerySet[DocketCase]:
    """Those of some cases that a fact may decide."""
    if fenced.possible():
        return found.filter(missing__has_key=fact)
    told = found.annotate(asked=Cast("missing", TextField()))
    return told.filter(asked__contains=f'"{fact}"')


def wanted(asker: Asker) -> QuerySet[Wanted]:
    """The documents that cases wait for, for whoever may see a case before anybody opened it."""
    before = access.before_opening(asker, Deed.SEE_CASE, table()).finding is Finding.MET
    whole = may(asker, Deed.SEE_DOCKET) and before
    return Wanted.objects.all() if whole else Wanted.objects.none()


def asked(asker: Asker, instant: datetime) -> dict[Deed, int]:
    """How many persons' cases ask for each deed that an asker may do about them."""
    counted = _asked(asker, instant).order_by().values_list("asks")  # type: ignore[misc]  # annotated
    return {Deed(deed): count for deed, count in counted.annotate(n=Count("subject"))}


def todo(asker: Asker, instant: datetime, deed: Deed, start: int, count: int) -> list[Todo]:
    """Some of the persons whose cases ask for a deed, what is most overdue first."""
    found = _asked(asker, instant).filter(asks=deed.value)  # type: ignore[misc]  # annotated
    rows = found.values_list("subject", "case", "by", "stage")  # type: ignore[misc]  # annotated
    return [
        Todo(subject, case, deed, by, stage)
        for subject, case, by, stage in rows[start : start + count]
    ]


def first(asker: Asker, instant: datetime, count: int) -> dict[Deed, list[Todo]]:
    """The first persons of each deed, in the order of `todo`; one look at everybody."""
    place = Window(RowNumber(), partition_by=["asks"], order_by=WAITING)
    few = _asked(asker, instant).annotate(place=place).filter(place__lte=count)
    columns = ("subject", "case", "asks", "by", "stage")
    told: dict[Deed, list[Todo]] = {}
    rows = few.order_by("asks", "place").values_list(*columns)  # type: ignore[misc]  # annotated
    for subject, case, asks, by, stage in rows:
        told.setdefault(Deed(asks), []).append(Todo(subject, case, Deed(asks), by, stage))
    return told


def _asked(asker: Asker, instant: datetime) -> QuerySet[Person]:
    """See `service.today.as_of`, which is the definition."""
    lapsed = Q(
        fresh_until__lte=instant,
        stage__in=[one.value for one in today.GROWS_OLD],
        next_deed__in=[one.value for one in today.RESTS_ON_SCREENING],
    )
    early = ~Q(asks=Deed.SCREEN) & Q(next_from__gt=instant)
    # Most of everybody is far from anything: they are left out by an index, before all else.
    soon = Q(due=None) | Q(due__lte=instant + today.PREPARED)
    others = [one.value for one in Stage if one is not Stage.ENDED]
    near = (Q(stage=Stage.ENDED.value) & soon) | Q(stage__in=others)
    alike: dict[frozenset[Relation], list[Deed]] = {}
    for deed in deeds.DOINGS:
        alike.setdefault(_enough(asker, deed), []).append(deed)
    mine = Q(pk__in=[])
    for enough, done in alike.items():
        if enough:
            mine |= Q(asks__in=[one.value for one in done]) & _of(asker, done[0])
    found = (
        Person.objects.filter(near)
        .exclude(next_deed="")
        .annotate(
            asks=Case(When(lapsed, then=Value(Deed.SCREEN.value)), default=F("next_deed")),
            by=Case(When(lapsed, then=F("fresh_until")), default=F("due")),
        )
    )
    waiting = found.filter(mine).exclude(early)
    return waiting.order_by(*WAITING)


def position() -> Position | None:
    """How far the register was read; None before the first time."""
    return _once("position", Position.objects.filter(pk=1).first)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of the register from which pages are made."""

    size: int
    root: str


def checkpoint() -> Checkpoint | None:
    """What the register had signed when it was last followed; None before its first checkpoint."""
    found = position()
    lines = found.checkpoint.splitlines() if found else []
    return Checkpoint(int(lines[1]), lines[2]) if len(lines) > LAST_LINE else None


def everybody(asker: Asker, deed: Deed) -> QuerySet[Interval]:
    """The custody intervals of everybody, to count: for a deed about no person in particular.

    Whose register number is shown of them is for `named`, or for the deed itself where its row of
    the table says that it tells numbers.
    """
    if deed not in ABOUT_NO_PERSON or not may(asker, deed):
        return Interval.objects.none()
    return fenced.counted(Interval)


def releases(asker: Asker, deed: Deed) -> QuerySet[Person]:
    """From when no clock gives a basis to hold somebody, of everybody, for the same deeds."""
    if deed not in ABOUT_NO_PERSON or not may(asker, deed):
        return Person.objects.none()
    return fenced.counted(Person).filter(release_on__isnull=False)


def named(asker: Asker, among: Iterable[str]) -> frozenset[str]:
    """Whom of some persons an asker may see."""
    return allowed(asker, Deed.SEE_PERSON, among)
