"""habeas law prove."""

from pathlib import Path
from time import monotonic

from habeas.cli import output
from habeas.errors import Fault
from habeas.service import NOT_REVIEWED, agree
from habeas.service import prove as use
from habeas.terms import Verdict


def prove(*names: str, library: Path | None = None, json: bool = False) -> int:
    """Prove what agreements guarantee of every case that could ever be put forward.

    Args:
        names: ids of agreements; all of them where none is named.
        library: a folder of your own files, read beside the shipped ones.
        json: print one JSON document.
    """
    begun = monotonic()
    found = use.proved(agree.library(library), names)
    output.note(f"{len(found.answers)} guarantees in {monotonic() - begun:.1f} s")
    if json:
        output.document(use.document(found))
    else:
        _print(found)
    return output.DONE if found.holds else output.DOES_NOT_HOLD


def _print(found: use.Proved) -> None:
    rows = [
        [one.agreement, one.guarantee.id, one.verdict.value, one.guarantee.source.text.en]
        for one in found.answers
    ]
    columns = ("agreement", "guarantee", "verdict", "what it says of every eligible case")
    output.console().print(output.table("Guarantees", columns, rows))
    for one in found.answers:
        if one.vignette:
            output.console().print(one.vignette, markup=False, soft_wrap=True)
    for fault in _faults(found):
        output.note(fault.sentence())
    output.note(NOT_REVIEWED)


def _faults(found: use.Proved) -> list[Fault]:
    faults = []
    for one in found.answers:
        told = f"guarantee '{one.guarantee.id}' of {one.agreement}"
        if one.verdict is Verdict.NOT_DECIDED:
            faults.append(Fault("H309", f"{told} is not decided", "Simplify its text."))
        elif one.case is not None:
            facts = ", ".join(f"{name} = {value}" for name, value in one.case.facts.items())
            fix = "Correct the rules, or withdraw it."
            faults.append(Fault("H308", f"{told} is false. Case: {facts}", fix))
    for name in (name for name, able in found.possible.items() if not able):
        what = f"no case can ever be eligible under {name}, so its guarantees say nothing"
        faults.append(Fault("H307", what, "Look for rules that contradict each other."))
    return faults
