"""The line between two installations of a demonstration: a port that leads to another's, or is cut.

Is trusted with nothing: what goes over it is what would go over any network.
"""

import selectors
import socket
import threading
from contextlib import closing, suppress

PIECE = 64 * 1024


class Line:
    """A port of this machine that leads to another port, until it is cut."""

    def __init__(self, port: int, to: int) -> None:
        self.port, self._to = port, to
        self._door: socket.socket | None = None
        self._open = set[socket.socket]()
        self._lock = threading.Lock()

    def lay(self) -> None:
        """Lead whoever comes to the other port.

        Raises:
            OSError: when the port is taken.
        """
        self._door = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._lead, args=(self._door,), daemon=True).start()

    def cut(self) -> None:
        """Refuse whoever comes, and end what goes on."""
        door, self._door = self._door, None
        if door is None:
            return
        with suppress(OSError):
            door.shutdown(socket.SHUT_RDWR)  # wakes whoever waits at it
        door.close()
        with self._lock:
            ends = list(self._open)
        for one in ends:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _lead(self, door: socket.socket) -> None:
        while True:
            try:
                here, _ = door.accept()
            except OSError:  # it was cut
                return
            threading.Thread(target=self._carry, args=(here,), daemon=True).start()

    def _carry(self, here: socket.socket) -> None:
        with (
            suppress(OSError),
            closing(here),
            closing(socket.create_connection(("127.0.0.1", self._to))) as there,
        ):
            both = {here: there, there: here}
            with self._lock:
                self._open |= set(both)
            try:
                _copied(both)
            finally:
                with self._lock:
                    self._open -= set(both)


def _copied(both: dict[socket.socket, socket.socket]) -> None:
    """Hand on what comes from either end, until one has nothing more to say."""
    with selectors.DefaultSelector() as waiting:
        for one in both:
            waiting.register(one, selectors.EVENT_READ)
        while True:
            for key, _ in waiting.select():
                one = next(end for end in both if end is key.fileobj)
                piece = one.recv(PIECE)
                if not piece:
                    return
                both[one].sendall(piece)
