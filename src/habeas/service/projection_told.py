"""Numbers, days and sums of a projection as people read them: rounded, never exact.

What is exact stands in the files beside the report. Three figures of a number are told: more would
say that more is known.
"""

from collections.abc import Callable, Sequence
from datetime import date
from math import floor, log10

from habeas.law.cited import Text
from habeas.service.paper import Say
from habeas.service.projected import Band

FIGURES = 3
MILLION = 10**6
SMALL = 1000
ROUND_SUM = 10_000


class Told:
    """The manner of one language and one currency.

    Args:
        say: the words.
        currency: its code.
        exponent: of its minor units.
    """

    def __init__(self, say: Say, currency: str, exponent: int) -> None:
        self.say, self.currency, self._minor = say, currency, 10**exponent

    def text(self, words: Text) -> str:
        """A text in the language."""
        return words.es if self.say.lang == "es" else words.en

    def count(self, number: float) -> str:
        """A number of persons or things."""
        whole = round(number)
        if abs(whole) >= SMALL:
            whole = round(whole, FIGURES - 1 - floor(log10(abs(whole))))
        if 0 < number < 1:
            return self.decimal(number, 1) if round(number, 1) else self.say("projection.under")
        return self.say.figure(whole)

    def decimal(self, number: float, places: int) -> str:
        """A number with so many places."""
        return self.say.figure(f"{number:.{places}f}")

    def share(self, number: float) -> str:
        """A part of the whole, in hundredths."""
        hundredths = number * 100
        told = (
            self.decimal(hundredths, 1)
            if 0 < hundredths < 1
            else self.say.figure(round(hundredths))
        )
        return self.say("projection.percent").format(number=told)

    def sum(self, minor: float) -> str:
        """An amount."""
        units = minor / self._minor
        if abs(units) >= MILLION:
            return self.say("projection.millions").format(
                currency=self.currency, number=self._figures(units / MILLION)
            )
        if abs(units) >= ROUND_SUM:
            return f"{self.currency} {self.count(units)}"
        return f"{self.currency} {self.decimal(units, 2)}"

    def column(self, minors: Sequence[float]) -> tuple[Callable[[float], str], str]:
        """How the amounts of a column are told without their unit, and the unit."""
        most = max((abs(one) / self._minor for one in minors), default=0.0)
        name, size = ("millions", MILLION) if most >= MILLION else ("whole", 1)
        unit = self.say(f"money.unit_{name}").format(currency=self.currency)
        return (lambda minor: self._figures(minor / self._minor / size)), unit

    def _figures(self, number: float) -> str:
        if not number:
            return "0"
        size = floor(log10(abs(number)))
        places = max(0, FIGURES - 1 - size)
        rounded = round(number, FIGURES - 1 - size)
        return self.say.figure(f"{rounded:.{places}f}")

    def day(self, day: date) -> str:
        """A day in words."""
        month = self.say(f"months.{day.month:02d}")
        return self.say("projection.day").format(day=day.day, month=month, year=day.year)

    def month(self, day: date) -> str:
        """The month of a day in words."""
        return self.say.month(f"{day:%Y-%m}")

    def ninety(self, band: Band, how: Callable[[float], str]) -> str:
        """From 5 to 95 of 100 draws."""
        low, high = how(band.p5), how(band.p95)
        if low == high:
            return low
        return self.say("projection.between").format(low=low, high=high)

    def fifty(self, band: Band, how: Callable[[float], str]) -> str:
        """From 25 to 75 of 100 draws."""
        return self.say("projection.between").format(low=how(band.p25), high=how(band.p75))

    def unit(self, unit: str) -> Callable[[float], str]:
        """How a number of a unit is told."""
        return {"minor": self.sum, "share": self.share}.get(unit, self.count)

    def country(self, code: str) -> str:
        """A state by its code."""
        return self.say.get(f"states.{code}", code)
