"""Manifests as people read them: what keeps one open, and which direction it keeps frozen."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from habeas.service.boards import Fate, Line, frozen, manifests

AT = datetime(2026, 3, 2, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)
LISTED = Line("m-1", 1, "p_1", "A to B", AT, None, None, None, None)
BOARDED = replace(LISTED, boarded=AT + HOUR, side="sending")
ARRIVED = replace(BOARDED, arrived=AT + 9 * HOUR, arrived_line=1)


def test_whoever_boarded_and_is_not_accounted_for_keeps_it_open_and_the_route_frozen() -> None:
    (one,) = manifests([BOARDED])
    assert [line.subject for line in one.open] == ["p_1"]
    assert frozen([one]) == {"sending": one}


def test_listed_only_arrived_refused_and_lost_keep_nothing_open() -> None:
    others = [
        LISTED,
        ARRIVED,
        replace(BOARDED, refused=AT + 9 * HOUR),
        replace(BOARDED, ended_by="custody.died"),
        replace(BOARDED, ended_by="custody.escaped"),
    ]
    for line in others:
        (one,) = manifests([line])
        assert (one.open, frozen([one])) == ((), {}), line.fate


def test_an_arrival_under_another_line_is_open_though_everybody_is_there() -> None:
    (one,) = manifests([replace(ARRIVED, arrived_line=2)])
    assert one.open
    assert one.count(Fate.ARRIVED) == 1


def test_whoever_boarded_unlisted_is_extra_but_nobody_is_on_the_way_back() -> None:
    unlisted = replace(ARRIVED, subject="p_2", line=2, arrived_line=2, listed=None)
    (out,) = manifests([ARRIVED, unlisted])
    assert out.extra == {"p_2"}
    (back,) = manifests([replace(unlisted, manifest="back-1", side="receiving")])
    assert back.extra == frozenset()


def test_an_older_open_manifest_freezes_nothing_once_a_later_one_left() -> None:
    later = replace(ARRIVED, manifest="m-2", boarded=AT + 30 * HOUR)
    found = manifests([BOARDED, later])
    assert [one.number for one in found] == ["m-1", "m-2"]  # the open one first
    assert frozen(found) == {}


def test_each_direction_is_frozen_by_its_own_manifest_alone() -> None:
    back = replace(BOARDED, manifest="back-1", side="receiving", listed=None)
    found = manifests([ARRIVED, back])
    assert {side: one.number for side, one in frozen(found).items()} == {"receiving": "back-1"}


LINES = st.builds(
    replace,
    st.sampled_from([LISTED, BOARDED, ARRIVED]),
    subject=st.sampled_from(["p_1", "p_2", "p_3"]),
    manifest=st.sampled_from(["m-1", "m-2"]),
    refused=st.sampled_from([None, AT + 9 * HOUR]),
)


@given(st.lists(LINES, max_size=6))
def test_every_line_stands_on_exactly_one_manifest_and_has_one_fate(lines: list[Line]) -> None:
    found = manifests(lines)
    assert sum(len(one.lines) for one in found) == len(lines)
    for one in found:
        assert sum(one.count(fate) for fate in Fate) == len(one.lines)
        assert all(not line.open or line.boarded for line in one.lines)
