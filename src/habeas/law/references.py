"""What the library's files name and what is not there: sources, instruments, ids, facts."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from habeas.errors import Fault, LawError
from habeas.law import agreement, cited, messages, places, records
from habeas.law.check import checked
from habeas.law.ids import entries
from habeas.law.library import File, Library
from habeas.law.tree import facts
from habeas.terms import ABOUT_NO_PERSON

SOURCE = "Add it to library/sources.toml, or leave it out."


def reference_faults(library: Library) -> list[Fault]:
    """Every name that stands for nothing, in files that can be read, each with file and line.

    A rule of a law or an agreement is left to `Library.faults`, which tells its citations.
    """
    found: list[Fault] = []
    for file, holder in _holders(library):
        found += _sources(file, holder, frozenset(library.sources))
        found += _instruments(file, holder)
    found += _ids(library)
    return found + _conditions(library) + _disclosure(library) + _access(library)


def _holders(library: Library) -> Iterator[tuple[File, object]]:
    for file, law in library.laws.values():
        yield file, (law.conflicts,)
    for file, deal in library.agreements.values():
        fees, flow = deal.fees, deal.workflow
        told = (deal.terms, deal.responsibility, deal.authorities, deal.conflicts)
        yield file, (deal.instruments, fees, flow, *told)
    for file, standard in library.standards.values():
        yield file, standard
    for file, facility in library.facilities.values():
        yield file, facility
    for part in records.PARTS:
        yield library.file(f"{part.replace('_', '-')}.toml"), getattr(library, part)


def _within(thing: object) -> Iterator[cited.Strict]:
    """A thing and every table in it."""
    if isinstance(thing, cited.Strict):
        yield thing
        for name in thing.__struct_fields__:
            yield from _within(getattr(thing, name))
    elif isinstance(thing, tuple | dict):
        for one in thing.values() if isinstance(thing, dict) else thing:
            yield from _within(one)


def _sources(file: File, holder: object, known: frozenset[str]) -> list[Fault]:
    named = (getattr(one, "source", ()) for one in _within(holder))
    keys = dict.fromkeys(key for group in named if isinstance(group, tuple) for key in group)
    return [
        messages.placed("H223.record", file.name, _line(file, key), name=key)
        for key in keys
        if key not in known
    ]


def _instruments(file: File, holder: object) -> list[Fault]:
    inside = list(_within(holder))
    declared = {one.id for one in inside if isinstance(one, agreement.Instrument)}
    named = dict.fromkeys(one.instrument for one in inside if isinstance(one, cited.Cite))
    return [
        messages.placed("H222.record", file.name, _line(file, key), name=key)
        for key in named
        if key not in declared
    ]


def _line(file: File, word: str) -> int:
    """The first line that quotes the word; 1 where none does."""
    lines = file.text.splitlines()
    return next((n for n, line in enumerate(lines, 1) if f'"{word}"' in line), 1)


def _named(thing: object) -> Iterable[str]:
    match thing:
        case agreement.Conflict() | records.Consequence() | records.Treaty():
            return thing.concerns
        case records.Reclassed():
            return (thing.duty, thing.agreement)
        case records.Duty():
            return tuple(one.agreement for one in thing.margins)
        case _:
            return ()


def _ids(library: Library) -> list[Fault]:
    every = entries(library)
    known = {one.id for one in every}
    named = [(one.file, one.id, name) for one in every for name in _named(one.thing)]
    file = library.file("agreement-rules.toml")
    named += [(file, one.topic, one.rule) for one in library.agreement_rules.details]
    return [
        messages.placed("H229", at.name, _line(at, name), owner=owner, name=name)
        for at, owner, name in named
        if name not in known
    ]


def _uncited(file: File, line: int, what: str, que: str) -> Fault:
    return messages.placed("H201", file.name, line, what=what, que=que)


def _disclosure(library: Library) -> list[Fault]:
    """Rows of the table of disclosure that name no part of it, or rest on nothing."""
    file, table = library.file("disclosure.toml"), library.disclosure
    found = list[Fault]()
    for name, row in table.rows.items():
        line = places.line_of(file.text, "rows", name)
        if row.part not in table.parts:
            found.append(messages.placed("H229", file.name, line, owner=name, name=row.part))
        if row.standing != "policy" and not row.cite:
            found.append(_uncited(file, line, f"row '{name}'", f"la fila '{name}'"))
    return found


def _access(library: Library) -> list[Fault]:
    """Rows of the table of access that rest on nothing, or let strangers at a person."""
    file, table = library.file("access.toml"), library.access
    found = list[Fault]()
    for name, row in table.rows.items():
        line = places.line_of(file.text, "rows", name)
        if row.standing != "policy" and not row.cite:
            found.append(_uncited(file, line, f"row '{name}'", f"la fila '{name}'"))
        about = [deed.value for deed in row.deeds if deed not in ABOUT_NO_PERSON]
        free = [deed.value for deed in row.deeds if deed in ABOUT_NO_PERSON]
        if about and not row.relations:
            said = {"name": name, "deeds": ", ".join(about)}
            found.append(messages.placed("H801", file.name, line, **said))
        if free and row.relations:
            said = {"name": name, "deeds": ", ".join(free)}
            found.append(messages.placed("H802", file.name, line, **said))
        if not (row.deeds and row.offices):
            found.append(messages.placed("H803", file.name, line, name=name))
    return found


def agreement_vocabulary(rules: records.AgreementRules) -> agreement.Vocabulary:
    """The facts about an agreement itself, which no docket has."""
    return agreement.Vocabulary("habeas-facts/1", rules.version, {}, rules.facts, rules.meta)


def _conditions(library: Library) -> list[Fault]:
    """Faults of the rule texts of the records: agreement rules and duties."""
    rules, duties = library.agreement_rules, library.duties
    own = agreement_vocabulary(rules)
    file, found = library.file("agreement-rules.toml"), list[Fault]()
    for name, rule in rules.rules.items():
        for key, text in (("applies", rule.applies), ("require", rule.require)):
            at = places.line_of(file.text, "rules", name, key)
            found += _text(text, own, file, at, plain=key == "applies")
        if not rule.cite:
            at = places.line_of(file.text, "rules", name)
            found.append(_uncited(file, at, f"rule '{name}'", f"la regla '{name}'"))
    file = library.file("duties.toml")
    for name, duty in duties.duties.items():
        if duty.applies is not None:
            at = places.line_of(file.text, "duties", name, "applies")
            found += _text(duty.applies, library.vocabulary, file, at, plain=False)
    return found


def _text(
    text: str, vocabulary: agreement.Vocabulary, file: File, line: int, *, plain: bool
) -> list[Fault]:
    try:
        tree = checked(text, vocabulary)
    except LawError as error:
        return [replace(one, file=file.name, line=line) for one in error.faults]
    if facts(tree) or plain:
        return []
    what = "a rule text of the records asks a constant"
    return [Fault("H109", what, "Ask for a fact.", file.name, line)]
