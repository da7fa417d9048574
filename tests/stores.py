"""Where a register lies, on each kind of store, as its adapter and as its owner come to it."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import psycopg
from psycopg.conninfo import make_conninfo

from habeas.adapters import postgres_store, sqlite_store
from habeas.adapters.postgres_store import PostgresStore
from habeas.adapters.sqlite_store import SqliteStore
from habeas.register.store import Store
from habeas.register.verify import Bundle

_NUMBERS = count(1)
TABLES = (
    "leaf",
    "event",
    "content",
    "section",
    "tile",
    "checkpoint",
    "cosignature",
    "evidence",
)


class Place(Protocol):
    """Where one register lies, and how somebody with the database's own tools comes to it."""

    again: Sequence[str]  # ways to put a row in the place of another
    emptied: Sequence[str]  # ways to take every row away
    refused: tuple[type[Exception], ...]

    def open(self, *, create: bool = False) -> Store:
        """The register through the adapter."""
        ...

    def bundle(self) -> Bundle:
        """The register as its verifier reads it."""
        ...

    def raw(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """One statement of the database's owner."""
        ...

    def close(self) -> None:
        """Close whatever was opened."""
        ...


class LitePlace:
    again: Sequence[str] = (
        "INSERT OR REPLACE INTO {table} ({columns}) VALUES ({marks})",
        "INSERT INTO {table} ({columns}) VALUES ({marks}) ON CONFLICT DO UPDATE SET {set}",
        "INSERT INTO {table} ({columns}) VALUES ({marks})",
    )
    emptied: Sequence[str] = ("DELETE FROM {table}",)
    refused: tuple[type[Exception], ...] = (sqlite3.Error,)

    def __init__(self, path: Path) -> None:
        self.path, self._stores = path, list[SqliteStore]()

    def open(self, *, create: bool = False) -> SqliteStore:
        self._stores.append(SqliteStore(self.path, create=create))
        return self._stores[-1]

    def bundle(self) -> Bundle:
        return sqlite_store.bundle(self.path)

    def raw(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.path, isolation_level=None)) as db:
            return db.execute(statement, values).fetchall()

    def close(self) -> None:
        for store in self._stores:
            store.close()


class PostPlace:
    again: Sequence[str] = (
        "INSERT INTO {table} ({columns}) VALUES ({marks}) ON CONFLICT ({key}) DO UPDATE SET {set}",
        "INSERT INTO {table} ({columns}) VALUES ({marks})",
    )
    emptied: Sequence[str] = ("DELETE FROM {table}", "TRUNCATE {table}", "TRUNCATE {table} CASCADE")
    refused: tuple[type[Exception], ...] = (psycopg.Error,)

    def __init__(self, address: str) -> None:
        self.schema = f"test_{next(_NUMBERS)}"
        self.address = make_conninfo(address, application_name=self.schema)
        self._stores = list[PostgresStore]()
        self._drop()

    def _drop(self) -> None:
        with psycopg.connect(self.address, autocommit=True) as db:
            db.execute(f"DROP SCHEMA IF EXISTS {self.schema} CASCADE".encode())

    def open(self, *, create: bool = False) -> PostgresStore:
        self._stores.append(PostgresStore(self.address, self.schema, create=create))
        return self._stores[-1]

    def bundle(self) -> Bundle:
        return postgres_store.bundle(self.address, self.schema)

    def raw(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.address, autocommit=True) as db:
            db.execute("SELECT set_config('search_path', %s, false)", [self.schema])
            found = db.execute(statement.replace("?", "%s").encode(), values or None)
            return found.fetchall() if found.description else []

    def close(self) -> None:
        for store in self._stores:
            store.close()
        self._drop()
