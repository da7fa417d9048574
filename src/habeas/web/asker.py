"""Request to asker: authority, side and office; the only place.

What somebody may do is read anew at each request: a session holds no more than who they are.
"""

from collections.abc import Callable
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from habeas.access import Asker
from habeas.adapters.installation_files import Installation
from habeas.terms import Office
from habeas.web import navigation, wiring
from habeas.web.accounts import demo, enrolment
from habeas.web.accounts.models import User
from habeas.web.asked import AskedRequest
from habeas.web.clock import now


def asker_of(user: User, installation: Installation) -> Asker | None:
    """As whom somebody asks.

    None for whoever is deactivated, works for no authority or in no office, has an account that is
    not complete, or exists for a demonstration that this is not.
    """
    out_of_place = user.demonstration and not demo.allowed(installation)
    nobody = not (user.is_active and user.authority and user.office)
    if nobody or out_of_place or enrolment.lacking(user):
        return None
    side = wiring.ground().terms.sides.get(user.authority)  # of neither state: None
    return Asker(user.authority, side, Office(user.office))


class AskerMiddleware:
    """Puts `request.asker`, `request.installation` and `request.now` (UTC, in whole seconds)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        asked, user = cast(AskedRequest, request), request.user
        asked.now = now()
        asked.installation = wiring.installation()
        asked.asker = asker_of(user, asked.installation) if isinstance(user, User) else None
        # Once a page is made: its language is known by then.
        asked.navigation = SimpleLazyObject(lambda: navigation.ways(asked, asked.asker))
        return self._next(request)
