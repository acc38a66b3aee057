"""Giving out what waits with eight workers, against helpdesk_mgmt_assign_method.

The same cases wait for a team of 60 on an empty desk, where the known way has the least
to count. Each worker is a process of its own, and begins a transaction anew that others
were in the way of, as Odoo does (`retrying`). Known: each has an eighth of the cases,
and picks and commits for one after the other, as when eight people file at once. Ours:
the job that gives out work; however many workers there are, Odoo lets one run it.

On both sides whoever gets cases is told, as in `assignment_dispatch.py`.

The spread is how many cases more whoever got most has than whoever got fewest: with as
many for everybody the bound of the ledger is one.

Both work in copies of the databases, which are dropped afterwards.
"""

from __future__ import annotations

import logging
import multiprocessing
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial

import psycopg2
from assignment_dispatch import CASE, make_shared_team
from assignment_pick import make_team
from table import Line

from odoo import SUPERUSER_ID, api, sql_db
from odoo.exceptions import ConcurrencyError
from odoo.modules.registry import Registry
from odoo.service.model import retrying

WORKERS, TEAM, ROUNDS = 8, 60, 3
GOAL = 10
_fork = multiprocessing.get_context("fork")


def measure(rival: str, desk: str, quick: bool) -> Iterator[Line]:
    """Yield what it takes on both sides, in turn."""
    count = TEAM * (4 if quick else 40)
    with ExitStack() as stack:
        known = stack.enter_context(
            _opened(rival, count, _prepare_rival, _pick, WORKERS)
        )
        ours = stack.enter_context(_opened(desk, count, _prepare_desk, _dispatch, 1))
        pairs = [(known(), ours()) for _round in range(ROUNDS)]
    spreads = [max(round_[side][1] for round_ in pairs) for side in (0, 1)]
    yield Line(
        f"{WORKERS} workers give out {count:,} cases",
        "helpdesk_mgmt_assign_method 17.0",
        [(known[0], ours[0]) for known, ours in pairs],
        0 if quick else GOAL,
        f"spread at most {spreads[0]} and {spreads[1]}",
    )


@contextmanager
def _opened(
    database: str, count: int, prepare: Callable, work: Callable, workers: int
) -> Iterator[Callable[[], tuple[float, int]]]:
    """Yield a function that has new cases given out: how long, and the spread."""
    copy = f"{database}_workers"
    with _copied(database, copy):
        team, file = _do(copy, prepare)

        def run() -> tuple[float, int]:
            cases = _do(copy, lambda env: file(env, count))
            seconds = _run_workers(copy, work, team, cases, workers)
            return seconds, _do(copy, lambda env: _get_spread(env, cases))

        yield run


@contextmanager
def _copied(database: str, copy: str) -> Iterator[None]:
    sql_db.close_db(database)
    _administer(f'DROP DATABASE IF EXISTS "{copy}"')
    _administer(f'CREATE DATABASE "{copy}" TEMPLATE "{database}"')
    try:
        yield
    finally:
        Registry.delete(copy)
        sql_db.close_db(copy)
        _administer(f'DROP DATABASE "{copy}"')


def _administer(statement: str) -> None:
    connection = psycopg2.connect(dbname="postgres")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()


def _do(database: str, work: Callable):
    """Return what is done in a transaction of its own."""
    with Registry(database).cursor() as cr:
        return work(api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True}))


def _run_workers(
    database: str, work: Callable, team: int, cases: Sequence[int], workers: int
) -> float:
    """Return how long all take, from a common start to the last one's end."""
    Registry(database)
    sql_db.close_all()  # no connection may have two processes
    start = _fork.Barrier(workers + 1)
    processes = [
        _fork.Process(
            target=_run_worker,
            args=(database, work, team, cases[number::workers], start),
        )
        for number in range(workers)
    ]
    for process in processes:
        process.start()
    start.wait()
    begun = time.perf_counter()
    for process in processes:
        process.join()
    seconds = time.perf_counter() - begun
    assert not any(process.exitcode for process in processes), "a worker has failed"
    return seconds


def _run_worker(database, work, team, cases, start) -> None:
    # To be in each other's way is what is measured.
    logging.getLogger("odoo.sql_db").setLevel(logging.CRITICAL)
    with Registry(database).cursor():
        pass  # connected before the clock starts
    start.wait()
    work(database, team, cases)


def _try(database: str, work: Callable) -> None:
    """Do something in a transaction of its own, again and again if need be."""
    while True:
        with suppress(ConcurrencyError), Registry(database).cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            retrying(partial(work, env), env)
            return


def _get_spread(env: api.Environment, cases: Sequence[int]) -> int:
    given = env["helpdesk.ticket"].browse(cases)
    assert all(case.user_id for case in given), "a case is with nobody"
    each = Counter(case.user_id.id for case in given)
    return max(each.values()) - (min(each.values()) if len(each) == TEAM else 0)


# ------------------------------------------------------------------ the known way
def _prepare_rival(env: api.Environment) -> tuple[int, Callable]:
    team = make_team(env, TEAM, each=0)

    def file(env: api.Environment, count: int) -> list[int]:
        its = env["helpdesk.ticket.team"].browse(team.id)
        env["helpdesk.ticket"].search([("team_id", "=", its.id)]).unlink()
        its.assign_method = "manual"
        cases = env["helpdesk.ticket"].create([{**CASE, "team_id": its.id}] * count)
        its.assign_method = "balanced"
        return cases.ids

    return team.id, file


def _pick(database: str, team: int, cases: Sequence[int]) -> None:
    for case in cases:

        def give(env: api.Environment, case: int = case) -> None:
            its = env["helpdesk.ticket.team"].browse(team)
            env["helpdesk.ticket"].browse(case).user_id = its.get_new_user()

        _try(database, give)


# ----------------------------------------------------------------------- our way
def _prepare_desk(env: api.Environment) -> tuple[int, Callable]:
    team, category = make_shared_team(env)
    rule = env["citizen.assignment.rule"].create({"team_id": team.id, "cap_points": 0})
    rule.action_activate()

    def file(env: api.Environment, count: int) -> list[int]:
        values = {**CASE, "category_id": category.id}
        return env["helpdesk.ticket"].create([values] * count).ids

    return team.id, file


def _dispatch(database: str, team: int, _cases: Sequence[int]) -> None:
    """Run the job for the team, until it has nothing left to do."""
    is_done = False
    while not is_done:
        with Registry(database).cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            its = env["helpdesk.ticket.team"].browse(team)
            is_done = its._dispatch_in_batches(Counter())
            cr.commit()
