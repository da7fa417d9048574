"""A log that was restored from an old copy meets the mirror that the other state keeps of it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from drills.commands import Drafter, key
from drills.peers import Pair, origin
from drills.rig import person

from habeas.adapters import register_files
from habeas.errors import RegisterError, SigningRefused
from habeas.register.checkpoint import read_note
from habeas.register.log import Log
from habeas.service import publish, record, restore


@pytest.fixture
def met(tmp_path: Path) -> Iterator[tuple[Pair, Log]]:
    """A's log has lost three events that B's mirror has seen: the pair, and the old copy opened."""
    pair = Pair.made(tmp_path)
    a, b = pair.peers["a"], pair.peers["b"]
    drafter = Drafter("restore", 1000)
    a.append([drafter.custody(person(1))])
    pair.round()
    a.close()
    shutil.copytree(a.folder, tmp_path / "copy")
    a.open()
    a.append([drafter.custody(person(1)) for _ in range(3)])
    a.publish()
    b.mirror.take(a.publication(b.mirror.size))
    with register_files.opened(tmp_path / "copy" / a.path.name) as found:
        yield pair, record.open_log(found.store, found.vault, a.trust, key(origin("a")))
    pair.close()


def test_its_line_is_enough_to_stop_it(met: tuple[Pair, Log]) -> None:
    pair, log = met
    a = pair.peers["a"]
    with pytest.raises(SigningRefused, match=r"H539.*4 leaves|H539"):
        publish.start(log, a.trust.policy, {"mirror": a.ways["mirror"], "court": a.ways["court"]})
    with pytest.raises(SigningRefused, match="H539"):
        log.publish(pair.clock())


def test_its_note_carried_as_a_file_is_too(met: tuple[Pair, Log]) -> None:
    pair, log = met
    with pytest.raises(SigningRefused, match="H539"):
        restore.agree(log, pair.peers["b"].lines(), pair.peers["a"].trust.policy)
    with pytest.raises(SigningRefused, match="H539"):
        log.publish(pair.clock())


def test_its_leaves_do_not_bring_content_back(met: tuple[Pair, Log]) -> None:
    pair, log = met
    held = pair.peers["b"].mirror
    seen, size = read_note(held.note()).checkpoint, log.size
    leaves = [(row, None) for row in held.store.rows(size)]
    with pytest.raises(RegisterError, match=r"H539.*does not disclose"):
        log.adopt(leaves, seen)
    assert log.size == size


def test_the_drafters_events_in_their_order_do(met: tuple[Pair, Log]) -> None:
    """What B was told, or whoever drafted it still has, leads to the very root that B has seen."""
    pair, log = met
    a, held = pair.peers["a"], pair.peers["b"].mirror
    records = list(a.log.vault.records(a.log.store.rows(log.size)))
    rows = held.store.rows(log.size)
    log.adopt(list(zip(rows, records, strict=True)), read_note(held.note()).checkpoint)
    assert log.size == held.size
    assert [row.entry for row in log.store.rows()] == held.store.entries(0, held.size)
