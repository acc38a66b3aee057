"""Pooling loses no case, and leaves no stratum small that could be larger."""

from __future__ import annotations

from collections import Counter

import pytest
from funnel_cells import CELLS
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.citizen_crm.tools.strata import Cell, group, pool, pool_strata

CASES = st.integers(1, 120)
PEOPLE = st.integers(1, 5)


def totals(cells, key):
    """Return cases and events by a key of the cell."""
    found = Counter()
    for cell in cells:
        found[key(cell), "n"] += cell.n
        found[key(cell), "x"] += cell.x
    return +found


@given(CELLS, CASES, PEOPLE)
def test_no_case_is_lost(cells, min_cases, min_people) -> None:
    pooled = pool(cells, min_cases=min_cases, min_people=min_people)
    for key in (lambda cell: cell.person, lambda cell: cell.stratum[0]):
        assert totals(pooled, key) == totals(cells, key)


@given(CELLS, CASES, PEOPLE)
def test_what_is_left_small_had_nothing_left_to_drop(cells, min_cases, min_people):
    pooled = group(pool(cells, min_cases=min_cases, min_people=min_people))
    for stratum, people in pooled.items():
        cases = sum(n for n, _x in people.values())
        if cases < min_cases or len(people) < min_people:
            assert stratum == (stratum[0], None, None)


@given(CELLS, CASES, PEOPLE)
def test_a_large_stratum_stays_as_it_is(cells, min_cases, min_people) -> None:
    places = pool_strata(cells, min_cases=min_cases, min_people=min_people)
    for stratum, people in group(cells).items():
        cases = sum(n for n, _x in people.values())
        if cases >= min_cases and len(people) >= min_people:
            assert places[stratum] == stratum
        # Parts are dropped from the end, never the first.
        ways = [stratum[:kept] + (None,) * (3 - kept) for kept in (1, 2, 3)]
        assert places[stratum] in ways


@given(CELLS, CASES, PEOPLE, st.randoms(use_true_random=False))
def test_the_order_says_nothing(cells, min_cases, min_people, random) -> None:
    shuffled = random.sample(cells, len(cells))
    sizes = {"min_cases": min_cases, "min_people": min_people}
    assert pool(shuffled, **sizes) == pool(cells, **sizes)


@given(CELLS, CASES, PEOPLE)
def test_pooling_twice_changes_nothing(cells, min_cases, min_people) -> None:
    sizes = {"min_cases": min_cases, "min_people": min_people}
    once = pool(cells, **sizes)
    assert pool(once, **sizes) == once


def test_departments_are_never_thrown_together() -> None:
    cells = [Cell((number, "a"), number, 1, 0) for number in range(5)]
    assert {cell.stratum for cell in pool(cells)} == {(n, None) for n in range(5)}
    assert {cell.stratum for cell in pool(cells, keep=0)} == {(None, None)}


@pytest.mark.parametrize(("n", "x"), [(1, 2), (3, -1), (-1, 0)])
def test_a_cell_that_cannot_be_is_refused(n, x) -> None:
    with pytest.raises(ValueError, match="events in"):
        Cell((1,), 1, n, x)
