"""How much working time is left until a deadline, and how that goes on.

Pure functions over :mod:`working_time`. What a screen says of a deadline is rounded
down to a grain, so it changes at known instants: :func:`upcoming` tells them ahead,
and a screen that is left open needs neither a calendar nor a server to stay true.
Instants are ``int`` seconds since 1970 in UTC, durations ``int`` working seconds.
"""

from collections.abc import Iterator
from typing import NamedTuple

from .working_time import HorizonError, Timetable

#: From here on down, minutes are told.
MINUTES_BELOW = 7200
#: Minutes are told in steps of so many seconds.
GRAIN = 300
HOUR = 3600
#: How far ahead changes are told: a working day, until the screen is loaded again.
AHEAD = 12 * HOUR
MOST_STEPS = 36


class Step(NamedTuple):
    """What holds from an instant on: working time left, or since it is late."""

    at: int
    state: str  #: "running", "soon", "late"
    days: int
    seconds: int  #: beside the days


def shown(days: int, seconds: int) -> int:
    """Return the seconds beside whole days, rounded down to what is told of them.

    >>> shown(1, 7199), shown(0, 7199), shown(0, 7201)
    (3600, 6900, 7200)
    """
    grain = _grain(days, seconds)
    return seconds // grain * grain


def _grain(days: int, seconds: int) -> int:
    return HOUR if days or seconds >= MINUTES_BELOW else GRAIN


def whole_days(table: Timetable, begin: int, end: int) -> tuple[int, int]:
    """Return the work between two instants as whole working dates, and the rest.

    A short Friday is a day as well; a rest as long as a usual day is told as one.
    """
    days, work = table.whole_dates(begin, end)
    more, rest = divmod(table.work_between(begin, end) - work, table.usual_day)
    return days + more, rest


def time_left(table: Timetable, now: int, due: int) -> int:
    """Return the working seconds until a deadline, negative after it."""
    return table.worked_until(due) - table.worked_until(now)


def upcoming(table: Timetable, now: int, due: int, soon: int) -> Iterator[Step]:
    """Yield what is told of a deadline now and as time goes on, in order.

    :param soon: from when on the deadline is near
    """
    for at, (days, rest) in sorted(_changes(table, now, due, soon).items()):
        state = "soon" if at >= soon else "running"
        yield Step(at, "late" if at > due else state, days, rest)


def _changes(
    table: Timetable, now: int, due: int, soon: int
) -> dict[int, tuple[int, int]]:
    """Return when something else is to be told, from now on, with days and rest."""

    def measure(at: int) -> tuple[int, int]:
        return whole_days(table, min(at, due), max(at, due))

    found = {at: measure(at) for at in (soon, due + 1) if now < at <= now + AHEAD}
    at, last = now, now + AHEAD
    found[now] = days, rest = measure(now)
    while len(found) <= MOST_STEPS:
        if at > due:
            grain = _grain(days, rest)
            wait = grain - rest % grain
        else:
            wait = rest - max(shown(days, rest) - 1, 0) if rest else 1
        try:
            at = table.first_at(table.worked_until(at) + wait)
        except HorizonError:
            break  # the calendar ends here
        if at > last:
            break
        found[at] = days, rest = measure(at)
    return found
