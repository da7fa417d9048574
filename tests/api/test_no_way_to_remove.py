"""Nothing that is sent takes a person or an event away: pages and API know only reading and adding.

What the database's owner may do, and how it is named, is in tests/adapters/test_nothing_is_removed.
"""

import json
import re
from pathlib import Path

import pytest

from served import State

FORM = json.loads((Path(__file__).parents[2] / "docs" / "openapi.json").read_text())
OTHERS = ("DELETE", "PUT", "PATCH", "TRACE")
OFFICES = ("sending_officer", "facility_officer", "court", "monitor")
# What a POST may address: an act, a draft, a document or attachment, a first custody, a webhook.
ADDING = re.compile(
    r"/api/v1/(persons/\{subject\}/(deeds/\w+|documents|attachments)|drafts/\{draft\}/(sign|drop)|openings"
    r"|webhooks(/\{number\}/(enable|disable|replay))?)"
)


def test_the_api_knows_only_reading_and_adding() -> None:
    for path, operations in FORM["paths"].items():
        methods = {one for one in operations if one != "parameters"}
        assert methods <= {"get", "post"}, path
        assert "post" not in methods or ADDING.fullmatch(path), path


@pytest.mark.parametrize("office", OFFICES)
def test_no_other_method_is_answered_and_nothing_is_gone(sending: State, office: str) -> None:
    who = sending.somebody(office)
    found = sending.get("/api/v1/persons?limit=1", who).json()["items"]
    subject = found[0]["subject"] if found else "p_" + "0" * 26
    before = sending.get(f"/api/v1/persons/{subject}/events", who)
    for path in FORM["paths"]:
        filled = path.replace("{subject}", subject).replace("{index}", "30")
        filled = re.sub(r"\{\w+\}", "1", filled)
        for method in OTHERS:
            assert sending.ask(method, filled, who, {}).status in (404, 405), (method, filled)
    after = sending.get(f"/api/v1/persons/{subject}/events", who)
    assert (before.status, before.body) == (after.status, after.body)


@pytest.mark.parametrize("method", OTHERS)
@pytest.mark.parametrize(
    "path", ["", "roll/", "docket/", "persons/", "transfers/", "facilities/", "search/", "about/"]
)
def test_no_page_answers_another_method(sending: State, path: str, method: str) -> None:
    found = sending.ask(method, f"/en/{path}", sending.somebody("sending_officer"), {})
    assert found.status in (403, 404, 405)  # 403: nobody sends it without the page's own secret
