"""What the second verifier says: it holds, or it does not and here is why."""

from dataclasses import dataclass


class BrokenError(Exception):
    """One rule that does not hold: the code of the pages, and a reason in plain words."""

    def __init__(self, code: str, reason: str, place: str = "") -> None:
        super().__init__(f"{place}: {code} {reason}" if place else f"{code} {reason}")
        self.code = code
        self.reason = reason
        self.place = place


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer about one receipt, roll or register; `faults` is empty where it holds."""

    faults: tuple[BrokenError, ...]
    witnessed: bool = False
    leaves: int = 0
    covered: int = 0
    checkpoints: int = 0
    opened: int = 0
    pads: int = 0
    erased: int = 0
    closed: int = 0

    @property
    def holds(self) -> bool:
        return not self.faults

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(fault.code for fault in self.faults)

    def __str__(self) -> str:
        if self.faults:
            return f"does not hold: {self.faults[0]}"
        return "holds" + ("" if self.witnessed else ", not witnessed")


def need(holds: object, code: str, reason: str) -> None:
    """Refuse where a rule of the pages does not hold."""
    if not holds:
        raise BrokenError(code, reason)
