"""Who of those put forward could lawfully be sent, and what keeps the others: out of screening."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from habeas.law.cited import Cite, Text
from habeas.projection.scenario import Stream
from habeas.service.project import Drawn
from habeas.service.projected import Band, Lawful, Never, Reason
from habeas.service.scenario import Bar, Ready
from habeas.terms import Finding

MOST = 8  # reasons told of an agreement
Ranged = Callable[[NDArray[np.integer], float], Band]


@dataclass(slots=True)
class Parts:
    """Of those put forward under one agreement: the shares that screening found."""

    weight: float = 0.0  # of the streams that were screened
    whole: float = 0.0  # of all
    outcomes: Counter[str] = field(default_factory=Counter)  # weights by outcome
    bars: dict[tuple[str, bool], tuple[Bar, float]] = field(default_factory=dict)


def barred_by_deal(ready: Ready) -> dict[str, Parts]:
    """What screening found, by agreement; each stream weighs as many as it puts forward."""
    streams = {(one.deal, one.id): one for one in ready.scenario.assumed.streams}
    days = (ready.scenario.after - ready.scenario.first).days
    found = {one.id: Parts() for one in ready.scenario.given.deals}
    for (deal, _), stream in streams.items():
        found[deal].whole += _size(stream, days)
    for one in ready.screened:
        part, size = found[one.deal], _size(streams[one.deal, one.stream], days)
        part.weight += size
        for outcome, cases in one.outcomes.items():
            part.outcomes[outcome] += size * cases / one.cases  # type: ignore[assignment]  # weights
        for settled, bars in ((True, one.not_met), (False, one.not_established)):
            for bar in bars:
                known = part.bars.get((bar.rule, settled), (bar, 0.0))[1]
                part.bars[bar.rule, settled] = (bar, known + size * bar.cases / one.cases)
    return found


def _size(stream: Stream, days: int) -> float:
    """How many a stream puts forward in the middle of what is assumed."""
    if stream.persons is not None:
        return float(stream.persons)
    rate = stream.referrals_a_day
    if rate is None or isinstance(rate, int | float):
        return float(rate or 0) * days
    if rate.about is not None:
        return rate.about * days
    return ((rate.low or 0.0) + (rate.high or 0.0)) / 2 * days


def lawful(
    ready: Ready, found: Drawn, ranged: Ranged, parts: Mapping[str, Parts]
) -> Iterator[Lawful]:
    """Each agreement that was screened."""
    for deal in ready.scenario.given.deals:
        part = parts[deal.id]
        asked = found.found.of("people.referred", deal.id)
        may = found.found.of("people.lawful", deal.id)
        if not part.weight or asked is None or asked.values is None:
            continue
        if may is None or may.values is None:
            continue
        others = asked.values - may.values
        kept = part.outcomes["barred"] + part.outcomes["not_established"]
        barred = part.outcomes["barred"] / kept if kept else 0.0
        reasons = sorted(part.bars.items(), key=lambda one: -one[1][1])[:MOST]
        yield Lawful(
            deal.id,
            deal.title or Text(deal.id, deal.id),
            ranged(asked.values, 1.0),
            ranged(may.values, 1.0),
            ranged(others, barred),
            ranged(others, 1 - barred),
            tuple(
                Reason(rule, bar.text, _cited(bar.cite),
                       ranged(asked.values, weight / part.whole), settled)
                for (rule, settled), (bar, weight) in reasons
            ),
        )  # fmt: skip


def _cited(cites: tuple[Cite, ...]) -> str:
    return "; ".join(f"{one.instrument} {one.at}" for one in cites[:2])


def never(ready: Ready) -> Iterator[Never]:
    """What no number of places makes lawful: of agreements, and of whole streams."""
    titles = {one.id: one.title or Text(one.id, one.id) for one in ready.scenario.given.deals}
    streams = {(one.deal, one.id): one.title or Text(one.id, one.id)
               for one in ready.scenario.assumed.streams}  # fmt: skip
    for one in ready.deals:
        if one.finding is Finding.NOT_MET:
            yield Never(_named(titles[one.deal], one.text), _cited(one.cite))
    for each in ready.screened:
        for bar in each.not_met:
            if bar.cases == each.cases:
                title = streams[each.deal, each.stream]
                yield Never(_named(title, bar.text), _cited(bar.cite))


def not_established(ready: Ready) -> Iterator[Never]:
    """What is not established of the agreements themselves; it is never taken for a yes."""
    titles = {one.id: one.title or Text(one.id, one.id) for one in ready.scenario.given.deals}
    for one in ready.deals:
        if one.finding is Finding.NOT_ESTABLISHED:
            yield Never(_named(titles[one.deal], one.text), _cited(one.cite))


def _named(title: Text, words: Text) -> Text:
    return Text(f"{title.en}: {words.en}", f"{title.es}: {words.es}")
