"""Two scenarios held against each other, draw by draw under the same chance: what differs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from habeas.law.cited import Text
from habeas.projection.bands import bands
from habeas.projection.result import Band, Comparison, Difference, Row
from habeas.service import project
from habeas.service.paper import NUMBER, SHARED, Cell, Grid, Say, grid, safe
from habeas.service.project import Drawn
from habeas.service.projected import Band as Ranged
from habeas.service.projected import Daily, Seen
from habeas.service.projection_first import Answer
from habeas.service.projection_pictures import Picture, difference
from habeas.service.projection_report import Report, Section
from habeas.service.projection_told import Told


@dataclass(frozen=True, slots=True)
class Compared:
    """The first less the second."""

    result: Comparison
    one: Seen
    other: Seen
    daily: Daily | None  # persons more or fewer by day; None: not the same days


def compared(one: tuple[Drawn, Seen], other: tuple[Drawn, Seen]) -> Compared:
    """Both, paired.

    Raises:
        SetupError: H828, when they were not run under the same chance.
    """
    found = project.compare(one[0], other[0])
    return Compared(found, one[1], other[1], _daily(one[0], other[0]))


def _daily(one: Drawn, other: Drawn) -> Daily | None:
    if one.scenario.first != other.scenario.first:
        return None
    mine, theirs = _held(one), _held(other)
    days = min(mine.shape[1], theirs.shape[1])
    made = bands(mine[:, :days] - theirs[:, :days])
    columns = [*made.shares.T.tolist(), (made.sums / made.draws).tolist()]
    found = tuple(
        Ranged(low, lower, middle, upper, high, mean)
        for low, lower, middle, upper, high, mean in zip(*columns, strict=True)
    )
    return Daily("difference", Text("", ""), one.scenario.first, found)


def _held(found: Drawn) -> NDArray[np.int64]:
    """Persons held on each day in all facilities together, (draws, days)."""
    parts = [held for name, held in found.found.daily.items() if name.startswith("capacity.held ")]
    whole: NDArray[np.int64] = np.sum(np.stack(parts).astype(np.int64), axis=0)
    return whole


def report(found: Compared, say: Say, version: str) -> Report:
    """The report of a comparison in one language."""
    told = Told(say, found.one.scenario.currency, found.one.scenario.exponent)
    first, second = (told.text(one) for one in found.result.titles)
    pictures: tuple[Picture, ...] = ()
    if found.daily is not None:
        pictures = (difference(found.daily, (first, second), told, found.one.draws),)
    aside = any(one.scenario.rules == "set_aside" for one in (found.one, found.other))
    sections = (
        Section("people", say("compare.people"), (say("compare.read"),), pictures,
                (_partings(found, told),)),
        Section("numbers", say("compare.numbers"), (), (), tuple(_tables(found, told))),
        Section("layers", say("layers.title"), (say("compare.layers"),)),
    )  # fmt: skip
    return Report(
        say.lang,
        f"comparison-{safe(found.one.scenario.id)}-{safe(found.other.scenario.id)}.{say.lang}",
        say("compare.kind"),
        say("compare.title").format(first=first, second=second),
        say("compare.about"),
        (
            (say("compare.first"), first),
            (say("compare.second"), second),
            (say("projection.draws"), say.figure(found.one.draws)),
        ),
        (say("compare.set_aside"),) if aside else (),
        (Answer(say("compare.differs"), tuple(_answers(found, told))),),
        sections,
        say("projection.stamp"),
        (*_stamp(found, told), (say("projection.version"), version)),
        say("common.notes"),
        (say("common.review"), say("projection.no_person"), say("projection.exact")),
        {name: say(f"page.{name}") for name in ("table", "contents", "download", "first", "some")},
    )


def _stamp(found: Compared, told: Told) -> Iterator[tuple[str, str]]:
    say = told.say
    yield say("projection.seed"), str(found.one.seed)
    for place, one in ((say("compare.first"), found.one), (say("compare.second"), found.other)):
        for name, value in one.stamp[:3]:
            yield f"{place}: {name}", value


def _answers(found: Compared, told: Told) -> Iterator[str]:
    say = told.say
    for key in ("capacity.most_held", "people.received", "money.total", "overstay.persons"):
        for one in found.result.rows:
            name = say.get(f"compare.{key}")
            if one.key == key and one.band is not None and name:
                how = told.sum if one.unit.startswith("minor") else told.count
                middle = one.band.p50
                name_ = "is_more" if middle > 0 else "is_less" if middle < 0 else "is_same"
                yield say(f"compare.{name_}").format(
                    what=f"{name} ({one.of})" if one.of else name, middle=how(abs(middle)),
                    low=how(one.band.p5), high=how(one.band.p95),
                )  # fmt: skip


def _tables(found: Compared, told: Told) -> Iterator[Grid]:
    say = told.say
    heads = [say(f"compare.{name}") for name in ("what", "low", "middle", "high", "more", "less")]
    for section in dict.fromkeys(one.key.partition(".")[0] for one in found.result.rows):
        rows = [
            _row(one, told) for one in found.result.rows
            if one.key.startswith(f"{section}.") and one.band is not None
            and say.get(f"compare.{one.key}")
        ]  # fmt: skip
        if rows:
            caption = say.get(f"{section}.title", section)
            yield grid(caption, heads, rows, (3, SHARED, SHARED, SHARED, NUMBER, NUMBER))


def _row(one: Difference, told: Told) -> tuple[Cell, ...]:
    name = told.say(f"compare.{one.key}")
    how = told.sum if one.unit.startswith("minor") else told.count
    ends: Band | None = one.band
    told_ = ("", "", "") if ends is None else (how(ends.p5), how(ends.p50), how(ends.p95))
    counts = (told.say.figure(one.more), told.say.figure(one.less))
    return tuple(Cell(each) for each in (f"{name} ({one.of})" if one.of else name, *told_, *counts))


def _partings(found: Compared, told: Told) -> Grid:
    say = told.say
    rows = [_parting(one, found, told) for one in found.result.partings]
    heads = [say(f"space.{name}") for name in ("limit", "p5", "p50", "p95", "draws")]
    heads[0] = say("compare.of")
    return grid(say("compare.partings"), heads, rows, (3, 2, 2, 2, NUMBER))


def _parting(one: Row, found: Compared, told: Told) -> tuple[Cell, ...]:
    first = found.one.scenario.first
    days = ["", "", ""]
    if one.band is not None:
        ends = (one.band.p5, one.band.p50, one.band.p95)
        days = [told.day(first + timedelta(end)) for end in ends]
    return tuple(Cell(each) for each in (one.of, *days, told.say.figure(one.draws)))
