"""One register on each kind of store, for the tests of the contract that both keep."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from drills.commands import ORIGIN, key

from habeas.register.checkpoint import LOG, NoteKey
from habeas.register.keys import Trust, read_trust, write_trust
from habeas.register.store import Store
from stores import LitePlace, Place, PostPlace


@pytest.fixture
def server(postgres: str) -> Iterator[PostPlace]:
    """A new register on a real server."""
    with closing(PostPlace(postgres)) as found:
        yield found


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """A place for a register, on each kind of store in turn; nothing is there yet."""
    if request.param == "postgres":
        yield request.getfixturevalue("server")
        return
    with closing(LitePlace(tmp_path / "register.sqlite3")) as found:
        yield found


@pytest.fixture
def store(place: Place) -> Store:
    """An empty register, opened."""
    return place.open(create=True)


@pytest.fixture(scope="session")
def trust() -> Trust:
    """The trust file of the logs of the drills."""
    policy = f"log {NoteKey(ORIGIN, LOG, key('log').public()).vkey()}\nquorum none\n"
    roots = {name: key(f"{name} root").public() for name in "AB"}
    return read_trust(write_trust(policy, roots, demonstration=True))
