"""Who must do what by when, out of a register: law and agreement say what, the events say when.

A number comes from the duty's text, else from the agreement, else from the proposal of
`duties.toml`, which every output calls a policy. Where none of them fixes one, a duty is owed and
nobody can say that it is late.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from habeas.custody.intervals import Interval
from habeas.duties import clocked_rows
from habeas.duties.clocked_rows import Columns, Table
from habeas.duties.deadline import Clocked, Closed, fixed
from habeas.duties.owed import Asked, Mark, Owed, owed
from habeas.errors import Fault, SetupError
from habeas.law.agreement import Agreement
from habeas.law.cited import Due
from habeas.law.library import Library
from habeas.law.records import Duty, DutyClock
from habeas.register.events import Event
from habeas.service import NOT_REVIEWED
from habeas.service.hold import Read, Register, concerned
from habeas.terms import DutyState, EventKind, Side
from habeas.transfer.state import Terms

Document = dict[str, Any]  # Any: a document for a face
Clocks = Mapping[Side | None, Clocked]
Calendars = Callable[[str], tuple[Closed, str] | None]
# In an event's body: what a reply answers, by the kind that replies.
REPLIES = {
    EventKind.INQUIRY_ANSWERED: "inquiry",
    EventKind.COMPLAINT_ANSWERED: "complaint",
    EventKind.SEGREGATION_ENDED: "segregation",
    EventKind.DUTY_MET: "event",
}
ORDER = (
    DutyState.OVERDUE, DutyState.RUNNING, DutyState.OPEN, DutyState.MET_LATE, DutyState.MET,
)  # fmt: skip
LISTED = ("state", "duty", "step", "register_number", "owed_by", "from", "since", "due", "limit",
          "answered", "days_late", "event", "index", "answer_index")  # fmt: skip
REPORTS = (
    EventKind.INCIDENT_REPORTED, EventKind.COMPLAINT_MADE, EventKind.VISIT_MADE,
    EventKind.VISIT_BLOCKED,
)  # fmt: skip
NOBODY = "-"
MOST = 200  # lines of a message


@dataclass(frozen=True, slots=True)
class Standing:
    """Every duty that arose on a register, as it stands at an instant."""

    found: Register
    owed: tuple[Owed, ...]
    at: datetime  # UTC
    clocks: Clocks

    def rows(self) -> list[Owed]:
        """Those that had arisen, late ones first, then by when they are due."""
        return sorted(
            (one for one in self.owed if one.opened.at <= self.at),
            key=lambda one: (
                ORDER.index(one.state(self.at)),
                one.due or one.opened.at,
                one.opened.index,
                one.asked.duty,
                one.asked.step,
            ),
        )

    def counts(self) -> dict[str, dict[str, int]]:
        """By duty: how many stand in each state."""
        sums: dict[str, Counter[str]] = {}
        for one in self.rows():
            sums.setdefault(one.asked.duty, Counter())[one.state(self.at)] += 1
        return {duty: dict(sorted(sums[duty].items())) for duty in sorted(sums, key=_number)}

    def only(self, duty: str) -> "Standing":
        """The same of one duty."""
        return replace(self, owed=tuple(one for one in self.owed if one.asked.duty == duty))

    def of(self, facility: str | None) -> "Standing":
        """The same of whom a facility holds at the instant, and of who had died there."""
        here = concerned(self.found.held, facility, self.at)
        return replace(self, owed=tuple(one for one in self.owed if here(one.opened.subject)))

    def late(self) -> bool:
        """Whether anything is overdue."""
        return any(one.state(self.at) is DutyState.OVERDUE for one in self.owed)


def _number(duty: str) -> tuple[int, str]:
    tail = duty.rpartition("-")[2]
    return (int(tail) if tail.isdigit() else 0, duty)


def asked(library: Library, deal: Agreement) -> list[Asked]:
    """The duties of the library that run as clocks, with the number that holds for an agreement."""
    return [
        one
        for name, clock in library.duties.clocks.items()
        for one in _of_clock(name, library.duties.duties[name], clock, deal)
    ]


def _of_clock(name: str, duty: Duty, clock: DutyClock, deal: Agreement) -> Iterator[Asked]:
    from_ = {kind.value: clock.only.get(kind, ()) for kind in clock.from_}
    answered_by = frozenset(kind.value for kind in duty.answered_by)
    steps = [(step.id, step.policy or clock.policy) for step in clock.steps]
    for side in _sides(clock):
        for step, policy in steps or [("", clock.policy)]:
            by, limit = _limit((name, step), duty, deal, policy)
            yield Asked(name, step, from_, answered_by, by, limit, side)


def _sides(clock: DutyClock) -> tuple[Side | None, ...]:
    if clock.owes == "both":
        return (Side.SENDING, Side.RECEIVING)
    return (None,) if clock.owes == "holder" else (Side(clock.owes),)


def _limit(
    named: tuple[str, str], duty: Duty, deal: Agreement, policy: Due | None
) -> tuple[Due, str]:
    """The number that holds, and who fixes it: the text, else the agreement, else the proposal."""
    if fixed(duty.by):
        return duty.by, "text"
    for key in (".".join(named), named[0]):
        if key in deal.deadlines:
            return deal.deadlines[key].by, "agreement"
    return (duty.by, "nobody") if policy is None else (policy, "policy")


def step(library: Library, duty: str, name: str) -> None:
    """Refuse a duty, or a part of one, that the library does not know: it would answer nothing.

    Raises:
        SetupError: H901.
    """
    clock = library.duties.clocks.get(duty)
    if clock is None:
        known = ", ".join(library.duties.clocks)
        what = f"'{duty}' is no duty that falls due"
        raise SetupError(Fault("H901", what, f"Write one of {known}."))
    steps = [one.id for one in clock.steps]
    if name not in (steps or [""]):
        what = f"{duty} has no part '{name}'" if name else f"{duty} is done part by part"
        fix = f"Give --step with one of {', '.join(steps)}." if steps else "Leave --step out."
        raise SetupError(Fault("H901", what, fix))


def marks(events: Iterable[Event], terms: Terms) -> Iterator[Mark]:
    """Events as far as duties ask."""
    for event in events:
        signer = event.actors[0].authority if event.actors else ""
        body = event.body
        yield Mark(
            event.occurred_at,
            event.index,
            event.kind,
            event.subject or "",
            event.id,
            terms.sides.get(signer),
            _said(body.get("duty")),
            _said(body.get("step")),
            _said(body.get(REPLIES.get(EventKind(event.kind), ""))),
            _said(body.get("kind")),
        )


def _said(value: object) -> str:
    return value if isinstance(value, str) else ""


def holders(found: Iterable[Mark], intervals: Iterable[Interval]) -> dict[str, Side | None]:
    """Which state held each person when something happened; of the dead, who held them last."""
    stays: dict[str, tuple[list[datetime], list[Interval]]] = {}
    for one in intervals:
        starts, mine = stays.setdefault(one.subject, ([], []))
        starts.append(one.start)
        mine.append(one)
    told: dict[str, Side | None] = {}
    for mark in found:
        starts, mine = stays.get(mark.subject, ([], []))
        at = bisect_right(starts, mark.at)
        told[mark.event] = mine[at - 1].custodian if at else None
    return told


def standing(read: Read, library: Library, calendars: Calendars, at: datetime) -> Standing:
    """Every duty that arose from the events of a register.

    Args:
        read: the register's agreement, intervals and events.
        library: the duties.
        calendars: the public holidays of a state, and the calendar's name; None: none at hand.
        at: the instant that is asked about, UTC.

    Raises:
        LawError: H771, for a deadline in working days without a calendar.
    """
    found, told = read.found, list(marks(read.events, read.terms))
    clocks = _clocks(found.deal, read.states, calendars)
    every = owed(asked(library, found.deal), told, holders(told, found.held.intervals), clocks)
    return Standing(found, tuple(every), at, clocks)


def blocked(read: Read, at: datetime, facility: str | None = None) -> list[dict[str, str]]:
    """Visits that somebody prevented, as whoever was turned away signed them; latest first."""
    found = [
        {
            "at": event.occurred_at.isoformat(),
            "facility": event.facility or _said(event.body.get("facility")),
            "signed_by": ", ".join(one.authority for one in event.actors),
            "reason": _said(event.body.get("reason")),
            "index": str(event.index),
        }
        for event in read.events
        if event.kind == EventKind.VISIT_BLOCKED and event.occurred_at <= at
    ]
    return [one for one in found[::-1] if facility in (None, one["facility"])]


def reported(read: Read, at: datetime, facility: str | None = None) -> dict[str, int]:
    """How many incidents, complaints and visits were recorded by an instant.

    Of a facility: those that name it, and those that name none of whom it holds.
    """
    here = concerned(read.found.held, facility, at)
    told = dict.fromkeys((one.value for one in REPORTS), 0)
    for event in read.events:
        if event.kind in told and event.occurred_at <= at:
            there = event.facility or _said(event.body.get("facility"))
            told[event.kind] += (
                facility == there if there and facility else here(event.subject or "")
            )
    return told


def row(one: Owed, at: datetime) -> dict[str, str]:
    """One duty as a row of text; empty where there is nothing."""
    state, answer = one.state(at), one.answer
    shown = answer if answer is not None and answer.at <= at else None
    until = shown.at if shown else at
    late = state in (DutyState.OVERDUE, DutyState.MET_LATE) and one.due is not None
    return {
        "state": state.value,
        "duty": one.asked.duty,
        "step": one.asked.step,
        "register_number": one.opened.subject or NOBODY,
        "owed_by": one.side.value if one.side else NOBODY,
        "from": one.opened.kind,
        "since": one.opened.at.isoformat(),
        "due": one.due.isoformat() if one.due else "",
        "limit": one.asked.limit,
        "answered": shown.at.isoformat() if shown else "",
        "days_late": str((until - one.due).days) if late and one.due else "",
        "event": one.opened.event,
        "index": str(one.opened.index),
        "answer_index": str(shown.index) if shown else "",
    }


def document(
    found: Standing, read: Read, library: Library, *, every: bool, facility: str | None = None
) -> Document:
    """All of it for machines; `every` with what is met too."""
    rows = [row(one, found.at) for one in found.rows() if every or not _met(one, found.at)]
    named = {one.asked.duty for one in found.owed}
    return {
        **found.found.basis(),
        "as_of": found.at.isoformat(),
        "counts": found.counts(),
        "rows": rows,
        "blocked_visits": blocked(read, found.at, facility),
        "reports": reported(read, found.at, facility),
        "duties": {
            name: {
                "text": duty.text.en,
                "owed_by": duty.owed_by.en,
                "owed_to": duty.owed_to.en,
                "cite": [f"{cite.instrument} {cite.at} ({cite.checked})" for cite in duty.cite],
            }
            for name, duty in library.duties.duties.items()
            if name in named
        },
        "calendars": sorted({one.calendar for one in found.clocks.values() if one.calendar}),
        "review": NOT_REVIEWED,
    }


def _met(one: Owed, at: datetime) -> bool:
    return one.state(at) in (DutyState.MET, DutyState.MET_LATE)


def listed(found: Standing, *, every: bool) -> list[Owed]:
    """What a page lists: all, or only what is not met."""
    return [one for one in found.rows() if every or not _met(one, found.at)]


@dataclass(frozen=True, slots=True)
class Deadline:
    """One deadline for a calendar; no person's number stands in it."""

    uid: str
    summary: str
    description: str
    due: datetime  # UTC
    stamp: datetime  # UTC: as of when it is told


def deadlines(found: Standing) -> list[Deadline]:
    """What is due or overdue, for a calendar."""
    told = list[Deadline]()
    for one in found.rows():
        state = one.state(found.at)
        if state not in (DutyState.RUNNING, DutyState.OVERDUE) or one.due is None:
            continue
        name = f"{one.asked.duty} {one.asked.step}".strip()
        side = one.side.value if one.side else NOBODY
        told.append(
            Deadline(
                f"{one.opened.event}.{name.replace(' ', '.')}.{side}@{found.found.deal.id}",
                f"{name}: {state.value} ({side} state)",
                f"From {one.opened.kind}, register entry {one.opened.index}. Limit: "
                f"{one.asked.limit}. {NOT_REVIEWED}",
                one.due,
                found.at,
            )
        )
    return told


def told(found: Standing, *, days: int) -> str:
    """A message for whoever owes: what is overdue and what falls due soon; no person is named."""
    soon = found.at + timedelta(days=days)
    waiting = [
        one
        for one in found.rows()
        if one.state(found.at) in (DutyState.OVERDUE, DutyState.RUNNING)
        and one.due is not None
        and one.due <= soon
    ]
    late = sum(one.state(found.at) is DutyState.OVERDUE for one in waiting)
    lines = [
        f"Duties under {found.found.deal.id} as of {found.at.isoformat()}",
        f"{late:,} overdue, {len(waiting) - late:,} due within {days} days.",
        "",
    ]
    for one in waiting[:MOST]:
        name = f"{one.asked.duty} {one.asked.step}".strip()
        side = one.side.value if one.side else "nobody"
        due = "" if one.due is None else one.due.isoformat()
        lines.append(
            f"{one.state(found.at).value:8} {name:18} {side:10} {due}  entry {one.opened.index}"
        )
    if len(waiting) > MOST:
        lines.append(f"and {len(waiting) - MOST:,} more: habeas duties list")
    return "\n".join(
        [*lines, "", f"Register of {found.found.held.size:,} leaves.", NOT_REVIEWED, ""]
    )


def _clocks(deal: Agreement, states: tuple[str, str], calendars: Calendars) -> Clocks:
    """The clock of each state: the agreement's zone, and the public holidays of the state."""
    zone, rounding = deal.calendar.zone, deal.calendar.rounding
    found: dict[Side | None, Clocked] = {None: Clocked(zone, rounding)}
    for side, state in zip((Side.SENDING, Side.RECEIVING), states, strict=True):
        closed, name = calendars(state) or (None, "")
        found[side] = Clocked(zone, rounding, closed, name)
    return found


# a file of starts and answers


def clocked(zone: str, state: str | None, calendars: Calendars) -> Clocked:
    """One clock, with the public holidays of a state where one is named."""
    closed, name = (calendars(state) if state else None) or (None, "")
    return Clocked(zone, "down", closed, name)


def limit(
    library: Library, duty: str | None, numbers: tuple[int | None, int | None, int | None]
) -> Due:
    """The limit of a call: a duty's own number, or hours, days and working days.

    Raises:
        SetupError: H901, for a duty that the library does not know or that fixes no number, or
            for no limit at all.
    """
    if duty is None:
        by = Due(None, *numbers)
        if not fixed(by):
            what = "no limit is named"
            raise SetupError(Fault("H901", what, "Give --duty, --hours, --days or --working-days."))
        return by
    known = library.duties.duties.get(duty)
    if known is None or not fixed(known.by):
        what = f"'{duty}' is no duty whose text fixes a number"
        raise SetupError(Fault("H901", what, "Give --hours, --days or --working-days."))
    return known.by


def told_limit(by: Due) -> str:
    """A limit in words."""
    numbers = {
        "hours": by.hours,
        "days": by.days,
        "working days": by.working_days,
        "months": by.months,
    }
    return "within " + " and ".join(f"{n} {unit}" for unit, n in numbers.items() if n is not None)


def narrowed(
    names: Sequence[str],
    rows: Iterable[tuple[int, Mapping[str, str]]],
    columns: str,
    where: str | None,
) -> tuple[list[tuple[int, Mapping[str, str]]], Columns]:
    """The rows that a call asks about, and which of their cells are read.

    Raises:
        SetupError: H901, for a column that is not there.
    """
    parts = [part.partition("=") for part in columns.split(",")]
    said = {role: column for role, _, column in parts}
    column, _, value = (where or "").partition("=")
    asked = [said.get("start", ""), said.get("answer", ""), *([column] if where else [])]
    missing = next((one for one in asked if one not in names), None)
    if missing is not None:
        what = f"the file has no column '{missing}'"
        fix = f"Write --columns start=...,answer=... with two of: {', '.join(names)[:200]}."
        raise SetupError(Fault("H901", what, fix))
    kept = [(line, row) for line, row in rows if not where or row[column] == value]
    return kept, Columns(asked[0], asked[1])


def of_rows(
    rows: Iterable[tuple[int, Mapping[str, str]]], columns: Columns, by: Due, clock: Clocked
) -> Table:
    """Each row as one duty, by the rule of the register."""
    return clocked_rows.read(rows, columns, by, clock)


def counted(found: Table, at: datetime) -> dict[str, int]:
    """How many stand in each state; what was answered before it arose; what cannot be read."""
    sums = Counter(one.state(at).value for one in found.owed)
    return {
        "rows": len(found.owed) + len(found.refused),
        **{state.value: sums[state.value] for state in ORDER},
        "answered before it arose": len(found.early),
        "refused": len(found.refused),
    }
