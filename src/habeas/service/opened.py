"""What a reader is shown of some rows of a log, as the table of disclosure has it for the role.

Who may read, and that it is recorded first, is the gateway's business.
"""

import base64
from collections.abc import Callable, Mapping, Sequence

from habeas.errors import Fault, RegisterError
from habeas.register import quick
from habeas.register.content import is_pad
from habeas.register.events import Record, Row
from habeas.register.keys import Trust
from habeas.register.log import Log
from habeas.register.sealed import Section
from habeas.service import asking, disclose, record
from habeas.service.asking import Found
from habeas.service.disclose import May

ANSWERED = 1024 * 1024  # bytes of bodies in one answer; what follows is asked for anew


class Opened:
    """Opens rows for readers."""

    def __init__(self, log: Log, trust: Trust, settlement: Callable[[Row], Found | None]) -> None:
        self._log, self._trust, self._settlement = log, trust, settlement

    def found(self, what: asking.What, rows: Sequence[Row], may: May) -> Found | None:
        """The answer out of some rows; None where the reader is told nothing of them."""
        if isinstance(what, asking.OneSection):
            return self._section(rows, what.name) if what.name in may.sections else None
        if not may.header:
            return None
        match what:
            case asking.Head(subject):
                head = self._log.head(subject)
                return head and {"seq": head[0], "entry": head[1]}
            case asking.Latest():
                shown = [self._shown(row, may) for row in rows]
                return {"records": shown, "size": self._log.size}
            case asking.OneReceipt() | asking.OneSettlement():  # each holds the whole event
                whole = may.body or not _of_persons(rows)
                return self._proven(what, rows) if whole else None
            case asking.OneEvent() | asking.OnePerson():
                return self._events(rows, may)

    def _shown(self, row: Row, may: May) -> Found:
        found = record.shown_row(row, self._log.vault)
        if may.body or row.subject is None or "event" not in found:
            return found
        opened = self._log.vault.open(row)
        return found | {"event": opened and _header(opened)}

    def _events(self, rows: Sequence[Row], may: May) -> Found | None:
        shown, size = list[dict[str, object]](), 0
        for row in rows:
            if size > ANSWERED:
                return {"events": shown, "next": row.index}
            found = self._log.vault.open(row)
            if found is not None:
                whole = may.body or row.subject is None
                shown.append(_told(found) if whole else _headed(found))
                size += len(found.body)
        return {"events": shown} if shown else None

    def _proven(
        self, what: asking.OneReceipt | asking.OneSettlement, rows: Sequence[Row]
    ) -> Found | None:
        if not rows or is_pad(rows[0]) or self._log.vault.open(rows[0]) is None:
            return None
        if isinstance(what, asking.OneSettlement):
            return self._settlement(rows[0])
        log = self._log
        found = record.receipt_of(log.store, log.vault, rows[0].index, self._trust, log.tree)
        return {"receipt": record.receipt_text(found)}

    def _section(self, rows: Sequence[Row], name: str) -> Found | None:
        for row in rows:
            for sealed in self._log.store.sections(row.index):
                found = (
                    self._log.vault.section(row.event_id, sealed) if sealed.name == name else None
                )
                event = self._log.vault.open(row)
                if found is not None and event is not None:
                    _named(found, event)
                    return {"name": name, "salt": found.salt, "data": found.data}
        return None


def _told(found: Record) -> dict[str, object]:
    entry = base64.b64encode(found.entry).decode()
    return {"index": found.index, "entry": entry, "body": found.body.decode()}


def _headed(found: Record) -> dict[str, object]:
    entry = base64.b64encode(found.entry).decode()
    return {"index": found.index, "entry": entry, "header": _header(found)}


def _header(found: Record) -> Mapping[str, object]:
    return disclose.header(quick.event(found.body, found.index))


def _of_persons(rows: Sequence[Row]) -> bool:
    return any(row.subject is not None for row in rows)


def _named(section: Section, record: Record) -> None:
    """Refuse a section that is not the one its event names: a store may hold any."""
    digest = base64.b64encode(section.digest).decode()
    if (section.name, digest) not in quick.event(record.body).sections:
        what = "the section is not the one that its event names"
        raise RegisterError(Fault("H591", what, "Verify the register, and restore it."))
