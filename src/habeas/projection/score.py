"""How well a projection did against what followed, always beside no change at all.

A projection that does no better than "as many as today" is told so, and a band that held fewer
than it promises is called too narrow. Points of one course lie close to one another: so many of
them are worth fewer than so many apart.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from habeas.projection.bands import SHARES

MIDDLE = SHARES.index(50)
HALF, NINE = 50, 90  # of the draws, within each band


@dataclass(frozen=True, slots=True)
class Score:
    """One projection, or several of one kind, over all its points."""

    points: int
    in_half: int  # points within the band of half the draws
    in_nine: int  # within that of nine in ten
    error: float | None  # median of the absolute errors of the middle draw, in percent
    unchanged_error: float | None  # the same of no change; None: nobody was held at any point
    pinball: float  # persons, mean over the shares and points
    unchanged_pinball: float

    def wins_of_no_change(self) -> list[str]:
        """By which of the two measures no change at all was at least as near, with its figures."""
        told = list[str]()
        if None not in (self.error, self.unchanged_error) and self._errs():
            told.append(f"median error {percent(self.unchanged_error)}, not {percent(self.error)}")
        if self.unchanged_pinball <= self.pinball:
            told.append(
                f"pinball loss {self.unchanged_pinball:.2f}, not {self.pinball:.2f} persons"
            )
        return told

    def _errs(self) -> bool:
        return (self.unchanged_error or 0.0) <= (self.error or 0.0)

    def too_narrow(self) -> bool:
        """Whether either band held fewer points than its share of the draws."""
        return self.in_half * 100 < HALF * self.points or self.in_nine * 100 < NINE * self.points

    def said(self) -> list[str]:
        """What must be said of it in words."""
        told = list[str]()
        if wins := self.wins_of_no_change():
            told.append(f"No change at all was at least as near: {'; '.join(wins)}.")
        if self.too_narrow():
            told.append(
                f"The band was too narrow: {self.in_nine} of {self.points} points within nine in"
                f" ten draws, {self.in_half} within half of them."
            )
        return told

    def row(self) -> dict[str, Any]:  # Any: a document for a face
        """As a document."""
        return {
            "points": self.points,
            "within_50": self.in_half,
            "within_90": self.in_nine,
            "median_error_percent": _rounded(self.error),
            "median_error_percent_unchanged": _rounded(self.unchanged_error),
            "pinball": round(self.pinball, 3),
            "pinball_unchanged": round(self.unchanged_pinball, 3),
            "unchanged_wins": bool(self.wins_of_no_change()),
            "too_narrow": self.too_narrow(),
        }


def percent(error: float | None) -> str:
    """An error in percent; a word where there is none."""
    return "unknown" if error is None else f"{error:.2f} %"


def _rounded(error: float | None) -> float | None:
    return None if error is None else round(error, 4)


def score(
    found: NDArray[np.integer], seen: NDArray[np.integer], before: NDArray[np.integer]
) -> Score:
    """Projected against seen.

    Args:
        found: the bands, (points, shares).
        seen: what was then the case, (points,).
        before: how many there were when it was projected, (points,).
    """
    low, quarter, _, three, high = found.T
    still = np.repeat(before[:, None], len(SHARES), axis=1)
    return Score(
        seen.size,
        int(((quarter <= seen) & (seen <= three)).sum()),
        int(((low <= seen) & (seen <= high)).sum()),
        error_of(found[:, MIDDLE], seen),
        error_of(before, seen),
        _pinball(found, seen),
        _pinball(still, seen),
    )


def error_of(told: NDArray[np.number], seen: NDArray[np.number]) -> float | None:
    """Median absolute error in percent of what was seen; points with nobody are left out."""
    some = seen > 0
    if not some.any():
        return None
    return float(np.median(np.abs(told[some] / seen[some] - 1.0))) * 100.0


def _pinball(found: NDArray[np.integer], seen: NDArray[np.integer]) -> float:
    above = (seen[:, None] - found).astype(np.float64)
    share = np.array(SHARES) / 100.0
    return float(np.maximum(share * above, (share - 1.0) * above).mean()) if seen.size else 0.0
