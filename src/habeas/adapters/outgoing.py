"""One request to another machine: its address resolved once, checked, and never left for another.

Is trusted with nothing that comes back: an answer is capped in time and length, a redirect is an
answer like any other and is not followed. Whoever may write an address cannot reach what lies
beside this machine: unless a demonstration enrolled it, no private, loopback or reserved address is
ever connected to, however its name resolves. HTTPS believes the system's certificates; a state with
an authority of its own names it in `SSL_CERT_FILE`.
"""

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from threading import Timer
from urllib.parse import urlsplit

from habeas.adapters.loopback import is_loopback
from habeas.errors import Fault, SetupError

TIMEOUT = 10.0  # seconds for a whole exchange
ANSWER = 64 * 1024  # bytes of an answer that are read
LONGEST = 500  # of an address
_PIECE = 16 * 1024
Resolve = Callable[[str, int], list[str]]


@dataclass(frozen=True, slots=True)
class Target:
    """An address in its parts."""

    host: str
    port: int
    path: str
    tls: bool

    @property
    def place(self) -> str:
        """Host and port, as a list of enrolled hosts has them; the usual port is left out."""
        usual = http.client.HTTPS_PORT if self.tls else http.client.HTTP_PORT
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == usual else f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. It is not trusted."""

    status: int
    body: bytes  # as much of it as is read


def target(address: str, *, plain: bool) -> Target:
    """An address in its parts.

    Args:
        address: HTTPS; HTTP too where it leads to this machine and `plain` allows it.
        plain: whether HTTP to this machine may be.

    Raises:
        SetupError: H858.
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    tls = parts.scheme == "https"
    here = plain and parts.scheme == "http" and is_loopback(host)
    odd = parts.fragment or parts.username is not None or parts.password is not None or port == 0
    shown = address.isascii() and address.isprintable() and " " not in address
    if not host or odd or not (tls or here) or not shown or len(address) > LONGEST:
        fix = "Write https://HOST/PATH, without a name or password in it."
        raise SetupError(Fault("H858", "that is no address that anything may be sent to", fix))
    default = http.client.HTTPS_PORT if tls else http.client.HTTP_PORT
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(host, port or default, path, tls)


def resolved(to: Target, *, inside: bool, resolve: Resolve | None = None) -> str:
    """The one address of a host to which a connection is made.

    Args:
        to: where.
        inside: whether it may lie on this machine or in a private network.
        resolve: asks for the addresses of a host; the system's way where none is given.

    Raises:
        SetupError: H858, when one of its addresses may not be connected to; H859, when it has none.
    """
    try:
        found = (resolve or _system)(to.host, to.port)
    except (OSError, UnicodeError) as error:
        raise unreachable("its host has no address") from error
    if not found:
        raise unreachable("its host has no address")
    if not inside and not all(_public(one) for one in found):
        fix = "Name a host that has public addresses alone."
        what = "the host leads to an address inside a network, or to one that nobody has"
        raise SetupError(Fault("H858", what, fix))
    return found[0]


def _system(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def _public(text: str) -> bool:
    """Whether an address is one of the whole network; one that stands for another by that one."""
    found = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or _translated(found)
        if inner is not None:
            return _public(str(inner))
        if found.teredo is not None:
            return False
    return found.is_global and not found.is_multicast


def _translated(found: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    known = ipaddress.ip_network("64:ff9b::/96")
    return ipaddress.IPv4Address(int(found) & 0xFFFFFFFF) if found in known else None


def post(
    to: Target, at: str, body: bytes, headers: Mapping[str, str], timeout: float = TIMEOUT
) -> Answer:
    """Send a request to an address that was resolved before, and read what is answered.

    Raises:
        SetupError: H859, when no whole answer came in time.
    """
    return _exchanged(to, at, ("POST", body, headers), ANSWER, timeout)


def get(to: Target, at: str, most: int = ANSWER, timeout: float = TIMEOUT) -> Answer:
    """Ask an address that was resolved before for what it shows.

    Args:
        to: what is asked for.
        at: the address of its host.
        most: bytes of the answer that are read.
        timeout: seconds for the whole exchange.

    Raises:
        SetupError: H859, when no whole answer came in time.
    """
    return _exchanged(to, at, ("GET", None, {}), most, timeout)


def _exchanged(
    to: Target,
    at: str,
    sent: tuple[str, bytes | None, Mapping[str, str]],
    most: int,
    timeout: float,
) -> Answer:
    method, body, headers = sent
    end = time.monotonic() + timeout
    door = http.client.HTTPConnection(to.host, to.port, timeout=timeout)
    try:
        with _connection(to, at, timeout) as line:
            cut = Timer(timeout, _cut, (line,))  # also an answer that drips
            cut.daemon = True
            cut.start()
            try:
                door.sock = line
                usual = {"Host": to.place, "User-Agent": "habeas", "Connection": "close"}
                door.request(method, to.path, body, usual | dict(headers))
                answer = door.getresponse()
                found = _read(answer, most)
            finally:
                cut.cancel()
        if time.monotonic() > end:
            raise unreachable("the answer took too long")
        return Answer(answer.status, found)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise unreachable(type(error).__name__) from error
    finally:
        door.close()


def _connection(to: Target, at: str, timeout: float) -> socket.socket:
    line = socket.create_connection((at, to.port), timeout=timeout)
    if not to.tls:
        return line
    try:
        return ssl.create_default_context().wrap_socket(line, server_hostname=to.host)
    except (OSError, ValueError):
        line.close()
        raise


def _cut(line: socket.socket) -> None:
    with suppress(OSError):  # it is closed already
        line.shutdown(socket.SHUT_RDWR)


def _read(answer: http.client.HTTPResponse, most: int) -> bytes:
    found = bytearray()
    while len(found) < most and (piece := answer.read1(_PIECE)):
        found += piece
    return bytes(found[:most])


def unreachable(why: str) -> SetupError:
    """Nothing was handed over, and why."""
    fix = "It is tried again by itself; look at the other side where it stays so."
    return SetupError(Fault("H859", f"nothing could be handed over: {why}", fix))
