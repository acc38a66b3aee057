from odoo import models
from odoo.exceptions import UserError
from odoo.tools import email_normalize, plaintext2html

# Stands in the context of a page for the holder of number and secret; no remote call
# can send it.
_HOLDER = object()


class HelpdeskTicket(models.Model):
    """What the holder of number and secret sees and does: what the person does.

    Nothing here asks for rights: the caller has checked the secret.
    """

    _inherit = "helpdesk.ticket"

    def _as_holder(self):
        """Return the case as the holder of the secret sees it, as superuser."""
        public = self.env.ref("base.public_user")
        return self.with_user(public).sudo().with_context(tracked=_HOLDER)

    def _is_held(self):
        return self.env.context.get("tracked") is _HOLDER

    def _get_tracked_page(self):
        """Return what the page shows; of a confidential report only where it is."""
        self.ensure_one()
        case = self._as_holder()
        page = case._get_portal_page()
        if case.confidential:
            shown = ("number", "status", "steps", "is_open", "key")
            return {
                **{name: page[name] for name in shown},
                "is_confidential": True,
                "department": "",
                "promise": [],
                "next_step": "",
            }
        return {**page, "is_confidential": False}

    def _get_tracked_files(self):
        """Return the files that the holder may open."""
        if self.confidential:
            return self.env["ir.attachment"]
        return self._as_holder()._get_portal_attachments()

    def _say_as_holder(self, text, files):
        """Post what the holder writes as the person's own message."""
        self.ensure_one()
        case = self._as_holder()
        if not case.is_open:
            raise UserError(self.env._("This case has ended. Please file a new case."))
        person = case.partner_id
        case.message_post(
            body=plaintext2html(text) if text else "",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            # False, not None: the base would take the public user.
            author_id=person.id or False,
            email_from=person.email_formatted or case.partner_email or False,
            attachments=[(file.name, file.content) for file in files],
        )
        case._resume_if_waiting()

    # ------------------------------------------------------- the portal's page
    def _is_filed_by(self, partner):
        return self._is_held() or super()._is_filed_by(partner)

    def _can_reopen(self):
        return not self._is_held() and super()._can_reopen()

    def _get_portal_message_model(self):
        messages = super()._get_portal_message_model()
        return messages.sudo() if self._is_held() else messages

    def _is_portal_author(self, message):
        """Whoever holds the secret is the person, whose messages are theirs."""
        if not self._is_held():
            return super()._is_portal_author(message)
        if self.partner_id or message.author_id:
            return bool(self.partner_id) and message.author_id == self.partner_id
        address = email_normalize(message.email_from)
        return bool(address) and address == email_normalize(self.partner_email)
