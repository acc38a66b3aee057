"""What a working calendar says, as a text that never changes its meaning.

A version of a calendar is stored as canonical JSON: two calendars say the same exactly
if their texts are equal, so a digest of the text identifies a version.
"""

import json
import re
from collections.abc import Iterable, Sequence
from datetime import date, time
from hashlib import sha256
from math import floor
from typing import NamedTuple

from .working_time import DAY, Calendar, Interval, Week, WorkingTimeError

MINUTE, HOUR = 60, 3600
_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*[-\u2013]\s*(\d{1,2}):(\d{2})")
_SEPARATOR = re.compile(r"\s*[,;\u3001]\s*")


class CalendarSetupError(WorkingTimeError):
    """A calendar on which no deadline can be counted; the message names it."""


class HoursError(ValueError):
    """Hours of a day that cannot be understood; ``args[0]`` is the part at fault."""


class Attendance(NamedTuple):
    """A line of a weekly pattern; ``week`` is its turn, from 0."""

    week: int
    weekday: int
    hour_from: float
    hour_to: float


def to_seconds(hours: float) -> int:
    """Return hours as seconds of a day, rounded to the minute.

    >>> to_seconds(8.5), to_seconds(16 + 1 / 3), to_seconds(24)
    (30600, 58800, 86400)
    """
    return min(max(floor(hours * 60 + 0.5) * MINUTE, 0), DAY)


def to_weeks(lines: Iterable[Attendance], turns: int) -> tuple[Week, ...]:
    """Return the weekly patterns that take turns; lines that overlap count once.

    >>> weeks = to_weeks([Attendance(0, 0, 13, 17), Attendance(0, 0, 8, 12)], 1)
    >>> weeks[0][0]
    (Interval(start=28800, end=43200), Interval(start=46800, end=61200))
    """
    days: list[list[list[Interval]]] = [[[] for _ in range(7)] for _ in range(turns)]
    for line in lines:
        interval = Interval(to_seconds(line.hour_from), to_seconds(line.hour_to))
        days[line.week % turns][line.weekday].append(interval)
    return tuple(tuple(join_intervals(day) for day in week) for week in days)


def get_week(weeks: Sequence[Week], day: date) -> Week:
    """Return the pattern whose turn it is in the week of a date."""
    return weeks[(day.toordinal() - 1) // 7 % len(weeks)]


def join_intervals(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return intervals in order, as one where they overlap or touch."""
    joined: list[Interval] = []
    for start, end in sorted(intervals):
        if start >= end:
            continue
        if joined and start <= joined[-1].end:
            joined[-1] = Interval(joined[-1].start, max(joined[-1].end, end))
        else:
            joined.append(Interval(start, end))
    return tuple(joined)


# ------------------------------------------------------------------- hours of a day
def parse_hours(text: str) -> tuple[Interval, ...]:
    """Return the intervals written as ``08:00-12:00, 13:00-17:00``.

    :raise HoursError: with the part that cannot be understood

    >>> parse_hours("9:00-12:30")
    (Interval(start=32400, end=45000),)
    """
    intervals: list[Interval] = []
    for part in _SEPARATOR.split(text.strip()):
        found = _SPAN.fullmatch(part)
        if not found:
            raise HoursError(part)
        hour, minute, to_hour, to_minute = map(int, found.groups())
        start = hour * HOUR + minute * MINUTE
        end = to_hour * HOUR + to_minute * MINUTE
        late = intervals and start < intervals[-1].end
        if minute > 59 or to_minute > 59 or not start < end <= DAY or late:
            raise HoursError(part)
        intervals.append(Interval(start, end))
    return tuple(intervals)


def format_hours(intervals: Iterable[Interval]) -> str:
    """Return intervals as they are written.

    >>> format_hours(parse_hours("9:00-12:30;13:00\u201324:00"))
    '09:00-12:30, 13:00-24:00'
    """
    return ", ".join(f"{_clock(start)}-{_clock(end)}" for start, end in intervals)


def _clock(seconds: int) -> str:
    if seconds == DAY:
        return "24:00"
    return time(seconds // HOUR, seconds % HOUR // MINUTE).strftime("%H:%M")


# ----------------------------------------------------------------------- definition
def to_definition(calendar: Calendar) -> str:
    """Return a calendar as canonical JSON: equal calendars give equal texts."""
    content = {
        "tz": calendar.tz,
        "weeks": [[_plain(day) for day in week] for week in calendar.weeks],
        "closed": sorted(day.isoformat() for day in calendar.closed),
        "special": {
            day.isoformat(): _plain(hours) for day, hours in calendar.special.items()
        },
        "leaves": sorted({tuple(leave) for leave in calendar.leaves}),
    }
    return json.dumps(content, sort_keys=True, separators=(",", ":"))


def from_definition(text: str) -> Calendar:
    """Return the calendar of a definition.

    >>> day = (Interval(9 * HOUR, 17 * HOUR),)
    >>> office = Calendar("UTC", ((day,) * 5 + ((),) * 2,), leaves=((5, 9),))
    >>> from_definition(to_definition(office)) == office
    True
    """
    content = json.loads(text)
    return Calendar(
        tz=content["tz"],
        weeks=tuple(
            tuple(_intervals(day) for day in week) for week in content["weeks"]
        ),
        closed=frozenset(map(date.fromisoformat, content["closed"])),
        special={
            date.fromisoformat(day): _intervals(hours)
            for day, hours in content["special"].items()
        },
        leaves=tuple((start, end) for start, end in content["leaves"]),
    )


def get_digest(definition: str) -> str:
    """Return the SHA-256 of a definition, in hexadecimal."""
    return sha256(definition.encode()).hexdigest()


def _plain(intervals: Sequence[Interval]) -> list[list[int]]:
    return [list(interval) for interval in intervals]


def _intervals(pairs: Sequence[Sequence[int]]) -> tuple[Interval, ...]:
    return tuple(Interval(start, end) for start, end in pairs)
