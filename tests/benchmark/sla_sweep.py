"""The sweep among a million open clocks: its search by the index, and all of it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from unittest.mock import patch

from table import Line
from undone import undone, vacuum

from odoo import api

from odoo.addons.citizen_crm.models.sla import citizen_sla_sweep

ROUNDS = 5
#: Filler clocks of one case; they differ by their number.
CLOCKS_OF_A_CASE = 100
_INDEX_OFF = "enable_indexscan", "enable_bitmapscan", "enable_indexonlyscan"
#: What the job asks the database: the next batch, and how much there is.
_BATCH = """
    SELECT id, case_id FROM citizen_sla_clock
     WHERE next_event_at <= %(now)s AND id != ALL('{}')
  ORDER BY next_event_at LIMIT %(batch)s
       FOR NO KEY UPDATE SKIP LOCKED
"""
_COUNT = "SELECT count(*) FROM citizen_sla_clock WHERE next_event_at <= %(now)s"


def measure(desk: str, quick: bool) -> Iterator[Line]:
    """Yield the search of one batch, and the whole sweep."""
    due, clocks = (200, 200_000) if quick else (1_000, 1_000_000)
    # The goal is for what a scan of so many costs.
    goal = 0 if quick else 500
    vacuum(desk)
    with _world(desk, due, clocks) as env:
        now = datetime.now()
        scene = f"{due} due of {clocks:,} open"
        pairs = [_search(env, now, _BATCH) for _round in range(ROUNDS + 1)][1:]
        yield Line(f"finding a batch: {scene}", "sequential scan", pairs, goal)
        seconds = [_sweep(env, due) for _round in range(ROUNDS)]
        scan = [_search(env, now, _COUNT)[0] for _round in range(ROUNDS)]
        yield Line(
            f"the whole sweep of {due} steps",
            "one scan",
            list(zip(scan, seconds, strict=True)),
            0,
            f"{sorted(seconds)[ROUNDS // 2] / due * 1000:.1f} ms a step",
        )


@contextmanager
def _world(database: str, due: int, clocks: int) -> Iterator[api.Environment]:
    """Yield a database with so many clocks, of which so many are due; undo it."""
    with undone(database, tracking_disable=True) as env:
        lead = env["res.users"].create(
            {
                "name": "Lead",
                "login": "bench_lead",
                "email": "lead@city.example",
                "group_ids": [
                    (4, env.ref(f"citizen_crm.group_{name}").id)
                    for name in ("team_lead", "clearance_citizen", "clearance_customer")
                ],
            }
        )
        team = env["helpdesk.ticket.team"].create(
            {"name": "Bench", "user_id": lead.id, "user_ids": [(4, lead.id)]}
        )
        category = env["helpdesk.ticket.category"].create(
            {"name": "Bench", "is_service": True, "team_id": team.id}
        )
        env["citizen.sla.rule"].search([("state", "=", "active")]).action_retire()
        step = {"amount": 75, "recipient": "lead", "by_mail": True}
        target = {"unit": "hours", "amount": 4, "step_ids": [(0, 0, step)]}
        rule = env["citizen.sla.rule"].create(
            {
                "name": "Bench",
                "valid_from": "2020-01-01 00:00:00",
                "target_ids": [(0, 0, target)],
            }
        )
        rule.action_activate()
        values = {"name": "x", "description": "<p>x</p>", "category_id": category.id}
        _fill(env, values, clocks, rule.target_ids)
        received = datetime.now() - timedelta(days=10)
        env["helpdesk.ticket"].create([{**values, "received_date": received}] * due)
        env.flush_all()
        env.cr.execute("ANALYZE citizen_sla_clock")
        yield env


def _fill(env, values, clocks, target):
    """Insert clocks that are open and not due, in one statement, with real widths."""
    case_ids = (
        env["helpdesk.ticket"].create([values] * (clocks // CLOCKS_OF_A_CASE)).ids
    )
    env.flush_all()
    env.cr.execute(
        """
        INSERT INTO citizen_sla_clock
            (case_id, target_id, kind, basis, number, state, begun, start, due,
             original_due, next_event_at, calendar_version_id,
             create_uid, create_date, write_uid, write_date)
        SELECT case_id, %(target)s, 'first_reply', 'service', number, 'running',
               now(), now(), at, at, at, version.id, 1, now(), 1, now()
          FROM unnest(%(cases)s) AS case_id,
               generate_series(1, %(each)s) AS number,
               LATERAL (SELECT now() AT TIME ZONE 'UTC' + interval '1 day'
                               + random() * interval '60 days'
                               + number * interval '0 s') AS due(at),
               (SELECT min(id) FROM citizen_calendar_version) AS version(id)
      ORDER BY random()
        """,
        {"target": target.id, "cases": case_ids, "each": CLOCKS_OF_A_CASE},
    )
    env.invalidate_all()


def _search(env, now, query) -> tuple[float, float]:
    """Return what a query of the sweep takes by a scan and by the index."""
    times = []
    for off in (True, False):
        env.cr.execute("SAVEPOINT bench")
        for setting in _INDEX_OFF if off else ():
            env.cr.execute(f"SET LOCAL {setting} = off")
        env.cr.execute(
            f"EXPLAIN (ANALYZE, FORMAT JSON) {query}",
            {"now": now, "batch": citizen_sla_sweep.BATCH},
        )
        ((plan,),) = env.cr.fetchall()
        assert ("Seq Scan" in json.dumps(plan)) == off, plan
        times.append(plan[0]["Execution Time"] / 1000)
        env.cr.execute("ROLLBACK TO SAVEPOINT bench")
    return times[0], times[1]


def _sweep(env, due) -> float:
    """Return the seconds of a run of the job; a commit is a flush here."""
    cr = env.cr
    cr.execute("SAVEPOINT bench")
    with patch.object(cr, "commit", cr.flush):
        start = time.perf_counter()
        env["citizen.sla.clock"]._cron_sweep()
        spent = time.perf_counter() - start
    assert env["citizen.sla.notice"].search_count([]) == due
    env.invalidate_all(flush=False)
    cr.execute("ROLLBACK TO SAVEPOINT bench")
    return spent
