"""`habeas law`: list, show, check; and `habeas doctor`."""

import json
import re
from typing import Any

import pytest

from habeas.cli.main import run
from habeas.law.library import Library

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
        "agreement": 6, "law": 5, "standard": 6, "facility": 5}  # fmt: skip
    assert all(HEX.fullmatch(row["hash"]) and row["title"] for row in found["files"])


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


def test_a_rule_is_shown_with_layer_citations_and_the_facts_that_it_asks(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = told(capsys, "show", "B-CIT-1")
    assert list(found) == ["applies", "cite", "en", "es", "facts", "file", "habeas", "id", "layer",
                           "note", "remedy", "require", "review"]  # fmt: skip
    assert (found["id"], found["layer"], found["file"], found["review"]) == (
        "B-CIT-1", "statute", "library/laws/usc18-ch306.toml", NOBODY)  # fmt: skip
    assert (found["applies"], found["require"]) == (
        "sending = 'US' AND pathway IN ('lease','removal')", "NOT is_sending_national")  # fmt: skip


def test_a_shown_rule_names_where_it_is_written_and_how_far_that_was_read(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = told(capsys, "show", "B-CIT-1")
    first = {"instrument": "usc18", "at": "4001(a)", "checked": "text", "source": ["USC18_4001"]}
    assert found["cite"][0] == first
    assert [row["fact"] for row in found["facts"]] == ["is_sending_national", "pathway", "sending"]
    assert {tuple(row) for row in found["facts"]} == {("established_by", "evidence", "fact")}


@pytest.mark.parametrize("name", ["B-STAY-1", "T-4", "L-1", "R-2", "NONL-9", "ETS167-1"])
def test_a_rule_of_any_file_can_be_shown(capsys: pytest.CaptureFixture[str], name: str) -> None:
    found = told(capsys, "show", name)
    assert (found["id"], bool(found["cite"]), bool(found["facts"])) == (name, True, True)


def test_an_agreement_is_shown_with_its_standing_its_own_rules_and_what_disagrees(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = told(capsys, "show", "SE-EE")
    assert list(found) == ["conflicts", "file", "habeas", "hash", "id", "note", "parties",
                           "pathways", "review", "rules", "standing", "terms", "title"]  # fmt: skip
    assert (found["standing"], found["pathways"], found["parties"]) == (
        "signed", ["lease"], [["SE", "sending"], ["EE", "receiving"]])  # fmt: skip
    assert [rule["id"] for rule in found["rules"]] == ["SEEE-1", "SEEE-2", "SEEE-3"]


def test_people_read_a_rule_line_by_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["law", "show", "B-CIT-1"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("id: B-CIT-1\nlayer: statute\nen: The sending State does not send ")
    assert err == NOBODY + "\n"


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("SE-EF", "Did you mean 'SE-EE'?"),
        ("B-CIT-9", "Did you mean 'B-CIT-3'?"),
        ("xyzzy", "Use a name that is declared."),
    ],
)
def test_an_unknown_id_is_told_with_the_nearest(
    capsys: pytest.CaptureFixture[str], name: str, fix: str
) -> None:
    assert run(["law", "show", name, "--json"]) == 2
    out, err = capsys.readouterr()
    assert (out, err) == ("", f"H219 nothing called '{name}' in the library. {fix}\n")


def test_an_id_in_small_letters_is_another_id(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["law", "show", "se-ee"]) == 2
    assert capsys.readouterr().err.startswith("H219 nothing called 'se-ee' in the library. ")


def test_a_sound_library_is_told_by_its_programs_and_what_it_holds(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = told(capsys, "check")
    rules = {name: int(one["rules"]) for name, one in found["programs"].items()}
    assert list(found) == ["facilities", "facts", "habeas", "laws", "programs", "review",
                           "standards"]  # fmt: skip
    assert [found[key] for key in ("facts", "laws", "standards", "facilities")] == [71, 5, 6, 5]
    assert rules == {"BE-NL": 46, "DK-XK": 43, "NO-NL": 46, "OAS-A57": 38, "SE-EE": 41,
                     "US-SV-2025": 38}  # fmt: skip


def test_the_check_shows_the_hash_that_a_screening_shows(
    capsys: pytest.CaptureFixture[str],
) -> None:
    hashes = {name: one["hash"] for name, one in told(capsys, "check")["programs"].items()}
    assert hashes == {name: Library().program(name).hash for name in hashes}


def test_the_doctor_says_what_is_installed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor"]) == 0
    out, err = capsys.readouterr()
    found = {line.split()[0] for line in out.splitlines() if line.split()}
    assert {"python", "habeas", "cryptography", "pyarrow", "tzdata"} <= found
    assert err.startswith("Not in this version: ")
