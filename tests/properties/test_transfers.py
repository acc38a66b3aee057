"""Properties of transfers: one team at a time, an end in sight, nothing lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.citizen_crm.tools.transfers import (
    LIMIT,
    MOST_PROPOSALS,
    OPEN,
    TRANSFER_STATES,
    Past,
    Refused,
    Standing,
    accept,
    decide,
    dispute,
    nearest_common,
    propose,
    stand,
    withdraw,
)

TEAMS = st.integers(0, 4)
ACTIONS = st.one_of(
    st.tuples(st.just("propose"), TEAMS),
    st.tuples(st.sampled_from(("accept", "dispute", "withdraw")), st.just(0)),
    st.tuples(st.just("decide"), TEAMS),
)
WALKS = st.lists(ACTIONS, max_size=40)


class Desk:
    """A case whose proposals are stored as the models do, next to how it stands."""

    def __init__(self, team: int, new_facts: bool = False) -> None:
        self.now, self.rows = Standing(team), []
        self.new_facts = new_facts
        self.answered = 0

    def do(self, action: str, team: int) -> bool:
        """Do it, if that is possible; tell whether it was."""
        try:
            after = {
                "propose": lambda: propose(self.now, team, new_facts=self.new_facts),
                "accept": lambda: accept(self.now),
                "dispute": lambda: dispute(self.now),
                "withdraw": lambda: withdraw(self.now),
                "decide": lambda: decide(self.now, team),
            }[action]()
        except Refused:
            return False
        self._store(action, team, after)
        self.now = after
        return True

    def _store(self, action: str, team: int, after: Standing) -> None:
        if action == "propose":
            self.rows.append(Past(after.state, team))
            return
        self.answered += action in ("accept", "dispute")
        row = self.rows[-1]
        self.rows[-1] = {
            "accept": row._replace(state="accepted"),
            "dispute": row._replace(state=after.state or "disputed", disputed=True),
            "withdraw": row._replace(state="withdrawn"),
            "decide": row._replace(state="decided", final_team=team),
        }[action]


@given(st.integers(1, 4), WALKS, st.booleans())
def test_one_team_at_any_time(team: int, walk: list, new_facts: bool) -> None:
    """Only an answer moves the case, to the team that was named; never to none."""
    desk = Desk(team, new_facts)
    for action, to_team in walk:
        before = desk.now
        desk.do(action, to_team)
        assert desk.now.team > 0
        if desk.now.team != before.team:
            assert action in ("accept", "decide")
            expected = before.to_team if action == "accept" else to_team
            assert desk.now.team == expected
        assert bool(desk.now.state) == bool(desk.now.to_team)
        assert desk.now.to_team != desk.now.team or not desk.now.to_team
        assert sum(row.state in OPEN for row in desk.rows) == bool(desk.now.state)


@given(st.integers(1, 4), WALKS, st.booleans())
def test_what_is_stored_tells_how_it_stands(team: int, walk: list, facts: bool) -> None:
    desk = Desk(team, facts)
    for action, to_team in walk:
        desk.do(action, to_team)
        assert stand(desk.now.team, desk.rows) == desk.now


@given(st.integers(1, 4), WALKS)
def test_the_number_of_proposals_is_bounded(team: int, walk: list) -> None:
    """Without new facts, and but for what is taken back before it was answered."""
    desk = Desk(team)
    for action, to_team in walk:
        desk.do(action, to_team)
    kept = [row for row in desk.rows if row.state != "withdrawn" or row.disputed]
    assert sum(row.state == "decided" for row in desk.rows) <= 1
    assert sum(row.state in ("accepted", "disputed") for row in kept) <= LIMIT + 1
    assert desk.answered <= LIMIT + 1
    settled = [row for row in kept if row.state not in OPEN | {"withdrawn"}]
    assert len(settled) <= MOST_PROPOSALS


@given(st.integers(1, 4), WALKS)
def test_after_three_bounces_only_the_arbiter_moves_it(team: int, walk: list) -> None:
    desk = Desk(team, new_facts=True)
    for action, to_team in walk:
        before = desk.now
        done = desk.do(action, to_team)
        if before.bounces >= LIMIT:
            assert not (done and action in ("accept", "dispute"))


@given(st.integers(1, 4), st.integers(1, 4))
def test_a_decision_binds_until_there_are_new_facts(team: int, final: int) -> None:
    other = team % 4 + 1
    now = decide(propose(Standing(team, bounces=LIMIT), other), final)
    assert now.team == final
    third = final % 4 + 1
    with pytest.raises(Refused):
        propose(now, third)
    assert propose(now, third, new_facts=True).state == "arbitration"


@given(st.integers(1, 4))
def test_bounces_are_disputes_and_hand_ons(team: int) -> None:
    desk = Desk(team)
    second, third = team % 4 + 1, (team + 1) % 4 + 1
    assert desk.do("propose", second) and desk.do("accept", 0)
    assert desk.now.bounces == 0, "the first router was wrong, and is counted once"
    assert desk.do("propose", third) and desk.do("accept", 0)
    assert desk.now.bounces == 1
    assert desk.do("propose", second) and desk.do("dispute", 0)
    assert desk.now.bounces == 2


def test_states_are_named_once() -> None:
    assert len(dict(TRANSFER_STATES)) == len(TRANSFER_STATES)
    assert set(dict(TRANSFER_STATES)) >= OPEN


@given(st.lists(st.integers(1, 9), unique=True), st.lists(st.integers(1, 9)))
def test_nearest_common(one: list, other: list) -> None:
    found = nearest_common(one, other)
    assert set(found) == set(one) & set(other)
    assert found == sorted(found, key=one.index)
