"""Custody intervals that a face keeps in a table of its own, as the rest of the house has them.

The table is a cache of the register: what is computed from it is what the register's own intervals
give, and its outputs say the same of what they were computed from.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from habeas.custody.intervals import Interval
from habeas.law.agreement import Agreement
from habeas.service.hold import Held, Register
from habeas.space.occupancy import CellStay, of_interval
from habeas.terms import Side, Status


class Row(NamedTuple):
    """A row of such a table, in its own words; `end` is None while it lasts."""

    subject: str
    facility: str
    cell: str
    custodian: str
    status: str
    start: datetime  # UTC
    end: datetime | None
    custody_period: int
    reason_out: str
    event_in: int
    event_out: int


@dataclass(frozen=True, slots=True)
class Basis:
    """How far the table follows the register."""

    size: int
    checkpoint: str  # the note of the latest one; empty before the first
    erased: int  # persons who stand in no row, for their content was erased
    unreadable: int  # persons who stand in none, and whom no erasure names


def interval(row: Row, agreement: str) -> Interval:
    """A row as the interval that it was made of."""
    return Interval(
        row.subject,
        agreement,
        Side(row.custodian),
        row.facility,
        row.cell,
        Status(row.status),
        row.start,
        row.end,
        row.custody_period,
        row.reason_out,
        row.event_in,
        row.event_out,
    )


def intervals(rows: Iterable[tuple[object, ...]], deal: Agreement) -> list[Interval]:
    """Rows in the order of `Row`'s fields as intervals."""
    return [interval(Row._make(row), deal.id) for row in rows]


def stays(rows: Iterable[tuple[object, ...]], deal: Agreement) -> tuple[CellStay, ...]:
    """The same as stays in cells."""
    return tuple(of_interval(one) for one in intervals(rows, deal))


def register(
    deal: Agreement,
    rows: Iterable[tuple[object, ...]],
    release_dates: Mapping[str, datetime],
    basis: Basis,
) -> Register:
    """What a use case needs of a register, out of the table.

    Args:
        deal: the agreement.
        rows: of everybody whom the use case concerns, in the order of `Row`'s fields.
        release_dates: by person, the instant from which no clock gives a basis to hold.
        basis: how far the table follows the register.
    """
    found = tuple(intervals(rows, deal))
    held = Held(found, basis.size, release_dates, basis.erased, basis.unreadable)
    return Register(deal, held, basis.checkpoint)
