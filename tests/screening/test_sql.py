"""The SQL text, run by real databases by itself, against screening in Python."""

import os
from dataclasses import replace
from decimal import Decimal
from itertools import product
from typing import get_args

import pytest

import random_rules as random
from engines import Engine, by_python, by_sql, put
from habeas.docket.columns import Value
from habeas.errors import LawError
from habeas.law import calendar
from habeas.law.check import checked
from habeas.law.library import Library
from habeas.law.program import Program, ProgramRule
from habeas.law.resolve import settled
from habeas.law.tree import (
    AllOf,
    AsOf,
    Compare,
    Fact,
    Node,
    Number,
    Param,
    RuleRef,
    Shift,
    YearsOld,
    walk,
)
from habeas.screening.sql import DIALECTS, Reading, condition, select

LIBRARY = Library()
RULES = int(os.environ.get("HABEAS_RULES", "600"))  # the full form: 5000
ROWS, AT_ONCE = 200, 50


def program(*rules: ProgramRule) -> Program:
    """A program of our own rules and facts."""
    own = LIBRARY.program("OAS-A57", random.DAY)
    return replace(own, rules=rules, vocabulary=random.VOCABULARY)


def asked(text: str) -> Program:
    """A program of one rule."""
    return program(random.rule("R-1", random.tree(text)))


def agree(base: Engine, program: Program, cases: list[dict[str, Value]]) -> set[object]:
    """The text finds what screening finds, cell by cell; the findings of rules that occur."""
    put(base, [random.row(case) for case in cases], program.facts)
    told = by_python(program, cases)
    assert by_sql(base, program) == told
    return {one for row in told.values() for one in row[:-1]}


@pytest.mark.no_cover  # the same lines again and again
@pytest.mark.parametrize("first", range(0, RULES, AT_ONCE))
def test_random_rules_say_the_same_in_every_database(base: Engine, first: int) -> None:
    chance = random.seeded(first)
    rules = [random.random_rule(f"R-{n}", chance) for n in range(first, first + AT_ONCE)]
    cases = [random.facts(chance) for _ in range(ROWS)]
    assert agree(base, program(*rules), cases) == {True, False, None}


@pytest.mark.no_cover  # the same lines again and again
def test_the_random_rules_have_every_kind_of_node_that_a_program_has() -> None:
    chance = random.seeded(1)
    rules = [random.random_rule(f"R-{n}", chance) for n in range(300)]
    nodes = [node for rule in rules for node in (*walk(rule.require), *walk(rule.applies))]
    assert {type(node) for node in nodes} == set(get_args(Node)) - {Param, RuleRef, YearsOld}
    shifts = {(one.unit, one.rounding) for one in nodes if isinstance(one, Shift)}
    assert shifts == set(product(("days", "months", "years"), ("down", "up")))


@pytest.mark.no_cover  # the same lines again and again
@pytest.mark.parametrize("name", list(LIBRARY.agreements))
def test_every_agreement_says_the_same_in_every_database(base: Engine, name: str) -> None:
    own = LIBRARY.program(name, random.DAY)
    cases = [random.of(own, random.seeded(f"{name} {n}")) for n in range(ROWS)]
    assert agree(base, own, cases) == {True, False, None}


def test_without_citizenship_a_rule_on_it_is_null_not_true(base: Engine) -> None:
    own = asked("is_a AND NOT is_b")
    assert agree(base, own, [{"is_a": True}]) == {None}


TRUTHS: tuple[bool | None, ...] = (True, False, None)
TEXTS = (
    *("is_a", "NOT is_a", "is_a AND is_b", "is_a OR is_b", "is_a = is_b", "is_a <> is_b"),
    *("(is_a AND is_b) = (is_b OR is_c)", "CASE WHEN is_a THEN is_b ELSE is_c END"),
    "CASE WHEN is_a THEN is_b WHEN is_b THEN is_c ELSE is_a END",
    "NOT CASE WHEN is_a THEN is_b WHEN is_c THEN TRUE ELSE FALSE END",
    *("is_a OR NOT is_a", "is_a AND NOT is_a"),
)


def test_every_operator_has_its_truth_table(base: Engine) -> None:
    given = (dict(zip(random.BOOLS, one, strict=True)) for one in product(TRUTHS, repeat=3))
    cases = [{name: one for name, one in case.items() if one is not None} for case in given]
    rules = [random.rule(text, random.tree(text)) for text in TEXTS]
    found = agree(base, program(*rules), [dict[str, Value](case) for case in cases])
    assert found == {True, False, None}


STRICT = (
    *(f"signed {op} units" for op in ("=", "<>", "<", "<=", ">", ">=")),
    *(f"signed {op} units > 0" for op in ("+", "-", "*")),
    *("-signed > 0", "LEAST(signed, units, 3) > 0", "GREATEST(signed, units) > 0"),
    *("signed IN (0, 7)", "signed NOT IN (0, 7)", "signed BETWEEN units AND 7"),
    "CASE WHEN is_a THEN signed ELSE units END > 0",
    *("DAYS_BETWEEN(born, due) > 0", "LEAST(born, due) < as_of", "born BETWEEN due AND as_of"),
    *("ADD_DAYS(born, 1) > due", "ADD_MONTHS(born, 1) > due", "YEARS_OLD(born, due) >= 18"),
    *("born IN (DATE '2004-02-29')", "code_a = code_b", "code_a NOT IN ('red')", "code_a <> 'red'"),
)


def test_a_value_that_is_not_given_is_never_passed_over(base: Engine) -> None:
    numbers: tuple[int | None, ...] = (-1, 0, 7, None)
    days: tuple[int | None, ...] = (12_477, 19_051, None)
    codes: tuple[str | None, ...] = ("red", "Blue", None)
    names = ("is_a", "signed", "units", "born", "due", "code_a", "code_b")
    drawn = product(TRUTHS, numbers, (0, 7, None), days, days, codes, codes)
    given = (dict(zip(names, one, strict=True)) for one in drawn)
    cases = [{name: one for name, one in case.items() if one is not None} for case in given]
    rules = [random.rule(text, random.tree(text)) for text in STRICT]
    assert agree(base, program(*rules), cases) == {True, False, None}


LARGE = (
    "large * large > 0",
    "large * large - 1 + 4611686018427387904 >= large",
    "-(large * large) < 60000 * 60000",
    "large <= CASE WHEN is_a THEN 60000 ELSE 70000 END * CASE WHEN is_b THEN 60000 ELSE 70000 END",
    "large * 4294967295 > DAYS_BETWEEN(ever, born) * 1000000000",
    "GREATEST(60000, 70000) * 60000 > large",
    "area * share * share * 1000 >= area",
    "large - 2147483648 - 9000000000000000000 < 0",
)


def test_values_at_their_bounds_neither_wrap_nor_widen(base: Engine) -> None:
    ends = {name: random.ends(name) for name in ("large", "area", "share", "ever", "born")}
    drawn = product((True, False), (True, False), *ends.values())
    cases = [dict(zip(("is_a", "is_b", *ends), one, strict=True)) for one in drawn]
    rules = [random.rule(text, random.tree(text)) for text in LARGE]
    assert agree(base, program(*rules), [dict[str, Value](case) for case in cases]) == {True, False}


def test_decimals_become_whole_units_exactly(base: Engine) -> None:
    own = asked("area = 0.29")
    for cell, told in (("0.29", True), ("0.290", True), ("0.28", False), ("000.29", True)):
        put(base, [{"area": cell}], own.facts)
        assert by_sql(base, own)["C-0000"][0] is told, cell
    own = asked("share = -0.29")
    for cell, told in (("-0.29", True), ("-0.2900", True), ("0.29", False), ("-1.29", False)):
        put(base, [{"share": cell}], own.facts)
        assert by_sql(base, own)["C-0000"][0] is told, cell
    units = [
        random.rule(f"R-{n}", checked(f"area = {n / 100:.2f}", random.VOCABULARY))
        for n in range(0, 12_000, 61)
    ]
    put(base, [{"area": f"{n / 100:.2f}"} for n in range(0, 12_000, 61)], ["area"])
    for number, row in enumerate(by_sql(base, program(*units)).values()):
        assert [place for place, one in enumerate(row[:-1]) if one] == [number]


def test_a_row_with_a_cell_that_is_no_value_is_left_out(base: Engine) -> None:
    own = asked("is_a OR units > 0 OR area > 0 OR due > as_of OR code_a = 'red'")
    bad = {
        "is_a": ["yes", "1x", "TRUE", "t"],
        "units": ["61", "-1", "1.5", "1e1", "abc", "5.", ".5", "--5", "1-2", "1.2.3", "-",
                  "0" * 13],
        "area": ["0.001", "0.2900001", "120.01", "1,5", "0." + "0" * 10],
        "due": ["2026-02-30", "2026-2-1", "2200-01-01", "1899-12-31", "0000-01-01", "2025-02-29",
                "20260201", "2026-13-01", "2026-04-31"],
        "code_a": ["RED", "reds", "red "],
        "agreement": ["SE-EE", "oas-a57"], "pathway": ["lease"], "sending": ["SV"],
        "receiving": ["US", "XX"],
    }  # fmt: skip
    good = {"is_a": "true", "units": "60.0", "area": "0.290", "due": "2024-02-29", "code_a": "red"}
    for name, cells in bad.items():
        put(base, [good, *(good | {name: cell} for cell in cells), good], own.facts)
        assert list(by_sql(base, own)) == ["C-0000", f"C-{len(cells) + 1:04d}"], name


def test_a_case_that_stands_twice_is_left_out(base: Engine) -> None:
    own = asked("is_a")
    ids = ({"case": "C-1"}, {"case": "C-1"}, {"case": "C-2"}, {"case": "a name"}, {"case": ""})
    put(base, list(ids), own.facts)
    assert list(by_sql(base, own)) == ["C-2"]


def test_a_rule_id_cannot_break_out_of_the_text(base: Engine) -> None:
    own = program(random.rule('R"; DROP', random.tree("is_a")))
    assert agree(base, own, [{"is_a": True}]) == {True}


def test_a_parameter_and_the_day_are_named_beside_their_values() -> None:
    number = Number(Decimal(6), written=":min_months")
    tree = Compare("<=", Shift("months", Fact("born"), number), AsOf(value=20_778))
    for dialect in DIALECTS:
        told = condition(
            AllOf((tree, Compare("<", Fact("units"), number))), dialect, random.VOCABULARY
        )
        assert told.count("/* :min_months */") == 2
        assert "2026-11-21' /* as_of */" in told


def test_a_text_that_no_database_would_run_is_refused() -> None:
    own = asked(f"{'ADD_MONTHS(' * 20}born{', 1)' * 20} > as_of")
    with pytest.raises(LawError, match="H123 as SQL, rule 'R-1' would have more than 100,000"):
        select(own, Reading("sqlite"))


def test_the_day_and_the_rounding_of_the_agreement_are_in_the_text(base: Engine) -> None:
    expected: dict[calendar.Rounding, bool] = {"down": True, "up": False}
    for rounding, told in expected.items():
        tree = checked("ADD_YEARS(born, 18) <= DATE '2022-02-28'", random.VOCABULARY)
        own = program(random.rule("R-1", settled(tree, random.DAY, rounding)))
        put(base, [{"born": "2004-02-29"}], own.facts)
        assert by_sql(base, own)["C-0000"][0] is told
