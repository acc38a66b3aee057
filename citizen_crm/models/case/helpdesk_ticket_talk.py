from odoo import models


class HelpdeskTicket(models.Model):
    """The history tells when the city wrote to the person, and the person to it."""

    _inherit = "helpdesk.ticket"

    def _message_post_after_hook(self, message, msg_values):
        result = super()._message_post_after_hook(message, msg_values)
        kind = self._get_talk_kind(message.sudo())
        if kind:
            self._log(kind)
        return result

    def _get_talk_kind(self, message):
        """Return the kind of event a message is, if both sides can read it."""
        self.ensure_one()
        comment_id = self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment")
        if message.subtype_id.id != comment_id:
            return None
        if message.message_type not in ("comment", "email"):
            return None
        author = message.author_id
        by_city = author and not author.partner_share
        return "replied" if by_city and author != self.sudo().partner_id else "wrote"

    def _get_teller(self):
        """Return the handler, else the team lead, if they may see the case."""
        for user in (self.user_id, self.team_id.user_id):
            if self._filter_readers(user):
                return user
        return self.env["res.users"]

    def _filter_readers(self, users):
        """Return those of the users who work here and may read the cases, in order."""
        return users.filtered(
            lambda user: user.active and self._as_seen_by(user).has_access("read")
        )

    def _as_seen_by(self, user):
        """Return the cases with the rights of a user, in all of their companies.

        Whoever asks may work in a company that the user has nothing to do with.
        """
        companies = user.sudo().company_ids.ids
        return self.with_user(user).with_context(allowed_company_ids=companies)
