"""A file of aliases: what, claim, register, and from and until where an alias has dates."""

from pathlib import Path
from typing import get_args

from habeas.adapters.importers.claim_file import civil
from habeas.adapters.importers.text_columns import read
from habeas.claims.align import ALWAYS, Alias, What, clashes
from habeas.errors import Fault, FeeError

NEEDED = ("what", "claim", "register")


def _fault(path: Path, row: int, what: str) -> FeeError:
    fix = "Write what (person or facility), claim, register, from, until; days as YYYY-MM-DD."
    return FeeError(Fault("H756", what, fix, str(path), row))


def aliases(path: Path) -> list[Alias]:
    """Every alias of a file; one that is wrong refuses the file, for it would move days.

    Raises:
        FeeError: H753, H756.
    """
    there = read(path, None).names
    lost = [name for name in NEEDED if name not in there]
    if lost:
        raise _fault(path, 1, f"no column '{lost[0]}' of aliases")
    names = [name for name in (*NEEDED, "from", "until") if name in there]
    columns = read(path, names)
    if columns.ragged:
        raise _fault(path, columns.ragged[0].row, columns.ragged[0].what)
    found = []
    for place in range(columns.rows):
        cells = dict(zip(names, columns.cells(place), strict=True))
        found.append(_alias(path, int(columns.number[place]), cells))
    for one, other in clashes(found):
        what = f"'{other.claim}' is '{one.register}' in row {one.row} on the same days"
        raise _fault(path, other.row, what)
    return found


def _alias(path: Path, row: int, cells: dict[str, str]) -> Alias:
    kinds = {kind: kind for kind in get_args(What)}
    what = kinds.get(cells["what"].strip())
    if what is None or not cells["claim"].strip() or not cells["register"].strip():
        raise _fault(path, row, "an alias names no person or facility of both sides")
    try:
        first, after = (
            civil(text) if (text := cells.get(name, "").strip()) else default
            for name, default in (("from", ALWAYS[0]), ("until", ALWAYS[1]))
        )
    except ValueError as error:
        raise _fault(path, row, str(error)) from error
    if after <= first:
        raise _fault(path, row, "the alias holds on no day: it ends before it begins")
    return Alias(what, cells["claim"].strip(), cells["register"].strip(), first, after, row)
