"""What is on file of proofs: read, never proved again, so that no solver is needed."""

from dataclasses import dataclass
from datetime import date

from habeas.law.library import Library
from habeas.law.program import Promise
from habeas.law.proofs import claim


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the library has on file of the guarantees of one agreement, in one period."""

    first: date
    until: date  # exclusive
    guarantees: tuple[Promise, ...]
    claim: str  # SHA-256 of what a proof would be about
    proved: bool  # the claim is among those that a solver proved; nothing is proved again here
    program: str  # the hash of its rules


def recorded(library: Library, name: str) -> list[Recorded]:
    """What is on file of the guarantees of an agreement, period by period.

    Raises:
        LawError: H215 for an unknown id.
    """
    found = []
    for day in library.days(name):
        program, promises = library.program(name, day), library.guarantees(name, day)
        told = claim(program, promises)
        held = told in library.proofs.get(name, frozenset())
        found.append(Recorded(*program.period, tuple(promises), told, held, program.hash))
    return found
