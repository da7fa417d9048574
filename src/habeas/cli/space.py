"""habeas space: floor area a person, days below a standard, places, and a facility file's check."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from habeas.adapters import csv_files, tables, text_files
from habeas.adapters.importers import cell_stays_file
from habeas.cli import clock, heat, output
from habeas.cli.registers import held
from habeas.errors import Fault, FeeError, SetupError
from habeas.service import NOT_REVIEWED, agree, breach, hold, measure, premises
from habeas.service.measure import Place
from habeas.service.premises import Premises

Document = dict[str, Any]  # Any: what --json prints


class Asks(NamedTuple):
    """Where a call looks for people."""

    register: Path | None
    stays: Path | None
    agreement: str | None
    zone: str | None
    states: tuple[str | None, str | None]  # sending and receiving
    size: int | None  # of the register, as it was known then


class Source(NamedTuple):
    """Where the people of a call come from, and what every output says of it."""

    found: Premises
    basis: dict[str, object]


def density(
    facility: str | None = None,
    *,
    persons: list[int] | None = None,
    cells: Path | None = None,
    register: Path | None = None,
    stays: Path | None = None,
    agreement: str | None = None,
    zone: str | None = None,
    as_of: str | None = None,
    size: int | None = None,
    by: str = "cell",
    measures: list[str] | None = None,
    sending: str | None = None,
    receiving: str | None = None,
    library: Path | None = None,
    out: Path | None = None,
    json: bool = False,
) -> int:
    """Floor area a person against every standard, each by its own method.

    With a facility alone, every number of persons that its file reports is measured.

    Args:
        facility: its id in the library, or a facility file (.toml).
        persons: one number of persons in the whole of it, or several.
        cells: a file of persons cell by cell, with columns cell and persons.
        register: a register's file, with --agreement: who is in each cell.
        stays: a file of stays in cells, with --zone or --agreement.
        agreement: the agreement whose workflow orders the events and whose zone gives the day.
        zone: the time zone of the days, for a file of stays.
        as_of: YYYY-MM-DD (its last second in UTC) or an instant with offset; now where absent.
        size: only what was known when the register had this many leaves; all where absent.
        by: cell, module or facility.
        measures: only these measures, such as ECHR-1; all where none is named.
        sending: the sending state, where the agreement has several.
        receiving: the receiving state, where the agreement has several.
        library: a folder of your own files, read beside the shipped ones.
        out: write the rows to this CSV, Parquet or Arrow file.
        json: print one JSON document.
    """
    _one_of(**{"--persons": persons, "--cells": cells, "--register": register, "--stays": stays})
    law = agree.library(library)
    told, instant = clock.instant(as_of)
    own = None if facility is None else _place(law, facility, register, stays)
    if register is not None or stays is not None:
        asks = Asks(register, stays, agreement, zone, (sending, receiving), size)
        source = _source(law, asks, own, instant)
        found = premises.chosen(source.found, measures or [])
        document = premises.at_instant(_only(found, facility, own), instant, by)
        return _rows(document | source.basis | {"as_of": told}, out, json=json)
    if own is None:
        raise _lacks("density needs a facility, --register or --stays")
    if cells is not None:
        taken = cell_stays_file.stated_cells(cells, own.facility.id)
        set_aside(taken, cells)
        found = premises.chosen(premises.premises(law, [], "UTC", own), measures or [])
        document = premises.of_counts(found, cell_stays_file.totals(taken), instant.date(), by)
        return _rows(document | taken.counts(cells), out, json=json)
    return _totals(law, own, persons, instant.date(), out, json=json)


def _lacks(what: str) -> SetupError:
    return SetupError(Fault("H901", what, "See --help of the command."))


def _one_of(**options: object) -> None:
    """Refuse a call that says twice where people are: one of the two would count for nothing."""
    named = [name for name, value in options.items() if value is not None]
    if len(named) > 1:
        raise _lacks(f"{' and '.join(named)} say twice where people are: name one of them")


def _place(
    law: agree.Library, name: str, register: Path | None, stays: Path | None
) -> Place | None:
    """A facility by id or file; one of a register that the library does not hold is no fault."""
    if name.lower().endswith(".toml"):
        path = Path(name)
        return measure.of_text(text_files.text(path), str(path))
    if name not in law.facilities and (register is not None or stays is not None):
        return None
    return measure.of_library(law, name)


def _only(found: Premises, facility: str | None, own: Place | None) -> Premises:
    return premises.only(found, own.facility.id if own is not None else facility)


def _source(law: agree.Library, asks: Asks, own: Place | None, until: datetime) -> Source:
    if asks.register is not None:
        if asks.agreement is None:
            raise _lacks("a register needs --agreement")
        found = held(asks.register, asks.agreement, asks.states, asks.size)
        told = premises.of_intervals(hold.until(found.held.received(), until))
        there = premises.premises(law, told, found.deal.calendar.zone, own, until)
        return Source(there, found.basis())
    if asks.stays is None:
        raise _lacks("name --register or --stays")
    if asks.size is not None:
        raise _lacks("--size is of a register: a file of stays has none")
    zone = asks.zone
    if zone is None and asks.agreement is not None:
        zone = law.agreement(asks.agreement).calendar.zone
    if zone is None:
        raise _lacks("a file of stays needs --zone or --agreement")
    taken = cell_stays_file.cell_stays(asks.stays)
    set_aside(taken, asks.stays)
    there = premises.premises(law, taken.good, zone, own, until)
    return Source(there, taken.counts(asks.stays))


def set_aside(taken: cell_stays_file.Taken[Any], path: Path) -> None:  # Any: whatever was taken
    """Say which rows were set aside, and keep them beside the file."""
    if not taken.aside:
        return
    kept = path.with_name(f"{path.stem}.quarantine.csv")
    csv_files.write(kept, cell_stays_file.QUARANTINE, taken.quarantine())
    for fault in taken.aside[: heat.SHOWN]:
        output.note(fault.sentence())
    output.note(f"{len(taken.aside):,} of {taken.rows:,} rows were set aside, not counted: {kept}")


def _rows(document: Document, out: Path | None, *, json: bool) -> int:
    if out is not None:
        flat = [heat.flat(row) for row in document["rows"]]
        _write(out, flat)
    if json:
        output.document(document)
    elif out is None:
        heat.print_rows(document)
    for one in () if json else document["findings"][: heat.SHOWN]:
        output.note(f"{one['kind']}: {one['what']}")
    if not json:
        output.note(f"{len(document['findings']):,} findings. {NOT_REVIEWED}")
    lost = document.get("unreadable_persons")
    return output.DOES_NOT_HOLD if lost else output.DONE


def _write(out: Path, rows: Sequence[dict[str, str]]) -> None:
    if rows:
        names = list(dict.fromkeys(name for row in rows for name in row))
        tables.write(out, names, rows)
    output.note(f"{len(rows):,} rows: {out}")


def _totals(
    law: agree.Library,
    own: Place,
    persons: list[int] | None,
    day: date,
    out: Path | None,
    *,
    json: bool,
) -> int:
    if persons is None:
        found = measure.reported(law, own, day)
        if not found:
            raise _lacks(f"'{own.facility.id}' reports no number of persons: give --persons")
    else:
        found = [measure.density(law, own, number, day) for number in persons]
    document: Document = {
        "densities": found,
        "places": measure.places(law, own, day),
        "without_a_number": measure.numberless(law),
        "day": day.isoformat(),
        "review": NOT_REVIEWED,
    }
    if out is not None:
        _write(out, [heat.flat_total(one) for one in found])
    if json:
        output.document(document)
    elif out is None:
        heat.print_totals(document)
        output.note(NOT_REVIEWED)
    return output.DONE


def days(
    facility: str | None = None,
    *,
    from_: str | None = None,
    to: str | None = None,
    month: str | None = None,
    register: Path | None = None,
    stays: Path | None = None,
    agreement: str | None = None,
    zone: str | None = None,
    as_of: str | None = None,
    size: int | None = None,
    worst: bool = False,
    measures: list[str] | None = None,
    sending: str | None = None,
    receiving: str | None = None,
    library: Path | None = None,
    out: Path | None = None,
    json: bool = False,
) -> int:
    """Days and person-days below each standard, and the first day of each breach.

    Args:
        facility: only this one, by id or facility file (.toml); all where absent.
        from_: first civil day of the period.
        to: the day after its last.
        month: YYYY-MM, in the place of --from and --to.
        register: a register's file, with --agreement.
        stays: a file of stays in cells, with --zone or --agreement.
        agreement: the agreement whose workflow orders the events and whose zone gives the day.
        zone: the time zone of the days, for a file of stays.
        as_of: what had happened by then; now where absent.
        size: only what was known when the register had this many leaves; all where absent.
        worst: count persons at the worst instant of each day, not at the census before its end.
        measures: only these measures, such as ECHR-1; all where none is named.
        sending: the sending state, where the agreement has several.
        receiving: the receiving state, where the agreement has several.
        library: a folder of your own files, read beside the shipped ones.
        out: write the persons of every day and measure to this CSV, Parquet or Arrow file.
        json: print one JSON document.
    """
    _one_of(**{"--register": register, "--stays": stays})
    law = agree.library(library)
    first, after = _period(month, from_, to)
    told, instant = clock.instant(as_of)
    if register is None and stays is None:
        raise _lacks("days needs --register or --stays")
    own = None if facility is None else _place(law, facility, register, stays)
    asks = Asks(register, stays, agreement, zone, (sending, receiving), size)
    source = _source(law, asks, own, instant)
    found = _only(premises.chosen(source.found, measures or []), facility, own)
    document = breach.over_days(found, first, after, "worst" if worst else "census")
    return _days(document | source.basis | {"as_of": told}, out, json=json)


def _days(document: dict[str, Any], out: Path | None, *, json: bool) -> int:
    if out is not None:
        _write(out, document["rows"])
    if json:
        output.document(document)
    elif out is None:
        heat.print_days(document)
        output.note(NOT_REVIEWED)
    lost = document.get("unreadable_persons")
    return output.DOES_NOT_HOLD if lost else output.DONE


def _period(month: str | None, from_: str | None, to: str | None) -> tuple[date, date]:
    if month is not None:
        return clock.month(month)
    if from_ is None or to is None:
        raise _lacks("days needs --month, or --from and --to")
    return clock.day(from_, "--from"), clock.day(to, "--to")


def capacity(
    facility: str,
    /,
    *,
    at: str | None = None,
    known: str | None = None,
    persons: int | None = None,
    cells: bool = False,
    library: Path | None = None,
    out: Path | None = None,
    json: bool = False,
) -> int:
    """Places of a facility by each definition, on a day; what is no number is unknown.

    Args:
        facility: its id in the library, or a facility file (.toml).
        at: the day whose certificates hold; today where absent.
        known: only certificates approved by the end of this day; all where absent.
        persons: held, to be set against each definition.
        cells: show every cell and what is certified of it.
        library: a folder of your own files, read beside the shipped ones.
        out: write the rows to this CSV, Parquet or Arrow file.
        json: print one JSON document.
    """
    law, day = agree.library(library), clock.today(at)
    own = _place(law, facility, None, None)
    if own is None:
        raise _lacks("capacity needs a facility")
    if known is not None:
        own = measure.known_by(own, clock.day(known, "--known"))
    rows = measure.cell_rows(own, day) if cells else measure.capacities(own, day, persons)
    document: Document = {
        "facility": own.facility.id,
        "facility_hash": own.hash,
        "day": day.isoformat(),
        "known": known or "",
        "rows": rows,
        "review": NOT_REVIEWED,
    }
    if out is not None:
        _write(out, rows)
    if json:
        output.document(document)
    elif out is None:
        heat.print_capacity(document)
        output.note(NOT_REVIEWED)
    return output.DONE


def check(file: Path, /, *, json: bool = False) -> int:
    """Read a facility file and its certificates; tell all faults in one run.

    Args:
        file: a facility file (.toml).
        json: print one JSON document.
    """
    text = text_files.text(file)
    faults = measure.check(text, str(file))
    if json:
        told = [{"code": one.code, "what": one.what, "line": one.line} for one in faults]
        output.document({"file": str(file), "faults": told})
    if faults:
        return output.failure(FeeError(*faults))
    if not json:
        output.note(f"{file}: no fault")
    return output.DONE
