"""What followed, beside the draws: persons held on the days of a scenario that a register knows.

An officer sees it as it is. Where a report is to be published nothing of the register is told but
what was published before: the stock at the ends of months, as the issues of public statistics
tell it, so that what they withhold stays withheld.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from habeas.custody.days import civil_day
from habeas.custody.intervals import Interval
from habeas.errors import Fault, SetupError
from habeas.law.cited import Text
from habeas.projection.result import Actual
from habeas.projection.scenario import Deal, Scenario, Stock
from habeas.service import hold, projection_stock
from habeas.service.issues import Earlier
from habeas.service.projected import Seen
from habeas.service.projection_seen import Words
from habeas.service.projection_told import Told
from habeas.statistics.tables import ALL, STOCK, Key, Row
from habeas.terms import Side

__all__ = ["Actual", "drawn_over", "known", "published", "told_before"]
Line = tuple[int | None, ...]  # persons at the end of each day from the first; None: not told


def known(whole: hold.Register, found: Scenario, deal: Deal, after: date) -> Actual | None:
    """As the register knows it now; None: it speaks of no day of the scenario.

    Args:
        whole: the register.
        found: the scenario.
        deal: of it.
        after: the first day of which the register may not know all.
    """
    until = min(found.after, after)
    days = (until - found.first).days
    if days < 1:
        return None
    mine = [one for one in whole.held.received() if one.agreement == whole.deal.id]
    named, houses = projection_stock.places(found, deal), dict[str, NDArray[np.int64]]()
    for place in {*(one.facility for one in mine)} & {*named}:
        held = _held((one for one in mine if one.facility == place), found, days)
        houses[named[place]] = houses.get(named[place], np.zeros(days, np.int64)) + held
    return Actual(
        deal.id, until, whole.held.size, tuple(_held(mine, found, days).tolist()),
        {name: tuple(held.tolist()) for name, held in houses.items()}, published=False,
    )  # fmt: skip


def _held(found: Iterable[Interval], scenario: Scenario, days: int) -> NDArray[np.int64]:
    """At the end of each day; ends of intervals are not within them."""
    steps = np.zeros(days + 1, np.int64)

    def place(day: date) -> int:
        return min(max((day - scenario.first).days, 0), days)

    for one in found:
        steps[place(civil_day(one.start, scenario.zone))] += 1
        if one.end is not None:
            steps[place(civil_day(one.end, scenario.zone))] -= 1
    return np.cumsum(steps[:days])


def published(
    issued: Sequence[Earlier], agreement: str, found: Scenario, deal: Deal
) -> Actual | None:
    """As public statistics have told it; None: they told of no day of the scenario.

    Args:
        issued: every issue.
        agreement: whose.
        found: the scenario.
        deal: of it.
    """
    counts = _stocks(issued, agreement)
    size = max((one.size for one in issued if one.agreement == agreement), default=0)
    last = max((date.fromisoformat(key.period) for key in counts), default=found.first)
    until = min(found.after, last)
    ends = [day for day in _days(found.first, until) if (day + timedelta(1)).day == 1]
    if not ends:
        return None
    named = projection_stock.places(found, deal)

    def line(facility: str) -> Line:
        told = {day: counts.get(_key(day, facility)) for day in ends}
        return tuple(told.get(day) for day in _days(found.first, until))

    whole = line(ALL)
    # Who is in no place that was recorded would be missing: so one name a facility, and its own.
    names = {key.row.facility for key in counts} & {*named} - {ALL}
    houses = {named[name]: line(name) for name in sorted(names)}
    untold = sum(counts.get(_key(day, ALL)) is None for day in ends)
    return Actual(deal.id, until, size, whole, houses, published=True, untold=untold)


def told_before(
    found: Sequence[Stock], issued: Sequence[Earlier], agreement: str, named: Mapping[str, str]
) -> None:
    """Refuse to publish how many are held where public statistics have not told the same number.

    Args:
        found: who is held when a scenario begins.
        issued: every issue.
        agreement: whose.
        named: the scenario's facility of each name that the register uses.

    Raises:
        SetupError: H848.
    """
    counts = _stocks(issued, agreement)
    before = found[0].as_of - timedelta(1)
    asked = [("", sum(_persons(one) for one in found), [counts.get(_key(before, ALL))])]
    for one in found if len(found) > 1 else ():
        names = [name for name, place in named.items() if place == one.facility and name]
        told = [counts[key] for name in names if (key := _key(before, name)) in counts]
        asked.append((f" at '{one.facility}'", _persons(one), told))
    for where, persons, told in asked:
        known_ = [value for value in told if value is not None]
        if len(known_) != len(told) or not told or sum(known_) != persons:
            what = (
                f"public statistics do not tell as many as are held{where} when"
                f" {found[0].as_of} begins: they withhold it, or have not told of that day"
            )
            fix = "Begin on the first of a month of which they tell it, or leave --public out."
            raise SetupError(Fault("H848", what, fix))


def _persons(one: Stock) -> int:
    return len(one.days_left) + one.end_unknown


def _stocks(issued: Iterable[Earlier], agreement: str) -> dict[Key, int | None]:
    """Every stock as it was told last."""
    counts = dict[Key, int | None]()
    for one in sorted(issued, key=lambda one: (one.month, one.number)):
        if one.agreement == agreement:
            counts |= {key: value for key, value in one.counts.items() if key.measure == STOCK}
    return counts


def _days(first: date, after: date) -> list[date]:
    return [first + timedelta(n) for n in range((after - first).days)]


def _key(day: date, facility: str) -> Key:
    """Of the stock at the end of a day: a stock bears the name of the day that follows."""
    return Key((day + timedelta(1)).isoformat(), Row(Side.RECEIVING.value, facility), STOCK)


def drawn_over(found: Seen, actual: Actual, words: Words) -> Seen:
    """The same with a line where everybody of a drawing is under the deal that the register knows.

    Of a facility that other deals fill too, or of several deals together, it would be a part only.
    """
    deals = found.scenario.given.deals
    shared = {name for one in deals if one.id != actual.deal for name in one.facilities}
    lines = {name: line for name, line in actual.houses.items() if name not in shared}
    lines[f"deal-{actual.deal}"] = actual.whole
    if len(deals) == 1:
        lines["all"] = actual.whole
    people = tuple(replace(one, actual=lines.get(one.id, ())) for one in found.people)
    return replace(found, people=people, notes=(*found.notes, _note(found, actual, words)))


def _note(found: Seen, actual: Actual, words: Words) -> Text:
    told = [
        Told(say, found.scenario.currency, found.scenario.exponent)
        for say in (words.english, words.spanish)
    ]
    name = "people.published" if actual.published else "people.actual"
    english, spanish = (
        one.say(name).format(
            size=one.say.figure(actual.tree_size), until=one.day(actual.until), deal=actual.deal,
            months=one.say.figure(actual.untold),
        )
        for one in told
    )  # fmt: skip
    return Text(english, spanish)
