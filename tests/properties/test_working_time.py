"""Compiled calendars agree with a count by the minute, in every zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

import pytest
from calendar_strategies import ALL_DAY, sheets
from hypothesis import given, settings
from hypothesis import strategies as st
from minute_clock import DAY, Sheet

from odoo.addons.citizen_crm.tools.working_time import (
    Calendar,
    EmptyCalendarError,
    HorizonError,
    Interval,
    Timetable,
    WorkingTimeError,
    first_instant,
    last_instant,
)

OFFICE = (Interval(9 * 3600, 12 * 3600), Interval(13 * 3600, 17 * 3600))
WEEK = (OFFICE,) * 5 + ((),) * 2
NOTHING = ((),) * 7

indexes = st.integers(0, 12 * DAY - 1)
compiled = sheets()
fewer = settings(max_examples=50)


def spans(sheet: Sheet) -> list[tuple[int, int]]:
    """Return the working times of a sheet in seconds."""
    found = []
    for works, group in groupby(range(sheet.count), key=sheet.works.__getitem__):
        if works:
            minutes = [sheet.first + index for index in group]
            found.append((minutes[0] * 60, (minutes[-1] + 1) * 60))
    return found


def clipped(table: Timetable, sheet: Sheet) -> list[tuple[int, int]]:
    first, last = sheet.first * 60, (sheet.first + sheet.count) * 60
    return list(table.spans_between(first, last))


@given(compiled)
def test_working_time_is_the_same_by_the_minute(pair: tuple[Sheet, Timetable]) -> None:
    sheet, table = pair
    assert clipped(table, sheet) == spans(sheet)


@fewer
@given(compiled, indexes, indexes)
def test_sums_are_the_same(pair: tuple[Sheet, Timetable], one: int, other: int) -> None:
    sheet, table = pair
    low, high = sorted((one, other))
    worked = table.work_between((sheet.first + low) * 60, (sheet.first + high) * 60)
    assert worked == 60 * sum(sheet.works[low:high])


@fewer
@given(compiled, indexes)
def test_the_next_start_of_work(pair: tuple[Sheet, Timetable], index: int) -> None:
    sheet, table = pair
    expected = next((i for i in range(index, sheet.count) if sheet.works[i]), None)
    if expected is not None:
        start = table.next_start((sheet.first + index) * 60)
        assert start == (sheet.first + expected) * 60


@given(compiled)
def test_first_at_undoes_the_sum(pair: tuple[Sheet, Timetable]) -> None:
    """It finds the very first instant, so closing time and not the next opening."""
    sheet, table = pair
    for start, end in clipped(table, sheet):
        for instant in {start + 1, start + (end - start) // 2, end}:
            assert table.first_at(table.worked_until(instant)) == instant


@given(compiled, indexes, st.integers(0, 40 * 3600))
def test_reach_is_all_three_in_one(
    pair: tuple[Sheet, Timetable], index: int, seconds: int
) -> None:
    sheet, table = pair
    instant = (sheet.first + index) * 60

    def step_by_step() -> int:
        first = table.next_start(instant)
        return table.first_at(table.worked_until(first) + seconds) if seconds else first

    try:
        expected = step_by_step()
    except WorkingTimeError as error:
        with pytest.raises(type(error)):
            table.reach(instant, seconds)
    else:
        assert table.reach(instant, seconds) == expected


@fewer
@given(compiled)
def test_dates_are_the_same(pair: tuple[Sheet, Timetable]) -> None:
    sheet, table = pair
    for number in range(sheet.local[0] // DAY + 1, sheet.local[-1] // DAY):
        day = date.fromordinal(number)
        assert table.is_working_date(day) == (number in sheet.closing)
        if number in sheet.closing:
            closing = sheet.first + sheet.closing[number] + 1
            assert table.closing_time(day) == closing * 60
        if number in sheet.last_minute:
            first, last = sheet.first_minute[number], sheet.last_minute[number]
            assert table.midnight(day) == (sheet.first + first) * 60
            assert table.last_second(day) == (sheet.first + last) * 60 + 59
            assert table.local_date((sheet.first + last) * 60) == day


@fewer
@given(compiled, st.integers(1, 6))
def test_the_nth_working_date(pair: tuple[Sheet, Timetable], count: int) -> None:
    sheet, table = pair
    received = sheet.local[0] // DAY
    later = sorted(number for number in sheet.closing if number > received)[:-1]
    if len(later) >= count:
        found = table.nth_working_date(date.fromordinal(received), count)
        assert found.toordinal() == later[count - 1]


@fewer
@given(compiled)
def test_what_lies_outside_is_refused(pair: tuple[Sheet, Timetable]) -> None:
    _sheet, table = pair
    for instant in (table.begin - 1, table.end + 1):
        with pytest.raises(HorizonError):
            table.worked_until(instant)
        with pytest.raises(HorizonError):
            table.next_start(instant)
    with pytest.raises(WorkingTimeError):
        table.first_at(table.worked_until(table.end) + 1)
    with pytest.raises(HorizonError):
        table.is_working_date(table.last + timedelta(1))
    with pytest.raises(WorkingTimeError):
        table.nth_working_date(table.first, (table.last - table.first).days + 1)


ZONES = st.sampled_from(
    ("Europe/Berlin", "America/St_Johns", "Pacific/Apia", "Asia/Beirut", "UTC")
)
WALLS = st.datetimes(datetime(2009, 1, 1), datetime(2012, 12, 31)).map(
    lambda wall: wall.replace(microsecond=0)
)


@settings(max_examples=300)
@given(ZONES, WALLS)
def test_the_instants_of_a_local_time(tz: str, wall: datetime) -> None:
    """Both show the time, unless it is skipped: then one shows more, one less."""
    zone = ZoneInfo(tz)
    first, last = first_instant(wall, zone), last_instant(wall, zone)
    shown = [
        datetime.fromtimestamp(at, zone).replace(tzinfo=None) for at in (first, last)
    ]
    if shown[0] == wall:
        assert shown[1] == wall and first <= last
    else:
        assert shown[1] < wall < shown[0] and last < first


def test_years_ahead() -> None:
    """Ten years by arithmetic are ten years day by day."""
    calendar = Calendar("Europe/Berlin", (WEEK,))
    table = Timetable(calendar, date(2026, 1, 1), date(2035, 12, 31))
    days = (date(2036, 1, 1) - date(2026, 1, 1)).days
    dates = [date(2026, 1, 1) + timedelta(number) for number in range(days)]
    working = [day for day in dates if day.weekday() < 5]
    assert table.worked_until(table.end) == len(working) * 7 * 3600
    assert table.nth_working_date(date(2026, 1, 1), len(working) - 1) == working[-1]
    with pytest.raises(HorizonError):
        table.nth_working_date(date(2026, 1, 1), len(working))
    with pytest.raises(HorizonError):
        table.first_at(len(working) * 7 * 3600 + 1)


def test_an_empty_week_says_so() -> None:
    table = Timetable(Calendar("UTC", (NOTHING,)), date(2026, 1, 1), date(2026, 12, 31))
    assert table.work_between(table.begin, table.end) == 0
    for ask in (
        lambda: table.next_start(table.begin),
        lambda: table.first_at(0),
        lambda: table.nth_working_date(table.first, 1),
    ):
        with pytest.raises(EmptyCalendarError):
            ask()


def test_round_the_clock_is_one_span() -> None:
    """Work over midnight and over changes of the clocks has no seams."""
    calendar = Calendar("Europe/Berlin", ((ALL_DAY,) * 7,))
    table = Timetable(calendar, date(2026, 1, 1), date(2026, 12, 31))
    assert list(table.spans_between(table.begin, table.end)) == [
        (table.begin, table.end)
    ]
    assert table.worked_until(table.end) == 365 * 86_400


def test_weeks_take_turns() -> None:
    """The weeks are those of Odoo: its second week has an odd number of weeks before.

    `resource.calendar.attendance` counts (ordinal of the date - 1) // 7 modulo 2.
    """
    calendar = Calendar("UTC", (WEEK, NOTHING))
    monday = date(2026, 3, 2)
    even = (monday.toordinal() - 1) // 7 % 2 == 0
    assert calendar.intervals_on(monday) == (OFFICE if even else ())
    assert calendar.intervals_on(monday + timedelta(7)) == (() if even else OFFICE)


@pytest.mark.parametrize(
    "weeks",
    [
        (),
        ((OFFICE,) * 6,),
        (((Interval(3600, 3600),), *NOTHING[1:]),),
        (((Interval(3600, 90_000),), *NOTHING[1:]),),
        (((OFFICE[1], OFFICE[0]), *NOTHING[1:]),),
        (((Interval(0, 7200), Interval(3600, 9000)), *NOTHING[1:]),),
    ],
)
def test_impossible_weeks_are_refused(weeks: tuple) -> None:
    with pytest.raises(WorkingTimeError):
        Calendar("UTC", weeks)


@pytest.mark.parametrize("tz", ["", "Asia", "Asia/Atlantis", "../etc/passwd", "a\0b"])
def test_an_unknown_zone_is_refused(tz: str) -> None:
    with pytest.raises(WorkingTimeError, match="no time zone"):
        Calendar(tz, (WEEK,))
