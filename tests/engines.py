"""The databases that run the SQL text, each as its own client gives it; all columns are text."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

import duckdb

from habeas.docket.columns import Value
from habeas.law.program import Program
from habeas.screening import evaluate
from habeas.screening.decision import outcome
from habeas.screening.sql import Dialect, Reading, select
from habeas.terms import Finding

Row = tuple[object, ...]
Found = dict[str, list[object]]  # by case: every rule in the program's order, and the outcome
TRUTH = {Finding.MET: True, Finding.NOT_MET: False, Finding.NOT_ESTABLISHED: None}
BOUND = {"agreement": "OAS-A57", "pathway": "treaty_transfer", "sending": "US", "receiving": "SV"}


class Engine(Protocol):
    """A database that holds one docket at a time."""

    dialect: Dialect

    def load(self, names: Sequence[str], rows: Iterable[Sequence[str | None]]) -> None:
        """Put a table `docket` of text columns in the place of the last one."""

    def ask(self, text: str) -> list[Row]:
        """The rows that a query finds."""
        ...

    def close(self) -> None:
        """Let go of the database."""


class DuckDB:
    dialect: Dialect = "duckdb"

    def __init__(self) -> None:
        self.base = duckdb.connect()

    def load(self, names: Sequence[str], rows: Iterable[Sequence[str | None]]) -> None:
        columns = ", ".join(f'"{name}" TEXT' for name in names)
        self.base.execute(f"CREATE OR REPLACE TABLE docket ({columns})")
        for start in range(0, len(kept := list(rows)), 100):
            batch = kept[start : start + 100]
            places = ", ".join([f"({', '.join('?' * len(names))})"] * len(batch))
            cells = [cell for row in batch for cell in row]
            self.base.execute(f"INSERT INTO docket VALUES {places}", cells)  # noqa: S608 - question marks

    def ask(self, text: str) -> list[Row]:
        return self.base.execute(text).fetchall()

    def close(self) -> None:
        self.base.close()


class SQLite:
    dialect: Dialect = "sqlite"

    def __init__(self) -> None:
        self.base = sqlite3.connect(":memory:")

    def load(self, names: Sequence[str], rows: Iterable[Sequence[str | None]]) -> None:
        columns = ", ".join(f'"{name}" TEXT' for name in names)
        self.base.execute("DROP TABLE IF EXISTS docket")
        self.base.execute(f"CREATE TABLE docket ({columns})")
        places = ", ".join("?" * len(names))
        self.base.executemany(f"INSERT INTO docket VALUES ({places})", rows)  # noqa: S608 - question marks

    def ask(self, text: str) -> list[Row]:
        return self.base.execute(text).fetchall()

    def close(self) -> None:
        self.base.close()


class Postgres:
    dialect: Dialect = "postgres"

    def __init__(self, url: str) -> None:
        import psycopg  # noqa: PLC0415 - the other databases do without

        self.base = psycopg.connect(url, autocommit=True)
        self.base.execute("SET client_min_messages = error")

    def load(self, names: Sequence[str], rows: Iterable[Sequence[str | None]]) -> None:
        columns = ", ".join(f'"{name}" TEXT' for name in names)
        self.base.execute("DROP TABLE IF EXISTS docket")
        self.base.execute(f"CREATE TEMPORARY TABLE docket ({columns})".encode())
        with self.base.cursor() as cursor, cursor.copy("COPY docket FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def ask(self, text: str) -> list[Row]:
        return self.base.execute(text.encode()).fetchall()

    def close(self) -> None:
        self.base.close()


class Spark:
    dialect: Dialect = "spark"

    def __init__(self) -> None:
        from pyspark.sql import (  # pyright: ignore[reportMissingImports]  # noqa: PLC0415 - in a group of its own
            SparkSession,
        )

        build = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
        build = build.config("spark.sql.shuffle.partitions", "1")
        self.base = build.config("spark.log.level", "ERROR").getOrCreate()

    def load(self, names: Sequence[str], rows: Iterable[Sequence[str | None]]) -> None:
        schema = ", ".join(f"`{name}` STRING" for name in names)
        self.base.createDataFrame([tuple(row) for row in rows], schema).createOrReplaceTempView(
            "docket"
        )

    def ask(self, text: str) -> list[Row]:
        return [tuple(row) for row in self.base.sql(text.rstrip().rstrip(";")).collect()]

    def close(self) -> None:
        """One session serves the whole run: starting it takes long."""


def engine(name: str, url: str = "") -> Engine:
    """A database by the name of its dialect; a server's by its address."""
    match name:
        case "postgres":
            return Postgres(url)
        case "spark":
            return Spark()
        case "duckdb":
            return DuckDB()
        case _:
            return SQLite()


def put(base: Engine, rows: Sequence[Mapping[str, str]], names: Iterable[str]) -> None:
    """A docket of these rows, cases named C-0000 on; a cell that a row lacks is empty."""
    columns = list(dict.fromkeys(["case", *BOUND, *names]))
    filled = ({**BOUND, "case": f"C-{number:04d}", **row} for number, row in enumerate(rows))
    base.load(columns, [[row.get(name) or None for name in columns] for row in filled])


def by_sql(base: Engine, program: Program, instant: datetime | None = None) -> Found:
    """What the text finds in the docket that the database holds."""
    found = base.ask(select(program, Reading(base.dialect, instant=instant)))
    return {str(row[0]): [*map(_truth, row[1:-1]), row[-1]] for row in found}


def _truth(value: object) -> object:
    return bool(value) if value in {0, 1} else value  # SQLite has 1 and 0


def by_python(program: Program, cases: Sequence[Mapping[str, Value]]) -> Found:
    """What screening finds: the definition."""
    found: Found = {}
    for number, case in enumerate(cases):
        one = evaluate.findings(program, {**BOUND, **case})
        found[f"C-{number:04d}"] = [*(TRUTH[value] for value in one.values()), outcome(one).value]
    return found
