from odoo import SUPERUSER_ID, fields, models


class CitizenCaseReply(models.Model):
    """The reply as the person will see it: on the page of the case, and by mail.

    Both are rendered by what renders the message when it has been sent, so that there
    is no second idea of what it looks like.
    """

    _inherit = "citizen.case.reply"

    def action_preview(self):
        """Open the preview in another tab."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/citizen/reply/{self.id}/preview",
            "target": "new",
        }

    def _get_preview(self):
        """Return what the preview shows; call it after the access check."""
        self.ensure_one()
        lang = self._get_lang()
        author = self.env.user.partner_id
        # As somebody who is not its author reads it.
        reply = self.with_user(SUPERUSER_ID).with_context(lang=lang)
        message = reply.message_id or reply._get_unsent_message(author)
        case = reply.case_id
        return {
            "lang": lang,
            "case": {
                "key": case._get_portal_key(),
                "number": case.number,
                "messages": [case._get_portal_message(message)],
                "can_write": False,
            },
            "mail": case._render_mail_to_person(message),
        }

    def _get_unsent_message(self, author):
        """Return the message that sending would post, which is stored nowhere."""
        comment_id = self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment")
        case = self.case_id
        return self.env["mail.message"].new(
            {
                "model": case._name,
                "res_id": case.id,
                "record_name": case.display_name,
                "body": self._get_body(),
                "message_type": "comment",
                "subtype_id": comment_id,
                "author_id": author.id,
                "email_add_signature": True,
                "date": fields.Datetime.now(),
            }
        )


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    def _render_mail_to_person(self, message):
        """Return the mail by which the person gets a message; empty for none."""
        self.ensure_one()
        to = self._add_person({})
        if not self._is_mailed() or not to:
            return ""
        values = {
            **{name: message[name].id for name in ("author_id", "subtype_id")},
            **{name: message[name] for name in ("message_type", "model", "body")},
            "res_id": self.id,
            "is_internal": False,
            **to,
        }
        recipients = [
            one
            for one in self._notify_get_recipients(message, values)
            if one["id"] == self.partner_id.id and one["notif"] == "email"
        ]
        for _lang, words, group in self._notify_get_classified_recipients_iterator(
            message, recipients, msg_vals=values
        ):
            return self._notify_by_email_render_layout(
                message, group, msg_vals=values, render_values=words
            )
        return ""
