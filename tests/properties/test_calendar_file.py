"""Calendar files: what the standard says of dates, and that no file does harm."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from odoo.addons.citizen_crm.tools import calendar_file
from odoo.addons.citizen_crm.tools.calendar_file import (
    CalendarFileError,
    read_calendar,
)
from odoo.addons.citizen_crm.tools.holiday_plan import Day, plan

TAIPEI = ZoneInfo("Asia/Taipei")
FIRST, LAST = date(2026, 1, 1), date(2027, 12, 31)
OUTLOOK_ZONE = """BEGIN:VTIMEZONE
TZID:Some Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE"""


def _file(*events: str, head: str = "") -> bytes:
    body = "\n".join(f"BEGIN:VEVENT\n{event}\nEND:VEVENT" for event in events)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\n{head}\n{body}\nEND:VCALENDAR\n"
    return text.replace("\n\n", "\n").encode()


def _dates(
    data: bytes, zone: ZoneInfo = TAIPEI, *, whole: bool | None = None
) -> list[str]:
    return [
        day.date.isoformat()[2:]
        for day in read_calendar(data, zone, FIRST, LAST).days
        if whole is None or day.is_whole == whole
    ]


ALL_DAY = "UID:a\nSUMMARY:A\nDTSTART;VALUE=DATE:20260210"
TIMED = "UID:a\nSUMMARY:A\nDTSTART;TZID=Europe/Berlin:20260328T000000"
#: Lines of an event, and the dates on which it takes place.
WORKED = {
    "one day": (ALL_DAY, "26-02-10"),
    "end excluded": (f"{ALL_DAY}\nDTEND;VALUE=DATE:20260212", "26-02-10 26-02-11"),
    "no length": (f"{ALL_DAY}\nDTEND;VALUE=DATE:20260210", "26-02-10"),
    "duration": (f"{ALL_DAY}\nDURATION:P2D", "26-02-10 26-02-11"),
    "weeks": (
        f"{ALL_DAY}\nDURATION:P1W",
        " ".join(f"26-02-{d}" for d in range(10, 17)),
    ),
    "over the end": (
        "UID:a\nDTSTART;VALUE=DATE:20271230\nDTEND;VALUE=DATE:20280110",
        "27-12-30 27-12-31",
    ),
    "since last year": (
        "UID:a\nDTSTART;VALUE=DATE:20251230\nDTEND;VALUE=DATE:20260103",
        "26-01-01 26-01-02",
    ),
    "yearly": (
        "UID:a\nDTSTART;VALUE=DATE:19491010\nRRULE:FREQ=YEARLY",
        "26-10-10 27-10-10",
    ),
    "until": (
        "UID:a\nDTSTART;VALUE=DATE:20200501\nRRULE:FREQ=YEARLY;UNTIL=20260501",
        "26-05-01",
    ),
    "count": (f"{ALL_DAY}\nRRULE:FREQ=DAILY;COUNT=3", "26-02-10 26-02-11 26-02-12"),
    "last Monday of May": (
        "UID:a\nDTSTART;VALUE=DATE:20200525\nRRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO",
        "26-05-25 27-05-31",
    ),
    "leap day": ("UID:a\nDTSTART;VALUE=DATE:20240229\nRRULE:FREQ=YEARLY", ""),
    "excluded": (
        f"{ALL_DAY}\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE;VALUE=DATE:20260211",
        "26-02-10 26-02-12",
    ),
    "excluded by a time": (
        f"{ALL_DAY}\nRRULE:FREQ=DAILY;COUNT=2\nEXDATE:20260211T000000",
        "26-02-10",
    ),
    "more dates": (
        f"{ALL_DAY}\nRDATE;VALUE=DATE:20260301,20260401",
        "26-02-10 26-03-01 26-04-01",
    ),
    "cancelled": (f"{ALL_DAY}\nSTATUS:CANCELLED", ""),
    "leap second": ("UID:a\nDTSTART:20261231T155960Z\nDURATION:PT1S", "26-12-31"),
}


@pytest.mark.parametrize("name", WORKED)
def test_worked_examples(name: str) -> None:
    event, dates = WORKED[name]
    assert _dates(_file(event)) == dates.split()


def test_one_date_of_a_series_is_moved_and_one_is_cancelled() -> None:
    series = "UID:s\nDTSTART;VALUE=DATE:20260105\nRRULE:FREQ=WEEKLY;COUNT=4"
    moved = "UID:s\nRECURRENCE-ID;VALUE=DATE:20260112\nDTSTART;VALUE=DATE:20260113"
    off = (
        "UID:s\nRECURRENCE-ID;VALUE=DATE:20260119\nDTSTART;VALUE=DATE:20260119\n"
        "STATUS:CANCELLED"
    )
    expected = ["26-01-05", "26-01-13", "26-01-26"]
    assert _dates(_file(series, moved, off)) == expected
    assert _dates(_file(off, moved, series)) == expected


def test_repetitions_are_counted_in_the_time_of_the_event() -> None:
    """A day in Berlin, over the change of its clocks; seen from Berlin it is whole."""
    event = (
        f"{TIMED}\nDTEND;TZID=Europe/Berlin:20260329T000000\nRRULE:FREQ=DAILY;COUNT=3"
    )
    berlin = ZoneInfo("Europe/Berlin")
    days = ["26-03-28", "26-03-29", "26-03-30"]
    assert _dates(_file(event), berlin, whole=True) == days
    assert _dates(_file(event), TAIPEI, whole=True) == []
    assert _dates(_file(event), TAIPEI) == [*days, "26-03-31"]


@pytest.mark.parametrize(
    ("start", "zone", "expected"),
    [
        ("DTSTART:20260705T160000Z", "", "26-07-06"),
        ("DTSTART:20260706T000000", "", "26-07-06"),
        ("DTSTART;TZID=Asia/Taipei:20260706T000000", "", "26-07-06"),
        ("DTSTART;TZID=Some Standard Time:20260705T180000", OUTLOOK_ZONE, "26-07-06"),
        ("DTSTART;TZID=Nowhere:20260706T000000", "", "26-07-06"),
    ],
)
def test_time_zones(start: str, zone: str, expected: str) -> None:
    data = _file(f"UID:a\n{start}\nDURATION:P1D", head=zone)
    assert _dates(data, whole=True) == [expected]


def test_a_file_does_not_change_the_zones_of_the_next() -> None:
    """The library keeps what a file calls Asia/Taipei; we do not listen to it."""
    lie = OUTLOOK_ZONE.replace("Some Standard Time", "Asia/Taipei")
    event = "UID:a\nDTSTART;TZID=Asia/Taipei:20260706T000000\nDURATION:P1D"
    assert _dates(_file(event, head=lie), whole=True) == ["26-07-06"]
    assert _dates(_file(event), whole=True) == ["26-07-06"]


def test_texts_are_unescaped_and_unfolded() -> None:
    data = _file("UID:a\nDTSTART;VALUE=DATE:20260706\nSUMMARY:One\\, two\\;\\nthr\n ee")
    (day,) = read_calendar(data, TAIPEI, FIRST, LAST).days
    assert (day.name, day.uid) == ("One, two; three", "a")


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=HOURLY",
        "FREQ=DAILY;BYHOUR=0,1,2",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;INTERVAL=0",
        "FREQ=YEARLY;BYDAY=54XX",
        "FREQ=",
        "nonsense",
    ],
)
def test_rules_that_never_end_are_refused(rule: str) -> None:
    with pytest.raises(CalendarFileError) as error:
        _dates(_file(f"{ALL_DAY}\nRRULE:{rule}"))
    assert (error.value.code, error.value.detail) == ("event", "A")


def test_a_file_made_to_cost_time_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Rules that never fit, by the hundred: each is searched up to the year 9999."""
    rule = "RRULE:FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30"
    data = _file(*[f"UID:{number}\n{ALL_DAY[6:]}\n{rule}" for number in range(200)])
    monkeypatch.setattr(calendar_file, "MOST_SECONDS", 1)
    start = time.monotonic()
    with pytest.raises(CalendarFileError) as error:
        _dates(data)
    assert error.value.code == "too_much"
    assert time.monotonic() - start < 10


# ------------------------------------------------------------------- properties
LINES = st.sampled_from(
    [
        *(line for event, _dates in WORKED.values() for line in event.split("\n")),
        *OUTLOOK_ZONE.split("\n"),
        "BEGIN:VEVENT",
        "END:VEVENT",
        "BEGIN:VCALENDAR",
        "END:VCALENDAR",
        "DTSTART:99999999T999999",
        "DTSTART;VALUE=DATE:00010101",
        "DTEND;VALUE=DATE:99991231",
        "RRULE:FREQ=DAILY;INTERVAL=99999999999",
        "DURATION:P99999W",
        "TZID:../../etc/passwd",
        "",
    ]
)


@settings(max_examples=300)
@given(st.lists(LINES, max_size=25), st.binary(max_size=20))
@example(["BEGIN:VCALENDAR", "BEGIN:VEVENT", "DTSTART", "END:VEVENT"], b"")
def test_whatever_the_file_it_is_read_or_refused(lines: list[str], end: bytes) -> None:
    for data in (
        _file("\n".join(lines)),
        _file("\n".join(lines)) + end,
        "\n".join(lines).encode() + end,
    ):
        try:
            days = read_calendar(data, TAIPEI, FIRST, LAST).days
        except CalendarFileError:
            continue
        assert all(FIRST <= day.date <= LAST for day in days)
        assert days == sorted(days)


@given(st.datetimes(datetime(2026, 1, 2), datetime(2027, 6, 1)), st.integers(0, 200))
def test_a_time_covers_its_dates(start: datetime, hours: int) -> None:
    """Compare with a look at each hour of the event, in the city's time."""
    start = start.replace(minute=0, second=0, microsecond=0, tzinfo=UTC)
    event = f"UID:a\nDTSTART:{start:%Y%m%dT%H%M%SZ}\nDURATION:PT{hours}H"
    seen: dict[str, int] = {}
    for hour in range(hours):
        day = (start + timedelta(hours=hour)).astimezone(TAIPEI).date()
        seen[day.isoformat()[2:]] = seen.get(day.isoformat()[2:], 0) + 1
    first = start.astimezone(TAIPEI).date().isoformat()[2:]
    assert _dates(_file(event)) == sorted({*seen, first})
    assert _dates(_file(event), whole=True) == [d for d, n in seen.items() if n == 24]


DAYS = st.builds(
    Day,
    st.dates(FIRST, date(2026, 1, 8)),
    st.sampled_from(["Fair", "Feast"]),
    st.just("closed"),
    source=st.sampled_from(["", "city", "nation"]),
    uid=st.sampled_from(["", "a", "b"]),
)
UNIQUE = st.lists(DAYS, unique_by=lambda day: day.date, max_size=8)


@given(UNIQUE, UNIQUE)
def test_a_plan_done_has_nothing_left_to_do(old: list[Day], new: list[Day]) -> None:
    """Do what the plan says: a second plan keeps everything, what is by hand stays."""
    new = [day._replace(source="city", uid=day.uid or "c") for day in new]
    days = dict(enumerate(old, 1))
    for change in plan(days, new, [], "city", FIRST, LAST):
        if change.action == "add":
            days[len(days) + 100 + change.day.date.day] = change.day
        elif change.action == "change":
            days[change.id] = change.day
        elif change.action == "remove":
            del days[change.id]
    again = plan(days, new, [], "city", FIRST, LAST)
    assert {change.action for change in again} <= {"keep", "skip"}
    assert {day for day in old if not day.uid} <= set(days.values())
    assert {day for day in old if day.source == "nation" and day.uid} <= {
        *days.values(),
        *(day for day in old if day.date in {wanted.date for wanted in new}),
    }
