"""What is paid ahead, over a time that may be longer than what it was paid for.

The functions that charge refuse such a time, since no text prices the rest of it. A projection
tells both: the sum once, and that whoever is held after its months has no price.
"""

from dataclasses import dataclass

import numpy as np
from msgspec.structs import replace

from habeas.fees.charge import charges
from habeas.fees.quantity import Period, Quantities
from habeas.law.calendar import civil, day, shifted
from habeas.law.schedule import AdvanceGrant, Fees
from habeas.projection.bands import Ints


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is paid ahead: once, and for so many months; who is held after them has no price."""

    amounts: Ints  # (months,)
    not_priced: Ints  # (draws, months)


def ahead_of(fees: Fees, cells: list[Period], days: Ints) -> Ahead:
    """The sums of a schedule that are paid ahead, each in the month of its day, or in the first.

    Args:
        fees: the agreement's schedule.
        cells: the months.
        days: (draws, months): person-days billed.
    """
    amounts, left = np.zeros(len(cells), np.int64), np.zeros(days.shape, np.int64)
    alone = all(isinstance(one, AdvanceGrant) for one in fees.items)
    for item in fees.items:
        if not isinstance(item, AdvanceGrant):
            continue
        begun = cells[0].first if item.due is None else item.due
        until = civil(shifted(day(begun), item.months, "down"))
        for number, month in enumerate(cells):
            if item.due is not None or number == 0:
                lines = charges(replace(fees, items=(item,)), Quantities(month, {}))
                amounts[number] += sum(line.amount_minor or 0 for line in lines)
            if alone and month.after > until:
                left[:, number] += days[:, number] > 0
    return Ahead(amounts, left)


def without(fees: Fees) -> Fees:
    """The same schedule without them."""
    kept = tuple(one for one in fees.items if not isinstance(one, AdvanceGrant))
    return replace(fees, items=kept)
