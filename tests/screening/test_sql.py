"""The SQL text, run on real DuckDB and SQLite by itself, against screening in Python."""

import csv
import os
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path
from random import Random  # noqa: TID251 - seeded, for synthetic rows

import duckdb
import pytest

from habeas.cli.main import run
from habeas.docket.columns import Value
from habeas.law.agreement import Rule, Text
from habeas.law.check import checked
from habeas.law.library import Library
from habeas.law.program import Program, ProgramRule
from habeas.screening import evaluate
from habeas.screening.decision import outcome
from habeas.screening.sql import DIALECTS, select
from habeas.terms import Finding

DAY = date(2026, 11, 21)

LIBRARY = Library()
KNOWN = LIBRARY.vocabulary
RULES = int(os.environ.get("HABEAS_RULES", "600"))  # the full form: 5000
ROWS, AT_ONCE = 200, 50
TRUTH = {Finding.MET: True, Finding.NOT_MET: False, Finding.NOT_ESTABLISHED: None}
BOOLS = ("convicted", "judgment_final", "is_sending_national")
NUMBERS = ("months_remaining", "sentence_months_imposed")
Natural = Value | float
Facts = dict[str, Natural]
Found = dict[str, list[object]]


def seeded(seed: int | str) -> Random:
    return Random(seed)  # noqa: S311 - synthetic rows, nothing secret


def leaf(chance: Random) -> str:
    bounds = [chance.choice([*NUMBERS, str(chance.randint(0, 9)), "2.5"]) for _ in range(2)]
    codes = chance.sample(["'male'", "'female'", "'other'"], chance.randint(1, 3))
    turned = chance.choice(["", "NOT "])
    sign, same = chance.choice(["=", "<>", "<", "<=", ">", ">="]), chance.choice(["=", "<>"])
    return chance.choice(
        [
            chance.choice(BOOLS),
            f"{chance.choice(NUMBERS)} {sign} {bounds[0]}",
            f"{chance.choice(NUMBERS)} {turned}BETWEEN {bounds[0]} AND {bounds[1]}",
            f"{chance.choice(NUMBERS)} {turned}IN (1, 2.5, {chance.randint(0, 9)})",
            f"sex {turned}IN ({', '.join(codes)})",
            f"sex {same} {codes[0]}",
            f"{chance.choice(BOOLS)} {same} {chance.choice([*BOOLS, 'TRUE', 'FALSE'])}",
        ]
    )


def text(chance: Random, depth: int) -> str:
    if depth == 0 or chance.random() < 0.2:
        return leaf(chance)
    if chance.random() < 0.25:
        return f"NOT ({text(chance, depth - 1)})"
    word = chance.choice([" AND ", " OR "])
    return "(" + word.join(text(chance, depth - 1) for _ in range(chance.randint(2, 3))) + ")"


def rule(name: str, applies: str, require: str) -> ProgramRule:
    source = Rule(Text("x", "x"), require, applies=applies)
    return ProgramRule(name, "policy", source, checked(applies, KNOWN), checked(require, KNOWN))


def cell(name: str, chance: Random) -> Natural | None:
    fact = KNOWN.facts[name]
    if chance.random() < 0.25:
        return None
    if fact.type == "bool":
        return chance.random() < 0.5
    if fact.codes:
        return chance.choice(KNOWN.codes[fact.codes])
    return chance.choice([0, 1, 2, 2.5, 3, 9]) if fact.scale > 1 else chance.randint(0, 60)


def docket(program: Program, count: int, chance: Random) -> list[Facts]:
    """Rows in natural units that the agreement binds."""
    deal, rows = program.deal, list[Facts]()
    senders = [one.code for one in deal.parties if one.role != "receiving"]
    keys = {"agreement", "pathway", "sending", "receiving"}
    for _ in range(count):
        sending = chance.choice(senders)
        others = [one.code for one in deal.parties if one.role != "sending" and one.code != sending]
        row: Facts = {"agreement": deal.id, "pathway": chance.choice(deal.pathways)}
        row |= {"sending": sending, "receiving": chance.choice(others)}
        drawn = {name: cell(name, chance) for name in sorted(program.facts - keys)}
        row |= {name: value for name, value in drawn.items() if value is not None}
        rows.append(row)
    return rows


def whole(name: str, value: Natural) -> Value:
    if isinstance(value, bool | str):
        return value
    return int(value * KNOWN.facts[name].scale)


def units(row: Facts) -> Mapping[str, Value]:
    """The facts as the docket reader keeps them: whole units."""
    return {name: whole(name, value) for name, value in row.items()}


def csv_text(program: Program, rows: Sequence[Facts]) -> str:
    names = sorted({"agreement", "pathway", "sending", "receiving", *program.facts})
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(["case", *names])
    for number, row in enumerate(rows):
        cells = ("" if row.get(name) is None else str(row[name]) for name in names)
        writer.writerow(
            [
                f"C-{number:04d}",
                *(cell.lower() if cell in {"True", "False"} else cell for cell in cells),
            ]
        )
    return out.getvalue()


def on_duckdb(program: Program, path: Path) -> Found:
    with duckdb.connect() as base:
        source = f"read_csv('{path}', header=true, all_varchar=true)"
        base.execute(f"CREATE TABLE docket AS SELECT * FROM {source}")  # noqa: S608 - our own path
        rows = base.execute(select(program, "duckdb")).fetchall()
    return {row[0]: list(row[1:]) for row in rows}


def on_sqlite(program: Program, path: Path) -> Found:
    names, *rows = csv.reader(path.read_text().splitlines())
    base = sqlite3.connect(":memory:")
    base.execute(f"CREATE TABLE docket ({', '.join(names).replace('case', '[case]')})")
    places = ", ".join("?" * len(names))
    base.executemany(f"INSERT INTO docket VALUES ({places})", rows)  # noqa: S608 - question marks
    found = base.execute(select(program, "sqlite")).fetchall()
    base.close()
    return {
        row[0]: [*(None if one is None else bool(one) for one in row[1:-1]), row[-1]]
        for row in found
    }


def by_screening(program: Program, rows: Sequence[Facts]) -> Found:
    found: Found = {}
    for number, row in enumerate(rows):
        one = evaluate.findings(program, units(row))
        found[f"C-{number:04d}"] = [*(TRUTH[value] for value in one.values()), outcome(one).value]
    return found


def agree(program: Program, rows: Sequence[Facts], folder: Path) -> Found:
    path = folder / "docket.csv"
    path.write_text(csv_text(program, rows))
    told = by_screening(program, rows)
    assert on_duckdb(program, path) == told
    assert on_sqlite(program, path) == told
    return told


@pytest.mark.parametrize("first", range(0, RULES, AT_ONCE))
def test_random_rules_say_the_same_in_both_databases(first: int, tmp_path: Path) -> None:
    chance = seeded(first)
    rules = tuple(
        rule(f"R-{number}", text(chance, 1), text(chance, chance.randint(1, 4)))
        for number in range(first, first + AT_ONCE)
    )
    program = replace(LIBRARY.program("OAS-A57", DAY), rules=rules)
    told = agree(program, docket(program, ROWS, chance), tmp_path)
    assert {one for row in told.values() for one in row[:-1]} == {True, False, None}


@pytest.mark.parametrize("name", list(LIBRARY.agreements))
def test_every_agreement_says_the_same_in_both_databases(name: str, tmp_path: Path) -> None:
    program = LIBRARY.program(name, DAY)
    agree(program, docket(program, ROWS, seeded(name)), tmp_path)


def test_without_citizenship_a_rule_on_it_is_null_not_true(tmp_path: Path) -> None:
    only = rule("R-1", "TRUE", "convicted AND NOT is_sending_national")
    program = replace(LIBRARY.program("OAS-A57", DAY), rules=(only,))
    row: Facts = docket(program, 1, seeded(1))[0] | {"convicted": True}
    row.pop("is_sending_national", None)
    assert agree(program, [row], tmp_path) == {"C-0000": [None, "not_established"]}


def test_a_row_that_the_agreement_does_not_bind_is_not_judged(tmp_path: Path) -> None:
    program = LIBRARY.program("SE-EE", DAY)
    rows = docket(program, 5, seeded(1))
    for key in ("agreement", "pathway", "sending", "receiving"):
        path = tmp_path / "docket.csv"
        path.write_text(csv_text(program, [rows[0] | {key: "removal"}, rows[1]]))
        assert list(on_duckdb(program, path)) == list(on_sqlite(program, path)) == ["C-0001"]


def test_a_rule_id_cannot_break_out_of_the_text(tmp_path: Path) -> None:
    program = replace(
        LIBRARY.program("OAS-A57", DAY), rules=(rule('R"; DROP', "TRUE", "convicted"),)
    )
    agree(program, docket(program, 3, seeded(1)), tmp_path)


def test_the_command_prints_the_text_that_runs(capsys: pytest.CaptureFixture[str]) -> None:
    for dialect in DIALECTS:
        assert run(["law", "sql", "OAS-A57", "--dialect", dialect]) == 0
        assert capsys.readouterr().out == select(LIBRARY.program("OAS-A57", DAY), dialect)


def test_an_unknown_dialect_is_refused_with_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["law", "sql", "OAS-A57", "--dialect", "mysql"]) == 2
    assert "H903 no dialect 'mysql'. Use one of duckdb, postgres" in capsys.readouterr().err
