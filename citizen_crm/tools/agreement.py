"""Whether reviewers who look at the same case find the same. Pure functions."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import accumulate

#: From here on reviews may be used: Krippendorff's alpha, or Cohen's kappa.
LEAST_ALPHA = 0.667
LEAST_KAPPA = 0.6

Difference = Callable[[Counter], Callable[[Hashable, Hashable], float]]


def cohen_kappa(pairs: Iterable[tuple[Hashable, Hashable]]) -> float | None:
    """Return Cohen's kappa of two reviewers: 1 for full agreement, 0 for chance.

    :param pairs: what both found of each case
    :return: ``None`` without cases, and where both always find one and the same

    >>> cohen_kappa([(1, 1), (0, 0), (1, 0), (0, 1)]), cohen_kappa([(1, 1), (0, 0)])
    (0.0, 1.0)
    >>> cohen_kappa([]), cohen_kappa([(1, 1), (1, 1)])
    (None, None)
    """
    found = list(pairs)
    count = len(found)
    firsts = Counter(first for first, _second in found)
    seconds = Counter(second for _first, second in found)
    # In whole numbers, so that agreement that must be is told from 0.999….
    chance = sum(firsts[value] * seconds[value] for value in firsts)
    if chance == count * count:
        return None
    same = sum(first == second for first, second in found)
    return (same * count - chance) / (count * count - chance)


def nominal(_counts: Counter) -> Callable[[Hashable, Hashable], float]:
    """Categories without an order: findings differ or not."""
    return lambda one, other: float(one != other)


def ordinal(counts: Counter) -> Callable[[Hashable, Hashable], float]:
    """Categories in an order: findings differ by how many lie between them."""
    ordered = sorted(counts)
    upto = dict(zip(ordered, accumulate(counts[v] for v in ordered), strict=True))

    def difference(one: Hashable, other: Hashable) -> float:
        middle = upto[one] - counts[one] / 2, upto[other] - counts[other] / 2
        return (middle[0] - middle[1]) ** 2

    return difference


def interval(_counts: Counter) -> Callable[[Hashable, Hashable], float]:
    """Numbers: findings differ by their squared distance."""
    return lambda one, other: float((one - other) ** 2)  # type: ignore[operator]


def krippendorff_alpha(
    cases: Iterable[Sequence[Hashable | None]], difference: Difference = nominal
) -> float | None:
    """Return Krippendorff's alpha: 1 for full agreement, 0 for chance.

    :param cases: what reviewers found of each case, ``None`` where one did not look
    :param difference: ``nominal``, ``ordinal`` or ``interval``
    :return: ``None`` without two findings of a case, and where all are the same

    >>> round(krippendorff_alpha([(1, 1), (0, 0), (1, 0), (None, 1)]), 3)
    0.444
    >>> krippendorff_alpha([(1, 1), (1, 1)]), krippendorff_alpha([(1, None)])
    (None, None)
    """
    units = [[value for value in case if value is not None] for case in cases]
    units = [unit for unit in units if len(unit) > 1]
    counts: Counter = Counter(value for unit in units for value in unit)
    apart = difference(counts)
    total = counts.total()
    expected = sum(
        counts[one] * counts[other] * apart(one, other)
        for one in counts
        for other in counts
    )
    if not expected:
        return None
    observed = sum(
        apart(one, other) / (len(unit) - 1)
        for unit in units
        for one in unit
        for other in unit
    )
    return 1 - (total - 1) * observed / expected


def is_reliable(alpha: float | None, kappa: float | None) -> bool:
    """Tell whether reviewers agree enough for their findings to be used.

    >>> is_reliable(0.7, None), is_reliable(0.6, 0.59), is_reliable(None, None)
    (True, False, False)
    """
    return (alpha is not None and alpha >= LEAST_ALPHA) or (
        kappa is not None and kappa >= LEAST_KAPPA
    )
