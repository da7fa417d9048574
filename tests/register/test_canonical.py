"""One spelling of a body: what is written, what is read, and everything else that is refused."""

import json
import unicodedata
from collections.abc import Callable

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from habeas.errors import RegisterError
from habeas.register import events
from habeas.register.events import Body, Json

Code = Callable[..., str]
LARGEST = 2**53 - 1
_CHARACTERS = st.characters(min_codepoint=0x20, exclude_categories=["Cs"])
_TEXTS = st.text(_CHARACTERS, max_size=12).map(lambda text: unicodedata.normalize("NFC", text))
_KEYS = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7F), max_size=8)
_LEAVES = st.one_of(st.booleans(), st.integers(-LARGEST, LARGEST), _TEXTS)
_VALUES: st.SearchStrategy[Json] = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(_KEYS, inner, max_size=4)),
    max_leaves=12,
)
_BODIES = st.dictionaries(_KEYS, _VALUES, max_size=6)


def _depth(value: object) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return isinstance(value, dict | list) + max(map(_depth, inner), default=0)


def _answer(data: bytes) -> bytes:
    """The bytes of what was read, or the code of its refusal."""
    try:
        return events.canonical(events.parse(data))
    except RegisterError as error:
        return error.code.encode()


@given(_BODIES)
def test_the_spelling_is_that_of_rfc_8785(body: Body) -> None:
    assert events.canonical(body) == rfc8785.dumps(body)


@given(_BODIES.filter(lambda body: _depth(body) <= 8))
def test_what_is_written_reads_back(body: Body) -> None:
    read = events.parse(events.canonical(body))
    assert read == body
    assert events.canonical(read) == events.canonical(body)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    assert _answer(data) in {data, b"H501", b"H502"}


@given(_BODIES.filter(lambda body: _depth(body) <= 8), st.data())
def test_a_flipped_bit_is_refused_or_is_another_body(body: Body, data: st.DataObject) -> None:
    written = bytearray(events.canonical(body))
    bit = data.draw(st.integers(0, 8 * len(written) - 1))
    written[bit // 8] ^= 1 << bit % 8
    assert _answer(bytes(written)) in {bytes(written), b"H501", b"H502"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        '{"a":1',
        "[]",
        '"a"',
        "1",
        "null",
        "{}{}",
        '{"a":1,"a":1}',
        '{"a":{"b":1,"b":2}}',
        '{"a": 1}',
        '{"a":1 }',
        ' {"a":1}',
        '{"a":1}\n',
        '\N{BYTE ORDER MARK}{"a":1}',
        '{"b":1,"a":2}',
        '{"a":1.0}',
        '{"a":0.5}',
        '{"a":1e3}',
        '{"a":1E400}',
        '{"a":-0}',
        '{"a":01}',
        '{"a":+1}',
        '{"a":NaN}',
        '{"a":Infinity}',
        '{"a":-Infinity}',
        '{"a":null}',
        '{"a":[1,null]}',
        '{"a":9007199254740992}',
        '{"a":-9007199254740992}',
        '{"a":' + "9" * 5000 + "}",
        '{"a":"\\u0041"}',
        '{"a":"\\/"}',
        '{"a":"\\u00e9"}',
        '{"a":"\\uD800"}',
        '{"a":"\\ud800"}',
        '{"a":"e\N{COMBINING ACUTE ACCENT}"}',
        '{"a":"\N{ANGSTROM SIGN}"}',
        '{"\N{LATIN SMALL LETTER E WITH ACUTE}":1}',
        '{"a":[{"\N{LATIN SMALL LETTER E WITH ACUTE}":1}]}',
        '{"a":"\n"}',
        '{"a":"\\n"}',
        '{"a":"\\u0000"}',
        '{"a":"\\u001f"}',
        '{"a":"\\u001F"}',
        '{"a":"\\\\\\b"}',
        '{"\\t":1}',
        "[" * 16_000,
        '{"a":' * 3_000,
    ],
)
def test_another_spelling_is_refused(code: Code, text: str) -> None:
    assert code(events.parse, text.encode()) == "H502"


@pytest.mark.parametrize(
    "data",
    [b'{"a":"\xff"}', b'{"a":"\xed\xa0\x80"}', b'{"a":"\xc0\x80"}', '{"a":1}'.encode("utf-16")],
)
def test_bytes_that_are_no_utf_8_are_refused(code: Code, data: bytes) -> None:
    assert code(events.parse, data) == "H502"


@pytest.mark.parametrize("letter", range(0x20))
def test_no_text_holds_a_control_character(code: Code, letter: int) -> None:
    for text in (chr(letter), "\\" + chr(letter), f"a{chr(letter)}b\\\\"):
        assert code(events.parse, json.dumps({"a": text}, separators=(",", ":")).encode()) == "H502"


@pytest.mark.parametrize(
    "text",
    [
        "\\b",
        "\\\\n",
        'a\\"b',
        "\\u0000",
        "\x7f",
        "\u2028",
        "é",
        "日本語",
        "\U0001f600",
        "a b",
        "\\",
    ],
)
def test_a_text_may_hold_any_other_character(text: str) -> None:
    assert events.parse(events.canonical({"a": text})) == {"a": text}


@pytest.mark.parametrize("number", [0, 1, -1, LARGEST, -LARGEST])
def test_a_number_is_whole_and_below_2_to_the_53(number: int) -> None:
    assert events.parse(events.canonical({"a": number})) == {"a": number}


def test_true_is_no_number() -> None:
    read = events.parse(b'{"a":true,"b":1}')
    assert (read["a"] is True, read["b"] is True) == (True, False)


def _nested(depth: int, opening: str, closing: str) -> bytes:
    return b'{"a":' + (opening * (depth - 1) + closing * (depth - 1)).encode() + b"}"


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"b":', "}")])
def test_a_body_nests_at_most_eight_levels(code: Code, opening: str, closing: str) -> None:
    eight = _nested(8, opening, closing).replace(b":}", b":1}")
    nine = _nested(9, opening, closing).replace(b":}", b":1}")
    assert events.canonical(events.parse(eight)) == eight
    assert code(events.parse, nine) == "H501"


def test_a_body_has_at_most_16_kib(code: Code) -> None:
    most = events.canonical({"a": "x" * (16_384 - 8)})
    assert (len(most), events.canonical(events.parse(most))) == (16_384, most)
    assert code(events.parse, events.canonical({"a": "x" * (16_384 - 7)})) == "H501"


def test_the_cap_counts_bytes_and_not_characters(code: Code) -> None:
    assert code(events.parse, events.canonical({"a": "é" * 8_189})) == "H501"
    assert code(events.parse, b"\xff" * 16_385) == "H501"
