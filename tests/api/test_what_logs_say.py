"""The logs and numbers of two running installations: whole, followed to the gateway, and of nobody.

The logs are those of all tests of this folder; this file comes last of them.
"""

import json
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from prometheus_client.parser import text_string_to_metric_families

import served
from habeas.adapters import installation_files
from habeas.cli.serve import LOG
from habeas.register import locator
from served import State

NUMBER = re.compile(r"p_[0-9a-z]{26}")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
NAME, PASSWORD = "mallory.of.nowhere", "a password that is wrong"
PLAIN = "Gateway of "  # what a command says to whoever types it


def lines(state: State) -> Iterator[dict[str, object]]:
    for line in (state.folder / LOG).read_text().splitlines():
        if not line.startswith(PLAIN):
            yield json.loads(line)


def subjects(state: State) -> list[str]:
    people = state.get("/api/v1/persons?limit=5", state.somebody("sending_officer")).json()
    return [row["subject"] for row in people["items"]]


@pytest.fixture
def session(sending: State) -> list[str]:
    """What somebody did that must stand in no log; what must not stand there, in words."""
    officer = sending.somebody("sending_officer")
    cookie = served.session_of(sending, officer)
    person, token = subjects(sending)[0], locator.printed(secrets.token_bytes(16))
    for path in (f"/en/persons/{person}/", f"/en/persons/?q={person}", f"/en/{person}"):
        sending.get(path, Cookie=cookie)
    sending.ask("POST", "/en/ask/", body=urlencode({"token": token}).encode(), headers=FORM)
    tried = urlencode({"login": NAME, "password": PASSWORD}).encode()
    sending.ask("POST", "/en/accounts/login/", body=tried, headers=FORM)
    sending.post(f"/api/v1/persons/{person}x/deeds/none", officer, {"at": person, "who": NAME})
    sending.ask("GET", "/en/", headers={"Host": NAME})
    sending.ask("GET", f"/en/persons/{person}/", token=PASSWORD)
    key = json.loads((sending.folder / "log.key").read_text())["seed"]
    kept = (installation_files.SECRET, installation_files.METRICS, installation_files.HOOKS)
    found = [_secret(sending.folder / name) for name in kept]
    words = [*sending.tokens.values(), *sending.tokens]
    return [cookie, cookie.partition("=")[2], token, NAME, PASSWORD, key, *found, *words]


def _secret(path: Path) -> str:
    return path.read_text().strip() if path.exists() else "there is none"


def test_no_log_names_a_person_an_account_a_token_or_a_secret(
    states: list[State], session: list[str]
) -> None:
    for state in states:
        text = (state.folder / LOG).read_text()
        assert NUMBER.findall(text) == []
        assert [word for word in session if word in text] == []
    told = list(lines(states[0]))
    assert {one["service"] for one in told} >= {"gateway", "web"}
    assert {str(one["route"]) for one in told if "route" in one} >= {"none"}
    assert [one for one in told if "/ask" in str(one.get("route", ""))] == []


def test_a_request_is_followed_from_the_web_to_the_gateway(sending: State) -> None:
    trace = secrets.token_hex(16)
    officer = sending.somebody("sending_officer")
    path = f"/api/v1/persons/{subjects(sending)[0]}"
    answer = sending.get(path, officer, Traceparent=f"00-{trace}-{'b' * 16}-01")
    assert answer.status == 200
    told = [one for one in lines(sending) if one.get("trace") == trace]
    assert {one["service"] for one in told} == {"gateway", "web"}
    assert "seen" in {one.get("op") for one in told}


def test_the_numbers_are_in_the_form_that_collectors_read(sending: State) -> None:
    text = sending.get("/-/metrics").body.decode()
    found = {one.name: one for one in text_string_to_metric_families(text)}
    assert all(one.documentation and one.type != "unknown" for one in found.values())
    up = found["habeas_gateway_up"].samples[0].value
    assert up == 1
    assert found["habeas_log_head_age_seconds"].samples[0].value >= 0
    for name in ("habeas_request_seconds", "habeas_commit_seconds"):
        assert found[name].type == "histogram"
        buckets = [one.value for one in found[name].samples if one.name.endswith("_bucket")]
        count = next(one.value for one in found[name].samples if one.name.endswith("_count"))
        assert buckets == sorted(buckets)
        assert buckets[-1] == count
    asked = {one.labels["op"] for one in found["habeas_gateway_requests"].samples}
    assert "take" in asked
    assert NUMBER.findall(text) == []
