"""Worked deadlines: the table in `deadlines_*.toml`, reckoned by hand.

A row is a clock, `calendar received + amount unit`; perhaps `pauses`, `moves` to
another calendar from an instant on and days by which it is `extended`; and when it is
`due`. All times of a row are local times of the calendar it begins with; `again` is
the second time in an hour that comes twice. `why` is the reckoning.
"""

from __future__ import annotations

import tomllib
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from odoo.addons.citizen_crm.tools.deadlines import (
    SECONDS_OF,
    UNITS,
    Pause,
    Segment,
    deadline,
    elapsed,
    extend,
    stretches,
)
from odoo.addons.citizen_crm.tools.working_time import Calendar, Interval, Timetable

HERE = Path(__file__).parent
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def read(name: str) -> dict[str, dict[str, Any]]:
    return tomllib.loads((HERE / name).read_text("utf-8"))


CALENDARS = read("deadline_calendars.toml")
ROWS = {
    f"{path.stem.removeprefix('deadlines_')}-{name}": row
    for path in sorted(HERE.glob("deadlines_*.toml"))
    for name, row in read(path.name).items()
}


# ----------------------------------------------------------------------- notation
def parse_time(text: str, zone: ZoneInfo) -> int:
    """Read `Mon 2026-03-02 10:00`, and insist that there is such a time."""
    weekday, rest = text.split(" ", 1)
    wall = datetime.fromisoformat(rest.removesuffix(" again"))
    assert DAYS[wall.weekday()] == weekday.lower(), text
    instant = wall.replace(tzinfo=zone, fold=int(rest.endswith(" again"))).timestamp()
    assert show(int(instant), zone) == text
    return int(instant)


def show(instant: int, zone: ZoneInfo) -> str:
    local = datetime.fromtimestamp(instant, zone)
    shown = local.strftime("%Y-%m-%d %H:%M:%S").removesuffix(":00")
    return f"{DAYS[local.weekday()].title()} {shown}{' again' if local.fold else ''}"


def parse_span(text: str, zone: ZoneInfo) -> tuple[int, int | None]:
    """Read `time .. time` or `time .. open`."""
    start, end = text.split(" .. ")
    return parse_time(start, zone), None if end == "open" else parse_time(end, zone)


def parse_intervals(text: str) -> tuple[Interval, ...]:
    return tuple(
        Interval(*(int(end[:2]) * 3600 + int(end[3:]) * 60 for end in part.split("-")))
        for part in text.split()
    )


def parse_week(week: dict[str, str]) -> tuple[tuple[Interval, ...], ...]:
    found: list[tuple[Interval, ...]] = [()] * 7
    for days, text in week.items():
        first, last = (DAYS.index(day) for day in days.split("-"))
        found[first : last + 1] = [parse_intervals(text)] * (last + 1 - first)
    return tuple(found)


@lru_cache
def compile_calendar(name: str, year: int) -> Timetable:
    spec = CALENDARS[name]
    zone = ZoneInfo(spec["tz"])
    calendar = Calendar(
        spec["tz"],
        tuple(parse_week(week) for week in spec["weeks"]),
        frozenset(spec.get("closed", ())),
        {
            date.fromisoformat(day): parse_intervals(text)
            for day, text in spec.get("special", {}).items()
        },
        tuple(parse_span(text, zone) for text in spec.get("leaves", ())),
    )
    return Timetable(calendar, date(year - 1, 12, 1), date(year + 1, 12, 31))


class Clock:
    """A row as the engine wants it."""

    def __init__(self, row: dict[str, Any]) -> None:
        begin, amount = row["clock"].split(" + ")
        name, received = begin.split(" ", 1)
        self.zone = ZoneInfo(CALENDARS[name]["tz"])
        self.start = parse_time(received, self.zone)
        number, self.unit = amount.split()
        self.amount = int(number)
        moves = [move.split(" ", 1) for move in row.get("moves", ())]
        places = [(name, received), *moves]
        self.segments = [
            Segment(parse_time(at, self.zone), compile_calendar(name, self.year))
            for name, at in places
        ]
        self.pauses = [
            Pause(*parse_span(text, self.zone)) for text in row.get("pauses", ())
        ]

    @property
    def year(self) -> int:
        return datetime.fromtimestamp(self.start, self.zone).year


# -------------------------------------------------------------------------- tests
@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_deadline(row: dict[str, Any]) -> None:
    clock = Clock(row)
    args = clock.start, clock.segments, clock.pauses
    due = extend(clock.unit, clock.amount, row.get("extended", 0), *args)
    assert ("open" if due is None else show(due, clock.zone)) == row["due"], row["why"]
    if "extended" not in row:
        assert deadline(clock.unit, clock.amount, *args) == due
    if due is not None and clock.unit in SECONDS_OF and "extended" not in row:
        assert elapsed(clock.start, due, *args[1:]) == (
            clock.amount * SECONDS_OF[clock.unit]
        )
    at = due or clock.start + 7 * 86_400
    told = stretches(clock.start, at, *args[1:])
    assert sum(stretch.end - stretch.start for stretch in told) == at - clock.start


def test_the_table_is_complete() -> None:
    """Every unit is there, every row explains itself, and no calendar is idle."""
    clocks = [row["clock"] for row in ROWS.values()]
    assert len(ROWS) >= 60
    assert len({repr({**row, "why": ""}) for row in ROWS.values()}) == len(ROWS)
    assert {clock.split()[-1] for clock in clocks} == set(dict(UNITS))
    assert all(len(row["why"]) > 9 for row in ROWS.values())
    moves = [move for row in ROWS.values() for move in row.get("moves", ())]
    assert {text.split()[0] for text in clocks + moves} == set(CALENDARS)


def test_a_reading_of_the_notation() -> None:
    zone = ZoneInfo("Europe/Berlin")
    first, again = (
        parse_time(text, zone)
        for text in ("Sun 2026-10-25 02:30", "Sun 2026-10-25 02:30 again")
    )
    assert again - first == timedelta(hours=1).total_seconds()
    with pytest.raises(AssertionError):
        parse_time("Sun 2026-03-29 02:30", zone)  # there is no such time
    with pytest.raises(AssertionError):
        parse_time("Mon 2026-03-29 10:00", zone)
