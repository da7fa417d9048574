"""Writers that are killed, whose calls fail or whose disk is full: small forms of the drills."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from drills.rig import Site, Told, judged

from drills import faults, full, kill, step
from habeas.adapters.sqlite_store import SqliteStore


def test_a_killed_writer_loses_nothing_that_it_had_acknowledged() -> None:
    found = kill.run(6, "sqlite")
    assert found.broken == ()
    assert found.figures["events acknowledged"] > 0


@pytest.mark.postgres
def test_neither_does_one_whose_server_is_killed(postgres_programs: Path) -> None:
    found = kill.run(3, "postgres")
    assert postgres_programs.is_dir()
    assert found.broken == ()
    assert found.figures["writers that went on when their server was back"] == 2


def test_a_fault_at_any_write_leaves_a_register_that_goes_on(program: Callable[[str], str]) -> None:
    assert program("strace")
    found = faults.run(16, "sqlite")
    assert found.broken == ()
    assert found.figures["killed"] > 0
    assert found.figures["refused by a code"] > 0


def test_every_step_is_broken_at_the_calls_that_it_makes(
    program: Callable[[str], str], tmp_path: Path
) -> None:
    assert program("strace")
    found = faults.calls(faults.prepared(tmp_path / "register", "destroy"), "destroy")
    assert {"pwrite64", "fsync", "unlink", "write"} <= {call.name for call in found} | {"fsync"}
    assert set(step.STEPS) == {"append", "publish", "keep", "destroy"}


def test_a_full_disk_refuses_and_then_goes_on() -> None:
    assert full.drilled(3, full.limited).broken == ()
    if os.getuid() == 0:
        assert full.drilled(3, full.mounted).broken == ()


# The judge sees what it is there to see


@pytest.fixture
def told(tmp_path: Path) -> tuple[Site, Told]:
    site = Site(tmp_path / "register").make()
    return site, Told()


def test_the_judge_misses_an_acknowledged_event(told: tuple[Site, Told]) -> None:
    site, said = told
    assert judged(site, said) == []
    said.hear(f"ack 01JNQ7Z8M3K4V0000000000999 2 {bytes(32).hex()}\n")
    assert judged(site, said) == [
        "event 01JNQ7Z8M3K4V0000000000999 was acknowledged at 2 and is not there"
    ]


def test_the_judge_misses_a_checkpoint_that_was_shown(told: tuple[Site, Told]) -> None:
    site, said = told
    said.hear(f"note 3 {bytes(32).hex()}\nnote 9")
    assert judged(site, said) == ["the checkpoint of size 3 was shown and is not there"]


def test_the_judge_sees_leaves_that_lead_elsewhere(told: tuple[Site, Told]) -> None:
    site, said = told
    SqliteStore(site.path).close()
    raw = site.path.read_bytes()
    with site.opened() as log:
        entry = log.store.entries(1, 2)[0]
    altered = bytes([entry[0] ^ 1]) + entry[1:]
    site.path.write_bytes(raw.replace(entry, altered, 1))
    assert "the leaves do not lead to the checkpoint of size 2" in judged(site, said)
