"""What a line of the web's log says besides: which page was asked, by its name, and its status.

Paths hold register numbers, and queries hold what somebody looked for: neither is written.
"""

import logging

from django.http import HttpRequest

from habeas.adapters.logs import FIELDS, Lines


class PageLines(Lines):
    """Formats records of every library that logs in the web's processes, ours too."""

    def format(self, record: logging.LogRecord) -> str:
        """One JSON object."""
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest):
            page: dict[str, object] = {"method": request.method, "page": page_of(request)}
            if (status := getattr(record, "status_code", None)) is not None:
                page["status"] = status
            setattr(record, FIELDS, page | getattr(record, FIELDS, {}))
        return super().format(record)


def page_of(request: HttpRequest) -> str:
    """The name of the page that was asked, which says nothing of anybody."""
    found = request.resolver_match
    return found.view_name if found and found.view_name else "no page"
