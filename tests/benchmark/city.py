"""Fill a database with the cases of a city by SQL: 10,000, or a million.

    python3 -m dev exec python tests/benchmark/city.py DATABASE --cases 10000

The database has the addon, or the stock base alone. `city_world.py` makes one case of
each life with the models; here it is multiplied with all rows that hang on it: events,
clocks, ledger, facts, messages, followers. Service types, people, streets, dates of
receipt and handlers are drawn anew for each case, by a hash of its place, so that every
run makes the same city, and a desk and the base get the same cases. Its indexes are
dropped meanwhile and built afterwards.

What is not told: the balances of the ledger, notices of the sweep, tracked values. The
database notes what it was filled with; exits with 3 if that was something else.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from datetime import datetime
from pathlib import Path

import psycopg2
from city_draw import draw
from city_world import ROLES, World, build

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

STALE = 3
NOTE = "citizen_crm.benchmark_city"
#: A person has as many cases on average; a few have hundreds.
CASES_EACH = 3
#: Tables that tell of a case by model and id.
LOOSE = {"mail_message": "model", "mail_followers": "res_model"}


def main() -> int:
    """Fill the database unless it is filled; return 3 if it holds another city."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database")
    parser.add_argument("--cases", type=int, required=True)
    options = parser.parse_args()
    config.parse_config(["--log-level=error"])
    wanted = f"{fingerprint()} {options.cases}"
    with Registry(options.database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"lang": "en_US", "tz": "UTC"})
        found = env["ir.config_parameter"].get_param(NOTE)
        if found:
            return 0 if found == wanted else STALE
        start = time.perf_counter()
        tables = Filling(env, options.cases).run()
        if "citizen.rollup" in env:
            tables += count_days(env)
        env["ir.config_parameter"].set_param(NOTE, wanted)
    vacuum(options.database, tables)
    spent = time.perf_counter() - start
    print(f"{options.database}: {options.cases:,} cases in {spent:.0f} s")
    return 0


def fingerprint() -> str:
    """Return a hash over the files that make the city."""
    digest = hashlib.sha256()
    for name in ("city.py", "city_draw.py", "city_lives.py", "city_world.py"):
        digest.update(Path(__file__).with_name(name).read_bytes())
    return digest.hexdigest()[:16]


def count_days(env: api.Environment) -> list[str]:
    """Fill the daily figures, which triggers would have marked; return their tables."""
    rollup = env["citizen.rollup"]
    rollup._mark_all(rollup._get_zone())
    start = time.perf_counter()
    days, _left = rollup._refresh(batch=None)
    print(f"{days:,} days counted in {time.perf_counter() - start:.1f} s")
    return [
        env[name]._table
        for name in (
            "citizen.case.rollup",
            "citizen.case.rollup.place",
            "citizen.case.rollup.type",
        )
        + ("citizen.sla.rollup", "citizen.rollup.mark")
    ]


def vacuum(database: str, tables: list[str]) -> None:
    """Bring statistics and visibility up to date, as autovacuum does in time."""
    connection = psycopg2.connect(dbname=database)
    connection.autocommit = True
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'VACUUM ANALYZE "{table}"')
    connection.close()


class Filling:
    """The filling of one database, in one transaction."""

    def __init__(self, env: api.Environment, cases: int) -> None:
        self.env, self.cr, self.cases = env, env.cr, cases
        self.people = max(cases // CASES_EACH // len(ROLES), 10)
        # Whole seconds: the database keeps the parts of one that Odoo would not.
        self.now = datetime.now().replace(microsecond=0)
        self.world: World = build(env, self.now)

    def run(self) -> list[str]:
        """Make people, then cases, then what hangs on them; return the tables."""
        self.cr.execute("SET LOCAL work_mem = '256MB'")
        self.cr.execute("SET LOCAL maintenance_work_mem = '512MB'")
        self.cr.execute("SHOW is_superuser")
        if self.cr.fetchone()[0] == "on":
            # Every row refers to what is there; looking each up takes most of the time.
            self.cr.execute("SET LOCAL session_replication_role = replica")
        self._note_patterns()
        people = ["res_partner", "citizen_citizen", "citizen_customer"]
        people = people if self.world.is_desk else people[:1]
        parts = self._find_parts()
        tables = [*people, "helpdesk_ticket", *parts]
        indexes = self._drop_indexes(tables)
        self._make_people()
        self.base = self._reserve("helpdesk_ticket", self.cases)
        draw(self.world, self.first, self.base, self.cases, self.people, self.now)
        self._make_cases()
        for table, link in parts.items():
            self._make_part(table, link)
        for statement in indexes:
            self.cr.execute(statement)
        self.cr.execute("DROP TABLE bench_lived, bench_pattern")
        return tables

    # ------------------------------------------------------------ what is there
    def _note_patterns(self) -> None:
        """Keep the case of each life with all that is drawn anew for its copies."""
        person = "citizen_id, customer_id" if self.world.is_desk else "0, 0"
        received = "received_date" if self.world.is_desk else "create_date"
        district = "district_id" if self.world.is_desk else "0"
        self.cr.execute(
            f"""
            CREATE UNLOGGED TABLE bench_pattern AS
            SELECT ticket.id, kind.life, kind.role, {received} AS received,
                   ticket.partner_id, (%(types)s::int[])[2] AS category_id,
                   (%(teams)s::int[])[2] AS team_id,
                   (%(departments)s::int[])[2] AS department_id,
                   (%(users)s::int[])[2] AS user_id,
                   (%(employees)s::int[])[2] AS employee_id,
                   (SELECT partner_id FROM res_users
                     WHERE id = (%(users)s::int[])[2]) AS staff_partner_id,
                   ticket.channel_id, {district} AS district_id,
                   person.citizen_id, person.customer_id
              FROM unnest(%(ids)s::int[], %(lives)s::int[], %(roles)s::text[])
                   AS kind(id, life, role)
              JOIN helpdesk_ticket AS ticket ON ticket.id = kind.id,
                   LATERAL (SELECT {person}) AS person(citizen_id, customer_id)
            """,  # noqa: S608
            {
                "types": self.world.types,
                "teams": self.world.teams,
                "departments": self.world.departments,
                "users": self.world.users,
                "employees": self.world.employees,
                "ids": list(self.world.cases.values()),
                "lives": [life for life, _role in self.world.cases],
                "roles": [role for _life, role in self.world.cases],
            },
        )

    def _find_parts(self) -> dict[str, str]:
        """Return the tables with rows of the patterns: name -> how a row says whose."""
        self.cr.execute(
            """
            SELECT conrelid::regclass::text, attname
              FROM pg_constraint
              JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
             WHERE contype = 'f' AND confrelid = 'helpdesk_ticket'::regclass
               AND conrelid != confrelid
          ORDER BY 1, 2
            """
        )
        links = [(table, f'old."{column}"') for table, column in self.cr.fetchall()]
        links += [(table, "old.res_id") for table in LOOSE]
        found = {}
        for table, link in links:
            self.cr.execute(
                f"SELECT FROM {table} AS old JOIN bench_pattern AS pattern"
                f" ON {self._whose(table, link)} LIMIT 1"
            )
            if self.cr.rowcount:
                found[table] = link
        return found

    @staticmethod
    def _whose(table: str, link: str) -> str:
        of_model = ""
        if table in LOOSE:
            of_model = f" AND old.{LOOSE[table]} = 'helpdesk.ticket'"
        return f"{link} = pattern.id{of_model}"

    def _drop_indexes(self, tables: list[str]) -> list[str]:
        """Drop the indexes that no constraint needs; return what makes them again."""
        self.cr.execute(
            """
            SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
              FROM pg_index
             WHERE indrelid = ANY(%s::regclass[]) AND NOT indisprimary
               AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
            """,
            (tables,),
        )
        statements = []
        for name, definition in self.cr.fetchall():
            self.cr.execute(f"DROP INDEX {name}")
            statements.append(definition)
        return statements

    # ------------------------------------------------------------------ people
    def _make_people(self) -> None:
        self.first = {}
        for role in ROLES:
            person = self.world.people[role]
            self.first[role] = self._reserve("res_partner", self.people)
            self._copy(
                "res_partner",
                f"generate_series(1, {self.people}) AS lived(n)"
                f" WHERE old.id = {person}",
                {
                    "id": f"{self.first[role]} + n",
                    "commercial_partner_id": f"{self.first[role]} + n",
                    "name": f"'Resident {role} ' || n",
                    "complete_name": f"'Resident {role} ' || n",
                    "email": f"'{role}' || n || '@resident.example'",
                    "email_normalized": f"'{role}' || n || '@resident.example'",
                },
            )
            if self.world.is_desk:
                self._make_records(role, person)

    def _make_records(self, role: str, person: int) -> None:
        table, number = f"citizen_{role}", "reference"
        if role == "customer":
            number = "account_number"
        key = f"{role}_record"
        self.first[key] = self._reserve(table, self.people)
        self._copy(
            table,
            f"generate_series(1, {self.people}) AS lived(n)"
            f" WHERE old.partner_id = {person}",
            {
                "id": f"{self.first[key]} + n",
                "partner_id": f"{self.first[role]} + n",
                number: "'BENCH' || n",
            },
        )

    def _reserve(self, table: str, count: int) -> int:
        """Take so many ids of a table; return the one before the first."""
        self.cr.execute(
            f"SELECT setval('{table}_id_seq', nextval('{table}_id_seq') + {count})"
        )
        return self.cr.fetchone()[0] - count

    # ------------------------------------------------------------------- cases
    def _make_cases(self) -> None:
        self._copy(
            "helpdesk_ticket",
            "bench_pattern AS pattern, bench_lived AS lived"
            " WHERE old.id = pattern.id AND lived.pattern = pattern.id",
            {
                "id": "lived.id",
                "number": "'B' || lpad(n::text, 8, '0')",
                "name": "lived.name",
                "priority": "lived.priority",
                "duplicate_id": "lived.lead",
                "place": "lived.place",
                "matter_text": "lived.matter_text",
                "place_latitude": "lived.latitude",
                "place_longitude": "lived.longitude",
                "access_token": "NULL",
                "partner_email": "CASE WHEN old.partner_id IS NOT NULL"
                " THEN 'p' || lived.partner_id || '@resident.example' END",
            },
        )

    def _make_part(self, table: str, link: str) -> None:
        fixed = {link.removeprefix("old.").strip('"'): "lived.id"}
        if table == "mail_message":
            fixed |= {"message_id": "NULL", "parent_id": "NULL"}
        elif table == "citizen_assignment_entry":
            fixed["number"] = (
                "1000 + row_number() OVER (PARTITION BY CASE WHEN old.team_id ="
                " pattern.team_id THEN lived.team_id ELSE old.team_id END"
                " ORDER BY lived.id, old.id)"
            )
        self._copy(
            table,
            "bench_pattern AS pattern, bench_lived AS lived"
            f" WHERE {self._whose(table, link)} AND lived.pattern = pattern.id",
            fixed,
        )

    # -------------------------------------------------------------------- copy
    #: What a copied row refers to instead of what the pattern's did.
    MAPPED = {
        "res_users": ("user_id",),
        "res_partner": ("partner_id", "staff_partner_id"),
        "hr_employee": ("employee_id",),
        "hr_department": ("department_id",),
        "helpdesk_ticket_team": ("team_id",),
        "helpdesk_ticket_category": ("category_id",),
        "helpdesk_ticket_channel": ("channel_id",),
        "citizen_district": ("district_id",),
        "citizen_citizen": ("citizen_id",),
        "citizen_customer": ("customer_id",),
    }

    def _copy(self, table: str, source: str, fixed: dict[str, str]) -> None:
        """Insert copies of rows `old`, for each row of `source`.

        :param fixed: values of columns by name; a column that is not there is left out
        """
        self.cr.execute(
            """
            SELECT attname, atttypid::regtype::text, confrelid::regclass::text
              FROM pg_attribute
         LEFT JOIN pg_constraint ON conrelid = attrelid AND contype = 'f'
               AND conkey = ARRAY[attnum]
             WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
               AND attgenerated = '' AND (attname != 'id' OR %s)
          ORDER BY attnum
            """,
            (table, "id" in fixed),
        )
        names, values = [], []
        is_of_case = "bench_lived" in source
        for name, kind, target in self.cr.fetchall():
            names.append(f'"{name}"')
            if name in fixed:
                values.append(fixed[name])
            elif is_of_case and kind == "timestamp without time zone":
                values.append(f'old."{name}" + lived.shift')
            elif is_of_case and kind == "date":
                values.append(f'(old."{name}" + lived.shift)::date')
            elif is_of_case and target in self.MAPPED:
                values.append(self._map(f'old."{name}"', self.MAPPED[target]))
            else:
                values.append(f'old."{name}"')
        self.cr.execute(
            f"INSERT INTO {table} ({', '.join(names)})"  # noqa: S608
            f" SELECT {', '.join(values)} FROM {table} AS old, {source}"
        )

    @staticmethod
    def _map(column: str, names: tuple[str, ...]) -> str:
        cases = " ".join(
            f"WHEN {column} = pattern.{name} THEN lived.{name}" for name in names
        )
        return f"CASE {cases} ELSE {column} END"


if __name__ == "__main__":
    sys.exit(main())
