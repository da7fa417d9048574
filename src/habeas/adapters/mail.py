"""A message to the officers of an authority, by SMTP.

Mail is read on the way and stored by others, so a message names duties, days and entries of the
register, never a register number. The server's password comes from the environment alone.
"""

import os
import smtplib
import ssl
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate

from habeas.errors import Fault, SetupError

PASSWORD = "HABEAS_SMTP_PASSWORD"  # noqa: S105 - the name of the variable
WAIT_S = 20
TLS_PORT = 465
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail is handed in; without TLS only on this machine."""

    host: str
    port: int
    user: str = ""  # empty: the server asks for nobody


@dataclass(frozen=True, slots=True)
class Letter:
    """One message of plain text."""

    sender: str
    to: Sequence[str]
    subject: str
    text: str
    at: float  # seconds since 1970, for its date


def server(text: str, user: str) -> Server:
    """A server by `host:port`.

    Raises:
        SetupError: H901, for what is none.
    """
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit():
        raise SetupError(Fault("H901", f"'{text}' is no mail server", "Write host:port."))
    return Server(host.strip("[]"), int(port), user)


def send(letter: Letter, to: Server) -> None:
    """Hand a message in.

    Raises:
        SetupError: H773, when the server does not take it, or takes it for some and names whom not.
    """
    message = EmailMessage()
    message["From"], message["To"] = letter.sender, ", ".join(letter.to)
    message["Subject"], message["Date"] = letter.subject, formatdate(letter.at)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    try:
        refused = _handed_in(message, to)
    except (OSError, smtplib.SMTPException) as error:
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        what = f"the mail server {to.host}:{to.port} did not take the message: {said[:200]}"
        raise SetupError(Fault("H773", what, "Correct the server; send it again.")) from error
    if refused:
        what = f"{to.host}:{to.port} took the message, but not for {', '.join(sorted(refused))}"
        raise SetupError(Fault("H773", what, "Correct these addresses, and send it to them alone."))


def _handed_in(message: EmailMessage, to: Server) -> Iterable[str]:
    """The addresses for which the server did not take it, where it took it for others."""
    context = ssl.create_default_context()
    if to.port == TLS_PORT:
        link: smtplib.SMTP = smtplib.SMTP_SSL(to.host, to.port, timeout=WAIT_S, context=context)
    else:
        link = smtplib.SMTP(to.host, to.port, timeout=WAIT_S)
    with link:
        if to.port != TLS_PORT and to.host not in LOCAL:
            link.starttls(context=context)
        if to.user:
            link.login(to.user, os.environ.get(PASSWORD, ""))
        return link.send_message(message)
