"""One deadline in working time, against ``resource.calendar.plan_hours``."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from table import Line
from undone import undone

from odoo.addons.citizen_crm.tools.deadlines import Segment, deadline

ROUNDS = 7
KNOWN_COUNT, OUR_COUNT = 10, 2000


def measure(desk: str, quick: bool) -> Iterator[Line]:
    """Yield the seconds of one deadline, each the mean of many, in turn."""
    with undone(desk) as env:
        calendar = _make_calendar(env)
        table = calendar._get_version()._get_timetable(2026)
        rng = random.Random(4)
        cases = [
            (datetime(2026, 1, 5) + timedelta(minutes=rng.randrange(300_000)), hours)
            for hours in (1, 8, 24, 48, 80)
            for _number in range(OUR_COUNT // 5)
        ]
        rng.shuffle(cases)
        pairs = []
        for number in range(ROUNDS + 1):
            few = cases[number * KNOWN_COUNT :][:KNOWN_COUNT]
            known, planned = _time_known(calendar, few)
            ours, computed = _time_ours(table, cases)
            assert planned == computed[number * KNOWN_COUNT :][:KNOWN_COUNT]
            pairs.append((known, ours))
    yield Line("one deadline", "plan_hours", pairs[1:], 1000, "equal results")


def _make_calendar(env):
    """Make an office with a lunch break, in a zone with daylight saving, and leaves."""
    calendar = env["resource.calendar"].create(
        {"name": "Bench", "tz": "Europe/Vienna", "company_id": env.company.id}
    )
    env["resource.calendar.leaves"].create(
        [
            {
                "name": "Holiday",
                "calendar_id": calendar.id,
                "company_id": env.company.id,
                "date_from": datetime(2026, month, 10),
                "date_to": datetime(2026, month, 11),
            }
            for month in range(1, 13)
        ]
    )
    return calendar


def _time_known(calendar, cases):
    start = time.perf_counter()
    planned = [
        calendar.plan_hours(hours, moment.replace(tzinfo=UTC), compute_leaves=True)
        for moment, hours in cases
    ]
    spent = (time.perf_counter() - start) / len(cases)
    return spent, [int(moment.timestamp()) for moment in planned]


def _time_ours(table, cases):
    starts = [(int(m.replace(tzinfo=UTC).timestamp()), hours) for m, hours in cases]
    start = time.perf_counter()
    computed = [
        deadline("hours", hours, at, (Segment(at, table),)) for at, hours in starts
    ]
    return (time.perf_counter() - start) / len(cases), computed
