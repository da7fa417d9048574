"""Visits out of a register: made, blocked, what was found, and how the follow-up stands.

Everything is what its signers said. Whether somebody whom a visitor names as drawn was in the
published sample is drawn again from the register; that it was not is a finding, never a refusal.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from habeas.errors import HabeasError
from habeas.law.agreement import Agreement, Authority
from habeas.register.events import Event, Json
from habeas.service import NOT_REVIEWED, hold
from habeas.service.duties import Standing
from habeas.service.hold import Held, Read, Sample
from habeas.terms import DutyState, EventKind, Role
from habeas.transfer.state import Period

K = EventKind
KINDS = {K.VISIT_MADE: "made", K.VISIT_BLOCKED: "blocked", K.FINDING_MADE: "finding"}
ROWS = [
    "what", "at", "register_number", "facility", "signed_by", "visitor", "seen", "sample", "says",
    "recommendation", "addressed_to", "state", "due", "answered", "visit", "event", "index",
]  # fmt: skip
VISITORS = frozenset({Role.MONITOR.value, Role.COUNSEL.value})
SAMPLED = ("seed", "size", "drawn")
IN, OUT, NOT_DRAWN = "in the sample", "not in the sample", "cannot be drawn again"
Rolls = Callable[[int], Held]  # everybody's intervals as the register had them at a size
Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Visits:
    """The visits of a register as known at an instant."""

    read: Read
    rows: tuple[Row, ...]  # in register order
    bodies: tuple[Row, ...]  # who may visit under the agreement
    at: datetime  # UTC

    def wrong(self) -> bool:
        """Whether a reply is overdue, or somebody was not in the sample that a visitor names."""
        return any(
            one["state"] == DutyState.OVERDUE or one["sample"] in (OUT, NOT_DRAWN)
            for one in self.rows
        )


def found(stands: Standing, read: Read, rolls: Rolls) -> Visits:
    """Every visit, blocked visit and finding until an instant.

    Args:
        stands: the duties of the register at the instant, for the follow-up.
        read: the register's agreement, intervals and events.
        rolls: everybody's intervals at an earlier size of the same register.
    """
    at, follow = stands.at, {one.opened.event: one for one in stands.owed}
    rows = list[Row]()
    for event in read.events:
        if event.kind not in KINDS or event.occurred_at > at:
            continue
        row = _row(event, _sample(event, rolls))
        owed = follow.get(event.id) if event.kind == K.FINDING_MADE else None
        if owed is not None:
            answer = owed.answer if owed.answer and owed.answer.at <= at else None
            row |= {
                "state": owed.state(at).value,
                "due": owed.due.isoformat() if owed.due else "",
                "answered": answer.at.isoformat() if answer else "",
            }
        rows.append(row)
    deal, mandates = read.found.deal, read.terms.mandates
    return Visits(read, tuple(rows), tuple(bodies(deal, mandates.get, at)), at)


def bodies(deal: Agreement, mandate: Callable[[str], Period | None], at: datetime) -> Iterable[Row]:
    """The visiting bodies that an agreement names, and whether their mandate is in force."""
    for one in deal.authorities:
        if Role.MONITOR in one.roles:
            start, end = mandate(one.id) or (None, None)
            begun = start is None or start <= at
            there = "in force" if begun and (end is None or at < end) else "not in force"
            yield {
                "id": one.id, "state": one.state, "name": one.name.en, "mandate": there,
                **_dates(one),
            }  # fmt: skip


def _dates(one: Authority) -> Row:
    return {
        "from": one.from_.isoformat() if one.from_ else "",
        "until": one.until.isoformat() if one.until else "",
    }


def _row(event: Event, sample: str) -> Row:
    body, seen = event.body, event.body.get("seen")
    says = body.get("finding" if event.kind == K.FINDING_MADE else "reason")
    return dict.fromkeys(ROWS, "") | {
        "what": KINDS[K(event.kind)],
        "at": event.occurred_at.isoformat(),
        "register_number": event.subject or "",
        "facility": event.facility or _said(body.get("facility")),
        "signed_by": ", ".join(f"{one.authority}/{one.role}" for one in event.actors),
        "visitor": "yes" if {one.role for one in event.actors} <= VISITORS else "no",
        "seen": {True: "yes", False: "no"}.get(seen, "") if isinstance(seen, bool) else "",
        "sample": sample,
        "says": _said(says) or _said(body.get("document")),
        "recommendation": _said(body.get("recommendation")),
        "addressed_to": _said(body.get("addressed_to")),
        "visit": _said(body.get("visit")),
        "event": event.id,
        "index": str(event.index),
    }


def _said(value: Json) -> str:
    return value if isinstance(value, str) else ""


def _count(value: Json) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _sample(event: Event, rolls: Rolls) -> str:
    """Whether the person was in the sample that the visitor names; empty where none is named."""
    body = event.body
    if event.kind != K.VISIT_MADE or not any(one in body for one in SAMPLED):
        return ""
    seed, size, drawn = _said(body.get("seed")), _count(body.get("size")), _count(body.get("drawn"))
    if not (seed and size and drawn) or size > event.index:
        return NOT_DRAWN  # a roll that was fixed after the visit could be drawn to fit it
    asked = Sample(event.occurred_at, None, _said(body.get("drawn_from")) or None, seed, drawn)
    try:
        rows = hold.sample_rows(rolls(size), asked)
    except HabeasError:
        return NOT_DRAWN
    return IN if event.subject in {one["register_number"] for one in rows} else OUT


def document(told: Visits, listed: Sequence[Row]) -> dict[str, object]:
    """All of it for machines."""
    return {
        **told.read.found.basis(),
        "as_of": told.at.isoformat(),
        "bodies": list(told.bodies),
        "counts": dict(sorted(Counter(one["what"] for one in listed).items())),
        "follow_up": dict(sorted(Counter(one["state"] for one in listed if one["state"]).items())),
        "rows": list(listed),
        "review": NOT_REVIEWED,
    }
