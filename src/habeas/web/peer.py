"""Where the other state's installation hands over its messages; there is no session and no form.

A message is judged by the gateway: by its signature, under keys that the register knows. Whatever
else comes here, whoever sends it, finds nothing.
"""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt

from habeas.errors import HabeasError, RegisterError
from habeas.web import rounds, wiring

CAP = 2_900_000  # bytes: what is longer than the cap of a request is refused before it is read
TEXT = "text/plain"


@csrf_exempt
def messages(request: HttpRequest) -> HttpResponse:
    """Take in a message; answers the outcome of each event and draft in it."""
    text = _message(request)
    try:
        found = rounds.received(text)
    except RegisterError as error:  # not of the other state, or not for this installation
        raise Http404 from error
    except HabeasError:
        return HttpResponse(status=503)
    return JsonResponse(dict(found))


def _message(request: HttpRequest) -> str:
    length = request.META.get("CONTENT_LENGTH") or "0"
    fits = length.isascii() and length.isdigit() and 0 < int(length) <= CAP
    known = wiring.installation().peer is not None and request.content_type == TEXT
    if request.method != "POST" or not fits or not known:
        raise Http404
    try:
        return request.body.decode()
    except UnicodeDecodeError as error:
        raise Http404 from error


urlpatterns: list[URLPattern] = [path("peer/v1/messages", messages, name="peer_messages")]
