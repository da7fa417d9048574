"""habeas custody: intervals and roll of a register."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from habeas.adapters import tables
from habeas.cli import clock, output
from habeas.cli.registers import held, status
from habeas.service import hold

DEFAULT_COLUMNS = "facility=facility,in=in_date,out=out_date"


def give(
    rows: Sequence[Mapping[str, str]],
    title: str,
    out: Path | None,
    *,
    json: bool,
    basis: Mapping[str, object],
) -> int:
    """Rows to a file, a document or a page; the exit status."""
    if out is not None and rows:
        tables.write(out, list(rows[0]), rows)
        output.note(f"{len(rows):,} rows: {out}")
    if json:
        output.document({**basis, "rows": list(rows)})
    elif out is None:
        columns = list(rows[0]) if rows else []
        output.console().print(output.table(title, columns, [list(row.values()) for row in rows]))
    return status(basis)


def intervals(
    register: Path,
    /,
    *,
    agreement: str,
    size: int | None = None,
    sending: str | None = None,
    receiving: str | None = None,
    out: Path | None = None,
    json: bool = False,
) -> int:
    """Every custody interval of a register.

    Args:
        register: the register's file.
        agreement: the agreement whose workflow orders the events.
        size: only what was known when the register had this many leaves; all where absent.
        sending: the sending state, where the agreement has several.
        receiving: the receiving state, where the agreement has several.
        out: write the rows to this CSV, Parquet or Arrow file.
        json: print one JSON document.
    """
    found = held(register, agreement, (sending, receiving), size)
    return give(
        hold.interval_rows(found.held), "Custody intervals", out, json=json, basis=found.basis()
    )


def roll(
    register: Path,
    /,
    *,
    agreement: str,
    as_of: str | None = None,
    size: int | None = None,
    facility: str | None = None,
    sending: str | None = None,
    receiving: str | None = None,
    side: str | None = None,
    out: Path | None = None,
    json: bool = False,
) -> int:
    """Who is held at an instant, by register number.

    Args:
        register: the register's file.
        agreement: the agreement whose workflow orders the events.
        as_of: YYYY-MM-DD (its last second in UTC) or an instant with offset; now where absent.
        size: what was known when the register had this many leaves; all where absent.
        facility: only who is held there.
        sending: the sending state, where the agreement has several.
        receiving: the receiving state, where the agreement has several.
        side: only those whom the 'sending' or the 'receiving' state holds.
        out: write the rows to this CSV, Parquet or Arrow file.
        json: print one JSON document.
    """
    told, instant = clock.instant(as_of)
    found = held(register, agreement, (sending, receiving), size)
    rows = hold.roll_rows(found.held, instant, hold.side(side), facility)
    output.note(f"{len(rows):,} held as of {told}")
    basis = found.basis() | {"as_of": told, "roll_count": len(rows)}
    return give(rows, f"Roll as of {told}", out, json=json, basis=basis)


def sample(
    register: Path,
    /,
    *,
    agreement: str,
    seed: str,
    count: int,
    size: int,
    facility: str | None = None,
    as_of: str | None = None,
    sending: str | None = None,
    receiving: str | None = None,
    side: str | None = None,
    out: Path | None = None,
    json: bool = False,
) -> int:
    """Whom a visitor asks to see: a sample of the roll that anybody can draw again.

    Args:
        register: the register's file.
        agreement: the agreement whose workflow orders the events.
        seed: published words, drawn where neither side decides, after the register had this size.
        count: how many persons.
        size: what was known when the register had this many leaves, named before the seed.
        facility: only who is held there.
        as_of: YYYY-MM-DD (its last second in UTC) or an instant with offset; now where absent.
        sending: the sending state, where the agreement has several.
        receiving: the receiving state, where the agreement has several.
        side: only those whom the 'sending' or the 'receiving' state holds.
        out: write the rows to this CSV, Parquet or Arrow file.
        json: print one JSON document.
    """
    told, instant = clock.instant(as_of)
    found = held(register, agreement, (sending, receiving), size)
    asked = hold.Sample(instant, hold.side(side), facility, seed, count)
    rows = hold.sample_rows(found.held, asked)
    basis = found.basis() | {
        "as_of": told,
        "seed": seed,
        "of": hold.sampled_from(found.held, asked),
    }
    output.note(f"{len(rows):,} of {basis['of']:,} held as of {told}, by the seed '{seed}'")
    return give(rows, f"Sample of the roll as of {told}", out, json=json, basis=basis)
