"""Who had a case, from when to when, and whom its figures are counted to.

A spell of custody begins when somebody gets a case and ends when they pass it on or the
case ends. Everything here is read off the history, so it can be read again and comes
out the same. Instants are ``int`` seconds since 1970 in UTC, durations working seconds.

Conventions:

* Work is counted while somebody has the case and it goes on: not while it waits for the
  citizen, not from the answer on, and not while the handler is on leave.
* A round lasts from receipt, or from a reopening, to the end of the case. Only rounds
  that have ended have facts.
* What became of a promise is counted to whoever had the case at that moment: of the
  message that kept it, or of the deadline that passed. A deadline that passed while
  nobody had the case, or before they got it, is nobody's.
* A case counts personally, once in a round, to whoever had it for enough of its working
  time and got it with enough of the deadline left.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from .case_events import ENDED
from .duty import cut
from .sla_clock import MOVES
from .working_time import Timetable

#: How a spell ends, and what no other event says of it.
PASSED_ON = "passed_on"
#: Events with which work goes on, and with which it stops.
GOES_ON = frozenset({"received", "resumed", "in_work", "reopened"})
STOPS = frozenset({"waiting", "answered"}) | ENDED
#: Events by which a case comes to a team or leaves one.
TEAM_MOVES = frozenset({"routed", "transferred", "unrouted"})
#: Promises that facts tell of.
PROMISES = ("first_reply", "resolve")


class Entry(NamedTuple):
    """One entry of the history, as far as custody looks at it; ids, 0 for none."""

    at: int
    kind: str
    holder: int = 0
    team: int = 0
    table: int = 0  #: calendar version that holds from here on
    type: int = 0  #: the service type at the first assignment
    priority: str = ""
    channel: int = 0


class Triage(NamedTuple):
    """What a case was when a team first gave it to somebody; empty for not known."""

    type: int = 0
    priority: str = ""
    channel: int = 0


class Piece(NamedTuple):
    """A stretch of time on one calendar."""

    begin: int
    end: int
    table: int


class Promise(NamedTuple):
    """What became of a clock: met or missed, when it was due and when it ended."""

    kind: str
    state: str
    start: int
    due: int
    stop: int | None
    table: int


class Rules(NamedTuple):
    """From when on a case counts personally, as shares of 1."""

    held: float = 0.5
    left: float = 0.25


@dataclass(frozen=True, slots=True)
class Spell:
    """A time in which one person had a case."""

    number: int
    round: int
    holder: int
    team: int
    triage: Triage
    begin: int
    end: int
    ended_by: str = ""  #: kind of event that ended the case, or PASSED_ON; empty: open
    going: tuple[Piece, ...] = ()
    waiting: tuple[Piece, ...] = ()


@dataclass(slots=True)
class Story:
    """What a history says: spells, when the case waited, when each round ended."""

    spells: list[Spell] = field(default_factory=list)
    waits: list[tuple[int, int]] = field(default_factory=list)
    ends: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Custody:
    """A spell with what is counted of it; ``None`` for no value."""

    spell: Spell
    worked: int
    waited: int
    held: float = 0.0
    left_at_start: float | None = None
    left_at_end: float | None = None
    late_first_reply: bool | None = None
    late_resolution: bool | None = None
    is_personal: bool = False


TableOf = Callable[[int, int], Timetable | None]
Leaves = Sequence[tuple[int, int]]


# ------------------------------------------------------------------------- history
def read_story(log: Iterable[Entry], until: int | None = None) -> Story:
    """Return who had a case when.

    :param log: the entries in their order
    :param until: look at nothing after it, and let what is open end there

    >>> log = [Entry(0, "received"), Entry(2, "assigned", holder=7),
    ...     Entry(5, "assigned", holder=8), Entry(9, "closed", holder=8)]
    >>> [(s.holder, s.begin, s.end, s.ended_by) for s in read_story(log).spells]
    [(7, 2, 5, 'passed_on'), (8, 5, 9, 'closed')]
    >>> [(s.holder, s.end, s.ended_by) for s in read_story(log, until=4).spells]
    [(7, 4, '')]
    """
    walk = _Walk()
    for entry in log:
        if until is not None and entry.at > until:
            break
        walk.cut(entry.at)
        walk.follow(entry)
    if until is not None:
        walk.cut(until)
        walk.end(until, "")
    return walk.story


class _Walk:
    """Goes through a history and notes who has the case."""

    def __init__(self) -> None:
        self.story = Story()
        self.round = 1
        self.holder = self.team = self.table = 0
        self.triage: Triage | None = None
        self.is_ended = self.is_waiting = False
        self.is_going = True
        self.since = self.begin = 0
        self.going: list[Piece] = []
        self.waiting: list[Piece] = []

    def cut(self, at: int) -> None:
        """Note what has gone on until now."""
        if at > self.since:
            if self.is_waiting:
                self.story.waits.append((self.since, at))
            if self.holder and self.is_going:
                self.going.append(Piece(self.since, at, self.table))
            elif self.holder and self.is_waiting:
                self.waiting.append(Piece(self.since, at, self.table))
        self.since = max(self.since, at)

    def follow(self, entry: Entry) -> None:
        if entry.kind in MOVES and entry.table:
            self.table = entry.table
        if entry.kind in TEAM_MOVES:
            self._move(entry)
        elif entry.kind == "assigned":
            self._hand(entry, entry.holder)
        elif entry.kind == "unassigned":
            self.end(entry.at, PASSED_ON)
        elif entry.kind == "reopened" and self.is_ended:
            self.round += 1
            self.is_ended = False
        if entry.kind in ("reopened", "in_work") and not self.holder:
            self._hand(entry, entry.holder)
        self._pace(entry)

    def _move(self, entry: Entry) -> None:
        """Let a case come to a team; what it is there is seen anew."""
        holder = entry.holder if entry.holder == self.holder else 0
        is_moved = entry.team != self.team
        if not holder or is_moved:
            self.end(entry.at, PASSED_ON)
        self.team, self.triage = entry.team, None
        if holder and is_moved:
            self._hand(entry, holder)

    def _hand(self, entry: Entry, holder: int) -> None:
        """Let somebody have the case."""
        if holder == self.holder:
            return
        self.end(entry.at, PASSED_ON)
        if holder and not self.is_ended:
            self.triage = self.triage or Triage(
                entry.type, entry.priority, entry.channel
            )
            self.team = entry.team or self.team
            self.holder, self.begin = holder, entry.at

    def _pace(self, entry: Entry) -> None:
        """Note whether work goes on, stops or ends."""
        if entry.kind in GOES_ON:
            self.is_going, self.is_waiting = True, False
        elif entry.kind in STOPS:
            self.is_going, self.is_waiting = False, entry.kind == "waiting"
        if entry.kind in ENDED and not self.is_ended:
            self.end(entry.at, entry.kind)
            self.is_ended = True
            self.story.ends[self.round] = entry.at

    def end(self, at: int, ended_by: str) -> None:
        """Let nobody have the case; a spell that took no time was none."""
        if self.holder and (at > self.begin or ended_by in ENDED):
            self.story.spells.append(
                Spell(
                    number=len(self.story.spells) + 1,
                    round=self.round,
                    holder=self.holder,
                    team=self.team,
                    triage=self.triage or Triage(),
                    begin=self.begin,
                    end=at,
                    ended_by=ended_by,
                    going=tuple(self.going),
                    waiting=tuple(self.waiting),
                )
            )
        self.holder, self.going, self.waiting = 0, [], []


# ------------------------------------------------------------------------- measuring
def read_custody(
    story: Story,
    promises: Sequence[Promise],
    table_of: TableOf,
    leaves: Mapping[int, Leaves],
    rules: Rules,
) -> list[Custody]:
    """Return what is counted of the spells in rounds that have ended.

    :param promises: the clocks of the case, as they ended
    :param table_of: gives the timetable of a calendar version from an instant on,
        ``None`` where there is none
    :param leaves: when holders were on leave
    """
    ended = [spell for spell in story.spells if spell.round in story.ends]
    lateness = _read_lateness(story.spells, promises)
    found = []
    for spell in ended:
        own = leaves.get(spell.holder, ())
        late = lateness.get(spell.number, {})
        start, end = _read_left(spell, promises, story.waits, table_of)
        found.append(
            Custody(
                spell,
                work_of(spell.going, table_of, own),
                work_of(spell.waiting, table_of, own),
                left_at_start=start,
                left_at_end=end,
                late_first_reply=late.get("first_reply"),
                late_resolution=late.get("resolve"),
            )
        )
    return _count(found, rules)


def work_of(pieces: Iterable[Piece], table_of: TableOf, leaves: Leaves) -> int:
    """Return the working seconds of stretches of time, without leave."""
    total = 0
    for begin, end, version in pieces:
        table = table_of(version, begin)
        if table:
            spans = cut(iter([(begin, end)]), leaves) if leaves else [(begin, end)]
            total += sum(table.work_between(start, stop) for start, stop in spans)
    return total


def left_of(
    promise: Promise, at: int, waits: Iterable[tuple[int, int]], table_of: TableOf
) -> float | None:
    """Return which share of the time promised is left at an instant, 0 to 1.

    Times in which the case waited for the citizen are left out on both sides.
    """
    table = table_of(promise.table, promise.start)
    if table is None or promise.due <= promise.start:
        return None

    def net(begin: int, end: int) -> int:
        waited = sum(
            table.work_between(max(begin, start), min(end, stop))
            for start, stop in waits
            if start < end and stop > begin
        )
        return table.work_between(begin, end) - waited

    whole = net(promise.start, promise.due)
    if whole <= 0:
        return None
    if at >= promise.due:
        return 0.0
    return net(max(at, promise.start), promise.due) / whole


def _read_left(
    spell: Spell,
    promises: Iterable[Promise],
    waits: Sequence[tuple[int, int]],
    table_of: TableOf,
) -> tuple[float | None, float | None]:
    """Return what was left of the nearest deadline at both ends of a spell."""
    starts, ends = [], []
    for promise in promises:
        stop = spell.end if promise.stop is None else min(promise.stop, spell.end)
        if promise.kind != "resolve" or promise.start > spell.end or stop < spell.begin:
            continue
        starts.append(left_of(promise, spell.begin, waits, table_of))
        ends.append(left_of(promise, stop, waits, table_of))
    return (
        min((part for part in starts if part is not None), default=None),
        min((part for part in ends if part is not None), default=None),
    )


def _read_lateness(
    spells: Sequence[Spell], promises: Iterable[Promise]
) -> dict[int, dict[str, bool]]:
    """Return whether promises were late, by number of the spell and kind of promise."""
    found: dict[int, dict[str, bool]] = {}
    for promise in promises:
        if promise.state not in ("met", "missed"):
            continue
        is_late = promise.state == "missed"
        at = promise.due if is_late or promise.stop is None else promise.stop
        holders = [spell for spell in spells if spell.begin <= at <= spell.end]
        if holders:
            late = found.setdefault(holders[-1].number, {})
            late[promise.kind] = late.get(promise.kind, False) or is_late
    return found


def _count(found: Sequence[Custody], rules: Rules) -> list[Custody]:
    """Return the same with each one's share of the round, and whether it counts."""
    worked: Counter[int] = Counter()
    by_holder: Counter[tuple[int, int]] = Counter()
    first: dict[tuple[int, int], Custody] = {}
    last: dict[tuple[int, int], int] = {}
    last_of_round: dict[int, tuple[int, int]] = {}
    for custody in found:
        spell = custody.spell
        key = spell.round, spell.holder
        worked[spell.round] += custody.worked
        by_holder[key] += custody.worked
        first.setdefault(key, custody)
        last[key] = spell.number
        last_of_round[spell.round] = key
    counted = []
    for custody in found:
        spell = custody.spell
        key = spell.round, spell.holder
        whole = worked[spell.round]
        # What took nobody any time is whose it was last.
        held = by_holder[key] / whole if whole else float(last_of_round[key[0]] == key)
        left = first[key].left_at_start
        is_personal = (
            last[key] == spell.number
            and held >= rules.held
            and (left is None or left >= rules.left)
        )
        counted.append(replace(custody, held=held, is_personal=is_personal))
    return counted
