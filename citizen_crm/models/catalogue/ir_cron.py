from odoo import api, models


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
