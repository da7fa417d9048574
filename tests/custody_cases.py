"""Generated registers of custody: zones with and without changes of the clock, moves, overlaps."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import strategies as st

from habeas.custody.bulk import Window
from habeas.custody.civil import EPOCH
from habeas.custody.intervals import Interval
from habeas.custody.pieces import Names, Pieces, names_of, pieces_of
from habeas.law.calendar import day
from habeas.terms import Convention, Side, Status

SV, NY, UT = "America/El_Salvador", "America/New_York", "UTC"
# Saint John's went back over midnight until 2011; Lord Howe moves half an hour; Apia left out a
# day; Havana and Beirut change at midnight; Kathmandu is 5:45 from UTC.
ZONES = st.sampled_from(
    [SV, NY, UT, "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia", "America/Havana",
     "Asia/Beirut", "Asia/Kathmandu", "Europe/Tallinn"]
)  # fmt: skip
CONVENTIONS = st.sampled_from(list(Convention))
# Windows with a change of the clock or a leap day in them.
WINDOWS = st.sampled_from(
    [
        (date(2026, 3, 1), date(2026, 4, 5)),
        (date(2010, 10, 20), date(2010, 11, 20)),
        (date(2011, 12, 20), date(2012, 1, 10)),
        (date(2028, 2, 20), date(2028, 3, 20)),
        (date(2026, 10, 20), date(2026, 12, 3)),
    ]
)
PLACES = ("A", "B", "C")
STATES = (Status.HELD, Status.HOSPITAL)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def piece(
    start: datetime,
    end: datetime | None,
    facility: str = "F",
    subject: str = "p",
    stay: int = 0,
    status: Status = Status.HELD,
) -> Interval:
    return Interval(subject, "X", Side.RECEIVING, facility, "", status, start, end, stay, "", 0, 0)


@st.composite
def periods(draw: st.DrawFn, first: date, after: date) -> list[datetime]:
    """The instants of one custody period: reception, moves, end; around a window."""
    begin = datetime(first.year, first.month, first.day, tzinfo=UTC) - timedelta(days=5)
    span = (after - first).days + 10
    # Whole hours near midnights are where conventions differ.
    seconds = st.one_of(
        st.integers(0, span * 86_400),
        st.integers(0, span * 48).map(lambda halves: halves * 1_800),
        st.integers(0, span * 24).map(lambda hours: hours * 3_600 + 1),
    )
    line = draw(st.lists(seconds, min_size=2, max_size=5, unique=True))
    if draw(st.booleans()):  # all of it within some hours
        line = [min(line) + (second - min(line)) // span for second in line]
        line = sorted(set(line)) if len(set(line)) > 1 else [line[0], line[0] + 1]
    return [begin + timedelta(seconds=second) for second in sorted(line)]


@st.composite
def registers(draw: st.DrawFn, first: date, after: date) -> list[Interval]:
    """Intervals of a few people: moves, custody periods that overlap, one that lasts."""
    found = list[Interval]()
    for person in "pqr"[: draw(st.integers(1, 3))]:
        for stay in range(draw(st.integers(0, 3))):
            line = draw(periods(first, after))
            ends: list[datetime | None] = [*line[1:]]
            if draw(st.integers(0, 4)) == 0:
                ends[-1] = None
            for start, end in zip(line, ends, strict=False):
                place, status = draw(st.sampled_from(PLACES)), draw(st.sampled_from(STATES))
                found.append(piece(start, end, place, person, stay, status))
    return found


def columns(intervals: Sequence[Interval]) -> tuple[Pieces, Names]:
    """Intervals as columns, keys in order of name."""
    names = names_of(intervals)
    return pieces_of(intervals, names), names


def window(first: date, after: date) -> Window:
    return Window(day(first), day(after))


def chain(line: list[datetime], stay: int = 0) -> list[Interval]:
    return [piece(a, b, f"F{n % 3}", stay=stay) for n, (a, b) in enumerate(pairwise(line))]


def seconds(instant: datetime) -> int:
    return int((instant - EPOCH).total_seconds())
