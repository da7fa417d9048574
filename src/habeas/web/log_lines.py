"""What a line of the web's log says: when, how grave, which part, what; of whom, never.

Paths hold register numbers, queries hold what somebody looked for, and the words of an exception
may hold a row. So a request is told by its status and by the name of its page, and an exception by
its class, its code and where it was raised. One event is one line: what would begin another is
escaped, so that nobody who is logged can write lines of their own.
"""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from traceback import extract_tb

from django.http import HttpRequest

from habeas.errors import HabeasError

FRAMES = 6  # of each exception, the innermost
_ESCAPED = {one: f"\\x{one:02x}" for one in (*range(32), *range(127, 160), 0x2028, 0x2029)}


class Sparing(logging.Formatter):
    """Formats records of every library that logs, ours too."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        request = getattr(record, "request", None)
        said = _of(record, request) if isinstance(request, HttpRequest) else record.getMessage()
        error = record.exc_info[1] if record.exc_info else None
        line = f"{at} {record.levelname} {record.name} {said}"
        return "; ".join([line, *_raised(error)]).translate(_ESCAPED)


def page_of(request: HttpRequest) -> str:
    """The name of the page that was asked, which says nothing of anybody."""
    found = request.resolver_match
    return found.view_name if found and found.view_name else "no page"


def _of(record: logging.LogRecord, request: HttpRequest) -> str:
    status = getattr(record, "status_code", "")
    return f"{request.method} {page_of(request)} {status}".rstrip()


def _raised(error: BaseException | None) -> Iterator[str]:
    while error is not None:
        code = f" {error.code}" if isinstance(error, HabeasError) else ""
        frames = extract_tb(error.__traceback__)[-FRAMES:]
        where = " < ".join(f"{_file(one.filename)}:{one.lineno}" for one in reversed(frames))
        yield f"{type(error).__name__}{code} at {where or 'no place'}"
        error = error.__cause__ or error.__context__


def _file(name: str) -> str:
    return "/".join(Path(name).parts[-2:])
