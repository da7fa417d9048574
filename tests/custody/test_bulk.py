"""Columns count what the plain definition counts, cell by cell."""

import struct
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody_cases import CONVENTIONS, WINDOWS, ZONES, columns, piece, registers, utc, window
from habeas.custody import pieces
from habeas.custody.bulk import Window, by_day, by_month
from habeas.custody.civil import EPOCH, OPEN, clock
from habeas.custody.days import civil_day, midnight_before, once, units
from habeas.custody.intervals import Interval
from habeas.custody.pieces import once_a_day, overlaps
from habeas.errors import FeeError
from habeas.law.calendar import civil, day
from habeas.terms import Census, Convention, Status


def plain(
    found: list[Interval],
    first: date,
    after: date,
    convention: Convention,
    zone: str,
    census: Census,
) -> Counter[tuple[str, Status, date]]:
    cells: Counter[tuple[str, Status, date]] = Counter()
    for one, span in units(found, first, after, convention, zone, census):
        for n in range((span[1] - span[0]).days):
            cells[one.facility, one.status, span[0] + timedelta(days=n)] += span[2]
    return +cells


@given(st.data(), WINDOWS, CONVENTIONS, ZONES)
def test_columns_count_what_the_definition_counts(
    data: st.DataObject, days: tuple[date, date], convention: Convention, zone: str
) -> None:
    found = data.draw(registers(*days))
    census = Census.DAY_END
    if convention is Convention.MIDNIGHT:
        census = data.draw(st.sampled_from(list(Census)))
    rows, names = columns(found)
    counted = once_a_day(rows, convention, zone)
    cells = by_day(counted, len(names.keys), window(*days), convention, zone, census)
    ours = {
        (*key, days[0] + timedelta(days=int(n))): int(cells[number, n])
        for key, number in names.keys.items()
        for n in np.flatnonzero(cells[number])
    }
    assert ours == plain(found, *days, convention, zone, census)


@given(st.data(), WINDOWS, ZONES)
def test_a_month_under_five_conventions_is_the_sum_of_its_days(
    data: st.DataObject, days: tuple[date, date], zone: str
) -> None:
    found = data.draw(registers(*days))
    rows, names = columns(found)
    months = by_month(rows, len(names.keys), window(*days), zone)
    cuts = [*window(*days).months(), window(*days).days]
    for convention in Convention:
        cells = plain(found, *days, convention, zone, Census.DAY_END)
        for place, (begin, end) in enumerate(pairwise(cuts)):
            inside = [days[0] + timedelta(days=int(n)) for n in range(begin, end)]
            for key, number in names.keys.items():
                sums = sum(cells[(*key, one)] for one in inside)
                assert months[convention][number, place] == sums


@given(st.data(), WINDOWS)
def test_nobody_is_in_two_places_after_the_cut_and_no_second_is_lost(
    data: st.DataObject, days: tuple[date, date]
) -> None:
    latest = datetime(2030, 1, 1, tzinfo=UTC)
    found = [one for one in data.draw(registers(*days)) if one.subject == "p"]
    cut = sorted(once(found, latest), key=lambda one: one.start)
    ends = [one.end for one in cut if one.end is not None]
    assert all(end <= following.start for end, following in zip(ends, cut[1:], strict=False))
    union, reached = timedelta(), datetime.min.replace(tzinfo=UTC)
    for one in sorted(found, key=lambda one: one.start):
        end = one.end or latest
        union += max(timedelta(), end - max(one.start, reached))
        reached = max(reached, end)
    held = [end - one.start for end, one in zip(ends, cut, strict=True)]
    assert sum(held, timedelta()) == union


def test_the_piece_that_began_last_holds_and_the_longer_one_goes_on() -> None:
    line = [utc(f"2026-01-{n:02d}T12:00") for n in (1, 2, 3, 9)]
    found = once([piece(line[0], line[3], "A"), piece(line[1], line[2], "B", stay=1)], line[3])
    assert [(one.facility, one.start, one.end) for one in found] == [
        ("A", line[0], line[1]), ("B", line[1], line[2]), ("A", line[2], line[3]),
    ]  # fmt: skip


@pytest.mark.parametrize("year", [1600, 2241, 2300])
def test_who_holds_is_known_in_every_century(year: int) -> None:
    outer = piece(utc(f"{year}-01-01"), utc(f"{year + 90}-01-01"), "A", stay=0)
    inner = piece(utc(f"{year + 1}-01-01"), utc(f"{year + 2}-01-01"), "B", stay=1)
    rows, _ = columns([outer, inner, replace(outer, subject="q"), replace(inner, subject="q")])
    found = pieces.once(rows)
    cut = [seconds(one) for one in (outer.start, inner.start, inner.end, outer.end) if one]
    assert (found.start.tolist(), found.end.tolist()) == (cut[:3] * 2, cut[1:] * 2)
    assert overlaps(rows).person.tolist() == [0, 1]


def test_one_person_in_two_places_is_found() -> None:
    line = [utc(f"2026-01-{n:02d}T12:00") for n in (1, 2, 3, 9)]
    rows, names = columns([piece(line[0], line[3], "A"), piece(line[1], None, "B", stay=1)])
    found = overlaps(rows)
    place = {number: key[0] for key, number in names.keys.items()}
    told = [(found.start[0], found.end[0], place[found.key[0]], place[found.other[0]])]
    assert told == [(seconds(line[1]), seconds(line[3]), "B", "A")]


def seconds(instant: datetime) -> int:
    return int((instant - EPOCH).total_seconds())


DATABASE = resources.files("tzdata")
NAMES = {  # one name for each zone that has several
    (DATABASE / "zoneinfo" / name).read_bytes(): name
    for name in (DATABASE / "zones").read_text().split()
}


@pytest.mark.no_cover  # the same lines again and again
@pytest.mark.parametrize("letter", sorted({name[0] for name in NAMES.values()}))
def test_every_second_of_every_zone_lies_in_one_day(letter: str) -> None:
    first, after = day(date(2004, 1, 1)), day(date(2029, 1, 1))
    days = np.arange(first, after)
    for zone in (name for name in NAMES.values() if name[0] == letter):
        there = clock(zone, first, after)
        assert (np.diff(there.starts) >= 0).all(), zone
        # What `days` says around each change of the clock, and of some other days.
        near = np.unique(there.place(there.at[1:])[:, None] + np.arange(-1, 2))
        some = np.union1d(np.arange(0, days.size, 997), near[(near >= 0) & (near < days.size)])
        for place in some[np.diff(there.starts)[some] > 0]:
            begins = EPOCH + timedelta(seconds=int(there.starts[place]))
            assert midnight_before(civil(int(days[place])), zone) == begins, zone
            told = [civil_day(begins + timedelta(seconds=shift), zone) for shift in (-1, 0, 1)]
            ours = there.place(there.starts[place] + np.array([-1, 0, 1])) + first
            assert [day(one) for one in told] == ours.tolist(), zone
        # And in the hours that a clock shows twice, or not at all.
        probes = (there.at[1:, None] + np.arange(-5_400, 5_401, 900)).ravel()
        ours = there.place(probes) + first
        told = [civil_day(EPOCH + timedelta(seconds=int(at)), zone) for at in probes]
        assert [min(max(day(one), first - 1), after) for one in told] == ours.tolist(), zone


def test_no_zone_changes_its_clock_twice_within_three_days() -> None:
    for data, name in NAMES.items():
        blocks = struct.unpack(">6l", data[20:44])
        second = 44 + blocks[3] * 5 + blocks[4] * 6 + blocks[5] + blocks[2] * 8 + sum(blocks[:2])
        count = struct.unpack(">6l", data[second + 20 : second + 44])[3]
        at = struct.unpack(f">{count}q", data[second + 44 : second + 44 + 8 * count])
        kinds = data[second + 44 + 8 * count : second + 44 + 9 * count]
        types = second + 44 + 9 * count
        offset = [struct.unpack(">l", data[types + 6 * k : types + 6 * k + 4])[0] for k in kinds]
        changed = [at[n] for n in range(1, count) if offset[n] != offset[n - 1]]
        assert all(b - a > 3 * 86_400 for a, b in pairwise(changed)), name


def test_a_day_that_a_zone_left_out_counts_for_nobody() -> None:
    days = Window(day(date(2011, 12, 28)), day(date(2012, 1, 2)))
    rows, _ = columns([piece(utc("2011-12-01T00:00"), None)])
    assert by_day(rows, 1, days, Convention.HOURS, "Pacific/Apia").tolist() == [
        [86_400, 86_400, 0, 86_400, 86_400]
    ]


@pytest.mark.parametrize("days", [(5, 5), (6, 5), (0, 10_000_000), (0, 200_000)])
def test_a_window_that_cannot_be_counted_is_refused(days: tuple[int, int]) -> None:
    with pytest.raises(FeeError, match="H714"):
        clock("UTC", *days)


def test_an_open_end_lasts_beyond_every_window() -> None:
    rows, _ = columns([piece(utc("2026-01-10T15:00"), None)])
    assert (rows.end[0], rows.closed(seconds(utc("2026-02-01T00:00"))).end[0]) == (
        OPEN,
        seconds(utc("2026-02-01T00:00")),
    )
