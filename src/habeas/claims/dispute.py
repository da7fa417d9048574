"""The states of a reconciliation's lines, who may move what, and the fold over what was said.

A state is never written: it is what the moves so far come to. Either side may dispute a line; the
side that disputes may withdraw, the other may concede; who yields accepts the other's figure. What
is not disputed may be paid, the rest waits.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum, unique
from typing import Literal

from habeas.errors import DisputeRefused, Fault
from habeas.terms import Side


@unique
class State(StrEnum):
    """Where one line of a reconciliation stands between the two states."""

    MATCHED = "matched"
    EXPLAINED = "explained"
    UNEXPLAINED = "unexplained"
    DISPUTED = "disputed"
    CONCEDED = "conceded"
    WITHDRAWN = "withdrawn"
    SETTLED = "settled"


Pair = tuple[str, str]  # what, fix; or the same in English and in Spanish
Who = Literal["either", "disputer", "other", "payer"]
LONGEST = 2000  # characters of who and why
OPENING = frozenset({State.MATCHED, State.EXPLAINED, State.UNEXPLAINED})
TABLE: Mapping[tuple[State, State], Who] = {
    (State.MATCHED, State.DISPUTED): "either",
    (State.EXPLAINED, State.DISPUTED): "either",
    (State.UNEXPLAINED, State.DISPUTED): "either",
    (State.UNEXPLAINED, State.EXPLAINED): "either",
    (State.EXPLAINED, State.CONCEDED): "either",
    (State.UNEXPLAINED, State.CONCEDED): "either",
    (State.DISPUTED, State.CONCEDED): "other",
    (State.DISPUTED, State.WITHDRAWN): "disputer",
    (State.MATCHED, State.SETTLED): "payer",
    (State.CONCEDED, State.SETTLED): "payer",
    (State.WITHDRAWN, State.SETTLED): "payer",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What a line is about; fixed when it is opened."""

    days: int  # claimed less register
    claimed_minor: int | None  # None: no one price of a person-day is known
    register_minor: int | None
    cause: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """One thing that a side says about a line; an opening has a subject and no `before`."""

    line: str
    before: State | None
    to: State
    by: Side
    officer: str
    at: datetime  # UTC
    why: str
    subject: Subject | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A line as its moves so far have it."""

    line: str
    state: State
    subject: Subject
    last: Move
    disputer: Side | None = None
    yielded: Side | None = None  # the side that accepts the other's figure

    def payable_minor(self) -> int | None:
        """What may be paid on it now; None: it waits, is paid, or has no price."""
        if self.state is State.MATCHED or self.yielded is Side.RECEIVING:
            figure = self.subject.register_minor
        elif self.yielded is Side.SENDING:
            figure = self.subject.claimed_minor
        else:
            return None
        return None if self.state is State.SETTLED else figure


SPANISH: Mapping[StrEnum, str] = {
    State.MATCHED: "coincidente",
    State.EXPLAINED: "explicada",
    State.UNEXPLAINED: "no explicada",
    State.DISPUTED: "impugnada",
    State.CONCEDED: "admitida",
    State.WITHDRAWN: "retirada",
    State.SETTLED: "saldada",
    Side.SENDING: "remitente",
    Side.RECEIVING: "receptor",
}
WHOSE: Mapping[Who, Pair] = {
    "disputer": ("the side that disputes", "la parte que impugna"),
    "other": ("the other side", "la otra parte"),
    "either": ("either side", "cualquiera de las partes"),
    "payer": ("the sending state, which pays", "el Estado remitente, que paga"),
}


def _refused(code: str, line: str, english: Pair, spanish: Pair) -> DisputeRefused:
    return DisputeRefused(Fault(code, *english, where=line, spanish=spanish))


def opened(move: Move, known: Mapping[str, Standing]) -> Standing:
    """A line as it is opened.

    Raises:
        DisputeRefused: H758, H759.
    """
    if move.line in known:
        raise _refused(
            "H759",
            move.line,
            ("the line is already open", "Answer it instead."),
            ("la línea ya está abierta", "Responda a ella."),
        )
    if move.to not in OPENING or move.subject is None:
        may = sorted(OPENING)
        raise _refused(
            "H758",
            move.line,
            (f"a line cannot be opened as '{move.to}'", f"Open it as {', '.join(may)}."),
            (
                f"una línea no puede abrirse como '{SPANISH[move.to]}'",
                f"Ábrala como {', '.join(SPANISH[one] for one in may)}.",
            ),
        )
    _said(move)
    return Standing(move.line, move.to, move.subject, move)


def moved(now: Standing, move: Move) -> Standing:
    """A line after a move.

    Raises:
        DisputeRefused: H758, when the table does not allow it to this side in this state.
    """
    who = TABLE.get((now.state, move.to))
    if who is None:
        raise _no_way(now, move.to)
    if not _may(who, now, move.by):
        was, becomes, by = SPANISH[now.state], SPANISH[move.to], SPANISH[move.by]
        what = f"a line that is {now.state} is not made {move.to} by the {move.by} state"
        que = f"el Estado {by} no puede hacer que una línea {was} quede {becomes}"
        english, spanish = WHOSE[who]
        raise _refused(
            "H758",
            now.line,
            (what, f"That is for {english}."),
            (que, f"Corresponde a: {spanish}."),
        )
    _said(move)
    if move.at < now.last.at:
        raise _refused(
            "H758",
            now.line,
            ("a move lies after the one before it", "Give a later --as-of."),
            ("una actuación es anterior a la que la precede", "Indique un instante posterior."),
        )
    yields = move.to in {State.CONCEDED, State.WITHDRAWN}
    return replace(
        now,
        state=move.to,
        last=move,
        disputer=move.by if move.to is State.DISPUTED else now.disputer,
        yielded=move.by if yields else now.yielded,
    )


def _no_way(now: Standing, to: State) -> DisputeRefused:
    allowed = [then for (start, then) in TABLE if start is now.state]
    may, puede = ", ".join(allowed), ", ".join(SPANISH[one] for one in allowed)
    return _refused(
        "H758",
        now.line,
        (
            f"a line that is {now.state} cannot become {to}",
            f"It may become {may}." if may else "It is settled: open a new one.",
        ),
        (
            f"una línea {SPANISH[now.state]} no puede quedar {SPANISH[to]}",
            f"Puede quedar {puede}." if puede else "Está saldada: abra una nueva.",
        ),
    )


def _said(move: Move) -> None:
    for told in (move.officer, move.why):
        if not told.strip() or len(told) > LONGEST:
            what = f"a move says who and why, in 1 to {LONGEST:,} characters each"
            que = f"una actuación dice quién y por qué, en 1 a {LONGEST:,} caracteres cada uno"
            raise _refused(
                "H758",
                move.line,
                (what, "Give --officer and --why."),
                (que, "Indique quién y con qué fundamento."),
            )


def _may(who: Who, now: Standing, by: Side) -> bool:
    return {
        "either": True,
        "disputer": by is now.disputer,
        "other": by is not now.disputer,
        "payer": by is Side.SENDING,
    }[who]


def fold(moves: Iterable[Move], start: Mapping[str, Standing] | None = None) -> dict[str, Standing]:
    """Every line as its moves have it.

    Args:
        moves: in the order in which they were said.
        start: lines as earlier moves have them.

    Raises:
        DisputeRefused: H758, H759, at the first move that may not be.
    """
    found = dict(start or {})
    for move in moves:
        if move.before is None:
            found[move.line] = opened(move, found)
            continue
        now = found.get(move.line)
        if now is None:
            raise _refused(
                "H759",
                move.line,
                ("no such line is open", "List the lines."),
                ("no hay abierta ninguna línea así", "Mire la lista de líneas."),
            )
        if now.state is not move.before:
            raise _refused(
                "H758",
                move.line,
                (
                    f"the line is {now.state}, not {move.before}",
                    "List the lines and answer as they stand.",
                ),
                (
                    f"la línea está {SPANISH[now.state]}, no {SPANISH[move.before]}",
                    "Mire la lista de líneas y responda tal como están.",
                ),
            )
        found[move.line] = moved(now, move)
    return found
