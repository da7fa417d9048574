"""What is read through the API: by whom, in which form, and what is told to nobody."""

import json
import re

import pytest

import served
from served import Reply, State

NOBODY = "p_" + "0" * 26
BY_OFFICE = {
    "sending_officer": ("/docket", "/persons", "/manifests", "/agreement", "/roll", "/drafts"),
    "finance": ("/statement?from=2026-10-01&to=2026-11-01", "/agreement"),
    "administrator": ("/webhooks", "/agreement"),
    "counsel": ("/docket", "/persons", "/facilities/TARTU"),
    "monitor": ("/roll", "/facilities/TARTU"),
}
NOT_THEIRS = {
    "finance": ("/docket", "/roll", "/webhooks", "/facilities/TARTU"),
    "administrator": ("/docket", "/roll", "/statement?from=2026-10-01&to=2026-11-01"),
    "counsel": ("/roll", "/statement?from=2026-10-01&to=2026-11-01", "/webhooks"),
    "sending_officer": ("/webhooks", "/statement?from=2026-10-01&to=2026-11-01"),
}


def api(state: State, path: str, who: str) -> Reply:
    return state.get(f"/api/v1{path}", who)


def officer(state: State) -> str:
    return state.somebody("sending_officer", "SE-KVV")


def somebody_seen(state: State, who: str = "") -> str:
    return str(api(state, "/persons?limit=1", who or officer(state)).json()["items"][0]["subject"])


@pytest.mark.parametrize("office", BY_OFFICE)
def test_each_office_reads_what_is_its_own(sending: State, office: str) -> None:
    who = sending.somebody(office)
    for path in BY_OFFICE[office]:
        found = api(sending, path, who)
        assert found.status == 200, (path, found.body)
        assert set(found.json()["basis"]) == {
            "version", "agreement", "demonstration", "rules_hash", "register_size", "checkpoint",
        }  # fmt: skip


@pytest.mark.parametrize("office", NOT_THEIRS)
def test_what_is_not_for_an_office_is_not_there(sending: State, office: str) -> None:
    who = sending.somebody(office)
    nothing = api(sending, "/no-such-address", who)
    for path in NOT_THEIRS[office]:
        found = api(sending, path, who)
        assert (found.status, found.body) == (404, nothing.body), path


def test_a_stranger_sees_no_person_and_nobody_differs_from_somebody(sending: State) -> None:
    stranger, subject = sending.somebody("sending_officer", "QM-STRANGER"), somebody_seen(sending)
    assert api(sending, "/persons", stranger).json()["count"] == 0
    for path in ("", "/events", "/clocks", "/intervals", "/reads"):
        held, unheld = (
            api(sending, f"/persons/{one}{path}", stranger) for one in (subject, NOBODY)
        )
        assert (held.status, held.body) == (404, unheld.body), path
    index = api(sending, f"/persons/{subject}", officer(sending)).json()["person"]["latest_index"]
    found, beyond = (api(sending, f"/events/{n}", stranger) for n in (index, 10**9))
    assert (found.status, found.body) == (404, beyond.body)


def test_the_other_state_sees_nobody_who_was_not_put_forward_to_it(
    sending: State, receiving: State
) -> None:
    theirs = receiving.somebody("receiving_officer", "EE-VANGLA")
    guest = sending.somebody("receiving_officer", "EE-VANGLA")
    early = next(
        one["subject"]
        for one in api(sending, "/persons?limit=100", officer(sending)).json()["items"]
        if one["course"]["stage"] in {"proposed", "eligible", "notified"}
        and not one["course"]["manifest"]
    )
    for state, who in ((sending, guest), (receiving, theirs)):
        found = api(state, f"/persons/{early}", who)
        assert found.body == api(state, f"/persons/{NOBODY}", who).body
        assert found.status == 404
    listed = json.dumps(api(sending, "/persons?limit=100", guest).json())
    assert early not in listed


def test_a_session_opens_nothing_here(sending: State) -> None:
    cookie = served.session_of(sending, officer(sending))
    page = sending.get("/en/accounts/tokens/", Cookie=cookie)
    assert "/reauthenticate/" in page.headers["location"], "somebody is signed in"
    found = sending.get("/api/v1/docket", Cookie=cookie)
    assert (found.status, found.json()["code"]) == (401, "H851")
    assert found.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("words", ["", "habeas_" + "x" * 43, "habeas_", "nonsense", "x" * 500])
def test_no_token_no_answer(sending: State, words: str) -> None:
    found = sending.get("/api/v1/agreement", words)
    assert (found.status, found.json()["code"]) == (401, "H851")


def test_a_narrow_token_does_no_more_than_it_says(sending: State) -> None:
    narrow, who = sending.made_tokens("see_docket"), officer(sending)
    assert api(sending, "/docket", narrow[who]).status == 200
    subject = somebody_seen(sending)
    for path in ("/persons", "/agreement", f"/persons/{subject}", "/manifests", "/roll"):
        assert api(sending, path, narrow[who]).status == 404, path
    key = "01JDG4Z7Q3V9X8W2Y1N5K6M701"
    body = {"at": "2026-11-26T00:00:00Z", "reason": "no"}
    found = sending.post(f"/api/v1/persons/{subject}/deeds/withdraw", narrow[who], body, key)
    assert found.status == 404


def test_every_read_of_a_person_is_recorded_before_it_is_shown(sending: State) -> None:
    who, subject = officer(sending), somebody_seen(sending)
    for path in ("", "/events", "/clocks", "/intervals"):
        before = served.reads_size(sending)
        assert api(sending, f"/persons/{subject}{path}", who).status == 200
        assert served.reads_size(sending) == before + 1, path
    before = served.reads_size(sending)
    rows = api(sending, "/persons?limit=7", who).json()["items"]
    assert served.reads_size(sending) == before + len(rows)


def test_pages_lead_on_to_all_rows_once(sending: State) -> None:
    who, seen, path = officer(sending), list[str](), "/api/v1/persons?limit=40"
    while path:
        found = sending.get(path, who)
        seen += [one["subject"] for one in found.json()["items"]]
        ways = {b: a for a, b in re.findall(r'<([^>]+)>; rel="(\w+)"', found.headers["link"])}
        path = ways.get("next", "")
    whole = api(sending, "/persons?limit=1", who).json()["count"]
    assert len(seen) == len(set(seen)) == whole
    assert api(sending, "/persons?limit=40&page=99", who).status == 404


def test_what_has_not_changed_is_not_sent_again(sending: State) -> None:
    who = sending.somebody("monitor")
    first = sending.get("/api/v1/agreement", who)
    again = sending.ask(
        "GET", "/api/v1/agreement", who, headers={"If-None-Match": first.headers["etag"]}
    )
    assert (again.status, again.body) == (304, b"")
    other = sending.ask("GET", "/api/v1/agreement", who, headers={"If-None-Match": '"other"'})
    assert (other.status, other.body) == (200, first.body)
    assert first.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/persons?stag=notified", "stag"),
        ("/persons?limit=101", "limit"),
        ("/persons?page=0", "page"),
        ("/docket?outcome=%27", "outcome"),
        ("/persons/p_1", "subject"),
        ("/events/-1", "index"),
        ("/statement?from=2026-13-01&to=2026-11-01", "from"),
    ],
)
def test_a_request_that_is_wrong_names_the_field(sending: State, path: str, field: str) -> None:
    who = sending.somebody("finance") if "statement" in path else officer(sending)
    found = api(sending, path, who)
    told = found.json()
    assert (found.status, told["code"]) == (422, "H852")
    assert found.headers["content-type"] == "application/problem+json"
    assert field in told["where"]
    assert told["fix"]


def test_failures_are_told_in_spanish_to_whoever_asks_for_it(sending: State) -> None:
    found = sending.ask(
        "GET", "/api/v1/no-such", officer(sending), headers={"Accept-Language": "es"}
    )
    assert found.json()["detail"].startswith("H912 no hay nada que mostrar")


@pytest.mark.parametrize(
    ("method", "body", "headers", "status", "code"),
    [
        ("PUT", None, {}, 405, "H854"),
        ("POST", b"{", {"Content-Type": "application/json"}, 400, "H852"),
        ("POST", b"[" * 200_000, {"Content-Type": "application/json"}, 400, "H852"),
        ("POST", b'{"line": NaN}', {"Content-Type": "application/json"}, 400, "H852"),
        ("POST", b"a=1", {"Content-Type": "application/x-www-form-urlencoded"}, 415, "H856"),
        ("POST", b" " * 4_000_000, {"Content-Type": "application/json"}, 413, "H855"),
    ],
)
def test_what_cannot_be_read_is_told_as_a_problem(
    sending: State, method: str, body: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    path = f"/api/v1/persons/{NOBODY}/deeds/depart"
    sent = {"Idempotency-Key": "01JDG4Z7Q3V9X8W2Y1N5K6M702"} | headers
    found = sending.ask(method, path, officer(sending), body, sent)
    assert (found.status, found.json()["code"]) == (status, code)
    assert found.headers["content-type"] == "application/problem+json"
    if status == 405:
        assert found.headers["allow"] == "POST"


def test_a_consulate_learns_no_more_than_who_is_held_where_and_since_when(sending: State) -> None:
    """Whoever may not see a case is told nothing of it, by a row or by a filter."""
    who = sending.somebody("facility_officer", "SE-KVV")
    rows = api(sending, "/persons?limit=100", who).json()["items"]
    assert rows
    assert all(one["course"] is None for one in rows)
    assert api(sending, "/persons?stage=eligible", who).json()["count"] == 0
