from odoo import models
from odoo.tools import is_html_empty

from .helpdesk_ticket_secret import MailOnly


class HelpdeskTicket(models.Model):
    """Answering a question of the city by the link in the mail that asks it."""

    _inherit = "helpdesk.ticket"

    def _with_answer_link(self, until):
        """Return the case in a context whose mail to the person has such a link.

        :param until: how long it is valid, as naive UTC
        """
        return self.with_context(mail_only=MailOnly("answer"), answer_until=until)

    def _remind_of_question(self):
        case = self
        if self.waiting_reason_id.asks_citizen:
            case = self._with_answer_link(self.waiting_until)
        return super(HelpdeskTicket, case)._remind_of_question()

    def _get_mail_only_values(self, kind):
        if kind != "answer":
            return super()._get_mail_only_values(kind)
        until = self.env.context["answer_until"]
        tokens = self.env["citizen.case.token"]
        token = tokens._issue_link(self, "answer", until)
        return {
            "url": f"{self.get_base_url()}/answer/{token}",
            "day": self._format_day(self._get_city_day(until)),
        }

    def _get_question(self):
        """Return what the city asked last, as the person reads it."""
        self.ensure_one()
        comment = self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment")
        message = self.env["mail.message"].sudo()
        message = message.search(
            [
                ("model", "=", self._name),
                ("res_id", "=", self.id),
                ("subtype_id", "=", comment),
                ("message_type", "=", "comment"),
                ("is_internal", "=", False),
                ("author_id.partner_share", "=", False),
            ],
            order="date desc, id desc",
            limit=1,
        )
        return "" if is_html_empty(message.body) else message.body
