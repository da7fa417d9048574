"""The law itself as pages: rules, guarantees, laws, agreements, and what else has an id."""

from habeas.law import agreement, schedule
from habeas.law.grammar import parse
from habeas.law.ids import Entry, Kind, LayerOf
from habeas.law.period_pages import named_params, overrides, param_page, params_of, versions
from habeas.law.reader import Reader
from habeas.law.record_pages import due, record_page
from habeas.law.references import agreement_vocabulary
from habeas.law.resolve import wordings
from habeas.law.tree import facts
from habeas.law.words import (
    Block,
    Code,
    Notice,
    Page,
    Paragraph,
    Point,
    Points,
    Rows,
    Table,
    part,
)


def page(entry: Entry, reader: Reader) -> Page:
    """A thing of the library for reading."""
    kind = reader.word(f"kind.{entry.kind}")
    if entry.kind is Kind.RULE:
        kind += f" · {reader.word('layer')}: {_layer(entry.id, reader)}"
    return Page(entry.id, kind, (*_blocks(entry, reader), *reader.foot(entry)))


def _layer(rule: str, reader: Reader) -> str:
    return reader.word(f"layer_name.{reader.library.layers.rules.get(rule, 'policy')}")


def _blocks(entry: Entry, reader: Reader) -> list[Block]:
    thing = entry.thing
    match thing:
        case agreement.Rule():
            found = _rule(entry, thing, reader)
        case agreement.Param():
            found = param_page(entry, thing, reader)
        case agreement.Guarantee():
            found = _guarantee(entry, thing, reader)
        case agreement.Law():
            found = _law(thing, reader)
        case agreement.Agreement():
            found = _agreement(thing, reader)
        case agreement.Fact():
            found = _fact(entry.id, thing, reader)
        case LayerOf():
            found = _layer_page(entry.id, thing, reader)
        case _:
            found = record_page(entry, thing, reader)
    return found


# rules


def _speaks(applies: str, reader: Reader) -> Block:
    return Paragraph(reader.word("always")) if applies == "TRUE" else Code(applies)


def _rule(entry: Entry, rule: agreement.Rule, reader: Reader) -> list[Block]:
    said, word = reader.said, reader.word
    own = entry.kind is Kind.AGREEMENT_RULE
    held: list[Block] = [Paragraph(said(rule.text))]
    if own:
        held.append(Notice(word("gates")))
        held.append(Rows(((word("layer"), _layer(entry.id, reader)),)))
    held += part(word("applies"), _speaks(rule.applies, reader))
    held += part(word("require"), Code(rule.require))
    held += versions(rule, entry, reader)
    held += named_params(rule, entry, reader)
    held += part(word("facts"), _asked(rule, own=own, reader=reader))
    held += part(word("remedy"), Paragraph(said(rule.remedy)))
    points = ", ".join(word(one) for one in rule.recheck_at)
    held += [] if own else part(word("recheck"), Paragraph(points))
    held += part(word("open"), Notice(said(rule.open)))
    held += part(word("note"), Paragraph(said(rule.note)))
    held += part(word("details"), _details(entry.id, reader))
    held += part(word("cites"), reader.cites(rule.cite, entry.holder))
    return [*held, *reader.conflicts(entry.id), *reader.see(entry.id)]


def _details(rule: str, reader: Reader) -> Points:
    found = [one for one in reader.library.agreement_rules.details if one.rule == rule]
    return Points(
        tuple(
            Point(
                reader.topic(one.topic),
                reader.said(one.text),
                (
                    *([due(one.due, reader)] if one.due else []),
                    *([reader.where(one.cite)] if one.cite else []),
                ),
            )
            for one in found
        )
    )


def _asked(rule: agreement.Rule, *, own: bool, reader: Reader) -> Points:
    library = reader.library
    vocabulary = agreement_vocabulary(library.agreement_rules) if own else library.vocabulary
    texts = [text for _, _, one in wordings(rule) for text in (one.applies, one.require)]
    names = sorted(frozenset().union(*(facts(parse(one)) for one in texts)))
    return Points(tuple(_asked_fact(name, vocabulary.facts[name], reader) for name in names))


def _asked_fact(name: str, fact: agreement.Fact, reader: Reader) -> Point:
    lines = [
        reader.line("established_by", reader.said(fact.established_by)),
        reader.line("evidence", reader.said(fact.evidence)),
        reader.line("valid", _validity(fact, reader)),
    ]
    return Point(name, reader.said(fact.ask), tuple(lines))


def _validity(fact: agreement.Fact, reader: Reader) -> str:
    if fact.valid_for_hours is None:
        return reader.word("until_changed")
    return reader.count(fact.valid_for_hours, "hours")


def _guarantee(entry: Entry, one: agreement.Guarantee, reader: Reader) -> list[Block]:
    held: list[Block] = [Paragraph(reader.said(one.text))]
    held += part(reader.word("when"), _speaks(one.when, reader))
    held += part(reader.word("then"), Code(one.then))
    return [*held, *reader.conflicts(entry.id), *reader.see(entry.id)]


def _fact(name: str, fact: agreement.Fact, reader: Reader) -> list[Block]:
    said, word, library = reader.said, reader.word, reader.library
    rows = [(word("type"), word(f"type.{fact.type}"))]
    if fact.codes:
        rows.append((word("codes"), ", ".join(library.vocabulary.codes[fact.codes])))
    if fact.min is not None and fact.max is not None:
        rows.append((word("bounds"), f"{fact.min} .. {fact.max} {fact.unit or ''}".strip()))
    rows += [
        (word("established_by"), said(fact.established_by)),
        (word("evidence"), said(fact.evidence)),
        (word("valid"), _validity(fact, reader)),
    ]
    if fact.sensitive:
        rows.append((word("sensitive"), word("yes")))
    held: list[Block] = [Paragraph(said(fact.ask)), Rows(tuple(rows))]
    held += part(word("asked_by"), Points(_asking(name, reader)))
    return [*held, *reader.conflicts(name), *reader.see(name)]


def _asking(name: str, reader: Reader) -> tuple[Point, ...]:
    return tuple(
        Point(one.id, reader.said(one.thing.text))
        for one in reader.entries
        if isinstance(one.thing, agreement.Rule)
        and name
        in f"{one.thing.applies} {one.thing.require}".replace("(", " ").replace(")", " ").split()
    )


def _layer_page(name: str, layer: LayerOf, reader: Reader) -> list[Block]:
    texts = {
        one.id: one.thing.text for one in reader.entries if isinstance(one.thing, agreement.Rule)
    }
    points = tuple(Point(rule, reader.said(texts.get(rule))) for rule in layer.rules)
    held: list[Block] = [Paragraph(reader.word(f"layer.{name}")), Notice(reader.word("layer_all"))]
    return [*held, *part(reader.word("rules"), Points(points))]


# files


def _rules(rules: dict[str, agreement.Rule], reader: Reader) -> Points:
    return Points(
        tuple(
            Point(f"{name} ({_layer(name, reader)})", reader.said(rule.text))
            for name, rule in rules.items()
        )
    )


def _guarantees(found: dict[str, agreement.Guarantee], reader: Reader) -> Points:
    return Points(tuple(Point(name, reader.said(one.text)) for name, one in found.items()))


def _instruments(found: tuple[agreement.Instrument, ...], reader: Reader) -> Points:
    def force(one: agreement.Instrument) -> tuple[str, ...]:
        days = ", ".join(f"{state} {day}" for state, day in (one.in_force or {}).items())
        return (reader.line("in_force", days),) if days else ()

    return Points(
        tuple(
            Point(
                one.id,
                reader.said(one.title),
                (reader.word(f"instrument.{one.type}"), *force(one)),
            )
            for one in found
        )
    )


def _term(one: agreement.Law | agreement.Agreement, reader: Reader) -> list[tuple[str, str]]:
    ends = [(reader.word("until"), str(one.until))] if one.until else []
    return [(reader.word("since"), str(one.from_)), *ends]


def _law(law: agreement.Law, reader: Reader) -> list[Block]:
    word = reader.word
    held: list[Block] = [
        Paragraph(reader.said(law.title)),
        Rows((*_term(law, reader), (word("version"), law.version))),
    ]
    held += part(word("rules"), _rules(law.rules, reader))
    held += part(word("params"), params_of(law.params, reader))
    held += part(word("guarantees"), _guarantees(law.guarantees, reader))
    held += reader.conflicts(law.id, law.conflicts) + reader.see(law.id)
    return held + part(word("instruments"), _instruments(law.instruments, reader))


def _agreement(deal: agreement.Agreement, reader: Reader) -> list[Block]:
    word, said = reader.word, reader.said
    held: list[Block] = [Paragraph(said(deal.title)), Rows(_head(deal, reader))]
    held.append(Paragraph(said(deal.standing_note)))
    held += part(word("workflow"), Rows(_workflow(deal.workflow, reader)))
    own = _rules(deal.rules, reader) if deal.rules else Paragraph(word("no_own_rules"))
    held += part(word("own_rules"), own)
    held += part(word("params"), params_of(deal.params, reader))
    held += part(word("overrides"), *overrides(deal, reader))
    held += part(word("baseline"), Paragraph(", ".join(use.id for use in deal.uses)))
    held += part(word("guarantees"), _guarantees(deal.guarantees, reader))
    held += part(
        word("asked_itself"),
        Notice(word("gates")),
        _rules(reader.library.agreement_rules.rules, reader),
    )
    held += _fees(deal.fees, reader)
    held += part(word("terms"), _terms(deal.terms, reader))
    held += part(word("matrix"), _matrix(deal.responsibility, reader))
    named_here = Paragraph(word("named_here"))
    held += part(word("authorities"), named_here, _authorities(deal.authorities, reader))
    held += reader.conflicts(deal.id, deal.conflicts) + reader.see(deal.id)
    held += part(word("instruments"), _instruments(deal.instruments, reader))
    return held + _sources(deal, reader)


def _head(deal: agreement.Agreement, reader: Reader) -> tuple[tuple[str, str], ...]:
    word = reader.word
    parties = "; ".join(
        f"{reader.said(one.name)} ({one.code}) {word(one.role)}" for one in deal.parties
    )
    calendar = deal.calendar
    return (
        (word("standing"), word(f"standing.{deal.standing}")),
        (word("parties"), parties),
        (word("pathways"), ", ".join(word(one) for one in deal.pathways)),
        *_term(deal, reader),
        *(((word("facilities"), ", ".join(deal.facilities)),) if deal.facilities else ()),
        (word("calendar"), f"{calendar.zone}, {calendar.convention}, {calendar.rounding}"),
        (word("version"), deal.version),
    )


def _workflow(flow: agreement.Workflow, reader: Reader) -> tuple[tuple[str, str], ...]:
    word = reader.word
    rows = [
        (word("consent"), word(f"consent.{flow.consent}")),
        (word("irrevocable"), word(flow.consent_irrevocable_at)),
        (word("notice_hours"), reader.count(flow.notice_hours, "hours")),
        (word("release_there"), word("foreseen" if flow.release_in_receiving_state else "never")),
    ]
    if flow.return_margin_months is not None:
        rows.append((word("return_margin"), reader.count(flow.return_margin_months, "months")))
    if flow.retention_days is not None:
        rows.append((word("retention"), reader.count(flow.retention_days, "days")))
    if flow.declared:
        rows.append((word("declared"), ", ".join(flow.declared)))
    return (*rows, (word("cites"), reader.where(flow.cite)))


def _fees(fees: schedule.Fees | None, reader: Reader) -> list[Block]:
    word, said = reader.word, reader.said
    if fees is None:
        return part(word("fees"), Paragraph(word("no_fee")))
    items = Points(
        tuple(Point(one.id, said(one.text), (reader.where(one.cite),)) for one in fees.items)
    )
    counted = Rows(
        tuple(
            (reader.topic(one.status), f"{word(f'treat.{one.treat}')}. {said(one.reason)}")
            for one in fees.counting
        )
    )
    undecided = Points(tuple(Point(said(one)) for one in fees.open))
    held = part(f"{word('fees')} ({fees.currency})", items)
    held += part(word("counting"), counted)
    return held + part(word("open_fee"), undecided)


def _terms(terms: tuple[agreement.Term, ...], reader: Reader) -> Points:
    return Points(
        tuple(
            Point(reader.topic(one.topic), reader.said(one.text), (reader.where(one.cite),))
            for one in terms
        )
    )


def _matrix(found: tuple[agreement.Responsibility, ...], reader: Reader) -> Table:
    word = reader.word
    return Table(
        (word("duty"), word("state"), word("what")),
        tuple(
            (
                reader.topic(one.duty),
                word(one.state) if one.state == "not stated" else one.state,
                f"{reader.said(one.what)} [{reader.where(one.cite)}]"
                if one.cite
                else reader.said(one.what),
            )
            for one in found
        ),
    )


def _authorities(found: tuple[agreement.Authority, ...], reader: Reader) -> Points:
    return Points(
        tuple(
            Point(
                one.id,
                reader.said(one.name),
                (
                    reader.line("roles", ", ".join(one.roles) or reader.word("signs_nothing")),
                    *([reader.where(one.cite)] if one.cite else []),
                ),
            )
            for one in found
        )
    )


def _sources(deal: agreement.Agreement, reader: Reader) -> list[Block]:
    fees = deal.fees.items if deal.fees else ()
    told = (*deal.rules.values(), *fees, *deal.terms, *deal.responsibility, *deal.authorities)
    holders = (*told, deal.workflow)
    keys = {key for one in holders for cite in one.cite for key in cite.source}
    return reader.sources(keys.union(*(one.source for one in deal.conflicts)))
