"""Whom and what each case of the benchmarks' city concerns: drawn by SQL."""

from __future__ import annotations

from random import Random

from city_lives import LIVES
from city_world import DISTRICTS, TEAMS, TYPES, World

#: One in so many cases is the lead of a matter, and so many are joined to it: 12 %.
MATTER, JOINED = 25, 3
STREETS = 2000
PARTS = ("Mill", "Oak", "Harbour", "Station", "Church", "Garden", "中山", "和平")
WORDS = (
    "deep hole",
    "lamp is dark",
    "broken slab",
    "loud at night",
    "rubbish left",
    "tree has fallen",
    "noise of a building site",
    "路燈不亮",
    "人行道破損",
    "垃圾未清",
)
#: What one case in a thousand is about; the search for two characters looks for it.
RARE, RARE_SHARE = "水管破裂", 0.001
ROLL = """
    CREATE FUNCTION pg_temp.roll(n bigint, what int) RETURNS float8
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS 'SELECT (hashint8extended(n, what) & 1048575)::float8 / 1048576'
"""
#: One row a case, in order of receipt. Braces are filled by `draw`.
DRAW = """
      CREATE UNLOGGED TABLE bench_lived AS
      WITH born AS (
          SELECT *, %(now)s::timestamp - date_trunc('second', interval '1 day'
                 * (young[life] + pg_temp.roll(n, 4) * (old[life] - young[life])))
                 AS received
            FROM (SELECT n, width_bucket(1000 * pg_temp.roll(n, 3),
                                         %(bounds)s::float8[]) AS life,
                         %(young)s::float8[] AS young, %(old)s::float8[] AS old
                    FROM generate_series(1, %(cases)s) AS n) AS chosen
      ), placed AS (
          SELECT row_number() OVER (ORDER BY received, n) AS n, life, received
            FROM born
      ), matter AS (
          SELECT *, CASE WHEN n %% {matter} BETWEEN 1 AND {joined}
                          AND n > {matter} THEN n - n %% {matter} END AS lead
            FROM placed
      ), drawn AS (
          SELECT *, CASE WHEN pg_temp.roll(n, 2) < 0.5 THEN 'citizen'
                         ELSE 'customer' END AS role,
                 floor({types_count} * pg_temp.roll(coalesce(lead, n), 1) ^ 2.2)::int
                     AS type,
                 1 + floor({people} * pg_temp.roll(n, 5) ^ 2)::int AS person,
                 1 + floor({streets_count} * pg_temp.roll(coalesce(lead, n), 7))::int
                     AS street,
                 1 + floor(200 * pg_temp.roll(coalesce(lead, n), 8))::int
                     AS house,
                 CASE WHEN pg_temp.roll(n, 9) < {rare_share} THEN {rare}
                      ELSE 1 + floor({common} * pg_temp.roll(n, 10))::int
                 END AS word
            FROM matter
      )
      SELECT n, {base} + n AS id, {base} + lead AS lead,
             pattern.id AS pattern, drawn.received - pattern.received AS shift,
             (%(types)s::int[])[1 + type] AS category_id,
             (%(teams)s::int[])[1 + type %% {teams_count}] AS team_id,
             (%(departments)s::int[])[1 + type %% {teams_count}
                 %% cardinality(%(departments)s::int[])] AS department_id,
             (%(users)s::int[])[1 + staff] AS user_id,
             (%(employees)s::int[])[1 + staff] AS employee_id,
             (%(staff_partners)s::int[])[1 + staff] AS staff_partner_id,
             CASE drawn.role WHEN 'citizen' THEN {first_citizen}
                  ELSE {first_customer} END + person AS partner_id,
             {first_citizen_record} + person AS citizen_id,
             {first_customer_record} + person AS customer_id,
             (%(channels)s::int[])[1 + floor(cardinality(%(channels)s::int[])
                 * pg_temp.roll(n, 11) ^ 2)::int] AS channel_id,
             (%(districts)s::int[])[1 + floor({districts_count}
                 * pg_temp.roll(n, 12) ^ 1.3)::int] AS district_id,
             (ARRAY['0', '1', '1', '1', '1', '1', '1', '2', '2', '3'])
                 [1 + floor(10 * pg_temp.roll(n, 13))::int] AS priority,
             (%(words)s::text[])[word] || ', ' || (%(streets)s::text[])[street]
                 AS name,
             (%(streets)s::text[])[street] || ' ' || house AS place,
             ' ' || (%(normal_streets)s::text[])[street] || ' ' || house || ' '
                 || (%(normal_words)s::text[])[word] AS matter_text,
             25 + pg_temp.roll(street, 14) / 10 AS latitude,
             121 + pg_temp.roll(street, 15) / 10 AS longitude
        FROM drawn,
             LATERAL (SELECT type %% {teams_count}
                      + {teams_count} * floor(10 * pg_temp.roll(n, 6))::int) AS s(staff)
        JOIN bench_pattern AS pattern ON true
       WHERE pattern.life + 1 = drawn.life AND pattern.role = drawn.role
    ORDER BY n
"""


def draw(world: World, first: dict[str, int], base: int, cases: int, people: int, now):
    """Draw the life of each case and whom it concerns, into the table bench_lived.

    :param first: the id before the first of the people of each role, and of their
        records
    :param base: the id before the first case
    :param people: how many there are of each role
    """
    # The addons' path is known once the configuration is read.
    from odoo.addons.citizen_crm.tools.similarity import (  # noqa: PLC0415
        normal_form,
    )

    cr = world.env.cr
    cr.execute(ROLL)
    streets = _make_streets()
    words = [*WORDS, RARE]
    cr.execute(
        DRAW.format(
            base=base,
            people=people,
            first_citizen=first["citizen"],
            first_customer=first["customer"],
            first_citizen_record=first.get("citizen_record", 0),
            first_customer_record=first.get("customer_record", 0),
            rare=len(words),
            common=len(WORDS),
            rare_share=RARE_SHARE,
            matter=MATTER,
            joined=JOINED,
            types_count=TYPES,
            teams_count=TEAMS,
            streets_count=STREETS,
            districts_count=DISTRICTS,
        ),
        {
            "now": now,
            "bounds": [
                sum(life.share for life in LIVES[:n]) for n in range(len(LIVES))
            ],
            "cases": cases,
            "young": [life.ages[0] for life in LIVES],
            "old": [life.ages[1] for life in LIVES],
            "types": world.types,
            "teams": world.teams,
            "departments": world.departments,
            "users": world.users,
            "employees": world.employees,
            "staff_partners": world.env["res.users"]
            .browse(world.users)
            .mapped("partner_id.id"),
            "channels": world.channels,
            "districts": world.districts or [0] * DISTRICTS,
            "words": words,
            "normal_words": [normal_form(word) for word in words],
            "streets": streets,
            "normal_streets": [normal_form(street) for street in streets],
        },
    )
    cr.execute("ANALYZE bench_lived, bench_pattern")


def _make_streets() -> list[str]:
    dice = Random(8)
    return [
        f"{dice.choice(PARTS)} {dice.choice('ABCDEFGHKLMNPRSTVW')}"
        f"{''.join(dice.choices('aeioulnrst', k=4))} "
        f"{dice.choice(['Street', 'Road', 'Lane', '路'])}"
        for _number in range(STREETS)
    ]
