"""The story of two installations, told once; every claim is looked up in what it left behind."""

import json
import re
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from habeas.adapters import register_files, text_files
from habeas.cli.main import run
from habeas.register import checkpoint, receipt, signing
from habeas.register.checkpoint import read_note
from second_verifier.policy import read_trust
from second_verifier.receipt import receipt_verdict

PORTS = 5
GUARD_S = 900  # against waiting for ever, not a measure
CHECKED = {  # each command of the closing list, and its status
    "handover.se.json": 0,
    "handover.ee.json": 0,
    "split-view.json": 0,
    "evidence": 1,
}


@dataclass(frozen=True)
class Told:
    """What was told, and where everything lies."""

    text: str
    folder: Path
    port: int

    @property
    def proofs(self) -> Path:
        return self.folder / "proofs"

    def commands(self) -> list[list[str]]:
        found = re.findall(r"^  habeas (.+)$", self.text, re.MULTILINE)
        return [one.split() for one in found]

    def document(self, name: str) -> dict[str, object]:
        found: dict[str, object] = json.loads((self.proofs / name).read_text())
        return found


def free_ports() -> int:
    """The first of five ports side by side on which nobody listens."""
    for first in range(20_000, 30_000, PORTS):
        if not any(listens(port) for port in range(first, first + PORTS)):
            return first
    raise AssertionError("no five ports are free")


def listens(port: int) -> bool:
    with closing(socket.socket()) as peer:
        return peer.connect_ex(("127.0.0.1", port)) == 0


def below(folder: Path) -> list[str]:
    """The processes in whose words a folder stands."""
    found = list[str]()
    for one in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = one.read_bytes().decode(errors="replace").replace("\0", " ")
        except OSError:  # it has ended
            continue
        found += [words] if str(folder) in words else []
    return found


def called(*more: str) -> "subprocess.CompletedProcess[str]":
    words = [sys.executable, "-m", "habeas", "demo", *more]
    return subprocess.run(words, capture_output=True, text=True, timeout=GUARD_S, check=False)  # noqa: S603 - our own


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The whole story, once for all tests."""
    folder, port = tmp_path_factory.mktemp("both"), free_ports()
    done = called("--states", "2", "--dir", str(folder), "--port", str(port))
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return Told(done.stdout, folder / "two-states", port)


def test_it_leaves_no_process_and_no_port_behind(told: Told) -> None:
    assert below(told.folder) == []
    assert [port for port in range(told.port, told.port + PORTS) if listens(port)] == []


def test_every_command_of_the_closing_list_says_what_was_told(
    told: Told, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(told.proofs)
    seen = list[str]()
    for words in told.commands():
        status = run(words)
        out = capsys.readouterr().out
        name = next((one for one in CHECKED if one in words), "")
        if words[0] == "locate":
            there = words[2].endswith(".2.bin")
            assert (status, "held. Facility: TARTU" in out) == (0, True) if there else (1, False)
            assert ("NOT IN THIS ROLL" in out) is not there
            name = words[2]
        else:
            assert status == CHECKED[name], (words, out)
        seen.append(name)
    assert len(seen) == len(set(seen)) == len(CHECKED) + 2


def test_the_handover_is_one_entry_proven_in_both_logs_under_witnesses(told: Told) -> None:
    entries, events = set[bytes](), set[str]()
    for own, other in (("se", "ee"), ("ee", "se")):
        found = told.document(f"handover.{own}.json")
        trust = read_trust((told.proofs / f"{own}.trust.json").read_bytes())
        text = json.dumps(found["receipt"])
        verdict = receipt_verdict(text.encode(), trust)
        assert (verdict.holds, verdict.witnessed) == (True, True), str(verdict)
        held = receipt.read(text)
        salt = receipt.read_proof(held.proof).salt
        entries.add(signing.entry(salt, held.body, held.sigblock))
        events.add(json.loads(held.body)["type"])
        there = receipt.read_proof(str(found["peer"])).note.checkpoint
        assert there.origin.endswith(f"/{other}")
    assert (len(entries), events) == (1, {"custody.handed_over"})
    for state in ("se", "ee"):
        with register_files.stored(told.folder / state / "register.sqlite3") as store:
            assert entries <= {row.entry for row in store.rows()}


def test_what_was_recorded_in_the_partition_was_overdue_and_then_settled(told: Told) -> None:
    for state, counted in (("se", 1), ("ee", 2)):
        rows = changes(told.folder / state)
        overdue = [event for event, states in rows.items() if "overdue" in states]
        assert len(overdue) == counted, state
        assert [rows[event][-1] for event in overdue] == ["settled"] * counted
        assert {states[-1] for states in rows.values()} == {"settled"}
    assert "Nothing was lost" in told.text


def changes(folder: Path) -> dict[str, list[str]]:
    """Each shared event's states in their order, as the installation kept them."""
    found: dict[str, list[str]] = {}
    with closing(sqlite3.connect(folder / "settlement.sqlite3")) as db:
        for event, state in db.execute("SELECT event_id, state FROM change ORDER BY place"):
            found.setdefault(event, []).append(state)
    return found


def test_both_logs_hold_the_same_events_of_whom_both_know(told: Told) -> None:
    both = [entries(told.folder / state) for state in ("se", "ee")]
    shared = both[0].keys() & both[1].keys()
    assert len(shared) > 100
    assert [one for one in shared if both[0][one] != both[1][one]] == []
    count = sum(len(both[0][one]) for one in shared)
    assert f"{count:,} events of the {len(shared):,} persons" in " ".join(told.text.split())


def entries(folder: Path) -> dict[str, set[bytes]]:
    found: dict[str, set[bytes]] = {}
    with register_files.stored(folder / "register.sqlite3") as store:
        for row in store.rows():
            if row.subject is not None:
                found.setdefault(row.subject, set()).add(row.entry)
    return found


def test_the_older_copy_is_proved_to_be_another_history_under_one_key(told: Told) -> None:
    sides = told.document("split-view.json")["sides"]
    assert isinstance(sides, list)
    trust = text_files.trust(told.proofs / "ee.trust.json")
    starts = []
    for side in sides:
        note = read_note(side["note"])
        assert checkpoint.verified(note, trust.policy.log) == frozenset()
        starts.append((side["steps"][0]["size"], side["steps"][0]["root"]))
    assert starts[0][0] == starts[1][0]
    assert starts[0][1] != starts[1][1]
    assert "H539" in told.text
    answers = [line.split() for line in told.text.splitlines() if "refuses to cosign" in line]
    assert {(words[3], words[7]) for words in answers} >= {("court", "422"), ("se-witness", "422")}


def test_the_person_left_out_has_a_row_again_in_the_next_issue(
    told: Told, capsys: pytest.CaptureFixture[str]
) -> None:
    issues = sorted((told.folder / "ee" / "rolls").glob("*.bin"))
    assert [one.name[-5] for one in issues] == ["1", "2", "1", "2"]
    words = ["locate", "--token-file", str(told.proofs / "family.token"), "--json"]
    found = list[tuple[int, object]]()
    for one in issues[1:]:
        trust = str(told.proofs / "ee.trust.json")
        status = run([*words, "--roll", str(one), "--trust", trust])
        found.append((status, json.loads(capsys.readouterr().out)["witnessed"]))
    assert found == [(0, True), (1, True), (0, True)]
    said = " ".join(told.text.split())
    assert re.search(r"-1 person; without a row: (p_\w{26})\.", said)


@pytest.mark.parametrize(
    ("more", "code"),
    [(("--states", "3"), "H903"), (("--states", "2", "--port", "{taken}"), "H863")],
)
def test_a_story_that_cannot_begin_is_one_sentence(
    tmp_path: Path, more: Sequence[str], code: str
) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as door:
        words = [one.format(taken=door.getsockname()[1] - 3) for one in more]
        done = called("--dir", str(tmp_path), *words)
    assert (done.returncode, f"{code} " in done.stderr) == (2, True), done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert below(tmp_path) == []
