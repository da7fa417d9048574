"""What of an OpenAPI document would break a program that was written for an earlier one.

A path, a method or a field of an answer that is gone; a field of a request that is new and must be
stated, or is no longer known; a type that is another. Descriptions and examples break nothing.
"""

from collections.abc import Iterator, Mapping
from typing import Any

Document = Mapping[str, Any]  # Any: OpenAPI's own


def breaks(old: Document, new: Document) -> list[str]:
    """Each break as one line, in order."""
    return sorted({*_operations(old, new), *_schemas(old, new)})


def _operations(old: Document, new: Document) -> Iterator[str]:
    for path, methods in old["paths"].items():
        for method, was in methods.items():
            now = new["paths"].get(path, {}).get(method)
            name = f"{method.upper()} {path}"
            if now is None:
                yield f"{name} is gone"
                continue
            yield from _parameters(name, was, now)


def _parameters(name: str, was: Document, now: Document) -> Iterator[str]:
    before = {(one["in"], one["name"]): one for one in was.get("parameters", [])}
    after = {(one["in"], one["name"]): one for one in now.get("parameters", [])}
    for place in before.keys() - after.keys():
        yield f"{name} no longer knows '{place[1]}'"
    for place, one in after.items():
        if one["required"] and not before.get(place, {}).get("required"):
            yield f"{name} must now be told '{place[1]}'"


def _schemas(old: Document, new: Document) -> Iterator[str]:
    known = new["components"]["schemas"]
    for name, was in old["components"]["schemas"].items():
        now = known.get(name)
        if now is None:
            yield f"{name} is gone"
            continue
        before, after = was.get("properties", {}), now.get("properties", {})
        for field in before.keys() - after.keys():
            yield f"{name}.{field} is gone"
        for field in before.keys() & after.keys():
            if _shape(before[field]) != _shape(after[field]):
                yield f"{name}.{field} has another type"
        stated = was.get("additionalProperties") is False
        for field in set(now.get("required", [])) - set(was.get("required", [])) if stated else ():
            yield f"{name}.{field} must now be stated"


def _shape(found: Document) -> object:
    told = ("type", "$ref", "enum", "const", "format")
    inner = [_shape(one) for one in found.get("anyOf", [])]
    items = _shape(found["items"]) if "items" in found else None
    return [*(found.get(name) for name in told), inner, items]
