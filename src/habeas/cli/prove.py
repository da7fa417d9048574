"""habeas law prove."""

from pathlib import Path
from time import monotonic

from habeas.cli import output
from habeas.service import NOT_REVIEWED, agree
from habeas.service import prove as use


def prove(*names: str, library: Path | None = None, write: bool = False, json: bool = False) -> int:
    """Prove what agreements guarantee of every case that could ever be put forward.

    Args:
        names: ids of agreements; all of them where none is named.
        library: a folder of your own files, read beside the shipped ones.
        write: record what is proved, so that screening needs no solver.
        json: print one JSON document.
    """
    begun = monotonic()
    law = agree.library(library)
    found = use.proved(law, names)
    output.note(f"{len(found.answers)} guarantees in {monotonic() - begun:.1f} s")
    if write:
        output.note(f"recorded in {use.record(law, found)}")
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
    for fault in use.faults(found):
        output.note(fault.sentence())
    output.note(NOT_REVIEWED)
