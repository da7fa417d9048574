"""Append each event that may be appended alone; the others come back with their reasons.

Rules
- A departure waits for what came before it and tells who has arrived, or departs under another
  manifest: only then is it judged.
- An event is judged by the workflow's table on what the register holds, never on another event
  that came with it and that the register might yet refuse: a person's events go one after another,
  the events of many persons together.
- An event that is there already is answered with its old index, whatever the table says by now.
"""

from collections.abc import Callable, Sequence

from habeas.errors import HabeasError, RegisterError
from habeas.register import events
from habeas.register.events import Event
from habeas.register.log import Signed
from habeas.service.judging import Bench, refusal
from habeas.service.manifests import KINDS
from habeas.terms import EventKind

Outcome = int | HabeasError
Write = Callable[[Sequence[Signed]], Sequence[int | RegisterError]]


def submit(bench: Bench, batch: Sequence[Signed], write: Write) -> list[Outcome]:
    """Append a batch, each event alone.

    Args:
        bench: of the register where they go, and the agreement that they stand under.
        batch: signed events; those of one person in their order.
        write: admits events that the table allows, each alone: `Log.append_each` at an instant.

    Returns:
        For each event its index, or why it was refused.
    """
    outcomes: dict[int, Outcome] = {}
    waiting: list[tuple[int, Event]] = []
    for place, signed in enumerate(batch):
        try:
            waiting.append((place, events.event(events.parse(signed.body))))
        except RegisterError as error:
            outcomes[place] = error
    while waiting:
        now, waiting = _first_of_each(waiting)
        kept = bench.log.store.by_ids([event.id for _, event in now])
        for place, event in now:
            refused = None if event.id in kept else refusal(bench, event)
            if refused is not None:
                outcomes[place] = refused
        places = [place for place, _ in now if place not in outcomes]
        found = write([batch[place] for place in places]) if places else ()
        outcomes |= dict(zip(places, found, strict=True))
    return [outcomes[place] for place in range(len(batch))]


def _first_of_each(
    waiting: Sequence[tuple[int, Event]],
) -> tuple[list[tuple[int, Event]], list[tuple[int, Event]]]:
    now, later, seen = list[tuple[int, Event]](), list[tuple[int, Event]](), set[str]()
    before = set[str]()  # what a departure under another manifest has to wait for
    for place, event in waiting:
        moved = _moved(event)
        waits = event.kind == EventKind.DEPARTED and bool(before - {moved})
        (later if waits or event.subject in seen else now).append((place, event))
        before |= {moved} - {""}
        if event.subject is not None:
            seen.add(event.subject)
    return now, later


def _moved(event: Event) -> str:
    """Which manifest an event departs under; its id where it tells of one's arrival, else empty."""
    if event.kind == EventKind.DEPARTED:
        return f"manifest {event.body.get('manifest')}"
    return event.id if event.kind in KINDS else ""
