"""Prices by bands: of persons held, with their guarantee, and of places put at disposal.

A band of persons holds the persons from its first to its last number of each day's headcount
(`day`), or that share of the person-days of a month (`period`, by its average). A band's price
counts for the persons inside it (`marginal`), or that of the last band reached for all (`whole`).
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from habeas.errors import Fault, FeeError
from habeas.fees.line import Line, Pricing
from habeas.fees.minimum import of_year
from habeas.fees.quantity import Ints, Period, Quantities, in_months, months
from habeas.law.schedule import Band, BandedPerDiem, Tier, TieredAvailability

PER_MILLE = 1000
PERSON_DAYS = "person-days"
ENDLESS = 1 << 40  # more persons than there are


def banded(item: BandedPerDiem, given: Quantities, pricing: Pricing) -> list[Line]:
    """Occupied person-days by band, those paid for though empty, and those without a price."""
    if given.seconds:
        what = f"'{item.id}' prices persons by bands, and the agreement counts hours"
        raise FeeError(Fault("H705", what, "Count by midnight, calendar, min1 or block24."))
    return [
        line
        for month in months(given.period)
        for line in _Month(item, given.part(month), pricing).lines()
    ]


@dataclass(frozen=True, slots=True)
class _Month:
    """One item in one calendar month, or in the part of it that the period holds."""

    item: BandedPerDiem
    given: Quantities
    pricing: Pricing

    def lines(self) -> list[Line]:
        held, floor = self.given.of(self.item.facilities), _floor(self.item, self.given)
        occupied, paid = self._split(held), self._split(np.maximum(held, floor))
        least, days = _least(self.item, self.given, floor), int(held.sum())
        if self.item.basis == "period":
            occupied, paid = self._average(days), self._average(max(days, least))
        found = [self._band(n, days, "occupied") for n, days in enumerate(occupied[:-1]) if days]
        if self.item.guarantee_basis == "money":
            short = int(np.maximum(floor - held, 0).sum())
            if self.item.basis == "period":
                short = max(0, least - days)
            found += [self._band(0, short, "paid_for_empty")] * (short > 0)
            paid = occupied  # what is short has its price: only who is held can be beyond a band
        elif self.item.allocation == "whole":
            found += self._top_up(occupied, paid)
        else:
            empty = [most - used for most, used in zip(paid, occupied, strict=True)]
            found += [self._band(n, d, "paid_for_empty") for n, d in enumerate(empty[:-1]) if d]
        if paid[-1]:
            beyond = (Fraction(paid[-1]), PERSON_DAYS)
            found.append(self.pricing.unpriced(self.item, self.given.period, beyond))
        return found

    def _split(self, held: Ints) -> list[int]:
        """Person-days in each band by the headcount of each day; last, those beyond all bands."""
        found = []
        for band in self.item.bands:
            last = ENDLESS if band.to_person is None else band.to_person
            if self.item.allocation == "whole":
                found.append(int(held[(held >= band.from_person) & (held <= last)].sum()))
            else:
                inside = np.minimum(held, last) - (band.from_person - 1)
                found.append(int(np.maximum(inside, 0).sum()))
        return [*found, int(held.sum()) - sum(found)]

    def _average(self, days: int) -> list[int]:
        """The same by the average of the month, in exact whole numbers."""
        length, found = self.given.period.days, list[int]()
        for band in self.item.bands:
            last = ENDLESS if band.to_person is None else band.to_person
            if self.item.allocation == "whole":
                # An average between two bands belongs to the one that it has not yet left.
                reached = days > (band.from_person - 1) * length and days <= last * length
                found.append(days if reached else 0)
            else:
                found.append(max(0, min(days, last * length) - (band.from_person - 1) * length))
        return [*found, days - sum(found)]

    def _band(self, number: int, days: int, kind: str) -> Line:
        band, counted = self.item.bands[number], (Fraction(days), PERSON_DAYS)
        price = band_price(self.item, band, self.pricing)
        line = self.pricing.product(self.item, kind, self.given.period, counted, price)
        return line.of_tier(number + 1, band.cite)

    def _top_up(self, occupied: list[int], paid: list[int]) -> list[Line]:
        # All persons move into one band: what the guarantee adds is a sum, not days of that band.
        prices = [band_price(self.item, band, self.pricing) for band in self.item.bands]
        due = sum((b - a) * price for a, b, price in zip(occupied, paid, prices, strict=False))
        empty = (Fraction(sum(paid) - sum(occupied)), PERSON_DAYS)
        line = self.pricing.line(self.item, "paid_for_empty", self.given.period, empty, None, due)
        return [line] if empty[0] else []


def band_price(item: BandedPerDiem, band: Band, pricing: Pricing) -> int:
    """What a person-day in a band costs at a price level.

    Raises:
        FeeError: H704, when the band states no price.
    """
    if band.per_mille is not None and item.base_minor is not None:
        return pricing.price(item.base_minor, band.per_mille)
    if band.minor_per_person_day is None:
        what = f"band {band.from_person} of '{item.id}' states no price"
        raise FeeError(Fault("H704", what, "Give it one."))
    return pricing.price(band.minor_per_person_day)


def least_persons(item: BandedPerDiem, given: Quantities) -> int:
    """Persons paid for in any case on a day on which the facility is open.

    Raises:
        FeeError: H723, when they are a share of places that nobody states.
    """
    if item.guaranteed_per_mille is not None:
        return item.guaranteed_per_mille * _places(item, given) // PER_MILLE
    return item.guaranteed_persons or 0


def _floor(item: BandedPerDiem, given: Quantities) -> Ints:
    """Persons paid for on each day in any case, less the places that could not be used."""
    floor = np.full(given.period.days, least_persons(item, given), dtype=np.int64)
    floor[: given.period.days - open_days(item, given.period)] = 0
    least_left: Ints = np.maximum(floor - given.unusable(item.facilities), 0)
    return least_left


def _least(item: BandedPerDiem, given: Quantities, floor: Ints) -> int:
    """Person-days paid for in a month in any case; a share of places is floored as a whole."""
    if item.guaranteed_per_mille is None or item.basis == "day":
        return int(floor.sum())
    return max(0, share_of_places(item, given) - int(given.unusable(item.facilities).sum()))


def share_of_places(item: BandedPerDiem, given: Quantities) -> int:
    """Person-days of a month that a share of places comes to, rounded down once.

    Raises:
        FeeError: H723, when nobody states the places.
    """
    share, days = item.guaranteed_per_mille or 0, open_days(item, given.period)
    return share * _places(item, given) * days // PER_MILLE


def _places(item: BandedPerDiem, given: Quantities) -> int:
    places = item.places if item.places is not None else given.places
    if places is None:
        what = f"'{item.id}' guarantees a share of places, which are not stated"
        raise FeeError(Fault("H723", what, "Give them with --places."))
    return places


def open_days(item: BandedPerDiem, period: Period) -> int:
    """Days of the period on which the facility was accepted and open."""
    if item.guaranteed_from is None:
        return period.days
    return min(period.days, max(0, (period.after - item.guaranteed_from).days))


def availability(item: TieredAvailability, given: Quantities, pricing: Pricing) -> list[Line]:
    """Bands over the places put at disposal; above the last no price is stated."""
    if given.places is None:
        what = f"'{item.id}' is priced by places put at disposal, which are not stated"
        raise FeeError(Fault("H723", what, "Give them with --places."))
    found = []
    for number, tier in enumerate(item.tiers, 1):
        if tier.minor_per_year is not None:  # a flat band is due whatever its use
            amount = of_year(tier.minor_per_year, given.period, pricing)
            line = pricing.sum(item, "flat", given.period, amount)
            found.append(line.of_tier(number, tier.cite))
            continue
        inside = min(given.places, tier.to_place) - tier.from_place + 1
        if inside > 0:
            line = _tier(item, tier, inside, given.period, pricing)
            found.append(line.of_tier(number, tier.cite))
    above = given.places - item.tiers[-1].to_place if item.tiers else 0
    unpriced = (Fraction(above), "places")
    return found + [pricing.unpriced(item, given.period, unpriced)] * (above > 0)


def _tier(
    item: TieredAvailability, tier: Tier, inside: int, period: Period, pricing: Pricing
) -> Line:
    if tier.minor_per_place_day is not None:
        days = (Fraction(inside * period.days), "place-days")
        return pricing.product(
            item, "place_days", period, days, pricing.price(tier.minor_per_place_day)
        )
    if tier.minor_per_block_month is None or not tier.block_places:
        what = f"tier {tier.from_place} of '{item.id}' states no price"
        raise FeeError(Fault("H704", what, "Give it one."))
    blocks = Fraction(inside, tier.block_places)
    if item.part_block == "full":
        blocks = Fraction(-(-blocks.numerator // blocks.denominator))
    counted = (blocks * in_months(period), "block-months")
    price = pricing.price(tier.minor_per_block_month)
    return pricing.product(item, "blocks", period, counted, price)
