"""Tokens on paper, and answers of one size that only their bearers can open."""

import base64
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from hypothesis import given
from hypothesis import strategies as st

from habeas.errors import RegisterError
from habeas.register import locator
from habeas.register.locator import SYMBOLS, printed, read_token
from habeas.register.public_roll import Statement
from habeas.terms import RollStatus
from public_rolls import DAY, chance, secret

Code = Callable[..., str]
TOKENS = st.binary(min_size=16, max_size=16)
SAID = Statement(RollStatus.HELD, 4, facility="SV-CECOT")
SECRET = chance(32, b"the server's own")


def hashed(token: bytes) -> bytes:
    return locator.lookup_hash(locator.lookup_key(token))


def sealed(token: bytes, day: date = DAY, said: Statement = SAID) -> bytes:
    return locator.seal(locator.seal_key(token), hashed(token), day, said)


# Tokens


@given(TOKENS, st.integers(0, 27), st.sampled_from(SYMBOLS))
def test_one_wrong_symbol_is_told_and_not_taken_for_another_token(
    token: bytes, place: int, symbol: str
) -> None:
    plain = printed(token).replace("-", "")
    wrong = plain[:place] + symbol + plain[place + 1 :]
    if wrong == plain:
        assert read_token(wrong) == token
        return
    with pytest.raises(RegisterError, match="H587") as caught:
        read_token(wrong)
    assert wrong not in str(caught.value)


@given(TOKENS, st.integers(0, 26))
def test_two_neighbours_exchanged_are_told(token: bytes, place: int) -> None:
    plain = printed(token).replace("-", "")
    wrong = plain[:place] + plain[place + 1] + plain[place] + plain[place + 2 :]
    if wrong == plain:
        assert read_token(wrong) == token
        return
    with pytest.raises(RegisterError, match="H587"):
        read_token(wrong)


@given(TOKENS)
def test_a_token_is_read_however_it_is_typed(token: bytes) -> None:
    text = printed(token)
    assert [len(group) for group in text.split("-")] == [4] * 7
    typed = (text, text.lower(), text.replace("-", " "), f" {text}\n", text.replace("-", ""))
    assert {read_token(one) for one in typed} == {token}
    assert read_token(text.replace("0", "O").replace("1", "l")) == token


@given(st.text(max_size=80))
def test_anything_else_is_no_token(text: str) -> None:
    with pytest.raises(RegisterError, match="H587"):
        read_token(text)


@pytest.mark.parametrize("text", ["", "Z" * 28, "8" + "0" * 27, "0" * 27, "0" * 29, "0" * 10**6])
def test_a_number_above_128_bits_or_of_other_length_is_no_token(text: str, code: Code) -> None:
    assert code(read_token, text) == "H587"


def test_a_number_above_128_bits_with_a_good_check_is_no_token(code: Code) -> None:
    number = 1 << 129
    values = [*(number >> 5 * n & 31 for n in range(25, -1, -1)), *divmod(number % 1021, 32)]
    assert code(read_token, "".join(SYMBOLS[value] for value in values)) == "H587"


def test_a_token_with_more_around_it_than_a_paper_has_is_refused(code: Code) -> None:
    assert read_token(printed(secret("a")).ljust(64)) == secret("a")
    assert code(read_token, printed(secret("a")).ljust(65)) == "H587"


# The vectors


def test_the_vector_comes_out_byte_for_byte(example: dict[str, Any]) -> None:
    vector = example["locator"]
    token = bytes.fromhex(vector["token_hex"])
    assert locator.lookup_key(token).hex() == vector["lookup_key_hex"]
    assert hashed(token).hex() == vector["stored_lookup_hash_hex"]
    assert locator.seal_key(token).hex() == vector["seal_public_x25519_hex"]


# Sealed answers


@pytest.mark.parametrize(
    "said",
    [
        SAID,
        Statement(RollStatus.HOSPITAL, 10**9 - 1, facility="F" * 24),
        Statement(RollStatus.DISPUTED, 10**9 - 1, court="C" * 24),
        Statement(RollStatus.DIED, 0),
    ],
)
def test_an_answer_opens_for_its_bearer_and_has_one_size(said: Statement) -> None:
    found = sealed(secret("a"), said=said)
    assert (len(found), locator.open_answer(secret("a"), DAY, found)) == (560, (said, None))


def test_an_answer_opens_for_no_other_token_or_day(code: Code) -> None:
    found = sealed(secret("a"))
    assert code(locator.open_answer, secret("b"), DAY, found) == "H588"
    assert code(locator.open_answer, secret("a"), DAY + timedelta(days=1), found) == "H588"


@given(st.integers(0, 559), st.integers(0, 7))
def test_an_answer_with_one_bit_altered_does_not_open(place: int, bit: int) -> None:
    found = ONE[:place] + bytes([ONE[place] ^ 1 << bit]) + ONE[place + 1 :]
    with pytest.raises(RegisterError, match="H588"):
        locator.open_answer(secret("a"), DAY, found)


ONE = sealed(secret("a"))


@given(st.binary(max_size=600))
def test_whatever_a_server_sends_is_refused_by_its_code(found: bytes) -> None:
    for one in (found, found.ljust(560)[:560]):
        with pytest.raises(RegisterError, match="H588"):
            locator.open_answer(secret("a"), DAY, one)


def test_what_is_sealed_by_another_hand_in_another_form_is_refused(code: Code) -> None:
    key = X25519PublicKey.from_public_bytes(locator.seal_key(secret("a")))
    suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
    info = b"habeas/locate/v1\n" + hashed(secret("a")) + DAY.isoformat().encode()
    for text, wanted in (
        (b"", "H588"),
        (b'{"date":"2026-03-01","status":{"s":"died","seq":1}}', "H588"),
        (b'{"date":"2026-03-02","status":{"s":"died","seq":1}', "H585"),
        (b'{"date":"2026-03-02","status":{"s":"died","seq":1}]', "H588"),
        (b'{"date":"2026-03-02","status":{"s":"dead","seq":1}}', "H585"),
        (b'{"date":"2026-03-02","status":' + b"9" * 400 + b"}", "H585"),
    ):
        found = suite.encrypt(text.ljust(512), key, info=info)
        assert code(locator.open_answer, secret("a"), DAY, found) == wanted


def test_nobody_seals_to_a_key_that_is_none(code: Code) -> None:
    assert code(locator.seal, b"short", bytes(32), DAY, SAID) == "H588"
    assert code(locator.seal, bytes(32), bytes(32), DAY, SAID) == "H588"


# The server's side


def test_hit_and_miss_have_one_size_and_repeat_themselves() -> None:
    token, stranger = secret("a"), secret("b")
    stored = {hashed(token): sealed(token)}
    hit, miss = (
        [locator.answer(stored, locator.lookup_key(one), SECRET, DAY) for _ in range(2)]
        for one in (token, stranger)
    )
    assert {len(one) for one in (*hit, *miss)} == {560}
    assert (hit[0], miss[0]) == (hit[1], miss[1])
    assert locator.open_answer(token, DAY, hit[0]) == (SAID, None)


def test_a_dummy_opens_for_nobody_and_changes_with_day_and_question(code: Code) -> None:
    token = secret("a")
    found = locator.dummy(SECRET, hashed(token), DAY)
    others = [
        locator.dummy(SECRET, hashed(secret("b")), DAY),
        locator.dummy(SECRET, hashed(token), DAY + timedelta(days=1)),
        locator.dummy(chance(32, b"another server"), hashed(token), DAY),
    ]
    assert found not in others
    assert code(locator.open_answer, token, DAY, found) == "H588"


def test_a_dummys_first_32_bytes_are_a_public_key_as_a_real_ones_are() -> None:
    tops = {locator.dummy(SECRET, hashed(secret(str(n))), DAY)[31] >> 7 for n in range(64)} | {
        sealed(secret(str(n)))[31] >> 7 for n in range(16)
    }
    assert tops == {0}


@given(st.binary(max_size=100))
def test_a_malformed_question_is_a_miss(question: bytes) -> None:
    assert len(locator.answer({}, question, SECRET, DAY)) == 560


def test_an_answer_holds_nothing_in_the_clear() -> None:
    token = secret("a")
    found = sealed(token, said=Statement(RollStatus.HELD, 4, facility="CANARY-1"))
    assert [one for one in (b"CANARY", b"held", token, hashed(token)) if one in found] == []


@given(st.binary(min_size=10, max_size=10))
def test_a_reference_is_its_bytes_in_base_32(drawn: bytes) -> None:
    theirs = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", SYMBOLS)
    plain = base64.b32encode(drawn).decode().translate(theirs)
    assert locator.reference(drawn) == "-".join(plain[at : at + 4] for at in range(0, 16, 4))
