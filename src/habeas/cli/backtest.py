"""habeas backtest."""

from pathlib import Path

from habeas.adapters import register_files
from habeas.cli import clock, output, registers
from habeas.cli.spared import spared
from habeas.cli.views import give
from habeas.errors import Fault, SetupError
from habeas.service import NOT_REVIEWED, agree, backtest

MOST = 100_000  # draws
LATEST_SEED = 2**32 - 1


def back_test(
    register: Path,
    /,
    *,
    agreement: str,
    from_: str,
    until: str | None = None,
    size: int | None = None,
    past: int = 365,
    draws: int = 500,
    seed: int = 1,
    sending: str | None = None,
    receiving: str | None = None,
    out: Path | None = None,
    json: bool = False,
) -> int:
    """Project from a past day by what was known then, and hold it against what followed.

    Args:
        register: the register's file.
        agreement: whose custody is projected: the receiving state's, in the agreement's zone.
        from_: the first day that is projected, YYYY-MM-DD.
        until: the day after the last; where absent, as far as the register speaks.
        size: how many leaves were known on the first day; where absent, those recorded by then.
        past: days before the first in which arrivals are counted.
        draws: how many.
        seed: of the draws.
        sending: the sending state, where the agreement has several.
        receiving: the receiving state, where the agreement has several.
        out: write the points to this CSV, Parquet or Arrow file.
        json: print one JSON document.
    """
    if not (1 <= draws <= MOST and 0 <= seed <= LATEST_SEED and past >= 1):
        what = f"draws are 1 to {MOST:,}, the seed 0 to {LATEST_SEED:,}, past days 1 or more"
        raise SetupError(Fault("H901", what, "Give such numbers."))
    spared(out, register)
    states, zone = (sending, receiving), agree.library().agreement(agreement).calendar.zone
    first = clock.day(from_, "--from")
    with register_files.opened(register) as files:
        if size is None:
            size = backtest.size_at(files.store, backtest.begin(first, zone))
        after = backtest.last_day(files.store, zone)
    asked = backtest.Asked(
        first, after if until is None else clock.day(until, "--until"), draws, seed, past
    )
    backtest.within(asked, after)
    whole = registers.held(register, agreement, states)
    then = registers.read(register, agreement, states, size)
    found = backtest.back_test(then, whole, asked)
    rows = backtest.points(found)
    if json or out is not None:
        basis = backtest.document(found, whole.basis())
        return give(rows, "", out, json=json, basis=basis)
    _shown(found, rows)
    return registers.status(whole.basis())


def _shown(found: backtest.BackTest, rows: list[dict[str, str]]) -> None:
    console, at = output.console(), found.measured
    numbers = [
        [
            one.what,
            f"{one.value:.4g}",
            f"{one.low:.4g}",
            f"{one.high:.4g}",
            one.unit,
            f"{one.seen:,}",
        ]
        for one in at.values()
    ]
    log = f" of {at.basis.log}" if at.basis.log else ""
    console.print(
        output.table(
            f"Measured as of {at.basis.as_of}, {at.basis.tree_size:,} leaves{log}",
            ("what", "value", "low", "high", "unit", "seen"),
            numbers,
            right=("value", "low", "high", "seen"),
        )
    )
    if at.law is not None:
        told = at.law.row()
        console.print(
            f"Stays: {told['ended']:,} of {told['received']:,} had ended; a quarter within"
            f" {_days(told['p25'])}, half within {_days(told['p50'])}; seen for"
            f" {told['reach_days']:,} days."
        )
    title = f"Held at the end of a day: {backtest.WORDS} ({found.asked.draws:,})"
    columns = tuple(rows[0])
    cells = [list(row.values()) for row in rows]
    console.print(output.table(title, columns, cells, right=columns[1:-2]))
    console.print(
        output.table("Against what followed", ("", "projection", "no change"), _scores(found))
    )
    for sentence in (*found.score.said(), *backtest.notes(found), NOT_REVIEWED):
        console.print(sentence, markup=False)


def _days(days: int | None) -> str:
    return "a time nobody has seen" if days is None else f"{days:,} days"


def _scores(found: backtest.BackTest) -> list[list[str]]:
    one = found.score
    return [
        ["within half of the draws", f"{one.in_half} of {one.points}", ""],
        ["within nine in ten draws", f"{one.in_nine} of {one.points}", ""],
        ["median error", backtest.percent(one.error), backtest.percent(one.unchanged_error)],
        ["pinball loss, persons", f"{one.pinball:.2f}", f"{one.unchanged_pinball:.2f}"],
    ]
