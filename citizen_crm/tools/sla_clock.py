"""Clocks of a case, read off its log.

A clock is never stored as a running counter: :func:`read_clocks` computes every clock
of a case from the log, the targets pinned in it and the calendars pinned in it. The
same log always gives the same readings, so any of them can be replayed and explained.
Instants are ``int`` seconds since 1970 in UTC. Beside the conventions of
:mod:`deadlines` and :mod:`sla_promises`: what is late stays late, whatever ends it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .deadlines import Pause, Segment, deadline_after, elapsed, extend, merge_pauses
from .sla_promises import ENDS, EXTENDED_KINDS, Entry, Pin, Spell, Target, pins, spells
from .working_time import Timetable, WorkingTimeError

#: Events from which on the calendar of the case's team holds.
MOVES = frozenset({"received", "routed", "transferred", "unrouted", "reopened"})
STATES = [
    ("running", "Running"),
    ("paused", "Paused"),
    ("met", "Met"),
    ("missed", "Missed"),
    ("not_applicable", "Not applicable"),
    ("undetermined", "No deadline: configuration problem"),
]


class Step(NamedTuple):
    """A warning or escalation: so long before or after, or at a share of the time."""

    id: int
    trigger: str  #: "percent", "before", "after"
    amount: int  #: percent, or working seconds


@dataclass(frozen=True, slots=True)
class Reading:
    """One clock at one moment.

    ``number`` counts the clocks of a kind and basis of a case from 1 on. ``due`` is
    ``None`` while it is not determined; ``team`` and ``holder`` had the case when the
    clock was missed.
    """

    target: Target
    number: int
    state: str
    begun: int
    start: int | None = None
    due: int | None = None
    original_due: int | None = None
    stop: int | None = None
    reason: str = ""
    team: int = 0
    holder: int = 0
    problem: str = ""
    segments: tuple[Segment, ...] = ()
    pauses: tuple[Pause, ...] = ()
    extensions: tuple[Entry, ...] = ()  #: those that moved the deadline
    table: int = 0  #: the calendar version in force now

    @property
    def is_open(self) -> bool:
        """Tell whether the clock still waits for its end."""
        return self.stop is None


def read_clocks(
    log: Sequence[Entry],
    targets: Mapping[int, Target],
    table_of: Callable[[int], Timetable],
    *,
    now: int,
) -> list[Reading]:
    """Return every clock of a case at an instant.

    :param log: the entries in their order, up to ``now``
    :param targets: the pinned targets by id
    :param table_of: gives the timetable of a calendar version
    """
    counts: dict[tuple[str, str], int] = {}
    readings = []
    for pin in pins(log, targets):
        key = pin.target.kind, pin.target.basis
        own = [entry for entry in log if _concerns(entry, pin.target, targets)]
        for spell in spells(own, pin):
            counts[key] = counts.get(key, 0) + 1
            readings.append(_read(spell, pin, counts[key], own, table_of, now))
    return readings


def _concerns(entry: Entry, target: Target, targets: Mapping[int, Target]) -> bool:
    """Tell whether an entry is about a promise; an extension moves only its own.

    The department gets the days too that the citizen was told of on the same basis.
    """
    if entry.kind != "extended" or entry.target in (0, target.id):
        return True
    extended = targets.get(entry.target)
    return (
        extended is not None
        and target.kind == "department"
        and target.basis == extended.basis
    )


# ------------------------------------------------------------------------- reading
def _read(
    spell: Spell,
    pin: Pin,
    number: int,
    log: Sequence[Entry],
    table_of: Callable[[int], Timetable],
    now: int,
) -> Reading:
    target, segments, table = pin.target, (), 0
    try:
        segments, table = _segments(log, pin, spell, table_of)
        start = _start(target, spell.begin, segments)
        pauses = tuple(_pauses(log, target, spell, now))
        original, due, extensions = _due(target, start, segments, pauses, log, spell)
    except WorkingTimeError as error:
        return Reading(
            target,
            number,
            "not_applicable" if spell.reason else "undetermined",
            spell.begin,
            stop=spell.stop,
            reason=spell.reason,
            problem=str(error),
            segments=segments,
            table=table,
        )
    state = _state(spell, due, pauses, now)
    team, holder = _holder(log, due or start) if state == "missed" else (0, 0)
    return Reading(
        target,
        number,
        state,
        spell.begin,
        start,
        due,
        original,
        spell.stop,
        spell.reason,
        team,
        holder,
        segments=segments,
        pauses=pauses,
        extensions=extensions,
        table=table,
    )


def _state(spell: Spell, due: int | None, pauses: Sequence[Pause], now: int) -> str:
    end = now if spell.stop is None else spell.stop
    if due is not None and end > due:
        return "missed"
    if spell.stop is not None:
        return "not_applicable" if spell.reason else "met"
    if pauses and pauses[-1].end is None:
        return "paused"
    return "running"


def _segments(
    log: Iterable[Entry],
    pin: Pin,
    spell: Spell,
    table_of: Callable[[int], Timetable],
) -> tuple[tuple[Segment, ...], int]:
    """Return the calendars of a spell, and the version in force at its end.

    Where no calendar could be used, the first that can be counts from the beginning.
    """
    found: list[tuple[int, int]] = []
    calendar = pin.target.calendar
    if pin.table:
        found.append((spell.begin, pin.table))
    for entry in log:
        if spell.stop is not None and entry.at > spell.stop:
            continue
        if not pin.target.calendar and entry.kind in MOVES:
            calendar = entry.calendar
        elif entry.kind != "calendar_changed" or calendar not in (0, entry.calendar):
            continue
        if entry.table:
            calendar = entry.calendar
            found.append((entry.at, entry.table))
    if not found:
        raise WorkingTimeError("This case has no working calendar.")
    # What held at the beginning comes first, whenever it was noted.
    before = [table for at, table in found if at <= spell.begin]
    first = before[-1] if before else found[0][1]
    segments = [Segment(min(spell.begin, found[0][0]), table_of(first))]
    table = first
    for at, version in found:
        if at > spell.begin and version != table:
            segments.append(Segment(at, table_of(version)))
            table = version
    return tuple(segments), table


def _start(target: Target, begin: int, segments: Sequence[Segment]) -> int:
    if target.start != "next_working_day":
        return begin
    table = segments[0].table
    day = table.nth_working_date(table.local_date(begin), 1)
    return table.next_start(table.midnight(day))


def _pauses(
    log: Iterable[Entry], target: Target, spell: Spell, now: int
) -> list[Pause]:
    """Return the pauses of a clock; the last one is open while the case waits."""
    pauses: list[Pause] = []
    waiting: Entry | None = None
    for entry in log:
        if spell.stop is not None and entry.at > spell.stop:
            break
        if entry.kind in ("waiting", "resumed", "answered", "reopened") or (
            entry.kind in ENDS
        ):
            if waiting:
                pauses.append(_pause(waiting, entry.at))
            waiting = None
            if entry.kind == "waiting" and entry.reason in target.pausing:
                waiting = entry
    if waiting:
        end = spell.stop
        if end is None and waiting.until is not None and waiting.until <= now:
            end = waiting.until
        pauses.append(_pause(waiting, end))
    return [
        pause
        for pause in merge_pauses(pauses)
        if pause.end is None or pause.end > spell.begin
    ]


def _pause(waiting: Entry, end: int | None) -> Pause:
    if end is not None and waiting.until is not None:
        end = min(end, waiting.until)
    return Pause(waiting.at, end)


def _due(
    target: Target,
    start: int,
    segments: Sequence[Segment],
    pauses: Sequence[Pause],
    log: Iterable[Entry],
    spell: Spell,
) -> tuple[int | None, int | None, tuple[Entry, ...]]:
    """Return the deadline as first promised and as extended, and what extended it."""

    def due_after(days: int) -> int | None:
        return extend(target.unit, target.amount, days, start, segments, pauses)

    original = due = due_after(0)
    if target.kind not in EXTENDED_KINDS:
        return original, due, ()
    counted: list[Entry] = []
    for entry in log:
        if entry.kind != "extended" or entry.at < spell.begin:
            continue
        is_in_time = due is None or entry.at <= due
        if is_in_time and (spell.stop is None or entry.at <= spell.stop):
            counted.append(entry)
            due = due_after(sum(entry.days for entry in counted))
    return original, due, tuple(counted)


def _holder(log: Iterable[Entry], at: int) -> tuple[int, int]:
    """Return team and handler of a case at an instant."""
    team = holder = 0
    for entry in log:
        if entry.at > at:
            break
        if entry.kind in ("received", "routed", "transferred", "unrouted"):
            team = entry.team
        if entry.kind in ("received", "assigned", "unassigned", "transferred"):
            holder = entry.holder
    return team, holder


# -------------------------------------------------------------------------- ladder
def step_instants(
    reading: Reading, steps: Iterable[Step]
) -> Iterator[tuple[Step, int]]:
    """Yield when each warning or escalation of a clock is due.

    Nothing is yielded while the deadline is not determined.
    """
    if reading.due is None or reading.start is None:
        return
    segments, pauses = reading.segments, reading.pauses
    start, due = reading.start, reading.due
    total = elapsed(start, due, segments, pauses) if due > start else 0
    for step in steps:
        if step.trigger == "after":
            at = deadline_after(due, step.amount, segments, pauses)
        else:
            share = (
                total * step.amount // 100
                if step.trigger == "percent"
                else total - step.amount
            )
            at = deadline_after(start, share, segments, pauses) if share > 0 else start
        if at is not None:
            yield step, at
