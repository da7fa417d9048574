"""What a visiting body is told of one facility, each figure with the call that gives it again."""

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from habeas.errors import Fault, SetupError
from habeas.law.calendar import zone
from habeas.law.library import Library
from habeas.service import apart, clocks, duties, hold, inquiry, measure, premises
from habeas.service.duties import Calendars, Standing
from habeas.service.hold import Read
from habeas.service.measure import Place
from habeas.terms import DutyState, EventKind, Status

Row = Mapping[str, str]
INQUIRY, FINDING = "D-16", "visit.finding"
OUT = (Status.HOSPITAL, Status.COURT, Status.ABSENT, Status.IN_TRANSIT)


@dataclass(frozen=True, slots=True)
class Asks:
    """What a visit is about, as its call says it."""

    register: str  # the name of its file
    agreement: str
    facility: str
    as_of: str
    at: datetime  # UTC
    size: int  # leaves of the register, as it was known then
    states: tuple[str | None, str | None]  # sending and receiving, where the agreement has several
    seed: str | None = None
    count: int | None = None
    file: str | None = None  # of the facility, in the place of the library's

    def call(self, *words: str, here: bool = True, at: bool = True) -> tuple[str, ...]:
        """A call about this register at this size, without `habeas`."""
        told = ["--agreement", self.agreement, "--size", str(self.size)]
        for name, state in zip(("--sending", "--receiving"), self.states, strict=True):
            told += [name, state] if state else []
        told += ["--as-of", self.as_of] if at else []
        told += ["--facility", self.facility] if here else []
        return (*words, *told, "--json")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure, and how anybody who holds the register has it again."""

    name: str  # of its words
    value: str
    call: tuple[str, ...]  # without `habeas`
    take: str  # of the JSON that the call prints, in the language of jq
    of: str = ""  # what the words are about, such as a duty

    @property
    def line(self) -> str:
        """The call as it is typed."""
        return f"habeas {shlex.join(self.call)} | jq {shlex.quote(self.take)}"


@dataclass(frozen=True, slots=True)
class Visit:
    """Everything that stands in a pack."""

    asks: Asks
    read: Read
    stands: Standing
    figures: tuple[Figure, ...]
    roll: Sequence[Row]
    sample: Sequence[Row]
    apart: Sequence[Row]
    past: Sequence[Row]
    late: Sequence[Row]  # duties
    open: Sequence[Row]  # findings of visits without a reply
    deaths: Sequence[Row]
    blocked: Sequence[Row]
    inquiries: Sequence[Row]
    contradictions: Sequence[Row]
    places: Sequence[Row]  # by each definition; empty without a facility file
    floor: Mapping[str, Mapping[str, int]]  # persons by measure and word; the same

    def of(self, *names: str) -> list[Figure]:
        """The figures of some names, in order."""
        return [one for one in self.figures if one.name in names]


def visit(
    read: Read, library: Library, calendars: Calendars, asks: Asks, place: Place | None
) -> Visit:
    """The pack of one facility.

    Args:
        read: the register of that size.
        library: duties and standards.
        calendars: the public holidays of a state, and the calendar's name.
        asks: what the visit is about.
        place: the facility's file; None where none is at hand.

    Raises:
        SetupError: H749, where the register never had anybody there; H901, for half a sample.
        LawError: H771, for a deadline in working days without a calendar.
    """
    at, facility, held = asks.at, asks.facility, read.found.held
    if facility not in {one.facility for one in held.intervals if one.start <= at}:
        what = f"nobody was ever held in '{facility}' by this register at that instant"
        raise SetupError(Fault("H749", what, "Take its id from `habeas custody roll`."))
    if (asks.seed is None) != (asks.count is None):
        what = "a sample needs both --seed and --count"
        raise SetupError(Fault("H901", what, "Give both, or neither."))
    here = hold.concerned(held, facility, at)
    stands = duties.standing(read, library, calendars, at).of(facility)
    known = [one for one in clocks.known(read.found, at) if here(one.subject)]
    rows = [duties.row(one, at) for one in stands.rows()]
    unmet = [duties.row(one, at) for one in duties.listed(stands, every=False)]
    roll = hold.roll_rows(held, at, None, facility)
    stretches = apart.found(read, at, facility)
    made = Visit(
        asks, read, stands, (), roll, _sample(held, asks), apart.rows(stretches),
        [clocks.overstay(one) for one in known if one.held_past is not None],
        [one for one in unmet if one["state"] == DutyState.OVERDUE],
        [one for one in unmet if one["from"] == FINDING],
        _deaths(held, asks),
        duties.blocked(read, at, facility),
        [one for one in rows if one["duty"] == INQUIRY],
        [one.row() for one in inquiry.known(read, at, facility)],
        measure.capacities(place, day_of(read, at), len(roll)) if place else (),
        _floor(read, library, asks, place),
    )  # fmt: skip
    told = (
        *_held(made, clocks.counts(known), stretches),
        *_duties(made, unmet),
        *_space(made),
    )
    return replace(made, figures=told)


def day_of(read: Read, at: datetime) -> date:
    """The civil day of an instant, in the agreement's zone."""
    return at.astimezone(zone(read.found.deal.calendar.zone)).date()


def _sample(held: hold.Held, asks: Asks) -> list[dict[str, str]]:
    if asks.seed is None or asks.count is None:
        return []
    asked = hold.Sample(asks.at, None, asks.facility, asks.seed, asks.count)
    return hold.sample_rows(held, asked)


def _deaths(held: hold.Held, asks: Asks) -> list[dict[str, str]]:
    return [
        {"register_number": one.subject, "end": one.end.isoformat(), "index": str(one.event_out)}
        for one in held.intervals
        if one.facility == asks.facility
        and one.reason_out == EventKind.DIED
        and one.end is not None
        and one.end <= asks.at
    ]


def _floor(
    read: Read, library: Library, asks: Asks, place: Place | None
) -> Mapping[str, Mapping[str, int]]:
    if place is None:
        return {}
    stays = premises.of_intervals(hold.until(read.found.held.received(), asks.at))
    zone_name = read.found.deal.calendar.zone
    found = premises.premises(library, stays, zone_name, place, asks.at)
    told = premises.at_instant(premises.only(found, place.facility.id), asks.at, "facility")
    mine: list[dict[str, Any]] = [one for one in told["rows"] if one["facility"] == asks.facility]
    return mine[0]["standards"] if mine else {}


def _count(**where: str) -> str:
    """How many rows have these values, in the language of jq."""
    told = " and ".join(f".{name} == {json.dumps(value)}" for name, value in where.items())
    return f"[.rows[] | select({told})] | length"


def _held(made: Visit, counts: Mapping[str, int], stretches: apart.Apart) -> list[Figure]:
    """Who is there, who is held apart or past the date, and who died."""
    asks, register = made.asks, made.asks.register
    roll = asks.call("custody", "roll", register)
    segregation = asks.call("custody", "segregation", register)
    past = asks.call("custody", "overstays", register)
    told = [Figure("held", str(len(made.roll)), roll, ".roll_count")]
    for status in OUT:
        out = sum(one["status"] == status for one in made.roll)
        told += [Figure("out", str(out), roll, _count(status=status), status)] if out else []
    if asks.seed is not None and asks.count is not None:
        call = asks.call("custody", "sample", register, "--seed", asks.seed)
        call = (*call[:-1], "--count", str(asks.count), call[-1])
        told.append(Figure("sample", str(len(made.sample)), call, ".rows | length"))
    now = sum(not one["to"] for one in made.apart)
    long = sum(one["prolonged"] == "yes" for one in made.apart)
    told += [
        Figure("apart_now", str(now), segregation, _count(to="")),
        Figure("apart_long_now", str(len(stretches.now())), segregation,
               ".counts.prolonged_and_lasting"),
        Figure("apart_long", str(long), segregation, ".counts.prolonged"),
        Figure("past_now", str(counts["held_past"]), past, ".counts.held_past"),
        Figure("past_then", str(counts["were_held_past"]), past, ".counts.were_held_past"),
        Figure("no_date", str(counts["no_date"]), past, ".counts.no_date"),
    ]  # fmt: skip
    died = [f".facility == {json.dumps(asks.facility)}", '.reason_out == "custody.died"',
            f".end <= {json.dumps(asks.at.isoformat())}"]  # fmt: skip
    call = asks.call("custody", "intervals", register, here=False, at=False)
    take = f"[.rows[] | select({' and '.join(died)})] | length"
    return [*told, Figure("deaths", str(len(made.deaths)), call, take)]


def _duties(made: Visit, unmet: Sequence[Row]) -> list[Figure]:
    """What is owed and late, what was reported, and what the register does not bear out."""
    asks, register = made.asks, made.asks.register
    call = asks.call("duties", "list", register)
    inquiries = asks.call("inquiry", "list", register)
    open_ = sum(one["state"] == DutyState.OPEN for one in unmet)
    told = [
        Figure("overdue", str(len(made.late)), call, _count(state=DutyState.OVERDUE)),
        Figure("no_number", str(open_), call, _count(state=DutyState.OPEN)),
        Figure("findings", str(len(made.open)), call, _count(**{"from": FINDING})),
    ]
    for duty, counts in made.stands.counts().items():
        late = counts.get(DutyState.OVERDUE.value, 0)
        take = f".counts[{json.dumps(duty)}].overdue"
        told += [Figure("overdue_of", str(late), call, take, duty)] if late else []
    for kind, number in duties.reported(made.read, asks.at, asks.facility).items():
        told.append(Figure("reports", str(number), call, f".reports[{json.dumps(kind)}]", kind))
    silent = sum(not one["answered"] for one in made.inquiries)
    wrong = len(made.contradictions)
    return [
        *told,
        Figure("inquiries", str(len(made.inquiries)), inquiries, ".rows | length"),
        Figure("unanswered", str(silent), inquiries, _count(answered="")),
        Figure("contradictions", str(wrong), inquiries, ".contradictions | length"),
    ]


def _space(made: Visit) -> list[Figure]:
    """Places by each definition, and persons by how they stand against each measure."""
    asks, told = made.asks, list[Figure]()
    place, day = asks.file or asks.facility, day_of(made.read, asks.at).isoformat()
    call = ("space", "capacity", place, "--at", day, "--persons", str(len(made.roll)), "--json")
    for one in made.places:
        row = f".rows[] | select(.definition == {json.dumps(one['definition'])})"
        told.append(Figure("places", one["places"], call, f"{row} | .places", one["definition"]))
    density = asks.call("space", "density", place, "--register", asks.register, here=False)
    density = (*density[:-1], "--by", "facility", density[-1])
    for name, words in made.floor.items():
        for word, persons in words.items():
            if word == premises.APART:
                continue
            take = f".rows[0].standards[{json.dumps(name)}][{json.dumps(word)}]"
            told.append(Figure("floor", str(persons), density, take, f"{name}: {word}"))
    return told
