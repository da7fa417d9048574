"""Which facts are still established at an instant; an expired fact is not established again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from habeas.docket.columns import EARLIEST, Column, Value

NEVER = EARLIEST  # the end of a fact that rests on an undated one: it counts at no instant
Lapse = Literal["undated", "expired", "future"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """When a fact was established, until when it holds, by whom, and the document's hash."""

    at: datetime | None = None  # UTC
    until: datetime | None = None  # UTC, exclusive; None: only the fact's own validity ends it
    by: str | None = None
    doc: str | None = None


@dataclass(frozen=True, slots=True)
class Established:
    """The facts that count at an instant, and why the others do not."""

    facts: Mapping[str, Value]
    lapsed: Mapping[str, Lapse]


def lapse(evidence: Evidence | None, column: Column, instant: datetime) -> Lapse | None:
    """Why a fact does not count at the instant; None where it counts.

    A fact holds from `at` until the earlier of its own `until` and `at` plus the validity of its
    column, both ends half-open. A fact of limited validity without `at` is undated.
    """
    at = evidence.at if evidence else None
    until = evidence.until if evidence else None
    if until == NEVER:
        return "undated"
    if at is None:
        if column.valid_for_hours is not None:
            return "undated"
    elif at > instant:
        return "future"
    elif (
        column.valid_for_hours is not None
        and at + timedelta(hours=column.valid_for_hours) <= instant
    ):
        return "expired"
    return "expired" if until is not None and until <= instant else None


def established(
    facts: Mapping[str, Value],
    evidence: Mapping[str, Evidence],
    columns: Mapping[str, Column],
    instant: datetime,
) -> Established:
    """The facts of a dated docket row that count at an instant."""
    lapsed: dict[str, Lapse] = {
        name: why
        for name in facts
        if (why := lapse(evidence.get(name), columns[name], instant)) is not None
    }
    return Established({name: fact for name, fact in facts.items() if name not in lapsed}, lapsed)


def holds_until(
    facts: Iterable[str], evidence: Mapping[str, Evidence], columns: Mapping[str, Column]
) -> datetime | None:
    """The first instant at which some of these facts of a row lapses; None where none ever does."""
    ends = [end for name in facts for end in _ends(evidence.get(name), columns[name])]
    return min(ends) if ends else None


def _ends(evidence: Evidence | None, column: Column) -> list[datetime]:
    if evidence is None:
        return []
    ends = [evidence.until] if evidence.until else []
    if evidence.at and column.valid_for_hours is not None:
        ends.append(evidence.at + timedelta(hours=column.valid_for_hours))
    return ends
