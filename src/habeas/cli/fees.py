"""habeas fees: statement, note, read."""

import json as json_
from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

from habeas.adapters import text_files
from habeas.adapters.settlement_file import SETTLEMENTS, SettlementFile
from habeas.cli import clock, output
from habeas.cli.custody import stays_of, told
from habeas.cli.main import loaded
from habeas.cli.registers import held, status
from habeas.cli.views import DEFAULT_COLUMNS
from habeas.errors import DocketError, Fault, SetupError
from habeas.service import agree, between, bill, export, hold, note, prices, statements

MOST = 1_000_000_000  # persons, places or things done: more than there are
DIGITS = 18  # of a number in a list of an option


def statement(
    register: Path | None = None,
    /,
    *,
    agreement: str,
    month: str | None = None,
    from_: str | None = None,
    to: str | None = None,
    persons: int | None = None,
    places: int | None = None,
    round_trips: int = 0,
    units: str = "",
    spent: str = "",
    received: int = 0,
    received_before: int = 0,
    index: str = "",
    settle_in: str = "",
    as_of: str | None = None,
    stays: Path | None = None,
    columns: str = DEFAULT_COLUMNS,
    sending: str | None = None,
    receiving: str | None = None,
    json: bool = False,
) -> int:
    """What is owed for a period: from a register, a file of stays, or stated persons and places.

    Args:
        register: the register's file; without it, the quantities are those stated below.
        agreement: the agreement whose schedule holds.
        month: YYYY-MM; or give --from and --to.
        from_: first civil day of the period.
        to: the day after its last.
        persons: a constant number of persons held; nobody where it is absent.
        places: places put at disposal.
        round_trips: transports done.
        units: other things done, as name=number, separated by commas.
        spent: what was spent on items charged at cost, as item=minor units.
        received: persons received in the period.
        received_before: persons received under the agreement before it.
        index: steps of the agreement's index, as YYYY-MM-DD=factor, separated by commas.
        settle_in: a currency in which it is paid, at the reference rate of the period's last day.
        as_of: YYYY-MM-DD or an instant: nothing after it is counted, and a period that ends later
            is provisional. Where absent, all that is recorded counts, and now decides.
        stays: a CSV, Parquet or Arrow file of who was held, in civil days or instants.
        columns: which of its columns say facility, in and out, and person and stay if it has them.
        sending: the sending state, where the agreement has several.
        receiving: the receiving state, where the agreement has several.
        json: print one JSON document.
    """
    _said_once([register, stays, persons], received or received_before if register else 0)
    days = bill.period(*_days(month, from_, to))
    count = _count(persons or 0, "--persons")
    if places is None and register is None and stays is None:
        places = count
    trips = [("round trip", _count(round_trips, "--round-trips"))] if round_trips else []
    asked = bill.Asked(
        days,
        count,
        None if places is None else _count(places, "--places"),
        _once([*trips, *_numbers(units, "--units")], "--units"),
        _once(_numbers(spent, "--spent"), "--spent"),
        _count(received_before, "--received-before"),
        _count(received, "--received"),
        tuple(bill.step(clock.day(at, "--index"), by) for at, by in _pairs(index, "--index")),
        settle_in,
        (instant := clock.instant(as_of)[1]),
        instant if as_of is not None else None,
    )
    if register is not None:
        there = held(register, agreement, (sending, receiving))
        rests = _rests(register, there, asked)
        return _shown(bill.of_register(there, asked, agree.library()), rests, json=json)
    if stays is not None:
        return _shown(_of_stays(stays, columns, agreement, asked), None, json=json)
    return _shown(_of_stated(agreement, count, asked), None, json=json)


def _of_stated(agreement: str, persons: int, asked: bill.Asked) -> bill.Computed:
    deal = bill.asked_of(agree.library().agreement(agreement), asked)
    stated = {"persons": persons} | asked.told()
    return bill.Computed(deal, bill.from_quantities(deal, asked), {"stated": stated}, None)


def _rests(register: Path, there: hold.Register, asked: bill.Asked) -> dict[str, Any]:
    """How the entries on which it rests stand between this log and the one mirrored beside it."""
    edges = export.edges(there.deal, asked.period.first, asked.period.after)
    entries = between.indexes(there.held.received(), *edges)
    path = register.with_name(SETTLEMENTS)
    if not path.exists():
        return between.rests_on(None, entries)
    with closing(SettlementFile(path)) as ledger:
        return between.rests_on(ledger, entries)


def _shown(found: bill.Computed, rests: dict[str, Any] | None, *, json: bool) -> int:
    made, paid = found.made, bill.schedule(found.deal).settlement
    pair = (made.currency, paid.currency) if paid else ()
    rates = loaded("habeas.adapters.ecb:rates")(pair) if paid else None
    document = statements.document(made, found.deal, found.basis, rates, found.because)
    if json:
        output.document(document if rests is None else {**document, "between_logs": rests})
    else:
        output.console().print(statements.page(document), markup=False)
        output.lines([] if rests is None else between.page(rests))
    return status(found.basis)


def _of_stays(stays: Path, columns: str, agreement: str, asked: bill.Asked) -> bill.Computed:
    deal = bill.asked_of(agree.library().agreement(agreement), asked)
    rows, basis = stays_of(stays, columns)
    made, facts, because = bill.from_stays(deal, asked, rows)
    told(facts)
    return bill.Computed(deal, made, basis | {"stays": facts} | bill.stated(asked), because)


def _days(month: str | None, from_: str | None, to: str | None) -> tuple[date, date]:
    if month is not None and (from_ is not None or to is not None):
        what = "a statement is of --month, or of --from and --to"
        raise SetupError(Fault("H901", what, "Leave one of the two out."))
    if month is not None:
        return clock.month(month)
    if from_ is None or to is None:
        what = "a statement needs --month, or --from and --to"
        raise SetupError(Fault("H901", what, "See --help of the command."))
    return clock.day(from_, "--from"), clock.day(to, "--to")


def _pairs(text: str, option: str) -> Iterable[tuple[str, str]]:
    for part in text.split(",") if text else ():
        name, mark, value = part.rpartition("=")
        if not mark or not name:
            what = f"{option} '{part}' is no name=value"
            raise SetupError(Fault("H903", what, "Separate them by commas."))
        yield name.strip(), value.strip()


def _said_once(held_by: Iterable[object], received: int) -> None:
    """Refuse two sources of who was held: one of them would be left out in silence."""
    if sum(one is not None for one in held_by) > 1:
        what = "who was held is said twice"
        raise SetupError(Fault("H901", what, "Give a register, or --stays, or --persons."))
    if received:
        what = "the register says how many persons were received"
        raise SetupError(Fault("H901", what, "Leave --received out."))


def _count(value: int, option: str) -> int:
    """A number of persons, places or things: not negative, and no larger than days can hold."""
    if not 0 <= value <= MOST:
        what = f"{option} '{value}' is no such number"
        raise SetupError(Fault("H903", what, f"Write 0 to {MOST}."))
    return value


def _once(pairs: Iterable[tuple[str, int]], option: str) -> dict[str, int]:
    found = dict[str, int]()
    for name, value in pairs:
        if name in found:
            raise SetupError(Fault("H903", f"{option} says '{name}' twice", "Say it once."))
        found[name] = value
    return found


def _numbers(text: str, option: str) -> Iterable[tuple[str, int]]:
    for name, value in _pairs(text, option):
        if not value.isascii() or not value.isdigit() or len(value) > DIGITS:
            what = f"{option} '{name}={value}' is no whole number"
            raise SetupError(Fault("H903", what, f"Write digits alone, at most {DIGITS}."))
        yield name, int(value)


def note_(closed: Path, now: Path, /, *, json: bool = False) -> int:
    """What a later statement of a closed period changes: a note of credit or debit, line by line.

    Args:
        closed: the statement that was sent, as --json printed it.
        now: the statement of the same period computed from what is known now.
        json: print one JSON document.
    """
    made = note.note(_read(closed), _read(now))
    if json:
        output.document(made)
        return output.DOES_NOT_HOLD if made["lines"] else output.DONE
    rows = [
        [
            line["from"], line["kind"], line["quantity_was"], line["quantity"],
            _minor(line["amount_was_minor"]), _minor(line["amount_is_minor"]),
        ]
        for line in made["lines"]
    ]  # fmt: skip
    columns = ("from", "line", "was", "is", "minor was", "minor is")
    kind = "no change" if made["kind"] == "none" else made["kind"].replace("_", " ")
    title = f"{kind.upper()} under {made['agreement']}: {made['amount']}"
    output.console().print(output.table(title, columns, rows, right=columns[2:]))
    output.note(f"refers to {made['refers_to']}")
    return output.DOES_NOT_HOLD if made["lines"] else output.DONE


def _minor(amount: int | None) -> str:
    return "not priced" if amount is None else f"{amount:,}"


def _read(path: Path) -> Mapping[str, Any]:  # Any: what someone saved
    try:
        found = json_.loads(text_files.text(path))
    except (ValueError, RecursionError) as error:
        raise SetupError(
            Fault("H902", f"'{path}' is no JSON", "Give what --json printed.")
        ) from error
    return found if isinstance(found, dict) else {}


def read(
    file: Path,
    /,
    *,
    facility: str = "facility",
    text: str = "price",
    overlaps: str = "refuse",
    json: bool = False,
) -> int:
    """Read the price texts of a list of facilities as schedules; say which cannot be read.

    Args:
        file: a CSV file with a row a facility.
        facility: the column that names it.
        text: the column with its price text.
        overlaps: 'refuse' bands that overlap, or begin each 'after' the one before it.
        json: print one JSON document.
    """
    names, rows = text_files.rows(file)
    missing = [name for name in (facility, text) if name not in names]
    if missing:
        what = f"'{file}' has no column {', '.join(missing)}"
        raise SetupError(Fault("H901", what, "Name them with --facility and --text."))
    if not rows:
        raise DocketError(Fault("H410", "the file holds no rows", "Give at least one.", str(file)))
    found = prices.read([(n, row[facility], row[text]) for n, row in rows], overlaps)
    if json:
        output.document(found)
    else:
        counts = [[kind, f"{n:,}"] for kind, n in found["counts"].items()]
        title = f"{found['rows']:,} price texts"
        output.console().print(
            output.table(title, ("form", "facilities"), counts, right=("facilities",))
        )
    for fault in found["refused"]:
        output.note(f"{file}:{fault['line']}: {fault['code']} {fault['what']}. {fault['fix']}")
    return output.DOES_NOT_HOLD if found["refused"] else output.DONE
