"""Addresses of pages by name, and lists in the three forms in which every list is given."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django.http import HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language

from habeas.errors import Language
from habeas.web.asked import AskedRequest
from habeas.web.components import Link, Pages, Words

ROWS = 25  # on a page
FORMULA = ("=", "+", "-", "@", "\t", "\r")
Plain = str | int | bool | None | Sequence[str]


def to(name: str, *args: object) -> str:
    """The address of a page; empty where this installation has no page of that name."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def link(text: Words, name: str, *args: object) -> Link | Words:
    """A link to a page; the words alone where there is no such page."""
    found = to(name, *args)
    return Link(text, found) if found else text


def language() -> Language:
    """The language of the page."""
    return "es" if (get_language() or "").startswith("es") else "en"


def page_of(request: AskedRequest, count: int) -> Pages:
    """Which page of a list was asked for; a number that is none, or too high, is the nearest."""
    last = max(1, -(-count // ROWS))
    asked = request.GET.get("page", "1")
    number = (
        int(asked) if asked.isascii() and asked.isdigit() and len(asked) < len("1000000") else 1
    )
    query = {key: str(request.GET[key]) for key in request.GET if key not in {"page", "format"}}
    return Pages(min(max(number, 1), last), last, query)


def format_of(request: AskedRequest) -> str:
    """In which form a list is wanted: `csv`, `json`, or the page where it is empty."""
    asked = request.GET.get("format", "")
    return asked if asked in {"csv", "json"} else ""


def other_forms(request: AskedRequest) -> Mapping[str, str]:
    """The addresses of the same list as CSV and as JSON."""
    query = request.GET.copy()
    query.pop("page", None)
    found = {}
    for form in ("csv", "json"):
        query["format"] = form
        found[form] = f"?{query.urlencode()}"
    return found


def exported(
    form: str,
    name: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    head: Mapping[str, object],
) -> HttpResponse:
    """A whole list as a file that is downloaded.

    Args:
        form: `csv` or `json`.
        name: of the file, without its ending.
        columns: names that do not change with the language.
        rows: one value a column.
        head: what the list was computed from; in the JSON alone.
    """
    if form == "json":
        told = [dict(zip(columns, map(_json, row), strict=True)) for row in rows]
        text, kind = json.dumps({**head, "rows": told}, ensure_ascii=False), "application/json"
    else:
        text, kind = _csv(columns, rows), "text/csv; charset=utf-8"
    answer = HttpResponse(text, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return answer


def _json(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([plain(value) for value in row] for row in rows)
    return out.getvalue()


def plain(value: object) -> str:
    """A value as a cell that no spreadsheet takes for a formula; a list is joined by spaces."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        value = " ".join(map(str, value))
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
