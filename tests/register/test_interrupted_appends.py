"""An append that stops between two of its writes can be made again: with the real key store."""

import base64
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_bytes

import pytest

from habeas.adapters.key_store import SqliteKeys
from habeas.adapters.sqlite_store import SqliteStore
from habeas.register.keys import Trust
from habeas.register.log import Log, Pen, Signed
from habeas.register.sealed import Section, Vault
from habeas.register.signing import SeedSigner
from habeas.register.store import Batch

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
Make = Callable[..., Signed]
SECTION = Section("medical", bytes(32), b'{"fit":true}')


class Stopped(SqliteStore):
    """A store whose process ends before the commit, once."""

    stops = True

    def write(self, batch: Batch) -> None:
        """Nothing is written the first time."""
        if batch.sections and self.stops:
            self.stops = False
            raise InterruptedError
        super().write(batch)


@pytest.fixture
def stopped(tmp_path: Path) -> Iterator[Stopped]:
    with closing(Stopped(tmp_path / "register.sqlite3", create=True)) as found:
        yield found


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[SqliteKeys]:
    with closing(SqliteKeys(tmp_path / "keys.sqlite3", token_bytes, create=True)) as found:
        yield found


def test_an_event_with_a_section_is_taken_after_its_append_was_cut_short(
    stopped: Stopped,
    keys: SqliteKeys,
    trust: Trust,
    key: Callable[[str], SeedSigner],
    make: Make,
    enrol: Make,
) -> None:
    vault = Vault(keys, token_bytes)
    log = Log(stopped, Pen(trust.policy.log.name, key("log"), vault), dict(trust.roots))
    log.append([enrol("A", 0)], AT)
    digest = base64.b64encode(SECTION.digest).decode()
    named = [{"name": SECTION.name, "digest": digest}]
    event = replace(make("visit.made", "A", number=1, sections=named), sections=(SECTION,))
    with pytest.raises(InterruptedError):
        log.append([event], AT)
    assert log.append([event], AT) == [1]
    row = next(stopped.rows(1))
    assert [vault.section(row.event_id, one) for one in stopped.sections(1)] == [SECTION]
