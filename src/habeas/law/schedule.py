"""The frozen shapes of a fee schedule; field names are the keys under `[fees]`.

Prices are whole minor units of the schedule's currency, factors are decimals in quotes: no float
is ever read. What a text does not price is not there, and is never taken for zero.
"""

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta as Bound
from msgspec import field

from habeas.law.cited import Cite, Count, Strict, Text

Factor = Annotated[str, Bound(pattern=r"^[0-9]{1,3}(\.[0-9]{1,9})?\Z")]
Share = Annotated[int, Bound(ge=0, le=1000)]  # per mille
Treatment = Literal["billed", "not_billed", "undecided"]


class TakeOrPay(Strict, frozen=True, tag_field="kind", tag="take_or_pay"):
    """A sum a year, due whatever the number of persons held."""

    id: str
    text: Text
    minor_per_year: Count
    cite: tuple[Cite, ...]
    up_to_places: Count | None = None  # above it no price is stated: the answer is unknown


class AnnualLump(Strict, frozen=True, tag_field="kind", tag="annual_lump"):
    """A sum a year up to a number of places, with a sum a month in stated part years."""

    id: str
    text: Text
    minor_per_year: Count
    cite: tuple[Cite, ...]
    up_to_places: Count | None = None
    minor_per_month: Count | None = None
    part_years: tuple[int, ...] = ()  # calendar years that are priced by the month


class MinimumGuarantee(Strict, frozen=True, tag_field="kind", tag="minimum_guarantee"):
    """A price a person-month, and a number of persons that is paid for whether held or not."""

    id: str
    text: Text
    minor_per_person_month: Count
    minimum_persons: Count
    cite: tuple[Cite, ...]
    maximum_persons: Count | None = None


class AdvanceGrant(Strict, frozen=True, tag_field="kind", tag="advance_grant"):
    """A sum paid ahead for a stated number of persons and months; recomputed from the register."""

    id: str
    text: Text
    minor: Count
    persons: Count
    months: Count
    cite: tuple[Cite, ...]
    due: date | None = None  # the day on which it is paid; None: in every period asked for


class PerDiem(Strict, frozen=True, tag_field="kind", tag="per_diem"):
    """A price a person-day under the agreement's counting convention."""

    id: str
    text: Text
    minor_per_person_day: Count
    cite: tuple[Cite, ...]


class Tier(Strict, frozen=True):
    """One band of places put at disposal; exactly one of the three prices is given."""

    from_place: Count
    to_place: Count
    cite: tuple[Cite, ...]
    minor_per_year: Count | None = None  # flat for the whole band
    minor_per_block_month: Count | None = None
    block_places: Count | None = None  # size of a block
    minor_per_place_day: Count | None = None


class TieredAvailability(Strict, frozen=True, tag_field="kind", tag="tiered_availability"):
    """Bands over the places put at disposal, not the persons held; above the last: unknown."""

    id: str
    text: Text
    tiers: tuple[Tier, ...]
    part_block: Literal["full", "pro_rata"]  # a declared choice where the text is silent
    cite: tuple[Cite, ...]


class PerUnit(Strict, frozen=True, tag_field="kind", tag="per_unit"):
    """A price for each thing done, such as a round trip."""

    id: str
    text: Text
    unit: str
    minor_per_unit: Count
    cite: tuple[Cite, ...]


class Band(Strict, frozen=True):
    """One band of persons held; exactly one of its two prices is given."""

    from_person: Count  # inclusive, from 1
    cite: tuple[Cite, ...]
    to_person: Count | None = None  # inclusive; None: no end is stated
    minor_per_person_day: Count | None = None
    per_mille: Count | None = None  # of the item's base price


class BandedPerDiem(Strict, frozen=True, tag_field="kind", tag="banded_per_diem"):
    """Prices a person-day by bands of persons held, with a number that is paid for in any case.

    Beyond the last band that has an end no price is stated: those person-days are not priced.
    """

    id: str
    text: Text
    bands: tuple[Band, ...]
    basis: Literal["day", "period"]  # the headcount of each day, or the average of a month
    cite: tuple[Cite, ...]
    base_minor: Count | None = None  # a person-day, for bands stated per mille
    allocation: Literal["marginal", "whole"] = "marginal"  # whole: all persons at the last band's
    guaranteed_persons: Count | None = None
    guaranteed_per_mille: Share | None = None  # of `places`
    places: Count | None = None
    guarantee_basis: Literal["days", "money"] = "days"  # through the bands, or at the first price
    guaranteed_from: date | None = None  # first day that the facility was accepted and open
    facilities: tuple[str, ...] = ()  # whose persons are added up; empty: every facility


class CategoryRate(Strict, frozen=True):
    """A price a person-day for one category of person, in the schedule's own word."""

    category: str
    minor_per_person_day: Count


class PerDiemByCategory(Strict, frozen=True, tag_field="kind", tag="per_diem_by_category"):
    """A price a person-day that depends on a category of person; another category has none."""

    id: str
    text: Text
    rates: tuple[CategoryRate, ...]
    cite: tuple[Cite, ...]
    facilities: tuple[str, ...] = ()


class Lump(Strict, frozen=True, tag_field="kind", tag="lump"):
    """One sum: due once on a day, each month, or for a time that no text states."""

    id: str
    text: Text
    minor: Count
    per: Literal["once", "month", "not_stated"]
    cite: tuple[Cite, ...]
    due: date | None = None  # of a sum due once; None: no day is established


class Milestone(Strict, frozen=True, tag_field="kind", tag="milestone"):
    """A sum due when so many persons in all have been received."""

    id: str
    text: Text
    minor: Count
    persons: Count
    cite: tuple[Cite, ...]


class AtCost(Strict, frozen=True, tag_field="kind", tag="at_cost"):
    """What was spent on something, such as outside medical care, charged as it was."""

    id: str
    text: Text
    cite: tuple[Cite, ...]


class Withheld(Strict, frozen=True, tag_field="kind", tag="withheld"):
    """A price that exists and was not published: by whom, and under what."""

    id: str
    text: Text
    by: str
    under: str
    cite: tuple[Cite, ...]
    facilities: tuple[str, ...] = ()


class Credit(Strict, frozen=True, tag_field="kind", tag="credit"):
    """Given back for each person-day in less floor area than an agreed standard's measure."""

    id: str
    text: Text
    measure: str  # id of a standard's measure
    of: str  # the item whose price is given back
    per_mille: Share  # of what that item came to a person-day
    cite: tuple[Cite, ...]
    cap_per_mille: Share | None = None  # of what that item came to; None: no cap is stated


class Deduction(Strict, frozen=True, tag_field="kind", tag="deduction"):
    """Taken off for each thing that went wrong, such as a post that was not filled."""

    id: str
    text: Text
    unit: str
    minor_per_unit: Count
    cite: tuple[Cite, ...]
    cap_minor: Count | None = None  # a period; None: no cap is stated


FeeItem = (
    TakeOrPay
    | AnnualLump
    | MinimumGuarantee
    | AdvanceGrant
    | PerDiem
    | BandedPerDiem
    | PerDiemByCategory
    | TieredAvailability
    | PerUnit
    | Lump
    | Milestone
    | AtCost
    | Withheld
    | Credit
    | Deduction
)


class Step(Strict, frozen=True):
    """From a day on, prices are multiplied by a factor."""

    from_: date = field(name="from")
    factor: Factor
    cite: tuple[Cite, ...]


class Indexation(Strict, frozen=True):
    """How prices move with an index; a step that was not read is not there."""

    price_level: int  # the year of the stated prices
    text: Text  # the series, and the day of each step
    cite: tuple[Cite, ...]
    items: tuple[str, ...] = ()  # to which it applies; empty: to all
    decimals: Count | None = None  # to which the compounded factor is rounded; None: it is exact
    steps: tuple[Step, ...] = ()  # by day; each carries into all later ones


class Settlement(Strict, frozen=True):
    """In which currency a statement is paid, and at which published rate."""

    currency: str
    exponent: Count
    source: Literal["ECB"]
    fixing: Literal["period_end"]  # last day of the period; unquoted: the day quoted before it
    cite: tuple[Cite, ...] = ()  # empty: declared by this file


class Counting(Strict, frozen=True):
    """How the person-days of one status enter the bill."""

    status: Literal["held", "hospital", "court", "absent", "in_transit", "past_release_date"]
    treat: Treatment
    reason: Text
    cite: tuple[Cite, ...] = ()  # empty: declared by this file


class Fees(Strict, frozen=True):
    """What is owed, by whom it was said, and how it is rounded."""

    currency: str
    exponent: Count  # decimal places of the minor unit
    rounding: Literal["half_up", "half_even"]
    items: tuple[FeeItem, ...]
    counting: tuple[Counting, ...] = ()
    indexation: Indexation | None = None  # None: none is stated
    settlement: Settlement | None = None  # None: in the currency of the prices
    open: tuple[Text, ...] = ()  # what the texts read leave undecided
