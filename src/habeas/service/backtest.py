"""A projection from a past day, with what the register knew then, against what followed.

Only leaves that were recorded by then are read, and of them only what had happened by then: what
was recorded later about earlier days is not used. What followed is what the register knows now.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from habeas.custody.days import civil_day, midnight_before
from habeas.errors import Fault, SetupError
from habeas.law.calendar import civil, day
from habeas.projection import measure, simulate
from habeas.projection.bands import SHARES, bands
from habeas.projection.chance import number_of
from habeas.projection.measure import Arrivals, Basis, Law, Spell, Value
from habeas.projection.plan import Deal, Held, House, Plan, Stream, Uncertain
from habeas.projection.score import Score, percent, score
from habeas.register.events import Event
from habeas.service import NOT_REVIEWED, hold
from habeas.terms import EventKind

__all__ = [
    "WORDS", "Asked", "BackTest", "back_test", "begin", "document", "last_day", "measured", "notes",
    "origin", "percent", "plan", "points", "size_at", "within",
]  # fmt: skip
Document = dict[str, Any]  # Any: a document for a face
WORDS = "range of draws under the stated assumptions"
DEAL = "agreement"  # its name in the plan
PLACES = 1 << 24  # a register does not say how many there are: room for everybody
LEAST_SEEN = 5  # persons who left, from whom it is told how early people leave
GOLDEN = 0.6180339887498949  # spreads persons evenly over the quantiles of a law
BACK = frozenset({EventKind.HANDED_OVER.value})
DOWN = frozenset({EventKind.REFUSED, EventKind.WITHDRAWN, EventKind.CONSENT_WITHDRAWN})
GONE = frozenset(one.value for one in EventKind) - measure.DIED


class Dated(Protocol):
    """A register's store as far as it says when its leaves came."""

    def size(self) -> int:
        """How many leaves it holds."""
        ...

    def recorded(self, indexes: Iterable[int]) -> dict[int, datetime]:
        """When events were recorded, UTC; of pads nothing is said."""
        ...


@dataclass(frozen=True, slots=True)
class Asked:
    """What is projected: the receiving state's custody from a day until another."""

    first: date
    until: date  # the day after the last
    draws: int
    seed: int
    past: int  # days before the first in which arrivals are counted


@dataclass(frozen=True, slots=True)
class Measured:
    """What the register said by the first day."""

    basis: Basis
    spells: list[Spell]
    arrivals: Arrivals | None  # None: nobody came in the days looked at
    law: Law | None  # None: nobody had left
    died: Value | None
    back: Value | None
    eligible: Value | None  # None: on nobody who was put forward had it been decided
    lead: int  # days before the end of the sentence on which people leave; 0: too few have left
    left: tuple[int, ...]  # of those there: days left, by the sentence less the lead
    without_end: int  # of those there: the end of their sentence is not known

    def values(self) -> list[Value]:
        """Every number with its range."""
        came = () if self.arrivals is None else (self.arrivals.a_day, self.arrivals.group)
        others = (self.died, self.back, self.eligible)
        return [one for one in (*came, *others) if one is not None]


@dataclass(frozen=True, slots=True)
class BackTest:
    """The draws at each month's end, and what was the case."""

    asked: Asked
    measured: Measured
    days: tuple[int, ...]  # of the census, since 1970
    draws: NDArray[np.int32]  # (draws, points)
    seen: tuple[int, ...]
    before: int  # held when it was projected, as known then
    before_now: int  # the same as known now
    score: Score


def size_at(store: Dated, at: datetime) -> int:
    """How many leaves the register had at an instant, by when its sequencer says they came.

    Raises:
        SetupError: H840, where it is lost when some of them came.
    """
    size = 0
    for index, came in sorted(store.recorded(range(store.size())).items()):
        if came > at:
            break
        if came.timestamp() <= 0:
            what = f"when leaf {index} of the register was recorded is lost"
            raise SetupError(Fault("H840", what, "Say with --size what was known on that day."))
        size = index + 1
    return size


def last_day(store: Dated, zone: str) -> date:
    """The day after which the register is silent: that of its latest event, not with it.

    Raises:
        SetupError: H839, for a register without an event.
    """
    latest = max(store.recorded(range(store.size())).values(), default=None)
    if latest is None:
        raise SetupError(Fault("H839", "the register has no event", "Name another register."))
    return civil_day(latest, zone)


def within(asked: Asked, after: date) -> None:
    """Refuse days of which the register cannot speak yet.

    Raises:
        SetupError: H839.
    """
    if asked.until > after:
        what = f"the register speaks of days before {after} only, and not until {asked.until}"
        raise SetupError(Fault("H839", what, f"Give --until {after} or earlier."))


def begin(first: date, zone: str) -> datetime:
    """The instant at which a day begins in the agreement's zone."""
    return midnight_before(first, zone)


def back_test(read: hold.Read, whole: hold.Register, asked: Asked) -> BackTest:
    """Project from the first day by what was known, and hold it against what followed.

    Args:
        read: the register at the size that it had then.
        whole: the register as it is.
        asked: the days, the draws, the seed.

    Raises:
        SetupError: H839, for days in which nothing can be held against one another; H846, where
            nobody had left yet, so that it is unknown how long people stay.
    """
    zone = whole.deal.calendar.zone
    days = _ends(asked)
    found = measured(read, asked, zone, origin(read.found, whole))
    payload = plan(found, asked)
    counts = simulate.run(payload, asked.seed, 0, asked.draws)[f"by.{DEAL}"]
    first = day(asked.first)
    draws = counts[:, [on - first for on in days]].astype(np.int32)
    now = measure.spells(whole.held.received(), asked.until, zone)
    seen, before = [_held(now, on) for on in days], _held(found.spells, first - 1)
    scored = score(bands(draws).shares, np.array(seen), np.full(len(days), before))
    told = tuple(days), draws, tuple(seen), before, _held(now, first - 1), scored
    return BackTest(asked, found, *told)


def _ends(asked: Asked) -> list[int]:
    """The last day of each month and the last of all."""
    first, last = day(asked.first), day(asked.until) - 1
    if last < first:
        what = f"no day lies from {asked.first} until {asked.until}"
        raise SetupError(Fault("H839", what, "Give --until later than --from."))
    return [on for on in range(first, last + 1) if on == last or civil(on + 1).day == 1]


def _held(found: Sequence[Spell], on: int) -> int:
    """At the end of a day."""
    return sum(one.begin <= on and (one.end is None or on < one.end) for one in found)


def origin(*found: hold.Register) -> str:
    """Of the register's log, as its first checkpoint at hand says it; empty: none is there."""
    notes = (one.checkpoint.partition("\n")[0] for one in found)
    return next((name for name in notes if name), "")


def measured(read: hold.Read, asked: Asked, zone: str, origin: str) -> Measured:
    """What the register said by the first day.

    Raises:
        SetupError: H839, where it knew of nobody.
    """
    known = read.found.held
    basis = Basis(asked.first, known.size, origin)
    found = measure.spells(known.received(), asked.first, zone)
    if not found:
        what = f"with {known.size:,} leaves the register knew of nobody received by {asked.first}"
        raise SetupError(Fault("H839", what, "Project from a later day."))
    ends = known.release_dates
    early = measure.leads(found, ends, zone)
    lead = early[len(early) // 2] if len(early) >= LEAST_SEEN else 0
    stocks, unknown = measure.stocks(found, ends, zone, DEAL, basis)
    since = max(asked.first - timedelta(days=asked.past), civil(min(one.begin for one in found)))
    return Measured(
        basis,
        found,
        measure.arrivals(found, since, basis),
        measure.law_of_stays(found, basis, GONE),
        measure.hazard(found, measure.DIED, "died", basis),
        measure.hazard(found, BACK, "handed back", basis),
        _eligible(read.events, found, begin(asked.first, zone), basis),
        lead,
        tuple(max(left - lead, 1) for stock in stocks for left in stock.days_left),
        sum(unknown.values()),
    )


def _eligible(
    events: Iterable[Event], found: Iterable[Spell], at: datetime, basis: Basis
) -> Value | None:
    """Of those put forward before an instant: received, of those received or turned down."""
    put, down = set[str](), set[str]()
    for event in events:
        if event.subject is not None and event.occurred_at < at:
            put |= {event.subject} if event.kind == EventKind.PROPOSED else set()
            down |= {event.subject} if event.kind in DOWN else set()
    received = put & {one.subject for one in found}
    return measure.eligible(len(received), len(received | (put & down)), basis)


def plan(found: Measured, asked: Asked) -> bytes:
    """What was measured as numbers for the engine.

    Raises:
        SetupError: H846.
    """
    law, came = found.law, found.arrivals
    if law is None and (came is not None or found.without_end):
        what = f"nobody had left by {asked.first}: how long people stay is unknown"
        raise SetupError(Fault("H846", what, "Project from a later day."))
    spread = 0.0 if law is None else law.ended**-0.5
    stream = Stream(
        "received", 0, number_of("received"),
        referrals=_uncertain("received", came.a_day.value, came.spread) if came else _point(0.0),
        growth=_point(0.0), eligible=_point(1.0), lawful=_point(1.0),
        mean=_uncertain("stays", 1.0, spread), returned=_point(0.0), died=_range(found.died),
        late=_point(0.0), batch=came.batch if came else 1.0,
        law="table", table=list(law.table()) if law else [1.0, 1.0], from_arrival=True,
    )  # fmt: skip
    days = day(asked.until) - day(asked.first)
    left = [*found.left, *_of_law(found, law)]
    made = Plan(
        days, _months(asked), [House("all", [(0, PLACES)])], [Deal(DEAL, [0])], [stream], {},
        [Held(0, 0, left, 0)] if left else [],
    )  # fmt: skip
    return msgspec.json.encode(made)


def _of_law(found: Measured, law: Law | None) -> list[int]:
    """Days left of those whose end is not known, by the law of stays given how long they stayed."""
    if law is None or not found.without_end:
        return []
    first = day(found.basis.as_of)
    elapsed = sorted(first - 1 - one.begin for one in found.spells if one.end is None)
    place = np.linspace(0, len(elapsed) - 1, found.without_end).round().astype(int).tolist()
    return [law.left_after(elapsed[at], (n + 1) * GOLDEN % 1.0) for n, at in enumerate(place)]


def _months(asked: Asked) -> list[int]:
    first, days = day(asked.first), day(asked.until) - day(asked.first)
    begins = [n for n in range(1, days) if civil(first + n).day == 1]
    return [0, *begins, days]


def _point(value: float) -> Uncertain:
    return Uncertain("", "point", value)


def _uncertain(name: str, middle: float, spread: float) -> Uncertain:
    return Uncertain(name, "lognormal", middle, spread) if spread > 0 else _point(middle)


def _range(value: Value | None) -> Uncertain:
    return _point(0.0) if value is None else Uncertain("died", "uniform", value.low, value.high)


def points(found: BackTest) -> list[dict[str, str]]:
    """A row a point."""
    told = bands(found.draws).shares
    return [
        {
            "day": civil(on).isoformat(),
            **{f"p{share}": str(one) for share, one in zip(SHARES, row.tolist(), strict=True)},
            "mean": f"{mean:.1f}",
            "seen": str(seen),
            "no_change": str(found.before),
            "within_50": _yes(row[1] <= seen <= row[3]),
            "within_90": _yes(row[0] <= seen <= row[4]),
        }
        for on, row, mean, seen in zip(
            found.days, told, found.draws.mean(axis=0).tolist(), found.seen, strict=True
        )
    ]


def _yes(fact: object) -> str:
    return "yes" if fact else "no"


def notes(found: BackTest) -> list[str]:
    """What whoever reads the bands must know of them, in sentences."""
    law, told = found.measured.law, list[str]()
    if found.before != found.before_now:
        told.append(
            f"Held when {found.asked.first} began: {found.before:,} as known then,"
            f" {found.before_now:,} as known now; only the first was used."
        )
    if found.measured.without_end:
        told.append(
            f"Of {found.measured.without_end:,} persons no end of the sentence was known: how long"
            " they stay is taken from the law of stays."
        )
    if found.measured.lead:
        told.append(
            f"Those who had left did so {found.measured.lead} days before the end of the sentence"
            " (median): whoever is there is taken to do the same."
        )
    days = day(found.asked.until) - day(found.asked.first)
    if law is not None and law.reach < days and law.beyond() > 0:
        told.append(
            f"Nobody had been seen for more than {law.reach} days: whoever stays longer is kept"
            " to the end, which may be too long."
        )
    return told


def document(found: BackTest, whole: Mapping[str, object]) -> Document:
    """All of it for machines; `whole` is the basis of the register as it is now."""
    at = found.measured
    law = None if at.law is None else at.law.row()
    return {
        **whole,
        "from": found.asked.first.isoformat(),
        "until": found.asked.until.isoformat(),
        "known": at.basis.told(),
        "draws": found.asked.draws,
        "seed": found.asked.seed,
        "bands": WORDS,
        "measured": [one.row() for one in at.values()],
        "stays": law,
        "held": {
            "known_then": found.before,
            "known_now": found.before_now,
            "end_known": len(at.left),
            "end_unknown": at.without_end,
            "leave_days_before_end": at.lead,
        },
        "points": points(found),
        "score": found.score.row(),
        "said": [*found.score.said(), *notes(found)],
        "review": NOT_REVIEWED,
    }
