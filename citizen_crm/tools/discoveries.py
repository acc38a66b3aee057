"""Who stands out of many, when some always stand out by chance."""

from collections.abc import Hashable, Mapping
from statistics import NormalDist
from typing import TypeVar

from .funnel import Z998

Key = TypeVar("Key", bound=Hashable)


def adjust(chances: Mapping[Key, float | None]) -> dict[Key, float | None]:
    """Return p-values adjusted by Benjamini and Hochberg for the false discovery rate.

    :param chances: p of each comparison; ``None``, where nothing was compared, stays

    >>> adjust({"a": 0.01, "b": 0.04, "c": None, "d": 0.03})
    {'a': 0.03, 'b': 0.04, 'c': None, 'd': 0.04}
    """
    known = [(p, key) for key, p in chances.items() if p is not None]
    known.sort(key=lambda pair: pair[0])
    adjusted: dict[Key, float | None] = dict.fromkeys(chances)
    least = 1.0
    for place in range(len(known), 0, -1):
        p, key = known[place - 1]
        least = min(least, p * len(known) / place)
        adjusted[key] = least
    return adjusted


def discover(chances: Mapping[Key, float | None], rate: float = 0.05) -> set[Key]:
    """Return what stands out, at most the given share of it by chance.

    :param chances: p of all people and measures of a department and period

    >>> sorted(discover({"a": 0.001, "b": 0.04, "c": None, "d": 0.9}))
    ['a']
    """
    return {key for key, p in adjust(chances).items() if p is not None and p <= rate}


def chance_alarms(comparisons: int, z: float = Z998) -> float:
    """Return how many of so many comparisons lie beyond a limit by chance alone.

    >>> round(chance_alarms(500), 6)
    1.0
    """
    return 2 * (1 - NormalDist().cdf(z)) * comparisons
