"""The moves of disputes as lines of JSON that chain by hash: who, when, why, from, to.

Each line holds the SHA-256 of the line before it, so that no line can be altered, left out or put
in between; the hash of the last line is the head. Lines cut from the end leave a chain that holds:
who has seen a head asks for it.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Annotated

import msgspec
from msgspec import Meta as Bound

from habeas.claims.dispute import LONGEST, Move, State, Subject
from habeas.errors import Fault, FeeError
from habeas.terms import Side

FORMAT = "habeas-disputes/1"
ROOT = sha256(FORMAT.encode()).hexdigest()
Said = Annotated[str, Bound(max_length=LONGEST)]
Minor = Annotated[int, Bound(ge=-(10**15), le=10**15)]


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of the file."""

    at: datetime
    by: Side
    line: Annotated[str, Bound(min_length=1, max_length=64)]
    officer: Said
    prev: str
    to: State
    why: Said
    before: State | None = None
    days: Minor | None = None
    claimed_minor: Minor | None = None
    register_minor: Minor | None = None
    cause: Said = ""
    detail: Said = ""


@dataclass(frozen=True, slots=True)
class Log:
    """What a file of disputes holds."""

    moves: tuple[Move, ...]
    heads: tuple[str, ...]  # hash of each line

    @property
    def head(self) -> str:
        """Hash of the last line; of the empty file where there is none."""
        return self.heads[-1] if self.heads else ROOT


def _fault(what: str, number: int, fix: str = "Compare it with the other side's copy.") -> FeeError:
    return FeeError(Fault("H757", what, fix, line=number))


def line(move: Move, head: str) -> bytes:
    """A move as the line that follows a head, with its end of line."""
    subject = move.subject
    entry = {
        "at": move.at.isoformat(),
        "by": move.by.value,
        "line": move.line,
        "officer": move.officer,
        "prev": head,
        "to": move.to.value,
        "why": move.why,
        **({} if move.before is None else {"before": move.before.value}),
        **(
            {}
            if subject is None
            else {
                "days": subject.days,
                "claimed_minor": subject.claimed_minor,
                "register_minor": subject.register_minor,
                "cause": subject.cause,
                "detail": subject.detail,
            }
        ),
    }
    text = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode() + b"\n"


def lines(moves: Iterable[Move], head: str) -> bytes:
    """Moves as the lines that follow a head.

    Raises:
        FeeError: H751, for a move that whoever reads the file would refuse.
    """
    found = []
    for move in moves:
        try:
            found.append(line(move, head))
            msgspec.json.decode(found[-1], type=Entry)
        except (msgspec.MsgspecError, UnicodeEncodeError) as error:
            what = f"line '{move.line[:40]}' cannot be kept: {str(error)[:120]}"
            fix = "Shorten it, or give the file that `fees reconcile --out` wrote."
            raise FeeError(Fault("H751", what, fix)) from error
        head = sha256(found[-1]).hexdigest()
    return b"".join(found)


def read(data: bytes) -> Log:
    """The moves of a file.

    Raises:
        FeeError: H757 with the line at which the chain, or the form, breaks.
    """
    if data and not data.endswith(b"\n"):
        number = data.count(b"\n") + 1
        raise _fault("the last line is cut short", number, "Restore the whole file.")
    moves, heads, head = list[Move](), list[str](), ROOT
    for number, raw in enumerate(data.splitlines(keepends=True), 1):
        try:
            entry = msgspec.json.decode(raw, type=Entry)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise _fault(f"the line is no move: {str(error)[:120]}", number) from error
        move = _move(entry, number)
        if entry.prev != head:
            raise _fault("the line does not follow the one before it", number)
        if line(move, head) != raw:
            raise _fault("the line is not in its one spelling", number)
        head = sha256(raw).hexdigest()
        moves.append(move)
        heads.append(head)
    return Log(tuple(moves), tuple(heads))


def _move(entry: Entry, number: int) -> Move:
    if entry.at.tzinfo is None:
        raise _fault("the instant has no offset", number)
    subject = (
        None
        if entry.days is None
        else Subject(
            entry.days, entry.claimed_minor, entry.register_minor, entry.cause, entry.detail
        )
    )
    return Move(
        entry.line, entry.before, entry.to, entry.by, entry.officer, entry.at, entry.why, subject
    )
