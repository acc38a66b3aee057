"""Two servers sweep the deadlines at once, and one is killed in the middle."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import psycopg2
from servers import Servers

CASES = 400
#: Of these, so many are told when a server is killed; a batch has fifty.
TOLD_BEFORE = 50
WAIT_SECONDS = 60
#: What a server has written and not committed yet.
_WRITERS = """
    SELECT DISTINCT activity.application_name
      FROM pg_locks AS held
      JOIN pg_stat_activity AS activity USING (pid)
     WHERE activity.datname = current_database()
       AND held.relation = 'citizen_sla_notice'::regclass
       AND held.mode = 'RowExclusiveLock'
"""


def test_each_step_once(two_servers: Servers) -> None:
    """1. Four hundred steps are due. 2. Both servers begin to sweep. 3. One is killed
    while it writes a batch. 4. It is started again and both finish.

    Each step was taken once, and whoever is told has one task and one mail of it.
    """
    servers = two_servers
    _make_due(servers)
    _make_second_job(servers)
    _wake(servers)
    seen = _wait_for_both(servers)
    servers.kill(0)
    before = _count(servers)
    assert TOLD_BEFORE <= before < CASES, "killed too early or too late to tell"
    assert seen == {f"odoo-{servers.pid(number)}" for number in range(2)}
    servers.start(servers.ports[0])
    _wake(servers)
    _wait_until(lambda: not _count_due(servers))
    assert _count(servers) == CASES
    _check_told(servers)
    # Nothing is left to be told by a later run.
    servers.call(1, "ir.cron", "method_direct_trigger", _job_ids(servers)[:1])
    assert _count(servers) == CASES
    _check_told(servers)


def _make_due(servers: Servers) -> None:
    """Register cases whose first warning was due days ago."""

    def create(model: str, values: object) -> object:
        return servers.call(0, model, "create", values)

    groups = servers.ask(
        """
        SELECT res_id FROM ir_model_data WHERE module = 'citizen_crm' AND name IN
            ('group_team_lead', 'group_clearance_citizen', 'group_clearance_customer')
        """
    )
    lead = create(
        "res.users",
        {
            "name": "Lead",
            "login": "sweep_lead",
            "email": "lead@city.example",
            "group_ids": [(4, group) for (group,) in groups],
        },
    )
    team = create(
        "helpdesk.ticket.team",
        {"name": "Sweep", "user_id": lead, "user_ids": [(4, lead)]},
    )
    kind = create(
        "helpdesk.ticket.category",
        {"name": "Sweep", "is_service": True, "team_id": team},
    )
    step = {"amount": 75, "recipient": "lead", "by_mail": True}
    target = {"unit": "hours", "amount": 4, "step_ids": [(0, 0, step)]}
    rule = create(
        "citizen.sla.rule",
        {
            "name": "Sweep",
            "valid_from": "2020-01-01 00:00:00",
            "target_ids": [(0, 0, target)],
        },
    )
    servers.call(0, "citizen.sla.rule", "action_activate", [rule])
    received = datetime.now(UTC) - timedelta(days=10)
    values = {
        "name": "Lamp",
        "description": "<p>Dark.</p>",
        "category_id": kind,
        "received_date": received.strftime("%Y-%m-%d %H:%M:%S"),
    }
    create("helpdesk.ticket", [values] * CASES)
    assert _count_due(servers) == CASES


def _make_second_job(servers: Servers) -> None:
    """Let two jobs sweep: one alone is never run by two servers at once."""
    servers.execute(
        "UPDATE ir_cron SET active = cron_name LIKE '%warnings and escalations%'"
    )
    (job,) = _job_ids(servers)
    (values,) = servers.call(
        0, "ir.cron", "read", [job], ["name", "model_id", "state", "code", "user_id"]
    )
    servers.call(
        0,
        "ir.cron",
        "create",
        {
            **{name: values[name] for name in ("name", "state", "code")},
            "model_id": values["model_id"][0],
            "user_id": values["user_id"][0],
            "interval_type": "minutes",
            "interval_number": 5,
        },
    )
    servers.execute("UPDATE ir_cron SET nextcall = now() - interval '1 hour'")


def _job_ids(servers: Servers) -> list[int]:
    return [
        row[0] for row in servers.ask("SELECT id FROM ir_cron WHERE active ORDER BY id")
    ]


def _wake(servers: Servers) -> None:
    """Let the servers look for jobs now, not at their next minute."""
    connection = psycopg2.connect(dbname="postgres")
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify('cron_trigger', %s)", (servers.name,))
    finally:
        connection.close()


def _wait_for_both(servers: Servers) -> set[str]:
    """Wait until both have written and the first is writing; return who has written."""
    first, seen = f"odoo-{servers.pid(0)}", set()

    def is_time() -> bool:
        writing = {name for (name,) in servers.ask(_WRITERS)}
        seen.update(writing)
        return len(seen) == 2 and first in writing and _count(servers) >= TOLD_BEFORE

    _wait_until(is_time)
    return seen


def _wait_until(is_true: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT_SECONDS
    while not is_true():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.02)


def _count(servers: Servers) -> int:
    ((count,),) = servers.ask("SELECT count(*) FROM citizen_sla_notice")
    return count


def _count_due(servers: Servers) -> int:
    ((count,),) = servers.ask(
        """
        SELECT count(*) FROM citizen_sla_clock
         WHERE next_event_at <= now() AT TIME ZONE 'UTC'
        """
    )
    return count


def _check_told(servers: Servers) -> None:
    """Each clock and step has one notice, each notice one task and one mail."""
    rows = servers.ask(
        """
        SELECT count(*), count(DISTINCT (clock_id, step_id)),
               (SELECT count(*) FROM citizen_sla_notice_res_users_rel),
               (SELECT count(*) FROM mail_activity WHERE sla_notice_id IS NOT NULL),
               (SELECT count(DISTINCT sla_notice_id) FROM mail_activity),
               (SELECT count(*) FROM mail_mail JOIN mail_message
                    ON mail_message.id = mail_message_id
                 WHERE message_id LIKE '<sla-notice-%'),
               (SELECT count(DISTINCT message_id) FROM mail_mail JOIN mail_message
                    ON mail_message.id = mail_message_id
                 WHERE message_id LIKE '<sla-notice-%')
          FROM citizen_sla_notice
        """
    )
    assert rows == [(CASES,) * 7]
