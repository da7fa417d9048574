"""What a refusal that no form took up looks like: a page that says what, and how to mend it."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from habeas.errors import HabeasError

NOTHING = frozenset({"H912", "H922"})  # nothing to show, or no draft: as if it were not there
# Nobody answers who could record a read, or nobody can put a question in.
CLOSED = frozenset({"H871", "H872", "H909", "H910"})


class Refusals:
    """Turns errors of ours into pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        return self._next(request)

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
