"""Whoever asks for an open page is asked as nobody, gets no cookie, and may keep the answer.

The same bytes for all: a session is not looked at, so that nothing of it can stand in what a cache
keeps for the next one.
"""

import hashlib
import re
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from habeas.web.asked import AskedRequest

OPEN = re.compile(r"/([a-z]{2}/)?open/")
FOR_A_WHILE, FOR_EVER = "public, max-age=300", "public, max-age=31536000, immutable"
P = ParamSpec("P")
View = Callable[Concatenate[AskedRequest, P], HttpResponseBase]


class EverybodyMiddleware:
    """Takes the cookies from whoever asks for an open page, before anything looks at them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request."""
        if not OPEN.match(request.path_info):
            return self._next(request)
        request.META.pop("HTTP_COOKIE", None)
        response = self._next(request)
        response.cookies.clear()
        varies = [one.strip() for one in response.headers.get("Vary", "").split(",")]
        kept = [one for one in varies if one and one.lower() != "cookie"]
        if kept:
            response.headers["Vary"] = ", ".join(kept)
        else:
            response.headers.pop("Vary", None)
        return response


def kept(how_long: str = FOR_A_WHILE) -> Callable[[View[P]], View[P]]:
    """Let a view's answer be kept, and asked for again by its hash alone."""

    def over(view: View[P]) -> View[P]:
        @wraps(view)
        def answer(request: AskedRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            response = view(request, *args, **kwargs)
            if not isinstance(response, HttpResponse) or response.status_code != OK:
                return response
            tag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
            response.headers["ETag"], response.headers["Cache-Control"] = tag, how_long
            found = get_conditional_response(request, etag=tag, response=response)
            return response if found is None else found

        return cast(View[P], require_safe(answer))

    return over


OK = 200
