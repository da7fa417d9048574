"""TOML to the frozen shapes; all faults of a file in one run, each with file and line."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import NoneType, UnionType
from typing import TypeVar, Union, get_args, get_origin

import msgspec
import tomli  # the standard library's reader, compiled: a third of its time

from habeas.errors import Fault, LawError
from habeas.law import agreement, messages
from habeas.law.check import Params, checked, near
from habeas.law.places import Place, line_of
from habeas.law.program import Promise
from habeas.law.resolve import Draft, Wording, wordings
from habeas.law.tree import Fact, Node, RuleRef, Truth, walk

T = TypeVar("T")
_UNREAD = {  # what the reader of TOML stumbles over, or takes hours for
    "H213.mark": re.compile("\\A\ufeff"),
    "H213.word": re.compile(r"(?<![\w+-])[\w+-]{4000}", re.ASCII),
    "H213.stops": re.compile(r"(?m)^(?:[^.\n]*+\.){500}"),
}
_PATH = re.compile(r" - at (?:`key` in )?`\$(.*)`$")
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
Path = tuple[str, ...]
Misfit = tuple[Path, Path, str]  # where it stands, what holds it, what is wrong with it


@dataclass(frozen=True, slots=True)
class Names:
    """What a rule text may name: facts of the vocabulary, parameters and rules in reach."""

    vocabulary: agreement.Vocabulary
    params: Params
    rules: frozenset[str]  # ids, on whatever day they are in force


def decoded(text: str, shape: type[T], file: str, decimal: Callable[[str], object] = float) -> T:
    """A library file as its shape; `decimal` is what an unquoted decimal becomes.

    Raises:
        LawError: H213 for text that is not TOML, H214 for each key and value that the shape
            refuses.
    """
    for key, pattern in _UNREAD.items():
        if met := pattern.search(text):
            raise LawError(messages.placed(key, file, text.count("\n", 0, met.start()) + 1))
    try:
        raw = tomli.loads(text, parse_float=decimal)
    except tomli.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))
        line = int(place.group(1)) if place and place.group(1) else len(text.splitlines())
        told = _TOML_PLACE.sub("", str(error))
        raise LawError(messages.placed("H213", file, line, told=told)) from error
    except RecursionError as error:
        raise LawError(messages.placed("H213.deep", file, 1)) from error
    try:
        return _converted(raw, shape)
    except msgspec.ValidationError as error:
        # The library's own error tells the first fault alone; whatever only it knows, it tells.
        found = [*_misfits(raw, shape, ())] or [_first(error, ())]
    faults = [
        messages.placed(
            "H214", file, line_of(text, *path), told=told, where=".".join(holder) or "the file"
        )
        for path, holder, told in found
    ]
    raise LawError(*sorted(faults, key=lambda fault: fault.line))


def _converted(raw: object, shape: type[T]) -> T:
    # TOML has days of its own: a day in quotes is a text.
    return msgspec.convert(raw, shape, builtin_types=(date,))


def _first(error: msgspec.ValidationError, path: Path) -> Misfit:
    """What a conversion says, at its place below a path."""
    told = str(error)
    if found := _PATH.search(told):
        path = (*path, *(name or index for name, index in _STEP.findall(found.group(1))))
    return path, path, _PATH.sub("", told).replace("Object", "Table").replace("`object`", "`table`")


def _misfits(value: object, kind: object, path: Path) -> Iterator[Misfit]:
    """Every key and value that a shape refuses, each by itself."""
    kind = _arm(value, kind)
    origin, parts = get_origin(kind), get_args(kind)
    if isinstance(value, dict) and isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        yield from _misfits_of_table(value, kind, path)
    elif isinstance(value, dict) and origin is dict:
        for name, row in value.items():
            yield from _misfits(name, parts[0], (*path, name))
            yield from _misfits(row, parts[1], (*path, name))
    elif isinstance(value, list) and origin is tuple and parts[1:] == (Ellipsis,):
        for index, row in enumerate(value):
            yield from _misfits(row, parts[0], (*path, str(index)))
    else:
        try:
            msgspec.convert(value, kind, builtin_types=(date,))
        except msgspec.ValidationError as error:
            yield _first(error, path)


def _misfits_of_table(
    table: dict[str, object], kind: type[msgspec.Struct], path: Path
) -> Iterator[Misfit]:
    fields = {one.encode_name: one for one in msgspec.structs.fields(kind)}
    tag = kind.__struct_config__.tag_field
    for name, value in table.items():
        if name in fields:
            yield from _misfits(value, fields[name].type, (*path, name))
        elif name != tag:
            yield (*path, name), path, f"Table contains unknown field `{name}`"
    for name, one in fields.items():
        if one.required and name not in table:
            yield path, path, f"Table missing required field `{name}`"


def _arm(value: object, kind: object) -> object:
    """The one shape of several that a value is meant as; all of them where it does not say."""
    if get_origin(kind) not in {Union, UnionType}:
        return kind
    arms = [one for one in get_args(kind) if one is not NoneType]
    if isinstance(value, dict) and len(arms) > 1:
        tags = {
            one.__struct_config__.tag: one
            for one in arms
            if isinstance(one, type) and issubclass(one, msgspec.Struct)
        }
        fields = {one.__struct_config__.tag_field for one in tags.values()}
        return next((tags[told] for one in fields if (told := str(value.get(one))) in tags), kind)
    return arms[0] if len(arms) == 1 and value is not None else kind


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
                (applies, one), (require, other) = trees
                kept.append(Wording(first, until, source, applies, require, (one, other)))
        done.append(Draft(name, layers.rules.get(name, "policy"), tuple(kept)))
    if faults:
        raise LawError(*faults)
    return tuple(done)


def pair(
    text: str, number: int, sources: dict[str, str], names: Names, file: str, rule: str
) -> dict[str, tuple[Node, Place]]:
    """The trees of what an override words anew, by key.

    Args:
        text: the file.
        number: of the override, from 0.
        sources: `applies`, `require` or both.
        names: what they may name.
        file: its name.
        rule: the rule that is overridden.

    Raises:
        LawError: every fault of both.
    """
    place = ("overrides", str(number))
    trees, faults = _trees(text, place, tuple(sources.items()), names, file, rule)
    if faults:
        raise LawError(*faults)
    return dict(zip(sources, trees, strict=True))


def unused_faults(
    text: str, deal: agreement.Agreement, vocabulary: agreement.Vocabulary, file: str
) -> list[Fault]:
    """Facts that may be missing, but are none of the vocabulary."""
    return [
        replace(
            messages.fault("H101", **near(name, vocabulary.facts)),
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


def _trees(
    text: str,
    path: tuple[str, ...],
    texts: Sequence[tuple[str, str]],
    names: Names,
    file: str,
    rule: str = "",
) -> tuple[list[tuple[Node, Place]], list[Fault]]:
    trees, faults = list[tuple[Node, Place]](), list[Fault]()
    for key, source in texts:
        place = Place(file, text, line_of(text, *path, key), rule or path[1], source)
        try:
            tree = checked(source, names.vocabulary, names.params, names.rules)
        except LawError as error:
            faults += [place.placed(fault) for fault in error.faults]
            continue
        asks = any(isinstance(one, Fact | RuleRef) for one in walk(tree))
        # What says when a rule speaks, and only that, may be a plain TRUE or FALSE.
        if not asks and not (key in {"applies", "when"} and isinstance(tree, Truth)):
            does, hace = WORDS[key]
            kind, lugar = KINDS[path[0]]
            said = {"place": kind, "lugar": lugar, "name": place.rule, "does": does, "hace": hace}
            fault = messages.fault("H109.rule", **said)
            faults.append(replace(fault, file=file, line=place.line))
        trees.append((tree, place))
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
            (when, here), (then, there) = trees
            done.append(Promise(name, one, when, then, (here, there)))
    if faults:
        raise LawError(*faults)
    return tuple(done)
