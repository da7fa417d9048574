"""The fast reading of an event is the slow one: the same event, or the same refusal."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.errors import RegisterError
from habeas.register import events, quick
from habeas.register.events import Body

VALUES = st.recursive(
    st.booleans()
    | st.integers(-(2**53) - 1, 2**53 + 1)
    | st.text(max_size=6)
    | st.floats()
    | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)
FIELDS = ["v", "id", "type", "subject", "seq", "prev", "head", "facility", "basis", "sections"]
TAMPERED: dict[str, list[Any]] = {
    "v": [1, True, 2, "1", 1.0],
    "id": ["01JNQ7Z8M3K4V0T2R5X6Y7B8C9", "01jnq7z8m3k4v0t2r5x6y7b8c9", "", "8" * 26, 7],
    "type": ["custody.counted", "key.enrolled", "", "x"],
    "subject": ["p_" + "1" * 26, "p_" + "u" * 26, "", None],
    "seq": [0, 1, -1, True, 2**53, "1"],
    "prev": ["A" * 44, "", 5],
    "head": ["B" * 44, None],
    "facility": ["F", "", 3],
    "basis": [[], [{"rule": "r"}], [{"rule": 1}], [{}] * 65, {}],
    "sections": [
        [],
        [{"name": "medical", "digest": "d"}],
        [{"name": "medical", "digest": "d"}] * 2,
        [{"name": "", "digest": "d"}],
        [{"name": "n", "digest": "d", "more": 1}],
        [{"name": str(n), "digest": "d"} for n in range(33)],
    ],
}


def _read(way: Callable[[bytes], object], data: bytes) -> object:
    try:
        return way(data)
    except RegisterError as error:
        return [(fault.code, fault.what) for fault in error.faults]


def _slow(data: bytes) -> object:
    return events.event(events.parse(data))


def _same(data: bytes) -> object:
    found = _read(quick.event, data)
    assert found == _read(_slow, data), data
    return found


def _written(body: object) -> bytes:
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode(
        errors="surrogatepass"
    )


def test_the_worked_example_reads_the_same(example: dict[str, Any]) -> None:
    found = _same(example["body"]["utf8"].encode())
    assert getattr(found, "kind", None) == "custody.handed_over"


@given(st.dictionaries(st.text(max_size=5), VALUES, max_size=4))
def test_whatever_the_body_holds_reads_the_same(draft: Callable[..., Body], inner: object) -> None:
    found = _same(_written(draft("visit.made", "A", number=3) | {"body": inner}))
    assert found is not None


@given(st.data())
def test_every_field_tampered_with_reads_the_same(
    draft: Callable[..., Body], data: st.DataObject
) -> None:
    body = dict(draft("custody.counted", "A", "B", number=3))
    for name in data.draw(st.lists(st.sampled_from(FIELDS), max_size=4)):
        body[name] = data.draw(st.sampled_from(TAMPERED[name]))
    for name in data.draw(st.lists(st.sampled_from(sorted(body)), max_size=1)):
        del body[name]
    assert _same(_written(body)) is not None


@given(st.data())
def test_every_byte_changed_reads_the_same(draft: Callable[..., Body], data: st.DataObject) -> None:
    good = bytearray(_written(draft("custody.counted", "A", number=3, seq=0)))
    for _ in range(data.draw(st.integers(1, 3))):
        good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    assert _same(bytes(good)) is not None


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1,"a":1}',
        "[]",
        "{}",
        "",
        "\\",
        '{"body":{"x":1.0}}',
        '{"body":{"x":null}}',
        "{" * 4000,
        '{"body":' * 2000,
    ],
)
def test_what_is_no_event_is_refused_in_the_same_words(text: str) -> None:
    assert isinstance(_same(text.encode()), list)


def test_a_body_that_nests_too_deep_is_refused_in_the_same_words(
    draft: Callable[..., Body],
) -> None:
    for depth in range(12):
        inner: object = "x"
        for _ in range(depth):
            inner = [inner]
        found = _same(_written(draft("visit.made", "A", number=3) | {"body": {"deep": inner}}))
        assert isinstance(found, list) == (depth > 6)
