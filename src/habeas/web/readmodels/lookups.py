"""A way of asking that both databases answer, behind the second fence too, without reading all."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Lookup
from django.db.models.sql.compiler import SQLCompiler

LAST = "\U0010ffff"  # of all characters
_Said = tuple[str, tuple[Any, ...]]  # Any: parameters of a statement


class Begins(Lookup):
    """That a number begins with some characters, as they are written.

    PostgreSQL lets no `LIKE` by its row-level security before the rows are checked; this it does.
    """

    lookup_name = "begins"

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> _Said:
        """From the first text that begins so to the last."""
        left, said = self.process_lhs(compiler, connection)
        begin = str(self.rhs)
        return f"({left} >= %s AND {left} < %s)", (*said, begin, *said, begin + LAST)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> _Said:
        """By its own operator: the order of texts follows the database's locale."""
        left, said = self.process_lhs(compiler, connection)
        return f"{left}::text ^@ %s", (*said, str(self.rhs))
