"""The writ end to end: asked, answered falsely, and a duty done, by command through a gateway."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import acting
import gateways
from acting import DEAL, ONE, Story
from habeas.cli import clock
from habeas.cli.main import run

UNDER = ["--agreement", DEAL, "--sending", "US", "--receiving", "SV"]
Found = dict[str, Any]  # Any: a document
HERE = timedelta(hours=1)


def now() -> datetime:
    """The instant of the machine, as the gateway's own."""
    return clock.instant(None)[1]


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Path]:
    """A register in which the sending state holds one person, with its gateway up."""
    path = acting.installed(tmp_path / "both", "US", "SV")
    with gateways.running(path), gateways.asking(path) as caller:
        Story(caller, start=now() - 4 * HERE).act("custody.opened")
        yield path


def by(text: str) -> list[str]:
    authority, role = text.split(":")
    return ["--by", f"{authority}/{role}/{acting.key_id(authority)}"]


def told(capsys: pytest.CaptureFixture[str], status: int, *call: str) -> Found:
    capsys.readouterr()
    assert run([*call, *UNDER]) == status, capsys.readouterr().err
    found: Found = json.loads(capsys.readouterr().out)
    return found


def test_a_false_answer_is_signed_dated_and_named_for_ever(
    held: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = (now() - 2 * HERE).isoformat()
    asked = ["inquiry", "make", str(held), ONE, *by("US-COUNSEL:counsel"), "--at", at]
    told(capsys, 0, *asked, "--json")
    found = told(capsys, 0, "inquiry", "list", str(held), "--json")
    (row,) = found["rows"]
    assert (row["state"], row["owed_by"]) == ("running", "sending")
    body = told(capsys, 0, "inquiry", "answer", str(held), ONE, "--inquiry", row["event"])
    assert (body["inquiry"], body["custodian"]) == (row["event"], "sending")
    file = tmp_path / "false.json"
    file.write_text(json.dumps({**body, "facility": "ELSEWHERE"}))
    said = [str(held), "inquiry.answered", ONE, *by("US-BOP:custodian")]
    told(capsys, 0, "act", *said, "--body-file", str(file), "--json")
    found = told(capsys, 1, "inquiry", "list", str(held), "--json")
    (wrong,) = found["contradictions"]
    assert (wrong["what"], wrong["says"]) == ("facility", "ELSEWHERE")
    assert wrong["signed_by"] == "US-BOP/custodian"
    (row,) = found["rows"]
    assert row["state"] == "met"


def test_a_duty_is_done_part_by_part_and_by_the_state_that_owes_it(
    held: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = (now() - HERE).isoformat()
    report = ["act", str(held), "incident.reported", ONE, *by("US-BOP:custodian"), "--at", at]
    told(capsys, 0, *report, "--body", "document=d", "--body", 'kind="ill_treatment"', "--json")
    done = ["duties", "answer", str(held), ONE, "--duty", "D-1", *by("US-BOP:custodian")]
    told(capsys, 0, *done, "--step", "report", "--json")
    rows = told(capsys, 0, "duties", "list", str(held), "--all", "--json")["rows"]
    found = {(one["duty"], one["step"], one["owed_by"]): one["state"] for one in rows}
    assert found == {
        ("D-1", "report", "sending"): "met", ("D-1", "report", "receiving"): "running",
        ("D-1", "preservation", "sending"): "running",
        ("D-1", "preservation", "receiving"): "running",
        ("D-2", "", "sending"): "running",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("duty", "step", "what"),
    [
        ("D-99", [], "is no duty that falls due"),
        ("D-1", [], "is done part by part"),
        ("D-1", ["--step", "autopsy"], "has no part 'autopsy'"),
        ("D-2", ["--step", "report"], "has no part 'report'"),
    ],
)
def test_what_would_answer_nothing_is_not_recorded(
    tmp_path: Path, duty: str, step: list[str], what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    call = ["duties", "answer", str(tmp_path / "r"), ONE, "--duty", duty, *step, "--by", "A/b/c"]
    assert run([*call, *UNDER]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "H901" in said
    assert what in said


def test_who_is_held_apart_anew_within_a_day_is_held_apart_on_end(
    held: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    begun = ["act", str(held), "segregation.started", ONE, *by("US-BOP:custodian")]
    at = [(now() - hours * HERE).isoformat() for hours in (3, 2, 1)]
    first = acting.new_id()
    told(capsys, 0, *begun, "--body", "reason=r", "--at", at[0], "--id", first, "--json")
    ended = ["act", str(held), "segregation.ended", ONE, *by("US-BOP:custodian"), "--at", at[1]]
    told(capsys, 0, *ended, "--body", f'segregation="{first}"', "--json")
    told(capsys, 0, *begun, "--body", "reason=other", "--at", at[2], "--json")
    found = told(capsys, 0, "custody", "segregation", str(held), "--json")
    (row,) = found["rows"]
    assert (row["placements"], row["to"], row["reasons"]) == ("2", "", "r; other")
    later = (now() + 24 * 16 * HERE).isoformat()
    found = told(capsys, 1, "custody", "segregation", str(held), "--as-of", later, "--json")
    assert found["counts"] == {
        "stretches": 1, "prolonged": 1, "prolonged_and_lasting": 1,
        "solitary": {"not established": 1},
    }  # fmt: skip
    capsys.readouterr()
    assert run(["custody", "segregation", str(held), *UNDER, "--as-of", later]) == 1
    assert "Segregation as of" in capsys.readouterr().out
