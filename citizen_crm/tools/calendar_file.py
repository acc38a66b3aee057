"""Read the days of an iCalendar file (RFC 5545), as far as holidays need it.

The library splits the file into events and lines; what the lines mean is decided
here, because a holiday is a date in the city and not an instant: repetitions are
counted in the local time of the event, as the standard says, and only then converted.
Nothing outside the wanted dates is expanded, and what would take forever is refused.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from time import monotonic
from typing import NamedTuple
from zoneinfo import ZoneInfo

import vobject
from dateutil import rrule
from dateutil.tz import tzical

MOST_EVENTS = 5_000
MOST_OCCURRENCES = 50_000
MOST_SECONDS = 5
_ONE_DAY = timedelta(days=1)
_MOMENT = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?")
_DURATION = re.compile(
    r"\+?P(?:(?P<weeks>\d{1,4})W|(?:(?P<days>\d{1,5})D)?"
    r"(?:T(?:(?P<hours>\d{1,5})H)?(?:(?P<minutes>\d{1,6})M)?(?:(?P<seconds>\d{1,8})S)?)?)"
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
#: Parts of a rule that a repetition by days or weeks does not need: they may never fit.
_BY_MONTH = {"BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS"}
_ALLOWED = {
    "DAILY": {"BYDAY"},
    "WEEKLY": {"BYDAY"},
    "MONTHLY": {"BYDAY", *_BY_MONTH},
    "YEARLY": {"BYDAY", *_BY_MONTH},
}
#: Clocks change once a year, as a rule; other rules could keep a computer busy.
_ZONE_RULE = re.compile(r"FREQ=YEARLY(?!.*INTERVAL=0*(?!1\b))", re.IGNORECASE)
_TIMEZONE_LINES = {"DTSTART", "RDATE", "RRULE", "TZID", "TZOFFSETFROM", "TZOFFSETTO"}


class CalendarFileError(ValueError):
    """A file that cannot be read.

    :ivar code: ``encoding``, ``syntax``, ``no_calendar``, ``too_much`` or ``event``
    :ivar detail: the line or the event at fault, if one is
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}")
        self.code, self.detail = code, detail


class FileDay(NamedTuple):
    """A date on which an event of the file takes place, wholly or in part."""

    date: date
    uid: str
    name: str
    is_whole: bool


class CalendarFile(NamedTuple):
    """What a file says: its name for itself, and its days in order."""

    name: str
    days: list[FileDay]


@dataclass(frozen=True)
class _Moment:
    """A date, or a local time in a zone."""

    wall: datetime
    zone: tzinfo | None  # None for a date

    def in_zone(self, zone: tzinfo) -> datetime:
        if self.zone is None:
            return self.wall
        return self.wall.replace(tzinfo=self.zone).astimezone(zone).replace(tzinfo=None)

    def seen_from(self, other: "_Moment") -> "_Moment":
        """Return it in the local time of another one, if both are times."""
        if self.zone is None or other.zone is None:
            return self
        return _Moment(self.in_zone(other.zone), other.zone)


def read_calendar(data: bytes, zone: ZoneInfo, first: date, last: date) -> CalendarFile:
    """Return the days of a file from ``first`` to ``last``.

    :param zone: in which the dates are meant; times without a zone are in it, too
    :raise CalendarFileError: nothing of a bad file is used
    """
    calendars = _parse(data)
    names = [_text(calendar, "x-wr-calname") for calendar in calendars]
    reader = _Reader(zone, first, last)
    days: dict[tuple[date, str], FileDay] = {}
    for calendar in calendars:
        for day in reader.expand(calendar):
            known = days.get((day.date, day.uid))
            if known is None or day.is_whole:
                days[day.date, day.uid] = day
    return CalendarFile(next(filter(None, names), ""), sorted(days.values()))


def _parse(data: bytes) -> list:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CalendarFileError("encoding") from error
    try:
        components = list(vobject.readComponents(text, transform=False))
    except Exception as error:  # the library raises whatever it stumbles over
        raise CalendarFileError(
            "syntax", str(getattr(error, "lineNumber", None) or "")
        ) from error
    calendars = [item for item in components if item.name == "VCALENDAR"]
    if not calendars:
        raise CalendarFileError("no_calendar")
    return calendars


def _lines(event, name: str) -> list:
    return event.contents.get(name, [])


def _text(event, name: str) -> str:
    """Return the text of the first line of this name, unescaped, on one line."""
    for line in _lines(event, name):
        value = str(getattr(line, "value", ""))
        plain = _ESCAPED.sub(lambda m: " " if m[1] in "nN" else m[1], value)
        return " ".join(plain.split())
    return ""


class _Reader:
    """Expand the events of one file."""

    def __init__(self, zone: ZoneInfo, first: date, last: date) -> None:
        self.zone, self.first, self.last = zone, first, last
        self.zones: dict[str, tzinfo] = {}
        self.until = monotonic() + MOST_SECONDS

    def expand(self, calendar) -> Iterator[FileDay]:
        events = _lines(calendar, "vevent")
        if len(events) > MOST_EVENTS:
            raise CalendarFileError("too_much")
        self._read_zones(_lines(calendar, "vtimezone"))
        moved: dict[str, list[_Moment]] = {}
        for event in events:
            for line in _lines(event, "recurrence-id"):
                moved.setdefault(self._get_uid(event), []).append(
                    self._guard(event, lambda line=line: self._moment(line))
                )
        for event in events:
            if monotonic() > self.until:
                raise CalendarFileError("too_much")
            if _text(event, "status").upper() != "CANCELLED":
                skipped = moved.get(self._get_uid(event), [])
                yield from self._guard(
                    event, lambda e=event, s=skipped: list(self._read_event(e, s))
                )

    def _guard(self, event, read):
        """Return what ``read`` returns; name the event if it cannot be understood."""
        try:
            return read()
        except CalendarFileError:
            raise
        except (ValueError, KeyError, AttributeError, TypeError, IndexError) as error:
            name = _text(event, "summary") or self._get_uid(event)
            raise CalendarFileError("event", name) from error
        except (OverflowError, ArithmeticError) as error:
            raise CalendarFileError("event", _text(event, "summary")) from error

    def _get_uid(self, event) -> str:
        return _text(event, "uid") or _text(event, "summary")

    # ----------------------------------------------------------------- zones
    def _read_zones(self, components) -> None:
        for component in components:
            name = _text(component, "tzid")
            try:
                self.zones[name] = ZoneInfo(name)
            except (KeyError, ValueError, OSError):
                self.zones[name] = self._guard(
                    component, lambda c=component, n=name: _own_zone(c, n)
                )

    def _get_zone(self, name: str) -> tzinfo:
        if name not in self.zones:
            try:
                self.zones[name] = ZoneInfo(name)
            except (KeyError, ValueError, OSError):
                self.zones[name] = self.zone
        return self.zones[name]

    # --------------------------------------------------------------- moments
    def _moment(self, line) -> _Moment:
        return self._moments(line)[0]

    def _moments(self, line) -> list[_Moment]:
        zone_name = next(iter(line.params.get("TZID", [])), "")
        return [
            self._to_moment(text.strip(), zone_name) for text in line.value.split(",")
        ]

    def _to_moment(self, text: str, zone_name: str = "") -> _Moment:
        # A period is a start and an end; its start is what matters.
        found = _MOMENT.fullmatch(text.partition("/")[0])
        if not found:
            raise ValueError(text)
        day, clock, is_utc = found.groups()
        wall = datetime.strptime(day, "%Y%m%d")
        if clock is None:
            return _Moment(wall, None)
        second = min(int(clock[4:]), 59)  # a leap second
        at = time(int(clock[:2]), int(clock[2:4]), second)
        wall = datetime.combine(wall, at)
        if is_utc:
            return _Moment(wall, ZoneInfo("UTC"))
        return _Moment(wall, self._get_zone(zone_name) if zone_name else self.zone)

    # ---------------------------------------------------------------- events
    def _read_event(self, event, moved: list[_Moment]) -> Iterator[FileDay]:
        begin = self._moment(_lines(event, "dtstart")[0])
        length = self._get_length(event, begin)
        uid, name = self._get_uid(event), _text(event, "summary")
        skipped = set()
        if not _lines(event, "recurrence-id"):
            skipped = {moment.seen_from(begin).wall for moment in moved}
        for wall in self._get_starts(event, begin):
            if wall not in skipped:
                start = _Moment(wall, begin.zone).in_zone(self.zone)
                for day, is_whole in self._get_dates(start, length):
                    yield FileDay(day, uid, name, is_whole)

    def _get_length(self, event, begin: _Moment) -> timedelta:
        for line in _lines(event, "dtend"):
            end = self._moment(line)
            if (end.zone is None) != (begin.zone is None):
                raise ValueError("a date and a time")
            return max(end.in_zone(self.zone) - begin.in_zone(self.zone), timedelta())
        for line in _lines(event, "duration"):
            found = _DURATION.fullmatch(line.value.strip())
            if not found:
                raise ValueError(line.value)
            parts = {k: int(v) for k, v in found.groupdict().items() if v}
            return timedelta(**parts)
        return _ONE_DAY if begin.zone is None else timedelta()

    def _get_dates(
        self, start: datetime, length: timedelta
    ) -> Iterator[tuple[date, bool]]:
        """Yield the wanted dates of an occurrence, and whether it covers them."""
        end = start + length
        day = max(start.date(), self.first)
        while day <= self.last:
            begin = datetime.combine(day, time.min)
            if begin >= end and day != start.date():
                break
            # Whole days may end at 23:59 or 23:59:59.
            yield day, start <= begin and end >= begin + _ONE_DAY - timedelta(minutes=1)
            day += _ONE_DAY

    # ----------------------------------------------------------- repetitions
    def _get_starts(self, event, begin: _Moment) -> Iterator[datetime]:
        """Yield when the event takes place, in its own local time."""
        horizon = datetime.combine(self.last, time.max) + _ONE_DAY
        dates = rrule.rruleset()
        dates.rdate(begin.wall)
        for line in _lines(event, "rrule"):
            dates.rrule(self._to_rule(line.value, begin, horizon))
        for line in _lines(event, "exrule"):
            dates.exrule(self._to_rule(line.value, begin, horizon))
        for moment in self._other_moments(event, "rdate", begin):
            dates.rdate(moment.wall)
        excluded, whole_days = set(), set()
        for moment in self._other_moments(event, "exdate", begin):
            (whole_days if moment.zone is None else excluded).add(moment.wall)
        for count, wall in enumerate(dates):
            if wall > horizon:
                return
            if count > MOST_OCCURRENCES:
                raise CalendarFileError("too_much")
            day = datetime.combine(wall.date(), time.min)
            if wall not in excluded and day not in whole_days:
                yield wall

    def _other_moments(self, event, name: str, begin: _Moment) -> Iterator[_Moment]:
        """Yield the dates of some lines, in the local time of the event."""
        for line in _lines(event, name):
            for moment in self._moments(line):
                yield moment.seen_from(begin)

    def _to_rule(self, text: str, begin: _Moment, horizon: datetime) -> rrule.rrule:
        parts = dict(
            part.partition("=")[::2]
            for part in text.upper().replace("\\", "").split(";")
        )
        parts = {name.strip(): value.strip() for name, value in parts.items() if name}
        by = {name for name in parts if name.startswith("BY")}
        # The library would look for ever for the next of an interval of 0.
        if not by <= _ALLOWED[parts["FREQ"]] or int(parts.get("INTERVAL", 1)) < 1:
            raise ValueError(text)
        until = parts.pop("UNTIL", None)
        rule = ";".join(f"{name}={value}" for name, value in parts.items())
        end = horizon
        if until:
            moment = self._to_moment(until)
            if moment.zone is None:
                end = datetime.combine(moment.wall.date(), time.max)
            else:
                end = moment.in_zone(begin.zone or self.zone)
        found = rrule.rrulestr(rule, dtstart=begin.wall, ignoretz=True)
        if "COUNT" in parts:
            return found
        return found.replace(until=min(end, horizon))


def _own_zone(component, name: str) -> tzinfo:
    """Return a time zone that only the file knows."""
    lines = ["BEGIN:VCALENDAR", *_zone_lines(component), "END:VCALENDAR"]
    zone = tzical(io.StringIO("\n".join(lines))).get(name)
    if zone is None:
        raise ValueError(name)
    return zone


def _zone_lines(component) -> Iterator[str]:
    yield f"BEGIN:{component.name}"
    for line in component.lines():
        if line.name.upper() in _TIMEZONE_LINES:
            if line.name.upper() == "RRULE" and not _ZONE_RULE.match(line.value):
                raise ValueError(line.value)
            yield f"{line.name}:{line.value}"
    for child in component.components():
        yield from _zone_lines(child)
    yield f"END:{component.name}"
