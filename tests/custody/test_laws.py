"""The laws L1 to L12 of headcounts and rolls: each is what any count must obey."""

from collections import Counter
from datetime import date, datetime, timedelta
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from custody_cases import (
    CONVENTIONS,
    SV,
    UT,
    WINDOWS,
    ZONES,
    columns,
    piece,
    registers,
    seconds,
    utc,
    window,
)
from habeas.custody.bulk import Window, by_day
from habeas.custody.civil import OPEN, SECONDS, Ints, clock
from habeas.custody.days import midnight_before
from habeas.custody.intervals import Interval
from habeas.custody.pieces import (
    Names,
    Pieces,
    entries,
    names_of,
    once,
    once_a_day,
    overlaps,
    pieces_of,
    together,
)
from habeas.custody.roll import roll
from habeas.terms import Convention

M = Convention.MIDNIGHT
Days = tuple[date, date]


def cells(rows: Pieces, names: Names, days: Days, convention: Convention, zone: str) -> Ints:
    return by_day(rows, len(names.keys), window(*days), convention, zone)


def held_at(found: list[Interval], instant: datetime) -> list[Interval]:
    return roll(found, instant)


@given(st.data(), WINDOWS, ZONES)
def test_l1_a_headcount_is_the_roll_and_the_excess_is_the_overlap(
    data: st.DataObject, days: Days, zone: str
) -> None:
    found = data.draw(registers(*days))
    rows, names = columns(found)
    counted = cells(rows, names, days, M, zone).sum(axis=0)
    alone = cells(once(rows), names, days, M, zone).sum(axis=0)
    twice = overlaps(rows)
    for n in range(window(*days).days):
        last = midnight_before(days[0] + timedelta(days=n + 1), zone) - timedelta(seconds=1)
        here = held_at(found, last)
        at = seconds(last)
        assert counted[n] == len(here)
        assert alone[n] == len({one.subject for one in here})
        excess = int(np.count_nonzero((twice.start <= at) & (at < twice.end)))
        assert counted[n] - alone[n] == excess


@given(st.data(), WINDOWS, CONVENTIONS, ZONES)
def test_l2_parts_add_up_in_any_order(
    data: st.DataObject, days: Days, convention: Convention, zone: str
) -> None:
    rows, names = columns(data.draw(registers(*days)))
    part = rows.stay % 2 == 0  # no custody period is cut apart
    sum_ = sum(cells(rows.taken(one), names, days, convention, zone) for one in (~part, part))
    assert np.array_equal(sum_, cells(rows, names, days, convention, zone))


@given(st.data(), WINDOWS, CONVENTIONS, ZONES)
def test_l3_what_is_withdrawn_leaves_nothing(
    data: st.DataObject, days: Days, convention: Convention, zone: str
) -> None:
    rows, names = columns(data.draw(registers(*days)))
    whole = cells(rows, names, days, convention, zone)
    assert np.array_equal(cells(rows.withdrawn(), names, days, convention, zone), -whole)
    both = together([rows, rows.withdrawn()])
    assert not cells(both, names, days, convention, zone).any()
    assert len(once(both)) == 0


@given(st.data(), WINDOWS, CONVENTIONS, ZONES)
def test_l3_a_table_kept_up_by_entries_is_the_one_built_anew(
    data: st.DataObject, days: Days, convention: Convention, zone: str
) -> None:
    before, after = (data.draw(registers(*days)) for _ in "ab")
    names = names_of([*before, *after])
    old = pieces_of(before, names)
    kept = cells(once_a_day(old, convention, zone), names, days, convention, zone)
    change = entries(before, after, names)
    gone, come = (change.taken(change.multiplicity == sign) for sign in (-1, 1))
    gone = once_a_day(gone.withdrawn(), convention, zone).withdrawn()
    come = once_a_day(come, convention, zone)
    kept = kept + cells(together([gone, come]), names, days, convention, zone)
    anew = once_a_day(pieces_of(after, names_of([*before, *after])), convention, zone)
    assert np.array_equal(kept, cells(anew, names, days, convention, zone))
    # The entries say the same as the new reading: a late event and a correction are no edit.
    whole = together([old, change])
    told = cells(once_a_day(whole, convention, zone), names, days, convention, zone)
    assert np.array_equal(told, kept)


def test_l3_a_late_event_touches_two_cells_of_the_table() -> None:
    line = [utc("2026-03-05T12:00"), utc("2026-03-09T12:00")]
    names = names_of([piece(line[0], line[1])])
    late = entries([], [piece(line[0], line[1])], names)
    days = (date(2026, 3, 1), date(2026, 4, 1))
    table = np.diff(cells(late, names, days, M, SV), axis=1, prepend=0)
    assert np.flatnonzero(table).tolist() == [4, 8]


@given(st.data(), WINDOWS, CONVENTIONS, ZONES, st.integers(1, 86_400 * 3))
def test_l4_a_cut_changes_no_total(
    data: st.DataObject, days: Days, convention: Convention, zone: str, into: int
) -> None:
    found = [one for one in data.draw(registers(*days)) if one.subject == "p" and one.stay == 0]
    rows, names = columns(found)
    cut = rows.start + into
    parted = (rows.end > cut) & (rows.end != OPEN)
    first, second = rows.taken(parted), rows.taken(parted)
    first.end[:], second.start[:] = cut[parted], cut[parted]
    pieces = together([rows.taken(~parted), first, second])
    whole, halves = (
        cells(once_a_day(one, convention, zone), names, days, convention, zone)
        for one in (rows, pieces)
    )
    assert np.array_equal(whole, halves)


@given(st.data(), WINDOWS, ZONES)
def test_l5_what_comes_and_goes_is_what_the_stock_changes_by(
    data: st.DataObject, days: Days, zone: str
) -> None:
    rows, names = columns(data.draw(registers(*days)))
    stock = cells(rows, names, days, M, zone)
    place = clock(zone, window(*days).first, window(*days).after).place
    for key in names.keys.values():
        mine = rows.taken(rows.key == key)
        came = np.bincount(place(mine.start) + 1, minlength=stock.shape[1] + 2)
        went = np.bincount(place(mine.end) + 1, minlength=stock.shape[1] + 2)
        flow = (came - went)[2:-1]
        assert np.array_equal(np.diff(stock[key]), flow)
        assert stock[key, -1] == (came - went)[:-1].sum()


@given(st.data(), WINDOWS, ZONES)
def test_l6_the_sum_of_stocks_is_the_sum_of_lengths(
    data: st.DataObject, days: Days, zone: str
) -> None:
    rows, names = columns(data.draw(registers(*days)))
    there = clock(zone, window(*days).first, window(*days).after)
    begins, ends = (np.maximum(there.place(one), 0) for one in (rows.start, rows.end))
    assert cells(rows, names, days, M, zone).sum() == (ends - begins).sum()
    opens, closes = there.starts[0], there.starts[-1]
    inside = np.clip(rows.end, opens, closes) - np.clip(rows.start, opens, closes)
    assert cells(rows, names, days, Convention.HOURS, zone).sum() == inside.sum()


@given(st.data(), WINDOWS, CONVENTIONS, ZONES)
def test_l7_facilities_and_statuses_add_up_to_the_agreement(
    data: st.DataObject, days: Days, convention: Convention, zone: str
) -> None:
    rows, names = columns(data.draw(registers(*days)))
    whole = Pieces(
        rows.person, rows.stay, np.zeros_like(rows.key), rows.start, rows.end, rows.multiplicity
    )
    apart = cells(rows, names, days, convention, zone).sum(axis=0)
    assert np.array_equal(by_day(whole, 1, window(*days), convention, zone)[0], apart)


@given(st.data(), WINDOWS, CONVENTIONS, ZONES)
def test_l8_a_window_may_be_cut_anywhere(
    data: st.DataObject, days: Days, convention: Convention, zone: str
) -> None:
    rows, names = columns(data.draw(registers(*days)))
    whole = window(*days)
    at = data.draw(st.integers(whole.first + 1, whole.after - 1))
    parts = [
        by_day(rows, len(names.keys), part, convention, zone)
        for part in (Window(whole.first, at), Window(at, whole.after))
    ]
    assert np.array_equal(np.concatenate(parts, axis=1), cells(rows, names, days, convention, zone))


@given(st.data(), WINDOWS, CONVENTIONS, st.integers(-11, 12))
def test_l9_to_move_instants_and_zone_together_changes_nothing(
    data: st.DataObject, days: Days, convention: Convention, hours: int
) -> None:
    rows, names = columns(data.draw(registers(*days)))
    shift = hours * 3_600
    moved = Pieces(
        rows.person,
        rows.stay,
        rows.key,
        rows.start + shift,
        np.where(rows.end == OPEN, OPEN, rows.end + shift),
        rows.multiplicity,
    )
    there = f"Etc/GMT{hours:+d}" if hours else UT  # GMT+6 is six hours behind UTC
    assert np.array_equal(
        cells(moved, names, days, convention, there), cells(rows, names, days, convention, UT)
    )


@given(st.data(), WINDOWS, CONVENTIONS, ZONES)
def test_l10_another_interval_lowers_no_count(
    data: st.DataObject, days: Days, convention: Convention, zone: str
) -> None:
    found = data.draw(registers(*days))
    rows, names = columns(found)
    stays = sorted({(one.subject, one.stay) for one in found})
    gone = data.draw(st.sampled_from(stays)) if stays else None
    fewer = pieces_of([one for one in found if (one.subject, one.stay) != gone], names)
    more = cells(rows, names, days, convention, zone)
    assert (more >= cells(fewer, names, days, convention, zone)).all()


@given(st.data(), WINDOWS, ZONES)
def test_l11_a_window_is_a_sum_over_the_ends_alone(
    data: st.DataObject, days: Days, zone: str
) -> None:
    rows, names = columns(data.draw(registers(*days)))
    there = clock(zone, window(*days).first, window(*days).after)
    table = cells(rows, names, days, M, zone)
    for p, q in pairwise(sorted({0, 7, window(*days).days})):
        inside, ends = Counter[int](), Counter[int]()
        for key, d_in, d_out in zip(
            rows.key.tolist(), there.place(rows.start), there.place(rows.end), strict=True
        ):
            inside[key] += max(0, min(int(d_out), q) - max(int(d_in), p))
            ends[key] += max(0, q - max(int(d_in), p)) - max(0, q - max(int(d_out), p))
        assert inside == ends
        sums = {key: int(table[key, p:q].sum()) for key in inside}
        assert sums == dict(inside)


@given(WINDOWS, CONVENTIONS, ZONES)
def test_l12_who_has_no_row_counts_as_a_row_of_zero(
    days: Days, convention: Convention, zone: str
) -> None:
    rows, _ = columns([])
    found = by_day(rows, 3, window(*days), convention, zone)
    assert found.tolist() == [[0] * window(*days).days] * 3
    assert found.dtype == np.int64


@given(st.data(), WINDOWS, st.integers(-5, 40))
def test_what_was_held_until_an_instant_is_what_the_roll_says_of_it(
    data: st.DataObject, days: Days, after: int
) -> None:
    found = data.draw(registers(*days))
    as_of = seconds(utc(days[0].isoformat())) + after * SECONDS
    rows, _ = columns(found)
    cut = rows.closed(as_of)
    assert (cut.end <= as_of).all()
    here = roll(found, utc(days[0].isoformat()) + timedelta(days=after) - timedelta(seconds=1))
    assert int(np.count_nonzero(cut.end == as_of)) == len(here)
