"""Public statistics of a month: a numbered issue of fixed tables, and what it must withhold."""

import base64
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby

from habeas.custody.days import SECOND
from habeas.custody.overstay import Person, held_past
from habeas.custody.sentence import Sentenced
from habeas.errors import Fault, StatisticsError
from habeas.law.agreement import Agreement
from habeas.register.checkpoint import read_note
from habeas.register.events import Event
from habeas.register.sealed import Vault
from habeas.register.store import Store
from habeas.service import hold
from habeas.statistics.publication import Issue, Policy, around, number, over, withheld
from habeas.statistics.tables import ALL, Counts, Key, Month, Row, counts, month, places
from habeas.transfer.state import Terms

CORRECTED = "correction"


@dataclass(frozen=True, slots=True)
class Source:
    """A register at one of its checkpoints, under its agreement."""

    deal: Agreement
    terms: Terms
    events: Sequence[Event]
    note: str  # the checkpoint
    held: hold.Held

    @property
    def checkpoint(self) -> tuple[str, int, str]:
        """Origin, size and root in base64."""
        found = read_note(self.note).checkpoint
        return found.origin, found.size, base64.b64encode(found.root).decode()


@dataclass(frozen=True, slots=True)
class Earlier:
    """An issue as it was published."""

    agreement: str
    origin: str
    month: str  # YYYY-MM
    number: int
    size: int  # leaves that it was computed from
    counts: Mapping[Key, int | None]  # None: withheld
    digest: str  # SHA-256 of its datapackage.json
    where: str
    tells_due: bool = False  # how many duties fell due

    def withholds(self) -> bool:
        """Whether anything of either state as a whole, or of both."""
        return any(value is None and key.row.facility == ALL for key, value in self.counts.items())


@dataclass(frozen=True, slots=True)
class Asked:
    """What one call asks for."""

    first: date  # of the month
    as_of: datetime  # UTC
    policy: Policy
    reason: str = ""  # of a revision


@dataclass(frozen=True, slots=True)
class Made:
    """An issue that may be published."""

    issue: Issue
    source: Source
    asked: Asked
    supersedes: str  # SHA-256 of the issue before it; empty for a first one
    stale: tuple[str, ...]  # later months whose stock at the start is another now


def policy(threshold: int) -> Policy:
    """The policy of a call; `issue` refuses a threshold that withholds nothing."""
    return Policy(threshold)


def source(store: Store, vault: Vault, deal: Agreement, terms: Terms, size: int | None) -> Source:
    """A register at its latest checkpoint, or at the latest of at most so many leaves.

    Raises:
        StatisticsError: H886, without such a checkpoint; H889, where persons cannot be read.
    """
    notes = [one for one in store.checkpoints() if size is None or one[0] <= size]
    if not notes:
        what = "the register has no checkpoint that the tables could name"
        raise StatisticsError(Fault("H886", what, "Sign one with `habeas register publish`."))
    leaves, note = notes[-1]
    found, events = hold.with_events(store, vault, terms, deal.calendar, leaves)
    if found.unreadable:
        what = f"{found.unreadable:,} persons cannot be read, and no erasure names them"
        raise StatisticsError(Fault("H889", what, "Verify the register, and restore its keys."))
    return Source(deal, terms, events, note, found)


def past(held: hold.Held, deal: Agreement, at: datetime) -> set[str]:
    """Who is held past the date at an instant."""
    found = set[str]()
    concerned = (one for one in held.intervals if one.subject in held.sentences)
    for subject, mine in groupby(concerned, key=lambda one: one.subject):
        pieces = hold.until(mine, at)
        if not pieces or pieces[-1].end is not None:
            continue
        said = held.sentences.get(subject, Sentenced()).known(at)
        late = held_past(Person(tuple(pieces), said, deal.calendar, at))
        if late is not None and late.to is None:
            found.add(subject)
    return found


def counted(held: hold.Held, deal: Agreement, when: Month) -> tuple[Counts, tuple[Row, ...]]:
    """The counts of a month, and its places."""
    end = when.edges()[1]
    late = past(held, deal, end - SECOND)
    return counts(held.intervals, late, when), tuple(places(held.intervals, end))


def known_at(found: Source, size: int, until: datetime) -> hold.Held:
    """What the first leaves of the register say of custody before an instant.

    Only of persons about whom something of that time was recorded later is anything else.
    """
    moved = {
        one.subject
        for one in found.events
        if one.index >= size and (one.kind == CORRECTED or one.occurred_at < until)
    } - {None}
    if not moved:
        return found.held
    read = [one for one in found.events if one.index < size and one.subject in moved]
    then = hold.of_events(read, found.terms, found.deal.calendar)
    kept = [one for one in found.held.intervals if one.subject not in moved]
    sentences = {
        who: said for who, said in found.held.sentences.items() if who not in moved
    } | dict(then.sentences)
    return replace(found.held, intervals=(*kept, *then.intervals), sentences=sentences)


def ended(deal: Agreement, asked: Asked) -> Month:
    """The month that is asked for, if it is over in the agreement's zone.

    Raises:
        StatisticsError: H882.
        LawError: H711.
    """
    return over(month(asked.first, deal.calendar.zone), asked.as_of)


def issue(found: Source, asked: Asked, earlier: Iterable[Earlier]) -> Made:
    """The next issue of a month, with what it withholds.

    Raises:
        StatisticsError: H881 to H885, H887, H888.
        LawError: H711.
    """
    when = ended(found.deal, asked)
    asked.policy.checked()
    issued = sorted(earlier, key=lambda one: (one.month, one.number))
    _same(found, issued)
    at = number(when, [(one.month, one.number) for one in issued], asked.reason)
    near = around(when, (one.month for one in issued))
    others = [_recalled(found, one) for one in issued if one.month in near.months]
    truth, among = counted(found.held, found.deal, when)
    new = Issue(when, at, truth, among)
    mine = [one for one in others if one.month.name == when.name]
    if mine and mine[-1].counts == truth:
        what = f"nothing of {when.name} is other than in its issue {at - 1}"
        raise StatisticsError(Fault("H884", what, "Leave it as it is."))
    done = replace(new, withheld=withheld(new, others, near, asked.policy))
    digest = next((one.digest for one in reversed(issued) if one.month == when.name), "")
    return Made(done, found, asked, digest, _stale(done, issued))


def _same(found: Source, issued: Sequence[Earlier]) -> None:
    origin = found.checkpoint[0]
    for one in issued:
        if (one.agreement, one.origin) != (found.deal.id, origin):
            what = f"an issue of {one.agreement} and the register {one.origin} lies there"
            fix = "Name the folder of this agreement's and register's issues."
            raise StatisticsError(Fault("H885", what, fix, where=one.where))


def _recalled(found: Source, one: Earlier) -> Issue:
    """What was true of an issue, counted again from the leaves that it was computed from.

    Raises:
        StatisticsError: H887.
    """
    when = month(date.fromisoformat(f"{one.month}-01"), found.deal.calendar.zone)
    truth, among = counted(known_at(found, one.size, when.edges()[1]), found.deal, when)
    shown = {key: value for key, value in one.counts.items() if value is not None}
    if one.counts.keys() != truth.keys() or any(
        truth[key].value != value for key, value in shown.items()
    ):
        what = f"issue {one.number} of {one.month} has counts that its {one.size:,} leaves lack now"
        fix = "A person was erased since, or the folder was changed: begin a new folder."
        raise StatisticsError(Fault("H887", what, fix, where=one.where))
    hidden = frozenset(key for key, value in one.counts.items() if value is None)
    return Issue(when, one.number, truth, among, hidden)


def _stale(new: Issue, issued: Sequence[Earlier]) -> tuple[str, ...]:
    """Later months that show another stock at their start than the issue does at its end."""
    latest = {one.month: one for one in issued if one.month > new.month.name}
    told = {
        key: one.value for key, one in new.counts.items() if key.period == new.month.stocks()[1]
    }
    return tuple(
        name
        for name, one in latest.items()
        if any(one.counts.get(key, told[key]) not in {None, told[key]} for key in told)
    )


def row_names(row: Row) -> tuple[str, str]:
    """How a row is named in a table."""
    return row.custodian or "both", row.facility if row.facility != ALL else "all"


def hidden(made: Made) -> Collection[Key]:
    """Every count that stands in the tables without its number."""
    return made.issue.withheld | made.issue.of_rows()
