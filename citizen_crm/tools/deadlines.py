"""Deadlines and elapsed time of a clock, from its calendars and pauses.

Pure functions over :mod:`working_time`: instants are ``int`` seconds since 1970 in
UTC, durations are ``int`` seconds. Conventions:

* Time that counts is working time outside pauses. A pause is ``[start, end)``; pauses
  that overlap count once. While a pause without an end is open and the target has not
  been reached before it, the deadline is not determined (``None``).
* A change of calendar adds a segment from that instant on; the past keeps the old one.
  A date is judged by the calendar that holds when it ends; by the old one, if by the
  new one it was over before the change.
* A deadline is kept by what happens at it or before it. In working time it falls at
  closing time, not at the next opening; a target of 0 is the first instant that counts.
* Deadlines in dates count dates. The end of a date is its last second, but for
  ``working_days_same_time`` the clock time of the start, read in the time zone of the
  start, and for ``end_of_nth_working_day`` the closing time. A date does not count if
  the clock is paused just before its end, so no deadline passes during a pause.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
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
    """A time on one timetable; ``end`` is ``None`` if it lasts."""

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
    if unit in SECONDS_OF:
        return deadline_after(start, amount * SECONDS_OF[unit], segments, pauses)
    if amount < 1:
        raise WorkingTimeError("The number of days must be 1 or more.")
    return _IN_DATES[unit](_Dates(start, segments, pauses), amount)


def extend(
    unit: str,
    amount: int,
    days: int,
    start: int,
    segments: Sequence[Segment],
    pauses: Iterable[Pause] = (),
) -> int | None:
    """Return the deadline of a promise that was extended by so many days.

    Days are added to days, so they are counted in the same mode. A deadline in working
    time moves by working dates and keeps its time of day.
    """
    if days < 0:
        raise WorkingTimeError("An extension must be 0 days or more.")
    if unit not in SECONDS_OF:
        return deadline(unit, amount + days, start, segments, pauses)
    pauses = merge_pauses(pauses)
    due = deadline(unit, amount, start, segments, pauses)
    if due is None or not days:
        return due
    # Its date is that of the last second of work: closing at 24:00 is still today.
    tick = 1 if amount else 0
    return _same_time(_Dates(due - tick, segments, pauses), days, tick)


# ------------------------------------------------------------------- working time
def deadline_after(
    start: int,
    seconds: int,
    segments: Sequence[Segment],
    pauses: Iterable[Pause] = (),
) -> int | None:
    """Return the first instant at which so much time that counts has passed."""
    if seconds < 0:
        raise WorkingTimeError("The time of a target must be 0 or more.")
    if len(segments) == 1 and not pauses and segments[0].start <= start:
        return segments[0].table.reach(start, seconds)  # as for most clocks
    left = seconds
    for begin, end, table in _pieces(start, segments, pauses):
        if end is None or end > table.end:
            return table.reach(begin, left)
        worked = table.work_between(begin, end)
        if worked and worked >= left:
            return table.reach(begin, left)
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
    """Cut the time from ``start`` on into pieces on one timetable, without pauses."""
    merged = merge_pauses(pauses)
    for begin, end, table in _reigns(start, segments):
        for pause in merged:
            if end is not None and pause.start >= end:
                break
            if pause.start > begin:
                yield _Piece(begin, pause.start, table)
            if pause.end is None:
                return
            begin = max(begin, pause.end)
        if end is None or begin < end:
            yield _Piece(begin, end, table)


def _reigns(start: int, segments: Sequence[Segment]) -> Iterator[_Piece]:
    """Yield the timetables that hold from ``start`` on, and when."""
    if not segments or segments[0].start > start:
        raise WorkingTimeError("No calendar holds at the start of this clock.")
    ends = [*(segment.start for segment in segments[1:]), None]
    for segment, end in zip(segments, ends, strict=True):
        begin = max(start, segment.start)
        if end is None or begin < end:
            yield _Piece(begin, end, segment.table)


# -------------------------------------------------------------------------- dates
#: The instant at which a date ends for a mode.
_End = Callable[[date, Timetable], int]


class _Dates:
    """The dates of a clock that begins at ``start``, and which of them count."""

    def __init__(
        self, start: int, segments: Sequence[Segment], pauses: Iterable[Pause]
    ) -> None:
        self.start = start
        self.reigns = list(_reigns(start, segments))
        self.pauses = merge_pauses(pauses)
        self.zone = self.reigns[0].table.zone
        self.day = self.reigns[0].table.local_date(start)

    def nth(
        self, number: int, day: date, end: _End, working: bool = True
    ) -> tuple[date, int] | None:
        """Return the ``number``-th date from ``day`` on that counts, and its end.

        ``None`` if an open pause comes before it.
        """
        if working and len(self.reigns) == 1 and not self.pauses:
            # What is wrong with a calendar is said by the walk below.
            with suppress(WorkingTimeError):
                return self._leap(number, day, end)
        left = number
        while True:
            ended = self._end_of(day, end, working)
            pause = None if ended is None else self._pause_at(ended - 1)
            if pause and pause.end is None:
                return None
            if ended is not None and not pause:
                left -= 1
                if not left:
                    return day, ended
            day += _ONE_DAY

    def _leap(self, number: int, day: date, end: _End) -> tuple[date, int]:
        """Return the same on one timetable without pauses, as for most clocks.

        There every working date counts that is not over when the clock begins.
        """
        begin, _end, table = self.reigns[0]
        before = day if end(day, table) <= begin else day - _ONE_DAY
        found = table.nth_working_date(before, number)
        return found, end(found, table)

    def _end_of(self, day: date, end: _End, working: bool) -> int | None:
        """Return when a date ends, by the timetable that holds then.

        ``None`` if it was over when the clock began, or is not a working date and
        should be one.
        """
        held = None
        for reign in self.reigns:
            at = end(day, reign.table)
            if at > reign.start:
                held = at, reign
                if reign.end is None or at <= reign.end:
                    break
        return held[0] if held and self._counts(day, held[1], working) else None

    def _counts(self, day: date, reign: _Piece, working: bool) -> bool:
        table = reign.table
        if not table.first <= day <= table.last:
            table.next_start(reign.start)  # says so if work is never done again
            raise HorizonError("The target lies beyond the end of the calendar.")
        return table.is_working_date(day) or not working

    def _pause_at(self, instant: int) -> Pause | None:
        for pause in self.pauses:
            if pause.start <= instant and (pause.end is None or instant < pause.end):
                return pause
        return None


def _end_of_date(day: date, table: Timetable) -> int:
    return table.last_second(day)


def _closing(day: date, table: Timetable) -> int:
    closing = table.closing_time(day)
    return closing if closing > table.midnight(day) else table.last_second(day)


def _statutory_working_days(dates: _Dates, days: int) -> int | None:
    found = dates.nth(days, dates.day + _ONE_DAY, _end_of_date)
    return found and found[1]


def _calendar_days_roll_forward(dates: _Dates, days: int) -> int | None:
    found = dates.nth(days, dates.day + _ONE_DAY, _end_of_date, working=False)
    found = found and dates.nth(1, found[0], _end_of_date)
    return found and found[1]


def _same_time(dates: _Dates, days: int, tick: int = 0) -> int | None:
    """Return the time of day ``tick`` seconds after the start, working dates later."""
    local = datetime.fromtimestamp(dates.start, dates.zone).replace(tzinfo=None)
    after = local - datetime.combine(dates.day, time.min) + timedelta(seconds=tick)

    def end(day: date, _table: Timetable) -> int:
        return first_instant(datetime.combine(day, time.min) + after, dates.zone)

    found = dates.nth(days, dates.day + _ONE_DAY, end)
    return found and found[1]


def _end_of_nth_working_day(dates: _Dates, days: int) -> int | None:
    found = dates.nth(days, dates.day, _closing)
    return found and found[1]


_IN_DATES = {
    "statutory_working_days": _statutory_working_days,
    "calendar_days_roll_forward": _calendar_days_roll_forward,
    "working_days_same_time": _same_time,
    "end_of_nth_working_day": _end_of_nth_working_day,
}
