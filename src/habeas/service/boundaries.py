"""Law cases on both sides of every boundary of an agreement's rules."""

from dataclasses import dataclass
from datetime import date

from habeas.law import grammar
from habeas.law.boundaries import Edge, edges
from habeas.law.library import Library
from habeas.law.program import Program
from habeas.law.prove import Eligible
from habeas.service import replay, vignette


@dataclass(frozen=True, slots=True)
class Boundary:
    """One side of one comparison, with its law case."""

    edge: Edge
    program: Program
    number: int  # within the agreement

    @property
    def about(self) -> str:
        """What the case is at the boundary of."""
        side = "just met" if self.edge.met else "just not met"
        return f"{self.edge.rule}: {grammar.text(self.edge.leaf)} is {side}"

    @property
    def vignette(self) -> vignette.Vignette | None:
        """The law case; None where no case is at this boundary."""
        case = self.edge.case
        if case is None:
            return None
        name = f"{self.program.deal.id}.boundary-{self.number}"
        found = replay.findings(self.program, case)
        outcome = replay.outcome(self.program, case)
        return vignette.Vignette(name, self.about, case, self.program, found, outcome)


def file(found: list[Boundary]) -> str:
    """All of them as a file that `habeas law cases` runs."""
    return vignette.file(one.vignette for one in found if one.vignette is not None)


def boundaries(library: Library, name: str, day: date) -> list[Boundary]:
    """Both sides of every ordered comparison, under the law of a day.

    Raises:
        LawError: H215 for an unknown id; every fault of the files.
    """
    program = library.program(name, day)
    found = edges(Eligible(program, replay))
    return [Boundary(edge, program, number) for number, edge in enumerate(found, 1)]
