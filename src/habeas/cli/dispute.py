"""habeas fees dispute open, answer, list."""

from pathlib import Path
from typing import Any

from habeas.adapters import dispute_file
from habeas.adapters.importers import text_columns
from habeas.cli import clock, output
from habeas.errors import Fault, FeeError
from habeas.service import disputes as use

SHOWN = 40


def open_(
    disputes: Path, /, *, lines: Path, by: str, officer: str, why: str, as_of: str | None = None
) -> int:
    """Open every line that a reconciliation wrote.

    Args:
        disputes: the file of disputes; made where it is not there.
        lines: the file that `fees reconcile --out` wrote.
        by: the state that opens them, sending or receiving.
        officer: who does it.
        why: for what claim and period.
        as_of: when, YYYY-MM-DD or an instant with offset; now where absent.
    """
    read = text_columns.read(lines, list(use.NEEDED)) if _is_ours(lines) else None
    if read is None or read.ragged:
        fix = "Give the file that `fees reconcile --out` wrote."
        raise FeeError(
            Fault("H752", "the file holds no lines of a reconciliation", fix, str(lines))
        )
    rows = [dict(zip(use.NEEDED, read.cells(place), strict=True)) for place in range(read.rows)]
    moves = use.openings(rows, use.by_side(by), officer, clock.instant(as_of)[1], why)
    dispute_file.append(disputes, lambda data: use.opened(data, moves))
    output.note(f"{len(moves):,} lines opened: {disputes}")
    return output.DONE


def _is_ours(lines: Path) -> bool:
    return set(use.NEEDED) <= set(text_columns.read(lines, None).names)


def answer(
    disputes: Path,
    /,
    *line: str,
    to: str,
    by: str,
    officer: str,
    why: str,
    as_of: str | None = None,
) -> int:
    """Answer lines: dispute, concede, withdraw, explain or settle them, all or none.

    Args:
        disputes: the file of disputes.
        line: the lines, as they are listed.
        to: disputed, conceded, withdrawn, explained or settled.
        by: the state that speaks, sending or receiving.
        officer: who does it.
        why: on what ground.
        as_of: when, YYYY-MM-DD or an instant with offset; now where absent.
    """
    if not line:
        raise FeeError(Fault("H759", "no line is named", "Name one or more, such as L000012."))
    dispute_file.read(disputes)
    said = use.by_side(by), officer, clock.instant(as_of)[1], why
    state = use.state(to)
    dispute_file.append(disputes, lambda data: use.answered(data, line, state, said))
    output.note(f"{len(line):,} lines are now {to}: {disputes}")
    return output.DONE


def listing(
    disputes: Path, /, *, state: str | None = None, seen: str | None = None, json: bool = False
) -> int:
    """List how every line stands; verify that each line of the file follows the one before.

    Args:
        disputes: the file of disputes.
        state: only the lines in this state.
        seen: the head that you keep; the file must hold it.
        json: print one JSON document.
    """
    found: dict[str, Any] = use.document(dispute_file.read(disputes), seen)
    if state is not None:
        use.state(state)
        found["lines"] = [one for one in found["lines"] if one["state"] == state]
    if json:
        output.document(found)
        return output.DONE
    rows = [
        [str(one[key])[:60] for key in ("line", "state", "days", "cause", "by", "day", "why")]
        for one in found["lines"][:SHOWN]
    ]
    title = ", ".join(f"{count:,} {name}" for name, count in found["states"].items() if count)
    names = ("line", "state", "days", "cause", "last by", "on", "why")
    output.console().print(output.table(title, names, rows, right=("days",)))
    payable, waiting = found["payable_minor"], found["waiting"]
    more = len(found["lines"]) - SHOWN
    rest = [f"{more:,} more lines: see --json"] if more > 0 else []
    output.lines(
        [
            *rest,
            f"May be paid: {payable:,} minor units. Lines that wait: {waiting:,}.",
            f"Head {found['head']} after {found['moves']:,} moves: keep it.",
        ]
    )
    return output.DONE
