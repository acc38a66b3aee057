"""Speed and typical times: as scipy and numpy have them."""

from __future__ import annotations

import json
from dataclasses import asdict
from math import exp, isclose, log

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import CensoredData, ecdf, norm

from odoo.addons.citizen_crm.tools.funnel import Rules
from odoo.addons.citizen_crm.tools.geometric import (
    compare_times,
    gather,
    pool_times,
)
from odoo.addons.citizen_crm.tools.survival import (
    Spell,
    accumulate_hazard,
    log_rank,
    pool_spells,
)

CLOSE = {"rel_tol": 1e-6, "abs_tol": 1e-9}
OPEN = Rules(0, 0.0, 0.0, 0.0, min_people=2)
#: Whole hours, so that many end together.
SPELLS = st.lists(
    st.builds(
        Spell,
        st.tuples(st.sampled_from("ab")),
        st.integers(1, 5),
        st.integers(0, 30),
        st.booleans(),
    ),
    max_size=80,
)
TIMES = st.dictionaries(
    st.tuples(st.sampled_from("ab"), st.integers(1, 5)),
    st.lists(st.floats(0.01, 1e5), min_size=1, max_size=30),
)


def all_comparable(spells, **others):
    return log_rank(spells, min_colleagues=0, rules=OPEN, **others)


@given(SPELLS)
def test_as_many_are_expected_as_were_closed(spells) -> None:
    found = log_rank(spells)
    assert found.observed == sum(spell.closed for spell in spells)
    assert isclose(found.expected, found.observed, **CLOSE)
    json.dumps(asdict(found), allow_nan=False)


@given(SPELLS.filter(lambda spells: any(spell.closed for spell in spells)))
def test_the_hazard_is_that_of_nelson_and_aalen(spells) -> None:
    """Each step of it is the part of those left that the survivor function loses."""
    known = ecdf(
        CensoredData(
            uncensored=[spell.time for spell in spells if spell.closed],
            right=[spell.time for spell in spells if not spell.closed],
        )
    ).sf
    left = numpy.concatenate([[1.0], known.probabilities[:-1]])
    steps = numpy.zeros(len(left))
    numpy.divide(left - known.probabilities, left, out=steps, where=left > 0)
    for spell, hazard in accumulate_hazard(spells):
        wanted = steps[known.quantiles <= spell.time].sum()
        assert isclose(hazard, wanted, **CLOSE)


@given(SPELLS)
def test_expected_is_that_of_the_log_rank_test(spells) -> None:
    """At each time, one's part of those at risk would have closed that part."""
    for person, one in all_comparable(spells).people.items():
        expected = 0.0
        for stratum in {spell.stratum for spell in spells}:
            those = [spell for spell in spells if spell.stratum == stratum]
            for time in {spell.time for spell in those if spell.closed}:
                at_risk = [spell for spell in those if spell.time >= time]
                own = sum(spell.person == person for spell in at_risk)
                ended = sum(s.closed for s in at_risk if s.time == time)
                expected += ended * own / len(at_risk)
        assert isclose(one.expected, expected, **CLOSE)
        assert one.non_events is None


@given(SPELLS, st.floats(0.1, 50))
def test_the_unit_of_time_does_not_matter(spells, factor) -> None:
    longer = [Spell(s.stratum, s.person, s.time * factor, s.closed) for s in spells]
    assert all_comparable(longer) == all_comparable(spells)


def test_open_cases_count_as_far_as_they_got() -> None:
    """Who closes the easy ones and leaves the others lying is not the faster one."""
    usual = [Spell((), p, t, True) for p in (1, 2) for t in range(1, 41)]
    choosy = [Spell((), 3, min(t, 10), t <= 10) for t in range(1, 41)]
    waiting = [Spell((), 3, 60, False) for _t in range(30)]
    fair = all_comparable(usual + choosy).people[3]
    lying = all_comparable(usual + choosy[:10] + waiting).people[3]
    assert 0.8 < fair.ratio < 1.2
    assert lying.ratio < 0.5


@pytest.mark.parametrize("time", [-1, float("nan"), float("inf")])
def test_a_time_that_cannot_be_is_refused(time) -> None:
    with pytest.raises(ValueError, match="no time in hand"):
        Spell((), 1, time, True)


def test_spells_are_pooled_like_cells() -> None:
    spells = [Spell((1, "a"), p, 1.0, True) for p in (1, 2, 3) for _n in range(7)]
    few = [Spell((1, "b"), 1, 1.0, True)]
    assert pool_spells(spells + few) == spells + [Spell((1, None), 1, 1.0, True)]


@given(TIMES)
def test_typical_times(times) -> None:
    cells = [gather((part,), person, found) for (part, person), found in times.items()]
    found = compare_times(cells, min_colleagues=0, rules=Rules(min_cases=1))
    for person, pace in found.items():
        above, variance, n = 0.0, 0.0, 0
        for part in "ab":
            own = [log(time) for time in times.get((part, person), ())]
            whole = numpy.log(
                [t for (p, _one), those in times.items() if p == part for t in those]
            )
            if own:
                n += len(own)
                above += sum(own) - len(own) * whole.mean()
                rest = len(whole) - len(own)
                spread = whole.var(ddof=1) if len(whole) > 1 else 0.0
                variance += spread * len(own) * rest / len(whole)
        reach = norm.ppf(0.975) * variance**0.5
        assert isclose(pace.ratio, exp(above / n), rel_tol=1e-6)
        # What rounding leaves of a variance of nothing has a root that is larger.
        near = {"rel_tol": 1e-5}
        assert isclose(pace.limits_95[0], exp((above - reach) / n), **near)
        assert isclose(pace.limits_95[1], exp((above + reach) / n), **near)


@given(TIMES)
def test_pooling_times_loses_nothing(times) -> None:
    cells = [
        gather((1, part), person, found) for (part, person), found in times.items()
    ]
    pooled = pool_times(cells, min_cases=5, min_people=2)
    assert len({(one.stratum, one.person) for one in pooled}) == len(pooled)
    for person in {one.person for one in cells}:
        before = [one for one in cells if one.person == person]
        after = [one for one in pooled if one.person == person]
        assert sum(one.n for one in before) == sum(one.n for one in after)
        for name in ("log_sum", "log_squares"):
            total = sum(getattr(one, name) for one in before)
            kept = sum(getattr(one, name) for one in after)
            assert isclose(total, kept, rel_tol=1e-9, abs_tol=1e-9)


def test_few_or_odd_cases_have_no_typical_time() -> None:
    cells = [gather((1,), person, [2.0] * 19) for person in (1, 2, 3)]
    assert {pace.gate for pace in compare_times(cells).values()} == {"cases"}
    cells = [gather((person,), person, [2.0] * 50) for person in (1, 2, 3)]
    assert {pace.gate for pace in compare_times(cells).values()} == {"coverage"}
    assert {pace.ratio for pace in compare_times(cells).values()} == {None}
