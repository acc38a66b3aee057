"""Anybody can draw again, everybody gets their number, and no case is likelier."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.citizen_crm.tools.review_sample import (
    BARS,
    Group,
    ReviewTies,
    allot,
    bar_reviewer,
    draw_cases,
    draw_second,
    give_out,
)

SEEDS = st.text(max_size=12)
SIZES = st.lists(st.integers(0, 30), min_size=1, max_size=8)


@st.composite
def populations(draw) -> list[Group]:
    """Return groups of cases, each case in one of them."""
    found, number = [], 0
    for person in range(draw(st.integers(1, 5))):
        for kind in range(draw(st.integers(1, 4))):
            count = draw(st.integers(0, 12))
            cases = [str(number + place) for place in range(count)]
            number += count
            found.append(Group(str(person), str(kind), cases))
    return found


@given(SIZES, st.integers(0, 60), st.integers(0, 10**9))
def test_shares_are_kept_to_one_case(sizes, total, start) -> None:
    if not sum(sizes):
        return
    counts = allot(sizes, total, start)
    whole, drawn = sum(sizes), min(total, sum(sizes))
    assert sum(counts) == drawn
    for size, count in zip(sizes, counts, strict=True):
        assert size * drawn // whole <= count <= -(-size * drawn // whole) <= size


@given(SIZES, st.integers(0, 40))
def test_over_all_starts_shares_are_exact(sizes, total) -> None:
    whole = sum(sizes)
    if not whole:
        return
    sums = [0] * len(sizes)
    for start in range(whole):
        sums = [a + b for a, b in zip(sums, allot(sizes, total, start), strict=True)]
    assert sums == [size * min(total, whole) for size in sizes]


@given(populations(), st.integers(1, 15), SEEDS, st.randoms(use_true_random=False))
def test_a_draw_can_be_drawn_again(population, size, seed, random) -> None:
    drawn = draw_cases(population, size, seed)
    shuffled = [
        one._replace(cases=random.sample(one.cases, len(one.cases)))
        for one in population
    ]
    random.shuffle(shuffled)
    assert draw_cases(shuffled, size, seed) == drawn
    assert len(drawn) == len(set(drawn))
    people: dict[str, list[str]] = {}
    for group in population:
        people.setdefault(group.person, []).extend(group.cases)
    for cases in people.values():
        assert len(set(drawn) & set(cases)) == min(size, len(cases))
    twice = draw_second(drawn, 25, seed)
    assert set(twice) <= set(drawn)
    assert len(drawn) * 25 // 100 <= len(twice) <= -(-len(drawn) * 25 // 100)


def test_no_case_is_likelier_than_another() -> None:
    """A person with a common and a rare kind: each case in a quarter of the draws."""
    groups = [Group("1", "a", [f"a{n}" for n in range(9)]), Group("1", "b", ["b", "c"])]
    groups.append(Group("1", "c", ["d"]))
    counts = {case: 0 for group in groups for case in group.cases}
    for seed in range(3000):
        for case in draw_cases(groups, 3, str(seed)):
            counts[case] += 1
    # Five standard deviations of 3,000 draws at a quarter are 119.
    assert all(abs(count - 750) < 119 for count in counts.values()), counts


@given(
    st.dictionaries(st.text(max_size=4), st.lists(st.sampled_from("xyz")), max_size=20),
    SEEDS,
)
def test_who_reviews_may_and_has_least(candidates, seed) -> None:
    found = give_out(candidates, seed)
    assert found.keys() == {item for item, able in candidates.items() if able}
    assert all(who in candidates[item] for item, who in found.items())
    assert give_out(dict(reversed(candidates.items())), seed) == found
    everybody = {item: "xyz" for item in candidates}
    loads = [list(give_out(everybody, seed).values()).count(who) for who in "xyz"]
    assert max(loads) - min(loads) <= 1


@given(st.lists(st.booleans(), min_size=len(BARS), max_size=len(BARS)))
def test_one_tie_is_enough_to_bar(ties) -> None:
    bar = bar_reviewer(ReviewTies(*ties))
    free = ties[0] and ties[5] and not any(ties[1:5] + ties[6:])
    assert (bar == "") == free
    assert bar == "" or bar in BARS
