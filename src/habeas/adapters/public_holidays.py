"""Public holidays of a state, by the package `holidays`, for deadlines in working days.

Is trusted for which days are no working days: whoever changes it moves deadlines. Every deadline
that was computed from it names the package's version.
"""

from collections.abc import Callable
from datetime import date
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec

Closed = Callable[[date], bool]


@cache
def calendar(state: str) -> tuple[Closed, str] | None:
    """Whether a civil day is no working day in a state, and the name of the calendar.

    Args:
        state: ISO 3166-1 alpha-2, or XK. Saturdays and Sundays are no working days either, unless
            the state's own calendar says otherwise.

    Returns:
        None where the package is not installed, or knows no such state.
    """
    if find_spec("holidays") is None:
        return None
    import holidays  # noqa: PLC0415 - an extra

    try:
        known = holidays.country_holidays(state)
    except NotImplementedError:
        return None

    def closed(on: date) -> bool:
        return not known.is_working_day(on)

    return closed, f"holidays {version('holidays')}, {state}"
