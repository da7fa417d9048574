"""What page tests share: one state's installation behind the pages, with its gateway running."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

import desks
from desks import Desk
from habeas.web.clock import now
from laid import laid


@pytest.fixture(scope="session")
def both(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folders of both states, made once; each test module works on a copy."""
    folder = tmp_path_factory.mktemp("states")
    us, sv = laid(tmp_path_factory, folder, "OAS-A57", now(), (8461, 8462))
    return {"US": us, "SV": sv}


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Addresses in English: a page that was asked in Spanish leaves its language behind."""
    with translation.override("en"):
        yield


@pytest.fixture(scope="module")
def state() -> str:
    """Whose installation a module asks."""
    return "US"


@pytest.fixture(scope="session")
def made(_made: Path) -> Path:
    """The database with all tables and nothing in them."""
    return _made


@pytest.fixture(scope="module")
def desk(both: dict[str, Path], state: str, made: Path) -> Iterator[Desk]:
    """The pages over a copy of one state's installation."""
    with desks.open_over(both[state], made) as found:
        yield found
