"""Figures and lists, kept in this process for a moment while nothing new was recorded.

What is kept is named by who asks, what, and how far the tables have come; it ends with the next
event, or after a minute at most, since some figures follow the clock too. Where many events come at
once and nobody here acts, it stays for that minute (`rebuild.follow`).
"""

import hashlib
from collections.abc import Callable
from typing import TypeVar, cast

from django.core.cache import caches

from habeas.access import Asker
from habeas.web import wiring
from habeas.web.readmodels import visible

KEPT_S = 60
T = TypeVar("T")


def remembered(asker: Asker | None, what: str, make: Callable[[], T]) -> T:
    """A figure that was made before, or is made now.

    Args:
        asker: for whom; another authority or office has figures of its own. None: for whoever may
            count everybody, which is asked before.
        what: which figure, with every filter that it depends on.
        make: makes it; never None.
    """
    place = visible.position()
    here = wiring.installation()
    who = (asker.authority, str(asker.side), asker.office) if asker else ()
    words = "\n".join(
        (here.address, here.agreement, str(place.figures if place else 0), what, *who)
    )
    name, cache = hashlib.sha256(words.encode()).hexdigest(), caches["figures"]
    found = cache.get(name)
    if found is None:
        found = make()
        cache.set(name, found, KEPT_S)
    return cast(T, found)
