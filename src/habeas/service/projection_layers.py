"""The assumptions of a scenario, each layer apart: given, measured, assumed."""

from collections.abc import Iterator, Mapping
from math import exp, floor, log10

import msgspec

from habeas.law.cited import Text
from habeas.projection.scenario import Deal, Range, Scenario, Stay, Stream
from habeas.service.paper import WIDE, Cell, Grid, Say, grid
from habeas.service.projection_told import Told

Row = tuple[str, str, str]  # what, what is said of it, where that is from
NINETY_OF_NORMAL = 1.6449  # standard deviations on either side
FIGURES = 4
ASSUMPTION = "assumption"


def grids(scenario: Scenario, told: Told, sources: Mapping[str, str]) -> tuple[Grid, ...]:
    """The three tables.

    Args:
        scenario: as it was read.
        told: the manner of the language.
        sources: where each source is read, by its key.
    """
    say = told.say
    made = list[Grid]()
    for layer, rows in (
        ("given", _given(scenario, told)),
        ("measured", _measured(scenario, told)),
        ("assumed", _assumed(scenario, told)),
    ):
        heads = [say(f"layers.{one}") for one in ("what", f"{layer}_said", f"{layer}_source")]
        cells = [
            (Cell(what), Cell(said), Cell(_source(source, say, sources)))
            for what, said, source in rows
        ]
        if not cells:
            cells = [(Cell(say(f"layers.{layer}_none"), quiet=True), Cell(""), Cell(""))]
        made.append(grid(say(f"layers.{layer}"), heads, cells, (2, 2, WIDE)))
    return tuple(made)


def _source(key: str, say: Say, sources: Mapping[str, str]) -> str:
    if not key or key == ASSUMPTION:
        return say("layers.an_assumption")
    return f"{key}: {sources[key]}" if key in sources else key


def _given(scenario: Scenario, told: Told) -> Iterator[Row]:
    say = told.say
    for place in scenario.given.facilities:
        for one in place.places:
            what = say("layers.places_of").format(place=place.id, day=told.day(one.from_))
            yield what, noted(say.figure(one.places), one.note, told), one.source or place.source
        if place.cells and place.cell_cm2:
            said = say("layers.cells_are").format(
                cells=say.figure(place.cells), area=told.decimal(place.cell_cm2 / 10_000, 1),
                method=say(f"layers.{place.measured}"),
            )  # fmt: skip
            yield say("layers.cells_of").format(place=place.id), said, place.source
    for deal in scenario.given.deals:
        yield from _deal(deal, told)
    for sum_ in scenario.given.sums:
        minor = say("layers.a_year").format(sum=told.sum(sum_.minor_per_year))
        yield told.text(sum_.title), noted(minor, sum_.note, told), sum_.source
    for each in scenario.given.prices:
        name = "layers.a_year" if each.per == "person_year" else "layers.a_day"
        minor = say(name).format(sum=told.sum(each.minor))
        yield told.text(each.title), noted(minor, each.note, told), each.source


def _deal(deal: Deal, told: Told) -> Iterator[Row]:
    say = told.say
    who = say("layers.who").format(
        sending=told.country(deal.sending), receiving=told.country(deal.receiving)
    )
    way = say.get(f"pathways.{deal.pathway}", str(deal.pathway))
    yield (
        say("layers.deal").format(deal=deal.id),
        noted(f"{who}; {way}", deal.note, told),
        deal.source,
    )
    if deal.fees is not None:
        for item in deal.fees.items:
            yield say("layers.price").format(deal=deal.id), told.text(item.text), deal.source
    if deal.places is not None:
        yield say("layers.kept").format(deal=deal.id), say.figure(deal.places), deal.source
    most = say("layers.no_limit") if deal.flights.most is None else say.figure(deal.flights.most)
    said = say("layers.flights_are").format(days=deal.flights.every_days, most=most)
    yield say("layers.flights").format(deal=deal.id), said, deal.source
    for one in deal.pauses:
        until = say("layers.open") if one.until is None else told.day(one.until)
        said = say("layers.from_until").format(start=told.day(one.from_), end=until)
        yield say("layers.pause").format(deal=deal.id), said, one.source
    for day in deal.recalls:
        yield say("layers.recall").format(deal=deal.id), told.day(day), deal.source


def _measured(scenario: Scenario, told: Told) -> Iterator[Row]:
    say = told.say
    for one in scenario.measured.stock:
        said = say("layers.stock_is").format(
            persons=say.figure(len(one.days_left) + one.end_unknown), day=told.day(one.as_of)
        )
        source = say("layers.leaves").format(log=one.log, size=say.figure(one.tree_size))
        yield say("layers.stock").format(deal=one.deal, place=one.facility), said, source
        if one.grouped:
            said = say("layers.grouped_are").format(persons=say.figure(one.grouped))
            yield say("layers.grouped").format(deal=one.deal, place=one.facility), said, source
        if one.end_unknown:
            what = say("layers.open_ends").format(deal=one.deal, place=one.facility)
            said = say("layers.open_ends_are").format(persons=say.figure(one.end_unknown))
            yield what, said, source


def _assumed(scenario: Scenario, told: Told) -> Iterator[Row]:
    for stream in scenario.assumed.streams:
        yield from _stream(stream, told)
    for part, of in (("world", scenario.assumed.world), ("costs", scenario.assumed.costs),
                     ("work", scenario.assumed.work)):  # fmt: skip
        for name in of.__struct_fields__:
            found: Range | None = getattr(of, name)
            if found is not None:
                said = ranged(found, told, money=part == "costs" and not name.endswith("a_year"))
                yield told.say(f"numbers.{part}_{name}"), said, found.source


def _stream(stream: Stream, told: Told) -> Iterator[Row]:
    say = told.say
    if stream.persons is not None and stream.on is not None:
        said = say("layers.group_is").format(
            persons=say.figure(stream.persons), day=told.day(stream.on)
        )
        yield say("layers.group").format(stream=stream.id), said, stream.source
    for name in ("referrals_a_day", "growth_a_year", "eligible", "returned_a_year", "died_a_year",
                 "leaves_late_days"):  # fmt: skip
        found = getattr(stream, name)
        what = say(f"numbers.{name}").format(stream=stream.id)
        if isinstance(found, Range):
            yield what, ranged(found, told), found.source
        elif found:
            yield what, say("layers.point").format(number=_number(found, told)), stream.source
    yield say("numbers.stay").format(stream=stream.id), _stay(stream.stay, told), stream.stay.source
    if stream.docket is not None:
        said = say("layers.docket_is").format(facts=", ".join(sorted(stream.docket)))
        yield (
            say("layers.docket").format(stream=stream.id),
            noted(said, stream.note, told),
            stream.source,
        )
    for fact, share in stream.yes.items():
        what = say("layers.fact").format(fact=fact, stream=stream.id)
        yield what, ranged(share, told), share.source
    if stream.batches is not None:
        said = say("layers.batches_are").format(number=_number(stream.batches.mean, told))
        yield say("layers.batches").format(stream=stream.id), said, stream.batches.source


def _stay(stay: Stay, told: Told) -> str:
    say = told.say
    if stay.law == "table":
        return say("layers.stay_table").format(steps=say.figure(len(stay.table)))
    mean = stay.mean
    said = ranged(mean, told) if isinstance(mean, Range) else _number(mean or 0.0, told)
    spread = say("layers.stay_spread").format(sd=_number(stay.log_sd, told)) if stay.log_sd else ""
    return say(f"layers.stay_{stay.law}").format(mean=said) + spread


def ranged(found: Range, told: Told, *, money: bool = False) -> str:
    """From where to where a number may be, with its note."""
    say = told.say

    def shown(number: float) -> str:
        return f"{told.currency} {_number(number, told)}" if money else _number(number, told)

    if found.low is not None and found.high is not None:
        said = say("layers.low_high").format(low=shown(found.low), high=shown(found.high))
    elif found.about is not None and found.spread is not None:
        far = exp(NINETY_OF_NORMAL * found.spread)
        said = say("layers.about").format(
            about=shown(found.about), low=shown(found.about / far), high=shown(found.about * far)
        )
    elif found.about is not None and found.like is not None:
        said = say("layers.like").format(
            about=told.share(found.about), persons=_number(found.like, told)
        )
    else:
        said = msgspec.json.encode(found).decode()
    return noted(said, found.note, told)


def noted(said: str, note: Text | None, told: Told) -> str:
    """What is said, with its note."""
    return said if note is None else f"{said}. {told.text(note)}"


def _number(number: float, told: Told) -> str:
    """Four figures of it, and no power of ten."""
    if not number:
        return "0"
    places = max(0, FIGURES - 1 - floor(log10(abs(number))))
    told_ = f"{number:.{places}f}"
    return told.say.figure(told_.rstrip("0").rstrip(".") if "." in told_ else told_)
