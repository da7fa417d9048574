"""A register on a server is copied by the server's own program, or it is said why not."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from habeas.adapters import register_files
from habeas.adapters.register_files import TRUST, Place
from habeas.cli.main import run
from stores import PostPlace

pytestmark = pytest.mark.postgres


@pytest.fixture
def path(postgres: str, tmp_path: Path) -> Iterator[Path]:
    """An empty register on a server, named by a file."""
    with closing(PostPlace(postgres)) as place:
        found = tmp_path / "seat" / "register.json"
        found.parent.mkdir()
        with register_files.made(found, place=Place(place.address, place.schema)):
            (found.parent / TRUST).write_text("{}")
        yield found


def test_without_the_servers_program_nothing_is_copied(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert run(["register", "backup", str(path), "--out", str(tmp_path / "copy")]) != 0
    assert "H563 the copy failed: pg_dump" in capsys.readouterr().err


def test_what_the_servers_program_refuses_is_said(
    path: Path,
    postgres_programs: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    broken = tmp_path / "bin"
    broken.mkdir()
    (broken / "pg_dump").write_text("#!/bin/sh\necho 'pg_dump: no' >&2\nexit 1\n")
    (broken / "pg_dump").chmod(0o755)
    monkeypatch.setenv("PATH", f"{broken}:{postgres_programs}")
    assert run(["register", "backup", str(path), "--out", str(tmp_path / "copy")]) != 0
    assert "H563 the copy failed: pg_dump: no" in capsys.readouterr().err


def test_a_copy_has_the_dump_its_checkpoint_and_its_trust_file(
    path: Path, postgres_programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(postgres_programs))
    assert run(["register", "backup", str(path), "--out", str(tmp_path / "copy")]) == 0
    names = sorted(one.name for one in (tmp_path / "copy").iterdir())
    assert names == ["checkpoint", "register.dump", TRUST]
    assert (tmp_path / "copy" / "register.dump").read_bytes()[:5] == b"PGDMP"
    assert json.loads((tmp_path / "copy" / TRUST).read_text()) == {}
