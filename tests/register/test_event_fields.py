"""Which fields an event has, and what each of them may hold."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from habeas.errors import RegisterError
from habeas.register import events
from habeas.register.events import Actor, Body, Json

Code = Callable[..., str]
Changed = dict[str, Json]
PREV = "ohyKrCUFY2JlTt5qIffxBgo7QsmVjqTx6H3KMpkTUgs="
ACTOR: Json = {"authority": "A", "key": "a18983194cfc0481", "role": "custodian"}


@pytest.fixture
def body(example: dict[str, Any]) -> Body:
    return dict(example["event"])


def test_the_fields_of_the_worked_example(body: Body) -> None:
    event = events.event(body, 7)
    assert event.occurred_at == datetime(2026, 3, 2, 20, 5, tzinfo=UTC)
    assert event.actors[0] == Actor("US-BOP", "releasing", "a18983194cfc0481")
    assert (event.prev, event.head, event.corrects, event.facility) == (
        PREV,
        None,
        None,
        "SV-CECOT",
    )


def test_a_drafted_event_has_no_index(body: Body) -> None:
    assert events.event(body).index == -1


@pytest.mark.parametrize("field", ["seq", "prev", "facility", "basis", "sections"])
def test_what_is_not_needed_may_be_absent(body: Body, field: str) -> None:
    gone = {"seq", "prev"} if field in {"seq", "prev"} else {field}
    kept = {key: value for key, value in body.items() if key not in gone}
    assert events.event(kept).id == body["id"]


@pytest.mark.parametrize(
    "field", ["v", "id", "type", "agreement", "occurred_at", "time_basis", "actors", "body"]
)
def test_what_is_needed_must_stand(code: Code, body: Body, field: str) -> None:
    kept = {key: value for key, value in body.items() if key != field}
    assert code(events.event, kept) == "H503"


@pytest.mark.parametrize("field", ["", "Type", "note", "salt", "index"])
def test_an_unknown_field_is_refused(code: Code, body: Body, field: str) -> None:
    assert code(events.event, body | {field: "x"}) == "H503"


@pytest.mark.parametrize(
    "changed",
    [
        {"v": 2},
        {"v": True},
        {"v": "1"},
        {"v": 0},
        {"id": ""},
        {"id": "01jnq7z8m3k4v0t2r5x6y7b8c9"},
        {"id": "81JNQ7Z8M3K4V0T2R5X6Y7B8C9"},
        {"id": "01JNQ7Z8M3K4V0T2R5X6Y7B8CI"},
        {"id": "01JNQ7Z8M3K4V0T2R5X6Y7B8C"},
        {"id": "01JNQ7Z8M3K4V0T2R5X6Y7B8C9\n"},
        {"id": 1},
        {"type": ""},
        {"type": 1},
        {"agreement": ""},
        {"agreement": ["us-sv-2025"]},
        {"facility": 1},
        {"head": 1},
        {"corrects": {}},
        {"time_basis": "guessed"},
        {"time_basis": ""},
        {"body": []},
        {"body": "x"},
        {"subject": "7q3k9x2m4v8t1z5w0r6y3b8c9d"},
        {"subject": "p_7q3k9x2m4v8t1z5w0r6y3b8c9"},
        {"subject": "p_7q3k9x2m4v8t1z5w0r6y3b8c9i"},
        {"subject": "p_7Q3K9X2M4V8T1Z5W0R6Y3B8C9D"},
        {"subject": "p_7q3k9x2m4v8t1z5w0r6y3b8c9d\n"},
        {"subject": ""},
        {"subject": 7},
    ],
)
def test_a_malformed_field_is_refused(code: Code, body: Body, changed: Changed) -> None:
    assert code(events.event, body | changed) == "H503"


@pytest.mark.parametrize("seq", [True, False, -1, "4", [4], {}])
def test_a_custody_number_is_a_whole_number_from_0(code: Code, body: Body, seq: Json) -> None:
    assert code(events.event, body | {"seq": seq}) == "H503"


def test_a_custody_number_is_of_a_person(code: Code, body: Body) -> None:
    nobody = {key: value for key, value in body.items() if key != "subject"}
    assert code(events.event, nobody) == "H503"
    assert code(events.event, {**nobody, "seq": 0}) == "H503"


def test_the_link_stands_exactly_where_the_number_is_above_0(code: Code, body: Body) -> None:
    bare = {key: value for key, value in body.items() if key not in {"seq", "prev"}}
    assert events.event({**bare, "seq": 0}).seq == 0
    for wrong in ({"seq": 0, "prev": PREV}, {"seq": 1}, {"prev": PREV}, {"seq": 1, "prev": 1}):
        assert code(events.event, bare | wrong) == "H503"


@pytest.mark.parametrize(
    "rows",
    [
        "A",
        [],
        {},
        ["A"],
        [{}],
        [{"authority": "A", "key": "a18983194cfc0481"}],
        [{"authority": "A", "key": "k", "role": "custodian", "name": "x"}],
        [ACTOR, ACTOR],
        [ACTOR, {"authority": "B", "key": "a18983194cfc0481", "role": "receiving"}],
    ],
)
def test_actors_are_named_fully_and_once(code: Code, body: Body, rows: Json) -> None:
    assert code(events.event, body | {"actors": rows}) in {"H501", "H503"}


@pytest.mark.parametrize(("field", "cap"), [("actors", 16), ("basis", 64), ("sections", 32)])
def test_lists_have_caps(code: Code, body: Body, field: str, cap: int) -> None:
    rows: list[Json] = [{"authority": "A", "role": "court", "key": f"{n:016x}"} for n in range(cap)]
    if field == "sections":
        rows = [{"name": f"section {n}", "digest": "A" * 43 + "="} for n in range(cap + 1)]
    full: Body = {**body, field: rows[:cap]}
    assert events.event(full).id == body["id"]
    assert code(events.event, body | {field: [*rows[:cap], rows[-1]]}) == "H501"
    assert code(events.event, body | {field: "x"}) == "H501"


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2026-03-02T14:05:00Z", 14),
        ("2026-03-02T14:05:00+00:00", 14),
        ("2026-03-02T14:05:00-06:00", 20),
        ("2026-03-02T14:05:00+05:00", 9),
    ],
)
def test_an_instant_has_an_offset(text: str, hour: int) -> None:
    assert events.instant(text) == datetime(2026, 3, 2, hour, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-03-02",
        "2026-03-02T14:05:00",
        "2026-03-02T14:05Z",
        "2026-03-02 14:05:00Z",
        "2026-03-02t14:05:00z",
        "2026-03-02T14:05:00.5Z",
        "2026-03-02T14:05:00,5Z",
        "2026-03-02T14:05:00+0000",
        "2026-03-02T14:05:00+00:00:01",
        "2026-03-02T14:05:00+25:00",
        "2026-03-02T14:05:60Z",
        "2026-03-02T24:00:00Z",
        "2026-02-29T14:05:00Z",
        "2026-13-02T14:05:00Z",
        "0000-01-01T00:00:00Z",
        "2026-W10-1T00:00:00Z",
        "20260302T140500Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-01:00",
        "\uff12\uff10\uff12\uff16-03-02T14:05:00Z",
        "2026-03-02T14:05:00Z\n",
        "2026-03-02T14:05:00Z" + "0" * 5000,
    ],
)
def test_another_form_of_an_instant_is_refused(code: Code, body: Body, text: str) -> None:
    assert code(events.instant, text) == "H503"
    assert code(events.event, body | {"occurred_at": text}) == "H503"


@pytest.mark.parametrize("value", [1772482000, True, [], {}])
def test_an_instant_is_a_text(code: Code, body: Body, value: Json) -> None:
    assert code(events.event, body | {"occurred_at": value}) == "H503"


def test_a_kind_and_whom_it_is_about_have_one_code(code: Code, body: Body) -> None:
    nobody = {key: body[key] for key in body if key not in {"subject", "seq", "prev"}}
    for wrong in (body | {"type": "custody.vanished"}, body | {"type": "key.enrolled"}, nobody):
        assert code(events.event, wrong) == "H503"


def test_a_kind_that_is_none_is_refused_as_such(body: Body) -> None:
    with pytest.raises(RegisterError, match="'type' is no kind of event"):
        events.event(body | {"type": "custody.vanished"})
