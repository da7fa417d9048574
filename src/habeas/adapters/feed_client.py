"""The way to the peer's feed over HTTP: its publications, and what it has cosigned of a log.

Is trusted with nothing: a publication is verified by the mirror that takes it, a note by whoever
keeps its lines. A peer that is away, slow or talkative costs seconds, and bytes up to a cap.
"""

from http import HTTPStatus

from habeas.adapters import outgoing
from habeas.adapters.outgoing import Answer
from habeas.register.checkpoint import NOTE_CAP
from habeas.register.witness import origin_digest

PATH = "/peer/v1"
CAP = 4 * 1024 * 1024  # bytes of a publication
JSON = "application/json"
TIMEOUT = 30.0  # seconds for a publication of 65,536 leaves, 3 MB


class HttpPeer:
    """The other state's installation by its address."""

    def __init__(self, address: str) -> None:
        """Know where it is; nothing is asked yet.

        Raises:
            SetupError: H858, for an address to which nothing may be sent.
        """
        self._base = address.rstrip("/") + PATH
        outgoing.target(self._base, plain=True)

    def publication(self, after: int) -> str:
        """What it published after a size; empty where it has published nothing.

        Raises:
            SetupError: H859, when it gave no whole answer, or another than that.
        """
        found = self._get(f"/publications?after={after}", CAP + 1)
        return _text(found) if found.status != HTTPStatus.NOT_FOUND else ""

    def shown(self, role: str, origin: str) -> str:
        """The note of a log that it has cosigned as "witness" or "mirror"; empty: it has none.

        Raises:
            SetupError: as `publication` does.
        """
        found = self._get(f"/{role}/{origin_digest(origin)}/checkpoint", NOTE_CAP + 1)
        return _text(found) if found.status != HTTPStatus.NOT_FOUND else ""

    def push(self, text: str) -> None:
        """Hand it a publication of the own log.

        Raises:
            SetupError: as `publication` does.
        """
        to = outgoing.target(f"{self._base}/publications", plain=True)
        at = outgoing.resolved(to, inside=True)  # the installation's own file names it
        _text(outgoing.post(to, at, text.encode(), {"Content-Type": JSON}, TIMEOUT))

    def _get(self, path: str, most: int) -> Answer:
        to = outgoing.target(self._base + path, plain=True)
        return outgoing.get(to, outgoing.resolved(to, inside=True), most, TIMEOUT)


def _text(found: Answer) -> str:
    if found.status != HTTPStatus.OK:
        raise outgoing.unreachable(f"the other state's installation answered {found.status}")
    try:
        return found.body.decode()
    except UnicodeDecodeError as error:
        raise outgoing.unreachable("the other state's installation answered no text") from error
