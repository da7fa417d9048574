"""What every page does with the register: ask whether somebody may, record what is shown, act.

No rule is here: the table of access answers who may, the gateway judges and signs what is done.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_bytes
from typing import cast

from django.http import Http404, HttpRequest

from habeas.access import Asker
from habeas.errors import Fault, ImpossibleEvent
from habeas.service import asking, deeds, transfer
from habeas.service.asking import Hand, Officer
from habeas.terms import Deed, Role
from habeas.web import wiring
from habeas.web.accounts.models import User
from habeas.web.asked import AskedRequest
from habeas.web.readmodels import rebuild, visible

ULID_CHANCE = 10
UNSIGNED = Role.REGISTRAR  # in which the offices are recorded that sign nothing


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to have recorded of a person."""

    deed: Deed
    subject: str
    at: datetime  # UTC
    body: Mapping[str, object]
    facility: str | None = None
    second: Officer | None = None  # who must sign too, where the deed needs two
    id: str = ""  # the idempotency key; drawn where it is empty
    receives: bool = False  # of a handover: whoever asks is the side that takes the person over


@dataclass(frozen=True, slots=True)
class Done:
    """What became of it: recorded under an index, or a draft that waits for others."""

    id: str
    index: int | None = None
    waits_for: tuple[str, ...] = ()  # authorities


def asker(request: HttpRequest) -> Asker:
    """Who asks.

    Raises:
        Http404: for nobody.
    """
    found = cast(AskedRequest, request).asker
    if found is None:
        raise Http404
    return found


def key(request: HttpRequest) -> str:
    """The id of the key that signs for whoever asks; empty for whoever signs nothing."""
    return request.user.key if isinstance(request.user, User) else ""


def demand(request: HttpRequest, deed: Deed, subject: str = "") -> Asker:
    """Let only those go on who may; what is not allowed looks like what is not there.

    Raises:
        Http404: when the asker may not.
    """
    found = asker(request)
    if not visible.may(found, deed, subject):
        raise Http404
    return found


def reader(request: HttpRequest) -> asking.Asker:
    """Who reads, as the log of reads records it."""
    found = asker(request)
    role = deeds.BY_OFFICE.get(found.office, UNSIGNED)
    return asking.Asker(found.authority, role, key(request))


def footing(request: HttpRequest) -> None:
    """Let the foot of the page say from what, and as of when, it was computed."""
    asked = cast(AskedRequest, request)
    asked.as_of, asked.checkpoint = asked.now, visible.checkpoint()


def purpose(request: HttpRequest) -> str:
    """What for, as the log of reads records it: the page that was asked."""
    return f"page {request.resolver_match.view_name if request.resolver_match else 'unknown'}"


def seen(request: HttpRequest, what: str, subjects: Iterable[str]) -> None:
    """Record that somebody is about to be shown something of persons; before it is shown.

    Args:
        request: by whom.
        what: in lower-case words, such as `docket list`.
        subjects: register numbers; nothing is recorded where there is none.

    Raises:
        HabeasError: where it cannot be recorded: then nothing may be shown.
    """
    names = tuple(dict.fromkeys(one for one in subjects if one))
    with wiring.gateway() as caller:
        for start in range(0, len(names), asking.AT_ONCE):
            part = names[start : start + asking.AT_ONCE]
            caller.ask(asking.Seen(what, part, reader(request), purpose(request)))


def read(request: HttpRequest, what: asking.What) -> asking.Found:
    """Open something of the register through the gateway, which records it first.

    Raises:
        HabeasError: H912, when there is nothing to show to this asker.
    """
    with wiring.gateway() as caller:
        return caller.ask(asking.Read(what, reader(request), purpose(request)))


def reads(request: HttpRequest, subject: str) -> Sequence[asking.Found]:
    """Who read of a person, the latest last; that it was asked is recorded first, and is in it.

    Raises:
        HabeasError: H912, when there is nothing to show to this asker.
    """
    with wiring.gateway() as caller:
        found = caller.ask(asking.Reads(subject, reader(request), purpose(request)))
    return list(found["reads"])


def drafts(request: HttpRequest) -> Sequence[asking.Found]:
    """The drafts that wait for the asker's authority, or that it made."""
    with wiring.gateway() as caller:
        found = caller.ask(asking.Drafts(reader(request), purpose(request)))
    return list(found["drafts"])


def do(request: HttpRequest, wish: Wish) -> Done:
    """Act as the asker: drafted, judged and signed by the gateway; appended when all have signed.

    Raises:
        Http404: when the asker may not do the deed about this person.
        HabeasError: what the gateway refuses, with its code and sentence.
    """
    who = demand(request, wish.deed, wish.subject)
    installation = wiring.installation()
    role, second = deeds.hands(wish.deed, who.office, receives=wish.receives)
    if role is None or not key(request):
        what = "nobody has given this account a key to sign with"
        spanish = (
            "nadie ha dado a esta cuenta una clave con la que firmar",
            "Pida una a la administración.",
        )
        fix = "Ask the administrator for one."
        raise ImpossibleEvent(Fault("H919", what, fix, spanish=spanish))
    hands = [Hand(who.authority, role, key(request))]
    if wish.second is not None and second is not None:
        hands.append(Hand(wish.second.authority, second, wish.second.key))
    act = asking.Act(
        wish.id or transfer.ulid(wish.at, token_bytes(ULID_CHANCE)),
        deeds.DOINGS[wish.deed].kind.value,
        wish.subject,
        wish.at.isoformat(),
        dict(wish.body),
        tuple(hands),
        installation.agreement,
        installation.sending,
        installation.receiving,
        wish.facility,
    )
    with wiring.gateway() as caller:
        return _done(act.id, caller.ask(act))


def sign(request: HttpRequest, draft: str) -> Done:
    """Sign a draft that waits for the asker.

    Raises:
        HabeasError: what the gateway refuses; H922, when no draft waits for this officer.
    """
    who = asker(request)
    with wiring.gateway() as caller:
        return _done(draft, caller.ask(asking.Sign(draft, Officer(who.authority, key(request)))))


def drop(request: HttpRequest, draft: str, reason: str) -> None:
    """Withdraw a draft of which the asker is one of those who sign."""
    who = asker(request)
    with wiring.gateway() as caller:
        caller.ask(asking.Drop(draft, Officer(who.authority, key(request)), reason))


def _done(name: str, found: asking.Found) -> Done:
    rebuild.follow()
    waits = tuple(str(one["authority"]) for one in found.get("waits_for", ()))
    return Done(name, found.get("index"), waits)
