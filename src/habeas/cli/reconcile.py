"""habeas fees reconcile."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from habeas.adapters import csv_files, tables
from habeas.adapters.importers import claim_alias_file, claim_file
from habeas.cli import output
from habeas.cli.fees import _days
from habeas.cli.registers import held as register_held
from habeas.cli.spared import spared
from habeas.errors import Fault, FeeError, SetupError
from habeas.service import agree
from habeas.service import reconcile as use
from habeas.service.reconcile_document import COLUMNS, document, rows
from habeas.service.reconcile_page import page

ASIDE = ["row", "code", "reason", "cells"]


@dataclass(frozen=True, slots=True)
class Against:
    """The register's side, and what it was computed from."""

    side: claim_file.Side
    basis: Mapping[str, object]
    whole: bool = True  # False: somebody's stays cannot be read


def reconcile(
    register: Path | None = None,
    /,
    *,
    claim: Path,
    columns: str | None = None,
    agreement: str | None = None,
    month: str | None = None,
    from_: str | None = None,
    to: str | None = None,
    aliases: Path | None = None,
    stays: Path | None = None,
    series: Path | None = None,
    register_columns: str | None = None,
    convention: str = "",
    zone: str = "",
    census_at: str = "day_end",
    try_zone: list[str] | None = None,
    currency: str = "",
    rate: str | None = None,
    sending: str | None = None,
    receiving: str | None = None,
    out: Path | None = None,
    json: bool = False,
) -> int:
    """The receiving state's claim against the register: what differs, why, and what explains it.

    Args:
        register: the register's file, with --agreement; or give --stays or --series.
        claim: the claim, CSV, Parquet or Arrow: person by person (person, facility, in, out, days,
            rate, amount, currency), by facility (facility, month, days, rate, amount, in_use,
            places), or day by day (facility, date, count, present).
        columns: its columns by role, `person=number,in=book_in`; without it, by their names.
        agreement: the agreement whose convention, zone and price hold.
        month: the period that the claim covers, YYYY-MM; or give --from and --to.
        from_: its first civil day.
        to: the day after its last.
        aliases: a file of what, claim, register, from, until.
        stays: a file of stays in the place of a register.
        series: a file of facility-days in the place of a register.
        register_columns: the columns by role of --stays or --series.
        convention: how days count, without an agreement; midnight where absent.
        zone: in which zone, without an agreement; UTC where absent.
        census_at: day_end or day_start: where the midnight that names a day lies.
        try_zone: another zone that the search tries.
        currency: of the claim, where neither it nor the agreement says.
        rate: the price of a person-day, where the agreement has none or several.
        sending: the sending state, where the agreement has several.
        receiving: the receiving state, where the agreement has several.
        out: write every line to this CSV, Parquet or Arrow file; rows set aside lie beside it.
        json: print one JSON document.
    """
    spared(out, register, claim, stays, series, aliases)
    deal = agree.library().agreement(agreement) if agreement else None
    asked = use.Asked(
        use.window(*_days(month, from_, to)), deal, convention, zone, census_at,
        zones=tuple(dict.fromkeys(["UTC", *(try_zone or [])])), currency=currency,
    )  # fmt: skip
    for name in asked.zones:
        use.known_zone(name)
    form, names = claim_file.mapped(columns, claim, ("series", "persons", "quantities"))
    if not use.currency(asked):
        asked = use.in_currency(asked, claim_file.stated_currency(claim, names))
    asked = use.priced(asked, _minor(rate, use.exponent(asked)))
    how = claim_file.How(
        use.zone_of(asked), use.exponent(asked), use.currency(asked), asked.window.after
    )

    def held(path: Path) -> Against:
        if agreement is None:
            raise SetupError(Fault("H901", "a register needs --agreement", "Name its agreement."))
        found = register_held(path, agreement, (sending, receiving))
        basis = {"register": path.name, **found.basis()}
        return Against(use.custody(found.held, asked), basis, not found.held.unreadable)

    against = _against(register, stays, series, register_columns, how, held)
    given = claim_alias_file.aliases(aliases) if aliases else []
    found = _compared(claim, (form, names), how, against.side, asked, given)
    basis = {
        **against.basis,
        **({"aliases": aliases.name, "aliases_count": len(given)} if aliases else {}),
    }
    return _give(found, basis, out, json=json, whole=against.whole)


def _compared(
    claim: Path,
    said: tuple[str, Mapping[str, str]],
    how: claim_file.How,
    side: claim_file.Side,
    asked: use.Asked,
    aliases: use.Aliases,
) -> use.Outcome:
    """The claim, in the form and by the columns that it has, against the register's side."""
    form, names = said
    if form == "persons":
        rows_, told = claim_file.persons(claim, names, how)
        return use.persons(rows_, told, use.persons_of(side), asked, aliases)
    if form == "series":
        cells, told = claim_file.series(claim, names)
        return use.of_facilities(cells, told, side, asked, aliases, "day")
    cells, told = claim_file.quantities(claim, names, how, asked.window.first)
    bucket: use.Bucket = "month" if "month" in names else "period"
    return use.of_facilities(cells, told, side, asked, aliases, bucket)


def _minor(rate: str | None, places: int) -> int | None:
    if not rate:
        return None
    try:
        return claim_file.money(places, claim_file.RATE)(rate.strip())
    except ValueError as error:
        raise SetupError(Fault("H903", f"--rate {error}", "Write it as 46.25.")) from error


def _against(
    register: Path | None,
    stays: Path | None,
    series: Path | None,
    columns: str | None,
    how: claim_file.How,
    held: Callable[[Path], Against],
) -> Against:
    given = [one for one in (register, stays, series) if one is not None]
    if len(given) != 1:
        what = "a claim is compared with one of: a register with --agreement, --stays, --series"
        raise SetupError(Fault("H901", what, "See --help of the command."))
    if register is not None:
        return held(register)
    form = "stays" if stays is not None else "series"
    _, names = claim_file.mapped(columns, given[0], (form,))
    side, told = (
        claim_file.stays(given[0], names, how)
        if form == "stays"
        else claim_file.series(given[0], names)
    )
    for one in told.aside[:10]:
        output.note(f"{told.file}: row {one.row}: {one.code} {one.reason} (set aside)")
    # The other state reads this: files are told by name and hash, not by where they lie.
    basis = {
        form: given[0].name,
        "sha256": told.hash,
        "rows": told.rows,
        "set_aside": len(told.aside),
    }
    return Against(side, basis, not told.aside)


def _give(
    found: use.Outcome, basis: Mapping[str, object], out: Path | None, *, json: bool, whole: bool
) -> int:
    if out is not None:
        count = tables.write(out, list(COLUMNS), rows(found))
        output.note(f"{count:,} lines: {out}")
        if found.claim.aside:
            beside = out.with_name(f"{out.stem}.quarantine.csv")
            aside = [
                {
                    "row": str(one.row),
                    "code": one.code,
                    "reason": one.reason,
                    "cells": " | ".join(one.cells),
                }
                for one in found.claim.aside
            ]
            csv_files.write(beside, ASIDE, aside)
            output.note(f"{len(found.claim.aside):,} rows set aside: {beside}")
    made = document(found, basis)
    if json:
        output.document(made)
    else:
        output.console().print(output.shown(page(made)), markup=False, soft_wrap=True, end="")
    if not found.claim.taken:
        what = "no row of the claim could be read"
        raise FeeError(Fault("H751", what, "See the reasons above.", found.claim.file))
    return output.DONE if found.matches and whole else output.DOES_NOT_HOLD
