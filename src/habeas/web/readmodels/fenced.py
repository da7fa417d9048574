"""The second fence in place: whoever asks is told to the database, and only the keeper writes.

On PostgreSQL every request is one transaction under the role WEB, which knows who asks; role and
settings go with the transaction, so that a connection used again knows nobody. Whatever a query
forgot to filter, the database leaves out. Where nobody asks, nothing of a person is visible. SQLite
has no such fence.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import Error, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Model, QuerySet

from habeas.access import Asker, Table
from habeas.errors import Fault, SetupError
from habeas.service import fence

_AS = "SELECT set_config('role', %s, true), set_config('habeas.keeper', %s, true)"
_ASKED = f"{_AS}, {fence.ASKS.removeprefix('SELECT ')}"  # one way to the database, not two
_COUNTS = "SELECT set_config('habeas.counts', %s, true)"
_WHO = "SELECT current_setting('role'), coalesce(current_setting('habeas.keeper', true), '')"
_NOBODY = ("", "", "")
_Row = TypeVar("_Row", bound=Model)


def possible() -> bool:
    """Whether the web's database has such a fence."""
    return connection.vendor == "postgresql"


@contextmanager
def asked(asker: Asker | None) -> Iterator[None]:
    """A transaction in which somebody asks; None: nobody, to whom nothing is visible."""
    if not possible():
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_ASKED, [fence.WEB, "", *_known(asker)])
        yield


def tell(asker: Asker | None) -> None:
    """Who asks from here on in this transaction, where that is known later than the request."""
    if possible():
        with connection.cursor() as cursor:
            cursor.execute(fence.ASKS, list(_known(asker)))


def _known(asker: Asker | None) -> tuple[str, str, str]:
    return fence.asks(asker) if asker else _NOBODY


@contextmanager
def _counting() -> Iterator[None]:
    if not possible():
        yield
        return
    # No part of its own: two ways to the database less, and after an error nothing is asked any
    # more in this transaction.
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute(_COUNTS, [fence.COUNT])
        yield
        cursor.execute(_COUNTS, [""])


class Counted(QuerySet[_Row]):
    """Rows of everybody, of which figures are made: the only queries that the fence lets through.

    Whether somebody may see such figures at all is asked before one is made.
    """

    def _fetch_all(self) -> None:
        if self._result_cache is None:
            with _counting():
                super()._fetch_all()
            return
        super()._fetch_all()

    def count(self) -> int:
        """How many rows."""
        with _counting():
            return super().count()

    def exists(self) -> bool:
        """Whether there is any."""
        with _counting():
            return super().exists()

    def aggregate(self, *args: object, **kwargs: object) -> dict[str, Any]:
        """Figures over all rows."""
        with _counting():
            return super().aggregate(*args, **kwargs)

    def iterator(self, chunk_size: int | None = None) -> Iterator[_Row]:
        """The rows, read at once: who may be shown what is asked anew by the next query."""
        del chunk_size
        yield from list(self.all())


def counted(model: type[_Row]) -> Counted[_Row]:
    """Everybody's rows of a model, to make figures of."""
    return Counted(model)


@contextmanager
def kept() -> Iterator[None]:
    """A transaction, or a part of one, in which the read models are written by their keeper."""
    if not possible():
        with transaction.atomic():
            yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_WHO)
        before = cursor.fetchone()
        cursor.execute(_AS, [fence.KEEPER, fence.REBUILD])
        yield
        cursor.execute(_AS, before)  # after an error the part is undone, and these with it


def put_up(table: Table) -> None:
    """Raise the fence around the read models, as the owner of the tables; the rest is the web's.

    Raises:
        SetupError: H861, when this login may not; H862, when it would not stop anybody.
    """
    if not possible():
        return
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(fence.policies(table))
            _join(cursor)
            _open_the_rest(cursor)
    except Error as error:
        what = f"the database does not let this login fence its tables: {_said(error)}"
        fix = f"Let an administrator make the roles {fence.WEB} and {fence.KEEPER}, neither with "
        fix += "LOGIN, SUPERUSER or BYPASSRLS, and grant both to it; it must own its tables."
        raise SetupError(Fault("H861", what, fix)) from error
    _stands()


def _join(cursor: CursorWrapper) -> None:
    for role in (fence.WEB, fence.KEEPER):
        cursor.execute("SELECT pg_has_role(session_user, %s, 'MEMBER')", [role])
        if not cursor.fetchone()[0]:
            cursor.execute(f"GRANT {role} TO SESSION_USER")


def _open_the_rest(cursor: CursorWrapper) -> None:
    """Accounts, sessions and counts are about nobody held: a request reads and writes them."""
    cursor.execute(
        "SELECT format('GRANT SELECT, INSERT, UPDATE, DELETE ON %%I TO %%I', tablename, %s) "
        "FROM pg_tables WHERE schemaname = current_schema() "
        "AND tablename NOT LIKE 'readmodels\\_%%' AND tablename <> 'django_migrations'",
        [fence.WEB],
    )
    for (grant,) in cursor.fetchall():
        cursor.execute(grant)


def _stands() -> None:
    """Look whether the fence is really there: a role that passes by it makes it a decoration."""
    tables = [
        *fence.PERSONS,
        *fence.EVENTS,
        fence.DOCKET,
        fence.STANDING,
        fence.CIRCLE,
        *fence.OPEN,
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname FROM pg_roles WHERE rolname = ANY (%s) AND (rolsuper OR rolbypassrls)",
            [[fence.WEB, fence.KEEPER]],
        )
        loose = [f"the role {name} passes by it" for (name,) in cursor.fetchall()]
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace "
            "AND relname = ANY (%s) AND relrowsecurity AND relforcerowsecurity",
            [tables],
        )
        closed = {name for (name,) in cursor.fetchall()}
        loose += [f"{name} stands open" for name in tables if name not in closed]
    if loose:
        what = f"the fence around the read models stops nobody: {'; '.join(loose)}"
        fix = f"Let an administrator take SUPERUSER and BYPASSRLS from {fence.WEB} and "
        fix += f"{fence.KEEPER}, then run 'habeas serve' again."
        raise SetupError(Fault("H862", what, fix))


def _said(error: Error) -> str:
    return str(error).partition("\n")[0]
