"""What is shown with the law and decides no case, as pages: standards, duties, records, sources."""

from habeas.law import agreement, cited, records
from habeas.law.cited import Due
from habeas.law.ids import Entry
from habeas.law.reader import Reader
from habeas.law.words import Block, Notice, Paragraph, Point, Points, Rows, Table, part

STEP = 100


def record_page(entry: Entry, thing: object, reader: Reader) -> list[Block]:
    """A standard, a facility, a record or a source for reading."""
    match thing:
        case records.Standard():
            found = _standard(thing, reader)
        case records.Measure():
            found = _measure(entry, thing, reader)
        case records.Facility():
            return _facility(thing, reader)
        case agreement.Conflict():
            return _conflict(entry, thing, reader)
        case agreement.Source():
            return _source(entry.id, thing, reader)
        case records.Duty():
            found = _duty(entry, thing, reader)
        case _:
            found = _small(entry, thing, reader)
    return [*found, *reader.conflicts(entry.id), *reader.see(entry.id)]


def _small(entry: Entry, thing: object, reader: Reader) -> list[Block]:
    match thing:
        case records.Reclassed():
            return _reclassed(entry, thing, reader)
        case records.Item():
            held: list[Block] = [Paragraph(reader.said(thing.text))]
            held += part(reader.word("note"), Paragraph(reader.said(thing.note)))
            return [*held, *_cited(thing.cite, entry, reader)]
        case records.Definition():
            return [Paragraph(reader.said(thing.text)), *_cited(thing.cite, entry, reader)]
        case records.Disclosure():
            return _disclosure(entry, thing, reader)
        case records.Consequence():
            return _consequence(entry, thing, reader)
        case _:
            return _numbers(entry, thing, reader)


def _numbers(entry: Entry, thing: object, reader: Reader) -> list[Block]:
    match thing:
        case records.AccessRow():
            return _access(entry, thing, reader)
        case records.Treaty():
            return _treaty(entry, thing, reader)
        case records.Comparator():
            return _comparator(thing, reader)
        case records.Series():
            return _series(thing, reader)
        case records.Note():
            return [Paragraph(reader.said(thing.text))]
        case _:
            msg = f"no page for {type(thing).__name__}"
            raise TypeError(msg)


def _cited(cites: tuple[cited.Cite, ...], entry: Entry, reader: Reader) -> list[Block]:
    return part(reader.word("cites"), reader.cites(cites, entry.holder))


# standards and facilities


def _measured(one: records.Measure, reader: Reader) -> list[tuple[str, str]]:
    word, said = reader.word, reader.said
    rows = [(word("method"), said(one.method))]
    if one.space is not None:
        area = f"{metres(one.space.cm2)} m2 {word(one.space.per)}, {word(one.space.occupancy)}"
        rows.append((word("space"), area))
    if one.regime is not None:
        rows.append(
            (word("regime"), f"{asks(one.regime) or word('no_number')}: {said(one.regime.whom)}")
        )
    if one.weight is not None:
        rows.append((word("weight"), said(one.weight)))
    return rows


def asks(regime: records.Regime) -> str:
    """What is asked of a condition, in signs; empty where nothing is fixed."""
    told = [f"\u2260 {', '.join(regime.barred)}"] if regime.barred else []
    if regime.least is not None:
        told.append(f"\u2265 {regime.least}" + (f"-{regime.enough}" if regime.enough else ""))
    if regime.most is not None:
        told.append(f"\u2264 {regime.most}")
    if regime.under is not None:
        told.append(f"< {regime.under}")
    return f"{regime.condition} {', '.join(told)}" if told else ""


def metres(cm2: int) -> str:
    """Square metres with as many decimals as the square centimetres have."""
    whole, rest = divmod(cm2, STEP * STEP)
    return f"{whole}.{rest:04}".rstrip("0").rstrip(".")


def _measure(entry: Entry, one: records.Measure, reader: Reader) -> list[Block]:
    held: list[Block] = [Paragraph(reader.said(one.value))]
    rows = [*_measured(one, reader), (reader.word("standard"), entry.holder)]
    return [*held, Rows(tuple(rows)), *_cited(one.cite, entry, reader)]


def _standard(standard: records.Standard, reader: Reader) -> list[Block]:
    points = tuple(
        Point(
            one.id,
            reader.said(one.value),
            (*(f"{name}: {what}" for name, what in _measured(one, reader)), reader.where(one.cite)),
        )
        for one in standard.measures
    )
    keys = dict.fromkeys(
        key for one in standard.measures for cite in one.cite for key in cite.source
    )
    held: list[Block] = [Paragraph(reader.said(standard.title))]
    return [*held, *part(reader.word("measures"), Points(points)), *reader.sources(keys)]


def _figures(figures: tuple[records.Figure, ...], reader: Reader) -> Table:
    word = reader.word
    return Table(
        tuple(word(name) for name in ("figure", "number", "unit", "on", "claim", "note")),
        tuple(
            (
                reader.topic(one.key),
                f"{one.value:,}",
                reader.topic(one.unit),
                one.on or "",
                word(f"claim.{one.claim}"),
                f"{reader.said(one.note)} [{', '.join(one.source)}]".strip(),
            )
            for one in figures
        ),
        (word("number"),),
    )


def _modules(modules: tuple[records.Module, ...], reader: Reader) -> Table:
    word = reader.word
    alike: dict[tuple[str, ...], list[str]] = {}
    for one in modules:
        area = "" if one.cell_area_cm2 is None else f"{metres(one.cell_area_cm2)} m2"
        cells, beds = ("" if n is None else str(n) for n in (one.cells, one.beds_per_cell))
        basis = reader.said(one.area_basis)
        alike.setdefault((cells, area, beds, basis), []).append(one.id)
    columns = tuple(word(name) for name in ("module", "cells", "area", "beds", "basis"))
    rows = tuple((", ".join(ids), *shared) for shared, ids in alike.items())
    return Table(columns, rows, columns[1:4])


def _facility(facility: records.Facility, reader: Reader) -> list[Block]:
    word, said = reader.word, reader.said
    held: list[Block] = [
        Paragraph(said(facility.title)),
        Rows(((word("place"), f"{facility.place}, {facility.state}"),)),
    ]
    held += part(word("modules"), _modules(facility.modules, reader))
    held += part(word("figures"), _figures(facility.figures, reader))
    told = tuple(
        Point(reader.topic(one.topic), said(one.text), (reader.where(one.cite),))
        for one in facility.conditions
    )
    held += part(word("conditions"), Points(told))
    held += reader.conflicts(facility.id, facility.conflicts) + reader.see(facility.id)
    keys = {key for one in facility.figures for key in one.source}
    keys |= {key for one in facility.modules for key in one.source}
    keys |= {key for one in facility.conditions for cite in one.cite for key in cite.source}
    return held + reader.sources(keys)


# duties


def due(one: Due, reader: Reader) -> str:
    """By when, in words, with the number where a text fixes one."""
    named = (
        ("hours", one.hours), ("days", one.days), ("working_days", one.working_days),
        ("months", one.months),
    )  # fmt: skip
    numbers = [reader.count(value, name) for name, value in named if value is not None]
    told = f"[{', '.join(numbers)}]" if numbers else ""
    return f"{reader.said(one.text)} {told}".strip()


def _duty(entry: Entry, duty: records.Duty, reader: Reader) -> list[Block]:
    word, said = reader.word, reader.said

    def name(key: str) -> str:
        return word(key) + (f" ({word('ours')})" if key in duty.declared else "")

    rows = [
        (name("owed_by"), said(duty.owed_by)),
        (name("owed_to"), said(duty.owed_to)),
        (name("from"), ", ".join(duty.from_)),
        (name("by"), due(duty.by, reader)),
        (name("evidence"), said(duty.evidence)),
        (name("answered_by"), ", ".join(duty.answered_by)),
        (name("late"), said(duty.late)),
    ]
    if duty.applies:
        rows.insert(2, (word("applies"), duty.applies))
    if duty.not_for:
        rows.append((word("not_for"), said(duty.not_for)))
    held: list[Block] = [Paragraph(said(duty.text)), Rows(tuple(rows))]
    held += [Paragraph(word("ours_is"))] if duty.declared else []
    held += part(word("margins"), Points(tuple(_margin(one, reader) for one in duty.margins)))
    held += part(word("open"), Notice(said(duty.open)))
    held += part(word("note"), Paragraph(said(duty.note)))
    return [*held, *_cited(duty.cite, entry, reader)]


def _margin(one: records.Margin, reader: Reader) -> Point:
    word = reader.word
    fixed = word("no_margin") if one.months is None else reader.count(one.months, "months")
    lines = [reader.line("before", reader.said(one.before))]
    lines += [reader.line("waiver", reader.said(one.waiver))] if one.waiver else []
    lines += [reader.line("was", one.was_rule)] if one.was_rule else []
    return Point(one.agreement, fixed, (*lines, reader.where(one.cite)))


def _reclassed(entry: Entry, one: records.Reclassed, reader: Reader) -> list[Block]:
    word, said = reader.word, reader.said
    rows = (
        (word("was"), said(one.was)),
        (word("now"), said(one.now)),
        (word("reason"), said(one.reason)),
        (word("see"), f"{one.duty}, {one.agreement}"),
    )
    return [Rows(rows), *_cited(one.cite, entry, reader)]


def _consequence(entry: Entry, one: records.Consequence, reader: Reader) -> list[Block]:
    rows = [(reader.word("because"), reader.said(one.because))]
    if one.concerns:
        rows.append((reader.word("concerns"), ", ".join(one.concerns)))
    held: list[Block] = [Paragraph(reader.said(one.text)), Rows(tuple(rows))]
    return [*held, *_cited(one.cite, entry, reader)]


def _disclosure(entry: Entry, one: records.Disclosure, reader: Reader) -> list[Block]:
    what = reader.library.disclosure.parts.get(one.part)
    rows = [
        (reader.word("part"), f"{one.part}: {reader.said(what.text if what else None)}"),
        (reader.word("read_by"), ", ".join((*one.roles, *one.relations))),
        (reader.word("standing"), reader.word(f"rests_on.{one.standing}")),
    ]
    held: list[Block] = [Paragraph(reader.said(one.text)), Rows(tuple(rows))]
    held += part(reader.word("note"), Paragraph(reader.said(one.note)))
    return [*held, *_cited(one.cite, entry, reader)]


def _access(entry: Entry, one: records.AccessRow, reader: Reader) -> list[Block]:
    word = reader.word
    asked = ", ".join(one.relations) or word("no_relation")
    rows = (
        (word("deeds"), ", ".join(one.deeds)),
        (word("offices"), ", ".join(one.offices)),
        (word("side"), word(f"side.{one.side}")),
        (word("relations"), asked),
        (word("standing"), word(f"rests_on.{one.standing}")),
    )
    held: list[Block] = [Paragraph(reader.said(one.text)), Rows(rows)]
    held += part(word("note"), Paragraph(reader.said(one.note)))
    return [*held, *_cited(one.cite, entry, reader)]


def _conflict(entry: Entry, one: agreement.Conflict, reader: Reader) -> list[Block]:
    ids = [name for name in (entry.holder, *one.concerns) if name != "conflicts"]
    held: list[Block] = [Paragraph(reader.said(one.question))]
    held += part(reader.word("positions"), Paragraph(reader.said(one.positions)))
    held.append(Rows(((reader.word("concerns"), ", ".join(ids)),)))
    return [*held, *reader.sources(one.source)]


# treaties, numbers, sources


def _treaty(entry: Entry, treaty: records.Treaty, reader: Reader) -> list[Block]:
    word = reader.word
    rows = [
        (word(key), str(day))
        for key, day in (("adopted", treaty.adopted), ("force_day", treaty.in_force))
        if day is not None
    ]
    held: list[Block] = [Paragraph(reader.instrument(entry.holder, treaty.instrument))]
    held += [Rows(tuple(rows))] if rows else []
    held.append(Notice(reader.said(treaty.note)))
    table = Table(
        tuple(word(name) for name in ("state", "status", "day_of", "checked", "note")),
        tuple(_party(one, reader) for one in treaty.parties),
    )
    return [*held, *part(word("parties"), table), *reader.sources(treaty.source)]


def _party(one: records.TreatyParty, reader: Reader) -> tuple[str, ...]:
    days = (
        ("signed", one.signed), ("ratified", one.ratified), ("acceded", one.acceded),
        ("deposited", one.deposited), ("force_day", one.in_force),
    )  # fmt: skip
    told = [f"{reader.word(name).lower()} {day}" for name, day in days if day is not None]
    read = f" [{', '.join(one.source)}]" if one.source else ""
    status = reader.word(f"status.{one.status}")
    return (one.state, status, ", ".join(told), reader.checked(one) + read, reader.said(one.note))


def _comparator(one: records.Comparator, reader: Reader) -> list[Block]:
    word, said = reader.word, reader.said
    rows = ((word("parties"), ", ".join(one.parties)), (word("status"), said(one.status)))
    held: list[Block] = [Paragraph(said(one.title)), Rows(rows), Notice(said(one.note))]
    held += part(word("figures"), _figures(one.figures, reader))
    return [*held, *reader.sources(one.source)]


def _series(series: records.Series, reader: Reader) -> list[Block]:
    word, said = reader.word, reader.said
    measures = {key: said(text) for key, text in series.measures.items()}
    extra = [
        (word("counted_by"), [said(one.by) for one in series.readings]),
        (word("note"), [said(one.note) for one in series.readings]),
        (word("sources"), [", ".join(one.source) for one in series.readings]),
    ]
    kept = [(name, cells) for name, cells in extra if any(cells)]
    rows = tuple(
        (
            one.on,
            *(f"{one.values[key]:,}" if key in one.values else "" for key in measures),
            *(cells[at] for _, cells in kept),
        )
        for at, one in enumerate(series.readings)
    )
    columns = (word("on"), *measures.values(), *(name for name, _ in kept))
    held: list[Block] = [Paragraph(said(series.title))]
    if series.confidence:
        told = f"{word('checked.memory')}; {word(f'confidence.{series.confidence}')}"
        held.append(Notice(told))
    held.append(Table(columns, rows, tuple(measures.values())))
    held += part(word("note"), Paragraph(said(series.note)))
    notes = reader.library.statistics.notes
    told_with = tuple(Point(name, said(one.text)) for name, one in notes.items())
    held += part(word("read_with"), Points(told_with))
    keys = dict.fromkeys((*series.source, *(key for one in series.readings for key in one.source)))
    return [*held, *reader.sources(keys)]


def _source(key: str, source: agreement.Source, reader: Reader) -> list[Block]:
    word = reader.word
    rows = [(word("address"), one) for one in reader.addresses(key)]
    rows += [(word("note"), source.note)] if source.note else []
    citing = tuple(
        Point(one.id, reader.word(f"kind.{one.kind}")) for one in reader.citing.get(key, ())
    )
    return [Rows(tuple(rows)), *part(word("used_by"), Points(citing))]
