"""Whatever a body holds, each record is taken in or refused, and nobody's roll stops."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.custody.overstay import held_past, margin, no_date
from habeas.register.events import Json
from habeas.terms import EventKind, SentenceAct
from sentence_cases import RECEIVING, at, both, person, read

K = EventKind


def whole(least: int | None, most: int | None) -> st.SearchStrategy[Json]:
    return st.integers(least, most)


DAYS = st.dates().map(str) | st.sampled_from(["2027-01-02", "2030-05-01", "life", "NONE"])
INSTANTS = st.datetimes().map(lambda when: when.isoformat(timespec="seconds") + "+02:00")
NUMBERS = whole(-3, 80_000) | whole(None, None)
LENGTHS: st.SearchStrategy[Json] = st.dictionaries(
    st.sampled_from(["years", "months", "weeks", "days", "x"]), NUMBERS
)
LISTS: st.SearchStrategy[Json] = st.lists(NUMBERS, max_size=2)
ANY: st.SearchStrategy[Json] = (
    st.none() | st.booleans() | NUMBERS | st.text(max_size=8) | DAYS | INSTANTS | LENGTHS
    | LISTS | st.sampled_from(["1", "2", "confirmed"])
)  # fmt: skip
FIELDS = [
    "sentence", "begins", "length", "ends", "minimum", "consecutive_to", "concurrent_with", "from",
    "to", "days", "release_date", "status", "overstay",
]  # fmt: skip
KINDS = st.sampled_from([*map(str, SentenceAct), "paroled"])
PLAIN: dict[str, st.SearchStrategy[Json]] = {
    "sentence": st.sampled_from(["1", "2", "3"]),
    "begins": st.sampled_from(["2026-01-01", "2027-02-28", "2027-03-01"]),
    "length": st.fixed_dictionaries({"months": whole(1, 40)}),
    "minimum": st.fixed_dictionaries({"months": whole(1, 40)}),
    "ends": st.sampled_from(["2028-02-29", "life", "indeterminate", "unknown"]),
    "consecutive_to": st.sampled_from(["1", "2", "3"]),
    "concurrent_with": st.sampled_from(["1", "2", "3"]),
    "from": st.sampled_from(["2026-11-01", "2027-01-10"]),
    "to": st.sampled_from(["2026-12-01", "2027-02-01"]),
    "days": st.integers(1, 400),
    "release_date": st.sampled_from(["2027-12-01", "2028-12-01T09:00:00Z", "life", "unknown"]),
    "status": st.sampled_from(["confirmed", "preliminary"]),
}
BODIES = st.dictionaries(st.sampled_from(FIELDS), ANY, max_size=5)
GOOD = st.fixed_dictionaries({}, optional=PLAIN)
RECORDS = st.lists(
    st.tuples(KINDS, st.sampled_from(["", RECEIVING]), BODIES | GOOD), min_size=1, max_size=7
)


@pytest.mark.counted
@settings(max_examples=50)
@given(RECORDS)
def test_every_record_is_taken_in_or_refused_and_nothing_raises(
    new_telling: type, records: list[tuple[str, str, dict[str, Json]]]
) -> None:
    told = new_telling().tell(K.OPENED)
    for kind, by, body in records:
        fields = {**body, "kind": kind}
        told.add(told.event(K.SENTENCE_CHANGED, by, at=at("2027-03-05"), **fields))
    found, clocks = read(told), both(told)
    assert len(found.acts) + len(found.refused) == len(records)
    assert {one.index for one in clocks.refused} <= {one.index for one in found.acts}
    here = person(told, "2040-01-01")
    past, until = held_past(here), clocks.governing("UTC")[0]
    assert (past is not None) + bool(no_date(here)) <= 1
    assert past is None or (until.day is not None and past.days >= 0)
    assert margin(here, 2) is None  # never received


@settings(max_examples=50)
@given(RECORDS)
def test_a_clock_s_date_is_never_later_than_any_confirmed_date_of_its_own(
    new_telling: type, records: list[tuple[str, str, dict[str, Json]]]
) -> None:
    told = new_telling().tell(K.OPENED)
    for kind, by, body in records:
        told.add(told.event(K.SENTENCE_CHANGED, by, at=at("2027-03-05"), **{**body, "kind": kind}))
    found = both(told)
    for clock in (found.sending, found.receiving):
        days = [
            one.until.day
            for one in clock.dates
            if one.kind in {"expiry", "release"} and one.until.day is not None
        ]
        assert clock.until.day == min(days, default=None)
        for one in clock.dates:
            assert one.days == sum(step.days for step in one.steps)
