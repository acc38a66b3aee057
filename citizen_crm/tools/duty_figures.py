"""Figures of a duty ledger: what each member had, and what was the own share of it.

A balance is the difference of the two. Pure functions over ``tools.duty_ledger``;
points are thousandths, instants whatever can be compared.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .duty_ledger import FULL_TIME, Entry, Ledger
from .inequality import jain


@dataclass(slots=True)
class Figures:
    """What members of a team have had, and their shares of the team's work."""

    received: Counter[int] = field(default_factory=Counter)
    share: Counter[int] = field(default_factory=Counter)

    def add(self, received: Mapping[int, int], share: Mapping[int, int]) -> None:
        """Add what an entry brought."""
        for total, parts in ((self.received, received), (self.share, share)):
            for member, part in parts.items():
                total[member] += part

    def snapshot(self) -> "Figures":
        """Return the figures as they are now."""
        return Figures(Counter(self.received), Counter(self.share))

    @property
    def jain(self) -> float | None:
        """Jain's index of points received for each point of the own share.

        >>> Figures(Counter({1: 600, 2: 300}), Counter({1: 600, 2: 300})).jain
        1.0
        >>> Figures(Counter({1: 900}), Counter({1: 600, 2: 300})).jain
        0.5
        """
        return jain(
            self.received[member] / due for member, due in self.share.items() if due > 0
        )


def post_apart(
    ledger: Ledger, entry: Entry
) -> tuple[Mapping[int, int], Mapping[int, int]]:
    """Book an entry; return what its members received, and how their shares grew.

    >>> ledger = Ledger()
    >>> post_apart(ledger, Entry("charge", 7, 1, 1000, {1: 8, 2: 8}))
    ({1: 1000}, {1: 500, 2: 500})
    >>> post_apart(ledger, Entry("reversal", 7, 1))
    ({1: -1000}, {1: 0})
    """
    deltas = ledger.post(entry)
    received: Mapping[int, int] = {}
    if entry.kind == "charge":
        received = {entry.member: ledger.held[entry.case][1]}
    elif entry.kind == "reversal":
        received = dict(deltas)
    elif entry.kind in ("weight", "objection"):
        received = {entry.member: entry.points}
    return received, {
        member: received.get(member, 0) - delta for member, delta in deltas.items()
    }


def measure(
    lines: Iterable[tuple[Any, Entry]], since: Any, ends: Sequence[Any]
) -> list[Figures]:
    """Return the figures from an instant up to each of several later ones.

    :param lines: instants with entries, in the order of the ledger; of each case that
        they are about, all entries
    :param ends: in ascending order
    """
    ledger, figures, found = Ledger(), Figures(), []
    for at, entry in lines:
        while len(found) < len(ends) and at >= ends[len(found)]:
            found.append(figures.snapshot())
        parts = post_apart(ledger, entry)
        if at >= since:
            figures.add(*parts)
    return found + [figures] * (len(ends) - len(found))


def spread(values: Iterable[int]) -> tuple[int, int, int] | None:
    """Return the lowest, the middle and the highest of some numbers.

    >>> spread([5, 1, 9]), spread([1, 4]), spread([])
    ((1, 5, 9), (1, 2, 4), None)
    """
    ordered = sorted(values)
    if not ordered:
        return None
    middle = len(ordered) // 2
    median = ordered[middle]
    if len(ordered) % 2 == 0:
        median = (ordered[middle - 1] + median) // 2
    return ordered[0], median, ordered[-1]


def per_full_time(points: int, full_time: int) -> int:
    """Return points for each full-time equivalent.

    >>> per_full_time(3000, 500)
    6000
    """
    return points * FULL_TIME // full_time


def bound(heaviest: int, shortest: int, slack: int) -> int:
    """Return by how much two members differ at most, for each full-time equivalent.

    It holds between colleagues who are equally available and eligible, for cases that
    the ledger gives out.

    :param heaviest: points of the heaviest case
    :param shortest: the smallest capacity among them, full time is 1000

    >>> bound(4000, 500, 3000)
    11000
    """
    return -(-heaviest * FULL_TIME // shortest) + slack
