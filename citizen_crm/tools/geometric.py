"""Typical working times against colleagues: the ratio of geometric means.

Times of cases are skewed, a few take very long; their logarithms are not. Shown as it
is and never judged. Pure functions.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import exp, fsum, log, sqrt

from .funnel import Z95, Rules
from .strata import Cell, Stratum, in_order, pool_strata


@dataclass(frozen=True, slots=True)
class Times:
    """A person's times in a stratum: how many, sum and squares of their logarithms."""

    stratum: Stratum
    person: int
    n: int
    log_sum: float
    log_squares: float


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a person's cases typically take, for what colleagues' take.

    :param n: all cases; ``counted_n`` the comparable ones, which the ratio rests on
    :param ratio: below 1 for shorter; ``None`` where nothing may be said
    :param limits_95: where the true ratio probably lies
    :param gate: "no_cases", "coverage" or "cases", see ``tools.funnel.find_gate``
    """

    person: int
    n: int
    counted_n: int
    ratio: float | None
    limits_95: tuple[float, float] | None
    gate: str | None


def gather(stratum: Stratum, person: int, times: Iterable[float]) -> Times:
    """Return a person's times in a stratum, summed up.

    :param times: above 0
    :raises ValueError: a time of 0 or less has no logarithm

    >>> gather((), 7, [1, 1])
    Times(stratum=(), person=7, n=2, log_sum=0.0, log_squares=0.0)
    """
    logs = [log(time) for time in times]
    return Times(
        stratum, person, len(logs), fsum(logs), fsum(value * value for value in logs)
    )


def pool_times(
    times: Iterable[Times], *, min_cases: int = 20, min_people: int = 3, keep: int = 1
) -> list[Times]:
    """Return the times with small strata pooled as ``tools.strata.pool`` does.

    >>> times = [gather((1, kind), 7, [1.0, 2.0]) for kind in "ab"]
    >>> [(one.stratum, one.person, one.n) for one in pool_times(times)]
    [((1, None), 7, 4)]
    """
    times = list(times)
    places = pool_strata(
        (Cell(one.stratum, one.person, one.n, 0) for one in times),
        min_cases=min_cases,
        min_people=min_people,
        keep=keep,
    )
    pooled: dict[tuple[Stratum, int], list[Times]] = {}
    for one in times:
        if one.n:
            pooled.setdefault((places[one.stratum], one.person), []).append(one)
    return [
        Times(
            stratum,
            person,
            sum(one.n for one in parts),
            fsum(one.log_sum for one in parts),
            fsum(one.log_squares for one in parts),
        )
        for (stratum, person), parts in pooled.items()
    ]


def compare_times(
    times: Iterable[Times],
    *,
    min_colleagues: int = 2,
    min_colleague_cases: int = 5,
    rules: Rules | None = None,
) -> dict[int, Pace]:
    """Return each person's typical time for that of colleagues with the same cases.

    :param times: one for a stratum and person, of strata large enough

    >>> times = [gather((1,), p, [p, 2 * p, 4 * p] * 8) for p in (1, 2, 4)]
    >>> [round(pace.ratio, 3) for pace in compare_times(times).values()]
    [0.5, 1.0, 2.0]
    >>> compare_times([])
    {}
    """
    strata: dict[Stratum, list[Times]] = {}
    for found in times:
        if found.n:
            strata.setdefault(found.stratum, []).append(found)
    parts: dict[int, list[_Part]] = {}
    for stratum in sorted(strata, key=in_order):
        people = strata[stratum]
        mean, variance, total = _describe(people)
        strong = sum(one.n >= min_colleague_cases for one in people)
        for one in people:
            colleagues = strong - (one.n >= min_colleague_cases)
            parts.setdefault(one.person, []).append(
                _Part(
                    one.n,
                    one.log_sum - one.n * mean,
                    variance * one.n * (total - one.n) / total,
                    colleagues >= min_colleagues,
                )
            )
    rules = rules or Rules()
    return {person: _pace(person, parts[person], rules) for person in sorted(parts)}


@dataclass(frozen=True, slots=True)
class _Part:
    """A person's cases of a stratum: what their logarithms are above its mean."""

    n: int
    above: float
    variance: float
    comparable: bool


def _describe(people: Iterable[Times]) -> tuple[float, float, int]:
    """Return mean and variance of a stratum's logarithms, and their number."""
    people = list(people)
    total = sum(one.n for one in people)
    log_sum = fsum(one.log_sum for one in people)
    squares = fsum(one.log_squares for one in people)
    mean = log_sum / total
    if total == 1:
        return mean, 0.0, total
    return mean, max(0.0, (squares - log_sum * mean) / (total - 1)), total


def _pace(person: int, parts: Iterable[_Part], rules: Rules) -> Pace:
    parts = list(parts)
    n = sum(part.n for part in parts)
    counted = [part for part in parts if part.comparable]
    counted_n = sum(part.n for part in counted)
    gate = None
    if not n:
        gate = "no_cases"
    elif counted_n < rules.min_coverage * n:
        gate = "coverage"
    elif counted_n < rules.min_cases or not counted_n:
        gate = "cases"
    if gate:
        return Pace(person, n, counted_n, None, None, gate)
    above = fsum(part.above for part in counted) / counted_n
    error = sqrt(fsum(part.variance for part in counted)) / counted_n
    bounds = exp(above - Z95 * error), exp(above + Z95 * error)
    return Pace(person, n, counted_n, exp(above), bounds, None)
