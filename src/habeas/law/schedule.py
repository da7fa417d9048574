"""The frozen shapes of a fee schedule; field names are the keys under `[fees]`."""

from typing import Literal

from habeas.law.cited import Cite, Count, Strict, Text

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


FeeItem = (
    TakeOrPay
    | AnnualLump
    | MinimumGuarantee
    | AdvanceGrant
    | PerDiem
    | TieredAvailability
    | PerUnit
)


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
    open: tuple[Text, ...] = ()  # what the texts read leave undecided
