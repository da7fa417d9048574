"""Visits by command through a gateway: made, blocked, found, replied to, and who was drawn."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

import acting
import gateways
from acting import DEAL, ONE, Story, new_id
from habeas.cli import clock
from habeas.cli.main import run
from habeas.custody.sample import place
from habeas.service import agree, transfer
from habeas.service import visits as of_visits
from habeas.service.asking import Status

UNDER = ["--agreement", DEAL, "--sending", "US", "--receiving", "SV"]
MONITORS = ("US-MONITOR", "SV-MONITOR")
PERSONS = [gateways.person(n) for n in range(1, 5)]
HERE = timedelta(hours=1)
Found = dict[str, Any]  # Any: a document


def now() -> datetime:
    """The instant of the machine, as the gateway's own."""
    return clock.instant(None)[1]


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Path]:
    """A register in which the sending state holds four persons, with its gateway up."""
    path = acting.installed(tmp_path / "both", "US", "SV", more=MONITORS)
    with gateways.running(path), gateways.asking(path) as caller:
        for one in PERSONS:
            Story(caller, subject=one, start=now() - 4 * HERE).act("custody.opened")
        yield path


def act(
    path: Path, kind: str, by: str, who: str = ONE, /, *, status: int = 0, **body: object
) -> str:
    """Act by command; returns the id of the act."""
    authority, role = by.split(":")
    name = new_id()
    words = ["act", str(path), kind, who, "--by", f"{authority}/{role}/{acting.key_id(authority)}"]
    given = [
        part for key, value in body.items() for part in ("--body", f"{key}={json.dumps(value)}")
    ]
    assert run([*words, *given, *UNDER, "--id", name, "--json"]) == status
    return name


def visits(path: Path, capsys: pytest.CaptureFixture[str], status: int, *more: str) -> Found:
    capsys.readouterr()
    assert run(["custody", "visits", str(path), *UNDER, "--json", *more]) == status
    found: Found = json.loads(capsys.readouterr().out)
    return found


def test_a_finding_waits_for_the_state_that_is_addressed_and_silence_is_seen(
    held: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    act(held, "visit.blocked", "US-BOP:custodian", status=3, reason="shut")
    assert "H602" in capsys.readouterr().err
    act(held, "visit.blocked", "SV-MONITOR:monitor", reason="the gate stayed shut")
    visit = act(held, "visit.made", "US-MONITOR:monitor", seen=True)
    day = (now() + timedelta(days=3)).date().isoformat()
    said: Found = {"addressed_to": "sending", "recommendation": "light off", "reply_by": day}
    finding = act(
        held, "visit.finding", "US-MONITOR:monitor", visit=visit, finding="lit all night", **said
    )
    found = visits(held, capsys, 0)
    assert [one["what"] for one in found["rows"]] == ["blocked", "made", "finding"]
    row = found["rows"][2]
    assert (row["state"], row["says"], row["visit"]) == ("running", "lit all night", visit)
    assert {(one["id"], one["mandate"]) for one in found["bodies"]} == {
        ("US-MONITOR", "in force"), ("SV-MONITOR", "in force"),
    }  # fmt: skip
    late = (now() + timedelta(days=5)).isoformat()
    assert visits(held, capsys, 1, "--as-of", late)["follow_up"] == {"overdue": 1}
    reply: Found = {"finding": finding, "reply": "It is off from 22:00."}
    act(held, "visit.finding_answered", "SV-DGCP:transferring", status=3, **reply)
    assert "H624" in capsys.readouterr().err
    for _ in range(2):
        act(held, "visit.finding_answered", "US-BOP:transferring", **reply)
    found = visits(held, capsys, 0, "--as-of", late)
    assert found["follow_up"] == {"met": 1}
    assert "No lawyer" in found["review"]


def test_who_was_drawn_is_drawn_again_and_a_false_draw_is_a_finding(
    held: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with gateways.asking(held) as caller:
        size = int(caller.ask(Status())["size"])
    first, *others = sorted(PERSONS, key=lambda one: place("lot 7", one))
    said: list[tuple[str, Found]] = [
        (first, {"seed": "lot 7", "size": size, "drawn": 1}),
        (others[0], {"seed": "lot 7", "size": size, "drawn": 1}),
        (others[0], {"seed": "lot 7", "size": size, "drawn": 2}),
        (first, {"seed": "lot 7", "size": size + 10**6, "drawn": 1}),
        (first, {"seed": "", "size": size, "drawn": 1}),
        (first, {"seed": "lot 7", "size": "all", "drawn": 1}),
        (first, {"seed": "lot 7", "size": size, "drawn": 1, "drawn_from": "ELSEWHERE"}),
        (first, {}),
    ]
    for who, body in said:
        act(held, "visit.made", "US-MONITOR:monitor", who, seen=True, **body)
    found = visits(held, capsys, 1)
    assert [one["sample"] for one in found["rows"]] == [
        "in the sample", "not in the sample", "in the sample", "cannot be drawn again",
        "cannot be drawn again", "cannot be drawn again", "not in the sample", "",
    ]  # fmt: skip
    capsys.readouterr()
    assert run(["custody", "visits", str(held), *UNDER]) == 1
    told = capsys.readouterr().out
    assert "Who may visit" in told
    assert "US-MONITOR" in told
    out = tmp_path / "visits.csv"
    assert run(["custody", "visits", str(held), *UNDER, "--out", str(out)]) == 1
    assert len(out.read_text().splitlines()) == 1 + len(said)


def test_an_agreement_may_date_a_mandate_and_where_it_does_not_there_is_no_limit() -> None:
    deal = agree.library().agreement("NO-NL")  # zone Europe/Amsterdam
    assert transfer.terms(deal, "NO", "NL").mandates == {}
    dated = tuple(
        msgspec.structs.replace(one, from_=date(2026, 6, 1), until=date(2026, 12, 1))
        if "monitor" in one.roles
        else one
        for one in deal.authorities
    )
    (name,) = [one.id for one in dated if one.from_]
    terms = transfer.terms(msgspec.structs.replace(deal, authorities=dated), "NO", "NL")
    begins = datetime(2026, 5, 31, 22, tzinfo=UTC)
    ends = datetime(2026, 11, 30, 23, tzinfo=UTC)
    assert terms.mandates == {name: (begins, ends)}
    again = msgspec.structs.replace(deal, authorities=dated)
    second = timedelta(seconds=1)
    for at, said in ((begins - second, "not in force"), (begins, "in force"),
                     (ends - second, "in force"), (ends, "not in force")):  # fmt: skip
        (row,) = of_visits.bodies(again, terms.mandates.get, at)
        assert (row["mandate"], row["from"], row["until"]) == (said, "2026-06-01", "2026-12-01")
