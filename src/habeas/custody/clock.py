"""Two clocks of one sentence: the sending state's and the receiving state's.

A fold over one person's sentence acts in register order gives each clock a set of typed dates, each
with its steps. What the sending state does to the sentence itself moves both clocks; what a state
does inside its own execution (remission, days lost, its own computed date) moves its own, and
the receiving state's acts move its own alone. A receiving state that has recorded nothing follows
the sending state's clock. Where a form is not simple and declared, the answer is `not computed`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from habeas.custody.credit import Kept, of_days
from habeas.custody.days import midnight_before
from habeas.custody.imposed import ONE_DAY, Standing, last_day
from habeas.custody.sentence import Act, Told, Until, told
from habeas.errors import RegisterError
from habeas.law.agreement import Calendar
from habeas.law.calendar import zone
from habeas.terms import Ending, SentenceAct, Side

K, E = SentenceAct, Ending
DateKind = Literal["expiry", "release", "preliminary", "minimum"]
SHARED = frozenset({K.IMPOSED, K.CREDIT, K.DAYS_ADDED, K.COMMUTED, K.PARDONED, K.VACATED})
STRONGEST = (E.NOT_COMPUTED, E.LIFE, E.INDETERMINATE, E.UNKNOWN, E.NOT_RECORDED)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a computation."""

    event_id: str
    index: int
    act: SentenceAct
    before: str  # the unadjusted date, or the word in its place; empty at the start
    days: int  # by which it moves; negative is earlier
    after: str
    rule: str


@dataclass(frozen=True, slots=True)
class Typed:
    """One date of a clock, with how it was computed."""

    kind: DateKind
    until: Until
    unadjusted: Until
    days: int  # by which it was adjusted
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Clock:
    """What one state's law and acts say of a person's sentence."""

    side: Side
    until: Until  # the earlier of the confirmed dates, or the word why there is none
    dates: tuple[Typed, ...]
    follows: bool = False  # the receiving state has recorded nothing of its own


def basis_end(until: Until, zone_name: str) -> datetime | None:
    """The instant from which there is no basis to hold, in UTC; None where no day says so."""
    if until.instant is not None or until.day is None:
        return until.instant
    return midnight_before(until.day + ONE_DAY, zone_name)


def moved(until: Until, days: int, zone_name: str) -> Until:
    """A date some days on, at the same hour of the agreement's zone; a word stays as it is."""
    if until.day is None or not days:
        return until
    at = until.instant
    if at is not None:
        at = (at.astimezone(zone(zone_name)) + timedelta(days=days)).astimezone(UTC)
    return replace(until, day=until.day + timedelta(days=days), instant=at)


@dataclass(frozen=True, slots=True)
class Clocks:
    """Both clocks of one person, and what could not be taken in."""

    sending: Clock
    receiving: Clock
    refused: tuple[Told, ...] = ()

    def governing(self, zone_name: str) -> tuple[Until, tuple[Side, ...]]:
        """The earliest confirmed date of both clocks, and whose it is.

        A date of the receiving state that is later than the sending state's extends nothing. Where
        neither clock has a date: the sending state's word, or the other's where it recorded none.
        """
        ends = [
            (basis_end(one.until, zone_name), one)
            for one in (self.sending, self.receiving)
            if one.until.day is not None
        ]
        earliest = min((at for at, _ in ends if at is not None), default=None)
        first = [one for at, one in ends if at == earliest]
        if first:
            return first[0].until, tuple(one.side for one in first)
        silent = self.sending.until.ending is E.NOT_RECORDED
        return (self.receiving if silent else self.sending).until, ()

    def disagree(self, zone_name: str) -> bool:
        """Whether the two clocks say different things."""
        one, other = self.sending.until, self.receiving.until
        return one.ending is not other.ending or basis_end(one, zone_name) != basis_end(
            other, zone_name
        )


def clocks(acts: Sequence[Act], kept: Kept, calendar: Calendar) -> Clocks:
    """Both clocks of one person out of the acts about the sentence.

    Args:
        acts: in register order.
        kept: the person's custody as the register knows it.
        calendar: the agreement's rounding, zone and convention.
    """
    refused: dict[int, Told] = {}
    sending = _clock(
        Side.SENDING, [one for one in acts if one.side is Side.SENDING], kept, calendar, refused
    )
    own = [one for one in acts if one.side is Side.RECEIVING or one.kind in SHARED]
    if all(one.side is Side.SENDING for one in acts):
        receiving = replace(sending, side=Side.RECEIVING, follows=True)
    else:
        receiving = _clock(Side.RECEIVING, own, kept, calendar, refused)
    return Clocks(sending, receiving, tuple(refused[index] for index in sorted(refused)))


def _clock(
    side: Side, acts: Iterable[Act], kept: Kept, calendar: Calendar, refused: dict[int, Told]
) -> Clock:
    now = Standing(calendar, kept)
    try:
        for act in acts:
            try:
                now.take(act)
            except RegisterError as error:
                refused[act.index] = told(act.event_id, act.index, act.at, error)
        dates = _dates(now)
    except (ValueError, OverflowError):
        return Clock(side, Until(E.NOT_COMPUTED, why="a date beyond the calendar"), ())
    if now.trouble:
        early = tuple(one for one in dates if one.kind == "preliminary")
        return Clock(side, Until(E.NOT_COMPUTED, why=now.trouble), early)
    return Clock(side, _confirmed(dates, calendar.zone), dates)


def _confirmed(dates: Sequence[Typed], zone_name: str) -> Until:
    ends = [
        (at, one.until)
        for one in dates
        if one.kind in {"expiry", "release"} and (at := basis_end(one.until, zone_name)) is not None
    ]
    if ends:
        return min(ends, key=lambda one: one[0])[1]
    release = next((one.until for one in dates if one.kind == "release"), None)
    if release is not None:
        return release
    why = "only a preliminary date" if dates else "no sentence"
    return Until(E.NOT_RECORDED, why=why)


def _dates(now: Standing) -> tuple[Typed, ...]:
    found = list[Typed]()
    if now.ended is not None:
        at = Until(E.DATE, now.ended.on, now.ended.at)
        found.append(Typed("release", at, at, 0, (_first(now.ended, at, f"{now.ended.kind}"),)))
    elif now.standing:
        found += [_expiry(now), _release(now)]
    elif now.stated is not None:
        found.append(_release(now))
    if now.preliminary is not None and now.preliminary.release is not None:
        early = now.preliminary.release
        step = _first(now.preliminary, early, "stated as preliminary: it ends nothing")
        found.append(Typed("preliminary", early, early, 0, (step,)))
    return (*found, *_minimums(now))


def _first(act: Act, until: Until, rule: str) -> Step:
    return Step(act.event_id, act.index, act.kind, "", 0, str(until), rule)


def _sentences(now: Standing) -> tuple[Until, list[Step]]:
    """The unadjusted end of all standing sentences: the latest, or the strongest word."""
    ends, steps = list[Until](), list[Step]()
    for act in now.standing.values():
        ends.append(now.end(act))
        steps.append(_first(act, ends[-1], _how(now, act)))
    words = [one for one in ends if one.day is None]
    if words:
        return min(words, key=lambda one: STRONGEST.index(one.ending)), steps
    return max(ends, key=lambda one: one.day or date.min), steps


def _how(now: Standing, act: Act) -> str:
    begins = now.begin(act)
    if act.length is None and act.ends is None:
        return "no end of the sentence itself is recorded"
    if act.length is None or begins is None:
        return "as stated"
    how = "the day after the sentence before it" if act.after else f"from {begins}"
    parts = ((act.length.years, "y"), (act.length.months, "m"), (act.length.weeks, "w"))
    told_ = " ".join(f"{n}{unit}" for n, unit in (*parts, (act.length.days, "d")) if n)
    if begins.day == 1 and (act.length.years or act.length.months):
        return f"{how}, the 1st: {told_} to the end of the month before"
    return f"{how}: the day before, then {told_}"


def _expiry(now: Standing) -> Typed:
    base, steps = _sentences(now)
    adjusting = [one for one in now.moves if one[0].kind in {K.CREDIT, K.DAYS_ADDED}]
    return _moved("expiry", now, base, steps, adjusting)


def _release(now: Standing) -> Typed:
    stated = now.stated
    if stated is None or stated.release is None:
        base, steps = _sentences(now)
        return _moved("release", now, base, steps, now.moves)
    base, since = stated.release, now.moves[now.absorbed :]
    return _moved(
        "release", now, base, [_first(stated, base, "stated by the authority that signed")], since
    )


RULES = {
    K.CREDIT: "custody before the sentence, in days of '{}'",
    K.REMISSION: "days earned",
    K.DAYS_LOST: "earned days taken back",
    K.DAYS_ADDED: "days added to the sentence",
}


def _moved(
    kind: DateKind, now: Standing, base: Until, steps: list[Step], moves: Sequence[tuple[Act, int]]
) -> Typed:
    """A date moved by days, each a step; one that was computed is never before the sentence."""
    until = base
    for act, days in moves:
        after = moved(until, days, now.calendar.zone)
        rule = RULES[act.kind].format(of_days(now.calendar.convention))
        if after.day is None:
            rule = f"{rule}: it moves nothing, for there is no date"
        by = 0 if after.day is None else days
        steps.append(Step(act.event_id, act.index, act.kind, str(until), by, str(after), rule))
        until = after
    starts = [one for act in now.standing.values() if (one := now.begin(act)) is not None]
    if starts and until.day is not None and until.day < min(starts) - ONE_DAY:
        act = next(iter(now.standing.values()))
        floor = replace(until, day=min(starts) - ONE_DAY, instant=None)
        days = (min(starts) - ONE_DAY - until.day).days
        rule = "never before the sentence begins"
        steps.append(Step(act.event_id, act.index, act.kind, str(until), days, str(floor), rule))
        until = floor
    days = (until.day - base.day).days if until.day and base.day else 0
    return Typed(kind, until, base, days, tuple(steps))


def _minimums(now: Standing) -> list[Typed]:
    found = []
    for act in now.standing.values():
        begins = now.begin(act)
        if act.minimum is not None and begins is not None:
            until = Until(E.DATE, last_day(begins, act.minimum, now.calendar.rounding))
            step = _first(act, until, "the minimum to be served, unadjusted")
            found.append(Typed("minimum", until, until, 0, (step,)))
    return found
