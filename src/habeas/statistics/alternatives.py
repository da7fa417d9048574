"""The cheapest other table in whole numbers: HiGHS through scipy, behind one plain function.

The solver is not trusted: whoever asks checks in whole numbers what it answers.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from habeas.errors import Fault, SetupError

try:
    from scipy.optimize import LinearConstraint, milp
except ImportError as error:
    raise SetupError(
        Fault("H906", "statistics need scipy", "Type: pip install 'habeas[statistics]'.")
    ) from error

ANSWERED = 0  # what the solver calls an answer that is proved the cheapest
WAIT_S = 20.0


def cheapest(
    equations: Sequence[Mapping[int, int]],
    least: Sequence[float],
    most: Sequence[float],
    costs: Sequence[float],
) -> list[int] | None:
    """Whole steps, the sum of whose coefficients is 0 in every equation, of least cost.

    A step costs the same up and down; so it is asked as two numbers of 0 or more.

    Args:
        equations: coefficients by the place of a step.
        least: how far each may go down, 0 or less.
        most: how far each may go up, 0 or more; may be infinite.
        costs: of one unit of each, 0 or more.

    Returns:
        None where there is none, or none was found in time.
    """
    count = len(costs)
    if not count:
        return []
    rows = np.zeros((len(equations), 2 * count))
    for row, equation in enumerate(equations):
        for place, times in equation.items():
            rows[row, place], rows[row, count + place] = times, -times
    up, down = np.maximum(least, 0.0), np.maximum(-np.asarray(most, float), 0.0)
    found = milp(
        np.concatenate([costs, costs]),
        integrality=np.ones(2 * count),
        bounds=(
            np.concatenate([up, down]),
            np.concatenate([np.maximum(most, 0.0), np.maximum(-np.asarray(least, float), 0.0)]),
        ),
        constraints=LinearConstraint(rows, 0.0, 0.0) if len(equations) else (),
        options={"time_limit": WAIT_S, "presolve": True},
    )
    if found.status != ANSWERED:
        return None
    steps = found.x[:count] - found.x[count:]
    return [round(step) for step in steps]
