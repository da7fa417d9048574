"""Two installations over loopback: what one records the other gets, whatever is killed between."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import served
from served import State, authorised, both, has, opinion


def couriers(state: State) -> list[int]:
    """The processes that carry a state's messages, among those that this test started."""
    found = list[int]()
    wanted = f"HABEAS_INSTALLATION={state.folder.resolve()}".encode()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes()
            told = (entry / "environ").read_bytes() if b"web.courier" in words else b""
        except OSError:
            continue
        if wanted in told.split(b"\0"):
            found.append(int(entry.name))
    return found


def test_what_one_state_records_the_other_has_within_seconds_and_both_ways(
    sending: State, receiving: State
) -> None:
    ours, theirs = both(sending, receiving)
    subject = authorised(sending, ours)
    there = opinion(sending, ours, subject)
    served.until(lambda: has(receiving, there), "the sending state's event")
    back = opinion(receiving, theirs, subject)
    served.until(lambda: has(sending, back), "the receiving state's event")
    path = f"/api/v1/persons/{subject}/events"
    known = [
        [one["body"] for one in state.get(path, who).json()["items"]]
        for state, who in ((sending, ours), (receiving, theirs))
    ]
    assert sorted(known[0]) == sorted(known[1]), "both have the same, byte by byte"


@pytest.mark.parametrize(
    ("method", "body", "headers"),
    [
        ("GET", None, {}),
        ("POST", b"", {"Content-Type": "text/plain"}),
        ("POST", b"nonsense", {"Content-Type": "text/plain"}),
        ("POST", b"habeas/message/v1\n{}\nSE-KVV 0 0\n", {"Content-Type": "text/plain"}),
        ("POST", b"\xff\xfe", {"Content-Type": "text/plain"}),
        ("POST", b"{}", {"Content-Type": "application/json"}),
        ("POST", b"a" * 3_000_000, {"Content-Type": "text/plain"}),
    ],
)
def test_whatever_is_no_message_of_the_peer_finds_nothing(
    sending: State, method: str, body: bytes | None, headers: dict[str, str]
) -> None:
    before = (sending.folder / "register.sqlite3").stat().st_size
    found = sending.ask(method, "/peer/v1/messages", "", body, headers)
    assert found.status == 404
    assert (sending.folder / "register.sqlite3").stat().st_size == before


def test_whoever_operates_sees_that_it_lives_and_numbers_only_from_here(sending: State) -> None:
    assert sending.get("/-/live").status == 200
    assert sending.get("/-/ready").json() == {"tables": "ok", "gateway": "ok", "log_head": "ok"}
    found = sending.get("/-/metrics")
    assert b"habeas_tables_behind 0\n" in found.body or found.status == 200
    assert b"habeas_log_head_age_seconds" in found.body
    through = sending.ask("GET", "/-/metrics", headers={"X-Forwarded-For": "192.0.2.7"})
    assert through.status == 404
    key = (sending.folder / "metrics.key").read_text().strip()
    told = {"X-Forwarded-For": "192.0.2.7", "Authorization": f"Bearer {key}"}
    assert sending.ask("GET", "/-/metrics", headers=told).status == 200
    assert sending.ask("GET", "/-/metrics", headers={"Host": "se.example"}).status in {400, 404}


def test_a_courier_that_is_killed_loses_nothing(sending: State, receiving: State) -> None:
    ours, _ = both(sending, receiving)
    subject = authorised(sending, ours)
    (running,) = couriers(sending)
    events = [opinion(sending, ours, subject)]
    os.kill(running, signal.SIGKILL)
    events += [opinion(sending, ours, subject) for _ in range(3)]
    assert not has(receiving, events[-1])
    again = subprocess.Popen(
        [sys.executable, "-m", "habeas.web.courier"], env=sending.environment(), cwd=served.ROOT
    )
    try:
        served.until(lambda: all(has(receiving, one) for one in events), "what waited", 60)
        again.send_signal(signal.SIGTERM)
        assert again.wait(20) == 0, "told to stop, it stops"
    finally:
        again.kill()
        again.wait()
