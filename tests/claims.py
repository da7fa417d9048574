"""Registers and claims made by hand or by chance; the true claim asks exactly what is held."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np

from habeas.claims.claim import UNSTATED, Claim
from habeas.claims.custody_days import Custody, Piece, of_pieces
from habeas.claims.reconcile import Reconciliation, Terms, reconcile
from habeas.claims.rules import Rule
from habeas.custody import days
from habeas.custody.bulk import Window
from habeas.law.calendar import day
from habeas.terms import Convention

ZONE = "America/El_Salvador"
HELD = frozenset({"held"})
RULE = Rule(Convention.MIDNIGHT, ZONE, HELD)
PRICE = 4625
FIRST = date(2026, 2, 1)
WINDOW = Window(day(FIRST), day(date(2026, 3, 1)))
TERMS = Terms(RULE, WINDOW, PRICE)


def counted(start: datetime, end: datetime, convention: Convention, zone: str) -> tuple[date, date]:
    """The days [first, after) of a custody period in one place, under a convention of one span."""
    ((first, after, _),) = days.spans(days.Piece(start, end, start, end), convention, zone)
    return first, after


def at(day_: float, hour: int = 12) -> datetime:
    """An instant so many days after the first of the window, local hour of the zone."""
    return datetime(2026, 2, 1, 6, tzinfo=UTC) + timedelta(days=day_, hours=hour)


def piece(person: str, start: float, end: float, **given: str) -> Piece:
    """Custody from noon to noon, on days counted from the first of the window."""
    where = {"facility": "A", "status": "held"} | given
    return Piece(person, where["facility"], where["status"], at(start), at(end))


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a claim, days counted from the first of the window."""

    person: str
    first: int
    after: int
    days: int = UNSTATED
    facility: str = "A"
    touched: int = UNSTATED  # as given by `after`, with the day of departure
    open: bool = False
    rate: int = PRICE
    amount: int = UNSTATED


def claim(rows: Sequence[Row]) -> Claim:
    """Rows as a claim."""
    persons = tuple(sorted({row.person for row in rows}))
    facilities = tuple(sorted({row.facility for row in rows}))
    zero = WINDOW.first
    columns = np.array(
        [
            (
                number,
                persons.index(row.person),
                facilities.index(row.facility),
                zero + row.first,
                zero + row.after,
                zero + (row.after + 1 if row.touched == UNSTATED else row.touched),
                row.days,
                row.rate,
                row.amount,
            )
            for number, row in enumerate(rows, 2)
        ],
        np.int64,
    ).reshape(len(rows), 9)
    opened = np.array([row.open for row in rows], np.bool_)
    number, person, facility, first, after, touched, days, rate, amount = columns.T
    return Claim(
        persons, facilities, number, person, facility, first, after, touched, opened, days, rate,
        amount,
    )  # fmt: skip


def true_rows(pieces: Iterable[Piece], rule: Rule = RULE) -> list[Row]:
    """What a receiving state would claim that counts by the rule, one row a piece."""
    rows = []
    for one in pieces:
        first, after = counted(one.start, one.end, rule.convention, rule.zone)
        begins, ends = (
            max(0, min(WINDOW.days, day(each) - WINDOW.first)) for each in (first, after)
        )
        if one.status in rule.billed and ends > begins:
            rows.append(Row(one.person, begins, ends, ends - begins, one.facility))
    return rows


def found(
    pieces: Iterable[Piece] | Custody, rows: Sequence[Row], terms: Terms = TERMS
) -> Reconciliation:
    """The reconciliation of some rows against some pieces."""
    custody = pieces if isinstance(pieces, Custody) else of_pieces(pieces)
    return reconcile(claim(rows), custody, terms)
