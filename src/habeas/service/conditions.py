"""Conditions of places against every standard that names them, out of a file and a register."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import groupby

from habeas.custody.conditions import (
    UNITS,
    Asked,
    Contradiction,
    Judged,
    Observation,
    Span,
    asked,
    contradictions,
    judge,
    number,
)
from habeas.custody.days import civil_day
from habeas.errors import Fault, SetupError
from habeas.law.library import Library
from habeas.law.record_pages import asks
from habeas.law.records import Standard
from habeas.service import NOT_REVIEWED, apart
from habeas.service.hold import Read
from habeas.space import occupancy
from habeas.terms import Condition, Finding, Observer

ROWS = [
    "place", "measure", "condition", "asks", "observed", "finding", "days", "met", "not_met",
    "not_established", "not_observed", "not_met_on", "contradicted",
]  # fmt: skip
FINDINGS = (Finding.NOT_MET, Finding.NOT_ESTABLISHED, Finding.MET)
DAY = timedelta(days=1)
Seen = list[Observation]


@dataclass(frozen=True, slots=True)
class Found:
    """Every place against every measure over a period."""

    period: Span | None  # None: nothing was observed, and no period was named
    seen: tuple[Observation, ...]
    judged: tuple[Judged, ...]  # not met first, then what was observed
    against: tuple[Contradiction, ...]

    def holds(self) -> bool:
        """Whether nothing was found not met, and no two observations contradict each other."""
        none = all(one.finding is not Finding.NOT_MET for one in self.judged)
        return none and not self.against


def chosen(library: Library, names: Sequence[str]) -> list[Asked]:
    """The measures of the named standards, or the named measures; all where none is named.

    Raises:
        SetupError: H878 for a name that is neither, or that nothing is observed for.
    """
    standards: list[Standard] = [standard for _, standard in library.standards.values()]
    every = asked(standards)
    for name in names:
        if not any(name in (one.standard, one.measure.id) for one in every):
            known = [*dict.fromkeys(one.standard for one in every)]
            known += [one.measure.id for one in every]
            what = f"'{name[:40]}' names no standard or measure of conditions"
            raise SetupError(Fault("H878", what, f"Use one of {', '.join(known)}."))
    return [one for one in every if not names or {one.standard, one.measure.id} & set(names)]


def of_register(read: Read, at: datetime) -> tuple[list[Observation], list[Fault]]:
    """What the events of a register observe, and what of it cannot be read."""
    told = apart.found(read, at)
    return [one for each in told.seen.values() for one in each], list(told.unread)


def on_the_roll(
    read: Read, seen: Sequence[Observation], period: Span, at: datetime
) -> Iterator[Observation]:
    """Persons whom the register has in the places whose beds or toilets were observed.

    They are the least that it can be: a place may hold others, who stand on no register of ours.
    """
    wanted = {one.place for one in seen if one.condition in (Condition.BEDS, Condition.TOILETS)}
    zone = read.found.deal.calendar.zone
    first, after = period[0], min(period[1], civil_day(at, zone) + DAY)
    if not wanted or first >= after:
        return
    stays = [occupancy.of_interval(one) for one in read.found.held.intervals]
    stays = occupancy.closed(occupancy.known(stays, at), at)
    for kept in (stays, [replace(one, cell="") for one in stays]):
        there = occupancy.by_day(kept, first, after, zone)
        whole = kept is not stays
        for facility, cell in there.cells:
            place = f"{facility}/{cell}" if cell else facility
            if place in wanted and bool(cell) is not whole:
                counts = there.of((facility, cell), "worst").tolist()
                yield from _counted(place, first, counts)


def _counted(place: str, first: date, counts: Iterable[int]) -> Iterator[Observation]:
    for count, days in groupby(counts):
        after = first + DAY * sum(1 for _ in days)
        value, by = Fraction(count), Observer.CUSTODIAN
        yield Observation(place, first, after, Condition.PERSONS, value, by, "roll", or_more=True)
        first = after


def extent(seen: Iterable[Observation]) -> Span | None:
    """All days that observations speak of."""
    days = [(one.first, one.after) for one in seen]
    return (min(one for one, _ in days), max(one for _, one in days)) if days else None


def found(asks_: Sequence[Asked], seen: Sequence[Observation], period: Span | None) -> Found:
    """Every place against every measure.

    Args:
        asks_: the measures.
        seen: every observation.
        period: the civil days that count; all that is observed where absent.
    """
    over = period or extent(seen)
    if over is None:
        return Found(None, tuple(seen), (), ())
    places = dict[str, list[Observation]]()
    for one in seen:
        places.setdefault(one.place, []).append(one)
    judged = [judge(place, one, places[place], over) for place in sorted(places) for one in asks_]
    judged.sort(key=lambda one: (FINDINGS.index(one.finding), one.worst is None))
    against = [
        one for place in sorted(places) for one in contradictions(place, places[place], over)
    ]
    return Found(over, tuple(seen), tuple(judged), tuple(against))


def rows(found_: Found) -> list[dict[str, str]]:
    """Each place and measure as a row of text."""
    against = dict[str, list[Contradiction]]()
    for one in found_.against:
        against.setdefault(one.place, []).append(one)
    return [_row(one, against.get(one.place, ())) for one in found_.judged]


def said(one: Asked) -> str:
    """What a measure asks, in short."""
    fixtures, regime = one.measure.fixtures, one.measure.regime
    if fixtures is not None:
        return f"\u2264 {fixtures.most_persons} persons a {fixtures.per}"
    return (asks(regime) if regime is not None else "") or "no number fixed"


def _row(one: Judged, against: Iterable[Contradiction]) -> dict[str, str]:
    days = one.days
    told = [each for each in against if each.condition in one.asked.rests_on]
    return {
        "place": one.place,
        "measure": one.asked.measure.id,
        "condition": one.asked.condition.value,
        "asks": said(one.asked),
        "observed": one.worst.told() if one.worst else "",
        "finding": one.finding.value,
        "days": str(sum(days.values())),
        "met": str(days.get(Finding.MET, 0)),
        "not_met": str(days.get(Finding.NOT_MET, 0)),
        "not_established": str(days.get(Finding.NOT_ESTABLISHED, 0)),
        "not_observed": str(days.get(None, 0)),
        "not_met_on": "; ".join(_span(each) for each in one.not_met),
        "contradicted": str(sum((each.days[1] - each.days[0]).days for each in told)),
    }


def _span(days: Span) -> str:
    last = (days[1] - DAY).isoformat()
    return last if days[0] + DAY == days[1] else f"{days[0].isoformat()} to {last}"


def contradiction(one: Contradiction) -> str:
    """Both sides of a contradiction, in one sentence."""
    told = "; ".join(
        f"{each.by} {each.condition} {_value(each)}"
        + (f" ({each.reference})" if each.reference else "")
        for each in one.seen
    )
    return f"{one.place}, {_span(one.days)}: {told}"


def _value(one: Observation) -> str:
    told = one.value if isinstance(one.value, str) else number(one.value)
    return f"at least {told}" if one.or_more else told


def document(found_: Found, asks_: Sequence[Asked]) -> dict[str, object]:
    """All of it for machines."""
    period = found_.period
    return {
        "from": period[0].isoformat() if period else "",
        "to": period[1].isoformat() if period else "",
        "counts": Counter(one.finding.value for one in found_.judged),
        "rows": rows(found_),
        "contradictions": [_against(one) for one in found_.against],
        "observations": [_observed(one, asks_) for one in found_.seen],
        "measures": {one.measure.id: _measure(one) for one in asks_},
        "review": NOT_REVIEWED,
    }


def _against(one: Contradiction) -> dict[str, object]:
    return {
        "place": one.place,
        "condition": one.condition.value,
        "on": _span(one.days),
        "observations": [_observed(each, ()) for each in one.seen],
    }


def _observed(one: Observation, asks_: Iterable[Asked]) -> dict[str, object]:
    by_itself = {
        each.measure.id: each.finding(reading).value
        for each in asks_
        for reading in each.readings([one])
    }
    return {
        "place": one.place,
        "from": one.first.isoformat(),
        "to": one.after.isoformat(),
        "condition": one.condition.value,
        "value": _value(one),
        "unit": UNITS[one.condition][0],
        "observed_by": one.by.value,
        "reference": one.reference,
        "findings": by_itself,
    }


def _measure(one: Asked) -> dict[str, object]:
    held = one.measure
    return {
        "standard": one.standard,
        "says": held.value.en,
        "asks": said(one),
        "whom": held.regime.whom.en if held.regime else "every person at the place",
        "method": held.method.en,
        "weight": held.weight.en if held.weight else "",
        "cite": [f"{cite.instrument} {cite.at} ({cite.checked})" for cite in held.cite],
    }
