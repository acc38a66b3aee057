from odoo import models

from .helpdesk_ticket_secret import MailOnly


class HelpdeskTicket(models.Model):
    """Who follows a case without an account follows each case made of the letter."""

    _inherit = "helpdesk.ticket"

    def _get_split_obstacle(self):
        if self.confirm_until and self.is_open:
            return self.env._(
                "its sender has not confirmed it yet. Split it when they have."
            )
        return super()._get_split_obstacle()

    def _prepare_part(self, part):
        return {**super()._prepare_part(part), "contact_lang": self.contact_lang}

    def _get_letter_lang(self):
        if self.contact_lang and not self.partner_id:
            return self.contact_lang
        return super()._get_letter_lang()

    def _tell_split(self, cases):
        """Tell the secret of each new case with its number, in the mail alone."""
        told = self.with_context(mail_only=MailOnly("split"))
        return super(HelpdeskTicket, told)._tell_split(cases)

    def _get_mail_only_values(self, kind):
        if kind != "split":
            return super()._get_mail_only_values(kind)
        secrets = [
            {"number": case.number, "secret": case._get_secret_to_tell()}
            for case in self.split_ids.sorted("id")
        ]
        return {
            "cases": [row for row in secrets if row["secret"]],
            "url": self._get_track_url(),
        }
