"""Days and person-days on which persons were in cells below a standard: what credits rest on."""

from datetime import date
from typing import Any

from habeas.errors import Fault, SetupError
from habeas.service.premises import Premises, basis, findings
from habeas.space import occupancy
from habeas.space.days import Course, course
from habeas.space.occupancy import At


def over_days(
    found: Premises, first: date, after: date, at: At
) -> dict[str, Any]:  # Any: a document for a face
    """Days and person-days by measure over the civil days [first, after), as far as is known.

    Args:
        found: stays, facilities and measures.
        first: the first day.
        after: the day after the last.
        at: persons at the census, or at the worst instant of each day.

    Raises:
        SetupError: H903 for a period without a day.
    """
    if after <= first:
        raise SetupError(Fault("H903", "the period holds no day", "Its end is exclusive."))
    stays = found.stays if found.as_of is None else occupancy.closed(found.stays, found.as_of)
    counted = occupancy.by_day(stays, first, after, found.zone)
    facilities = found.facilities()
    courses = [course(facilities, counted, one, at) for one in found.measures]
    return {
        "from": first.isoformat(),
        "to": after.isoformat(),
        "persons_at": at,
        "person_days": sum(int(counted.of(key, at).sum()) for key in counted.cells),
        "cells_in_use": len(counted.cells),
        "measures": [_course_row(one) for one in courses],
        "rows": [row for one in courses for row in _day_rows(one)],
        "findings": findings(found),
        **basis(found),
    }


def _course_row(one: Course) -> dict[str, Any]:  # Any: a document
    longest = one.longest
    return {
        "measure": one.measure.id,
        "value": one.measure.value.en,
        "weight": one.measure.weight.en if one.measure.weight else "",
        "days_below": one.days_below,
        "person_days_below": int(one.below.sum()),
        "person_days_met": int(one.met.sum()),
        "person_days_not_established": int(one.open.sum()),
        "person_days_apart": int(one.apart.sum()),
        "first_day_below": one.first_day.isoformat() if one.first_day else "",
        "longest_run": {
            "cell": "/".join(longest.cell),
            "first": longest.first.isoformat(),
            "days": longest.days,
        }
        if longest
        else None,
    }


def _day_rows(one: Course) -> list[dict[str, str]]:
    return [
        {
            "day": one.on(place).isoformat(),
            "measure": one.measure.id,
            "below": str(below),
            "met": str(met),
            "not_established": str(open_),
            "apart": str(apart),
        }
        for place, (below, met, open_, apart) in enumerate(
            zip(one.below, one.met, one.open, one.apart, strict=True)
        )
    ]
