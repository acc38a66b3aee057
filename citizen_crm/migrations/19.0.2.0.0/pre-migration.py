"""From 19.0.1.0.0: what clocks, verified contacts and unique numbers stand on."""

from odoo.tools.sql import column_exists, create_column


def migrate(cr, version):
    """Fill the new columns from what the earlier version knew."""
    if not version:
        return
    _rank_equal_numbers(cr)
    _mark_earlier_records(cr)
    _move_verified_contacts(cr)


def _add(cr, table, column, kind):
    if not column_exists(cr, table, column):
        create_column(cr, table, column, kind)


def _rank_equal_numbers(cr):
    """Tell cases with one number apart, so that numbers can be unique."""
    _add(cr, "helpdesk_ticket", "number_copy", "integer")
    cr.execute(
        """
        UPDATE helpdesk_ticket AS ticket SET number_copy = same.number_copy
          FROM (SELECT id, row_number() OVER (
                       PARTITION BY number, company_id ORDER BY id
                       ) - 1 AS number_copy
                  FROM helpdesk_ticket) AS same
         WHERE same.id = ticket.id
           AND ticket.number_copy IS DISTINCT FROM same.number_copy
        """
    )


def _mark_earlier_records(cr):
    """Due dates were given then, and the history did not tell of messages."""
    _add(cr, "helpdesk_ticket", "due_is_given", "boolean")
    cr.execute(
        "UPDATE helpdesk_ticket SET due_is_given = true"
        " WHERE due_date IS NOT NULL AND due_is_given IS NOT TRUE"
    )
    _add(cr, "citizen_case_event", "is_backdated", "boolean")
    cr.execute(
        "UPDATE citizen_case_event SET is_backdated = true"
        " WHERE is_backdated IS NOT TRUE"
    )


def _move_verified_contacts(cr):
    """Whether an address is proven stands on the contact now, for all its records."""
    _add(cr, "res_partner", "contact_verified_date", "timestamp")
    _add(cr, "res_partner", "contact_verified_by_id", "int4")
    if column_exists(cr, "citizen_citizen", "contact_verified_date"):
        cr.execute(
            """
            UPDATE res_partner AS partner
               SET contact_verified_date = citizen.contact_verified_date,
                   contact_verified_by_id = citizen.contact_verified_by_id
              FROM citizen_citizen AS citizen
             WHERE citizen.partner_id = partner.id
               AND citizen.contact_verified_date IS NOT NULL
               AND partner.contact_verified_date IS NULL
            """
        )
