from odoo import models


class HelpdeskTicket(models.Model):
    """Whoever acts for the person gets the letters of the city, too."""

    _inherit = "helpdesk.ticket"

    def _get_notice_recipient(self):
        """A person without an address is told by whoever acts for them."""
        recipient = super()._get_notice_recipient()
        if recipient is None and self._get_representatives_to_mail():
            return {}
        return recipient

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Add whoever acts for the person to what the city writes to them.

        By address, not by contact: a contact could read the message in the desk for
        ever, and representations end.
        """
        recipients = super()._notify_get_recipients(
            message, msg_vals=msg_vals, **kwargs
        )
        if len(self) != 1 or not self._is_from_city(message.sudo()):
            return recipients
        known = {one["email_normalized"] for one in recipients}
        return recipients + [
            {
                "active": True,
                "email_normalized": person.email_normalized,
                "id": False,
                "is_follower": False,
                "name": person.name,
                "lang": person.lang,
                "groups": [],
                "notif": "email",
                "share": True,
                "type": "customer",
                "uid": False,
                "ushare": False,
            }
            for person in self._get_representatives_to_mail()
            if person.email_normalized not in known
        ]

    def _notify_get_classified_recipients_iterator(
        self, message, recipients_data, *args, **kwargs
    ):
        """Mail each address by itself: nobody learns who else acts for the person."""
        groups = super()._notify_get_classified_recipients_iterator(
            message, recipients_data, *args, **kwargs
        )
        for lang, values, group in groups:
            first, *others = group["recipients_emails"] or [None]
            if not others:
                yield lang, values, group
                continue
            yield lang, values, {**group, "recipients_emails": [first]}
            for email in others:
                single = {"recipients_ids": [], "recipients_emails": [email]}
                yield lang, values, {**group, **single}

    def _is_from_city(self, message):
        """Tell whether a message is a letter of the city to the person."""
        comment_id = self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment")
        if message.subtype_id.id != comment_id or message.is_internal:
            return False
        if message.message_type == "auto_comment":
            return True
        return self._get_talk_kind(message) == "replied"

    def _get_representatives_to_mail(self):
        """Return who acts for the person now, has an address and wants e-mail."""
        return self._get_representatives().filtered(
            lambda person: (
                person.email_normalized
                and person.citizen_ids[:1].contact_preference in (False, "email")
            )
        )
