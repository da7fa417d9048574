"""Erasure: what it leaves behind can be read by nobody, and everything else stays."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from erasure_cases import (
    CALENDAR,
    HAND,
    LATE,
    OPENED,
    PARTS,
    RULES,
    Case,
    all_keys,
    canary,
    chance,
    closed,
    made,
    person,
    planted,
    readable,
    trust,
)
from habeas.adapters import sqlite_store
from habeas.adapters.key_store import SqliteKeys
from habeas.errors import RegisterError, SealedError
from habeas.register import verify
from habeas.register.events import Json, Row
from habeas.register.log import Signed
from habeas.service import erase, hold, persons, record


def run(case: Case, *signed: Signed) -> list[bool]:
    found = erase.execute(case.log, case.keys, signed, RULES, HAND, LATE)
    return [one.finished for one in found]


@pytest.fixture(scope="module")
def erased(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """Forty persons, of whom the first twenty were erased; a copy of the key store from before."""
    folder = tmp_path_factory.mktemp("forty")
    case = made(folder, 40)
    (folder / "receipt").write_text(
        record.receipt_text(record.make_receipt(case.store, case.log.vault, case.indexes(0)[0]))
    )
    (folder / "copy").mkdir()
    shutil.copy(folder / "person-keys.sqlite3", folder / "copy")
    signed = [case.erased(case.indexes(number)) for number in range(20)]
    assert run(case, *signed) == [True] * 20
    yield case
    closed(case)


def test_no_file_shows_a_planted_word(erased: Case) -> None:
    shown = {
        path.name: planted(range(40), path.read_bytes())
        for path in erased.folder.rglob("*")
        if path.is_file() and path.name != "receipt"
    }
    assert {"register.sqlite3", "register.sqlite3-wal", "person-keys.sqlite3"} <= set(shown)
    assert [name for name, words in shown.items() if words] == []


def test_no_key_that_is_left_opens_what_was_erased_and_the_others_stay(erased: Case) -> None:
    folder = erased.folder
    keys = all_keys(folder / "person-keys.sqlite3", folder / "copy/person-keys.sqlite3")
    text = readable(folder / "register.sqlite3", set(keys.values()))
    assert len(set(keys.values())) == 20 * 3
    assert planted(range(20), text) == []
    assert len(planted(range(20, 40), text)) == 20 * len(PARTS)


def test_an_older_copy_of_the_key_store_opens_nothing(erased: Case) -> None:
    copy = erased.folder / "copy/person-keys.sqlite3"
    with closing(sqlite3.connect(copy)) as db:
        count = db.execute("SELECT COUNT(*) FROM key").fetchone()[0]
    assert count == 40 * 3
    with pytest.raises(SealedError):
        SqliteKeys(copy, chance("copy"))
    shutil.copy(erased.folder / "person-keys.epoch-2.key", copy.parent)
    with pytest.raises(SealedError):
        SqliteKeys(copy, chance("copy"))
    (copy.parent / "person-keys.epoch-2.key").unlink(missing_ok=True)


def test_the_planted_words_are_found_where_nothing_is_erased(tmp_path: Path) -> None:
    case = made(tmp_path, 2)
    keys = all_keys(tmp_path / "person-keys.sqlite3").values()
    text = readable(tmp_path / "register.sqlite3", keys)
    closed(case)
    assert len(planted(range(2), text)) == 2 * len(PARTS)


def test_the_register_still_verifies_and_counts_what_was_erased(erased: Case) -> None:
    bundle = sqlite_store.bundle(erased.folder / "register.sqlite3")
    report = verify.register(bundle, trust(), opened=erased.log.vault.open)
    assert (report.faults, report.erased, report.unopened) == ((), 60, 0)
    assert report.opened == 12 + 20 * 3 + 20 * 2


def test_lost_keys_are_told_apart_from_erased_ones(tmp_path: Path) -> None:
    case = made(tmp_path, 2)
    sections = case.erased(case.indexes(1)[1:2], more={"what": "sections", "sections": ["medical"]})
    run(case, case.erased(case.indexes(0)), sections)
    case.keys.destroy([person(1)])
    case.log.vault.forget()
    bundle = sqlite_store.bundle(tmp_path / "register.sqlite3")
    report = verify.register(bundle, trust(), opened=case.log.vault.open)
    found = hold.of_register(case.store, case.log.vault, RULES.terms, CALENDAR)
    closed(case)
    assert [fault.code for fault in report.faults] == ["H594"] * 3
    assert (found.erased, found.unreadable, found.intervals) == (1, 1, ())


def test_the_place_of_the_erased_in_the_chain_stays(erased: Case) -> None:
    rows = list(erased.store.of_person(person(0)))
    assert [(row.kind, row.seq) for row in rows] == [
        ("custody.opened", 0),
        ("evidence.recorded", None),
        ("custody.released", 1),
    ]


def test_whoever_counts_says_how_many_were_erased(erased: Case) -> None:
    found = hold.of_register(erased.store, erased.log.vault, RULES.terms, CALENDAR)
    who = {one.subject for one in found.intervals}
    assert (len(who), found.erased, found.unreadable) == (20, 20, 0)


def test_a_receipt_in_another_hand_still_verifies_and_the_notice_says_so(erased: Case) -> None:
    verdict = verify.receipt_verdict((erased.folder / "receipt").read_text(), trust())
    assert verdict.text == "VALID, NOT WITNESSED"
    assert any("Receipts in other hands still verify" in line for line in erase.STAYS)


def test_a_new_receipt_of_what_was_erased_is_refused(erased: Case) -> None:
    with pytest.raises(RegisterError) as caught:
        record.make_receipt(erased.store, erased.log.vault, erased.indexes(0)[0])
    assert caught.value.code == "H543"


def test_nothing_follows_what_was_erased(erased: Case) -> None:
    later = erased.sign("visit.made", (("COURT", "court"),), LATE, subject=person(0))
    with pytest.raises(RegisterError) as caught:
        erased.log.append([later], LATE)
    with pytest.raises(RegisterError) as told:
        persons.of_person(erased.log, person(0))
    assert (caught.value.code, told.value.code) == ("H592", "H592")


def test_the_views_show_what_cannot_be_read(erased: Case) -> None:
    shown = record.shown(erased.store, erased.log.vault, kind=None, subject=person(0), last=9)
    assert [set(row) for row in shown] == [{"index", "entry", "unreadable"}] * 3


def test_what_was_kept_as_evidence_is_erased_with_its_person(tmp_path: Path) -> None:
    case = made(tmp_path, 2)
    first = case.file(0).events[1]
    body: dict[str, Json] = {"fact": "f", "value": "true", "document": canary(0, "again")}
    again = case.sign(
        "evidence.recorded", (("CLINIC", "health"),), OPENED, subject=person(0), id=first.id,
        body=body,
    )  # fmt: skip
    with pytest.raises(RegisterError) as caught:
        case.log.append([again], OPENED)
    assert caught.value.code == "H533"
    with closing(sqlite3.connect(tmp_path / "register.sqlite3")) as db:
        [(what, data)] = db.execute("SELECT what, data FROM evidence").fetchall()
    row = Row(-1, data[:32], first.id, "evidence.recorded", person(0), None, data[32:])
    kept = case.log.vault.open(row)
    assert kept is not None
    assert (what, kept.body) == (f"event {first.id} of {person(0)}", again.body)
    assert canary(0, "again").encode() not in (tmp_path / "register.sqlite3-wal").read_bytes()
    assert run(case, case.erased(case.indexes(0))) == [True]
    assert case.log.vault.open(row) is None
    closed(case)


def test_a_person_of_whom_a_part_is_lost_is_not_said_to_be_erased(tmp_path: Path) -> None:
    case = made(tmp_path, 1)
    part = case.erased(case.indexes(0)[:2])
    case.log.append([part], LATE)  # an erasure of a part, by whatever way it came
    case.keys.destroy([person(0)])
    case.log.vault.forget()
    found = hold.of_register(case.store, case.log.vault, RULES.terms, CALENDAR)
    closed(case)
    assert (found.erased, found.unreadable) == (0, 1)
