"""How much of the spread of a number each assumption makes: Sobol indices by SALib, its one door.

S1 is the part that a number makes alone, ST the part in which it has a hand. Every run meets the
same chance of persons, so that both measure the assumptions and not luck.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from habeas.errors import Fault, SetupError
from habeas.projection.uncertainty import MIDDLE, Model

try:
    from SALib.analyze import sobol as analyze
    from SALib.sample import sobol as sample
except ImportError as error:
    raise SetupError(
        Fault("H906", "Sobol indices need SALib", "Type: pip install 'habeas[analyse]'.")
    ) from error

ROWS = 256
PER_MILLE = 1_000


@dataclass(frozen=True, slots=True)
class Index:
    """Of one uncertain number, in parts of a thousand; the interval is that of the sampling."""

    name: str
    alone: int  # S1
    alone_interval: int  # to either side, 95 of a hundred resamples
    total: int  # ST
    total_interval: int


def indices(
    model: Model, names: Sequence[str], kept: Sequence[int], seed: int, rows: int = ROWS
) -> list[Index]:
    """The indices of each number that is asked, by (k + 2) times so many runs.

    Args:
        model: of all uncertain numbers, by their quantiles.
        names: of all of them.
        kept: the places of those that are asked; the others stay in the middle.
        seed: of the sample.
        rows: a power of two.

    Raises:
        SetupError: H829, when the number of rows is no power of two.
    """
    if rows < 2 or rows & (rows - 1):  # noqa: PLR2004 - a power of two has one bit
        what = f"{rows:,} rows are no power of two, and the sample asks one"
        raise SetupError(Fault("H829", what, f"Ask {ROWS}, or 512 for narrower intervals."))
    if not kept:
        return []
    problem = {
        "num_vars": len(kept),
        "names": [names[place] for place in kept],
        "bounds": [[0.0, 1.0]] * len(kept),
    }
    inside = sample.sample(problem, rows, calc_second_order=False, seed=seed)
    units = np.full((len(inside), len(names)), MIDDLE)
    units[:, list(kept)] = inside
    found = model(units).astype(np.float64)
    if not np.ptp(found):
        return [Index(names[place], 0, 0, 0, 0) for place in kept]
    # SALib takes a seed of 0 for none.
    told = analyze.analyze(problem, found, calc_second_order=False, seed=seed + 1)
    columns = [_thousandths(told[key]) for key in ("S1", "S1_conf", "ST", "ST_conf")]
    return [
        Index(names[place], *values)
        for place, values in zip(kept, zip(*columns, strict=True), strict=True)
    ]


def _thousandths(values: Sequence[float]) -> list[int]:
    return [round(float(one) * PER_MILLE) for one in values]
