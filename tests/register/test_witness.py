"""The witness: what it cosigns, and every log's lie that it refuses, in the order of the table."""

import base64
import hashlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.adapters.witness_store import SqliteWitnessStore
from habeas.errors import RegisterError
from habeas.register import checkpoint, merkle
from habeas.register import witness as witnessing
from habeas.register.checkpoint import Checkpoint
from habeas.register.witness import REQUEST_CAP, SIZE, Answer, Witness, write_request
from witnesses import (
    LOG_KEY,
    LOG_SECOND,
    NAME,
    NOW,
    ORIGIN,
    WITNESS_KEY,
    ml_dsa_key,
    note,
    point,
    proof,
    request,
    seed_key,
    witness,
)

DASH = "\N{EM DASH}"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteWitnessStore]:
    with closing(SqliteWitnessStore(tmp_path / "w.sqlite", create=True)) as found:
        yield found


@pytest.fixture
def court(store: SqliteWitnessStore) -> Witness:
    """A witness that has cosigned the first 5 leaves of the true log."""
    found = witness(store)
    assert found.add(request(0, 5), NOW).status == 200
    return found


def _held(found: Witness) -> int:
    latest = found.store.latest(ORIGIN)
    return latest.size if latest else 0


def _cosigners(text: str) -> set[str]:
    return set(checkpoint.verified(checkpoint.read_note(text), LOG_KEY, (WITNESS_KEY,)))


def _refused(court: Witness, data: bytes, status: int) -> Answer:
    before = court.store.latest(ORIGIN)
    answer = court.add(data, NOW + 60)
    assert answer.status == status, answer
    assert court.store.latest(ORIGIN) == before, "a refusal changes nothing that is held"
    assert DASH not in answer.body, "a refusal holds no signature"
    return answer


def test_a_witness_cosigns_what_extends_what_it_saw(court: Witness) -> None:
    answer = court.add(request(5, 9), NOW + 1)
    assert (answer.status, _cosigners(note(9) + answer.body)) == (200, {NAME})
    line = checkpoint.read_note(note(9) + answer.body).lines[-1]
    assert (_held(court), checkpoint.time_of(line)) == (9, NOW + 1)


def test_the_same_checkpoint_is_cosigned_again_with_a_new_time(court: Witness) -> None:
    answer = court.add(request(5, 5), NOW + 7)
    assert (answer.status, _cosigners(note(5) + answer.body)) == (200, {NAME})


def test_the_first_checkpoint_is_believed(store: SqliteWitnessStore) -> None:
    found = witness(store)
    assert (found.add(request(0, 4, 2), NOW).status, _held(found)) == (200, 4)


def test_the_empty_log_is_cosigned_and_goes_on(store: SqliteWitnessStore) -> None:
    found = witness(store)
    steps = [found.add(request(0, size), NOW).status for size in (0, 0, 3)]
    assert (steps, _held(found)) == ([200, 200, 200], 3)


def test_an_unknown_log_is_not_found(court: Witness) -> None:
    other = checkpoint.signed(Checkpoint("log.example/other", 5, bytes(32)), seed_key("log"))
    answer = _refused(court, write_request(0, [], other).encode(), 404)
    assert "not known" in answer.body


def test_a_note_of_another_key_is_forbidden(court: Witness) -> None:
    strange = checkpoint.signed(point(9), seed_key("thief"))
    _refused(court, write_request(5, proof(5, 9), strange).encode(), 403)
    line = checkpoint.cosigned(point(9), ORIGIN, seed_key("log"), NOW)
    alone = f"{point(9).text()}\n{line}"
    assert _refused(court, write_request(5, proof(5, 9), alone).encode(), 403).body


def test_a_known_keys_bad_signature_is_forbidden_even_beside_a_good_one(court: Witness) -> None:
    bad = base64.b64encode(LOG_KEY.id + bytes(64)).decode()
    line = f"{DASH} {ORIGIN} {bad}\n"
    for text in (f"{point(9).text()}\n{line}", note(9) + line):
        answer = _refused(court, write_request(5, proof(5, 9), text).encode(), 403)
        assert "does not verify" in answer.body


def test_an_unknown_signature_is_passed_over_and_not_kept(court: Witness) -> None:
    strange = checkpoint.cosigned(point(9), "w.example", seed_key("other"), NOW)
    data = write_request(5, proof(5, 9), note(9) + strange).encode()
    assert court.add(data, NOW).status == 200
    kept = court.latest(witnessing.origin_digest(ORIGIN)) or ""
    assert ("w.example" in kept, _cosigners(kept)) == (False, {NAME})


def test_an_old_size_above_the_checkpoints_is_a_bad_request(court: Witness) -> None:
    data = write_request(6, [], note(5)).encode()
    assert "larger" in _refused(court, data, 400).body


@pytest.mark.parametrize(("old", "new"), [(0, 9), (4, 9), (6, 9), (0, 5), (0, 0)])
def test_another_old_size_is_a_conflict_that_states_the_latest(
    court: Witness, old: int, new: int
) -> None:
    assert _refused(court, request(old, new), 409) == Answer(409, "5\n", SIZE)


def test_a_log_restored_from_an_old_copy_is_told_what_it_signed(court: Witness) -> None:
    assert court.add(request(5, 9), NOW).status == 200
    assert _refused(court, request(5, 7), 409) == Answer(409, "9\n", SIZE)
    assert _refused(court, request(3, 5), 409).body == "9\n"


def test_two_histories_of_one_size_are_refused_and_kept(
    court: Witness, store: SqliteWitnessStore
) -> None:
    answer = _refused(court, request(5, 5, 3), 422)
    assert "another root" in answer.body
    kept = store.evidence()
    assert [(one.size, one.root, one.origin) for one in kept] == [(5, point(5, 3).root, ORIGIN)]
    # Two notes that the log signed, of one size and of two roots: proof without the witness.
    notes = [checkpoint.read_note(text) for text in (kept[0].note, kept[0].held)]
    assert [checkpoint.verified(one, LOG_KEY) for one in notes] == [frozenset()] * 2
    assert len({one.checkpoint.root for one in notes}) == 2


@pytest.mark.parametrize("lie", range(5))
def test_a_rewritten_leaf_is_refused_and_kept(
    court: Witness, store: SqliteWitnessStore, lie: int
) -> None:
    answer = _refused(court, request(5, 9, lie), 422)
    assert "extends" in answer.body
    assert [one.note for one in store.evidence()] == [note(9, lie)]


def test_a_leaf_after_what_was_cosigned_is_the_logs_own_affair(court: Witness) -> None:
    assert court.add(request(5, 9, 6), NOW).status == 200


def test_the_empty_tree_has_one_root(store: SqliteWitnessStore) -> None:
    found = witness(store)
    text = checkpoint.signed(Checkpoint(ORIGIN, 0, bytes(32)), seed_key("log"))
    answer = _refused(found, write_request(0, [], text).encode(), 422)
    assert "empty tree" in answer.body
    assert [one.held for one in store.evidence()] == [""]


def test_a_first_checkpoint_takes_no_proof(store: SqliteWitnessStore) -> None:
    found = witness(store)
    assert _refused(found, write_request(0, [bytes(32)], note(5)).encode(), 422).body


def test_the_same_size_takes_no_proof(court: Witness) -> None:
    assert _refused(court, write_request(5, [bytes(32)], note(5)).encode(), 422).body


def test_a_proof_of_other_sizes_is_refused(court: Witness) -> None:
    wrong = [proof(4, 9), proof(5, 8), proof(5, 9)[:-1], [*proof(5, 9), bytes(32)], []]
    wrong += [proof(5, 9)[::-1], [bytes(32)] * 63]
    for hashes in wrong:
        assert _refused(court, write_request(5, hashes, note(9)).encode(), 422).status == 422


def test_no_forged_extension_of_three_thousand_is_cosigned(court: Witness) -> None:
    """The log's key signs a rewritten history and tries every kind of proof that it can make."""
    lied = note(9, 2)
    true, own = proof(5, 9), proof(5, 9, 2)
    cosigned = 0
    for number in range(3_000):
        drawn = [merkle.leaf_hash(b"%d %d" % (number, place)) for place in range(1 + number % 6)]
        mixed = [(true, own, drawn)[(number >> place) % 3] for place in range(len(true))]
        hashes = [row[place % len(row)] for place, row in enumerate(mixed)]
        hashes = drawn if number % 2 else hashes
        cosigned += court.add(write_request(5, hashes, lied).encode(), NOW).status == 200
    assert (cosigned, _held(court)) == (0, 5)


def test_a_false_proof_repeated_is_kept_once(court: Witness, store: SqliteWitnessStore) -> None:
    for number in range(4):
        court.add(write_request(5, [bytes([number]) * 32], note(9)).encode(), NOW + number)
        court.add(request(5, 5), NOW + number)
    assert len(store.evidence()) == 1


def test_the_time_of_a_cosignature_never_goes_back(court: Witness) -> None:
    answers = [court.add(request(5, 5), NOW + late).body for late in (50, -1_000, 60)]
    lines = [checkpoint.read_note(note(5) + body).lines[-1] for body in answers]
    assert [checkpoint.time_of(line) - NOW for line in lines] == [50, 50, 60]


@pytest.mark.parametrize("time", [0, -1])
def test_a_clock_that_is_not_set_cosigns_nothing(court: Witness, time: int) -> None:
    with pytest.raises(RegisterError) as caught:
        court.add(request(5, 9), time)
    assert (caught.value.code, _held(court)) == ("H572", 5)


def test_a_witness_may_sign_with_two_keys(store: SqliteWitnessStore) -> None:
    keys = (seed_key("witness"), ml_dsa_key("witness"))
    found = Witness(NAME, keys, {ORIGIN: (LOG_KEY,)}, store)
    body = found.add(request(0, 5), NOW).body
    for vkey in found.vkeys():
        read = checkpoint.read_note(note(5) + body)
        assert checkpoint.verified(read, LOG_KEY, (checkpoint.read_vkey(vkey),)) == {NAME}


def test_a_log_of_two_keys_must_sign_with_both(store: SqliteWitnessStore) -> None:
    found = witness(store, LOG_KEY, LOG_SECOND)
    _refused(found, request(0, 5), 403)
    second = checkpoint.cosigned(point(5), ORIGIN, ml_dsa_key("log"), NOW)
    alone = f"{point(5).text()}\n{second}"
    _refused(found, write_request(0, [], alone).encode(), 403)
    assert found.add(write_request(0, [], note(5) + second).encode(), NOW).status == 200


def test_the_latest_note_is_shown_by_the_digest_of_the_origin(court: Witness) -> None:
    digest = witnessing.origin_digest(ORIGIN)
    assert digest == hashlib.sha256(ORIGIN.encode()).hexdigest()
    assert _cosigners(court.latest(digest) or "") == {NAME}
    assert court.latest(witnessing.origin_digest("log.example/other")) is None


GOOD = request(5, 9).decode()
HASH = base64.b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        GOOD.replace("old 5", "old"),
        GOOD.replace("old 5", "old 05"),
        GOOD.replace("old 5", "old -5"),
        GOOD.replace("old 5", "old +5"),
        GOOD.replace("old 5", "old  5"),
        GOOD.replace("old 5", "old 5 "),
        GOOD.replace("old 5", "Old 5"),
        GOOD.replace("old 5", "old \N{ARABIC-INDIC DIGIT FIVE}"),
        GOOD.replace("old 5", "old " + "9" * 19),
        GOOD.replace("old 5\n", "old 5\r\n"),
        GOOD.replace("old 5\n", "old 5\nx\n"),
        GOOD.replace("old 5\n", f"old 5\n{HASH[:-1]}\n"),
        GOOD.replace("old 5\n", f"old 5\n{HASH} \n"),
        GOOD.replace("old 5\n", "old 5\nAAAA\n"),
        GOOD.replace("\n\n", "\n"),
        GOOD.removesuffix("\n"),
        GOOD.replace("\n9\n", "\n09\n"),
        write_request(5, [bytes(32)] * 64, note(9)),
        write_request(5, [], note(9) + "x" * REQUEST_CAP),
        write_request(5, [], point(9).text()),
    ],
)
def test_another_text_is_no_request(court: Witness, text: str) -> None:
    answer = _refused(court, text.encode(), 400)
    assert answer.body.endswith("\n")


def test_bytes_that_are_no_text_are_no_request(court: Witness) -> None:
    assert _refused(court, GOOD.encode() + b"\xff", 400).body


def test_sixty_three_hashes_and_no_more_are_read() -> None:
    read = witnessing.read_request(write_request(1, [bytes(32)] * 63, note(9)).encode())
    assert (len(read.proof), read.old) == (63, 1)


def _read(data: bytes) -> str:
    try:
        found = witnessing.read_request(data)
    except RegisterError as error:
        return error.code
    assert 0 <= found.old < 10**18
    return "read"


@given(st.binary(max_size=400), st.integers(0, len(GOOD)), st.integers(0, 40))
def test_any_bytes_are_read_or_refused(data: bytes, place: int, gone: int) -> None:
    changed = GOOD.encode()[:place] + data + GOOD.encode()[place + gone :]
    assert {_read(data), _read(changed)} <= {"read", "H571", "H521"}


@given(st.integers(0, 10**18 - 1), st.lists(st.binary(min_size=32, max_size=32), max_size=63))
def test_a_written_request_reads_back(old: int, hashes: list[bytes]) -> None:
    read = witnessing.read_request(write_request(old, hashes, note(9)).encode())
    assert (read.old, read.proof) == (old, tuple(hashes))
    assert read.note == checkpoint.read_note(note(9))
