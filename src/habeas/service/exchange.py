"""Messages between the two states that somebody carries as a file: what is said of them.

The gateway writes, judges and takes in a message; here is only who is in it, and what is told of
what became of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from habeas import errors
from habeas.errors import Fault, SetupError
from habeas.register import events
from habeas.service import asking, message
from habeas.service.asking import Found
from habeas.terms import Side

CAP = 3 * 1024 * 1024  # bytes of a message: what a gateway takes in one request, with room
NOT_OURS = "Ask the other state for the file that its installation wrote."
NO_NUESTRO = "Pida al otro Estado el archivo que escribió su instalación."


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one event or draft of a message.

    `index` is None where it is not in the register, `refused` where nothing refused it.
    """

    id: str  # empty where it could not even be read
    index: int | None
    refused: Fault | None
    draft: bool


def own(side: Side | None, state: str, states: tuple[str, str]) -> bool:
    """Whether somebody is of the state whose installation it is.

    Args:
        side: theirs; None for one of neither.
        state: whose the installation is.
        states: the sending and the receiving one.
    """
    return side is not None and dict(zip(Side, states, strict=True))[side] == state


def text(data: bytes) -> str:
    """The text of a message's file.

    Raises:
        SetupError: H831 for one that is too large, H832 for one that is no text.
    """
    if len(data) > CAP:
        spanish = ("el archivo es mayor de lo que puede ser un mensaje", NO_NUESTRO)
        what = "the file is larger than a message can be"
        raise SetupError(Fault("H831", what, NOT_OURS, spanish=spanish))
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        spanish = ("el archivo no es texto", NO_NUESTRO)
        raise SetupError(Fault("H832", "the file is no text", NOT_OURS, spanish=spanish)) from error


def subjects(found: str) -> list[str]:
    """The persons of whom a message speaks, each once."""
    said = message.read(found).message
    bodies = [*(one.body for one in said.events), *(one.body for one in said.drafts)]
    return list(dict.fromkeys(str(events.parse(body).get("subject")) for body in bodies))


def outcomes(answer: Found) -> Sequence[Outcome]:
    """What became of each event and draft of a message, in its order."""
    return [
        _outcome(one, draft=draft)
        for name, draft in (("events", False), ("drafts", True))
        for one in answer[name]
    ]


def _outcome(found: Found, *, draft: bool) -> Outcome:
    refused = None
    if "error" in found:
        error: errors.HabeasError = asking.raised(found)
        refused = error.faults[0]
    index = found.get("index")
    return Outcome(str(found.get("id", "")), index, refused, draft)
