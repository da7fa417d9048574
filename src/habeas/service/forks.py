"""Forks between the own log and the peer's, found among what was refused of the peer's events.

An event of the peer that claims a custody number, or an id, which another event holds here is never
appended: it is parked. Both are then put into one proof that anybody checks with both trust files.
Left out: which of the two stands (`custody.fork_resolved`).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from habeas.register import events, forks, receipt
from habeas.register.events import Record, Row
from habeas.register.forks import Claim
from habeas.register.log import Log
from habeas.register.receipt import Receipt
from habeas.service import record

# Of an entry and its salt: the tlog-proof in the peer's log; None where the mirror has it not.
Prove = Callable[[bytes, bytes], str | None]


@dataclass(frozen=True, slots=True)
class Clash:
    """Two events that exclude each other: the own log's, and the parked one of the peer."""

    own: Row
    parked: Row


def clashes(log: Log, parked: Iterable[Row]) -> Iterator[Clash]:
    """Every parked event whose place another event holds in the own log."""
    for row in parked:
        same = log.store.by_ids([row.event_id]).get(row.event_id)
        held = [] if row.subject is None or row.seq is None else log.store.of_person(row.subject)
        found = next((one for one in held if one.seq == row.seq), None) or same
        if found is not None and found.entry != row.entry and _differ(log, found, row):
            yield Clash(found, row)


def _differ(log: Log, *rows: Row) -> bool:
    """Whether two events were signed: a body under another salt is the same one."""
    bodies = {one.body for one in log.vault.records(rows)}
    return len(bodies) == len(rows)


def disputed(log: Log, parked: Iterable[Row]) -> frozenset[str]:
    """The register numbers of those about whom two events exclude each other."""
    return frozenset(one.own.subject for one in clashes(log, parked) if one.own.subject)


def document(log: Log, clash: Clash, prove: Prove) -> str:
    """The proof of one clash, as `habeas-fork/1`.

    Raises:
        RegisterError: H543, when no checkpoint covers the own event yet, or either was erased.
    """
    own = record.make_receipt(log.store, log.vault, clash.own.index)
    salt = receipt.read_proof(own.proof).salt
    other = record.opened(log.vault, clash.parked)
    return forks.write((Claim(own, salt), _claim(log, other, prove)))


def _claim(log: Log, found: Record, prove: Prove) -> Claim:
    """The peer's event with its proof there, and its signers' keys as either log enrolled them."""
    proof = prove(found.entry, found.salt) or ""
    wanted = {actor.key for actor in events.event(events.parse(found.body)).actors}
    keys = tuple(
        _enrolment(log, one, prove) for one in record.enrolled(log.store, log.vault, wanted)
    )
    body, block = found.body, found.sigblock
    return Claim(Receipt(body, block, proof, keys, found.path, found.manifest), found.salt)


def _enrolment(log: Log, found: Record, prove: Prove) -> Receipt:
    there = prove(found.entry, found.salt)
    own = record.make_receipt(log.store, log.vault, found.index)
    return own if there is None else replace(own, proof=there)
