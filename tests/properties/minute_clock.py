"""The clock of a promise counted minute by minute: slow, plain, and independent.

It follows the conventions as they are written, not the way `tools/deadlines.py` finds
its answers. Minutes are counted since 1970 in UTC; a local time is a number of minutes
too, so that `local // DAY` is a date. Deadlines are seconds, as the engine gives them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from odoo.addons.citizen_crm.tools.working_time import Calendar

DAY = 24 * 60
BEYOND = object()  #: the answer lies outside the minutes that are looked at


@lru_cache(maxsize=32)
def local_minutes(tz: str, first: int, count: int) -> list[int]:
    """Return what the clocks of a zone show, minute after minute."""
    zone, shown = ZoneInfo(tz), []
    for minute in range(first, first + count):
        wall = datetime.fromtimestamp(minute * 60, zone)
        shown.append((wall.toordinal() * 24 + wall.hour) * 60 + wall.minute)
    return shown


@dataclass
class Sheet:
    """The minutes `first` to `first + count` of one calendar."""

    calendar: Calendar
    first: int
    count: int

    @cached_property
    def local(self) -> list[int]:
        return local_minutes(self.calendar.tz, self.first, self.count)

    @cached_property
    def works(self) -> list[bool]:
        """Tell of each minute whether it is working time."""
        patterns = {day: self._pattern(day) for day in {m // DAY for m in self.local}}
        works = [patterns[minute // DAY][minute % DAY] for minute in self.local]
        special = {day.toordinal() for day in self.calendar.special}
        for start, end in self.calendar.leaves:
            for index in self._indexes(start // 60, end // 60):
                if self.local[index] // DAY not in special:
                    works[index] = False
        return works

    def _indexes(self, start: int, end: int) -> range:
        return range(max(start - self.first, 0), min(end - self.first, self.count))

    def _pattern(self, day: int) -> list[bool]:
        calendar, today = self.calendar, date.fromordinal(day)
        if today in calendar.special:
            intervals = calendar.special[today]
        elif today in calendar.closed:
            intervals = ()
        else:
            weeks = (today - date(1, 1, 1)).days // 7
            week = calendar.weeks[weeks % len(calendar.weeks)]
            intervals = week[today.weekday()]
        pattern = [False] * DAY
        for start, end in intervals:
            pattern[start // 60 : end // 60] = [True] * ((end - start) // 60)
        return pattern

    @cached_property
    def last_minute(self) -> dict[int, int]:
        """The last minute of each date, as an index."""
        return {minute // DAY: index for index, minute in enumerate(self.local)}

    @cached_property
    def first_minute(self) -> dict[int, int]:
        """The first minute of each date, as an index."""
        backwards = range(self.count - 1, -1, -1)
        return {self.local[index] // DAY: index for index in backwards}

    @cached_property
    def closing(self) -> dict[int, int]:
        """The last working minute of each working date, as an index."""
        pairs = zip(self.local, self.works, strict=True)
        return {
            minute // DAY: index for index, (minute, works) in enumerate(pairs) if works
        }

    def dates_from(self, day: int) -> Iterator[int]:
        """Yield the dates from a date on that lie within these minutes as a whole."""
        return iter(range(day, (self.local[-1] + 1) // DAY))


@dataclass
class MinuteClock:
    """A clock that begins at a minute, on calendars that follow each other."""

    start: int
    sheets: Sequence[Sheet]  #: of the same minutes
    changes: Sequence[int] = ()  #: the minutes at which the next sheet begins to hold
    pauses: Sequence[tuple[int, int | None]] = field(default_factory=list)

    @property
    def first(self) -> int:
        return self.sheets[0].first

    def sheet_at(self, index: int) -> Sheet:
        held = [change for change in self.changes if change <= self.first + index]
        return self.sheets[len(held)]

    @cached_property
    def paused(self) -> list[str]:
        """Of each minute: "" or "paused" or "open"."""
        paused = [""] * self.sheets[0].count
        for start, end in self.pauses:
            last = len(paused) if end is None else min(end - self.first, len(paused))
            for index in range(max(start - self.first, 0), last):
                paused[index] = "open" if end is None else paused[index] or "paused"
        return paused

    @cached_property
    def kinds(self) -> list[str]:
        """Of each minute from the start on: counts, paused or off."""
        begin, count = self.start - self.first, self.sheets[0].count
        cuts = [begin, *(max(change - self.first, begin) for change in self.changes)]
        kinds = []
        for sheet, low, high in zip(self.sheets, cuts, [*cuts[1:], count], strict=True):
            for index in range(low, high):
                kind = "counts" if sheet.works[index] else "off"
                kinds.append("paused" if self.paused[index] else kind)
        return kinds

    # ------------------------------------------------------------- working time
    def elapsed(self, at: int) -> int:
        return 60 * self.kinds[: at - self.start].count("counts")

    def after(self, minutes: int) -> object:
        """Return when so many minutes have been counted."""
        left = minutes
        for minute, kind in enumerate(self.kinds, self.start):
            if kind == "counts":
                if left == 0:
                    return minute * 60
                left -= 1
                if left == 0:
                    return (minute + 1) * 60
        return None if "open" in self.paused[self.start - self.first :] else BEYOND

    # ------------------------------------------------------------- dates
    @property
    def day(self) -> int:
        return self.sheets[0].local[self.start - self.first] // DAY

    def _nth(self, days: int, ends: Iterator[tuple[int, int, int]]) -> object:
        """Count dates, given their last minutes and ends: the date and its end."""
        for day, last, end in ends:
            if self.paused[last] == "open":
                return None
            days -= not self.paused[last]
            if days == 0:
                return day, end
        return BEYOND

    def _all_dates(self, day: int) -> Iterator[tuple[int, int, int]]:
        sheet, last = self.sheets[0], 0
        for today in sheet.dates_from(day):
            last = sheet.last_minute.get(today, last)  # a date may be skipped
            yield today, last, (self.first + last) * 60 + 59

    def _working_dates(self, day: int) -> Iterator[tuple[int, int, int]]:
        for today, last, end in self._all_dates(day):
            if today in self.sheet_at(last).closing:
                yield today, last, end

    def statutory_working_days(self, days: int) -> object:
        found = self._nth(days, self._working_dates(self.day + 1))
        return found[1] if isinstance(found, tuple) else found

    def calendar_days_roll_forward(self, days: int) -> object:
        found = self._nth(days, self._all_dates(self.day + 1))
        if isinstance(found, tuple):
            found = self._nth(1, self._working_dates(found[0]))
        return found[1] if isinstance(found, tuple) else found

    def working_days_same_time(self, days: int) -> object:
        sheet = self.sheets[0]
        time_of_day = sheet.local[self.start - self.first] % DAY

        def ends() -> Iterator[tuple[int, int, int]]:
            for today, _last, _end in self._working_dates(self.day + 1):
                wanted = today * DAY + time_of_day
                index = next(i for i, m in enumerate(sheet.local) if m >= wanted)
                # if it is skipped, so long after the last minute before it
                index += wanted - sheet.local[index - 1] - 1
                yield today, index - 1, (self.first + index) * 60

        found = self._nth(days, ends())
        return found[1] if isinstance(found, tuple) else found

    def end_of_nth_working_day(self, days: int) -> object:
        sheet = self.sheets[0]

        def ends() -> Iterator[tuple[int, int, int]]:
            for today in sheet.dates_from(self.day):
                last = sheet.closing.get(today, -1)
                if self.first + last >= self.start:
                    yield today, last, (self.first + last + 1) * 60

        found = self._nth(days, ends())
        return found[1] if isinstance(found, tuple) else found


def minute_of(day: date) -> int:
    """Return the minute at which a date begins in UTC."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return (midnight - epoch) // timedelta(minutes=1)
