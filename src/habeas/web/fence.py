"""Each request asks the database as who it is; after the middleware that says who that is."""

import logging
from collections.abc import Callable
from threading import local
from typing import cast

from django.core.signals import request_finished
from django.db import Error
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from habeas.errors import HabeasError
from habeas.web.asked import AskedRequest
from habeas.web.readmodels import fenced, visible
from habeas.web.readmodels.remembered import growing_old

SAFE = ("GET", "HEAD")  # that change nothing
_sent = local()  # what is to be made anew when the thread's answer has been sent, and for whom
_log = logging.getLogger("habeas.web")


class FenceMiddleware:
    """Puts a request behind the second fence, where the database has one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request."""
        asker = cast(AskedRequest, request).asker
        if request.method not in SAFE:
            with fenced.asked(asker):
                return self._next(request)
        with fenced.asked(asker), visible.reading(), growing_old() as old:
            response = self._next(request)
        _sent.waiting = asker, old
        return response


def renew(**_signal: object) -> None:
    """Make the figures anew that grew old in the answer that was sent; nobody waits for it."""
    asker, old = _sent.__dict__.pop("waiting", (None, ()))
    if not old:
        return
    try:
        with fenced.asked(asker), visible.reading():
            for one in old:
                one()
    except (HabeasError, Error) as error:  # the next who asks for it makes it, and is told
        _log.warning("a figure was not made anew: %s", type(error).__name__)


request_finished.connect(renew)
