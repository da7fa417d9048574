"""The program as SQL text that anyone can run on a docket table and get our findings: the audit.

Three values are SQL's own: NULL is not established. The rule language reads only what DuckDB,
PostgreSQL, SQLite and Spark agree on, so that the text needs no function of a vendor. The first
step turns the docket's natural units into the facts' integers, and keeps the rows that the
agreement binds. It takes every fact given as established: dated evidence is not read.
"""

from typing import Literal, assert_never, get_args

from habeas.law.agreement import Agreement, Fact
from habeas.law.program import Program, ProgramRule
from habeas.law.tree import AllOf, AnyOf, Code, Compare, In, Node, Not, Number, Truth
from habeas.law.tree import Fact as Named

Dialect = Literal["duckdb", "postgres", "sqlite", "spark"]
DIALECTS: tuple[Dialect, ...] = get_args(Dialect)
KEYS = ("agreement", "pathway", "sending", "receiving")


def _name(name: str, dialect: Dialect) -> str:
    mark = "`" if dialect == "spark" else '"'
    return mark + name.replace(mark, mark + mark) + mark


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _value(value: Node, dialect: Dialect) -> str:
    match value:
        case Named():
            return _name(value.name, dialect)
        case Number():
            return str(int(value.value))
        case Code():
            return _text(value.value)
        case Truth():
            return "TRUE" if value.value else "FALSE"
        case _:
            assert_never(value)


def condition(node: Node, dialect: Dialect) -> str:
    """The text of a checked tree; NULL where it is not established."""
    match node:
        case Named() | Truth():
            return _value(node, dialect)
        case Not():
            return f"(NOT {condition(node.arg, dialect)})"
        case AllOf():
            return "(" + " AND ".join(condition(arg, dialect) for arg in node.args) + ")"
        case AnyOf():
            return "(" + " OR ".join(condition(arg, dialect) for arg in node.args) + ")"
        case Compare():
            return f"({_value(node.left, dialect)} {node.op} {_value(node.right, dialect)})"
        case In():
            values = ", ".join(_value(one, dialect) for one in node.values)
            return f"({_name(node.fact.name, dialect)} IN ({values}))"
        case _:
            assert_never(node)


def _cell(name: str, fact: Fact, dialect: Dialect) -> str:
    # SQLite has no booleans and reads an empty cell of a CSV as '', not as NULL.
    column = _name(name, dialect)
    if dialect == "sqlite":
        if fact.type == "bool":
            return (
                f"CASE WHEN {column} IN ('true', 1) THEN 1 WHEN {column} IN ('false', 0) THEN 0 END"
            )
        column = f"NULLIF({column}, '')"
    if fact.type == "int":
        return f"CAST(ROUND(CAST({column} AS DECIMAL(18, 4)) * {fact.scale}) AS BIGINT)"
    kind = "BOOLEAN" if fact.type == "bool" else "STRING" if dialect == "spark" else "VARCHAR(64)"
    return column if dialect == "sqlite" else f"CAST({column} AS {kind})"


def _binds(deal: Agreement, dialect: Dialect) -> str:
    allowed = (
        (deal.id,),
        deal.pathways,
        tuple(one.code for one in deal.parties if one.role != "receiving"),
        tuple(one.code for one in deal.parties if one.role != "sending"),
    )
    terms = [
        f"{_name(key, dialect)} IN ({', '.join(map(_text, words))})"
        for key, words in zip(KEYS, allowed, strict=True)
    ]
    apart = f"{_name('sending', dialect)} <> {_name('receiving', dialect)}"
    return "\n    AND ".join([*terms, apart])


def _rule(rule: ProgramRule, dialect: Dialect) -> str:
    cited = "; ".join(f"{one.instrument} {one.at}" for one in rule.source.cite)
    told = f"  -- {rule.id} ({rule.layer}): {cited}".replace("\n", " ")
    applies, require = condition(rule.applies, dialect), condition(rule.require, dialect)
    return f"{told}\n  (NOT {applies}) OR {require} AS {_name(rule.id, dialect)}"


def select(program: Program, dialect: Dialect, table: str = "docket") -> str:
    """One SELECT: a row a case that the agreement binds, a column a rule, and the outcome.

    A rule's column is true where it is met (also where it does not apply), false where it is not
    met, NULL where it is not established.

    Args:
        program: the rules.
        dialect: whose spelling of names, booleans and empty cells.
        table: the table that holds the docket, columns named as in a docket file.
    """
    deal, known, case = program.deal, program.vocabulary.facts, _name("case", dialect)
    asked = sorted({*program.facts, *KEYS})
    cells = [f"{_cell(name, known[name], dialect)} AS {_name(name, dialect)}" for name in asked]
    columns = [_name(rule.id, dialect) for rule in program.rules]
    barred = " OR ".join(f"NOT {name}" for name in columns)
    lines = [
        f"-- {deal.id} ({deal.standing}); rules {program.hash}",
        f"-- Columns of {table}: case, {', '.join(asked)}; NULL: not established.",
        "-- Load a CSV as text: DuckDB alone takes a column of NO (Norway) for false.",
        "-- Every fact given is taken as established. Rows that it does not bind are left out.",
        "-- No lawyer has reviewed this library. Rules and texts are research, not legal advice.",
        f"WITH given AS (\n  SELECT {case},\n    " + ",\n    ".join(cells),
        f"  FROM {_name(table, dialect)}\n), facts AS (\n  SELECT * FROM given",  # noqa: S608 - every name is quoted by _name
        f"  WHERE {_binds(deal, dialect)}\n), findings AS (\n  SELECT {case},",
        ",\n".join(_rule(rule, dialect) for rule in program.rules),
        "  FROM facts\n)",
        f"SELECT {case}, {', '.join(columns)},",
        f"  CASE WHEN {barred} THEN 'barred'",
        f"    WHEN {' AND '.join(columns)} THEN 'eligible' ELSE 'not_established' END AS outcome",
        f"FROM findings ORDER BY {case};",
    ]
    return "\n".join(lines) + "\n"
