"""How each engine spells a name, a value, a moved day and a cell of the docket.

Only what all engines do alike is left as it is; every difference stands here, with its reason.
Days are dates, in SQLite ISO text: from year 1 to 9999 its order is that of the days.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal, assert_never, get_args

from habeas.law import calendar

Dialect = Literal["duckdb", "postgres", "sqlite", "spark"]
DIALECTS: tuple[Dialect, ...] = get_args(Dialect)
LAST_MONTH = calendar.day(date(9999, 12, 1))
# The shapes that habeas.docket.columns reads, in words that every engine's patterns share.
_DAY = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_TIME = "([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?"
_OFFSET = "(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
_NUMBER = "-?[0-9]{1,12}([.][0-9]{1,9})?"
_INSTANT = f"{_DAY}([T ]{_TIME}{_OFFSET})?"


def name(word: str, dialect: Dialect) -> str:
    """A quoted name: nothing in it can end it."""
    mark = "`" if dialect == "spark" else '"'
    return mark + word.replace(mark, mark + mark) + mark


def text(value: str) -> str:
    """A quoted text."""
    return "'" + value.replace("'", "''") + "'"


def whole(value: int) -> str:
    """A whole number; in brackets where negative, for two minus signs begin a comment."""
    return str(value) if value >= 0 else f"({value})"


def wide(told: str, dialect: Dialect) -> str:
    """A whole number in 64 bits; a bare one has 32 in all but SQLite, and would overflow."""
    return told if dialect == "sqlite" else f"CAST({told} AS BIGINT)"


def day(value: int, dialect: Dialect) -> str:
    """A day of the calendar."""
    told = text(calendar.civil(value).isoformat())
    return told if dialect == "sqlite" else f"DATE {told}"


def days_between(first: str, second: str, dialect: Dialect) -> str:
    """Days from the first to the second, in 64 bits."""
    match dialect:
        case "duckdb":
            return f"({second} - {first})"
        case "postgres":
            return f"CAST({second} - {first} AS BIGINT)"
        case "sqlite":  # a Julian day at midnight is a whole and a half, exact as a float
            return f"CAST(julianday({second}) - julianday({first}) AS INTEGER)"
        case "spark":
            return f"CAST(datediff({second}, {first}) AS BIGINT)"
        case _:
            assert_never(dialect)


def add_days(told: str, count: int, dialect: Dialect) -> str:
    """A day some days later."""
    match dialect:
        case "duckdb" | "postgres":
            return f"({told} {'-' if count < 0 else '+'} {abs(count)})"
        case "sqlite":
            return f"date({told}, '{count:+d} days')"
        case "spark":
            return f"date_add({told}, {count})"
        case _:
            assert_never(dialect)


def _months_down(told: str, count: int, dialect: Dialect) -> str:
    if dialect == "spark":
        return f"add_months({told}, {count})"
    return f"CAST({told} + INTERVAL '{count} months' AS DATE)"


def _sqlite_months(told: str, count: int, rounding: calendar.Rounding, *, last: bool) -> str:
    over, back = f"date({told}, '{count:+d} months')", ", '-1 day'" if rounding == "down" else ""
    moved = f"min({over}, date({told}, 'start of month', '{count + 1:+d} months'{back}))"
    if not last:
        return moved
    first = f"date({told}, 'start of month', '{count:+d} months')"
    return f"CASE WHEN {first} < '9999-12-01' THEN {moved} ELSE {over} END"


def add_months(
    told: str, count: int, rounding: calendar.Rounding, dialect: Dialect, *, last: bool
) -> str:
    """A day some months later by the declared rounding, as `calendar.shifted` defines it.

    Every engine but SQLite rounds down. Up is the later of the day itself moved down, and the day
    after that to which the day before it moves: for 31 January, of 28 February and 1 March.
    SQLite runs over into the next month (3 March), from which the month's end is the least.

    Args:
        told: the day's text.
        count: months, earlier where negative.
        rounding: the agreement's.
        dialect: the engine.
        last: whether December 9999 can be met, behind which SQLite knows no day.
    """
    if dialect == "sqlite":
        return _sqlite_months(told, count, rounding, last=last)
    down = _months_down(told, count, dialect)
    if rounding == "down":
        return down
    before = _months_down(add_days(told, -1, dialect), count, dialect)
    return f"GREATEST({down}, {add_days(before, 1, dialect)})"


def extreme(told: Sequence[str], asked: Sequence[str], dialect: Dialect, *, greatest: bool) -> str:
    """LEAST or GREATEST, unknown where any argument is: all but SQLite pass over a NULL.

    Args:
        told: the arguments.
        asked: what must be known, or they are unknown.
        dialect: the engine.
        greatest: which of the two.
    """
    listed = ", ".join(told)
    if dialect == "sqlite":
        return f"{'max' if greatest else 'min'}({listed})"
    pick = f"{'GREATEST' if greatest else 'LEAST'}({listed})"
    known = " AND ".join(f"{one} IS NOT NULL" for one in asked)
    return f"CASE WHEN {known} THEN {pick} END" if asked else pick


def step(dialect: Dialect) -> str:
    """How a step of the query begins."""
    # PostgreSQL would write each step into the next and work it out again at every mention.
    return "AS MATERIALIZED" if dialect == "postgres" else "AS"


# Cells of the docket


def cell(source: str, dialect: Dialect) -> str:
    """A cell as text, NULL where it is empty."""
    kind = "STRING" if dialect == "spark" else "TEXT"
    order = ' COLLATE "C"' if dialect == "postgres" else ""  # bytes, whatever the database's order
    return f"NULLIF(CAST({source} AS {kind}), ''){order}"


def _shaped(told: str, shape: str, dialect: Dialect) -> str:
    match dialect:
        case "duckdb":
            return f"regexp_full_match({told}, '{shape}')"
        case "postgres":
            return f"{told} ~ '^({shape})$'"
        case "spark":
            return f"{told} RLIKE '^({shape})$'"
        case "sqlite":
            msg = "SQLite has GLOB only"
            raise TypeError(msg)
        case _:
            assert_never(dialect)


def word(told: str, dialect: Dialect, more: str = "") -> str:
    """Whether a cell may be a code; with `more` signs, a case id."""
    sign = f"-A-Za-z0-9_.{more}"
    if dialect == "sqlite":
        return f"{told} NOT GLOB '*[^{sign}]*' AND length({told}) <= 64"
    return _shaped(told, f"[{sign}]{{1,64}}", dialect)


def truth(told: str, dialect: Dialect) -> str:
    """The yes or no of a cell; NULL for any other word."""
    if dialect == "sqlite":  # it has no booleans: a typed column holds 1 and 0
        return f"CASE WHEN {told} IN ('true', '1') THEN 1 WHEN {told} IN ('false', '0') THEN 0 END"
    return f"CASE {told} WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END"


def number(told: str, scale: int, dialect: Dialect) -> str:
    """The number of a cell in integer units, exact; NULL for any other word."""
    if dialect == "sqlite":
        return _sqlite_number(told, scale)
    shaped = _shaped(told, _NUMBER, dialect)
    units = "" if scale == 1 else f" * {scale}"
    return f"CASE WHEN {shaped} THEN CAST({told} AS DECIMAL(21, 9)){units} END"


def _sqlite_number(told: str, scale: int) -> str:
    # No float: 0.29 * 100 is 28.999999999999996 there. NULL also where finer than it is kept.
    point = f"instr({told} || '.', '.')"
    parts = f"CAST(substr({told} || '000000000', {point} + 1, 9) AS INTEGER) * {scale}"
    shaped = (
        f"{told} NOT GLOB '*[^-.0-9]*' AND {told} NOT GLOB '?*-*' AND {told} NOT GLOB '*.*.*'"
        f" AND {told} NOT GLOB '*[-.]' AND {told} NOT GLOB '.*' AND {told} NOT GLOB '-.*'"
        f" AND {point} <= 13 + ({told} GLOB '-*') AND length({told}) - {point} <= 9"
    )
    return (
        f"CASE WHEN {shaped} AND {parts} % 1000000000 = 0\n      THEN CAST({told} AS INTEGER)"
        f" * {scale} + CASE WHEN {told} GLOB '-*' THEN -1 ELSE 1 END * ({parts} / 1000000000) END"
    )


def date_cell(told: str, dialect: Dialect) -> str:
    """The day of a cell; NULL for any other word, and for 30 February."""
    if dialect == "sqlite":
        return f"CASE WHEN {_sqlite_day(told)} THEN {told} END"
    return _guarded(told, _DAY, "DATE", dialect)


def _sqlite_day(told: str) -> str:
    # Moved by no days, 30 February becomes 2 March: a day is one that stays what it was.
    shaped = f"{told} GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'"
    return f"{shaped} AND date({told}, '+0 days') = {told}"


def _guarded(told: str, shape: str, kind: str, dialect: Dialect) -> str:
    """A cast that gives NULL, never an error, for a day that is none."""
    shaped, written = _shaped(told, shape, dialect), told
    if kind != "DATE":
        written = _first_second(told)
    if dialect != "postgres":
        return f"CASE WHEN {shaped} THEN TRY_CAST({written} AS {kind}) END"
    month = f"CAST(left({told}, 8) || '01' AS DATE)"
    days = f"EXTRACT(DAY FROM {month} + INTERVAL '1 month' - INTERVAL '1 day')"
    return (
        f"CASE WHEN {shaped} AND left({told}, 4) <> '0000' THEN\n"
        f"      CASE WHEN CAST(substr({told}, 9, 2) AS INTEGER) <= {days}"
        f" THEN CAST({written} AS {kind}) END END"
    )


# Instants of evidence


def _first_second(told: str) -> str:
    """An instant's text with its seconds: a civil day or a minute stands for its first one."""
    return (
        f"CASE WHEN length({told}) = 10 THEN {told} || 'T00:00:00Z' WHEN substr({told}, 17, 1)"
        f" <> ':' THEN substr({told}, 1, 16) || ':00' || substr({told}, 17) ELSE {told} END"
    )


def instant_cell(told: str, dialect: Dialect) -> str:
    """The instant of a cell, in SQLite in microseconds since 1970; NULL for any other word."""
    if dialect == "sqlite":
        return _sqlite_instant(told)
    kind = "TIMESTAMP" if dialect == "spark" else "TIMESTAMPTZ"
    return _guarded(told, _INSTANT, kind, dialect)


def _sqlite_instant(told: str) -> str:
    # Its own clock counts milliseconds, so the part of a second is read apart.
    end = f"CASE WHEN {told} GLOB '*Z' THEN 'Z' ELSE substr({told}, -6) END"
    second = f"CASE WHEN {told} GLOB '*.*' THEN substr({told}, 1, 19) || {end} ELSE {told} END"
    part = f"CAST(ROUND(CAST('0' || substr({told}, 20) AS REAL) * 1000000) AS INTEGER)"
    shaped = (
        f"{_sqlite_day(f'substr({told}, 1, 10)')}"
        f" AND (length({told}) = 10 OR {told} GLOB '*Z' OR {told} GLOB '*[-+][0-9][0-9]:[0-9][0-9]'"
        f" AND length({told}) > 20)"
    )
    return (
        f"CASE WHEN {shaped}\n      THEN CAST(strftime('%s', {second}) AS INTEGER) * 1000000"
        f" + {part} END"
    )


def instant(value: datetime, dialect: Dialect) -> str:
    """An instant to compare `instant_cell` with."""
    if dialect == "sqlite":
        since = value - datetime(1970, 1, 1, tzinfo=value.tzinfo)
        micros = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
        return f"{micros} /* {value.isoformat()} */"
    kind = "TIMESTAMP" if dialect == "spark" else "TIMESTAMPTZ"
    return f"{kind} '{value.isoformat(sep=' ')}'"
