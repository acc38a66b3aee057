"""Incomplete gamma and beta, limits of shares and counts: as scipy has them."""

from __future__ import annotations

from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from odoo.addons.citizen_crm.tools.intervals import exact_count, exact_share, wilson
from odoo.addons.citizen_crm.tools.special import (
    beta_i,
    beta_inverse,
    chi2_tail,
    gamma_inverse,
    gamma_p,
    gamma_q,
)

CLOSE = {"rel_tol": 1e-6, "abs_tol": 1e-12}
SHAPES = st.floats(0.05, 1e5)
CHANCES = st.floats(1e-9, 1 - 1e-9)
LEVELS = st.sampled_from((0.8, 0.95, 0.998))


@st.composite
def shares(draw: st.DrawFn) -> tuple[int, int]:
    """Some of some."""
    n = draw(st.integers(1, 20_000))
    return draw(st.sampled_from((0, n)) | st.integers(0, n)), n


@given(SHAPES, st.floats(0, 3))
def test_gamma(a, times) -> None:
    x = a * times
    assert isclose(gamma_p(a, x), special.gammainc(a, x), rel_tol=1e-6, abs_tol=1e-9)
    assert isclose(gamma_q(a, x), special.gammaincc(a, x), rel_tol=1e-6, abs_tol=1e-9)


@given(SHAPES, SHAPES, st.floats(0, 1))
def test_beta(a, b, x) -> None:
    wanted = special.betainc(a, b, x)
    assert isclose(beta_i(a, b, x), wanted, rel_tol=1e-6, abs_tol=1e-9)
    # Near the mean, where the function is neither 0 nor 1.
    near = a / (a + b)
    wanted = special.betainc(a, b, near)
    assert isclose(beta_i(a, b, near), wanted, rel_tol=1e-6, abs_tol=1e-9)


@given(st.floats(0.5, 1e4), CHANCES)
def test_gamma_inverse(a, p) -> None:
    assert isclose(gamma_inverse(a, p), special.gammaincinv(a, p), **CLOSE)


@given(st.floats(0.5, 1e4), st.floats(0.5, 1e4), CHANCES)
def test_beta_inverse(a, b, p) -> None:
    assert isclose(beta_inverse(a, b, p), special.betaincinv(a, b, p), **CLOSE)


@given(st.floats(0, 1000), st.integers(1, 400))
def test_chi_square(x, degrees) -> None:
    wanted = stats.chi2.sf(x, degrees)
    assert isclose(chi2_tail(x, degrees), wanted, rel_tol=1e-6, abs_tol=1e-12)


@given(shares(), LEVELS)
def test_limits_of_a_share(share, level) -> None:
    x, n = share
    for own, method in ((wilson, "wilson"), (exact_share, "exact")):
        known = stats.binomtest(x, n).proportion_ci(level, method)
        low, high = own(x, n, level)
        assert isclose(low, known.low, **CLOSE)
        assert isclose(high, known.high, **CLOSE)


@given(st.integers(0, 20_000), LEVELS)
def test_limits_of_a_count(x, level) -> None:
    low, high = exact_count(x, level)
    tail = (1 - level) / 2
    assert isclose(low, stats.chi2.ppf(tail, 2 * x) / 2 if x else 0.0, **CLOSE)
    assert isclose(high, stats.chi2.ppf(1 - tail, 2 * x + 2) / 2, **CLOSE)


def test_nothing_counted_has_no_limits() -> None:
    assert wilson(0, 0) is exact_share(0, 0) is None


@pytest.mark.parametrize("limits", [wilson, exact_share])
@pytest.mark.parametrize(("x", "n"), [(2, 1), (-1, 3), (0, -1)])
def test_counts_that_cannot_be_are_refused(limits, x, n) -> None:
    with pytest.raises(ValueError, match="cannot be counted"):
        limits(x, n)
