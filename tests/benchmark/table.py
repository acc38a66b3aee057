"""One line of the benchmarks' table."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One comparison: what the known way and ours measured, in pairs."""

    name: str
    known: str
    pairs: list[tuple[float, float]]
    goal: float  #: of ours / known up to 1, of known / ours above; 0 for none
    note: str = ""
    unit: str = "s"  #: empty for a figure without one
    bound: str = ""  #: "<=" or ">=": the goal is for ours itself, not for the ratio

    @property
    def sign(self) -> str:
        """Return which way the goal is met."""
        return self.bound or ("<=" if self.goal <= 1 else ">=")

    @property
    def medians(self) -> tuple[float, float]:
        return tuple(
            statistics.median(pair[side] for pair in self.pairs) for side in (0, 1)
        )

    @property
    def ratio(self) -> float:
        if self.bound or self.goal <= 1:
            return statistics.median(ours / known for known, ours in self.pairs)
        return statistics.median(known / ours for known, ours in self.pairs)

    @property
    def is_met(self) -> bool:
        if not self.goal:
            return True
        value = self.medians[1] if self.bound else self.ratio
        return value <= self.goal if self.sign == "<=" else value >= self.goal


def show(lines: Iterable[Line]) -> list[Line]:
    """Print each line as soon as it is measured; return them all."""
    print(f"$ make bench{' QUICK=1' if '--quick' in sys.argv else ''}")
    print(f"{'what':<50} {'known':>12} {'ours':>12} {'ratio':>9} {'goal':>12}")
    shown = []
    for line in lines:
        shown.append(line)
        known, ours = (_amount(value, line.unit) for value in line.medians)
        goal = f"{line.sign}{line.goal:g}" if line.goal else ""
        if line.goal and line.bound:
            goal = f"ours {line.sign}{_amount(line.goal, line.unit)}"
        print(
            f"{line.name:<50} {known:>12} {ours:>12} {line.ratio:>9.4g} "
            f"{goal:>12}  {'' if line.is_met else 'MISSED '}{line.note}",
            flush=True,
        )
    return shown


def _amount(value: float, unit: str) -> str:
    if unit != "s":
        return f"{value:.4g}{unit}"
    for name, size in (("s", 1), ("ms", 1e-3)):
        if value >= size:
            return f"{value / size:.2f} {name}"
    return f"{value * 1e6:.2f} µs"
