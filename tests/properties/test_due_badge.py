"""What a screen is told ahead about a deadline is what would be told at that time."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.citizen_crm.tools.due_badge import shown, upcoming, whole_days
from odoo.addons.citizen_crm.tools.working_time import Calendar, Interval, Timetable

HOUR = 3600
LONG = (Interval(8 * HOUR, 12 * HOUR), Interval(13 * HOUR, 17 * HOUR))
SHORT = (Interval(8 * HOUR, 13 * HOUR),)
#: A city hall with a short Friday, a service without closing time, a night shift.
TABLES = [
    Timetable(Calendar(zone, (week,)), date(2026, 1, 1), date(2026, 12, 31))
    for zone, week in (
        ("Atlantic/Azores", ((LONG,) * 4 + (SHORT,) + ((),) * 2)),
        ("UTC", ((Interval(0, 24 * HOUR),),) * 7),
        ("Asia/Taipei", ((Interval(0, 6 * HOUR), Interval(20 * HOUR, 24 * HOUR)),) * 7),
    )
]
BEGIN = int(datetime(2026, 3, 20, tzinfo=UTC).timestamp())
INSTANTS = st.integers(BEGIN, BEGIN + 21 * 24 * HOUR)


def told(step):
    return step.state, step.days, shown(step.days, step.seconds)


@given(st.sampled_from(TABLES), INSTANTS, INSTANTS, INSTANTS, st.integers(0, 100))
def test_told_ahead(table, now, due, soon, share):
    """At any later instant up to the last step, the last step that came is right."""
    steps = list(upcoming(table, now, due, soon))
    assert [step.at for step in steps] == sorted({step.at for step in steps})
    at = now + (steps[-1].at - now) * share // 100
    current = [step for step in steps if step.at <= at][-1]
    assert told(current) == told(next(upcoming(table, at, due, soon)))


@given(st.sampled_from(TABLES), INSTANTS, INSTANTS)
def test_whole_days(table, one, other):
    """Days and rest are never more than the work there is."""
    begin, end = sorted((one, other))
    days, rest = whole_days(table, begin, end)
    assert 0 <= rest < table.calendar.usual_day
    assert (days or rest) == 0 or table.work_between(begin, end) > 0
    assert days <= table.dates_touched(begin, end)
