"""Between which limits a true share or number lies, by what was counted.

Each returns ``None`` where nothing was counted, and raises ``ValueError`` for counts
that cannot be.
"""

from math import sqrt
from statistics import NormalDist

from .special import beta_inverse, gamma_inverse


def wilson(x: float, n: float, level: float = 0.95) -> tuple[float, float] | None:
    """Return Wilson's limits of a share of ``x`` in ``n``.

    Both may be fractions, where what was counted is worth less than its number.

    >>> [round(limit, 4) for limit in wilson(8, 10)]
    [0.4902, 0.9433]
    >>> wilson(0, 0) is None
    True
    """
    _check(x, n)
    if not n:
        return None
    z = NormalDist().inv_cdf((1 + level) / 2)
    share, square = x / n, z * z / n
    middle = share + square / 2
    reach = z * sqrt(share * (1 - share) / n + square / (4 * n))
    low, high = (middle - reach) / (1 + square), (middle + reach) / (1 + square)
    return (low if x else 0.0), (high if x < n else 1.0)


def exact_share(x: int, n: int, level: float = 0.95) -> tuple[float, float] | None:
    """Return the limits of Clopper and Pearson of a share of ``x`` in ``n``.

    >>> [round(limit, 4) for limit in exact_share(8, 10)]
    [0.4439, 0.9748]
    >>> exact_share(0, 0) is None
    True
    """
    _check(x, n)
    if not n:
        return None
    tail = (1 - level) / 2
    low = beta_inverse(x, n - x + 1, tail) if x else 0.0
    return low, (beta_inverse(x + 1, n - x, 1 - tail) if x < n else 1.0)


def exact_count(x: int, level: float = 0.95) -> tuple[float, float]:
    """Return Garwood's limits of a Poisson number of which ``x`` were counted.

    >>> [round(limit, 4) for limit in exact_count(8)], exact_count(0)[0]
    ([3.4538, 15.7632], 0.0)
    """
    _check(x, x)
    tail = (1 - level) / 2
    return (gamma_inverse(x, tail) if x else 0.0), gamma_inverse(x + 1, 1 - tail)


def _check(x: float, n: float) -> None:
    if not 0 <= x <= n:
        raise ValueError(f"{x} of {n} cannot be counted.")
