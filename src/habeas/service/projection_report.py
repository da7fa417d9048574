"""The report of a projection: first plain answers, then people, space, money, law, duties, why.

It is written for whoever has never seen this project; its figures are rounded, the exact ones stand
in the files beside it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from habeas.service import projection_layers, projection_pictures
from habeas.service.paper import NUMBER, SHARED, Cell, Grid, Say, grid, safe
from habeas.service.projected import Band, Daily, Kind, Reason, Seen
from habeas.service.projection_first import Answer, answers, cited
from habeas.service.projection_pictures import Picture
from habeas.service.projection_told import Told

WORDS = "projection_words.json"
YEARS = (0.25, 0.5, 1, 2, 3, 5, 7, 10)
YEAR, MONTH = 365, 30
KINDS: tuple[Kind, ...] = ("occupied", "empty", "transport", "other", "whole", "avoided", "own")


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one heading, in this order."""

    id: str
    title: str
    texts: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    grids: tuple[Grid, ...] = ()
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """All of it, in one language."""

    lang: str
    name: str  # of its file
    kind: str  # over the title
    title: str
    about: str
    particulars: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]  # in a box, before everything
    answers: tuple[Answer, ...]
    sections: tuple[Section, ...]
    stamp_title: str
    stamp: tuple[tuple[str, str], ...]
    notes_title: str
    notes: tuple[str, ...]
    words: dict[str, str]  # of the page itself

    @property
    def pictures(self) -> list[Picture]:
        """Every drawing, in order."""
        return [one for section in self.sections for one in section.pictures]


def report(found: Seen, say: Say, version: str) -> Report:
    """The report.

    Args:
        found: what the projection says.
        say: the words of one language, `WORDS` among them.
        version: of habeas, now.
    """
    scenario = found.scenario
    told = Told(say, scenario.currency, scenario.exponent)
    last = scenario.after - timedelta(days=1)
    span = say("projection.span").format(first=told.day(scenario.first), last=told.day(last))
    warnings = [say("projection.set_aside")] if scenario.rules == "set_aside" else []
    makers: tuple[Callable[[Seen, Told], Section], ...] = (
        _people, _space, _money, _law, _work, _drives, _assumptions, _method,
    )  # fmt: skip
    sections = tuple(make(found, told) for make in makers)
    return Report(
        say.lang,
        f"projection-{safe(scenario.id)}.{say.lang}",
        say("projection.kind"),
        told.text(scenario.title),
        told.text(scenario.about),
        (
            (say("projection.period"), span),
            (say("projection.draws"), say.figure(found.draws)),
            (say("projection.rules"), say(f"projection.rules_{scenario.rules}")),
        ),
        tuple(warnings),
        answers(found, told),
        tuple(one for one in sections if one.texts or one.grids or one.pictures or one.items),
        say("projection.stamp"),
        ((say("projection.seed"), str(found.seed)), *found.stamp,
         (say("projection.version"), version)),
        say("common.notes"),
        _notes(found, told),
        {name: say(f"page.{name}") for name in ("table", "contents", "download", "first", "some")},
    )  # fmt: skip


def _notes(found: Seen, told: Told) -> tuple[str, ...]:
    say = told.say
    spanish = (say("common.spanish"),) if say.lang == "es" else ()
    own = tuple(told.text(one) for one in found.notes)
    return (say("common.review"), *own, say("projection.no_person"), say("projection.exact"),
            *spanish)  # fmt: skip


def _cells(band: Band, how: Callable[[float], str]) -> tuple[Cell, Cell, Cell, Cell]:
    ends = (how(band.p5), how(band.p50), how(band.p95), how(band.mean))
    return Cell(ends[0]), Cell(ends[1]), Cell(ends[2]), Cell(ends[3])


def _ranged(
    told: Told, caption: str, head: str, rows: Iterable[tuple[str, Band, Callable[[float], str]]]
) -> Grid:
    """A table of ranges: what, 5 of 100, middle, 95 of 100, mean."""
    heads = (head, *(told.say(f"table.{name}") for name in ("p5", "p50", "p95", "mean")))
    cells = [(Cell(what), *_cells(band, how)) for what, band, how in rows]
    return grid(caption, heads, cells, (3, SHARED, SHARED, SHARED, SHARED))


def _people(found: Seen, told: Told) -> Section:
    say = told.say
    pictures = [projection_pictures.fan(one, told, found.draws) for one in found.people]
    flows = [
        _ranged(
            told, say("people.flow").format(title=told.text(one.title)), say("people.became"),
            [(say(f"flows.{name}"), band, told.count) for name, band in one.counts.items()],
        )
        for one in found.flows
    ]  # fmt: skip
    grids = (_milestones(found.people[0], found.there, told), *flows)
    return Section("people", say("people.title"), (say("people.text"),), tuple(pictures), grids)


def _milestones(one: Daily, there: tuple[Band, ...], told: Told) -> Grid:
    say = told.say
    places, last = [round(years * YEAR) for years in YEARS], len(one.bands) - 1
    places = [0, *places] if there else places
    rows = list[tuple[str, Band, Callable[[float], str]]]()
    for place in [*(each for each in places if each < last - MONTH), last]:
        rows.append((told.day(one.first + timedelta(place)), one.bands[place], told.count))
        if there:
            rows.append((say("people.there"), there[place], told.count))
    caption = say("people.on_days").format(title=told.text(one.title))
    return _ranged(told, caption, say("people.day"), rows)


def _space(found: Seen, told: Told) -> Section:
    say = told.say
    if not found.crossings:
        return Section("space", say("space.title"), (say("space.nothing"),))
    rows = [
        (
            Cell(projection_pictures.named(one, found, told)),
            *(Cell(told.day(each) if each else say("space.not"))
              for each in (one.p5, one.p50, one.p95)),
            Cell(f"{say.figure(one.draws)} / {say.figure(found.draws)}"),
            Cell(one.cite),
        )
        for one in found.crossings
    ]  # fmt: skip
    names = ("limit", "p5", "p50", "p95", "draws", "cite")
    heads = [say(f"space.{name}") for name in names]
    table = grid(say("space.table"), heads, rows, (3, 2, 2, 2, NUMBER, 2))
    picture = projection_pictures.firsts(found, told)
    aside = tuple(say("space.aside").format(words=told.text(one)) for one in found.aside)
    return Section("space", say("space.title"), (say("space.text"),), (picture,), (table,), aside)


def _money(found: Seen, told: Told) -> Section:
    say = told.say
    if not found.paid:
        return Section("money", say("money.title"), (say("money.nothing"),))
    kinds = [kind for kind in KINDS if any(one.kind == kind for one in found.paid)]
    years = sorted({one.year for one in found.paid})
    means = {(one.year, one.kind): one.band.mean for one in found.paid}
    wholes = {one.year: one.band for one in found.paid if one.kind == "whole"}
    amount, unit = told.column([*means.values()])
    rows = [
        (
            Cell(str(year)),
            *(Cell(amount(means.get((year, kind), 0.0))) for kind in kinds),
            Cell(told.ninety(wholes[year], amount) if year in wholes else ""),
        )
        for year in years
    ]
    heads = [say("money.year"), *(say(f"money.{kind}") for kind in kinds), say("money.range")]
    table = grid(
        say("money.table").format(unit=unit), heads, rows, (NUMBER, *(SHARED for _ in kinds), 2)
    )
    totals = _ranged(
        told, say("money.totals"), say("money.what"),
        [(say(f"money.{kind}"), found.totals[kind], told.sum)
         for kind in KINDS if kind in found.totals],
    )  # fmt: skip
    worths = _ranged(
        told, say("money.worths"), say("money.what"),
        [(told.text(one.words), one.band, told.unit(one.unit)) for one in found.worths],
    )  # fmt: skip
    notes = tuple(told.text(one.note) for one in found.worths if one.note is not None)
    grids = tuple(one for one in (table, totals, worths) if one.rows)
    return Section("money", say("money.title"), (say("money.text"),),
                   (projection_pictures.money(found, told),), grids, notes)  # fmt: skip


def _law(found: Seen, told: Told) -> Section:
    say = told.say
    if not found.lawful and not found.never:
        return Section("law", say("law.title"), (say("law.nothing"),))
    counts = [
        _ranged(
            told, say("law.counts").format(title=told.text(one.title)), say("law.who"),
            [(say(f"law.{name}"), band, told.count) for name, band in
             (("asked", one.asked), ("may", one.may), ("barred", one.barred),
              ("unknown", one.unknown))],
        )
        for one in found.lawful
    ]  # fmt: skip
    reasons = [_reasons(one.title.es if say.lang == "es" else one.title.en, one.reasons, told)
               for one in found.lawful if one.reasons]  # fmt: skip
    pictures = (projection_pictures.lawful(found, told),) if found.lawful else ()
    items = tuple(
        say(f"law.{name}").format(words=cited(told.text(one.words), one.cite))
        for name, all_ in (("is_not_met", found.never), ("is_open", found.open))
        for one in all_
    )
    return Section(
        "law", say("law.title"), (say("law.text"),), pictures, (*counts, *reasons), items
    )


def _reasons(title: str, reasons: Iterable[Reason], told: Told) -> Grid:
    say = told.say
    rows = [
        (
            Cell(told.text(one.words)),
            Cell(told.count(one.band.p50)),
            Cell(told.ninety(one.band, told.count)),
            Cell(say("law.settled" if one.settled else "law.unsettled")),
            Cell(f"{one.rule}: {one.cite}" if one.cite else one.rule),
        )
        for one in reasons
    ]
    heads = [say(f"law.{name}") for name in ("reason", "persons", "range", "how", "cite")]
    return grid(say("law.reasons").format(title=title), heads, rows, (3, SHARED, 2, 2, 2))


def _work(found: Seen, told: Told) -> Section:
    say = told.say
    if not found.work:
        return Section("work", say("work.title"))
    what = say("work.what")
    years = [(told.text(one.words), one.a_year, told.count) for one in found.work]
    hours = [(told.text(one.words), one.hours, told.count) for one in found.work if one.hours]
    made = [_ranged(told, say("work.table"), what, years)]
    if hours:
        made.append(_ranged(told, say("work.hours"), what, hours))
    return Section("work", say("work.title"), (say("work.text"),), (), tuple(made))


def _drives(found: Seen, told: Told) -> Section:
    say = told.say
    pictures = [
        projection_pictures.tornado(moved, of, found, told)
        for moved in found.moved
        for of in ("world", "deal")
        if any(one.of == of for one in moved.bars)
    ]
    if found.shares:
        pictures.append(projection_pictures.sobol(found, told))
    texts = (say("drives.text"),) if pictures else ()
    return Section("drives", say("drives.title"), texts, tuple(pictures))


def _assumptions(found: Seen, told: Told) -> Section:
    say = told.say
    grids = projection_layers.grids(found.scenario, told, found.sources)
    return Section("assumptions", say("layers.title"), (say("layers.text"),), (), grids)


def _method(found: Seen, told: Told) -> Section:
    return Section("method", told.say("method.title"), tuple(_methods(found, told)))


def _methods(found: Seen, told: Told) -> Iterator[str]:
    for n in range(1, 5):
        yield told.say(f"method.text_{n}").format(draws=told.say.figure(found.draws))
