"""The demonstration that several files look at, made once for all workers of a run."""

import shutil
from pathlib import Path

import pytest

from habeas.cli.main import run
from once import made_once


def _made(folder: Path) -> None:
    assert run(["demo", "--dir", str(folder), "--persons", "500"]) == 0


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of it for the tests of a file."""
    whole = made_once(tmp_path_factory, "demonstration", _made)
    return shutil.copytree(whole, tmp_path_factory.mktemp("demo") / "D")
