"""What is wrong with a fee schedule, before anyone is charged by it: every fault in one run.

Bands start at 1, each where the one before ends: an overlap would bill a place twice, a gap none.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import takewhile

from habeas.errors import Fault
from habeas.law.agreement import Agreement
from habeas.law.places import line_of
from habeas.law.schedule import (
    BandedPerDiem,
    Credit,
    FeeItem,
    Fees,
    PerDiemByCategory,
    TieredAvailability,
)

PAST = "past_release_date"
Prices = dict[str, int | None]


@dataclass(frozen=True, slots=True)
class Edges:
    """One band as its check sees it."""

    first: int
    last: int | None  # None: no end is stated
    prices: Prices

    def __str__(self) -> str:
        return f"{self.first} to {'any' if self.last is None else self.last}"


def edges(item: FeeItem) -> tuple[Edges, ...]:
    """The bands of an item; none where it has no bands."""
    if isinstance(item, TieredAvailability):
        return tuple(
            Edges(
                one.from_place,
                one.to_place,
                {
                    "minor_per_year": one.minor_per_year,
                    "minor_per_block_month": one.minor_per_block_month,
                    "minor_per_place_day": one.minor_per_place_day,
                },
            )
            for one in item.tiers
        )
    if isinstance(item, BandedPerDiem):
        return tuple(
            Edges(
                one.from_person,
                one.to_person,
                {"minor_per_person_day": one.minor_per_person_day, "per_mille": one.per_mille},
            )
            for one in item.bands
        )
    return ()


def band_faults(name: str, bands: Sequence[Edges]) -> Iterator[Fault]:
    """Overlaps, gaps, bands turned round, and prices stated twice or not at all."""
    if not bands:
        yield Fault("H704", f"'{name}' has no band", "State one, with its price.")
    expected: int | None = 1
    for band in bands:
        if expected is None or band.first < expected:
            fix = f"Start it at {expected}." if expected else "Give the one before an end."
            yield Fault("H701", f"band {band} of '{name}' overlaps the one before", fix)
        elif band.first > expected:
            yield Fault("H702", f"band {band} of '{name}' leaves a gap", f"Start it at {expected}.")
        if band.last is not None and band.last < band.first:
            fix = "Exchange the two numbers."
            yield Fault("H703", f"band {band} of '{name}' ends before it starts", fix)
        if sum(price is not None for price in band.prices.values()) != 1:
            fix = f"Give one of {', '.join(band.prices)}."
            yield Fault("H704", f"band {band} of '{name}' must state one price", fix)
        expected = None if band.last is None else band.last + 1


def _item_faults(item: FeeItem, fees: Fees) -> Iterator[Fault]:
    yield from price_faults(item, item.id)
    bands = item.bands if isinstance(item, BandedPerDiem) and item.base_minor is None else ()
    if any(band.per_mille is not None for band in bands):
        what = f"'{item.id}' has bands per mille of a base price, which is not stated"
        yield Fault("H704", what, "Give base_minor.")
    if isinstance(item, Credit):
        before = takewhile(lambda one: one is not item, fees.items)
        if item.of not in {one.id for one in before}:
            what = f"'{item.id}' gives back a part of '{item.of}', which does not stand before it"
            yield Fault("H706", what, "Name an item above it.")


def price_faults(item: FeeItem, name: str) -> Iterator[Fault]:
    """What is wrong with the prices of one item, under the name that its reader knows it by."""
    if isinstance(item, BandedPerDiem | TieredAvailability):
        yield from band_faults(name, edges(item))
    for tier in item.tiers if isinstance(item, TieredAvailability) else ():
        if tier.minor_per_block_month is not None and not tier.block_places:
            what = f"tier {tier.from_place} of '{name}' does not say how large a block is"
            yield Fault("H704", what, "Give block_places.")
    rates = item.rates if isinstance(item, PerDiemByCategory) else ()
    for category in _twice(rate.category for rate in rates):
        yield Fault("H701", f"'{name}' prices '{category}' twice", "State one price.")


def _twice(names: Iterable[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]


def _counting_faults(fees: Fees) -> Iterator[Fault]:
    for status in _twice(one.status for one in fees.counting):
        yield Fault("H701", f"days of status '{status}' are treated twice", "State it once.")
    if any(one.status == PAST and one.treat == "billed" for one in fees.counting):
        what = "days past the release date are billed, and there was no basis to hold"
        yield Fault("H764", what, "Write not_billed or undecided.")


def _index_faults(fees: Fees) -> Iterator[Fault]:
    index = fees.indexation
    if index is None:
        return
    days = [step.from_ for step in index.steps]
    if days != sorted(set(days)):
        what = "the steps of the index do not follow one another"
        yield Fault("H707", what, "Order them by day, one a day.")
    for step in index.steps:
        if not Fraction(step.factor):
            what = f"the step of {step.from_} multiplies every price by zero"
            yield Fault("H707", what, "Write a factor above zero.")
    known = {item.id for item in fees.items}
    for name in index.items:
        if name not in known:
            what = f"the index applies to '{name}', which the schedule does not hold"
            yield Fault("H706", what, f"Name one of {', '.join(sorted(known))}.")


def faults(text: str, deal: Agreement, file: str) -> list[Fault]:
    """Everything that is wrong with the schedule of an agreement, with file and line."""
    return [] if deal.fees is None else of_fees(text, deal.fees, file, ("fees",))


def of_fees(text: str, fees: Fees, file: str, path: tuple[str, ...]) -> list[Fault]:
    """Everything that is wrong with a schedule that stands at a path of a file."""
    found = []
    for number, item in enumerate(fees.items):
        part = {TieredAvailability: ("tiers",), BandedPerDiem: ("bands",)}.get(type(item), ())
        line = line_of(text, *path, "items", str(number), *part)
        found += [
            Fault(one.code, one.what, one.fix, file, line) for one in _item_faults(item, fees)
        ]
    here = line_of(text, *path)
    twice = [
        Fault("H706", f"two items have the id '{name}'", "Give each its own.")
        for name in _twice(item.id for item in fees.items)
    ]
    whole = [*twice, *_index_faults(fees), *_counting_faults(fees)]
    return found + [Fault(one.code, one.what, one.fix, file, here) for one in whole]
