"""Agreement, equality, discoveries and answers: by scipy and by other ways."""

from __future__ import annotations

import json
from dataclasses import asdict
from itertools import permutations
from math import isclose

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from odoo.addons.citizen_crm.tools.agreement import (
    cohen_kappa,
    interval,
    krippendorff_alpha,
    nominal,
    ordinal,
)
from odoo.addons.citizen_crm.tools.discoveries import adjust, chance_alarms, discover
from odoo.addons.citizen_crm.tools.inequality import gini, jain, place_groups
from odoo.addons.citizen_crm.tools.nonresponse import weigh_answers

CLOSE = {"rel_tol": 1e-6, "abs_tol": 1e-9}
GRADES = st.integers(0, 4)
CASES = st.lists(st.lists(st.none() | GRADES, max_size=4).map(tuple), max_size=25)
#: The example that Krippendorff published: twelve cases, four observers.
PUBLISHED = list(
    zip(
        [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
        [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
        strict=True,
    )
)


@given(st.lists(st.tuples(GRADES, GRADES), max_size=60))
def test_kappa(pairs) -> None:
    own = cohen_kappa(pairs)
    if not pairs or len({value for pair in pairs for value in pair}) == 1:
        assert own is None
        return
    table = numpy.zeros((5, 5))
    for one, other in pairs:
        table[one, other] += 1 / len(pairs)
    chance = table.sum(axis=0) @ table.sum(axis=1)
    assert isclose(own, (table.trace() - chance) / (1 - chance), **CLOSE)


@pytest.mark.parametrize(
    ("difference", "alpha"), [(nominal, 0.743), (ordinal, 0.815), (interval, 0.849)]
)
def test_alpha_of_the_published_example(difference, alpha) -> None:
    assert round(krippendorff_alpha(PUBLISHED, difference), 3) == alpha


@given(CASES)
def test_alpha_is_one_less_what_is_seen_for_what_is_expected(cases) -> None:
    """By all pairs: within cases, and of all findings with each other."""
    units = [[v for v in case if v is not None] for case in cases]
    units = [unit for unit in units if len(unit) > 1]
    findings = [value for unit in units for value in unit]
    seen = sum(
        sum((one - other) ** 2 for one, other in permutations(unit, 2))
        / (len(unit) - 1)
        for unit in units
    )
    pairs = list(permutations(findings, 2))
    expected = sum((one - other) ** 2 for one, other in pairs)
    own = krippendorff_alpha(cases, interval)
    if not expected:
        assert own is None
    else:
        wanted = 1 - (seen / len(findings)) / (expected / len(pairs))
        assert isclose(own, wanted, **CLOSE)


@given(CASES, st.permutations(range(5)))
def test_names_of_categories_do_not_matter(cases, names) -> None:
    other = [tuple(v if v is None else names[v] for v in case) for case in cases]
    own, again = krippendorff_alpha(cases), krippendorff_alpha(other)
    assert (own is None) == (again is None)
    assert own is None or isclose(own, again, **CLOSE)


@given(st.lists(st.floats(0, 1e6), max_size=40))
def test_gini_is_the_mean_difference(shares) -> None:
    total, count = sum(shares), len(shares)
    apart = sum(abs(one - other) for one in shares for other in shares)
    if not total:
        assert gini(shares) is None
    else:
        wanted = apart / (2 * count * total)
        assert isclose(gini(shares), wanted, rel_tol=1e-6, abs_tol=1e-9)


@given(st.lists(st.integers(0, 100), max_size=40), st.integers(1, 9))
def test_equality_is_of_shares_not_of_amounts(shares, factor) -> None:
    more = [factor * share for share in shares]
    for index in (gini, jain):
        own, other = index(shares), index(more)
        assert (own is None) == (other is None) == (not any(shares))
        assert own is None or isclose(own, other, **CLOSE)


@given(st.dictionaries(st.integers(), st.none() | st.floats(0, 1), max_size=60))
def test_discoveries(chances) -> None:
    own = adjust(chances)
    known = {key: p for key, p in chances.items() if p is not None}
    wanted = dict(zip(known, false_discovery_control([*known.values()]), strict=True))
    assert own.keys() == chances.keys()
    for key, p in own.items():
        assert (p is None) == (key not in wanted)
        assert p is None or isclose(p, wanted[key], **CLOSE)
    assert discover(chances) == {
        k for k, p in own.items() if p is not None and p <= 0.05
    }


@given(
    st.dictionaries(
        st.tuples(st.integers(1, 3), st.sampled_from("abc")),
        st.sets(st.integers(1, 9), max_size=6),
    ),
    st.integers(1, 6),
)
def test_no_group_is_too_small(people, least) -> None:
    """Shown are enough people, what is large enough alone, and nobody who need not."""
    places = place_groups(people, least)
    for place in set(places.values()):
        shown = {group for group, up in places.items() if up == place}
        assert len(set().union(*(people[group] for group in shown))) >= least
        assert all(set(place) <= {*group, None} for group in shown)
    for group, members in people.items():
        assert (places.get(group) == group) == (len(members) >= least)
    left = [members for group, members in people.items() if group not in places]
    assert len(set().union(*left)) < least


def test_chance_alarms() -> None:
    assert isclose(chance_alarms(1000), 2.0, **CLOSE)
    assert isclose(chance_alarms(100, 1.959963984540054), 5.0, **CLOSE)
    assert chance_alarms(0) == 0


@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 300))
def test_answers(one, two, three) -> None:
    positive, answered, invited = sorted((one, two, three))
    found = weigh_answers(invited, answered, positive)
    json.dumps(asdict(found), allow_nan=False)
    assert (found.bounds is None) == (not invited)
    if answered:
        low, high = found.bounds
        # Whatever the silent ones think, the share of all lies between the bounds.
        for content in (0, (invited - answered) // 2, invited - answered):
            assert low <= (positive + content) / invited <= high
    few = answered < 10
    assert found.gate == (
        "answers" if few else "response" if 5 * answered < invited else None
    )


@pytest.mark.parametrize("counts", [(1, 2, 0), (2, 1, 2), (1, 1, -1)])
def test_answers_that_cannot_be_are_refused(counts) -> None:
    with pytest.raises(ValueError, match="invitations"):
        weigh_answers(*counts)
