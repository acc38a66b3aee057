"""How a clock came to its deadline: the dates of its trace, as rows to be read.

Pure functions over :mod:`sla_trace`. Counted, paused and other time of all rows add up
to the time on the wall.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from .sla_clock import Reading
from .sla_trace import Day, trace

#: A longer trace is told from its beginning and its end.
MOST_ROWS = 45
#: The most important promise first.
ORDER = ("resolve", "department", "first_reply", "next_reply", "acknowledge")


@dataclass(slots=True)
class Row:
    """One date of a trace, or several of the same kind in a row.

    Durations are seconds; ``total`` is what counted until the end of the row, and
    ``number`` says which of the promised dates it is, 0 for none.
    """

    first: date
    last: date
    counts: int = 0
    paused: int = 0
    off: int = 0
    total: int = 0
    number: int = 0
    skipped: bool = False  #: stands for rows that are left out

    @property
    def kind(self) -> str:
        if self.counts or self.number:
            return "counts"
        return "paused" if self.paused else "off"


def rows_to_deadline(reading: Reading, now: int) -> list[Row]:
    """Return the dates from the start of a clock to its deadline, or else to now."""
    end = reading.due
    if end is None:
        end = now if reading.stop is None else reading.stop
    return _shorten(_join(trace(reading, end)))


def totals(rows: Iterable[Row]) -> dict[str, int]:
    """Return the sums of a trace: what counted, was paused, was off, and all of it."""
    sums = {"counts": 0, "paused": 0, "off": 0}
    for row in rows:
        for name in sums:
            sums[name] += getattr(row, name)
    return {**sums, "wall": sum(sums.values())}


def _join(days: Iterable[Day]) -> list[Row]:
    """Join dates in a row on which nothing counts, and add up what does."""
    joined: list[Row] = []
    total = 0
    for day in days:
        total += day.counts
        row = Row(day.day, day.day, day.counts, day.paused, day.off, total, day.number)
        before = joined[-1] if joined else None
        if before and row.kind != "counts" and before.kind == row.kind:
            joined[-1] = _merge(before, row)
        else:
            joined.append(row)
    return joined


def _merge(one: Row, other: Row) -> Row:
    return Row(
        one.first,
        other.last,
        one.counts + other.counts,
        one.paused + other.paused,
        one.off + other.off,
        other.total,
    )


def _shorten(rows: list[Row]) -> list[Row]:
    """Leave out the middle of a long trace; one row stands for it in the sums."""
    if len(rows) <= MOST_ROWS:
        return rows
    head = MOST_ROWS // 2
    middle = rows[head]
    for row in rows[head + 1 : -head]:
        middle = _merge(middle, row)
    middle.skipped = True
    return [*rows[:head], middle, *rows[-head:]]


def split_current(
    readings: Sequence[Reading],
) -> tuple[list[Reading], list[Reading]]:
    """Return what is promised now, and earlier rounds and promises that were replaced.

    Both with the most important first; what is current is told first of its kind.
    """
    last: dict[tuple[str, str], Reading] = {}
    for reading in readings:
        last[reading.target.kind, reading.target.basis] = reading
    current, former = [], []
    for reading in sorted(readings, key=_importance):
        is_last = last[reading.target.kind, reading.target.basis] is reading
        is_over = reading.reason in ("replaced", "transferred")
        (current if is_last and not is_over else former).append(reading)
    return current, former


def _importance(reading: Reading) -> tuple[int, bool, int]:
    kind = reading.target.kind
    place = ORDER.index(kind) if kind in ORDER else len(ORDER)
    return place, reading.target.basis != "statutory", reading.number
