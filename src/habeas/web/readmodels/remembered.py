"""Figures and lists, kept in this process for a moment while nothing new was recorded.

What is kept is named by who asks, what, and how far the tables have come; it ends with the next
event, or after a minute at most (`minutes`), since some figures follow the clock too. Where many
events come at once and nobody here acts, it stays for that minute (`rebuild.follow`). What grows
old meanwhile is shown once more and made anew when its page has been sent, so that readers seldom
wait for it.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic
from typing import TypeVar, cast

from django.core.cache import caches

from habeas.access import Asker
from habeas.web import wiring
from habeas.web.readmodels import visible

KEPT_S, OLD_S = 60, 40  # for how long; from when on it is made anew when nobody waits
T = TypeVar("T")
_OLD: ContextVar[list[Callable[[], object]] | None] = ContextVar("old", default=None)
_USED: ContextVar[list[float] | None] = ContextVar("used", default=None)  # of what one is made


@contextmanager
def growing_old() -> Iterator[list[Callable[[], object]]]:
    """What makes those figures anew that were shown within it and grow old.

    Whoever asks for them calls each once, under the same fence, when nobody waits any more.
    """
    found = list[Callable[[], object]]()
    token = _OLD.set(found)
    try:
        yield found
    finally:
        _OLD.reset(token)


def remembered(asker: Asker | None, what: str, make: Callable[[], T], *, minutes: int = 1) -> T:
    """A figure that was made before, or is made now.

    Args:
        asker: for whom; another authority or office has figures of its own. None: for whoever may
            count everybody, which is asked before.
        what: which figure, with every filter that it depends on.
        make: makes it; never None.
        minutes: for how long it may be kept while many events come: one, but for what tells of
            days that are over, which few events change. No other figure is made of that.
    """
    kept_s, old_s = KEPT_S * minutes, OLD_S * minutes
    place = visible.position()
    here = wiring.installation()
    who = (asker.authority, str(asker.side), asker.office) if asker else ()
    words = "\n".join(
        (here.address, here.agreement, str(place.figures if place else 0), what, *who)
    )
    name, cache = hashlib.sha256(words.encode()).hexdigest(), caches["figures"]

    def made() -> T:
        # As old as the oldest of which it is made: a minute is a minute.
        token, begun = _USED.set([]), monotonic()
        try:
            told = make()
            since = min([begun, *(_USED.get() or ())])
        finally:
            _USED.reset(token)
        cache.set(name, (since, told), kept_s - (monotonic() - since))
        _use(since)
        return told

    known, old = cache.get(name), _OLD.get()
    if known is None or monotonic() - known[0] > kept_s:
        return made()
    since, found = known
    if monotonic() - since > old_s:
        if _USED.get() is not None:  # what is made anew is not made of old figures
            return made()
        # One of those who see it grow old makes it anew.
        if old is not None and cache.add(f"{name}-anew", True, kept_s - old_s):
            old.append(made)
    _use(since)
    return cast(T, found)


def _use(since: float) -> None:
    used = _USED.get()
    if used is not None:
        used.append(since)
