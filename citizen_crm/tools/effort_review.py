"""Which effort points the times suggest, for the yearly review of service types.

Pure functions. Times are ``int`` seconds of working time in hand, points ``int``
thousandths of an effort point. A time in hand is no effort: it says how long a case lay
with handlers, and only the comparison between types tells anything.
"""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import NamedTuple

#: Fewer cases than these suggest nothing.
LEAST_CASES = 20
#: Suggestions are whole multiples of a quarter of a point, and at least that.
STEP = 250
#: Points lie below this, as the field's digits do.
LIMIT = 1_000_000


def median(values: Sequence[int]) -> int:
    """Return the middle of the values; of an even number the mean, rounded down.

    >>> median([40, 10, 30]), median([40, 10, 30, 25])
    (30, 27)
    """
    ordered = sorted(values)
    half = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[half]
    return (ordered[half - 1] + ordered[half]) // 2


def is_valid(points: float) -> bool:
    """Tell whether a number can be effort points.

    >>> [is_valid(points) for points in (0.001, 999.999, 0, -1, 1000, float("nan"))]
    [True, True, False, False, False, False]
    """
    return 0 < points < LIMIT / 1000


class Review(NamedTuple):
    """What the times of a period say, of all cases and of each type.

    :param median: seconds, of all cases
    :param mean: points of all cases, on average
    :param suggested: points by type, ``None`` for too few cases
    """

    median: int
    mean: int
    suggested: dict[int, int | None]


def review(times: Mapping[int, Sequence[int]], points: Mapping[int, int]) -> Review:
    """Return what the times of each type suggest.

    The median of the type, over the median of all cases, times the mean points of all
    cases: a type that takes as long as the middle case gets the mean, so the points of
    all cases together stay about what they were. Types with too few cases count for
    the whole. No case at all gives zeros.

    :param times: of each measured case, by type
    :param points: in force now, by type

    >>> review({1: [3600] * 30, 2: [7200] * 20, 3: [60]}, {1: 1000, 2: 1000, 3: 1000})
    Review(median=3600, mean=1000, suggested={1: 1000, 2: 2000, 3: None})
    """
    cases = sum(len(found) for found in times.values())
    if not cases:
        return Review(0, 0, dict.fromkeys(times))
    whole = median([*chain.from_iterable(times.values())])
    total = sum(len(found) * points[kind] for kind, found in times.items())
    suggested = {
        kind: _in_steps(median(found) * total, whole * cases)
        if whole and len(found) >= LEAST_CASES
        else None
        for kind, found in times.items()
    }
    return Review(whole, total // cases, suggested)


def _in_steps(numerator: int, denominator: int) -> int:
    """Return a fraction as a multiple of ``STEP``, halves rounded up.

    >>> _in_steps(1124, 1), _in_steps(1125, 1), _in_steps(1, 9)
    (1000, 1250, 250)
    """
    unit = denominator * STEP
    steps = (2 * numerator + unit) // (2 * unit)
    return min(max(steps, 1) * STEP, LIMIT - STEP)
