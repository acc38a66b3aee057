"""What happened to a case, read off its state before and after a change.

The history of a case is append-only. This module decides which events a change
amounts to; the models fetch the two states, call :func:`diff` and store the result.
"""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

# Lists, not tuples: Odoo knows and translates the labels of a list only.
#: Phases in the order of a case's life; a stage of the desk stands in one phase.
PHASES = [
    ("received", "Received"),
    ("routed", "Routed"),
    ("assigned", "Assigned"),
    ("in_work", "In work"),
    ("waiting", "Waiting for the citizen"),
    ("answered", "Answered"),
    ("closed", "Closed"),
    ("not_handled", "Not handled"),
    ("withdrawn", "Withdrawn"),
]
#: Phases in which the city has ended its work on the case.
ENDED = frozenset({"closed", "not_handled", "withdrawn"})
#: Phases that follow from team and handler alone; from "in work" on, staff decide.
AUTOMATIC = frozenset({"received", "routed", "assigned"})

EVENT_KINDS = [
    ("received", "Received"),
    ("split_from", "Split from another case"),
    ("split_into", "Split into another case"),
    ("unconfirmed", "Waits for the sender's confirmation"),
    ("confirmed", "Confirmed by the sender"),
    ("not_confirmed", "Not confirmed in time"),
    ("routed", "Routed to a team"),
    ("unrouted", "Returned to triage"),
    ("transferred", "Transferred to another team"),
    ("assigned", "Assigned"),
    ("unassigned", "Returned to the team"),
    ("in_work", "Taken in work"),
    ("waiting", "Waiting for the citizen"),
    ("resumed", "Resumed"),
    ("answered", "Answered"),
    ("closed", "Closed"),
    ("not_handled", "Not handled"),
    ("withdrawn", "Withdrawn"),
    ("reopened", "Reopened"),
    ("stage_changed", "Moved to another stage"),
    ("role_changed", "Changed role"),
    ("type_changed", "Changed service type"),
    ("outcome_recorded", "Outcome recorded"),
    ("joined", "Joined to a matter"),
    ("separated", "Separated from a matter"),
    ("imported", "Imported"),
    ("calendar_changed", "Calendar changed"),
    ("acknowledged", "Receipt confirmed to the citizen"),
    ("replied", "Message to the citizen"),
    ("wrote", "Message from the citizen"),
    ("promised", "Promise made"),
    ("unpromised", "Promise replaced"),
    ("extended", "Deadline extended"),
    ("miss_explained", "Delay explained"),
    ("received_corrected", "Date of receipt corrected"),
    ("secret_renewed", "New secret given"),
    ("review_asked", "Review asked for"),
    ("review_decided", "Review decided"),
    ("field_checked", "Checked on site"),
    ("archived", "Archived"),
    ("restored", "Brought back from the archive"),
    ("erased", "Personal data erased"),
    ("transfer_proposed", "Transfer proposed"),
    ("transfer_disputed", "Transfer disputed"),
    ("transfer_decided", "Transfer decided by the arbiter"),
    ("transfer_withdrawn", "Transfer withdrawn"),
    ("contribution_asked", "Contribution asked for"),
    ("contribution_answered", "Contribution received"),
    ("contribution_returned", "Contribution returned"),
    ("contribution_withdrawn", "Contribution withdrawn"),
    ("settled", "Remedy given"),
]


class CaseState(NamedTuple):
    """The part of a case that its history follows; ids, with 0 for none.

    ``received`` is the date of receipt as text in UTC, empty where it is not known.
    ``origin_id`` is the case it was split from, which never changes. ``held_until`` is
    how long a case waits to be confirmed by whoever filed it, empty once it was.
    """

    phase: str
    stage_id: int = 0
    team_id: int = 0
    assignee_id: int = 0
    role: str = ""
    category_id: int = 0
    outcome: str = "unknown"
    matter_id: int = 0
    received: str = ""
    active: bool = True
    held_until: datetime | None = None
    origin_id: int = 0


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the history, before it is stored."""

    kind: str
    before: str = ""
    after: str = ""


def automatic_phase(team_id: int, assignee_id: int) -> str:
    """Return the phase that follows from team and handler.

    >>> automatic_phase(0, 0), automatic_phase(7, 0), automatic_phase(7, 3)
    ('received', 'routed', 'assigned')
    """
    if assignee_id:
        return "assigned"
    return "routed" if team_id else "received"


def births(state: CaseState) -> list[Event]:
    """Return the events of a case that has just been registered.

    >>> [e.kind for e in births(CaseState("assigned", team_id=7, assignee_id=3))]
    ['received', 'routed', 'assigned']
    """
    events = [Event("received")]
    if state.origin_id:
        events.append(Event("split_from"))
    if state.held_until:
        events.append(Event("unconfirmed"))
    if state.team_id:
        events.append(Event("routed"))
    if state.assignee_id:
        events.append(Event("assigned"))
    if state.phase not in AUTOMATIC:
        events.append(Event(state.phase))
    if state.matter_id:
        events.append(Event("joined"))
    return events


def diff(before: CaseState, after: CaseState) -> list[Event]:
    """Return the events that lead from one state of a case to another.

    The order is the order in which they are told: what the case is, who has it,
    where it stands. Equal states give no event.

    >>> old = CaseState("assigned", team_id=7, assignee_id=3)
    >>> [e.kind for e in diff(old, old._replace(phase="in_work"))]
    ['in_work']
    >>> [e.kind for e in diff(old, old._replace(phase="routed", team_id=8,
    ...     assignee_id=0))]
    ['transferred', 'unassigned']
    >>> [e.kind for e in diff(old, old._replace(stage_id=5))]
    ['stage_changed']
    """
    events = []
    if bool(before.held_until) != bool(after.held_until):
        events.append(Event("unconfirmed" if after.held_until else "confirmed"))
    if before.role != after.role:
        events.append(Event("role_changed", before.role, after.role))
    if before.category_id != after.category_id:
        events.append(Event("type_changed"))
    if before.matter_id != after.matter_id:
        events.append(Event("joined" if after.matter_id else "separated"))
    events.extend(_team_events(before, after))
    if before.assignee_id != after.assignee_id:
        events.append(Event("assigned" if after.assignee_id else "unassigned"))
    events.extend(_stage_events(before, after))
    if before.outcome != after.outcome:
        events.append(Event("outcome_recorded", before.outcome, after.outcome))
    if before.received != after.received:
        events.append(Event("received_corrected", before.received, after.received))
    if before.active != after.active:
        events.append(Event("restored" if after.active else "archived"))
    return events


def _team_events(before: CaseState, after: CaseState) -> list[Event]:
    if before.team_id == after.team_id:
        return []
    if not after.team_id:
        return [Event("unrouted")]
    return [Event("transferred" if before.team_id else "routed")]


def _stage_events(before: CaseState, after: CaseState) -> list[Event]:
    """Events of a move; where another team has its own stages, the transfer tells."""
    if before.phase != after.phase:
        return _phase_events(before.phase, after.phase)
    if before.stage_id == after.stage_id or before.team_id != after.team_id:
        return []
    return [Event("stage_changed")]


def _phase_events(before: str, after: str) -> list[Event]:
    """Events of a move between phases; automatic moves are told by who has the case."""
    events = []
    if before in ENDED and after not in ENDED:
        events.append(Event("reopened", before, after))
    elif before == "waiting" and after not in ENDED:
        events.append(Event("resumed", before, after))
    if after not in AUTOMATIC:
        told = events and after == "in_work"
        if not told:
            events.append(Event(after, before, after))
    elif before not in AUTOMATIC and not events:
        # Put back by hand, e.g. from "in work" to "assigned".
        events.append(Event("resumed", before, after))
    return events


def stage_seconds(
    steps: list[tuple[datetime, int]], stage_id: int, now: datetime
) -> dict[int, int]:
    """Return how many seconds a case has spent in each stage, up to now.

    :param steps: ``(when, stage)`` of each event, oldest first; one of another system
        may name no stage (0), which is then the one before it
    :param stage_id: the stage that the case stands in now

    >>> hour = lambda hour: datetime(2026, 3, 2, hour)
    >>> stage_seconds([(hour(8), 1), (hour(9), 0), (hour(10), 2)], 2, hour(11))
    {1: 7200, 2: 3600}
    """
    seconds: dict[int, int] = {}
    stage = next((named for _at, named in steps if named), stage_id)
    for (at, named), (until, _next) in pairwise([*steps, (now, stage_id)]):
        stage = named or stage
        spent = max(0, int((until - at).total_seconds()))
        seconds[stage] = seconds.get(stage, 0) + spent
    return seconds
