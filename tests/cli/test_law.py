"""`habeas law`: list, show, check; and `habeas doctor`."""

import json
import re
from datetime import date
from typing import Any

import pytest

from habeas.cli.main import run
from habeas.law.library import Library

DAY = date(2026, 11, 21)

HEX = re.compile(r"[0-9a-f]{64}")
NOBODY = "No lawyer has reviewed this library. Rules and texts are research, not legal advice."


def told(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert run(["law", *words, "--json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    found: dict[str, Any] = json.loads(out)
    return found


def test_the_list_names_every_file_with_its_kind_and_hash(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = told(capsys, "list")
    kinds = [row["kind"] for row in found["files"]]
    keys = {tuple(row) for row in found["files"]}
    assert keys == {("hash", "id", "kind", "standing", "title")}
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "agreement": 6, "law": 5, "standard": 6, "facility": 6}  # fmt: skip
    assert all(HEX.fullmatch(row["hash"]) and row["title"] for row in found["files"])


def test_the_list_counts_what_has_an_id(capsys: pytest.CaptureFixture[str]) -> None:
    held = told(capsys, "list")["held"]
    kinds = ("rule", "parameter", "agreement rule", "duty", "measure", "conflict")
    assert [held[kind] for kind in kinds] == [62, 2, 6, 24, 30, 20]


@pytest.mark.parametrize("kind", ["agreement", "law", "facts", "standard", "facility"])
def test_editors_get_a_schema_that_refuses_unknown_keys(
    capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    assert run(["law", "schema", kind]) == 0
    found = json.loads(capsys.readouterr().out)
    top = found["$defs"][found["$ref"].rpartition("/")[2]]
    assert (top["additionalProperties"], "format" in top["required"]) == (False, True)
    held = {name for one in found["$defs"].values() for name in one.get("properties", {})}
    assert "from_" not in held


def test_a_schema_of_something_else_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["law", "schema", "treaty"]) == 2
    assert "H903 no schema 'treaty'. Use one of agreement, law" in capsys.readouterr().err


def test_the_list_shows_the_standing_of_an_agreement_and_of_nothing_else(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = told(capsys, "list")["files"]
    standing = {row["id"]: row["standing"] for row in rows if row["standing"]}
    assert standing == {
        "BE-NL": "ended", "DK-XK": "ratified", "NO-NL": "ended", "OAS-A57": "in_force",
        "SE-EE": "signed", "US-SV-2025": "reported"}  # fmt: skip


def test_people_read_the_list_as_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["law", "list"]) == 0
    out, err = capsys.readouterr()
    assert [line.split()[:3] for line in out.splitlines() if line.strip().startswith("SE-EE")] == [
        ["SE-EE", "agreement", "signed"]
    ]
    assert err == NOBODY + "\n"


def test_a_sound_library_is_told_by_its_programs_and_what_it_holds(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = told(capsys, "check")
    rules = {name: int(one["rules"]) for name, one in found["programs"].items()}
    assert list(found) == ["analysis", "facilities", "facts", "habeas", "laws", "left_out",
                           "programs", "review", "standards"]  # fmt: skip
    assert [found[key] for key in ("facts", "laws", "standards", "facilities")] == [71, 5, 6, 6]
    assert rules == {"BE-NL": 46, "DK-XK": 43, "NO-NL": 46, "OAS-A57": 38, "SE-EE": 41,
                     "US-SV-2025": 38}  # fmt: skip


def test_the_check_shows_the_hash_that_a_screening_shows(
    capsys: pytest.CaptureFixture[str],
) -> None:
    hashes = {name: one["hash"] for name, one in told(capsys, "check")["programs"].items()}
    assert hashes == {name: Library().program(name, DAY).hash for name in hashes}


def test_the_doctor_says_what_is_installed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor"]) == 0
    out, err = capsys.readouterr()
    found = {line.split()[0] for line in out.splitlines() if line.split()}
    assert {"python", "habeas", "cryptography", "pyarrow", "tzdata"} <= found
    assert not err or err.startswith("Type: pip install 'habeas[")
