"""The web's one clock: everything below takes the instant as an argument."""

from datetime import UTC, datetime


def now() -> datetime:
    """This instant in UTC, in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)  # noqa: TID251 - a face reads the clock
