"""A whole register: what its verifier says of a good one, and of one that somebody rewrote."""

# ruff: noqa: S608 - table and column names come from these tests

import base64
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from fakes import bundled, changed, verified
from fakes import opened as in_the_clear
from habeas.adapters.sqlite_store import SqliteStore, bundle
from habeas.register import checkpoint, merkle
from habeas.register.checkpoint import COSIGNATURE, Checkpoint, NoteKey
from habeas.register.events import Record
from habeas.register.keys import Trust
from habeas.register.log import Log, Signed
from habeas.register.signing import SeedSigner
from habeas.register.verify import Bundle, Report

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
ONE, TWO = "p_" + "1" * 26, "p_" + "2" * 26
Code = Callable[..., str]
Key = Callable[[str], SeedSigner]
Make = Callable[..., Signed]
TABLES = ("leaf", "event", "content")


@pytest.fixture
def good(good_register: Path) -> Bundle:
    found = bundle(good_register)
    return replace(found, rows=list(found.rows))


@pytest.fixture
def records(good_register: Path) -> list[Record]:
    """The events of the good register, in the hands of somebody who has the keys."""
    return in_the_clear(good_register)


@pytest.fixture
def found(register: Path, trust: Trust) -> Callable[[], Report]:
    return lambda: verified(register, trust)


def _named(report: Report) -> list[tuple[str, str]]:
    return [(fault.code, fault.where) for fault in report.faults]


def _record(index: int, signed: Signed, like: Record) -> Record:
    found = changed(like, body=signed.body, sigblock=signed.sigblock, salt=signed.salt)
    return replace(found, index=index, entry=signed.entry)


def _renumbered(records: list[Record]) -> list[Record]:
    return [replace(record, index=index) for index, record in enumerate(records)]


def _resigned(records: list[Record], sizes: list[int], log: SeedSigner, origin: str) -> Bundle:
    """What somebody with the log's key would show instead."""
    leaves = [merkle.leaf_hash(record.entry) for record in records]
    points = [Checkpoint(origin, size, merkle.root(leaves[:size])) for size in sizes]
    return bundled(records, [(point.size, checkpoint.signed(point, log)) for point in points])


def test_a_good_register_holds(good: Bundle, trust: Trust) -> None:
    assert verified(good, trust) == Report(12, 12, 2, None, 12, 0, 0, 0, ())


def test_a_good_register_holds_with_every_checkpoint_kept(good: Bundle, trust: Trust) -> None:
    for _, note in good.checkpoints:
        assert verified(good, trust, note).faults == ()


def test_a_register_without_a_checkpoint_does_not_hold(good: Bundle, trust: Trust) -> None:
    report = verified(Bundle(good.rows, []), trust)
    assert (_named(report), report.covered) == ([("H556", "")], 0)
    assert _named(verified(Bundle([], []), trust)) == [("H556", "")]


def test_without_its_last_checkpoint_the_rest_is_not_covered(good: Bundle, trust: Trust) -> None:
    report = verified(Bundle(good.rows, good.checkpoints[:1]), trust)
    assert (report.size, report.covered, report.faults) == (12, 6, ())


def test_the_kept_checkpoint_shows_that_the_last_one_was_removed_with_its_entries(
    good: Bundle, records: list[Record], trust: Trust
) -> None:
    short = bundled(records[:10], good.checkpoints[:1])
    assert verified(short, trust).faults == ()
    report = verified(short, trust, good.checkpoints[1][1])
    assert _named(report) == [("H558", "checkpoint of size 12")]


def test_another_trust_file_fails_everything(good: Bundle, trust: Trust, key: Key) -> None:
    roots = {name: key(f"other {name}").public() for name in "ABC"}
    report = verified(good, replace(trust, roots=roots))
    assert {where for _, where in _named(report)} == {f"index {n}" for n in range(12)}
    assert {code for code, _ in _named(report)} == {"H515"}


def test_another_log_key_covers_nothing(good: Bundle, trust: Trust, key: Key) -> None:
    log = replace(trust.policy.log, public=key("other").public())
    report = verified(good, replace(trust, policy=replace(trust.policy, log=log)))
    assert (report.covered, {code for code, _ in _named(report)}) == (0, {"H523"})


@pytest.mark.parametrize("index", range(12))
def test_a_removed_record_is_named(
    found: Callable[[], Report], raw: sqlite3.Connection, index: int
) -> None:
    for table in TABLES:
        raw.execute(f"DELETE FROM {table} WHERE idx = ?", (index,))
    named = _named(found())
    assert ("H558", "checkpoint of size 12") in named
    assert index == 11 or ("H551", f"index {index}") in named


@pytest.mark.parametrize("table", ["leaf", "event", "content"])
@pytest.mark.parametrize("index", [0, 4, 7, 11])
def test_a_part_of_a_record_that_is_missing_is_named(
    found: Callable[[], Report], raw: sqlite3.Connection, table: str, index: int
) -> None:
    raw.execute(f"DELETE FROM {table} WHERE idx = ?", (index,))
    assert f"index {index}" in {where for _, where in _named(found())}


def _swap(raw: sqlite3.Connection, one: int, other: int, tables: tuple[str, ...]) -> None:
    for table in tables:
        for before, after in ((one, -1), (other, one), (-1, other)):
            raw.execute(f"UPDATE {table} SET idx = ? WHERE idx = ?", (after, before))


@pytest.mark.parametrize("pair", [(3, 4), (0, 1), (4, 9), (6, 7), (10, 11)])
def test_two_swapped_records_are_found(
    found: Callable[[], Report], raw: sqlite3.Connection, pair: tuple[int, int]
) -> None:
    _swap(raw, *pair, TABLES)
    wheres = {where for _, where in _named(found())}
    assert "checkpoint of size 12" in wheres
    assert ("checkpoint of size 6" in wheres) == (min(pair) < 6)


@pytest.mark.parametrize("table", ["leaf", "event", "content"])
def test_a_record_with_a_part_of_another_is_named(
    found: Callable[[], Report], raw: sqlite3.Connection, table: str
) -> None:
    _swap(raw, 4, 9, (table,))
    assert {"index 4", "index 9"} <= {where for _, where in _named(found())}


def test_a_record_in_place_of_another_by_the_same_authority_is_found(
    good: Bundle, records: list[Record], trust: Trust, make: Make
) -> None:
    other = make("custody.opened", "A", number=4, subject=TWO, seq=0, facility="F")
    others = [*records[:4], _record(4, other, records[4]), *records[5:]]
    named = _named(verified(bundled(others, good.checkpoints), trust))
    assert ("H558", "checkpoint of size 6") in named
    assert ("H558", "checkpoint of size 12") in named


def test_an_appended_leaf_that_nobody_signed_is_named(
    found: Callable[[], Report], raw: sqlite3.Connection
) -> None:
    raw.execute("INSERT INTO leaf VALUES (12, ?)", (bytes(32),))
    report = found()
    assert _named(report) == [("H552", "index 12")]
    assert (report.size, report.covered) == (13, 12)


@pytest.mark.parametrize("sigblock", [b"", bytes(72)])
def test_an_appended_event_that_nobody_signed_is_named(
    good: Bundle, records: list[Record], trust: Trust, make: Make, sigblock: bytes
) -> None:
    event = make("visit.made", "A", number=12)
    forged = Signed(event.body, sigblock, event.salt)
    like = replace(
        records[9], event_id="01JNQ7Z8M3K4V0T2R5X6000012", kind="visit.made", subject=ONE
    )
    bad = bundled([*records, _record(12, forged, like)], good.checkpoints)
    assert [where for _, where in _named(verified(bad, trust))] == ["index 12"]


def test_an_appended_event_by_a_good_key_holds_and_is_not_covered(
    register: Path, opened: Callable[[SqliteStore], Log], make: Make, trust: Trust
) -> None:
    with closing(SqliteStore(register)) as store:
        opened(store).append([make("visit.made", "A", number=12)], AT)
    report = verified(register, trust)
    assert (report.size, report.covered, report.faults) == (13, 12, ())


def test_a_rewritten_history_signed_by_the_log_is_caught_by_the_kept_checkpoint(
    good: Bundle, records: list[Record], trust: Trust, key: Key
) -> None:
    others = _renumbered([*records[:5], *records[6:]])
    rewritten = _resigned(others, [6, 11], key("log"), trust.policy.log.name)
    assert verified(rewritten, trust).faults == ()
    for size, note in good.checkpoints:
        named = _named(verified(rewritten, trust, note))
        assert named == [("H558", f"checkpoint of size {size}")]


def test_a_history_that_goes_on_otherwise_still_begins_with_what_was_kept(
    good: Bundle, records: list[Record], trust: Trust, key: Key
) -> None:
    others = _renumbered([*records[:6], records[9]])
    rewritten = _resigned(others, [6, 7], key("log"), trust.policy.log.name)
    assert verified(rewritten, trust, good.checkpoints[0][1]).faults == ()
    named = _named(verified(rewritten, trust, good.checkpoints[1][1]))
    assert named == [("H558", "checkpoint of size 12")]


def test_a_kept_checkpoint_of_another_log_is_no_checkpoint_of_this_one(
    good: Bundle, trust: Trust, key: Key, code: Code
) -> None:
    note = checkpoint.signed(Checkpoint("log.example/other", 0, merkle.EMPTY), key("log"))
    assert _named(verified(good, trust, note)) == [("H522", "checkpoint of size 0")]
    assert code(verified, good, trust, "x") == "H521"


def test_the_log_cannot_forge_an_authoritys_event(
    records: list[Record], trust: Trust, key: Key, make: Make
) -> None:
    forged = make("custody.opened", "A", number=4, subject=TWO, seq=0, facility="F", keys=("log",))
    head = replace(records[4], entry=forged.entry, body=forged.body, sigblock=forged.sigblock)
    others = [*records[:4], head, *records[5:11]]
    report = verified(_resigned(others, [11], key("log"), trust.policy.log.name), trust)
    assert _named(report) == [("H513", "index 4")]


def test_an_event_that_stands_twice_is_named(records: list[Record], trust: Trust, key: Key) -> None:
    others = [*records, replace(records[5], index=12)]
    report = verified(_resigned(others, [13], key("log"), trust.policy.log.name), trust)
    assert _named(report) == [("H554", "index 12")]


@pytest.mark.parametrize("without", [6, 7])
def test_a_custody_event_that_was_left_out_is_named_where_the_next_one_stands(
    records: list[Record], trust: Trust, key: Key, without: int
) -> None:
    others = _renumbered([*records[:without], *records[without + 1 :]])
    report = verified(_resigned(others, [11], key("log"), trust.policy.log.name), trust)
    assert _named(report) == [("H555", f"index {without}")]


def test_a_link_to_another_entry_is_named(
    records: list[Record], trust: Trust, key: Key, make: Make
) -> None:
    prev = base64.b64encode(sha256(b"x").digest()).decode()
    other = make("custody.counted", "A", number=11, subject=TWO, seq=1, prev=prev)
    others = [*records[:11], _record(11, other, records[11])]
    report = verified(_resigned(others, [12], key("log"), trust.policy.log.name), trust)
    assert _named(report) == [("H555", "index 11")]


def test_checkpoints_stand_under_their_own_size_and_in_order(good: Bundle, trust: Trust) -> None:
    (six, early), (twelve, late) = good.checkpoints
    crossed = _named(verified(Bundle(good.rows, [(six, late), (twelve, early)]), trust))
    assert crossed == [("H557", "checkpoint of size 6"), ("H557", "checkpoint of size 12")]
    for notes in ([(twelve, late), (six, early)], [(six, early), (six, early)]):
        assert _named(verified(Bundle(good.rows, notes), trust)) == [("H556", "")]


def test_every_fault_is_told(good: Bundle, records: list[Record], trust: Trust) -> None:
    broken = [replace(r, salt=bytes(32)) if r.index in {5, 9} else r for r in records]
    named = _named(verified(bundled(broken, good.checkpoints), trust))
    assert named == [("H552", "index 5"), ("H552", "index 9")]


def test_a_signature_that_fails_is_named_among_many(
    records: list[Record], trust: Trust, key: Key
) -> None:
    last = records[11]
    block = last.sigblock[:-1] + bytes([last.sigblock[-1] ^ 1])
    signed = Signed(last.body, block, last.salt)
    others = [*records[:11], _record(11, signed, last)]
    report = verified(_resigned(others, [12], key("log"), trust.policy.log.name), trust)
    assert _named(report) == [("H514", "index 11")]


def test_a_quorum_of_witnesses_is_reported(
    good: Bundle, trusted: Callable[..., Trust], key: Key
) -> None:
    vkey = NoteKey("w.example", COSIGNATURE, key("witness").public()).vkey()
    asked = trusted(f"witness w {vkey}", "quorum w")
    size, note = good.checkpoints[1]
    line = checkpoint.cosigned(
        checkpoint.read_note(note).checkpoint, "w.example", key("witness"), 1
    )
    cosigned = Bundle(good.rows, [good.checkpoints[0], (size, note + line)])
    assert [verified(one, asked).witnessed for one in (good, cosigned)] == [False, True]
    assert verified(cosigned, asked).faults == ()
