"""What a process says while it works: one JSON object a line on stderr, and of no person.

    {"at": "2026-03-02T12:00:00.123Z", "level": "info", "service": "gateway",
     "from": "habeas.gateway", "text": "answered", "trace": "0af7651916cd43dd8448eb211c80319c",
     "op": "act", "ms": 12}

`trace` is the id of the request: the web draws it, or takes it from the `traceparent` of whoever
asks, and the gateway is told it. What is logged are codes, kinds, routes and counts. Of an
exception its kind and its places are written, never its words: they may quote what was sent.

Is trusted with nothing; whoever can read it learns how much is asked, and when.
"""

import json
import logging
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime

TRACEPARENT: ContextVar[str] = ContextVar("traceparent", default="")
FIELDS = "fields"
OWN = frozenset({"habeas", "_granian"})
FRAMES = 20


class Lines(logging.Formatter):
    """Makes a line of a record. Is trusted to write nothing that a library put into its words."""

    def __init__(self, service: str = "web") -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        """One JSON object."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        found: dict[str, object] = {
            "at": at.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "service": self._service,
            "from": record.name,
            "text": _text(record),
        }
        trace = TRACEPARENT.get().split("-")
        if len(trace) > 1:
            found["trace"] = trace[1]
        found |= getattr(record, FIELDS, {})
        if record.exc_info and record.exc_info[1] is not None:
            found |= _raised(record.exc_info[1])
        return json.dumps(found, default=str)


def _text(record: logging.LogRecord) -> str:
    """The words of a record: ours, and the server's; of another library without any value.

    Such a one may quote a path, a header or a query, in which a person may stand.
    """
    if record.name.partition(".")[0] in OWN:
        return record.getMessage()
    place = f"{record.filename}:{record.lineno}"
    return f"{record.msg} ({place})" if record.args else place


def _raised(error: BaseException) -> dict[str, object]:
    """An exception and whatever it came of."""
    frames = traceback.extract_tb(error.__traceback__, FRAMES)
    places = [f"{one.filename.rpartition('/')[2]}:{one.lineno}" for one in frames]
    found: dict[str, object] = {"error": type(error).__name__, "places": places}
    code, before = getattr(error, "code", None), error.__cause__ or error.__context__
    if isinstance(code, str):
        found["code"] = code
    return found if before is None else found | {"because": _raised(before)}


def begin(service: str, level: str = "info") -> None:
    """Let this process log in lines from now on, in the place of whatever it did before."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines(service))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
