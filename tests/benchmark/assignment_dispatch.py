"""Giving 10,000 waiting cases to a team, against helpdesk_mgmt_assign_method.

Once in a city that has worked for some years: 200,000 cases, as many for each of 400
people, one in ten open; the team is 60 of these people. Once on an empty desk, where
the known way has the least to count; there the figure has no goal.

Both sides begin with the same number of cases that are there and with nobody. Known is
the 17.0 module's own code, unchanged: one pick for each case, and the case is given to
who was picked. As the time of its pick grows with the number of open cases (it counts
them anew for each), ours is compared with all of it, not with the first few.

On both sides whoever gets cases is told: there for each case, here for each batch.

To time all 10,000 picks would take it a quarter of an hour; so some are timed at even
distances, and those between are filled in by one statement, with fresh statistics for
the planner. The sum is what all would take at least: a table in which each case was
updated alone is slower to count. To have committed each pick is in neither time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import pairwise

from assignment_pick import make_team
from table import Line
from undone import undone, vacuum

from odoo import api, fields
from odoo.tools.sql import table_columns

from odoo.addons.citizen_crm.models.assignment.helpdesk_ticket_team_dispatch import (
    Run,
)

TEAM = 60
#: Cases of the whole city, and the people who work on them.
CITY, STAFF = 200_000, 400
#: One case in so many is open.
OPEN = 10
GOAL = 20
#: How often the known way is timed on its way, and with how many picks each time.
STOPS, PICKS = 20, 10
CASE = {"name": "Hole", "description": "<p>Deep.</p>"}


def measure(rival: str, desk: str, quick: bool) -> Iterator[Line]:
    """Yield what giving out so many cases costs on both sides, in turn."""
    count, rounds = (1_000, 3) if quick else (10_000, 3)
    for city, goal in ((0, 0), (CITY // 10 if quick else CITY, 0 if quick else GOAL)):
        with ExitStack() as stack:
            known = stack.enter_context(_opened(rival, count, city, _prepare_rival))
            ours = stack.enter_context(_opened(desk, count, city, prepare_desk))
            pairs = [(known(), ours()) for _round in range(rounds)]
        yield Line(
            f"giving {count:,} cases to a team of {TEAM}, {city:,} there",
            "helpdesk_mgmt_assign_method 17.0",
            [(known[0], ours[0]) for known, ours in pairs],
            goal,
            f"balanced (17.0); about {pairs[0][0][1]:,} and {pairs[0][1][1]:,} queries",
        )


@contextmanager
def _opened(
    database: str, count: int, city: int, prepare: Callable
) -> Iterator[Callable[[], tuple[float, int]]]:
    """Yield a function that gives out so many cases and undoes it.

    :param city: so many cases are there before, most of them closed
    """
    vacuum(database)
    with undone(database) as env:
        give = prepare(env, count, city)
        env.flush_all()

        def run() -> tuple[float, int]:
            env.cr.execute("SAVEPOINT bench")
            spent = give()
            env.invalidate_all(flush=False)
            env.cr.execute("ROLLBACK TO SAVEPOINT bench")
            env.registry.clear_all_caches()
            return spent

        yield run


def _populate(env: api.Environment, team, users, city: int) -> None:
    """Multiply two cases of a team by SQL: so many as the city has had in some years.

    The people of the team have as many as anybody, the others' are with one user.
    """
    Ticket = env["helpdesk.ticket"].with_context(tracking_disable=True)
    stages = env["helpdesk.ticket.stage"]
    is_ours = "phase" in stages._fields
    kinds = {
        False: stages.search([("phase", "=", "in_work")] if is_ours else [], limit=1),
        True: stages.search([("closed", "=", True)], limit=1),
    }
    patterns = {
        closed: Ticket.create(
            {**CASE, "team_id": team.id, "stage_id": stage.id, "user_id": users[0].id}
        )
        for closed, stage in kinds.items()
    }
    env.flush_all()
    names = table_columns(env.cr, Ticket._table).keys() - {"id", "number", "user_id"}
    columns = ", ".join(f'"{name}"' for name in sorted(names))
    for closed, pattern in patterns.items():
        count = city - city // OPEN if closed else city // OPEN
        env.cr.execute(
            f"""
            INSERT INTO helpdesk_ticket (number, user_id, {columns})
            SELECT %(prefix)s || copy,
                   CASE WHEN copy %% %(staff)s < cardinality(%(users)s::int[])
                        THEN (%(users)s::int[])[1 + copy %% %(staff)s]
                        ELSE %(other)s END,
                   {columns}
              FROM helpdesk_ticket, generate_series(1, %(count)s) AS copy
             WHERE id = %(pattern)s
            """,  # noqa: S608
            {
                "prefix": "CLOSED" if closed else "OPEN",
                "staff": STAFF,
                "users": sorted(users.ids),
                "other": env.uid,
                "count": count,
                "pattern": pattern.id,
            },
        )
    env.invalidate_all(flush=False)


# ------------------------------------------------------------------ the known way
def _prepare_rival(env: api.Environment, count: int, city: int) -> Callable:
    team = make_team(env, TEAM, each=0)
    team.assign_method = "manual"
    if city:
        _populate(env, team, team.user_ids, city)
    Ticket = env["helpdesk.ticket"].with_context(tracking_disable=True)
    cases = Ticket.create([{**CASE, "team_id": team.id}] * count).with_env(env)
    team.assign_method = "balanced"

    def give() -> tuple[float, int]:
        stops = [count * number // STOPS for number in range(STOPS + 1)]
        team.get_new_user()
        seconds, queries = 0.0, 0
        for begin, end in pairwise(stops):
            env.flush_all()
            env.cr.execute("ANALYZE helpdesk_ticket")
            timed = cases[begin : min(begin + PICKS, end)]
            before, start = env.cr.sql_log_count, time.perf_counter()
            for case in timed:
                case.user_id = team.get_new_user()
            env.flush_all()
            share = (end - begin) / len(timed)
            seconds += (time.perf_counter() - start) * share
            queries += round((env.cr.sql_log_count - before) * share)
            _fill(team, cases[begin + len(timed) : end])
        assert all(case.user_id for case in cases)
        return seconds, queries

    return give


def _fill(team, cases) -> None:
    """Give cases in turn, as the balanced way does while nothing is closed."""
    cases.env.cr.execute(
        """
        UPDATE helpdesk_ticket AS ticket
           SET user_id = (%(users)s::int[])[1 + place %% cardinality(%(users)s::int[])],
               assigned_date = now() AT TIME ZONE 'UTC'
          FROM unnest(%(cases)s::int[]) WITH ORDINALITY AS queue(id, place)
         WHERE ticket.id = queue.id
        """,
        {"users": sorted(team.user_ids.ids), "cases": cases.ids},
    )
    cases.invalidate_recordset(["user_id", "assigned_date"], flush=False)


# ----------------------------------------------------------------------- our way
def prepare_desk(env: api.Environment, count: int, city: int) -> Callable:
    """Make a team that is on duty at any hour, and cases that wait for it."""
    team, category = make_shared_team(env)
    if city:
        _populate(env, team, team.user_ids, city)
    rule = env["citizen.assignment.rule"].create({"team_id": team.id, "cap_points": 0})
    rule.action_activate()
    values = {**CASE, "category_id": category.id}
    Case = env["helpdesk.ticket"].with_context(tracking_disable=True)
    cases = Case.create([values] * count).with_env(env)
    env.flush_all()
    env.cr.execute("ANALYZE helpdesk_ticket")
    assert not cases.user_id

    def give() -> tuple[float, int]:
        before, start = env.cr.sql_log_count, time.perf_counter()
        looked_at, run = 1, Run()
        while looked_at:
            _given, looked_at = team._dispatch(run)
        team._tell_handlers()
        env.flush_all()
        spent = time.perf_counter() - start, env.cr.sql_log_count - before
        assert all(case.user_id for case in cases)
        return spent

    return give


def make_shared_team(env: api.Environment):
    """Return a team that is on duty at any hour, and its service type; no promises."""
    env["citizen.sla.rule"].search([("state", "=", "active")]).action_retire()
    team = env["helpdesk.ticket.team"].create({"name": "Bench"})
    _make_members(env, team)
    category = env["helpdesk.ticket.category"].create(
        {"name": "Bench", "is_service": True, "team_id": team.id}
    )
    return team, category


def _make_members(env: api.Environment, team) -> None:
    calendar = env["resource.calendar"].create(
        {
            "name": "Day and night",
            "tz": "UTC",
            "attendance_ids": [
                fields.Command.create(
                    {
                        "name": "Day and night",
                        "dayofweek": str(day),
                        "day_period": "morning",
                        "hour_from": 0,
                        "hour_to": 24,
                    }
                )
                for day in range(7)
            ],
        }
    )
    groups = [
        env.ref(f"citizen_crm.group_{name}").id
        for name in ("case_handler", "clearance_citizen", "clearance_customer")
    ]
    users = env["res.users"].with_context(no_reset_password=True)
    users = users.create(
        [
            {
                "name": f"Bench {number}",
                "login": f"bench{number}",
                "group_ids": [fields.Command.link(group) for group in groups],
            }
            for number in range(TEAM)
        ]
    )
    employees = env["hr.employee"].create(
        [
            {
                "name": user.name,
                "user_id": user.id,
                "resource_calendar_id": calendar.id,
                "tz": "UTC",
            }
            for user in users
        ]
    )
    env["citizen.team.member"].create(
        [
            {
                "team_id": team.id,
                "employee_id": employee.id,
                "date_from": fields.Date.today(),
            }
            for employee in employees
        ]
    )
