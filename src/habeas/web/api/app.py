"""The API itself: its parts, who may ask, and how each failure is told."""

import json
from typing import Any

from django.core.exceptions import (
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import Http404, HttpRequest
from django.urls import URLPattern, URLResolver, path
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.operation import Operation
from ninja.parser import Parser

from habeas.errors import HabeasError
from habeas.web.api import (
    acts,
    cases,
    documents,
    duties,
    openings,
    persons,
    places,
    problems,
    telling,
)
from habeas.web.api.bearer import Bearer, PerToken


class StrictParser(Parser):
    """Reads JSON that has no number that JSON does not know."""

    def parse_body(self, request: HttpRequest) -> Any:  # noqa: ANN401 - whatever JSON holds
        """The body of a request."""
        return json.loads(request.body, parse_constant=_no_number)  # what it raises is told as 400


def _no_number(text: str) -> float:
    raise ValueError(text)


ABOUT = """\
Custody agreements between states: the use cases of the pages, for programs.

Every request bears a token of somebody's own; a session opens nothing here. What is not there and
what somebody may not see are answered in the same bytes. Every read of a person is recorded before
it is answered. Every write states an `Idempotency-Key`, a ULID: the same act under it is answered
as before, another one is refused. Failures are RFC 9457 with the codes of docs/errors.md. A token
may ask 1,200 times a minute.

A webhook is a POST of one CloudEvents 1.0 message in JSON whose `data` names indexes, from `first`
to `index`, and nothing else. `Webhook-Signature` holds `v1,` and the base64 of HMAC-SHA256 over
`Webhook-Id`, a full stop, `Webhook-Timestamp`, a full stop, and the bytes of the body, under the
secret that was shown when the address was added: base64 after `whsec_`. Refuse what is older than
five minutes, and an id that was taken in before. Any 2xx is an answer; else it is tried again
after 10 s, 40 s, 160 s and so on, seven times.
"""


class Api(NinjaAPI):
    """Names each operation by its function."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """The name of an operation in the description."""
        return operation.view_func.__name__


api = Api(
    title="habeas",
    version="1",
    description=ABOUT,
    docs_url=None,
    openapi_url=None,
    auth=Bearer(),
    throttle=PerToken(),
    parser=StrictParser(),
    urls_namespace="api",
)
for _part in (cases, persons, duties, places, acts, documents, openings, telling):
    api.add_router("", _part.router)
_TOLD: dict[type[Exception], Any] = {  # Any: each tells its own kind of error
    HabeasError: problems.refused,
    ValidationError: problems.malformed,
    HttpError: problems.on_error,
    Http404: problems.nothing,
    RequestDataTooBig: problems.too_large,
    TooManyFieldsSent: problems.too_large,
    TooManyFilesSent: problems.too_large,
    SuspiciousOperation: problems.unreadable,
}
for _error, _tell in _TOLD.items():
    api.add_exception_handler(_error, _tell)
urlpatterns: list[URLPattern | URLResolver] = [path("api/v1/", api.urls)]
