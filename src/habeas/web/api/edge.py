"""What every answer under `/api/` has, whoever made it: a problem where it failed, else an ETag.

An answer is never stored on the way: it may be about persons. The ETag serves the program itself,
which asks again whether anything has changed; that is recorded like every read.
"""

from collections.abc import Callable
from hashlib import sha256
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from habeas.web.api import problems

PREFIX = "/api/"
KEPT = ("Allow", "Retry-After", "WWW-Authenticate")
WEAK = "W/"
# Bytes of a request, by the forms that are read; a document has a cap of its own besides.
MOST = {"application/json": 1024 * 1024, "multipart/form-data": 11 * 1024 * 1024}


class ApiEdge:
    """Finishes the answers of the API; leaves all others as they are."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request."""
        if not request.path_info.startswith(PREFIX):
            return self._next(request)
        refused = _refused(request)
        response = HttpResponse(status=refused) if refused else self._next(request)
        if response.status_code >= HTTPStatus.BAD_REQUEST:
            response = _problem(request, response)
        elif request.method == "GET" and response.status_code == HTTPStatus.OK:
            response = _tagged(request, response)
        response["Cache-Control"] = "no-store"
        return response


def _refused(request: HttpRequest) -> int:
    """The status with which a request is refused unread; 0: it is read."""
    said = request.META.get("CONTENT_LENGTH") or "0"
    if not (said.isascii() and said.isdigit()):
        return HTTPStatus.BAD_REQUEST
    if said == "0":
        return 0
    most = MOST.get(request.content_type or "")
    if most is None:
        return HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    return HTTPStatus.REQUEST_ENTITY_TOO_LARGE if int(said) > most else 0


def _problem(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    if response.headers.get("Content-Type") == problems.CONTENT:
        return response
    found = problems.of_status(request, response.status_code)
    for name in KEPT:
        if name in response:
            found[name] = ", ".join(sorted(response[name].split(", ")))
    return found


def _tagged(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    tag = f'"{sha256(getattr(response, "content", b"")).hexdigest()[:32]}"'
    asked = [one.strip() for one in request.headers.get("If-None-Match", "").split(",")]
    response["ETag"] = tag
    if "*" in asked or tag in [one.removeprefix(WEAK) for one in asked]:
        response.status_code = HTTPStatus.NOT_MODIFIED
        setattr(response, "content", b"")  # noqa: B010 - the base class does not name it
        del response["Content-Type"]
    return response
