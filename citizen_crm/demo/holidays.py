"""Load the city's holidays: fixed ones each year, others near today."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from .clock import holiday
from .content import read_rows

if TYPE_CHECKING:
    from .loader import DemoCity

#: Working calendars that keep the holidays, by their short names.
CALENDARS = (
    "city_hall",
    "service_centre",
    "early_shift",
    "half_time",
    "three_days",
    "four_days",
)
#: Of which years the fixed holidays are there, from this one on.
YEARS = (-1, 0, 1)


def city_days(today: date) -> dict[date, dict[str, str]]:
    """Return the holidays by date, each once.

    >>> days = city_days(date(2026, 3, 4))
    >>> days[date(2026, 12, 24)]["hours"], days[date(2026, 3, 13)]["name"]
    ('08:00-12:00', 'Harbour Day')
    """
    days: dict[date, dict[str, str]] = {}
    for row in read_rows("holidays"):
        for day in _dates(row, today):
            # Half a working day at the weekend would be one day more to work.
            if row["kind"] != "special" or day.weekday() < 5:
                days.setdefault(day, row)
    return days


def _dates(row: dict[str, str], today: date) -> Iterator[date]:
    if row["date"]:
        for year in YEARS:
            yield date.fromisoformat(f"{today.year + year}-{row['date']}")
    else:
        yield holiday(today, int(row["days"]), int(row["weekday"]))


def closed_days(today: date) -> list[date]:
    """Return the dates on which nobody works."""
    return [day for day, row in city_days(today).items() if row["kind"] == "closed"]


def load_holidays(city: "DemoCity") -> None:
    """Create the holiday calendar and let the working calendars keep it."""
    calendar = city.records.load(
        "citizen.holiday.calendar",
        [
            (
                "holidays_city",
                {"name": "Holidays of Larkhaven", "company_id": city.company.id},
            )
        ],
    )
    city.records.load(
        "citizen.holiday",
        [
            (
                f"holiday_{day:%Y_%m_%d}",
                {
                    "holiday_calendar_id": calendar.id,
                    "date": day,
                    "name": row["name"],
                    "kind": row["kind"],
                    "hours": row["hours"] or False,
                    "weekday": row["like"] or False,
                },
            )
            for day, row in city_days(city.today).items()
        ],
    )
    for name in CALENDARS:
        city.records.ref(f"calendar_{name}").holiday_calendar_id = calendar
