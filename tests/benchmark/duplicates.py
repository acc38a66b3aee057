"""Time the search for probable duplicates among generated cases.

    CASES=100000 make shell DB=bench < tests/benchmark/duplicates.py

Everything is made in one transaction that is rolled back. Service types are used as
unevenly as in a real city: the first of 190 has a tenth of all cases. A third of the
cases is open.
"""

import os
import statistics
import time

CASES = int(os.environ.get("CASES", "100000"))
TYPES, STREETS, SEARCHES = 190, 2000, 60


def generate(env):
    """Make service types and cases; return the types."""
    cr = env.cr
    cr.execute("SELECT setseed(0.42)")
    team = env["helpdesk.ticket.team"].create({"name": "Benchmark"})
    types = env["helpdesk.ticket.category"].create(
        [
            {"name": f"Type {n}", "is_service": True, "team_id": team.id}
            for n in range(TYPES)
        ]
    )
    stages = {
        open_: env.ref(f"citizen_crm.stage_{'routed' if open_ else 'closed'}").id
        for open_ in (True, False)
    }
    env.flush_all()
    cr.execute(
        """
        INSERT INTO helpdesk_ticket
            (number, name, description, role, nature, outcome, oral_record_state,
             company_id, category_id, team_id, stage_id, is_open, active, confidential,
             received_date, closed_date, place, matter_text, place_latitude,
             place_longitude, priority)
        SELECT 'B-' || n, words || ' at ' || place, '<p>x</p>', 'citizen', 'complaint',
               'unknown', 'not_needed', %(company)s, (%(types)s::int[])[kind], %(team)s,
               CASE WHEN is_open THEN %(open)s ELSE %(closed)s END, is_open, true,
               false,
               now() - age * interval '1 day',
               CASE WHEN NOT is_open THEN now() - age * interval '0.8 day' END,
               place, ' ' || lower(place || ' ' || words), 25 + random() / 10,
               121 + random() / 10, '1'
          FROM (SELECT n, random() < 0.33 AS is_open, (random() * 700)::int AS age,
                       1 + least(floor(%(count)s * random() ^ 3), %(count)s - 1)::int
                           AS kind,
                       (ARRAY['Mill', 'Oak', 'Harbour', 'Station', 'Church', 'Garden',
                              'Bridge', 'Market', 'King', 'River'])[1 + n %% 10]
                       || substr(md5((n %% %(streets)s)::text), 1, 4) || ' '
                       || (ARRAY['Street', 'Road', 'Lane', 'Avenue'])[1 + n %% 4] || ' '
                       || (1 + random() * 200)::int AS place,
                       (ARRAY['deep hole', 'broken slab', 'lamp dark', 'loud at night',
                              'rubbish left', 'tree fallen'])[1 + n %% 6] AS words
                  FROM generate_series(1, %(cases)s) AS n OFFSET 0) AS made
        """,
        {
            "company": env.company.id,
            "types": types.ids,
            "team": team.id,
            "open": stages[True],
            "closed": stages[False],
            "count": TYPES,
            "streets": STREETS,
            "cases": CASES,
        },
    )
    cr.execute("ANALYZE helpdesk_ticket")
    return types


def measure(env, kind):
    """Search for duplicates of cases of a type; return the times in ms and the hits."""
    cr = env.cr
    cr.execute(
        "SELECT place FROM helpdesk_ticket WHERE category_id = %s ORDER BY id LIMIT %s",
        (kind, SEARCHES),
    )
    times, found = [], 0
    for (place,) in cr.fetchall():
        env.invalidate_all()
        start = time.perf_counter()
        rows = env["helpdesk.ticket"]._find_probable_duplicates(
            {"category_id": kind, "place": place, "description": "a deep hole"}
        )
        times.append((time.perf_counter() - start) * 1000)
        found += bool(rows)
    return sorted(times), found


def main(env):
    types = generate(env)
    env.cr.execute(
        "SELECT category_id, count(*), count(*) FILTER (WHERE is_open)"
        " FROM helpdesk_ticket WHERE category_id = ANY(%s) GROUP BY 1 ORDER BY 2 DESC",
        (types.ids,),
    )
    largest, *_rest, smallest = env.cr.fetchall()
    print(f"{CASES} cases, {largest[1]} of the largest type, {largest[2]} of them open")
    for label, (kind, _count, _open) in (("largest", largest), ("smallest", smallest)):
        times, found = measure(env, kind)
        print(
            f"{label} type: fastest {times[0]:.1f} ms, median "
            f"{statistics.median(times):.1f} ms, 95 % under "
            f"{times[int(len(times) * 0.95) - 1]:.1f} ms; {found} of {len(times)} "
            "searches found something"
        )
    env.cr.rollback()


if "env" in globals():
    main(globals()["env"])
