"""What was done to accounts, written once and read by administrators."""

from collections.abc import Mapping
from datetime import datetime

from habeas.web.accounts.models import Change, User

Detail = Mapping[str, str | list[str] | None]


def write(
    kind: Change.Kind, user: User, by: User | None, at: datetime, detail: Detail | None = None
) -> None:
    """Write down one change; `by` is None where a command of the installation made it."""
    Change.objects.create(at=at, by=by, user=user, kind=kind, detail=dict(detail or {}))
