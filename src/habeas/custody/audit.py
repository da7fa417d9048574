"""The auditor's text: SQL that a party runs on an exported table of intervals; twin of `bulk`.

Two questions, each one query: units of every facility on every day, and in every month. The zone
is in the text, as the offsets that hold in the window, with the version of the database they come
from; whole numbers only, and no row a person-day. Ends are grouped; a running sum gives the day,
and for a window [p, q) the sum of n * (q - greatest(d, p)) over the ends before q gives the month.

The table has a row an entry: register_number, agreement, custodian, stay, the columns counted
apart, t_in and t_out in whole UTC seconds (empty or NULL while it lasts), and multiplicity (-1
takes an entry away again). Rows that end before they start, or have no length, are not counted.
"""

# ruff: noqa: S608 - this file writes SQL; names are held to letters, the rest are whole numbers

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple, assert_never

from habeas.custody.bulk import Window
from habeas.custody.civil import SECONDS, Clock, clock
from habeas.custody.days import stated
from habeas.errors import Fault, FeeError
from habeas.law.calendar import ZONES, civil
from habeas.terms import Census, Convention

Dialect = Literal["duckdb", "postgres", "sqlite"]
DIALECTS: tuple[Dialect, ...] = ("duckdb", "postgres", "sqlite")
FAR = 253_402_300_800  # UTC seconds: year 10000, later than any end
MILLION = 1_000_000  # days
LONG = 62_135_596_800  # seconds from year 1 to 1970: an instant so much later is never negative
PLACES = 1 << 23  # pieces of one person at most: with an instant they stay below 2**62
NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
PERIOD = "person, agreement, custodian, stay"
OWN = frozenset([
    "agreement", "custodian", "d", "d_in", "d_next", "d_out", "day", "east", "end", "following",
    "gone", "held_before", "holder", "inside", "instant", "length", "month", "n", "near_in",
    "near_next", "near_out", "on_day", "p", "person", "place", "q", "received", "since", "stay",
    "t_in", "t_out", "units", "until",
])  # fmt: skip  # columns of the text itself, and a word of SQL: none of them is counted apart


@dataclass(frozen=True, slots=True)
class Asked:
    """What is counted, of which table, for which engine."""

    window: Window
    zone: str
    convention: Convention
    dialect: Dialect
    census: Census = Census.DAY_END
    as_of: int | None = None  # UTC seconds; None: the whole table
    keys: tuple[str, ...] = ("facility",)  # columns that are counted apart
    table: str = "intervals"
    custodian: str = ""  # only this side's custody; empty: both
    person_once: bool = True  # False: whoever is in two places counts in both
    typed: bool = False  # whether t_in, t_out and the like are whole numbers already, not text

    def clock(self) -> Clock:
        """The zone over the window.

        Raises:
            FeeError: H713, H714, H716.
        """
        stated(self.census, self.convention)
        named, taken = (*self.keys, self.table), sorted(OWN & set(self.keys))
        taken += [name for name in self.keys if self.keys.count(name) > 1]
        if taken:
            what = f"'{taken[0]}' is a column that this text has already"
            raise FeeError(Fault("H716", what, "Name others to count apart, each of them once."))
        if wrong := [name for name in named if not NAME.fullmatch(name)]:
            what = f"'{wrong[0][:64]}' is no plain name of a table or column"
            raise FeeError(Fault("H716", what, "Use small letters, digits and underscores."))
        return clock(self.zone, self.window.first, self.window.after)


class _Words(NamedTuple):
    """How an engine spells what engines spell apart."""

    least: str
    greatest: str
    over: str  # division of whole numbers, of which none here is negative
    binary: str  # the order of text by its bytes
    text: str  # a day since 1970-01-01 as YYYY-MM-DD; {} is the day


WORDS: dict[Dialect, _Words] = {
    "duckdb": _Words(
        "least", "greatest", "//", "", "CAST(DATE '1970-01-01' + CAST({} AS INTEGER) AS TEXT)"
    ),
    "postgres": _Words(
        "least",
        "greatest",
        "/",
        ' COLLATE "C"',
        "CAST(DATE '1970-01-01' + CAST({} AS INTEGER) AS TEXT)",
    ),
    "sqlite": _Words("min", "max", "/", "", "date('1970-01-01', {} || ' days')"),
}


class _Text:
    """The common tables of one question."""

    def __init__(self, asked: Asked) -> None:
        self.asked, self.clock, self.words = asked, asked.clock(), WORDS[asked.dialect]
        self.since, self.until = int(self.clock.starts[0]), int(self.clock.starts[-1])
        self.keys = ", ".join(asked.keys)

    def least(self, one: str, other: str) -> str:
        return f"{self.words.least}({one}, {other})"

    def greatest(self, one: str, other: str) -> str:
        return f"{self.words.greatest}({one}, {other})"

    def over(self, seconds: str) -> str:
        return f"({seconds}) {self.words.over} {SECONDS}"

    def near(self, instant: str) -> str:
        """An instant cut to the window, and to the second before it."""
        return self.greatest(str(self.since - 1), self.least(instant, str(self.until)))

    def day(self, instant: str) -> str:
        """The civil day of an instant near the window."""
        offsets, at = self.clock.offset, self.clock.at
        inside = [n for n in range(1, at.size) if self.since - 1 < at[n] <= self.until]
        last = max((n for n in range(at.size) if at[n] <= self.until), default=0)
        cases = [f"WHEN {instant} < {at[n]} THEN {offsets[n - 1]}" for n in inside]
        east = f"CASE {' '.join(cases)} ELSE {offsets[last]} END" if cases else str(offsets[last])
        return f"{self.over(f'{instant} + {east} + {MILLION * SECONDS}')} - {MILLION}"

    def ordered(self, of: str = "") -> str:
        """The columns counted apart, in the order of their bytes."""
        return ", ".join(f"{of}{name}{self.words.binary}" for name in self.asked.keys)

    def entries(self) -> list[str]:
        """Rows that can be counted, in whole numbers, as far as the as-of."""
        asked = self.asked
        number = "{}" if asked.typed else "CAST({} AS BIGINT)"
        given = "t_out" if asked.typed else "CAST(NULLIF(CAST(t_out AS TEXT), '') AS BIGINT)"
        end = f"COALESCE({given}, {FAR})"
        end = self.least(end, str(asked.as_of)) if asked.as_of is not None else end
        only = f" WHERE custodian = '{asked.custodian}'" if asked.custodian else ""
        return [
            f"""entries AS (
  SELECT register_number AS person, agreement, custodian, {number.format("stay")} AS stay,
    {self.keys}, {number.format("t_in")} AS t_in, {end} AS t_out,
    {number.format("multiplicity")} AS n
  FROM {asked.table}{only}
)""",
            f"""facilities AS (SELECT DISTINCT {self.keys} FROM entries)""",
        ]

    def pieces(self) -> list[str]:
        """The pieces that stand, and where the person is cut so as to be in one place."""
        columns = f"{PERIOD}, {self.keys}"
        if not self.asked.person_once:
            return [f"pieces AS (SELECT {columns}, t_in, t_out, n FROM entries WHERE t_in < t_out)"]
        period = f"agreement{self.words.binary}, custodian{self.words.binary}, stay"
        cut = self.least("t_out", "following")
        mine = self.least("r.t_out", "r.following")
        on = self.least("h.t_out", "r.following")
        theirs = ", ".join(f"h.{name}" for name in columns.split(", "))
        return [
            f"""standing AS (  -- what no later entry took away
  SELECT {columns}, t_in, t_out FROM entries WHERE t_in < t_out
  GROUP BY {columns}, t_in, t_out HAVING SUM(n) > 0
)""",
            f"""ordered AS (
  SELECT {columns}, t_in, t_out, ROW_NUMBER() OVER (
    PARTITION BY person ORDER BY t_in, t_out, {self.ordered()}, {period}) AS place
  FROM standing
)""",
            f"""reached AS (  -- who holds the person where this piece ends: the one that ends last
  SELECT {columns}, t_in, t_out, place,
    LEAD(t_in, 1, {FAR}) OVER (PARTITION BY person ORDER BY place) AS following,
    MAX((t_out + {LONG}) * {PLACES} + place) OVER (PARTITION BY person ORDER BY place
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) % {PLACES} AS holder
  FROM ordered
)""",
            f"""pieces AS (
  SELECT {columns}, t_in, {cut} AS t_out, 1 AS n FROM reached WHERE t_in < {cut}
  UNION ALL
  SELECT {theirs}, {mine} AS t_in, {on} AS t_out, 1 AS n
  FROM reached r JOIN reached h ON h.person = r.person AND h.place = r.holder
  WHERE {mine} < {on}
)""",
        ]

    def ends(self) -> list[str]:
        """The ends of the pieces: a key, a day d from which n more, or fewer, count."""
        late = int(self.asked.census is Census.DAY_START)
        match self.asked.convention:
            case Convention.MIDNIGHT:
                return [self._dated("t_in", "t_out", ""), self._two("d_in", "d_out", late)]
            case Convention.CALENDAR:
                following = (
                    f"LEAD(t_in, 1, {FAR}) OVER (PARTITION BY person ORDER BY t_in)"
                    if self.asked.person_once
                    else str(FAR)
                )
                return [
                    f"""followed AS (
  SELECT person, {self.keys}, n, t_in, t_out, {following} AS following FROM pieces
)""",
                    self._dated("t_in", "t_out - 1", "following", "followed"),
                    self._two("d_in", self.least("d_out + 1", "d_next")),
                ]
            case Convention.MIN1:
                return self._min1()
            case Convention.BLOCK24:
                return self._block24()
            case Convention.HOURS:
                return self._hours()
        assert_never(self.asked.convention)

    def _dated(self, start: str, end: str, more: str, source: str = "pieces") -> str:
        columns = [f"{self.near(start)} AS near_in", f"{self.near(end)} AS near_out"]
        days = [f"{self.day('near_in')} AS d_in", f"{self.day('near_out')} AS d_out"]
        if more:
            columns.append(f"{self.near(more)} AS near_next")
            days.append(f"{self.day('near_next')} AS d_next")
        inner = ", ".join(columns)
        return f"""dated AS (  -- civil days, as days since 1970-01-01
  SELECT {self.keys}, n, {", ".join(days)}
  FROM (SELECT {self.keys}, n, {inner} FROM {source}) AS cut
)"""

    def _two(self, first: str, after: str, late: int = 0, source: str = "dated") -> str:
        """Two ends of each row of a table."""
        begins = str(self.asked.window.first)
        shift = f" + {late}" if late else ""
        one, two = (self.greatest(f"{end}{shift}", begins) for end in (first, after))
        return self._grouped(
            f"SELECT {self.keys}, {one} AS d, n FROM {source}"
            f"\n    UNION ALL SELECT {self.keys}, {two} AS d, -n AS n FROM {source}"
        )

    def _grouped(self, union: str) -> str:
        return f"""ends AS (
  SELECT {self.keys}, d, CAST(SUM(n) AS BIGINT) AS n FROM (
    {union}
  ) AS each_end WHERE d < {self.asked.window.after} GROUP BY {self.keys}, d
)"""

    def _min1(self) -> list[str]:
        none = f"""whole AS (
  SELECT {self.keys}, n, t_in, t_out, MIN(t_in) OVER (PARTITION BY {PERIOD}) AS received,
    MAX(t_out) OVER (PARTITION BY {PERIOD}) AS gone FROM pieces
)"""
        inside = f"received >= {self.since} AND received < {self.until} AND t_out = gone"
        near = f"{self.near('received')} AS near_in, {self.near('gone')} AS near_out"
        return [
            self._dated("t_in", "t_out", ""),
            none,
            f"""short AS (  -- custody periods without a midnight count a day
  SELECT {self.keys}, n, {self.day("near_in")} AS d_in, {self.day("near_out")} AS d_out
  FROM (SELECT {self.keys}, n, {near} FROM whole WHERE {inside}) AS cut
)""",
            f"""counted AS (
  SELECT {self.keys}, n, d_in, d_out FROM dated
  UNION ALL SELECT {self.keys}, n, d_in, d_in + 1 AS d_out FROM short WHERE d_in = d_out
)""",
            self._two("d_in", "d_out", source="counted"),
        ]

    def _block24(self) -> list[str]:
        at, rows = self.clock.at, list[str]()
        for n, seconds in enumerate(self.clock.offset):
            begin = max(int(at[n]), self.since)
            until = min(int(at[n + 1]), self.until) if n + 1 < at.size else self.until
            if begin < until:
                rows.append(f"({begin}, {until}, {seconds})")
        start, end = self.greatest("t_in", "since"), self.least("t_out", "until")
        day_one = f"{self.over(f'received + east + {MILLION * SECONDS}')} - {MILLION}"

        def number(at: str) -> str:
            return self.over(f"{at} - received + {SECONDS - 1}")

        return [
            f"""offsets (since, until, east) AS (VALUES {", ".join(rows)})""",
            f"""whole AS (
  SELECT {self.keys}, n, t_in, t_out, MIN(t_in) OVER (PARTITION BY {PERIOD}) AS received
  FROM pieces
)""",
            f"""dated AS (  -- between two changes of the clock, blocks begin on days in a row
  SELECT {self.keys}, n, {day_one} + {number(start)} AS d_in,
    {day_one} + {number(end)} AS d_out
  FROM whole JOIN offsets ON t_in < until AND since < t_out
)""",
            self._two("d_in", "d_out"),
        ]

    def _hours(self) -> list[str]:
        near = f"{self.greatest(str(self.since), 't_in')} AS instant, n FROM pieces"
        out = f"{self.greatest(str(self.since), 't_out')} AS instant, -n AS n FROM pieces"
        return [
            f"""ends AS (  -- instants: seconds are counted, not days
  SELECT {self.keys}, instant AS d, CAST(SUM(n) AS BIGINT) AS n FROM (
    SELECT {self.keys}, {near}
    UNION ALL SELECT {self.keys}, {out}
  ) AS each_end WHERE instant < {self.until}
  GROUP BY {self.keys}, instant
)"""
        ]

    def months(self) -> str:
        """The months of the window: from p, to q without q; in days, or in seconds."""
        window, rows = self.asked.window, list[str]()
        cuts = [*window.months().tolist(), window.days]
        seconds = self.asked.convention is Convention.HOURS
        for begin, end in pairwise(cuts):
            name = civil(window.first + begin).isoformat()[:7]
            p, q = (
                (self.clock.starts[begin], self.clock.starts[end])
                if seconds
                else (window.first + begin, window.first + end)
            )
            rows.append(f"('{name}', {p}, {q})")
        return f"months (month, p, q) AS (VALUES {', '.join(rows)})"

    def head(self, what: str) -> str:
        """What the text counts, in words."""
        asked, first = self.asked, civil(self.asked.window.first)
        side = f", census at {asked.census}" if asked.convention is Convention.MIDNIGHT else ""
        until = f"as of {asked.as_of} UTC seconds" if asked.as_of is not None else "open ends last"
        return (
            f"-- {what}: convention {asked.convention}{side}\n"
            f"-- civil days [{first}, {civil(asked.window.after)}) in {asked.zone},"
            f" tzdata {ZONES}; {until}\n"
        )

    def common(self) -> list[str]:
        """Every common table up to the ends."""
        return [*self.entries(), *self.pieces(), *self.ends()]


def person_days(asked: Asked) -> str:
    """One query: units by key and month, a row for each of both, in their order.

    Units are days, or seconds for `hours`. Columns: the keys, month (YYYY-MM), units.

    Raises:
        FeeError: H713, H714, H716.
        LawError: H711.
    """
    text = _Text(asked)
    keys = ", ".join(f"f.{name}" for name in asked.keys)
    same = " AND ".join(f"e.{name} = f.{name}" for name in asked.keys)
    ordered = text.ordered("f.")
    units = f"n * (q - {text.greatest('d', 'p')})"
    return (
        text.head(f"Units by {text.keys} and month")
        + "WITH "
        + ",\n".join([*text.common(), text.months()])
        + f"""
SELECT {keys}, month, CAST(COALESCE(SUM({units}), 0) AS BIGINT) AS units
FROM facilities f CROSS JOIN months LEFT JOIN ends e ON {same} AND d < q
GROUP BY {keys}, month ORDER BY {ordered}, month;
"""
    )


def headcount(asked: Asked) -> str:
    """One query: units by key and day, a row for each of both, in their order.

    Columns: the keys, day (YYYY-MM-DD), units.

    Raises:
        FeeError: H713, H714, H716.
        LawError: H711.
    """
    text, window = _Text(asked), asked.window
    keys = text.keys
    made = [
        f"""days (day) AS (
  SELECT {window.first} UNION ALL SELECT day + 1 FROM days WHERE day + 1 < {window.after}
)""",
        *text.common(),
    ]
    if asked.convention is Convention.HOURS:
        made += _hours_of_days(text)
        units = "inside + held_before * length"
    else:
        made.append(
            f"""running AS (
  SELECT {keys}, d AS day, CAST(SUM(n) OVER (PARTITION BY {keys} ORDER BY d) AS BIGINT) AS units
  FROM (SELECT {keys}, d, SUM(n) AS n FROM (
    SELECT {keys}, d, n FROM ends
    UNION ALL SELECT {keys}, day AS d, 0 AS n FROM facilities CROSS JOIN days
  ) AS cells GROUP BY {keys}, d) AS whole
)"""
        )
        units = "units"
    shown = text.words.text.format("day")
    return (
        text.head(f"Units by {keys} and day")
        + "WITH RECURSIVE "
        + ",\n".join(made)
        + f"""
SELECT {keys}, {shown} AS day, CAST({units} AS BIGINT) AS units
FROM running ORDER BY {text.ordered()}, day;
"""
    )


def _hours_of_days(text: _Text) -> list[str]:
    """Seconds of a day: of those who came or went on it, and its whole length for the others."""
    keys, starts, first = text.keys, text.clock.starts, text.asked.window.first
    rows = ", ".join(
        f"({first + n}, {starts[n]}, {starts[n + 1]})" for n in range(text.asked.window.days)
    )
    return [
        f"""civil (day, since, until) AS (VALUES {rows})""",
        f"""cells AS (
  SELECT {keys}, day, SUM(n * (until - d)) AS inside, SUM(n) AS n
  FROM (SELECT {keys}, d, n, {text.day("d")} AS on_day FROM ends) AS dated
  JOIN civil ON day = on_day GROUP BY {keys}, day
  UNION ALL SELECT {keys}, day, 0 AS inside, 0 AS n FROM facilities CROSS JOIN days
)""",
        f"""whole AS (
  SELECT {keys}, day, SUM(inside) AS inside, SUM(n) AS n FROM cells GROUP BY {keys}, day
)""",
        f"""running AS (
  SELECT {keys}, whole.day AS day, inside, until - since AS length,
    SUM(n) OVER (PARTITION BY {keys} ORDER BY whole.day) - n AS held_before
  FROM whole JOIN civil ON civil.day = whole.day
)""",
    ]
