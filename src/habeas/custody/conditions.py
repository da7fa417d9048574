"""How people are held in a place, day by day, against the standards that name it.

An observation is somebody's word: the custodian's record, a monitor's visit, or what was stated.
Two of them that cannot both be true are a contradiction: each stands, none is averaged, and it
never makes anything met. Whatever one of them finds not met is not met, so that a record made
later takes no breach away. A day without an observation is unknown.

Hours bound each other: who is half an hour out of the cell is not outdoors for an hour.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise, product

from habeas.law.records import Measure, Regime, Standard
from habeas.terms import Condition, FamilyContact, Finding, Light, Observer
from habeas.units import two_places

C = Condition
HOURS = frozenset({C.HOURS_IN_CELL, C.HOURS_OUT_OF_CELL, C.HOURS_OUTDOORS, C.HOURS_ALONE})
TIMES = HOURS | {C.HOURS_OF_CONTACT}
COUNTS = frozenset({C.PERSONS, C.BEDS, C.TOILETS, C.SHOWERS, C.VISITS})
WORDS: Mapping[Condition, tuple[str, ...]] = {
    C.LIGHT: tuple(Light),
    C.DAYLIGHT: ("yes", "no"),
    C.FAMILY_CONTACT: tuple(FamilyContact),
}
UNITS: Mapping[Condition, tuple[str, ...]] = {  # the first is how it is told
    **dict.fromkeys(TIMES, ("hours a day", "hours", "h")),
    **dict.fromkeys(COUNTS, ("count",)),
    C.VISITS: ("visits a month", "count"),
    C.WATER: ("litres a person a day", "litres", "l"),
    **dict.fromkeys(WORDS, ("word",)),
}
DAY, NONE = Fraction(24), Fraction(0)
SOLITARY = 22  # hours a day or more: Mandela Rule 44, from a second-hand text
DIGITS, PLACES = 6, 4
PER = {"bed": C.BEDS, "toilet": C.TOILETS}


@dataclass(frozen=True, slots=True)
class Observation:
    """What somebody says of one place over the civil days [first, after)."""

    place: str
    first: date
    after: date
    condition: Condition
    value: Fraction | str  # a number in its unit, or one of its words
    by: Observer
    reference: str = ""
    or_more: bool = False  # the number is the least that it can be


@dataclass(frozen=True, slots=True)
class Reading:
    """What an observation leaves possible of a condition."""

    low: Fraction = NONE
    high: Fraction | None = None  # None: no bound is known
    word: str = ""

    def told(self) -> str:
        """In words for people."""
        if self.word or self.high is None:
            return self.word or f"at least {number(self.low)}"
        if self.low == self.high:
            return number(self.low)
        if self.low == 0:
            return f"at most {number(self.high)}"
        return f"{number(self.low)} to {number(self.high)}"


@dataclass(frozen=True, slots=True)
class Asked:
    """One measure of a standard that conditions are held against."""

    standard: str
    measure: Measure

    @property
    def condition(self) -> Condition:
        """What is observed; of beds and toilets, with the persons there."""
        if self.measure.regime is not None:
            return self.measure.regime.condition
        return PER["bed" if self.measure.fixtures is None else self.measure.fixtures.per]

    @property
    def rests_on(self) -> frozenset[Condition]:
        """The conditions that it is computed from."""
        if self.measure.fixtures is not None:
            return frozenset({self.condition, C.PERSONS})
        return TIMES if self.condition in TIMES else frozenset({self.condition})

    def readings(self, seen: Sequence[Observation]) -> list[Reading]:
        """What is known of it on a day, of the observations of that day."""
        if self.measure.fixtures is None:
            return readings(seen, self.condition)
        return list(_for_each(seen, self.condition))

    def finding(self, one: Reading) -> Finding:
        """What one reading establishes."""
        fixtures, regime = self.measure.fixtures, self.measure.regime
        if fixtures is not None:
            if one.word or one.low > fixtures.most_persons:
                return Finding.NOT_MET
            enough = one.high is not None and one.high <= fixtures.most_persons
            return Finding.MET if enough and not fixtures.part else Finding.NOT_ESTABLISHED
        assert regime is not None  # noqa: S101 - `asked` takes no other measure
        return _word(one.word, regime) if one.word else _number(one, regime)

    def badness(self, one: Reading) -> tuple[int, Fraction, Fraction]:
        """Orders readings, the best first."""
        order = {Finding.MET: 0, Finding.NOT_ESTABLISHED: 1, Finding.NOT_MET: 2}
        regime = self.measure.regime
        more_is_worse = regime is None or regime.most is not None or regime.under is not None
        high = Fraction(10**DIGITS) if one.high is None else one.high
        of = (one.low, high) if more_is_worse else (-high, -one.low)
        return order[self.finding(one)], *of


def _word(told: str, regime: Regime) -> Finding:
    if told in regime.barred:
        return Finding.NOT_MET
    return Finding.MET if told in regime.meets else Finding.NOT_ESTABLISHED


def _number(one: Reading, regime: Regime) -> Finding:
    if _below(one.high, regime.least) or (regime.most is not None and one.low > regime.most):
        return Finding.NOT_MET
    least = regime.least if regime.enough is None else regime.enough
    held = [one.low >= least] if least is not None else []
    held += [one.high is not None and one.high <= regime.most] if regime.most is not None else []
    held += [_below(one.high, regime.under)] if regime.under is not None else []
    return Finding.MET if held and all(held) else Finding.NOT_ESTABLISHED


def _below(number_: Fraction | None, limit: int | None) -> bool:
    return number_ is not None and limit is not None and number_ < limit


def number(value: Fraction) -> str:
    """A number for people; two decimals where it has no end of them."""
    whole = value * 10**PLACES
    if whole.denominator > 1:
        return two_places(value)
    return f"{Decimal(whole.numerator).scaleb(-PLACES).normalize():f}"


def value(condition: Condition, text: str) -> Fraction | str:
    """A text as what a condition holds.

    Raises:
        ValueError: with what it should be, for any other text.
    """
    if condition in WORDS:
        if text not in WORDS[condition]:
            raise ValueError(f"one of {', '.join(WORDS[condition])}")
        return text
    whole, _, rest = text.partition(".")
    digits = whole + rest
    plain = digits.isascii() and digits.isdigit() and len(whole) <= DIGITS and len(rest) <= PLACES
    if not plain or not whole or (condition in COUNTS and text != whole):
        raise ValueError("a whole number" if condition in COUNTS else "a number such as 1.5")
    found = Fraction(text)
    if condition in TIMES and found > DAY:
        raise ValueError("at most 24 hours")
    return found


# what observations say


def readings(seen: Iterable[Observation], asked_: Condition) -> list[Reading]:
    """What the observations of one day leave possible of a condition, each by itself."""
    every = list(seen)
    direct = [_reading(one) for one in every if one.condition is asked_]
    if asked_ not in HOURS:
        return direct
    others = [one for one in every if one.condition in HOURS and one.condition is not asked_]
    inside = [_inside(one) for one in others]
    if asked_ is C.HOURS_ALONE:
        contact = [_reading(one) for one in every if one.condition is C.HOURS_OF_CONTACT]
        return direct + _alone(inside, contact)
    if asked_ is C.HOURS_IN_CELL:
        return direct + inside
    if asked_ is C.HOURS_OUT_OF_CELL:
        return direct + [Reading(DAY - (one.high or NONE), DAY - one.low) for one in inside]
    return direct + [Reading(NONE, DAY - one.low) for one in inside]


def _reading(one: Observation) -> Reading:
    if isinstance(one.value, str):
        return Reading(word=one.value)
    return Reading(one.value, None if one.or_more else one.value)


def _inside(one: Observation) -> Reading:
    """The hours in the cell that another number of hours leaves possible."""
    hours = one.value
    assert isinstance(hours, Fraction)  # noqa: S101 - hours are no word
    if one.condition is C.HOURS_IN_CELL:
        return Reading(hours, hours)
    if one.condition is C.HOURS_OUT_OF_CELL:
        return Reading(DAY - hours, DAY - hours)
    return Reading(NONE, DAY - hours) if one.condition is C.HOURS_OUTDOORS else Reading(hours, DAY)


def _alone(inside: Sequence[Reading], contact: Sequence[Reading]) -> list[Reading]:
    """Hours confined without meaningful human contact; without a record it may be any of them."""
    pairs = [
        Reading(max(NONE, cell.low - met.low), min(cell.high or NONE, DAY - met.low))
        for cell, met in product(inside, contact)
    ]
    return (
        pairs
        or [Reading(NONE, one.high) for one in inside]
        or [Reading(NONE, DAY - one.low) for one in contact]
    )


def _for_each(seen: Sequence[Observation], fixture: Condition) -> Iterator[Reading]:
    """Persons for each bed or toilet, at worst and at best of what was observed."""
    persons = [_reading(one) for one in seen if one.condition is C.PERSONS]
    there = [_reading(one).low for one in seen if one.condition is fixture]
    if not persons or not there:
        return
    low = max(one.low for one in persons)
    high = max((one.high for one in persons if one.high is not None), default=None)
    if min(there) == 0:
        yield Reading(word=f"none for {number(low)}") if low else Reading(NONE, None)
        return
    most = None if high is None or high < low else high / min(there)
    yield Reading(low / min(there), most)


def clash(seen: Sequence[Observation], asked_: Condition) -> bool:
    """Whether what was observed of a condition, or of what it comes from, cannot all be so."""
    of = (asked_, C.HOURS_IN_CELL, C.HOURS_OF_CONTACT) if asked_ is C.HOURS_ALONE else (asked_,)
    return any(_apart(readings(seen, one)) for one in of)


def _apart(found: Sequence[Reading]) -> bool:
    least = min((one.high for one in found if one.high is not None), default=None)
    words = {one.word for one in found}
    return len(words) > 1 or (least is not None and max(one.low for one in found) > least)


def on_a_day(asks: Asked, seen: Sequence[Observation]) -> Finding:
    """What the observations of one day establish together: not met by one is not met."""
    each = [asks.finding(one) for one in asks.readings(seen)]
    if any(one is Finding.NOT_MET for one in each):
        return Finding.NOT_MET
    met = [one is Finding.MET for one in each]
    agreed = all(met) if clash(seen, asks.condition) else any(met)
    return Finding.MET if met and agreed else Finding.NOT_ESTABLISHED


# places over days

Span = tuple[date, date]  # civil days, half-open


@dataclass(frozen=True, slots=True)
class Judged:
    """One place against one measure over a period."""

    place: str
    asked: Asked
    worst: Reading | None  # None: nothing was observed
    not_met: tuple[Span, ...]
    days: Mapping[Finding | None, int]  # None: no observation

    @property
    def finding(self) -> Finding:
        """Met only where it was met on every day."""
        if self.days.get(Finding.NOT_MET):
            return Finding.NOT_MET
        met = self.days.get(Finding.MET, 0)
        return Finding.MET if met and met == sum(self.days.values()) else Finding.NOT_ESTABLISHED


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Observations of one place and the same days that cannot all be so."""

    place: str
    condition: Condition
    days: Span
    seen: tuple[Observation, ...]


def asked(standards: Iterable[Standard]) -> list[Asked]:
    """The measures that conditions are held against, in the library's order."""
    return [
        Asked(standard.id, measure)
        for standard in standards
        for measure in standard.measures
        if measure.regime is not None or measure.fixtures is not None
    ]


def pieces(
    seen: Iterable[Observation], first: date, after: date
) -> Iterator[tuple[Span, tuple[Observation, ...]]]:
    """Days over which the same observations hold, in order; they fill the period.

    Of observations by which one kind of observer says the same, the first stands for all.
    """
    alike: dict[object, Observation] = {}
    cuts, starts = {first, after}, dict[date, list[tuple[date, Observation]]]()
    for one in seen:
        if one.first < after and first < one.after:
            begins = max(one.first, first)
            cuts |= {begins, min(one.after, after)}
            said = alike.setdefault((one.condition, one.value, one.by, one.or_more), one)
            starts.setdefault(begins, []).append((one.after, said))
    held: list[tuple[date, Observation]] = []
    for begins, ends in pairwise(sorted(cuts)):
        held = [one for one in held if one[0] > begins] + starts.get(begins, [])
        yield (begins, ends), tuple({id(said): said for _, said in held}.values())


def judge(place: str, asks: Asked, seen: Sequence[Observation], period: Span) -> Judged:
    """One place against one measure, on each day of a period."""
    days, spans, worst = Counter[Finding | None](), list[Span](), list[Reading]()
    bearing = [one for one in seen if one.condition in asks.rests_on]
    for span, there in pieces(bearing, *period):
        length, found = (span[1] - span[0]).days, asks.readings(there)
        finding = on_a_day(asks, there) if found else None
        days[finding] += length
        worst += found
        if finding is Finding.NOT_MET:
            spans.append(span)
    return Judged(place, asks, max(worst, key=asks.badness, default=None), _joined(spans), days)


def _joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    found = list[Span]()
    for first, after in spans:
        if found and found[-1][1] == first:
            found[-1] = (found[-1][0], after)
        else:
            found.append((first, after))
    return tuple(found)


def contradictions(
    place: str, seen: Sequence[Observation], period: Span
) -> Iterator[Contradiction]:
    """What cannot all be so of one place, each set of observations once."""
    for span, there in pieces(seen, *period):
        times = False
        for condition in Condition:
            of = tuple(one for one in there if one.condition is condition)
            if of and _apart([_reading(one) for one in of]):
                times = times or condition in TIMES
                yield Contradiction(place, condition, span, of)
        if not times and clash(there, C.HOURS_ALONE):
            of = tuple(one for one in there if one.condition in TIMES)
            yield Contradiction(place, C.HOURS_IN_CELL, span, of)


@dataclass(frozen=True, slots=True)
class Solitary:
    """Whether somebody was in solitary confinement on every day, on none, or one cannot tell."""

    every_day: bool | None  # None: not established
    days: int  # on which it is established
    contradicted: bool


def solitary(seen: Sequence[Observation], period: Span) -> Solitary:
    """Twenty-two hours a day or more without meaningful human contact; unknown is neither.

    Source: Mandela Rules, rule 44.
    """
    days, against = Counter[bool | None](), False
    for (first, after), there in pieces(seen, *period):
        found = readings(there, C.HOURS_ALONE)
        clashing = clash(there, C.HOURS_ALONE)
        against = against or clashing
        days[_confined(found, clashing=clashing)] += (after - first).days
    whole = next(iter(days)) if len(days) == 1 else None
    return Solitary(whole, days[True], against)


def _confined(found: Sequence[Reading], *, clashing: bool) -> bool | None:
    """Where observations clash, only what each of them says; else what any of them says."""
    said = all if clashing else any
    if not found:
        return None
    if said(one.low >= SOLITARY for one in found):
        return True
    return False if said(_below(one.high, SOLITARY) for one in found) else None
