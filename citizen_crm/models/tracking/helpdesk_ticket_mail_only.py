from odoo import models
from odoo.tools import email_normalize

from .helpdesk_ticket_secret import MailOnly


class HelpdeskTicket(models.Model):
    """What a mail says to the person alone: a secret, or a link that opens the case.

    Messages of a case are read by staff and kept; mails are deleted when sent. So it
    is put into the mail that goes to the person, and into nothing else.
    """

    _inherit = "helpdesk.ticket"

    def _get_mail_only(self):
        kind = self.env.context.get("mail_only")
        return str(kind) if isinstance(kind, MailOnly) else ""

    def _notify_get_classified_recipients_iterator(
        self, message, recipients_data, *args, **kwargs
    ):
        """Give the person a mail of their own if it says something to them alone."""
        groups = super()._notify_get_classified_recipients_iterator(
            message, recipients_data, *args, **kwargs
        )
        person_id = self.sudo().partner_id.id
        for lang, values, group in groups:
            others = [one for one in group["recipients_ids"] if one != person_id]
            if not self._get_mail_only() or len(others) == len(group["recipients_ids"]):
                yield lang, values, group
                continue
            yield (
                lang,
                values,
                {**group, "recipients_ids": [person_id], "recipients_emails": []},
            )
            if others or group["recipients_emails"]:
                yield lang, values, {**group, "recipients_ids": others}

    def _notify_by_email_render_layout(
        self, message, recipients_group, msg_vals=False, render_values=None
    ):
        body = super()._notify_by_email_render_layout(
            message, recipients_group, msg_vals=msg_vals, render_values=render_values
        )
        kind = self._get_mail_only()
        if not kind or not self._is_to_person(recipients_group):
            return body
        lang = self.contact_lang or (render_values or {}).get("lang") or self.env.lang
        part = self.env["ir.qweb"]._render(
            f"citizen_crm.mail_only_{kind}",
            self.sudo().with_context(lang=lang)._get_mail_only_values(kind),
            minimal_qcontext=True,
            lang=lang,
        )
        head, end, tail = body.rpartition("</body>")
        return head + part + end + tail if end else body + part

    def _is_to_person(self, group):
        """Tell whether a mail goes to the person of the case and nobody else."""
        case = self.sudo()
        if group["recipients_ids"]:
            return (
                group["recipients_ids"] == case.partner_id.ids
                and not group["recipients_emails"]
            )
        address = email_normalize(case.partner_email)
        found = {email_normalize(one) for one in group["recipients_emails"]}
        return not case.partner_id and found == {address}

    def _get_mail_only_values(self, kind):
        """Return what the part of the mail shows."""
        if kind != "secret":
            return {}
        return {
            "number": self.number,
            "secret": self._get_secret_to_tell(),
            "url": self._get_track_url(),
        }
