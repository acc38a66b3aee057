"""The regularised incomplete gamma and beta functions, and their inverses.

They give exact limits for counts and shares, and the tail of chi-square, without any
library at run time. Accurate to about ten digits for arguments up to some millions.
"""

from collections.abc import Callable
from math import exp, lgamma, log, log1p

_TINY = 1e-300
_PRECISION = 1e-15


def gamma_p(a: float, x: float) -> float:
    """Return the lower regularised incomplete gamma function P(a, x).

    :param a: positive
    :param x: not negative

    >>> round(gamma_p(1, 2), 9), gamma_p(3, 0)
    (0.864664717, 0.0)
    """
    if x <= 0:
        return 0.0
    return _gamma_series(a, x) if x < a + 1 else 1 - _gamma_fraction(a, x)


def gamma_q(a: float, x: float) -> float:
    """Return the upper regularised incomplete gamma function Q(a, x) = 1 - P(a, x).

    >>> round(gamma_q(1, 2), 9), gamma_q(3, 0)
    (0.135335283, 1.0)
    """
    if x <= 0:
        return 1.0
    return 1 - _gamma_series(a, x) if x < a + 1 else _gamma_fraction(a, x)


def chi2_tail(x: float, degrees: float) -> float:
    """Return the chance that chi-square with some degrees of freedom exceeds ``x``.

    >>> round(chi2_tail(3.841459, 1), 6)
    0.05
    """
    return gamma_q(degrees / 2, x / 2)


def _gamma_series(a: float, x: float) -> float:
    """P(a, x) by its power series, which converges fast below ``a + 1``."""
    term = total = 1 / a
    step = a
    while term > total * _PRECISION:
        step += 1
        term *= x / step
        total += term
    return min(1.0, total * exp(a * log(x) - x - lgamma(a)))


def _gamma_fraction(a: float, x: float) -> float:
    """Q(a, x) by its continued fraction, which converges fast above ``a + 1``."""

    def term(i: int) -> tuple[float, float]:
        return (-i * (i - a) if i else 1.0), x + 2 * i + 1 - a

    return min(1.0, _fraction(term) * exp(a * log(x) - x - lgamma(a)))


def beta_i(a: float, b: float, x: float) -> float:
    """Return the regularised incomplete beta function I_x(a, b).

    :param a: positive, as is ``b``
    :param x: from 0 to 1

    >>> round(beta_i(2, 3, 0.5), 9), beta_i(2, 3, 0), beta_i(2, 3, 1)
    (0.6875, 0.0, 1.0)
    """
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return min(1.0, front * _beta_fraction(a, b, x) / a)
    return 1 - min(1.0, front * _beta_fraction(b, a, 1 - x) / b)


def _beta_fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of the incomplete beta function."""

    def term(i: int) -> tuple[float, float]:
        half, odd = divmod(i, 2)
        if not i:
            return 1.0, 1.0
        # Two kinds of coefficients take turns.
        if odd:
            over = -(a + half) * (a + b + half) * x
        else:
            over = half * (b - half) * x
        return over / ((a + i - 1) * (a + i)), 1.0

    return _fraction(term)


def _fraction(term: Callable[[int], tuple[float, float]]) -> float:
    """Return p0 / (q0 + p1 / (q1 + …)) by the modified method of Lentz.

    :param term: p and q of each level
    """
    value = c = _TINY
    d = change = 0.0
    level = 0
    while abs(change - 1) > _PRECISION:
        over, under = term(level)
        d = 1 / ((under + over * d) or _TINY)
        c = (under + over / c) or _TINY
        change = c * d
        value *= change
        level += 1
    return value


def gamma_inverse(a: float, p: float) -> float:
    """Return the x at which P(a, x) is ``p``.

    :param p: at least 0, less than 1

    >>> round(gamma_inverse(1, 0.864664717), 6), gamma_inverse(2, 0)
    (2.0, 0.0)
    """
    high = a + 1
    while gamma_p(a, high) < p:
        high *= 2
    return _bisect(lambda x: gamma_p(a, x) < p, high)


def beta_inverse(a: float, b: float, p: float) -> float:
    """Return the x at which I_x(a, b) is ``p``.

    >>> round(beta_inverse(2, 3, 0.6875), 9)
    0.5
    """
    return _bisect(lambda x: beta_i(a, b, x) < p, 1.0)


def _bisect(is_below: Callable[[float], bool], high: float) -> float:
    """Return where a condition that holds from 0 on ends, at most at ``high``."""
    low = 0.0
    while True:
        middle = (low + high) / 2
        if not low < middle < high or high - low < 1e-13 * high:
            return middle
        if is_below(middle):
            low = middle
        else:
            high = middle
