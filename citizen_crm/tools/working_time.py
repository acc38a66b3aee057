"""Working time as arithmetic: compiled calendars, tables of working time.

Pure functions on whole seconds. A calendar is compiled once into a table of the
instants at which work begins and ends; after that every question is a search in sorted
numbers. Instants are ``int`` seconds since 1970 in UTC, durations are ``int`` seconds.

Conventions:

* Working time is a set of half-open local wall-clock intervals per weekday; weeks may
  take turns. A closed date has none; a leave takes a stretch of instants out of the
  pattern; a special date has its own intervals, which replace pattern, closing and
  leaves. An instant is working time if its *local wall time* lies in an interval, so a
  skipped hour is not worked and a repeated one is worked twice.
* A working date is a date on which any working time is left.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple
from zoneinfo import ZoneInfo

DAY = 86_400
_ONE_DAY = timedelta(days=1)
_EPOCH = date(1970, 1, 1)


class WorkingTimeError(ValueError):
    """A question that the calendar cannot answer; the message says what to mend."""


class EmptyCalendarError(WorkingTimeError):
    """The calendar has no working time from here to its horizon."""


class HorizonError(WorkingTimeError):
    """The answer lies outside the dates for which the calendar is compiled."""


class Interval(NamedTuple):
    """A half-open interval of a day, in seconds since local midnight."""

    start: int
    end: int


Week = tuple[tuple[Interval, ...], ...]


@dataclass(frozen=True)
class Calendar:
    """What a calendar says, before it is compiled.

    :param weeks: the weekly patterns that take turns, usually one; a week is seven
        tuples of intervals, Monday first, and weeks are counted from 0001-01-01
    :param closed: dates without work
    :param special: dates with their own intervals (make-up days, half days, closures)
    :param leaves: stretches ``(start, end)`` of instants without work
    """

    tz: str
    weeks: tuple[Week, ...]
    closed: frozenset[date] = frozenset()
    special: Mapping[date, tuple[Interval, ...]] = field(default_factory=dict)
    leaves: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        _check_zone(self.tz)
        if not self.weeks or any(len(week) != 7 for week in self.weeks):
            raise WorkingTimeError("A calendar needs a week, and a week seven days.")
        for week in self.weeks:
            for intervals in week:
                _check_intervals(intervals)
        for intervals in self.special.values():
            _check_intervals(intervals)

    def intervals_on(self, day: date) -> tuple[Interval, ...]:
        """Return the working intervals of a date; leaves are not considered.

        >>> day = (Interval(9 * 3600, 17 * 3600),)
        >>> office = Calendar("UTC", ((day,) * 5 + ((),) * 2,))
        >>> office.intervals_on(date(2026, 3, 7))
        ()
        """
        if day in self.special:
            return self.special[day]
        if day in self.closed:
            return ()
        week = self.weeks[(day.toordinal() - 1) // 7 % len(self.weeks)]
        return week[day.weekday()]

    @property
    def usual_day(self) -> int:
        """Return the working seconds of a working day, as the mean of the pattern.

        >>> day = (Interval(9 * 3600, 17 * 3600),)
        >>> Calendar("UTC", ((day,) * 5 + ((),) * 2,)).usual_day
        28800
        """
        lengths = [
            sum(end - start for start, end in intervals)
            for week in self.weeks
            for intervals in week
            if intervals
        ]
        return sum(lengths) // len(lengths) if lengths else DAY


def _check_zone(tz: str) -> None:
    try:
        ZoneInfo(tz)
    except (KeyError, ValueError, OSError) as error:
        raise WorkingTimeError(f"There is no time zone {tz!r}.") from error


def _check_intervals(intervals: Sequence[Interval]) -> None:
    last = 0
    for start, end in intervals:
        if not last <= start < end <= DAY:
            raise WorkingTimeError(
                "Intervals of a day must be in order, apart and within 24 hours."
            )
        last = end


class Timetable:
    """A calendar compiled for the dates ``first`` to ``last``, both included."""

    def __init__(self, calendar: Calendar, first: date, last: date) -> None:
        self.calendar = calendar
        self.zone = ZoneInfo(calendar.tz)
        self.usual_day = calendar.usual_day  # asked for every step of every badge
        self.first, self.last = first, last
        self.begin = self.midnight(first)
        self.end = self.midnight(last + _ONE_DAY)
        self._leaves = _join(calendar.leaves)
        hours: dict[date, list[tuple[int, int]]] = {}
        for day, spans in self._worked_dates():
            hours.setdefault(day, []).extend(spans)
        self._dates = sorted(hours)
        self._opens = [hours[day][0][0] for day in self._dates]
        self._closes = [hours[day][-1][1] for day in self._dates]
        worked = _join(span for spans in hours.values() for span in spans)
        self._starts = [start for start, _end in worked]
        self._ends = [end for _start, end in worked]
        self._worked = [0, *accumulate(end - start for start, end in worked)]

    def _worked_dates(self) -> Iterator[tuple[date, list[tuple[int, int]]]]:
        """Yield the dates that have working time, with its spans of instants."""
        for low, high, offset in _offset_spans(self.begin, self.end, self.zone):
            first, last = (low + offset) // DAY, (high - 1 + offset) // DAY
            for number in range(first, last + 1):
                day = _EPOCH + timedelta(number)
                midnight = number * DAY - offset
                spans = [
                    (max(low, midnight + start), min(high, midnight + end))
                    for start, end in self.calendar.intervals_on(day)
                ]
                if day not in self.calendar.special:
                    spans = _subtract(spans, self._leaves)
                if spans := [(start, end) for start, end in spans if start < end]:
                    yield day, spans

    # ------------------------------------------------------------- local time
    def midnight(self, day: date) -> int:
        """Return the first instant of a local date."""
        return first_instant(datetime.combine(day, time.min), self.zone)

    def local_date(self, instant: int) -> date:
        """Return the local date of an instant."""
        return datetime.fromtimestamp(instant, self.zone).date()

    def last_second(self, day: date) -> int:
        """Return the last second of a local date, on which deadlines in dates fall."""
        return last_instant(datetime.combine(day, time(23, 59, 59)), self.zone)

    # ----------------------------------------------------------- working time
    def worked_until(self, instant: int) -> int:
        """Return the working seconds before an instant, since the table begins."""
        self._check_horizon(instant)
        index = bisect_right(self._starts, instant) - 1
        if index < 0:
            return 0
        return (
            self._worked[index] + min(instant, self._ends[index]) - self._starts[index]
        )

    def work_between(self, start: int, end: int) -> int:
        """Return the working seconds in ``[start, end)``."""
        return self.worked_until(end) - self.worked_until(start)

    def first_at(self, worked: int) -> int:
        """Return the first instant with so many working seconds before it.

        For 0 this is the first working instant of the table.
        """
        if worked <= 0:
            if not self._starts:
                raise EmptyCalendarError("The calendar has no working time.")
            return self._starts[0]
        index = bisect_left(self._worked, worked)
        if index >= len(self._worked):
            raise HorizonError("The target lies beyond the end of the calendar.")
        return self._ends[index - 1] - (self._worked[index] - worked)

    def next_start(self, instant: int) -> int:
        """Return the first working instant at or after an instant."""
        return self.reach(instant, 0)

    def reach(self, instant: int, seconds: int) -> int:
        """Return the first instant with so much working time since an instant.

        For 0 this is the first working instant from there on.
        """
        # Deadlines ask it by the thousand, so all is looked up once.
        self._check_horizon(instant)
        index = bisect_right(self._ends, instant)
        if index >= len(self._starts):
            raise EmptyCalendarError("The calendar has no working time from here on.")
        begin = self._starts[index]
        first = instant if instant > begin else begin
        if seconds <= 0:
            return first
        worked = self._worked[index] + first - begin + seconds
        index = bisect_left(self._worked, worked, index)
        if index >= len(self._worked):
            raise HorizonError("The target lies beyond the end of the calendar.")
        return self._ends[index - 1] - (self._worked[index] - worked)

    def spans_between(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield the working times in ``[start, end)``, in order."""
        self._check_horizon(start)
        self._check_horizon(end)
        index = bisect_right(self._ends, start)
        while index < len(self._starts) and self._starts[index] < end:
            yield max(start, self._starts[index]), min(end, self._ends[index])
            index += 1

    def is_working_date(self, day: date) -> bool:
        """Tell whether any working time is left on a date."""
        self._check_date(day)
        index = bisect_left(self._dates, day)
        return index < len(self._dates) and self._dates[index] == day

    def dates_touched(self, start: int, end: int) -> int:
        """Return the number of working dates with work in ``[start, end)``."""
        touched = bisect_left(self._opens, end) - bisect_right(self._closes, start)
        return max(touched, 0)

    def whole_dates(self, start: int, end: int) -> tuple[int, int]:
        """Return the number of dates wholly worked in ``[start, end)``, and the work.

        The work is in seconds.
        """
        first = bisect_left(self._opens, start)
        after = bisect_right(self._closes, end)
        if first >= after:
            return 0, 0
        work = self.work_between(self._opens[first], self._closes[after - 1])
        return after - first, work

    def nth_working_date(self, day: date, count: int) -> date:
        """Return the ``count``-th working date after a date; for 0 the date itself."""
        self._check_date(day)
        if not count:
            return day
        index = bisect_right(self._dates, day)
        if index >= len(self._dates):
            raise EmptyCalendarError("The calendar has no working date from here on.")
        if index + count > len(self._dates):
            raise HorizonError("The target lies beyond the end of the calendar.")
        return self._dates[index + count - 1]

    def closing_time(self, day: date) -> int:
        """Return when work ends on a date; its first instant if there is none."""
        index = bisect_left(self._dates, day)
        if index < len(self._dates) and self._dates[index] == day:
            return self._closes[index]
        return self.midnight(day)

    def _check_date(self, day: date) -> None:
        if not self.first <= day <= self.last:
            raise HorizonError("This date lies outside the dates of the calendar.")

    def _check_horizon(self, instant: int) -> None:
        if not self.begin <= instant <= self.end:
            raise HorizonError("This time lies outside the dates of the calendar.")


def _offset_spans(
    begin: int, end: int, zone: ZoneInfo
) -> Iterator[tuple[int, int, int]]:
    """Cut a time where the zone's offset from UTC changes: ``(start, end, offset)``."""
    start, offset = begin, _offset(begin, zone)
    for low in range(begin, end, DAY):
        window = range(low, min(low + DAY, end))
        if _offset(window[-1], zone) != offset:
            change = window[bisect_left(window, True, key=_differs_from(offset, zone))]
            yield start, change, offset
            start, offset = change, _offset(change, zone)
    yield start, end, offset


def _differs_from(offset: int, zone: ZoneInfo) -> Callable[[int], bool]:
    return lambda instant: _offset(instant, zone) != offset


def _offset(instant: int, zone: ZoneInfo) -> int:
    delta = datetime.fromtimestamp(instant, zone).utcoffset()
    return int((delta or timedelta()).total_seconds())


@lru_cache(maxsize=8192)
def first_instant(wall: datetime, zone: ZoneInfo) -> int:
    """Return the first instant that shows a local time.

    A local time that clocks skip is read by the clock before they were put forward:

    >>> berlin = ZoneInfo("Europe/Berlin")
    >>> skipped = first_instant(datetime(2026, 3, 29, 2, 30), berlin)
    >>> print(datetime.fromtimestamp(skipped, berlin))
    2026-03-29 03:30:00+02:00
    """
    return min(at for at, shown in _readings(wall, zone) if shown >= wall)


@lru_cache(maxsize=8192)
def last_instant(wall: datetime, zone: ZoneInfo) -> int:
    """Return the last instant that shows a local time.

    A local time that clocks skip is read by the clock after they were put forward.
    """
    return max(at for at, shown in _readings(wall, zone) if shown <= wall)


def _readings(wall: datetime, zone: ZoneInfo) -> Iterator[tuple[int, datetime]]:
    """Yield both ways to read a local time, with the local time that is then shown."""
    for fold in (0, 1):
        instant = int(wall.replace(tzinfo=zone, fold=fold).timestamp())
        yield instant, datetime.fromtimestamp(instant, zone).replace(tzinfo=None)


def _subtract(
    spans: Sequence[tuple[int, int]], leaves: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Return what is left of spans without the leaves; both sorted and apart.

    >>> _subtract([(0, 10)], [(2, 4), (8, 12)])
    [(0, 2), (4, 8)]
    """
    left = []
    for start, end in spans:
        begin = start
        for off, on in leaves[max(0, bisect_right(leaves, (begin,)) - 1) :]:
            if off >= end:
                break
            if begin < off:
                left.append((begin, off))
            begin = max(begin, on)
        if begin < end:
            left.append((begin, end))
    return left


def _join(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sort spans and join those that overlap or touch."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        elif start < end:
            joined.append((start, end))
    return joined
