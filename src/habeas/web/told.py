"""Days, instants, money, areas and faults in words of the page's language; only here is it done.

An instant is always told with its offset and the name of its zone, never by the server's or the
browser's own clock. A civil day has no time. What nobody recorded is said in words, never left out.
"""

from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, pgettext

from habeas import units
from habeas.errors import Fault

ENGLISH = "en"
SECONDS_A_MINUTE = 60
SAID = 4096  # instants whose words are kept


def instant(at: datetime | None) -> SafeString:
    """`14 November 2026, 15:02 +00:00 (UTC)`; None is an instant that nobody recorded.

    Raises:
        ValueError: when the instant carries no offset: then nobody knows which one it is.
    """
    return local_instant(at, UTC.tzname(None))


def local_instant(at: datetime | None, zone: str) -> SafeString:
    """The same on the clocks of a zone of the agreement, such as `America/El_Salvador`.

    Raises:
        ValueError: when the instant carries no offset.
        ZoneInfoNotFoundError: when there is no such zone.
    """
    if at is None:
        return _unrecorded()
    return _element(_aware(at).astimezone(UTC), zone, get_language())


def day(on: date | None) -> SafeString:
    """A civil day, `14 November 2026`; None is a day that nobody recorded.

    Raises:
        TypeError: for an instant: whose day it is depends on a zone that must be named.
    """
    if on is None:
        return _unrecorded()
    if isinstance(on, datetime):
        raise TypeError("an instant is no civil day: name the zone with local_instant")
    return format_html('<time datetime="{}">{}</time>', on.isoformat(), _words(on))


def money(minor: int | None, currency: str, exponent: int = 2) -> str:
    """`USD 2,550,000.00` out of minor units; None is an amount that nobody stated.

    The marks are the same in both languages (see `formats.es`).
    """
    if minor is None:
        return _unrecorded()
    # No line breaks inside an amount.
    return units.money(minor, currency, exponent).replace(" ", "\N{NO-BREAK SPACE}")


def number(value: float | str | None) -> str:
    """A number with its thousands set apart; None is a number that nobody stated."""
    return _unrecorded() if value is None else units.grouped(str(value))


def m2(cm2: int | None) -> str:
    """An area kept in square centimetres, in square metres: `3.42 m²`."""
    if cm2 is None:
        return _unrecorded()
    return f"{units.square_metres(cm2)}\N{NO-BREAK SPACE}m²"


def own(text: str) -> SafeString:
    """Words of whoever wrote them, in a language that nobody recorded: a reader guesses none."""
    return format_html('<span lang="">{}</span>', text) if " " in text else format_html("{}", text)


def refusal(one: Fault) -> SafeString:
    """A fault in one sentence of the page's language; marked as English where it has no Spanish."""
    here = (get_language() or ENGLISH)[:2]
    if here == ENGLISH or one.spanish[0]:
        return conditional_escape(one.sentence("en" if here == ENGLISH else "es"))
    return format_html('<span lang="{}">{}</span>', ENGLISH, one.sentence())


# A page tells the same instant again and again; in UTC, two that are equal are one.
@lru_cache(SAID)
def _element(instant: datetime, zone: str, _language: str | None) -> SafeString:
    at = instant.astimezone(ZoneInfo(zone))
    pattern = pgettext(
        "an instant: day, time of day, offset and zone", "{day}, {time} {offset} ({zone})"
    )
    words = pattern.format(day=_words(at), time=f"{at:%H:%M}", offset=_offset(at), zone=zone)
    return format_html('<time datetime="{}">{}</time>', at.isoformat(timespec="seconds"), words)


def _words(on: date) -> str:
    return formats.date_format(on.date() if isinstance(on, datetime) else on, "DATE_FORMAT")


def _offset(at: datetime) -> str:
    offset = at.utcoffset()
    assert offset is not None  # noqa: S101 - every caller converted it
    minutes = int(offset.total_seconds()) // SECONDS_A_MINUTE
    sign, (hours, rest) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)
    return f"{sign}{hours:02}:{rest:02}"


def _aware(at: datetime) -> datetime:
    if at.utcoffset() is None:
        raise ValueError("an instant without an offset names no instant")
    return at


def _unrecorded() -> SafeString:
    return format_html('<span class="hab-unrecorded">{}</span>', gettext("not recorded"))
