"""One log line and one span a request of the web: its route, status and time, and of no person.

The route is the pattern of the address, never the address: register numbers stand in addresses.
What strangers ask without an account is not written down at all: an instant would say when.
"""

import logging
from collections.abc import Callable
from http import HTTPStatus
from time import monotonic

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from habeas.adapters import spans
from habeas.adapters.logs import FIELDS

_log = logging.getLogger("habeas.web")
UNWRITTEN = ("/ask", "/en/ask", "/es/ask", "/locate", "/-/", "/static/")
TRACEPARENT = "traceparent"


class Journal:
    """Stands first, so that whatever is answered is written down."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._next, self._span = get_response, spans.begin("web")

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request."""
        if request.path.startswith(UNWRITTEN):
            return self._next(request)
        begun = monotonic()
        method = request.method or ""
        with self._span(f"web {method}", request.headers.get(TRACEPARENT, "")) as marks:
            response = self._next(request)
            match = request.resolver_match
            route = match.route if match else "none"
            found: spans.Marks = {"method": method, "route": route, "status": response.status_code}
            marks.update(found)
            if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                marks["code"] = str(response.status_code)
            took = {"ms": round((monotonic() - begun) * 1000, 1)}
            _log.info("answered", extra={FIELDS: found | took})
        return response
