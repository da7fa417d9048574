"""No program is screened against whose guarantees are not proved.

A claim that is recorded as proved is taken as such, so that screening needs no solver. One that is
not is proved on the spot where the solver is installed, and refused where it is not.
"""

from collections.abc import Iterable
from importlib.util import find_spec

from habeas.errors import LawError
from habeas.law import messages
from habeas.law.library import Library
from habeas.law.program import Program
from habeas.law.proofs import claim


def recorded(library: Library, program: Program) -> bool:
    """Whether the guarantees of a program are recorded as proved, for these very rules."""
    promises = library.guarantees(program.deal.id, program.day)
    return claim(program, promises) in library.proofs.get(program.deal.id, frozenset())


def require(library: Library, programs: Iterable[Program]) -> None:
    """Refuse programs whose guarantees are not proved.

    Raises:
        LawError: H307, H308, H309 for what is not so; H311, where no solver can tell.
    """
    for program in programs:
        if recorded(library, program):
            continue
        if find_spec("z3") is None:
            raise LawError(messages.fault("H311", name=program.deal.id))
        from habeas.service import prove  # noqa: PLC0415 - the solver is an extra

        faults = prove.faults(prove.of_program(library, program))
        if faults:
            raise LawError(*faults)
