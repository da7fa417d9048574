"""Sealed content: what opens with its own key at its own place, and nothing else does."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from secrets import token_bytes
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import FixedKeys, altered, opened, sealed, vault
from habeas.adapters.sqlite_store import SqliteStore, bundle
from habeas.errors import RegisterError
from habeas.register import cbor, signing
from habeas.register import content as plain
from habeas.register import sealed as sealing
from habeas.register.events import Record, Row
from habeas.register.keys import Trust
from habeas.register.log import Log, Pen, Signed
from habeas.register.sealed import Vault
from habeas.register.verify import Bundle, register

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
ONE, TWO = "p_" + "1" * 26, "p_" + "2" * 26
Code = Callable[..., str]
Make = Callable[..., Signed]
Named = Mapping[str, Any]


@pytest.fixture
def records(good_register: Path) -> list[Record]:
    return opened(good_register)


@pytest.fixture
def rows(good_register: Path) -> list[Row]:
    return list(bundle(good_register).rows)


@pytest.fixture
def locked(store: SqliteStore, log: Log, trust: Trust) -> Callable[..., Log]:
    """The same log in the hands of somebody whose key store is another."""
    assert log.size == 2
    pen = Pen(trust.policy.log.name, signing.SeedSigner(sha256(b"log").digest()), log.vault)
    return lambda keys: Log(store, replace(pen, vault=Vault(keys, token_bytes)), dict(trust.roots))


# What does not open


def test_content_altered_at_any_byte_does_not_open(rows: list[Row], code: Code) -> None:
    keys, row = vault(), rows[4]
    for place in range(len(row.content)):
        assert code(keys.open, altered(row, place, 1 << place % 8)) == "H591", place
    assert keys.open(row) is not None


def test_content_cut_or_lengthened_anywhere_does_not_open(rows: list[Row], code: Code) -> None:
    keys, row = vault(), rows[4]
    cut = [row.content[:end] for end in range(len(row.content))]
    for content in [*cut, row.content + b"\0", b"\0" + row.content, row.content * 2]:
        assert code(keys.open, replace(row, content=content)) == "H591"


def test_rows_that_were_swapped_do_not_open(rows: list[Row], code: Code) -> None:
    one, other = rows[6], rows[7]
    for content, entry in ((other.content, one.entry), (one.content, other.entry)):
        assert code(vault().open, replace(one, content=content, entry=entry)) == "H591"
    moved = replace(other, event_id=one.event_id)
    assert code(vault().open, moved) == "H591"


def test_content_under_another_persons_key_does_not_open(rows: list[Row], code: Code) -> None:
    assert code(vault().open, replace(rows[6], subject=TWO)) == "H591"


def test_content_does_not_open_with_another_key_or_nonce(code: Code) -> None:
    key, nonce, text, entry = (
        bytes([n]) * size for n, size in ((1, 32), (2, 12), (3, 99), (4, 32))
    )
    box = sealing.seal(key, nonce, text, entry)
    assert sealing.unseal(key, box, entry) == text
    assert code(sealing.unseal, bytes(32), box, entry) == "H591"
    assert code(sealing.unseal, key, bytes(12) + box[12:], entry) == "H591"
    assert code(sealing.unseal, key, box, bytes(32)) == "H591"


@pytest.mark.parametrize("found", [b"", b"\x00", b"\x80", b"\x84\x03\x40\x40\x40", b"\xf6", b"x"])
def test_plain_content_that_is_none_of_an_event_is_refused(
    rows: list[Row], code: Code, found: bytes
) -> None:
    key = sealing.content_key(sha256(ONE.encode()).digest(), rows[6].event_id)
    box = sealing.seal(key, bytes(12), found, rows[6].entry)
    assert code(vault().open, replace(rows[6], content=box)) in {"H591", "H545"}
    assert code(vault().open, replace(rows[0], content=found)) in {"H591", "H545"}


def _outcome(row: Row) -> str:
    try:
        vault().open(row)
    except RegisterError as error:
        return error.code
    return "read"


@given(st.binary(max_size=200))
def test_no_bytes_in_place_of_content_make_the_reader_fail_otherwise(found: bytes) -> None:
    for subject in (None, ONE):
        row = Row(0, bytes(32), "id", "visit.made", subject, None, found)
        assert _outcome(row) in ({"H591", "H545"} if subject else {"H591", "H545", "read"})


def test_content_over_64_kib_is_not_read(rows: list[Row], code: Code) -> None:
    long = cbor.encode([1, bytes(32), bytes(70_000), b""])
    assert code(vault().open, replace(rows[0], content=long)) == "H545"


# Keys


def test_the_key_is_kept_before_content_is_written(
    store: SqliteStore, locked: Callable[..., Log], make: Make
) -> None:
    class Watched(FixedKeys):
        sizes: list[int] = []  # noqa: RUF012 - of one test

        def keep(self, keys: Mapping[str, bytes]) -> None:
            self.sizes.append(store.size())
            super().keep(keys)

    keys = Watched(ONE, TWO)
    log = locked(keys)
    log.append([make("visit.made", "A", number=2), make("visit.made", "A", number=3)], AT)
    log.append([make("visit.made", "A", number=4, subject=TWO)], AT)
    assert (keys.asked, keys.sizes, store.size()) == ([ONE, TWO], [2, 4], 5)
    assert len(list(log.records())) == 5


def test_a_key_store_that_fails_leaves_the_log_as_it_was(
    store: SqliteStore, locked: Callable[..., Log], make: Make
) -> None:
    class Broken(FixedKeys):
        def keep(self, keys: Mapping[str, bytes]) -> None:
            raise OSError(f"no space for {len(keys)} keys")

    log = locked(Broken(ONE))
    with pytest.raises(OSError, match="no space"):
        log.append([make("visit.made", "A", number=2)], AT)
    assert (log.size, store.size(), store.persons([ONE])) == (2, 2, set())
    assert log.append([make("visit.made", "A", number=3, subject=TWO)], AT) == [2]


def test_each_person_has_a_key_and_each_event_another(records: list[Record]) -> None:
    keys = [sha256(person.encode()).digest() for person in (ONE, TWO)]
    found = {sealing.content_key(key, record.event_id) for key in keys for record in records}
    assert len(found) == 2 * len(records)


def test_the_same_event_sealed_twice_differs_and_opens_alike(records: list[Record]) -> None:
    one, other = sealed(records[4]), sealed(records[4])
    assert one.content != other.content
    assert vault().open(one) == vault().open(other) == records[4]


def test_a_person_whose_key_is_gone_is_refused_and_nothing_changes(
    store: SqliteStore, log: Log, locked: Callable[..., Log], make: Make, code: Code
) -> None:
    log.append([make("visit.made", "A", number=2)], AT)
    keys = FixedKeys(ONE)
    again, before = locked(keys), list(store.rows())
    batch = [make("visit.made", "A", number=3, subject=TWO), make("visit.made", "A", number=4)]
    assert code(again.append, batch, AT) == "H592"
    assert (list(store.rows()), again.size, ONE in keys.kept) == (before, 3, False)
    outcomes = again.append_each(batch, AT)
    assert [getattr(one, "code", one) for one in outcomes] == [3, "H592"]


def test_the_same_event_again_is_answered_though_its_key_is_gone(
    log: Log, locked: Callable[..., Log], make: Make
) -> None:
    visit = make("visit.made", "A", number=2)
    log.append([visit], AT)
    assert locked(FixedKeys(ONE)).append([visit], AT) == [2]


def test_events_of_others_are_read_where_a_key_is_gone(rows: list[Row]) -> None:
    found = list(vault(ONE).records(rows))
    assert {record.subject for record in found} == {None, TWO}
    assert [record.index for record in found] == [0, 1, 2, 4, 9, 10, 11]


def test_a_lost_key_is_named_and_without_keys_events_are_counted(
    good_register: Path, rows: list[Row], trust: Trust
) -> None:
    found = Bundle(rows, bundle(good_register).checkpoints)
    lost = register(found, trust, None, vault(ONE).open)
    named = [(fault.code, fault.where) for fault in lost.faults]
    assert named == [("H594", f"index {n}") for n in (3, 5, 6, 7, 8)]
    closed = register(found, trust)
    assert (closed.faults, closed.opened, closed.unopened, closed.erased) == ((), 4, 8, 0)


def test_a_forgotten_key_is_read_again() -> None:
    keys = FixedKeys()
    one = Vault(keys, token_bytes)
    assert one.without_key([ONE]) == set()
    keys.gone.add(ONE)
    assert one.without_key([ONE]) == set()
    one.forget()
    assert one.without_key([ONE, TWO]) == {ONE}


# The worked example


def test_the_worked_example_is_sealed_byte_for_byte(example: Named) -> None:
    told, entry = example["sealed_content"], bytes.fromhex(example["commitment"]["entry_hex"])
    key = bytes.fromhex(told["person_key_hex"])
    content_key = sealing.content_key(key, example["event"]["id"])
    assert content_key.hex() == told["content_key_hex"]
    record = Record(
        1,
        entry,
        example["event"]["id"],
        example["event"]["type"],
        example["event"]["subject"],
        4,
        bytes.fromhex(example["commitment"]["salt_hex"]),
        example["body"]["utf8"].encode(),
        bytes.fromhex(example["sigblock"]["hex"]),
    )
    text = plain.content(record)
    assert (len(text), sha256(text).hexdigest()) == (
        told["plaintext_bytes"],
        told["plaintext_cbor_sha256_hex"],
    )
    box = sealing.seal(content_key, bytes.fromhex(told["nonce_hex"]), text, entry)
    assert (len(box), box[-16:].hex()) == (told["sealed_bytes"], told["tag_hex"])
    assert sha256(box).hexdigest() == told["sealed_sha256_hex"]
    assert sealing.unseal(content_key, box, entry) == text


def test_the_pad_of_the_worked_example(example: Named) -> None:
    salt = bytes.fromhex(example["pad"]["salt_hex"])
    assert plain.pad(salt).hex() == example["pad"]["entry_hex"]
