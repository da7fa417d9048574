"""The API's own description: OpenAPI 3.1, with what every address may answer besides."""

import json
from typing import Any

from ninja.openapi.schema import REF_TEMPLATE

from habeas.web.api import problems
from habeas.web.api.app import api
from habeas.web.api.schemas import Problem

ALWAYS = (400, 401, 404, 405, 413, 415, 422, 429, 503)
WRITES = (409,)
_WORDS = {
    400: "The request cannot be read, or has no Idempotency-Key",
    401: "No token that is good here",
    404: "Not there, or not for whoever asks: the same bytes",
    405: "That method is not known here",
    409: "Refused by the law, the agreement or the register",
    413: "Longer than it may be",
    415: "Not in a form that is read here",
    422: "A field is wrong; each is named",
    429: "Asked too much in a minute",
    503: "Whoever writes and records reads does not answer",
}


def document() -> dict[str, Any]:  # Any: OpenAPI's own
    """The whole description, as it is committed."""
    found: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/")))
    schemas = found["components"]["schemas"]
    own = Problem.model_json_schema(ref_template=REF_TEMPLATE)
    schemas |= own.pop("$defs", {}) | {"Problem": own}
    found["components"]["responses"] = {f"Status{one}": _problem(one) for one in _WORDS}
    for methods in found["paths"].values():
        for method, told in methods.items():
            _complete(told, writes=method != "get")
    return found


def _complete(told: dict[str, Any], *, writes: bool) -> None:
    for status in (*ALWAYS, *(WRITES if writes else ())):
        there = {"$ref": f"#/components/responses/Status{status}"}
        told["responses"].setdefault(str(status), there)
    if not writes:
        told["responses"]["304"] = {"description": "Unchanged since the ETag that was named"}


def _problem(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": _WORDS[status], "content": {problems.CONTENT: {"schema": schema}}}


def text() -> str:
    """The description as the committed file has it."""
    return json.dumps(document(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
