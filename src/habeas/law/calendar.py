"""Days moved by months and years, by the declared rounding; the zones that turn instants to days.

A day is a number of days since 1970-01-01. Where the target month has no such day, `down` gives
its last day and `up` the first day of the month after: 29 February 2004 + 18 years is 28 February
or 1 March 2022. No rounding is the law everywhere, so each agreement declares its own.
"""

import re
from calendar import monthrange
from datetime import date
from functools import lru_cache
from importlib import resources
from typing import Literal
from zoneinfo import ZoneInfo

import tzdata

from habeas.errors import Fault, LawError

Rounding = Literal["down", "up"]
EPOCH = date(1970, 1, 1).toordinal()
FIRST, LAST = date.min.toordinal() - EPOCH, date.max.toordinal() - EPOCH
MONTHS = 12
ZONES = tzdata.IANA_VERSION
_ZONE = re.compile(r"[A-Za-z0-9_+\-]{1,32}(/[A-Za-z0-9_+\-]{1,32}){0,2}")


def day(value: date) -> int:
    """A date as days since 1970-01-01."""
    return value.toordinal() - EPOCH


def civil(value: int) -> date:
    """Days since 1970-01-01 as a date."""
    return date.fromordinal(value + EPOCH)


@lru_cache(maxsize=4096)
def shifted(value: int, months: int, rounding: Rounding) -> int:
    """A day some months later, earlier where `months` is negative.

    Raises:
        ValueError: outside the years 1 to 9999.
    """
    from_ = civil(value)
    year, month = divmod(from_.year * MONTHS + from_.month - 1 + months, MONTHS)
    last = monthrange(year, month + 1)[1]
    if from_.day <= last:
        return day(date(year, month + 1, from_.day))
    return day(date(year, month + 1, last)) + (rounding == "up")


@lru_cache
def zone(name: str) -> ZoneInfo:
    """A time zone of the packaged database.

    Raises:
        LawError: H711, when it holds none of that name.
    """
    path = resources.files("tzdata") / "zoneinfo" / name
    try:
        if _ZONE.fullmatch(name) and path.is_file():
            with path.open("rb") as data:
                return ZoneInfo.from_file(data, key=name)
    except ValueError:  # a file beside the zones that is none
        pass
    what = f"no time zone '{name[:64]}'"
    raise LawError(Fault("H711", what, "Use an IANA name such as Europe/Tallinn."))
