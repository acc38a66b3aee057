"""Shares, limits and agreement of quality reviews."""

from __future__ import annotations

from math import isclose
from random import Random
from statistics import fmean, variance

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.citizen_crm.tools.intervals import wilson
from odoo.addons.citizen_crm.tools.quality import (
    LEAST_PAIRS,
    VERDICTS,
    Scored,
    agree,
    design_effect,
    review,
    share_of,
)


@st.composite
def scored(draw) -> Scored:
    """Return a reviewed case of one of a few people and kinds."""
    n = draw(st.integers(0, 8))
    person, kind = draw(st.integers(1, 7)), draw(st.integers(1, 3))
    return Scored(person, (1, "2026", kind), n, draw(st.integers(0, n)))


CASES = st.lists(scored(), max_size=60)


@given(CASES)
def test_nothing_is_lost_and_nothing_overstated(cases) -> None:
    found = review(cases)
    people = found.measured.people
    assert sum(one.n for one in people.values()) == sum(case.n for case in cases)
    assert isclose(found.measured.expected, found.measured.observed, abs_tol=1e-6)
    assert found.effect >= 1
    assert found.rules.min_cases >= 20
    assert (found.team is not None) == (len(people) >= 5)
    for person, share in found.shares.items():
        assert share.x == sum(case.x for case in cases if case.person == person)
        assert 0 <= share.low <= share.share <= share.high <= 1
        low, high = wilson(share.x, share.n)
        # Never narrower than if each criterion stood for itself.
        assert share.low <= low + 1e-12
        assert share.high >= high - 1e-12
        if people[person].counted_n < 20 * found.effect:
            assert people[person].gate


@given(CASES, st.randoms(use_true_random=False))
def test_the_order_does_not_matter(cases, random) -> None:
    shuffled = list(cases)
    random.shuffle(shuffled)
    one, other = review(cases), review(shuffled)
    assert isclose(one.effect, other.effect, rel_tol=1e-9)
    assert one.shares.keys() == other.shares.keys()


def test_the_design_effect_is_that_of_clusters() -> None:
    """With cases of one size it is the variance of their shares, for a plain one."""
    dice = Random(7)
    cases = []
    for _case in range(400):
        share = dice.choice((0.4, 0.95))
        cases.append(Scored(1, (), 6, sum(dice.random() < share for _ in range(6))))
    shares = [case.x / case.n for case in cases]
    mean = fmean(shares)
    plain = mean * (1 - mean) / 6
    assert isclose(design_effect(cases), variance(shares) / plain, rel_tol=1e-9)
    assert design_effect(cases) > 2


def test_limits_hold_what_they_promise() -> None:
    """Of people with cases that hang together, 95 of 100 limits hold the true share."""
    dice, held = Random(11), 0
    for _trial in range(400):
        cases = []
        for person in range(8):
            for _case in range(10):
                share = dice.choice((0.6, 0.9))
                met = sum(dice.random() < share for _ in range(8))
                cases.append(Scored(person, (), 8, met))
        limits = share_of(cases[:10], design_effect(cases))
        held += limits.low <= 0.75 <= limits.high
    assert 0.92 <= held / 400 <= 0.99


@given(st.lists(st.tuples(st.sampled_from(VERDICTS), st.sampled_from(VERDICTS))))
def test_few_pairs_are_no_agreement(pairs) -> None:
    found = agree(pairs)
    assert found.pairs == len(pairs)
    if len(pairs) < LEAST_PAIRS:
        assert not found.reliable
    if found.reliable:
        assert (found.alpha or 0) >= 0.667 or (found.kappa or 0) >= 0.6


def test_findings_by_chance_are_no_agreement() -> None:
    dice = Random(3)
    pairs = [(dice.choice(VERDICTS), dice.choice(VERDICTS)) for _ in range(500)]
    assert not agree(pairs).reliable
    assert agree([(one, one) for one, _other in pairs]).reliable


def test_two_different_people_stand_apart() -> None:
    """Where one meets half and the others nearly all, that one is told apart."""
    cases = [
        Scored(person, (1, "2026", 1), 8, 4 if person == 3 else 7)
        for person in range(6)
        for _case in range(10)
    ]
    found = review(cases)
    assert found.measured.people[3].side == "below"
    assert not [p for p in found.measured.people.values() if p.side == "below"][1:]
