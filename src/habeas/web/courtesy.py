"""How often one address may ask where nobody signs in: a courtesy to others, and no fence.

An address is known by a hash under a key that lives in this process alone and is thrown away with
the counts at each full hour. Several processes that serve let through as many times more. Whoever
signs in, or has an access token, asks elsewhere and is counted by nothing here.
"""

import hmac
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from ipaddress import ip_address, ip_network
from threading import Lock

from django.http import HttpRequest

from habeas.adapters.loopback import is_loopback

HOUR = 3600
KEY = 32
MOST = 200_000  # addresses that are counted; whoever comes after them is let through uncounted
LINE = 64  # bits of an IPv6 address that stand for one line


class Courtesy:
    """So many requests an hour for each address."""

    def __init__(self, most: int, chance: Callable[[int], bytes]) -> None:
        self._most, self._chance, self._lock = most, chance, Lock()
        self._hour, self._key, self._counts = -1, b"", Counter[bytes]()

    def wait(self, request: HttpRequest, at: datetime) -> int:
        """Seconds until the address may ask again; 0: it may now, and that is counted."""
        hour, past = divmod(int(at.timestamp()), HOUR)
        with self._lock:
            if hour != self._hour:
                self._hour, self._key, self._counts = hour, self._chance(KEY), Counter()
            name = hmac.digest(self._key, address(request).encode(), "sha256")[:16]
            if self._counts[name] >= self._most:
                return HOUR - past
            if name in self._counts or len(self._counts) < MOST:
                self._counts[name] += 1
        return 0


def address(request: HttpRequest) -> str:
    """From where a request comes: an IPv4 address, or the line of an IPv6 address.

    Behind a proxy on this machine it is what that proxy adds last to `X-Forwarded-For`; what
    others write there counts for nothing.
    """
    here = str(request.META.get("REMOTE_ADDR", ""))
    if is_loopback(here):
        here = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or here
    try:
        found = ip_address(here)
    except ValueError:
        return ""
    mapped = getattr(found, "ipv4_mapped", None)
    if mapped is not None or found.version != 6:  # noqa: PLR2004 - the version's own number
        return str(mapped or found)
    return str(ip_network((found, LINE), strict=False).network_address)
