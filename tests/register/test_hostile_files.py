"""Files that somebody made with ill will, or that broke: named or refused, never an exception."""

# ruff: noqa: S608 - table and column names come from these tests

import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fakes import VAULT, bundled, opened, sealed, verified
from habeas.adapters.sqlite_store import SqliteStore, bundle
from habeas.errors import HabeasError, RegisterError
from habeas.register import checkpoint, merkle, receipt, verify
from habeas.register.checkpoint import COSIGNATURE, LOG, Checkpoint, NoteKey
from habeas.register.events import Json, Record
from habeas.register.keys import Trust, read_trust
from habeas.register.log import Log, Signed
from habeas.register.policy import read_policy
from habeas.register.signing import SeedSigner
from habeas.register.store import Batch
from habeas.service import record

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
ONE = "p_" + "1" * 26
DASH = "\N{EM DASH}"
Code = Callable[..., str]
Key = Callable[[str], SeedSigner]
Make = Callable[..., Signed]


def _loose(raw: sqlite3.Connection, table: str, columns: str) -> None:
    """The same table without types: any row can then hold anything."""
    raw.execute(f"ALTER TABLE {table} RENAME TO old")
    raw.execute(f"CREATE TABLE {table} ({columns})")
    raw.execute(f"INSERT INTO {table} SELECT * FROM old")
    raw.execute("DROP TABLE old")


def _wheres(path: Path, trust: Trust) -> set[str]:
    """The places of all faults; the code alone, where the file cannot be read."""
    try:
        return {fault.where for fault in verified(path, trust).faults}
    except RegisterError as error:
        return {error.code}


# The reading of a register file


@pytest.mark.parametrize("value", [b"note", None, 7])
@pytest.mark.parametrize("size", [6, 12])
def test_a_checkpoint_that_is_no_text_is_named(
    raw: sqlite3.Connection, register: Path, trust: Trust, size: int, value: object
) -> None:
    _loose(raw, "checkpoint", "size INTEGER PRIMARY KEY, note")
    raw.execute("UPDATE checkpoint SET note = ? WHERE size = ?", (value, size))
    assert f"checkpoint of size {size}" in _wheres(register, trust)


@pytest.mark.parametrize("column", ["subject", "seq"])
def test_a_column_of_another_type_is_no_empty_column(
    raw: sqlite3.Connection, register: Path, trust: Trust, column: str
) -> None:
    _loose(raw, "event", "idx INTEGER PRIMARY KEY, event_id, kind, subject, seq, recorded_at")
    raw.execute(f"UPDATE event SET {column} = x'00' WHERE idx = 1")
    faults = verified(register, trust).faults  # of a key that is not read, the others are a sequel
    assert {fault.where for fault in faults if fault.code != "H515"} == {"index 1"}


@pytest.mark.parametrize("table", ["leaf", "event", "content", "checkpoint"])
@pytest.mark.parametrize("number", ["x", None, b"x"])
def test_a_place_that_is_no_number_does_not_stop_the_verifier(
    raw: sqlite3.Connection, register: Path, trust: Trust, table: str, number: object
) -> None:
    columns = {"leaf": "entry", "event": "event_id, kind, subject, seq, recorded_at",
               "content": "sealed", "checkpoint": "note"}[table]  # fmt: skip
    key = "size" if table == "checkpoint" else "idx"
    _loose(raw, table, f"{key}, {columns}")
    raw.execute(f"UPDATE {table} SET {key} = ? WHERE {key} = 6", (number,))
    assert _wheres(register, trust)


@pytest.mark.parametrize("table", ["leaf", "event", "content", "section", "tile", "checkpoint"])
def test_a_view_in_place_of_a_table_is_refused(
    raw: sqlite3.Connection, register: Path, code: Code, table: str
) -> None:
    # A recursive view can run without end: what is no table cannot be read as a register.
    raw.execute(f"ALTER TABLE {table} RENAME TO old")
    raw.execute(f"CREATE VIEW {table} AS SELECT * FROM old")
    assert code(bundle, register) == "H561"


# The verifier


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_the_verifier_refuses_a_salt_that_is_not_32_bytes(
    good_register: Path, trust: Trust, key: Key, length: int
) -> None:
    good = opened(good_register)
    last = replace(good[9], salt=bytes(length))
    entry = Signed(last.body, last.sigblock, last.salt).entry
    records = [*good[:9], replace(last, entry=entry)]
    point = Checkpoint(
        trust.policy.log.name, 10, merkle.root([merkle.leaf_hash(r.entry) for r in records])
    )
    report = verified(bundled(records, [(10, checkpoint.signed(point, key("log")))]), trust)
    assert [(fault.code, fault.where) for fault in report.faults] == [("H534", "index 9")]


def test_a_receipt_with_a_salt_that_is_not_32_bytes_is_invalid(
    store: SqliteStore, trust: Trust, key: Key, enrol: Make
) -> None:
    one = replace(enrol("A", 0), salt=b"short")
    row = Record(0, one.entry, "id", "key.enrolled", None, None, one.salt, one.body, one.sigblock)
    point = Checkpoint(trust.policy.log.name, 1, merkle.leaf_hash(one.entry))
    note = (1, checkpoint.signed(point, key("log")))
    store.write(Batch(0, [sealed(row)], AT, checkpoint=note))
    text = receipt.write(record.make_receipt(store, VAULT, 0))
    assert verify.receipt_verdict(text, trust).text.startswith("INVALID")


def test_an_invalid_verdict_is_marked_as_a_demonstration_too(trust: Trust) -> None:
    assert trust.demonstration
    assert verify.receipt_verdict("{}", trust).demonstration


@pytest.mark.parametrize("kind", ["key.enrolled", "key.revoked"])
def test_a_key_event_has_no_person(log: Log, make: Make, key: Key, code: Code, kind: str) -> None:
    named = "new" if kind == "key.enrolled" else "B officer"
    body: Json = {"authority": "B", "public": key(named).public().hex()}
    one = make(kind, "B", number=2, subject=ONE, seq=0, body=body)
    assert code(log.append, [one], AT) == "H503"


# Notes, keys and policies


@pytest.mark.parametrize(
    "line", [f"{DASH} a \n", f"{DASH} AAAA\n", f"{DASH} a AAAA\n", f"{DASH} a AAAAAA==\n"]
)
def test_a_signature_line_holds_a_key_id_and_a_signature(key: Key, code: Code, line: str) -> None:
    note = checkpoint.signed(Checkpoint("log.example", 1, bytes(32)), key("log"))
    assert code(checkpoint.read_note, note + line) == "H521"


def test_a_witness_that_has_the_logs_name_does_not_sign_for_the_log(key: Key, code: Code) -> None:
    point = Checkpoint("log.example", 1, bytes(32))
    log = NoteKey("log.example", LOG, key("log").public())
    witness = NoteKey("log.example", COSIGNATURE, key("witness").public())
    text = point.text() + "\n" + checkpoint.cosigned(point, "log.example", key("witness"), 1)
    assert code(checkpoint.verified, checkpoint.read_note(text), log, (witness,)) == "H523"


@pytest.mark.parametrize("name", ["w.example", "log.example/test"])
def test_no_two_keys_of_a_policy_have_one_name(
    key: Key, code: Code, trusted: Callable[..., Trust], name: str
) -> None:
    # Who cosigned is told by name: one cosignature would count for both.
    one = NoteKey("w.example", COSIGNATURE, key("w1").public()).vkey()
    other = NoteKey(name, COSIGNATURE, key("w2").public()).vkey()
    lines = (f"witness a {one}", f"witness b {other}", "group g all a b", "quorum g")
    assert code(trusted, *lines) == "H525"


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_vkey_holds_a_key_of_32_bytes(code: Code, length: int) -> None:
    assert code(checkpoint.read_vkey, NoteKey("log.example", LOG, bytes(length)).vkey()) == "H521"


@pytest.fixture
def witness(key: Key) -> list[str]:
    log = NoteKey("log.example", LOG, key("log").public()).vkey()
    return [
        f"log {log}",
        f"witness a {NoteKey('a.example', COSIGNATURE, key('a').public()).vkey()}",
    ]


def test_none_is_no_member_of_a_group(witness: list[str], code: Code) -> None:
    text = "\n".join([*witness, "group g any a none", "quorum g"])
    assert code(read_policy, text) == "H525"


def test_a_group_may_ask_for_a_number_of_any_length_in_vain(witness: list[str], code: Code) -> None:
    text = "\n".join([*witness, f"group g {'9' * 5_000} a", "quorum g"])
    assert code(read_policy, text) == "H525"


def test_a_bad_key_in_a_policy_names_its_line(witness: list[str]) -> None:
    with pytest.raises(RegisterError) as caught:
        read_policy("\n".join([*witness, "witness b x+00000000+AAAA", "quorum none"]))
    assert caught.value.faults[0].line == 3


def test_a_trust_file_with_a_lone_surrogate_is_refused(trust: Trust) -> None:
    policy = "log \ud800+00000000+AAAA\nquorum none"
    with pytest.raises(HabeasError):
        read_trust(json.dumps(json.loads(trust.text) | {"policy": policy}))


def test_a_trust_file_that_nests_without_end_is_refused(code: Code) -> None:
    assert code(read_trust, "[" * 100_000) == "H526"
