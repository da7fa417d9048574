"""Draws of a scenario as the answers read them: arrays by name, and the assumed numbers beside."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import cast

import numpy as np
from numpy.typing import NDArray

from habeas.errors import Fault, SetupError
from habeas.fees.quantity import Period, months
from habeas.law.schedule import Fees
from habeas.projection.bands import Ints
from habeas.projection.plan import Plan
from habeas.projection.queue import FLOWS
from habeas.projection.scenario import Scenario

Arrays = Mapping[str, NDArray[np.generic]]


@dataclass(frozen=True, slots=True)
class Run:
    """A scenario, its plan, and what was drawn of it."""

    scenario: Scenario
    plan: Plan
    arrays: Arrays
    numbers: Mapping[str, Ints]  # assumed ones by name, (draws,)
    fees: Mapping[str, Fees]  # by agreement of the scenario; one that has none is not here
    rates: Mapping[str, Fraction]  # of a currency on the first day, in that of the scenario

    @property
    def draws(self) -> int:
        """Number of draws."""
        return int(self.arrays["values"].shape[0])

    @property
    def period(self) -> Period:
        """Civil days of the scenario."""
        return Period(self.scenario.first, self.scenario.after)

    @property
    def cells(self) -> list[Period]:
        """Its calendar months."""
        return months(self.period)

    def of(self, name: str, key: str) -> NDArray[np.integer]:
        """One array of whole numbers.

        Raises:
            SetupError: H827, when the draws do not hold it.
        """
        found = self.arrays.get(f"{name}.{key}")
        if found is not None and np.issubdtype(found.dtype, np.integer):
            return cast("NDArray[np.integer]", found)
        what = f"the draws hold no whole numbers '{name}.{key}'"
        raise SetupError(Fault("H827", what, "Run the scenario anew with this version."))

    def flow(self, deal: str, what: str) -> Ints:
        """(draws, months): persons of one flow."""
        names: tuple[str, ...] = FLOWS
        return self.of("flow", deal)[:, :, names.index(what)].astype(np.int64)

    def day(self, number: int) -> date:
        """A day by its number from the first."""
        return self.scenario.first + timedelta(days=number)
