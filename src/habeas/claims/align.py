"""A claim's own numbers and codes put in the register's, by dated aliases that a user declares.

An alias holds from one civil day until another. Nothing is matched by name, and what has no alias
stays as it is: it is listed as unmatched, never dropped.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from habeas.claims.claim import Cells, Claim, Ints

What = Literal["person", "facility"]
ALWAYS = -(10**6), 10**7


@dataclass(frozen=True, slots=True)
class Alias:
    """A number or code of the claim, and that of the register, on civil days [first, after)."""

    what: What
    claim: str
    register: str
    first: int = ALWAYS[0]
    after: int = ALWAYS[1]
    row: int = 0


def clashes(aliases: Iterable[Alias]) -> list[tuple[Alias, Alias]]:
    """Aliases of one code that say two different things of one day."""
    found, by_code = list[tuple[Alias, Alias]](), dict[tuple[str, str], list[Alias]]()
    for one in aliases:
        for other in by_code.setdefault((one.what, one.claim), []):
            meet = one.first < other.after and other.first < one.after
            if meet and one.register != other.register:
                found.append((other, one))
        by_code[one.what, one.claim].append(one)
    return found


def _aligned(
    names: tuple[str, ...], places: Ints, days: Ints, aliases: Mapping[str, list[Alias]]
) -> tuple[tuple[str, ...], Ints]:
    known = list(names)
    number = {name: place for place, name in enumerate(known)}
    found, order = places.copy(), np.argsort(places, kind="stable")
    starts = np.searchsorted(places[order], np.arange(len(names) + 1))
    for place, name in enumerate(names):
        rows = order[starts[place] : starts[place + 1]]
        for one in aliases.get(name, []):
            if one.register not in number:
                number[one.register] = len(known)
                known.append(one.register)
            holds = rows[(days[rows] >= one.first) & (days[rows] < one.after)]
            found[holds] = number[one.register]
    return tuple(known), found


def _of(aliases: Iterable[Alias], what: What) -> dict[str, list[Alias]]:
    found: dict[str, list[Alias]] = {}
    for one in aliases:
        if one.what == what:
            found.setdefault(one.claim, []).append(one)
    return found


def claim_aligned(claim: Claim, aliases: Iterable[Alias]) -> Claim:
    """A claim person by person in the register's numbers and codes, by each row's first day."""
    kept = list(aliases)
    persons, person = _aligned(claim.persons, claim.person, claim.first, _of(kept, "person"))
    facilities, facility = _aligned(
        claim.facilities, claim.facility, claim.first, _of(kept, "facility")
    )
    return replace(claim, persons=persons, person=person, facilities=facilities, facility=facility)


def cells_aligned(cells: Cells, aliases: Iterable[Alias]) -> Cells:
    """Quantities in the register's codes, by the first day of each bucket."""
    facilities, facility = _aligned(
        cells.facilities, cells.facility, cells.bucket, _of(aliases, "facility")
    )
    return replace(cells, facilities=facilities, facility=facility)
