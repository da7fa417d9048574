"""On which state of settlement something rests: a statement of fees, an entry of a person's page.

Rules
- Fees are payable on settled events only. A statement is computed from all that is recorded, and
  says of which of its events both logs do not hold the proof yet.
- What no ledger knows is not settled: it was not shared, or nothing is mirrored here.

Source: docs/spec/feed.md.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from habeas.custody.intervals import Interval
from habeas.register.settlement import Change, SettlementLedger
from habeas.terms import Settlement

PAYABLE = "Fees are payable on settled events only."
SHOWN = 20  # events on a printed page
S = Settlement
FIRST = (S.OVERDUE, S.DISPUTED, S.LOGGED, S.PUBLISHED, S.MIRRORED, S.NOT_APPLICABLE)


def indexes(found: Iterable[Interval], start: datetime, end: datetime) -> set[int]:
    """The register entries on which the custody in [start, end) rests: those at both its ends."""
    there = [one for one in found if one.start < end and (one.end is None or one.end > start)]
    return {at for one in there for at in (one.event_in, one.event_out) if at >= 0}


def rests_on(ledger: SettlementLedger | None, entries: Collection[int]) -> dict[str, Any]:
    """How many of some register entries are settled between both logs, and which are not.

    Args:
        ledger: the installation's; None where it mirrors no other log.
        entries: their indexes.
    """
    known = ledger.at(entries) if ledger is not None else {}
    left = [_left(at, known.get(at)) for at in entries]
    told = sorted((one for one in left if one is not None), key=_first)
    return {
        "events": len(entries),
        "settled": len(entries) - len(told),
        "mirrored": ledger is not None,
        "not_settled": told,
    }


def _left(index: int, change: Change | None) -> dict[str, object] | None:
    """An entry that is not settled; None where it is."""
    if change is None:
        return {"index": index, "state": S.NOT_APPLICABLE.value}
    if change.state is S.SETTLED:
        return None
    times = {"since": change.since.isoformat(), "due": change.due.isoformat()}
    return {"index": index, "event": change.event_id, "state": change.state.value, **times}


def _first(one: Mapping[str, object]) -> tuple[int, object]:
    return FIRST.index(Settlement(str(one["state"]))), one["index"]


def page(found: Mapping[str, Any]) -> list[str]:
    """The same in plain sentences."""
    events, left = found["events"], found["not_settled"]
    if not left:
        return [f"Between both logs: all {events:,} register entries of it are settled."]
    if not found["mirrored"]:
        return [f"Between both logs: not known; this register mirrors no other log. {PAYABLE}"]
    said = f"Between both logs: {len(left):,} of {events:,} register entries of it are NOT settled."
    return [f"{said} {PAYABLE}", *_listed(left)]


def _listed(left: Sequence[Mapping[str, Any]]) -> list[str]:
    shown = [f"  entry {one['index']}: {one['state']}{_due(one)}" for one in left[:SHOWN]]
    more = len(left) - len(shown)
    return [*shown, f"  and {more:,} more: --json has them all"] if more else shown


def _due(one: Mapping[str, Any]) -> str:
    return f", due {one['due']}" if "due" in one else ""
