"""What a line of the log says, of our own parts and of every library's."""

import io
import json
import logging
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path

from habeas.errors import Fault, SetupError
from habeas.web import settings
from habeas.web.log_lines import PageLines

PERSON = "p_7q3k9x2m4v8t1z5w0r6y3b8c9d"


def refuse(subject: str) -> HttpResponse:
    raise SetupError(Fault("H916", f"of {subject}", "None."))


def boom(_request: HttpRequest, subject: str) -> HttpResponse:
    """A page that breaks with a row in its words."""
    try:
        return refuse(subject)
    except SetupError as error:
        msg = f"Key (subject)=({subject}) exists already"
        raise ValueError(msg) from error


urlpatterns = [path("broken/<str:subject>/", boom, name="broken")]


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the handler of the settings would write."""
    handler = logging.StreamHandler(found := io.StringIO())
    handler.setFormatter(PageLines())
    root = logging.getLogger()
    root.addHandler(handler)
    yield found
    root.removeHandler(handler)


def said(lines: io.StringIO) -> list[Mapping[str, Any]]:
    """Each line, read."""
    return [json.loads(one) for one in lines.getvalue().splitlines()]


def test_the_settings_write_such_lines_and_no_others() -> None:
    (lines,) = settings.LOGGING["formatters"].values()  # type: ignore[attr-defined]  # a plain dictionary of Django's
    assert lines["()"] == "habeas.web.log_lines.PageLines"
    assert {one["formatter"] for one in settings.LOGGING["handlers"].values()} == {"lines"}  # type: ignore[attr-defined]  # the same


@pytest.mark.usefixtures("tables")
@override_settings(ROOT_URLCONF=__name__)
def test_a_broken_page_is_one_line_with_the_place_and_no_person(lines: io.StringIO) -> None:
    client = Client(raise_request_exception=False, headers={"host": "localhost"})
    answer = client.get(f"/broken/{PERSON}/?q={PERSON}")
    assert answer.status_code == 500
    assert PERSON not in lines.getvalue()
    assert PERSON.encode() not in answer.content
    (line,) = [one for one in said(lines) if one["level"] == "error"]
    assert (line["method"], line["page"], line["status"]) == ("GET", "broken", 500)
    assert line["error"] == "ValueError"
    assert line["places"][-1].startswith("test_log_lines.py:")
    assert (line["because"]["error"], line["because"]["code"]) == ("SetupError", "H916")


@pytest.mark.usefixtures("tables")
@override_settings(ROOT_URLCONF=__name__)
def test_an_address_that_is_not_there_is_not_repeated(lines: io.StringIO) -> None:
    Client(headers={"host": "localhost"}).get(f"/persons/{PERSON}/")
    assert PERSON not in lines.getvalue()
    (line,) = [one for one in said(lines) if one["from"] == "django.request"]
    assert (line["level"], line["page"], line["status"]) == ("warning", "no page", 404)


def test_what_is_logged_begins_no_line_of_its_own() -> None:
    hostile = "name\n2026-01-01T00:00:00.000+00:00 INFO habeas all is well\r\x1b[2J\x85\u2028"
    record = logging.LogRecord("habeas.x", logging.WARNING, "f.py", 1, "%s", (hostile,), None)
    line = PageLines().format(record)
    assert line.isprintable()
    assert json.loads(line)["text"] == hostile
    record = logging.LogRecord("django.request", logging.WARNING, "f.py", 1, "x", (), None)
    record.request = RequestFactory().get("/a%0Ab/")
    assert json.loads(PageLines().format(record))["page"] == "no page"
