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
        template = self.env.ref("citizen_crm.mail_template_waiting_reminder")
        for case in cases:
            case.waiting_remind_at = False
            case._send_notice(template.sudo())
        return len(cases), len(due) - len(cases)
