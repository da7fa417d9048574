"""Everything in the library that has an id, under that id."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import get_args

from habeas.errors import LawError
from habeas.law import agreement, messages, records
from habeas.law.check import near
from habeas.law.library import File, Library


@unique
class Kind(StrEnum):
    """What a thing of the library is."""

    AGREEMENT = "agreement"
    LAW = "law"
    RULE = "rule"
    PARAMETER = "parameter"
    GUARANTEE = "guarantee"
    AGREEMENT_RULE = "agreement rule"
    STANDARD = "standard"
    MEASURE = "measure"
    FACILITY = "facility"
    DUTY = "duty"
    RECLASSED = "reclassed id"
    REGISTER_ITEM = "register item"
    DISCLOSURE = "disclosure"
    ACCESS = "access"
    CONSEQUENCE = "consequence"
    DEFINITION = "definition"
    TREATY_PARTIES = "treaty parties"
    COMPARATOR = "comparator"
    STATISTIC = "statistic"
    STATISTICS_NOTE = "statistics note"
    CONFLICT = "conflict"
    FACT = "fact"
    SOURCE = "source"
    LAYER = "layer"


@dataclass(frozen=True, slots=True)
class LayerOf:
    """A layer, with every rule placed in it."""

    rules: tuple[str, ...]


Thing = (
    agreement.Agreement
    | agreement.Law
    | agreement.Rule
    | agreement.Param
    | agreement.Guarantee
    | records.Standard
    | records.Measure
    | records.Facility
    | agreement.Conflict
    | agreement.Fact
    | agreement.Source
    | records.Duty
    | records.Reclassed
    | records.Item
    | records.Disclosure
    | records.AccessRow
    | records.Consequence
    | records.Definition
    | records.Treaty
    | records.Comparator
    | records.Series
    | records.Note
    | LayerOf
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing: its id, what it is, the file that holds it and the id of that file."""

    id: str
    kind: Kind
    thing: Thing
    file: File
    holder: str  # the id of the file, or its name where it has none
    meta: agreement.Meta | None  # who wrote the file and what was read


LAYERS: tuple[agreement.Layer, ...] = get_args(agreement.Layer)
Holder = agreement.Agreement | agreement.Law | records.Standard | records.Facility
Found = tuple[str, Kind, Thing]


def _inside(holder: object) -> Iterator[Found]:
    match holder:
        case agreement.Agreement() | agreement.Law():
            yield from ((name, Kind.RULE, one) for name, one in holder.rules.items())
            yield from ((name, Kind.PARAMETER, one) for name, one in holder.params.items())
            yield from ((name, Kind.GUARANTEE, one) for name, one in holder.guarantees.items())
        case records.Standard():
            yield from ((one.id, Kind.MEASURE, one) for one in holder.measures)
        case agreement.Vocabulary():
            yield from ((name, Kind.FACT, one) for name, one in holder.facts.items())
        case _:
            yield from _recorded(holder)
    if isinstance(holder, agreement.Agreement | agreement.Law | records.Facility):
        yield from _conflicts(holder.conflicts)


def _recorded(holder: object) -> Iterator[Found]:
    match holder:
        case records.AgreementRules():
            yield from ((name, Kind.AGREEMENT_RULE, one) for name, one in holder.rules.items())
            yield from ((name, Kind.FACT, one) for name, one in holder.facts.items())
        case records.Duties():
            yield from ((name, Kind.DUTY, one) for name, one in holder.duties.items())
            yield from ((name, Kind.RECLASSED, one) for name, one in holder.reclassed.items())
        case records.RegisterMinimum():
            yield from ((name, Kind.REGISTER_ITEM, one) for name, one in holder.items.items())
        case records.Consequences():
            found = holder.consequences.items()
            yield from ((name, Kind.CONSEQUENCE, one) for name, one in found)
        case records.Definitions():
            yield from ((name, Kind.DEFINITION, one) for name, one in holder.terms.items())
        case records.TreatyParties():
            yield from ((name, Kind.TREATY_PARTIES, one) for name, one in holder.treaties.items())
        case _:
            yield from _counted(holder)


def _counted(holder: object) -> Iterator[Found]:
    match holder:
        case records.Disclosures():
            yield from ((name, Kind.DISCLOSURE, one) for name, one in holder.rows.items())
        case records.Accesses():
            yield from ((name, Kind.ACCESS, one) for name, one in holder.rows.items())
        case records.Comparators():
            yield from ((name, Kind.COMPARATOR, one) for name, one in holder.deals.items())
        case records.Statistics():
            yield from ((name, Kind.STATISTIC, one) for name, one in holder.series.items())
            yield from ((name, Kind.STATISTICS_NOTE, one) for name, one in holder.notes.items())
        case records.Conflicts():
            yield from _conflicts(holder.conflicts)
        case _:
            pass


def _conflicts(found: tuple[agreement.Conflict, ...]) -> Iterator[Found]:
    yield from ((one.id, Kind.CONFLICT, one) for one in found if one.id is not None)


def entries(library: Library) -> list[Entry]:
    """Everything that has an id: files and what they hold, records, facts, sources, layers.

    Raises:
        LawError: faults of a file that cannot be read.
    """
    found: list[Entry] = []
    groups: list[tuple[Kind, Iterable[tuple[File, Holder]]]] = [
        (Kind.AGREEMENT, library.agreements.values()),
        (Kind.LAW, library.laws.values()),
        (Kind.STANDARD, library.standards.values()),
        (Kind.FACILITY, library.facilities.values()),
    ]
    for kind, group in groups:
        for file, one in group:
            found.append(Entry(one.id, kind, one, file, one.id, one.meta))
            found += [Entry(*inner, file, one.id, one.meta) for inner in _inside(one)]
    parts = [(part.replace("_", "-"), getattr(library, part)) for part in records.PARTS]
    for name, holder in [*parts, ("facts", library.vocabulary)]:
        file = library.file(f"{name}.toml")
        found += [Entry(*inner, file, name, holder.meta) for inner in _inside(holder)]
    file = library.file("sources.toml")
    for key, source in library.sources.items():
        found.append(Entry(key, Kind.SOURCE, source, file, "sources", None))
    return found + _layers(library)


def _layers(library: Library) -> list[Entry]:
    file, placed = library.file("layers.toml"), library.layers.rules
    rules = {name: tuple(r for r, layer in placed.items() if layer == name) for name in LAYERS}
    return [
        Entry(name, Kind.LAYER, LayerOf(placed), file, "layers", None)
        for name, placed in rules.items()
    ]


def _own(entry: Entry, library: Library) -> bool:
    return library.own is not None and entry.file.name.startswith(f"{library.own}/")


def named(library: Library, name: str) -> tuple[Entry, ...]:
    """The things of an id. A file of a user's own never takes the place of a shipped one.

    Raises:
        LawError: H219, when the library holds nothing of that id.
    """
    every = entries(library)
    same = sorted((one for one in every if one.id == name), key=lambda one: _own(one, library))
    kinds = [one.kind for one in same]
    found = tuple(one for at, one in enumerate(same) if one.kind not in kinds[:at])
    if not found:
        raise LawError(messages.fault("H219", **near(name, [one.id for one in every])))
    return found
