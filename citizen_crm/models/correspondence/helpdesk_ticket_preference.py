from textwrap import shorten

from odoo import SUPERUSER_ID, api, fields, models

from ...tools.mail_letter import html_to_text
from ..people.citizen_person_mixin import CONTACT_PREFERENCES

#: Longest summary of what is to be told; all of it is in the note.
MAX_SUMMARY = 100


class HelpdeskTicket(models.Model):
    """A person who does not want e-mail gets none, and hears of the answer still."""

    _inherit = "helpdesk.ticket"

    contact_preference = fields.Selection(
        CONTACT_PREFERENCES,
        string="Wants to Be Reached",
        compute="_compute_contact_preference",
        compute_sudo=True,
        help="How the person wants to hear from the city, as their record says.",
    )

    @api.depends(
        "citizen_id.contact_preference", "customer_id.contact_preference", "role"
    )
    def _compute_contact_preference(self):
        for case in self:
            own, other = case.citizen_id, case.customer_id
            if case.role == "customer":
                own, other = other, own
            case.contact_preference = (own or other).contact_preference

    def _is_mailed(self):
        """Whether the person wants e-mail; nobody knows where there is no record."""
        self.ensure_one()
        return self.contact_preference in (False, "email")

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Mail nothing to a person who wants none, even one who follows the case."""
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        kind = (msg_vals or {}).get("message_type") or message.message_type
        case = self.sudo()
        if kind == "user_notification" or len(case) != 1 or case._is_mailed():
            return recipients
        return [
            one
            for one in recipients
            if one["id"] != case.partner_id.id or one["notif"] != "email"
        ]

    def _pass_on(self, message, text=None):
        """Ask somebody to tell the person what a message says, if they want that.

        Called once by whatever posts the message, so that there is one request each.
        """
        self.ensure_one()
        if self.contact_preference not in ("phone", "letter"):
            return
        case = self.with_user(SUPERUSER_ID)
        user = case._get_teller()
        case = case.with_context(lang=user.lang or self.env.lang)
        text = shorten(text or html_to_text(message.body), MAX_SUMMARY)
        if case.contact_preference == "phone":
            request = case.env._("Tell the person by phone: %s", text)
        else:
            request = case.env._("Tell the person by letter: %s", text)
        if not user:
            case._message_log(body=request)
            return
        # The notification of an activity has the title of the case in its subject.
        case.with_context(mail_activity_quick_update=True).activity_schedule(
            "mail.mail_activity_data_todo",
            summary=request,
            note=message.body,
            user_id=user.id,
        )
