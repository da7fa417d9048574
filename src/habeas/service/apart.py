"""Who is, or was, held apart, and for how long on end, out of a register."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from habeas.custody.conditions import SOLITARY, Observation, Solitary, solitary
from habeas.custody.intervals import Interval
from habeas.custody.observed import days, observed
from habeas.custody.segregation import GAP, PROLONGED, Stretch, placements, stretches
from habeas.errors import Fault
from habeas.register.events import Event
from habeas.service import NOT_REVIEWED
from habeas.service.hold import Read, concerned

ROWS = [
    "register_number", "since", "to", "days", "placements", "prolonged", "prolonged_since",
    "solitary", "solitary_days", "contradicted", "reasons",
]  # fmt: skip
WORDS = {True: "yes", False: "no", None: "not established"}
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Apart:
    """Everybody's stretches of segregation as known at an instant."""

    read: Read
    stretches: tuple[tuple[str, Stretch], ...]  # by register number, in order of their start
    at: datetime  # UTC
    seen: Mapping[str, Sequence[Observation]]  # by register number
    unread: tuple[Fault, ...]  # what of it could not be read

    def solitary(self, who: str, one: Stretch) -> Solitary:
        """Whether a stretch was solitary confinement, on each civil day of it."""
        period = days(one.start, one.end, self.at, self.read.found.deal.calendar.zone)
        return solitary(self.seen.get(who, ()), period)

    def now(self) -> list[tuple[str, Stretch]]:
        """Those that last, and are longer than 15 days."""
        return [
            (who, one)
            for who, one in self.stretches
            if (one.end is None or one.end > self.at) and one.prolonged(self.at)
        ]


def found(read: Read, at: datetime, facility: str | None = None) -> Apart:
    """The stretches that had begun at an instant.

    Args:
        read: the register's intervals and events.
        at: UTC.
        facility: only of whom it holds then, and who had died there; None: of everybody.
    """
    here = concerned(read.found.held, facility, at)
    events, stays = dict[str, list[Event]](), dict[str, list[Interval]]()
    for event in read.events:
        if event.subject is not None:
            events.setdefault(event.subject, []).append(event)
    for stay in read.found.held.intervals:
        stays.setdefault(stay.subject, []).append(stay)
    told = [
        (who, one)
        for who, mine in events.items()
        if here(who)
        for one in stretches(
            each for each in placements(mine, stays.get(who, ())) if each.start <= at
        )
    ]
    told.sort(key=lambda one: (one[1].start, one[0]))
    placed = [each for _, one in told for each in one.placements]
    every, unread = observed(read.events, placed, read.found.deal.calendar.zone, at)
    seen = dict[str, list[Observation]]()
    for each in every:
        seen.setdefault(each.place, []).append(each)
    return Apart(read, tuple(told), at, seen, tuple(unread))


def rows(apart: Apart) -> list[dict[str, str]]:
    """Each stretch as a row of text, the longest first."""
    longest = sorted(apart.stretches, key=lambda one: (-one[1].lasted(apart.at), one[0]))
    return [_row(who, one, apart) for who, one in longest]


def _row(who: str, one: Stretch, apart: Apart) -> dict[str, str]:
    at, alone = apart.at, apart.solitary(who, one)
    ended = one.end if one.end is not None and one.end <= at else None
    return {
        "register_number": who,
        "since": one.start.isoformat(),
        "to": ended.isoformat() if ended else "",
        "days": f"{one.lasted(at) / DAY:.1f}",
        "placements": str(len(one.placements)),
        "prolonged": WORDS[one.prolonged(at)],
        "prolonged_since": (one.start + PROLONGED).isoformat() if one.prolonged(at) else "",
        "solitary": WORDS[alone.every_day],
        "solitary_days": str(alone.days),
        "contradicted": WORDS[alone.contradicted],
        "reasons": "; ".join(dict.fromkeys(each.reason for each in one.placements if each.reason)),
    }


def document(apart: Apart, listed: Sequence[dict[str, str]]) -> dict[str, object]:
    """All of it for machines."""
    counts = Counter(one["prolonged"] for one in listed)
    return {
        **apart.read.found.basis(),
        "as_of": apart.at.isoformat(),
        "prolonged_after_days": PROLONGED.days,
        "solitary_from_hours": SOLITARY,
        "one_stretch_within_hours": GAP // timedelta(hours=1),
        "counts": {
            "stretches": len(listed),
            "prolonged": counts["yes"],
            "prolonged_and_lasting": len(apart.now()),
            "solitary": dict(Counter(one["solitary"] for one in listed)),
        },
        "rows": list(listed),
        "unread": [one.sentence() for one in apart.unread],
        "review": NOT_REVIEWED,
    }
