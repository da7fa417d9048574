"""Base45: the RFC's own examples, and one spelling for any bytes."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.errors import RegisterError
from habeas.register import base45

Code = Callable[..., str]
RFC = {b"AB": "BB8", b"Hello!!": "%69 VD92EX0", b"base-45": "UJCLQE7W581", b"ietf!": "QED8WEX0"}
EDGES = {b"": "", b"\xff": "U5", b"\xff\xff": "FGW", b"\0": "00", b"\0\0": "000"}


@pytest.mark.parametrize("data", [*RFC, *EDGES])
def test_the_examples_of_the_rfc_and_the_edges(data: bytes) -> None:
    text = (RFC | EDGES)[data]
    assert base45.encode(data) == text
    assert base45.decode(text) == data


@pytest.mark.parametrize(
    "text",
    [
        "A",
        "BB8A",
        "GGW",
        ":::",
        "V5",
        "::",
        "bb8",
        "BB8\n",
        "BB\u00e9",
        "B\u0660",
        "=====",
        "\ud800a",
    ],
)
def test_what_stands_for_no_bytes_is_refused(code: Code, text: str) -> None:
    assert code(base45.decode, text) == "H541"


@given(st.binary(max_size=300))
def test_any_bytes_come_back_and_no_text_ends_in_a_space(data: bytes) -> None:
    text = base45.encode(data)
    assert base45.decode(text) == data
    assert text == text.rstrip()
    assert len(text) == len(data) // 2 * 3 + len(data) % 2 * 2
    assert set(text) <= set(base45.SYMBOLS)


@given(st.text(base45.SYMBOLS, max_size=12) | st.text(max_size=12))
def test_a_text_has_one_meaning_or_none(text: str) -> None:
    try:
        found = base45.encode(base45.decode(text))
    except RegisterError as error:
        found = error.code
    assert found in {text, "H541"}


def _independent(data: bytes) -> str:
    """The RFC's words once more: of each pair n = a * 256 + b = c + d * 45 + e * 45 * 45."""
    text = ""
    for place in range(0, len(data) - 1, 2):
        n = data[place] * 256 + data[place + 1]
        text += base45.SYMBOLS[n % 45] + base45.SYMBOLS[n // 45 % 45] + base45.SYMBOLS[n // 2025]
    if len(data) % 2:
        text += base45.SYMBOLS[data[-1] % 45] + base45.SYMBOLS[data[-1] // 45]
    return text


def test_every_pair_of_bytes_is_the_rfcs() -> None:
    data = b"".join(n.to_bytes(2, "big") for n in range(1 << 16))
    assert base45.encode(data) == _independent(data)
    assert base45.SYMBOLS == "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
