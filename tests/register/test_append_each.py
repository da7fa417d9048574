"""A batch of which each event is judged alone: the bad are refused, and nothing else suffers."""

import base64
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import connect

import pytest

from fakes import verified
from habeas.adapters.sqlite_store import SqliteStore
from habeas.errors import RegisterError
from habeas.register.events import Json
from habeas.register.keys import Trust
from habeas.register.log import Log, Signed
from habeas.register.signing import SeedSigner, keyid8
from habeas.register.store import Batch

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
ONE, TWO = "p_" + "1" * 26, "p_" + "2" * 26
Code = Callable[..., str]
Key = Callable[[str], SeedSigner]
Make = Callable[..., Signed]
Told = list[int | str]


def _told(outcomes: Sequence[int | RegisterError]) -> Told:
    return [one.code if isinstance(one, RegisterError) else one for one in outcomes]


@pytest.fixture
def each(log: Log) -> Callable[..., Told]:
    """The index of each event, or the code with which it alone is refused."""
    return lambda *batch: _told(log.append_each(batch, AT))


def _link(signed: Signed) -> str:
    return base64.b64encode(signed.entry).decode()


def _bad(make: Make, number: int) -> list[tuple[str, Signed]]:
    good = make("visit.made", "A", number=number)
    late = "2026-03-02T12:05:01Z"
    return [
        ("H502", replace(good, body=b"no event")),
        ("H503", replace(good, body=b"{}")),
        ("H501", replace(good, body=b"x" * 16_385)),
        ("H511", replace(good, sigblock=b"x")),
        ("H514", replace(good, sigblock=good.sigblock[:-1] + bytes([good.sigblock[-1] ^ 1]))),
        ("H515", make("visit.made", "C", number=number)),
        ("H518", make("erased", "A", number=number, subject=None)),
        ("H519", replace(good, path=bytes(32))),
        ("H531", make("custody.placed", "A", number=number, seq=3, prev=_link(good))),
        ("H534", replace(good, salt=b"short")),
        ("H535", make("visit.made", "A", number=number, occurred_at=late)),
    ]


def test_a_bad_event_among_good_ones_is_refused_alone(
    log: Log, store: SqliteStore, make: Make, each: Callable[..., Told]
) -> None:
    expected: Told = []
    batch: list[Signed] = []
    for place, (refusal, bad) in enumerate(_bad(make, 50)):
        batch += [bad, make("visit.made", "A", number=10 + place)]
        expected += [refusal, 2 + place]
    assert each(*batch) == expected
    assert (log.size, store.size()) == (13, 13)


def test_a_refusal_names_its_event(log: Log, make: Make) -> None:
    good, bad = make("visit.made", "A", number=2), make("visit.made", "C", number=7)
    _, error = log.append_each([good, bad], AT)
    assert isinstance(error, RegisterError)
    assert error.faults[0].where == "event 01JNQ7Z8M3K4V0T2R5X6000007, visit.made"


def test_what_was_admitted_beside_bad_events_holds(
    log: Log, make: Make, trust: Trust, tmp_path: Path
) -> None:
    batch = [bad for _, bad in _bad(make, 50)] + [make("visit.made", "B", number=9)]
    log.append_each(batch, AT, publish=True)
    report = verified(tmp_path / "register.sqlite3", trust)
    assert (report.faults, report.size, report.covered) == ((), 3, 3)


def test_a_batch_of_which_nothing_is_good_writes_nothing(
    store: SqliteStore, make: Make, each: Callable[..., Told]
) -> None:
    assert each(*(bad for _, bad in _bad(make, 50))) == [code for code, _ in _bad(make, 50)]
    assert (store.size(), store.checkpoints(), store.persons([ONE])) == (2, [], set())
    assert each() == []


def test_a_refused_custody_event_gives_no_place_to_those_after_it(
    make: Make, each: Callable[..., Told]
) -> None:
    first = make("custody.opened", "A", number=2, seq=0)
    bad = make("custody.placed", "C", number=3, seq=1, prev=_link(first))
    after = make("custody.moved", "A", number=4, seq=2, prev=_link(bad))
    other = make("custody.opened", "A", number=5, subject=TWO, seq=0)
    assert each(first, bad, after, other) == [2, "H515", "H531", 3]
    again = make("custody.placed", "A", number=6, seq=1, prev=_link(first))
    assert each(again) == [4]


# Keys


def _by(make: Make, key: Key, name: str, number: int) -> Signed:
    rows: Json = [{"authority": "C", "role": "custodian", "key": keyid8(key(name).public()).hex()}]
    return make("visit.made", "C", number=number, keys=(name,), actors=rows)


def test_a_key_event_that_fails_makes_no_later_signature_good(
    make: Make, key: Key, enrol: Make, each: Callable[..., Told], log: Log
) -> None:
    good = enrol("C", 2)
    spoilt = replace(good, sigblock=good.sigblock[:-1] + bytes([good.sigblock[-1] ^ 1]))
    theirs = _by(make, key, "C officer", 3)
    assert each(spoilt, theirs) == ["H514", "H515"]
    body: Json = {"authority": "C", "public": key("C officer").public().hex()}
    forged = make("key.enrolled", "C", number=4, keys=("C officer",), body=body)
    assert each(forged, theirs) == ["H513", "H515"]
    assert each(replace(good, salt=b""), theirs) == ["H534", "H515"]
    assert log.size == 2
    assert each(good, theirs) == [2, 3]


def test_an_enrolment_counts_for_what_comes_after_it_in_the_batch_only(
    make: Make, key: Key, enrol: Make, each: Callable[..., Told]
) -> None:
    early, late = (_by(make, key, "C officer", number) for number in (3, 4))
    assert each(early, enrol("C", 2), late) == ["H515", 2, 3]


def test_a_revocation_counts_for_what_comes_after_it_in_the_batch(
    make: Make, enrol: Make, each: Callable[..., Told]
) -> None:
    before, after = (make("visit.made", "B", number=number) for number in (3, 4))
    spoilt = replace(enrol("B", 5, "key.revoked"), salt=b"")
    assert each(spoilt, before) == ["H534", 2]
    assert each(enrol("B", 6, "key.revoked"), after) == [3, "H515"]


# Repetition


def test_the_same_event_again_has_its_old_index_in_and_out_of_the_batch(
    make: Make, each: Callable[..., Told]
) -> None:
    one, other = (make("visit.made", "A", number=number) for number in (2, 3))
    assert each(one, one) == [2, 2]
    assert each(other, one, other) == [3, 2, 3]


def test_the_same_id_with_other_bytes_leaves_evidence(
    make: Make, each: Callable[..., Told], tmp_path: Path
) -> None:
    one = make("visit.made", "A", number=2)
    other, third = (make("visit.made", "A", number=2, facility=name) for name in "FG")
    assert each(one) == [2]
    assert each(other, make("visit.made", "A", number=3), third, other) == [
        "H533",
        3,
        "H533",
        "H533",
    ]
    with closing(connect(tmp_path / "register.sqlite3")) as raw:
        rows = raw.execute("SELECT at, what, data FROM evidence ORDER BY rowid").fetchall()
    what = f"event 01JNQ7Z8M3K4V0T2R5X6000002 of {ONE}"
    kept = [(at, told, data[:32]) for at, told, data in rows]
    assert kept == [(AT.isoformat(), what, one.entry) for one in (other, third)]
    assert [one for one in (other, third) for _, _, data in rows if one.body in data] == []


def test_the_same_id_with_other_bytes_in_one_batch_leaves_evidence(
    make: Make, each: Callable[..., Told], tmp_path: Path
) -> None:
    one, other = make("visit.made", "A", number=2), make("visit.blocked", "A", number=2)
    assert each(one, other) == [2, "H533"]
    with closing(connect(tmp_path / "register.sqlite3")) as raw:
        [(data,)] = raw.execute("SELECT data FROM evidence").fetchall()
    assert (data[:32], other.body in data) == (other.entry, False)


def test_what_nobody_signed_leaves_no_evidence(
    make: Make, each: Callable[..., Told], tmp_path: Path
) -> None:
    one, other = make("visit.made", "A", number=2), make("visit.blocked", "A", number=2)
    unsigned = replace(other, sigblock=other.sigblock[:-1] + bytes([other.sigblock[-1] ^ 1]))
    assert each(one, unsigned) == [2, "H514"]
    with closing(connect(tmp_path / "register.sqlite3")) as raw:
        assert raw.execute("SELECT COUNT(*) FROM evidence").fetchall() == [(0,)]


# A store that refuses


class Choosy(SqliteStore):
    """A store that refuses whatever holds one event."""

    refuses = ""

    def write(self, batch: Batch) -> None:
        """Refuse, where the event is among the rows."""
        if any(row.event_id.endswith(self.refuses) for row in batch.rows if self.refuses):
            super().write(replace(batch, rows=[*batch.rows, *batch.rows]))
        super().write(batch)


def test_where_the_store_refuses_a_batch_each_event_is_tried_alone(
    blank: Path, opened: Callable[[SqliteStore], Log], make: Make, enrol: Make
) -> None:
    path = blank.with_name("choosy.sqlite3")
    path.write_bytes(blank.read_bytes())
    with closing(Choosy(path)) as store:
        log = opened(store)
        log.append([enrol("A", 0)], AT)
        store.refuses = "3"
        batch = [make("visit.made", "A", number=number) for number in (1, 2, 3, 4)]
        assert _told(log.append_each(batch, AT)) == [1, 2, "H563", 3]
        store.refuses = ""
        assert _told(log.append_each(batch, AT)) == [1, 2, 4, 3]


def test_another_writer_meanwhile_refuses_the_whole_batch(
    log: Log, opened: Callable[[SqliteStore], Log], make: Make, code: Code, tmp_path: Path
) -> None:
    with closing(SqliteStore(tmp_path / "register.sqlite3")) as same:
        opened(same).append([make("visit.made", "A", number=2)], AT)
        batch = [make("visit.made", "B", number=number) for number in (3, 4)]
        assert code(log.append_each, batch, AT) == "H565"
        assert _told(log.append_each(batch, AT)) == [3, 4]
