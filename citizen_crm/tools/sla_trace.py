"""The working time of a clock, told day by day.

Pure functions over :mod:`sla_clock`: whoever asks why a deadline falls where it falls
gets every date between start and deadline, with the time that counted on it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from .deadlines import SECONDS_OF, Segment, Stretch, deadline, stretches
from .sla_clock import Reading
from .working_time import Timetable

_ONE_DAY = timedelta(days=1)


@dataclass(slots=True)
class Day:
    """One local date of a clock; seconds, and the stretches that counted."""

    day: date
    counts: int = 0
    paused: int = 0
    off: int = 0
    number: int = 0  #: of a promise in days: which day this is, 0 for one left out
    spans: list[tuple[int, int]] = field(default_factory=list)


def trace(reading: Reading, end: int) -> list[Day]:
    """Return the dates from the start of a clock to an instant.

    The seconds of all days add up to the time on the wall.
    """
    if reading.start is None or end < reading.start:
        return []
    days: dict[date, Day] = {}
    for stretch in stretches(reading.start, end, reading.segments, reading.pauses):
        for day, start, stop in _by_date(stretch, reading.segments):
            row = days.setdefault(day, Day(day))
            setattr(row, stretch.kind, getattr(row, stretch.kind) + stop - start)
            if stretch.kind == "counts":
                row.spans.append((start, stop))
    rows = [days[day] for day in sorted(days)]
    if reading.target.unit not in SECONDS_OF:
        _number(rows, reading)
    return rows


def _table_at(instant: int, segments: tuple[Segment, ...]) -> Timetable:
    held = [segment.table for segment in segments if segment.start <= instant]
    return held[-1] if held else segments[0].table


def _by_date(
    stretch: Stretch, segments: tuple[Segment, ...]
) -> Iterator[tuple[date, int, int]]:
    position = stretch.start
    while position < stretch.end:
        table = _table_at(position, segments)
        day = table.local_date(position)
        stop = min(stretch.end, max(table.midnight(day + _ONE_DAY), position + 1))
        yield day, position, stop
        position = stop


def _number(rows: list[Day], reading: Reading) -> None:
    """Number the dates that a promise in days counts; the last number of each."""
    if reading.start is None:
        return
    dates = {}
    extended = sum(entry.days for entry in reading.extensions)
    for number in range(1, reading.target.amount + extended + 1):
        due = deadline(
            reading.target.unit,
            number,
            reading.start,
            reading.segments,
            reading.pauses,
        )
        if due is None:
            break
        dates[_table_at(due, reading.segments).local_date(due)] = number
    for row in rows:
        row.number = dates.get(row.day, 0)
