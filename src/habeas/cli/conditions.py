"""habeas custody conditions: how places are held, against the standards that name it."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from habeas.adapters import tables
from habeas.adapters.importers import conditions_file
from habeas.cli import clock, output, registers
from habeas.cli.space import set_aside
from habeas.errors import Fault, SetupError
from habeas.service import NOT_REVIEWED, agree, conditions
from habeas.service.conditions import Found
from habeas.service.hold import Read

HEADS = ("place", "measure", "asks", "worst observed", "finding", "not met", "unknown", "days")
SHOWN = 30


def listing(
    file: Path | None = None,
    /,
    *,
    register: Path | None = None,
    agreement: str | None = None,
    standards: list[str] | None = None,
    from_: str | None = None,
    to: str | None = None,
    month: str | None = None,
    as_of: str | None = None,
    size: int | None = None,
    sending: str | None = None,
    receiving: str | None = None,
    library: Path | None = None,
    out: Path | None = None,
    json: bool = False,
) -> int:
    """Conditions against every standard that names them; not met first.

    Exit status 1 where any is not met or contradicted, or a row is set aside.

    Args:
        file: CSV, Parquet or Arrow: place, measure, value, observed_by, day or from and to.
        register: a register's file, with --agreement: what its events observe, and its roll.
        agreement: the agreement whose workflow orders the events and whose zone gives the day.
        standards: only these standards or measures, such as UN or ICRC-5; all where absent.
        from_: first civil day of the period; the first that is observed where absent.
        to: the day after its last.
        month: YYYY-MM, in the place of --from and --to.
        as_of: of a register: YYYY-MM-DD or an instant with offset; now where absent.
        size: only the register's first leaves, as it was known then; all where absent.
        sending: the sending state, where the agreement has several.
        receiving: the receiving state, where the agreement has several.
        library: a folder of your own files, read beside the shipped ones.
        out: write the rows to this CSV, Parquet or Arrow file.
        json: print one JSON document.
    """
    if file is None and register is None:
        raise _lacks("name a file of observations, or --register")
    asks = conditions.chosen(agree.library(library), standards or [])
    period, told = _period(month, from_, to), _Told([], {})
    if file is not None:
        _of_file(file, told)
    if register is not None:
        if agreement is None:
            raise _lacks("a register needs --agreement")
        read = registers.read(register, agreement, (sending, receiving), size)
        _of_register(read, clock.instant(as_of), period, told)
    found = conditions.found(asks, told.seen, period)
    rows = conditions.rows(found)
    if out is not None:
        tables.write(out, conditions.ROWS, rows)
        output.note(f"{len(rows):,} rows: {out}")
    if json:
        output.document(told.basis | conditions.document(found, asks))
    elif out is None:
        _shown(found, rows)
    output.note(NOT_REVIEWED)
    return told.status if found.holds() else output.DOES_NOT_HOLD


@dataclass(slots=True)
class _Told:
    """What the sources of a call observe, and what every output says of them."""

    seen: conditions.Seen
    basis: dict[str, object]
    status: int = output.DONE


def _of_file(file: Path, told: _Told) -> None:
    taken = conditions_file.observations(file)
    set_aside(taken, file)
    told.seen += [one for row in taken.good for one in row]
    told.basis |= taken.counts(file)
    if taken.aside:
        told.status = output.DOES_NOT_HOLD


def _of_register(
    read: Read, as_of: tuple[str, datetime], period: tuple[date, date] | None, told: _Told
) -> None:
    seen, faults = conditions.of_register(read, as_of[1])
    told.seen += seen
    over = period or conditions.extent(told.seen)
    told.seen += conditions.on_the_roll(read, told.seen, over, as_of[1]) if over else []
    told.basis |= read.found.basis() | {"as_of": as_of[0], "unreadable_entries": len(faults)}
    for fault in faults[:SHOWN]:
        output.note(fault.sentence())
    lacking = faults or read.found.held.unreadable
    told.status = output.DOES_NOT_HOLD if lacking else told.status


def _lacks(what: str) -> SetupError:
    return SetupError(Fault("H901", what, "See --help of the command."))


def _period(month: str | None, from_: str | None, to: str | None) -> tuple[date, date] | None:
    if month is not None:
        return clock.month(month)
    if from_ is None and to is None:
        return None
    if from_ is None or to is None:
        raise _lacks("--from and --to go together")
    first, after = clock.day(from_, "--from"), clock.day(to, "--to")
    if after <= first:
        raise _lacks("--to is not after --from")
    return first, after


def _shown(found: Found, rows: list[dict[str, str]]) -> None:
    observed = [one for one in rows if one["observed"]]
    cells = [
        (
            one["place"],
            one["measure"],
            one["asks"],
            one["observed"],
            one["finding"],
            one["not_met"],
            str(int(one["not_established"]) + int(one["not_observed"])),
            one["days"],
        )
        for one in observed[:SHOWN]
    ]
    over = f"{found.period[0]} to {found.period[1]} (exclusive)" if found.period else "no day"
    console = output.console()
    title = f"Conditions, {over}: {len(found.seen):,} observations"
    console.print(output.table(title, HEADS, cells, right=HEADS[5:]))
    if len(observed) > SHOWN:
        output.note(f"{len(observed) - SHOWN:,} more: --out FILE, or --json")
    if len(rows) > len(observed):
        what = "places and measures without any observation: not established"
        output.note(f"{len(rows) - len(observed):,} {what}")
    for one in found.against[:SHOWN]:
        output.note(f"contradiction: {conditions.contradiction(one)}")
    if len(found.against) > SHOWN:
        output.note(f"{len(found.against) - SHOWN:,} more contradictions: --json")
