"""The events of one person, as whoever holds the keys reads them."""

from typing import Protocol

from habeas.errors import Fault, RegisterError
from habeas.register import quick
from habeas.register.events import Event
from habeas.register.sealed import Vault
from habeas.register.store import Store

Events = list[Event]  # of one person, in register order


class Shelf(Protocol):
    """Where a register's rows lie, and what opens them: a log, or a register that is only read."""

    @property
    def store(self) -> Store:
        """The rows."""
        ...

    @property
    def vault(self) -> Vault:
        """What opens them."""
        ...


def of_person(log: Shelf, subject: str) -> list[Event]:
    """A person's events in register order.

    Raises:
        RegisterError: H592, when one of them cannot be read: what follows it cannot be judged.
    """
    rows = list(log.store.of_person(subject))
    records = list(log.vault.records(rows))
    if len(records) < len(rows):
        what = "the key of this person's content is not there: erased, or lost"
        fix = "Restore the key store, if it was not erased."
        raise RegisterError(Fault("H592", what, fix, where=subject))
    return [quick.event(record.body, record.index) for record in records]
