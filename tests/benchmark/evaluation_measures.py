"""All measures of a city's half-year, against the one pass over the facts in SQL.

A million facts of 360 people in 20 departments, of 190 service types, with the values
of a plausible city, made by one statement. Known is the pass as a database does it:
grouped by kind of case and person, sums by kind, and observed, expected and variance of
each person; nothing is pooled, compared or judged. Ours is `_measure`: the same pass,
the pooling of small kinds, precision, limits, variance between people. A second line
adds what is shown beside: typical times, and who of the residents answered.

Memory is that of Python at its highest, for all facts and for a quarter of them: it
goes by people and kinds of cases, not by cases.
"""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Iterator
from datetime import date

from table import Line
from undone import undone, vacuum

from odoo import api

from odoo.addons.citizen_crm.models.evaluation.citizen_measure import FACT_COLUMNS

STAFF, DEPARTMENTS, TYPES = 360, 20, 190
PERIOD = date(2025, 1, 1), date(2025, 6, 30)
QUARTER = date(2025, 1, 1), date(2025, 2, 14)
#: Of the time of the one pass, at most.
GOAL = 2.0
#: Of the memory for a quarter of the facts, at most.
MEMORY_GOAL = 1.5
#: Share of events, and of cases of which it is known.
SHARES = {
    "late_first_reply": (0.15, 0.9),
    "late_resolution": (0.2, 1.0),
    "reopened_30d": (0.06, 1.0),
    "positive": (0.75, 0.12),
    "repeat_contact_14d": (0.08, 1.0),
    "documented_close": (0.93, 0.98),
}


def measure(desk: str, quick: bool) -> Iterator[Line]:
    """Yield what all measures cost, in time and in memory."""
    count, rounds = (100_000, 3) if quick else (1_200_000, 3)
    vacuum(desk)
    with undone(desk) as env:
        _populate(env, count)
        measures = env["citizen.measure"].search([("is_current", "=", True)])
        pairs, more = [], []
        for _round in range(rounds):
            known, observed = _run_pass(env)
            start = time.perf_counter()
            found = env["citizen.case.fact"]._measure(*PERIOD, None, measures)
            pairs.append((known, time.perf_counter() - start))
            assert observed == [found[code].observed for code in FACT_COLUMNS]
            assert len(_show(env, PERIOD)[0]) == STAFF
            more.append((known, time.perf_counter() - start))
        yield Line(
            f"all measures of {count:,} facts, {STAFF} people",
            "one pass in SQL",
            [(1.0, ours / known) for known, ours in pairs],
            0 if quick else GOAL,
            f"{len(found)} measures; "
            + ", ".join(f"{ours:.2f} s against {known:.2f} s" for known, ours in pairs),
            unit=" times",
            bound="<=",
        )
        yield Line(
            "the same, with typical times and who answered",
            "one pass in SQL",
            [(1.0, ours / known) for known, ours in more],
            0,
            ", ".join(f"{ours:.2f} s against {known:.2f} s" for known, ours in more),
            unit=" times",
            bound="<=",
        )
        part, whole = (_weigh(env, period, measures) for period in (QUARTER, PERIOD))
        yield Line(
            f"memory for {count:,} facts, against a quarter of them",
            "a quarter of the facts",
            [(1.0, whole / part)],
            0 if quick else MEMORY_GOAL,
            f"{whole / 1e6:.0f} MB against {part / 1e6:.0f} MB",
            unit=" times",
            bound="<=",
        )


def _weigh(env: api.Environment, period: tuple[date, date], measures) -> int:
    """Return the highest amount of memory that measuring takes, in bytes."""
    tracemalloc.start()
    env["citizen.case.fact"]._measure(*period, None, measures)
    _show(env, period)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def _show(env: api.Environment, period: tuple[date, date]) -> tuple[dict, dict]:
    """Return what is shown beside the measures: times and answers, by person."""
    facts = env["citizen.case.fact"]
    return facts._compare_times(*period), facts._weigh_answers(*period)


def _run_pass(env: api.Environment) -> tuple[float, list[int]]:
    """Return how long the pass in SQL takes, and the events of each measure."""
    env.flush_all()
    columns = list(FACT_COLUMNS.values())
    cells = ", ".join(
        f"count({name}) AS n_{name}, count(*) FILTER (WHERE {name} = 'yes') AS x_{name}"
        for name in columns
    )
    kind = "department_id, category_id, priority, channel_id"
    sums = ", ".join(
        f"sum(n_{name}) OVER {window} AS nn_{name},"
        f" sum(x_{name}) OVER {window} AS xx_{name}"
        for name in columns
        for window in ("decided" if name == "positive" else "kind",)
    )
    found = ", ".join(
        f"sum(x_{name})::bigint,"
        f" sum(n_{name}::float * xx_{name} / nullif(nn_{name}, 0)),"
        f" sum(n_{name}::float * (nn_{name} - n_{name}) * xx_{name}"
        f" * (nn_{name} - xx_{name})"
        f" / nullif(nn_{name}::float ^ 2 * (nn_{name} - 1), 0))"
        for name in columns
    )
    start = time.perf_counter()
    env.cr.execute(
        f"""
        WITH cell AS (
            SELECT {kind}, decision, handler_id, {cells}
              FROM citizen_case_fact
             WHERE closed_on >= %s AND closed_on < %s
               AND counts_personally AND excluded IS NOT TRUE
          GROUP BY {kind}, decision, handler_id
        ), summed AS (
            SELECT *, {sums} FROM cell
            WINDOW kind AS (PARTITION BY {kind}),
                   decided AS (PARTITION BY {kind}, decision)
        )
        SELECT handler_id, {found} FROM summed GROUP BY handler_id
        """,  # noqa: S608
        ("2025-01-01", "2025-07-01"),
    )
    rows = env.cr.fetchall()
    spent = time.perf_counter() - start
    assert len(rows) == STAFF
    return spent, [sum(row[1 + 3 * place] for row in rows) for place in range(6)]


def _populate(env: api.Environment, count: int) -> None:
    """Make the people, the kinds of cases and the facts; the latter by SQL."""
    departments = env["hr.department"].create(
        [{"name": f"Bench {number}"} for number in range(DEPARTMENTS)]
    )
    people = env["hr.employee"].create(
        [{"name": f"Bench {number}"} for number in range(STAFF)]
    )
    team = env["helpdesk.ticket.team"].create({"name": "Bench"})
    types = env["helpdesk.ticket.category"].create(
        [
            {"name": f"Bench {number}", "is_service": True, "team_id": team.id}
            for number in range(TYPES)
        ]
    )
    channels = env["helpdesk.ticket.channel"].search([], limit=5)
    case = env["helpdesk.ticket"].create({"name": "Bench", "description": "Bench"})
    env.flush_all()
    values = ", ".join(
        f"CASE WHEN random() < {known} THEN"
        f" CASE WHEN random() < {share} THEN 'yes' ELSE 'no' END END"
        for share, known in SHARES.values()
    )
    env.cr.execute("SELECT setseed(0.5)")
    env.cr.execute(
        f"""
        INSERT INTO citizen_case_fact (case_id, number, handler_id, department_id,
               category_id, priority, channel_id, decision, began_at, ended_at,
               closed_on, ended_by, counts_personally, is_settled, worked_hours,
               invited, {", ".join(SHARES)})
        SELECT %(case)s, number, (%(people)s::int[])[1 + person],
               (%(departments)s::int[])[1 + person %% {DEPARTMENTS}],
               (%(types)s::int[])[1 + (person %% {DEPARTMENTS}
                    + {DEPARTMENTS} * floor(9.5 * random() ^ 2)::int) %% {TYPES}],
               (ARRAY['0', '1', '1', '1', '2', '3'])[1 + floor(6 * random())::int],
               (%(channels)s::int[])[1 + floor(
                    cardinality(%(channels)s::int[]) * random() ^ 2)::int],
               (ARRAY['founded', 'unfounded', 'partly'])[1 + floor(3 * random())::int],
               at - interval '3 days', at, at, 'closed', random() < 0.9, true,
               exp(4 * random()), 'yes', {values}
          FROM (SELECT number, floor({STAFF} * random())::int AS person,
                       timestamp '2025-01-01' + random() * interval '181 days' AS at
                  FROM generate_series(1, %(count)s) AS number) AS lived
        """,  # noqa: S608
        {
            "case": case.id,
            "people": people.ids,
            "departments": departments.ids,
            "types": types.ids,
            "channels": channels.ids,
            "count": count,
        },
    )
    env.cr.execute("ANALYZE citizen_case_fact")
