"""A sample can be drawn again by anybody, and keeps its rate."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.citizen_crm.tools.sampling import WHOLE, draw, pick, sample_size

ITEMS = st.lists(st.text(max_size=8), max_size=60)
RATES = st.integers(0, WHOLE)
SEEDS = st.text(max_size=20)


@given(ITEMS, RATES, SEEDS, st.randoms(use_true_random=False))
def test_the_order_does_not_matter(items, rate, seed, random) -> None:
    drawn = draw(items, rate, seed)
    shuffled = list(items)
    random.shuffle(shuffled)
    assert draw(shuffled, rate, seed) == drawn
    assert set(drawn) <= set(items)
    assert len(drawn) == len(set(drawn))


@given(ITEMS, RATES, SEEDS)
def test_the_rate_is_kept_to_one_item(items, rate, seed) -> None:
    count = len(set(items))
    drawn = len(draw(items, rate, seed))
    assert count * rate // WHOLE <= drawn <= -(-count * rate // WHOLE)


@given(st.integers(1, 400), RATES)
def test_over_many_draws_the_rate_is_exact(count, rate) -> None:
    total = sum(sample_size(count, rate, str(seed)) for seed in range(400))
    rest = count * rate % WHOLE / WHOLE
    # Five standard deviations of what is left to chance.
    bound = 5 * (400 * rest * (1 - rest)) ** 0.5 + 1
    assert abs(total - 400 * count * rate / WHOLE) <= bound


@given(ITEMS, RATES, SEEDS)
def test_a_higher_rate_draws_the_same_and_more(items, rate, seed) -> None:
    drawn = draw(items, rate, seed)
    assert draw(items, WHOLE, seed)[: len(drawn)] == drawn


@given(ITEMS, SEEDS)
def test_one_is_picked_out_of_all(items, seed) -> None:
    picked = pick(items, seed)
    assert picked in items if items else picked == ""
    assert pick(reversed(items), seed) == picked


def test_everybody_comes_up_alike() -> None:
    """Of ten, each is drawn in about a tenth of the draws."""
    counts = dict.fromkeys("abcdefghij", 0)
    for seed in range(2000):
        counts[pick(counts, str(seed))] += 1
    assert all(130 < count < 270 for count in counts.values())
