"""What a document about two logs proves, checked offline with both trust files and nothing else.

Source: docs/spec/feed.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from habeas.errors import Fault, RegisterError
from habeas.register import exchange, forks, settled
from habeas.register.checkpoint import Checkpoint
from habeas.register.forks import Fork
from habeas.register.keys import Trust
from habeas.register.settled import Checked


@dataclass(frozen=True, slots=True)
class Told:
    """The outcome of a check, as it is printed."""

    format: str
    verdict: str  # SETTLED, OVERDUE, SPLIT VIEW, ...; INVALID with the reason
    proven: bool
    event: str = ""  # its id; empty where none is shown
    person: str = ""  # its register number
    logs: tuple[tuple[str, int], ...] = ()  # origin and size of each checkpoint
    notes: tuple[str, ...] = ()  # what it does not show


def checked(text: str, own: Trust, peer: Trust, leaves: Iterable[bytes] | None = None) -> Told:
    """Check a document of any of its forms.

    Args:
        text: the document.
        own: the trust file of the log that has the event.
        peer: the trust file of the other log, or of the log that is said to show two histories.
        leaves: the other log's entries in order, for an overdue event; None where not at hand.

    Raises:
        RegisterError: H946, when it is no document of a known form; H932, H939, when it is not
            whole; as `forks.check` for a fork.
    """
    kind = settled.kind_of(text)
    match kind:
        case settled.SETTLED:
            return _told(kind, settled.check(text, own, peer))
        case settled.OVERDUE:
            return _told(kind, settled.check_overdue(text, own, peer, leaves))
        case exchange.SPLIT:
            view = exchange.check_split_view(text, peer.policy)
            said = "SPLIT VIEW: its log has signed two histories"
            return Told(kind, said, proven=True, logs=_logs(view.first, view.second))
        case forks.FORMAT:
            return _forked(forks.check(text, (own, peer)))
        case _:
            what = "the file is no document about two logs"
            fix = "Make one with 'habeas feed proof'; receipts: 'habeas register receipt --check'."
            raise RegisterError(Fault("H946", what, fix))


def _forked(found: Fork) -> Told:
    """What a fork shows: who signed both, and where each of the two stands."""
    both = " and ".join(found.both)
    said = f"FORK: {both} signed both events" if both else "FORK: nobody signed both events"
    logs = tuple((one.origin, one.size) for one in found.claims if one.origin)
    notes = [
        f"{one.event.kind} {one.event.id}, signed by "
        f"{', '.join(actor.authority for actor in one.event.actors)}: "
        f"{f'in {one.origin}' if one.origin else 'shown in no log'}"
        f"{'' if one.witnessed else ', NOT WITNESSED'}"
        for one in found.claims
    ]
    person = found.subject or ""
    return Told(forks.FORMAT, said, proven=True, person=person, logs=logs, notes=tuple(notes))


def _told(kind: str, found: Checked) -> Told:
    points = [one for one in (found.own, found.peer) if one is not None]
    event = found.event
    named = ("", "") if event is None else (event.id, event.subject or "")
    return Told(kind, found.text, found.proven, *named, _logs(*points), found.notes)


def _logs(*points: Checkpoint) -> tuple[tuple[str, int], ...]:
    return tuple((one.origin, one.size) for one in points)
