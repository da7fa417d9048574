"""One demonstration and one child process of habeas for all tests of the second verifier."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from second_verifier.first import First, first_verifier


@pytest.fixture(scope="session")
def first() -> Iterator[First]:
    with first_verifier() as found:
        yield found


@pytest.fixture(scope="session")
def demo(first: First, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `habeas demo` made: registers, rolls, a receipt; and two exports of one register."""
    path = tmp_path_factory.mktemp("second") / "demo"
    made = [first.run("demo", "--dir", path, "--persons", "200")[0]]
    register = path / "oas-a57" / "register.sqlite3"
    made.append(first.run("register", "export", register, "--out", path / "closed")[0])
    opened = path / "disclosed"
    made.append(first.run("register", "export", register, "--out", opened, "--content")[0])
    assert made == [0, 0, 0]
    return path


@pytest.fixture(scope="session")
def loose(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The register's file without its triggers, its key store beside it."""
    folder = tmp_path_factory.mktemp("loose")
    for file in (demo / "oas-a57").glob("person-keys*"):
        shutil.copy(file, folder / file.name)
    path = folder / "register.sqlite3"
    shutil.copy(demo / "oas-a57" / "register.sqlite3", path)
    with closing(sqlite3.connect(path)) as base:
        names = base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in names:
            base.execute(f"DROP TRIGGER {name}")
        base.commit()
    return path
