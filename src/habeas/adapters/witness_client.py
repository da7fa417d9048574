"""The log's way to a witness: one request over HTTP, capped in time and length, no redirects.

Plain HTTP goes to this machine only; anything else is HTTPS with the system's certificates. What a
witness answers is never believed here: its signature lines are verified by whoever merges them, and
a size that it states only ever stops a log.
"""

import http.client
import socket
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass
from threading import Timer
from urllib.parse import urlsplit

from habeas.adapters.loopback import is_loopback
from habeas.errors import Fault, RegisterError
from habeas.register.checkpoint import NOTE_CAP, number
from habeas.register.policy import Policy
from habeas.register.witness import SIZE, Cosigned, Refused, Reply, Stated, origin_digest

TIMEOUT = 10.0  # seconds for a whole exchange
REASON = 200  # letters of a refusal that are kept
_PIECE = 16 * 1024


@dataclass(frozen=True, slots=True)
class HttpWitness:
    """A witness by its address. Its answers are not trusted."""

    host: str
    port: int
    prefix: str
    tls: bool
    timeout: float = TIMEOUT

    def add(self, request: str) -> Reply:
        """Send an add-checkpoint request; whatever goes wrong is a refusal with its reason."""
        try:
            status, kind, body = self._exchange("POST", "/add-checkpoint", request)
        except (OSError, http.client.HTTPException, ValueError) as error:
            return Refused(0, f"no answer: {str(error) or type(error).__name__}")
        size = number(body[:-1]) if body.endswith("\n") else None
        if status == http.client.OK:
            return Cosigned(body)
        if status == http.client.CONFLICT and kind.partition(";")[0].strip() == SIZE:
            return Stated(size) if size is not None else Refused(status, "the size is no number")
        return Refused(status, " ".join(body[:REASON].split()))

    def latest(self, origin: str) -> str | None:
        """The latest note of a log that the witness shows; empty: it has none; None: it is away."""
        try:
            status, _, body = self._exchange("GET", f"/{origin_digest(origin)}/checkpoint", None)
        except (OSError, http.client.HTTPException, ValueError):
            return None
        if status == http.client.NOT_FOUND:
            return ""
        return body if status == http.client.OK else None

    def _exchange(self, method: str, path: str, body: str | None) -> tuple[int, str, str]:
        end = time.monotonic() + self.timeout
        door: http.client.HTTPConnection
        if self.tls:
            context = ssl.create_default_context()
            door = http.client.HTTPSConnection(
                self.host, self.port, timeout=self.timeout, context=context
            )
        else:
            door = http.client.HTTPConnection(self.host, self.port, timeout=self.timeout)
        data = None if body is None else body.encode()
        try:
            door.connect()
            cut = Timer(self.timeout, _cut, (door.sock,))  # also an answer that drips
            cut.daemon = True
            cut.start()
            try:
                door.request(method, self.prefix + path, data, {"Connection": "close"})
                answer = door.getresponse()
                found = _read(answer)
            finally:
                cut.cancel()
            if time.monotonic() > end:
                raise TimeoutError("the answer took too long")
            return answer.status, answer.headers.get("Content-Type", ""), found.decode()
        finally:
            door.close()


def _cut(connection: socket.socket) -> None:
    with suppress(OSError):  # it is closed already
        connection.shutdown(socket.SHUT_RDWR)


def _read(answer: http.client.HTTPResponse) -> bytes:
    found = b""
    while piece := answer.read1(_PIECE):
        found += piece
        if len(found) > NOTE_CAP:
            raise ValueError("the answer is too long")
    if answer.length:  # what is left of the length stated; `read1` does not mind
        raise ValueError("the answer was cut short")
    return found


def clients(policy: Policy) -> dict[str, HttpWitness]:
    """A way to every witness of a policy that states its address, by policy name.

    Raises:
        RegisterError: H576, for an address that is none.
    """
    return {
        name: http_witness(policy.urls[key])
        for name, key in policy.witnesses.items()
        if key in policy.urls
    }


def http_witness(url: str, timeout: float = TIMEOUT) -> HttpWitness:
    """The way to a witness by the URL of its submission prefix.

    Raises:
        RegisterError: H576, for a URL that is neither HTTPS nor HTTP to this machine.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    tls = parts.scheme == "https"
    plain = parts.scheme == "http" and is_loopback(host)
    odd = parts.query or parts.fragment or parts.username or parts.password
    if not host or odd or not (tls or plain) or not url.isascii() or not url.isprintable():
        what = f"'{url[:80]}' is no address of a witness"
        fix = "Write https://..., or http:// with this machine's own address."
        raise RegisterError(Fault("H576", what, fix))
    default = http.client.HTTPS_PORT if tls else http.client.HTTP_PORT
    return HttpWitness(host, port or default, parts.path.rstrip("/"), tls, timeout)
