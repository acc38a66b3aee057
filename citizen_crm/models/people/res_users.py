from odoo import api, models
from odoo.tools import email_normalize


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model
    def signup(self, values, token=None):
        """Whoever comes with the link that was mailed can read mail to the address."""
        partner = self.env["res.partner"]
        if token:
            partner = partner.sudo()._signup_retrieve_partner(
                token, check_validity=True, raise_exception=True
            )
        # Without an account the address is what somebody types in now.
        users = partner.user_ids
        result = super().signup(values, token)
        users.filtered("share")._verify_contact_by_link()
        return result

    def _verify_contact_by_link(self):
        """Record the address as verified if it is the one that the link went to.

        A resident may change the contact's address between asking for the link and
        using it, but never the login, which is the address that invited them.
        """
        for user in self:
            partner = user.partner_id.sudo()
            if partner.email_normalized == email_normalize(user.login):
                partner._set_contact_verified(user)
