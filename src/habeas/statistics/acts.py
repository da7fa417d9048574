"""What states did in a month, and did not: duties, inquiries and visits, as counts of acts.

Lateness is published whatever its number. It is about a state, not a person: that one inquiry was
left without an answer says nobody's name, and a threshold would hide just the silence about few.
Nothing else that is withheld follows from it: a duty that was met is not in it, so that any number
of deaths or receptions goes with any lateness, and complaints and incidents, which no table
counts, go with any too.

How many duties fell due is another thing. A death opens a known number of them, so that few duties
mean few deaths. That number, and how many of them were met in time, which differs from it by what
is published, are withheld where anything is withheld of either state as a whole, in the month or in
those before it from which a duty may still fall due; and where few persons stand behind it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from habeas.errors import Fault, StatisticsError
from habeas.statistics.publication import preceding
from habeas.statistics.tables import Count, Month
from habeas.terms import Side

NEITHER, EVERY = "neither", "all"  # nobody ever held the person; the sum
STATES = (*(side.value for side in Side), NEITHER, EVERY)
DUE, IN_TIME = "duties_due", "duties_met_in_time"
GUARDED = (DUE, IN_TIME)  # what an upper bound of other counts could be read from
DUTIES = (DUE, IN_TIME, "duties_met_late", "duties_not_met")
INQUIRIES = ("inquiries_due", "inquiries_answered_in_time", "inquiries_answered_late",
             "inquiries_unanswered")  # fmt: skip
RECEIVED, MADE, BLOCKED = "inquiries_received", "visits_made", "visits_blocked"
MEASURES = (*DUTIES, RECEIVED, *INQUIRIES, MADE, BLOCKED)


class Owed(NamedTuple):
    """A duty that one state owed, with a last second in which it was kept."""

    state: str  # of STATES, without the sum
    due: datetime  # UTC
    answered: datetime | None  # UTC
    subject: str
    inquiry: bool = False


class Happened(NamedTuple):
    """Something that is counted in the month in which it happened."""

    state: str
    at: datetime  # UTC
    measure: str
    subject: str


class Place(NamedTuple):
    """One count: whose, and of what."""

    state: str
    measure: str


Acts = Mapping[Place, Count]


@dataclass(frozen=True, slots=True)
class Told:
    """The counts of a month, and which of them are withheld."""

    counts: Acts
    withheld: frozenset[Place]


def counts(owed: Iterable[Owed], happened: Iterable[Happened], when: Month) -> Acts:
    """Every count of a month, those that are zero too."""
    values, people = defaultdict[Place, int](int), defaultdict[Place, set[str]](set)
    for state, measure, subject in (*_fallen(owed, when), *_of_month(happened, when)):
        for whose in (state, EVERY):
            values[Place(whose, measure)] += 1
            people[Place(whose, measure)].add(subject)
    return {
        place: Count(values[place], len(people[place]))
        for place in (Place(state, measure) for state in STATES for measure in MEASURES)
    }


def _fallen(owed: Iterable[Owed], when: Month) -> Iterator[tuple[str, str, str]]:
    """Each duty whose last second lies in the month, and how it stood when the month was over."""
    start, end = when.edges()
    for one in owed:
        if not start <= one.due < end:
            continue
        due, in_time, late, never = INQUIRIES if one.inquiry else DUTIES
        yield one.state, due, one.subject
        if one.answered is None or one.answered >= end:
            yield one.state, never, one.subject
        else:
            yield one.state, late if one.answered > one.due else in_time, one.subject


def _of_month(happened: Iterable[Happened], when: Month) -> Iterator[tuple[str, str, str]]:
    start, end = when.edges()
    for one in happened:
        if start <= one.at < end:
            yield one.state, one.measure, one.subject


def back(name: str, months: int) -> list[str]:
    """A month (YYYY-MM) and so many before it, the latest first."""
    found = [name]
    for _ in range(months):
        found.append(preceding(found[-1]))
    return found


def checked(name: str, telling: Iterable[str], months: int) -> None:
    """Refuse to withhold of a state what a published number of duties bounds.

    Args:
        name: the month whose issue withholds something of either state.
        telling: months of which it is published how many duties fell due.
        months: from how many before one a duty may fall due in it.

    Raises:
        StatisticsError: H880.
    """
    for one in telling:
        if name in back(one, months):
            what = f"how many duties fell due in {one} tells of what {name} would withhold"
            raise StatisticsError(Fault("H880", what, "Leave it out, or begin a new folder."))


def told(found: Acts, threshold: int, *, near: bool) -> Told:
    """The counts of a month with what is withheld of them.

    All rows together: one that is shown would tell the others.

    Args:
        found: the counts.
        threshold: fewer persons, but not none, may not stand behind how many duties fell due.
        near: whether anything is withheld of either state, now or while duties run from it.
    """
    few = any(0 < one.persons < threshold for at, one in found.items() if at.measure == DUE)
    hidden = (at for at in found if at.measure in GUARDED)
    return Told(found, frozenset(hidden) if near or few else frozenset())
