"""habeas custody clocks, overstays: two clocks of each sentence, and who is held past the date."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from habeas.adapters import tables
from habeas.cli import clock, output
from habeas.cli.registers import held
from habeas.service import NOT_REVIEWED, clocks, hold
from habeas.service.clocks import Known
from habeas.terms import Side

SHOWN = 20


def listing(
    register: Path,
    /,
    *,
    agreement: str,
    as_of: str | None = None,
    size: int | None = None,
    person: str | None = None,
    sending: str | None = None,
    receiving: str | None = None,
    out: Path | None = None,
    json: bool = False,
) -> int:
    """Both sentence clocks of each person, the return margin, and how a date was computed.

    Args:
        register: the register's file.
        agreement: the agreement whose zone, convention, rounding and margin hold.
        as_of: YYYY-MM-DD (its last second in UTC) or an instant with offset; now where absent.
        size: only the register's first leaves, as it was known then; all where absent.
        person: one register number: shows each step of the computation.
        sending: the sending state, where the agreement has several.
        receiving: the receiving state, where the agreement has several.
        out: write the rows to this CSV, Parquet or Arrow file.
        json: print one JSON document.
    """
    told, instant = clock.instant(as_of)
    found = held(register, agreement, (sending, receiving), size)
    rows = clocks.known(found, instant)
    if person is not None:
        rows = clocks.only(rows, person)
    basis = clocks.basis(found) | {"as_of": told, "counts": clocks.counts(rows)}
    flat = [clocks.clock_row(one) for one in rows]
    _written(out, clocks.CLOCKS, flat)
    if json:
        output.document({**basis, "persons": [clocks.person(one) for one in rows]})
    elif out is None:
        _shown(f"Sentence clocks as of {told}", clocks.SHOWN, flat, ("past",))
        if person is not None:
            _computed(rows[0])
    _notes(rows, told)
    return _status(found, rows, asks=False)


def overstays(
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
    """Who is, or was, held past the date; exit status 1 while somebody is.

    Args:
        register: the register's file.
        agreement: the agreement whose zone, convention and rounding hold.
        as_of: YYYY-MM-DD (its last second in UTC) or an instant with offset; now where absent.
        size: only the register's first leaves, as it was known then; all where absent.
        facility: only whom it holds at that instant, and who had died there.
        sending: the sending state, where the agreement has several.
        receiving: the receiving state, where the agreement has several.
        out: write the rows to this CSV, Parquet or Arrow file.
        json: print one JSON document.
    """
    told, instant = clock.instant(as_of)
    found = held(register, agreement, (sending, receiving), size)
    here = hold.concerned(found.held, facility, instant)
    rows = [one for one in clocks.known(found, instant) if here(one.subject)]
    basis = clocks.basis(found) | {"as_of": told, "counts": clocks.counts(rows)}
    flat = [clocks.overstay(one) for one in rows if one.held_past is not None]
    _written(out, clocks.OVERSTAYS, flat)
    if json:
        silent = [
            {"register_number": one.subject, "held_by": one.held_by, "why": one.no_date}
            for one in rows
            if one.no_date
        ]
        output.document({**basis, "rows": flat, "no_date": silent})
    elif out is None:
        _shown(f"Held past the date, as of {told}", clocks.SHOWN_PAST, flat, ("days",))
    _notes(rows, told)
    return _status(found, rows, asks=True)


def _written(out: Path | None, names: list[str], rows: Sequence[Mapping[str, str]]) -> None:
    if out is not None:
        tables.write(out, names, rows)
        output.note(f"{len(rows):,} rows: {out}")


def _shown(
    title: str, names: Mapping[str, str], rows: Sequence[Mapping[str, str]], right: tuple[str, ...]
) -> None:
    heads = tuple(names.values())
    output.console().print(output.table(title, heads, clocks.shown(rows, names), right=right))


def _computed(one: Known) -> None:
    sides = ((Side.SENDING, one.clocks.sending), (Side.RECEIVING, one.clocks.receiving))
    for side, found in sides:
        if found.follows:
            output.console().print(f"The {side} state recorded nothing of its own: it follows.")
            continue
        title = f"Clock of the {side} state: {found.until}"
        title += f" ({found.until.why})" if found.until.why else ""
        rows = clocks.computation(found)
        output.console().print(output.table(title, clocks.STEPS, rows, right=("days",)))


def _notes(rows: Sequence[Known], told: str) -> None:
    counts = clocks.counts(rows)
    output.note(
        f"As of {told}: {counts['persons']:,} persons, {counts['held']:,} held; "
        f"{counts['held_past']:,} held past the date, {counts['were_held_past']:,} were; "
        f"{counts['late_returns']:,} late returns; clocks differ for {counts['clocks_disagree']:,}."
    )
    if counts["no_date"]:
        what = "are held and no date is established: unknown is not 'no end'"
        output.note(f"{counts['no_date']:,} {what}")
    refused = [told.fault for one in rows for told in one.refused()]
    read = [told.fault for one in rows for told in one.person.sentenced.ignored]
    for fault in (*refused, *read)[:SHOWN]:
        output.note(fault.sentence())
    if len(refused) + len(read) > SHOWN:
        output.note(f"... and {len(refused) + len(read) - SHOWN:,} more: see --json")
    output.note(NOT_REVIEWED)


def _status(found: hold.Register, rows: Sequence[Known], *, asks: bool) -> int:
    """What lacks a person whom nobody erased does not hold; nor, where asked, an overstay."""
    held = found.held
    if held.erased:
        output.note(f"{held.erased:,} persons were erased: they are not shown here")
    if held.unreadable:
        what = "persons cannot be read, and no erasure names them: they are missing here"
        output.note(f"{held.unreadable:,} {what}; verify the register")
    past = asks and any(one.held_now for one in rows)
    return output.DOES_NOT_HOLD if held.unreadable or past else output.DONE
