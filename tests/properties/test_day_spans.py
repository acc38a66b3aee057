"""Spans of days hold exactly the moments of these days, in any zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.citizen_crm.tools.day_spans import begin_of, day_of, spans

#: With and without daylight saving, at odd offsets, over the date line, and one that
#: left out a whole day (Apia, 30 December 2011).
ZONES = st.sampled_from(
    [
        ZoneInfo(name)
        for name in (
            "UTC",
            "Asia/Taipei",
            "America/New_York",
            "Asia/Kathmandu",
            "Australia/Lord_Howe",
            "Pacific/Apia",
        )
    ]
)
DAYS = st.dates(date(2011, 12, 1), date(2012, 2, 1)) | st.dates(
    date(2025, 1, 1), date(2027, 1, 1)
)


@given(st.lists(DAYS, max_size=8), DAYS, st.integers(0, 24 * 60 * 60), ZONES)
def test_a_moment_is_in_the_spans_of_its_day_alone(days, near, seconds, zone) -> None:
    at = datetime.combine(near, datetime.min.time()) + timedelta(seconds=seconds)
    inside = [begin <= at < end for begin, end in spans(days, zone)]
    assert sum(inside) == (day_of(at, zone) in days)


@given(st.lists(DAYS, max_size=30), ZONES)
def test_spans_are_in_order_and_apart(days, zone) -> None:
    edges = [edge for span in spans(days, zone) for edge in span]
    assert edges == sorted(edges)
    assert len(spans(days, zone)) <= len(set(days))


@given(DAYS, ZONES)
def test_days_begin_at_quarters_of_an_hour(day, zone) -> None:
    """Marks are rounded down to quarters, and must stay in their day."""
    begin = begin_of(day, zone)
    assert (begin.minute % 15, begin.second) == (0, 0)
