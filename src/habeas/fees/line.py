"""One line of a statement, and the prices that make it: rounded once, by the agreement's rule."""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Protocol

from habeas.fees.quantity import Period
from habeas.law.cited import Cite, Text
from habeas.units import Rounding, rounded

ONE = Fraction(1)
PER_MILLE = 1000


class Item(Protocol):
    """What every kind of fee item says of itself."""

    @property
    def id(self) -> str:
        """Its id in the schedule."""
        ...

    @property
    def text(self) -> Text:
        """Its clause in words."""
        ...

    @property
    def cite(self) -> tuple[Cite, ...]:
        """Where it is written."""
        ...


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a statement; its amount is None where the agreement gives no price."""

    item: str
    kind: str
    period: Period
    text: Text
    quantity: Fraction
    unit: str
    price_minor: int | None  # for one unit; None where the line is no product
    amount_minor: int | None
    cite: tuple[Cite, ...]
    tier: int = 0  # number of the band, from 1; 0 where there are none
    index: Fraction = ONE  # by which the stated price was multiplied

    def of_tier(self, number: int, cite: tuple[Cite, ...]) -> "Line":
        """The same as a band of its own clause."""
        return replace(self, tier=number, cite=cite)


@dataclass(frozen=True, slots=True)
class Pricing:
    """How the prices of one item become amounts in one part of a period."""

    rounding: Rounding
    index: Fraction = ONE

    def amount(self, exact: Fraction | int) -> int:
        """A sum at the price level of the part, rounded once."""
        return rounded(exact * self.index, self.rounding)

    def price(self, minor: int, per_mille: int = PER_MILLE) -> int:
        """A price of one unit: base, share of it and index multiplied, then rounded once."""
        return rounded(Fraction(minor * per_mille, PER_MILLE) * self.index, self.rounding)

    def times(self, quantity: Fraction, price: int) -> int:
        """So many units at a price that is rounded already; a part of a unit rounds again."""
        return rounded(quantity * price, self.rounding)

    def sum(self, item: Item, kind: str, period: Period, amount: int) -> Line:
        """A line that is a sum for the days of a period and no product."""
        days = Fraction(period.days)
        return self.line(item, kind, period, (days, "days"), None, amount)

    def product(
        self, item: Item, kind: str, period: Period, counted: tuple[Fraction, str], price: int
    ) -> Line:
        """A line that is a quantity times a price."""
        return self.line(item, kind, period, counted, price, self.times(counted[0], price))

    def unpriced(self, item: Item, period: Period, counted: tuple[Fraction, str]) -> Line:
        """A quantity that no text prices."""
        return self.line(item, "not_priced", period, counted, None, None)

    def line(
        self,
        item: Item,
        kind: str,
        period: Period,
        counted: tuple[Fraction, str],
        price: int | None,
        amount: int | None,
    ) -> Line:
        """Any line of an item."""
        quantity, unit = counted
        return Line(
            item.id, kind, period, item.text, quantity, unit, price, amount, item.cite,
            index=self.index,
        )  # fmt: skip
