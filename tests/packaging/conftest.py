"""One release of the tree as it lies here, built, listed and signed by a key drawn on the spot."""

from pathlib import Path

import pytest
from tools import release

from once import made_once


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the release; nobody changes it."""

    def made(folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        assert release.main(["build", "--out", str(folder), "--test-key"]) == 0

    return made_once(tmp_path_factory, "release", made)
