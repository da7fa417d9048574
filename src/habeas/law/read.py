"""TOML to the frozen shapes; all faults of a file in one run, each with file and line."""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

import msgspec

from habeas.errors import Fault, LawError
from habeas.law import agreement, messages
from habeas.law.check import Params, checked, nearest
from habeas.law.program import Promise
from habeas.law.resolve import Draft, Wording, overlaps, wordings
from habeas.law.tree import Fact, Node, RuleRef, Truth, walk

T = TypeVar("T")
_HEADER = re.compile(r"^\s*\[\[?\s*([^\]]+?)\s*\]\]?")
_KEY = re.compile(r"^\s*([A-Za-z0-9_\-\"']+)\s*=")
_PATH = re.compile(r" - at `\$(.*)`$")
_STEP = re.compile(r"\.([A-Za-z0-9_\-]+)|\[(\d+|\.\.\.)\]")
_TOML_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
BOTH = 2  # applies and require
WORDS = {
    "applies": ("applies by", "se aplica por"),
    "require": ("requires", "exige"),
    "when": ("speaks when", "habla cuando"),
    "then": ("promises", "promete"),
}
KINDS = {
    "rules": ("rule", "la regla"),
    "guarantees": ("guarantee", "la garantía"),
    "overrides": ("override", "la excepción"),
}
_TABLES: dict[str, type[agreement.Strict]] = {
    "rules": agreement.Rule,
    "guarantees": agreement.Guarantee,
    "facts": agreement.Fact,
    "sources": agreement.Source,
}
STATED_PRICES = ("minor_per_year", "minor_per_block_month", "minor_per_place_day")


@dataclass(frozen=True, slots=True)
class Names:
    """What a rule text may name: the facts of the vocabulary and the parameters in reach."""

    vocabulary: agreement.Vocabulary
    params: Params


def line_of(text: str, *path: str) -> int:
    """Line (from 1) of the deepest part of a key path that the text shows; 1 where none does.

    A number in the path counts the tables of an array: ("fees", "items", "1", "tiers").
    """
    lines = text.splitlines()
    position, best, header = 0, 1, list[str]()
    for part in path:
        if part.isdigit():
            wanted = ".".join(header)
            starts = [
                n
                for n, line in enumerate(lines)
                if (found := _HEADER.match(line)) and found.group(1) == wanted
            ]
            if int(part) < len(starts):
                position = starts[int(part)]
                best = position + 1
            continue
        header.append(part)
        for n in range(position, len(lines)):
            found, key = _HEADER.match(lines[n]), _KEY.match(lines[n])
            if found and found.group(1).replace('"', "") == ".".join(header):
                position, best = n, n + 1
                break
            if key and key.group(1).strip("\"'") == part:
                position, best = n, n + 1
                break
    return best


def decoded(text: str, shape: type[T], file: str, decimal: Callable[[str], object] = float) -> T:
    """A library file as its shape; `decimal` is what an unquoted decimal becomes.

    Raises:
        LawError: H213 for text that is not TOML, H214 for a key or value that the shape refuses.
    """
    fix = "Correct it as in docs/spec/agreement.md."
    try:
        raw = tomllib.loads(text, parse_float=decimal)
    except tomllib.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))
        line = int(place.group(1)) if place and place.group(1) else len(text.splitlines())
        what = f"not TOML: {_TOML_PLACE.sub('', str(error))}"
        raise LawError(Fault("H213", what, "Correct the line.", file, line)) from error
    except RecursionError as error:
        what = "not TOML: it nests without end"
        raise LawError(Fault("H213", what, "Close the brackets.", file, 1)) from error
    try:
        return _converted(raw, shape)
    except msgspec.ValidationError as error:
        path, what = _place(raw, error)
        named = re.search(r"`(\w+)`", what)
        unknown = [named.group(1)] if named and "unknown" in what else []
        line = line_of(text, *path, *unknown)
        where = ".".join(path) or "the file"
        raise LawError(Fault("H214", f"{what} at {where}", fix, file, line)) from error


def _converted(raw: object, shape: type[T]) -> T:
    # TOML has days of its own: a day in quotes is a text.
    return msgspec.convert(raw, shape, builtin_types=(date,))


def _place(raw: dict[str, object], error: msgspec.ValidationError) -> tuple[list[str], str]:
    told = str(error)
    found = _PATH.search(told)
    path = [a or b for a, b in _STEP.findall(found.group(1))] if found else []
    # Within a table of tables the error does not say which: the first that fails by itself is it.
    if len(path) > 1 and path[1] == "..." and path[0] in _TABLES:
        rows = raw.get(path[0])
        for name, row in rows.items() if isinstance(rows, dict) else ():
            try:
                _converted(row, _TABLES[path[0]])
            except msgspec.ValidationError as inner:
                rest, what = _place({}, inner)
                return [path[0], str(name), *rest], what
    return path, _PATH.sub("", told).replace("Object", "Table")


def drafts(
    text: str,
    found: dict[str, agreement.Rule],
    names: Names,
    layers: agreement.Layers,
    file: str,
) -> tuple[Draft, ...]:
    """The rules of a file with all their wordings; a rule not placed in a layer is policy.

    Raises:
        LawError: every fault of every rule of the file.
    """
    faults: list[Fault] = []
    done: list[Draft] = []
    for name, rule in found.items():
        kept: list[Wording] = []
        for number, (first, until, source) in enumerate(wordings(rule)):
            place = ("rules", name, *(("version", str(number - 1)) if number else ()))
            pair = (("applies", source.applies), ("require", source.require))
            trees, wrong = _trees(text, place, pair, names, file)
            faults += wrong
            if len(trees) == BOTH:
                kept.append(Wording(first, until, source, trees[0], trees[1]))
        periods = [(one.first, one.until) for one in kept]
        faults += overlap_faults(text, ("rules", name), f"rule '{name}'", periods, file)
        done.append(Draft(name, layers.rules.get(name, "policy"), tuple(kept)))
    if faults:
        raise LawError(*faults)
    return tuple(done)


def pair(
    text: str, place: tuple[str, str], sources: tuple[str, str], names: Names, file: str
) -> tuple[Node, Node]:
    """The trees of `applies` and `require` of an override.

    Raises:
        LawError: every fault of both.
    """
    named = (("applies", sources[0]), ("require", sources[1]))
    trees, faults = _trees(text, place, named, names, file)
    if faults:
        raise LawError(*faults)
    return trees[0], trees[1]


def unused_faults(
    text: str, deal: agreement.Agreement, vocabulary: agreement.Vocabulary, file: str
) -> list[Fault]:
    """Facts that may be missing, but are none of the vocabulary."""
    return [
        replace(
            messages.fault("H101", **messages.near(name, nearest(name, vocabulary.facts))),
            file=file,
            line=line_of(text, "may_be_missing", str(number), "facts"),
        )
        for number, one in enumerate(deal.may_be_missing)
        for name in one.facts
        if name not in vocabulary.facts
    ]


def unbounded_faults(text: str, vocabulary: agreement.Vocabulary, file: str) -> list[Fault]:
    """Whole-number facts without both bounds."""
    return [
        replace(messages.fault("H210", name=name), file=file, line=line_of(text, "facts", name))
        for name, fact in vocabulary.facts.items()
        if fact.type == "int" and (fact.min is None or fact.max is None)
    ]


def overlap_faults(
    text: str,
    place: tuple[str, str],
    what: str,
    periods: Sequence[tuple[date | None, date | None]],
    file: str,
) -> list[Fault]:
    """Periods of one rule or parameter that overlap."""
    return [
        replace(
            messages.fault("H202", what=what, first=first.isoformat(), last=last.isoformat()),
            file=file,
            line=line_of(text, *place),
        )
        for first, last in overlaps(periods)
    ]


def param_faults(
    text: str, holder: agreement.Law | agreement.Agreement, taken: Mapping[str, str], file: str
) -> list[Fault]:
    """Parameters whose values overlap, that cite nothing, or whose name stands elsewhere."""
    found: list[Fault] = []
    for name, param in holder.params.items():
        line = line_of(text, "params", name)
        if name in taken:
            clash = messages.fault("H224", name=name, file=taken[name])
            found.append(replace(clash, file=file, line=line))
        periods = [(one.from_, one.until) for one in param.values]
        found += overlap_faults(text, ("params", name), f"parameter '{name}'", periods, file)
        found += [
            replace(messages.fault("H201", name=f":{name}"), file=file, line=line)
            for one in param.values
            if not one.cite
        ]
    return found


def _trees(
    text: str,
    place: tuple[str, ...],
    pair: tuple[tuple[str, str], tuple[str, str]],
    names: Names,
    file: str,
) -> tuple[list[Node], list[Fault]]:
    # The first of the pair says when the second speaks, so only it may be a plain TRUE or FALSE.
    trees, faults = list[Node](), list[Fault]()
    name = place[1]
    for key, source in pair:
        line = line_of(text, *place, key)
        try:
            tree = checked(source, names.vocabulary, names.params)
        except LawError as error:
            faults += [_placed(fault, file, line, text, name, source) for fault in error.faults]
            continue
        asks = any(isinstance(one, Fact | RuleRef) for one in walk(tree))
        if not asks and not (key == pair[0][0] and isinstance(tree, Truth)):
            does, hace = WORDS[key]
            kind, lugar = KINDS[place[0]]
            said = {"place": kind, "lugar": lugar, "name": name, "does": does, "hace": hace}
            faults.append(replace(messages.fault("H109.rule", **said), file=file, line=line))
        trees.append(tree)
    return trees, faults


def guarantees(
    text: str,
    found: dict[str, agreement.Guarantee],
    names: Names,
    file: str,
) -> tuple[Promise, ...]:
    """The guarantees of a file, parsed and typed.

    Raises:
        LawError: every fault of every guarantee of the file.
    """
    faults: list[Fault] = []
    done: list[Promise] = []
    for name, one in found.items():
        pair = (("when", one.when), ("then", one.then))
        trees, wrong = _trees(text, ("guarantees", name), pair, names, file)
        faults += wrong
        if len(trees) == BOTH:
            done.append(Promise(name, one, trees[0], trees[1]))
    if faults:
        raise LawError(*faults)
    return tuple(done)


def rule_faults(
    text: str,
    holder: agreement.Law | agreement.Agreement,
    taken: Mapping[str, str],
    sources: frozenset[str],
    file: str,
) -> list[Fault]:
    """Rules without a citation, ids that stand already, instruments and sources never declared.

    Args:
        text: the file, for the lines.
        holder: what it holds.
        taken: rule ids that stand in other files, with the name of each.
        sources: keys of library/sources.toml.
        file: its name.
    """
    declared, found = {one.id for one in holder.instruments}, list[Fault]()
    for name, rule in holder.rules.items():
        line = line_of(text, "rules", name)
        if name in taken:
            what = f"rule '{name}' already stands in {taken[name]}"
            found.append(Fault("H220", what, "Give it an id of its own.", file, line))
        if not rule.cite:
            found.append(replace(messages.fault("H201", name=name), file=file, line=line))
        for cite in rule.cite:
            if cite.instrument not in declared:
                what = f"rule '{name}' cites '{cite.instrument}', which the file does not declare"
                found.append(Fault("H222", what, "Add it under [[instruments]].", file, line))
            found += [
                Fault(
                    "H223",
                    f"rule '{name}' names the unknown source '{key}'",
                    "Add it to library/sources.toml, or leave it out.",
                    file,
                    line,
                )
                for key in cite.source
                if key not in sources
            ]
    return found


def _placed(fault: Fault, file: str, line: int, text: str, rule: str, source: str) -> Fault:
    # A text over several lines begins at the line of its key, or right behind its opening quotes.
    lines = text.splitlines()
    before = source[: max(fault.column - 1, 0)].split("\n")
    inner = line - 1 + len(before) - 1
    if "\n" in source and inner < len(lines) and source.partition("\n")[0] not in lines[line - 1]:
        inner += 1
    written = lines[inner] if inner < len(lines) else ""
    here = source.split("\n")[len(before) - 1]
    begins = written.find(here) if here else -1
    column = begins + len(before[-1]) + 1 if begins >= 0 else 0
    return replace(
        fault, rule=rule, file=file, line=inner + 1 if begins >= 0 else line, column=column,
        source=written if begins >= 0 else "",
    )  # fmt: skip


def tier_faults(text: str, deal: agreement.Agreement, file: str) -> list[Fault]:
    """Gaps, overlaps and prices stated twice or not at all in the bands of a tariff."""
    faults: list[Fault] = []
    items = deal.fees.items if deal.fees else ()
    for item in items:
        if not isinstance(item, agreement.TieredAvailability):
            continue
        line = line_of(text, "fees", "items", str(items.index(item)), "tiers")
        expected = 1
        for tier in item.tiers:
            band = f"{tier.from_place} to {tier.to_place}"
            if tier.from_place < expected:
                faults.append(
                    Fault(
                        "H701",
                        f"tier {band} of '{item.id}' overlaps the one before",
                        f"Start it at place {expected}.",
                        file,
                        line,
                    )
                )
            elif tier.from_place > expected:
                faults.append(
                    Fault(
                        "H702",
                        f"tier {band} of '{item.id}' leaves a gap",
                        f"Start it at place {expected}.",
                        file,
                        line,
                    )
                )
            if tier.to_place < tier.from_place:
                faults.append(
                    Fault(
                        "H703",
                        f"tier {band} of '{item.id}' ends before it starts",
                        "Exchange the two places.",
                        file,
                        line,
                    )
                )
            prices = [tier.minor_per_year, tier.minor_per_block_month, tier.minor_per_place_day]
            if sum(price is not None for price in prices) != 1:
                faults.append(
                    Fault(
                        "H704",
                        f"tier {band} of '{item.id}' must state one price",
                        f"Give one of {', '.join(STATED_PRICES)}.",
                        file,
                        line,
                    )
                )
            expected = tier.to_place + 1
    return faults
