"""CBOR in its one spelling: against another library, and everything else refused."""

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.errors import RegisterError
from habeas.register import cbor

CAP = 8 * 1024
PLAIN = st.integers(0, 2**64 - 1) | st.binary(max_size=300) | st.text(max_size=300)
PAIRS = st.lists(PLAIN | st.lists(PLAIN, max_size=3).map(tuple), max_size=4).map(tuple)
VALUES = PLAIN | st.lists(PLAIN | PAIRS, max_size=30).map(tuple)
REFUSED = {
    "": "nothing",
    "20": "negative",
    "a0": "map",
    "a10102": "map with a pair",
    "c11a514b67b0": "tag",
    "f4": "false",
    "f6": "null",
    "f90000": "half float",
    "fb3ff0000000000000": "float",
    "ff": "break",
    "1817": "23 in two bytes",
    "190018": "24 in three bytes",
    "1900ff": "255 in three bytes",
    "1a0000ffff": "65535 in five bytes",
    "1b00000000ffffffff": "2^32 - 1 in nine bytes",
    "580161": "length 1 in two bytes",
    "7801 61": "text of length 1 in two bytes",
    "5f4161ff": "indefinite bytes",
    "7f6161ff": "indefinite text",
    "9f01ff": "indefinite array",
    "9801 01": "array of 1 in two bytes",
    "1c": "reserved 28",
    "1d": "reserved 29",
    "1e": "reserved 30",
    "1f": "31 on a number",
    "18": "a number that ends",
    "4261": "bytes that end",
    "8201": "an array that ends",
    "0101": "a second value",
    "61ff": "text that is no UTF-8",
    "63eda080": "text of a lone surrogate",
    "8181818100": "four arrays deep",
    "9bffffffffffffffff": "an array of 2^64 - 1",
    "5bffffffffffffffff": "2^64 - 1 bytes",
}


@pytest.mark.parametrize("spelling", REFUSED, ids=REFUSED.values())
def test_every_other_spelling_is_refused(spelling: str) -> None:
    with pytest.raises(RegisterError, match="H545"):
        cbor.decode(bytes.fromhex(spelling), CAP)


@pytest.mark.parametrize("value", [-1, True, 2**64, "\ud800", [[[[1]]]]])
def test_what_has_no_spelling_is_not_written(value: cbor.Value) -> None:
    with pytest.raises(RegisterError, match="H545"):
        cbor.encode(value)


@pytest.mark.parametrize("edge", [0, 23, 24, 255, 256, 65_535, 65_536, 2**32 - 1, 2**32, 2**64 - 1])
def test_numbers_at_the_edges_of_their_forms_come_back(edge: int) -> None:
    data = cbor.encode(edge)
    assert data == cbor2.dumps(edge, canonical=True)
    assert cbor.decode(data, 9) == edge


@given(VALUES)
def test_another_library_writes_the_same_bytes_and_both_read_them(value: cbor.Value) -> None:
    data = cbor.encode(value)
    assert data == cbor2.dumps(value, canonical=True)
    assert cbor.decode(data, len(data)) == value


def _read(data: bytes) -> cbor.Item | None:
    """The value; None where the typed error came."""
    try:
        return cbor.decode(data, CAP)
    except RegisterError as error:
        return None if error.code == "H545" else error.code


@given(st.binary(max_size=64))
def test_any_bytes_are_a_value_in_its_one_spelling_or_a_typed_error(data: bytes) -> None:
    found = _read(data)
    assert found is None or cbor.encode(found) == data
    assert found is None or cbor2.dumps(cbor2.loads(data), canonical=True) == data


@given(VALUES, st.data())
def test_a_changed_byte_never_reads_as_the_same_value(
    value: cbor.Value, data: st.DataObject
) -> None:
    spelled = bytearray(cbor.encode(value))
    place = data.draw(st.integers(0, len(spelled) - 1))
    spelled[place] ^= data.draw(st.integers(1, 255))
    assert _read(bytes(spelled)) != value


def test_nothing_over_the_cap_is_read() -> None:
    data = cbor.encode(bytes(100))
    assert cbor.decode(data, 102) == bytes(100)
    with pytest.raises(RegisterError, match="102 bytes; the cap is 101"):
        cbor.decode(data, 101)


def test_a_claimed_length_takes_no_memory() -> None:
    for head in ("9a7fffffff", "5a7fffffff", "829a7fffffff"):
        with pytest.raises(RegisterError, match="H545"):
            cbor.decode(bytes.fromhex(head) + bytes(1000), CAP)
