"""Observed against expected: what each person had, and what colleagues would have had.

Within a stratum (see ``tools.strata``) all cases of the department give the expected
share; a person's own mix of strata gives the number expected of them. Pure functions;
docs/statistics.md tells where each formula comes from and what is refused.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import erfc, fsum, sqrt
from statistics import NormalDist

from .dispersion import Dispersion, disperse
from .nonresponse import LEAST_ANSWERS, LEAST_RESPONSE
from .strata import Cell, Groups, Stratum, group

Z95 = NormalDist().inv_cdf(0.975)
Z998 = NormalDist().inv_cdf(0.999)


@dataclass(frozen=True, slots=True)
class Rules:
    """From when on something may be said about a person; settings of a cycle.

    :param min_cases: comparable cases
    :param min_events: expected events, and expected cases without the event
    :param min_coverage: share of the person's cases that are comparable
    :param min_information: share of the variance that is left beside the own cases
    :param max_phi: people who differ more suspend the measure
    :param min_people: fewer have no phi of their own, and suspend nothing
    :param winsorised: share of z-scores drawn in at either end for phi
    :param max_chance: people who differ as little as this much chance would produce
    :param min_answers: answers of residents, ``min_response`` of so many who were asked
    """

    min_cases: int = 20
    min_events: float = 5.0
    min_coverage: float = 0.5
    min_information: float = 0.5
    max_phi: float = 4.0
    min_people: int = 10
    winsorised: float = 0.1
    max_chance: float = 0.05
    min_answers: int = LEAST_ANSWERS
    min_response: float = LEAST_RESPONSE


@dataclass(frozen=True, slots=True)
class Row:
    """A person in a stratum: own cases and events, and all of the department's.

    :param variance: of the number of events, given those of the department
    :param free_variance: the same, were the person's cases not among the department's
    :param comparable: enough colleagues had enough such cases
    """

    stratum: Stratum
    n: int
    x: int
    total_n: int
    total_x: int
    expected: float
    variance: float
    free_variance: float
    comparable: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """How a person stands in one measure. ``None`` is "no value", as for 0/0.

    :param n: all cases; ``counted_n`` the comparable ones, which all else rests on
    :param observed: events, ``expected`` as colleagues would have had
    :param non_events: expected cases without the event, ``None`` where that is none
    :param information: share of the variance left beside the own cases
    :param rho: precision, the effective expected number
    :param ratio: observed / expected
    :param z: distance from what is expected, in standard deviations of chance
    :param s: standard deviation of the ratio, the variance between people included
    :param score: distance of the ratio from 1 in ``s``; the words go by it
    :param p: chance of a distance as large, two-sided
    :param limits_95: of the ratio, ``limits_998`` likewise; never below 0
    :param shrunk: the ratio, drawn to 1 by what of it is chance
    :param reliability: which part of the distance is not chance, from 0 to 1
    :param side: "above" or "below" outside the limits of 99.8 %
    :param gate: the first rule by which nothing may be said, see ``find_gate``; or,
        where residents answered, one of ``tools.nonresponse``
    """

    person: int
    n: int
    counted_n: int
    coverage: float | None
    observed: int
    expected: float
    non_events: float | None
    variance: float
    information: float | None
    rho: float | None
    ratio: float | None
    z: float | None
    s: float | None = None
    score: float | None = None
    p: float | None = None
    limits_95: tuple[float, float] | None = None
    limits_998: tuple[float, float] | None = None
    shrunk: float | None = None
    reliability: float | None = None
    side: str | None = None
    gate: str | None = None
    strata: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Measured:
    """A measure of all people: totals are of all their cases, comparable or not.

    :param good: "low" or "high", whichever is good; anything else for neither
    :param compared: people of whom something may be said; phi, tau2, chi2_p are theirs
    :param suspended: people differ so much that nothing is said of anybody
    """

    good: str
    people: dict[int, Standing]
    n: int
    observed: int
    expected: float
    compared: int
    phi: float | None
    tau2: float
    is_own_tau2: bool
    chi2_p: float | None
    suspended: bool


def measure(
    cells: Iterable[Cell],
    *,
    good: str,
    min_colleagues: int = 2,
    min_colleague_cases: int = 5,
    city_tau2: float = 0.0,
    rules: Rules | None = None,
) -> Measured:
    """Return how people stand in a measure of cases with an event and cases without.

    :param cells: as ``tools.strata.pool`` returns them, in any order
    :param good: "low" or "high"
    :param min_colleagues: a stratum with fewer is not comparable for a person
    :param min_colleague_cases: colleagues with fewer cases in the stratum do not count
    :param city_tau2: variance between people where the cells have too few people

    >>> cells = [Cell(("parks",), person, 40, x) for person, x in enumerate((8, 8, 20))]
    >>> found = measure(cells, good="low")
    >>> found.n, found.observed, found.expected
    (120, 36, 36.0)
    >>> one = found.people[2]
    >>> one.observed, one.expected, round(one.ratio, 3), round(one.z, 3)
    (20, 12.0, 1.667, 3.367)
    >>> measure([], good="low").people
    {}
    """
    return measure_groups(
        group(cells),
        good=good,
        min_colleagues=min_colleagues,
        min_colleague_cases=min_colleague_cases,
        city_tau2=city_tau2,
        rules=rules,
    )


def measure_groups(
    found: Groups,
    *,
    good: str,
    min_colleagues: int = 2,
    min_colleague_cases: int = 5,
    city_tau2: float = 0.0,
    rules: Rules | None = None,
) -> Measured:
    """Do the same for cases and events that ``tools.strata.pool_groups`` returned."""
    rows: dict[int, list[Row]] = {}
    for stratum, people in found.items():
        total_n = sum(n for n, _x in people.values())
        total_x = sum(x for _n, x in people.values())
        strong = sum(n >= min_colleague_cases for n, _x in people.values())
        for person, (n, x) in people.items():
            colleagues = strong - (n >= min_colleague_cases)
            row = compare(stratum, n, x, total_n, total_x, colleagues >= min_colleagues)
            rows.setdefault(person, []).append(row)
    return settle(rows, good=good, city_tau2=city_tau2, rules=rules)


def compare(
    stratum: Stratum, n: int, x: int, total_n: int, total_x: int, comparable: bool
) -> Row:
    """Return a person's cases in a stratum beside all of it.

    A department of one case has no variance.

    >>> row = compare((), 2, 1, 9, 3, True)
    >>> round(row.expected, 6), round(row.variance, 6), round(row.free_variance, 6)
    (0.666667, 0.388889, 0.444444)
    >>> compare((), 1, 1, 1, 1, False).variance
    0.0
    """
    share = total_x / total_n
    free = n * share * (1 - share)
    kept = (total_n - n) / (total_n - 1) if total_n > 1 else 0.0
    return Row(
        stratum, n, x, total_n, total_x, n * share, free * kept, free, comparable
    )


def settle(
    rows: Mapping[int, Sequence[Row]],
    *,
    good: str,
    city_tau2: float = 0.0,
    rules: Rules | None = None,
    has_non_events: bool = True,
) -> Measured:
    """Return how people stand, from their strata.

    :param has_non_events: what is expected are cases with an event, of all cases
    """
    rules = rules or Rules()
    firsts = [
        _add_up(person, found, has_non_events, rules)
        for person, found in sorted(rows.items())
    ]
    spread = disperse(
        _list_scores(firsts),
        city_tau2=city_tau2,
        min_people=rules.min_people,
        winsorised=rules.winsorised,
    )
    return Measured(
        good,
        {first.person: _place(first, spread.tau2) for first in firsts},
        sum(first.n for first in firsts),
        sum(row.x for found in rows.values() for row in found),
        fsum(row.expected for found in rows.values() for row in found),
        spread.people,
        spread.phi,
        spread.tau2,
        spread.is_own_tau2,
        spread.chi2_p,
        _is_suspended(spread, rules),
    )


def take_tau2(measured: Measured, tau2: float) -> Measured:
    """Return the same with the city's tau2, where people are too few for their own.

    >>> cells = [Cell(("parks",), person, 40, x) for person, x in enumerate((8, 8, 20))]
    >>> found = measure(cells, good="low")
    >>> found == take_tau2(found, 0.0), take_tau2(found, 0.04).people[2].s > 0.2
    (True, True)
    """
    if measured.is_own_tau2:
        return measured
    people = {person: _place(one, tau2) for person, one in measured.people.items()}
    return replace(measured, people=people, tau2=tau2)


def find_spread(measured: Iterable[Measured], rules: Rules | None = None) -> float:
    """Return the tau2 of all people of a city, who were compared within departments.

    >>> cells = [Cell(("parks",), person, 40, 4 + person) for person in range(12)]
    >>> found = measure(cells, good="low")
    >>> find_spread([found]) == found.tau2 > 0, find_spread([])
    (True, 0.0)
    """
    rules = rules or Rules()
    return disperse(
        _list_scores(one for found in measured for one in found.people.values()),
        min_people=rules.min_people,
        winsorised=rules.winsorised,
    ).tau2


def _list_scores(standings: Iterable[Standing]) -> list[tuple[float, float]]:
    """Return z and precision of whom something may be said."""
    return [
        (one.z, one.rho)
        for one in standings
        if one.gate is None and one.z is not None and one.rho is not None
    ]


def _is_suspended(spread: Dispersion, rules: Rules) -> bool:
    """Tell whether people differ too much for a measure of people.

    A few people do not suspend a measure: one of them who really is different would.
    """
    return bool(
        spread.phi is not None
        and spread.people >= rules.min_people
        and spread.phi > rules.max_phi
    )


def _add_up(
    person: int, rows: Sequence[Row], has_non_events: bool, rules: Rules
) -> Standing:
    """Return a standing as far as the person's own strata tell it."""
    counted = [row for row in rows if row.comparable]
    n = sum(row.n for row in rows)
    counted_n = sum(row.n for row in counted)
    observed = sum(row.x for row in counted)
    expected = fsum(row.expected for row in counted)
    variance = fsum(row.variance for row in counted)
    free = fsum(row.free_variance for row in counted)
    standing = Standing(
        person,
        n,
        counted_n,
        counted_n / n if n else None,
        observed,
        expected,
        counted_n - expected if has_non_events else None,
        variance,
        variance / free if free else None,
        expected * expected / variance if variance else None,
        observed / expected if expected else None,
        (observed - expected) / sqrt(variance) if variance else None,
        strata=tuple(rows),
    )
    return replace(standing, gate=find_gate(standing, rules))


def _place(standing: Standing, tau2: float) -> Standing:
    """Return a standing with its limits, which depend on how much people differ."""
    if standing.rho is None or standing.ratio is None:
        return standing
    s = sqrt(1 / standing.rho + tau2)
    score = (standing.ratio - 1) / s
    reliability = tau2 / (tau2 + 1 / standing.rho)
    return replace(
        standing,
        s=s,
        score=score,
        p=erfc(abs(score) / sqrt(2)),
        limits_95=limits(s, Z95),
        limits_998=limits(s, Z998),
        shrunk=1 + reliability * (standing.ratio - 1),
        reliability=reliability,
        side=_side(score),
    )


def limits(s: float, z: float) -> tuple[float, float]:
    """Return the limits of a ratio around 1; a ratio is never below 0.

    >>> limits(0.25, 2), limits(1, 2)
    ((0.5, 1.5), (0.0, 3))
    """
    return max(0.0, 1 - z * s), 1 + z * s


def _side(score: float) -> str | None:
    if abs(score) <= Z998:
        return None
    return "above" if score > 0 else "below"


def find_gate(standing: Standing, rules: Rules) -> str | None:
    """Return the first rule by which nothing may be said of a person.

    "no_cases" · "coverage", too few of the cases are comparable · "cases", "events" and
    "non_events", too few of these · "own_share", the person's own cases are most of
    what they would be compared with.
    """
    if not standing.n or standing.coverage is None:
        return "no_cases"
    if standing.coverage < rules.min_coverage:
        return "coverage"
    if standing.counted_n < rules.min_cases:
        return "cases"
    if standing.expected < rules.min_events:
        return "events"
    if standing.non_events is not None and standing.non_events < rules.min_events:
        return "non_events"
    if not standing.variance or (standing.information or 0) < rules.min_information:
        return "own_share"
    return None
