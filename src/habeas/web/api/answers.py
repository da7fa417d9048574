"""What every answer of the API has beside what was asked: its basis, and the ways to its pages."""

from datetime import date
from functools import lru_cache
from importlib.metadata import version
from typing import TypeVar
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse

from habeas.errors import HabeasError
from habeas.service import disclose, persons, screen
from habeas.web import doing, wiring
from habeas.web.api.asked import Paged
from habeas.web.api.bearer import TokenRequest
from habeas.web.api.schemas import Basis
from habeas.web.readmodels import visible

LINES = 3  # of a checkpoint's note that are its own


def basis(request: TokenRequest) -> Basis:
    """Of what an answer was computed, and by what."""
    place, ground = visible.position(), wiring.ground()
    today = screen.day_of(wiring.library(), ground.deal.id, request.now)
    return Basis(
        version=version("habeas"),
        agreement=ground.deal.id,
        demonstration=ground.demonstration,
        rules_hash=rules_hash(ground.deal.id, today),
        register_size=place.size if place else 0,
        checkpoint="\n".join(place.checkpoint.split("\n")[:LINES]) if place else "",
    )


@lru_cache(maxsize=8)
def rules_hash(agreement: str, day: date) -> str:
    """The hash of the rules that are in force under an agreement on a day."""
    return wiring.library().program(agreement, day).hash


M = TypeVar("M", bound=Model)


def page(
    request: HttpRequest, response: HttpResponse, found: QuerySet[M], wanted: Paged
) -> tuple[list[M], int]:
    """Some rows of many, and how many there are; the ways to the others go into `Link`."""
    pages, number = Paginator(found, wanted.limit), wanted.page
    if number > pages.num_pages:
        raise Http404
    ways = {"first": 1, "last": pages.num_pages}
    ways |= {"prev": number - 1} if number > 1 else {}
    ways |= {"next": number + 1} if number < pages.num_pages else {}
    response["Link"] = ", ".join(_way(request, name, n) for name, n in ways.items())
    return list(pages.page(number).object_list), pages.count


def _way(request: HttpRequest, name: str, number: int) -> str:
    query = {**request.GET.dict(), "page": str(number)}
    return f'<{request.path}?{urlencode(query)}>; rel="{name}"'


def events_of(request: HttpRequest, subject: str, what: str) -> persons.Events:
    """A person's events, after it was recorded that they are read.

    Args:
        request: by whom; `permit` was asked before.
        subject: the register number.
        what: is shown, in lower-case words.

    Raises:
        Http404: when there are none, or they were erased meanwhile.
        HabeasError: when the read cannot be recorded.
    """
    doing.seen(request, what, [subject])
    register = wiring.register()
    register.vault.forget()
    try:
        found = persons.of_person(register, subject)
    except HabeasError as error:
        raise Http404 from error
    if not found:
        raise Http404
    reader = doing.reader(request)
    return disclose.shown(wiring.library().disclosure, found, reader.authority, reader.role)
