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
from ninja.parser import Parser

from habeas.errors import HabeasError
from habeas.web.api import acts, cases, openings, persons, places, problems, telling
from habeas.web.api.bearer import Bearer, PerToken

JSON = "application/json"


class StrictParser(Parser):
    """Reads JSON that says it is JSON, and has no number that JSON does not know."""

    def parse_body(self, request: HttpRequest) -> Any:  # noqa: ANN401 - whatever JSON holds
        """The body of a request."""
        if request.content_type != JSON:
            raise HttpError(415, "not JSON")
        try:
            return json.loads(request.body, parse_constant=_no_number)
        except (ValueError, RecursionError) as error:
            raise HttpError(400, "not JSON") from error


def _no_number(text: str) -> float:
    raise ValueError(text)


api = NinjaAPI(
    title="habeas",
    version="1",
    description="Custody agreements between states: the use cases of the pages, for programs.",
    docs_url=None,
    openapi_url=None,
    auth=Bearer(),
    throttle=PerToken(),
    parser=StrictParser(),
    urls_namespace="api",
)
for _part in (cases, persons, places, acts, openings, telling):
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
