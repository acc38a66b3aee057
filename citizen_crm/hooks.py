"""Take over the tickets of a helpdesk that is already in use, and give them back.

On installation the columns that the ORM would compute ticket by ticket are filled in
one statement each, so that a helpdesk with millions of tickets can be taken over.
"""

import logging

import psycopg2

from odoo.modules.db import has_trigram
from odoo.tools import SQL
from odoo.tools.sql import column_exists

_logger = logging.getLogger(__name__)

#: Stages of the base and the phase that each one stands for.
BASE_STAGES = {
    "helpdesk_ticket_stage_new": "received",
    "helpdesk_ticket_stage_in_progress": "in_work",
    "helpdesk_ticket_stage_awaiting": "waiting",
    "helpdesk_ticket_stage_done": "closed",
    "helpdesk_ticket_stage_cancelled": "withdrawn",
    "helpdesk_ticket_stage_rejected": "not_handled",
}
#: Where a ticket goes back to when this addon leaves.
PHASE_TO_BASE_STAGE = {
    "routed": "helpdesk_ticket_stage_new",
    "assigned": "helpdesk_ticket_stage_new",
    "answered": "helpdesk_ticket_stage_in_progress",
    **{phase: name for name, phase in BASE_STAGES.items()},
}
TICKET_COLUMNS = {
    "role": ("varchar", "'customer'"),
    "nature": ("varchar", "'service_request'"),
    "outcome": ("varchar", "'unknown'"),
    "confidential": ("boolean", "false"),
    "received_date": ("timestamp", "ticket.create_date"),
    "is_open": ("boolean", "NOT coalesce(stage.closed, false)"),
    "phase": ("varchar", "stage.phase"),
    "district_id": ("integer", "NULL"),
    "department_id": ("integer", "NULL"),
    "answers": ("jsonb", "NULL"),
    "matter_text": ("varchar", "' ' || lower(ticket.name)"),
    "number_copy": ("integer", "same.number_copy"),
    "queued_date": (
        "timestamp",
        "CASE WHEN ticket.active AND ticket.team_id IS NOT NULL"
        " AND ticket.user_id IS NULL AND NOT coalesce(stage.closed, false)"
        " THEN ticket.create_date END",
    ),
}
CATEGORY_COLUMNS = {"default_role": "varchar", "default_nature": "varchar"}
#: What the base knows of a ticket's life, in this order: kind of event, when, whose.
MOMENTS = (
    ("'received'", "received_date", "true"),
    ("'routed'", "received_date", "team_id IS NOT NULL"),
    ("'assigned'", "coalesce(assigned_date, received_date)", "user_id IS NOT NULL"),
    (
        "phase",
        "coalesce(CASE WHEN NOT is_open THEN closed_date END,"
        " last_stage_update, received_date)",
        "phase NOT IN ('received', 'routed', 'assigned')",
    ),
)


def pre_init_hook(env):
    """Fill the new columns of stages and tickets in one statement each."""
    cr = env.cr
    _create_trigram(env)
    if not column_exists(cr, "helpdesk_ticket_stage", "phase"):
        cr.execute("ALTER TABLE helpdesk_ticket_stage ADD COLUMN phase varchar")
    cr.execute(
        """
        UPDATE helpdesk_ticket_stage
           SET phase = CASE WHEN closed THEN 'closed'
                            WHEN unattended THEN 'received'
                            ELSE 'in_work' END
        """
    )
    for name, phase in BASE_STAGES.items():
        stage = env.ref(f"helpdesk_mgmt.{name}", raise_if_not_found=False)
        if stage:
            cr.execute(
                "UPDATE helpdesk_ticket_stage SET phase = %s WHERE id = %s",
                (phase, stage.id),
            )
    _add_columns(cr, "helpdesk_ticket_category", CATEGORY_COLUMNS)
    # A helpdesk serves customers.
    cr.execute(
        """
        UPDATE helpdesk_ticket_category
           SET default_role = 'customer', default_nature = 'service_request'
        """
    )
    _add_columns(
        cr,
        "helpdesk_ticket",
        {column: kind for column, (kind, _value) in TICKET_COLUMNS.items()},
    )
    assignments = SQL(", ").join(
        SQL("%s = %s", SQL.identifier(column), SQL(value))
        for column, (_kind, value) in TICKET_COLUMNS.items()
    )
    cr.execute(
        SQL(
            """
            UPDATE helpdesk_ticket AS ticket
               SET %s
              FROM (SELECT id, stage_id, row_number() OVER (
                           PARTITION BY number, company_id ORDER BY id
                           ) - 1 AS number_copy
                      FROM helpdesk_ticket) AS same
         LEFT JOIN helpdesk_ticket_stage AS stage ON stage.id = same.stage_id
             WHERE same.id = ticket.id
            """,
            assignments,
        )
    )


def _create_trigram(env):
    """Create the extension pg_trgm where the database lets us; we can do without."""
    if env.registry.has_trigram:
        return
    try:
        with env.cr.savepoint():
            env.cr.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except psycopg2.Error as error:
        _logger.info("The extension pg_trgm cannot be created: %s", error)
    env.registry.has_trigram = has_trigram(env.cr)


def _add_columns(cr, table, columns):
    for column, kind in columns.items():
        if not column_exists(cr, table, column):
            cr.execute(
                SQL(
                    "ALTER TABLE %s ADD COLUMN %s %s",
                    SQL.identifier(table),
                    SQL.identifier(column),
                    SQL(kind),
                )
            )


def post_init_hook(env):
    """Make the tickets that are already there customer cases with a history."""
    _create_customers(env)
    _adopt_tickets(env)
    _put_base_stages_away(env)
    _write_history(env)
    _create_memberships(env)
    env["citizen.effort.version"]._begin()
    _grant_clearances(env)
    _set_base_aside(env, aside=True)


def _grant_clearances(env):
    """Let those who could see the tickets see them still.

    Whoever gets a role later gets the clearances by somebody's decision.
    """
    users = env.ref("helpdesk_mgmt.group_helpdesk_user_own").all_user_ids
    for name in ("group_clearance_citizen", "group_clearance_customer"):
        env.ref(f"citizen_crm.{name}").user_ids |= users


def _set_base_aside(env, aside):
    """Put away, or bring back, what of the base would contradict this addon.

    The menu shows the same records a second time; the portal rule lets a household
    and an employer read each other's cases.
    """
    for name in ("helpdesk_ticket_main_menu", "helpdesk_ticket_rule_portal"):
        record = env.ref(f"helpdesk_mgmt.{name}", raise_if_not_found=False)
        if record:
            record.active = not aside


def _create_customers(env):
    """Create the missing customer records of those who have customer cases.

    A helpdesk knows tens of thousands of people: one statement makes their records.
    An organisation has one for all its contacts.
    """
    env.flush_all()
    sequence = env.ref("citizen_crm.sequence_customer")
    prefix, suffix = sequence._get_prefix_suffix()
    env.cr.execute(
        """
        INSERT INTO citizen_customer
               (partner_id, account_number, contact_preference, active,
                create_uid, write_uid, create_date, write_date)
        SELECT partner_id,
               %(prefix)s || to_char(nextval(%(counter)s), %(digits)s) || %(suffix)s,
               'email', true, 1, 1, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
          FROM (SELECT DISTINCT partner.commercial_partner_id AS partner_id
                  FROM helpdesk_ticket AS ticket
                  JOIN res_partner AS partner ON partner.id = ticket.partner_id
                 WHERE ticket.role = 'customer' AND ticket.customer_id IS NULL
                 ORDER BY partner_id) AS person
            ON CONFLICT (partner_id) DO NOTHING
        """,
        {
            "prefix": prefix,
            "counter": f"ir_sequence_{sequence.id:03d}",
            "digits": "FM" + "9" * 9 + "0" * sequence.padding,
            "suffix": suffix,
        },
    )


def _write_history(env):
    """Write what the base knows of each ticket's life: four events at most.

    Cases that have a history already, e.g. those of the demonstration city, are left
    alone. One statement, so that "already" means before any of these rows.
    """
    env.flush_all()
    moments = SQL(" UNION ALL ").join(
        SQL(
            """
            SELECT id AS case_id, %s AS step, %s AS kind, %s AS at,
                   stage_id, team_id, user_id
              FROM helpdesk_ticket WHERE %s
            """,
            step,
            SQL(kind),
            SQL(at),
            SQL(condition),
        )
        for step, (kind, at, condition) in enumerate(MOMENTS)
    )
    env.cr.execute(
        SQL(
            """
            INSERT INTO citizen_case_event
                   (case_id, kind, at, stage_id, team_id, assignee_id, note,
                    is_backdated, create_uid, write_uid, create_date, write_date)
            SELECT case_id, kind, at, stage_id, team_id, user_id,
                   'Taken over from the helpdesk', true, 1, 1,
                   now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
              FROM (%s) AS moment
             WHERE NOT EXISTS (
                   SELECT FROM citizen_case_event AS event
                    WHERE event.case_id = moment.case_id)
             ORDER BY case_id, step
            """,
            moments,
        )
    )
    env["citizen.case.event"].invalidate_model()


def _adopt_tickets(env):
    """Link tickets to their customers and move them to our stages, at one go.

    A ticket has many indexes, and each statement pays for all of them. By SQL,
    because a rename of a column is no event of the case.
    """
    env.flush_all()
    moves = [
        SQL(
            "(%s, %s::varchar, %s, %s, %s)",
            stage.id,
            taken,
            target.id,
            target.phase,
            target.unattended,
        )
        for stage, taken, target in _list_moves(env)
    ]
    env.cr.execute(
        SQL(
            """
            UPDATE helpdesk_ticket AS ticket
               SET customer_id = coalesce(ticket.customer_id, customer.id),
                   stage_id = coalesce(move.target_id, ticket.stage_id),
                   phase = coalesce(move.phase, ticket.phase),
                   unattended = coalesce(move.unattended, ticket.unattended)
              FROM helpdesk_ticket AS same
         LEFT JOIN res_partner AS partner
                ON partner.id = same.partner_id AND same.role = 'customer'
         LEFT JOIN citizen_customer AS customer
                ON customer.partner_id = partner.commercial_partner_id
         LEFT JOIN (VALUES %s) AS move (stage_id, taken, target_id, phase, unattended)
                ON move.stage_id = same.stage_id
               AND coalesce(move.taken, 'any') =
                   CASE WHEN move.taken IS NULL THEN 'any'
                        WHEN same.user_id IS NOT NULL THEN 'assigned'
                        WHEN same.team_id IS NOT NULL THEN 'routed'
                        ELSE 'received' END
             WHERE same.id = ticket.id
               AND (move.target_id IS NOT NULL
                    OR ticket.customer_id IS NULL AND customer.id IS NOT NULL)
            """,
            SQL(", ").join(moves or [SQL("(0, '', 0, '', false)")]),
        )
    )
    env.invalidate_all()


def _list_moves(env):
    """Yield a stage of the base, how far a ticket in it is (None: all), and ours."""
    for stage, phase in _base_stages(env):
        # New in the base, but perhaps somebody has it already.
        new = phase == "received"
        for taken in ("received", "routed", "assigned") if new else (None,):
            yield stage, taken, env.ref(f"citizen_crm.stage_{taken or phase}")


def _put_base_stages_away(env):
    """Archive the stages of the base; ours stand for them in the settings too."""
    for stage, phase in _base_stages(env):
        _move_settings(env, stage, env.ref(f"citizen_crm.stage_{phase}"))
        stage.active = False


def _base_stages(env):
    """Return pairs of the stages of the base that are there, and their phase."""
    stages = [
        (env.ref(f"helpdesk_mgmt.{name}", raise_if_not_found=False), phase)
        for name, phase in BASE_STAGES.items()
    ]
    return [(stage, phase) for stage, phase in stages if stage]


def _move_tickets(env, stage, target):
    """Move the tickets of a stage by SQL, with what is stored of the stage."""
    env.flush_all()
    env.cr.execute(
        SQL(
            """
            UPDATE helpdesk_ticket SET stage_id = %s, phase = %s, unattended = %s
             WHERE stage_id = %s
            """,
            target.id,
            target.phase,
            target.unattended,
            stage.id,
        )
    )
    env.invalidate_all()


def _move_settings(env, stage, target):
    """Let the company's stage for joined tickets be one that is in use."""
    companies = env["res.company"].search(
        [("helpdesk_mgmt_duplicate_ticket_stage_id", "=", stage.id)]
    )
    companies.helpdesk_mgmt_duplicate_ticket_stage_id = target


def _create_memberships(env):
    """Give the users of the base's teams who are employees a membership.

    Those of a demonstration city have theirs already.
    """
    values = [
        {"team_id": team.id, "employee_id": employee.id}
        for team in env["helpdesk.ticket.team"].search([])
        for employee in team.user_ids.employee_id - team.member_ids.employee_id
    ]
    env["citizen.team.member"].create(values)


def uninstall_hook(env):
    """Give the tickets back to the stages of the base; nothing else was changed."""
    _set_base_aside(env, aside=False)
    env["citizen.rollup.mark"]._drop_triggers()
    # The table goes with the addon; until then its rows would hold our stages.
    env.cr.execute("DELETE FROM citizen_case_event")
    for stage, _phase in _base_stages(env):
        stage.active = True
    ours = _our_stages(env)
    fallback = env["helpdesk.ticket.stage"].search(
        [("id", "not in", ours.ids)], limit=1
    )
    for stage in ours:
        name = PHASE_TO_BASE_STAGE[stage.phase]
        target = env.ref(f"helpdesk_mgmt.{name}", raise_if_not_found=False) or fallback
        if target:
            _move_tickets(env, stage, target)
            _move_settings(env, stage, target)


def _our_stages(env):
    data = env["ir.model.data"].search(
        [("module", "=", "citizen_crm"), ("model", "=", "helpdesk.ticket.stage")]
    )
    return env["helpdesk.ticket.stage"].browse(data.mapped("res_id")).exists()
