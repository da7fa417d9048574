"""What an issue of statistics tells beside who was held: acts of states, fees, places and area."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from habeas.custody.days import DAY
from habeas.errors import Fault, FeeError, StatisticsError
from habeas.law.library import Library
from habeas.law.schedule import Credit
from habeas.register.events import Event
from habeas.service import bill, duties, hold, issues, measure
from habeas.service.duties import Calendars
from habeas.service.issues import Earlier, Made
from habeas.service.measure import Place
from habeas.space import certified
from habeas.space.density import floor_area_cm2
from habeas.statistics import acts
from habeas.statistics.acts import Acts, Happened, Owed, Told
from habeas.statistics.tables import ALL, PERSON_DAYS, STOCK, Key, Month, Row
from habeas.terms import EventKind, Side, Status
from habeas.units import amount, square_metres

Cells = dict[str, str | int | None]
INQUIRY = EventKind.INQUIRY_MADE.value
HAPPENED = {
    INQUIRY: acts.RECEIVED,
    EventKind.VISIT_MADE.value: acts.MADE,
    EventKind.VISIT_BLOCKED.value: acts.BLOCKED,
}
SHORTEST_MONTH, WORKING_DAY, DAY_H = 28, 3, 24  # days; days that one may last; hours
WITHHELD = "withheld"  # for which a table writes the words that every withheld count has
M2, AREA, A_PERSON = "m2", "floor_area", "area_per_person"
NOT_KNOWN, NOBODY = "not established", "nobody is held there"
NO_FEE, NO_PRICE = "no fee is owed", "the schedule gives no price"


@dataclass(frozen=True, slots=True)
class Asked:
    """What these tables need beside the register."""

    library: Library
    calendars: Calendars
    states: tuple[str, str]  # sending and receiving
    places: Sequence[Place] = ()  # facilities whose files were given


@dataclass(frozen=True, slots=True)
class More:
    """The tables of an issue beside those of who was held."""

    acts: Told
    fees: Cells
    space: Sequence[Cells]
    files: Mapping[str, str]  # of facilities: id, and SHA-256 of the file


def more(made: Made, earlier: Sequence[Earlier], asked: Asked) -> More:
    """The further tables of an issue.

    Raises:
        LawError: H771, for a deadline in working days without a calendar.
        StatisticsError: H880, where a later month tells too much of what the issue withholds;
            H864, for a facility in which nobody was ever held.
    """
    return More(
        _acts(made, earlier, asked),
        _fees(made, asked.library),
        [row for place in asked.places for row in _space(made, place, asked.library)],
        {place.facility.id: place.hash for place in asked.places},
    )


# duties, inquiries and visits


def _read(made: Made, asked: Asked) -> hold.Read:
    source = made.source
    found = hold.Register(source.deal, source.held, source.note)
    standing = hold.standing(source.events, source.terms)
    return hold.Read(found, standing, source.terms, asked.states)


def _acts(made: Made, earlier: Sequence[Earlier], asked: Asked) -> Told:
    found = counted(_read(made, asked), asked, made.issue.month)
    near = _near(made, earlier, reach(asked.library, made))
    return acts.told(found, made.asked.policy.threshold, near=near)


def counted(read: hold.Read, asked: Asked, when: Month) -> Acts:
    """Duties, inquiries and visits of a month, before anything is withheld.

    Raises:
        LawError: H771, for a deadline in working days without a calendar.
    """
    standing = duties.standing(read, asked.library, asked.calendars, when.edges()[1])
    listed = [
        Owed(
            _state(one.side),
            one.due,
            None if one.answer is None else one.answer.at,
            one.opened.subject,
            one.opened.kind == INQUIRY,
        )
        for one in standing.owed
        if one.due is not None
    ]
    return acts.counts(listed, _happened(read), when)


def _state(side: Side | None) -> str:
    return acts.NEITHER if side is None else side.value


def _happened(read: hold.Read) -> list[Happened]:
    wanted = [one for one in read.events if one.kind in HAPPENED]
    held_by = duties.holders(duties.marks(wanted, read.terms), read.found.held.intervals)
    return [_one(event, held_by[event.id]) for event in wanted]


def _one(event: Event, side: Side | None) -> Happened:
    return Happened(_state(side), event.occurred_at, HAPPENED[event.kind], event.subject or "")


def reach(library: Library, made: Made) -> int:
    """How many months before one may hold events from which a duty falls due in it."""
    longest = max(
        -(-(one.by.hours or 0) // DAY_H)
        + (one.by.days or 0)
        + (one.by.working_days or 0) * WORKING_DAY
        + (one.by.months or 0) * (SHORTEST_MONTH + WORKING_DAY)
        for one in duties.asked(library, made.source.deal)
    )
    return longest // SHORTEST_MONTH + 1


def _near(made: Made, earlier: Sequence[Earlier], months: int) -> bool:
    """Whether anything is withheld of either state in the month or in so many before it.

    Raises:
        StatisticsError: H880.
    """
    name = made.issue.month.name
    if any(key.row.facility == ALL for key in made.issue.withheld):
        acts.checked(name, (one.month for one in earlier if one.tells_due), months)
        return True
    before = acts.back(name, months)
    return any(one.month in before and one.withholds() for one in earlier)


# fees


def _fees(made: Made, library: Library) -> Cells:
    deal, when = made.source.deal, made.issue.month
    empty: Cells = {"currency": "", "exponent": None, "standing": "",
                    "amount_minor": None, "amount": None}  # fmt: skip
    if deal.fees is None:
        return empty | {"note": NO_FEE}
    empty |= {"currency": deal.fees.currency, "exponent": deal.fees.exponent}
    if _tells_persons(made):
        return empty | {"note": WITHHELD}
    found = hold.Register(deal, made.source.held, made.source.note)
    asked = bill.Asked(bill.period(when.first, when.after), as_of=when.edges()[1])
    try:
        total = (computed := bill.of_register(found, asked, library)).made.total_minor
    except FeeError as error:
        return empty | {"note": f"no amount: {error.faults[0].sentence()}"}
    if total is None:
        return empty | {"note": NO_PRICE}
    exact = amount(total, computed.made.exponent)
    standing = "provisional" if computed.because else "final"
    return empty | {"amount_minor": total, "amount": exact, "standing": standing, "note": ""}


def _tells_persons(made: Made) -> bool:
    """Whether an amount would tell more of persons than the tables beside it do.

    It is computed from person-days, which must all be shown, and from what no table tells: days in
    hospital, on the way or past the date, behind which nobody or many must stand, and cells.
    """
    deal, when = made.source.deal, made.issue.month
    rows = {key.row for key in issues.hidden(made) if key.measure == PERSON_DAYS}
    if any(row.custodian != Side.SENDING.value for row in rows):
        return True
    if deal.fees is not None and any(isinstance(one, Credit) for one in deal.fees.items):
        return True
    start, end = when.edges()
    held = made.source.held
    apart = {
        one.subject
        for one in held.received()
        if one.start < end
        and (one.end is None or start < one.end)
        and (one.status is not Status.HELD or held.release_dates.get(one.subject, end) < end)
    }
    apart |= {
        one.subject
        for one in held.intervals
        if one.status is Status.IN_TRANSIT and one.end is None and one.start < end
    }
    return 0 < len(apart) < made.asked.policy.threshold


# places and floor area


def _space(made: Made, place: Place, library: Library) -> list[Cells]:
    """What a facility has, and what of it a person of the stock at the month's end has."""
    name = place.facility.id
    rows = [row for row in made.issue.among if row.facility == name]
    if not rows:
        what = f"nobody was ever held in '{name}' by this register"
        raise StatisticsError(Fault("H864", what, "Name the file of another facility.", place.file))
    return [
        {"custodian": row.custodian, "facility": name, **cells}
        for row in rows
        for cells in (*_places(place, made), *_areas(place, made, row, library))
    ]


def _cells(measure_: str, unit: str, value: str = "", **more: str) -> Cells:
    told: Cells = {"measure": measure_, "value": value or None, "unit": unit}
    return told | {"finding": "", "note": "" if value else NOT_KNOWN, "definition": ""} | more


def _places(place: Place, made: Made) -> list[Cells]:
    """Its places by each definition, which are about nobody."""
    day = made.issue.month.after - DAY
    return [
        _cells(
            f"places_{one['definition']}",
            "places",
            one["places"],
            definition=". ".join(filter(None, (one["basis"], one["on"], one["note"]))),
        )
        for one in measure.capacities(place, day, None)
    ]


def _areas(place: Place, made: Made, row: Row, library: Library) -> list[Cells]:
    """Its floor, and how much of it each of the stock has: no more than area and stock tell."""
    key, name = Key(made.issue.month.stocks()[1], row, STOCK), place.facility.id
    day, persons = made.issue.month.after - DAY, made.issue.counts[key].value
    try:
        area = floor_area_cm2(certified.cells(place.facility, day), name)
    except FeeError:
        return [_cells(AREA, M2), _cells(A_PERSON, M2)]
    told = [_cells(AREA, M2, square_metres(area))]
    if key in issues.hidden(made):
        return [*told, _cells(A_PERSON, M2, note=WITHHELD)]
    if not persons:
        return [*told, _cells(A_PERSON, M2, note=NOBODY)]
    found = measure.density(library, place, persons, day)
    words = {one.id: one for _, two in library.standards.values() for one in two.measures}
    each = [
        _cells(
            one["measure"],
            M2,
            one["m2_per_person_at_most"],
            finding=one["finding"],
            definition=f"{one['value']} Counted: {words[one['measure']].method.en}",
        )
        for one in found["standards"]
    ]
    return [*told, _cells(A_PERSON, M2, found["m2_per_person"]), *each]
