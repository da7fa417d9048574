"""Headcounts and person-days of a register or of a file of stays, as tables of text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise

import numpy as np

from habeas.custody import audit
from habeas.custody.audit import DIALECTS, Asked, Dialect
from habeas.custody.bulk import Window, by_day, by_month
from habeas.custody.censoring import cut_off
from habeas.custody.civil import OPEN, SECONDS, Ints
from habeas.custody.intervals import Interval
from habeas.custody.pieces import Pieces, names_of, once_a_day, overlaps, pieces_of, sound
from habeas.errors import Fault, FeeError, SetupError
from habeas.law.calendar import ZONES, civil, day
from habeas.terms import Census, Convention, Side

Days = tuple[date, date]  # civil days [first, after)
MANY = 1 << 20  # pieces from which the compiled loop repays its loading
INSTANTS_ONLY = frozenset({Convention.BLOCK24, Convention.HOURS})


@dataclass(frozen=True, slots=True)
class Counting:
    """The terms of a count."""

    convention: Convention
    zone: str
    census: Census = Census.DAY_END
    as_of: int | None = None  # UTC seconds; None: what is open lasts beyond the window

    def told(self) -> dict[str, object]:
        """What every output says of it."""
        side = {"census": self.census.value} if self.convention is Convention.MIDNIGHT else {}
        return {
            "convention": self.convention.value,
            "zone": self.zone,
            "tzdata": ZONES,
            **side,
        }


@dataclass(frozen=True, slots=True)
class Columns:
    """Pieces, and the names of their keys in order."""

    pieces: Pieces
    facilities: list[str]
    incomplete: int = 0  # rows that lack a facility or a reception
    days_only: bool = False  # civil days, not instants


def convention(name: str) -> Convention:
    """A convention by its word.

    Raises:
        SetupError: H903.
    """
    if name not in set(Convention):
        fix = f"Write {', '.join(Convention)}."
        raise SetupError(Fault("H903", f"'{name}' is no counting convention", fix))
    return Convention(name)


def census(name: str) -> Census:
    """A side of the census by its word.

    Raises:
        SetupError: H903.
    """
    if name not in set(Census):
        raise SetupError(
            Fault("H903", f"'{name}' is no side of the census", f"Write {', '.join(Census)}.")
        )
    return Census(name)


def dialect(name: str) -> Dialect:
    """An engine of the auditor's SQL by its word.

    Raises:
        SetupError: H903.
    """
    for known in DIALECTS:
        if name == known:
            return known
    raise SetupError(
        Fault("H903", f"'{name}' is no dialect of this text", f"Write {', '.join(DIALECTS)}.")
    )


def _window(days: Days) -> Window:
    return Window(day(days[0]), day(days[1]))


def of_intervals(found: Sequence[Interval]) -> Columns:
    """A register's intervals; facilities are counted apart, whatever the status."""
    names = names_of(found)
    rows = pieces_of(found, names)
    facilities = sorted({facility for facility, _ in names.keys})
    place = {facility: number for number, facility in enumerate(facilities)}
    by_key = np.array([place[facility] for facility, _ in names.keys], np.int64)
    key = by_key[rows.key] if rows.key.size else rows.key
    return Columns(
        Pieces(rows.person, rows.stay, key, rows.start, rows.end, rows.multiplicity), facilities
    )


def extent(found: Columns, asked: Counting) -> Days:
    """The civil days from the first reception to the last end, or a day more on either side.

    What is open reaches to the as-of; without one, to its own beginning.
    """
    rows = found.pieces if asked.as_of is None else found.pieces.closed(asked.as_of)
    if len(rows) == 0:
        return civil(0), civil(1)
    ends = rows.end[rows.end != OPEN]
    last = max(int(rows.start.max()), int(ends.max(initial=0)))
    margin = 0 if asked.zone == "UTC" else 1
    first, after = int(rows.start.min()) // SECONDS - margin, last // SECONDS + 1 + margin
    return civil(first), civil(after)


@dataclass(frozen=True, slots=True)
class Counted:
    """A table, and what its reader must know of it."""

    rows: list[dict[str, str]]
    facts: dict[str, object]


def prepared(
    found: Columns, asked: Counting, *, whole: bool = False
) -> tuple[Pieces, dict[str, object]]:
    """The pieces that can be counted as far as the as-of, and what their reader must know.

    Raises:
        FeeError: H712, for a convention that civil days cannot give.
    """
    if found.days_only and (whole or asked.convention in INSTANTS_ONLY):
        what = "blocks of 24 hours and hours cannot be counted from civil days"
        raise FeeError(Fault("H712", what, "Give instants, or use midnight, calendar or min1."))
    kept = sound(found.pieces)
    last = asked.as_of if asked.as_of is not None else OPEN
    begun = kept.pieces.taken(kept.pieces.start < last)
    lasts = (begun.end == OPEN) | (begun.end > last)
    provisional, cut = int(np.count_nonzero(lasts)), cut_off(begun.end[~lasts])
    rows = kept.pieces if asked.as_of is None else begun.closed(asked.as_of)
    twice = overlaps(rows)
    facts: dict[str, object] = {
        **asked.told(),
        "incomplete": found.incomplete,
        "refused": kept.refused,
        "of_no_length": kept.empty,
        "open": provisional,
        "provisional": provisional > 0 or cut is not None,
        "overlaps": int(twice.person.size),
        "persons_in_two_places": int(np.unique(twice.person).size),
        "censored_at": None if cut is None else _instant(cut.at),
        "censored": 0 if cut is None else cut.rows,
    }
    return rows, facts


def _instant(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def stock(found: Columns, between: Days, asked: Counting) -> Counted:
    """Units of each facility on each civil day; days on which there is nobody are rows of zero.

    Raises:
        FeeError: H712, for a convention that civil days cannot give; H713, H714.
        LawError: H711.
    """
    days = _window(between)
    rows, facts = prepared(found, asked)
    rows = once_a_day(rows, asked.convention, asked.zone)
    cells = by_day(rows, len(found.facilities), days, asked.convention, asked.zone, asked.census)
    every = [civil(days.first + n).isoformat() for n in range(days.days)]
    unit = "seconds" if asked.convention is Convention.HOURS else "persons"
    table = [
        {"facility": name, "day": on, unit: str(count)}
        for name, line in zip(found.facilities, cells.tolist(), strict=True)
        for on, count in zip(every, line, strict=True)
    ]
    return Counted(table, facts | {"units": int(cells.sum())})


def months(found: Columns, between: Days, asked: Counting) -> Counted:
    """Units of each facility and month under every convention that the input can give.

    Raises:
        FeeError: H714.
        LawError: H711.
    """
    days = _window(between)
    rows, facts = prepared(found, asked)
    counting = by_month
    if len(rows) >= MANY:
        from habeas.custody import bulk_fast  # noqa: PLC0415 - its compiler is slow to load

        counting = bulk_fast.by_month
    cells = counting(rows, len(found.facilities), days, asked.zone)
    given = [one for one in Convention if not (found.days_only and one in INSTANTS_ONLY)]
    del facts["convention"]
    facts.pop("census", None)
    totals = {one.value: int(cells[one].sum()) for one in given}
    return Counted(_months(found, days, cells, given), facts | {"totals": totals})


def _months(
    found: Columns, days: Window, cells: dict[Convention, Ints], given: Sequence[Convention]
) -> list[dict[str, str]]:
    cuts = [*days.months().tolist(), days.days]
    return [
        {
            "facility": facility,
            "month": civil(days.first + begin).isoformat()[:7],
            "days": str(end - begin),
            **{one.value: str(cells[one][number, place]) for one in given},
        }
        for number, facility in enumerate(found.facilities)
        for place, (begin, end) in enumerate(pairwise(cuts))
    ]


@dataclass(frozen=True, slots=True)
class Question:
    """What the auditor's text asks of which table."""

    between: Days
    dialect: str
    keys: tuple[str, ...]  # columns that are counted apart
    table: str
    daily: bool  # a row a day; else a row a month


def sql(asked: Question, terms: Counting) -> str:
    """The auditor's text about the receiving state's custody: by day, or by month.

    Raises:
        SetupError: H903, for a dialect that is none.
        FeeError: H713, H714, H716.
        LawError: H711.
    """
    question = Asked(
        _window(asked.between),
        terms.zone,
        terms.convention,
        dialect(asked.dialect),
        terms.census,
        terms.as_of,
        asked.keys,
        asked.table,
        Side.RECEIVING,
    )
    return audit.headcount(question) if asked.daily else audit.person_days(question)


def zone_of(named: str | None, declared: str | None, *, days_only: bool) -> str:
    """The zone of a count: the one named, else the agreement's; civil days need none.

    Raises:
        FeeError: H718.
    """
    found = named or declared or ("UTC" if days_only else None)
    if found is None:
        what = "instants are no days before a zone is named"
        raise FeeError(Fault("H718", what, "Name it with --zone, or the agreement."))
    return "UTC" if days_only else found
