"""What 0.5.0 served is served by this version as it lies; nothing is lost; receipts hold both ways.

The other state's installation is down all the while: that is told once, and stops nothing.
"""

import http.client
import json
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

import served
from habeas.adapters import installation_files, register_files
from habeas.cli import serve
from habeas.cli.main import run
from habeas.service.asking import Publish
from second_verifier.policy import read_trust
from second_verifier.receipt import receipt_verdict
from served import State

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests/golden/v0.5.0"
TAG = "v0.5.0"
VALID = "\nVALID, NOT WITNESSED\n"  # a demonstration has no witness
LEAVES = 535  # in the register that 0.5.0 left


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """The installation as 0.5.0 left it, at a port that is free; its peer's is served by nobody."""
    base = Path(tempfile.mkdtemp(prefix="habeas-up-"))  # short: it holds a socket
    try:
        found = base / "se"
        found.mkdir(mode=0o700)
        with tarfile.open(GOLDEN / "installation.tar.xz") as whole:
            whole.extractall(found, filter="data")
        here, there = (f"http://localhost:{port}" for port in served.free_ports())
        said = installation_files.read(found)
        assert said.peer is not None
        peer = msgspec.structs.replace(said.peer, address=there)
        installation_files.write(found, msgspec.structs.replace(said, address=here, peer=peer))
        yield found
    finally:
        shutil.rmtree(base, ignore_errors=True)


@pytest.fixture(scope="module")
def state(folder: Path) -> Iterator[State]:
    """The same, served by this version."""
    one = serve.Served(folder, installation_files.read(folder))
    with serve.running([one], 2):
        found = State(folder, one.found.address)
        found.tokens = found.made_tokens()
        yield found


def verified(folder: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    capsys.readouterr()
    assert run(["register", "verify", str(folder / "register.sqlite3"), "--json"]) == 0
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_its_receipts_are_valid(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = ["register", "receipt", "--check", str(GOLDEN / "installation-receipt.json")]
    assert run([*call, "--trust", str(folder / register_files.TRUST)]) == 0
    assert VALID in capsys.readouterr().out


def test_it_is_served_and_answers_of_whom_it_knew(
    state: State, capsys: pytest.CaptureFixture[str]
) -> None:
    assert state.get("/-/ready").json() == {"tables": "ok", "gateway": "ok", "log_head": "ok"}
    officer = state.somebody("sending_officer")
    people = state.get("/api/v1/persons?limit=5", officer).json()["items"]
    assert people
    assert state.get(f"/api/v1/persons/{people[0]['subject']}", officer).status == 200
    found = verified(state.folder, capsys)
    assert (found["verdict"], found["faults"], found["unopened"]) == ("holds", [], 0)
    assert int(str(found["leaves"])) >= LEAVES


def test_its_files_are_stamped_and_grow_under_a_new_checkpoint(
    state: State, capsys: pytest.CaptureFixture[str]
) -> None:
    with served.gateway(state) as caller:
        note = caller.ask(Publish(pads=True))["checkpoint"]
    assert int(note.splitlines()[1]) > LEAVES
    assert verified(state.folder, capsys)["faults"] == []
    names = ("register.sqlite3", "person-keys.sqlite3", "drafts.sqlite3", "letterbox.sqlite3")
    assert {name: _form(state.folder / name) for name in names} == dict.fromkeys(names, 1)


def _form(path: Path) -> int:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


def test_its_receipts_of_today_are_valid_to_0_5_0_and_to_a_stranger_s_verifier(
    state: State, tmp_path: Path
) -> None:
    path = tmp_path / "receipt.json"
    call = ["register", "receipt", str(state.folder / "register.sqlite3"), str(LEAVES - 1)]
    who = ["--reader", "SE-KVV/registrar", "--purpose", "upgrade"]
    assert run([*call, "--out", str(path), *who]) == 0
    trust = state.folder / register_files.TRUST
    told = receipt_verdict(path.read_bytes(), read_trust(trust.read_bytes()))
    assert told.holds, told
    old = _old(tmp_path)
    if old is not None:
        words = ["-m", "habeas", "register", "receipt", "--check", str(path), "--trust", str(trust)]
        done = subprocess.run(  # noqa: S603 - our own words
            [sys.executable, *words], env={"PYTHONPATH": str(old)}, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert VALID in done.stdout


def _old(folder: Path) -> Path | None:
    """The code of 0.5.0, where this repository has its tag."""
    words = ["git", "-C", str(ROOT), "archive", "--output", str(folder / "old.tar"), TAG, "src"]
    if subprocess.run(words, capture_output=True, check=False).returncode:  # noqa: S603 - our own words
        return None
    with tarfile.open(folder / "old.tar") as whole:
        whole.extractall(folder / "old", filter="data")
    return folder / "old/src"


def test_a_peer_that_is_down_is_told_once_and_stops_nothing(state: State) -> None:
    log = state.folder / serve.LOG
    served.until(lambda: "takes no messages" in log.read_text(), "what the courier says of it")
    lines = [line for line in log.read_text().splitlines() if "takes no messages" in line]
    assert len(lines) == 1
    assert json.loads(lines[0])["service"] == "courier"
    assert state.get("/-/ready").status == http.client.OK
    numbers = state.get("/-/metrics").body.decode()
    assert "habeas_peer_silent_seconds" in numbers
