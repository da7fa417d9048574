"""What day and instant a call is about; the one place of the command line that reads the clock."""

from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time
from typing import NamedTuple

from habeas.errors import Fault, SetupError

LAST_SECOND = time(23, 59, 59, tzinfo=UTC)
DAY = len("YYYY-MM-DD")


def now() -> datetime:
    """This instant in UTC, in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)  # noqa: TID251 - a face reads the clock


def day(text: str, option: str) -> date:
    """A civil day out of an option.

    Raises:
        SetupError: H903.
    """
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise SetupError(
            Fault("H903", f"{option} '{text}' is not a day", "Write YYYY-MM-DD.")
        ) from error
    _between(found, option)
    return found


def _between(found: date, option: str) -> None:
    """Refuse the first and the last year that there are: nobody can count on from there."""
    if found.year in {MINYEAR, MAXYEAR}:
        what = f"{option} '{found.isoformat()}' is a day of no calendar in use"
        raise SetupError(Fault("H903", what, "Write a year between 2 and 9998."))


def month(text: str) -> tuple[date, date]:
    """The first day of a month and of the next, out of YYYY-MM.

    Raises:
        SetupError: H903.
    """
    first = day(f"{text}-01", "--month")
    return first, date(first.year + first.month // 12, first.month % 12 + 1, 1)


def today(text: str | None = None) -> date:
    """The day of `--as-of`; where it is absent, today in UTC.

    Raises:
        SetupError: H903.
    """
    if text is not None:
        return day(text, "--as-of")
    return now().date()


class When(NamedTuple):
    """What a call is about: `--as-of` as printed, the instant of evidence, the day of law."""

    told: str
    instant: datetime  # UTC
    day: date | None  # None: the instant's, in each agreement's zone


def law_day(text: str | None) -> date | None:
    """The day of `--as-of`, whose law is asked in every zone; None where it is an instant, or now.

    Call `instant` first: it tells what is wrong with the text.
    """
    return date.fromisoformat(text) if text is not None and len(text) == DAY else None


def instant(text: str | None, option: str = "--as-of") -> tuple[str, datetime]:
    """`--as-of` as it is printed and as an instant; now where it is absent.

    A day stands for its last second in UTC: what was established during the day counts. Its law is
    that of the day itself: see `law_day`.

    Raises:
        SetupError: H903.
    """
    if text is None:
        at = now()
        return at.isoformat(), at
    try:
        if len(text) == DAY:
            return text, datetime.combine(day(text, option), LAST_SECOND)
        found = datetime.fromisoformat(text)
        found = found.astimezone(UTC) if found.tzinfo else found
    except (ValueError, OverflowError) as error:
        fix = "Write YYYY-MM-DD, or an instant with offset."
        raise SetupError(Fault("H903", f"{option} '{text}' is no day or instant", fix)) from error
    if found.tzinfo is None:
        raise SetupError(
            Fault("H903", f"{option} '{text}' has no offset", "End it with Z or +hh:mm.")
        )
    _between(found, option)
    return text, found
