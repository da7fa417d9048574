"""What changes in time, as parts of pages: parameters, versions of a rule, overrides."""

from datetime import date

from habeas.law import agreement
from habeas.law.grammar import parse
from habeas.law.ids import Entry, Kind
from habeas.law.reader import Reader
from habeas.law.resolve import value_on, wordings
from habeas.law.tree import Param, RuleRef, walk
from habeas.law.words import Block, Code, Heading, Notice, Paragraph, Point, Points, Rows, part


def span(first: date | None, until: date | None, reader: Reader) -> str:
    """A half-open period in words."""
    told = [reader.line("since", str(first))] if first else []
    told += [reader.line("before_day", str(until))] if until else []
    return ", ".join(told) or reader.word("ever")


def _unit(param: agreement.Param, value: int | str, reader: Reader) -> str:
    return f"{value} {reader.topic(param.unit)}"


def _value(param: agreement.Param, one: agreement.ParamValue, reader: Reader) -> Point:
    marks = [span(one.from_, one.until, reader)]
    if reader.day is not None and one.holds(reader.day):
        marks.append(f"{reader.word('in_force_on')} {reader.day}")
    if one.expected:
        marks.append(reader.word("expected"))
    return Point(_unit(param, one.value, reader), "; ".join(marks), (reader.where(one.cite),))


def _bounds(param: agreement.Param, reader: Reader) -> list[tuple[str, str]]:
    word = reader.word
    rows = [(word("overridable"), word(f"overridable.{param.overridable}"))]
    for key, end in (("floor", param.floor), ("ceiling", param.ceiling)):
        if end is not None:
            rows.append((word(key), _unit(param, end, reader)))
    return rows


def _now(param: agreement.Param, reader: Reader) -> list[tuple[str, str]]:
    if reader.day is None:
        return []
    held = value_on(param, reader.day)
    said = _unit(param, held.value, reader) if held else reader.word("no_value")
    return [(f"{reader.word('value')}, {reader.day}", said)]


def param_page(entry: Entry, param: agreement.Param, reader: Reader) -> list[Block]:
    """A parameter: its value on the day, its bounds, its history, and the rules that name it."""
    word, values = reader.word, param.values
    held: list[Block] = [Paragraph(reader.said(param.text))] if param.text else []
    held.append(Rows((*_now(param, reader), *_bounds(param, reader))))
    held += part(word("history"), Points(tuple(_value(param, one, reader) for one in values)))
    held += part(word("note"), Paragraph(reader.said(param.note)))
    held += part(word("named_by"), Points(_naming(entry.id, reader)))
    held += part(word("overridden_by"), Points(_overriding(f"params.{entry.id}", reader)))
    cites = tuple(cite for one in values for cite in one.cite)
    held += part(word("cites"), reader.cites(cites, entry.holder))
    return [*held, *reader.conflicts(entry.id), *reader.see(entry.id)]


def _texts(rule: agreement.Rule) -> list[str]:
    return [text for _, _, one in wordings(rule) for text in (one.applies, one.require)]


def _names(rule: agreement.Rule, kind: type[Param | RuleRef]) -> list[str]:
    """The parameters, or the rules, that any wording of a rule names."""
    nodes = (node for text in _texts(rule) for node in walk(parse(text)))
    return list(dict.fromkeys(node.name for node in nodes if isinstance(node, kind)))


def _naming(name: str, reader: Reader) -> tuple[Point, ...]:
    return tuple(
        Point(one.id, reader.said(one.thing.text))
        for one in reader.entries
        if one.kind is Kind.RULE
        and isinstance(one.thing, agreement.Rule)
        and name in _names(one.thing, Param)
    )


def named_params(rule: agreement.Rule, entry: Entry, reader: Reader) -> list[Block]:
    """The parameters and rules that a rule names; whether a treaty may depart from it."""
    if entry.kind is not Kind.RULE:
        return []
    word = reader.word
    found = _reach(entry, reader)
    names = [name for name in _names(rule, Param) if name in found]
    held = part(word("params"), Points(tuple(_told(name, found[name], reader) for name in names)))
    texts = {one.id: one.thing.text for one in reader.entries
             if isinstance(one.thing, agreement.Rule)}  # fmt: skip
    named = (Point(name, reader.said(texts.get(name))) for name in _names(rule, RuleRef))
    held += part(word("named_rules"), Points(tuple(named)))
    if rule.overridable == "treaty":
        held += part(word("overridable"), Paragraph(word("overridable.treaty")))
    return held + part(word("overridden_by"), Points(_overriding(f"rules.{entry.id}", reader)))


def _reach(entry: Entry, reader: Reader) -> dict[str, agreement.Param]:
    """The parameters that a rule of a file may name."""
    library = reader.library
    found = {name: one for _, law in library.laws.values() for name, one in law.params.items()}
    deal = library.agreements.get(entry.holder)
    return found | (deal[1].params if deal else {})


def _told(name: str, param: agreement.Param, reader: Reader) -> Point:
    now = [f"{key}: {what}" for key, what in _now(param, reader)]
    lines = [reader.said(param.text)] if param.text else []
    for one in param.values:
        value = _value(param, one, reader)
        lines.append(f"{value.name}: {value.text} [{value.lines[0]}]")
    lines += [f"{key}: {what}" for key, what in _bounds(param, reader)]
    return Point(f":{name}", "; ".join(now) or reader.topic(param.unit), tuple(lines))


def params_of(params: dict[str, agreement.Param], reader: Reader) -> Points:
    """The parameters of a file."""
    return Points(tuple(_told(name, one, reader) for name, one in params.items()))


def versions(rule: agreement.Rule, entry: Entry, reader: Reader) -> list[Block]:
    """The period of a rule, and each later or earlier wording with its own."""
    word, held = reader.word, list[Block]()
    if rule.from_ is not None or rule.until is not None:
        held += part(word("in_force_when"), Paragraph(span(rule.from_, rule.until, reader)))
    for first, until, one in list(wordings(rule))[1:]:
        held.append(Heading(f"{word('version')}: {span(first, until, reader)}"))
        if one.text != rule.text:
            held.append(Paragraph(reader.said(one.text)))
        if one.applies != "TRUE":
            held += [Paragraph(word("applies")), Code(one.applies), Paragraph(word("require"))]
        held.append(Code(one.require))
        if one.cite != rule.cite:
            held.append(reader.cites(one.cite, entry.holder))
    if reader.day is not None and not any(_holds(rule, reader.day)):
        held.append(Notice(f"{word('not_in_force_on')} {reader.day}"))
    return held


def _holds(rule: agreement.Rule, day: date) -> list[bool]:
    return [
        (first is None or first <= day) and (until is None or day < until)
        for first, until, _ in wordings(rule)
    ]


def _overriding(target: str, reader: Reader) -> tuple[Point, ...]:
    return tuple(
        Point(deal.id, _departs(one), (reader.said(one.why), reader.where((one.cite,))))
        for _, deal in reader.library.agreements.values()
        for one in deal.overrides
        if one.target == target
    )


def _departs(one: agreement.Override) -> str:
    texts = (one.value, one.applies, one.require)
    return "; ".join(str(text) for text in texts if text is not None)


def overrides(deal: agreement.Agreement, reader: Reader) -> tuple[Block, ...]:
    """Where an agreement departs from baseline law, and why it says that it may."""
    points = tuple(
        Point(one.target, _departs(one), (reader.said(one.why), reader.where((one.cite,))))
        for one in deal.overrides
    )
    return (Notice(reader.word("overrides_are")), Points(points)) if points else ()
