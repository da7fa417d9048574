"""What is said of a library beyond its form, and what its words alone say against its rules."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from habeas.errors import Fault
from habeas.law.program import ProgramRule
from habeas.law.tree import Compare, DaysBetween, Number, walk

ROUND_COUNTS = frozenset({30, 60, 90, 180, 365})  # days that are often meant as months or a year
MONTHS = re.compile(r"\b(months?|years?|mes(es)?|años?)\b", re.IGNORECASE)


@dataclass(slots=True)
class Scrutiny:
    """Everything found; `faults` refuse the library, `advice` does not."""

    faults: list[Fault] = field(default_factory=list)
    advice: list[Fault] = field(default_factory=list)
    may_be_missing: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    guarantees: int = 0  # proved
    left_out: str = ""  # what was not done, and why

    def document(self) -> dict[str, object]:
        """The part of the JSON document of `habeas law check`."""
        return {
            "may_be_missing": self.may_be_missing,
            "guarantees_proved": self.guarantees,
            "advice": [{"code": one.code, "text": one.sentence()} for one in self.advice],
        }


def days_for_months(rule: ProgramRule) -> Iterator[int]:
    """Numbers of days that a rule counts while its words or citations speak of months or years."""
    source = rule.source
    said = [source.text.en, source.text.es, *(cite.at for cite in source.cite)]
    if not any(MONTHS.search(text) for text in said):
        return
    for tree in (rule.applies, rule.require):
        for node in walk(tree):
            if isinstance(node, Compare):
                parts = [*walk(node.left), *walk(node.right)]
                if any(isinstance(part, DaysBetween) for part in parts):
                    numbers = (int(part.value) for part in parts if isinstance(part, Number))
                    yield from (number for number in numbers if number in ROUND_COUNTS)
