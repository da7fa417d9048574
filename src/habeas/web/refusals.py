"""What a refusal that no form took up looks like: a page that says what, and how to mend it."""

import logging
from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from habeas.errors import HabeasError
from habeas.web.accounts.models import User
from habeas.web.log_lines import page_of

_log = logging.getLogger("habeas.refused")
REFUSED = frozenset({403, 404, 429})
NOTHING = frozenset({"H912", "H922"})  # nothing to show, or no draft: as if it were not there
# Nobody answers who could record a read, or nobody can put a question in.
CLOSED = frozenset({"H871", "H872", "H909", "H910"})


class Refusals:
    """Turns errors of ours into pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request; to whom a page was refused is logged, and nothing of what it says."""
        response = self._next(request)
        user = request.user
        if response.status_code in REFUSED and isinstance(user, User):
            who = (response.status_code, page_of(request), user.pk, user.office, user.authority)
            _log.warning("%d at %s for account %d, %s of %s", *who)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A page for an error of ours; None leaves any other to Django.

        Raises:
            Http404: where there is nothing to show to this asker.
        """
        if not isinstance(error, HabeasError):
            return None
        if error.code in NOTHING:
            raise Http404 from error
        if error.code in CLOSED:
            return render(request, "503.html", {"fault": error.faults[0]}, status=503)
        return None
