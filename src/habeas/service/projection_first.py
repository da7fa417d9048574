"""The first page of a projection's report: what it would do, by when, at what price, and what not.

Plain sentences for somebody who has never seen this project. A range is that of draws under the
stated assumptions, and is never called a probability.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from habeas.service.projected import Band, Crossing, Daily, Seen
from habeas.service.projection_pictures import passed
from habeas.service.projection_told import Told

REASONS_TOLD = 3
FULL = 0.95
TIMES, MANY = 1.5, 10  # from where on a part is told as so many times, and those without places


@dataclass(frozen=True, slots=True)
class Answer:
    """A question that anybody would ask, and the answer; the first sentence is the answer."""

    question: str
    texts: tuple[str, ...]
    points: tuple[str, ...] = ()


def answers(found: Seen, told: Told) -> tuple[Answer, ...]:
    """All of the first page."""
    say = told.say
    made = (
        ("what", tuple(_what(found, told)), ()),
        ("when", tuple(_when(found, told)), ()),
        ("price", tuple(_price(found, told)), ()),
        ("law", tuple(_law(found, told)), tuple(_never(found, told))),
        ("sure", tuple(_sure(found, told)), ()),
    )
    return tuple(
        Answer(say(f"first.{name}"), tuple(one[:1].upper() + one[1:] for one in texts), points)
        for name, texts, points in made
    )


def _what(found: Seen, told: Told) -> Iterator[str]:
    say, whole = told.say, found.people[0]
    at, peak = _peak(whole)
    yield say("first.most").format(
        persons=told.count(peak.p50), month=told.month(at), range=told.ninety(peak, told.count)
    )
    received = [one.counts["received"] for one in found.flows if "received" in one.counts]
    forward = [one.counts["referred"] for one in found.flows if "referred" in one.counts]
    if len(received) == len(forward) == 1:
        yield say("first.received").format(
            referred=told.count(forward[0].p50), received=told.count(received[0].p50),
            range=told.ninety(received[0], told.count),
        )  # fmt: skip
    else:
        for one in found.flows:
            yield say("first.received_under").format(
                deal=told.text(one.title), referred=told.count(one.counts["referred"].p50),
                received=told.count(one.counts["received"].p50),
            )  # fmt: skip


def _peak(whole: Daily) -> tuple[date, Band]:
    place = max(range(len(whole.bands)), key=lambda n: whole.bands[n].p50)
    return whole.first + timedelta(place), whole.bands[place]


def _when(found: Seen, told: Told) -> Iterator[str]:
    say, whole = told.say, found.people[0]
    for years in (1, 3):
        place = years * 365
        if place < len(whole.bands):
            band = whole.bands[place]
            yield say(f"first.after_{years}").format(
                persons=told.count(band.p50), range=told.ninety(band, told.count)
            )
    if whole.places:
        full = next(
            (n for n, band in enumerate(whole.bands)
             if whole.places[n] and band.p50 >= FULL * whole.places[n]), None,
        )  # fmt: skip
        name = "never_full" if full is None else "full"
        day = "" if full is None else told.month(whole.first + timedelta(full))
        yield say(f"first.{name}").format(month=day, places=say.figure(max(whole.places)))
    for when, one in _apart(found):
        yield say("first.crossed").format(
            limit=told.text(one.words).partition(": ")[2], of=one.of, month=told.month(when),
            standard="" if one.standard is None else told.text(one.standard).partition(":")[0],
            passed=passed(one, found.draws, told),
        )  # fmt: skip


def _apart(found: Seen) -> Iterator[tuple[date, Crossing]]:
    """The first limits of floor that are passed, one of those that are passed on the same day."""
    days = set[date]()
    for one in found.crossings:
        if one.standard is not None and one.p50 is not None and one.p50 not in days:
            days.add(one.p50)
            yield one.p50, one
        if len(days) == REASONS_TOLD:
            return


def _price(found: Seen, told: Told) -> Iterator[str]:
    say, whole = told.say, found.totals.get("whole")
    if whole is None:
        yield say("first.no_price")
        return
    yield say("first.costs").format(
        sum=told.sum(whole.p50), range=told.ninety(whole, told.sum),
        first=told.day(found.scenario.first),
        last=told.day(found.scenario.after - timedelta(days=1)),
    )  # fmt: skip
    empty = found.totals.get("empty")
    if empty is not None and empty.p95 > 0:
        yield say("first.empty").format(sum=told.sum(empty.p50), range=told.ninety(empty, told.sum))
    transport = found.totals.get("transport")
    if transport is not None:
        yield say("first.transport").format(
            sum=told.sum(transport.p50), range=told.ninety(transport, told.sum)
        )
    avoided = found.totals.get("avoided")
    if avoided is not None:
        yield say("first.avoided").format(
            sum=told.sum(avoided.p50), range=told.ninety(avoided, told.sum)
        )
    yield from _against(found, told)


def _against(found: Seen, told: Told) -> Iterator[str]:
    """The dearest year against each yearly sum of the scenario."""
    years = [one for one in found.paid if one.kind == "whole"]
    if not years:
        return
    most = max(years, key=lambda one: one.band.p50)
    for one in found.scenario.given.sums:
        if one.minor_per_year:
            yield told.say("first.against").format(
                year=most.year, sum=told.sum(most.band.p50), other=told.text(one.title),
                share=_part(most.band.p50 / one.minor_per_year, told),
                other_sum=told.sum(one.minor_per_year),
            )  # fmt: skip


def _part(share: float, told: Told) -> str:
    if share >= TIMES:
        number = told.decimal(share, 1) if share < MANY else told.count(share)
        return told.say("first.times").format(times=number)
    return told.say("first.share_of").format(share=told.share(share))


def _law(found: Seen, told: Told) -> Iterator[str]:
    say = told.say
    if not found.lawful:
        yield say("first.no_law")
    for one in found.lawful:
        name = "none_lawful" if one.may.p95 == 0 else "some_lawful"
        yield say(f"first.{name}").format(
            deal=told.text(one.title), asked=told.count(one.asked.p50), may=told.count(one.may.p50),
            range=told.ninety(one.may, told.count),
        )  # fmt: skip
        if one.unknown.p50 > 0:
            yield say("first.unknown").format(unknown=told.count(one.unknown.p50))
        every = [each for each in one.reasons if each.settled and each.band.p50 < one.asked.p50]
        for reason in every[:REASONS_TOLD]:
            yield say("first.reason").format(
                persons=told.count(reason.band.p50), words=told.text(reason.words).rstrip("."),
                cite=reason.cite,
            )  # fmt: skip
    if found.never:
        yield say("first.never")


def cited(words: str, cite: str) -> str:
    """A sentence with where it is written."""
    return f"{words.rstrip('.')} ({cite})." if cite else words


def _never(found: Seen, told: Told) -> Iterator[str]:
    for one in found.never:
        yield cited(told.text(one.words), one.cite)


def _sure(found: Seen, told: Told) -> Iterator[str]:
    say = told.say
    yield say("first.draws").format(draws=say.figure(found.draws))
    for moved in found.moved[:1]:
        most, how = max(moved.bars, key=lambda one: abs(one.high - one.low)), told.unit(moved.unit)
        yield say("first.moves").format(
            name=told.text(most.words), low=how(most.low), high=how(most.high),
            result=told.text(moved.words),
        )  # fmt: skip
    yield say("first.not_probability")
