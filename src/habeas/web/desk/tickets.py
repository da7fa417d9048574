"""What a page hands on to the next that nobody may change: which act, its id, its documents.

A ticket is signed and good for one person signed in. The page on which an act is checked draws the
act's id and instant; whoever confirms twice confirms the same act.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from secrets import token_bytes

from django.core import signing

from habeas.errors import Fault, SetupError
from habeas.service import transfer
from habeas.terms import Deed
from habeas.web.asked import AskedRequest

SALT, CHANCE, PSEUDONYM = "habeas.act", 10, 16
CHECKED = 15 * 60  # seconds for which a page that was checked may be confirmed


@dataclass(frozen=True, slots=True)
class Ticket:
    """One act on its way through the pages; `id` and `at` are empty before it was checked."""

    deed: str
    subject: str
    kept: Mapping[str, str] = field(default_factory=dict)  # digests of documents, by field
    id: str = ""
    at: str = ""

    @property
    def instant(self) -> datetime | None:
        """For which it was checked, UTC; None: it was not."""
        return datetime.fromisoformat(self.at) if self.at else None


def fresh(deed: Deed, subject: str) -> Ticket:
    """The ticket of an act that begins; somebody who is not on the register gets a number."""
    return Ticket(deed.value, subject or transfer.pseudonym(token_bytes(PSEUDONYM)))


def checked(ticket: Ticket, kept: Mapping[str, str], at: datetime) -> Ticket:
    """The ticket of an act that is ready to be confirmed."""
    name = transfer.ulid(at, token_bytes(CHANCE))
    return Ticket(ticket.deed, ticket.subject, dict(kept), name, at.isoformat())


def sealed(request: AskedRequest, ticket: Ticket) -> str:
    """A ticket as a page carries it."""
    return signing.dumps({**asdict(ticket), "user": request.user.pk}, salt=SALT)


def opened(request: AskedRequest, text: str, deed: Deed, subject: str) -> Ticket:
    """A ticket out of a page.

    Args:
        request: of whoever sends it.
        text: as the page carried it; empty: the act begins here.
        deed: what the page is for.
        subject: whom it is about; empty: somebody who gets a number.

    Raises:
        SetupError: H824, when it is another's, of another page, or was changed.
    """
    if not text:
        return fresh(deed, subject)
    try:
        found = signing.loads(text, salt=SALT)
        user = found.pop("user")
        ticket = Ticket(**found)
    except (signing.BadSignature, TypeError, KeyError, AttributeError) as error:
        raise _other() from error
    alike = ticket.deed == deed.value and subject in {"", ticket.subject}
    if user != request.user.pk or not alike:
        raise _other()
    return ticket


def in_time(ticket: Ticket, now: datetime) -> None:
    """Refuse what was checked too long ago, or never.

    Raises:
        SetupError: H825.
    """
    at = ticket.instant
    if at is None or (now - at).total_seconds() > CHECKED:
        what = "this page was checked too long ago to be confirmed"
        spanish = (
            "esta página se comprobó hace demasiado tiempo para confirmarla",
            "Compruebe las respuestas otra vez y confírmelas.",
        )
        fix = "Check the answers once more, and confirm them."
        raise SetupError(Fault("H825", what, fix, spanish=spanish))


def _other() -> SetupError:
    what, fix = "this page is of another act, or of somebody else", "Begin the act anew."
    spanish = ("esta página es de otro acto o de otra persona", "Empiece el acto de nuevo.")
    return SetupError(Fault("H824", what, fix, spanish=spanish))
