"""Administrative events: about keys, peers, policies, rolls, reads and erasure; never sealed.

They carry no person, no `seq`, and nothing that could tell who somebody is. The log itself holds
who may sign each and what it must carry, because no agreement changes that.
"""

from dataclasses import dataclass

from habeas.errors import Fault, RegisterError
from habeas.register.events import Seen
from habeas.terms import EventKind, Role

K = EventKind


@dataclass(frozen=True, slots=True)
class Form:
    """What one kind of administrative event must be."""

    carries: tuple[str, ...]
    role: Role | None  # of every signer; None: the pinned root key of the authority signs


FORMS: dict[str, Form] = {
    K.KEY_ENROLLED: Form(("authority", "public"), None),
    K.KEY_ROTATED: Form(("authority", "public", "replaces", "overlap"), None),
    K.KEY_REVOKED: Form(("authority", "public"), None),
    K.PEER_ENROLLED: Form(("origin", "policy"), None),
    K.POLICY_CHANGED: Form(("policy",), None),
    K.LOG_CLOSED: Form(("reason",), None),
    K.LOG_SUCCEEDED: Form(("origin", "size", "root"), None),
    K.ROLL_PUBLISHED: Form(("date", "issue", "rows", "root"), Role.REGISTRAR),
    K.AUDIT_CHECKPOINT: Form(("origin", "size", "root"), Role.REGISTRAR),
    K.READ_RECORDED: Form(("reader", "person", "purpose"), Role.REGISTRAR),
    K.ERASED: Form(("ground", "indexes", "what"), Role.DATA_PROTECTION),
    K.ERASURE_COMPLETED: Form(("erased", "keys_destroyed"), Role.REGISTRAR),
}
ROOT_SIGNED = frozenset(kind for kind, form in FORMS.items() if form.role is None)


def check(event: Seen) -> None:
    """Refuse an administrative event that lacks something, or is signed in another role.

    An erasure needs the data protection authorities of two states, or a court.

    Raises:
        RegisterError: H518; other kinds pass.
    """
    form = FORMS.get(event.kind)
    if form is None:
        return
    lacking = [key for key in form.carries if event.body.get(key) in (None, "", [], {})]
    if lacking:
        raise _fault(f"'{event.kind}' lacks {', '.join(lacking)}")
    roles = {actor.role for actor in event.actors}
    if event.kind == K.ERASED:
        authorities = {actor.authority for actor in event.actors}
        if roles != {Role.COURT} and (roles != {form.role} or len(authorities) < 2):  # noqa: PLR2004
            raise _fault("an erasure needs two data protection authorities, or a court")
    elif form.role is not None and roles != {form.role}:
        raise _fault(f"'{event.kind}' is signed as {', '.join(sorted(roles))}, not {form.role}")


def _fault(what: str) -> RegisterError:
    return RegisterError(Fault("H518", what, "Draft it as docs/spec/event.md asks."))
