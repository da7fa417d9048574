"""A case that a proof found, in natural units: as a table of values, and as a law case in TOML."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from habeas.law import agreement, calendar
from habeas.law.program import Program
from habeas.law.world import Case
from habeas.terms import Finding, Outcome

Shown = bool | int | str  # a decimal and a day stand as text


def natural(case: Case, vocabulary: agreement.Vocabulary) -> dict[str, Shown]:
    """The facts of a case as a docket writes them."""
    return {name: _shown(value, vocabulary.facts[name]) for name, value in case.facts.items()}


def day(case: Case) -> str:
    """The day on which the case is screened."""
    return calendar.civil(case.as_of).isoformat()


def _shown(value: bool | int | str, fact: agreement.Fact) -> Shown:  # noqa: FBT001 - a fact's value
    if isinstance(value, bool | str):
        return value
    if fact.type == "date":
        return calendar.civil(value).isoformat()
    units = Fraction(value, fact.scale)
    return units.numerator if units.denominator == 1 else _decimal(units)


def _decimal(units: Fraction) -> str:
    places = next(n for n in range(1, 20) if (units * 10**n).denominator == 1)
    digits = str(abs(units.numerator * 10**places // units.denominator)).rjust(places + 1, "0")
    return ("-" if units < 0 else "") + f"{digits[:-places]}.{digits[-places:]}"


@dataclass(frozen=True, slots=True)
class Vignette:
    """A case with its name, and how the reference judges it under a program."""

    name: str
    about: str
    case: Case
    program: Program
    findings: Mapping[str, Finding]
    outcome: Outcome


def file(vignettes: Iterable[Vignette]) -> str:
    """Law cases as a file that `habeas law cases` runs; empty where there is none."""
    told = [_case(one) for one in vignettes]
    if not told:
        return ""
    days = sorted(day for day, _ in told)
    head = f'format = "habeas-cases/1"\nday = {days[-1]}\n\n[bases.nothing-established]\n\n'
    return head + "\n".join(text for _, text in told)


def _case(one: Vignette) -> tuple[str, str]:
    vocabulary = one.program.vocabulary
    lines = [
        "[[cases]]",
        f"id = {_text(one.name)}",
        f"name = {_text(one.about)}",
        'base = "nothing-established"',
        f"day = {day(one.case)}",
        f"program = {_text(one.program.deal.id)}",
        f"expect = {_text(one.outcome.value)}",
    ]
    for key, word in (("not_met", Finding.NOT_MET), ("not_established", Finding.NOT_ESTABLISHED)):
        rules = (_text(rule) for rule, finding in one.findings.items() if finding is word)
        lines.append(f"{key} = [{', '.join(rules)}]")
    cites = (
        _text(f"{rule.id}: {rule.source.cite[0].instrument} {rule.source.cite[0].at}")
        for rule in one.program.rules
        if one.findings[rule.id] is Finding.NOT_MET and rule.source.cite
    )
    lines.append(f"citation = [{', '.join(cites)}]")
    for fact, value in natural(one.case, vocabulary).items():
        bare = vocabulary.facts[fact].type == "int"  # a decimal needs no quotes
        lines.append(f"given.{fact} = {value if bare else _text(value)}")
    return day(one.case), "\n".join(lines) + "\n"


def _text(value: Shown) -> str:
    return json.dumps(value, ensure_ascii=False)  # a basic string of TOML is one of JSON
