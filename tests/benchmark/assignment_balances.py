"""Balances of a team's duty ledger, computed again from its entries alone.

Seconds for a million entries, of a ledger that the product has written: 10,000 cases
given to a team of 60 by `_dispatch`, as in `assignment_dispatch.py`; then one in ten is
taken back and given again, and one in ten is closed. Ours is `_replay`, which reads the
entries and books them one by one. Balances and open effort of everybody must come out
as they are stored, or the run ends. The goal of 60 s is that of the clocks.

The second line is what upkeep does each night and a lead by *Check Ledger*: it also
decides each choice again, among all of the team as they stood.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from assignment_dispatch import prepare_desk
from table import Line
from undone import undone, vacuum

from odoo import api

from odoo.addons.citizen_crm.models.assignment.helpdesk_ticket_team_dispatch import (
    Run,
)

MILLION, ROUNDS = 1_000_000, 3
GOAL = 60
#: One case in so many is taken back and given again, and one is closed.
PART = 10


def measure(desk: str, quick: bool) -> Iterator[Line]:
    """Yield what replaying costs, without and with the choices."""
    count = 1_000 if quick else 10_000
    vacuum(desk)
    with undone(desk) as env:
        prepare_desk(env, count, 0)()
        team = env["helpdesk.ticket.team"].search([("name", "=", "Bench")])
        _live_on(env, team)
        entries = _count(env, team)
        replays = [_time(lambda: _compare(team)) for _round in range(ROUNDS)]
        checks = [_time(lambda: _check(team)) for _round in range(ROUNDS)]
    for name, spent, goal in (
        (f"balances from {MILLION:,} ledger entries", replays, GOAL),
        ("the same, and each choice decided again", checks, 0),
    ):
        rate = entries / sorted(spent)[ROUNDS // 2]
        yield Line(
            name,
            "the goal",
            [(GOAL, seconds * MILLION / entries) for seconds in spent],
            0 if quick else goal,
            f"{entries:,} entries, all equal: {rate:,.0f} a second, "
            f"{MILLION:,} / {rate:,.0f} = {MILLION / rate:.0f} s",
            bound="<=",
        )


def _live_on(env: api.Environment, team) -> None:
    """Take some cases back, close some, and give out what waits."""
    cases = env["helpdesk.ticket"].search([("team_id", "=", team.id)], order="id")
    cases[::PART]._return_to_queue()
    closed = env["helpdesk.ticket.stage"].search([("phase", "=", "closed")], limit=1)
    cases[1::PART].stage_id = closed
    env.flush_all()
    looked_at, run = 1, Run()
    while looked_at:
        _given, looked_at = team._dispatch(run)
    env["citizen.assignment.balance"]._book(team)
    env.flush_all()


def _count(env: api.Environment, team) -> int:
    env.cr.execute(
        "SELECT kind, count(*) FROM citizen_assignment_entry"
        " WHERE team_id = %s AND number > 0 AND problem IS NULL GROUP BY kind",
        (team.id,),
    )
    counts = dict(env.cr.fetchall())
    assert counts["reversal"] and counts["finish"]
    return sum(counts.values())


def _time(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _compare(team) -> None:
    """Replay the ledger; balances and open effort must be those that are stored."""
    ledger = team._replay()
    rows = team.assignment_balance_ids
    open_points: dict[int, int] = {}
    for holder, points in ledger.held.values():
        open_points[holder] = open_points.get(holder, 0) + points
    stored = {row.employee_id.id: (row.milli, row.open_milli) for row in rows}
    assert stored == {
        member: (milli, open_points.get(member, 0))
        for member, milli in ledger.balances.items()
    }


def _check(team) -> None:
    problem = team._find_ledger_problem()
    assert not problem, problem
