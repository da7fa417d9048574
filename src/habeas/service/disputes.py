"""Open the lines of a reconciliation, answer them, and list how they stand."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from habeas.claims import dispute_log
from habeas.claims.dispute import Move, Standing, State, Subject, fold
from habeas.errors import Fault, FeeError, SetupError
from habeas.service.hold import side
from habeas.terms import Side

NEEDED: tuple[str, ...] = (
    "line", "outcome", "cause", "difference_days", "claimed_minor", "register_minor", "detail",
)  # fmt: skip


def by_side(name: str) -> Side:
    """The side that speaks.

    Raises:
        SetupError: H903.
    """
    found = side(name)
    if found is None:
        raise SetupError(Fault("H903", "no side is named", "Write sending or receiving."))
    return found


def state(name: str) -> State:
    """A state by its word.

    Raises:
        SetupError: H903.
    """
    if name not in set(State):
        fix = f"Write one of {', '.join(State)}."
        raise SetupError(Fault("H903", f"'{name[:40]}' is no state of a line", fix))
    return State(name)


def openings(
    rows: Iterable[Mapping[str, str]], by: Side, officer: str, at: datetime, why: str
) -> list[Move]:
    """The lines that a reconciliation wrote, each as it is opened.

    Raises:
        FeeError: H751, for a row that is no such line.
    """
    found = []
    for number, row in enumerate(rows, 2):
        try:
            subject = Subject(
                int(row["difference_days"]),
                _minor(row["claimed_minor"]),
                _minor(row["register_minor"]),
                row["cause"],
                row["detail"],
            )
            found.append(
                Move(row["line"], None, State(row["outcome"]), by, officer, at, why, subject)
            )
        except ValueError as error:
            fix = "Give the file that `fees reconcile --out` wrote."
            raise FeeError(
                Fault("H751", f"the row is no line of a reconciliation: {error}", fix, line=number)
            ) from error
    return found


def _minor(text: str) -> int | None:
    return int(text) if text else None


def opened(data: bytes, moves: Sequence[Move]) -> bytes:
    """What opening some lines adds to a file.

    Raises:
        FeeError: H757.
        DisputeRefused: H758, H759.
    """
    log = dispute_log.read(data)
    fold(moves, fold(log.moves))
    return dispute_log.lines(moves, log.head)


def answered(
    data: bytes, names: Sequence[str], to: State, said: tuple[Side, str, datetime, str]
) -> bytes:
    """What answering some lines adds to a file.

    Args:
        data: the file's bytes.
        names: the lines.
        to: what they become.
        said: by which side and officer, when and why.

    Raises:
        FeeError: H757.
        DisputeRefused: H758, H759.
    """
    log, (by, officer, at, why) = dispute_log.read(data), said
    now = fold(log.moves)
    moves = [
        Move(name, now[name].state if name in now else to, to, by, officer, at, why)
        for name in names
    ]
    fold(moves, now)
    return dispute_log.lines(moves, log.head)


def document(data: bytes, seen: str | None) -> dict[str, object]:
    """How every line stands, as one JSON document.

    Args:
        data: the file's bytes.
        seen: a head that a party keeps; the file must hold it.

    Raises:
        FeeError: H757.
        DisputeRefused: H758, H759.
    """
    log = dispute_log.read(data)
    if seen is not None and seen not in (dispute_log.ROOT, *log.heads):
        what = "the file does not hold a line that was seen: it was cut or is another"
        raise FeeError(Fault("H757", what, "Ask for the whole file."))
    standing = fold(log.moves)
    payable = [one.payable_minor() for one in standing.values()]
    return {
        "head": log.head,
        "moves": len(log.moves),
        "states": {
            each.value: sum(one.state is each for one in standing.values()) for each in State
        },
        "payable_minor": sum(amount for amount in payable if amount is not None),
        "waiting": sum(one.state in _WAITING for one in standing.values()),
        "lines": [_standing(one) for one in standing.values()],
    }


_WAITING = frozenset({State.EXPLAINED, State.UNEXPLAINED, State.DISPUTED})


def _standing(one: Standing) -> dict[str, object]:
    return {
        "line": one.line,
        "state": one.state.value,
        "days": one.subject.days,
        "claimed_minor": one.subject.claimed_minor,
        "register_minor": one.subject.register_minor,
        "payable_minor": one.payable_minor(),
        "cause": one.subject.cause,
        "detail": one.subject.detail,
        "by": one.last.by.value,
        "officer": one.last.officer,
        "at": one.last.at.isoformat(),
        "day": one.last.at.date().isoformat(),
        "why": one.last.why,
    }
