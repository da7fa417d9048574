"""Requests and answers over a unix socket: a length of 4 bytes, big-endian, and as many bytes.

Is trusted with nothing but who may open it: the file has mode 0600 in a folder of mode 0700, so
that only the owner of the register, and root, can ask; and its group where the folder is shared
with one (`modes`). What comes in is not trusted: its length is
capped before it is read, a whole request must come within seconds, and one bad caller never stops
another.
"""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from habeas.adapters import modes
from habeas.errors import Fault, HabeasError, SetupError

SOCKET = "gateway.sock"
HEAD, CAP = 4, 4 * 1024 * 1024  # bytes
LONGEST_PATH = 100  # bytes; the system's own cap is 104 to 108


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a caller may take of a gateway."""

    callers: int = 32  # connections at once
    idle_s: float = 300.0  # between two requests
    whole_s: float = 10.0  # from the first byte of a request, or of an answer, to its last
    poll_s: float = 0.2  # how soon a stop is seen


class GatewaySocket:
    """Serves a socket, a thread a connection; one request of a connection at a time."""

    def __init__(
        self,
        path: Path,
        answer: Callable[[bytes], bytes],
        refusal: Callable[[HabeasError], bytes],
        limits: Limits = Limits(),
    ) -> None:
        """Listen at a path; a socket that nobody serves any more is taken away first.

        Args:
            path: where the socket will stand.
            answer: the answer to a request; never raises what the caller has caused.
            refusal: an error as an answer.
            limits: how much a caller may take.

        Raises:
            SetupError: H915, when the path is too long for a socket.
        """
        if len(str(path).encode()) > LONGEST_PATH:
            what = f"the path of the socket is longer than {LONGEST_PATH} bytes"
            raise SetupError(Fault("H915", what, "Name the register by a shorter path.", str(path)))
        self._answer, self._refusal, self._limits = answer, refusal, limits
        self._open: dict[threading.Thread, socket.socket] = {}
        path.unlink(missing_ok=True)
        self._path, self._listener = path, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(path))
        path.chmod(modes.written_by_web(path.parent))
        self._listener.listen(128)  # a full queue refuses at once
        self._listener.settimeout(limits.poll_s)

    def serve(self, stop: threading.Event) -> None:
        """Serve until told to stop; what is being answered then is answered to the end."""
        try:
            while not stop.is_set():
                try:
                    caller, _ = self._listener.accept()
                except TimeoutError:
                    continue
                self._begin(caller)
        finally:
            self._listener.close()
            self._path.unlink(missing_ok=True)
            self._drain()

    def _begin(self, caller: socket.socket) -> None:
        self._open = {one: held for one, held in self._open.items() if one.is_alive()}
        if len(self._open) >= self._limits.callers:
            what = f"{self._limits.callers} callers are being answered already"
            with caller:
                self._refuse(caller, SetupError(Fault("H910", what, "Ask again in a moment.")))
            return
        thread = threading.Thread(target=self._talk, args=(caller,))
        self._open[thread] = caller
        thread.start()

    def _drain(self) -> None:
        for caller in self._open.values():
            try:
                caller.shutdown(socket.SHUT_RD)  # wakes a thread that waits for a request
            except OSError:  # gone already
                continue
        for thread in self._open:
            thread.join()

    def _talk(self, caller: socket.socket) -> None:
        limits = self._limits
        with caller:
            try:
                while (asked := _frame(caller, limits.idle_s, limits.whole_s)) is not None:
                    _send(caller, self._answer(asked), limits.whole_s)
            except SetupError as error:
                self._refuse(caller, error)
            except OSError:  # the caller went away
                return

    def _refuse(self, caller: socket.socket, error: SetupError) -> None:
        try:
            _send(caller, self._refusal(error), self._limits.whole_s)
        except OSError:  # the caller went away
            return


def _send(peer: socket.socket, data: bytes, whole_s: float) -> None:
    peer.settimeout(whole_s)  # for all of it: sendall counts over its parts
    peer.sendall(len(data).to_bytes(HEAD, "big") + data)


def _frame(peer: socket.socket, first_s: float, whole_s: float) -> bytes | None:
    """The next message; None where the other side has closed, or said nothing for so long.

    Raises:
        SetupError: H909, when it is too long, or does not come whole.
    """
    peer.settimeout(first_s)
    try:
        first = peer.recv(1)
    except TimeoutError:
        return None
    if not first:
        return None
    end = monotonic() + whole_s
    head = first + _exactly(peer, HEAD - 1, end)
    length = int.from_bytes(head, "big")
    if length > CAP:
        what = f"a message of {length:,} bytes; the cap is {CAP:,}"
        raise SetupError(Fault("H909", what, "Send it in parts."))
    return _exactly(peer, length, end)


def _exactly(peer: socket.socket, count: int, end: float) -> bytes:
    found = bytearray()
    while len(found) < count:
        left = end - monotonic()
        try:
            peer.settimeout(max(left, 0.001))
            part = peer.recv(min(count - len(found), 65_536)) if left > 0 else b""
        except TimeoutError:
            part = b""
        if not part:
            what = f"{len(found):,} of {count:,} bytes of a message came in time"
            raise SetupError(Fault("H909", what, "Send the whole message at once."))
        found += part
    return bytes(found)


class GatewayLine:
    """A connection to a gateway."""

    def __init__(self, peer: socket.socket, path: Path, wait_s: float) -> None:
        self._peer, self._path, self._wait_s = peer, path, wait_s

    def close(self) -> None:
        """Hang up."""
        self._peer.close()

    def ask(self, request: bytes) -> bytes:
        """The answer to a request.

        Raises:
            SetupError: H910, when none came: what was asked may have been done.
        """
        try:
            with suppress(BrokenPipeError):  # refused before it was read: the reason may be here
                _send(self._peer, request, self._wait_s)
            found = _frame(self._peer, self._wait_s, self._wait_s)
        except (OSError, SetupError) as error:
            raise self._silent() from error
        if found is None:
            raise self._silent()
        return found

    def _silent(self) -> SetupError:
        what = "the gateway gave no whole answer"
        fix = "Send the same again: an event that is there already gets its old index."
        return SetupError(Fault("H910", what, fix, str(self._path)))


def connected(register: Path, wait_s: float = 60.0) -> GatewayLine | None:
    """A line to the gateway of a register; None where none serves it."""
    path = register.with_name(SOCKET)
    if len(str(path).encode()) > LONGEST_PATH:
        return None  # no gateway can stand there
    peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        peer.settimeout(wait_s)
        peer.connect(str(path))
    except (FileNotFoundError, ConnectionRefusedError):
        peer.close()
        return None
    except OSError as error:
        peer.close()
        fix = "Ask as the owner of the register."
        what = f"the gateway cannot be asked: {error.strerror or 'no answer'}"
        raise SetupError(Fault("H910", what, fix, str(path))) from error
    return GatewayLine(peer, path, wait_s)
