from odoo import SUPERUSER_ID, api, fields, models


class HelpdeskTicket(models.Model):
    """Reminding citizens of a question that they have not answered yet."""

    _inherit = "helpdesk.ticket"

    @api.model
    def _remind_waiting_citizens(self, batch=100):
        """Remind the citizens whose case waits and goes on soon, each of them once.

        A case that another process has just taken is left to it.

        :param batch: how many cases at most; the caller commits after each call
        :return: how many were reminded, and how many more are to be
        """
        Case = self.with_user(SUPERUSER_ID)
        now = fields.Datetime.now()
        due = Case.search(
            [("waiting_remind_at", "<=", now), ("phase", "=", "waiting")],
            order="waiting_remind_at, id",
        )
        cases = due.try_lock_for_update(allow_referencing=True, limit=batch)
        done = cases._do_each(self.__class__._remind_of_question)
        return done, len(due) - len(cases)

    def _remind_of_question(self):
        """Remind the person of our question, for the only time."""
        self.ensure_one()
        self.waiting_remind_at = False
        self._send_notice(self.env.ref("citizen_crm.mail_template_waiting_reminder"))

    @api.model
    def _cron_remind_waiting(self):
        """Remind the citizens whose case goes on soon, in batches."""
        cron = self.env["ir.cron"]
        done, left = self._remind_waiting_citizens()
        while cron._commit_progress(done, remaining=left) and done and left:
            done, left = self._remind_waiting_citizens()
