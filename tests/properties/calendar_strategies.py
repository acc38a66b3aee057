"""Calendars, pauses and changes of calendar, where clocks are put forward or back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import strategies as st
from minute_clock import DAY, MinuteClock, Sheet, minute_of

from odoo.addons.citizen_crm.tools.deadlines import Pause, Segment
from odoo.addons.citizen_crm.tools.working_time import Calendar, Interval, Timetable

#: A zone, and a date near which something happens.
PLACES = (
    ("UTC", date(2026, 12, 31)),
    ("Asia/Taipei", date(2026, 2, 17)),
    ("Asia/Kathmandu", date(2024, 2, 29)),
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),  # by half an hour
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("America/Sao_Paulo", date(2018, 11, 4)),  # at midnight: a day begins at 01:00
    ("America/Sao_Paulo", date(2018, 2, 18)),  # at midnight: 23:00 comes again
    ("Asia/Beirut", date(2026, 3, 29)),
    ("America/Havana", date(2026, 11, 1)),  # midnight comes again
    ("America/St_Johns", date(2010, 11, 7)),  # at 00:01 back to the day before
    ("Africa/Casablanca", date(2026, 2, 15)),  # for Ramadan
    ("Pacific/Apia", date(2011, 12, 30)),  # the date that never was
)
BEFORE, AFTER = timedelta(5), timedelta(7)  #: what is looked at, around the date
MARGIN = timedelta(3)  #: so much more is compiled

ALL_DAY = (Interval(0, 86_400),)
TIMES = (0, 1, 60, 90, 120, 150, 180, 540, 720, 780, 1020, 1380, 1410, 1439, 1440)


def to_intervals(times: set[int]) -> tuple[Interval, ...]:
    """Make working times of minutes: begin, end, begin, end ..."""
    ends = sorted(times)
    pairs = zip(ends[::2], ends[1::2], strict=False)
    return tuple(Interval(start * 60, end * 60) for start, end in pairs)


PATTERNS = st.sets(st.sampled_from(TIMES) | st.integers(0, DAY), max_size=6).map(
    to_intervals
)
POOLS = st.tuples(st.just(()), st.just(ALL_DAY), PATTERNS, PATTERNS)
WEEKS = st.lists(st.integers(0, 4**7 - 1), min_size=1, max_size=2)
NEAR = st.integers(-4, 5)  #: days from the date
CLOSED = st.frozensets(NEAR, max_size=2)
SPECIAL = st.dictionaries(NEAR, st.integers(0, 3), max_size=2)
LEAVES = st.lists(
    st.tuples(st.integers(0, 10 * DAY), st.integers(0, 2 * DAY)), max_size=2
)
SPECS = st.tuples(POOLS, WEEKS, CLOSED, SPECIAL, LEAVES)


def build(tz: str, around: date, spec: tuple) -> Calendar:
    """Make a calendar whose holidays, special days and leaves are near a date."""
    pool, weeks, closed, special, leaves = spec
    first = minute_of(around - BEFORE)
    return Calendar(
        tz,
        tuple(
            tuple(pool[number // 4**day % 4] for day in range(7)) for number in weeks
        ),
        closed=frozenset(around + timedelta(offset) for offset in closed),
        special={
            around + timedelta(day): pool[index] for day, index in special.items()
        },
        leaves=tuple(
            (60 * (first + start), 60 * (first + start + length))
            for start, length in leaves
        ),
    )


@dataclass
class Case:
    """The same clock twice: for the engine and counted by the minute."""

    clock: MinuteClock
    segments: list[Segment]
    pauses: list[Pause]

    @property
    def start(self) -> int:
        return self.clock.start * 60

    @property
    def end(self) -> int:
        """The end of the minutes that are looked at."""
        sheet = self.clock.sheets[0]
        return (sheet.first + sheet.count) * 60


def compile_around(calendar: Calendar, around: date) -> Timetable:
    return Timetable(calendar, around - BEFORE - MARGIN, around + AFTER + MARGIN)


STARTS = st.integers(0, 10 * DAY)
LENGTHS = st.integers(0, 120) | st.integers(0, 3 * DAY) | st.just(DAY)
#: Pauses in any order: they overlap, are empty, begin too early; one in five is open.
PAUSES = st.lists(st.tuples(STARTS, LENGTHS, st.integers(1, 5)), max_size=4)
CHANGES = st.tuples(st.integers(0, 9 * DAY), st.integers(0, 2), SPECS)
COUNT = (BEFORE + AFTER) // timedelta(minutes=1)


@st.composite
def sheets(draw: st.DrawFn) -> tuple[Sheet, Timetable]:
    """One calendar, by the minute and compiled."""
    tz, around = draw(st.sampled_from(PLACES))
    calendar = build(tz, around, draw(SPECS))
    sheet = Sheet(calendar, minute_of(around - BEFORE), COUNT)
    return sheet, compile_around(calendar, around)


@st.composite
def cases(draw: st.DrawFn, changes: int = 0, zones: bool = False) -> Case:
    """A clock with at most so many changes of calendar, perhaps to other zones."""
    tz, around = draw(st.sampled_from(PLACES))
    first = minute_of(around - BEFORE)
    changed = sorted(draw(st.lists(CHANGES, max_size=changes)), key=lambda c: c[0])
    tzs = (tz, "UTC", "Asia/Taipei") if zones else (tz,) * 3
    made = [build(tz, around, draw(SPECS))]
    made += [build(tzs[zone], around, spec) for _at, zone, spec in changed]
    begins = [first, *(first + at for at, _zone, _spec in changed)]
    pauses = [
        (first + start, first + start + length if kind < 5 else None)
        for start, length, kind in draw(PAUSES)
    ]
    clock = MinuteClock(
        first + draw(st.integers(DAY, 5 * DAY)),
        [Sheet(calendar, first, COUNT) for calendar in made],
        begins[1:],
        pauses,
    )
    tables = [compile_around(calendar, around) for calendar in made]
    return Case(
        clock,
        [Segment(a * 60, table) for a, table in zip(begins, tables, strict=True)],
        [Pause(a * 60, None if b is None else b * 60) for a, b in pauses],
    )
