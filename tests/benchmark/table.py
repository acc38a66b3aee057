"""One line of the benchmarks' table."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One comparison: seconds of the known way and of ours, in pairs."""

    name: str
    known: str
    pairs: list[tuple[float, float]]
    goal: float  #: of ours / known up to 1, of known / ours above; 0 for none
    note: str = ""

    @property
    def medians(self) -> tuple[float, float]:
        return tuple(
            statistics.median(pair[side] for pair in self.pairs) for side in (0, 1)
        )

    @property
    def ratio(self) -> float:
        if self.goal <= 1:
            return statistics.median(ours / known for known, ours in self.pairs)
        return statistics.median(known / ours for known, ours in self.pairs)

    @property
    def is_met(self) -> bool:
        if not self.goal:
            return True
        return self.ratio <= self.goal if self.goal <= 1 else self.ratio >= self.goal


def show(lines: Iterable[Line]) -> None:
    print(f"$ make bench{' QUICK=1' if '--quick' in sys.argv else ''}")
    print(f"{'what':<44} {'known':>12} {'ours':>12} {'ratio':>9} {'goal':>8}")
    for line in lines:
        known, ours = line.medians
        sign = "<=" if line.goal <= 1 else ">="
        goal = f"{sign}{line.goal:g}" if line.goal else ""
        print(
            f"{line.name:<44} {_time(known):>12} {_time(ours):>12} {line.ratio:>9.4g} "
            f"{goal:>8}  {'' if line.is_met else 'MISSED '}{line.note}"
        )


def _time(seconds: float) -> str:
    for unit, size in (("s", 1), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.2f} {unit}"
    return f"{seconds * 1e6:.2f} µs"
