"""Settlement at work: which shared events stand how, and the documents that prove it.

Rules
- Nothing is read twice: own leaves are looked through once, the mirror's once, and after that only
  what is not settled and may have moved.
- A state is what `settlement.follows` says of it; each change is kept with its time.
- The same round again changes nothing. What the ledger lost is found again from both logs.

Source: docs/spec/feed.md.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from habeas.errors import Fault, RegisterError
from habeas.register import settled
from habeas.register.events import Row
from habeas.register.log import LONG_AGO, Log
from habeas.register.policy import Policy
from habeas.register.receipt import Receipt
from habeas.register.settlement import (
    HOURS,
    Change,
    Facts,
    Reach,
    SettlementLedger,
    follows,
    stand,
)
from habeas.register.waiting import Waiting
from habeas.service import mirror as mirrors
from habeas.service import post, record
from habeas.service.mirror import Mirror
from habeas.terms import Settlement

PAGE = 1024  # events at a time
LISTED = 1000  # overdue events that are told

Shared = Callable[[int, int], Iterable[Row]]
"""Events between the two states that are found when the own log is read from one size to another;
one that became shared by a later event may lie below."""


@dataclass(frozen=True, slots=True)
class Both:
    """Both logs as an installation holds them, and where the states lie."""

    log: Log
    policy: Policy  # of the own log
    mirror: Mirror
    ledger: SettlementLedger

    @property
    def witnessed(self) -> bool:
        """Whether the own policy asks for witnesses at all."""
        return self.policy.quorum != "none"


@dataclass(frozen=True, slots=True)
class Summary:
    """How the shared events stand after a round."""

    counts: Mapping[Settlement, int]
    changed: int
    overdue: tuple[Change, ...]  # the first of them by index; `counts` has all
    witnessed: bool  # False: the own policy asks for no witness, so that nothing can be settled


class Sharing:
    """Which events one correspondence shares: what is told the peer, and what came from it."""

    def __init__(self, log: Log, line: post.Line, waiting: Waiting) -> None:
        self._log, self._name, self._waiting = log, line.name, waiting
        self._told = post.concerning(log, line.ground)

    def __call__(self, start: int, end: int) -> Iterator[Row]:
        """Those that are found between two sizes of the log."""
        rows = [one for one in self._log.store.rows(start, end) if one.subject is not None]
        came = self._waiting.came(self._name, [one.event_id for one in rows])
        for row in rows:
            if row.event_id in came:
                yield row
            yield from self._told(row)


def run(
    both: Both,
    shared: Shared,
    now: datetime,
    hours: int = HOURS,
    disputed: Collection[str] = (),
) -> Summary:
    """Bring every shared event's state up to what both logs show now.

    Args:
        both: the logs.
        shared: which events are shared.
        now: UTC.
        hours: in which an event shall be settled.
        disputed: ids of events at whose place another fully signed event stands.
    """
    round_ = _Round(both, now, timedelta(hours=hours), frozenset(disputed))
    changed = round_.entered(shared) + round_.seen() + round_.moved() + round_.fought()
    overdue = both.ledger.listed(Settlement.OVERDUE, LISTED)
    return Summary(both.ledger.counts(), changed, tuple(overdue), both.witnessed)


class _Round:
    def __init__(
        self, both: Both, now: datetime, allowed: timedelta, disputed: frozenset[str]
    ) -> None:
        self._both, self._now, self._allowed = both, now, allowed
        self._disputed = disputed
        self._reach = self._covered(both.ledger.reach())

    def _covered(self, before: Reach) -> Reach:
        both, store = self._both, self._both.log.store
        size = both.log.size
        if before.own > size:  # the own log was restored from an older copy
            before = Reach()
        own = mirrors.quorum(store, both.policy, before.published or -1)
        name = mirrors.name_of(both.mirror.origin)
        peer = both.mirror.quorum()
        return replace(
            before,
            published=max(before.published, own[0] if own else 0),
            mirrored=max(before.mirrored, mirrors.lined(store, both.policy, name, before.mirrored)),
            peer_published=max(before.peer_published, peer[0] if peer else 0),
            peer=min(before.peer, both.mirror.size),
        )

    def _facts(self, one: Change) -> Facts:
        reach, peer = self._reach, one.peer_index
        return Facts(
            one.own_index,
            one.own_index < reach.published if self._both.witnessed else None,
            one.own_index < reach.mirrored,
            peer,
            peer is not None and peer < reach.peer_published,
            one.due,
            self._now,
            one.event_id in self._disputed,
        )

    def _after(self, one: Change) -> Change:
        return replace(one, state=follows(one.state, self._facts(one)), at=self._now)

    def entered(self, shared: Shared) -> int:
        """Keep every shared event that is new in the own log."""
        both, count = self._both, 0
        for start in range(self._reach.own, both.log.size, PAGE):
            end = min(both.log.size, start + PAGE)
            found = {row.event_id: row for row in shared(start, end)}
            known = both.ledger.kept(found)
            rows = [row for name, row in found.items() if name not in known]
            fresh = self._fresh(rows)
            self._reach = replace(self._reach, own=end)
            both.ledger.keep(fresh, self._reach)
            count += len(fresh)
        return count

    def _fresh(self, rows: Sequence[Row]) -> list[Change]:
        recorded = self._both.log.store.recorded(row.index for row in rows)
        places = self._both.mirror.found([row.entry for row in rows])
        found = list[Change]()
        for row in rows:
            since = recorded.get(row.index, LONG_AGO).astimezone(UTC)
            since = self._now if since <= LONG_AGO else since  # a leaf that was taken back
            change = Change(
                row.event_id,
                row.entry,
                Settlement.LOGGED,
                self._now,
                since,
                since + self._allowed,
                row.index,
                places.get(row.entry),
            )
            found.append(replace(change, state=stand(self._facts(change))))
        return found

    def seen(self) -> int:
        """Look for the mirror's new leaves among the events that it did not have."""
        both, count = self._both, 0
        for start in range(self._reach.peer, both.mirror.size, PAGE):
            end = min(both.mirror.size, start + PAGE)
            entries = both.mirror.store.entries(start, end)
            places = {entry: start + place for place, entry in reversed([*enumerate(entries)])}
            found = [
                self._after(replace(one, peer_index=places[one.entry]))
                for one in both.ledger.unseen(entries)
            ]
            self._reach = replace(self._reach, peer=end)
            both.ledger.keep(found, self._reach)
            count += len(found)
        return count

    def moved(self) -> int:
        """Take up those whose state may be another by now."""
        both, after, count = self._both, -1, 0
        if not self._both.witnessed:
            return 0
        while page := both.ledger.moved(self._reach, self._now, after, PAGE):
            found = [(one, self._after(one)) for one in page]
            changed = [new for old, new in found if new.state is not old.state]
            both.ledger.keep(changed, self._reach)
            after, count = page[-1].own_index, count + len(changed)
        both.ledger.keep((), self._reach)
        return count

    def fought(self) -> int:
        """Take up those of which another came to be known."""
        kept = self._both.ledger.kept(self._disputed).values()
        found = [(one, self._after(one)) for one in kept]
        changed = [new for old, new in found if new.state is not old.state]
        self._both.ledger.keep(changed)
        return len(changed)


# Documents


def document(both: Both, event_id: str) -> str:
    """The proof that an event is settled: its receipt, and its proof in the other log.

    Raises:
        RegisterError: H940, when one of both is missing, which is named; H543 for an event that
            cannot be read.
    """
    own, peer = _receipt(both, event_id), None
    if own is not None:
        row = both.log.store.by_ids([event_id])[event_id]
        peer = both.mirror.proof(row.entry, record.salt_of(own))
    if own is None or peer is None:
        lacking = "this log" if own is None else "the other log"
        what = f"event {event_id} is not under a checkpoint with a quorum in {lacking}"
        raise _lacking(what, "Wait for the next publication, or see 'habeas feed status'.")
    return settled.settlement(own, peer)


def overdue(
    both: Both, event_id: str, hours: int, acknowledged: tuple[str, Receipt] | None = None
) -> str:
    """The proof that an event is overdue.

    Args:
        both: the logs.
        event_id: the event.
        hours: in which it should have been settled.
        acknowledged: the peer's latest message whose `received` is above the event's index, and
            the receipt of the key that signed it; None where there is none.

    Raises:
        RegisterError: H940, when it is not overdue, or the own log has no quorum over it.
    """
    kept = both.ledger.kept([event_id]).get(event_id)
    own, peer = _receipt(both, event_id), both.mirror.note()
    if kept is None or kept.state is not Settlement.OVERDUE or own is None or not peer:
        what = f"event {event_id} is not known as overdue, or not under a quorum in this log"
        raise _lacking(what, "See 'habeas feed status'.")
    return settled.overdue(own, peer, hours, acknowledged)


def _receipt(both: Both, event_id: str) -> Receipt | None:
    """The receipt of an event under the own quorum; None where there is none."""
    row = both.log.store.by_ids([event_id]).get(event_id)
    under = mirrors.quorum(both.log.store, both.policy)
    if row is None or under is None or row.index >= under[0]:
        return None
    return record.make_receipt(both.log.store, both.log.vault, row.index, under)


def _lacking(what: str, fix: str) -> RegisterError:
    return RegisterError(Fault("H940", what, fix))
