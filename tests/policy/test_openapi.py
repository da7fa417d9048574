"""The API's description: committed as the code has it, whole, and never broken unsaid."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tools.openapi_breaks import breaks

ROOT = Path(__file__).parents[2]
COMMITTED = ROOT / "docs" / "openapi.json"
DOCUMENT: dict[str, Any] = json.loads(COMMITTED.read_text(encoding="utf-8"))


def git(*words: str) -> str:
    done = subprocess.run(["git", *words], check=False, capture_output=True, cwd=ROOT)  # noqa: S603, S607
    return done.stdout.decode() if done.returncode == 0 else ""


def test_the_committed_description_is_what_the_code_has() -> None:
    call = [sys.executable, "tools/openapi.py", "--check"]
    done = subprocess.run(call, check=False, cwd=ROOT)  # noqa: S603 - our own words
    assert done.returncode == 0, "write it anew: python tools/openapi.py"


def test_a_break_with_the_last_version_is_told_in_the_changelog() -> None:
    tag = git("describe", "--tags", "--abbrev=0").strip()
    text = git("show", f"{tag}:docs/openapi.json") if tag else ""
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    since = changelog.split(f"## {tag.removeprefix('v')}")[0]
    old = json.loads(text) if text else DOCUMENT  # the first version breaks with nothing
    untold = [one for one in breaks(old, DOCUMENT) if one not in since]
    assert untold == []


def test_every_field_has_an_example_and_a_sentence() -> None:
    for name, schema in DOCUMENT["components"]["schemas"].items():
        for field, told in schema.get("properties", {}).items():
            inner = "$ref" in told or "$ref" in told.get("items", {})
            assert inner or (told.get("examples") and told.get("description")), f"{name}.{field}"


def test_every_write_asks_for_its_key_and_every_operation_for_a_token() -> None:
    for path, methods in DOCUMENT["paths"].items():
        for method, told in methods.items():
            names = [one["name"] for one in told["parameters"] if one["required"]]
            assert ("Idempotency-Key" in names) is (method != "get"), path
            assert told["security"] == [{"Bearer": []}], path


def test_what_comes_in_knows_no_other_field() -> None:
    for methods in DOCUMENT["paths"].values():
        for told in methods.values():
            content = told.get("requestBody", {}).get("content", {})
            reference = content.get("application/json", {}).get("schema", {}).get("$ref", "")
            if reference:
                schema = DOCUMENT["components"]["schemas"][reference.rpartition("/")[2]]
                assert schema["additionalProperties"] is False, reference


def changed() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(DOCUMENT))
    return found


@pytest.mark.parametrize(
    ("place", "told"),
    [
        (("paths", "/api/v1/roll"), "GET /api/v1/roll is gone"),
        (("components", "schemas", "Done", "properties", "index"), "Done.index is gone"),
        (("components", "schemas", "Done"), "Done is gone"),
    ],
)
def test_what_is_gone_is_a_break(place: tuple[str, ...], told: str) -> None:
    new = changed()
    inner = new
    for name in place[:-1]:
        inner = inner[name]
    del inner[place[-1]]
    assert told in breaks(DOCUMENT, new)
    assert breaks(new, DOCUMENT) == [], "what is added to an answer is none"


def test_a_field_that_must_now_be_stated_and_another_type_are_breaks() -> None:
    new = changed()
    reason = new["components"]["schemas"]["Reason"]
    reason["properties"]["by"] = {"type": "string"}
    reason["required"].append("by")
    new["components"]["schemas"]["Done"]["properties"]["id"]["type"] = "integer"
    found = breaks(DOCUMENT, new)
    assert found == ["Done.id has another type", "Reason.by must now be stated"]
