"""Giving the promises of ten rules to a batch of cases, against helpdesk_mgmt_sla."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from table import Line
from undone import undone, vacuum

RULES = 10
ROUNDS = 5
#: Ten promises that each begin a clock when a case comes to a team.
KINDS = ("acknowledge", "first_reply", "transfer", "department", "resolve")
#: A case about which somebody can be written to; else no receipt is owed.
CASE = {
    "name": "Hole",
    "description": "<p>Deep.</p>",
    "partner_name": "Ada Fox",
    "partner_email": "ada@example.com",
}


def measure(rival: str, desk: str, quick: bool) -> Iterator[Line]:
    """Yield what attaching costs in both databases, in turn."""
    count = 50 if quick else 500
    with ExitStack() as stack:
        known = stack.enter_context(_opened(rival, _prepare_rival))
        ours = stack.enter_context(_opened(desk, _prepare_desk))
        pairs = [(known(count), ours(count)) for _round in range(ROUNDS + 1)][1:]
    yield Line(
        f"promises of {RULES} rules for {count} cases",
        "helpdesk_mgmt_sla",
        [(known[0], ours[0]) for known, ours in pairs],
        0.25,
        f"{pairs[0][0][1]} and {pairs[0][1][1]} queries",
    )


@contextmanager
def _opened(
    database: str, prepare: Callable
) -> Iterator[Callable[[int], tuple[float, int]]]:
    """Yield a function that attaches to so many cases and undoes it."""
    vacuum(database)
    with undone(database, tracking_disable=True) as env:
        cr = env.cr
        team = env["helpdesk.ticket.team"].create({"name": "Bench"})
        category = env["helpdesk.ticket.category"].create({"name": "Bench"})
        values, before, attach = prepare(env, team, category)
        # What the first case of a team makes once, like the version of its calendar.
        env["helpdesk.ticket"].create([values])
        env.flush_all()

        def run(count: int) -> tuple[float, int]:
            cr.execute("SAVEPOINT bench")
            cases = env["helpdesk.ticket"].create([values] * count)
            before(cases)
            env.flush_all()
            gc.collect()
            queries, start = cr.sql_log_count, time.perf_counter()
            attach(cases)
            env.flush_all()
            spent = time.perf_counter() - start, cr.sql_log_count - queries
            env.invalidate_all(flush=False)
            cr.execute("ROLLBACK TO SAVEPOINT bench")
            env.registry.clear_all_caches()
            return spent

        yield run


def _prepare_rival(env, team, category):
    """Make ten rules that all hold; they are asked once the team uses them."""
    env["helpdesk.sla"].create(
        [{"name": f"SLA {n}", "days": 1 + n % 5, "hours": 2} for n in range(RULES)]
    )
    values = {**CASE, "category_id": category.id}

    def before(cases):
        team.use_sla = True
        assert not cases.ticket_sla_ids

    def attach(cases):
        cases.set_sla()
        assert len(cases.ticket_sla_ids) == RULES * len(cases)

    return {**values, "team_id": team.id}, before, attach


def _prepare_desk(env, team, category):
    """Make ten rules, each with one promise; in force once the cases are there."""
    category.write({"is_service": True, "team_id": team.id})
    env["citizen.sla.rule"].search([("state", "=", "active")]).action_retire()
    rules = env["citizen.sla.rule"].create(
        [
            {
                "name": f"Rule {number}",
                "sequence": number,
                "valid_from": "2020-01-01 00:00:00",
                "target_ids": [
                    (
                        0,
                        0,
                        {"unit": "hours", "amount": 8 + number}
                        | {"kind": KINDS[number % 5], "basis": basis},
                    )
                ],
            }
            for number, basis in enumerate(["service"] * 5 + ["statutory"] * 5)
        ]
    )

    def before(cases):
        assert not cases.clock_ids
        rules.action_activate()

    def attach(cases):
        cases._follow_history(cases.event_ids)
        assert len(cases.clock_ids) == RULES * len(cases)

    values = {**CASE, "category_id": category.id}
    return values, before, attach
