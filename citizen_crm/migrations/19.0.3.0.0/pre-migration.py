"""From 19.0.2.0.0: cases of a team without a handler wait in its queue."""

from odoo.tools.sql import column_exists, create_column


def migrate(cr, version):
    """Say since when cases wait: since they were received, as far as is known."""
    if not version or column_exists(cr, "helpdesk_ticket", "queued_date"):
        return
    create_column(cr, "helpdesk_ticket", "queued_date", "timestamp")
    cr.execute(
        """
        UPDATE helpdesk_ticket SET queued_date = received_date
         WHERE active AND is_open AND team_id IS NOT NULL AND user_id IS NULL
           AND phase <> 'answered'
        """
    )
