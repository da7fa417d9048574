"""habeas custody visits: who visited or was turned away, what was found, what was replied."""

from pathlib import Path

from habeas.adapters import public_holidays, tables
from habeas.cli import clock, output, registers
from habeas.service import NOT_REVIEWED, agree, duties, visits
from habeas.service.hold import Held

HEADS = ("what", "at (UTC)", "register number", "facility", "signed by", "sample", "reply", "due")
BODIES = ("visiting body", "state", "mandate", "from", "until")
MINUTE = len("2026-11-14T15:02")
SHOWN = 20


def listing(
    register: Path,
    /,
    *,
    agreement: str,
    as_of: str | None = None,
    size: int | None = None,
    sending: str | None = None,
    receiving: str | None = None,
    out: Path | None = None,
    json: bool = False,
) -> int:
    """Visits made and blocked, findings and their follow-up, and the bodies with a mandate.

    Exit status 1 while a reply is overdue, or where somebody was not in the sample that a visitor
    names.

    Args:
        register: the register's file.
        agreement: the agreement that names the visiting bodies.
        as_of: YYYY-MM-DD (its last second in UTC) or an instant with offset; now where absent.
        size: only the register's first leaves, as it was known then; all where absent.
        sending: the sending state, where the agreement has several.
        receiving: the receiving state, where the agreement has several.
        out: write the rows to this CSV, Parquet or Arrow file.
        json: print one JSON document.
    """
    told, instant = clock.instant(as_of)
    states = (sending, receiving)
    read = registers.read(register, agreement, states, size)
    stands = duties.standing(read, agree.library(), public_holidays.calendar, instant)

    def rolls(leaves: int) -> Held:
        return registers.held(register, agreement, states, leaves).held

    found = visits.found(stands, read, rolls)
    if out is not None:
        tables.write(out, visits.ROWS, list(found.rows))
        output.note(f"{len(found.rows):,} rows: {out}")
    if json:
        output.document(visits.document(found, found.rows))
    elif out is None:
        _shown(found, told)
    output.note(NOT_REVIEWED)
    return output.DOES_NOT_HOLD if found.wrong() else output.DONE


def _shown(found: visits.Visits, told: str) -> None:
    console = output.console()
    names = [(one["id"], *(one[key] for key in BODIES[1:])) for one in found.bodies]
    console.print(output.table("Who may visit", BODIES, names))
    cells = [
        (
            one["what"],
            one["at"][:MINUTE].replace("T", " "),
            one["register_number"],
            one["facility"],
            one["signed_by"],
            one["sample"],
            one["state"],
            one["due"][:MINUTE].replace("T", " "),
        )
        for one in reversed(found.rows[-SHOWN:])
    ]
    console.print(output.table(f"Visits as of {told}: {len(found.rows):,}", HEADS, cells))
    if len(found.rows) > SHOWN:
        output.note(f"{len(found.rows) - SHOWN:,} more: --out FILE, or --json")
