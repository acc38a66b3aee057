"""How equally something is shared. Pure functions."""

from collections.abc import Iterable


def jain(shares: Iterable[float]) -> float | None:
    """Return Jain's index of fairness: 1 for equal shares, 1/n for one who has all.

    :return: ``None`` when there is nothing to compare

    >>> jain([2, 2, 2]), jain([1, 0, 0, 0]), jain([])
    (1.0, 0.25, None)
    """
    values = list(shares)
    squares = sum(value * value for value in values)
    if not squares:
        return None
    return sum(values) ** 2 / (len(values) * squares)


def gini(shares: Iterable[float]) -> float | None:
    """Return Gini's coefficient: 0 for equal shares, (n - 1)/n for one who has all.

    :param shares: none below 0
    :return: ``None`` when there is nothing to compare

    >>> gini([2, 2, 2]), gini([1, 0, 0, 0]), gini([]), gini([0, 0])
    (0.0, 0.75, None, None)
    """
    values = sorted(shares)
    total = sum(values)
    if not total:
        return None
    count = len(values)
    # Equal differences weigh by how many lie on either side of them.
    weighed = sum(
        (2 * place - count - 1) * value for place, value in enumerate(values, 1)
    )
    return weighed / (count * total)
