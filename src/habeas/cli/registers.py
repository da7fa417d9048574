"""A register under one agreement, opened for a command that shows who was held."""

from collections.abc import Mapping
from pathlib import Path

from habeas.adapters import register_files
from habeas.cli import output
from habeas.service import agree, hold, transfer

States = tuple[str | None, str | None]  # sending and receiving, where an agreement has several


def held(
    register: Path, agreement: str, states: States = (None, None), size: int | None = None
) -> hold.Register:
    """A register's intervals with its agreement; says on stderr who stands in none.

    Args:
        register: the register's file.
        agreement: whose workflow orders the events.
        states: the sending and the receiving state, where the agreement has several.
        size: only the first leaves, as the register was known then; None for all.

    Raises:
        SetupError: H717, for a size that the register never had.
    """
    deal = agree.library().agreement(agreement)
    rules = transfer.terms(deal, *transfer.pair(deal, *states))
    with register_files.opened(register) as files:
        store = files.store
        found = hold.of_register(store, files.vault, rules, deal.calendar, size)
        covered = [note for at, note in store.checkpoints() if at <= found.size]
    _missing(found)
    return hold.Register(deal, found, covered[-1] if covered else "")


def read(
    register: Path, agreement: str, states: States = (None, None), size: int | None = None
) -> hold.Read:
    """The same with every event that can be read; says on stderr who cannot.

    Raises:
        SetupError: H717, for a size that the register never had.
    """
    deal = agree.library().agreement(agreement)
    pair = transfer.pair(deal, *states)
    rules = transfer.terms(deal, *pair)
    with register_files.opened(register) as files:
        store = files.store
        found, events = hold.with_events(store, files.vault, rules, deal.calendar, size)
        covered = [note for at, note in store.checkpoints() if at <= found.size]
    _missing(found)
    whole = hold.Register(deal, found, covered[-1] if covered else "")
    return hold.Read(whole, hold.standing(events, rules), rules, pair)


def _missing(found: hold.Held) -> None:
    if found.erased:
        output.note(f"{found.erased:,} persons were erased: their stays are not counted here")
    if found.unreadable:
        what = "persons cannot be read, and no erasure names them: their stays are missing here"
        output.note(f"{found.unreadable:,} {what}; verify the register")


def status(basis: Mapping[str, object]) -> int:
    """What lacks a person whom nobody has erased does not hold."""
    return output.DOES_NOT_HOLD if basis.get("unreadable_persons") else output.DONE
