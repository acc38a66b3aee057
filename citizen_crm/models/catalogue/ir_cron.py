from odoo import api, fields, models
from odoo.tools import SQL


class IrCron(models.Model):
    """Jobs say what they did, so that the log line of a job tells it.

    A job that works in batches reports each by ``_commit_progress``, which commits; one
    that is a single transaction says it here.
    """

    _inherit = "ir.cron"

    @api.model
    def _note_done(self, count):
        """Add to what the running job has done; nothing outside of a job."""
        progress_id = self.env.context.get("ir_cron_progress_id")
        progress = self.env["ir.cron.progress"].sudo().browse(progress_id)
        if progress:
            progress.done += count

    @api.model
    def _call_soon(self, xmlid):
        """Run an active job once this transaction is committed; it may be gone.

        As ``_trigger``, in one statement instead of three: what is filed and moved
        calls jobs time and again.
        """
        self.flush_model(["active"])
        triggers = self.env.execute_query(
            SQL(
                """
                INSERT INTO ir_cron_trigger (cron_id, call_at, create_uid, create_date,
                                             write_uid, write_date)
                SELECT id, %(at)s, %(by)s, %(now)s, %(by)s, %(now)s
                  FROM ir_cron WHERE id = %(job)s AND active
             RETURNING id
                """,
                job=self.env["ir.model.data"]._xmlid_to_res_id(xmlid) or None,
                at=fields.Datetime.now(),
                by=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        if triggers:
            self.env.cr.postcommit.add(self._notifydb)
