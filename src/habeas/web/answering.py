"""The answer to an inquiry, for a page and for a request alike: what the register says.

Whoever signs may state otherwise; `service.inquiry.contradictions` names it from then on.
"""

from collections.abc import Mapping
from datetime import datetime

from habeas.service import inquiry
from habeas.service.persons import Events
from habeas.web import wiring
from habeas.web.readmodels import visible


def known(events: Events, at: datetime) -> inquiry.Document:
    """What the register says of a person at an instant.

    Raises:
        SetupError: H749, for somebody who was not on the register then.
    """
    place = visible.position()
    note, size = (place.checkpoint, place.size) if place else ("", 0)
    return inquiry.reply(events, wiring.ground(), note, size, at)


def body(
    events: Events, name: str, at: datetime, stated: Mapping[str, object]
) -> dict[str, object]:
    """What the answer carries: what is stated, and of all else what the register says.

    Args:
        events: the person's, in register order.
        name: the id of the answer; one that is recorded already is told as it was recorded, so
            that whoever sends the same again sends the same.
        at: as of when, UTC.
        stated: by whoever signs.

    Raises:
        SetupError: H749.
    """
    there = next((dict(one.body) for one in events if one.id == name), None)
    return {**(known(events, at) if there is None else there), **stated}
