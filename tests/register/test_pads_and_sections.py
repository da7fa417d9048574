"""Pads, which commit to no event, and sections, which are kept, opened and erased apart."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from fakes import altered, vault, verified
from habeas.adapters.sqlite_store import SqliteStore, bundle
from habeas.register import sealed as sealing
from habeas.register.events import PAD
from habeas.register.keys import Trust
from habeas.register.log import Log, Signed
from habeas.register.sealed import Section
from habeas.register.verify import Bundle

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
Code = Callable[..., str]
Make = Callable[..., Signed]

# Pads


@pytest.fixture
def padded(log: Log, store: SqliteStore, make: Make, tmp_path: Path) -> Path:
    """A register of three events that was filled up to 256 leaves."""
    log.append([make("visit.made", "A", number=2)], AT)
    log.publish(AT, pads=True)
    assert [size for size, _ in store.checkpoints()] == [256]
    return tmp_path / "register.sqlite3"


def test_a_padded_register_holds_and_shows_no_event_in_a_pad(
    padded: Path, log: Log, store: SqliteStore, trust: Trust
) -> None:
    report = verified(padded, trust)
    assert (report.faults, report.size, report.opened, report.pads) == ((), 256, 3, 253)
    assert len(list(log.records())) == 3
    entries = [row.entry for row in store.rows()]
    assert len(set(entries)) == 256


def test_pads_fill_the_next_tile_and_at_least_one(padded: Path, log: Log, make: Make) -> None:
    log.publish(AT, pads=True)
    assert log.size == 512
    log.append([make("visit.made", "A", number=3)], AT)
    log.publish(AT, pads=True)
    assert (log.size, padded.is_file()) == (768, True)


def test_a_pad_of_which_any_byte_was_changed_is_named(padded: Path, trust: Trust) -> None:
    good = bundle(padded)
    rows = list(good.rows)
    for place in range(32):
        entry = bytearray(rows[99].entry)
        entry[place] ^= 1
        for row in (altered(rows[99], place), replace(rows[99], entry=bytes(entry))):
            report = verified(Bundle([*rows[:99], row, *rows[100:]], good.checkpoints), trust)
            assert ("H552", "index 99") in [(one.code, one.where) for one in report.faults]


def test_an_event_that_is_passed_off_as_a_pad_is_named(padded: Path, trust: Trust) -> None:
    good = bundle(padded)
    rows = list(good.rows)
    hidden = replace(rows[2], event_id="", kind=PAD, subject=None)
    report = verified(Bundle([*rows[:2], hidden, *rows[3:]], good.checkpoints), trust)
    assert [(one.code, one.where) for one in report.faults] == [("H552", "index 2")]


# Sections


@pytest.fixture
def section() -> Section:
    return Section("medical", bytes([2]) * 32, b'{"fit":true}')


@pytest.fixture
def examined(make: Make, section: Section) -> Signed:
    """A visit with a section of detail."""
    digest = base64.b64encode(section.digest).decode()
    named = [{"name": "medical", "digest": digest}]
    return replace(make("visit.made", "A", number=2, sections=named), sections=(section,))


@pytest.mark.parametrize(
    "change",
    [
        {"name": "security"},
        {"data": b'{"fit":false}'},
        {"data": b""},
        {"salt": bytes([3]) * 32},
        {"salt": bytes(31)},
    ],
)
def test_a_section_that_the_event_does_not_name_is_refused(
    log: Log, examined: Signed, section: Section, code: Code, change: dict[str, Any]
) -> None:
    other = replace(examined, sections=(replace(section, **change),))
    assert code(log.append, [other], AT) == "H593"
    assert log.size == 2


def test_a_section_comes_once_and_only_with_an_event_that_names_one(
    log: Log, make: Make, examined: Signed, section: Section, code: Code
) -> None:
    assert code(log.append, [replace(examined, sections=(section, section))], AT) == "H593"
    bare = replace(make("visit.made", "A", number=2), sections=(section,))
    assert code(log.append, [bare], AT) == "H593"


def test_a_sections_salt_has_32_bytes(log: Log, make: Make, code: Code) -> None:
    short = Section("medical", bytes(16), b"x")
    named = [{"name": "medical", "digest": base64.b64encode(short.digest).decode()}]
    one = replace(make("visit.made", "A", number=2, sections=named), sections=(short,))
    assert code(log.append, [one], AT) == "H534"


@pytest.mark.parametrize(("size", "expected"), [(65_472, 2), (65_473, "H501")])
def test_a_section_that_could_not_be_read_again_is_refused(
    log: Log, store: SqliteStore, make: Make, size: int, expected: int | str
) -> None:
    large = Section("scan", bytes([2]) * 32, bytes(size))
    named = [{"name": "scan", "digest": base64.b64encode(large.digest).decode()}]
    one = replace(make("visit.made", "A", number=2, sections=named), sections=(large,))
    (outcome,) = log.append_each([one], AT)
    assert getattr(outcome, "code", outcome) == expected
    kept = [log.vault.section("01JNQ7Z8M3K4V0T2R5X6000002", it) for it in store.sections(2)]
    assert kept == ([large] if expected == 2 else [])


@pytest.mark.parametrize("part", ["path", "manifest"])
@pytest.mark.parametrize("size", [1, 64, 100_000])
def test_nothing_comes_along_with_an_event_that_its_leaf_does_not_commit_to(
    log: Log, make: Make, code: Code, part: str, size: int
) -> None:
    extra: dict[str, Any] = {part: bytes(size)}
    assert code(log.append, [replace(make("visit.made", "A", number=2), **extra)], AT) == "H519"
    assert log.size == 2


def test_a_section_opens_with_its_own_key_and_may_be_left_out(
    log: Log, store: SqliteStore, examined: Signed, section: Section
) -> None:
    assert log.append([examined], AT) == [2]
    (kept,) = store.sections(2)
    name = "01JNQ7Z8M3K4V0T2R5X6000002"
    assert log.vault.section(name, kept) == section
    assert json.loads(section.data) == {"fit": True}
    assert section.data not in kept.content
    assert log.append([replace(examined, sections=())], AT) == [2]


def test_an_altered_section_does_not_open(
    log: Log, store: SqliteStore, examined: Signed, code: Code
) -> None:
    log.append([examined], AT)
    (kept,) = store.sections(2)
    name = "01JNQ7Z8M3K4V0T2R5X6000002"
    for place in range(len(kept.content)):
        data = bytearray(kept.content)
        data[place] ^= 1 << place % 8
        assert code(log.vault.section, name, replace(kept, content=bytes(data))) == "H591"
    assert code(log.vault.section, name, replace(kept, digest=bytes(32))) == "H591"


def test_a_section_whose_key_is_gone_stays_closed_and_the_event_opens(
    log: Log, store: SqliteStore, examined: Signed
) -> None:
    log.append([examined], AT)
    (kept,) = store.sections(2)
    name = "01JNQ7Z8M3K4V0T2R5X6000002"
    assert vault(sealing.section_key_name(name, "medical")).section(name, kept) is None
    assert [record.event_id for record in log.records()][-1] == name
