"""Findings: each test states what should be, and failed when it was written."""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from habeas.adapters.sqlite_store import SqliteStore
from habeas.register.log import Log, Signed

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_a_register_whose_triggers_are_damaged_refuses_the_batch(
    register: Path,
    opened: Callable[[SqliteStore], Log],
    make: Callable[..., Signed],
    code: Callable[..., str],
) -> None:
    # SQLite's message quotes the damaged bytes, and Python cannot decode them.
    data = register.read_bytes()
    register.write_bytes(data.replace(b"WHEN NEW.idx <>", b"WHEN \xceEW.idx <>"))
    assert register.read_bytes() != data
    with closing(SqliteStore(register)) as store:
        assert code(opened(store).append, [make("visit.made", "A", number=20)], AT) == "H563"
