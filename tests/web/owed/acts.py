"""What officers and others tell the gateway here, outside the forms that pages have."""

from datetime import timedelta
from secrets import token_bytes

from desks import Desk
from habeas.service import asking, transfer
from habeas.service.asking import Hand
from habeas.terms import Role
from habeas.web import wiring
from habeas.web.clock import now
from habeas.web.readmodels import rebuild
from habeas.web.readmodels.models import Person

Body = dict[str, object]


def told(
    desk: Desk, what: str, subject: str, by: str, role: Role, hours: float = 0, **body: object
) -> str:
    """An event that happened some hours ago, and the tables know of it; returns its id."""
    name = handed_in(desk, what, subject, by, role, hours, **body)
    rebuild.follow()
    return name


def handed_in(
    desk: Desk, what: str, subject: str, by: str, role: Role, hours: float = 0, **body: object
) -> str:
    """The same, and the tables do not know of it yet."""
    at, here = now() - timedelta(hours=hours), desk.found
    key = wiring.keys_at_hand()[by][0]
    act = asking.Act(
        transfer.ulid(at, token_bytes(10)), what, subject, at.isoformat(), body,
        (Hand(by, role, key),), here.agreement, here.sending, here.receiving, None,
    )  # fmt: skip
    with wiring.gateway() as caller:
        found = caller.ask(act)
    assert "index" in found, found
    return act.id


def held(stage: str, place: int = 0) -> str:
    """Somebody held by the sending state at a stage of their case."""
    found = Person.objects.filter(stage=stage, custody="held", custodian="sending", stays=0)
    return found.order_by("subject")[place].subject
