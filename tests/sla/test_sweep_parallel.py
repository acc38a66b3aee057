"""Two servers sweep the deadlines at once, and one is killed in the middle."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from servers import Servers, wait_until

CASES = 400
#: Of these, so many are told when a server is killed; a batch has fifty.
TOLD_BEFORE = 50
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
    servers.double_job("warnings and escalations")
    servers.wake()
    seen = _wait_for_both(servers)
    servers.kill(0)
    before = _count(servers)
    assert TOLD_BEFORE <= before < CASES, "killed too early or too late to tell"
    assert seen == {f"odoo-{servers.pid(number)}" for number in range(2)}
    servers.start(servers.ports[0])
    servers.wake()
    wait_until(lambda: not _count_due(servers))
    assert _count(servers) == CASES
    _check_told(servers)
    # Nothing is left to be told by a later run.
    servers.call(1, "ir.cron", "method_direct_trigger", servers.job_ids()[:1])
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


def _wait_for_both(servers: Servers) -> set[str]:
    """Wait until both have written and the first is writing; return who has written."""
    first, seen = f"odoo-{servers.pid(0)}", set()

    def is_time() -> bool:
        writing = {name for (name,) in servers.ask(_WRITERS)}
        seen.update(writing)
        return len(seen) == 2 and first in writing and _count(servers) >= TOLD_BEFORE

    wait_until(is_time)
    return seen


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
