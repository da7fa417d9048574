"""Checkpoints as signed notes: whose signature counts, and which texts are no note."""

import base64
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.errors import RegisterError
from habeas.register import checkpoint
from habeas.register.checkpoint import COSIGNATURE, LOG, Checkpoint, NoteKey
from habeas.register.signing import SeedSigner

Code = Callable[..., str]
Key = Callable[[str], SeedSigner]
POINT = Checkpoint("log.example/test", 3, bytes(range(32)))
ROOT = base64.b64encode(POINT.root).decode()
DASH = "\N{EM DASH}"


@pytest.fixture
def log(key: Key) -> NoteKey:
    return NoteKey(POINT.origin, LOG, key("log").public())


@pytest.fixture
def witness(key: Key) -> NoteKey:
    return NoteKey("w.example", COSIGNATURE, key("witness").public())


@pytest.fixture
def note(key: Key) -> str:
    return checkpoint.signed(POINT, key("log"))


@pytest.fixture
def cosignature(key: Key) -> str:
    return checkpoint.cosigned(POINT, "w.example", key("witness"), 1772482000)


def _broken(line: str, place: int = -1) -> str:
    head, _, packed = line.strip().rpartition(" ")
    data = bytearray(base64.b64decode(packed))
    data[place] ^= 1
    return f"{head} {base64.b64encode(data).decode()}\n"


def _verified(text: str, log: NoteKey, *witnesses: NoteKey) -> frozenset[str]:
    return checkpoint.verified(checkpoint.read_note(text), log, witnesses)


def test_the_logs_own_signature_is_enough_without_witnesses(note: str, log: NoteKey) -> None:
    assert _verified(note, log) == frozenset()


def test_a_known_witness_is_named(
    note: str, cosignature: str, log: NoteKey, witness: NoteKey
) -> None:
    assert _verified(note + cosignature, log, witness) == {"w.example"}
    assert _verified(note + cosignature + cosignature, log, witness) == {"w.example"}


def test_an_unknown_key_is_ignored(note: str, cosignature: str, log: NoteKey) -> None:
    assert _verified(note + cosignature, log) == frozenset()
    assert _verified(note + _broken(cosignature), log) == frozenset()
    assert _verified(note + f"{DASH} x AAAAAAA=\n", log) == frozenset()


def test_a_known_name_with_another_key_id_is_unknown(
    note: str, cosignature: str, log: NoteKey, witness: NoteKey
) -> None:
    assert _verified(note + _broken(cosignature, 0), log, witness) == frozenset()


@pytest.mark.parametrize("place", [-1, 4, 11, 12, 40])
def test_a_known_witness_whose_signature_fails_makes_the_note_invalid(
    code: Code, note: str, cosignature: str, log: NoteKey, witness: NoteKey, place: int
) -> None:
    assert code(_verified, note + _broken(cosignature, place), log, witness) == "H524"


def test_one_good_signature_of_a_key_does_not_heal_a_bad_one(
    code: Code, note: str, cosignature: str, log: NoteKey, witness: NoteKey
) -> None:
    assert code(_verified, note + cosignature + _broken(cosignature), log, witness) == "H524"
    assert code(_verified, note + _broken(note.splitlines()[-1]), log) == "H523"


def test_a_cosignature_at_time_zero_is_none(
    code: Code, key: Key, note: str, log: NoteKey, witness: NoteKey
) -> None:
    line = checkpoint.cosigned(POINT, "w.example", key("witness"), 0)
    assert code(_verified, note + line, log, witness) == "H524"


@pytest.mark.parametrize("length", [1, 7, 8, 71, 73])
def test_a_cosignature_of_another_length_is_none(
    code: Code, note: str, log: NoteKey, witness: NoteKey, length: int
) -> None:
    packed = base64.b64encode(witness.id + bytes(length)).decode()
    assert code(_verified, f"{note}{DASH} w.example {packed}\n", log, witness) == "H524"


def test_a_note_without_the_logs_signature_is_refused(
    code: Code, note: str, cosignature: str, log: NoteKey, witness: NoteKey
) -> None:
    alone = POINT.text() + "\n" + cosignature
    assert code(_verified, alone, log, witness) == "H523"
    assert code(_verified, note, NoteKey(log.name, LOG, bytes(32))) == "H523"


def test_a_witness_key_does_not_sign_for_the_log(code: Code, key: Key, log: NoteKey) -> None:
    line = checkpoint.cosigned(POINT, log.name, key("log"), 1772482000)
    assert code(_verified, POINT.text() + "\n" + line, log) == "H523"


def test_a_note_of_another_log_is_refused(code: Code, key: Key, log: NoteKey) -> None:
    other = Checkpoint("log.example/other", 3, POINT.root)
    assert code(_verified, checkpoint.signed(other, key("log")), log) == "H522"


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"{POINT.origin}\n3\n{ROOT}\nextension\n",
        f"{POINT.origin}\n3\n",
        f"\n3\n{ROOT}\n",
        f"{POINT.origin}\n03\n{ROOT}\n",
        f"{POINT.origin}\n+3\n{ROOT}\n",
        f"{POINT.origin}\n-3\n{ROOT}\n",
        f"{POINT.origin}\n 3\n{ROOT}\n",
        f"{POINT.origin}\n3_0\n{ROOT}\n",
        f"{POINT.origin}\n٣\n{ROOT}\n",
        f"{POINT.origin}\n²\n{ROOT}\n",
        f"{POINT.origin}\n\n{ROOT}\n",
        f"{POINT.origin}\n" + "9" * 19 + f"\n{ROOT}\n",
        f"{POINT.origin}\n" + "9" * 5_000 + f"\n{ROOT}\n",
        f"{POINT.origin}\n3\n{ROOT[:-1]}\n",
        f"{POINT.origin}\n3\n{ROOT[:-4]}\n",
        f"{POINT.origin}\n3\n{ROOT[:-2]}9=\n",
        f"{POINT.origin}\n3\n {ROOT}\n",
        f"{POINT.origin}\n3\n{ROOT}=\n",
        f"{POINT.origin}\n3\n{'-' * 43}=\n",
        f"{POINT.origin}\n3\n\n",
        f"{POINT.origin}\r\n3\r\n{ROOT}\r\n",
        f"{POINT.origin}\t\n3\n{ROOT}\n",
        f"{POINT.origin}\0\n3\n{ROOT}\n",
        f"\ud800\n3\n{ROOT}\n",
        f"{'x' * 70_000}\n3\n{ROOT}\n",
        f"{'é' * 35_000}\n3\n{ROOT}\n",
    ],
)
def test_another_text_is_no_checkpoint(code: Code, note: str, text: str) -> None:
    assert code(checkpoint.read_note, text + "\n" + note.rpartition("\n\n")[2]) == "H521"


@pytest.mark.parametrize(
    "lines",
    [
        "",
        "\n",
        f"{DASH} a AAAAAAA=",
        "- a AAAA\n",
        f"{DASH}a AAAA\n",
        f"{DASH}  AAAA\n",
        f"{DASH} a AAA\n",
        f"{DASH} a AAB=\n",
        f"{DASH} a AA AA\n",
        f"{DASH} a AAAAAAA=\n\n",
        f"{DASH} a AAAAAAA=\nx\n",
        f"{DASH} a AAAAAAA=\r\n",
        f"{DASH} a \x1b[0m\n",
        f"{DASH} a AAAAAAA=\n" * 73,
    ],
)
def test_another_text_is_no_signature_line(code: Code, lines: str) -> None:
    assert code(checkpoint.read_note, POINT.text() + "\n" + lines) == "H521"


def test_a_note_may_have_72_signature_lines(note: str) -> None:
    assert len(checkpoint.read_note(note + f"{DASH} a AAAAAAA=\n" * 71).lines) == 72


def test_the_blank_line_must_stand(code: Code, note: str) -> None:
    assert code(checkpoint.read_note, note.replace("\n\n", "\n")) == "H521"


def test_a_size_has_at_most_18_digits(note: str) -> None:
    large = note.replace("\n3\n", "\n" + "9" * 18 + "\n")
    assert checkpoint.read_note(large).checkpoint.size == 10**18 - 1
    assert checkpoint.read_note(note.replace("\n3\n", "\n0\n")).checkpoint.size == 0


def _answer(text: str) -> str:
    try:
        checkpoint.read_note(text)
    except RegisterError as error:
        return error.code
    return "read"


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    texts = [text, f"{POINT.text()}\n{text}", f"{text}\n3\n{ROOT}\n\n{DASH} a AAAAAAA=\n"]
    assert {_answer(one) for one in texts} <= {"read", "H521"}


@given(st.data())
def test_a_changed_character_is_never_taken_for_the_logs_word(data: st.DataObject) -> None:
    signer = SeedSigner(bytes(32))
    log, note = NoteKey(POINT.origin, LOG, signer.public()), checkpoint.signed(POINT, signer)
    place = data.draw(st.integers(0, len(note) - 1))
    letter = data.draw(st.characters().filter(lambda one: one != note[place]))
    with pytest.raises(RegisterError):
        _verified(note[:place] + letter + note[place + 1 :], log)


def test_a_vkey_reads_back(log: NoteKey, witness: NoteKey) -> None:
    assert [checkpoint.read_vkey(key.vkey()) for key in (log, witness)] == [log, witness]


def test_a_vkey_that_is_none_is_refused(code: Code, log: NoteKey) -> None:
    name, key_id, packed = log.vkey().split("+", 2)
    other = NoteKey(log.name, 2, log.public).vkey()
    texts = ["", "a", "a+b", f"x+{key_id}+{packed}", f"{name}+00000000+{packed}", other]
    texts += [
        f"{name}+{key_id}+",
        f"{name}+{key_id}+{packed[:-1]}",
        f"{name}+{key_id.upper()}+{packed}",
    ]
    assert [code(checkpoint.read_vkey, text) for text in texts] == ["H521"] * len(texts)
