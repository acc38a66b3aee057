from odoo import models


class HelpdeskTicket(models.Model):
    """The note that a case was registered: posted to followers, else only logged.

    The base posts one message for each case, and looks for recipients each time. Where
    nobody follows but who registers, all notes of a batch are one insertion.
    """

    _inherit = "helpdesk.ticket"

    def _creation_subtype(self):
        """Return no subtype for a case that nobody would hear of.

        Who follows a case that was created just now is known without a query.
        """
        followers = self.sudo().message_follower_ids.partner_id
        if followers <= self.env.user.partner_id:
            return self.env["mail.message.subtype"]
        return super()._creation_subtype()

    def _creation_message(self):
        """Name a case what people call it; the base looks up the name of the model."""
        return self.env._("Case registered")
