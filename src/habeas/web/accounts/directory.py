"""Whose keys are whose: the people of this installation by the key that signs for them."""

from collections.abc import Iterable
from typing import NamedTuple

from habeas.terms import Office
from habeas.web.accounts.models import User


class Owner(NamedTuple):
    """Whoever signs with a key here; `office` None: they work in none."""

    name: str  # under which they sign in
    office: Office | None


def owners(keys: Iterable[str]) -> dict[str, Owner]:
    """The owner of each key; keys of nobody here left out, and those of former people."""
    found = User.objects.filter(key__in=[one for one in keys if one], is_active=True)
    rows = found.order_by("-username").values_list("key", "username", "office")
    return {key: Owner(name, Office(office) if office else None) for key, name, office in rows}
