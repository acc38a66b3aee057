"""What an import of holidays adds, changes and removes: decided before it is done."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from .calendar_file import FileDay

#: What can happen to a day, in the order in which a preview shows it.
ACTIONS = [
    ("add", "Added"),
    ("change", "Changed"),
    ("remove", "Removed"),
    ("keep", "As it is"),
    ("skip", "Left out"),
]
#: Why a day of the file is left out.
REASONS = [
    ("by_hand", "Entered by hand: it stays as it is"),
    ("part", "Only part of the day: enter special hours by hand"),
]


class Day(NamedTuple):
    """A holiday as it is stored; ``source`` and ``uid`` are empty if made by hand."""

    date: date
    name: str
    kind: str
    hours: str = ""
    weekday: str = ""
    source: str = ""
    uid: str = ""


class Change(NamedTuple):
    """What happens to one date: ``id`` of the day there is, and the day wanted."""

    action: str
    id: int
    day: Day
    reason: str = ""


def combine(
    days: Iterable[FileDay], words: Sequence[str], makeup: Day, source: str, name: str
) -> tuple[list[Day], list[Day]]:
    """Return one day a date: those wanted, and those that fill part of a date only.

    Days whose name contains one of the words are make-up days, as ``makeup`` says.
    Where a date has several events, a make-up day wins and names are put together.

    >>> from datetime import date
    >>> files = [FileDay(date(2026, 2, 7), "a", "Make-up day", True),
    ...          FileDay(date(2026, 2, 16), "b", "Eve", True)]
    >>> makeup = Day(date.min, "", "makeup")
    >>> wanted, _parts = combine(files, ["make-up"], makeup, "City", "Holiday")
    >>> [(day.name, day.kind) for day in wanted]
    [('Make-up day', 'makeup'), ('Eve', 'closed')]
    """
    by_date: dict[date, list[FileDay]] = {}
    for day in sorted(days):
        by_date.setdefault(day.date, []).append(day)
    wanted, parts = [], []
    for when, events in by_date.items():
        makeups = [event for event in events if _matches(event.name, words)]
        whole = makeups or [event for event in events if event.is_whole]
        chosen = whole or events
        names = list(dict.fromkeys(event.name or name for event in chosen))
        pattern = makeup if makeups else Day(when, "", "closed")
        (wanted if whole else parts).append(
            pattern._replace(
                date=when, name=" / ".join(names), source=source, uid=chosen[0].uid
            )
        )
    return wanted, parts


def _matches(name: str, words: Sequence[str]) -> bool:
    return any(word.casefold() in name.casefold() for word in words)


def plan(
    existing: Mapping[int, Day],
    wanted: Sequence[Day],
    parts: Sequence[Day],
    source: str,
    first: date,
    last: date,
) -> list[Change]:
    """Return what happens to each date from ``first`` to ``last``, in order.

    What was entered by hand stays. Of what was imported, only days of the same source
    are removed, so several files can fill one holiday calendar.

    :param existing: the days there are, by id
    :param source: the name by which the file is known again
    """
    known = {day.date: (key, day) for key, day in existing.items()}
    changes = []
    for day in wanted:
        key, old = known.pop(day.date, (0, None))
        if old is None:
            changes.append(Change("add", 0, day))
        elif old == day:
            changes.append(Change("keep", key, day))
        elif not old.uid:
            changes.append(Change("skip", key, day, "by_hand"))
        else:
            changes.append(Change("change", key, day))
    for when, (key, old) in known.items():
        if old.uid and old.source == source and first <= when <= last:
            changes.append(Change("remove", key, old))
    changes.extend(Change("skip", 0, day, "part") for day in parts)
    return sorted(changes, key=lambda change: (change.day.date, change.action))
