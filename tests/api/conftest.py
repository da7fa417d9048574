"""Both states' installations as they run, and their API; once for all tests of a process."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import served
from served import State


@pytest.fixture(scope="session")
def states(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[State]]:
    """The sending state's installation, and the receiving state's."""
    folder = Path(tempfile.mkdtemp(prefix="habeas-api-"))  # short: it holds a socket
    try:
        hosts = ("localhost:8999",)
        made = served.made(folder, factory=tmp_path_factory, webhook_hosts=hosts)
        with served.running(made) as found:
            yield found
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def sending(states: list[State]) -> State:
    return states[0]


@pytest.fixture
def receiving(states: list[State]) -> State:
    return states[1]
