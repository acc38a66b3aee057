"""Deadlines and elapsed time of a clock, from its calendars and pauses.

Pure functions over :mod:`working_time`: instants are ``int`` seconds since 1970 in
UTC, durations are ``int`` seconds. Conventions:

* Time that counts is working time outside pauses. A pause is ``[start, end)``; pauses
  that overlap count once. While a pause without an end is open and the target has not
  been reached before it, the deadline is not determined (``None``).
* A change of calendar adds a segment from that instant on; the past keeps the old one.
* A deadline is kept by what happens at it or before it. In working time it falls at
  closing time, not at the next opening; a target of 0 is the first instant that counts.
* Deadlines in dates count dates; a date at whose end the clock is paused does not
  count. The end of a date is its last second, but for ``working_days_same_time`` the
  clock time of the start and for ``end_of_nth_working_day`` the closing time.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from .working_time import HorizonError, Timetable, WorkingTimeError, first_instant

_ONE_DAY = timedelta(days=1)

#: Units of a target, in working time or in dates.
UNITS = [
    ("minutes", "Working minutes"),
    ("hours", "Working hours"),
    ("statutory_working_days", "Working days, day of receipt excluded"),
    ("calendar_days_roll_forward", "Calendar days, then the next working day"),
    ("working_days_same_time", "Working days, at the same time of day"),
    ("end_of_nth_working_day", "Working days, at closing time"),
]
SECONDS_OF = {"minutes": 60, "hours": 3600}


class Pause(NamedTuple):
    """A time in which a clock stands still; ``end`` is ``None`` while it is open."""

    start: int
    end: int | None = None


class Segment(NamedTuple):
    """The timetable that holds from an instant on, e.g. after a transfer."""

    start: int
    table: Timetable


class Stretch(NamedTuple):
    """A time of one kind: ``counts``, ``paused`` or ``off`` (outside working time)."""

    start: int
    end: int
    kind: str


class _Piece(NamedTuple):
    start: int
    end: int | None
    table: Timetable


def merge_pauses(pauses: Iterable[Pause]) -> list[Pause]:
    """Return the pauses in order, with overlapping ones as one.

    >>> merge_pauses([Pause(5, 9), Pause(1, 6), Pause(20)])
    [Pause(start=1, end=9), Pause(start=20, end=None)]
    """
    merged: list[Pause] = []
    for start, end in sorted(pauses, key=lambda pause: pause.start):
        if end is not None and end <= start:
            continue
        last = merged[-1].end if merged else start - 1
        if last is None or start <= last:
            until = None if last is None or end is None else max(last, end)
            merged[-1] = Pause(merged[-1].start, until)
        else:
            merged.append(Pause(start, end))
    return merged


def deadline(
    unit: str,
    amount: int,
    start: int,
    segments: Sequence[Segment],
    pauses: Iterable[Pause] = (),
) -> int | None:
    """Return the last instant at which a promise made at ``start`` is kept.

    :param unit: a key of ``UNITS``
    :param amount: 0 or more of that unit; in dates at least 1
    :param segments: in order; the first begins at ``start`` or before
    :return: the deadline, or ``None`` while an open pause comes before it
    :raise WorkingTimeError: no calendar, an empty one, or one that ends too early
    """
    if not segments or segments[0].start > start:
        raise WorkingTimeError("No calendar holds at the start of this clock.")
    merged = merge_pauses(pauses)
    if unit in SECONDS_OF:
        return deadline_after(start, amount * SECONDS_OF[unit], segments, merged)
    if amount < 1:
        raise WorkingTimeError("The number of days must be 1 or more.")
    return _IN_DATES[unit](start, amount, segments, merged)


# ------------------------------------------------------------------- working time
def deadline_after(
    start: int,
    seconds: int,
    segments: Sequence[Segment],
    pauses: Iterable[Pause] = (),
) -> int | None:
    """Return the first instant at which so much time that counts has passed."""
    left = seconds
    for begin, end, table in _pieces(start, segments, pauses):
        if end is None:
            first = table.next_start(begin)
            if left == 0:
                return first
            return table.first_at(table.worked_until(first) + left)
        worked = table.work_between(begin, end)
        if worked and left == 0:
            return table.next_start(begin)
        if worked >= left > 0:
            return table.first_at(table.worked_until(begin) + left)
        left -= worked
    return None


def elapsed(
    start: int, at: int, segments: Sequence[Segment], pauses: Iterable[Pause] = ()
) -> int:
    """Return the seconds that count from ``start`` to ``at``."""
    total = 0
    for begin, end, table in _pieces(start, segments, pauses):
        stop = at if end is None else min(at, end)
        if stop > begin:
            total += table.work_between(begin, stop)
    return total


def stretches(
    start: int, at: int, segments: Sequence[Segment], pauses: Iterable[Pause] = ()
) -> list[Stretch]:
    """Return the time from ``start`` to ``at``, cut by kind, without gaps.

    Counted, paused and off time add up to the time on the wall.
    """
    found: list[Stretch] = []
    position = start
    for begin, end, table in _pieces(start, segments, pauses):
        stop = at if end is None else min(at, end)
        if begin >= at:
            break
        if begin > position:
            found.append(Stretch(position, begin, "paused"))
        found.extend(_by_kind(begin, stop, table))
        position = stop
    if position < at:
        found.append(Stretch(position, at, "paused"))
    return _join_kinds(found)


def _by_kind(begin: int, stop: int, table: Timetable) -> Iterator[Stretch]:
    position = begin
    for first, last in table.spans_between(begin, stop):
        if first > position:
            yield Stretch(position, first, "off")
        yield Stretch(first, last, "counts")
        position = last
    if position < stop:
        yield Stretch(position, stop, "off")


def _join_kinds(found: Iterable[Stretch]) -> list[Stretch]:
    joined: list[Stretch] = []
    for stretch in found:
        if joined and joined[-1].kind == stretch.kind:
            joined[-1] = joined[-1]._replace(end=stretch.end)
        else:
            joined.append(stretch)
    return joined


def _pieces(
    start: int, segments: Sequence[Segment], pauses: Iterable[Pause]
) -> Iterator[_Piece]:
    """Cut the time from ``start`` on into pieces on one calendar, without pauses."""
    merged = merge_pauses(pauses)
    ends = [*(segment.start for segment in segments[1:]), None]
    for segment, end in zip(segments, ends, strict=True):
        begin: int | None = max(start, segment.start)
        if end is not None and end <= begin:
            continue
        for pause in merged:
            if pause.end is not None and pause.end <= begin:
                continue
            if end is not None and pause.start >= end:
                break
            if pause.start > begin:
                yield _Piece(begin, pause.start, segment.table)
            begin = pause.end
            if begin is None or (end is not None and begin >= end):
                break
        if begin is not None and (end is None or begin < end):
            yield _Piece(begin, end, segment.table)
        elif begin is None:
            return


# -------------------------------------------------------------------------- dates
def _table_at(instant: int, segments: Sequence[Segment]) -> Timetable:
    table = segments[0].table
    for segment in segments[1:]:
        if segment.start > instant:
            break
        table = segment.table
    return table


def _table_on(day: date, segments: Sequence[Segment]) -> Timetable:
    """Return the timetable that holds at the end of a date."""
    for segment in reversed(segments[1:]):
        if segment.start <= segment.table.last_second(day):
            return segment.table
    return segments[0].table


class _OpenPause(Exception):
    """An open pause covers the end of a date: nothing after it is determined."""


def _is_paused(instant: int, pauses: Sequence[Pause]) -> bool:
    for start, end in pauses:
        if start <= instant and (end is None or instant < end):
            if end is None:
                raise _OpenPause
            return True
    return False


#: The instant at which a date ends for a mode, ``None`` if the mode skips the date.
_Mark = Callable[[date, Timetable], int | None]


def _count(
    day: date,
    days: int,
    mark: _Mark,
    segments: Sequence[Segment],
    pauses: Sequence[Pause],
) -> tuple[date, int] | None:
    """Return the ``days``-th date from ``day`` on that counts, and its end."""
    try:
        while True:
            table = _table_on(day, segments)
            if not table.first <= day <= table.last:
                raise HorizonError("The target lies beyond the end of the calendar.")
            end = mark(day, table)
            if end is not None and not _is_paused(end, pauses):
                days -= 1
                if not days:
                    return day, end
            day += _ONE_DAY
    except _OpenPause:
        return None


def _last_second_of_work(day: date, table: Timetable) -> int | None:
    return table.last_second(day) if table.is_working_date(day) else None


def _statutory_working_days(
    start: int, days: int, segments: Sequence[Segment], pauses: Sequence[Pause]
) -> int | None:
    day = _table_at(start, segments).local_date(start)
    if len(segments) == 1 and not pauses:
        table = segments[0].table
        return table.last_second(table.nth_working_date(day, days))
    found = _count(day + _ONE_DAY, days, _last_second_of_work, segments, pauses)
    return found and found[1]


def _calendar_days_roll_forward(
    start: int, days: int, segments: Sequence[Segment], pauses: Sequence[Pause]
) -> int | None:
    day = _table_at(start, segments).local_date(start) + _ONE_DAY
    found = _count(
        day, days, lambda day, table: table.last_second(day), segments, pauses
    )
    if not found:
        return None
    found = _count(found[0], 1, _last_second_of_work, segments, pauses)
    return found and found[1]


def _working_days_same_time(
    start: int, days: int, segments: Sequence[Segment], pauses: Sequence[Pause]
) -> int | None:
    zone = _table_at(start, segments).zone
    local = datetime.fromtimestamp(start, zone)
    wall = local.time().replace(fold=0)

    def mark(day: date, table: Timetable) -> int | None:
        if not table.is_working_date(day):
            return None
        return first_instant(datetime.combine(day, wall), zone)

    found = _count(local.date() + _ONE_DAY, days, mark, segments, pauses)
    return found and found[1]


def _end_of_nth_working_day(
    start: int, days: int, segments: Sequence[Segment], pauses: Sequence[Pause]
) -> int | None:
    def mark(day: date, table: Timetable) -> int | None:
        if not table.is_working_date(day):
            return None
        closing = table.closing_time(day)
        return closing if closing > start else None

    day = _table_at(start, segments).local_date(start)
    found = _count(day, days, mark, segments, pauses)
    return found and found[1]


_IN_DATES = {
    "statutory_working_days": _statutory_working_days,
    "calendar_days_roll_forward": _calendar_days_roll_forward,
    "working_days_same_time": _working_days_same_time,
    "end_of_nth_working_day": _end_of_nth_working_day,
}


def extend(
    unit: str,
    amount: int,
    days: int,
    start: int,
    segments: Sequence[Segment],
    pauses: Iterable[Pause] = (),
) -> int | None:
    """Return the deadline of a promise that was extended by so many days.

    A promise in dates counts so many dates more; one in working time falls at the same
    time of day so many working dates after the deadline first promised.
    """
    if unit not in SECONDS_OF:
        return deadline(unit, amount + days, start, segments, pauses)
    due = deadline(unit, amount, start, segments, pauses)
    if due is None or not days:
        return due
    return _working_days_same_time(due, days, segments, merge_pauses(pauses))
