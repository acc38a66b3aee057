"""The history that a record tells, and what a changed record may do to a case."""

from dataclasses import dataclass, field
from datetime import datetime

from .facts import changed_facts, fingerprint, merge_fingerprint
from .layout_check import CLOSED_PHASES
from .record import CaseRecord

_ORDER = ("received", "routed", "assigned", "in_work", "waiting", "answered")
_RANK = {phase: rank for rank, phase in enumerate(_ORDER)} | dict.fromkeys(
    CLOSED_PHASES, len(_ORDER)
)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to the case, at a naive UTC time."""

    kind: str
    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class KnownCase:
    """What the desk knows about a case that an earlier import created."""

    fingerprint: str
    phase: str
    has_handler: bool = False


@dataclass(frozen=True, slots=True)
class Update:
    """What to take over from a changed record, and what only to report."""

    fingerprint: str
    phase: str = ""
    """The phase to move to; empty for none."""
    take_due: bool = False
    take_answer: bool = False
    """Note the new answer in the history, without a move."""
    left: tuple[str, ...] = field(default=())
    """Facts that changed at the source and are left to the staff."""

    @property
    def takes_something(self) -> bool:
        return bool(self.phase or self.take_due or self.take_answer)


def history_of(record: CaseRecord) -> list[Event]:
    """The events of a case as far as the file knows them, oldest first.

    Files tell when a case came and when it ended, not when it was passed on: a
    case counts as routed on receipt, because the file's department is the only
    one it names. The recorded answer is the note of the answered event.
    """
    return [
        Event("received", record.received),
        Event("routed", record.received),
        *phase_events(record),
    ]


def phase_events(record: CaseRecord) -> list[Event]:
    """The events that brought a case into the phase of the record."""
    phase, answer = record.phase, record.answer
    if phase == "closed" and answer:
        return [Event("answered", record.closed, answer), Event(phase, record.closed)]
    if phase in CLOSED_PHASES:
        return [Event(phase, record.closed, answer)]
    if phase == "routed":
        return []
    at = max(record.updated or record.received, record.received)
    return [Event(phase, at, answer if phase == "answered" else "")]


def interim_note(record: CaseRecord) -> str:
    """What the source says about a case that it has not answered yet."""
    unanswered = record.phase not in (*CLOSED_PHASES, "answered")
    return record.answer if unanswered else ""


def plan_update(known: KnownCase, record: CaseRecord) -> Update | None:
    """Decide what a record means for a case that is here already.

    The rule: only newer facts are taken over, and only forward. A new due date of
    an open case, a step forward (a case in the hands of a handler takes only the
    last one, being closed), a new answer. Everything else that changed at the
    source (its type, its receipt, a closed case that is open again …) is left to
    the staff and reported at every import. ``None``: nothing changed at all.
    """
    new = fingerprint(record)
    changed = set(changed_facts(known.fingerprint, new))
    if not changed:
        return None
    is_open = known.phase not in CLOSED_PHASES
    taken: set[str] = set()
    moves = bool({"status", "closed"} & changed) and _may_move(known, record)
    if moves:
        taken |= {"status", "closed", "answer"}
    elif record.phase == known.phase and is_open:
        taken.add("status")  # another word for the same phase
    if is_open:
        taken.add("due")
    taken.add("answer")
    taken &= changed
    return Update(
        fingerprint=merge_fingerprint(known.fingerprint, new, taken),
        phase=record.phase if moves else "",
        take_due="due" in taken,
        take_answer="answer" in taken and not moves,
        left=tuple(sorted(changed - taken)),
    )


def _may_move(known: KnownCase, record: CaseRecord) -> bool:
    """Forward only; a handler's case is not moved about, but it may end."""
    forward = _RANK[record.phase] > _RANK[known.phase]
    return forward and (record.phase in CLOSED_PHASES or not known.has_handler)
