"""What of a stated inflow could lawfully happen, what goes wrong, and what must then be done.

Persons are those of the draws. Complaints, incidents and visits are expected numbers by assumed
rates; a duty is one of the library's that runs as a clock from such an event.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from habeas.duties.deadline import fixed
from habeas.law.cited import Due
from habeas.law.library import Library
from habeas.law.records import Duties
from habeas.projection.bands import Course, Ints, Outcome, month_ends
from habeas.projection.queue import FLOWS
from habeas.projection.run import Run
from habeas.terms import EventKind

MILLION, YEAR = 1_000_000, 365  # a rate is in parts of a million; the days of its year
NO_SCREENING = "not_screened"
HOURS, THOUSAND = 8, 1_000  # of a staff-day; hours are in thousandths
TOLD = ("referred", "eligible", "lawful", "received", "expired", "returned", "died")
KINDS = {
    "deaths": EventKind.DIED,
    "complaints": EventKind.COMPLAINT_MADE,
    "incidents": EventKind.INCIDENT_REPORTED,
    "transfers": EventKind.HANDED_OVER,
    "visits": EventKind.VISIT_MADE,
}
TAKES = {
    "deaths": "work.hours_a_death",
    "complaints": "work.hours_a_complaint",
    "incidents": "work.hours_an_incident",
    "transfers": "work.hours_a_transfer",
    "visits": "work.hours_a_visit",
}


@dataclass(frozen=True, slots=True)
class Clock:
    """One duty, or one step of it, that an event of a kind starts."""

    event: str
    duty: str
    step: str  # empty where the duty has none
    owed_by: tuple[str, ...]  # sides; a duty of both is owed twice
    by: Due
    limit: str  # who fixes the number: "text", "policy", or "nobody"
    always: bool  # False: only where the report is about certain things
    cite: tuple[str, ...]


def people(run: Run, deal: str) -> Iterator[Outcome]:
    """The flows of one agreement over the whole period, and who is held past their date."""
    for name in TOLD:
        known = name != "lawful" or screened(run, deal)
        values = run.flow(deal, name).sum(axis=1) if known else None
        yield Outcome(f"people.{name}", deal, "persons", values, why="" if known else NO_SCREENING)
    waiting = run.of("waiting", deal)
    yield Outcome("people.waiting", deal, "persons", waiting[:, -1].astype(np.int64))
    yield Outcome("people.most_waiting", deal, "persons", waiting.max(axis=1).astype(np.int64))
    late, over = run.of("late", deal), run.of("over", deal)
    yield Outcome("overstay.persons", deal, "persons", late.sum(axis=1, dtype=np.int64))
    yield Outcome("overstay.person_days", deal, "person-days", over.sum(axis=1, dtype=np.int64))


def screened(run: Run, deal: str) -> bool:
    """Whether rules were asked about everybody: else who may lawfully be sent is unknown."""
    given = run.scenario
    ruled = next(one.agreement for one in given.given.deals if one.id == deal) is not None
    asked = (bool(one.docket or one.yes) for one in given.assumed.streams if one.deal == deal)
    return ruled and all(asked)


def courses(run: Run, deal: str) -> Iterator[Course]:
    """The flows of each month, and the queue at its end."""
    ends = month_ends(run.plan.months)
    yield Course("people.waiting", deal, "persons", ends, run.of("waiting", deal).astype(np.int64))
    for name in FLOWS:
        if name == "lawful" and not screened(run, deal):
            continue
        yield Course(f"people.{name}", deal, "persons", ends, run.flow(deal, name))


def events(run: Run) -> dict[str, Ints | None]:
    """How many of each kind there are in each draw; None: no rate is assumed."""
    deals = [one.id for one in run.scenario.given.deals]
    days = sum(
        (
            run.of(name, deal).sum(axis=1, dtype=np.int64)
            for deal in deals
            for name in ("days", "over")
        ),
        np.zeros(run.draws, np.int64),
    )
    flows = {
        name: sum(
            (run.flow(deal, flow).sum(axis=1) for deal in deals), np.zeros(run.draws, np.int64)
        )
        for name, flow in (("deaths", "died"), ("transfers", "received"))
    }
    return {
        "deaths": flows["deaths"],
        "complaints": _expected(run.numbers.get("work.complaints_a_year"), days, YEAR),
        "incidents": _expected(run.numbers.get("work.incidents_a_year"), days, YEAR),
        "transfers": flows["transfers"],
        "visits": _expected(run.numbers.get("work.visits_a_month"), _facility_months(run), 1),
    }


def _facility_months(run: Run) -> Ints:
    """(draws,): months in which somebody was held, over the facilities."""
    starts = np.array(run.plan.months[:-1])
    found = np.zeros(run.draws, np.int64)
    for house in run.scenario.given.facilities:
        held = np.add.reduceat(run.of("held", house.id), starts, axis=1, dtype=np.int64)
        found += (held > 0).sum(axis=1)
    return found


def _expected(rate: Ints | None, times: Ints, parts: int) -> Ints | None:
    """The expected number, rounded half up once in each draw."""
    if rate is None:
        return None
    whole = parts * MILLION
    return np.array(
        [(2 * n * each + whole) // (2 * whole)
         for n, each in zip(times.tolist(), rate.tolist(), strict=True)], np.int64)  # fmt: skip


def clocks(duties: Duties, event: str) -> list[Clock]:
    """The clocks of the library that an event of a kind starts, in its order."""
    kind, found = KINDS[event], list[Clock]()
    for name, clock in duties.clocks.items():
        if kind not in clock.from_:
            continue
        owed = ("sending", "receiving") if clock.owes == "both" else (clock.owes,)
        cites = tuple(
            f"{one.instrument} {one.at} ({one.checked})" for one in duties.duties[name].cite
        )
        for step, policy in [(one.id, one.policy) for one in clock.steps] or [("", None)]:
            by, limit = _limit(duties.duties[name].by, policy or clock.policy)
            found.append(Clock(event, name, step, owed, by, limit, kind not in clock.only, cites))
    return found


def _limit(text: Due, policy: Due | None) -> tuple[Due, str]:
    if fixed(text):
        return text, "text"
    return (text, "nobody") if policy is None else (policy, "policy")


def work(run: Run, library: Library) -> Iterator[Outcome]:
    """Events, the duties that each brings at least and at most, and staff-days of eight hours."""
    hours, missing = np.zeros(run.draws, np.int64), False
    for name, count in events(run).items():
        yield _told(f"work.{name}", "", "events", count)
        found = clocks(library.duties, name)
        least = sum(len(one.owed_by) for one in found if one.always)
        most = sum(len(one.owed_by) for one in found)
        for word, number in (("at_least", least), ("at_most", most)):
            duties = None if count is None else count * number
            yield _told(f"work.duties_{word}", name, "duties", duties)
        each = run.numbers.get(TAKES[name])
        spent = None if count is None or each is None else count * each
        yield _told("work.staff_days", name, "staff-days", None if spent is None else _days(spent))
        missing |= spent is None
        hours += 0 if spent is None else spent
    yield _told("work.staff_days", "", "staff-days", None if missing else _days(hours))


def _days(thousandths: Ints) -> Ints:
    whole = HOURS * THOUSAND
    return (2 * thousandths + whole) // (2 * whole)


def _told(key: str, of: str, unit: str, values: Ints | None) -> Outcome:
    return Outcome(key, of, unit, values, why="" if values is not None else "not_assumed")
