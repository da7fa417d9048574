"""What every answer tells the browser that it may do: run, show and send to this address alone."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)


class HeadersMiddleware:
    """Puts the policy on every answer, and keeps answers to whoever is signed in out of stores."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        response = self._next(request)
        response["Content-Security-Policy"] = POLICY
        user = getattr(request, "user", None)  # absent where nobody was asked who they are
        if user is not None and user.is_authenticated:
            response["Cache-Control"] = "no-store"
        return response
