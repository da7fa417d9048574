"""What a named officer decides on a proposal of cells: acts of custody that name it.

Each act carries the proposal's hash, its numbers and the reason of the move; where the officer
decides otherwise, the officer's own reason too: without one the register refuses the act (H893).
Somebody who stays against the proposal is placed once more where they are, so that this is on the
register as well.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from habeas.errors import DocketError, Fault, SetupError
from habeas.register.events import Json
from habeas.service import transfer
from habeas.service.place import digest
from habeas.terms import EventKind

NUMBERS = ("moves", "bound", "gap")
CHANCE = 10  # bytes of an id


@dataclass(frozen=True, slots=True)
class Decision:
    """What is decided of one person."""

    id: str  # of the act: the same decision of the same proposal is the same act
    kind: EventKind
    subject: str
    body: Mapping[str, Json]

    @property
    def cell(self) -> str:
        """Where the person is to be."""
        return str(self.body["cell"])


def read(text: str, name: str) -> dict[str, Any]:  # Any: a document
    """A proposal out of its file.

    Raises:
        DocketError: H894, for a text that is none, or that was changed since.
    """
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    fix = "Give the file that 'habeas space place --json' printed, as it was."
    if not isinstance(found, dict) or not isinstance(found.get("rows"), list):
        raise DocketError(Fault("H894", "the file holds no proposal of cells", fix, name))
    if _digest(found) != found.get("proposal"):
        raise DocketError(Fault("H894", "the proposal is not the one of its hash", fix, name))
    return found


def _digest(found: dict[str, Any]) -> str:
    try:
        return digest(found)
    except (TypeError, ValueError):
        return ""


def decisions(
    proposal: Mapping[str, Any],
    others: Mapping[str, str],
    reason: str,
    subjects: Sequence[str] = (),
) -> list[Decision]:
    """The acts by which an officer decides on the moves of a proposal.

    Args:
        proposal: as it was read.
        others: persons for whom the officer decides otherwise, with the cell.
        reason: why; needed where anything is decided otherwise.
        subjects: decide on these alone; empty: on everybody whom the proposal moves or places.

    Raises:
        SetupError: H903, for somebody whom the proposal does not move or place.
        DocketError: H893, without a reason where one is needed.
    """
    rows = {row["register_number"]: row for row in proposal["rows"] if row["act"] != "receive"}
    chosen = list(subjects) or list(rows)
    if odd := [one for one in (*chosen, *others) if one not in rows]:
        what = f"the proposal moves or places nobody '{odd[0][:40]}'"
        raise SetupError(Fault("H903", what, "Name register numbers of its rows."))
    if others and not reason.strip():
        what = "something is decided otherwise than proposed, and no reason is given"
        raise DocketError(Fault("H893", what, "Say why with --reason."))
    return list(_decided(proposal, [rows[one] for one in chosen], others, reason.strip()))


def _decided(
    proposal: Mapping[str, Any],
    rows: Sequence[Mapping[str, str]],
    others: Mapping[str, str],
    reason: str,
) -> Iterator[Decision]:
    made = datetime.fromisoformat(proposal["as_of"]).astimezone(UTC)
    numbers = {name: proposal[name] for name in (*NUMBERS, "proof")}
    for row in rows:
        subject, proposed = row["register_number"], row["to"]
        cell = others.get(subject, proposed)
        placement: dict[str, Json] = {
            "proposal": proposal["proposal"],
            "proposed": proposed,
            "why": row["why"],
            **numbers,
        }
        if cell != proposed:
            placement["reason"] = reason
        kind = EventKind.PLACED if cell == row["from"] or not row["from"] else EventKind.MOVED
        chance = sha256(f"{proposal['proposal']}\n{subject}".encode()).digest()[:CHANCE]
        yield Decision(
            transfer.ulid(made, chance), kind, subject, {"cell": cell, "placement": placement}
        )
