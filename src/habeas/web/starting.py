"""What is asked once before a process of the web works: settings, and the form of its tables."""

import logging
import os
from collections.abc import Callable, Iterable
from typing import Any

import django

from habeas.adapters import settings_files, versions
from habeas.errors import Fault, HabeasError, SetupError

_log = logging.getLogger("habeas.start")
Answer = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
OLDER, NEWER = "older", "newer"


def told_variables() -> None:
    """Say which variables look like settings and are none."""
    for name in settings_files.strange(os.environ):
        _log.warning("nobody reads the variable %s: see docs/operation.md", name)


def form() -> str:
    """How the tables stand to this code: `ok`, `older` or `newer`."""
    from django.db import connection  # noqa: PLC0415 - after the settings
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415 - the same

    plan = MigrationExecutor(connection)
    known = plan.loader.disk_migrations or {}
    ours = {app for app, _ in known}
    applied = {one for one in plan.loader.applied_migrations if one[0] in ours}
    replaced = {one for found in known.values() for one in found.replaces}
    if applied - known.keys() - replaced:
        return NEWER
    return OLDER if plan.migration_plan(plan.loader.graph.leaf_nodes()) else "ok"


def refuse(*forms: str) -> None:
    """Refuse tables of a form that the caller cannot work with.

    Raises:
        SetupError: H961 for newer tables, H962 for older ones.
    """
    found = form()
    if found not in forms:
        return
    if found == NEWER:
        raise SetupError(versions.newer("the web's tables", "the web's database"))
    what = "the web's tables are of an older version, or were never made"
    raise SetupError(Fault("H962", what, "Run 'python -m habeas.web.prepare' first."))


def answering(make: Callable[[], Answer]) -> Answer:
    """The web's application; where it may not work, one that says so to everybody who asks.

    A server whose application cannot be loaded would start it again and again, and say nothing.
    """
    try:
        django.setup()
        told_variables()
        refuse(OLDER, NEWER)
        return make()
    except HabeasError as error:
        _log.error("%s", error)
        return _unready(error.code)


def _unready(code: str) -> Answer:
    body = f"{code}: this service is not ready; whoever operates it finds why in its log.\n"

    def answer(_: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        start("503 Service Unavailable", [("Content-Type", "text/plain"), ("Retry-After", "60")])
        return [body.encode()]

    return answer
