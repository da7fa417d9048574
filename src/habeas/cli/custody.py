"""habeas custody stock, person-days, sql."""

import hashlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from habeas.adapters.importers.stays_file import MORE, NAMES, StaysFile
from habeas.cli import clock, output
from habeas.cli.registers import held
from habeas.cli.spared import spared
from habeas.cli.views import DEFAULT_COLUMNS, give
from habeas.errors import Fault, SetupError
from habeas.service import agree, count, hold

DAYS_OF = "midnight"


def source(path: Path, columns: str) -> StaysFile:
    """A file of stays, with the user's names of its columns.

    Raises:
        SetupError: H901, when facility, in and out are not named.
    """
    names: dict[str, str] = {}
    for part in columns.split(","):
        role, _, column = part.partition("=")
        names[role] = column
    known = set(NAMES) <= set(names) <= {*NAMES, *MORE}
    if not known or not all(names.values()):
        raise SetupError(
            Fault(
                "H901",
                f"--columns '{columns}' does not name facility, in and out",
                f"Write {DEFAULT_COLUMNS}, and person= and stay= where the file has them.",
            )
        )
    more = [names.get(role, "") for role in MORE]
    return StaysFile(path, names["facility"], names["in"], names["out"], *more)


def stays_of(path: Path, columns: str) -> tuple[count.Columns, dict[str, object]]:
    """A file of stays as columns, and what an output says of it."""
    read = source(path, columns).read()
    found = count.Columns(read.pieces, read.facilities, read.incomplete, read.kind == "days")
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    # A statement is handed on: it says which file by name and hash, not where that lies.
    return found, {"file": path.name, "sha256": digest, "rows_read": read.rows}


def _lacking() -> SetupError:
    what = "this needs a register with --agreement, or --stays FILE"
    return SetupError(Fault("H901", what, "See --help of the command."))


def _window(month: str | None, from_: str | None, to: str | None) -> tuple[date, date] | None:
    if month is not None:
        return clock.month(month)
    if from_ is None and to is None:
        return None
    if from_ is None or to is None:
        raise SetupError(Fault("H901", "--from and --to go together", "Give both."))
    return clock.day(from_, "--from"), clock.day(to, "--to")


class _Input:
    """What is counted, by which terms, over which days, and what it comes from."""

    def __init__(
        self,
        register: Path | None,
        stays: Path | None,
        *,
        agreement: str | None,
        states: tuple[str | None, str | None],
        size: int | None,
        columns: str,
    ) -> None:
        self.declared: tuple[str, str] | None = None
        self.basis: dict[str, object] = {}
        if stays is not None:
            self.found, self.basis = stays_of(stays, columns)
            if agreement is not None:
                calendar = agree.library().agreement(agreement).calendar
                self.declared = calendar.convention, calendar.zone
        elif register is not None and agreement is not None:
            there = held(register, agreement, states, size)
            self.found = count.of_intervals(there.held.received())
            self.basis = there.basis()
            self.declared = there.deal.calendar.convention, there.deal.calendar.zone
        else:
            raise _lacking()

    def terms(
        self, convention: str | None, zone: str | None, census: str | None, as_of: str | None
    ) -> count.Counting:
        """The terms named, else the agreement's."""
        told, instant = clock.instant(as_of)
        self.basis |= {"as_of": told}
        declared = self.declared or (DAYS_OF, None)
        return count.Counting(
            count.convention(convention or declared[0]),
            count.zone_of(zone, declared[1], days_only=self.found.days_only),
            count.census(census or "day_end"),
            int(instant.timestamp()) + 1,  # what held in its last second is counted
        )

    def days(
        self, terms: count.Counting, month: str | None, from_: str | None, to: str | None
    ) -> tuple[date, date]:
        """The days asked for, else all that the input speaks of."""
        days = _window(month, from_, to) or count.extent(self.found, terms)
        self.basis |= {"from": days[0].isoformat(), "to": days[1].isoformat()}
        return days


def told(facts: Mapping[str, Any]) -> None:  # Any: counts, and an instant
    """What whoever reads a count of stays must know of the file, on stderr."""
    _incomplete(facts["incomplete"])
    if facts["open"]:
        output.note(f"provisional: {facts['open']:,} had not ended as of the instant counted to")
    if facts["censored"]:
        output.note(
            f"{facts['censored']:,} rows end at {facts['censored_at']}, the last end there is:"
            " where the file was cut, not releases"
        )
    if facts["refused"]:
        output.note(f"{facts['refused']:,} rows end before they start: refused")
    if facts["overlaps"]:
        output.note(
            f"{facts['persons_in_two_places']:,} persons are in two places at once"
            f" ({facts['overlaps']:,} stretches): counted once, and a finding"
        )


def _incomplete(rows: int) -> None:
    if rows:
        output.note(f"{rows:,} rows lack a facility or a day that can be read: not counted")


def stock(
    register: Path | None = None,
    /,
    *,
    agreement: str | None = None,
    stays: Path | None = None,
    columns: str = DEFAULT_COLUMNS,
    convention: str | None = None,
    zone: str | None = None,
    census: str | None = None,
    month: str | None = None,
    from_: str | None = None,
    to: str | None = None,
    as_of: str | None = None,
    size: int | None = None,
    sending: str | None = None,
    receiving: str | None = None,
    out: Path | None = None,
    json: bool = False,
) -> int:
    """How many a facility held on each day, from a register or from a file of stays.

    Args:
        register: the register's file, with --agreement.
        agreement: the agreement whose convention and zone count.
        stays: a Parquet, CSV or Arrow file of stays, by civil days or by instants with an offset.
        columns: which of its columns say facility, in and out; person and stay where it has them.
        convention: midnight, calendar, min1, block24 or hours, in the agreement's place.
        zone: an IANA zone, in the agreement's place.
        census: day_end or day_start: the day by which a midnight is named.
        month: YYYY-MM; or give --from and --to.
        from_: first civil day.
        to: the day after the last.
        as_of: count what is open so far: YYYY-MM-DD (UTC) or an instant; now where absent.
        size: only what was known when the register had this many leaves.
        sending: the sending state, where the agreement has several.
        receiving: the receiving state, where the agreement has several.
        out: write the rows to this CSV, Parquet or Arrow file.
        json: print one JSON document.
    """
    states = (sending, receiving)
    spared(out, register, stays)
    given = _Input(register, stays, agreement=agreement, states=states, size=size, columns=columns)
    terms = given.terms(convention, zone, census, as_of)
    found = count.stock(given.found, given.days(terms, month, from_, to), terms)
    told(found.facts)
    basis = given.basis | found.facts
    return give(found.rows, "Held, by facility and day", out, json=json, basis=basis)


def person_days(
    register: Path | None = None,
    /,
    *,
    agreement: str | None = None,
    month: str | None = None,
    from_: str | None = None,
    to: str | None = None,
    monthly: bool = False,
    zone: str | None = None,
    as_of: str | None = None,
    size: int | None = None,
    sending: str | None = None,
    receiving: str | None = None,
    stays: Path | None = None,
    columns: str = DEFAULT_COLUMNS,
    out: Path | None = None,
    json: bool = False,
) -> int:
    """Person-days of a month from a register, or facility-days and person-days of a file of stays.

    Args:
        register: the register's file, with --agreement and --month.
        agreement: the agreement whose convention and zone count.
        month: YYYY-MM.
        from_: with --monthly, the first civil day.
        to: with --monthly, the day after the last.
        monthly: by facility and month, under every convention side by side.
        zone: with --monthly, an IANA zone in the agreement's place.
        as_of: count what is open so far; where absent now with --monthly, else the month's end.
        size: only what was known when the register had this many leaves.
        sending: the sending state, where the agreement has several.
        receiving: the receiving state, where the agreement has several.
        stays: a Parquet, CSV or Arrow file of stays; civil days are counted as midnights.
        columns: which of its columns say facility, in and out; person and stay where it has them.
        out: write the rows to this CSV, Parquet or Arrow file.
        json: print one JSON document.
    """
    states = (sending, receiving)
    spared(out, register, stays)
    if monthly:
        given = _Input(
            register, stays, agreement=agreement, states=states, size=size, columns=columns
        )
        terms = given.terms(None, zone, None, as_of)
        counted = count.months(given.found, given.days(terms, month, from_, to), terms)
        told(counted.facts)
        basis = given.basis | counted.facts
        return give(counted.rows, "Person-days by month", out, json=json, basis=basis)
    if stays is not None:
        return _stays(source(stays, columns), json=json)
    if register is None or agreement is None or month is None:
        what = "person-days needs a register, --agreement and --month, or --stays FILE"
        raise SetupError(Fault("H901", what, "See --help of the command."))
    rows, basis = _of_month(held(register, agreement, states, size), month, as_of)
    return give(rows, f"Person-days of {month}", out, json=json, basis=basis)


def _of_month(
    found: hold.Register, month: str, as_of: str | None
) -> tuple[list[dict[str, str]], dict[str, object]]:
    first, after = clock.month(month)
    told_, instant = (None, None) if as_of is None else clock.instant(as_of)
    rows = hold.days_by_status(found.held, first, after, found.deal, instant)
    calendar = found.deal.calendar
    return rows, found.basis() | {
        "month": month,
        "as_of": told_,
        "convention": calendar.convention,
        "zone": calendar.zone,
    }


def _stays(source: StaysFile, *, json: bool) -> int:
    if source.kind() == "instants":
        what = "the file says when by instants, which are no days before they are counted"
        raise SetupError(Fault("H901", what, "Add --monthly and --zone, or ask for the stock."))
    facilities, first, after = source.extent()
    counted: dict[str, int] = {}
    totals, cut = hold.count_stays(
        source.batches(facilities, counted), len(facilities), first, after
    )
    found: dict[str, object] = {
        "stays": counted["rows"],
        "incomplete": counted["incomplete"],
        "open": counted["open"],
        "refused": totals.refused,
        "of_no_day": totals.empty,
        "facilities": len(facilities),
        "facility_days": totals.facility_days,
        "person_days": totals.person_days,
        "convention": DAYS_OF,
        "censored": 0 if cut is None else cut.rows,
        "censored_at": None if cut is None else cut.on.isoformat(),
        "file": str(source.path),
    }
    _incomplete(counted["incomplete"])
    if counted["open"]:
        output.note(f"{counted['open']:,} stays have no end: not counted; add --monthly --as-of")
    if cut is not None:
        output.note(f"{cut.rows:,} stays end on the last day of all: the file's end, not releases")
    if json:
        output.document(found)
    else:
        rows = [
            [key.replace("_", " "), f"{value:,}" if isinstance(value, int) else str(value)]
            for key, value in found.items()
        ]
        output.console().print(output.table("Stays", ("", "count"), rows, right=("count",)))
    return output.DONE


def sql(
    *,
    agreement: str,
    dialect: str = "duckdb",
    month: str | None = None,
    from_: str | None = None,
    to: str | None = None,
    convention: str | None = None,
    zone: str | None = None,
    census: str = "day_end",
    as_of: str | None = None,
    by: str = "facility",
    table: str = "intervals",
    daily: bool = False,
    json: bool = False,
) -> int:
    """Print the query that counts an exported table of intervals, for anyone to run.

    Args:
        agreement: the agreement whose convention and zone count.
        dialect: duckdb, postgres or sqlite.
        month: YYYY-MM; or give --from and --to.
        from_: first civil day.
        to: the day after the last.
        convention: midnight, calendar, min1, block24 or hours, in the agreement's place.
        zone: an IANA zone, in the agreement's place.
        census: day_end or day_start: the day by which a midnight is named.
        as_of: leave out what came later: YYYY-MM-DD (UTC) or an instant; open ends last without.
        by: the columns counted apart, such as facility,status.
        table: the table, as `custody intervals --out` writes it.
        daily: a row a day, not a month.
        json: print one JSON document.
    """
    calendar = agree.library().agreement(agreement).calendar
    days = _window(month, from_, to)
    if days is None:
        raise SetupError(Fault("H901", "sql needs --month, or --from and --to", "Give them."))
    terms = count.Counting(
        count.convention(convention or calendar.convention),
        zone or calendar.zone,
        count.census(census),
        None if as_of is None else int(clock.instant(as_of)[1].timestamp()) + 1,
    )
    text = count.sql(count.Question(days, dialect, tuple(by.split(",")), table, daily), terms)
    if json:
        output.document({"agreement": agreement, "dialect": dialect, "sql": text})
    else:
        output.lines([text.rstrip("\n")])
    return output.DONE
