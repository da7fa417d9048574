"""What is owed from which event, what answered it, and how it stands at an instant.

A duty arises from an event and is answered by another; both are in the register, so nothing about
a duty is ever typed in. An answer that names what it answers answers that alone. One that names
nothing answers the earliest that is open, so that one report never hides two silences.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from habeas.duties.deadline import Clocked, end_of, last
from habeas.law.cited import Due
from habeas.terms import DutyState, EventKind, Side


@dataclass(frozen=True, slots=True)
class Mark:
    """An event as far as duties ask: from which one arises, or which answers one."""

    at: datetime  # UTC
    index: int  # in the register; -1 outside one
    kind: str
    subject: str  # empty: of no person
    event: str = ""  # its id
    by: Side | None = None  # the state whose authority signed it; None: neither's
    duty: str = ""  # that an answer names; empty: none
    step: str = ""
    answers: str = ""  # the id of the event to which it replies; empty: it names none
    about: str = ""  # what a report is about, in the register's word; empty: it says nothing
    adds_to: str = ""  # the id of the report to which it is an addendum
    to: Side | None = None  # the state that it asks; None: it names none
    reply_by: date | None = None  # a civil day, or an instant in UTC; None: it names none


@dataclass(frozen=True, slots=True)
class Asked:
    """One duty, or one step of it, that one state owes."""

    duty: str
    step: str  # empty where the duty has none
    from_: Mapping[str, Sequence[str]]  # kind of event: what it must be about; none: anything
    answered_by: frozenset[str]  # kinds of event
    by: Due
    limit: str  # who fixes it: "finding", "text", "agreement", "policy", or "nobody"
    side: Side | None = None  # who owes it; None: whoever holds the person then


@dataclass(frozen=True, slots=True)
class Owed:
    """One duty that arose from one event."""

    asked: Asked
    opened: Mark
    side: Side | None  # who owes it; None: nobody held the person then
    due: datetime | None  # the last second in which it is kept; None: no number is fixed
    answer: Mark | None

    def state(self, at: datetime) -> DutyState:
        """How it stands at an instant."""
        if self.answer is not None and self.answer.at <= at:
            late = self.due is not None and self.answer.at > self.due
            return DutyState.MET_LATE if late else DutyState.MET
        if self.due is None:
            return DutyState.OPEN
        return DutyState.OVERDUE if at > self.due else DutyState.RUNNING


def arises(asked: Asked, mark: Mark) -> bool:
    """Whether a duty runs from an event. What a report does not say is never taken for no."""
    about = asked.from_.get(mark.kind)
    return about is not None and (not about or not mark.about or mark.about in about)


def answers(asked: Asked, side: Side | None, opened: Mark, mark: Mark) -> bool:
    """Whether an event may answer a duty that arose from another.

    `duty.met` and the answer to a finding count from the state that owes the duty; of a visit or
    another reply, whoever signed it.
    """
    if mark.kind not in asked.answered_by or mark.subject != opened.subject:
        return False
    if mark.answers and mark.answers != opened.event:
        return False
    if mark.kind == EventKind.DUTY_MET:
        named = (mark.duty, mark.step) == (asked.duty, asked.step)
        return named and (side is None or mark.by is side)
    return mark.kind != EventKind.FINDING_ANSWERED or side is None or mark.by is side


def owed(
    asked: Iterable[Asked],
    marks: Iterable[Mark],
    holders: Mapping[str, Side | None],
    clocks: Mapping[Side | None, Clocked],
) -> list[Owed]:
    """Every duty that arose, in register order, each with what answered it first.

    Args:
        asked: the duties of the law and the agreement.
        marks: the events of any number of persons, in register order.
        holders: by event id: which state held the person when it happened; None: neither.
        clocks: the zone and calendar of each state; of None: where nobody held the person.
    """
    persons: dict[str, list[Mark]] = {}
    for mark in marks:
        persons.setdefault(mark.subject, []).append(mark)
    found = [
        one
        for mine in persons.values()
        for each in asked
        for one in _of_one(each, mine, holders, clocks)
    ]
    return sorted(found, key=lambda one: (one.opened.index, one.asked.duty, one.asked.step))


def _of_one(
    asked: Asked,
    marks: Sequence[Mark],
    holders: Mapping[str, Side | None],
    clocks: Mapping[Side | None, Clocked],
) -> Iterable[Owed]:
    opened = _opened(asked, marks)
    if not opened:
        return
    waiting = [mark for mark in marks if mark.kind in asked.answered_by]
    used = set[int]()
    for mark in opened:
        side = asked.side or mark.to or holders.get(mark.event)
        own = _named(mark, clocks[side])
        due = own or last(mark.at, asked.by, clocks[side])
        answer = _answer(asked, side, mark, waiting, used)
        if answer is not None:
            used.add(id(answer))
        yield Owed(replace(asked, limit="finding") if own else asked, mark, side, due, answer)


def _opened(asked: Asked, marks: Sequence[Mark]) -> list[Mark]:
    """The events from which a duty arises: an addendum opens none that its report has opened."""
    found, told = list[Mark](), set[str]()
    for mark in marks:
        if mark.adds_to in told:
            told.add(mark.event)
        elif arises(asked, mark):
            found.append(mark)
            if mark.kind == EventKind.INCIDENT_REPORTED:
                told.add(mark.event)
    return found


def _named(mark: Mark, clocked: Clocked) -> datetime | None:
    """The last second that a finding itself names for the reply."""
    if mark.reply_by is None or isinstance(mark.reply_by, datetime):
        return mark.reply_by
    return end_of(mark.reply_by, clocked)


def _answer(
    asked: Asked, side: Side | None, opened: Mark, waiting: Iterable[Mark], used: set[int]
) -> Mark | None:
    """The first event that answers: not one from before, and none that answered another."""
    for mark in waiting:
        after = (mark.at, mark.index) > (opened.at, opened.index)
        if after and id(mark) not in used and answers(asked, side, opened, mark):
            return mark
    return None
