"""Deadlines and elapsed time agree with a count by the minute, whatever happens."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from calendar_strategies import Case, cases
from hypothesis import given
from hypothesis import strategies as st
from minute_clock import BEYOND, DAY

from odoo.addons.citizen_crm.tools.deadlines import (
    SECONDS_OF,
    UNITS,
    Pause,
    Segment,
    deadline,
    deadline_after,
    elapsed,
    extend,
    merge_pauses,
    stretches,
)
from odoo.addons.citizen_crm.tools.working_time import (
    Calendar,
    EmptyCalendarError,
    HorizonError,
    Interval,
    Timetable,
    WorkingTimeError,
)

IN_DATES = [unit for unit, _name in UNITS if unit not in SECONDS_OF]
#: Those whose dates end at midnight, whatever the working hours.
TO_MIDNIGHT = IN_DATES[:2]
OFFICE = (Interval(9 * 3600, 17 * 3600),)
WEEK = (OFFICE,) * 5 + ((),) * 2
NOTHING = ((),) * 7

amounts = st.integers(0, 300) | st.integers(0, 8000)
days = st.integers(1, 5)
units = st.sampled_from([unit for unit, _name in UNITS])
any_case = cases(changes=2, zones=True)


def found(case: Case, unit: str, amount: int, more: int = 0) -> object:
    """Return the deadline, or BEYOND if it is not within what is looked at."""
    try:
        due = extend(unit, amount, more, case.start, case.segments, case.pauses)
    except (HorizonError, EmptyCalendarError):
        return BEYOND
    return BEYOND if due is not None and due > case.end else due


def agree(case: Case, unit: str, amount: int) -> bool:
    """Compare with the count, which does not look at a last date that is cut off."""
    due, counted = found(case, unit, amount), getattr(case.clock, unit)(amount)
    if counted is BEYOND:
        return due in (None, BEYOND) or due > case.end - DAY * 60
    return due == counted


# ------------------------------------------------------------------- working time
@given(any_case, st.integers(0, 7 * DAY))
def test_time_adds_up(case: Case, length: int) -> None:
    """Counted, paused and off time are all the time there is, minute by minute."""
    at = min(case.start + length * 60, case.end)
    told = stretches(case.start, at, case.segments, case.pauses)
    kinds = [
        stretch.kind for stretch in told for _ in range(stretch.start, stretch.end, 60)
    ]
    assert kinds == case.clock.kinds[: len(kinds)]
    assert sum(stretch.end - stretch.start for stretch in told) == at - case.start
    for one, two in zip(told, told[1:], strict=False):
        assert one.end == two.start and one.kind != two.kind
    counted = sum(s.end - s.start for s in told if s.kind == "counts")
    assert counted == elapsed(case.start, at, case.segments, case.pauses)
    assert counted == case.clock.elapsed(at // 60)


@given(any_case, amounts)
def test_working_time_is_counted_by_the_minute(case: Case, minutes: int) -> None:
    assert found(case, "minutes", minutes) == case.clock.after(minutes)


@given(any_case, amounts, st.integers(1, 99))
def test_a_warning_comes_in_time(case: Case, minutes: int, percent: int) -> None:
    """At N % of the target, N % of it are used up, and the deadline is not past."""
    due = found(case, "minutes", minutes)
    seconds = minutes * 60 * percent // 100
    if isinstance(due, int):
        warned = deadline_after(case.start, seconds, case.segments, case.pauses)
        assert case.start <= warned <= due
        assert elapsed(case.start, warned, case.segments, case.pauses) == seconds


# -------------------------------------------------------------------------- dates
@pytest.mark.parametrize("unit", IN_DATES[2:])
@given(case=cases(), number=days)
def test_dates_are_counted(unit: str, case: Case, number: int) -> None:
    assert agree(case, unit, number)


@pytest.mark.parametrize("unit", TO_MIDNIGHT)
@given(case=cases(changes=2), number=days)
def test_a_date_is_judged_by_who_holds_it_last(
    unit: str, case: Case, number: int
) -> None:
    assert agree(case, unit, number)


@pytest.mark.parametrize("unit", IN_DATES)
@given(
    zone=st.sampled_from(["UTC", "Europe/Berlin", "Asia/Taipei", "America/New_York"]),
    closed=st.frozensets(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=40),
    minute=st.integers(0, 365 * DAY),
    number=st.integers(1, 300),
)
def test_dates_are_leaped_as_they_are_walked(
    unit: str, zone: str, closed: frozenset[date], minute: int, number: int
) -> None:
    """Far away, or beyond the calendar: nothing comes of not looking at each date."""
    calendar = Calendar(zone, (WEEK,), closed)
    table = Timetable(calendar, date(2026, 1, 1), date(2027, 3, 31))
    start = table.begin + minute * 60

    def say(*pauses: Pause) -> object:
        try:
            return deadline(unit, number, start, [Segment(start, table)], pauses)
        except WorkingTimeError as error:
            return type(error), str(error)

    # A pause that is never reached lets each date be looked at.
    assert say() == say(Pause(table.end * 2))


# --------------------------------------------------------------- whatever happens
@given(any_case, units, days)
def test_no_deadline_passes_during_a_pause(case: Case, unit: str, amount: int) -> None:
    due = found(case, unit, amount)
    if isinstance(due, int):
        assert due >= case.start
        for start, end in case.pauses:
            assert not (start < due and (end is None or due < end))


@given(any_case, units, days)
def test_what_comes_after_the_deadline_changes_nothing(
    case: Case, unit: str, amount: int
) -> None:
    """A late promise stays late: neither a transfer nor a pause saves it."""
    due = found(case, unit, amount)
    if isinstance(due, int):
        later = Segment(due + 1, case.segments[0].table)
        before = [segment for segment in case.segments if segment.start <= due]
        pauses = [*(pause for pause in case.pauses if pause.start <= due), Pause(due)]
        args = (unit, amount, case.start)
        assert deadline(*args, [*before, later], pauses) == due
        assert deadline(*args, before, pauses) == due


@given(any_case, units, days)
def test_more_time_is_never_less(case: Case, unit: str, amount: int) -> None:
    one, two = found(case, unit, amount), found(case, unit, amount + 1)
    if isinstance(two, int):
        assert (
            isinstance(one, int) and one < two or unit == "calendar_days_roll_forward"
        )
        assert one <= two


@given(any_case, units, st.integers(0, 5), st.integers(0, 3))
def test_an_extension_never_shortens(
    case: Case, unit: str, amount: int, more: int
) -> None:
    amount = max(amount, 0 if unit in SECONDS_OF else 1)
    due = found(case, unit, amount)
    longer, longest = (found(case, unit, amount, days) for days in (more, more + 1))
    assert more or due == longer
    if isinstance(longest, int):
        assert due <= longer <= longest


@given(cases(), units, days, st.integers(0, 9 * DAY))
def test_the_same_calendar_again_changes_nothing(
    case: Case, unit: str, amount: int, at: int
) -> None:
    again = Segment(case.segments[0].start + at * 60, case.segments[0].table)
    twice = Case(case.clock, [*case.segments, again], case.pauses)
    assert found(case, unit, amount) == found(twice, unit, amount)


@given(any_case, units, days, st.randoms(use_true_random=False))
def test_pauses_count_once(case: Case, unit: str, amount: int, random) -> None:
    """Order, repetition, parts of pauses and empty ones make no difference."""
    pauses = [*case.pauses, *merge_pauses(case.pauses)]
    pauses += [Pause(start, start) for start, _end in case.pauses]
    random.shuffle(pauses)
    again = Case(case.clock, case.segments, pauses)
    assert merge_pauses(pauses) == merge_pauses(case.pauses)
    assert found(case, unit, amount) == found(again, unit, amount)


@given(any_case, units, days)
def test_a_closed_pause_never_hurries(case: Case, unit: str, amount: int) -> None:
    free = deadline_or_none(case, unit, amount, [])
    held = deadline_or_none(case, unit, amount, case.pauses)
    if free is not None and held is not None:
        assert free <= held


def deadline_or_none(case: Case, unit: str, amount: int, pauses: list[Pause]):
    try:
        return deadline(unit, amount, case.start, case.segments, pauses)
    except WorkingTimeError:
        return None


# ------------------------------------------------------------------- no calendar
def instant(day: date, hour: int = 10) -> int:
    wall = datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo("UTC"))
    return int(wall.timestamp())


MONDAY = instant(date(2026, 3, 2))


def segment(week: tuple, last: date = date(2026, 12, 31)) -> Segment:
    calendar = Calendar("UTC", (week,))
    return Segment(MONDAY, Timetable(calendar, date(2026, 1, 1), last))


@pytest.mark.parametrize("unit", dict(UNITS))
def test_without_calendar(unit: str) -> None:
    with pytest.raises(WorkingTimeError, match="No calendar"):
        deadline(unit, 1, MONDAY, [])
    with pytest.raises(WorkingTimeError, match="No calendar"):
        deadline(unit, 1, MONDAY - 1, [segment(WEEK)])
    for function in (elapsed, stretches):
        with pytest.raises(WorkingTimeError, match="No calendar"):
            function(MONDAY - 1, MONDAY, [segment(WEEK)])


@pytest.mark.parametrize("unit", dict(UNITS))
def test_an_empty_week(unit: str) -> None:
    with pytest.raises(EmptyCalendarError):
        deadline(unit, 1, MONDAY, [segment(NOTHING)])
    with pytest.raises(EmptyCalendarError):
        deadline(unit, 1, MONDAY, [segment(NOTHING)], [Pause(MONDAY, MONDAY + 9000)])
    helped = [segment(NOTHING), segment(WEEK)._replace(start=MONDAY + 60)]
    assert deadline(unit, 1, MONDAY, helped) is not None


@pytest.mark.parametrize("unit", dict(UNITS))
def test_years_ahead(unit: str) -> None:
    """Where the calendar ends there is no answer, rather than a wrong one."""
    with pytest.raises(HorizonError):
        deadline(unit, 3_000_000, MONDAY, [segment(WEEK)])
    with pytest.raises(HorizonError):
        deadline(
            unit, 1, instant(date(2025, 12, 20)), [segment(WEEK)._replace(start=0)]
        )
    with pytest.raises(HorizonError):
        deadline(unit, 1, instant(date(2027, 1, 5)), [segment(WEEK)])
    far = Pause(instant(date(2026, 3, 20)), instant(date(2030, 1, 1)))
    assert deadline(unit, 2, MONDAY, [segment(WEEK)], [far]) < far.start
    amount = {"minutes": 9000, "hours": 150}.get(unit, 20)
    with pytest.raises(HorizonError):
        deadline(unit, amount, MONDAY, [segment(WEEK)], [far])


@pytest.mark.parametrize("unit", dict(UNITS))
def test_amounts_that_make_no_sense(unit: str) -> None:
    with pytest.raises(WorkingTimeError):
        deadline(unit, -1, MONDAY, [segment(WEEK)])
    with pytest.raises(WorkingTimeError):
        extend(unit, 1, -1, MONDAY, [segment(WEEK)])
    if unit in IN_DATES:
        with pytest.raises(WorkingTimeError):
            deadline(unit, 0, MONDAY, [segment(WEEK)])
