"""The series behind the charts of a statement: plain rows, and what is seen in a sentence."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

import numpy as np

from habeas.errors import Fault, FeeError
from habeas.fees import words
from habeas.fees.held import held as columns
from habeas.fees.page import span
from habeas.fees.quantity import Period
from habeas.law.agreement import Agreement
from habeas.law.library import Library
from habeas.law.records import Facility
from habeas.law.schedule import MinimumGuarantee
from habeas.service.export import Work, basis
from habeas.service.hold import Held
from habeas.space.certified import cells
from habeas.space.method import asked
from habeas.space.places import most_persons
from habeas.terms import Convention, Status
from habeas.units import amount, square_metres

HELD, EMPTY, OTHER = words.KINDS["occupied"], words.KINDS["paid_for_empty"], "Everything else"
CREDITED = "Credits and deductions"
CAPACITY = frozenset({"capacity", "leased_persons", "design_capacity", "declared_capacity"})


def _month(day: date) -> str:
    return day.replace(day=1).isoformat()


def _group(kind: str, minor: int) -> str:
    if kind in {"occupied", "paid_for_empty"}:
        return words.KINDS[kind]
    return CREDITED if minor < 0 else OTHER


def paid(task: Work) -> tuple[list[dict[str, str]], list[str], str]:
    """What is paid by month and kind: rows, the kinds there are, and what is seen in a sentence.

    Raises:
        FeeError: H768, when no line is priced.
    """
    sums, exponent = Counter[tuple[str, str]](), task.found[0].exponent
    for one in task.found:
        for row in one.rows:
            if row.amount_minor is not None:
                key = (_month(row.first), _group(row.kind, row.amount_minor))
                sums[key] += row.amount_minor
    if not sums:
        what = "no line is priced: there is nothing to draw"
        raise FeeError(Fault("H768", what, "Draw statements with an amount."))
    kinds = [kind for kind in (HELD, EMPTY, OTHER, CREDITED) if any(key[1] == kind for key in sums)]
    found = [
        {
            "month": month,
            "kind": kind,
            "amount": amount(minor, exponent),
            "amount_minor": str(minor),
        }
        for (month, kind), minor in sorted(sums.items(), key=lambda one: one[0])
    ]
    return found, kinds, _paid_in_words(task, sums)


def _paid_in_words(task: Work, sums: Mapping[tuple[str, str], int]) -> str:
    one, months = task.found[0], {month for month, _ in sums}
    by_kind = Counter[str]()
    for (_, kind), minor in sums.items():
        by_kind[kind] += minor
    parts = ", ".join(
        f"{kind.lower()} {one.currency} {amount(minor, one.exponent)}"
        for kind, minor in sorted(by_kind.items())
    )
    unpriced = sum(len(found.unpriced) for found in task.found)
    tail = f" {unpriced} lines are not priced and not drawn." if unpriced else ""
    return f"{len(months)} months under {one.agreement}: {parts}.{tail}"


def claimed(task: Work, claim: Mapping[str, int]) -> tuple[list[dict[str, str | int]], str]:
    """The claim against billed person-days by month, and what is seen in a sentence.

    Args:
        task: monthly statements.
        claim: person-days claimed by month, YYYY-MM.

    Raises:
        FeeError: H768, when a statement is of several months, counts parts of days, or no month of
            it is claimed for.
    """
    billed = Counter[str]()
    for one in task.found:
        if _month(one.first) != _month(one.after - timedelta(days=1)):
            what = f"the statement of {one.first} holds several months"
            raise FeeError(Fault("H768", what, "Give a statement for each month."))
        if isinstance(one.days.billed, str):
            what = f"the statement of {one.first} counts parts of days, and a claim counts days"
            raise FeeError(Fault("H768", what, "Compare it with a claim that is person by person."))
        billed[_month(one.first)[:7]] += one.days.billed
    both = sorted(set(billed) & set(claim))
    if not both:
        what = "no month is both claimed for and in a statement"
        raise FeeError(Fault("H768", what, "Give the statements of the months claimed."))
    found: list[dict[str, str | int]] = [
        {
            "month": f"{month}-01",
            "register": billed[month],
            "claimed": claim[month],
            "difference": claim[month] - billed[month],
        }
        for month in both
    ]
    return found, _claimed_in_words(billed, claim, both)


def _claimed_in_words(
    billed: Mapping[str, int], claim: Mapping[str, int], both: Sequence[str]
) -> str:
    gaps = [claim[month] - billed[month] for month in both]
    over, under = (sum(gap for gap in gaps if gap > 0), -sum(gap for gap in gaps if gap < 0))
    alone = [
        f" Not drawn: {', '.join(sorted(months))}, {why}."
        for months, why in (
            (set(claim) - set(billed), "claimed without a statement"),
            (set(billed) - set(claim), "in a statement without a claim"),
        )
        if months
    ]
    return (
        f"{len(both)} months: {over:,} person-days claimed too many and {under:,} too few, never "
        f"set off against each other.{''.join(alone)}"
    )


def occupancy(found: Held, deal: Agreement, first: date, after: date) -> list[dict[str, str | int]]:
    """Persons in the receiving state's custody on each day of [first, after), there or elsewhere.

    A day is counted as the agreement counts it: the same definition as the statement's. Where it
    counts hours, whoever is there at the end of a day is.
    """
    counts = Convention(deal.calendar.convention)
    convention = Convention.MIDNIGHT if counts is Convention.HOURS else counts
    table = columns(found.received(), {}).daily(
        Period(first, after), convention, deal.calendar.zone
    )
    held, absent = np.zeros((2, (after - first).days), np.int64)
    for (_, status), row in table.items():
        if status == Status.HELD:
            held += row
        else:
            absent += row
    days = (first + timedelta(days=n) for n in range((after - first).days))
    return [
        {"day": day.isoformat(), "held": int(there), "absent": int(away)}
        for day, there, away in zip(days, held, absent, strict=True)
    ]


def limits(library: Library, deal: Agreement, day: date) -> list[tuple[str, int]]:
    """What occupancy is held against: capacity as it is stated, what is paid for, each standard."""
    found = list[tuple[str, int]]()
    for name in deal.facilities:
        if name in library.facilities:
            found += _of_facility(library, library.facilities[name][1], day)
    for item in deal.fees.items if deal.fees else ():
        if isinstance(item, MinimumGuarantee):
            found.append(("Paid for whether used or not", item.minimum_persons))
    return found


def _of_facility(library: Library, place: Facility, day: date) -> Iterator[tuple[str, int]]:
    for figure in place.figures:
        if figure.unit == "persons" and figure.key in CAPACITY:
            yield f"{figure.key.replace('_', ' ').capitalize()}, {figure.claim}", figure.value
    wanted, view = dict[tuple[int, int], list[str]](), cells(place, day)
    for _, standard in library.standards.values():
        for measure in standard.measures:
            space = measure.space
            if space is None or space.per != "person" or space.occupancy == "single":
                continue
            cm2 = asked(space, 1, place.confined_hours).least
            try:
                persons = most_persons(view, place.id, cm2, space)
            except FeeError:
                return  # no cell area is known: no standard gives a number of persons
            wanted.setdefault((cm2, persons), []).append(measure.id)
    upper = "; gross area, so an upper bound" if any(not cell.net for cell in view) else ""
    for (cm2, persons), names in sorted(wanted.items()):
        said = f"{square_metres(cm2)} m\N{SUPERSCRIPT TWO} a person ({', '.join(names)}{upper})"
        yield said, persons


def occupancy_in_words(
    found: Sequence[Mapping[str, str | int]], held_against: Sequence[tuple[str, int]]
) -> str:
    """What an occupancy chart shows, in a sentence."""
    there = [int(row["held"]) for row in found]
    against = "; ".join(f"{said}: {number:,}" for said, number in held_against)
    tail = f" Held against: {against}." if against else " No capacity and no cell area is known."
    return (
        f"{len(found)} days from {found[0]['day']} to {found[-1]['day']}: from {min(there):,} to "
        f"{max(there):,} persons held there, {there[-1]:,} on the last day.{tail}"
    )


def subtitle(task: Work) -> list[str]:
    """What stands below the title of a chart: what it was computed from, and its marks."""
    one, last = task.found[0], task.found[-1]
    marks = sorted({found.demonstration for found in task.found if found.demonstration})
    counted = f"'{one.convention}' in {one.zone}, tzdata {one.tzdata}"
    return [
        f"{one.agreement} ({one.standing}); {span(one.first, last.after)}; days by {counted}",
        basis(one),
        *marks,
    ]
