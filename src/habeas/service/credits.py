"""Persons below an agreed standard on each day, for the credits of a schedule that names one."""

from collections.abc import Iterable

from habeas.custody.intervals import Interval
from habeas.fees.quantity import Ints, Period
from habeas.law.agreement import Agreement
from habeas.law.library import Library
from habeas.law.schedule import Credit
from habeas.space import occupancy
from habeas.space.days import course
from habeas.space.method import measured


def below(
    library: Library, deal: Agreement, period: Period, received: Iterable[Interval]
) -> dict[str, Ints]:
    """Persons below each measure that a credit names, on each day of the period, at the census.

    A measure that some cell in use cannot be held against, because its area is not established, is
    left out: the credit then has no price, which is neither nothing nor all of it.
    """
    items = deal.fees.items if deal.fees else ()
    wanted = {item.measure for item in items if isinstance(item, Credit)}
    if not wanted:
        return {}
    places = {name: library.facilities[name][1] for name in library.facilities}
    stays = [occupancy.of_interval(one) for one in received]
    found = occupancy.by_day(stays, period.first, period.after, deal.calendar.zone)
    standards = [standard for _, standard in library.standards.values()]
    courses = [course(places, found, one, "census") for one in measured(standards)
               if one.id in wanted]  # fmt: skip
    return {one.measure.id: one.below for one in courses if not one.open.any()}
