"""The log on a register file: indexes, custody numbers, repetition, and what is refused."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fakes import VAULT, verified
from habeas.adapters.sqlite_store import SqliteStore
from habeas.errors import RegisterError
from habeas.register import checkpoint, merkle
from habeas.register.events import Json
from habeas.register.keys import Trust
from habeas.register.log import Log, Signed

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
ONE, TWO = "p_" + "1" * 26, "p_" + "2" * 26
Code = Callable[..., str]
Make = Callable[..., Signed]


def _link(signed: Signed) -> str:
    return base64.b64encode(signed.entry).decode()


@pytest.fixture
def refused(log: Log, code: Code) -> Callable[..., str]:
    """The code with which the log refuses a batch."""
    return lambda *batch: code(log.append, batch, AT)


@pytest.fixture
def first(make: Make) -> Signed:
    return make("custody.opened", "A", number=2, subject=ONE, seq=0)


@pytest.fixture
def second(make: Make, first: Signed) -> Signed:
    return make("custody.placed", "A", number=3, subject=ONE, seq=1, prev=_link(first))


def test_indexes_have_no_gaps(log: Log, store: SqliteStore, make: Make) -> None:
    visits = [make("visit.made", "A", number=number) for number in range(2, 12)]
    indexes = [log.append(visits[:1], AT), log.append([], AT), log.append(visits[1:], AT)]
    assert indexes == [[2], [], list(range(3, 12))]
    assert [row.index for row in store.rows()] == list(range(12))


def test_a_record_is_found_by_what_its_event_says(
    log: Log, store: SqliteStore, first: Signed
) -> None:
    log.append([first], AT)
    name = "01JNQ7Z8M3K4V0T2R5X6000002"
    found = VAULT.open(store.by_ids([name])[name])
    assert found is not None
    assert (found.index, found.kind, found.subject, found.seq) == (
        2,
        "custody.opened",
        ONE,
        0,
    )
    assert (found.entry, found.body, found.sigblock, found.salt) == (
        first.entry, first.body, first.sigblock, first.salt
    )  # fmt: skip


def test_a_persons_custody_numbers_follow_each_other(
    log: Log, first: Signed, second: Signed
) -> None:
    assert log.append([first, second], AT) == [2, 3]
    assert log.head(ONE) == (1, _link(second))
    assert log.head(TWO) is None


@pytest.mark.parametrize("seq", [1, 2, 7])
def test_the_first_custody_number_is_0(refused: Callable[..., str], make: Make, seq: int) -> None:
    link = base64.b64encode(bytes(32)).decode()
    late = make("custody.placed", "A", number=2, subject=ONE, seq=seq, prev=link)
    assert refused(late) == "H531"


@pytest.mark.parametrize("seq", [0, 1, 3, 2**53 - 1])
def test_another_custody_number_than_the_next_is_refused(
    log: Log,
    refused: Callable[..., str],
    make: Make,
    first: Signed,
    second: Signed,
    seq: int,
) -> None:
    log.append([first, second], AT)
    link: dict[str, Json] = {"prev": _link(second)} if seq else {}
    assert refused(make("custody.placed", "A", number=4, subject=ONE, seq=seq, **link)) == "H531"


def test_the_link_is_the_entry_of_the_custody_event_before(
    log: Log,
    refused: Callable[..., str],
    make: Make,
    first: Signed,
    second: Signed,
) -> None:
    log.append([first, second], AT)
    wrong = [_link(first), base64.b64encode(bytes(32)).decode(), _link(second).rstrip("=")]
    events = [make("custody.moved", "A", number=4, subject=ONE, seq=2, prev=link) for link in wrong]
    assert [refused(event) for event in events] == ["H532", "H532", "H503"]


def test_case_events_leave_the_custody_numbers_alone(
    log: Log, make: Make, first: Signed, second: Signed
) -> None:
    between = make("case.proposed", "B", number=9, subject=ONE, head=_link(first))
    assert log.append([first, between, second], AT) == [2, 3, 4]


def test_each_person_has_numbers_of_their_own(
    log: Log, make: Make, first: Signed, second: Signed
) -> None:
    other = make("custody.opened", "B", number=9, subject=TWO, seq=0)
    assert log.append([first, other, second], AT) == [2, 3, 4]
    assert [log.head(person) for person in (ONE, TWO)] == [(1, _link(second)), (0, _link(other))]


def test_the_same_event_again_has_its_old_index(log: Log, first: Signed, second: Signed) -> None:
    log.append([first], AT)
    assert log.append([first], AT) == [2]
    assert log.append([second, first], AT) == [3, 2]
    assert log.size == 4


def test_the_same_event_twice_in_a_batch_stands_once(
    log: Log, store: SqliteStore, first: Signed, second: Signed
) -> None:
    assert log.append([first, first, second, first, second], AT) == [2, 2, 3, 2, 3]
    assert (log.size, store.size()) == (4, 4)


def test_an_old_event_is_answered_after_its_key_was_revoked(
    log: Log, make: Make, enrol: Make
) -> None:
    visit = make("visit.made", "B", number=2)
    log.append([visit, enrol("B", 3, "key.revoked")], AT)
    assert log.append([visit], AT) == [2]


def test_the_same_id_with_other_bytes_is_refused(
    log: Log, refused: Callable[..., str], make: Make
) -> None:
    log.append([make("visit.made", "A", number=2)], AT)
    others = [
        make("visit.made", "A", number=2, facility="F"),
        make("visit.made", "B", number=2),
        make("visit.made", "A", number=2, salt=bytes(32)),
    ]
    assert [refused(other) for other in others] == ["H533"] * 3


def test_the_same_id_with_other_bytes_in_one_batch_is_refused(
    refused: Callable[..., str], make: Make, store: SqliteStore
) -> None:
    one, other = make("visit.made", "A", number=2), make("visit.blocked", "A", number=2)
    assert refused(one, other) == "H533"
    assert store.size() == 2


@pytest.mark.parametrize("length", [1, 31, 33, 64])
def test_a_salt_has_32_bytes(refused: Callable[..., str], make: Make, length: int) -> None:
    assert refused(make("visit.made", "A", number=2, salt=bytes(length))) == "H534"


def test_an_event_may_lie_five_minutes_ahead_and_no_more(
    log: Log, refused: Callable[..., str], make: Make
) -> None:
    times = [(AT + timedelta(seconds=seconds)).isoformat() for seconds in (300, 301)]
    ahead, far = (make("visit.made", "A", number=2, occurred_at=time) for time in times)
    assert refused(far) == "H535"
    assert log.append([ahead], AT) == [2]


def test_an_event_may_lie_long_ago(log: Log, make: Make) -> None:
    assert log.append(
        [make("visit.made", "A", number=2, occurred_at="1970-01-01T00:00:00Z")], AT
    ) == [2]


@pytest.mark.parametrize(
    ("data", "expected"), [(b"", "H502"), (b"{}", "H503"), (b"x" * 16_385, "H501")]
)
def test_bytes_that_are_no_event_are_refused(
    refused: Callable[..., str], first: Signed, data: bytes, expected: str
) -> None:
    assert refused(Signed(data, first.sigblock, first.salt)) == expected


def test_a_signature_over_other_bytes_is_refused(
    refused: Callable[..., str], first: Signed, make: Make
) -> None:
    other = make("visit.made", "A", number=2)
    assert refused(Signed(other.body, first.sigblock, other.salt)) == "H514"


def test_a_refusal_names_the_event(log: Log, make: Make) -> None:
    with pytest.raises(RegisterError) as caught:
        log.append([make("visit.made", "C", number=7)], AT)
    assert caught.value.faults[0].where == "event 01JNQ7Z8M3K4V0T2R5X6000007, visit.made"


def test_a_published_checkpoint_is_over_all_leaves(
    log: Log, store: SqliteStore, first: Signed, trust: Trust
) -> None:
    log.append([first], AT, publish=True)
    size, note = store.checkpoints()[-1]
    read = checkpoint.read_note(note)
    leaves = [merkle.leaf_hash(row.entry) for row in store.rows()]
    assert (size, read.checkpoint.size, read.checkpoint.root) == (3, 3, merkle.root(leaves))
    assert checkpoint.verified(read, trust.policy.log) == frozenset()


def test_a_checkpoint_of_the_same_size_is_kept_once(
    log: Log, store: SqliteStore, first: Signed
) -> None:
    notes = [log.publish(AT), log.publish(AT)]
    assert log.append([], AT, publish=True) == []
    assert store.checkpoints() == [(2, notes[0])]
    log.append([first, first], AT, publish=True)
    assert [size for size, _ in store.checkpoints()] == [2, 3]


def test_a_checkpoint_over_no_leaves_is_good(
    store: SqliteStore,
    opened: Callable[[SqliteStore], Log],
    trust: Trust,
    tmp_path: Path,
) -> None:
    note = opened(store).publish(AT)
    assert checkpoint.read_note(note).checkpoint.root == merkle.EMPTY
    assert verified(tmp_path / "register.sqlite3", trust).faults == ()


def test_a_reopened_log_goes_on_where_it_was(
    log: Log,
    store: SqliteStore,
    opened: Callable[[SqliteStore], Log],
    first: Signed,
    second: Signed,
) -> None:
    log.append([first], AT)
    again = opened(store)
    assert (again.size, again.head(ONE)) == (log.size, log.head(ONE))
    assert again.publish(AT) == log.publish(AT)
    assert again.append([second], AT) == [3]
