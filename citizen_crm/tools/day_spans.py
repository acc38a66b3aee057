"""Days of a city as spans of time in UTC, so that an index finds what is in them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)


def begin_of(day: date, zone: ZoneInfo) -> datetime:
    """Return when a day begins, in UTC without a zone.

    >>> begin_of(date(2026, 7, 1), ZoneInfo("Europe/London"))
    datetime.datetime(2026, 6, 30, 23, 0)
    """
    begin = datetime.combine(day, time(), zone)
    return begin.astimezone(UTC).replace(tzinfo=None)


def day_of(at: datetime, zone: ZoneInfo) -> date:
    """Return the day of a moment in UTC without a zone.

    >>> day_of(datetime(2026, 6, 30, 23, 0), ZoneInfo("Europe/London"))
    datetime.date(2026, 7, 1)
    """
    return at.replace(tzinfo=UTC).astimezone(zone).date()


def spans(days: Iterable[date], zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """Return the spans ``(begin, end)`` of days, end excluded; neighbours are one span.

    >>> monday = date(2026, 3, 2)
    >>> for begin, end in spans([monday, date(2026, 3, 3), date(2026, 3, 5)],
    ...                         ZoneInfo("UTC")):
    ...     print(begin.date(), end.date())
    2026-03-02 2026-03-04
    2026-03-05 2026-03-06
    """
    runs: list[list[date]] = []
    for day in sorted(set(days)):
        if runs and runs[-1][1] == day:
            runs[-1][1] = day + ONE_DAY
        else:
            runs.append([day, day + ONE_DAY])
    return [(begin_of(first, zone), begin_of(after, zone)) for first, after in runs]
