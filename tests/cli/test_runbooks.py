"""Every command of the runbooks is run as it stands there, on real registers."""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import msgspec
import psycopg
import pytest

import served
from cli.test_erase import library, signed
from erasure_cases import LATE, closed, made, person, trust
from gateways import AUTHORITIES, UNDER, asking, enrolment, key, opened, seed
from habeas.adapters import installation_files, key_files, register_files
from habeas.adapters.register_files import Place
from habeas.cli import serve
from habeas.register.keys import read_trust
from habeas.service import record
from habeas.service.asking import Status

DOCS = Path(__file__).parents[2] / "docs"
GOLDEN = Path(__file__).parents[1] / "golden/v0.5.0/installation.tar.xz"
DAY = "2026-11-26"
BLOCK = re.compile(r"^```sh ([a-z-]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SCHEMA = "runbook"


def blocks(page: str, name: str) -> str:
    """All blocks of a page under one name, in order."""
    found = [text for kind, text in BLOCK.findall((DOCS / page).read_text()) if kind == name]
    assert found
    return "".join(found)


@pytest.fixture
def bash(tmp_path: Path, program: Callable[[str], str]) -> Callable[..., str]:
    """Runs a block as its reader would, and gives what it printed; a line that fails ends it."""
    called = tmp_path / "bin"
    called.mkdir()
    (called / "habeas").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m habeas "$@"\n')
    (called / "habeas").chmod(0o755)

    def run(block: str, said: Mapping[str, object], *paths: Path) -> str:
        way = ":".join([str(called), *map(str, paths), os.environ["PATH"]])
        names = {name: str(value) for name, value in said.items()}
        done = subprocess.run(  # noqa: S603 - a page of ours
            [program("bash"), "-euo", "pipefail", "-c", block],
            env=os.environ | names | {"PATH": way}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


@pytest.fixture
def short() -> Iterator[Path]:
    """A folder with a short name: it holds a socket."""
    folder = Path(tempfile.mkdtemp(prefix="habeas-run-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_an_installation_on_a_file_is_copied_lost_restored_and_served(
    short: Path, bash: Callable[..., str]
) -> None:
    folder = short / "se"
    folder.mkdir(mode=0o700)
    with tarfile.open(GOLDEN) as whole:
        whole.extractall(folder, filter="data")
    address = f"http://localhost:{served.free_ports()[0]}"
    found = msgspec.structs.replace(installation_files.read(folder), address=address, peer=None)
    installation_files.write(folder, found)
    said = {"DIR": folder, "COPIES": short / "copies", "KEYCOPY": short / "keys", "DAY": DAY}
    (short / "copies").mkdir()
    told = bash(blocks("runbook-backup.md", "sqlite"), said)
    assert "holds" in told
    signing = short / "signing"
    signing.mkdir()
    for name in ("log.key", "installation.key", "letterbox.key", "officers"):
        (folder / name).rename(signing / name)
    shutil.rmtree(folder)  # the machine is lost
    told = bash(blocks("runbook-backup.md", "sqlite-restore"), said | {"SIGNING": signing})
    assert "holds" in told
    with serve.running([serve.Served(folder, installation_files.read(folder))], 2):
        state = served.State(folder, address)
        state.tokens = state.made_tokens()
        assert set(state.get("/-/ready").json().values()) == {"ok"}
        officer = state.somebody("sending_officer")
        people = state.get("/api/v1/persons?limit=1", officer).json()["items"]
        assert state.get(f"/api/v1/persons/{people[0]['subject']}", officer).status == 200


@pytest.mark.postgres
def test_a_register_on_a_server_is_copied_lost_restored_and_served(
    short: Path, postgres: str, postgres_programs: Path, bash: Callable[..., str]
) -> None:
    folder = short / "se"
    folder.mkdir(mode=0o700)
    path = folder / "register.json"
    key_files.write(folder / "log.key", "LOG", seed("log"))
    key_files.write(folder / "officer.key", "SE-KVV", seed("SE-KVV officer"))
    roots = {name: key(f"{name} root").public() for name in AUTHORITIES}
    text = record.trust_text(
        "log.example/r", (key("log").public(), None), roots, demonstration=True
    )
    (folder / "trust.json").write_text(text)
    _drop(postgres)
    with register_files.made(path, place=Place(postgres, SCHEMA)) as files:
        log = record.open_log(files.store, files.vault, read_trust(text), key("log"))
        batch = [enrolment(name) for name in AUTHORITIES] + [opened(1)]
        log.append(batch, served.now(), publish=True)
        size = log.size
    (short / "copies").mkdir()
    said = {
        "DIR": folder, "COPIES": short / "copies", "KEYCOPY": short / "keys", "DAY": DAY,
        "ADDRESS": postgres, "SCHEMA": SCHEMA, "SIGNING": short / "signing",
    }  # fmt: skip
    bash(blocks("runbook-backup.md", "postgres"), said, postgres_programs)
    (short / "signing").mkdir()
    for name in ("log.key", "officer.key"):
        (folder / name).rename(short / "signing" / name)
    shutil.rmtree(folder)
    _drop(postgres)
    told = bash(blocks("runbook-backup.md", "postgres-restore"), said, postgres_programs)
    assert "holds" in told
    words = [
        sys.executable, "-m", "habeas", "gateway", str(path), "--log-key", str(folder / "log.key"),
        "--registrar-key", str(folder / "officer.key"),
    ]  # fmt: skip
    gateway = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)  # noqa: S603 - our own words
    try:
        assert gateway.stderr is not None
        assert "Gateway of" in gateway.stderr.readline()
        with asking(path) as caller:
            assert caller.ask(Status())["size"] == size
            assert caller.append([opened(2)], UNDER, publish=True) == ([size], size + 1)
    finally:
        gateway.terminate()
        gateway.communicate()
        _drop(postgres)


def _drop(address: str) -> None:
    with psycopg.connect(address, autocommit=True) as db:
        db.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE".encode())


@pytest.mark.usefixtures("ssh_agent")
def test_the_ceremony_makes_enrols_rotates_and_revokes_keys(
    tmp_path: Path, bash: Callable[..., str]
) -> None:
    said = {"DIR": tmp_path / "se", "HOME_OF_ROOT": tmp_path / "offline"}
    (tmp_path / "offline").mkdir()
    one = _row(bash(blocks("keys.md", "ceremony"), said))
    two = _row(bash(blocks("keys.md", "rotation"), said))
    three = _row(bash(blocks("keys.md", "revocation"), said))
    assert (one, two, three) == (1, 2, 2)
    assert not (tmp_path / "se/roots/SE-KVV").exists()


def _row(told: str) -> int:
    """How many keys the last list names."""
    return int(re.findall(r"(\d+) keys", told)[-1])


def test_an_erasure_is_planned_executed_and_gone(tmp_path: Path, bash: Callable[..., str]) -> None:
    folder = tmp_path / "se"
    folder.mkdir()
    closed(made(folder, 2))
    (folder / "trust.json").write_text(trust().text)
    for name, authority in (("log", "LOG"), ("B/0", "B")):
        key_files.write(folder / f"{authority}.key", authority, seed(name))
    own = library(tmp_path / "own", "retention_days = 1000\n")
    signed(folder, 0)
    said = {
        "DIR": folder, "AGREEMENT": "T", "LIBRARY": own, "PERSON": person(0),
        "WHEN": LATE.isoformat(), "SIGNED": folder / "erased.jsonl", "LOG": folder / "LOG.key",
        "REGISTRAR": folder / "B.key",
    }  # fmt: skip
    told = bash(blocks("runbook-erasure.md", "erasure"), said)
    assert "would go for ever" in told
    assert re.search(r"[1-9]\d* erased", told)


def test_every_block_of_the_runbooks_is_run_here() -> None:
    pages = ("runbook-backup.md", "runbook-erasure.md", "keys.md")
    found = {kind for page in pages for kind, _ in BLOCK.findall((DOCS / page).read_text())}
    text = Path(__file__).read_text()
    assert [kind for kind in found if f'"{kind}"' not in text] == []
    for page in pages:
        whole = (DOCS / page).read_text()
        assert whole.count("```") == 2 * len(BLOCK.findall(whole))
