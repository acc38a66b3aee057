"""Where nobody differs hardly anybody is flagged; who differs is mostly found."""

from __future__ import annotations

import numpy
import pytest

from odoo.addons.citizen_crm.tools.funnel import Z95, Z998, Measured, Rules, measure
from odoo.addons.citizen_crm.tools.strata import Cell, pool
from odoo.addons.citizen_crm.tools.survival import Spell, log_rank

CYCLES = 2000
#: Cases are uneven: half of the types and channels go wrong rarely, some often.
RATES = numpy.array([[0.02, 0.05, 0.3], [0.04, 0.1, 0.2], [0.08, 0.15, 0.45]])
STRATA = [("parks", kind, way) for kind in range(3) for way in range(3)]


def cycle(random: numpy.random.Generator, ratios: numpy.ndarray, busy: float) -> list:
    """Return the cells of a department: everybody has other kinds of cases.

    :param ratios: how much oftener than others each person's cases go wrong
    :param busy: cases a person, on average
    """
    people = len(ratios)
    mix = random.dirichlet([0.7] * len(STRATA), people)
    volume = random.gamma(3, busy / 3, people)
    n = random.poisson(mix * volume[:, None])
    rates = numpy.minimum(RATES.reshape(-1) * ratios[:, None], 0.95)
    x = random.binomial(n, rates)
    return [
        Cell(stratum, person, int(n[person, place]), int(x[person, place]))
        for person in range(people)
        for place, stratum in enumerate(STRATA)
    ]


def count(found: Measured, limit: float) -> tuple[int, int]:
    """Return of how many people something is said, and how many lie outside."""
    told = [one for one in found.people.values() if one.gate is None]
    return len(told), sum(abs(one.score) > limit for one in told)


@pytest.mark.parametrize(("people", "busy"), [(15, 300.0), (8, 80.0)])
def test_nobody_different(people: int, busy: float) -> None:
    """Beyond 99.8 % lie about 0.2 %, and the banner says so 95 times in 100."""
    random = numpy.random.default_rng(20260701)
    told = outside = tested = differing = 0
    for _number in range(CYCLES):
        found = measure(pool(cycle(random, numpy.ones(people), busy)), good="low")
        judged, beyond = count(found, Z998)
        told, outside = told + judged, outside + beyond
        tested += found.chi2_p is not None
        differing += found.chi2_p is not None and found.chi2_p < 0.05
    assert told > 2 * CYCLES
    assert 0.0005 <= outside / told <= 0.005
    assert 0.03 <= differing / tested <= 0.07


def test_the_crude_share_would_flag_many() -> None:
    """Without strata the same people stand out by the kinds of their cases."""
    random = numpy.random.default_rng(20260702)
    told = outside = 0
    for _number in range(CYCLES // 10):
        cells = cycle(random, numpy.ones(15), 300.0)
        crude = [Cell(("parks",), cell.person, cell.n, cell.x) for cell in cells]
        judged, beyond = count(measure(crude, good="low", rules=PLAIN), Z998)
        told, outside = told + judged, outside + beyond
    assert outside / told > 0.05


#: Limits by chance alone, without what people differ by.
PLAIN = Rules(min_people=10_000)


def test_who_goes_wrong_twice_as_often_is_found() -> None:
    """At a precision of 16 at least three of four lie outside the limits of 95 %."""
    random = numpy.random.default_rng(20260703)
    tried = found = 0
    ratios = numpy.array([2.0] + [1.0] * 14)
    for _number in range(CYCLES // 2):
        one = measure(pool(cycle(random, ratios, 200.0)), good="low").people[0]
        if one.gate is None and 14 <= one.rho <= 18:
            tried += 1
            found += one.score > Z95
    assert tried >= 50
    assert found / tried >= 0.75


def test_nobody_faster() -> None:
    """The speed of equals, some of whose cases are open, lies within its limits."""
    random = numpy.random.default_rng(20260704)
    told = outside = beyond = 0
    for _number in range(CYCLES // 8):
        spells = []
        for person in range(15):
            for kind, usual in enumerate((2.0, 5.0, 12.0)):
                n = random.poisson(15 + 2 * person)
                times = random.exponential(usual, n).round(1)
                ends = random.uniform(0, 30, n).round(1)
                spells += [
                    Spell(("parks", kind), person, min(time, end), time <= end)
                    for time, end in zip(times.tolist(), ends.tolist(), strict=True)
                ]
        found = log_rank(spells, rules=PLAIN)
        judged, far = count(found, Z95)
        told, outside = told + judged, outside + far
        beyond += count(found, Z998)[1]
    assert 0.035 <= outside / told <= 0.065
    assert beyond / told <= 0.005
