"""Who is on duty, read off working time and leave.

Pure functions. A day is what an employee's calendar plans and what is left of it after
personal leave, in minutes; lists of days begin with today.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from .working_time import Timetable


class Day(NamedTuple):
    """A date of one employee: minutes by the calendar, and without personal leave."""

    planned: int
    worked: int
    end: int = 0  #: instant at which the last working time ends


class Duty(NamedTuple):
    """How an employee stands to the work of today."""

    minutes: int  #: by which the work of today is shared
    exclusion: str = ""  #: "away", "leaving" or empty
    absent_days: int = 0  #: working days of leave in a row, from today on
    until: int = 0  #: instant of the last working time today


def read_duty(
    days: Sequence[Day], now: int, *, wind_down: int = 0, long_leave: int = 1
) -> Duty:
    """Return how somebody stands to the work of today.

    Away is who has no working time today or none any more. Leaving is who has at most
    ``wind_down`` working days, today among them, before a leave of ``long_leave``
    working days or more; there is nothing to give them and nothing they owe.

    >>> week = [Day(480, 480, 100)] + [Day(480, 0)] * 3
    >>> read_duty(week, 50)
    Duty(minutes=480, exclusion='', absent_days=0, until=100)
    >>> read_duty(week, 50, wind_down=1, long_leave=3).exclusion
    'leaving'
    >>> read_duty(week[1:], 50)
    Duty(minutes=0, exclusion='away', absent_days=3, until=0)
    """
    today = days[0]
    if not today.worked:
        return Duty(0, "away", _absent_in_a_row(days), 0)
    if is_leaving(days, wind_down, long_leave):
        return Duty(0, "leaving", 0, today.end)
    return Duty(today.worked, "away" if now >= today.end else "", 0, today.end)


def is_leaving(days: Sequence[Day], wind_down: int, long_leave: int) -> bool:
    """Tell whether a long leave begins after at most ``wind_down`` working days.

    >>> is_leaving([Day(480, 480), Day(0, 0), Day(480, 0)], 1, 1)
    True
    >>> is_leaving([Day(480, 480), Day(480, 480), Day(480, 0)], 1, 1)
    False
    """
    worked = 0
    for number, day in enumerate(days):
        if day.worked:
            worked += 1
        elif day.planned:
            return worked <= wind_down and _absent_in_a_row(days[number:]) >= long_leave
        if worked > wind_down:
            return False
    return False


def _absent_in_a_row(days: Sequence[Day]) -> int:
    """Count the working days on leave from the first day on."""
    count = 0
    for day in days:
        if day.worked:
            break
        count += day.planned > 0
    return count


def read_day(table: Timetable, date: date, leaves: Sequence[tuple[int, int]]) -> Day:
    """Return a date of an employee's calendar, without the personal leaves."""
    start, end = table.midnight(date), table.midnight(date + timedelta(days=1))
    planned = list(table.spans_between(start, end))
    worked = list(cut(iter(planned), leaves)) if leaves else planned
    return Day(
        sum(stop - begin for begin, stop in planned) // 60,
        sum(stop - begin for begin, stop in worked) // 60,
        worked[-1][1] if worked else 0,
    )


def cut(
    spans: Iterator[tuple[int, int]], leaves: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    """Yield what is left of working times without leaves.

    >>> list(cut(iter([(0, 10), (20, 30)]), [(5, 22)]))
    [(0, 5), (22, 30)]
    """
    for start, end in spans:
        for begin, stop in sorted(leaves):
            if stop <= start or begin >= end:
                continue
            if start < begin:
                yield start, begin
            start = max(start, stop)
        if start < end:
            yield start, end
