"""Properties of the history: whatever happens to a case, its events tell it all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.citizen_crm.tools.case_events import (
    AUTOMATIC,
    ENDED,
    EVENT_KINDS,
    PHASES,
    CaseState,
    Event,
    automatic_phase,
    births,
    diff,
    stage_seconds,
)

KINDS = frozenset(dict(EVENT_KINDS))
#: Events that say no more than one thing: what it is about, and what holds then.
SWITCHES = {
    "joined": ("joined", True),
    "separated": ("joined", False),
    "archived": ("active", False),
    "restored": ("active", True),
    "unconfirmed": ("confirmed", False),
    "confirmed": ("confirmed", True),
}
WORKED_ON = tuple(phase for phase, _name in PHASES if phase not in AUTOMATIC)

#: Earliest and latest moment of an event.
ERA = (datetime(2020, 1, 1), datetime(2030, 1, 1))
HELD_UNTIL = (datetime(2026, 3, 5), datetime(2026, 3, 6))


@st.composite
def states(draw: st.DrawFn) -> CaseState:
    """Any state the desk can be in: early phases follow team and handler."""
    team = draw(st.integers(0, 3))
    assignee = draw(st.integers(0, 3))
    phase = draw(st.sampled_from((automatic_phase(team, assignee), *WORKED_ON)))
    return CaseState(
        phase=phase,
        stage_id=draw(st.integers(1, 9)),
        team_id=team,
        assignee_id=assignee,
        role=draw(st.sampled_from(("citizen", "customer"))),
        category_id=draw(st.integers(0, 3)),
        outcome=draw(st.sampled_from(("unknown", "partly", "confirmed"))),
        matter_id=draw(st.integers(0, 2)),
        received=draw(st.sampled_from(("2026-03-02 08:00:00", "2026-03-03 08:00:00"))),
        active=draw(st.booleans()),
        held_until=draw(st.sampled_from((None, *HELD_UNTIL))),
    )


walks = st.lists(states(), min_size=1, max_size=12)


@dataclass
class Told:
    """What somebody knows who reads nothing but the stored events of a case."""

    phase: str = "received"
    team: int = 0
    assignee: int = 0
    role: str = ""
    outcome: str = "unknown"
    joined: bool = False
    received: str = ""
    active: bool = True
    confirmed: bool = True

    def hear(self, event: Event, state: CaseState) -> None:
        """Fold one event; it is stored with the team and handler at its time."""
        kind = event.kind
        if kind in ("routed", "transferred", "unrouted"):
            self.team = state.team_id
            assert bool(self.team) == (kind != "unrouted")
        elif kind in ("assigned", "unassigned"):
            self.assignee = state.assignee_id
            assert bool(self.assignee) == (kind == "assigned")
        elif kind == "role_changed":
            assert event.before == self.role
            self.role = event.after
        elif kind == "outcome_recorded":
            assert event.before == self.outcome
            self.outcome = event.after
        elif kind in SWITCHES:
            setattr(self, *SWITCHES[kind])
        elif kind == "received_corrected":
            assert event.before == self.received
            self.received = event.after
        elif kind in ("resumed", "reopened"):
            self.phase = event.after
        elif kind in dict(PHASES):
            self.phase = kind

    def settle(self) -> None:
        """Until somebody works on the case, its phase is told by who has it."""
        if self.phase in AUTOMATIC:
            self.phase = automatic_phase(self.team, self.assignee)


@given(walks)
def test_events_alone_reproduce_the_case(walk: list[CaseState]) -> None:
    first = walk[0]
    told = Told(
        role=first.role,
        outcome=first.outcome,
        received=first.received,
        active=first.active,
    )
    previous = None
    for state in walk:
        events = births(state) if previous is None else diff(previous, state)
        for event in events:
            told.hear(event, state)
        told.settle()
        assert (told.phase, told.team, told.assignee) == (
            state.phase,
            state.team_id,
            state.assignee_id,
        )
        assert (told.role, told.outcome) == (state.role, state.outcome)
        assert told.joined == bool(state.matter_id)
        assert (told.received, told.active) == (state.received, state.active)
        assert told.confirmed == (not state.held_until)
        previous = state


@given(states())
def test_nothing_happened_nothing_told(state: CaseState) -> None:
    assert diff(state, state) == []


@given(states(), states())
def test_every_change_is_told(before: CaseState, after: CaseState) -> None:
    """Of dates to confirm by, only that there is one."""
    shown = [
        state._replace(held_until=bool(state.held_until)) for state in (before, after)
    ]
    assert (diff(before, after) == []) == (shown[0] == shown[1])


@given(states(), states())
def test_a_stage_is_told_once(before: CaseState, after: CaseState) -> None:
    """Another stage of the same phase and team has an event of its own."""
    kinds = [event.kind for event in diff(before, after)]
    same = (before.phase, before.team_id) == (after.phase, after.team_id)
    assert ("stage_changed" in kinds) == (same and before.stage_id != after.stage_id)


@given(
    st.lists(st.tuples(st.datetimes(*ERA), st.integers(0, 4)), min_size=1),
    st.integers(1, 4),
    st.integers(0, 10**6),
)
def test_time_in_stages_is_the_time_of_the_case(
    steps: list[tuple[datetime, int]], last: int, later: int
) -> None:
    """Each second from the first event to now is in the stage named last before it."""
    steps = sorted((at.replace(microsecond=0), stage) for at, stage in steps)
    now = steps[-1][0] + timedelta(seconds=later)
    seconds = stage_seconds(steps, last, now)
    assert sum(seconds.values()) == (now - steps[0][0]).total_seconds()
    named = {stage for _at, stage in steps} - {0}
    assert seconds.keys() == (named or {last})
    stood = next((stage for _at, stage in reversed(steps) if stage), last)
    longer = stage_seconds(steps, last, now + timedelta(hours=1))
    assert longer == {**seconds, stood: seconds[stood] + 3600}


def test_time_of_no_case() -> None:
    assert stage_seconds([], 3, datetime(2026, 3, 2)) == {}


@given(states(), states())
def test_each_kind_is_declared_and_told_once(
    before: CaseState, after: CaseState
) -> None:
    for events in (births(before), diff(before, after)):
        kinds = [event.kind for event in events]
        assert set(kinds) <= KINDS
        assert len(kinds) == len(set(kinds))


@given(states(), states())
def test_taken_up_again_after_the_end(before: CaseState, after: CaseState) -> None:
    """From ended to open, and only then, a case is reopened."""
    reopened = "reopened" in [event.kind for event in diff(before, after)]
    assert reopened == (before.phase in ENDED and after.phase not in ENDED)


@given(states(), states())
def test_ends_are_told(before: CaseState, after: CaseState) -> None:
    """Whoever counts closed cases by their events counts each end."""
    kinds = [event.kind for event in diff(before, after)]
    for phase in ENDED:
        assert (phase in kinds) == (after.phase == phase != before.phase)


@given(states())
def test_a_birth_begins_with_the_receipt(state: CaseState) -> None:
    kinds = [event.kind for event in births(state)]
    assert kinds[0] == "received"
    assert ("routed" in kinds) == bool(state.team_id)
    assert ("assigned" in kinds) == bool(state.assignee_id)


@given(states(), st.integers(0, 3))
def test_what_was_split_off_says_so_before_it_is_routed(
    state: CaseState, origin: int
) -> None:
    kinds = [event.kind for event in births(state._replace(origin_id=origin))]
    assert ("split_from" in kinds) == bool(origin)
    assert (
        kinds.index("split_from") == 1
        if origin
        else kinds == [event.kind for event in births(state)]
    )


def test_phases_are_kinds() -> None:
    """Each phase can be told; each of the two lists has distinct entries."""
    assert dict(PHASES).keys() <= KINDS
    assert len(dict(PHASES)) == len(PHASES)
    assert len(KINDS) == len(EVENT_KINDS)
    assert ENDED | AUTOMATIC < dict(PHASES).keys()
