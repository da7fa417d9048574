"""The sending state's installation of OAS-A57 behind the pages, with its gateway running."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

import desks
from desks import Desk
from habeas.cli import installations
from habeas.web.clock import now

SEED = 7


@pytest.fixture(scope="session")
def cases_both(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folders of both states, made once; each test module works on a copy."""
    folder = tmp_path_factory.mktemp("states")
    us, sv = installations.make(folder, "OAS-A57", now(), SEED, (8471, 8472))
    return {"US": us, "SV": sv}


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Addresses in English: a page that was asked in Spanish leaves its language behind."""
    with translation.override("en"):
        yield


@pytest.fixture(scope="module")
def desk(cases_both: dict[str, Path], _made: Path) -> Iterator[Desk]:
    """The pages over a copy of the sending state's installation."""
    with desks.open_over(cases_both["US"], _made) as found:
        yield found
