"""A case that a proof found, in natural units: as a table of values, and as a law case in TOML."""

import json
from fractions import Fraction

from habeas.law import agreement, calendar
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


def toml(
    name: str,
    about: str,
    case: Case,
    vocabulary: agreement.Vocabulary,
    found: dict[str, Finding],
    outcome: Outcome,
) -> str:
    """A law case as `habeas law cases` reads it, and as the reference answers it."""
    lines = [
        "[[cases]]",
        f"id = {_text(name)}",
        f"name = {_text(about)}",
        f"day = {day(case)}",
        f"expect = {_text(outcome.value)}",
    ]
    for key, word in (("not_met", Finding.NOT_MET), ("not_established", Finding.NOT_ESTABLISHED)):
        rules = ", ".join(_text(rule) for rule, one in found.items() if one is word)
        lines.append(f"{key} = [{rules}]")
    for fact, value in natural(case, vocabulary).items():
        bare = vocabulary.facts[fact].type == "int"  # a decimal needs no quotes
        lines.append(f"given.{fact} = {value if bare else _text(value)}")
    return "\n".join(lines) + "\n"


def _text(value: Shown) -> str:
    return json.dumps(value, ensure_ascii=False)  # a basic string of TOML is one of JSON
