"""Mistakes at the operator's desk: told with a code, and nothing half done."""

# ruff: noqa: S608 - table and column names come from these tests

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from habeas.adapters import key_files
from habeas.adapters.sqlite_store import SqliteStore
from habeas.cli.main import run
from habeas.errors import HabeasError, RegisterError
from habeas.register import events
from habeas.register.events import Body, Row
from habeas.register.log import Log, Signed
from habeas.register.signing import SeedSigner, Signer
from habeas.register.store import Batch
from habeas.service import record
from habeas.service.transfer import Ground

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
ONE = "p_" + "1" * 26
Captured = pytest.CaptureFixture[str]
Code = Callable[..., str]
Key = Callable[[str], SeedSigner]
Make = Callable[..., Signed]


@pytest.fixture
def keys(key: Key) -> dict[str, list[Signer]]:
    return {name: [key(f"{name} officer")] for name in "AB"}


# The log and its store


@pytest.mark.parametrize(
    "actor", [{"authority": 5}, {"role": 5}, {"key": True}, {"authority": ["A"]}, {"role": ""}]
)
def test_an_actors_fields_are_texts(draft: Callable[..., Body], code: Code, actor: Body) -> None:
    body = draft("visit.made", "A", number=1)
    rows = body["actors"]
    assert isinstance(rows, list)
    assert isinstance(rows[0], dict)
    assert code(events.event, body | {"actors": [rows[0] | actor]}) == "H503"


@pytest.mark.parametrize("kind", ["custody.died", "correction", "case.stay_lifted", "nonsense"])
def test_an_event_of_no_person_does_not_pass_the_table_by(
    log: Log, make: Make, ground: Ground, kind: str
) -> None:
    with pytest.raises(RegisterError):
        record.append(log, ground, [make(kind, "A", number=2, subject=None)], AT)


def test_a_log_that_lost_leaves_signs_nothing_over_others_in_their_place(
    register: Path, opened: Callable[[SqliteStore], Log], make: Make, code: Code
) -> None:
    with closing(sqlite3.connect(register, isolation_level=None)) as raw:
        for table in ("leaf", "event", "content"):
            raw.execute(f"DROP TRIGGER {table}_delete")
            raw.execute(f"DELETE FROM {table} WHERE idx > 9")
    others = [make("visit.made", "A", number=number) for number in range(20, 25)]
    with closing(SqliteStore(register)) as store:
        refused = code(lambda: opened(store).append(others, AT, publish=True))
    assert refused in {"H536", "H558"}


class _Interrupted(list[Row]):
    """Rows of which the writer is stopped when it takes them a second time."""

    taken = 0

    def __iter__(self) -> Iterator[Row]:
        self.taken += 1
        if self.taken > 1:
            raise KeyboardInterrupt
        return super().__iter__()


def test_an_interrupted_batch_is_not_there(store: SqliteStore) -> None:
    one = Row(0, bytes(32), "id", "kind", None, None, b"")
    with pytest.raises(KeyboardInterrupt):
        store.write(Batch(0, _Interrupted([one]), AT))
    assert store.size() == 0
    store.write(Batch(0, [one], AT))
    assert store.size() == 1


def test_a_locked_register_refuses_the_batch(
    blank: Path,
    opened: Callable[[SqliteStore], Log],
    enrol: Make,
    code: Code,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, timeout=0))
    path = Path(shutil.copy(blank, tmp_path))
    with closing(SqliteStore(path)) as store, closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert code(opened(store).append, [enrol("A", 0)], AT) == "H563"


def test_a_receipt_of_a_damaged_register_is_made_or_refused(brought: Path) -> None:
    with closing(sqlite3.connect(brought, isolation_level=None)) as raw:
        raw.execute("DROP TRIGGER event_update")
        raw.execute("UPDATE event SET kind = 'key.enrolled' WHERE idx = 3")
    assert run(["register", "receipt", str(brought), "5"]) in {0, 2}


# Drafts


@pytest.mark.parametrize("text", ["NaN", "Infinity", '"\\ud800"'])
def test_a_draft_with_a_value_that_is_none_is_refused(
    draft: Callable[..., Body], keys: dict[str, list[Signer]], text: str
) -> None:
    line = json.dumps(draft("visit.made", "A", number=1, body={"a": 0}))
    with pytest.raises(HabeasError):
        record.sign_draft(
            line.replace('{"a": 0}', f'{{"a": {text}}}'), keys, bytes(32), "drafts", 1
        )


def test_a_draft_in_which_a_key_stands_twice_is_not_signed(
    draft: Callable[..., Body], keys: dict[str, list[Signer]]
) -> None:
    line = json.dumps(draft("visit.made", "A", number=1, facility="F"))
    twice = line.replace('"facility": "F"', '"facility": "F", "facility": "G"')
    with pytest.raises(HabeasError, match=r"H538|H502"):
        record.sign_draft(twice, keys, bytes(32), "drafts", 1)


def test_a_draft_without_actors_is_no_draft(keys: dict[str, list[Signer]], code: Code) -> None:
    assert code(record.sign_draft, "{}", keys, bytes(32), "drafts", 1) == "H538"


def test_lines_that_nest_without_end_are_refused(keys: dict[str, list[Signer]], code: Code) -> None:
    assert code(record.sign_draft, "[" * 100_000, keys, bytes(32), "drafts", 1) == "H538"


def test_signed_lines_that_nest_without_end_are_refused(code: Code) -> None:
    assert code(record.read_signed, "[" * 100_000, "file") == "H538"


@pytest.mark.parametrize("letter", ["\u2028", "\u2029", "\x85"])
def test_a_line_of_drafts_ends_with_a_newline_only(
    draft: Callable[..., Body], tmp_path: Path, letter: str
) -> None:
    body = draft("visit.made", "A", number=1, facility=f"F{letter}G")
    path, out = tmp_path / "drafts", tmp_path / "out"
    path.write_text(json.dumps(body, ensure_ascii=False) + "\n", "utf-8")
    key_files.write(tmp_path / "a.key", "A", hashlib.sha256(b"A officer").digest())
    assert run(["sign", str(path), "--keys", str(tmp_path), "--out", str(out)]) == 0


# The command line


@pytest.mark.parametrize("name", ["receipt.txt", "receipt.tlog-proof"])
def test_a_receipt_is_not_overwritten_by_its_own_page(brought: Path, name: str) -> None:
    target = brought.with_name(name)
    if run(["register", "receipt", str(brought), "7", "--out", str(target)]) == 0:
        trust = str(brought.with_name("trust.json"))
        assert run(["register", "receipt", "--check", str(target), "--trust", trust]) == 0


@pytest.mark.parametrize("command", ["show", "receipt"])
@pytest.mark.parametrize("text", ["a text\n" * 1000, ""])
def test_a_file_that_is_no_register_has_exit_status_2(
    brought: Path, command: str, text: str
) -> None:
    brought.write_text(text)
    assert run(["register", command, str(brought)]) == 2


def test_a_folder_is_no_register(tmp_path: Path) -> None:
    assert run(["register", "show", str(tmp_path)]) == 2


@pytest.mark.parametrize("content", ["x''", "x'7b7d'", "zeroblob(28)", "zeroblob(400)"])
def test_a_damaged_record_is_shown_as_such_or_refused(brought: Path, content: str) -> None:
    with closing(sqlite3.connect(brought, isolation_level=None)) as raw:
        raw.execute("DROP TRIGGER content_update")
        raw.execute(f"UPDATE content SET sealed = {content} WHERE idx = 3")
    assert run(["register", "show", str(brought)]) in {0, 2}


@pytest.mark.parametrize("last", ["0", "-1"])
def test_show_lists_no_more_than_was_asked(brought: Path, capsys: Captured, last: str) -> None:
    status = run(["register", "show", str(brought), "--json", "--last", last])
    assert status == 2 or json.loads(capsys.readouterr().out)["records"] == []


class _Counting(SqliteStore):
    """A store that counts the rows that it gives out."""

    given = 0

    def rows(self, start: int = 0, end: int | None = None) -> Iterator[Row]:
        for row in super().rows(start, end):
            self.given += 1
            yield row


def test_the_latest_events_are_read_from_the_end(log: Log, make: Make, tmp_path: Path) -> None:
    for _ in range(12):
        log.publish(AT, pads=True)
    index = log.append([make("visit.made", "A", number=2, subject=ONE)], AT)[0]
    with closing(_Counting(tmp_path / "register.sqlite3")) as store:
        latest = partial(record.latest, store)
        assert latest(kind=None, subject=None, last=0) == []
        assert [row.index for row in latest(kind=None, subject=None, last=1)] == [index]
        assert [row.index for row in latest(kind=None, subject=ONE, last=9)] == [index]
        assert latest(kind=None, subject="\udcff", last=1) == []
        assert store.given == 1024
        shown = latest(kind=None, subject=None, last=9)
        assert [row.index for row in shown] == [0, 1, index]


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    """The options of init, with a log's key and one root key."""
    key_files.write(tmp_path / "log.key", "LOG", bytes(32))
    (tmp_path / "roots").mkdir()
    key_files.write(tmp_path / "roots" / "a.key", "A", bytes(32))
    return ["--origin", "log.example", "--log-key", str(tmp_path / "log.key"), "--roots"]


def test_a_register_in_a_folder_that_is_not_there_has_exit_status_2(
    words: list[str], tmp_path: Path
) -> None:
    assert (
        run(["register", "init", str(tmp_path / "x" / "r"), *words, str(tmp_path / "roots")]) == 2
    )


def test_a_second_register_does_not_overwrite_the_firsts_trust_file(
    words: list[str], tmp_path: Path
) -> None:
    roots = str(tmp_path / "roots")
    assert run(["register", "init", str(tmp_path / "one"), *words, roots]) == 0
    before = (tmp_path / "trust.json").read_text()
    key_files.write(tmp_path / "log.key", "LOG", bytes([1]) * 32)
    run(["register", "init", str(tmp_path / "two"), *words, roots])
    assert (tmp_path / "trust.json").read_text() == before


def test_a_register_without_a_root_key_is_not_made(words: list[str], tmp_path: Path) -> None:
    assert run(["register", "init", str(tmp_path / "r"), *words, str(tmp_path / "missing")]) == 2
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize("origin", ["", "a b", "a+b", "a\nb"])
def test_an_origin_is_a_name_that_a_note_can_hold(
    words: list[str], tmp_path: Path, origin: str
) -> None:
    changed = [origin if word == "log.example" else word for word in words]
    run(["register", "init", str(tmp_path / "r"), *changed, str(tmp_path / "roots")])
    assert not (tmp_path / "r").exists()


def test_a_register_beside_anothers_key_store_is_not_made_by_half(
    words: list[str], tmp_path: Path
) -> None:
    roots, keys = str(tmp_path / "roots"), tmp_path / "person-keys.sqlite3"
    keys.write_bytes(b"those of somebody else")
    assert run(["register", "init", str(tmp_path / "r"), *words, roots]) == 2
    assert not (tmp_path / "r").exists()
    assert keys.read_bytes() == b"those of somebody else"
    keys.unlink()
    assert run(["register", "init", str(tmp_path / "r"), *words, roots]) == 0


def test_verification_changes_nothing_of_what_it_reads(brought: Path) -> None:
    folder = brought.parent
    (folder / "person-keys.epoch-0.key").write_text(bytes(range(32)).hex())  # of a stopped erasure
    (folder / "person-keys.sqlite3").chmod(0o640)

    def everything() -> list[tuple[str, int, bytes]]:
        files = [path for path in sorted(folder.iterdir()) if path.is_file()]
        return [(path.name, path.stat().st_mode, path.read_bytes()) for path in files]

    before = everything()
    assert run(["register", "verify", str(brought)]) == 0
    assert everything() == before
