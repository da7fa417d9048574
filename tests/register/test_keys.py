"""Which key was good at which index: enrolled below, of its authority, not revoked before."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fakes import verified
from habeas.adapters.sqlite_store import SqliteStore
from habeas.register.events import Json
from habeas.register.keys import Trust
from habeas.register.log import Log, Signed
from habeas.register.signing import SeedSigner, keyid8

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
Code = Callable[..., str]
Key = Callable[[str], SeedSigner]
Make = Callable[..., Signed]
Refused = Callable[..., str]


@pytest.fixture
def refused(log: Log, code: Code) -> Refused:
    """The code with which the log refuses a batch."""
    return lambda *batch: code(log.append, batch, AT)


def test_an_event_by_an_enrolled_key_is_admitted(log: Log, make: Make) -> None:
    assert log.append(
        [make("visit.made", "A", number=2), make("visit.made", "B", number=3)], AT
    ) == [2, 3]


def test_an_event_by_a_key_that_was_not_enrolled_is_refused(refused: Refused, make: Make) -> None:
    assert refused(make("visit.made", "C", number=2)) == "H515"
    assert refused(make("visit.made", "nobody", number=2)) == "H515"


def test_a_root_key_signs_key_events_only(refused: Refused, make: Make, key: Key) -> None:
    root: Json = [
        {"authority": "A", "role": "custodian", "key": keyid8(key("A root").public()).hex()}
    ]
    assert refused(make("visit.made", "A", number=2, keys=("A root",), actors=root)) == "H515"


def test_a_key_is_good_above_the_index_of_its_enrolment(
    log: Log, refused: Refused, make: Make, enrol: Make
) -> None:
    event = make("visit.made", "C", number=3)
    assert refused(event, enrol("C", 2)) == "H515"
    assert log.append([enrol("C", 2), event], AT) == [2, 3]


def test_a_key_of_another_authority_is_refused(refused: Refused, make: Make, key: Key) -> None:
    rows: Json = [
        {"authority": "A", "role": "custodian", "key": keyid8(key("B officer").public()).hex()}
    ]
    assert refused(make("visit.made", "A", number=2, keys=("B officer",), actors=rows)) == "H515"


def test_a_revoked_key_is_refused_from_the_index_of_its_revocation(
    log: Log, refused: Refused, make: Make, enrol: Make
) -> None:
    before, revoked = make("visit.made", "B", number=2), enrol("B", 3, "key.revoked")
    assert log.append([before, revoked], AT) == [2, 3]
    assert refused(make("visit.made", "B", number=4)) == "H515"


def test_a_revocation_counts_within_its_own_batch(
    refused: Refused, make: Make, enrol: Make
) -> None:
    assert refused(enrol("B", 2, "key.revoked"), make("visit.made", "B", number=3)) == "H515"


def test_index_decides_and_not_the_clock(
    log: Log, refused: Refused, make: Make, enrol: Make
) -> None:
    log.append([enrol("B", 2, "key.revoked")], AT)
    earlier = make("visit.made", "B", number=3, occurred_at="2020-01-01T00:00:00Z")
    assert refused(earlier) == "H515"


def test_events_before_the_revocation_stay_good(
    log: Log, make: Make, enrol: Make, tmp_path: Path, trust: Trust
) -> None:
    batch = [make("visit.made", "B", number=2), enrol("B", 3, "key.revoked")]
    log.append(batch, AT, publish=True)
    report = verified(tmp_path / "register.sqlite3", trust)
    assert (report.faults, report.covered) == ((), 4)


def test_a_second_key_goes_on_where_the_first_is_revoked(
    log: Log, make: Make, enrol: Make, key: Key
) -> None:
    rows: Json = [{"authority": "B", "role": "court", "key": keyid8(key("second").public()).hex()}]
    event = make("visit.made", "B", number=4, keys=("second",), actors=rows)
    batch = [enrol("B", 2, name="second"), enrol("B", 3, "key.revoked"), event]
    assert log.append(batch, AT) == [2, 3, 4]


def test_an_enrolment_is_signed_by_the_pinned_root_key(
    refused: Refused, make: Make, key: Key
) -> None:
    public, officer = key("new").public().hex(), keyid8(key("A officer").public()).hex()
    rows: Json = [{"authority": "A", "role": "registrar", "key": officer}]
    own = {"body": {"authority": "A", "public": public}, "actors": rows}
    assert refused(make("key.enrolled", "A", number=2, keys=("A officer",), **own)) == "H515"
    assert (
        refused(make("key.enrolled", "D", number=2, body={"authority": "D", "public": public}))
        == "H515"
    )


def test_a_root_key_enrols_for_its_own_authority_only(
    refused: Refused, make: Make, key: Key
) -> None:
    public = key("new").public().hex()
    other = make("key.enrolled", "A", number=2, body={"authority": "B", "public": public})
    both = make("key.enrolled", "A", "B", number=2, body={"authority": "A", "public": public})
    assert [refused(other), refused(both)] == ["H516", "H516"]


@pytest.mark.parametrize("public", ["zz", "00" * 31, "00" * 33, 1, ["x"], True])
def test_an_enrolment_names_a_key_of_32_bytes(refused: Refused, make: Make, public: Json) -> None:
    named: Json = {"authority": "A", "public": public}
    assert refused(make("key.enrolled", "A", number=2, body=named)) == "H516"


@pytest.mark.parametrize("public", [None, "", [], {}])
def test_an_enrolment_names_a_key(refused: Refused, make: Make, public: Json) -> None:
    named = {} if public is None else {"public": public}
    assert refused(make("key.enrolled", "A", number=2, body={"authority": "A", **named})) == "H518"


def test_a_key_is_enrolled_once(log: Log, refused: Refused, enrol: Make) -> None:
    assert refused(enrol("A", 2)) == "H516"
    log.append([enrol("A", 2, "key.revoked")], AT)
    assert refused(enrol("A", 3)) == "H516"


def test_a_key_of_one_authority_is_not_enrolled_for_another(refused: Refused, enrol: Make) -> None:
    assert refused(enrol("A", 2, name="B officer")) == "H516"


def test_only_an_own_key_in_good_standing_is_revoked(
    log: Log, refused: Refused, enrol: Make
) -> None:
    assert refused(enrol("A", 2, "key.revoked", "unknown")) == "H516"
    assert refused(enrol("A", 2, "key.revoked", "B officer")) == "H516"
    log.append([enrol("A", 2, "key.revoked")], AT)
    assert refused(enrol("A", 3, "key.revoked")) == "H516"


def test_two_keys_sign_one_event(log: Log, make: Make, refused: Refused) -> None:
    both = make("custody.handed_over", "A", "B", number=2)
    one = make("custody.handed_over", "A", "B", number=2, keys=("A officer",))
    third = make("custody.handed_over", "A", "B", number=2, keys=("A officer", "C officer"))
    assert [refused(one), refused(third)] == ["H513", "H513"]
    assert log.append([both], AT) == [2]


def test_a_reopened_log_knows_the_keys(
    log: Log,
    store: SqliteStore,
    opened: Callable[[SqliteStore], Log],
    make: Make,
    enrol: Make,
    code: Code,
) -> None:
    log.append([enrol("B", 2, "key.revoked")], AT)
    again = opened(store)
    assert code(again.append, [make("visit.made", "B", number=3)], AT) == "H515"
    assert again.append([make("visit.made", "A", number=3)], AT) == [3]
