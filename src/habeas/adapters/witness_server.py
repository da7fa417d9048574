"""A witness over HTTP, on this machine's own address: a reverse proxy in front speaks TLS.

    POST /add-checkpoint                              200, 400, 403, 404, 409, 422
    GET  /<hex SHA-256 of origin>/checkpoint          200, 404

Caps: 32 connections at a time, each at most 60 seconds long and 10 without a byte; a request as
long as `REQUEST_CAP`; a connection serves several requests. What is asked is written nowhere. Is
trusted with nothing: an answer is a signature, or the reason why there is none.
"""

import logging
import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import cast

from habeas.adapters.logs import FIELDS
from habeas.adapters.loopback import is_loopback
from habeas.errors import Fault, HabeasError, RegisterError
from habeas.register.witness import PLAIN, REQUEST_CAP, Answer, Witness

CONNECTIONS, LIFETIME, SILENCE = 32, 60.0, 10.0  # at a time; seconds; seconds
Connection = socket.socket | tuple[bytes, socket.socket]  # the second form is UDP's
ADD = "/add-checkpoint"
_log = logging.getLogger("habeas.witness")
_CHECKPOINT = re.compile(r"/([0-9a-f]{64})/checkpoint")
_LENGTH = re.compile(r"[0-9]{1,9}")
_HURT = Answer(500, "the witness cannot answer now\n")


class WitnessHandler(BaseHTTPRequestHandler):
    """One connection to a witness. Its requests are not trusted."""

    protocol_version = "HTTP/1.1"
    timeout = SILENCE
    server_version, sys_version = "habeas-witness", ""
    error_message_format = "%(message)s\n"
    error_content_type = PLAIN

    def do_POST(self) -> None:
        """Answer an add-checkpoint request."""
        stated = self.headers.get("Content-Length", "")
        if not _LENGTH.fullmatch(stated) or self.headers.get("Transfer-Encoding"):
            self._refuse(411, "state the length of the request\n")
        elif int(stated) > REQUEST_CAP:
            self._refuse(413, f"a request has at most {REQUEST_CAP} bytes\n")
        elif self.path != ADD:
            self._refuse(404, "not here\n")
        else:
            data = self.rfile.read(int(stated))
            if len(data) == int(stated):
                self._answer(self._house().add(data))

    def do_GET(self) -> None:
        """Show the latest note of a log."""
        named = _CHECKPOINT.fullmatch(self.path)
        if self.headers.get("Content-Length") or self.headers.get("Transfer-Encoding"):
            self._refuse(400, "a question has no body\n")
        elif named is None:
            self._answer(Answer(404, "not here\n"))
        else:
            self._answer(self._house().latest(named[1]))

    def _house(self) -> "WitnessServer":
        return cast("WitnessServer", self.server)  # nobody else makes handlers

    def _refuse(self, status: int, why: str) -> None:
        self.close_connection = True  # what follows on it was not read
        self._answer(Answer(status, why))

    def _answer(self, answer: Answer) -> None:
        data = answer.body.encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.type)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("X-Content-Type-Options", "nosniff")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data)

    def handle(self) -> None:
        """Serve the requests of the connection, one after the other."""
        try:
            super().handle()
        except OSError:  # the other side went away, or its time was over
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
        """Say nothing: who asks is nobody's business."""


class WitnessServer(ThreadingHTTPServer):
    """A witness at an address. `serving` starts it and stops it cleanly."""

    daemon_threads = False  # a step that runs is finished before the server is gone
    request_queue_size = CONNECTIONS

    def __init__(
        self,
        witness: Witness,
        clock: Callable[[], int],
        address: str = "127.0.0.1",
        port: int = 0,
        *,
        anywhere: bool = False,
    ) -> None:
        """Bind a loopback address, or with `anywhere` any; port 0 takes a free one.

        Raises:
            RegisterError: H575, for another address than loopback.
        """
        if not anywhere and not is_loopback(address):
            what = f"a witness listens on this machine's own address, not on '{address}'"
            fix = "Put a proxy with TLS before it, or say that it may listen anywhere."
            raise RegisterError(Fault("H575", what, fix))
        if ":" in address:
            self.address_family = socket.AF_INET6
        self._witness, self._clock = witness, clock
        self._open: dict[socket.socket, float] = {}
        self._guard = Lock()
        super().__init__((address, port), WitnessHandler)

    @property
    def url(self) -> str:
        """Where it listens."""
        host, port = self.socket.getsockname()[:2]
        return f"http://{f'[{host}]' if ':' in host else host}:{port}"

    def server_bind(self) -> None:
        """Bind without asking for this machine's name: that may ask a network."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()

    def add(self, data: bytes) -> Answer:
        """The answer to an add-checkpoint request, now."""
        try:
            found = self._witness.add(data, self._clock())
        except HabeasError as error:
            _log.error("cannot answer: %s", error.code)
            return _HURT
        if found.status != HTTPStatus.OK:  # not who asked: that is nobody's business
            _log.warning("refused", extra={FIELDS: {"status": found.status}})
        return found

    def latest(self, digest: str) -> Answer:
        """The latest note of a log."""
        try:
            found = self._witness.latest(digest)
        except HabeasError:
            return _HURT
        return Answer(404, "nothing was cosigned\n") if found is None else Answer(200, found)

    def verify_request(self, request: Connection, client_address: object) -> bool:
        """Whether there is room for one more connection."""
        del request, client_address
        with self._guard:
            return len(self._open) < CONNECTIONS

    def process_request(self, request: Connection, client_address: object) -> None:
        """Serve a connection in a thread of its own, until its time is over."""
        if isinstance(request, socket.socket):
            with self._guard:
                self._open[request] = time.monotonic() + LIFETIME
        super().process_request(request, client_address)

    def shutdown_request(self, request: Connection) -> None:
        """Close a connection."""
        if isinstance(request, socket.socket):
            with self._guard:
                self._open.pop(request, None)
        super().shutdown_request(request)

    def service_actions(self) -> None:
        """Cut the connections whose time is over; called twice a second."""
        self._cut(time.monotonic())

    def _cut(self, now: float) -> None:
        with self._guard:
            for connection, end in self._open.items():
                if end <= now:
                    _end(connection)

    def handle_error(self, request: Connection, client_address: object) -> None:
        """Say nothing of a connection that broke."""

    def stop(self) -> None:
        """Let running steps end, cut idle connections, and close the address."""
        self.shutdown()
        self._cut(float("inf"))
        self.server_close()


def _end(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RD)
    except OSError:  # it is closed already
        return


@contextmanager
def serving(server: WitnessServer) -> Iterator[str]:
    """A server in a thread of its own; gives its address and stops it in the end."""
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1})
    thread.start()
    try:
        yield server.url
    finally:
        server.stop()
        thread.join()
