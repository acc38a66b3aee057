"""Time one deadline in working time: ours against Odoo's `plan_hours`.

    make db DB=bench
    ROUNDS=40 make shell DB=bench < tests/benchmark/deadlines.py

Both count the same hours from the same instants on the same calendar, in turn and in
one process, so that a busy machine slows both. The calendar is as a city has it after
some years: 40 general leaves and 60 holidays; Odoo counts the leaves only. A clock is
pinned to a version, so finding the current one is not part of a deadline; it is timed
below, as is the first deadline of all, for which the version is made and compiled.
Everything is made in one transaction that is rolled back.
"""

import os
import statistics
import time
from datetime import UTC, datetime, timedelta
from random import Random

from odoo.addons.citizen_crm.tools.deadlines import Segment, deadline

ROUNDS = int(os.environ.get("ROUNDS", "40"))
REPEATED = 200
GOAL = 1000
NOW = datetime(2026, 3, 4, 8, 0)


def make_calendar(env):
    """Return a working calendar with leaves and holidays."""
    calendar = env["resource.calendar"].create(
        {"name": "Benchmark", "tz": "Europe/Berlin"}
    )
    dice = Random(1)
    env["resource.calendar.leaves"].create(
        [
            {
                "name": "Leave",
                "calendar_id": calendar.id,
                "date_from": NOW + timedelta(days=day, hours=-8),
                "date_to": NOW + timedelta(days=day, hours=8),
            }
            for day in dice.sample(range(-700, 700), 40)
        ]
    )
    return calendar


def add_holidays(env, calendar):
    """Let the calendar keep 60 holidays."""
    calendar.holiday_calendar_id = env["citizen.holiday.calendar"].create(
        {"name": "Benchmark"}
    )
    env["citizen.holiday"].create(
        [
            {
                "name": "Holiday",
                "date": NOW.date() + timedelta(days=day),
                "holiday_calendar_id": calendar.holiday_calendar_id.id,
            }
            for day in Random(2).sample(range(-1000, 1000), 60)
        ]
    )


def to_instant(moment):
    """Return a naive UTC time as seconds since 1970."""
    return int(moment.replace(tzinfo=UTC).timestamp())


def time_odoo(env, calendar, hours, start):
    """Return the answer of `plan_hours` and its time in seconds."""
    env.invalidate_all()
    begin = time.perf_counter()
    due = calendar.plan_hours(hours, start, compute_leaves=True)
    return to_instant(due), time.perf_counter() - begin


def time_ours(calendar, hours, start):
    """Return our answer and the time of one, on a version that is cached."""
    version = calendar._get_version()
    begin = time.perf_counter()
    for _round in range(REPEATED):
        table = version._get_timetable(start.year)
        due = deadline("hours", hours, to_instant(start), [Segment(0, table)])
    return due, (time.perf_counter() - begin) / REPEATED


def measure(env, calendar, dice, *, compare):
    """Return the medians of Odoo's and of our times in seconds."""
    odoo_times, our_times = [], []
    for _round in range(ROUNDS):
        start = NOW + timedelta(minutes=dice.randrange(400_000))
        hours = dice.choice((2, 8, 24, 48, 80))
        expected, seconds = time_odoo(env, calendar, hours, start)
        odoo_times.append(seconds)
        due, seconds = time_ours(calendar, hours, start)
        our_times.append(seconds)
        if compare and due != expected:
            raise AssertionError(f"{hours} h from {start}: {due}, Odoo says {expected}")
    return statistics.median(odoo_times), statistics.median(our_times)


def main(env):
    """Measure, print and undo."""
    calendar = make_calendar(env)
    env.flush_all()
    begin = time.perf_counter()
    calendar._get_version()._get_timetable(NOW.year)
    first = time.perf_counter() - begin
    dice = Random(3)
    print(f"{'':<28}{'plan_hours':>12}{'a deadline':>12}{'ratio':>9}")
    worst = None
    for label, compare in (("the same leaves", True), ("ours with 60 holidays", False)):
        if not compare:
            add_holidays(env, calendar)
            env.flush_all()
            calendar._get_version()._get_timetable(NOW.year)
        base, ours = measure(env, calendar, dice, compare=compare)
        ratio = base / ours
        worst = min(worst or ratio, ratio)
        print(f"{label:<28}{base * 1e3:>9.2f} ms{ours * 1e6:>9.2f} µs{ratio:>8.0f}x")
    begin = time.perf_counter()
    for _round in range(REPEATED):
        calendar._get_version()
    find = (time.perf_counter() - begin) / REPEATED
    print(f"finding the current version: {find * 1e6:.1f} µs")
    print(f"making and compiling a version: {first * 1e3:.0f} ms")
    print(
        f"Least ratio {worst:.0f}, goal {GOAL}: {'ok' if worst >= GOAL else 'MISSED'}"
    )
    env.cr.rollback()


if "env" in globals():
    main(globals()["env"])
