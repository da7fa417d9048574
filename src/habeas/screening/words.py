"""Reasons in words, English and Spanish: ways, and a failing comparison with its values put in.

`release_date 2026-12-10 is before 2027-05-01 (request_received_on 2026-11-01 + 6 months)`. What a
CASE did not choose is left out, and so are the factors by which the checker levels two scales.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import lcm
from typing import NamedTuple

from habeas.docket.columns import Value
from habeas.errors import Language
from habeas.law import agreement, calendar, grammar
from habeas.law.tree import (
    LEAVES,
    AsOf,
    Choose,
    Code,
    Compare,
    Day,
    DaysBetween,
    Extreme,
    Fact,
    In,
    Minus,
    Node,
    Number,
    Shift,
    Sum,
    Times,
    children,
    with_children,
)
from habeas.screening.evaluate import Facts, Part, constant

Relations = Mapping[str, tuple[str, str]]  # by sign: English, Spanish
_SAME: Relations = {"=": ("is", "es"), "<>": ("is not", "no es")}
_DATES: Relations = {
    **_SAME,
    "<": ("is before", "es anterior a"),
    "<=": ("is not after", "no es posterior a"),
    ">": ("is after", "es posterior a"),
    ">=": ("is not before", "no es anterior a"),
}
_NUMBERS: Relations = {
    **_SAME,
    "<": ("is less than", "es menor que"),
    "<=": ("is at most", "es como máximo"),
    ">": ("is more than", "es mayor que"),
    ">=": ("is at least", "es como mínimo"),
}
LANGUAGES: tuple[Language, Language] = ("en", "es")
_EXTREME = {
    "en": {("date", True): "the latest of", ("date", False): "the earliest of",
           ("int", True): "the greatest of", ("int", False): "the least of"},
    "es": {("date", True): "la más tardía de", ("date", False): "la más temprana de",
           ("int", True): "el mayor de", ("int", False): "el menor de"},
}  # fmt: skip
_OPPOSITE = {"=": "<>", "<>": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_TRUTH = {"en": {True: "true", False: "false"}, "es": {True: "verdadero", False: "falso"}}
_UNITS = {  # one, several
    "en": {"m2": ("m²", "m²"), "days": ("day", "days"), "months": ("month", "months"),
           "years": ("year", "years"), "hours": ("hour", "hours"),
           "persons": ("person", "persons")},
    "es": {"m2": ("m²", "m²"), "days": ("día", "días"), "months": ("mes", "meses"),
           "years": ("año", "años"), "hours": ("hora", "horas"),
           "persons": ("persona", "personas")},
}  # fmt: skip


class Measure(NamedTuple):
    """What a value is: its type, the integer units of one natural unit, and that unit's name."""

    type: str
    scale: int = 1
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """One failing leaf, for people and for machines; values as a docket's cell would hold them."""

    text: str  # the leaf as the rule has it
    left: str
    right: str  # of a yes-or-no fact: what the rule needs
    unit: str  # empty: none
    en: str
    es: str


def _artefact(node: Node) -> bool:
    return isinstance(node, Times) and isinstance(node.right, Number) and not node.right.written


def plain(node: Node) -> Node:
    """The tree as the rule has it, without the checker's own factors."""
    if isinstance(node, Times) and _artefact(node):
        return plain(node.left)
    parts = tuple(map(plain, children(node)))
    return with_children(node, parts) if parts else node


def natural(value: Value, measure: Measure) -> str:
    """A value as a docket's cell would hold it."""
    if measure.type == "date":
        return calendar.civil(int(value)).isoformat()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) or measure.scale == 1:
        return str(value)
    return f"{(Decimal(value) / measure.scale).normalize():f}"


class Wording:
    """Words for the values of one program's facts and parameters."""

    def __init__(
        self, facts: Mapping[str, agreement.Fact], params: Mapping[str, int | str]
    ) -> None:
        self.facts = facts
        self.params = params

    def measure(self, node: Node) -> Measure:  # noqa: C901, PLR0911 - one case a node
        """What a tree of values is."""
        match node:
            case Fact():
                fact = self.facts[node.name]
                return Measure(fact.type, fact.scale, fact.unit or "")
            case Number():
                return Measure("int")
            case Day() | AsOf() | Shift():
                return Measure("date")
            case Code():
                return Measure("code")
            case DaysBetween():
                return Measure("int", 1, "days")
            case Times():
                return self._product(node)
            case Choose():
                return self._joint(self.measure(node.then), self.measure(node.other))
            case Sum() | Minus() | Extreme():
                return self._joint(*map(self.measure, children(node)))
            case _:
                return Measure("bool")

    def _product(self, node: Times) -> Measure:
        one, other = self.measure(node.left), self.measure(node.right)
        factor = constant(node.right) if _artefact(node) else other.scale
        return Measure("int", one.scale * int(factor or 1), one.unit or other.unit)

    def _joint(self, *measures: Measure) -> Measure:
        unit = next((one.unit for one in measures if one.unit), "")
        return Measure(measures[0].type, lcm(*(one.scale for one in measures)), unit)

    def said(self, part: Part, facts: Facts, *, holds: bool) -> Said:
        """A leaf that is, or is not, so on the facts."""
        node = part.node
        text = grammar.text(plain(node))
        match node:
            case Compare():
                return self._comparison(part, node, facts, holds=holds)
            case In():
                given, measure = facts[node.fact.name], self.measure(node.fact)
                listed = [one.written if isinstance(one, Number) else
                          natural(constant(one) or 0, measure) for one in node.values]  # fmt: skip
                left, right = natural(given, measure), ", ".join(listed)
                words = ("is one of", "es uno de") if holds else ("is none of", "no es ninguno de")
                en, es = (f"{node.fact.name} {left} {word} {right}" for word in words)
                return Said(text, left, right, measure.unit, en, es)
            case _:
                en, es = (f"{text} {verb} {_TRUTH[lang][holds]}"
                          for lang, verb in (("en", "is"), ("es", "es")))  # fmt: skip
                left, right = (natural(one, Measure("bool")) for one in (holds, not holds))
                return Said(text, left, right, "", en, es)

    def _comparison(self, part: Part, node: Compare, facts: Facts, *, holds: bool) -> Said:
        measure = self._joint(self.measure(node.left), self.measure(node.right))
        sign = node.op if holds else _OPPOSITE[node.op]
        relations = _DATES if measure.type == "date" else _NUMBERS
        left, right = (natural(one.test(facts), measure) for one in part.parts)
        en, es = (
            f"{self.side(part.parts[0], facts, measure, lang)} {word} "
            f"{self.side(part.parts[1], facts, measure, lang)}"
            for lang, word in zip(LANGUAGES, relations[sign], strict=True)
        )
        return Said(grammar.text(plain(node)), left, right, measure.unit, en, es)

    def side(self, part: Part, facts: Facts, measure: Measure, lang: Language) -> str:
        """One side of a comparison: a fact with its value, or a value with how it came about."""
        value = part.test(facts)
        told = f"{self._value(value, measure, lang)}{_unit(value, measure, lang)}"
        node = plain(part.node)
        if isinstance(node, Fact):
            return f"{node.name} {told}"
        constant_ = isinstance(node, LEAVES)
        return told if constant_ else f"{told} ({self.made(part, facts, lang)})"

    def _value(self, value: Value, measure: Measure, lang: Language) -> str:
        if isinstance(value, bool):
            return _TRUTH[lang][value]
        return natural(value, measure)

    def made(  # noqa: C901, PLR0911 - one case a node
        self, part: Part, facts: Facts, lang: Language
    ) -> str:
        """How a value came about, with the facts' values put in."""
        node, parts = part.node, part.parts
        if _artefact(node):
            return self.made(parts[0], facts, lang)
        match node:
            case Fact():
                return f"{node.name} {self._value(facts[node.name], self.measure(node), lang)}"
            case Number():
                return self.number(node)
            case Shift():
                count = self.number(node.count) if isinstance(node.count, Number) else ""
                sign, size = ("-", count[1:]) if count.startswith("-") else ("+", count)
                unit = _UNITS[lang][node.unit][size != "1"]
                return f"{self.made(parts[0], facts, lang)} {sign} {size} {unit}"
            case DaysBetween():
                words = {"en": "days from {} to {}", "es": "días de {} a {}"}[lang]
                return words.format(*(self.made(one, facts, lang) for one in parts))
            case Sum() | Times():
                sign = node.op if isinstance(node, Sum) else "×"  # noqa: RUF001 - the sign of multiplication
                return f" {sign} ".join(self.made(one, facts, lang) for one in parts)
            case Choose():
                return self.made(parts[1 if parts[0].test(facts) else 2], facts, lang)
            case Extreme():
                inner = ", ".join(self.made(one, facts, lang) for one in parts)
                return f"{_EXTREME[lang][self.measure(node).type, node.greatest]} {inner}"
            case _:
                return self._value(part.test(facts), self.measure(node), lang)

    def number(self, node: Number) -> str:
        """A constant of the rule's text in natural units."""
        if node.written.startswith(":"):
            return str(self.params[node.written[1:]])
        return node.written or f"{node.value:f}"


def _unit(value: Value, measure: Measure, lang: Language) -> str:
    if measure.type != "int" or not measure.unit:
        return ""
    one, several = _UNITS[lang].get(measure.unit, (measure.unit, measure.unit))
    return f" {one if value == measure.scale else several}"


# Words of a reasoned decision


WHY = {
    "en": {"absent": "not given", "undated": "given without its date", "expired": "has expired",
           "future": "established later than the day of screening"},
    "es": {"absent": "no consta", "undated": "consta sin fecha", "expired": "ha caducado",
           "future": "establecido después del día del examen"},
}  # fmt: skip
OUTCOMES = {
    "en": {"eligible": "eligible", "barred": "barred", "not_established": "not established"},
    "es": {"eligible": "admisible", "barred": "excluido", "not_established": "no establecido"},
}
FINDINGS = {
    "en": {"met": "met", "not met": "not met", "not established": "not established"},
    "es": {"met": "cumplida", "not met": "no cumplida", "not established": "no establecida"},
}
LAYER = {
    "en": {"statute": "Statute", "treaty": "Treaty", "contested": "Contested", "policy": "Policy"},
    "es": {"statute": "Ley", "treaty": "Tratado", "contested": "Controvertido",
           "policy": "Política"},
}  # fmt: skip
CHECKED = {
    "en": {"text": "read in the text", "secondary": "read in a carrier",
           "memory": "from memory, not read"},
    "es": {"text": "leído en el texto", "secondary": "leído en una fuente secundaria",
           "memory": "de memoria, no leído"},
}  # fmt: skip
_WAYS = {"en": ("either", "or", "and"), "es": ("o bien", "o bien", "y")}


def ways(sets: Sequence[Sequence[str]], lang: Language) -> str:
    """`either A, or B and C`; empty where there is no way."""
    either, or_, and_ = _WAYS[lang]
    told = [_and(one, and_) for one in sets]
    return ", ".join([f"{either} {told[0]}", *(f"{or_} {one}" for one in told[1:])]
                     if len(told) > 1 else told)  # fmt: skip


def _and(names: Sequence[str], word: str) -> str:
    *first, last = names
    return f"{', '.join(first)} {word} {last}" if first else last
