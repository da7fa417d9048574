"""habeas custody import and table: published records to placements, tables to typed cells."""

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from json import dumps
from pathlib import Path

import pyarrow as pa

from habeas.adapters import csv_files, tables
from habeas.adapters.importers import alias_file, odd_file, placement_schemas, slabs
from habeas.adapters.importers.civil_times import FORMS
from habeas.adapters.importers.placement_file import Placements
from habeas.adapters.importers.placement_part import MOST, Call
from habeas.adapters.importers.placement_spool import Spool
from habeas.cli import clock, output
from habeas.cli.bar import Bar
from habeas.cli.spared import spared
from habeas.errors import DocketError, Fault, SetupError
from habeas.service import imports

SALT = 32
SHOWN = 20
LONG = 64 << 20  # bytes, or rows, of a file whose reading is told by lines
QUARANTINE = ["row", "code", "reason", "cells"]
REPEATED = ["row", "facility_code", "facility_name", "day_in", "day_out", "reason_out"]


class Rows:
    """Where the rows go: the placements to their file, the others to the files beside it."""

    def __init__(self, out: Path, file: str, size: int) -> None:
        self.first: list[str] = []
        self._file = file
        self.quarantine = out.with_name(f"{out.stem}.quarantine.csv")
        self.repeated = out.with_name(f"{out.stem}.possible-duplicates.csv")
        self._spool = Spool(out)
        self._aside = csv_files.TextTable(self.quarantine, QUARANTINE)
        self._apart = csv_files.TextTable(self.repeated, REPEATED)
        self.bar = Bar(file, size, LONG)

    def keep(self, taken: pa.RecordBatch) -> None:
        """Placements that were taken."""
        self._spool.add(taken)

    def aside(self, row: imports.Refused) -> None:
        """A row that was set aside."""
        if len(self.first) < SHOWN:
            self.first.append(
                f"{self._file}:{row.row}: {row.code} {row.what} (quarantined). {row.fix}"
            )
        cells = dumps(row.cells, ensure_ascii=False) if row.cells else ""
        reason = f"{row.what}. {row.fix}"
        self._aside.add({"row": str(row.row), "code": row.code, "reason": reason, "cells": cells})

    def apart(self, taken: pa.RecordBatch) -> None:
        """Placements that may repeat an earlier one."""
        for row in taken.select(REPEATED).to_pylist():
            told = {name: "" if value is None else str(value) for name, value in row.items()}
            self._apart.add(told)

    def done(self, size: int) -> None:
        """The bar goes on."""
        self.bar.advance(size)

    def back(self) -> Iterator[pa.RecordBatch]:
        """What was kept."""
        return self._spool.back()

    def write(
        self, placements: Iterator[pa.RecordBatch], schema: pa.Schema, about: Mapping[str, str]
    ) -> None:
        """The placements for good, and the files beside them."""
        self._spool.write(placements, schema, about)
        self._aside.finish()
        self._apart.finish()

    def discard(self) -> None:
        """Leave nothing behind but whole files."""
        self._spool.discard()
        self._aside.discard()
        self._apart.discard()


def _salt(path: Path | None) -> tuple[bytes, str]:
    if path is None:
        return secrets.token_bytes(SALT), "drawn"
    with path.open("rb") as file:
        return file.read(MOST + 1), "given"


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def placements(
    file: Path,
    /,
    *,
    schema: str,
    zone: str,
    out: Path,
    as_of: str | None = None,
    dates: str = "iso",
    aliases: Path | None = None,
    salt: Path | None = None,
    json: bool = False,
) -> int:
    """Published custody records, row by row, to a file of placements; no person in it.

    Only the columns of the schema are read. A person's identifier becomes a hash under a salt.

    Args:
        file: delimited text (also .gz), Parquet or Arrow.
        schema: ddp or uwchr.
        zone: the IANA zone in which the file's clock times stand.
        out: a CSV, Parquet or Arrow file; rows set aside go to a .quarantine.csv beside it.
        as_of: the day of which the file is, YYYY-MM-DD: open placements last until then.
        dates: form of times that are text: iso, mdy or dmy.
        aliases: a CSV or TOML table of facilities and their dated codes.
        salt: a file of 16 to 64 random bytes; without it a salt is drawn and forgotten, and no
            other run gives the same keys.
        json: print one JSON document.
    """
    if dates not in FORMS:
        fault = Fault("H903", f"--dates '{dates}' is no form", f"Use {', '.join(FORMS)}.")
        raise SetupError(fault)
    spared(out, file, aliases, salt)
    secret, drawn = _salt(salt)
    call = Call(
        zone,
        secret,
        clock.day(as_of, "--as-of") if as_of else None,
        dates,
        alias_file.read(aliases) if aliases else None,
    )
    source = Placements(slabs.opened(file), placement_schemas.schema(schema), call)
    basis = _basis(source, file, aliases, drawn)
    rows = Rows(out, str(file), source.size)
    with ExitStack() as undone:
        undone.callback(rows.discard)
        with rows.bar:
            # The file may be handed on: it says of its source the hash and the name, not where.
            about = {**basis, "file": file.name}
            found = imports.take(source, rows, {k: v for k, v in about.items() if v is not None})
    for told in rows.first:
        output.note(told)
    return _tell(found, source, {**basis, "out": str(out)}, rows, json=json)


def _basis(
    source: Placements, file: Path, aliases: Path | None, drawn: str
) -> dict[str, str | None]:
    call = source.call
    return {
        "file": str(file),
        "file_hash": _hash(file),
        "schema": source.schema.name,
        "publisher": source.schema.publisher,
        "zone": call.zone,
        "tzdata": imports.ZONES,
        "as_of": call.as_of.isoformat() if call.as_of else None,
        "dates": call.dates,
        "aliases_hash": _hash(aliases) if aliases else None,
        "salt": drawn,
    }


def _tell(
    found: imports.Taken,
    source: Placements,
    basis: Mapping[str, str | None],
    rows: Rows,
    *,
    json: bool,
) -> int:
    seen = source.seen
    several = {code: sorted(names) for code, names in seen.names.items() if len(names) > 1}
    told = imports.document(found) | {
        "columns_read": sorted(source.picked.values()),
        "columns_never_read": source.denied,
        "columns_not_read": source.ignored,
        "withheld": [
            {"of": of, "text": text, "by": source.schema.publisher, "rows": count}
            for (of, text), count in sorted(seen.withheld.items())
        ],
        "unmatched_codes": dict(sorted(seen.unmatched.items())),
        "codes_with_several_names": several,
        "fractions_of_seconds_left_out": seen.cut,
        "days_alone": [what for what in ("start", "end") if what not in seen.clocked],
    }
    if json:
        output.document({**told, **basis})
    else:
        shown = [[key.replace("_", " "), _shown(value)] for key, value in {**told, **basis}.items()]
        output.console().print(output.table("Placements", ("what", "found"), shown))
    if found.quarantined:
        what = f"{found.quarantined:,} of {found.rows:,} rows were set aside: {rows.quarantine}"
        output.note(what)
    return output.DONE if found.rows > found.quarantined else DocketError.status


def _shown(value: object) -> str:
    match value:
        case dict():
            parts = [f"{key} {_shown(told)}" for key, told in value.items()]
        case list():
            parts = [_shown(told) for told in value]
        case int():
            return f"{value:,}"
        case _:
            return "" if value is None else str(value)
    more = len(parts) - SHOWN
    return ", ".join(parts[:SHOWN]) + (f" and {more:,} more" if more > 0 else "")


def table(file: Path, /, *, schema: str, out: Path | None = None, json: bool = False) -> int:
    """A published table with footnotes and signs for what is missing, as typed cells.

    Each cell is a value, unknown, not applicable or withheld, with its own text beside it.

    Args:
        file: CSV in the encoding that the schema declares.
        schema: the name of a public table, or a TOML file that declares one.
        out: a CSV, Parquet or Arrow file; lines set aside go to a .quarantine.csv beside it.
        json: print one JSON document.
    """
    spared(out, file, Path(schema))
    form = odd_file.schema(schema)
    found = odd_file.read(file, form)
    told = imports.table_document(found, form) | {"file": str(file), "file_hash": _hash(file)}
    if out is not None:
        tables.write(out, imports.table_columns(form), imports.table_rows(found))
        told["out"] = str(out)
        _lay_aside(out, found.quarantined)
    for row in found.quarantined[:SHOWN]:
        output.note(f"{file}:{row.line}: {row.code} {row.what} (quarantined). {row.fix}")
    if json:
        output.document(told)
    else:
        shown = [[key, _shown(value)] for key, value in told.items()]
        output.console().print(output.table("Table", ("what", "found"), shown))
    if not found.rows:
        what = f"the table holds no rows: {found.lines:,} lines after its header"
        fix = "See what was set aside above, or declare where the header is."
        raise DocketError(Fault("H410", what, fix, str(file)))
    return output.DONE


def _lay_aside(out: Path, rows: Iterable[imports.RefusedRow]) -> None:
    beside = csv_files.TextTable(out.with_name(f"{out.stem}.quarantine.csv"), QUARANTINE)
    for row in rows:
        beside.add({"row": str(row.line), "code": row.code, "reason": f"{row.what}. {row.fix}"})
    beside.finish()
