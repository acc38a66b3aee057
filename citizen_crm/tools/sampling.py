"""Drawing a random sample that anybody can draw again: seed and population suffice.

Each item gets a rank by a hash of the seed and its name; the lowest ranks are drawn.
So the order in which items are given does not matter, nobody can steer who is drawn
without choosing the seed, and no generator of random numbers has to stay the same.
"""

from collections.abc import Collection, Iterable
from hashlib import sha256

#: Rates are whole numbers out of this many.
WHOLE = 10_000


def rank(seed: str, item: str) -> int:
    """Return the place of an item in the order that a seed gives.

    >>> rank("a", "7") == rank("a", "7"), rank("a", "7") == rank("b", "7")
    (True, False)
    """
    return int.from_bytes(sha256(f"{seed}\n{item}".encode()).digest())


def sample_size(count: int, rate: int, seed: str) -> int:
    """Return how many of ``count`` items are drawn at a rate out of ``WHOLE``.

    What is left after whole items is a chance: of 30 items at 5 % one is drawn, and in
    half of all draws a second one. So over time the rate is kept exactly.

    >>> sample_size(40, 500, "a"), sample_size(0, 500, "a"), sample_size(7, WHOLE, "a")
    (2, 0, 7)
    """
    whole, rest = divmod(count * rate, WHOLE)
    return whole + (rank(seed, "") % WHOLE < rest)


def draw(population: Collection[str], rate: int, seed: str) -> list[str]:
    """Return the items that are drawn, in the order of their ranks.

    >>> draw(["a", "b", "c", "d"], 5000, "s") == draw(["d", "c", "b", "a"], 5000, "s")
    True
    """
    ranked = sorted(set(population), key=lambda item: (rank(seed, item), item))
    return ranked[: sample_size(len(ranked), rate, seed)]


def pick(candidates: Iterable[str], seed: str) -> str:
    """Return the one candidate whom the seed chooses; empty if there is none.

    >>> pick([], "s"), pick(["7"], "s")
    ('', '7')
    """
    return min(candidates, key=lambda item: (rank(seed, item), item), default="")
