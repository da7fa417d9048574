"""The versions of a register's schema on PostgreSQL, and the steps from each to the next.

A new register is made at version 1 and goes every step, so that it and one that was brought up to
date are the same. What was released is never edited: a test holds each file's hash. Nothing goes a
step by itself: the schema's owner does, with `habeas register migrate`, while nobody writes.
"""

from importlib import resources
from typing import Any

from habeas.errors import Fault, RegisterError

FILES = ("postgres_schema.sql", "postgres_step_2.sql")  # each leads to the version of its place
VERSION = len(FILES)
Db = Any  # a connection whose search path begins with the schema; its driver is an extra


def version(db: Db) -> int:
    """The version that a schema says; 1 where it says none."""
    if db.execute(b"SELECT to_regclass('version') IS NULL").fetchone() == (True,):
        return 1
    return int(db.execute(b"SELECT number FROM version").fetchone()[0])


def text(place: int) -> bytes:
    """The statements of a step."""
    return (resources.files("habeas.adapters") / FILES[place]).read_bytes()


def go(db: Db, start: int) -> None:
    """Every step after a version; 0: from nothing. Nothing is kept of it where one fails."""
    for place in range(start, VERSION):
        db.execute(text(place))
        if place:
            db.execute(b"UPDATE version SET number = %s", [place + 1])


def of_this_version(found: int, where: str) -> None:
    """Refuse a schema that this habeas neither reads nor writes.

    Raises:
        RegisterError: H979 for an older one, H980 for a newer one.
    """
    if found < VERSION:
        what = f"the register's schema is of version {found}, and this habeas works with {VERSION}"
        fix = "As the schema's owner type 'habeas register migrate PATH', after a backup."
        raise RegisterError(Fault("H979", what, fix, where))
    if found > VERSION:
        what = f"the register's schema is of version {found}; this habeas knows up to {VERSION}"
        raise RegisterError(Fault("H980", what, "Use the newer habeas that migrated it.", where))
