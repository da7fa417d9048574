"""The public roll before hostile files and hostile proofs: each has its code, none runs on."""

import base64
import json
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from habeas.errors import RegisterError
from habeas.register import merkle, public_roll
from habeas.register.public_roll import ROW, Absent, Placed
from public_rolls import DAY, chance, secret

Code = Callable[..., str]


@given(st.binary(max_size=400), st.text(max_size=400))
def test_hostile_files_are_refused_by_their_code(data: bytes, text: str) -> None:
    codes = set()
    for call in (
        lambda: public_roll.read(data + bytes(-len(data) % ROW), DAY, 1),
        lambda: public_roll.read_header(text),
        lambda: public_roll.read_plaintext(data),
        lambda: public_roll.opened(data, secret("t"), DAY, 1),
    ):
        try:
            call()
        except RegisterError as error:
            codes.add(error.code)
    assert codes <= {"H582", "H583", "H585"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=9,
)


@given(st.sampled_from(["date", "issue", "rows", "root", "event", "more"]), JSON)
@example("issue", True)
@example("rows", True)
def test_a_header_with_any_other_value_is_refused(name: str, value: object) -> None:
    root = base64.b64encode(bytes(32)).decode()
    event = {"body": "", "proof": "", "sigblock": ""}
    good = {"date": "2026-03-02", "issue": 1, "rows": 6, "root": root, "event": event}
    text = json.dumps(good | {name: value}, indent=1, sort_keys=True) + "\n"
    found = text
    try:
        found = public_roll.write_header(public_roll.read_header(text))
    except RegisterError as error:
        found = error.code
    assert found in {text, "H583", "H541", "H521"}
    whole = {"issue", "rows"}
    assert found != text or type(value) is (int if name in whole else type(good.get(name)))


@pytest.mark.parametrize("text", ["[" * 100_000, " " * 300_000, '{"issue":' + "9" * 5000 + "}"])
def test_a_header_of_impossible_depth_or_size_is_refused(text: str, code: Code) -> None:
    assert code(public_roll.read_header, text) == "H583"


def test_a_header_over_its_cap_is_refused_though_it_is_well_formed(code: Code) -> None:
    def text(size: int) -> str:
        event = {"body": base64.b64encode(bytes(size)).decode(), "proof": "", "sigblock": ""}
        root = base64.b64encode(bytes(32)).decode()
        found = {"date": "2026-03-02", "issue": 1, "rows": 6, "root": root, "event": event}
        return json.dumps(found, indent=1, sort_keys=True) + "\n"

    assert public_roll.read_header(text(1000)).rows == 6
    assert code(public_roll.read_header, text(200_000)) == "H583"


def test_a_tree_without_rows_proves_nobody_absent(code: Code) -> None:
    wanted = public_roll.label(secret("a"), DAY, 1)
    given_ = (Absent(None, None), wanted, 0, merkle.EMPTY)
    assert code(public_roll.check_absence, *given_) == "H586"


@pytest.mark.parametrize("length", [0, 15, 95, 97])
def test_a_row_of_another_length_is_in_no_roll(length: int, code: Code) -> None:
    row = chance(length)
    at = Placed(0, row, ())
    assert code(public_roll.check_inclusion, at, 1, merkle.leaf_hash(row)) == "H586"
