"""One row of the table on reading and filing in a city: what it cost, what it may."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Work:
    """One row of the table: a piece of work, and what it may cost a desk."""

    name: str
    do: Callable
    queries: int  #: at most, in the small city
    ms: float = 0  #: at most, in the large city; 0 for no limit
    growth: float = 0  #: at most
    ratio: float = 0  #: of the base's time at most
    has_peer: bool = True


@dataclass
class Reading:
    """What was measured: a list of (seconds, queries) for each database."""

    work: Work
    #: size -> rounds, each (base, desk); the base is None where it has no such thing
    rounds: dict[int, list[tuple]] = field(default_factory=dict)

    def ms(self, size: int, side: int) -> float:
        """Return the median of a side, 0 for the base and 1 for the desk."""
        values = [pair[side][0] for pair in self.rounds[size] if pair[side]]
        return statistics.median(values) * 1000 if values else 0

    def queries(self, size: int, side: int) -> int:
        values = [pair[side][1] for pair in self.rounds[size] if pair[side]]
        return round(statistics.median(values)) if values else 0

    def ratio(self, size: int) -> float:
        """Return how much of the base's time the desk takes, 0 without a base."""
        pairs = [(base, ours) for base, ours in self.rounds[size] if base]
        ratios = [ours[0] / base[0] for base, ours in pairs]
        return statistics.median(ratios) if ratios else 0

    @property
    def growth(self) -> float:
        """Return how much longer it takes a desk in the large city, 0 without one."""
        small, large = min(self.rounds), max(self.rounds)
        return self.ms(large, 1) / self.ms(small, 1) if large > small else 0

    @property
    def missed(self) -> list[str]:
        """Return the goals that are missed, in words."""
        small, large, work = min(self.rounds), max(self.rounds), self.work
        found = []
        if self.queries(small, 1) > work.queries:
            found.append(f"queries > {work.queries}")
        if large == small:
            # Times of a small city say nothing about a large one.
            return found
        if work.ms and self.ms(large, 1) > work.ms:
            found.append(f"> {work.ms:g} ms")
        if work.growth and self.growth > work.growth:
            found.append(f"growth > {work.growth:g}")
        if work.ratio and self.ratio(large) > work.ratio:
            found.append(f"ratio > {work.ratio:g}")
        return found


def show_head(cities: dict[int, tuple[str, str]]) -> None:
    sizes = "".join(f" {size:>14,} {'':>10}" for size in cities)
    sides = "".join(f" {'base ms':>14} {'desk ms':>10}" for _size in cities)
    print(f"{'':<32}{sizes}")
    tail = f" {'queries':>13} {'ratio':>7} {'growth':>7}"
    print(f"{'what':<32}{sides}{tail}", flush=True)


def show(reading: Reading) -> Reading:
    sizes = sorted(reading.rounds)
    times = "".join(
        f" {_ms(reading.ms(size, 0)):>14} {_ms(reading.ms(size, 1)):>10}"
        for size in sizes
    )
    queries = f"{reading.queries(sizes[-1], 0) or '-'}, {reading.queries(sizes[-1], 1)}"
    ratio, growth = reading.ratio(sizes[-1]), reading.growth
    print(
        f"{reading.work.name:<32}{times} {queries:>13}"
        f" {_times(ratio):>7} {_times(growth):>7}"
        f"  {'MISSED ' + ', '.join(reading.missed) if reading.missed else ''}",
        flush=True,
    )
    return reading


def _times(value: float) -> str:
    return f"{value:.2f}" if value else "-"


def _ms(value: float) -> str:
    return f"{value:.1f}" if value else "-"


def to_json(readings: list[Reading]) -> Iterator[dict]:
    """Yield everything that was measured, as plain values."""
    for reading in readings:
        sizes = sorted(reading.rounds)
        yield {
            "name": reading.work.name,
            "growth": reading.growth,
            "missed": reading.missed,
            "cities": {
                str(size): {
                    "rounds": reading.rounds[size],
                    "ms": [reading.ms(size, side) for side in (0, 1)],
                    "queries": [reading.queries(size, side) for side in (0, 1)],
                    "ratio": reading.ratio(size),
                }
                for size in sizes
            },
        }
