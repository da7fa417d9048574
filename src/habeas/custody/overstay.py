"""Held past the date, and returned in time: both derived from clocks and custody, never typed in.

A person is held past the date where custody reaches the civil day after the earliest confirmed
date of either clock with no new basis. On that day it is a finding. A later act removes it from
when the act is known, not before. Where no clock gives a date or a word that stands for none, that
is a finding of its own: no date established.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from habeas.custody.clock import Clocks, basis_end, clocks
from habeas.custody.credit import Kept, of_days
from habeas.custody.days import midnight_before, person_days
from habeas.custody.imposed import ONE_DAY
from habeas.custody.intervals import Interval
from habeas.custody.sentence import Act, Sentenced, Waiver
from habeas.law.agreement import Calendar
from habeas.law.calendar import civil, day, shifted, zone
from habeas.terms import Ending, Side

LASTING = frozenset({Ending.LIFE, Ending.INDETERMINATE})
MarginState = Literal["waived", "kept", "late", "due", "ended", "no date"]


@dataclass(frozen=True, slots=True)
class HeldPast:
    """One person's custody after the earliest confirmed date."""

    until: date  # the last lawful day
    since: datetime  # UTC, from which custody had no basis
    to: datetime | None  # UTC, when it ended; None while it lasts
    finding_on: date  # the first civil day on which it stood as a finding
    clocks: tuple[Side, ...]  # whose dates have passed
    disagree: bool  # whether the clocks say different things
    days: int  # under the agreement's convention, in either state's custody
    days_receiving: int  # of them under the receiving state: what is not billed


@dataclass(frozen=True, slots=True)
class Margin:
    """A return that must come some months before the release date."""

    state: MarginState
    by: date | None  # the latest lawful day of return; None: no date to count back from
    returned_on: date | None  # the civil day on which the receiving state's custody ended
    days_late: int


@dataclass(frozen=True, slots=True)
class Person:
    """One person's custody and sentences as known at an instant."""

    intervals: tuple[Interval, ...]  # in order, none that begins after the instant
    sentenced: Sentenced
    calendar: Calendar
    as_of: datetime  # UTC

    def clocks(self, acts: Sequence[Act] | None = None) -> Clocks:
        """Both clocks, after these acts or after all."""
        return clocks(
            self.sentenced.acts if acts is None else acts,
            kept(self.intervals, self.calendar),
            self.calendar,
        )

    def day(self, at: datetime) -> date:
        """The civil day of an instant in the agreement's zone."""
        return at.astimezone(zone(self.calendar.zone)).date()


def kept(intervals: Sequence[Interval], calendar: Calendar) -> Kept:
    """What credits are counted from."""
    convention = of_days(calendar.convention)

    def days(first: date, after: date) -> int:
        if after <= first:
            return 0
        return person_days(intervals, first, after, convention, calendar.zone).total()

    there = zone(calendar.zone)
    opened = intervals[0].start.astimezone(there).date() if intervals else None
    return Kept(opened, days)


def past(intervals: Sequence[Interval], since: datetime, as_of: datetime) -> list[Interval]:
    """The custody at or after an instant, up to another; of no length where it begins there."""
    return [
        replace(one, start=max(one.start, since), end=min(one.end or as_of, as_of))
        for one in intervals
        if max(one.start, since) <= as_of and (one.end is None or since < one.end)
    ]


def _finding_from(person: Person, acts: Sequence[Act], known: datetime) -> datetime | None:
    """The midnight from which these acts, known at an instant, make a finding; None: never."""
    until, _ = person.clocks(acts).governing(person.calendar.zone)
    since = basis_end(until, person.calendar.zone)
    pieces = past(person.intervals, since, person.as_of) if since is not None else []
    if since is None or not pieces:
        return None
    return _midnight_from(person, max(since, pieces[0].start, known))


def _midnight_from(person: Person, at: datetime) -> datetime:
    """The first beginning of a civil day at or after an instant."""
    here = person.day(at)
    midnight = midnight_before(here, person.calendar.zone)
    return midnight if midnight == at else midnight_before(here + ONE_DAY, person.calendar.zone)


def _first_day(person: Person, acts: Sequence[Act]) -> datetime | None:
    """Since when it has stood as a finding without a break; None: it is none."""
    found, following = None, None
    for known in sorted({one.at for one in acts}, reverse=True):
        if found and following and found > _midnight_from(person, following):
            break  # what was known from there on had made it lawful for a while
        here = _finding_from(person, [one for one in acts if one.at <= known], known)
        if here is None or (following is not None and here > following):
            break
        found, following = here, known
    return found


def held_past(person: Person) -> HeldPast | None:
    """Custody past the date as known at the instant; None where there is none."""
    zone_name, both = person.calendar.zone, person.clocks()
    until, _ = both.governing(zone_name)
    since, first = basis_end(until, zone_name), _first_day(person, person.sentenced.acts)
    if since is None or until.day is None or first is None or first > person.as_of:
        return None
    pieces, last = past(person.intervals, since, person.as_of), person.intervals[-1].end
    if last is not None and last <= first:  # over before the next day began
        return None
    passed = [
        one.side
        for one in (both.sending, both.receiving)
        if (at := basis_end(one.until, zone_name)) is not None and at <= person.as_of
    ]
    there = [one for one in pieces if one.custodian is Side.RECEIVING]
    return HeldPast(
        until.day,
        pieces[0].start,
        last,
        person.day(first),
        tuple(passed),
        both.disagree(zone_name),
        _days(pieces, person),
        _days(there, person),
    )


def _days(pieces: Sequence[Interval], person: Person) -> int:
    if not pieces:
        return 0
    convention, zone_name = of_days(person.calendar.convention), person.calendar.zone
    first, after = person.day(pieces[0].start), person.day(person.as_of) + ONE_DAY
    return person_days(pieces, first, after, convention, zone_name).total()


def no_date(person: Person) -> str:
    """Why no date is established for a person who is held; empty where that is no finding."""
    if not person.intervals or person.intervals[-1].end is not None:
        return ""
    until, _ = person.clocks().governing(person.calendar.zone)
    if until.ending is Ending.DATE or until.ending in LASTING:
        return ""
    return f"{until.ending}: {until.why}" if until.why else f"{until.ending}: so the source says"


def margin(person: Person, months: int | None) -> Margin | None:
    """The return before release; None where none is asked, or the person was never received.

    Counted back from the date, and waived by what was said, as known when the person went back.
    """
    places = [n for n, one in enumerate(person.intervals) if one.custodian is Side.RECEIVING]
    if months is None or not places:
        return None
    last, acts = person.intervals[places[-1]], person.sentenced.acts
    after, waivers = person.intervals[places[-1] + 1 :], person.sentenced.waivers
    if after:  # what was said later makes no return timely
        acts = tuple(one for one in acts if one.index < after[0].event_in)
        waivers = tuple(one for one in waivers if one.index < after[0].event_in)
    until, _ = person.clocks(acts).governing(person.calendar.zone)
    left = None if last.end is None else person.day(last.end)
    if until.day is None:
        return Margin("no date", None, left, 0)
    by = civil(shifted(day(until.day), -months, person.calendar.rounding))
    if _waived(waivers):
        return Margin("waived", by, left, 0)
    late = max(0, ((left or person.day(person.as_of)) - by).days)
    on_time: MarginState = "due" if left is None else "kept" if after else "ended"
    return Margin("late" if late else on_time, by, left, late)


def _waived(waivers: Sequence[Waiver]) -> bool:
    """Whether both states' latest word waives it."""
    said = {one.side: one.waived for one in waivers}
    return all(said.get(side) is True for side in Side)
