"""Days moved by every database against `calendar.shifted`, and evidence that lapses."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from itertools import product
from random import Random  # noqa: TID251 - seeded, for synthetic evidence

import pytest

import random_rules as random
from engines import Engine, by_python, by_sql, put
from habeas.docket import evidence
from habeas.docket.columns import Column, Value, instant
from habeas.law import calendar
from habeas.law.library import Library
from habeas.law.program import Program, ProgramRule
from habeas.law.tree import Fact, Number, Shift
from habeas.screening.sql import condition

OWN = Library().program("OAS-A57", random.DAY)
FIRST, LAST = "1999-12-01", "2009-01-01"
MONTHS = (1, -1, 6, -6, 12, -12, 216, -13)
ROUNDINGS: tuple[calendar.Rounding, ...] = ("down", "up")


def program(*rules: ProgramRule) -> Program:
    """A program of our own rules and facts."""
    return replace(OWN, rules=rules, vocabulary=random.VOCABULARY)


def days(first: str, last: str) -> list[int]:
    ends = [calendar.day(datetime.fromisoformat(one).date()) for one in (first, last)]
    return list(range(ends[0], ends[1] + 1))


def moved(base: Engine, given: list[int], shifts: list[Shift]) -> list[list[str]]:
    """What the database makes of every day by every shift, as ISO text."""
    base.load(["ever"], [[calendar.civil(one).isoformat()] for one in given])
    day = "ever" if base.dialect == "sqlite" else "CAST(ever AS DATE)"
    text = "STRING" if base.dialect == "spark" else "TEXT"
    told = ", ".join(
        f"CAST({condition(shift, base.dialect, random.VOCABULARY)} AS {text})" for shift in shifts
    )
    query = f"SELECT {told} FROM (SELECT {day} AS ever FROM docket) d"  # noqa: S608 - our own text
    return [[str(one) for one in row] for row in base.ask(query)]


def months(count: int, rounding: calendar.Rounding) -> Shift:
    return Shift("months", Fact("ever"), Number(Decimal(count)), rounding=rounding)


def defined(given: list[int], counts: tuple[int, ...]) -> list[list[str]]:
    return [
        [calendar.civil(calendar.shifted(one, count, rounding)).isoformat()
         for count, rounding in product(counts, ROUNDINGS)]
        for one in given
    ]  # fmt: skip


@pytest.mark.no_cover  # the same lines again and again
def test_every_day_of_nine_years_is_moved_as_defined(base: Engine) -> None:
    given = days(FIRST, LAST)
    shifts = [months(count, rounding) for count, rounding in product(MONTHS, ROUNDINGS)]
    assert sorted(moved(base, given, shifts)) == sorted(defined(given, MONTHS))


def test_the_first_and_the_last_months_of_the_calendar_are_moved_as_defined(base: Engine) -> None:
    late, early = days("9999-10-15", "9999-11-30"), days("0001-02-01", "0001-03-31")
    for given, count in ((late, 1), (early, -1), (days("0001-01-01", "0001-01-31"), 1)):
        shifts = [months(count, rounding) for rounding in ROUNDINGS]
        assert sorted(moved(base, given, shifts)) == sorted(defined(given, (count,)))


# Evidence

NOW = datetime(2026, 11, 21, 23, 59, 59, 250_001, tzinfo=UTC)
MICRO = timedelta(microseconds=1)
OFFSETS = (UTC, timezone(timedelta(hours=5, minutes=30)), timezone(-timedelta(hours=3)))
HOURS = {name: fact.valid_for_hours for name, fact in random.FACTS.items()}
COLUMNS = {name: Column(name, "bool", valid_for_hours=hours) for name, hours in HOURS.items()}


def mark(chance: Random) -> str:
    """An instant near to where something lapses, in one of the forms that a docket may use."""
    if chance.random() < 0.2:
        return ""
    back = timedelta(hours=chance.choice((0, 0, 72, 720, -72)))
    at = NOW - back + chance.choice((-1, 0, 0, 1)) * chance.choice((MICRO, timedelta(hours=1)))
    shown = at.astimezone(chance.choice(OFFSETS)).isoformat(sep=chance.choice("T "))
    form = chance.choice(("full", "full", "full", "minute", "day"))
    if form == "day":
        return shown[:10]
    if form == "minute":
        return shown[:16] + chance.choice(("Z", shown[-6:]))
    return shown.replace("+00:00", chance.choice(("Z", "+00:00")))


def dated(case: dict[str, Value], chance: Random) -> tuple[dict[str, str], dict[str, Value]]:
    """A row with evidence, and the facts of it that count."""
    marks = {f"{name}__{one}": mark(chance) for name in case for one in ("at", "until")}
    known = {
        name: evidence.Evidence(
            instant(marks[f"{name}__at"], name), instant(marks[f"{name}__until"], name)
        )
        for name in case
    }
    counted = evidence.established(case, known, COLUMNS, NOW)
    return random.row(case) | marks, dict(counted.facts)


@pytest.mark.no_cover  # the same lines again and again
def test_what_has_lapsed_is_null_to_the_microsecond(base: Engine) -> None:
    chance = random.seeded(14)
    rules = [random.random_rule(f"R-{n}", chance) for n in range(25)]
    rules += [random.rule(name, random.tree(f"{name} = {name}")) for name in random.FACTS]
    pairs = [dated(random.facts(chance), chance) for _ in range(400)]
    own = program(*rules)
    names = [f"{name}__{one}" for name in (*own.facts, *random.KEYS) for one in ("at", "until")]
    put(base, [row for row, _ in pairs], [*own.facts, *names])
    assert by_sql(base, own, NOW) == by_python(own, [facts for _, facts in pairs])


def test_an_instant_that_is_none_sets_its_row_aside(base: Engine) -> None:
    own = program(random.rule("R-1", random.tree("is_a")))
    bad = ["2026-11-21T10:00", "2026-11-21T10:00:00", "21-11-2026", "2026-02-30", "1850-01-01",
           "2026-02-30T10:00Z", "2026-11-21T25:00Z", "2026-11-21 10:00+0530", "now", "12:00",
           "2026-11-21T10:61Z", "2026-11-21T10Z", "2026-11-21T10:00:00,5Z"]  # fmt: skip
    names = [f"{name}__{one}" for name in ("is_a", *random.KEYS) for one in ("at", "until")]
    rows = [{"is_a": "true"}, *({"is_a": "true", "is_a__at": one} for one in bad)]
    put(base, rows, ["is_a", *names])
    assert by_sql(base, own, NOW) == {"C-0000": [True, "eligible"]}
