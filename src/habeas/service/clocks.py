"""Both sentence clocks of each person, return margins, and who is held past the date, as documents.

The bill leaves out the same days: `hold.Held.release_dates` comes from the same clocks.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from habeas.custody.clock import Clock, Clocks, Typed
from habeas.custody.overstay import HeldPast, Margin, Person, held_past, margin, no_date
from habeas.custody.sentence import Sentenced, Told, Until
from habeas.errors import Fault, SetupError
from habeas.service import NOT_REVIEWED
from habeas.service.hold import Register, until
from habeas.terms import Side

NOBODY = "-"
DAY = len("YYYY-MM-DD")
CLOCKS = [
    "register_number", "held_by", "sending", "receiving", "earliest", "whose", "disagree",
    "return_by", "margin", "days_late", "days_past", "finding_on", "no_date", "refused",
]  # fmt: skip
OVERSTAYS = [
    "register_number", "held_by", "last_day", "since", "to", "finding_on", "clocks", "days_past",
    "days_past_receiving",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """What the register shows about one person at an instant."""

    subject: str
    person: Person
    clocks: Clocks
    held_past: HeldPast | None
    margin: Margin | None
    no_date: str  # why no date is established for a person who is held; empty where it is

    @property
    def held_by(self) -> str:
        """The state that holds the person at the instant; a dash for nobody."""
        last = self.person.intervals[-1] if self.person.intervals else None
        return last.custodian.value if last is not None and last.end is None else NOBODY

    @property
    def held_now(self) -> bool:
        """Whether the person is held past the date at the instant."""
        return self.held_past is not None and self.held_past.to is None

    def refused(self) -> list[Told]:
        """Records that could not be read or taken in, in register order."""
        return sorted(
            (*self.person.sentenced.refused, *self.clocks.refused), key=lambda one: one.index
        )


def known(found: Register, as_of: datetime) -> list[Known]:
    """Everyone who was on the register at an instant, by register number."""
    calendar, months = found.deal.calendar, found.deal.workflow.return_margin_months
    pieces = sorted(until(found.held.intervals, as_of), key=lambda one: (one.subject, one.start))
    rows = []
    for subject, mine in groupby(pieces, key=lambda one: one.subject):
        said = found.held.sentences.get(subject, Sentenced()).known(as_of)
        one = Person(tuple(mine), said, calendar, as_of)
        made = Known(subject, one, one.clocks(), held_past(one), margin(one, months), no_date(one))
        rows.append(made)
    return rows


def only(rows: Sequence[Known], subject: str) -> list[Known]:
    """One person's row.

    Raises:
        SetupError: H749.
    """
    found = [one for one in rows if one.subject == subject]
    if not found:
        what = "nobody of that register number was on the register at that instant"
        raise SetupError(Fault("H749", what, "Take the number from `habeas custody roll`."))
    return found


def basis(found: Register) -> dict[str, object]:
    """What the clocks were computed under, beside what every output names."""
    calendar = found.deal.calendar
    months = found.deal.workflow.return_margin_months
    return {
        **found.basis(),
        "zone": calendar.zone,
        "convention": calendar.convention,
        "rounding": calendar.rounding,
        "return_margin_months": months,  # null: no fixed margin
        "review": NOT_REVIEWED,
    }


def _until(found: Until) -> dict[str, object]:
    told: dict[str, object] = {"ending": found.ending.value}
    if found.day is not None:
        told["last_day"] = found.day.isoformat()
    if found.instant is not None:
        told["until"] = found.instant.isoformat()
    return told | ({"why": found.why} if found.why else {})


def _typed(one: Typed) -> dict[str, object]:
    steps = [
        {
            "event": step.event_id,
            "index": step.index,
            "act": step.act.value,
            "unadjusted": step.before,
            "adjusted_days": step.days,
            "date": step.after,
            "rule": step.rule,
        }
        for step in one.steps
    ]
    return {
        "kind": one.kind,
        **_until(one.until),
        "unadjusted": str(one.unadjusted),
        "adjusted_days": one.days,
        "confirmed": one.kind != "preliminary",
        "steps": steps,
    }


def _clock(one: Clock) -> dict[str, object]:
    return {
        **_until(one.until),
        "follows_the_sending_state": one.follows,
        "dates": [_typed(date) for date in one.dates],
    }


def _told(rows: Iterable[Told]) -> list[dict[str, object]]:
    return [
        {
            "event": one.event_id,
            "index": one.index,
            "code": one.fault.code,
            "told": one.fault.sentence(),
        }
        for one in rows
    ]


def person(one: Known) -> dict[str, object]:
    """One person as a document: both clocks with their steps, the margin, the findings."""
    zone = one.person.calendar.zone
    earliest, whose = one.clocks.governing(zone)
    found: dict[str, object] = {
        "register_number": one.subject,
        "held_by": one.held_by,
        "sending": _clock(one.clocks.sending),
        "receiving": _clock(one.clocks.receiving),
        "earliest": _until(earliest) | {"clocks": [side.value for side in whose]},
        "disagree": one.clocks.disagree(zone),
        "refused": _told(one.refused()),
        "not_read": _told(one.person.sentenced.ignored),
    }
    if one.margin is not None:
        found["margin"] = {
            "state": one.margin.state,
            "return_by": _text(one.margin.by),
            "left_on": _text(one.margin.returned_on),
            "days_late": one.margin.days_late,
        }
    if one.held_past is not None:
        found["held_past"] = overstay(one)
    return found | ({"no_date": one.no_date} if one.no_date else {})


def _text(found: object) -> str:
    return "" if found is None else str(found)


def clock_row(one: Known) -> dict[str, str]:
    """One person as a row of text."""
    zone, late = one.person.calendar.zone, one.margin
    earliest, whose = one.clocks.governing(zone)
    past = one.held_past
    return {
        "register_number": one.subject,
        "held_by": one.held_by,
        "sending": str(one.clocks.sending.until),
        "receiving": str(one.clocks.receiving.until),
        "earliest": str(earliest),
        "whose": _sides(whose),
        "disagree": _yes(one.clocks.disagree(zone)),
        "return_by": _text(late.by) if late else "",
        "margin": late.state if late else "",
        "days_late": str(late.days_late) if late and late.days_late else "",
        "days_past": str(past.days) if past else "",
        "finding_on": str(past.finding_on) if past else "",
        "no_date": one.no_date,
        "refused": str(len(one.refused()) or ""),
    }


def _yes(found: bool) -> str:  # noqa: FBT001 - a word for a fact
    return "yes" if found else "no"


def _sides(sides: Sequence[Side]) -> str:
    return "both" if len(sides) > 1 else "".join(side.value for side in sides)


def overstay(one: Known) -> dict[str, str]:
    """A person who is or was held past the date, as a row of text."""
    past = one.held_past
    assert past is not None  # noqa: S101 - asked by every caller
    return {
        "register_number": one.subject,
        "held_by": one.held_by,
        "last_day": past.until.isoformat(),
        "since": past.since.isoformat(),
        "to": _text(past.to and past.to.isoformat()),
        "finding_on": past.finding_on.isoformat(),
        "clocks": _sides(past.clocks) + (", differ" if past.disagree else ""),
        "days_past": str(past.days),
        "days_past_receiving": str(past.days_receiving),
    }


def counts(rows: Sequence[Known]) -> dict[str, int]:
    """How many stand where; `persons` are all."""
    return {
        "persons": len(rows),
        "held": sum(one.held_by != NOBODY for one in rows),
        "held_past": sum(one.held_now for one in rows),
        "were_held_past": sum(one.held_past is not None and not one.held_now for one in rows),
        "no_date": sum(bool(one.no_date) for one in rows),
        "clocks_disagree": sum(one.clocks.disagree(one.person.calendar.zone) for one in rows),
        "late_returns": sum(one.margin is not None and one.margin.state == "late" for one in rows),
        "records_refused": sum(len(one.refused()) for one in rows),
    }


SHOWN = {
    "register_number": "person", "held_by": "held by", "sending": "sending",
    "receiving": "receiving", "return_by": "return by", "margin": "margin", "days_past": "past",
}  # fmt: skip
SHOWN_PAST = {
    "register_number": "person", "last_day": "last day", "finding_on": "finding on",
    "to": "held by, or till", "clocks": "clock", "days_past": "days",
}  # fmt: skip


def shown(rows: Iterable[Mapping[str, str]], names: Mapping[str, str]) -> list[list[str]]:
    """Rows for people: some of the columns; who still holds, in place of an end's day."""
    return [
        [row[name] if name != "to" else row["to"][:DAY] or row["held_by"] for name in names]
        for row in rows
    ]


STEPS = ("date", "unadjusted", "days", "result", "act, index", "rule")


def computation(clock: Clock) -> list[list[str]]:
    """How each date of a clock was computed, a line a step."""
    rows = []
    for one in clock.dates:
        for n, step in enumerate(one.steps):
            at = f"{step.act} {step.index}"
            kind = one.kind if n == 0 else ""
            days = f"{step.days:+d}" if step.days else ""
            rows.append([kind, step.before, days, step.after, at, step.rule])
    return rows
