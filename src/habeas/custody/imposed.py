"""What stands of a person's sentences on one clock: a fold over the acts that move it.

Only simple, declared forms are computed: one sentence, or several of which each later one says
whether it is consecutive to or concurrent with another. Whatever else is recorded leaves a reason
why a person must decide, until the release date is stated anew. Dates follow the rule of the
release-date calculators that were checked case by case: subtract the day first, then add.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from habeas.custody.credit import Kept, credited
from habeas.custody.sentence import Act, Length, Until, refuse
from habeas.law.agreement import Calendar
from habeas.law.calendar import MONTHS, Rounding, civil, day, shifted
from habeas.terms import Ending, SentenceAct, Side

K, E = SentenceAct, Ending
ONLY = "1"  # the name of a sentence that has none
WEEK = 7
ONE_DAY = timedelta(days=1)


def last_day(begins: date, length: Length, rounding: Rounding) -> date:
    """The last day of a sentence that begins on a day.

    The day before its start is moved by years, then months, then weeks and days. From the first of
    a month, whole months end with the month before.

    Raises:
        ValueError, OverflowError: beyond the calendar.
    """
    months, start = MONTHS * length.years + length.months, day(begins)
    if begins.day == 1 and months:
        last = shifted(start, months, rounding) - 1
    else:
        last = shifted(shifted(start - 1, MONTHS * length.years, rounding), length.months, rounding)
    return civil(last + WEEK * length.weeks + length.days)


@dataclass(slots=True)
class Standing:
    """What stands on one clock after the acts so far."""

    calendar: Calendar
    kept: Kept
    standing: dict[str, Act] = field(default_factory=dict)  # sentences, by name
    moves: list[tuple[Act, int]] = field(default_factory=list)  # with the days that each moves
    spans: list[tuple[date, date]] = field(default_factory=list)  # of credits
    stated: Act | None = None  # the latest that stated the release date
    absorbed: int = 0  # moves that the stated date already holds
    preliminary: Act | None = None
    ended: Act | None = None  # a pardon, or what made the last sentence void
    converted: bool = False
    trouble: str = ""  # why a person must decide

    def take(self, act: Act) -> None:
        """Let one act move the clock.

        Raises:
            RegisterError: H744, H746, H748; the clock is unchanged.
        """
        if self.converted and act.side is Side.SENDING and act.kind not in {K.PARDONED, K.VACATED}:
            self.trouble = "the sending state changed its sentence after the conversion"
            return
        if act.kind is K.IMPOSED and act.side is Side.RECEIVING:
            self.trouble = "a sentence of the receiving state's own"
            return
        HANDLERS[act.kind](self, act)
        if act.release is None:
            return
        if act.preliminary:
            self.preliminary = act
            return
        self.stated, self.absorbed, self.trouble = act, len(self.moves), ""

    def end(self, act: Act, seen: tuple[str, ...] = ()) -> Until:
        """The unadjusted end of one standing sentence."""
        if act.ends is not None:
            return act.ends
        if act.length is None:
            return Until(E.NOT_RECORDED, why="no end is stated")
        begins = self.begin(act, seen)
        if begins is None:
            return Until(E.NOT_COMPUTED, why="a length whose start no record gives")
        return Until(E.DATE, last_day(begins, act.length, self.calendar.rounding))

    def begin(self, act: Act, seen: tuple[str, ...] = ()) -> date | None:
        """The first day of a sentence; of a consecutive one, the day after the one before it."""
        if not act.after:
            return act.begins
        before = self.standing.get(act.after)
        if before is None or act.after in seen:
            return None
        last = self.end(before, (*seen, act.after)).day
        return None if last is None else last + ONE_DAY

    def forget(self) -> None:
        """Nothing that was stated or settled before holds any more."""
        self.stated, self.absorbed, self.trouble = None, 0, ""


def _minimum_fits(now: Standing, act: Act) -> None:
    if act.minimum is None:
        return
    begins = act.begins or act.on  # of a consecutive sentence: lengths alone are compared
    least = last_day(begins, act.minimum, now.calendar.rounding)
    most = act.ends.day if act.ends is not None else None
    if act.length is not None:
        most = last_day(begins, act.length, now.calendar.rounding)
    if most is not None and least > most:
        what = f"the minimum of a sentence ends on {least}, after its maximum on {most}"
        raise refuse("H744", what, "Correct one of the two.")


def _imposed(now: Standing, act: Act) -> None:
    name = act.sentence or ONLY
    others = set(now.standing) - {name}
    for link in (act.after, act.beside):
        if link and link not in others:
            what = f"'{link[:40]}' is no other sentence that stands"
            raise refuse("H748", what, "Name one that was imposed before.")
    _minimum_fits(now, act)
    if not others:
        now.forget()
    elif now.stated is not None:
        now.trouble = "a sentence was imposed after a release date was stated"
    elif not (act.after or act.beside):
        now.trouble = "several sentences, and no word on how they run"
    if now.ended is not None and act.begins and act.begins > now.ended.on + ONE_DAY:
        now.trouble = "a sentence imposed after the one before it had ended"
    now.ended, now.standing[name] = None, act


def _conversion(now: Standing, act: Act) -> None:
    _minimum_fits(now, act)
    now.forget()
    now.standing, now.ended, now.converted = {ONLY: act}, None, True
    now.moves.clear()
    now.spans.clear()


def _credit(now: Standing, act: Act) -> None:
    starts = [one for act in now.standing.values() if (one := now.begin(act)) is not None]
    # What is not served yet is no credit either.
    days = credited(act, now.kept, min([*starts, act.on]), now.spans)
    if act.span is not None:
        now.spans.append(act.span)
    now.moves.append((act, -days))


def _days(sign: int) -> Callable[[Standing, Act], None]:
    return lambda now, act: now.moves.append((act, sign * (act.days or 0)))


def _lost(now: Standing, act: Act) -> None:
    earned = -sum(days for one, days in now.moves if one.kind in {K.REMISSION, K.DAYS_LOST})
    if (act.days or 0) > earned:
        what = f"{act.days} days are lost of {earned} that were earned"
        raise refuse("H748", what, "Only days of remission can be lost; else add days.")
    now.moves.append((act, act.days or 0))


def _named(now: Standing, act: Act) -> str:
    """The sentence that an act is about; empty where it names none of several."""
    name = act.sentence or (next(iter(now.standing)) if len(now.standing) == 1 else "")
    if (act.sentence and name not in now.standing) or not now.standing:
        raise refuse("H748", f"'{act.kind}' is about no sentence that stands", "Record it first.")
    return name


def _commuted(now: Standing, act: Act) -> None:
    name = _named(now, act)
    if not name:
        now.trouble = "one of several sentences was commuted, and not which"
        return
    old = now.standing[name]
    if act.length is None and act.ends is None:  # only the release date was stated
        return
    new = replace(
        act,
        sentence=name,
        begins=act.begins or old.begins,
        after="" if act.begins else old.after,
        beside=old.beside,
    )
    before, after = now.end(old).day, now.end(new).day
    if before is not None and after is not None and after > before:
        what = f"a commutation to {after} is longer than the sentence, to {before}"
        raise refuse("H748", what, "Impose it anew, if a court did.")
    now.standing[name] = new
    if len(now.standing) == 1:
        now.forget()
    elif now.stated is not None:
        now.trouble = "a sentence was commuted after a release date was stated"


def _ended(now: Standing, act: Act) -> None:
    if act.sentence and len(now.standing) > 1 and act.sentence in now.standing:
        del now.standing[act.sentence]
        follows = any(one.after == act.sentence for one in now.standing.values())
        if follows or now.stated is not None:
            now.trouble = f"one of several sentences was {act.kind}, and others rest on it"
        return
    if act.sentence and act.sentence not in now.standing:
        _named(now, act)
    now.forget()
    now.standing.clear()
    now.moves.clear()
    now.ended = act


HANDLERS: Mapping[SentenceAct, Callable[[Standing, Act], None]] = {
    K.IMPOSED: _imposed,
    K.CREDIT: _credit,
    K.REMISSION: _days(-1),
    K.DAYS_LOST: _lost,
    K.DAYS_ADDED: _days(1),
    K.COMMUTED: _commuted,
    K.PARDONED: _ended,
    K.VACATED: _ended,
    K.CONVERSION: _conversion,
    K.COMPUTED_DATE: lambda _now, _act: None,
}
