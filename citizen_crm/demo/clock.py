"""The city's office hours, as far as the demo city needs them; pure Python.

Times inside are local and naive; :meth:`OfficeClock.to_utc` gives what Odoo stores.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

CITY_TZ = "Atlantic/Azores"
OPENS, CLOSES = time(8), time(17)
MINUTES_A_DAY = 9 * 60
#: When somebody uses a channel: (from hour, to hour, only on working days).
CHANNEL_HOURS = {
    "phone": (8.5, 17, True),
    "counter": (8.5, 16.5, True),
    "letter": (9.5, 11, True),
    "councillor": (10, 16, True),
    "email": (6.5, 23, False),
    "web": (6.5, 23.5, False),
    "app": (6, 23.9, False),
    "other": (9, 20, False),
}


def holiday(today: date, days: int, weekday: int) -> date:
    """Return the day of that weekday nearest to ``today + days``.

    >>> holiday(date(2026, 3, 4), 12, 4)
    datetime.date(2026, 3, 13)
    """
    day = today + timedelta(days=days)
    return day + timedelta(days=(weekday - day.weekday() + 3) % 7 - 3)


class OfficeClock:
    """Count office minutes, Monday to Friday without the holidays.

    >>> clock = OfficeClock(datetime(2026, 3, 4, 12), [date(2026, 3, 9)])
    >>> clock.add(datetime(2026, 3, 6, 16), 120)    # Friday; Monday is a holiday
    datetime.datetime(2026, 3, 10, 9, 0)
    >>> clock.between(datetime(2026, 3, 6, 16), datetime(2026, 3, 10, 9))
    120
    """

    def __init__(self, now: datetime, holidays: Iterable[date] = ()) -> None:
        self.now = now
        self.holidays = frozenset(holidays)

    @classmethod
    def from_utc(cls, now: datetime, holidays: Iterable[date]) -> "OfficeClock":
        """Start the clock at a naive UTC time."""
        zone = ZoneInfo(CITY_TZ)
        local = now.replace(tzinfo=ZoneInfo("UTC")).astimezone(zone)
        return cls(local.replace(tzinfo=None, microsecond=0), holidays)

    def to_utc(self, moment: datetime) -> datetime:
        """Return a local time as naive UTC."""
        aware = moment.replace(tzinfo=ZoneInfo(CITY_TZ))
        return aware.astimezone(ZoneInfo("UTC")).replace(tzinfo=None, microsecond=0)

    def is_working(self, day: date) -> bool:
        """Say whether the offices are open on this day."""
        return day.weekday() < 5 and day not in self.holidays

    def working_days_back(self, day: date) -> date:
        """Return the day itself or the last working day before it."""
        while not self.is_working(day):
            day -= timedelta(days=1)
        return day

    def add(self, start: datetime, minutes: float) -> datetime:
        """Return the time after so many office minutes."""
        for opens, closes in self._spans(start):
            length = (closes - opens).total_seconds() / 60
            if minutes <= length:
                return opens + timedelta(minutes=minutes)
            minutes -= length
        raise AssertionError("office hours have no end")

    def between(self, start: datetime, end: datetime) -> int:
        """Count the office minutes between two times."""
        total = 0.0
        for opens, closes in self._spans(start):
            if opens >= end:
                break
            total += (min(closes, end) - opens).total_seconds() / 60
        return round(total)

    def receipt(self, rng: Random, day: date, channel: str) -> datetime:
        """Return a plausible time of receipt on a day, before now."""
        first, last, office = CHANNEL_HOURS[channel]
        if office:
            day = self.working_days_back(day)
        hour = rng.triangular(first, last, rng.choice((10, 14, 19)))
        hour = min(max(hour, first), last)
        moment = datetime.combine(day, time()) + timedelta(
            hours=hour, seconds=rng.randrange(60)
        )
        if moment < self.now - timedelta(minutes=20):
            return moment
        return self.receipt(rng, day - timedelta(days=1), channel)

    def _spans(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        day = start.date()
        while True:
            if self.is_working(day):
                opens = max(datetime.combine(day, OPENS), start)
                closes = datetime.combine(day, CLOSES)
                if opens < closes:
                    yield opens, closes
            day += timedelta(days=1)
