"""An append that stops between two writes, or meets another writer, can be made again."""

import base64
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_bytes

import pytest

from habeas.adapters.key_store import SqliteKeys
from habeas.adapters.sqlite_store import SqliteStore
from habeas.register.events import Row
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


# Two writers


class Busy(SqliteStore):
    """A store to which somebody else writes while it is read."""

    meanwhile: Callable[[], object] | None = None

    def administrative(self, kinds: Sequence[str]) -> Iterator[Row]:
        """What another writer does comes between the reading of the size and of the checkpoint."""
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            meanwhile()
        return super().administrative(kinds)


@pytest.fixture
def busy(store: SqliteStore, tmp_path: Path) -> Iterator[Busy]:
    assert store.latest() is None
    with closing(Busy(tmp_path / "register.sqlite3")) as found:
        yield found


def test_what_another_writer_published_meanwhile_is_no_fault_of_the_tree(
    log: Log, busy: Busy, opened: Callable[[SqliteStore], Log], make: Make, code: Callable[..., str]
) -> None:
    other = opened(busy)
    other.append([make("visit.made", "A", number=2)], AT, publish=True)
    mine = [make("visit.made", "A", number=number) for number in (3, 4)]
    assert code(log.append, mine, AT) == "H565"
    assert log.append(mine, AT, publish=True) == [3, 4]


def test_a_log_that_is_read_while_another_writes_may_still_sign(
    log: Log, busy: Busy, opened: Callable[[SqliteStore], Log], make: Make, code: Callable[..., str]
) -> None:
    theirs = [make("visit.made", "A", number=number) for number in (2, 3, 4)]
    busy.meanwhile = lambda: log.append(theirs, AT, publish=True)
    other = opened(busy)
    mine = [make("visit.made", "A", number=5)]
    assert code(lambda: other.append(mine, AT, publish=True)) == "H565"
    assert other.append(mine, AT, publish=True) == [5]
