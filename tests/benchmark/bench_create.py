"""Registering a case against creating a ticket of the base: time and queries.

Two databases are compared in turn, so that a busy machine slows both: one with
`helpdesk_mgmt` and `hr` alone, one with the addon on top of it.

    make db DB=bench NODEMO=1
    python3 -m dev exec python tests/benchmark/bench_create.py BASE_DATABASE bench

Both are left as they were. Prints a table of medians; exits with 1 above the limit.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from undone import undone

import odoo

LIMIT = 1.2
COUNTS = (1, 100)
USERS = ("superuser", "agent")


def main(arguments: list[str] | None = None) -> int:
    """Measure both databases, print the table, return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base", help="database with helpdesk_mgmt and hr")
    parser.add_argument("desk", help="database with citizen_crm too")
    parser.add_argument("--rounds", type=int, default=5, help="of 100; of 1: times 6")
    options = parser.parse_args(arguments)
    odoo.tools.config.parse_config(["--log-level=error"])
    worst = 0.0
    print(f"{'who':<10} {'cases':>5} {'queries':>15} {'milliseconds':>21} {'ratio':>6}")
    with ExitStack() as stack:
        base, desk = (
            stack.enter_context(prepared(name)) for name in (options.base, options.desk)
        )
        for who in USERS:
            for count in COUNTS:
                pairs = [
                    (base(who, count), desk(who, count))
                    for _round in range(options.rounds * (6 if count == 1 else 1))
                ]
                worst = max(worst, report(who, count, pairs))
    print(f"Worst ratio {worst:.2f}, limit {LIMIT}")
    return int(worst > LIMIT)


def report(who: str, count: int, pairs: list) -> float:
    """Print one line; return the greater of the ratios of queries and time."""
    base_queries, desk_queries = (
        statistics.median(pair[side][0] for pair in pairs) for side in (0, 1)
    )
    base_time, desk_time = (
        statistics.median(pair[side][1] for pair in pairs) for side in (0, 1)
    )
    ratio = statistics.median(desk[1] / base[1] for base, desk in pairs)
    print(
        f"{who:<10} {count:>5} {base_queries:>7.0f} {desk_queries:>7.0f} "
        f"{base_time * 1000:>10.1f} {desk_time * 1000:>10.1f} {ratio:>6.2f}"
    )
    return max(ratio, desk_queries / base_queries)


@contextmanager
def prepared(database: str) -> Iterator[Callable[[str, int], tuple[int, float]]]:
    """Yield a function that creates some cases, warm, and undoes it."""
    with undone(database) as env:
        cr = env.cr
        values, users = _create_world(env)
        # What the first case of a team makes once, like the version of its calendar.
        env["helpdesk.ticket"].create([values(0)])
        env.flush_all()

        def create(who: str, count: int) -> tuple[int, float]:
            tickets = env["helpdesk.ticket"].with_user(users[who])
            cr.execute("SAVEPOINT bench")
            for _warm in range(2):
                tickets.create([values(0)]).env.flush_all()
            batch = [values(index) for index in range(count)]
            gc.collect()
            queries, start = cr.sql_log_count, time.perf_counter()
            tickets.create(batch)
            env.flush_all()
            spent = time.perf_counter() - start, cr.sql_log_count - queries
            env.invalidate_all(flush=False)
            cr.execute("ROLLBACK TO SAVEPOINT bench")
            return spent[1], spent[0]

        yield create


def _create_world(env) -> tuple[Callable[[int], dict], dict]:
    """Create what a case refers to; return its values and who registers it."""
    groups = [env.ref("helpdesk_mgmt.group_helpdesk_user").id]
    for name in ("citizen", "customer"):
        clearance = env.ref(f"citizen_crm.group_clearance_{name}", False)
        groups += clearance.ids if clearance else []
    agent = env["res.users"].create(
        {"name": "Bench", "login": "bench", "group_ids": [(6, 0, groups)]}
    )
    team = env["helpdesk.ticket.team"].create(
        {"name": "Bench", "user_ids": [(6, 0, agent.ids)]}
    )
    category = env["helpdesk.ticket.category"].create({"name": "Bench"})
    routed = "is_service" in category._fields
    if routed:
        category.write({"is_service": True, "team_id": team.id})
    people = env["res.partner"].create([{"name": f"Person {n}"} for n in range(10)])

    def values(index: int) -> dict:
        person = people[index % len(people)]
        return {
            "name": "Hole",
            "description": "<p>Deep.</p>",
            "partner_id": person.id,
            "partner_name": person.name,
            "category_id": category.id,
            # With the addon the service type names the team.
            **({} if routed else {"team_id": team.id}),
        }

    return values, {"superuser": env.user, "agent": agent}


if __name__ == "__main__":
    sys.exit(main())
