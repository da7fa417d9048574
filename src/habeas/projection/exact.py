"""Logarithm, exponential and quantiles by sums, products and roots alone: the same bits everywhere.

A platform's own `exp` and `log` may differ in the last bit, and a stay then by a day. What IEEE
754 fixes (+, -, x, /, square root, scaling by two) is the same on every machine; all here is made
of it.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
LN2 = 0.6931471805599453
LN2_HIGH, LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
ODD = tuple(1.0 / n for n in range(45, 0, -2))
FACTORIALS = tuple(float(np.prod([1.0 / n for n in range(1, k + 1)])) for k in range(15, -1, -1))
POINTS = 4097  # of a quantile table
STEPS = POINTS - 1
LANCZOS = (
    0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313,
    -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6,
    1.5056327351493116e-7,
)  # fmt: skip


def _series(x: Floats) -> Floats:
    """Logarithm of numbers near one, slowly."""
    s = (x - 1.0) / (x + 1.0)
    z = s * s
    total = np.zeros_like(z)
    for odd in ODD:
        total = total * z + odd
    found: Floats = 2.0 * s * total
    return found


# Numbers from a half to one in so many pieces; in each, one factor brings them near one.
PIECES = 128
NEAR_ONE: Floats = (2.0 * PIECES) / (np.arange(PIECES, dtype=np.float64) + PIECES + 0.5)
LOG_OF_PIECE = -_series(NEAR_ONE)
TERMS = (1 / 7, -1 / 6, 1 / 5, -1 / 4, 1 / 3, -1 / 2, 1.0)


def log(x: Floats) -> Floats:
    """Natural logarithm of numbers above zero."""
    part, power = np.frexp(x)
    piece = (part * (2 * PIECES)).astype(np.int64) - PIECES
    rest = part * NEAR_ONE[piece] - 1.0
    total = np.zeros_like(rest)
    for term in TERMS:
        total = total * rest + term
    found: Floats = power.astype(np.float64) * LN2 + (LOG_OF_PIECE[piece] + total * rest)
    return found


def exp(x: Floats) -> Floats:
    """E to the power of numbers between -700 and 700."""
    power = np.floor(x / LN2 + 0.5)
    rest = (x - power * LN2_HIGH) - power * LN2_LOW
    total = np.zeros_like(rest)
    for factor in FACTORIALS:
        total = total * rest + factor
    found: Floats = np.ldexp(total, power.astype(np.int64))
    return found


def _ratio(x: Floats, above: tuple[float, ...], below: tuple[float, ...]) -> Floats:
    top, bottom = np.zeros_like(x), np.zeros_like(x)
    for factor in above:
        top = top * x + factor
    for factor in below:
        bottom = bottom * x + factor
    return top / bottom


# Wichura, Algorithm AS 241 (1988), PPND16: the normal quantile to about one part in 10^16.
MIDDLE = (
    (2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
     13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608),
    (5226.495278852545925, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
     5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1.0),
)  # fmt: skip
NEAR = (
    (7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177,
     1.27045825245236838258, 3.64784832476320460504, 5.7694972214606914055,
     4.6303378461565452959, 1.42343711074968357734),
    (1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966,
     0.14810397642748007459, 0.68976733498510000455, 1.6763848301838038494,
     2.05319162663775882187, 1.0),
)  # fmt: skip
FAR = (
    (2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386,
     0.026532189526576123093, 0.29656057182850489123, 1.7848265399172913358,
     5.4637849111641143699, 6.6579046435011037772),
    (2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5,
     7.868691311456132591e-4, 0.0148753612908506148525, 0.13692988092273580531,
     0.59983220655588793769, 1.0),
)  # fmt: skip


CENTRE, TAIL = 0.425, 5.0


def normal(u: Floats) -> Floats:
    """The standard normal quantile of numbers between 0 and 1."""
    q = u - 0.5  # the ranges below are those of the algorithm
    tail = np.sqrt(-log(np.minimum(u, 1.0 - u)))
    middle = q * _ratio(0.180625 - q * q, *MIDDLE)
    outer = np.where(tail <= TAIL, _ratio(tail - 1.6, *NEAR), _ratio(tail - TAIL, *FAR))
    found: Floats = np.where(np.abs(q) <= CENTRE, middle, np.where(q < 0, -outer, outer))
    return found


def grid() -> Floats:
    """The probabilities of a quantile table; its ends are half a step inside 0 and 1."""
    steps = np.arange(POINTS, dtype=np.float64) / STEPS
    return np.clip(steps, 0.5 / STEPS, 1.0 - 0.5 / STEPS)


@lru_cache
def normal_table() -> Floats:
    """The normal quantile on the grid."""
    return normal(grid())


def at(table: Floats, u: Floats) -> Floats:
    """A table of quantiles at numbers between 0 and 1, by lines between its points."""
    place = u * (table.size - 1)
    below = np.minimum(np.floor(place), table.size - 2.0)
    index = below.astype(np.int64)
    found: Floats = table[index] + (place - below) * (table[index + 1] - table[index])
    return found


def _log_gamma(x: float) -> float:
    total = LANCZOS[0]
    for n, factor in enumerate(LANCZOS[1:], 1):
        total += factor / (x - 1.0 + n)
    base = x + 6.5
    parts = log(np.array([base, total, 2.5066282746310002]))
    return float((x - 0.5) * parts[0] - base + parts[1] + parts[2])


def _fraction(x: Floats, a: float, b: float) -> Floats:
    """The continued fraction of the incomplete beta function (Lentz), for x below its mean."""
    tiny = 1e-300
    c, d = np.ones_like(x), 1.0 - (a + b) * x / (a + 1.0)
    d = 1.0 / np.where(np.abs(d) < tiny, tiny, d)
    total = d.copy()
    for m in range(1, 20 + int(4.0 * max(a, b) ** 0.5)):
        for factor in (
            m * (b - m) * x / ((a + 2 * m - 1.0) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1.0)),
        ):
            d = 1.0 + factor * d
            d = 1.0 / np.where(np.abs(d) < tiny, tiny, d)
            c = 1.0 + factor / c
            c = np.where(np.abs(c) < tiny, tiny, c)
            total = total * d * c
    return total


def _beta_below(x: Floats, a: float, b: float) -> Floats:
    front = _log_gamma(a + b) - _log_gamma(a) - _log_gamma(b)
    scale = exp(np.maximum(front + a * log(x) + b * log(1.0 - x), -690.0))
    left = x < (a + 1.0) / (a + b + 2.0)
    low = _fraction(np.where(left, x, 0.0), a, b) * scale / a
    high = 1.0 - _fraction(np.where(left, 0.0, 1.0 - x), b, a) * scale / b
    return np.where(left, low, high)


@lru_cache(maxsize=256)
def beta_table(a: float, b: float, points: int = 257) -> Floats:
    """Quantiles of a Beta law at equal steps, found by halving; ends half a step inside."""
    u = np.clip(np.arange(points) / (points - 1), 0.5 / points, 1.0 - 0.5 / points)
    low, high = np.full(points, 1e-12), np.full(points, 1.0 - 1e-12)
    for _ in range(46):
        middle = 0.5 * (low + high)
        below = _beta_below(middle, a, b) < u
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    found: Floats = 0.5 * (low + high)
    return found
