"""Properties of an evaluation's life: nobody judges unseen data or the own work."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.citizen_crm.tools.evaluation_life import (
    ACTIONS,
    AUDITOR,
    COORDINATOR,
    EMPLOYEE,
    ENDED,
    MANAGER,
    MOVES,
    NOT_NOW,
    NOT_YOURS,
    REVIEWER,
    ROLES,
    SEALED,
    SIGHT,
    STATES,
    STEWARD,
    SYSTEM,
    Facts,
    Refused,
    Ties,
    allowed,
    bar,
    sees,
    step,
)

FACTS = st.builds(
    Facts,
    open_claims=st.integers(0, 3),
    has_conclusion=st.booleans(),
    unexplained=st.integers(0, 2),
    done=st.frozensets(st.sampled_from((EMPLOYEE, MANAGER))),
    is_due=st.booleans(),
    has_reviewer=st.booleans(),
)
ACTS = st.lists(st.tuples(st.sampled_from(ROLES), st.sampled_from(ACTIONS), FACTS))
TIES = st.builds(Ties, *[st.booleans()] * 5)


def walk(acts: list) -> list[str]:
    """Return the states that a series of attempts goes through."""
    states = ["planned"]
    for role, action, facts in acts:
        try:
            states.append(step(states[-1], [role], action, facts))
        except Refused:
            continue
    return states


@given(st.sampled_from(STATES), st.sampled_from(ROLES), st.sampled_from(ACTIONS), FACTS)
def test_every_attempt_gives_a_state_or_a_reason(
    state: str, role: str, action: str, facts: Facts
) -> None:
    try:
        assert step(state, [role], action, facts) in STATES
        assert action in allowed(state, [role], facts)
    except Refused as refusal:
        assert refusal.args[0]
        assert action not in allowed(state, [role], facts)


@given(ACTS)
def test_states_come_in_their_order(acts: list) -> None:
    """Never back: what was checked is not unchecked, what is sealed stays so."""
    order = [STATES.index(state) for state in walk(acts)]
    assert order == sorted(order)


@given(ACTS)
def test_sealed_records_are_not_cancelled_and_ended_ones_stay(acts: list) -> None:
    states = walk(acts)
    for before, after in zip(states, states[1:], strict=False):
        assert before not in ENDED or after == before
        assert before not in SEALED or after in SEALED


@given(ACTS)
def test_the_manager_sees_nothing_the_employee_has_not_had_before(acts: list) -> None:
    """Whatever anybody does, the data check comes before the manager's sight."""
    states = walk(acts)
    for number, state in enumerate(states):
        if state != "cancelled" and sees(state, [MANAGER]):
            assert "data_check" in states[:number]
        if sees(state, [MANAGER, COORDINATOR, REVIEWER, AUDITOR, STEWARD]):
            assert sees(state, [EMPLOYEE])


@given(ACTS)
def test_claims_are_decided_before_the_manager_judges(acts: list) -> None:
    """Without an open claim there is no waiting, with one there is no going on."""
    state = "planned"
    for role, action, facts in acts:
        try:
            after = step(state, [role], action, facts)
        except Refused:
            continue
        if state in ("data_check", "claims") and after not in (state, "cancelled"):
            assert (after == "self") == (not facts.open_claims)
        state = after


@pytest.mark.parametrize("role", ROLES)
def test_who_publishes_and_who_decides(role: str) -> None:
    ready = Facts(done=frozenset({EMPLOYEE, MANAGER}), has_reviewer=True)
    for state, action, judge in (
        ("shared", "publish", COORDINATOR),
        ("appealed", "decide_appeal", REVIEWER),
        ("claims", "decide_claim", STEWARD),
    ):
        if role == judge:
            assert step(state, [role], action, ready)
            continue
        with pytest.raises(Refused, match=NOT_YOURS):
            step(state, [role], action, ready)


@given(st.sampled_from(STATES), FACTS)
def test_time_alone_ends_no_judgement(state: str, facts: Facts) -> None:
    """The clock starts, checks and closes; it neither concludes nor publishes."""
    for action in allowed(state, [SYSTEM], facts):
        assert action in ("start", "open_check", "time_out")
        assert facts.is_due


def test_every_state_has_a_way_on_and_no_way_is_dead() -> None:
    ready = {
        True: Facts(0, True, 0, frozenset({EMPLOYEE, MANAGER}), True, True),
        False: Facts(0, True, 0, frozenset({EMPLOYEE, MANAGER}), False, True),
    }
    for state in STATES:
        leads = {
            step(state, [role], action, facts)
            for (begin, action), move in MOVES.items()
            for role, facts in product(move.roles, ready.values())
            if begin == state and action in allowed(state, [role], facts)
        }
        assert state in ENDED or leads - {state}
    with pytest.raises(Refused, match=NOT_NOW):
        step("cancelled", ROLES, "publish")


@given(st.sampled_from(ROLES), TIES)
def test_nobody_has_a_say_in_the_own_evaluation(role: str, ties: Ties) -> None:
    if ties.is_employee and role not in (EMPLOYEE, SYSTEM):
        assert bar(role, ties)
    if role in (COORDINATOR, STEWARD, REVIEWER) and ties.is_manager:
        assert bar(role, ties)
    if role == REVIEWER and (ties.is_subordinate or ties.had_part):
        assert bar(role, ties)


def test_only_the_steward_sees_no_figure_at_all() -> None:
    assert [role for role in ROLES if not SIGHT[role]] == [STEWARD]
