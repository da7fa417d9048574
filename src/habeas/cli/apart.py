"""habeas custody segregation: who is held apart, and for how long on end."""

from pathlib import Path

from habeas.adapters import tables
from habeas.cli import clock, output, registers
from habeas.service import NOT_REVIEWED, apart

HEADS = (
    "register number",
    "since (UTC)",
    "to (UTC)",
    "days",
    "placements",
    "prolonged",
    "solitary",
)
MINUTE = len("2026-11-14T15:02")
SHOWN = 20


def listing(
    register: Path,
    /,
    *,
    agreement: str,
    as_of: str | None = None,
    size: int | None = None,
    facility: str | None = None,
    sending: str | None = None,
    receiving: str | None = None,
    out: Path | None = None,
    json: bool = False,
) -> int:
    """Who is or was held apart, the longest first; exit status 1 while one lasts over 15 days.

    Placements with less than a day between them are one stretch. Solitary: 22 hours a day or more
    without meaningful human contact, on every day; where that is not recorded, not established.

    Args:
        register: the register's file.
        agreement: the agreement whose workflow orders the events.
        as_of: YYYY-MM-DD (its last second in UTC) or an instant with offset; now where absent.
        size: only the register's first leaves, as it was known then; all where absent.
        facility: only whom it holds at that instant, and who had died there.
        sending: the sending state, where the agreement has several.
        receiving: the receiving state, where the agreement has several.
        out: write the rows to this CSV, Parquet or Arrow file.
        json: print one JSON document.
    """
    told, instant = clock.instant(as_of)
    read = registers.read(register, agreement, (sending, receiving), size)
    found = apart.found(read, instant, facility)
    rows = apart.rows(found)
    if out is not None:
        tables.write(out, apart.ROWS, rows)
        output.note(f"{len(rows):,} rows: {out}")
    if json:
        output.document(apart.document(found, rows))
    elif out is None:
        cells = [
            (
                one["register_number"],
                one["since"][:MINUTE].replace("T", " "),
                one["to"][:MINUTE].replace("T", " "),
                one["days"],
                one["placements"],
                one["prolonged"],
                one["solitary"] + (" (contradicted)" if one["contradicted"] == "yes" else ""),
            )
            for one in rows[:SHOWN]
        ]
        title = f"Segregation as of {told}: {len(rows):,}"
        console = output.console()
        console.print(output.table(title, HEADS, cells, right=("days", "placements")))
    for fault in found.unread[:SHOWN]:
        output.note(fault.sentence())
    output.note(NOT_REVIEWED)
    return output.DOES_NOT_HOLD if found.now() else output.DONE
