"""habeas custody."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from habeas.adapters import tables
from habeas.adapters.importers.stays_file import StaysFile
from habeas.cli import clock, output
from habeas.cli.registers import held, status
from habeas.errors import Fault, SetupError
from habeas.service import hold

DEFAULT_COLUMNS = "facility=facility,in=in_date,out=out_date"


def _give(
    rows: Sequence[Mapping[str, str]],
    title: str,
    out: Path | None,
    *,
    json: bool,
    basis: Mapping[str, object],
) -> int:
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
    sending: str | None = None,
    receiving: str | None = None,
    out: Path | None = None,
    json: bool = False,
) -> int:
    """Every custody interval of a register.

    Args:
        register: the register's file.
        agreement: the agreement whose workflow orders the events.
        sending: the sending state, where the agreement has several.
        receiving: the receiving state, where the agreement has several.
        out: write the rows to this CSV, Parquet or Arrow file.
        json: print one JSON document.
    """
    found = held(register, agreement, (sending, receiving))
    return _give(
        hold.interval_rows(found.held), "Custody intervals", out, json=json, basis=found.basis()
    )


def roll(
    register: Path,
    /,
    *,
    agreement: str,
    as_of: str | None = None,
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
        sending: the sending state, where the agreement has several.
        receiving: the receiving state, where the agreement has several.
        side: only those whom the 'sending' or the 'receiving' state holds.
        out: write the rows to this CSV, Parquet or Arrow file.
        json: print one JSON document.
    """
    told, instant = clock.instant(as_of)
    found = held(register, agreement, (sending, receiving))
    rows = hold.roll_rows(found.held, instant, hold.side(side))
    output.note(f"{len(rows):,} held as of {told}")
    basis = found.basis() | {"as_of": told, "roll_count": len(rows)}
    return _give(rows, f"Roll as of {told}", out, json=json, basis=basis)


def person_days(
    register: Path | None = None,
    /,
    *,
    agreement: str | None = None,
    month: str | None = None,
    sending: str | None = None,
    receiving: str | None = None,
    stays: Path | None = None,
    columns: str = DEFAULT_COLUMNS,
    json: bool = False,
) -> int:
    """Person-days of a month from a register, or facility-days and person-days of a file of stays.

    Args:
        register: the register's file, with --agreement and --month.
        agreement: the agreement whose convention and zone count.
        month: YYYY-MM.
        sending: the sending state, where the agreement has several.
        receiving: the receiving state, where the agreement has several.
        stays: a Parquet, CSV or Arrow file of stays with civil days, counted as midnights.
        columns: which of its columns say facility, in and out.
        json: print one JSON document.
    """
    if stays is not None:
        return _stays(stays, columns, json=json)
    if register is None or agreement is None or month is None:
        raise SetupError(
            Fault(
                "H901",
                "person-days needs a register, --agreement and --month, or --stays FILE",
                "See --help of the command.",
            )
        )
    first, after = clock.month(month)
    found = held(register, agreement, (sending, receiving))
    rows = hold.days_by_status(found.held, first, after, found.deal)
    basis = found.basis() | {
        "month": month,
        "convention": found.deal.calendar.convention,
        "zone": found.deal.calendar.zone,
    }
    return _give(rows, f"Person-days of {month}", None, json=json, basis=basis)


def _stays(path: Path, columns: str, *, json: bool) -> int:
    names: dict[str, str] = {}
    for part in columns.split(","):
        role, _, column = part.partition("=")
        names[role] = column
    if set(names) != {"facility", "in", "out"} or not all(names.values()):
        raise SetupError(
            Fault(
                "H901",
                f"--columns '{columns}' does not name facility, in and out",
                f"Write {DEFAULT_COLUMNS}.",
            )
        )
    source = StaysFile(path, names["facility"], names["in"], names["out"])
    facilities, first, after = source.extent()
    counted: dict[str, int] = {}
    totals = hold.count_stays(source.batches(facilities, counted), len(facilities), first, after)
    found = {
        "stays": counted["rows"],
        "incomplete": counted["incomplete"],
        "refused": totals.refused,
        "of_no_day": totals.empty,
        "facilities": len(facilities),
        "facility_days": totals.facility_days,
        "person_days": totals.person_days,
        "convention": "midnight",
        "file": str(path),
    }
    if json:
        output.document(found)
    else:
        rows = [
            [key.replace("_", " "), f"{value:,}" if isinstance(value, int) else str(value)]
            for key, value in found.items()
        ]
        output.console().print(output.table("Stays", ("", "count"), rows, right=("count",)))
    return output.DONE
