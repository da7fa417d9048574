"""What every answer tells the browser it may do; the same bytes on every Django.

Nothing runs but our own files: no inline script, no style attribute, no outside host. A view cannot
loosen it. Pages asked for within a session are never stored, by the browser or by anything between.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
SANDBOX = "sandbox; default-src 'none'"  # of a document that is given out: stricter than the pages'
# Passkeys need the two about credentials; nothing here needs a sensor or a payment.
PERMISSIONS_POLICY = (
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
    "magnetometer=(), microphone=(), midi=(), payment=(), usb=(), "
    "publickey-credentials-create=(self), publickey-credentials-get=(self)"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS_POLICY,
    "X-Frame-Options": "DENY",
}
METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
NO_STORE = "no-store"
# Only where the address is https. The server itself speaks to a proxy, and never knows it.
HSTS = "max-age=31536000; includeSubDomains"

Answer = Callable[[HttpRequest], HttpResponseBase]


class SecurityHeaders:
    """Puts the headers on every answer; stands first, so that errors and files carry them too."""

    def __init__(self, get_response: Answer) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request."""
        # Django takes TRACE for harmless as GET, and asks no token for it.
        known = request.method in METHODS
        response = self._next(request) if known else HttpResponseNotAllowed(sorted(METHODS))
        sandboxed = response.headers.get("Content-Security-Policy") == SANDBOX
        for name, value in HEADERS.items():
            response.headers[name] = value
        if settings.SECURE:
            response.headers["Strict-Transport-Security"] = HSTS
        if sandboxed:
            response.headers["Content-Security-Policy"] = SANDBOX
        if _in_a_session(request, response) and not _is_a_file(request):
            response.headers["Cache-Control"] = NO_STORE
        return response


def _in_a_session(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether the browser holds a session or gets one now; asks no database."""
    name = settings.SESSION_COOKIE_NAME
    return name in request.COOKIES or name in response.cookies


def _is_a_file(request: HttpRequest) -> bool:
    """Files beside the pages are the same for everybody and may be kept."""
    return request.path.startswith(f"/{settings.STATIC_URL.strip('/')}/")
