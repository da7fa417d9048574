"""Erasure: stopped between any two steps, it is listed as unfinished and goes on."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from erasure_cases import (
    BOTH,
    HAND,
    LATE,
    RULES,
    Case,
    case_of,
    closed,
    made,
    opened,
    person,
)
from habeas.adapters.key_store import SqliteKeys
from habeas.adapters.sqlite_store import SqliteStore
from habeas.errors import RegisterError, SealedError
from habeas.register.log import Signed
from habeas.register.sealed import Vault
from habeas.register.store import Batch
from habeas.service import erase, erasures


class StoppedError(Exception):
    """The machine stops here."""


class Stopping:
    """A key store that stops before or after it destroys."""

    def __init__(self, keys: SqliteKeys, *, before: bool) -> None:
        self.keys, self.keep, self.named = keys.keys, keys.keep, keys.named
        self._destroy, self._before = keys.destroy, before

    def destroy(self, names: Iterable[str]) -> int:
        """Destroy them or not, and stop."""
        if not self._before:
            self._destroy(names)
        raise StoppedError


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    """Two persons who were released."""
    found = made(tmp_path, 2)
    yield found
    closed(found)


def run(case: Case, *signed: Signed) -> list[bool]:
    found = erase.execute(case.log, case.keys, signed, RULES, HAND, LATE)
    return [one.finished for one in found]


def states(case: Case) -> list[tuple[int, bool]]:
    return [(one.left, one.completed) for one in erasures.unfinished(case.store, case.keys)]


@pytest.mark.parametrize(("before", "left"), [(True, 3), (False, 0)])
def test_an_erasure_stopped_around_the_destruction_is_unfinished_and_goes_on(
    case: Case, *, before: bool, left: int
) -> None:
    signed = case.erased(case.indexes(0))
    stopping = Stopping(case.keys, before=before)
    with pytest.raises(StoppedError):
        erase.execute(case.log, stopping, [signed], RULES, HAND, LATE)
    closed(case)
    again = opened(case.folder)
    assert states(again) == [(left, False)]
    assert (run(again, signed), states(again)) == ([True], [])
    assert [one.keys for one in erasures.erasures(again.store, again.keys)] == [3]
    closed(again)


def test_an_erasure_stopped_while_keys_are_wrapped_anew_goes_on(case: Case) -> None:
    signed = case.erased(case.indexes(0))
    old = case.folder / "person-keys.epoch-1.key"
    kept = old.read_bytes()
    with pytest.raises(StoppedError):
        erase.execute(case.log, Stopping(case.keys, before=False), [signed], RULES, HAND, LATE)
    closed(case)
    old.write_bytes(kept)  # stopped after the rows were written, before the old key was overwritten
    again = opened(case.folder)
    assert not old.exists()
    assert (run(again, signed), states(again)) == ([True], [])
    closed(again)


class Full(SqliteStore):
    """A store whose disk is full."""

    def write(self, batch: Batch) -> None:
        """Stop."""
        raise StoppedError(batch.start)


def test_an_erasure_that_was_not_committed_destroyed_nothing(case: Case) -> None:
    signed = case.erased(case.indexes(0))
    with closing(Full(case.folder / "register.sqlite3")) as store:
        full = case_of(case.folder, store, case.keys)
        with pytest.raises(StoppedError):
            run(full, signed)
        assert (len(full.file(0).rows), states(full)) == (3, [])
    assert run(case, signed) == [True]


def test_an_erasure_that_is_done_is_not_done_again(case: Case) -> None:
    signed = case.erased(case.indexes(0))
    run(case, signed)
    size, epochs = case.store.size(), sorted(case.folder.glob("*.key"))
    assert run(case, signed) == [True]
    assert (case.store.size(), sorted(case.folder.glob("*.key"))) == (size, epochs)


def test_what_came_in_between_is_named_before_a_key_goes(case: Case) -> None:
    signed = case.erased(case.indexes(0))
    stopping = Stopping(case.keys, before=True)
    with pytest.raises(StoppedError):
        erase.execute(case.log, stopping, [signed], RULES, HAND, LATE)
    late = case.sign("visit.made", (("COURT", "court"),), LATE, subject=person(0))
    [index] = case.log.append([late], LATE)
    with pytest.raises(RegisterError) as caught:
        run(case, signed)
    assert caught.value.code == "H597"
    assert run(case, signed, case.erased([index])) == [True, True]


def test_a_release_that_was_undone_in_between_keeps_the_keys(case: Case) -> None:
    signed = case.erased(case.indexes(0))
    stopping = Stopping(case.keys, before=True)
    with pytest.raises(StoppedError):
        erase.execute(case.log, stopping, [signed], RULES, HAND, LATE)
    asked = case.sign("inquiry.made", (("COURT", "court"),), LATE, subject=person(0))
    [index] = case.log.append([asked], LATE)
    with pytest.raises(RegisterError) as caught:
        run(case, signed, case.erased([index]))
    assert (caught.value.code, len(case.file(0).rows)) == ("H618", 4)


def test_a_completion_without_destruction_is_unfinished(case: Case) -> None:
    signed = case.erased(case.indexes(0))
    run(case, signed)
    case.keys.keep({person(0): bytes(32)})  # somebody puts a key back
    assert states(case) == [(1, True)]


def test_keys_that_do_not_go_are_told(case: Case) -> None:
    class Keeping(Stopping):
        def destroy(self, names: Iterable[str]) -> int:
            """Say that it is done."""
            return len(list(names))

    keeping = Keeping(case.keys, before=True)
    with pytest.raises(SealedError) as caught:
        erase.execute(case.log, keeping, [case.erased(case.indexes(0))], RULES, HAND, LATE)
    assert caught.value.code == "H598"
    assert states(case) == [(3, False)]


def test_the_memory_of_a_running_log_forgets_the_keys(case: Case) -> None:
    vault: Vault = case.log.vault
    signed = case.erased(case.indexes(0), BOTH)
    assert run(case, signed) == [True]
    assert vault.without_key([person(0), person(1)]) == {person(0)}


def test_no_key_goes_before_the_witnesses_have_seen_the_erasure(case: Case) -> None:
    signed = case.erased(case.indexes(0))
    alone = replace(HAND, publish=lambda log, at: log.publish(at) == "")
    with pytest.raises(SealedError) as caught:
        erase.execute(case.log, case.keys, [signed], RULES, alone, LATE)
    assert (caught.value.code, states(case)) == ("H598", [(3, False)])
    assert (run(case, signed), states(case)) == ([True], [])
