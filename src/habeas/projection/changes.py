"""A scenario with one term of a deal otherwise."""

from typing import Any

import msgspec

from habeas.law.library import Library
from habeas.projection.scenario import Change, Deal, Scenario

Table = dict[str, Any]  # Any: a deal as keys and values


def priced(deal: Deal, library: Library) -> Deal:
    """The deal with the prices of its agreement, where it states none of its own."""
    if deal.fees is not None or deal.agreement is None:
        return deal
    return msgspec.structs.replace(deal, fees=library.agreement(deal.agreement).fees)


def _set(table: Table, path: list[str], value: int | str) -> None:
    held: Any = table  # Any: a table, a list or a value, as deep as the path goes
    for part in path[:-1]:
        held = held[int(part)] if isinstance(held, list) else held[part]
    last: Any = int(path[-1]) if isinstance(held, list) else path[-1]
    _ = held[last]  # it must be there: nothing is added
    held[last] = value


def changed(deal: Deal, key: str, value: int | str) -> Deal:
    """The deal with the value of one key otherwise.

    Raises:
        LookupError: the deal has no such key.
        ValidationError: the key takes no such value.
    """
    table: Table = msgspec.json.decode(msgspec.json.encode(deal))
    try:
        _set(table, key.split("."), value)
    except (TypeError, ValueError, KeyError, IndexError) as error:
        raise LookupError(key) from error
    return msgspec.convert(table, Deal)


def applied(found: Scenario, change: Change, library: Library) -> Scenario:
    """The scenario with a change made; its deal then states its prices itself.

    Raises:
        LookupError: the deal has no such key.
        ValidationError: the key takes no such value.
    """
    deals = []
    for deal in found.given.deals:
        one = deal
        if deal.id == change.deal:
            one = priced(deal, library)
            for key, value in change.set.items():
                one = changed(one, key, value)
        deals.append(one)
    given = msgspec.structs.replace(found.given, deals=tuple(deals))
    return msgspec.structs.replace(found, given=given)
