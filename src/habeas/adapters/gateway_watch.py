"""What a gateway's operator sees: a log line and a span a request, and counts for a collector.

Is trusted with nothing: kinds of request, codes of refusals, counts and seconds pass here, and
nothing of a person.
"""

import logging
import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import monotonic

from habeas.adapters.logs import FIELDS
from habeas.adapters.spans import Marks, Span

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)  # seconds
POLLED = frozenset({"outgoing", "status"})  # asked all the time, and of nobody
_log = logging.getLogger("habeas.gateway")


class Histogram:
    """Counts of durations by upper bound, as Prometheus adds them up."""

    def __init__(self) -> None:
        self._counts, self._sum = [0] * (len(BOUNDS) + 1), 0.0

    def add(self, seconds: float) -> None:
        """Count one."""
        self._counts[bisect_left(BOUNDS, seconds)] += 1
        self._sum += seconds

    def told(self) -> dict[str, object]:
        """`le`: each bound with how many took no longer; `count` and `sum` of all."""
        up_to, found = 0, list[list[float]]()
        for bound, count in zip(BOUNDS, self._counts, strict=False):
            up_to += count
            found.append([bound, up_to])
        return {"le": found, "count": sum(self._counts), "sum": round(self._sum, 6)}


class GatewayWatch:
    """Counts, logs and spans of one gateway."""

    def __init__(self, span: Span) -> None:
        self._span, self._lock = span, threading.Lock()
        self._requests, self._commits = Histogram(), Histogram()
        self._asked, self._refused = Counter[str](), Counter[str]()

    @contextmanager
    def asked(self, kind: str, traceparent: str) -> Iterator[Marks]:
        """Around one request."""
        begun = monotonic()
        with self._span(f"gateway {kind}", traceparent) as marks:
            try:
                yield marks
            finally:
                self._end(kind, str(marks.get("code", "")), monotonic() - begun)

    def _end(self, kind: str, code: str, seconds: float) -> None:
        with self._lock:
            self._asked[kind] += 1
            self._requests.add(seconds)
            if code:
                self._refused[code] += 1
        found = {"op": kind, "ms": round(seconds * 1000, 1)} | ({"code": code} if code else {})
        level = logging.DEBUG if kind in POLLED and not code else logging.INFO
        _log.log(level, "answered", extra={FIELDS: found})

    @contextmanager
    def writing(self, leaves: int) -> Iterator[None]:
        """Around one transaction of the register's store."""
        begun = monotonic()
        with self._span("commit", "") as marks:
            marks["leaves"] = leaves
            try:
                yield
            finally:
                with self._lock:
                    self._commits.add(monotonic() - begun)

    def numbers(self) -> Mapping[str, object]:
        """What was counted since the gateway began."""
        with self._lock:
            return {
                "asked": dict(self._asked),
                "refused": dict(self._refused),
                "request_seconds": self._requests.told(),
                "commit_seconds": self._commits.told(),
            }
