"""A failure as a program is told of it: RFC 9457, with the code of docs/errors.md and the remedy.

What is not there and what somebody may not see are told in the same bytes.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language_from_request
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError

from habeas.errors import Fault, HabeasError, ImpossibleEvent, Language

CONTENT = "application/problem+json"
NOTHING = Fault(
    "H912",
    "there is nothing to show",
    "Check the number, and whether the asker's authority may be told in that office.",
    spanish=(
        "no hay nada que mostrar",
        "Compruebe el número y si la autoridad de quien pregunta puede saberlo en ese cargo.",
    ),
)
OF_STATUS: Mapping[int, Fault] = {
    400: Fault("H852", "the request cannot be read", "Send what docs/openapi.json names."),
    401: Fault(
        "H851", "no token that is good here came with the request",
        "Make one under your account, and send it as 'Authorization: Bearer'.",
    ),
    404: NOTHING,
    405: Fault("H854", "this address does not know that method", "Use one that 'Allow' names."),
    413: Fault("H855", "the request is longer than it may be", "Send less at once."),
    415: Fault("H856", "that form is not read here", "Send what docs/openapi.json names."),
    429: Fault("H857", "this token has asked too much in a minute", "Wait as 'Retry-After' says."),
}  # fmt: skip
CONFLICTS = {"H533", "H531", "H532"}  # something else stands there already
GONE = {"H912", "H922"}
AWAY = {"H909", "H910"}  # whoever writes does not answer
DOCUMENTS = {"H821": 413, "H822": 415}  # too large, or of no kind that is kept
LONGEST = 200  # of a place in a request, as it is told


def language(request: HttpRequest) -> Language:
    """In which language a failure is told: English, but where Spanish is asked for."""
    return "es" if get_language_from_request(request) == "es" else "en"


def problem(
    request: HttpRequest, status: int, faults: Sequence[Fault], fields: Sequence[object] = ()
) -> HttpResponse:
    """A failure with its first fault's code, and every fault beside it."""
    lang, first = language(request), faults[0]
    said: dict[str, object] = {
        "type": f"/help/{first.code}/",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": " ".join(one.sentence(lang) for one in faults),
        "code": first.code,
        "fix": _fix(first, lang),
        "where": first.where or first.file,
    }
    if fields:
        said["fields"] = list(fields)
    return HttpResponse(msgspec.json.encode(said), status=status, content_type=CONTENT)


def of_status(request: HttpRequest, status: int) -> HttpResponse:
    """A failure of which nothing is known but its status."""
    fault = OF_STATUS.get(status)
    if fault is not None:
        return problem(request, status, [fault])
    said = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    return HttpResponse(msgspec.json.encode(said), status=status, content_type=CONTENT)


def _fix(fault: Fault, lang: Language) -> str:
    return fault.spanish[1] if lang == "es" and fault.spanish[1] else fault.fix


def status_of(error: HabeasError) -> int:
    """With which status an error is told."""
    if error.code in GONE:
        return HTTPStatus.NOT_FOUND
    if error.code in DOCUMENTS:
        return DOCUMENTS[error.code]
    if error.code in AWAY:
        return HTTPStatus.SERVICE_UNAVAILABLE
    if isinstance(error, ImpossibleEvent) or error.code in CONFLICTS:
        return HTTPStatus.CONFLICT
    return HTTPStatus.UNPROCESSABLE_ENTITY


def refused(request: HttpRequest, error: HabeasError) -> HttpResponse:
    """What the law, the register or the agreement refuses."""
    status = status_of(error)
    if status == HTTPStatus.NOT_FOUND:
        return of_status(request, status)
    return problem(request, status, error.faults)


def malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A request of which fields are wrong: each is named, with what is wrong and what to do."""
    fields = [_field(one) for one in error.errors]
    missing_key = any("idempotency" in one["field"].lower() for one in fields)
    if missing_key:
        what = "a write without an 'Idempotency-Key' that is a ULID"
        fault = Fault("H853", what, "Draw one for each act; send the same one to try again.")
        return problem(request, HTTPStatus.BAD_REQUEST, [fault], fields)
    first = fields[0]
    what = f"'{first['field']}' is not as the API asks: {first['what']}"
    fault = Fault("H852", what, "Correct the fields that are named.", where=first["field"])
    return problem(request, HTTPStatus.UNPROCESSABLE_ENTITY, [fault], fields)


def _field(found: Mapping[str, object]) -> dict[str, str]:
    place, context = found.get("loc"), found.get("ctx")
    parts = [str(one) for one in place] if isinstance(place, list | tuple) else []
    kept = [one for one in parts if one not in {"body", "query", "path", "header", "payload"}]
    kind = str(found.get("type", ""))
    expected = str(context.get("expected", "")) if isinstance(context, dict) else ""
    what, fix = _TOLD.get(kind, (str(found.get("msg", "")).lower(), "See docs/openapi.json."))
    return {
        "field": ".".join(kept)[:LONGEST] or "request",
        "what": what,
        "fix": f"Write {expected}." if expected else fix,
    }


_TOLD = {
    "missing": ("it is missing", "State it."),
    "extra_forbidden": ("no field of that name is known", "Leave it out."),
    "string_pattern_mismatch": ("it has another form", "Write it in the form of the example."),
    "literal_error": ("it is none of the words that are known", "Choose one of them."),
    "string_too_long": ("it is too long", "Shorten it."),
    "string_too_short": ("it is empty", "State it."),
}


def on_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """What the framework itself refuses."""
    response = of_status(request, error.status_code)
    if isinstance(error, AuthenticationError):
        response["WWW-Authenticate"] = 'Bearer realm="habeas"'
    if isinstance(error, Throttled):
        response["Retry-After"] = "60"  # the framework states it more exactly where it knows
    return response


def nothing(request: HttpRequest, error: Http404) -> HttpResponse:
    """What is not there, or is not for whoever asks."""
    del error
    return of_status(request, HTTPStatus.NOT_FOUND)


def too_large(request: HttpRequest, error: Exception) -> HttpResponse:
    """More than is read at once."""
    del error
    return of_status(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def unreadable(request: HttpRequest, error: Exception) -> HttpResponse:
    """What no honest program sends."""
    del error
    return of_status(request, HTTPStatus.BAD_REQUEST)
