"""A claim against a register, a file of stays or a series: what is compared, and by which terms."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np

from habeas.claims import quantities
from habeas.claims.align import Alias, cells_aligned, claim_aligned
from habeas.claims.claim import UNSTATED, Cells, Claim, Told
from habeas.claims.custody_days import PAST, Custody, Piece, of_pieces
from habeas.claims.reconcile import (
    PrintedTotal,
    Reconciliation,
    Terms,
    printed_total,
    reconcile,
)
from habeas.claims.rules import Rule
from habeas.custody.bulk import Window
from habeas.custody.days import midnight_before
from habeas.custody.intervals import Interval
from habeas.errors import Fault, FeeError
from habeas.fees.currencies import exponent_of
from habeas.fees.quantity import Period, months
from habeas.law.agreement import Agreement
from habeas.law.calendar import civil, day, zone
from habeas.law.schedule import PerDiem
from habeas.service.count import census, convention
from habeas.service.hold import Held, until
from habeas.terms import Census

Bucket = Literal["day", "month", "period"]
Aliases = Sequence[Alias]
CENSUS = {Census.DAY_END: 0, Census.DAY_START: 1}  # days by which a counted day is dated later
MARGIN = 2  # days beyond the window up to which an open piece is counted, so that a shift shows


@dataclass(frozen=True, slots=True)
class Asked:
    """What a call fixes; where it says nothing, the agreement does."""

    window: Window
    deal: Agreement | None = None
    convention: str = ""
    zone: str = ""
    census_at: str = "day_end"
    price: int | None = None  # minor units
    currency: str = ""
    zones: tuple[str, ...] = ("UTC",)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A reconciliation with what it was made from."""

    done: Reconciliation
    asked: Asked
    claim: Told
    price_from: str  # agreement, call, claim; empty: there is no one price
    printed: tuple[PrintedTotal, ...]
    findings: tuple[str, ...]  # about the claim itself
    series: bool = False  # a claim day by day, which may well cover more days than are asked

    @property
    def matches(self) -> bool:
        """Every day and amount agrees, and every row of the claim was compared."""
        unknown = self.done.outside and not self.series
        differs = self.done.differing() or self.findings or self.claim.aside or unknown
        return not differs and all(one.off == 0 for one in self.printed)


def window(first: date, after: date) -> Window:
    """Civil days [first, after) that the claim says it covers.

    Raises:
        FeeError: H725, when there is none.
    """
    if after <= first:
        what = f"the period {first} to {after} holds no day"
        raise FeeError(Fault("H725", what, "The end is exclusive."))
    return Window(day(first), day(after))


def exponent(asked: Asked) -> int:
    """Decimal places of the minor unit; two where nothing says a currency.

    Raises:
        FeeError: H763, for a currency that ISO 4217 does not know.
    """
    if asked.deal and asked.deal.fees:
        return asked.deal.fees.exponent
    found = exponent_of(asked.currency) if asked.currency else 2
    if found is None:
        what = f"'{asked.currency[:40]}' is no currency with a minor unit"
        raise FeeError(Fault("H763", what, "Write one of ISO 4217, such as EUR."))
    return found


def currency(asked: Asked) -> str:
    """The currency of the agreement, or that of the call; empty where neither says one.

    Raises:
        FeeError: H754, when they say two.
    """
    agreed = asked.deal.fees.currency if asked.deal and asked.deal.fees else ""
    if agreed and asked.currency and agreed != asked.currency:
        what = f"the agreement is in {agreed}, the call says {asked.currency}"
        raise FeeError(Fault("H754", what, "Leave out --currency."))
    return agreed or asked.currency


def in_currency(asked: Asked, stated: str) -> Asked:
    """What a call fixes, in the currency that the claim states where nothing else says one."""
    return asked if currency(asked) else replace(asked, currency=stated)


def zone_of(asked: Asked) -> str:
    """The zone whose civil days count.

    Raises:
        LawError: H711.
    """
    name = asked.zone or (asked.deal.calendar.zone if asked.deal else "UTC")
    zone(name)
    return name


def known_zone(name: str) -> None:
    """Refuse a zone that is none.

    Raises:
        LawError: H711.
    """
    zone(name)


def priced(asked: Asked, minor: int | None) -> Asked:
    """What a call fixes, with its price of a person-day."""
    return replace(asked, price=minor)


def persons_of(side: Custody | Cells) -> Custody:
    """The register's side of a claim person by person.

    Raises:
        FeeError: H760, for a series, which names nobody.
    """
    if isinstance(side, Custody):
        return side
    what = "a claim person by person cannot be compared with a series of facility-days"
    raise FeeError(Fault("H760", what, "Give a register or --stays."))


def rule(asked: Asked) -> Rule:
    """The agreement's way of counting what is billed.

    Raises:
        SetupError: H903.
        LawError: H711.
    """
    shift = CENSUS[census(asked.census_at)]
    named = asked.convention or (asked.deal.calendar.convention if asked.deal else "midnight")
    return Rule(convention(named), zone_of(asked), billed(asked.deal), shift)


def billed(deal: Agreement | None) -> frozenset[str]:
    """Statuses that an agreement bills; held, where it says nothing."""
    declared = deal.fees.counting if deal and deal.fees else ()
    silent = {"held"} - {one.status for one in declared}
    return frozenset(silent | {one.status for one in declared if one.treat == "billed"})


def custody(held: Held, asked: Asked) -> Custody:
    """The register's side: pieces under the receiving state, days past the release date apart."""
    last = midnight_before(civil(asked.window.after + MARGIN), zone_of(asked))
    found = list[Piece]()
    for one in until(held.received(), last):
        end = one.end if one.end is not None else last
        if end > one.start:
            found += _pieces(replace(one, end=end), held, opened=one.end is None)
    return of_pieces(found)


def _pieces(one: Interval, held: Held, *, opened: bool) -> Iterable[Piece]:
    assert one.end is not None  # noqa: S101 - given by the only caller
    free = held.release_dates.get(one.subject)
    status = one.status.value
    if free is None or one.end <= free:
        yield Piece(one.subject, one.facility, status, one.start, one.end, opened)
    elif one.start >= free:
        yield Piece(one.subject, one.facility, PAST, one.start, one.end, opened)
    else:
        yield Piece(one.subject, one.facility, status, one.start, free)
        yield Piece(one.subject, one.facility, PAST, free, one.end, opened)


def _price(asked: Asked, rates: Sequence[int]) -> tuple[int | None, str]:
    """The price of a person-day and who says it; none where it is not one price."""
    if asked.price is not None:
        return asked.price, "call"
    fees = asked.deal.fees if asked.deal else None
    diems = [one for one in fees.items if isinstance(one, PerDiem)] if fees else []
    if len(diems) == 1:
        return diems[0].minor_per_person_day, "agreement"
    if len(rates) == 1 and not diems:
        return rates[0], "claim"
    return None, ""


def _terms(asked: Asked, claim: Claim | Cells) -> tuple[Terms, str]:
    rates = np.unique(claim.rate[claim.rate != UNSTATED]).tolist()
    price, said = _price(asked, rates)
    return Terms(rule(asked), asked.window, price, exponent(asked), asked.zones), said


def persons(claim: Claim, told: Told, ours: Custody, asked: Asked, aliases: Aliases) -> Outcome:
    """A claim person by person against custody.

    Raises:
        SetupError: H903.
        LawError: H711.
    """
    claim = claim_aligned(claim, aliases)
    terms, said = _terms(asked, claim)
    done = reconcile(claim, ours, terms)
    printed = [printed_total(claim, one) for one in told.printed]
    findings = (*_too_long(claim, asked.window), *_printed_days(claim, told))
    kept = tuple(one for one in printed if one is not None)
    return Outcome(done, asked, told, said, kept, findings)


def _too_long(claim: Claim, span: Window) -> list[str]:
    long = claim.days > span.days
    most = int(claim.days.max()) if long.any() else 0
    what = f"{int(long.sum()):,} rows claim more days than the period has"
    return [f"{what} (up to {most:,} of {span.days:,})"] if most else []


def _printed_days(claim: Claim, told: Told) -> list[str]:
    days = claim.days
    if (days == UNSTATED).any():
        return []
    return [
        f"the total printed in row {one.row} is {one.days:,} days; the rows sum to {days.sum():,}"
        for one in told.printed
        if one.days not in (UNSTATED, int(days.sum()))
    ]


def edges(bucket: Bucket, span: Window) -> list[int]:
    """First civil days of the buckets of a window, and the day after the last."""
    if bucket == "day":
        return list(range(span.first, span.after + 1))
    if bucket == "period":
        return [span.first, span.after]
    whole = Period(civil(span.first), civil(span.after))
    return [*(day(one.first) for one in months(whole)), span.after]


def inside(cells: Cells, span: Window) -> tuple[Cells, int]:
    """The quantities whose bucket begins in the window, and how many do not."""
    kept = (cells.bucket >= span.first) & (cells.bucket < span.after)
    columns = (
        cells.facility, cells.bucket, cells.quantity, cells.rate, cells.amount, cells.in_use,
        cells.places, cells.row,
    )  # fmt: skip
    return Cells(cells.facilities, *(one[kept] for one in columns)), int((~kept).sum())


def of_facilities(
    claim: Cells, told: Told, ours: Custody | Cells, asked: Asked, aliases: Aliases,
    bucket: Bucket,
) -> Outcome:  # fmt: skip
    """Quantities or a series against custody or a series.

    Raises:
        SetupError: H903.
        LawError: H711.
    """
    kept, out = inside(cells_aligned(claim, aliases), asked.window)
    terms, said = _terms(asked, kept)
    side = (
        quantities.of_series(ours, terms)
        if isinstance(ours, Cells)
        else quantities.of_custody(ours, terms)
    )
    cuts = edges(bucket, asked.window)
    done = replace(quantities.compare(kept, side, cuts, terms), outside=out)
    found, printed = _limits(kept, cuts), _printed(kept, told)
    return Outcome(done, asked, told, said, printed, found, bucket == "day")


def _printed(cells: Cells, told: Told) -> tuple[PrintedTotal, ...]:
    if (cells.amount == UNSTATED).any():
        return ()
    priced = bool((cells.rate != UNSTATED).all())
    exact = sum((cells.rate * cells.quantity).tolist()) if priced else None
    return tuple(
        PrintedTotal(one.row, one.amount, int(cells.amount.sum()), exact)
        for one in told.printed
        if one.amount != UNSTATED
    )


def _limits(cells: Cells, cuts: Sequence[int]) -> tuple[str, ...]:
    """What no facility can have done."""
    if not cells.row.size:
        return ()
    starts = np.array(cuts[:-1], np.int64)
    length = np.diff(np.array(cuts, np.int64))[np.searchsorted(starts, cells.bucket)]
    found, longer = [], cells.in_use > length
    if longer.any():
        found.append(
            f"{int(longer.sum()):,} facilities state more days in use than the period has"
            f" (up to {int(cells.in_use.max()):,} of {int(length[longer].min()):,})"
        )
    full = (cells.places != UNSTATED) & (cells.quantity > cells.places * length)
    if full.any():
        found.append(
            f"{int(full.sum()):,} quantities are more than the places stated beside them can hold"
        )
    return tuple(found)
