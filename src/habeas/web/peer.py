"""Where the other state's installation comes; there is no session and no form.

A message is judged by the gateway: by its signature, under keys that the register knows. Whatever
else comes there, whoever sends it, finds nothing. The feed is public: whoever asks may have the
leaves that were published, and what this installation has cosigned of the peer's log; a publication
that is handed over, and a checkpoint that is to be cosigned, are believed by what they prove.
"""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path, re_path
from django.views.decorators.csrf import csrf_exempt

from habeas.errors import HabeasError, RegisterError
from habeas.service import asking, feed_asks
from habeas.web import rounds, wiring

CAP = 2_900_000  # bytes: what is longer than the cap of a request is refused before it is read
TEXT, JSON = "text/plain", "application/json"
PLAIN = "text/plain; charset=utf-8"
PUBLICATION = 4 * 1024 * 1024 - 1024  # bytes that a gateway takes in one request, with its frame
CHECKPOINT = 80 * 1024  # bytes of an add-checkpoint request, with room
SIZE = 16  # digits of a size
ABSENT = frozenset({"H942", "H943", "H944"})  # nothing of the kind is here


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
    if request.content_type != TEXT:
        raise Http404
    return _body(request, CAP)


def _body(request: HttpRequest, cap: int) -> str:
    length = request.META.get("CONTENT_LENGTH") or "0"
    fits = length.isascii() and length.isdigit() and 0 < int(length) <= cap
    if request.method != "POST" or not fits or wiring.installation().peer is None:
        raise Http404
    try:
        return request.read(int(length)).decode()
    except UnicodeDecodeError as error:
        raise Http404 from error


@csrf_exempt
def publications(request: HttpRequest) -> HttpResponse:
    """Give out what was published after a size; take in what the peer has published."""
    if request.method == "POST":
        text = _body(request, PUBLICATION)
        return _asked(lambda: JsonResponse(dict(rounds.fed(text))))
    after = request.GET.get("after", "")
    plain = after.isascii() and after.isdigit() and len(after) <= SIZE
    if request.method != "GET" or not plain or wiring.installation().peer is None:
        raise Http404
    asked = feed_asks.Publication(int(after))
    return _asked(lambda: HttpResponse(_told(asked)["publication"], content_type=JSON))


def shown(request: HttpRequest, role: feed_asks.Cosigner, digest: str) -> HttpResponse:
    """The note that was cosigned here last of the log whose origin has that SHA-256."""
    if request.method != "GET" or wiring.installation().peer is None:
        raise Http404
    asked = feed_asks.Shown(role, digest)
    return _asked(lambda: HttpResponse(_told(asked)["note"], content_type=PLAIN))


@csrf_exempt
def add_checkpoint(request: HttpRequest, role: feed_asks.Cosigner) -> HttpResponse:
    """Cosign a checkpoint of the peer's log, as C2SP tlog-witness asks."""
    asked = feed_asks.Cosign(_body(request, CHECKPOINT), role)

    def answer() -> HttpResponse:
        found = _told(asked)
        return HttpResponse(found["body"], found["type"], found["status"])

    return _asked(answer)


def _told(asked: feed_asks.Feeding) -> asking.Found:
    with wiring.gateway() as caller:
        return caller.ask(asked)


def _asked(answer: Callable[[], HttpResponse]) -> HttpResponse:
    """What the gateway answers; a refusal by its code and sentence, which are of public data."""
    try:
        return answer()
    except RegisterError as error:
        fault = error.faults[0]
        if fault.code in ABSENT:
            raise Http404 from error
        return HttpResponse(f"{fault.code} {fault.what}\n", PLAIN, 422)
    except HabeasError:
        return HttpResponse(status=503)


urlpatterns: list[URLPattern] = [
    path("peer/v1/messages", messages, name="peer_messages"),
    path("peer/v1/publications", publications, name="peer_publications"),
    *(
        each
        for role in ("witness", "mirror")
        for each in (
            path(f"peer/v1/{role}/add-checkpoint", add_checkpoint, {"role": role}),
            re_path(
                rf"^peer/v1/{role}/(?P<digest>[0-9a-f]{{64}})/checkpoint$", shown, {"role": role}
            ),
        )
    ),
]
