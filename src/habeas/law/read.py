"""TOML to the frozen shapes; all faults of a file in one run, each with file and line."""

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from typing import TypeVar

import msgspec

from habeas.errors import Fault, LawError
from habeas.law import agreement
from habeas.law.check import checked, facts
from habeas.law.grammar import Node, Truth
from habeas.law.program import ProgramRule, Promise

T = TypeVar("T")
_HEADER = re.compile(r"^\s*\[\[?\s*([^\]]+?)\s*\]\]?")
_KEY = re.compile(r"^\s*([A-Za-z0-9_\-\"']+)\s*=")
_PATH = re.compile(r" - at `\$(.*)`$")
_STEP = re.compile(r"\.([A-Za-z0-9_\-]+)|\[(\d+|\.\.\.)\]")
_TOML_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
BOTH = 2  # applies and require
WORDS = {
    "applies": "applies by",
    "require": "requires",
    "when": "speaks when",
    "then": "promises",
}
_TABLES: dict[str, type[agreement.Strict]] = {
    "rules": agreement.Rule,
    "guarantees": agreement.Guarantee,
    "facts": agreement.Fact,
    "sources": agreement.Source,
}
STATED_PRICES = ("minor_per_year", "minor_per_block_month", "minor_per_place_day")


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


def decoded(text: str, shape: type[T], file: str) -> T:
    """A library file as its shape.

    Raises:
        LawError: H213 for text that is not TOML, H214 for a key or value that the shape refuses.
    """
    fix = "Correct it as in docs/spec/agreement.md."
    try:
        raw = tomllib.loads(text)
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


def rules(
    text: str,
    found: dict[str, agreement.Rule],
    vocabulary: agreement.Vocabulary,
    layers: agreement.Layers,
    file: str,
) -> tuple[ProgramRule, ...]:
    """The rules of a file, parsed and typed; a rule not placed in a layer is policy.

    Raises:
        LawError: every fault of every rule of the file.
    """
    faults: list[Fault] = []
    done: list[ProgramRule] = []
    for name, rule in found.items():
        pair = (("applies", rule.applies), ("require", rule.require))
        trees, wrong = _trees(text, ("rules", name), pair, vocabulary, file)
        faults += wrong
        if len(trees) == BOTH:
            layer = layers.rules.get(name, "policy")
            done.append(ProgramRule(name, layer, rule, trees[0], trees[1]))
    if faults:
        raise LawError(*faults)
    return tuple(done)


def _trees(
    text: str,
    place: tuple[str, str],
    pair: tuple[tuple[str, str], tuple[str, str]],
    vocabulary: agreement.Vocabulary,
    file: str,
) -> tuple[list[Node], list[Fault]]:
    # The first of the pair says when the second speaks, so only it may be a plain TRUE or FALSE.
    trees, faults = list[Node](), list[Fault]()
    name = place[1]
    for key, source in pair:
        line = line_of(text, *place, key)
        try:
            tree = checked(source, vocabulary)
        except LawError as error:
            faults += [_placed(fault, file, line, text, name, source) for fault in error.faults]
            continue
        if not facts(tree) and not (key == pair[0][0] and isinstance(tree, Truth)):
            what = f"{place[0].removesuffix('s')} '{name}' {WORDS[key]} a constant"
            faults.append(Fault("H109", what, "Ask for a fact.", file, line))
        trees.append(tree)
    return trees, faults


def guarantees(
    text: str,
    found: dict[str, agreement.Guarantee],
    vocabulary: agreement.Vocabulary,
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
        trees, wrong = _trees(text, ("guarantees", name), pair, vocabulary, file)
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
            fix = "Name the instrument and the place in it."
            found.append(Fault("H201", f"rule '{name}' has no citation", fix, file, line))
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
    written = text.splitlines()[line - 1] if text else ""
    start = written.find(source)
    column = start + fault.column if start >= 0 else 0
    return Fault(fault.code, f"{fault.what} in rule {rule}", fault.fix, file, line, column)


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
