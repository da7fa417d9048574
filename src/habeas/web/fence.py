"""Each request asks the database as who it is; after the middleware that says who that is."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from habeas.web.asked import AskedRequest
from habeas.web.readmodels import fenced, visible

SAFE = ("GET", "HEAD")  # that change nothing


class FenceMiddleware:
    """Puts a request behind the second fence, where the database has one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request."""
        once = visible.reading() if request.method in SAFE else nullcontext()
        with fenced.asked(cast(AskedRequest, request).asker), once:
            return self._next(request)
