"""Observed and expected agree with scipy and with other ways, and always add up."""

from __future__ import annotations

import json
import random
from dataclasses import asdict, replace
from math import isclose, sqrt

import numpy
import pytest
from funnel_cells import CELLS
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import chi2, chi2_contingency, hypergeom, norm
from scipy.stats.mstats import winsorize

from odoo.addons.citizen_crm.tools.dispersion import between, chance, disperse
from odoo.addons.citizen_crm.tools.dispersion import winsorise as own_winsorise
from odoo.addons.citizen_crm.tools.funnel import (
    Rules,
    find_spread,
    measure,
    take_tau2,
)
from odoo.addons.citizen_crm.tools.strata import Cell, group, pool

CLOSE = {"rel_tol": 1e-6, "abs_tol": 1e-9}
#: Nothing is held back.
OPEN = Rules(0, 0.0, 0.0, 0.0, min_people=2)
CITY = st.sampled_from((0.0, 0.04))
SCORES = st.lists(st.floats(-6, 6), min_size=1, max_size=45)


@given(CELLS, CITY)
def test_all_cases_are_expected_of_somebody(cells, city_tau2) -> None:
    found = measure(cells, good="low", city_tau2=city_tau2)
    assert found.n == sum(cell.n for cell in cells)
    assert found.observed == sum(cell.x for cell in cells)
    assert isclose(found.expected, found.observed, **CLOSE)
    assert found.n == sum(one.n for one in found.people.values())


@given(CELLS)
def test_expected_and_variance_are_those_of_drawing_from_the_department(cells) -> None:
    """Given what all had, one's events are like a draw without putting back."""
    strata = group(cells)
    for person, one in measure(cells, good="low", rules=OPEN).people.items():
        expected = variance = observed = 0.0
        for people in strata.values():
            others = [n for key, (n, _x) in people.items() if key != person and n >= 5]
            if person in people and len(others) >= 2:
                n, x = people[person]
                whole = sum(n for n, _x in people.values())
                events = sum(x for _n, x in people.values())
                drawn = hypergeom(whole, events, n)
                expected += drawn.mean()
                variance += drawn.var()
                observed += x
        assert isclose(one.expected, expected, **CLOSE)
        assert isclose(one.variance, variance, **CLOSE)
        assert one.observed == observed


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(0, 60)), min_size=3))
def test_z_is_the_test_of_the_person_against_the_others(counts) -> None:
    """In one stratum z² is Pearson's χ² of both, but for one degree of freedom."""
    pairs = [(n, min(x, n)) for n, x in counts]
    cells = [Cell((1,), person, *pair) for person, pair in enumerate(pairs)]
    whole, events = (sum(pair[index] for pair in pairs) for index in (0, 1))
    assume(0 < events < whole)
    found = measure(cells, good="low", min_colleagues=0, rules=OPEN)
    for person, one in found.people.items():
        n, x = pairs[person]
        table = [[x, n - x], [events - x, whole - n - events + x]]
        known = chi2_contingency(table, correction=False).statistic
        assert isclose(one.z**2, known * (whole - 1) / whole, **CLOSE)


@given(CELLS, CITY)
def test_the_city_can_be_taken_later(cells, city_tau2) -> None:
    """Its tau2 changes limits, and neither what was observed nor what was expected."""
    found = measure(cells, good="low", rules=OPEN)
    later = take_tau2(found, city_tau2)
    assert later == measure(cells, good="low", city_tau2=city_tau2, rules=OPEN)
    assert take_tau2(later, city_tau2) == later


@given(CELLS)
def test_how_a_city_differs_is_that_of_all_its_people(cells) -> None:
    """Department by department or at once: people are compared within their own one."""
    cells = [replace(one, person=one.person + 10 * one.stratum[0]) for one in cells]
    whole = measure(cells, good="low", rules=OPEN)
    parts = [
        measure([c for c in cells if c.stratum[0] == number], good="low", rules=OPEN)
        for number in (1, 2)
    ]
    assert isclose(find_spread(parts, OPEN), whole.tau2, **CLOSE)


@given(CELLS, CITY)
def test_figures_of_a_standing_belong_together(cells, city_tau2) -> None:
    found = measure(cells, good="low", city_tau2=city_tau2, rules=OPEN)
    for one in found.people.values():
        assert (one.ratio is None) == (one.expected == 0)
        assert (one.rho is None) == (one.z is None) == (one.score is None)
        if one.score is None:
            assert one.limits_95 is one.limits_998 is one.shrunk is one.p is None
            continue
        assert isclose(one.z, (one.ratio - 1) * sqrt(one.rho), **CLOSE)
        assert isclose(one.s, sqrt(1 / one.rho + found.tau2), **CLOSE)
        assert isclose(one.p, 2 * norm.sf(abs(one.score)), **CLOSE)
        assert isclose(one.limits_95[1], 1 + norm.ppf(0.975) * one.s, **CLOSE)
        assert isclose(one.limits_998[1], 1 + norm.ppf(0.999) * one.s, **CLOSE)
        assert 0 <= one.reliability < 1
        assert min(1, one.ratio) <= one.shrunk <= max(1, one.ratio)
        outside = not one.limits_998[0] <= one.ratio <= one.limits_998[1]
        assert (one.side is not None) == outside


@given(CELLS, CITY)
def test_there_is_no_value_that_json_does_not_know(cells, city_tau2) -> None:
    found = measure(pool(cells), good="low", city_tau2=city_tau2)
    json.dumps(asdict(found), allow_nan=False)


@given(CELLS, st.randoms(use_true_random=False))
def test_the_order_says_nothing(cells, source) -> None:
    halves = [
        Cell(cell.stratum, cell.person, n, x)
        for cell in cells
        for n, x in (
            (cell.n // 2, min(cell.x, cell.n // 2)),
            (cell.n - cell.n // 2, cell.x - min(cell.x, cell.n // 2)),
        )
    ]
    shuffled = source.sample(halves, len(halves))
    assert measure(shuffled, good="low") == measure(cells, good="low")


@given(CELLS)
def test_who_somebody_is_does_not_matter(cells) -> None:
    found = measure(cells, good="low").people
    moved = [Cell(cell.stratum, 50 - cell.person, cell.n, cell.x) for cell in cells]
    for person, one in measure(moved, good="low").people.items():
        same = found[50 - person]
        assert (one.n, one.observed, one.gate) == (same.n, same.observed, same.gate)
        assert one.expected == same.expected and one.variance == same.variance


@given(CELLS)
def test_having_and_not_having_the_event_mirror_each_other(cells) -> None:
    """Counting what went well tells the same as counting what did not."""
    turned = [Cell(c.stratum, c.person, c.n, c.n - c.x) for c in cells]
    other = measure(turned, good="high", rules=OPEN).people
    for person, one in measure(cells, good="low", rules=OPEN).people.items():
        assert isclose(one.variance, other[person].variance, **CLOSE)
        assert isclose(one.expected, one.counted_n - other[person].expected, **CLOSE)
        if one.z is not None:
            assert isclose(one.z, -other[person].z, **CLOSE)


def test_a_case_alone_has_no_variance() -> None:
    one = measure([Cell((1,), 7, 1, 1)], good="low", min_colleagues=0, rules=OPEN)
    assert one.people[7].ratio == 1.0
    assert one.people[7].variance == 0.0
    assert one.people[7].z is one.people[7].limits_95 is None


def test_nothing_of_nothing_has_no_ratio() -> None:
    found = measure([Cell((1,), p, 9, 0) for p in (1, 2, 3)], good="low", rules=OPEN)
    assert {one.ratio for one in found.people.values()} == {None}
    assert found.phi is found.chi2_p is None


@given(SCORES, st.sampled_from((0.0, 0.1, 0.2)))
def test_phi_is_of_winsorised_scores(scores, share) -> None:
    wanted = winsorize(numpy.array(scores), (share, share))
    assert own_winsorise(scores, share) == sorted(wanted)
    found = disperse(((z, 9.0) for z in scores), winsorised=share)
    assert isclose(found.phi, (wanted**2).mean(), **CLOSE)


@given(st.lists(st.tuples(st.floats(0, 4), st.floats(1, 500)), min_size=2, max_size=40))
def test_tau2_is_that_of_dersimonian_and_laird(pairs) -> None:
    """Their Q is around the mean of the ratios; φ stands for it around 1."""
    ratios, weights = numpy.array(pairs).T
    mean = numpy.average(ratios, weights=weights)
    q = (weights * (ratios - mean) ** 2).sum()
    scale = weights.sum() - (weights**2).sum() / weights.sum()
    wanted = max(0.0, (q - (len(pairs) - 1)) / scale)
    assert isclose(between(q / len(pairs), [*weights]), wanted, **CLOSE)


@given(st.lists(st.floats(-6, 6), min_size=2, max_size=400))
def test_chance_is_the_tail_of_chi_square(scores) -> None:
    people = len(scores)
    squares = sum(z * z for z in scores)
    wanted = chi2.sf(squares * (people - 1) / people, people - 1)
    assert isclose(chance(scores), wanted, rel_tol=1e-6, abs_tol=1e-12)


@pytest.mark.parametrize("people", [9, 10])
def test_few_people_take_the_tau2_of_the_city(people) -> None:
    scores = [(z, 20.0) for z in random.Random(7).choices((-3.0, 3.0), k=people)]
    found = disperse(scores, city_tau2=0.5)
    assert found.is_own_tau2 == (people == 10)
    assert (found.tau2 == 0.5) == (people == 9)
    assert found.phi == 9.0


@pytest.mark.parametrize(("people", "suspended"), [(10, True), (9, False)])
def test_people_who_differ_too_much_suspend_the_measure(people, suspended) -> None:
    """A few people suspend nothing: one of them who really is different would."""
    cells = [Cell((1,), p, 100, 20 + 60 * (p % 2)) for p in range(people)]
    found = measure(cells, good="low")
    assert found.phi > 4
    assert found.suspended == suspended
