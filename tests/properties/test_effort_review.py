"""What always holds of the points that times suggest."""

from hypothesis import assume, given
from hypothesis import strategies as st

from odoo.addons.citizen_crm.tools.effort_review import (
    LEAST_CASES,
    LIMIT,
    STEP,
    is_valid,
    median,
    review,
)

seconds = st.integers(0, 10**7)
#: Types with their times and points, some with too few cases and some without any.
worlds = st.dictionaries(
    st.integers(1, 9),
    st.tuples(
        st.lists(seconds, max_size=3 * LEAST_CASES),
        st.integers(1, LIMIT - 1),
    ),
    max_size=6,
)


def look(world):
    return review(
        {kind: found for kind, (found, _points) in world.items()},
        {kind: points for kind, (_found, points) in world.items()},
    )


@given(st.lists(seconds, min_size=1, max_size=60))
def test_median_has_as_many_above_as_below(values):
    middle = median(values)
    assert 2 * sum(value < middle for value in values) <= len(values)
    assert 2 * sum(value > middle for value in values) <= len(values)
    assert min(values) <= middle <= max(values)


@given(worlds)
def test_a_suggestion_can_be_applied(world):
    """It is a whole number of steps, and valid points."""
    for kind, points in look(world).suggested.items():
        if points is not None:
            assert points % STEP == 0
            assert is_valid(points / 1000)
            assert len(world[kind][0]) >= LEAST_CASES


@given(worlds)
def test_enough_cases_have_a_suggestion(world):
    found = look(world)
    assert set(found.suggested) == set(world)
    for kind, (times, _points) in world.items():
        if len(times) >= LEAST_CASES and found.median:
            assert found.suggested[kind] is not None


@given(worlds, st.integers(2, 50))
def test_only_the_comparison_counts(world, factor):
    """A city that takes twice as long for everything has the same points."""
    # Medians of an even number are rounded, so nothing is lost to rounding here.
    even = {k: ([2 * t for t in times], p) for k, (times, p) in world.items()}
    slower = {k: ([factor * t for t in times], p) for k, (times, p) in even.items()}
    assert look(slower).suggested == look(even).suggested
    assert look(slower).mean == look(even).mean


@given(worlds, st.randoms(use_true_random=False))
def test_the_order_says_nothing(world, random):
    shuffled = {k: (random.sample(ts, len(ts)), p) for k, (ts, p) in world.items()}
    assert look(shuffled) == look(world)


@given(worlds)
def test_longer_is_never_less(world):
    found = look(world)
    told = [kind for kind, points in found.suggested.items() if points is not None]
    by_time = sorted(told, key=lambda kind: median(world[kind][0]))
    suggested = [found.suggested[kind] for kind in by_time]
    assert suggested == sorted(suggested)


@given(
    st.lists(st.integers(LEAST_CASES, 40), min_size=1, max_size=5),
    st.integers(1, 10**7),
    st.integers(1, 50),
)
def test_equal_times_and_points_stay(counts, time, steps):
    """Where nothing differs, nothing is suggested but what is."""
    points = steps * STEP
    world = {kind: ([time] * count, points) for kind, count in enumerate(counts)}
    found = look(world)
    assert set(found.suggested.values()) == {points}
    assert (found.median, found.mean) == (time, points)


@given(worlds)
def test_suggestion_is_within_half_a_step_of_the_exact_value(world):
    found = look(world)
    cases = sum(len(times) for times, _points in world.values())
    total = sum(len(times) * points for times, points in world.values())
    for kind, points in found.suggested.items():
        if points is not None:
            exact = median(world[kind][0]) * total / (found.median * cases)
            assume(STEP <= exact <= LIMIT - STEP)
            assert abs(points - exact) <= STEP / 2 + 1e-6 * exact
