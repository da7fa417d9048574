"""A shortfall as one sentence with its numbers; it names cells and kinds, never a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from habeas.space.placing import ADULT, FEMALE, YES, Problem
from habeas.space.shortfall import Shortfall, Why

NOUNS = {
    (True, True): ("woman", "women"),
    (False, True): ("man", "men"),
    (True, False): ("girl", "girls"),
    (False, False): ("boy", "boys"),
}
HOLD = "hold somebody set aside and take"
SEX, AGE, SECURITY, NEED, GROUP = range(5)


@dataclass(frozen=True, slots=True)
class Names:
    """The words for codes; row 0 of each is "not established", or "no group"."""

    security: tuple[str, ...]
    group: tuple[str, ...]
    standard: str = ""  # measures by which places are counted; empty: beds alone


def sentence(one: Shortfall, asked: Problem, names: Names) -> str:
    """Why these persons do not fit: "78 women, 72 places"."""
    who = _who(one, asked, names)
    match one.why:
        case Why.PLACES:
            return f"{who}, {_places(one, names)}"
        case Why.CLIQUE:
            return f"{who}, all kept apart from one another, {_cells(one.places)}"
        case Why.RING:
            return f"{who}, each kept apart from the next around a ring, {_cells(one.places)}"
        case Why.BESIDE:
            return f"{who} kept apart from somebody set aside in the same cell, no other place"
        case _:
            assert_never(one.why)


def refused(number: int) -> str:
    """What follows: it goes to whoever accepts transfers."""
    return f"Do not receive {number:,} {'person' if number == 1 else 'persons'}."


def elsewhere(number: int) -> str:
    """What follows for persons who are held already."""
    who = "person who is" if number == 1 else "persons who are"
    return f"{number:,} {who} held here cannot be held here lawfully."


def _who(one: Shortfall, asked: Problem, names: Names) -> str:
    """The persons by what they have in common and others have not."""
    mine = asked.kinds[list(one.kinds)]
    nouns = {NOUNS[bool(kind[SEX] == FEMALE), bool(kind[AGE] == ADULT)] for kind in mine}
    singular, plural = nouns.pop() if len(nouns) == 1 else ("person", "persons")
    told = f"{one.persons:,} {singular if one.persons == 1 else plural}"
    security, group = set(mine[:, SECURITY].tolist()), set(mine[:, GROUP].tolist())
    if len(security) == 1 and len(set(asked.kinds[:, SECURITY].tolist())) > 1:
        told += f" of security class {names.security[security.pop()]}"
    if len(group) == 1 and (only := group.pop()):
        told += f" {'and' if ' of ' in told else 'of'} group {names.group[only]}"
    if set(mine[:, NEED].tolist()) == {YES}:
        told += f" who {'needs' if one.persons == 1 else 'need'} an accessible cell"
    return told


def _places(one: Shortfall, names: Names) -> str:
    word = "place" if one.places == 1 else "places"
    told = f"{one.places:,} {word}" if one.places else "no place"
    if names.standard and one.beds > one.places and not one.closed:
        told += f" by {names.standard} ({one.beds:,} beds)"
    if one.closed:
        holds = "holds somebody set aside and takes" if one.closed == 1 else HOLD
        told += f"; {_cells(one.closed)} {holds} nobody new"
    return told


def _cells(number: int) -> str:
    return f"{number:,} {'cell' if number == 1 else 'cells'}"


def sentences(found: Sequence[Shortfall], asked: Problem, names: Names) -> list[str]:
    """All of them, those with the most persons without a place first."""
    ranked = sorted(found, key=lambda one: -one.short)
    return [sentence(one, asked, names) for one in ranked]
