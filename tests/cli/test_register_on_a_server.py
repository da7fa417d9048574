"""The operator's way with a register on a PostgreSQL server: the same commands, another file."""

import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from habeas.adapters import key_files
from habeas.cli.main import run
from habeas.register.signing import SeedSigner, keyid8

pytestmark = pytest.mark.postgres
SCHEMA = "test_on_a_server"


@pytest.fixture
def address(postgres: str) -> Iterator[str]:
    drop = f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE".encode()
    with psycopg.connect(postgres, autocommit=True) as db:
        db.execute(drop)
        yield postgres
        db.execute(drop)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "roots").mkdir()
    key_files.write(tmp_path / "log.key", "LOG", bytes(32))
    key_files.write(tmp_path / "roots" / "a.key", "SE-KVV", bytes([1]) * 32)
    root, officer = SeedSigner(bytes([1]) * 32), SeedSigner(bytes([2]) * 32)
    actor = {"authority": "SE-KVV", "role": "root", "key": keyid8(root.public()).hex()}
    draft = {
        "v": 1,
        "id": "01JNQ7Z8M3K4V0T2R5X6000001",
        "type": "key.enrolled",
        "agreement": "SE-EE",
        "occurred_at": "2026-03-02T11:00:00Z",
        "time_basis": "observed",
        "actors": [actor],
        "body": {"authority": "SE-KVV", "public": officer.public().hex()},
    }
    (tmp_path / "drafts.jsonl").write_text(json.dumps(draft) + "\n")
    return tmp_path


def init(folder: Path, address: str) -> int:
    words = ["register", "init", str(folder / "register.json"), "--origin", "log.example/test"]
    words += ["--log-key", str(folder / "log.key"), "--roots", str(folder / "roots")]
    return run([*words, "--postgres", address, "--schema", SCHEMA])


def test_a_register_on_a_server_is_kept_with_the_same_commands(
    address: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, signed = str(folder / "register.json"), str(folder / "signed.jsonl")
    assert init(folder, address) == 0
    keys = ["--keys", str(folder / "roots"), "--out", signed]
    assert run(["sign", str(folder / "drafts.jsonl"), *keys]) == 0
    more = [
        "--agreement",
        "SE-EE",
        "--log-key",
        str(folder / "log.key"),
        "--as-of",
        "2026-03-02T12:00:00Z",
    ]
    assert run(["register", "append", path, signed, *more]) == 0
    assert run(["register", "show", path]) == 0
    assert run(["register", "verify", path]) == 0
    out = str(folder / "receipt.json")
    assert run(["register", "receipt", path, "0", "--out", out]) == 0
    assert run(["register", "receipt", "--check", out]) == 0
    assert "1 leaves, 1 under 1 checkpoints" in capsys.readouterr().out


def test_a_server_that_cannot_be_used_leaves_no_files(
    address: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(folder.iterdir())
    for wrong in ("host=/nowhere", "postgresql://me:s3cret@nowhere.invalid/x", "s3cret"):
        assert init(folder, wrong) == 2
    said = "".join(capsys.readouterr())
    assert (sorted(folder.iterdir()), said.count("\n"), "s3cret" in said) == (before, 3, False)
    assert (init(folder, address), init(folder, address)) == (0, 2)
