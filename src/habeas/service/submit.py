"""Append each event that may be appended alone; the others come back with their reasons.

Rules
- An event is judged by the workflow's table on what the register holds, never on another event
  that came with it and that the register might yet refuse: a person's events go one after another,
  the events of many persons together.
- An event that is there already is answered with its old index, whatever the table says by now.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from habeas.errors import HabeasError, RegisterError
from habeas.register import events
from habeas.register.events import Event
from habeas.register.log import Log, Signed
from habeas.service import record
from habeas.service.transfer import Ground

Outcome = int | HabeasError
Write = Callable[[Sequence[Signed]], Sequence[int | RegisterError]]


def submit(log: Log, ground: Ground | None, batch: Sequence[Signed], write: Write) -> list[Outcome]:
    """Append a batch, each event alone.

    Args:
        log: where they go, for what it holds.
        ground: the agreement that they stand under; None, where all are administrative.
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
        kept = log.store.by_ids([event.id for _, event in now])
        asked = [(place, event) for place, event in now if event.id not in kept]
        outcomes |= _refusals(log, ground, asked)
        places = [place for place, _ in now if place not in outcomes]
        found = write([batch[place] for place in places]) if places else ()
        outcomes |= dict(zip(places, found, strict=True))
    return [outcomes[place] for place in range(len(batch))]


def _first_of_each(
    waiting: Sequence[tuple[int, Event]],
) -> tuple[list[tuple[int, Event]], list[tuple[int, Event]]]:
    now, later, seen = list[tuple[int, Event]](), list[tuple[int, Event]](), set[str]()
    for place, event in waiting:
        (later if event.subject in seen else now).append((place, event))
        if event.subject is not None:
            seen.add(event.subject)
    return now, later


def _refusals(
    log: Log, ground: Ground | None, asked: Sequence[tuple[int, Event]]
) -> dict[int, Outcome]:
    found: dict[int, Outcome] = {}
    for place, event in asked:
        try:
            record.judge(log, ground, replace(event, index=log.size), {})
        except RegisterError as error:
            found[place] = error
    return found
