"""When the clocks of a case begin and end, before any calendar is looked at.

A log is a sequence of :class:`Entry`. Instants are ``int`` seconds since 1970 in UTC.

Conventions:

* A promise is pinned by a ``promised`` entry and let go by ``unpromised``; it counts
  from receipt, whenever it was pinned. A case that waits for its sender's confirmation
  (``unconfirmed``) counts as received when it is confirmed.
* Clocks of the citizen run through a transfer. Clocks of a team end with it, as *not
  applicable*, and begin anew for the next team.
* *Met* takes an answer or message to the citizen. Refusal, withdrawal, merging, closing
  without an answer and transfer end a clock for a reason instead.
* A reopened case starts a new round; what came of the first stays.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

KINDS = [
    ("acknowledge", "Acknowledge receipt"),
    ("first_reply", "First reply"),
    ("next_reply", "Next reply"),
    ("transfer", "Take on or transfer"),
    ("department", "Answer of the department"),
    ("resolve", "Answer"),
]
BASES = [("statutory", "Statutory deadline"), ("service", "Service standard")]
STARTS = [
    ("received", "Receipt"),
    ("confirmed", "Confirmation by the sender"),
    ("next_working_day", "Opening on the next working day"),
    ("assigned", "Assignment to a handler"),
]
#: Why a clock is not applicable.
REASONS = [
    ("transferred", "Transferred"),
    ("not_handled", "Not handled"),
    ("withdrawn", "Withdrawn by the citizen"),
    ("closed", "Closed without an answer"),
    ("joined", "Joined to another case"),
    ("replaced", "Another rule applies since"),
]
#: Clocks that are a team's own and begin anew with each team.
TEAM_KINDS = frozenset({"transfer", "department"})
#: Promises of a message, which are made to nobody that cannot get one.
MESSAGE_KINDS = frozenset({"acknowledge", "first_reply", "next_reply"})
#: Clocks that an extension moves.
EXTENDED_KINDS = frozenset({"resolve", "department"})
ENDS = frozenset({"closed", "not_handled", "withdrawn"})


class Entry(NamedTuple):
    """One entry of the log, as far as clocks look at it; ids, with 0 for none."""

    at: int
    kind: str
    table: int = 0  #: calendar version in force from here on
    calendar: int = 0  #: the calendar it is a version of
    team: int = 0
    holder: int = 0
    reason: int = 0  #: why the case waits
    until: int | None = None  #: when waiting ends at the latest
    days: int = 0  #: of an extension
    target: int = 0  #: what is promised
    in_bulk: bool = False  #: done to many cases in one stroke
    backdated: bool = False  #: told by earlier records, which know no messages
    untold: bool = False  #: there was nobody to write to


@dataclass(frozen=True, slots=True)
class Target:
    """What a rule promises: so much time from a start to a kind of end.

    :param calendar: the rule's own calendar, 0 for the team's
    :param pausing: ids of the waiting reasons that stop the clock
    :param closing_counts: closing without a letter keeps the promise
    """

    id: int
    kind: str
    unit: str
    amount: int
    basis: str = "service"
    start: str = "received"
    calendar: int = 0
    pausing: frozenset[int] = frozenset()
    closing_counts: bool = False


@dataclass(slots=True)
class Spell:
    """A time from beginning to end of a clock, before any calendar is looked at."""

    begin: int
    stop: int | None = None
    reason: str = ""  # empty for an end that keeps the promise


@dataclass(slots=True)
class Pin:
    target: Target
    since: int
    table: int = 0
    until: int | None = None


def pins(log: Iterable[Entry], targets: Mapping[int, Target]) -> list[Pin]:
    """Return what was promised in a log, from when to when."""
    found: list[Pin] = []
    for entry in log:
        if entry.kind == "promised" and entry.target in targets:
            found.append(Pin(targets[entry.target], entry.at, entry.table))
        elif entry.kind == "unpromised":
            for pin in found:
                if pin.target.id == entry.target and pin.until is None:
                    pin.until = entry.at
    return found


# ------------------------------------------------------------- beginnings and ends
def spells(log: Sequence[Entry], pin: Pin) -> list[Spell]:
    """Return the spells of a pinned target that fall into the time it was pinned.

    What ends in the moment in which another promise is made belongs to that one.
    """
    since_receipt = pin.since <= min((entry.at for entry in log), default=0)
    kept = []
    for spell in _Walk(pin.target).through(log):
        ended_before = spell.stop is not None and spell.stop < pin.since
        if ended_before and not since_receipt:
            continue
        if pin.until is not None:
            if spell.begin > pin.until or pin.since < spell.begin == pin.until:
                continue
            if (
                spell.stop is None
                or spell.stop > pin.until
                or (spell.stop == pin.until and not spell.reason)
            ):
                spell.stop, spell.reason = pin.until, "replaced"
        kept.append(spell)
    return kept


def _tells(entry: Entry) -> bool:
    """Tell whether an entry is a message to the citizen."""
    return entry.kind == "replied" or (entry.kind == "answered" and entry.backdated)


class _Walk:
    """Goes through a log and notes where a clock of one kind begins and ends."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.kind = target.kind
        self.spells: list[Spell] = []
        self.is_ended = False
        self.is_joined = False
        self.is_told = False  # a message went to the citizen in this round
        self.is_answered = False  # the case was called answered before any message
        self.has_team = False

    def through(self, log: Sequence[Entry]) -> list[Spell]:
        confirmed = any(entry.kind == "confirmed" for entry in log)
        beginning = self.target.start
        if beginning == "next_working_day" or (
            beginning == "confirmed" and not confirmed
        ):
            beginning = "received"
        if beginning == "received" and any(e.kind == "unconfirmed" for e in log):
            beginning = "confirmed"
        for entry in log:
            if entry.kind in ("routed", "transferred", "unrouted"):
                self._move(entry)
            elif self.kind == "next_reply":
                if entry.kind == "wrote" and self.is_told and not self.is_ended:
                    self._begin(entry.at)
            elif self.kind not in TEAM_KINDS and entry.kind == beginning:
                if not self.spells:
                    self._begin(entry.at)
            self._follow(entry)
        return self.spells

    @property
    def is_running(self) -> bool:
        return bool(self.spells) and self.spells[-1].stop is None

    def _begin(self, at: int) -> None:
        if not self.is_running:
            self.spells.append(Spell(at))

    def _stop(self, at: int, reason: str = "") -> None:
        if self.is_running:
            self.spells[-1].stop, self.spells[-1].reason = at, reason

    def _move(self, entry: Entry) -> None:
        self.has_team = entry.kind != "unrouted"
        if self.kind not in TEAM_KINDS:
            return
        self._stop(entry.at, "transferred")
        if self.has_team:
            self._begin(entry.at)

    def _follow(self, entry: Entry) -> None:
        kind = entry.kind
        if kind == "reopened":
            self.is_ended = False
            self._reopen(entry.at)
        elif kind in ENDS:
            self.is_ended = True
            keeps = (
                kind == "closed"
                and self.target.closing_counts
                and not entry.in_bulk
                and self.kind in EXTENDED_KINDS
            )
            self._stop(entry.at, "" if keeps else kind)
        elif kind == "joined":
            self.is_joined = True
            self._stop(entry.at, "joined")
        elif kind == "separated":
            self._separate()
        elif self._keeps(entry):
            self._stop(entry.at)
        if _tells(entry):
            self.is_told = True

    def _keeps(self, entry: Entry) -> bool:
        """Tell whether an entry is what the promise was about."""
        kind = entry.kind
        if self.kind == "acknowledge":
            return kind == "acknowledged" or _tells(entry)
        if self.kind in ("first_reply", "next_reply"):
            return _tells(entry)
        if self.kind == "transfer":
            return kind in ("in_work", "waiting", "replied", "answered")
        if kind == "answered":
            self.is_answered = True
            return self.is_told or _tells(entry) or entry.untold
        if kind in ("in_work", "waiting"):
            self.is_answered = False
        return kind == "replied" and self.is_answered

    def _reopen(self, at: int) -> None:
        self.is_answered = False
        if self.kind == "next_reply" or (self.kind in TEAM_KINDS and not self.has_team):
            return
        if self.kind in EXTENDED_KINDS | {"first_reply"}:
            self.is_told = False
            self._begin(at)
            if self.is_joined:
                self._stop(at, "joined")

    def _separate(self) -> None:
        """An open case that is on its own again owes its answer since its receipt."""
        self.is_joined = False
        if self.is_ended:
            return
        if self.spells and self.spells[-1].reason == "joined":
            self.spells[-1].stop, self.spells[-1].reason = None, ""
